"""Rows of the raw table that are not data: rows without any value, the header repeated, totals and notes at the end.

Judged on the engine's table, not while reading, so every format is judged alike; each drop is stated, and may be
answered with ``keep``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from catalog.dataset import ReadingChoice
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column, literal
from catalog.ingest.answers import Answers
from catalog.ingest.locate import TOTAL_WORDS, footer_length, is_note, is_total
from catalog.ingest.raw import RawTable, named, raw_name
from catalog.text import Text

__all__ = ["ROW_ID", "Trimmed", "is_total_row", "trim"]

ROW_ID = exp.column("rowid")
TAIL_ROWS = 60
LABEL_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Trimmed:
    """`kept` is the condition for a data row (None: every row is one), `rows` how many there are."""

    kept: exp.Expr | None
    rows: int
    choices: tuple[ReadingChoice, ...]


def trim(engine: DuckDBEngine, raw: RawTable, answers: Answers) -> Trimmed:
    """Which rows of the raw table are data."""
    columns = [column(raw_name(position)) for position in range(len(raw.names))]
    blank = exp.and_(*(exp.Is(this=one.copy(), expression=exp.Null()) for one in columns))
    repeated = _repeats(columns, raw.header)
    counted = engine.fetch(
        exp.select(_count_if(blank).as_("blank"), _count_if(repeated).as_("repeated")).from_(named(raw.table))
    ).to_pylist()[0]
    conditions: list[exp.Expr] = []
    choices: list[ReadingChoice] = []
    dropped = 0
    if counted["blank"] and not answers.keeps("blank_rows"):
        dropped += counted["blank"]
        conditions.append(exp.not_(blank))
        choices.append(
            answers.chosen(
                "blank_rows",
                str(counted["blank"]),
                Text("这些行每一格都空，不计入", "rows without any value are not counted"),
            )
        )
    if counted["repeated"] and not answers.keeps("repeated_header"):
        dropped += counted["repeated"]
        conditions.append(exp.not_(exp.Coalesce(this=exp.paren(repeated), expressions=[exp.false()])))
        choices.append(
            answers.chosen(
                "repeated_header",
                str(counted["repeated"]),
                Text("这些行与表头完全相同", "these rows are the header again, cell by cell"),
                certain=len(columns) > 1,
            )
        )
    cut, footers, told = _footer(engine, raw, columns)
    if footers and not answers.keeps("footer_rows"):
        dropped += footers
        conditions.append(exp.LT(this=ROW_ID.copy(), expression=literal(cut)))
        choices.append(
            answers.chosen(
                "footer_rows",
                str(footers),
                Text(
                    f"表末 {footers} 行是合计或注释，不是数据",
                    f"the last {footers} rows are totals or notes, not data",
                ),
                certain=told,
            )
        )
    inner = _subtotals(engine, raw, columns, cut)
    if inner and not answers.keeps("subtotal_rows"):
        dropped += inner
        conditions.append(exp.not_(is_total_row(columns)))
        choices.append(
            answers.chosen(
                "subtotal_rows",
                str(inner),
                Text(
                    "这些行以“小计”“合计”等开头，夹在数据之间",
                    "these rows begin with a word for a total and stand among the data",
                ),
                certain=False,
            )
        )
    kept = exp.and_(*conditions) if conditions else None
    return Trimmed(kept, raw.rows - dropped, tuple(choices))


def _repeats(columns: list[exp.Column], header: tuple[str, ...] | None) -> exp.Expr:
    if header is None:
        return exp.false()
    same = [
        exp.EQ(this=one.copy(), expression=literal(cell))
        if cell
        else exp.Is(this=one.copy(), expression=exp.Null())
        for one, cell in zip(columns, header, strict=True)
    ]
    return exp.and_(*same)


def _count_if(condition: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="count_if", expressions=[condition.copy()])


def is_total_row(columns: list[exp.Column]) -> exp.Expr:
    """The condition for a row whose first filled cell of the first few is a word for a total."""
    texts = [exp.cast(one.copy(), "VARCHAR") for one in columns[:LABEL_COLUMNS]]
    first = exp.Coalesce(this=texts[0], expressions=texts[1:])
    text = exp.Anonymous(this="lower", expressions=[exp.Trim(this=first)])
    found = exp.Anonymous(this="regexp_full_match", expressions=[text, literal(TOTAL_WORDS)])
    return exp.Coalesce(this=found, expressions=[exp.false()])


def _subtotals(engine: DuckDBEngine, raw: RawTable, columns: list[exp.Column], cut: int) -> int:
    """Rows above the footer that are totals of others; none in a table of one column."""
    if not raw.footers or len(columns) < 2:
        return 0
    above = exp.LT(this=ROW_ID.copy(), expression=literal(cut))
    select = exp.select(exp.Count(this=exp.Star())).from_(named(raw.table))
    found = engine.fetch(select.where(exp.and_(above, is_total_row(columns))))
    return int(found.column(0)[0].as_py())


def _footer(engine: DuckDBEngine, raw: RawTable, columns: list[exp.Column]) -> tuple[int, int, bool]:
    """The first row id of the footer, how many rows with any value it has, and whether it says itself what it is:
    notes by their words, totals by a word and by being the sum of a column above."""
    if not raw.footers or not raw.rows:
        return raw.rows, 0, True
    select = exp.select(*(one.copy() for one in columns)).from_(named(raw.table))
    select = select.where(exp.GTE(this=ROW_ID.copy(), expression=literal(raw.rows - TAIL_ROWS))).order_by(
        ROW_ID.copy()
    )
    tail = [tuple(cell or "" for cell in row.values()) for row in engine.fetch(select).to_pylist()]
    sparse = raw.sparse_footers and _dense(tail)
    length = footer_length(tail, sparse)
    if length >= len(tail) and length >= raw.rows:
        return raw.rows, 0, True
    footer = [row for row in tail[len(tail) - length :] if any(cell.strip() for cell in row)]
    cut = raw.rows - length
    totals = [row for row in footer if is_total(row)]
    told = all(is_total(row) or is_note(row) for row in footer)
    if totals and told:
        told = len(totals) == 1 and _adds_up(engine, raw, columns, cut, totals[0])
    return cut, len(footer), told


def _adds_up(
    engine: DuckDBEngine, raw: RawTable, columns: list[exp.Column], cut: int, total: tuple[str, ...]
) -> bool:
    """One of the numbers of the total is the sum of its column, subtotals left out."""
    sums = [
        exp.Sum(
            this=exp.TryCast(
                this=exp.Anonymous(
                    this="replace", expressions=[exp.cast(one.copy(), "VARCHAR"), literal(","), literal("")]
                ),
                to=exp.DataType.build("DOUBLE", dialect="duckdb"),
            )
        )
        for one in columns
    ]
    above = exp.and_(exp.LT(this=ROW_ID.copy(), expression=literal(cut)), exp.not_(is_total_row(columns)))
    found = engine.fetch(
        exp.select(*(one.as_(f"s{place}") for place, one in enumerate(sums)))
        .from_(named(raw.table))
        .where(above)
    )
    for place, cell in enumerate(total):
        own = found.column(place)[0].as_py()
        try:
            if own and abs(float(cell.replace(",", "")) - own) <= 1e-6 * abs(own):
                return True
        except ValueError:
            continue
    return False


def _dense(tail: list[tuple[str, ...]]) -> bool:
    """Above the last few rows, rows are mostly filled: then a nearly empty row at the end stands out."""
    filled = [
        sum(bool(cell.strip()) for cell in row) / len(row)
        for row in tail
        if any(cell.strip() for cell in row)
    ]
    return len(filled) >= 3 and sum(share >= 0.6 for share in filled) >= 0.6 * len(filled)
