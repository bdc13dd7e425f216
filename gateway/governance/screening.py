"""What a version of the list would do to everything published: screened from cached subjects, while it is scheduled.

The result is kept, so that activation itself has nothing left to compute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from catalog.decision import Decision
from catalog.registry import queries
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.governance import store
from gateway.governance.reminders import alert
from gateway.governance.store import Cached
from gateway.publish.law import Law
from negative_list import Index, NegativeList
from negative_list.impact import SAME, Consequence, Shift, consequence
from negative_list.lifecycle import as_if_approved, changed_entries

__all__ = ["Impact", "ImpactOnDataset", "decided", "prepare", "simulate", "simulate_version"]


@dataclass(frozen=True, slots=True)
class ImpactOnDataset:
    """One dataset that another list changes something about. `released` = it is open now."""

    dataset_id: str
    title: str
    publisher: str
    released: bool
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class Impact:
    """What a list would do. Counts are of open datasets and their released fields, before and after; what is freed
    counts only once it has been released again."""

    version: str
    on: date
    screened: int
    datasets_before: int
    datasets_after: int
    fields_before: int
    fields_after: int
    changes: tuple[ImpactOnDataset, ...]

    def of(self, shift: Shift) -> tuple[ImpactOnDataset, ...]:
        return tuple(one for one in self.changes if one.consequence.shift is shift)

    def summary(self) -> Text:
        withdrawn, tightened, freed = (
            len(self.of(one)) for one in (Shift.WITHDRAWN, Shift.TIGHTENED, Shift.FREED)
        )
        return Text(
            f"审查 {self.screened} 个数据集：撤回 {withdrawn}，收紧 {tightened}，放宽 {freed}；"
            f"开放数据集 {self.datasets_before} → {self.datasets_after}，字段 {self.fields_before} → {self.fields_after}",
            f"{self.screened} screened: {withdrawn} withdrawn, {tightened} tightened, {freed} freed; "
            f"open datasets {self.datasets_before} → {self.datasets_after}, fields {self.fields_before} → {self.fields_after}",
        )


def simulate(gate: Gate, entries: NegativeList, on: date) -> Impact:
    """The impact of a list on everything that has been examined, against the list in force, as if its drafts were
    approved; nothing is kept."""
    now, entries = gate.entries, as_if_approved(entries)
    with gate.registry.reading() as snapshot:
        exempt = store.exempted(snapshot, on)
        found = list(_compared(store.all_subjects(snapshot), now, entries, exempt, on))
        opened = {one.dataset.id: len(one.columns) for one in queries.all_current(snapshot)}
    changes = []
    fields = dict(opened)
    for cached, one in found:
        if one.shift is Shift.SAME:
            continue
        dataset = cached.source.dataset
        changes.append(
            ImpactOnDataset(cached.dataset_id, dataset.title, dataset.publisher, cached.released, one)
        )
        if cached.released and one.shift is Shift.WITHDRAWN:
            fields.pop(cached.dataset_id, None)
        elif cached.released and cached.planned is not None and one.shift is Shift.TIGHTENED:
            planned = {column.name for column in cached.planned.schema}
            fields[cached.dataset_id] -= sum(
                change.column in planned and change.fate == "withheld" for change in one.fields
            )
    return Impact(
        version=entries.version,
        on=on,
        screened=len(found),
        datasets_before=len(opened),
        datasets_after=len(fields),
        fields_before=sum(opened.values()),
        fields_after=sum(fields.values()),
        changes=tuple(changes),
    )


def simulate_version(gate: Gate, person: Person, version: str) -> Impact:
    """What a version would do if it were in effect today. Raises NotAllowed, NotFound."""
    require(person, Action.SIMULATE_LIST)
    with gate.registry.reading() as snapshot:
        entries = store.list_of(snapshot, version) if version else gate.entries
    return simulate(gate, entries, gate.now().date())


def prepare(gate: Gate, version: str, on: date) -> int:
    """Screen what has not been screened against a version on this day, and keep the result; how many subjects."""
    with gate.registry.reading() as snapshot:
        entries = store.list_of(snapshot, version)
        missing = store.unscreened(snapshot, version, on)
        if not missing:
            return 0
        exempt = store.exempted(snapshot, on)
        now = gate.entries
        found = list(_compared(store.all_subjects(snapshot, missing), now, entries, exempt, on))
    with gate.registry.transaction() as unit:
        store.save_screenings(unit, version, on, found)
        for cached, one in found:
            alert(unit, cached.dataset_id, one.reasons, gate.now())
    return len(found)


def _compared(
    subjects: Iterable[Cached],
    before: NegativeList,
    after: NegativeList,
    exempt: dict[str, frozenset[str]],
    on: date,
) -> Iterator[tuple[Cached, Consequence]]:
    old_law, new_law = Law.of(before), Law.of(after)
    touched = Index(changed_entries(before, after))
    for cached in subjects:
        looks = [cached.source] if cached.planned is None else [cached.source, cached.planned]
        if not any(touched.concerns(one) for one in looks):
            yield cached, SAME  # most of a city: a change in one domain is not screened against the others
            continue
        lifted = exempt.get(cached.dataset_id, frozenset())
        old = decided(cached, old_law.lifting(lifted), on)
        new = decided(cached, new_law.lifting(lifted), on)
        yield cached, consequence(old, new, cached.source.schema)


def decided(cached: Cached, law: Law, on: date) -> Decision:
    """The decision on one dataset: what may leave is decided in two looks, at the source and at the planned output."""
    decision = law.screen(cached.source, on)
    return decision if cached.planned is None else decision.join(law.screen(cached.planned, on))
