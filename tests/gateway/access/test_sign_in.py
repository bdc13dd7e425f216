"""Signing in: passwords, one-time tokens, waiting after failures; sessions that end at once, and by age or absence."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select, update

from catalog.errors import BadInput, KaizhaError, NotAllowed, NotSignedIn
from gateway.access import OWNER, Person, Role, check_csrf, csrf_token, passwords, sign_in, who
from gateway.access.sessions import LONGEST, LONGEST_IDLE, MOST_SESSIONS, begin, end
from gateway.access.sign_in import FREE_ATTEMPTS, LONGEST_WAIT_S, ONE_TIME_LASTS, SignedIn
from gateway.access.tables import sessions, users
from gateway.administration import add_person, issue_token
from gateway.gate import Gate

PASSWORD = "unrelated words in a row"
OTHER = "some quite different words"
AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADMINISTRATOR = Person("root", frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
def token(gate: Gate) -> str:
    """The one-time token of `root`, the first person of this home."""
    (added,) = add_person(gate, OWNER, "root", Role.ADMINISTRATOR)
    return added.one_time_token


def enter(gate: Gate, secret: str, at: datetime, new: str | None = None, name: str = "root") -> SignedIn:
    return sign_in(gate.registry, gate.keys, name, secret, at, new)


def refusal(gate: Gate, secret: str, at: datetime, new: str | None = None, name: str = "root") -> KaizhaError:
    with pytest.raises(NotSignedIn) as refused:
        enter(gate, secret, at, new, name)
    return refused.value


@pytest.fixture
def at(gate: Gate) -> datetime:
    return gate.now()


def test_a_one_time_token_sets_a_password_once(gate: Gate, token: str, at: datetime) -> None:
    refusal(gate, token, at)  # it is no password
    refusal(gate, "ko_wrong", at, PASSWORD)
    signed = enter(gate, token, at, PASSWORD)
    assert signed.person == ADMINISTRATOR
    refusal(gate, token, at, OTHER)
    assert enter(gate, PASSWORD, at).person == ADMINISTRATOR


def test_a_one_time_token_ends_by_itself_and_by_the_next(gate: Gate, token: str, at: datetime) -> None:
    refusal(gate, token, at + ONE_TIME_LASTS + MINUTE, PASSWORD)
    second = issue_token(gate, ADMINISTRATOR, "root").one_time_token
    refusal(gate, token, at, PASSWORD)
    first = enter(gate, second, at, PASSWORD)
    third = issue_token(gate, ADMINISTRATOR, "root").one_time_token
    enter(gate, third, at, OTHER)
    with pytest.raises(NotSignedIn):  # a new password ends what was begun with the old one
        who(gate.registry, gate.keys, first.session.token, at)
    refusal(gate, PASSWORD, at)


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "administrator", "Administrator12!"])
def test_a_password_that_will_not_do_spends_nothing(
    gate: Gate, token: str, at: datetime, password: str
) -> None:
    with pytest.raises(BadInput):
        passwords.checked(password, "administrator")
    if not password.casefold().startswith("administrator"):
        with pytest.raises(BadInput):
            enter(gate, token, at, password)
    enter(gate, token, at, PASSWORD)


def test_passwords_are_argon2id_with_the_stated_parameters() -> None:
    stored = passwords.hash_password(PASSWORD)
    found = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (found.memory_cost, found.time_cost, found.parallelism) == (65536, 3, 4)
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, OTHER)
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches("damaged", PASSWORD)
    assert passwords.matches(passwords.hash_password("ｗide open words 1"), "wide open words 1")


def test_a_password_hashed_with_older_parameters_is_hashed_anew_at_sign_in(
    gate: Gate, token: str, at: datetime
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with gate.registry.transaction() as unit:
        unit.execute(update(users).values(password=old))
    enter(gate, PASSWORD, at)
    with gate.registry.reading() as snapshot:
        renewed = snapshot.execute(select(users.c.password)).scalar_one()
    assert renewed != old
    assert not passwords.is_outdated(renewed)
    enter(gate, PASSWORD, at)


def test_after_five_failures_the_right_password_waits_too_and_longer_each_time(
    gate: Gate, token: str, at: datetime
) -> None:
    enter(gate, token, at, PASSWORD)
    for _ in range(FREE_ATTEMPTS):
        refusal(gate, "wrong", at)
    said = refusal(gate, PASSWORD, at)
    assert said.message == refusal(gate, "x", at, name="nobody").message
    enter(gate, PASSWORD, at + timedelta(seconds=2))
    moment = at + MINUTE
    waits = []
    for _ in range(FREE_ATTEMPTS + 12):
        with gate.registry.reading() as snapshot:
            until = snapshot.execute(select(users.c.locked_until)).scalar_one()
        if until is not None and until > moment:
            waits.append((until - moment).total_seconds())
            moment = until
        with gate.registry.transaction() as unit:  # the count alone; the hash is measured below
            unit.execute(update(users).values(password=None))
        refusal(gate, "wrong", moment, "a new long password")  # by token: no hash to wait for
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    assert issue_token(gate, ADMINISTRATOR, "root")  # an administrator lifts the wait
    with gate.registry.reading() as snapshot:
        assert snapshot.execute(select(users.c.failures)).scalar_one() == 0


def test_an_unknown_name_costs_what_a_known_one_costs(gate: Gate, token: str, at: datetime) -> None:
    enter(gate, token, at, PASSWORD)
    refusal(gate, "wrong", at, name="warm-up")

    def seconds(name: str, turn: int) -> float:
        begun = time.perf_counter()
        refusal(gate, "wrong", at + turn * timedelta(hours=1), name=name)
        return time.perf_counter() - begun

    known, unknown = ([seconds(name, turn) for turn in range(5)] for name in ("root", "nobody"))
    ratio = statistics.median(unknown) / statistics.median(known)
    assert 0.4 < ratio < 2.5  # two noisy cores; without the dummy hash it is below 0.1


def test_a_session_is_stored_as_a_digest_and_ends_at_once(gate: Gate, token: str, at: datetime) -> None:
    session = enter(gate, token, at, PASSWORD).session
    assert len(session.token) == len("ks_") + 43  # 256 bits in base64url
    assert who(gate.registry, gate.keys, session.token, at) == ADMINISTRATOR
    with gate.registry.transaction() as unit:
        end(unit, gate.keys, session.token)
    with pytest.raises(NotSignedIn):
        who(gate.registry, gate.keys, session.token, at)
    gate.registry.close()
    for path in gate.settings.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert session.token.encode() not in content
            assert PASSWORD.encode() not in content
            assert token.encode() not in content


def test_a_session_ends_by_age_and_by_absence(gate: Gate, token: str, at: datetime) -> None:
    session = enter(gate, token, at, PASSWORD).session
    moment = at
    while moment + LONGEST_IDLE / 2 < at + LONGEST:
        moment += LONGEST_IDLE / 2
        who(gate.registry, gate.keys, session.token, moment)
    with pytest.raises(NotSignedIn):  # however busy
        who(gate.registry, gate.keys, session.token, at + LONGEST)
    idle = enter(gate, PASSWORD, at).session
    with pytest.raises(NotSignedIn):
        who(gate.registry, gate.keys, idle.token, at + LONGEST_IDLE)
    assert who(gate.registry, gate.keys, idle.token, at + LONGEST_IDLE - MINUTE)


def test_a_person_has_a_bounded_number_of_sessions(gate: Gate, token: str, at: datetime) -> None:
    tokens = []
    with gate.registry.transaction() as unit:
        for number in range(MOST_SESSIONS + 3):
            tokens.append(begin(unit, gate.keys, "root", at + number * timedelta(seconds=1)).token)
        assert unit.execute(select(func.count()).select_from(sessions)).scalar_one() == MOST_SESSIONS
    with pytest.raises(NotSignedIn):
        who(gate.registry, gate.keys, tokens[0], at)
    assert who(gate.registry, gate.keys, tokens[-1], at) == ADMINISTRATOR


def test_a_csrf_token_fits_its_own_session_only(gate: Gate, token: str, at: datetime) -> None:
    one = enter(gate, token, at, PASSWORD).session
    other = enter(gate, PASSWORD, at).session
    check_csrf(gate.keys, one.token, one.csrf)
    assert one.csrf == csrf_token(gate.keys, one.token)
    for wrong in (other.csrf, "", "é", one.token):
        with pytest.raises(NotAllowed):
            check_csrf(gate.keys, one.token, wrong)
