"""An exemption: one dataset, one entry, for a time, on the word of three different people. It is never part of a list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from catalog.errors import BadInput, Conflict, NotAllowed, Where
from catalog.text import Text
from negative_list.entry import NegativeList
from negative_list.lifecycle import same_person

__all__ = [
    "Exemption",
    "ExemptionState",
    "approve_exemption",
    "draft_exemption",
    "end_exemption",
    "exemption_event",
]

APPROVERS = 2


class ExemptionState(StrEnum):
    DRAFTED = "drafted"
    GRANTED = "granted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Exemption:
    """`expires_on` is its last day; `approved_by` the people who have approved it so far, two make it granted."""

    id: str
    dataset_id: str
    entry_id: str
    reason: str
    expires_on: date
    drafted_by: str
    drafted_at: datetime
    state: ExemptionState = ExemptionState.DRAFTED
    approved_by: tuple[str, ...] = ()

    def lifts(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.state is ExemptionState.GRANTED and on <= self.expires_on


def draft_exemption(exemption: Exemption, entries: NegativeList, on: date) -> Exemption:
    """Itself, where the entry can be exempted from. Raises BadInput: no such entry, none may be made, no reason, or
    an expiry that is past or more than a year away."""
    entry = next((one for one in entries.entries if one.entry_id == exemption.entry_id), None)
    if entry is None:
        raise _bad(
            "entry",
            Text(f"清单中没有条目 {exemption.entry_id}", f"The list has no entry {exemption.entry_id}"),
            Text("用 kaizha negative-list show 查看条目", "See kaizha negative-list show"),
        )
    if not entry.governance.exemptible:
        raise _bad(
            "entry",
            Text(f"条目 {entry.entry_id} 不得豁免", f"No exemption may be made from entry {entry.entry_id}"),
            Text("请按该条目的补救办法处理", "Follow the entry's own remedy"),
        )
    if not exemption.reason.strip():
        raise _bad(
            "reason",
            Text("豁免需要理由", "An exemption needs a reason"),
            Text("请写明法律依据和必要性", "State the legal basis and why it is needed"),
        )
    if not 0 <= (exemption.expires_on - on).days <= 366:
        raise _bad(
            "expires",
            Text("到期日应在今天起一年之内", "An exemption expires within a year from today"),
            Text("请改正到期日；到期后可重新申请", "Correct the date; it can be asked for anew later"),
        )
    return exemption


def approve_exemption(exemption: Exemption, by: str, on: date) -> Exemption:
    """One more approval; with the second it is granted.

    Raises Conflict: decided already or expired; NotAllowed: the person drafted or approved it before.
    """
    if exemption.state is not ExemptionState.DRAFTED or on > exemption.expires_on:
        raise Conflict(
            Text(f"豁免 {exemption.id} 不再等待批准", f"Exemption {exemption.id} waits for no approval"),
            Text("如仍需要，请重新起草", "Draft a new one if it is still needed"),
        )
    if any(same_person(by, other) for other in (exemption.drafted_by, *exemption.approved_by)):
        raise NotAllowed(
            Text("豁免需要三个不同的人", "An exemption takes three different people"),
            Text("请由另一位合规人员批准", "Another compliance officer has to approve it"),
        )
    approved = (*exemption.approved_by, by)
    state = ExemptionState.GRANTED if len(approved) >= APPROVERS else ExemptionState.DRAFTED
    return replace(exemption, approved_by=approved, state=state)


def end_exemption(exemption: Exemption) -> Exemption:
    """Ended before its time, or expired. Raises Conflict: ended already."""
    if exemption.state is ExemptionState.ENDED:
        raise Conflict(
            Text(f"豁免 {exemption.id} 已经结束", f"Exemption {exemption.id} has ended already"),
            Text("无需再次结束", "There is nothing to end"),
        )
    return replace(exemption, state=ExemptionState.ENDED)


def exemption_event(one: Exemption, what: str, by: str, at: datetime) -> dict[str, object]:
    """What the ledger is told: `what` became of it (``drafted``, ``granted``, ``ended``), by whom."""
    return {
        "kind": f"exemption-{what}",
        "exemption": one.id,
        "dataset": one.dataset_id,
        "entry": one.entry_id,
        "reason": one.reason,
        "expires_on": one.expires_on.isoformat(),
        "by": by,
        "at": at.isoformat(),
    }


def _bad(parameter: str, message: Text, remedy: Text) -> BadInput:
    return BadInput(message, remedy, Where(parameter=parameter))
