"""A dataset is examined again after the law has changed, from the bytes once received: released, held or refused anew."""

from __future__ import annotations

from catalog.registry import queries
from catalog.release import State
from gateway.access import Person, Role
from gateway.gate import Gate
from gateway.governance import notices
from gateway.publish.stages import Stages
from gateway.publish.submit import resubmit

__all__ = ["reevaluate"]


def reevaluate(gate: Gate, submission_id: str, why: str) -> State | None:
    """The new state; None where there is nothing to do, because a later submission is open by now.

    Raises NotFound, Conflict as `resubmit` does, BadInput where the received bytes cannot be read any more.
    """
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
        if record is not None:
            serving = queries.current_submission(snapshot, record.dataset_id)
            if serving is not None and serving != submission_id:
                return None
    report = resubmit(gate, Person("kaizha", frozenset({Role.OWNER})), submission_id, Stages())
    with gate.registry.transaction() as unit:
        told = {"state": report.state.value, "why": why}
        notices.tell_datasets(unit, "re-evaluated", [report.dataset.id], told, gate.now())
    return report.state
