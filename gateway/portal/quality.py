"""The quality report of a release as its page shows it: scores with their fractions, rules by verdict, small charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.text import Text
from quality import DIMENSIONS, Dimension

__all__ = ["Bar", "ColumnView", "Score", "columns_of", "freshness_of", "rules_of", "scores_of"]

ORDER = {"fail": 0, "error": 1, "pass": 2}
CHART_HEIGHT, MAX_TOP = 48, 5


@dataclass(frozen=True, slots=True)
class Score:
    """`score` in 0..1, None = not measured."""

    title: Text
    score: float | None
    numerator: float
    denominator: float
    formula: Text
    weighed: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval of a histogram: its place (0 to 9), the height of its bar in pixels, its cells."""

    place: int
    height: int
    cells: int


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column's sketch: bars of a number, or the commonest values with their shares in 0..1."""

    name: str
    filled: tuple[int, int]
    distinct: int
    exact: bool
    key: bool
    low: float | None
    high: float | None
    bars: tuple[Bar, ...]
    top: tuple[tuple[str, int], ...]


def scores_of(report: Mapping[str, Any]) -> tuple[Score, ...]:
    """The six dimensions, in the standard's order."""
    known = {one["dimension"]: one for one in report["dimensions"]}
    return tuple(
        Score(
            DIMENSIONS[dimension],
            one["score"],
            one["numerator"],
            one["denominator"],
            Text.from_json(one["formula"]),
            one["weight"] > 0,
        )
        for dimension in Dimension
        if (one := known.get(dimension.value)) is not None
    )


def freshness_of(freshness: Mapping[str, Any]) -> Mapping[str, Any]:
    """What tells how fresh the data is; `evidence`, why it is that column, as a text (None: the report names no column)."""
    evidence = freshness.get("evidence")
    return {**freshness, "evidence": None if evidence is None else Text.from_json(evidence)}


def rules_of(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules, what failed first; each with the columns it is about."""
    named = ("column", "column_A", "column_B")
    rules = [
        {
            **one,
            "name": one["type"].removeprefix("expect_"),
            "columns": [one["kwargs"][name] for name in named if name in one["kwargs"]]
            or list(one["kwargs"].get("column_list", ())),
            "title": DIMENSIONS[Dimension(one["dimension"])],
        }
        for one in report["results"]
    ]
    return sorted(rules, key=lambda one: ORDER[one["verdict"]])


def columns_of(profile: Mapping[str, Any]) -> tuple[ColumnView, ...]:
    """The sketches of the columns."""
    rows = profile["rows"]
    views = []
    for one in profile["columns"]:
        most = max(one["counts"], default=0)
        bars = tuple(
            Bar(place, max(1, round(cells / most * CHART_HEIGHT)) if cells else 0, cells)
            for place, cells in enumerate(one["counts"])
        )
        top = tuple((value, cells) for value, cells in one["top"][:MAX_TOP])
        views.append(
            ColumnView(
                one["name"],
                (rows - one["nulls"], rows),
                one["distinct"],
                one["distinct_exact"],
                one["key"],
                one["low"],
                one["high"],
                bars,
                top,
            )
        )
    return tuple(views)
