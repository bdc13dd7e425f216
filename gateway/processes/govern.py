"""The gate takes the steps of governance: each is one function of `gateway.governance`, which asks who may."""

from __future__ import annotations

import io
from typing import Any, assert_never

from catalog.ingest import spool
from catalog.registry import dump
from gateway.access import Person
from gateway.gate import Gate
from gateway.governance import appeals, exemptions, lists, notices
from gateway.governance.activation import activate
from gateway.governance.intake import import_list
from gateway.governance.screening import simulate_version
from gateway.moment import day_of, moment_given
from gateway.processes import steps
from negative_list import diff_lists, render_list

__all__ = ["take"]

ListStep = (
    steps.ImportList
    | steps.ExportList
    | steps.DiffLists
    | steps.ListHistory
    | steps.SimulateList
    | steps.ProposeList
    | steps.ApproveList
    | steps.RejectList
    | steps.ActivateList
)
CaseStep = (
    steps.ListExemptions
    | steps.DraftExemption
    | steps.ApproveExemption
    | steps.EndExemption
    | steps.ListAppeals
    | steps.FileAppeal
    | steps.AnswerAppeal
    | steps.ListSubscriptions
    | steps.Subscribe
    | steps.Unsubscribe
)


def take(gate: Gate, person: Person, step: ListStep | CaseStep) -> Any:
    """The result of a step, as JSON values. Raises what the function raises."""
    match step:
        case steps.ImportList():
            return dump(_import(gate, person, step))
        case steps.ExportList():
            return {"toml": render_list(lists.readable(gate, person, step.version))}
        case steps.DiffLists():
            before = lists.readable(gate, person, step.before) if step.before else gate.entries
            return diff_lists(before, lists.readable(gate, person, step.version)).to_json()
        case steps.ListHistory():
            return {"versions": [dump(one) for one in lists.history(gate, person)]}
        case steps.SimulateList():
            return dump(simulate_version(gate, person, step.version))
        case steps.ProposeList():
            return dump(lists.propose_list(gate, person, step.version))
        case steps.ApproveList():
            moment = moment_given(step.effective, "effective")
            return dump(lists.approve_list(gate, person, step.version, moment))
        case steps.RejectList():
            return dump(lists.reject_list(gate, person, step.version, step.reason))
        case steps.ActivateList():
            return dump(activate(gate, person, step.version))
    return _case(gate, person, step)


def _case(gate: Gate, person: Person, step: CaseStep) -> Any:
    match step:
        case steps.ListExemptions():
            return {"exemptions": [dump(one) for one in exemptions.listed(gate, person)]}
        case steps.DraftExemption():
            last = day_of(step.expires, "expires")
            return dump(exemptions.draft(gate, person, step.dataset, step.entry, step.reason, last))
        case steps.ApproveExemption():
            return dump(exemptions.approve(gate, person, step.id))
        case steps.EndExemption():
            return dump(exemptions.end(gate, person, step.id))
        case steps.ListAppeals():
            return {"appeals": [dump(one) for one in appeals.listed(gate, person)]}
        case steps.FileAppeal():
            return dump(appeals.appeal(gate, person, step.dataset, step.entry, step.text))
        case steps.AnswerAppeal():
            return dump(appeals.answer_appeal(gate, person, step.id, step.verdict, step.text))
        case steps.ListSubscriptions():
            return {"subscriptions": [dump(one) for one in notices.listed(gate, person)]}
        case steps.Subscribe():
            one, secret = notices.subscribe(gate, person, step.url, step.publisher, step.dataset)
            return dump(one) | {"secret": secret}
        case steps.Unsubscribe():
            notices.unsubscribe(gate, person, step.id)
            return {"id": step.id, "ended": True}
    assert_never(step)


def _import(gate: Gate, person: Person, step: steps.ImportList) -> Any:
    """Spooled as any received file is: the readers take a private copy, and nothing of it stays."""
    content = io.BytesIO(step.content)
    source = spool(content, f"list.{step.format}", gate.spool, steps.MAX_LIST_BYTES)
    try:
        return import_list(gate, person, source, step.format, step.version)
    finally:
        source.path.unlink(missing_ok=True)
