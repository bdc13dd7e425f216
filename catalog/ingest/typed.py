"""Types by evidence: a column has a type only when every one of its cells is a literal of that type, losing nothing.

Python looks at a sample and rules out what one counterexample refutes; one aggregate query over the whole column then
proves what is left; only what is proven is cast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import literal
from catalog.ingest.forms import COMPACT_DATE, EXCEL_DATE, FORMS, Form
from catalog.ingest.identifiers import says_code, says_number
from catalog.ingest.raw import RawTable, named, raw_name
from catalog.ingest.terms import Term, call, given
from catalog.ingest.trim import ROW_ID

__all__ = [
    "PLACEHOLDER",
    "Cleaning",
    "Proven",
    "all_digits",
    "forms_after_cleaning",
    "measure_forms",
    "outcome",
    "prove",
]

SAMPLE_CELLS = 100_000
MEASURED_COLUMNS = 60  # by one query: the engine's cost of an aggregate grows faster than its number of terms
MOBILE_FROM, MOBILE_TO = 13_000_000_000, 19_999_999_999
LEAST_ID_CHARS = 15
# What the engine's trim cuts: spaces of every width (Unicode category Zs), and no tabs or line ends.
BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_NUMBERS = frozenset((ColumnType.INTEGER, ColumnType.DOUBLE, ColumnType.DECIMAL))


# What people write where there is no value; among numbers or dates it is read as empty, among texts it stays.
PLACEHOLDER = r"-{1,3}|—{1,2}|/|\\|…|\.\.\.|无|暂无|缺|不详|(?i:n/?a|null|none)"
_PLACEHOLDER = re.compile(PLACEHOLDER)
WIDE, NARROW = "０１２３４５６７８９，．－％／：　", "0123456789,.-%/: "
_WIDE_CELL = re.compile(f"[{WIDE}]")
_TO_NARROW = str.maketrans(WIDE, NARROW)
_SAYS_DATE = re.compile(r"日期|年月日|出生日|(?:^|_)date$|date(?:$|_)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What is done to the cells of a column before they are read: blanks around them cut, full-width digits and signs
    made ASCII, what matches `PLACEHOLDER` made null."""

    trimmed: bool = False
    narrowed: bool = False
    emptied: bool = False

    def of(self, cell: Term) -> Term:
        """The cell as it is read. (Trimming is the caller's: it is part of the raw cell.)"""
        if self.narrowed:
            cell = call("trim", call("translate", cell, WIDE, NARROW))
        if self.emptied:
            cell = exp.Case(ifs=[exp.If(this=_is_placeholder(cell), true=exp.Null())], default=cell)
        return cell


def _is_placeholder(cell: Term) -> Term:
    return call("regexp_full_match", cell, PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Proven:
    """The outcome for one column. `identifier` = all digits, kept as text on purpose; `placeholders` = how many cells
    held one."""

    type: ColumnType
    form: Form | None = None
    cleaning: Cleaning = Cleaning()
    identifier: bool = False
    placeholders: int = 0


def prove(
    engine: DuckDBEngine,
    raw: RawTable,
    kept: Term | None,
    value: Callable[[int, bool], Term],
    refused: Collection[str] = (),
) -> tuple[Proven, ...]:
    """The type of every raw column over the kept rows. `value(position, trimmed)` is the cell as it stands; forms
    and cleanings of the `refused` choices are not tried."""
    sample = _sample(engine, raw, kept, value)
    open_: dict[int, list[Form]] = {}
    cleanings: dict[int, Cleaning] = {}
    for position, cells in sample.items():
        forms, cleaning = forms_after_cleaning(raw.names[position], cells, refused, raw.sparse_footers)
        if forms:
            open_[position] = forms
            # A placeholder may first stand below the sample, so every column that may be typed is asked.
            cleanings[position] = replace(cleaning, emptied="placeholders" not in refused)
    proven: dict[int, Proven] = {position: Proven(type_) for position, type_ in raw.fixed.items()}
    while open_:
        first = {position: forms[0] for position, forms in open_.items()}
        measured = measure_forms(engine, raw.table, kept, first, value, cleanings)
        for position, forms in list(open_.items()):
            one = measured[position]
            if one["cells"] == 0:
                del open_[position]
            elif one["holds"] and one.get("marked", True):
                proven[position] = outcome(raw.names[position], forms[0], one, cleanings[position])
                del open_[position]
            elif len(forms) > 1:
                open_[position] = forms[1:]
            else:
                del open_[position]
    return tuple(
        proven.get(position) or Proven(ColumnType.TEXT, identifier=all_digits(sample[position]))
        for position in range(len(raw.names))
    )


def forms_after_cleaning(
    name: str, cells: Sequence[str], refused: Collection[str] = (), workbook: bool = False
) -> tuple[list[Form], Cleaning]:
    """The forms that no cell of a sample refutes, in order of preference, and what has to be done to the cells first;
    of a code, no numbers. `workbook` = whole numbers may be Excel's dates."""
    trimmed = any(cell != cell.strip(BLANKS) for cell in cells)
    bare = [cell.strip(BLANKS) for cell in cells]
    narrowed = "full_width" not in refused and any(map(_WIDE_CELL.search, bare))
    if narrowed:
        bare = [cell.translate(_TO_NARROW).strip(BLANKS) for cell in bare]
    filled = (
        bare if "placeholders" in refused else [cell for cell in bare if not _PLACEHOLDER.fullmatch(cell)]
    )
    if not filled:
        return [], Cleaning(trimmed)
    dated = (COMPACT_DATE, EXCEL_DATE) if workbook else (COMPACT_DATE,)
    candidates = (*dated, *FORMS) if _SAYS_DATE.search(name) else FORMS
    forms = [
        form for form in candidates if form.choice not in refused and all(map(form.looks.fullmatch, filled))
    ]
    if says_code(name):
        forms = [form for form in forms if form.type not in _NUMBERS]
    return forms, Cleaning(trimmed, narrowed, len(filled) < len(bare))


def all_digits(cells: Sequence[str]) -> bool:
    """There are cells, and nothing but ASCII digits in any."""
    return bool(cells) and all(cell.isascii() and cell.isdigit() for cell in cells)


def outcome(name: str, form: Form, measured: Mapping[str, Any], cleaning: Cleaning) -> Proven:
    """What a column is whose every cell has `form`: its type, or text where the numbers are names of things."""
    if form.type is ColumnType.INTEGER and form.choice is None:
        longest, one_length = measured["longest"], measured["longest"] == measured["shortest"]
        mobile = measured["least"] >= MOBILE_FROM and measured["most"] <= MOBILE_TO
        if longest >= LEAST_ID_CHARS or mobile or (says_number(name) and one_length and longest >= 2):
            return Proven(ColumnType.TEXT, identifier=True)
    if form.type is ColumnType.DECIMAL and form.choice is None and not measured["pointed"]:
        return Proven(ColumnType.TEXT, identifier=True)
    return Proven(form.type, form, cleaning, placeholders=measured.get("placeholders", 0))


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
    cleanings: Mapping[int, Cleaning],
) -> dict[int, dict[str, Any]]:
    """Aggregate queries over all rows: does each column's form hold in every cell?"""
    measured: dict[int, dict[str, Any]] = {}
    places = list(forms)
    for start in range(0, len(places), MEASURED_COLUMNS):
        some = {place: forms[place] for place in places[start : start + MEASURED_COLUMNS]}
        measured |= _measured(engine, table, kept, some, value, cleanings)
    return measured


