"""Whatever is done in whatever order: no administrator holds another role, nobody acts beyond their roles, and what
was revoked is refused at once. Compared with a model of a few lines."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from catalog.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn
from catalog.registry import queries
from gateway.access import OWNER, PERMISSIONS, Action, Person, Role, is_institution, may, who
from gateway.access.people import person_of
from gateway.access.sessions import begin
from gateway.administration import (
    add_person,
    disable_person,
    grant_role,
    revoke_role,
)
from gateway.gate import Gate, open_gate
from gateway.keys import issue_key, revoke_key
from gateway.role import ASSIGNABLE
from gateway.settings import GateSettings

NAMES = st.sampled_from(["an", "bo", "cy"])
ROLES = st.sampled_from(ASSIGNABLE)
PUBLISHERS = st.sampled_from([None, "交通局", "卫健局"])
ANYBODY = st.sampled_from(["owner", "administrator", "an", "bo", "cy"])


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A fresh home made once, and copied for each run: migrations take longer than a run."""
    home = tmp_path_factory.mktemp("template") / "home"
    open_gate(GateSettings(home=home)).registry.close()
    People.template = home


class People(RuleBasedStateMachine):
    template: Path

    @initialize()
    def a_fresh_home(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kaizha-people-"))
        shutil.copytree(self.template, self.folder / "home")
        self.gate: Gate = open_gate(GateSettings(home=self.folder / "home"))
        self.held: dict[str, dict[Role, str | None]] = {}
        self.keys: dict[str, tuple[str, Role, str | None]] = {}
        self.sessions: dict[str, str] = {}
        self.shut: set[str] = set()
        self.leaves = 0

    def teardown(self) -> None:
        if hasattr(self, "gate"):
            self.gate.registry.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def known(self, name: str) -> Person | None:
        with self.gate.registry.reading() as snapshot:
            return person_of(snapshot, name)

    def actor(self, name: str) -> Person | None:
        """Who acts under that name now: the owner only while the home is personal."""
        return (OWNER if not self.held else None) if name == "owner" else self.known(name)

    @rule(by=ANYBODY, name=NAMES, role=ROLES, publisher=PUBLISHERS)
    def add(self, by: str, name: str, role: Role, publisher: str | None) -> None:
        author = self.actor(by)
        if author is None:
            return
        fits = (role is Role.STEWARD) == (publisher is not None) and name not in self.held
        if not may(author, Action.MANAGE_PEOPLE):
            with pytest.raises(NotAllowed):
                add_person(self.gate, author, name, role, publisher)
        elif not fits:
            with pytest.raises((BadInput, Conflict)):
                add_person(self.gate, author, name, role, publisher)
        else:
            for one in add_person(self.gate, author, name, role, publisher):
                self.held[one.name] = {role: publisher} if one.name == name else {Role.ADMINISTRATOR: None}

    @rule(by=ANYBODY, name=NAMES, role=ROLES, publisher=PUBLISHERS)
    def grant(self, by: str, name: str, role: Role, publisher: str | None) -> None:
        author = self.actor(by)
        if author is None:
            return
        mine = self.held.get(name)
        fits = (
            mine is not None
            and name not in self.shut
            and (role is Role.STEWARD) == (publisher is not None)
            and role not in mine
            and not (mine and Role.ADMINISTRATOR in {role, *mine})
        )
        if may(author, Action.MANAGE_PEOPLE) and fits and mine is not None:
            grant_role(self.gate, author, name, role, publisher)
            mine[role] = publisher
        else:
            with pytest.raises((NotAllowed, BadInput, Conflict, NotFound)):
                grant_role(self.gate, author, name, role, publisher)

    @rule(by=ANYBODY, name=NAMES, role=ROLES)
    def revoke(self, by: str, name: str, role: Role) -> None:
        author = self.actor(by)
        if author is None:
            return
        mine = self.held.get(name, {})
        if may(author, Action.MANAGE_PEOPLE) and role in mine and self.spared(name, role):
            revoke_role(self.gate, author, name, role)
            del mine[role]
        else:
            with pytest.raises((NotAllowed, Conflict, NotFound)):
                revoke_role(self.gate, author, name, role)

    @rule(by=ANYBODY, name=NAMES)
    def disable(self, by: str, name: str) -> None:
        author = self.actor(by)
        if author is None:
            return
        fits = name in self.held and name not in self.shut
        if may(author, Action.MANAGE_PEOPLE) and fits and all(self.spared(name, r) for r in self.held[name]):
            disable_person(self.gate, author, name)
            self.held[name] = {}
            self.shut.add(name)
            self.sessions = {token: whose for token, whose in self.sessions.items() if whose != name}
            self.keys = {key: how for key, how in self.keys.items() if how[0] != name}
        else:
            with pytest.raises((NotAllowed, Conflict, NotFound)):
                disable_person(self.gate, author, name)

    def spared(self, name: str, role: Role) -> bool:
        """Whether an administrator is left when this one loses the role."""
        others = [one for one in self.held if one != name and Role.ADMINISTRATOR in self.held[one]]
        return role is not Role.ADMINISTRATOR or bool(others)

    @rule(name=NAMES, role=ROLES, publisher=PUBLISHERS)
    def take_a_key(self, name: str, role: Role, publisher: str | None) -> None:
        person = self.known(name)
        if person is None or (publisher is not None and role is not Role.STEWARD):
            return
        if role in person.roles - {Role.ADMINISTRATOR} and publisher in (None, person.publisher):
            key = issue_key(self.gate, person, "x", role, publisher)
            self.keys[key] = (name, role, person.publisher if role is Role.STEWARD else None)
        else:
            with pytest.raises(NotAllowed):
                issue_key(self.gate, person, "x", role, publisher)

    @precondition(lambda self: self.keys)
    @rule(pick=st.randoms(use_true_random=False))
    def revoke_a_key(self, pick: object) -> None:
        key = pick.choice(sorted(self.keys))  # type: ignore[attr-defined]
        holder = self.known(self.keys[key][0])
        if holder is not None and may(holder, Action.OWN_KEYS):
            revoke_key(self.gate, holder, key.split("_")[1])
            del self.keys[key]
            with pytest.raises(NotSignedIn):
                who(self.gate.registry, self.gate.keys, key, self.gate.now())

    @rule(name=NAMES)
    def sign_in(self, name: str) -> None:
        if self.known(name) is not None:
            with self.gate.registry.transaction() as unit:
                self.sessions[begin(unit, self.gate.keys, name, self.gate.now()).token] = name

    @invariant()
    def everybody_holds_what_the_model_says(self) -> None:
        for name in ("administrator", "an", "bo", "cy"):
            roles = self.held.get(name, {})
            person = self.known(name)
            assert (person.roles if person else frozenset()) == frozenset(roles)
            if person is not None:
                assert person.publisher == roles.get(Role.STEWARD)
                assert Role.ADMINISTRATOR not in roles or len(roles) == 1
                allowed = {action for action in Action if may(person, action)}
                assert allowed == {a for a in Action if any(role in PERMISSIONS[a] for role in roles)}

    @invariant()
    def a_founded_institution_stays_one_and_has_an_administrator(self) -> None:
        with self.gate.registry.reading() as snapshot:
            assert is_institution(snapshot) == bool(self.held)
        if self.held:
            assert any(Role.ADMINISTRATOR in roles for roles in self.held.values())

    @invariant()
    def a_credential_reaches_what_its_person_reaches_at_this_moment(self) -> None:
        for token, name in self.sessions.items():
            self.stands_for(token, self.known(name))
        for key, (name, role, publisher) in self.keys.items():
            holder = self.known(name)
            in_force = holder is not None and role in holder.roles
            if role is Role.STEWARD:
                in_force = in_force and holder is not None and holder.publisher == publisher
            self.stands_for(key, Person(name, frozenset({role}), publisher) if in_force else None)

    def stands_for(self, credential: str, expected: Person | None) -> None:
        if expected is None:
            with pytest.raises(NotSignedIn):
                who(self.gate.registry, self.gate.keys, credential, self.gate.now())
        else:
            assert who(self.gate.registry, self.gate.keys, credential, self.gate.now()) == expected

    @invariant()
    def the_ledger_only_grows(self) -> None:
        with self.gate.registry.reading() as snapshot:
            size = len(queries.leaf_rows(snapshot))
        assert size >= self.leaves
        self.leaves = size


TestPeople = People.TestCase
TestPeople.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
