"""What is screened: a dataset with its fields, their classes and the facts the negative list's conditions ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Literal

from catalog.dataset import Dataset, Schema
from catalog.finding import Classification

__all__ = ["Facts", "Joined", "Stage", "Subject", "TimeGranularity"]

Stage = Literal["source", "planned"]


class TimeGranularity(IntEnum):
    """Finest step of time in a dataset, in seconds (a month counts 30 days, a year 365)."""

    SECOND = 1
    MINUTE = 60
    QUARTER_HOUR = 900
    HOUR = 3_600
    DAY = 86_400
    MONTH = 2_592_000
    YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Joined:
    """What joining a planned output with everything opened before comes to: `k`, the smallest group of persons that
    results. None: there is nothing it could be joined with, or it is about nobody."""

    k: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Measured facts about one table. None = does not apply (no such field); a fact that applies but could not be
    measured is named in `unknown`, and conditions on it count as met.

    `distinct_subjects` persons, vehicles, devices or households; `points_per_subject` the most rows of one of them;
    `geo_precision_m` the finest step of coordinates in metres; `coverage_km2` the area of their bounding box;
    `contour_m` contour interval; `latest_on` the newest date in the data; `joined` is measured of a planned output at publish,
    None before that.
    """

    rows: int
    distinct_subjects: int | None = None
    points_per_subject: int | None = None
    geo_precision_m: float | None = None
    coverage_km2: float | None = None
    contour_m: float | None = None
    time_granularity: TimeGranularity | None = None
    latest_on: date | None = None
    joined: Joined | None = None
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """`classifications` maps column → class; a column without one is unclassified, and screens as (none, nobody).

    `stage` is ``source`` for what was received and ``planned`` for the planned output (after masking), of which
    `schema` holds the visible columns only.
    """

    dataset: Dataset
    schema: Schema
    classifications: Mapping[str, Classification]
    facts: Facts
    stage: Stage = "source"