def _measured(
    engine: DuckDBEngine,
    table: str,
    kept: Term | None,
    forms: Mapping[int, Form],
    value: Callable[[int, bool], Term],
    cleanings: Mapping[int, Cleaning],
) -> dict[int, dict[str, Any]]:
    terms: list[Term] = []
    labels: list[tuple[int, str]] = []
    # Each cleaned cell is spelled once, inside, and named by the terms about it: with hundreds of columns their text
    # would cost more than the query.
    inside: list[Term] = []
    for position, form in forms.items():
        cleaning = cleanings.get(position, Cleaning())
        as_it_stands = value(position, cleaning.trimmed)
        cell = _inside(inside, cleaning.of(as_it_stands))
        holds = exp.Coalesce(this=form.holds(cell), expressions=[exp.false()])
        wanted: dict[str, Term] = {
            "cells": exp.Count(this=cell.copy()),
            "holds": exp.Filter(this=call("bool_and", holds), expression=exp.Where(this=given(cell.copy()))),
        }
        if cleaning.emptied:
            narrow = _inside(inside, replace(cleaning, emptied=False).of(as_it_stands))
            wanted["placeholders"] = call("count_if", _is_placeholder(narrow))
        if form.type is ColumnType.INTEGER:
            number, size = form.cast(cell), call("strlen", cell)
            wanted |= {
                "shortest": exp.Min(this=size),
                "longest": exp.Max(this=size.copy()),
                "least": exp.Min(this=number),
                "most": exp.Max(this=number.copy()),
            }
        if form.mark is not None:
            wanted["marked"] = call("bool_or", call("regexp_matches", cell, form.mark))
        if form.type is ColumnType.DECIMAL:
            wanted["pointed"] = call("bool_or", call("contains", cell, "."))
        for label, term in wanted.items():
            labels.append((position, label))
            terms.append(term)
    cleaned = exp.Select(expressions=inside).from_(named(table), copy=False)
    if kept is not None:
        cleaned = cleaned.where(kept.copy(), copy=False)
    named_terms = [exp.alias_(term, f"m{number}", copy=False) for number, term in enumerate(terms)]
    row = engine.fetch(
        exp.Select(expressions=named_terms).from_(cleaned.subquery("cleaned", copy=False), copy=False)
    )
    measured: dict[int, dict[str, Any]] = {position: {} for position in forms}
    for place, (position, label) in enumerate(labels):
        measured[position][label] = row.column(place)[0].as_py()
    return measured


def _inside(terms: list[Term], term: Term) -> Term:
    """Add a term of the inner query; its name for the outer one."""
    name = f"c{len(terms)}"
    terms.append(exp.alias_(term, name, copy=False))
    return exp.column(name)
