"""A large, clean CSV file straight to typed Parquet, in one pass and in constant memory.

Its beginning says what each column may be; DuckDB's parallel reader writes it as that and stops at the first cell that
is something else. What is written is then held to every question that the careful way asks of a raw table. Where
anything is left to doubt the answer is None, and the careful way reads the file instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column, literal
from catalog.ingest.answers import Answers
from catalog.ingest.delimited import Layout, locate_table, sample_lines
from catalog.ingest.encoding import utf8_so_far
from catalog.ingest.footers import footer_length
from catalog.ingest.forms import Form
from catalog.ingest.identifiers import says_number
from catalog.ingest.limits import Limits
from catalog.ingest.raw import RawTable, named, raw_name
from catalog.ingest.records import records
from catalog.ingest.source import Source
from catalog.ingest.terms import call
from catalog.ingest.totals import LABEL_COLUMNS
from catalog.ingest.trim import TAIL_ROWS, labelled, page_line
from catalog.ingest.typed import (
    LEAST_ID_CHARS,
    Cleaning,
    Proven,
    all_digits,
    forms_after_cleaning,
    measure_forms,
    outcome,
)

__all__ = ["read_clean"]

_LEAST_ID = 10 ** (LEAST_ID_CHARS - 1)


@dataclass(frozen=True, slots=True)
class _Guess:
    """What the beginning of the file makes of one column: `form` None is text; `hidden` the form of digits that are
    kept as text; `empty` = no cell seen yet."""

    form: Form | None = None
    trimmed: bool = False
    hidden: Form | None = None
    identifier: bool = False
    empty: bool = False


def read_clean(
    engine: DuckDBEngine, source: Source, table: str, typed: Path, answers: Answers, limits: Limits
) -> tuple[RawTable, tuple[Proven, ...]] | None:
    """Write the file's rows to the new Parquet file `typed` and register it as `table`; what is known of them.

    None where the careful way has to read it: `typed` may then be overwritten. Raises BadInput where there is no table.
    """
    encoding = utf8_so_far(source, answers)
    if encoding is None or answers.get("missing_marker") not in (None, "kept"):
        return None
    try:
        lines, whole = sample_lines(source.path, source.name, limits)
    except UnicodeDecodeError:
        return None
    layout = locate_table(lines, whole, source.path, source.name, answers, limits)
    body = layout.csv_body(source.path, limits)
    cells = _first_cells(lines, whole, layout, limits)
    nameless = layout.header is not None and not all(name.strip() for name in layout.header)
    if cells is None or nameless or not layout.is_regular(lines) or not body.is_readable():
        return None
    refused = answers.refused()
    guesses = [
        guess
        for name, seen in zip(layout.names, cells, strict=True)
        if (guess := _guess(name, seen, refused)) is not None
    ]
    if len(guesses) < len(layout.names):
        return None
    fields = [
        _checked(raw_name(place), guess).as_(name, quoted=True)
        for place, (name, guess) in enumerate(zip(layout.names, guesses, strict=True))
    ]
    with ThreadPoolExecutor(1) as beside:
        counted = beside.submit(body.count_lines)
        try:
            rows = engine.write_parquet(exp.select(*fields).from_(body.table()), typed, "snappy")
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:  # a cell of another form, or a record of another width
            return None
        lines_read = counted.result()
        if lines_read.nul or not 0 < rows <= limits.max_rows or not body.has_records(rows, lines_read):
            return None
    engine.register_parquet(table, typed, numbered=True)
    if _needs_trimming(engine, table, layout, guesses, rows):
        return None
    proven = _proven(engine, table, layout.names, guesses)
    if proven is None:
        return None
    raw = RawTable(table, layout.names, rows, (encoding, *layout.choices), layout.header)
    return raw, proven


def _first_cells(lines: Sequence[str], whole: bool, layout: Layout, limits: Limits) -> list[list[str]] | None:
    """The filled cells of each column in the sample; None where a record is no regular row."""
    found = [
        record
        for record in records(lines, layout.dialect, layout.width, limits.max_cell_chars)
        if record.line >= layout.body
    ]
    rows = [record.cells for record in (found if whole else found[:-1])]  # the last one may go on below
    if not rows or any(len(row) != layout.width for row in rows):
        return None
    return [[cell for cell in cells if cell] for cells in zip(*rows, strict=True)]


def _guess(name: str, cells: Sequence[str], refused: Collection[str]) -> _Guess | None:
    """None where cells have to be cleaned of more than blanks."""
    if not cells:
        return _Guess(empty=True)
    forms, cleaning = forms_after_cleaning(name, cells, refused)
    if not forms:
        return _Guess(identifier=all_digits(cells))
    if cleaning.narrowed or cleaning.emptied:
        return None
    form, trimmed = forms[0], cleaning.trimmed
    if form.mark is not None and not any(map(re.compile(form.mark).search, cells)):
        return None
    if form.type is ColumnType.INTEGER and form.choice is None:
        values, sizes = [int(cell) for cell in cells], [len(cell.strip()) for cell in cells]
        seen = {"least": min(values), "most": max(values), "shortest": min(sizes), "longest": max(sizes)}
        if outcome(name, form, seen, cleaning).type is ColumnType.TEXT:
            return _Guess(None, trimmed, hidden=form)
    return _Guess(form, trimmed)


def _checked(raw: str, guess: _Guess) -> exp.Expr:
    """The column's value; the query fails at a cell that has not the form."""
    cell: exp.Expr = column(raw)
    if guess.form is None:
        return cell
    if guess.trimmed:
        cell = exp.Nullif(this=exp.Trim(this=cell), expression=literal(""))
    # Branches of a CASE, not a COALESCE: so a later part of the condition is evaluated only where it decides.
    empty = exp.If(this=exp.Is(this=cell, expression=exp.Null()), true=exp.Null())
    filled = exp.If(this=guess.form.holds(cell), true=guess.form.cast(cell))
    return exp.Case(ifs=[empty, filled], default=call("error", "another form"))


