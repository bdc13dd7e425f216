"""People and roles: how a home becomes an institution's, what the ledger keeps of it, and who acts on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from catalog.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, Unavailable
from catalog.registry.tables import leaves
from gateway.access import OWNER, Action, Person, Role, acting, issue, may, people, sign_in, who
from gateway.access.acting import forget_token, keep_token, token_file
from gateway.access.people import name_of, people_list, person_of
from gateway.access.sessions import begin
from gateway.administration import (
    add_person,
    disable_person,
    enable_person,
    grant_role,
    issue_token,
    revoke_role,
)
from gateway.demo import DEMO_PEOPLE, add_demo_people, run_demo
from gateway.gate import Gate
from gateway.keys import issue_key, revoke_key

PASSWORD = "unrelated words in a row"
ADMINISTRATOR = Person("root", frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
def institution(gate: Gate) -> Gate:
    """An institution's home with the administrator `root`, the officer `wang` and the steward `li` of 交通局."""
    add_person(gate, OWNER, "root", Role.ADMINISTRATOR)
    add_person(gate, ADMINISTRATOR, "wang", Role.OFFICER)
    add_person(gate, ADMINISTRATOR, "li", Role.STEWARD, "交通局")
    return gate


def person(gate: Gate, name: str) -> Person | None:
    with gate.registry.reading() as snapshot:
        return person_of(snapshot, name)


def events(gate: Gate) -> list[dict[str, object]]:
    with gate.registry.reading() as snapshot:
        return [row.event for row in snapshot.execute(select(leaves.c.event).order_by(leaves.c.index))]


def session(gate: Gate, name: str) -> str:
    with gate.registry.transaction() as unit:
        return begin(unit, gate.keys, name, gate.now()).token


def act(gate: Gate, environment: dict[str, str], as_: str | None = None) -> Person:
    return acting(gate.registry, gate.keys, gate.now(), environment, as_)


def test_in_a_personal_home_one_owner_acts_for_every_role(gate: Gate, tmp_path: Path) -> None:
    assert act(gate, {"XDG_CONFIG_HOME": str(tmp_path)}) == OWNER
    assert all(may(OWNER, action, "any") for action in Action)


def test_a_role_is_tried_out_under_a_name_that_the_ledger_marks(gate: Gate) -> None:
    assert act(gate, {}, "Chen:officer") == Person("trial:chen", frozenset({Role.OFFICER}))
    for wrong in ("chen", "chen:king", "chen:owner", "chen:anonymous", ":officer", "a:b:officer"):
        with pytest.raises(BadInput):
            act(gate, {}, wrong)


def test_the_first_person_ends_the_personal_home_with_an_administrator_beside_them(gate: Gate) -> None:
    with gate.registry.transaction() as unit:
        key = issue(unit, gate.keys, "hub", Role.OFFICER, None, gate.now())
    added = add_person(gate, OWNER, "Wang", Role.OFFICER)
    assert [one.name for one in added] == ["administrator", "wang"]
    assert person(gate, "administrator") == Person("administrator", frozenset({Role.ADMINISTRATOR}))
    assert [(one["kind"], one.get("role")) for one in events(gate)] == [
        ("list-activated", None),
        ("institution", None),
        ("role-granted", "administrator"),
        ("role-granted", "officer"),
    ]
    with pytest.raises(NotSignedIn):
        act(gate, {})
    with pytest.raises(NotAllowed):
        act(gate, {}, "chen:officer")
    with pytest.raises(NotSignedIn):  # nobody's key could be the second person of its issuer
        who(gate.registry, gate.keys, key, gate.now())


def test_an_administrator_added_first_is_the_only_one(gate: Gate) -> None:
    assert [one.name for one in add_person(gate, OWNER, "root", Role.ADMINISTRATOR)] == ["root"]


def test_there_is_no_way_back_to_the_personal_home(institution: Gate) -> None:
    disable_person(institution, ADMINISTRATOR, "wang")
    disable_person(institution, ADMINISTRATOR, "li")
    with pytest.raises(Conflict, match="last administrator"):
        disable_person(institution, ADMINISTRATOR, "root")
    with pytest.raises(Conflict, match="last administrator"):
        revoke_role(institution, ADMINISTRATOR, "root", Role.ADMINISTRATOR)
    with pytest.raises(NotSignedIn):
        act(institution, {})


