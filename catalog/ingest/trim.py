"""Rows of the raw table that are not data: rows without any value, the header repeated, totals and notes at the end.

Judged on the engine's table, not while reading, so every format is judged alike; each drop is stated, and may be
answered with ``keep``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.dataset import ReadingChoice
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column, literal
from catalog.ingest.answers import Answers
from catalog.ingest.footers import footer_length, is_note, is_total
from catalog.ingest.raw import RawTable, named, raw_name
from catalog.ingest.terms import call, try_cast
from catalog.ingest.totals import LABEL, LABEL_COLUMNS, Part, adds_up, line_of
from catalog.text import Text

__all__ = ["ROW_ID", "Trimmed", "labelled", "page_line", "trim"]

ROW_ID = exp.column("rowid")
TAIL_ROWS = 60
MAX_LINES = 5_000
PAGE = r"第 *[0-9]+ *页(?:[ ,，/]*共 *[0-9]+ *页)?|共 *[0-9]+ *页[ ,，/]*第 *[0-9]+ *页|page +[0-9]+(?: *(?:of|/) *[0-9]+)?"
LAST_CHARS = "计总lsmLSM:： "


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
        exp.select(
            _count_if(blank).as_("blank"),
            _count_if(repeated).as_("repeated"),
            _count_if(page_line(columns) if _has_totals(raw) else exp.false()).as_("pages"),
            _count_if(labelled(columns) if _has_totals(raw) else exp.false()).as_("labelled"),
        ).from_(named(raw.table))
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
    if counted["pages"] and not answers.keeps("page_lines"):
        dropped += counted["pages"]
        conditions.append(exp.not_(page_line(columns)))
        choices.append(
            answers.chosen(
                "page_lines",
                str(counted["pages"]),
                Text("这些行只有页码", "these rows hold the number of a page and nothing else"),
            )
        )
    footer = _footer(engine, raw, columns)
    totals = _totals(engine, raw, columns, footer.cut, counted["labelled"])
    if footer.rows and not answers.keeps("footer_rows"):
        dropped += footer.rows
        conditions.append(exp.LT(this=ROW_ID.copy(), expression=literal(footer.cut)))
        choices.append(
            answers.chosen(
                "footer_rows",
                str(footer.rows),
                Text(
                    f"表末 {footer.rows} 行是合计或注释，不是数据",
                    f"the last {footer.rows} rows are totals or notes, not data",
                ),
                certain=footer.told and footer.totals <= totals.proven,
            )
        )
    if (totals.left_out or totals.unsure) and not answers.keeps("subtotal_rows"):
        dropped += len(totals.left_out)
        if totals.left_out:
            conditions.append(exp.not_(exp.In(this=ROW_ID.copy(), expressions=_literals(totals.left_out))))
        choices.append(_subtotal_choice(totals, answers))
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


def labelled(columns: Sequence[exp.Column]) -> exp.Expr:
    """The condition for a row one of whose first cells is a label of totals (`totals.LABEL`)."""
    return exp.or_(*(_is_label(one) for one in columns[:LABEL_COLUMNS]))


def page_line(columns: Sequence[exp.Column]) -> exp.Expr:
    """The condition for a row with the number of a page in its first cell and nothing in the others."""
    alone = [exp.Is(this=one.copy(), expression=exp.Null()) for one in columns[1:]]
    page = call("regexp_full_match", call("lower", call("trim", columns[0])), PAGE)
    only = exp.and_(*alone, exp.not_(exp.Is(this=columns[0].copy(), expression=exp.Null())))
    return exp.Case(ifs=[exp.If(this=only, true=page)], default=exp.false())


def _is_label(cell: exp.Expr) -> exp.Expr:
    # The last character first: it rules out nearly every cell at a fraction of what the pattern costs. A branch of a CASE,
    # not an AND: so the pattern is evaluated only where the last character leaves it open.
    last = exp.In(this=call("array_extract", cell, -1), expressions=_literals(LAST_CHARS))
    whole = call("regexp_full_match", call("lower", call("trim", cell)), LABEL)
    return exp.Case(ifs=[exp.If(this=last, true=whole)], default=exp.false())


def _literals(values: Iterable[str | int]) -> list[exp.Expr]:
    return [literal(value) for value in values]


def _has_totals(raw: RawTable) -> bool:
    return raw.footers and len(raw.names) >= 2


@dataclass(frozen=True, slots=True)
class _Footer:
    """`cut` is the first row id of the footer, `rows` how many rows with any value it has, `totals` the ids of those
    that begin with a word for a total; `told` = the others are notes by their words."""

    cut: int
    rows: int = 0
    totals: frozenset[int] = frozenset()
    told: bool = True


@dataclass(frozen=True, slots=True)
class _Totals:
    """Ids of labelled rows: `proven` ones add up; of those above the footer, `left_out` are the proven and the ones
    that begin with a word for a total and do not add up (`doubted` of them), `unsure` is how many stay in."""

    proven: frozenset[int] = frozenset()
    left_out: tuple[int, ...] = ()
    doubted: int = 0
    unsure: int = 0


def _totals(
    engine: DuckDBEngine, raw: RawTable, columns: Sequence[exp.Column], cut: int, count: int
) -> _Totals:
    """The `count` labelled rows, proven or not by the sums of the rows between them; more than `MAX_LINES` are a
    category of the data rather than totals among them, and stay."""
    if not count:
        return _Totals()
    if count > MAX_LINES:
        return _Totals(unsure=count)
    numbered = exp.select(ROW_ID.copy().as_("at"), *(one.copy() for one in columns)).from_(named(raw.table))
    found = engine.fetch(numbered.where(labelled(columns)).order_by(ROW_ID.copy())).to_pylist()
    lines = [
        line
        for row in found
        if (line := line_of(row["at"], [cell or "" for cell in list(row.values())[1:]])) is not None
    ]
    proof = adds_up(lines, _parts(engine, raw, columns, cut, len(lines)), raw.names)
    proven = frozenset(line.row for line, holds in zip(lines, proof, strict=True) if holds)
    above = [line for line in lines if line.row < cut]
    doubted = [line.row for line in above if line.row not in proven and line.first and line.exact]
    left_out = sorted({line.row for line in above if line.row in proven} | set(doubted))
    return _Totals(proven, tuple(left_out), len(doubted), len(above) - len(left_out))


def _parts(
    engine: DuckDBEngine, raw: RawTable, columns: Sequence[exp.Column], cut: int, lines: int
) -> list[Part]:
    """The rows between labelled ones, added up."""
    before = exp.Window(
        this=exp.Anonymous(this="count_if", expressions=[labelled(columns)]),
        order=exp.Order(expressions=[exp.Ordered(this=ROW_ID.copy())]),
    )
    inner = exp.select(
        before.as_("part"),
        labelled(columns).as_("labelled"),
        ROW_ID.copy().as_("at"),
        *(one.copy() for one in columns),
    ).from_(named(raw.table))
    sums = [
        exp.Coalesce(
            this=exp.Sum(this=try_cast(call("replace", one, ",", ""), "DOUBLE")),
            expressions=[exp.Literal.number(0)],
        ).as_(f"s{place}")
        for place, one in enumerate(columns)
    ]
    plain = exp.and_(exp.not_(exp.column("labelled")), exp.LT(this=exp.column("at"), expression=literal(cut)))
    query = (
        exp.select(exp.column("part"), exp.Count(this=exp.Star()).as_("rows"), *sums)
        .from_(inner.subquery("numbered"))
        .where(plain)
        .group_by(exp.column("part"))
    )
    rows = {row["part"]: list(row.values()) for row in engine.fetch(query).to_pylist()}
    nothing = Part(0, (0.0,) * len(columns))
    return [
        Part(rows[part][1], tuple(rows[part][2:])) if part in rows else nothing for part in range(lines + 1)
    ]


def _subtotal_choice(totals: _Totals, answers: Answers) -> ReadingChoice:
    count = len(totals.left_out)
    proven = count - totals.doubted
    zh, en = [], []
    if proven:
        zh.append(f"{proven} 行标为小计、合计，每个数都等于其上（或其下）各行之和，不计入")
        en.append(
            f"{proven} rows are labelled as totals and every number is the sum of rows above or below: left out"
        )
    if totals.doubted:
        zh.append(f"{totals.doubted} 行以小计、合计开头，但与各行之和不符，不计入")
        en.append(f"{totals.doubted} rows begin with a word for a total but do not add up: left out")
    if totals.unsure:
        zh.append(f"{totals.unsure} 行的名称像小计、合计，但与各行之和不符，留作数据")
        en.append(f"{totals.unsure} rows are named like totals but do not add up: kept as data")
    certain = not totals.doubted and not totals.unsure
    return answers.chosen("subtotal_rows", str(count), Text("；".join(zh), "; ".join(en)), certain)


def _footer(engine: DuckDBEngine, raw: RawTable, columns: list[exp.Column]) -> _Footer:
    """Notes, and rows that begin with a word for a total, at the end of the table."""
    if not raw.footers or not raw.rows:
        return _Footer(raw.rows)
    select = exp.select(*(one.copy() for one in columns)).from_(named(raw.table))
    select = select.where(exp.GTE(this=ROW_ID.copy(), expression=literal(raw.rows - TAIL_ROWS))).order_by(
        ROW_ID.copy()
    )
    tail = [tuple(cell or "" for cell in row.values()) for row in engine.fetch(select).to_pylist()]
    sparse = raw.sparse_footers and _dense(tail)
    length = footer_length(tail, sparse)
    if length >= len(tail) and length >= raw.rows:
        return _Footer(raw.rows)
    cut = raw.rows - length
    footer = {
        cut + place: row
        for place, row in enumerate(tail[len(tail) - length :])
        if any(cell.strip() for cell in row)
    }
    totals = frozenset(at for at, row in footer.items() if is_total(row))
    told = all(at in totals or is_note(row) for at, row in footer.items())
    return _Footer(cut, len(footer), totals, told)


def _dense(tail: list[tuple[str, ...]]) -> bool:
    """Above the last few rows, rows are mostly filled: then a nearly empty row at the end stands out."""
    filled = [
        sum(bool(cell.strip()) for cell in row) / len(row)
        for row in tail
        if any(cell.strip() for cell in row)
    ]
    return len(filled) >= 3 and sum(share >= 0.6 for share in filled) >= 0.6 * len(filled)