def _needs_trimming(
    engine: DuckDBEngine, table: str, layout: Layout, guesses: Sequence[_Guess], rows: int
) -> bool:
    """There are rows without any value, the header again, or totals and notes at the end."""
    columns = [column(name) for name in layout.names]
    no_row: list[exp.Expr] = [exp.and_(*(exp.Is(this=cell, expression=exp.Null()) for cell in columns))]
    if layout.header is not None:
        again = [
            exp.EQ(this=exp.cast(cell.copy(), "VARCHAR"), expression=literal(name))
            for cell, name, guess in zip(columns, layout.header, guesses, strict=True)
            if guess.form is None
            or guess.form.type is ColumnType.INTEGER  # which come back as they were written
        ]
        no_row.extend([exp.and_(*again)] if again else [])
    texts = [
        cell for cell, guess in zip(columns, guesses[:LABEL_COLUMNS], strict=False) if guess.form is None
    ]
    no_row.extend([labelled(texts)] if texts else [])
    no_row.extend([page_line(columns)] if guesses[0].form is None else [])
    found = exp.select(literal(1)).from_(named(table)).where(exp.or_(*no_row)).limit(1)
    if engine.fetch(found).num_rows:
        return True
    last = exp.select(
        *(exp.cast(cell.copy(), "VARCHAR").as_(raw_name(place)) for place, cell in enumerate(columns))
    )
    at_end = exp.GT(this=exp.column("_row"), expression=literal(rows - TAIL_ROWS))
    tail = engine.fetch(last.from_(named(table)).where(at_end).order_by("_row")).to_pylist()
    return footer_length([tuple(cell or "" for cell in row.values()) for row in tail]) > 0


def _proven(
    engine: DuckDBEngine, table: str, names: Sequence[str], guesses: Sequence[_Guess]
) -> tuple[Proven, ...] | None:
    """The types as written, where the whole of each column says what its beginning said."""
    hidden = {place: guess.hidden for place, guess in enumerate(guesses) if guess.hidden}

    def cell(place: int, trimmed: bool) -> exp.Expr:
        own = column(names[place])
        return exp.Nullif(this=exp.Trim(this=own), expression=literal("")) if trimmed else own

    trimmed = {place: Cleaning(guess.trimmed) for place, guess in enumerate(guesses)}
    codes = measure_forms(engine, table, None, hidden, cell, trimmed) if hidden else {}
    numbers = _spread(engine, table, names, guesses)
    proven: list[Proven] = []
    for place, (name, guess) in enumerate(zip(names, guesses, strict=True)):
        if guess.empty and numbers[f"n{place}"]:
            return None
        if guess.hidden is not None:
            code = codes[place]
            if (
                not code["holds"]
                or outcome(name, guess.hidden, code, trimmed[place]).type is not ColumnType.TEXT
            ):
                return None
            proven.append(Proven(ColumnType.TEXT, identifier=True))
        elif guess.form is None:
            proven.append(Proven(ColumnType.TEXT, identifier=guess.identifier))
        else:
            if guess.form.type is ColumnType.INTEGER and not _is_number(name, guess.form, place, numbers):
                return None
            proven.append(Proven(guess.form.type, guess.form, trimmed[place]))
    return tuple(proven)


def _spread(
    engine: DuckDBEngine, table: str, names: Sequence[str], guesses: Sequence[_Guess]
) -> dict[str, Any]:
    """Of whole numbers the least and the most, and the fewest and most digits where the header makes that matter;
    of columns that were empty so far, the filled cells."""
    terms = dict[str, exp.Expr]()
    for place, (name, guess) in enumerate(zip(names, guesses, strict=True)):
        cell = column(name)
        if guess.empty:
            terms[f"n{place}"] = exp.Count(this=cell)
        elif guess.form is not None and guess.form.type is ColumnType.INTEGER:
            terms |= {f"l{place}": exp.Min(this=cell), f"m{place}": exp.Max(this=cell.copy())}
            if says_number(name):
                size = call("strlen", exp.cast(cell.copy(), "VARCHAR"))
                terms |= {f"s{place}": exp.Min(this=size), f"g{place}": exp.Max(this=size.copy())}
    if not terms:
        return {}
    select = exp.select(*(term.as_(label) for label, term in terms.items())).from_(named(table))
    (row,) = engine.fetch(select).to_pylist()
    return dict(row)


def _is_number(name: str, form: Form, place: int, numbers: Mapping[str, Any]) -> bool:
    """Whether a column written as whole numbers is one, and no code: the rule of `typed.outcome`, on its values."""
    least, most = numbers[f"l{place}"], numbers[f"m{place}"]
    if least is None:
        return False
    longest = max(len(str(least)), len(str(most)))
    seen = {"least": least, "most": most, "longest": longest, "shortest": 0}
    if says_number(name):
        seen |= {"longest": numbers[f"g{place}"], "shortest": numbers[f"s{place}"]}
    return outcome(name, form, seen, Cleaning()).type is ColumnType.INTEGER