def test_every_change_of_roles_is_a_leaf_that_names_who_did_it(institution: Gate) -> None:
    before = len(events(institution))
    grant_role(institution, ADMINISTRATOR, "wang", Role.AUDITOR)
    revoke_role(institution, ADMINISTRATOR, "wang", Role.OFFICER)
    disable_person(institution, ADMINISTRATOR, "wang")
    issue_token(institution, ADMINISTRATOR, "li")
    written = events(institution)[before:]
    assert [one["kind"] for one in written] == [
        "role-granted",
        "role-revoked",
        "role-revoked",
        "person-disabled",
        "one-time-token",
    ]
    assert {one["by"] for one in written} == {"root"}


def test_an_account_that_was_shut_is_opened_again_in_the_roles_it_had_and_no_key_of_it(
    institution: Gate,
) -> None:
    grant_role(institution, ADMINISTRATOR, "li", Role.AUDITOR)
    revoke_role(institution, ADMINISTRATOR, "li", Role.AUDITOR)
    steward = person(institution, "li")
    assert steward is not None
    key = issue_key(institution, steward, "mine", Role.STEWARD, None)
    begun = session(institution, "li")
    disable_person(institution, ADMINISTRATOR, "li")
    before = len(events(institution))
    with pytest.raises(NotAllowed):
        enable_person(institution, Person("wang", frozenset({Role.OFFICER})), "li")
    enable_person(institution, ADMINISTRATOR, "li")
    assert person(institution, "li") == steward  # what was taken back before stays so
    assert [one["kind"] for one in events(institution)[before:]] == ["person-enabled", "role-granted"]
    assert {one["by"] for one in events(institution)[before:]} == {"root"}
    for credential in (key, begun):
        with pytest.raises(NotSignedIn):
            who(institution.registry, institution.keys, credential, institution.now())
    with pytest.raises(Conflict):
        enable_person(institution, ADMINISTRATOR, "li")
    with pytest.raises(NotFound):
        enable_person(institution, ADMINISTRATOR, "nobody")


def test_people_of_the_demo_are_not_opened_again_in_an_institutions_home(gate: Gate) -> None:
    with gate.registry.transaction() as unit:
        people.add(unit, "visitor", gate.now(), demo=True)
    add_person(gate, OWNER, "root", Role.ADMINISTRATOR)
    with pytest.raises(Conflict, match="demo"):
        enable_person(gate, ADMINISTRATOR, "visitor")


def test_a_change_that_fails_writes_no_leaf(institution: Gate) -> None:
    before = events(institution)
    changes = (
        (BadInput, lambda: grant_role(institution, ADMINISTRATOR, "wang", Role.OWNER)),
        (BadInput, lambda: grant_role(institution, ADMINISTRATOR, "wang", Role.STEWARD)),
        (BadInput, lambda: grant_role(institution, ADMINISTRATOR, "wang", Role.AUDITOR, "交通局")),
        (Conflict, lambda: grant_role(institution, ADMINISTRATOR, "wang", Role.OFFICER)),
        (Conflict, lambda: grant_role(institution, ADMINISTRATOR, "wang", Role.ADMINISTRATOR)),
        (Conflict, lambda: grant_role(institution, ADMINISTRATOR, "root", Role.OFFICER)),
        (Conflict, lambda: add_person(institution, ADMINISTRATOR, "WANG", Role.OFFICER)),
        (NotFound, lambda: grant_role(institution, ADMINISTRATOR, "nobody", Role.OFFICER)),
        (NotFound, lambda: revoke_role(institution, ADMINISTRATOR, "wang", Role.AUDITOR)),
    )
    for kind, change in changes:
        with pytest.raises(kind):
            change()
    officer = Person("wang", frozenset({Role.OFFICER}))
    for by in (officer, Person("li", frozenset({Role.STEWARD}), "交通局")):
        with pytest.raises(NotAllowed):
            add_person(institution, by, "friend", Role.OFFICER)
        with pytest.raises(NotAllowed):
            grant_role(institution, by, by.name, Role.AUDITOR)
    assert events(institution) == before


@pytest.mark.parametrize(
    "name", ["", "owner", "OWNER", "anonymous", "trial:chen", "key:x", "a b", "-a", "a" * 65, "a\nb"]
)
def test_a_name_that_could_be_taken_for_another_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        name_of(name)


