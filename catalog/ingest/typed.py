"""Types by evidence: a column has a type only when every one of its cells is a literal of that type, losing nothing.

Python looks at a sample and rules out what one counterexample refutes; one aggregate query over the whole column then
proves what is left; only what is proven is cast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import literal
from catalog.ingest.forms import FORMS, Form, Term, call, given, try_cast
from catalog.ingest.identifiers import says_code, says_number
from catalog.ingest.raw import RawTable, named, raw_name
from catalog.ingest.trim import ROW_ID

__all__ = ["Proven", "all_digits", "measure_forms", "outcome", "possible_forms", "prove"]

SAMPLE_CELLS = 100_000
MEASURED_COLUMNS = 60  # by one query: the engine's cost of an aggregate grows faster than its number of terms
MOBILE_FROM, MOBILE_TO = 13_000_000_000, 19_999_999_999
LEAST_ID_CHARS = 15
_NUMBERS = frozenset((ColumnType.INTEGER, ColumnType.DOUBLE, ColumnType.DECIMAL))


@dataclass(frozen=True, slots=True)
class Proven:
    """The outcome for one column. `trimmed` = cells are read without the blanks around them; `identifier` = all
    digits, kept as text on purpose."""

    type: ColumnType
    form: Form | None = None
    trimmed: bool = False
    identifier: bool = False


def prove(
    engine: DuckDBEngine, raw: RawTable, kept: Term | None, value: Callable[[int, bool], Term]
) -> tuple[Proven, ...]:
    """The type of every raw column over the kept rows. `value(position, trimmed)` is the cell as it will be cast."""
    sample = _sample(engine, raw, kept, value)
    open_: dict[int, list[Form]] = {}
    trimmed: set[int] = set()
    for position, cells in sample.items():
        if any(cell != cell.strip() for cell in cells):
            trimmed.add(position)
        if forms := possible_forms(raw.names[position], cells):
            open_[position] = forms
    proven: dict[int, Proven] = {position: Proven(type_) for position, type_ in raw.fixed.items()}
    while open_:
        first = {position: forms[0] for position, forms in open_.items()}
        measured = measure_forms(engine, raw.table, kept, first, value, trimmed)
        for position, forms in list(open_.items()):
            one = measured[position]
            if one["cells"] == 0:
                del open_[position]
            elif one["holds"]:
                proven[position] = outcome(raw.names[position], forms[0], one, position in trimmed)
                del open_[position]
            elif len(forms) > 1:
                open_[position] = forms[1:]
            else:
                del open_[position]
    return tuple(
        proven.get(position) or Proven(ColumnType.TEXT, identifier=all_digits(sample[position]))
        for position in range(len(raw.names))
    )


def possible_forms(name: str, cells: Sequence[str]) -> list[Form]:
    """The forms that no cell of a sample refutes, in order of preference; of a code, no numbers."""
    forms = [form for form in FORMS if all(form.looks.fullmatch(cell.strip()) for cell in cells)]
    return [form for form in forms if form.type not in _NUMBERS] if says_code(name) else forms


def all_digits(cells: Sequence[str]) -> bool:
    """There are cells, and nothing but ASCII digits in any."""
    return bool(cells) and all(cell.isascii() and cell.isdigit() for cell in cells)


def outcome(name: str, form: Form, measured: Mapping[str, Any], trimmed: bool) -> Proven:
    """What a column is whose every cell has `form`: its type, or text where the numbers are names of things."""
    if form.type is ColumnType.INTEGER:
        longest, one_length = measured["longest"], measured["longest"] == measured["shortest"]
        mobile = measured["least"] >= MOBILE_FROM and measured["most"] <= MOBILE_TO
        if longest >= LEAST_ID_CHARS or mobile or (says_number(name) and one_length and longest >= 2):
            return Proven(ColumnType.TEXT, identifier=True)
    if form.type is ColumnType.DECIMAL and not measured["pointed"]:
        return Proven(ColumnType.TEXT, identifier=True)
    return Proven(form.type, form, trimmed)


def _sample(
    engine: DuckDBEngine, raw: RawTable, kept: Term | None, value: Callable[[int, bool], Term]
) -> dict[int, list[str]]:
    """Non-null cells of rows spread over the table, by position; of the columns whose type is not declared."""
    positions = [position for position in range(len(raw.names)) if position not in raw.fixed]
    if not positions:
        return {}
    wanted = max(20, min(2_000, SAMPLE_CELLS // len(positions)))
    step = max(1, raw.rows // wanted)
    spread = exp.EQ(this=exp.Mod(this=ROW_ID.copy(), expression=literal(step)), expression=literal(0))
    select = exp.select(*(value(position, False).as_(raw_name(position)) for position in positions))
    select = select.from_(named(raw.table)).where(exp.and_(spread, kept) if kept is not None else spread)
    table = engine.fetch(select)
    return {
        position: [cell for cell in table.column(place).to_pylist() if cell is not None]
        for place, position in enumerate(positions)
    }


def measure_forms(
    engine: DuckDBEngine,
    table: str,
    kept: Term | None,
    forms: Mapping[int, Form],
    value: Callable[[int, bool], Term],
    trimmed: set[int],
) -> dict[int, dict[str, Any]]:
    """Aggregate queries over all rows: does each column's form hold in every cell?"""
    measured: dict[int, dict[str, Any]] = {}
    places = list(forms)
    for start in range(0, len(places), MEASURED_COLUMNS):
        some = {place: forms[place] for place in places[start : start + MEASURED_COLUMNS]}
        measured |= _measured(engine, table, kept, some, value, trimmed)
    return measured


def _measured(
    engine: DuckDBEngine,
    table: str,
    kept: Term | None,
    forms: Mapping[int, Form],
    value: Callable[[int, bool], Term],
    trimmed: set[int],
) -> dict[int, dict[str, Any]]:
    terms: list[Term] = []
    labels: list[tuple[int, str]] = []
    for position, form in forms.items():
        cell = value(position, position in trimmed)
        holds = exp.Coalesce(this=form.holds(cell), expressions=[exp.false()])
        wanted: dict[str, Term] = {
            "cells": exp.Count(this=cell.copy()),
            "holds": exp.Filter(this=call("bool_and", holds), expression=exp.Where(this=given(cell.copy()))),
        }
        if form.type is ColumnType.INTEGER:
            number, size = try_cast(cell, "BIGINT"), call("strlen", cell)
            wanted |= {
                "shortest": exp.Min(this=size),
                "longest": exp.Max(this=size.copy()),
                "least": exp.Min(this=number),
                "most": exp.Max(this=number.copy()),
            }
        if form.type is ColumnType.DECIMAL:
            wanted["pointed"] = call("bool_or", call("contains", cell, "."))
        for label, term in wanted.items():
            labels.append((position, label))
            terms.append(term)
    select = exp.select(*(term.as_(f"m{number}") for number, term in enumerate(terms))).from_(named(table))
    row = engine.fetch(select.where(kept) if kept is not None else select)
    measured: dict[int, dict[str, Any]] = {position: {} for position in forms}
    for place, (position, label) in enumerate(labels):
        measured[position][label] = row.column(place)[0].as_py()
    return measured
