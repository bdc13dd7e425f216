"""What is told of a release's quality to everybody: measured of the rows and columns that leave unmasked, never of what was
received, so that no count betrays a row or a value that was kept back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from catalog.dataset import Schema
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import FieldRole
from catalog.registry import dump
from catalog.release import Release
from catalog.text import Text
from gateway.publish.examine import PLANNED, Examination
from gateway.publish.intake import claims
from gateway.publish.request import Request
from quality import (
    Profile,
    about_columns,
    accessibility,
    drift,
    event_time,
    freshness,
    measure,
    profile,
    propose_suite,
    sketch,
    with_beside,
)

__all__ = ["published_quality"]

NUMBERED, EARLIER = "planned_numbered", "earlier"


def published_quality(
    engine: DuckDBEngine,
    examined: Examination,
    request: Request,
    profiled: Profile,
    earlier: tuple[Release, Path] | None,
    on: date,
) -> Mapping[str, Any] | None:
    """The measurement, profile, freshness and drift of a planned output as a JSON document; None without an output.

    `profiled` is the profile of what was received, which holds of columns that leave unchanged; `earlier` the release
    that this one would replace, with its file. Masked columns count as fields and are not
    profiled; of columns that say something of a person no value and no interval is told.
    """
    if examined.output is None:
        return None
    shown = _shown(examined)
    engine.register_parquet(NUMBERED, examined.output, numbered=True)
    names = [column.name for column in shown]
    unread = [name for name in names if name not in examined.unchanged]
    found = profile(engine, NUMBERED, shown) if unread else profiled.of(names)
    keys = [key for key in request.contract.keys if key in names]
    suite = request.contract.suite or claims(propose_suite(shown, found, keys, on=on))
    measured = measure(engine, NUMBERED, shown, about_columns(suite, names), profiled=found)
    event = event_time(shown, found, on, request.contract.event_time)
    beside = (
        freshness(event.newest if event else None, on, examined.dataset.update_cycle),
        accessibility(len(examined.columns), len(examined.reading.schema)),
    )
    dimensions = with_beside(measured.dimensions, beside)
    plain = tuple(column for column in shown if _is_plain(examined, column.name))
    sketches, settled = sketch(engine, NUMBERED, plain, found)
    return {
        "measurement": measured.to_json() | {"dimensions": [one.to_json() for one in dimensions]},
        "gx": measured.to_gx_json(),
        "profile": {
            "rows": found.rows,
            "columns": [dump(one) for one in sketches],
            "not_shown": [
                one.column.name for one in examined.columns if one.column.name not in {c.name for c in plain}
            ],
            "dependencies": [list(pair) for pair in settled],
        },
        "freshness": {
            **(event.to_json() if event else {"column": None, "newest": None}),
            "update_cycle": examined.dataset.update_cycle,
        },
        "drift": _drift(engine, plain, earlier),
    }


def _shown(examined: Examination) -> Schema:
    return tuple(one.column for one in examined.columns if one.operator is MaskOperator.KEEP)


def _is_plain(examined: Examination, name: str) -> bool:
    """Whether nothing was found in the column, received or leaving, that says something of a person."""
    classes = [examined.classifications.get(name)]
    classes.append(examined.planned.classifications.get(name) if examined.planned else None)
    return all(one is not None and one.role is FieldRole.NONE for one in classes)


def _drift(
    engine: DuckDBEngine, plain: Schema, earlier: tuple[Release, Path] | None
) -> Mapping[str, Any] | None:
    if earlier is None or not earlier[1].exists():
        return None
    release, file = earlier
    engine.register_parquet(EARLIER, file)
    before = tuple(one.column for one in release.columns if one.operator is MaskOperator.KEEP)
    found: Mapping[str, Any] = dump(drift(engine, (EARLIER, before), (PLANNED, plain), release.id))
    sources = Text(
        "PSI：Siddiqi 2006，按上一版十分位或类别；KS：两样本 Kolmogorov–Smirnov，精确",
        "PSI: Siddiqi 2006, over the tenths or categories of the earlier release; KS: two-sample Kolmogorov–Smirnov, exact",
    )
    return {**found, "formulas": sources.to_json()}