def test_names_are_one_however_they_are_typed() -> None:
    assert name_of(" Ｗang.Li ") == "wang.li"
    assert name_of("王丽") == "王丽"


def test_a_signed_in_person_acts_until_their_role_session_or_account_ends(
    institution: Gate, tmp_path: Path
) -> None:
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    keep_token(environment, session(institution, "wang"))
    assert token_file(environment).stat().st_mode & 0o777 == 0o600
    assert act(institution, environment) == Person("wang", frozenset({Role.OFFICER}))
    other = session(institution, "li")
    assert act(institution, {**environment, "KAIZHA_TOKEN": other}).name == "li"  # the environment wins
    grant_role(institution, ADMINISTRATOR, "wang", Role.AUDITOR)
    assert act(institution, environment).roles == {Role.OFFICER, Role.AUDITOR}
    revoke_role(institution, ADMINISTRATOR, "wang", Role.OFFICER)
    assert act(institution, environment).roles == {Role.AUDITOR}
    disable_person(institution, ADMINISTRATOR, "wang")
    with pytest.raises(NotSignedIn):
        act(institution, environment)
    token_file(environment).chmod(0o644)
    with pytest.raises(Unavailable):
        act(institution, environment)
    forget_token(environment)
    forget_token(environment)
    with pytest.raises(NotSignedIn):
        act(institution, environment)


def test_a_key_acts_in_its_holders_name_and_only_while_they_hold_the_role(institution: Gate) -> None:
    wang, li = person(institution, "wang"), person(institution, "li")
    assert wang is not None
    assert li is not None
    key = issue_key(institution, wang, "hub", Role.OFFICER, None)
    steward = issue_key(institution, li, "hub", Role.STEWARD, None)

    def holder(one: str) -> Person:
        return who(institution.registry, institution.keys, one, institution.now())

    assert (holder(key), holder(steward)) == (wang, li)
    for by, role, publisher in (
        (wang, Role.STEWARD, "交通局"),
        (wang, Role.AUDITOR, None),
        (li, Role.STEWARD, "卫健局"),
        (ADMINISTRATOR, Role.OFFICER, None),
        (ADMINISTRATOR, Role.ADMINISTRATOR, None),
    ):
        with pytest.raises(NotAllowed):
            issue_key(institution, by, "x", role, publisher)
    with pytest.raises(NotFound):
        revoke_key(institution, li, key.split("_")[1])  # another's
    grant_role(institution, ADMINISTRATOR, "wang", Role.AUDITOR)
    assert holder(key).roles == {Role.OFFICER}  # a key does not grow with its holder
    revoke_role(institution, ADMINISTRATOR, "wang", Role.OFFICER)
    with pytest.raises(NotSignedIn):
        holder(key)
    revoke_key(institution, ADMINISTRATOR, steward.split("_")[1])
    with pytest.raises(NotSignedIn):
        holder(steward)


def test_a_key_never_narrows_an_officer_in_name_only(gate: Gate) -> None:
    with pytest.raises(BadInput), gate.registry.transaction() as unit:
        issue(unit, gate.keys, "x", Role.OFFICER, "交通局", gate.now())


def test_demo_people_are_marked_and_act_in_a_personal_home_only(gate: Gate) -> None:
    password = add_demo_people(gate)
    assert password
    assert add_demo_people(gate) is None
    with gate.registry.reading() as snapshot:
        records = people_list(snapshot)
    assert all(one.demo for one in records)
    assert len(records) == len(DEMO_PEOPLE)
    assert all(one["demo"] for one in events(gate) if one["kind"] != "list-activated")
    assert act(gate, {}) == OWNER  # still a personal home
    assert act(gate, {}, "demo-steward") == Person(
        "trial:demo-steward", frozenset({Role.STEWARD}), "云汀市交通运输局"
    )
    signed = sign_in(gate.registry, gate.keys, "demo-officer", password, gate.now())
    assert who(gate.registry, gate.keys, signed.session.token, gate.now()).roles == {Role.OFFICER}
    add_person(gate, OWNER, "root", Role.ADMINISTRATOR)
    with pytest.raises(NotSignedIn):
        who(gate.registry, gate.keys, signed.session.token, gate.now())
    with pytest.raises(NotSignedIn):
        sign_in(gate.registry, gate.keys, "demo-officer", password, gate.now())
    with pytest.raises(Conflict):
        run_demo(gate, Console(quiet=True), "en")
