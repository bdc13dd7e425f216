"""Scan every cell of a table for personal information; no sampling. A vectorised RE2 gate reads each column once, and only
the cells it flags are read by the exact finder, as the same function over Arrow batches on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import pyarrow as pa
from sqlglot import exp

from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.engine import BatchFunction, Engine
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from catalog.finding import Finding
from privacy.evidence import ColumnFacts, EntityTally, column_findings
from privacy.extent import Extent, extents_of
from privacy.headers import hinted, is_plain_name
from privacy.names import DOTTED_NAME, KNOWN_LATIN_NAME, LATIN_NAME, NAME_SHAPE, are_names
from privacy.parted import parted
from privacy.plain import representative
from privacy.presidio_detector import PresidioDetector
from privacy.recognise import find, gate_pattern, is_whole
from privacy.recognisers import BY_ENTITY, RECOGNISERS
from privacy.settle import settle

__all__ = ["Detector", "findings_of", "read_columns", "scan"]

FEW_DISTINCT = 20_000
"""Columns with at most this many distinct values (by estimate) are tested once a value, not once a cell."""
WEIGHED_TEXTS = 500
"""How many distinct flagged texts a column shows the context detector. It weighs; it is not what finds."""
LONGEST_NAME = 40
DECIMAL = "^ *[+\\-]?[0-9,]+[.][0-9]*[1-9][0-9]* *$"
"""A number with a fraction (a spreadsheet's ``.0`` is none): where many cells are, the column measures something."""
LETTERED = "^ *[A-Za-z]{1,2}[0-9]{7,10} *$"
"""One or two letters and digits: a certificate, or any serial number."""
DATED = "^ *[A-Za-z]{1,2}(?:19|20)[0-9]{5,8} *$"
LONG = "^[^0-9A-Za-z]{0,3}[0-9]{14,19}[0-9Xx]?[^0-9A-Za-z]{0,3}$"
"""A number as long as an identity number or a card, whatever it is."""
HEADED = "^[^0-9A-Za-z]{0,3}(?:6[0289]|4[0-9]|5[1-5]|35)[0-9]{14,17}[^0-9A-Za-z]{0,3}$"
"""One that begins as cards do."""
LONGEST_NUMBER = 26
TALL = "^[^0-9]{0,3}[0-9]{8}"
_TALL = 10**7
"""Numbers of eight digits and more: where many are, eleven digits are a matter of magnitude."""
_NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
_LEAST_IDENTIFIER = 10**10  # the least number of 11 digits, a mobile's length

_FLAGGED = "privacy_flagged"
_TALLIED = "privacy_tallied"

_COUNTS = ("cells", "whole", "valid", "judged")
_TALLY: pa.Schema = pa.schema({"entity": pa.string()} | {name: pa.int64() for name in _COUNTS})


class Detector(Protocol):
    """Weighs free text: for each entity, the share of its mentions whose surroundings speak for it (0..1)."""

    def weigh(self, texts: Sequence[str]) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True)
class _Probe:
    """One column under scan: its cell as text, and where its cells are counted from."""

    column: Column
    text: exp.Expr
    hinted: frozenset[str]
    gated: bool
    few: bool


def scan(engine: Engine, table: str, schema: Schema, detector: Detector | None = None) -> tuple[Finding, ...]:
    """Findings in the columns `schema` of `table`, settled against each other (`privacy.settle`).

    Reads every cell of text columns, and of number columns that reach 11 digits or whose header names an entity.
    `detector` weighs free text (default: Presidio, loaded when first needed). Findings hold counts, never values.
    """
    return findings_of(engine, table, schema, read_columns(engine, table, schema, detector))


def read_columns(
    engine: Engine,
    table: str,
    schema: Schema,
    detector: Detector | None = None,
    known: Mapping[str, Extent] = MappingProxyType({}),
) -> tuple[ColumnFacts, ...]:
    """What the cells of each column hold, column by column: a fact of its cells and its header alone, so it holds of
    any table that has both. Columns in which nothing could stand have none. What is `known` of columns is not counted again."""
    cells, probes = _survey(engine, table, schema, known)
    facts = []
    for probe, counts in _tested(engine, table, probes):
        filled = cells[probe.column.name]
        if not filled:
            continue
        tallies, context = _read(engine, table, probe, counts, filled, detector) if probe.gated else ((), {})
        names, varied = (
            _name_tally(engine, table, probe) if _may_be_names(probe, counts, filled) else (None, (0, 0))
        )
        facts.append(
            ColumnFacts(
                column=probe.column,
                cells=filled,
                hinted=probe.hinted,
                tallies=tallies,
                tests=counts,
                names=names,
                names_varied=varied,
                context=context,
            )
        )
    return tuple(facts)


