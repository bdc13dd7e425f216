"""Numbers of persons parted over neighbouring columns: a region, a date and a serial that are together an identity number,
or a segment and a rest that are a mobile number. Looked for where neighbours hold digits of fixed lengths that add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from sqlglot import exp

from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.engine import Engine
from catalog.engine.render import column as column_term
from catalog.finding import Confidence, Finding
from catalog.text import Text
from privacy.extent import Extent, extents_of
from privacy.plain import is_mobile, is_resident_id
from privacy.recognisers import BY_ENTITY

__all__ = ["parted"]

MOST_PARTS = 4
LONGEST_PART = 17
_WHOLE = {18: "RESIDENT_ID", 11: "MOBILE"}
"""Entity by the number of characters of all parts."""
SURE, LIKELY = 0.5, 0.95
"""Share of rows from which the joined parts are identity numbers (a check digit agrees by chance in one of eleven, and the
date besides), and from which they are mobile numbers (a chance of about one in fourteen): the latter stays a question."""


def parted(
    engine: Engine, table: str, schema: Schema, known: Mapping[str, Extent] = MappingProxyType({})
) -> tuple[Finding, ...]:
    """A finding for every column that is a part of such a number; counts only, no value. `known` are columns whose extent
    need not be measured again."""
    lengths = _lengths(engine, table, schema, known)
    found: dict[tuple[str, str], Finding] = {}
    for columns, entity in _windows(schema, lengths):
        joined = exp.Anonymous(this="concat", expressions=[_text(column) for column in columns])
        test = is_resident_id(joined) if entity == "RESIDENT_ID" else is_mobile(joined)
        filled = exp.and_(
            *(exp.not_(exp.Is(this=column_term(one.name), expression=exp.Null())) for one in columns)
        )
        plan = exp.select(
            exp.CountIf(this=exp.and_(filled.copy(), test)).as_("hits"), exp.CountIf(this=filled).as_("rows")
        ).from_(exp.to_identifier(table, quoted=True))
        (row,) = engine.fetch(plan).to_pylist()
        hits, rows = int(row["hits"]), int(row["rows"])
        if rows and hits >= (SURE if entity == "RESIDENT_ID" else LIKELY) * rows:
            for column in columns:
                found.setdefault((column.name, entity), _finding(column, columns, entity, hits, rows))
    return tuple(found.values())


def _lengths(engine: Engine, table: str, schema: Schema, known: Mapping[str, Extent]) -> Mapping[str, int]:
    """The length of the cells of each text column that has one length only."""
    texts = [one for one in schema if one.type is ColumnType.TEXT]
    extents = {**known, **extents_of(engine, table, [one for one in texts if one.name not in known])}
    return {
        column.name: shortest
        for column in texts
        if (shortest := extents[column.name].shortest) is not None
        and shortest == extents[column.name].longest
        and shortest <= LONGEST_PART
    }


def _windows(schema: Schema, lengths: Mapping[str, int]) -> Iterator[tuple[Sequence[Column], str]]:
    """Neighbouring columns whose lengths add up to a number of persons."""
    for start in range(len(schema)):
        total = 0
        for end in range(start, min(start + MOST_PARTS, len(schema))):
            if schema[end].name not in lengths:
                break
            total += lengths[schema[end].name]
            if end > start and total in _WHOLE:
                yield schema[start : end + 1], _WHOLE[total]


def _text(column: Column) -> exp.Expr:
    return exp.Upper(this=exp.cast(column_term(column.name), "VARCHAR"))


def _finding(column: Column, columns: Sequence[Column], entity: str, hits: int, rows: int) -> Finding:
    names, row = "、".join(one.name for one in columns), BY_ENTITY[entity]
    sure = entity == "RESIDENT_ID"
    evidence = [
        Text(
            f"相邻列 {names} 连起来有 {hits / rows:.1%} 为{row.title.zh}",
            f"the neighbouring columns {names} together are {row.one_en} in {hits / rows:.1%} of the rows",
        )
    ]
    if not sure:
        evidence.append(Text("证据不足，需人工判断", "not enough to be sure: a person decides"))
    return Finding(
        column.name,
        entity,
        hits,
        hits / rows,
        1.0 if sure else None,
        Confidence.HIGH if sure else Confidence.LOW,
        True,
        True,
        tuple(evidence),
    )
