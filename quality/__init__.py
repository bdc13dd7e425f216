"""Is it fit to publish? Great Expectations suites compiled to one plan, scored in the dimensions of GB/T 36344; counts
and row positions come back, never a cell."""

from quality.expectations import CUSTOM, EXPECTATIONS
from quality.measure import measure, profile
from quality.measurement import DimensionScore, Indicator, Measurement, RuleResult, Verdict
from quality.profile import ColumnProfile, Profile
from quality.propose import propose_suite
from quality.rules import DIMENSIONS, Dimension, Rule
from quality.score import WEIGHTS, Weight
from quality.suite import parse_suite

__all__ = [
    "CUSTOM",
    "DIMENSIONS",
    "EXPECTATIONS",
    "WEIGHTS",
    "ColumnProfile",
    "Dimension",
    "DimensionScore",
    "Indicator",
    "Measurement",
    "Profile",
    "Rule",
    "RuleResult",
    "Verdict",
    "Weight",
    "measure",
    "parse_suite",
    "profile",
    "propose_suite",
]
