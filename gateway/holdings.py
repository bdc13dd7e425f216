"""Registering and retiring what publishers hold: a steward for their own, by hand, by sheet, or by a look over a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.errors import BadInput, Conflict, NotFound, Where
from catalog.holding import Holding, HoldingState, Stands, tally
from catalog.registry import dump
from catalog.registry.holdings import holdings_as_they_stand, register_holdings, retire_holding
from catalog.text import Text
from gateway.access import Action, Person, may, require
from gateway.gate import Gate
from gateway.moment import moment_of

__all__ = ["Registered", "publisher_of", "register", "retire", "shown_to", "told_to"]

MAX_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Registered:
    """How many holdings are new, and how many were known and have changed."""

    added: int
    changed: int


def publisher_of(person: Person, given: str | None) -> str:
    """Whose holdings are meant: as given, or the steward's own. Raises BadInput where neither says."""
    found = given or person.publisher
    if not found:
        raise BadInput(
            Text("请说明是哪个单位持有", "Say who holds it"),
            Text("例如 --publisher 交通局", "For example --publisher 交通局"),
            Where(parameter="publisher"),
        )
    return found


def register(gate: Gate, person: Person, holdings: Sequence[Holding]) -> Registered:
    """Register holdings, all or none; who did it stands beside each and in the ledger.

    Raises NotAllowed for another publisher's.
    """
    require(person, Action.REGISTER_HOLDINGS)
    publishers = sorted({one.publisher for one in holdings})
    for publisher in publishers:
        require(person, Action.REGISTER_HOLDINGS, publisher)
    now = gate.now()
    with gate.registry.transaction() as unit:
        added, changed = register_holdings(unit, holdings, person.name, now)
        if added or changed:
            event = {
                "kind": "holdings-registered",
                "publishers": publishers,
                "added": added,
                "changed": changed,
                "by": person.name,
                "at": now.isoformat(),
            }
            gate.append_leaf(unit, event, now)
    return Registered(added, changed)


def retire(gate: Gate, person: Person, publisher: str, name: str, reason: str) -> None:
    """Say that something is held no longer, and why. Nothing is deleted: as of before, it is held.

    Raises NotAllowed for another publisher's, BadInput without a reason, NotFound, Conflict while its dataset is open.
    """
    require(person, Action.REGISTER_HOLDINGS, publisher)
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadInput(
            Text(
                f"请写明不再持有的理由（不超过 {MAX_REASON} 字）",
                f"Say why it is held no longer (at most {MAX_REASON} characters)",
            ),
            Text("例如 --reason 系统已停用", "For example --reason 'the system was shut down'"),
            Where(parameter="reason"),
        )
    now = gate.now()
    with gate.registry.transaction() as unit:
        stands = [one for one in holdings_as_they_stand(unit, now) if one.holding.name == name]
        mine = [one for one in stands if one.holding.publisher == publisher and one.retired is None]
        if any(one.state is HoldingState.OPEN for one in mine):
            raise Conflict(
                Text(f"“{name}”对应的数据集仍在开放", f'The dataset of "{name}" is still open'),
                Text("请先 kaizha withdraw 撤回", "Withdraw it first: kaizha withdraw"),
            )
        if retire_holding(unit, publisher, name, reason.strip(), person.name, now) is None:
            raise NotFound(
                Text(f"{publisher} 没有登记“{name}”", f'"{name}" is not registered with {publisher}'),
                Text("用 kaizha holdings list 查看", "See kaizha holdings list"),
            )
        event = {
            "kind": "holding-retired",
            "publishers": [publisher],
            "by": person.name,
            "at": now.isoformat(),
        }
        gate.append_leaf(unit, event, now)


def shown_to(
    gate: Gate, person: Person, publisher: str | None = None, as_of: datetime | None = None
) -> tuple[Stands, ...]:
    """What the person may see of the holdings as they stood at a moment (or stand), of one publisher where asked.

    Raises NotSignedIn, NotAllowed."""
    require(person, Action.SEE_HOLDINGS, publisher)
    with gate.registry.reading() as snapshot:
        everything = holdings_as_they_stand(snapshot, as_of or gate.now())
    return tuple(
        one
        for one in everything
        if publisher in (None, one.holding.publisher)
        and may(person, Action.SEE_HOLDINGS, one.holding.publisher)
    )


def told_to(
    gate: Gate, person: Person, as_of: str, publisher: str | None, states: Sequence[str]
) -> dict[str, Any]:
    """The numbers of a moment, and those holdings that are asked for and that the person may see.

    Raises NotSignedIn, NotAllowed, BadInput for a moment or state that is none.
    """
    try:
        wanted = {HoldingState(one) for one in states}
    except ValueError:
        raise BadInput(
            Text("未知的状态", "Unknown state of a holding"),
            Text(f"可用：{'、'.join(HoldingState)}", f"Use {', '.join(HoldingState)}"),
            Where(parameter="state"),
        ) from None
    now = gate.now()
    moment = min(now, moment_of(as_of, now))
    with gate.registry.reading() as snapshot:
        total = tally(holdings_as_they_stand(snapshot, moment))
    seen = shown_to(gate, person, publisher, moment)
    named = [dump(one) for one in seen if not wanted or one.state in wanted]
    return {"as_of": moment.isoformat(), "total": dump(total), "holdings": named}
