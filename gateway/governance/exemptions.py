"""Exemptions: three people lift one entry for one dataset, until a day; what that had opened closes with it."""

from __future__ import annotations

from datetime import date

from catalog.errors import NotFound
from catalog.registry import queries
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate, new_submission_id
from gateway.governance import store
from gateway.governance.activation import enqueue_reevaluation, withdraw_datasets
from negative_list.exemption import (
    Exemption,
    approve_exemption,
    draft_exemption,
    end_exemption,
    exemption_event,
)
from negative_list.exemption import ExemptionState as State

__all__ = ["approve", "draft", "end", "listed", "no_dataset"]


def draft(
    gate: Gate, person: Person, dataset_id: str, entry_id: str, reason: str, expires_on: date
) -> Exemption:
    """Ask for an exemption of one dataset from one entry. Raises BadInput, NotFound."""
    require(person, Action.DRAFT_EXEMPTION)
    now = gate.now()
    asked = Exemption(new_submission_id(now), dataset_id, entry_id, reason, expires_on, person.name, now)
    one = draft_exemption(asked, gate.entries, now.date())
    with gate.registry.transaction() as unit:
        if queries.dataset(unit, dataset_id) is None:
            raise no_dataset(dataset_id)
        store.add_exemption(unit, one)
        gate.append_leaf(unit, exemption_event(one, "drafted", person.name, now), now)
    return one


def approve(gate: Gate, person: Person, exemption_id: str) -> Exemption:
    """One of the two approvals; with the second the dataset is examined again. Raises NotFound, Conflict, NotAllowed."""
    require(person, Action.APPROVE_EXEMPTION)
    now = gate.now()
    with gate.registry.transaction() as unit:
        one = approve_exemption(store.exemption(unit, exemption_id), person.name, now.date())
        store.save_exemption(unit, one)
        gate.append_leaf(unit, exemption_event(one, one.state.value, person.name, now), now)
        if one.state is State.GRANTED:
            latest = store.reopenable(unit, one.dataset_id)
            enqueue_reevaluation(unit, [latest] if latest else [], f"exemption {one.id}", now)
    return one


def end(gate: Gate, person: Person, exemption_id: str) -> Exemption:
    """End an exemption: what it had opened is withdrawn at once and examined again. Raises NotFound, Conflict."""
    require(person, Action.APPROVE_EXEMPTION)
    now = gate.now()
    with gate.registry.transaction() as unit:
        before = store.exemption(unit, exemption_id)
        one = end_exemption(before)
        store.save_exemption(unit, one)
        gate.append_leaf(unit, exemption_event(one, "ended", person.name, now), now)
        if before.lifts(now.date()):
            serving = queries.current_submission(unit, one.dataset_id)
            if serving is not None:
                withdraw_datasets(gate, unit, [one.dataset_id], f"exemption {one.id} ended", now)
                enqueue_reevaluation(unit, [serving], f"exemption {one.id} ended", now)
    return one


def listed(gate: Gate, person: Person) -> tuple[Exemption, ...]:
    """Exemptions, newest first. Raises NotAllowed."""
    require(person, Action.SEE_EXEMPTIONS)
    with gate.registry.reading() as snapshot:
        return store.exemptions_of(snapshot)


def no_dataset(dataset_id: str) -> NotFound:
    """The refusal."""
    return NotFound(
        Text(f"没有数据集 {dataset_id}", f"There is no dataset {dataset_id}"),
        Text("用 kaizha review list 查看", "See kaizha review list"),
    )
