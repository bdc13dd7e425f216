"""Sketch a table, and compare two: the selects of `quality.sketch` and `quality.drift`, run through the engine's protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from catalog.dataset import ColumnType, Schema
from catalog.engine.engine import Engine
from quality.drift import ColumnDrift, Drift, edge_terms, furthest_apart, psi, share_terms
from quality.measure import fetch
from quality.plan import aggregate
from quality.profile import Profile
from quality.sketch import Sketch, dependencies, sketch_columns, sketch_terms

__all__ = ["drift", "sketch"]

MAX_DISTANCES = 12  # columns whose KS distance is computed: each sorts both versions


def sketch(
    engine: Engine, table: str, schema: Schema, profiled: Profile
) -> tuple[tuple[Sketch, ...], tuple[tuple[str, str], ...]]:
    """The sketches of the columns, and which of them settle which others. Raises Unavailable."""
    found = _answers(engine, table, sketch_terms(schema, profiled))
    return sketch_columns(schema, profiled, found), dependencies(schema, profiled, found)


def drift(engine: Engine, before: tuple[str, Schema], now: tuple[str, Schema], earlier: str) -> Drift:
    """What differs between two tables, of the columns that both have in the same type. Raises Unavailable."""
    old, new = ({column.name: column.type for column in schema} for _, schema in (before, now))
    shared = tuple(column for column in now[1] if old.get(column.name) is column.type)
    edges = _answers(engine, before[0], edge_terms(shared))
    terms = share_terms(shared, edges)
    was, is_ = _answers(engine, before[0], terms), _answers(engine, now[0], terms)
    numeric = [
        one.name for one in shared if one.type in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
    ]
    distances = {
        name: fetch(engine, furthest_apart(before[0], now[0], name, new))[0]["t0"]
        for name in numeric[:MAX_DISTANCES]
    }
    return Drift(
        earlier=earlier,
        rows_before=int(was["", "rows"]),
        rows_now=int(is_["", "rows"]),
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        columns=tuple(_column(one.name, one.type, was, is_, distances.get(one.name)) for one in shared),
    )


def _column(
    name: str, kind: ColumnType, was: Mapping[Any, Any], is_: Mapping[Any, Any], distance: float | None
) -> ColumnDrift:
    before, now = (_classes(found.get((name, "classes"))) for found in (was, is_))
    known = before is not None and now is not None
    text = known and kind is ColumnType.TEXT
    return ColumnDrift(
        name=name,
        missing_before=_missing(name, was),
        missing_now=_missing(name, is_),
        gained=len(now.keys() - before.keys()) if text and before is not None and now is not None else None,
        lost=len(before.keys() - now.keys()) if text and before is not None and now is not None else None,
        psi=psi(before, now) if before is not None and now is not None else None,
        ks=distance,
    )


def _classes(found: Any) -> dict[Any, int] | None:
    return None if found is None else {key: int(cells) for key, cells in found}


def _missing(name: str, found: Mapping[Any, Any]) -> float:
    rows = int(found["", "rows"])
    return (rows - int(found[name, "present"])) / rows if rows else 0.0


def _answers(engine: Engine, table: str, terms: Mapping[Any, exp.Expr]) -> Mapping[Any, Any]:
    if not terms:
        return {}
    (row,) = fetch(engine, aggregate(table, list(terms.values())))
    return dict(zip(terms, row.values(), strict=True))
