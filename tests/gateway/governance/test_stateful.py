"""Whatever is done to lists and exemptions, by whom and in whatever order: no list without two people, no exemption
without three, one list in force, and what may not be done changes nothing. Compared with a model of who did what."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from catalog.errors import BadInput, Conflict, NotAllowed, NotFound
from catalog.ingest import local
from catalog.registry.tables import jobs, leaves, state
from gateway.access import OWNER, Person, Role
from gateway.gate import Gate, open_gate
from gateway.governance import exemptions, store
from gateway.governance.activation import activate, activate_due, follow_the_day
from gateway.governance.lists import approve_list, draft_list, propose_list, reject_list
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings
from gateway.verify import verify
from negative_list import NegativeList, load_starter
from negative_list.exemption import ExemptionState
from negative_list.lifecycle import ListState
from negative_list.tables import exemptions as exemption_rows
from negative_list.tables import list_versions
from tests.gateway.governance.conftest import ANNA, BERT, CARL, STEWARD, column_entry

# Who is who: three officers (one of them under two spellings, one of them a steward as well), and who may do nothing.
ALIAS = replace(ANNA, name=" ＡNNA ")
BOTH = replace(BERT, roles=frozenset({Role.OFFICER, Role.STEWARD}), publisher="测试局")
OFFICE = Person("dora", frozenset({Role.DATA_OFFICE, Role.AUDITOR}))
REAL = {
    "anna": "anna",
    " ＡNNA ": "anna",
    "bert": "bert",
    "carl": "carl",
    "owner": "owner",
    "stella": "stella",
    "dora": "dora",
}
DECIDERS = {"anna", "bert", "carl", "owner"}

OFFICERS = [ANNA, ALIAS, BOTH, CARL]
PEOPLE = st.sampled_from([*OFFICERS * 3, OWNER, STEWARD, OFFICE])
VERSIONS = st.sampled_from(["a", "b", "c"])
STARTER = load_starter()
LIFTABLE = next(one for one in STARTER.entries if one.governance.exemptible)
FIRM = next(one for one in STARTER.entries if not one.governance.exemptible)
BEFORE_EFFECT = {ListState.DRAFT, ListState.PROPOSED, ListState.APPROVED}
CLAIMING = ListState.APPROVED, ListState.ACTIVE, ListState.SUPERSEDED


def a_list(version: str, pattern: str) -> NegativeList:
    """A small list with one entry of its own, which the file claims to be approved."""
    base = replace(STARTER, entries=(LIFTABLE, FIRM))
    added = column_entry(base, f"T-{version}", pattern)
    return replace(base, version=version, entries=(*base.entries, added))


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A home with one published dataset made once, and copied for each run."""
    folder = tmp_path_factory.mktemp("template")
    table = folder / "stops.csv"
    table.write_text("线路,站名,区县\n" + "".join(f"线{n % 3},站{n},区{n % 4}\n" for n in range(60)))
    gate = open_gate(GateSettings(home=folder / "home"))
    source = local(table, 1 << 30)
    about = Metadata(title="stops", theme="other", publisher="测试局", dataset_id="stops")
    submit(gate, OWNER, source, Request(source.name, source.sha256, about, yes=True), Stages())
    gate.registry.close()
    Governance.template = folder / "home"


@dataclass(slots=True)
class Version:
    """What was really done with a version, by the people's real names."""

    base: str
    state: ListState = ListState.DRAFT
    writers: set[str] = field(default_factory=set)
    approver: str | None = None
    due: datetime | None = None


@dataclass(slots=True)
class Asked:
    """What was really done about an exemption."""

    expires: Any
    people: list[str]
    state: ExemptionState = ExemptionState.DRAFTED


