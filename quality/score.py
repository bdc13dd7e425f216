"""Scores per dimension of GB/T 36344-2018: X = A / B per rule (elements that meet it, of those evaluated), their mean per
dimension, and a weighted mean over the dimensions that were measured. What was not measured is null, never 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.text import Text
from quality.measurement import DimensionScore, Indicator, RuleResult, Verdict
from quality.rules import Dimension

__all__ = ["WEIGHTS", "Weight", "overall", "score_dimensions"]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a dimension counts in the overall score, and why."""

    dimension: Dimension
    weight: float
    reason: Text


_EQUAL = Text(
    "GB/T 36344-2018 只给出指标与公式，不给权重；未由合同另定之前，各维度等权",
    "GB/T 36344-2018 states indicators and formulas but no weights; equal until a contract says otherwise",
)
WEIGHTS: tuple[Weight, ...] = tuple(Weight(dimension, 1.0, _EQUAL) for dimension in Dimension)

# A row that could not be read meets no rule of form or of truth. It is not counted against completeness as well,
# where the row is absent, not empty.
_COUNTS_REJECTED = frozenset({Dimension.CONFORMITY, Dimension.ACCURACY})
_FORMULA = Text(
    "计分规则的满足率（满足 ÷ 被评价）之和 ÷ 计分规则数",
    "sum over scored rules of (elements meeting ÷ elements evaluated) ÷ number of scored rules",
)
_FORMULA_READ = Text(
    "[计分规则的满足率之和 × 读入行 ÷（读入行 + 拒收行）] ÷ 计分规则数",
    "[sum over scored rules of (meeting ÷ evaluated) × rows read ÷ (rows read + rows rejected)] ÷ number of scored rules",
)
_FORMULA_ONLY_READ = Text("读入行 ÷（读入行 + 拒收行）", "rows read ÷ (rows read + rows rejected)")
_UNMEASURED = Text("未测量：没有可计分的规则", "not measured: no rule that can be scored")


def score_dimensions(
    results: Sequence[RuleResult], rows: int, rejected_rows: int = 0, weights: Iterable[Weight] = WEIGHTS
) -> tuple[DimensionScore, ...]:
    """One score per weight given, in that order."""
    return tuple(_dimension(weight, results, rows, rejected_rows) for weight in weights)


def overall(scores: Iterable[DimensionScore]) -> float | None:
    """The weighted mean over measured dimensions, in 0..1; None when none was measured."""
    measured = [(one.score, one.weight) for one in scores if one.score is not None and one.weight > 0]
    if not measured:
        return None
    return sum(score * weight for score, weight in measured) / sum(weight for _, weight in measured)


def _dimension(
    weight: Weight, results: Sequence[RuleResult], rows: int, rejected_rows: int
) -> DimensionScore:
    dimension = weight.dimension
    indicators = tuple(
        indicator
        for result in results
        if result.dimension is dimension and (indicator := _indicator(result)) is not None
    )
    read = rows / (rows + rejected_rows) if rows + rejected_rows else 1.0
    counts_rejected = dimension in _COUNTS_REJECTED and rejected_rows > 0
    if not indicators and not counts_rejected:
        return DimensionScore(dimension, None, 0.0, 0.0, weight.weight, _UNMEASURED)
    if not indicators:
        total = float(rows + rejected_rows)
        return DimensionScore(dimension, read, float(rows), total, weight.weight, _FORMULA_ONLY_READ)
    met = sum(one.met / one.evaluated for one in indicators) * (read if counts_rejected else 1.0)
    formula = _FORMULA_READ if counts_rejected else _FORMULA
    number = float(len(indicators))
    return DimensionScore(dimension, met / number, met, number, weight.weight, formula, indicators)


def _indicator(result: RuleResult) -> Indicator | None:
    """None where the rule says nothing about quality: an error, not scored, or no element to evaluate."""
    if result.verdict is Verdict.ERROR or not result.scored:
        return None
    if result.considered is None or result.unexpected is None:
        return Indicator(result.rule_id, int(result.verdict is Verdict.PASS), 1)
    if result.considered == 0:
        return None
    return Indicator(result.rule_id, result.considered - result.unexpected, result.considered)
