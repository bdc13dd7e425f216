"""How the values of a table are spread, column by column: counts of equal intervals, the values of short lists with their
counts, keys, and columns that determine others. A sketch holds values: make it only of what everybody may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlglot import exp

from catalog.dataset import ColumnType, Schema
from quality.profile import ColumnProfile, Profile
from quality.statistic import filtered
from quality.terms import cell, distinct, is_missing, number

__all__ = ["BINS", "Sketch", "dependencies", "sketch_columns", "sketch_terms"]

BINS = 10
MAX_TOP = 10
MAX_CHARACTERS = 100
MAX_DETERMINING_ROWS = 200_000
MAX_DETERMINING_COLUMNS = 8
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
Terms = Mapping[tuple[str, ...], exp.Expr]  # (what, column, …) → term


@dataclass(frozen=True, slots=True)
class Sketch:
    """One column. `low`, `high` and `counts` (of `BINS` equal intervals, the last closed) for numbers; `top` = at most 10
    (value, cells) of a column of text with at most 50 values; `key` = no two rows agree and none is missing."""

    name: str
    nulls: int
    distinct: int
    distinct_exact: bool
    key: bool
    low: float | None = None
    high: float | None = None
    counts: tuple[int, ...] = ()
    top: tuple[tuple[str, int], ...] = ()


def sketch_terms(schema: Schema, profile: Profile) -> Terms:
    """What to ask of the table, given its profile."""
    types = {column.name: column.type for column in schema}
    terms: dict[tuple[str, ...], exp.Expr] = {}
    for column in schema:
        seen, value = profile.column(column.name), cell(column.name, types)
        ends = _ends(column.type, seen)
        if ends is not None:
            bin_ = _bin(exp.cast(value, "DOUBLE"), *ends)
            terms["bins", column.name] = filtered(_histogram(bin_), exp.not_(is_missing(value)))
        elif seen.values:
            terms["top", column.name] = filtered(_histogram(value), exp.not_(is_missing(value)))
    for a, b in _determining(schema, profile):
        key = (cell(a, types), cell(b, types))
        terms["pair", a, b] = distinct(key, exp.and_(*(exp.not_(is_missing(one)) for one in key)))
    return terms


def sketch_columns(
    schema: Schema, profile: Profile, found: Mapping[tuple[str, ...], Any]
) -> tuple[Sketch, ...]:
    """The sketches, from the profile and the answers."""
    return tuple(_sketch(column.type, profile, profile.column(column.name), found) for column in schema)


def dependencies(
    schema: Schema, profile: Profile, found: Mapping[tuple[str, ...], Any]
) -> tuple[tuple[str, str], ...]:
    """Pairs (a, b) where the value of a settles that of b: as many pairs occur as values of a. Among columns of text with
    few values that are never missing, in tables of at most 200,000 rows."""
    known = []
    for a, b in _determining(schema, profile):
        pairs = int(found["pair", a, b])
        for first, second in ((a, b), (b, a)):
            if pairs == profile.column(first).distinct > profile.column(second).distinct > 1:
                known.append((first, second))
    return tuple(known)


def _determining(schema: Schema, profile: Profile) -> Sequence[tuple[str, str]]:
    if profile.rows > MAX_DETERMINING_ROWS:
        return ()
    names = [
        one.name
        for one in (profile.column(column.name) for column in schema)
        if one.distinct_exact and one.values and not one.nulls and 1 < one.distinct < profile.rows
    ]
    return tuple(combinations(names[:MAX_DETERMINING_COLUMNS], 2))


def _ends(kind: ColumnType, seen: ColumnProfile) -> tuple[float, float] | None:
    if kind not in _NUMBERS or seen.low is None or seen.high is None:
        return None
    low, high = float(seen.low), float(seen.high)  # type: ignore[arg-type]  # numbers, by the column's type
    return (low, high) if low < high and high - low < float("inf") else None


def _bin(value: exp.Expr, low: float, high: float) -> exp.Expr:
    width = (high - low) / BINS
    place = exp.Floor(
        this=exp.Div(
            this=exp.paren(exp.Sub(this=value, expression=exp.cast(number(low), "DOUBLE"))),
            expression=exp.cast(number(width), "DOUBLE"),
        )
    )
    return exp.Least(this=exp.cast(place, "INTEGER"), expressions=[exp.Literal.number(BINS - 1)])


def _histogram(value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="histogram", expressions=[value])


def _sketch(
    kind: ColumnType, profile: Profile, seen: ColumnProfile, found: Mapping[tuple[str, ...], Any]
) -> Sketch:
    ends = _ends(kind, seen)
    counts = dict(found.get(("bins", seen.name)) or ())
    listed = sorted(dict(found.get(("top", seen.name)) or ()).items(), key=lambda one: (-one[1], one[0]))
    return Sketch(
        name=seen.name,
        nulls=seen.nulls,
        distinct=seen.distinct,
        distinct_exact=seen.distinct_exact,
        key=seen.distinct_exact and seen.distinct == profile.rows > 1 and not seen.nulls,
        low=ends[0] if ends else None,
        high=ends[1] if ends else None,
        counts=tuple(int(counts.get(place, 0)) for place in range(BINS)) if ends else (),
        top=tuple((str(value)[:MAX_CHARACTERS], int(cells)) for value, cells in listed[:MAX_TOP]),
    )
