"""A list comes in as a file, a workbook or TOML, and becomes a draft; a file with one flaw imports nothing."""

from __future__ import annotations

from typing import Literal

from catalog.errors import BadInput, Flaw, TooLarge, Where
from catalog.ingest import Source
from catalog.registry.elements import current_elements
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.governance.lists import draft_list
from negative_list import NegativeList, apply_sheet, check_list, load_list
from negative_list.calamine_sheet import MAX_BYTES, load_sheet
from negative_list.lifecycle import ListRecord

__all__ = ["MAX_BYTES", "import_list"]

MAX_TOLD = 200


def import_list(
    gate: Gate, person: Person, source: Source, form: Literal["toml", "xlsx"], version: str = ""
) -> ListRecord:
    """The list in a file as a draft; a workbook takes the `version` that it is to become.

    Raises what `draft_list` and the readers raise; BadInput with every flaw at its cell or key.
    """
    require(person, Action.DRAFT_LIST)
    if form == "toml":
        return draft_list(gate, person, _toml(gate, source))
    if not version:
        raise BadInput(
            Text("请给出新版本号", "Name the new version"),
            Text(
                "例如 --version 2026.2（HTTP 用 ?version=）", "For example --version 2026.2 (HTTP: ?version=)"
            ),
            Where(parameter="version"),
        )
    entries = apply_sheet(
        gate.entries,
        load_sheet(source),
        version=version,
        drafted_by=person.name,
        on=gate.now().date(),
        elements=_elements(gate),
    )
    return draft_list(gate, person, entries)


def _elements(gate: Gate) -> frozenset[str]:
    """The codes an entry can ask for: one that is not registered would never concern anything."""
    with gate.registry.reading() as snapshot:
        return frozenset(current_elements(snapshot))


def _toml(gate: Gate, source: Source) -> NegativeList:
    if source.bytes > MAX_BYTES:
        raise TooLarge(
            Text(f"清单超过 {MAX_BYTES:,} 字节", f"The list is over {MAX_BYTES:,} bytes"),
            Text("请核对文件", "See that it is the right file"),
            Where(file=source.name),
        )
    entries = load_list(source.path, source.name)
    problems = check_list(entries, gate.now().date(), _elements(gate))
    if not problems:
        return entries
    first = problems[0]
    flaws = [Flaw(Where(file=source.name, parameter=one.name), one.message, one.remedy) for one in problems]
    raise BadInput(
        Text(
            f"{first.name}：{first.message.zh}（共 {len(problems)} 处）",
            f"{first.name}: {first.message.en} ({len(problems)} in all)",
        ),
        first.remedy,
        flaws[0].where,
        flaws[:MAX_TOLD],
    )