def findings_of(
    engine: Engine,
    table: str,
    schema: Schema,
    facts: Sequence[ColumnFacts],
    known: Mapping[str, Extent] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """The findings that `facts` (of columns of `schema`, in any order) come to: with what stands over several columns of
    `table`, and settled against each other."""
    places = {column.name: place for place, column in enumerate(schema)}
    facts = sorted(facts, key=lambda one: places[one.column.name])
    found = [finding for one in facts for finding in column_findings(one)]
    seen = {(one.column, one.entity) for one in found}
    found += [one for one in parted(engine, table, schema, known) if (one.column, one.entity) not in seen]
    return settle(schema, found)


def _survey(
    engine: Engine, table: str, schema: Schema, known: Mapping[str, Extent]
) -> tuple[dict[str, int], list[_Probe]]:
    """Filled cells per column, and the columns worth testing: one pass over the columns of which that is not known."""
    extents = {**known, **extents_of(engine, table, [one for one in schema if one.name not in known])}
    cells = {column.name: extents[column.name].filled for column in schema}
    probes = []
    for column in schema:
        extent, hints = extents[column.name], hinted(column)
        gated = column.type is ColumnType.TEXT or (extent.largest or 0) >= _LEAST_IDENTIFIER
        if column.type in (ColumnType.GEOMETRY, ColumnType.BOOLEAN) or not (gated or hints):
            continue  # a geometry holds coordinates, which are classified by its type
        distinct = extent.distinct if column.type is ColumnType.TEXT else None
        few = distinct is not None and distinct <= FEW_DISTINCT and extent.filled > 4 * distinct
        probes.append(_Probe(column, _as_text(column), hints, gated, few))
    return cells, probes


def _as_text(column: Column) -> exp.Expr:
    """The cell as the finder reads it; of a number only where it is whole, without an exponent."""
    cell = column_term(column.name)
    if column.type is ColumnType.TEXT:
        return cell
    if column.type in (ColumnType.DECIMAL, ColumnType.DOUBLE):
        whole = exp.and_(
            exp.EQ(this=cell, expression=exp.Floor(this=cell)),
            exp.LT(this=exp.Abs(this=cell), expression=literal(10**20)),
        )
        digits = exp.cast(exp.cast(cell, "DECIMAL(38, 0)"), "VARCHAR")
        return exp.Case(ifs=[exp.If(this=whole, true=digits)], default=exp.cast(cell, "VARCHAR"))
    return exp.cast(cell, "VARCHAR")


def _matches(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.Anonymous(this="regexp_matches", expressions=[text, literal(pattern), literal("s")])


def _only_where(cheap: exp.Expr, costly: exp.Expr) -> exp.Expr:
    """A costly test on the cells that pass a cheap one it implies: the branch of a CASE is evaluated on those only."""
    return exp.Case(ifs=[exp.If(this=cheap, true=costly)], default=exp.false())


def _holds(text: exp.Expr, part: str) -> exp.Expr:
    return exp.Anonymous(this="contains", expressions=[text, literal(part)])


def _tests(probe: _Probe, text: exp.Expr) -> dict[str, exp.Expr]:
    """The conditions counted for one column, by name: ``decimal``, ``name``, ``latin``, ``known``, ``dotted``,
    ``lettered``, ``dated``, ``long``, ``headed``, ``tall``, ``values:ENTITY``, ``anywhere:ENTITY``, ``opaque:ENTITY``."""
    tests: dict[str, exp.Expr] = {}
    short = exp.LTE(this=exp.Length(this=text), expression=literal(LONGEST_NAME))
    if probe.column.type is ColumnType.TEXT:
        wide = exp.GT(this=exp.Anonymous(this="strlen", expressions=[text]), expression=exp.Length(this=text))
        tests["decimal"] = _only_where(exp.and_(short, _holds(text, ".")), _matches(text, DECIMAL))
        tests["name"] = _only_where(exp.and_(short.copy(), wide), _matches(text, NAME_SHAPE))
        tests["known"] = _only_where(
            exp.and_(short.copy(), _holds(text, " ")), _matches(text, KNOWN_LATIN_NAME)
        )
        tests["dotted"] = _only_where(exp.and_(short.copy(), wide.copy()), _matches(text, DOTTED_NAME))
        tests["lettered"] = exp.and_(short.copy(), _matches(text, LETTERED))
        tests["dated"] = _only_where(tests["lettered"].copy(), _matches(text, DATED))
        for row in RECOGNISERS:
            if row.anywhere:
                sign = _holds(text, row.anywhere_holds) if row.anywhere_holds else wide.copy()
                tests[f"anywhere:{row.entity}"] = _only_where(sign, _matches(text, row.anywhere))
    brief = exp.and_(
        exp.GTE(this=exp.Length(this=text), expression=literal(14)),
        exp.LTE(this=exp.Length(this=text), expression=literal(LONGEST_NUMBER)),
    )
    tests["long"] = _only_where(brief, _matches(text, LONG))
    tests["headed"] = _only_where(brief.copy(), _matches(text, HEADED))
    if probe.column.type in _NUMERIC:
        cell = column_term(probe.column.name)
        tests["tall"] = exp.GTE(this=exp.Abs(this=cell), expression=literal(_TALL))
    else:
        tests["tall"] = _matches(text, TALL)
    named = "PERSON_NAME" in probe.hinted or is_plain_name(probe.column)
    if named and probe.column.type is ColumnType.TEXT:
        tests["latin"] = exp.and_(short.copy(), _matches(text, LATIN_NAME))
    for entity in sorted(probe.hinted):
        row = BY_ENTITY[entity]
        if row.values:
            tests[f"values:{entity}"] = (
                _degrees(probe)
                if entity == "COORDINATES" and probe.column.type in _NUMERIC
                else _matches(text, row.values)
            )
        tests |= {f"opaque:{entity}": _matches(text, row.opaque)} if row.opaque else {}
    return tests


def _degrees(probe: _Probe) -> exp.Expr:
    """A number that can be a longitude or latitude, without writing it out."""
    return exp.Between(this=column_term(probe.column.name), low=exp.Neg(this=literal(180)), high=literal(180))


def _tested(engine: Engine, table: str, probes: Sequence[_Probe]) -> list[tuple[_Probe, dict[str, int]]]:
    """How many cells pass each test: one plan over the table for the varied columns, one over the distinct values of
    each of the others."""
    varied = [probe for probe in probes if not probe.few]
    counts: dict[str, dict[str, int]] = {}
    tests = [_tests(probe, probe.text) for probe in varied]
    terms = [
        exp.alias_(exp.CountIf(this=condition), f"t{place}_{test}", copy=False)
        for place, conditions in enumerate(tests)
        for test, condition in conditions.items()
    ]
    if terms:
        select = (
            exp.Select().select(*terms, copy=False).from_(exp.to_identifier(table, quoted=True), copy=False)
        )
        (row,) = engine.fetch(select).to_pylist()
        for place, (probe, conditions) in enumerate(zip(varied, tests, strict=True)):
            counts[probe.column.name] = {test: int(row[f"t{place}_{test}"] or 0) for test in conditions}
    for probe in probes:
        if probe.few:
            counts[probe.column.name] = _tested_by_value(engine, table, probe)
    return [(probe, counts.get(probe.column.name, {})) for probe in probes]


def _tested_by_value(engine: Engine, table: str, probe: _Probe) -> dict[str, int]:
    terms: list[exp.Expr] = [
        exp.Sum(
            this=exp.Case(ifs=[exp.If(this=condition, true=exp.column("cells"))], default=literal(0))
        ).as_(test)
        for test, condition in _tests(probe, exp.column("value")).items()
    ]
    if not terms:
        return {}
    plan = exp.select(*(exp.alias_(term.this, term.alias, quoted=True) for term in terms))
    (row,) = engine.fetch(plan.from_(_distinct(table, probe).subquery("counted"))).to_pylist()
    return {test: int(count or 0) for test, count in row.items()}


def _distinct(table: str, probe: _Probe, condition: exp.Expr | None = None) -> exp.Select:
    """``value, cells``: the distinct texts of a column and how many cells hold each."""
    plan = exp.select(probe.text.copy().as_("value"), exp.Count(this=exp.Star()).as_("cells"))
    plan = plan.from_(exp.to_identifier(table, quoted=True)).where(
        exp.not_(exp.Is(this=column_term(probe.column.name), expression=exp.Null()))
    )
    return (plan.where(condition) if condition is not None else plan).group_by(probe.text.copy())


def _read(
    engine: Engine,
    table: str,
    probe: _Probe,
    counts: Mapping[str, int],
    filled: int,
    detector: Detector | None,
) -> tuple[tuple[EntityTally, ...], Mapping[str, float]]:
    """What the exact finder finds in the flagged cells of one column, and how far the surroundings speak for it."""
    numbers = counts.get("lettered", 0) + counts.get("tall", 0)
    engine.create_table(_FLAGGED, _flagged(table, probe, dense=2 * numbers >= filled))
    tallies = _tally(engine, probe.hinted)
    in_text = any(BY_ENTITY[one.entity].personal and 2 * one.whole < one.cells for one in tallies)
    return tallies, _context(engine, detector) if in_text else {}


def _flagged(table: str, probe: _Probe, dense: bool) -> exp.Select:
    """``value, cells`` of the cells the gate flags (each by what stands for it, `privacy.plain`); of a column with few
    values, or dense with numbers for which others stand, the gate reads each value once."""
    pattern = gate_pattern(probe.hinted, alone=False)
    if probe.few or dense:
        distinct = _distinct(table, probe) if probe.few else _represented(table, probe)
        counted = distinct.subquery("counted")
        return exp.select("value", "cells").from_(counted).where(_matches(exp.column("value"), pattern))
    return _represented(table, probe, _matches(probe.text, pattern))


def _represented(table: str, probe: _Probe, condition: exp.Expr | None = None) -> exp.Select:
    """``value, cells``: what stands for the filled cells of a column that meet the condition."""
    plan = exp.select(
        representative(probe.text, probe.hinted).as_("value"), exp.Count(this=exp.Star()).as_("cells")
    )
    filled = exp.not_(exp.Is(this=column_term(probe.column.name), expression=exp.Null()))
    plan = plan.from_(exp.to_identifier(table, quoted=True)).where(filled)
    return (plan.where(condition) if condition is not None else plan).group_by("1")


def _tally(engine: Engine, hints: frozenset[str]) -> tuple[EntityTally, ...]:
    """Cells per entity over the flagged texts."""

    def tally(batch: pa.RecordBatch) -> pa.RecordBatch:
        counts: dict[str, Counter[str]] = {}
        for text, cells in _texts(batch):
            for entity, whole, valid in _kinds(text, hints):
                one = counts.setdefault(entity, Counter())
                one.update(
                    cells=cells,
                    whole=cells * whole,
                    valid=cells * bool(valid),
                    judged=cells * (valid is not None),
                )
        rows = [
            {"entity": entity, **{name: count[name] for name in _COUNTS}} for entity, count in counts.items()
        ]
        return pa.RecordBatch.from_pylist(rows, schema=_TALLY)

    flagged = exp.select("value", "cells").from_(_FLAGGED)
    sums = _mapped(engine, flagged, tally, _TALLY)
    return tuple(
        EntityTally(
            str(row["entity"]),
            row["cells"],
            row["whole"],
            row["valid"] / row["judged"] if row["judged"] else None,
        )
        for row in sorted(sums, key=lambda row: str(row["entity"]))
    )


def _texts(batch: pa.RecordBatch) -> Iterator[tuple[str, int]]:
    """``value, cells`` of a batch."""
    yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)


def _kinds(text: str, hints: frozenset[str]) -> list[tuple[str, bool, bool | None]]:
    """The entities of one cell: whether one is the whole cell, whether all its mentions are valid."""
    kinds: dict[str, tuple[bool, bool | None]] = {}
    for span in find(text, hints, alone=False):  # names that fill a cell are counted by column
        whole, valid = kinds.get(span.entity, (False, span.valid))
        kinds[span.entity] = (whole or is_whole(text, span), valid and span.valid)
    return [(entity, whole, valid) for entity, (whole, valid) in kinds.items()]


def _may_be_names(probe: _Probe, counts: Mapping[str, int], filled: int) -> bool:
    least = 0.05 * filled if "PERSON_NAME" in probe.hinted else 2
    return counts.get("name", 0) >= least


def _name_tally(engine: Engine, table: str, probe: _Probe) -> tuple[int, tuple[int, int]]:
    """Cells of a column that the lexicon takes for names of people; and the distinct values among them, of all that
    have the shape."""

    def tally(batch: pa.RecordBatch) -> pa.RecordBatch:
        names = confirmed = 0
        for text, cells in _texts(batch):
            if are_names(text):
                names, confirmed = names + cells, confirmed + 1
        shaped = batch.num_rows
        return pa.RecordBatch.from_pylist(
            [{"entity": "PERSON_NAME", "cells": names, "whole": names, "valid": confirmed, "judged": shaped}],
            schema=_TALLY,
        )

    sums = _mapped(engine, _distinct(table, probe, _matches(probe.text, NAME_SHAPE)), tally, _TALLY)
    (row,) = sums
    return int(row["cells"]), (int(row["valid"]), int(row["judged"]))


def _mapped(
    engine: Engine, select: exp.Select, function: BatchFunction, schema: pa.Schema
) -> list[dict[str, int]]:
    engine.map_batches(_TALLIED, select, function, schema)
    counts = [exp.cast(exp.Sum(this=exp.column(name)), "BIGINT").as_(name) for name in _COUNTS]
    total = exp.select("entity", *counts).from_(_TALLIED).group_by("entity")
    rows: list[dict[str, Any]] = engine.fetch(total).to_pylist()
    return rows


def _context(engine: Engine, detector: Detector | None) -> Mapping[str, float]:
    """What the context detector makes of the flagged texts."""
    texts = exp.select("value").from_(_FLAGGED).order_by("cells DESC", "value").limit(WEIGHED_TEXTS)
    return (detector or PresidioDetector()).weigh(
        [text for text in engine.fetch(texts).column("value").to_pylist() if text is not None]
    )
