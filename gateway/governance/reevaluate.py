"""A dataset is examined again after the law has changed, from the bytes once received: released, held or refused anew."""

from __future__ import annotations

from catalog.registry import queries
from catalog.release import State
from gateway.access import GATE
from gateway.gate import Gate
from gateway.governance import notices
from gateway.publish.report import Report
from gateway.publish.stages import Stages
from gateway.publish.submit import request_of, resubmit, resume

__all__ = ["reevaluate"]


def reevaluate(gate: Gate, submission_id: str, why: str) -> State | None:
    """The new state; None where there is nothing to do, because a later submission is open by now.

    What waits for an answer stays the submission it is; of anything else a new one is made.

    Raises NotFound, Conflict as `resubmit` does, BadInput where the received bytes cannot be read any more.
    """
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
        if record is not None:
            serving = queries.current_submission(snapshot, record.dataset_id)
            is_held = record.state is State.HELD
            if serving is not None and serving != submission_id and not (is_held and serving < submission_id):
                return None
            if is_held:
                return _told(gate, resume(gate, GATE, submission_id, request_of(record), Stages()), why)
    return _told(gate, resubmit(gate, GATE, submission_id, Stages()), why)


def _told(gate: Gate, report: Report, why: str) -> State:
    with gate.registry.transaction() as unit:
        told = {"state": report.state.value, "why": why}
        notices.tell_datasets(unit, "re-evaluated", [report.dataset.id], told, gate.now())
    return report.state
