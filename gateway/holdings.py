"""Registering what publishers hold: a steward for their own, by hand, by sheet, or by a look over a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.errors import BadInput, Where
from catalog.holding import Holding, Stands
from catalog.registry.holdings import holdings_as_they_stand, register_holdings
from catalog.text import Text
from gateway.access import Action, Person, may, require
from gateway.gate import Gate

__all__ = ["Registered", "publisher_of", "register", "shown_to"]


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


def shown_to(gate: Gate, person: Person, publisher: str | None = None) -> tuple[Stands, ...]:
    """What the person may see of the holdings, of one publisher where asked. Raises NotSignedIn, NotAllowed."""
    require(person, Action.SEE_HOLDINGS, publisher)
    with gate.registry.reading() as snapshot:
        everything = holdings_as_they_stand(snapshot)
    return tuple(
        one
        for one in everything
        if publisher in (None, one.holding.publisher)
        and may(person, Action.SEE_HOLDINGS, one.holding.publisher)
    )
