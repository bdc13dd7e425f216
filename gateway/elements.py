"""The register of data elements: the data office writes it, everybody reads it, and a version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.element import DataElement
from catalog.element_form import placed_elements
from catalog.errors import Where
from catalog.form import Flaws
from catalog.ingest import Source
from catalog.ingest.form_sheet import form_rows
from catalog.registry.elements import all_elements, record_elements
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate

__all__ = ["Imported", "import_elements"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: versions written, and those that stood there already."""

    added: int
    known: int


def import_elements(gate: Gate, person: Person, source: Source) -> Imported:
    """Take in a form of elements, all of it or nothing; who did it stands beside each version and in the ledger.

    Raises NotAllowed, and BadInput with every flaw at its cell: a version that is registered with another content, or
    one that is not above the newest.
    """
    require(person, Action.WRITE_ELEMENTS)
    given = placed_elements(form_rows(source, gate.spool), source.name)
    now = gate.now()
    with gate.registry.transaction() as unit:
        known = {(one.code, one.version): one for one in all_elements(unit)}
        new = _new(given, known, source.name)
        record_elements(unit, new, person.name, now)
        if new:
            event = {
                "kind": "elements-registered",
                "elements": [f"{one.code}@{one.version}" for one in new],
                "by": person.name,
                "at": now.isoformat(),
            }
            gate.append_leaf(unit, event, now)
    return Imported(len(new), len(given) - len(new))


def _new(
    given: Sequence[tuple[DataElement, Where]], known: dict[tuple[str, int], DataElement], file: str
) -> list[DataElement]:
    flaws = Flaws(file)
    newest: dict[str, int] = {}
    for code, version in known:
        newest[code] = max(version, newest.get(code, 0))
    new = []
    for one, where in given:
        old = known.get((one.code, one.version))
        if old is not None and old != one:
            flaws.add(
                where,
                Text(
                    f"{one.code} 的版本 {one.version} 已登记，内容不同",
                    f"{one.code} version {one.version} is registered with another content",
                ),
                Text(
                    f"已登记的版本不再改动；请用版本 {newest[one.code] + 1}",
                    f"A registered version never changes: give version {newest[one.code] + 1}",
                ),
            )
        elif old is None and one.version < newest.get(one.code, 0):
            flaws.add(
                where,
                Text(
                    f"{one.code} 已有更新的版本 {newest[one.code]}",
                    f"{one.code} has the newer version {newest[one.code]}",
                ),
                Text(f"请用版本 {newest[one.code] + 1}", f"Give version {newest[one.code] + 1}"),
            )
        elif old is None:
            new.append(one)
    flaws.stop()
    return sorted(new, key=lambda one: (one.code, one.version))
