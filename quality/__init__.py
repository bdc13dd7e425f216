"""Is it fit to publish? Great Expectations suites compiled to one plan, scored in the dimensions of GB/T 36344; counts
and row positions come back, never a cell."""

from quality.compare import drift, sketch
from quality.drift import ColumnDrift, Drift
from quality.expectations import CUSTOM, EXPECTATIONS
from quality.measure import measure, profile
from quality.measurement import DimensionScore, Indicator, Measurement, RuleResult, Verdict
from quality.plan import check_suite
from quality.profile import ColumnProfile, Profile
from quality.propose import propose_suite
from quality.rules import DIMENSIONS, Dimension, Rule
from quality.score import WEIGHTS, Weight
from quality.sketch import Sketch
from quality.suite import about_columns, parse_suite
from quality.timeliness import CADENCE_DAYS, EventTime, accessibility, event_time, freshness, with_beside

__all__ = [
    "CADENCE_DAYS",
    "CUSTOM",
    "DIMENSIONS",
    "EXPECTATIONS",
    "WEIGHTS",
    "ColumnDrift",
    "ColumnProfile",
    "Dimension",
    "DimensionScore",
    "Drift",
    "EventTime",
    "Indicator",
    "Measurement",
    "Profile",
    "Rule",
    "RuleResult",
    "Sketch",
    "Verdict",
    "Weight",
    "about_columns",
    "accessibility",
    "check_suite",
    "drift",
    "event_time",
    "freshness",
    "measure",
    "parse_suite",
    "profile",
    "propose_suite",
    "sketch",
    "with_beside",
]