class Governance(RuleBasedStateMachine):
    template: Path

    @initialize()
    def a_home(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kaizha-governance-"))
        shutil.copytree(self.template, self.folder / "home")
        self.clock = datetime.now(UTC).replace(hour=1)
        opened = open_gate(GateSettings(home=self.folder / "home"))
        self.gate: Gate = replace(opened, now=lambda: self.clock)
        self.active = STARTER.version
        self.versions: dict[str, Version] = {}
        self.asked: dict[str, Asked] = {}

    def teardown(self) -> None:
        if hasattr(self, "gate"):
            try:
                assert verify(self.gate).discrepancies == ()
            finally:
                self.gate.registry.close()
                shutil.rmtree(self.folder, ignore_errors=True)

    def everything(self) -> list[object]:
        """All that governance writes."""
        with self.gate.registry.reading() as snapshot:
            return [
                [tuple(row) for row in snapshot.execute(select(table))]
                for table in (list_versions, exemption_rows, leaves, jobs, state)
            ]

    def attempt(self, legal: bool, step: Callable[[], Any]) -> Any:
        """The step is done if it is legal; if not it is refused, and nothing has changed."""
        if legal:
            return step()
        before = self.everything()
        with pytest.raises((NotAllowed, Conflict, BadInput, NotFound)):
            step()
        assert self.everything() == before
        return None

    # ---- lists

    def among(self, *states: ListState) -> list[str]:
        return [name for name, one in self.versions.items() if one.state in states]

    def new_version(self) -> str:
        return f"v{len(self.versions)}"

    @precondition(lambda self: self.among(ListState.DRAFT))
    @rule(by=PEOPLE, data=st.data())
    def propose_a_draft(self, by: Person, data: st.DataObject) -> None:
        self.propose(by, data.draw(st.sampled_from(self.among(ListState.DRAFT))))

    @precondition(lambda self: self.among(ListState.PROPOSED))
    @rule(by=PEOPLE, data=st.data(), hours=st.sampled_from([None, 0, 2, -1]))
    def approve_a_proposal(self, by: Person, data: st.DataObject, hours: int | None) -> None:
        self.approve(by, data.draw(st.sampled_from(self.among(ListState.PROPOSED))), hours)

    @precondition(lambda self: self.among(ListState.PROPOSED))
    @rule(data=st.data(), took_part=st.booleans())
    def approve_as_an_officer(self, data: st.DataObject, took_part: bool) -> None:
        """By one of those who wrote or proposed it, and by one of the others: each as often as the other."""
        name = data.draw(st.sampled_from(self.among(ListState.PROPOSED)))
        writers = self.versions[name].writers
        able = [one for one in (*OFFICERS, OWNER) if (REAL[one.name] in writers) is took_part]
        if able:
            self.approve(data.draw(st.sampled_from(able)), name, None)

    @precondition(lambda self: self.among(ListState.APPROVED))
    @rule(by=PEOPLE, data=st.data())
    def activate_what_is_approved(self, by: Person, data: st.DataObject) -> None:
        self.activate(by, data.draw(st.sampled_from(self.among(ListState.APPROVED))))

    @rule(by=PEOPLE, data=st.data(), step=st.sampled_from(["propose", "approve", "activate", "reject"]))
    def any_step_of_any_version(self, by: Person, data: st.DataObject, step: str) -> None:
        name = data.draw(st.sampled_from([*self.versions, self.new_version()]))
        match step:
            case "propose":
                self.propose(by, name)
            case "approve":
                self.approve(by, name, None)
            case "activate":
                self.activate(by, name)
            case "reject":
                self.reject(by, name, data.draw(st.sampled_from(["no", " "])))

    @rule(by=PEOPLE, data=st.data(), pattern=st.sampled_from(["站名", "区县"]), from_the_first=st.booleans())
    def draft(self, by: Person, data: st.DataObject, pattern: str, from_the_first: bool) -> None:
        """A version written, or a draft written (imported) again, or what is no draft any more."""
        name = data.draw(st.sampled_from([self.new_version(), *self.versions]))
        base = STARTER.version if from_the_first else None
        known = self.versions.get(name)
        legal = (
            REAL[by.name] in DECIDERS
            and base in (None, self.active)
            and (known is None or known.state is ListState.DRAFT)
        )
        self.attempt(legal, lambda: draft_list(self.gate, by, a_list(name, pattern), base))
        if legal:
            self.versions.setdefault(name, Version(self.active)).writers.add(REAL[by.name])

    def propose(self, by: Person, name: str) -> None:
        known = self.versions.get(name)
        legal = REAL[by.name] in DECIDERS and known is not None and known.state is ListState.DRAFT
        self.attempt(legal, lambda: propose_list(self.gate, by, name))
        if legal and known is not None:
            known.state = ListState.PROPOSED
            known.writers.add(REAL[by.name])

    def approve(self, by: Person, name: str, hours: int | None) -> None:
        known = self.versions.get(name)
        due = None if hours is None else self.clock + timedelta(hours=hours)
        legal = (
            REAL[by.name] in DECIDERS
            and known is not None
            and known.state is ListState.PROPOSED
            and REAL[by.name] not in known.writers
            and known.base == self.active
            and (hours or 0) >= 0
        )
        self.attempt(legal, lambda: approve_list(self.gate, by, name, due))
        if legal and known is not None:
            known.state, known.approver, known.due = ListState.APPROVED, REAL[by.name], due or self.clock

    def reject(self, by: Person, name: str, reason: str) -> None:
        known = self.versions.get(name)
        legal = (
            REAL[by.name] in DECIDERS
            and known is not None
            and known.state in BEFORE_EFFECT
            and bool(reason.strip())
        )
        self.attempt(legal, lambda: reject_list(self.gate, by, name, reason))
        if legal and known is not None:
            known.state = ListState.REJECTED

    def is_due(self, known: Version | None) -> bool:
        return (
            known is not None
            and known.state is ListState.APPROVED
            and known.due is not None
            and known.due <= self.clock
            and known.base == self.active
        )

    def in_force_now(self, name: str) -> None:
        if self.active in self.versions:
            self.versions[self.active].state = ListState.SUPERSEDED
        self.versions[name].state, self.active = ListState.ACTIVE, name

    def activate(self, by: Person, name: str) -> None:
        legal = REAL[by.name] in DECIDERS and self.is_due(self.versions.get(name))
        self.attempt(legal, lambda: activate(self.gate, by, name))
        if legal:
            self.in_force_now(name)

    @rule()
    def activate_due(self) -> None:
        """The process in the background: the earliest of those that are due, written from the list in force."""
        due = {name: one.due for name, one in self.versions.items() if self.is_due(one)}
        assert activate_due(self.gate) == bool(due)
        if due:
            name = self.gate.entries.version
            assert due[name] == min(when for when in due.values() if when)
            self.in_force_now(name)

    @rule(hours=st.sampled_from([1, 5, 30]))
    def time_passes(self, hours: int) -> None:
        self.clock += timedelta(hours=hours)
        follow_the_day(self.gate)
        for one in self.asked.values():
            if one.state is ExemptionState.GRANTED and one.expires < self.clock.date():
                one.state = ExemptionState.ENDED

    # ---- exemptions

    @rule(
        by=PEOPLE,
        dataset=st.sampled_from([*["stops"] * 4, "none"]),
        entry=st.sampled_from([*[LIFTABLE.entry_id] * 4, FIRM.entry_id, "none"]),
        days=st.sampled_from([0, 1, 30, 60, 366, -1, 367]),
    )
    def ask(self, by: Person, dataset: str, entry: str, days: int) -> None:
        legal = (
            REAL[by.name] in DECIDERS
            and (dataset, entry) == ("stops", LIFTABLE.entry_id)
            and 0 <= days <= 366
        )
        expires = self.clock.date() + timedelta(days=days)
        one = self.attempt(
            legal, lambda: exemptions.draft(self.gate, by, dataset, entry, "法定公开", expires)
        )
        if legal:
            self.asked[one.id] = Asked(expires, [REAL[by.name]])

    def waiting(self) -> list[str]:
        return [name for name, one in self.asked.items() if one.state is ExemptionState.DRAFTED]

    @precondition(lambda self: self.waiting())
    @rule(by=PEOPLE, data=st.data())
    def allow_what_waits(self, by: Person, data: st.DataObject) -> None:
        self.allow(by, data.draw(st.sampled_from(self.waiting())))

    @rule(by=PEOPLE, data=st.data())
    def allow_any(self, by: Person, data: st.DataObject) -> None:
        self.allow(by, data.draw(st.sampled_from([*self.asked, "none"])))

    def allow(self, by: Person, name: str) -> None:
        known = self.asked.get(name)
        legal = (
            REAL[by.name] in DECIDERS
            and known is not None
            and known.state is ExemptionState.DRAFTED
            and self.clock.date() <= known.expires
            and REAL[by.name] not in known.people
        )
        self.attempt(legal, lambda: exemptions.approve(self.gate, by, name))
        if legal and known is not None:
            known.people.append(REAL[by.name])
            if len(known.people) == 3:
                known.state = ExemptionState.GRANTED

    @rule(by=PEOPLE, data=st.data())
    def end(self, by: Person, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([*self.asked, "none"]))
        known = self.asked.get(name)
        legal = REAL[by.name] in DECIDERS and known is not None and known.state is not ExemptionState.ENDED
        self.attempt(legal, lambda: exemptions.end(self.gate, by, name))
        if legal and known is not None:
            known.state = ExemptionState.ENDED

    # ---- what holds at all times

    @invariant()
    def no_list_without_two_people(self) -> None:
        with self.gate.registry.reading() as snapshot:
            records = {one.version: one for one in store.list_records(snapshot)}
            own = {
                name: next(
                    one for one in store.list_of(snapshot, name).entries if one.entry_id == f"T-{name}"
                )
                for name in self.versions
            }
        assert set(records) == {STARTER.version, *self.versions}
        for name, known in self.versions.items():
            record, word = records[name], own[name].governance
            assert record.state is known.state
            assert {REAL[author] for author in record.authors} <= known.writers
            assert REAL[word.drafted_by] in known.writers
            if record.state in CLAIMING:
                assert record.decided_by is not None
                assert REAL[record.decided_by] not in known.writers
                assert REAL[record.decided_by] == known.approver
                assert word.approved_by == record.decided_by
            elif known.approver is None:
                assert word.approved_by is None

    @invariant()
    def one_list_is_in_force(self) -> None:
        with self.gate.registry.reading() as snapshot:
            active = [one.version for one in store.list_records(snapshot) if one.state is ListState.ACTIVE]
        assert active == [self.active] == [self.gate.entries.version]

    @invariant()
    def no_exemption_without_three_people(self) -> None:
        with self.gate.registry.reading() as snapshot:
            found = {one.id: one for one in store.exemptions_of(snapshot)}
        assert set(found) == set(self.asked)
        for name, one in found.items():
            assert one.state is self.asked[name].state
            people = [REAL[who] for who in (one.drafted_by, *one.approved_by)]
            assert people == self.asked[name].people
            assert len(set(people)) == len(people) <= 3
            if one.state is ExemptionState.GRANTED:
                assert len(people) == 3


TestGovernance = Governance.TestCase
TestGovernance.settings = settings(
    max_examples=30,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
