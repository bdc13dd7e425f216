"""What measuring a version yields: a verdict per rule, a score per dimension, in counts and row positions. No value of
a cell is ever in it: limits read off the data and listed values stay in the suite, in the domain zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from catalog.text import Text
from quality.rules import DIMENSIONS, Dimension

__all__ = ["DimensionScore", "Indicator", "Measurement", "RuleResult", "Verdict"]

GX_VERSION = "1.24.1"  # the version whose result form `to_gx_json` follows


class Verdict(StrEnum):
    """Error is neither: the rule could not be evaluated, and says what to do."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule on one table.

    `elements` all rows within the rule's condition, `considered` those neither missing nor ignored, `unexpected`
    those that fail (all three None for a rule about the table or a statistic); `observed` a count or a share of
    counts; `failed_rows` at most 20 positions (`_row`, 1-based). `kwargs` are the rule's own, without those that may
    repeat cells (`withheld` names them).
    """

    rule_id: str
    type: str
    dimension: Dimension
    verdict: Verdict
    message: Text
    remedy: Text | None = None
    mostly: float = 1.0
    elements: int | None = None
    considered: int | None = None
    unexpected: int | None = None
    observed: int | float | None = None
    failed_rows: tuple[int, ...] = ()
    proposed: bool = False
    scored: bool = True
    kwargs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    withheld: tuple[str, ...] = ()

    @property
    def satisfied_percent(self) -> float | None:
        """Share of the considered rows that satisfy the rule, 0..100; None where no row was considered."""
        if not self.considered or self.unexpected is None:
            return None
        return (self.considered - self.unexpected) / self.considered * 100

    def to_json(self) -> dict[str, Any]:
        return {
            "rule_id": self.rule_id,
            "type": self.type,
            "dimension": self.dimension.value,
            "verdict": self.verdict.value,
            "message": self.message.to_json(),
            "remedy": self.remedy.to_json() if self.remedy else None,
            "mostly": self.mostly,
            "elements": self.elements,
            "considered": self.considered,
            "unexpected": self.unexpected,
            "satisfied_percent": self.satisfied_percent,
            "observed": self.observed,
            "failed_rows": list(self.failed_rows),
            "proposed": self.proposed,
            "scored": self.scored,
            "kwargs": dict(self.kwargs),
            "withheld": list(self.withheld),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RuleResult:
        given = {name: value[name] for name in value if name != "satisfied_percent"}
        return cls(
            **{
                **given,
                "dimension": Dimension(value["dimension"]),
                "verdict": Verdict(value["verdict"]),
                "message": Text.from_json(value["message"]),
                "remedy": Text.from_json(value["remedy"]) if value["remedy"] else None,
                "failed_rows": tuple(value["failed_rows"]),
                "kwargs": MappingProxyType(dict(value["kwargs"])),
                "withheld": tuple(value["withheld"]),
            }
        )

    def to_gx_json(self) -> dict[str, Any]:
        """An ExpectationValidationResult. An error keeps `success` false, as in GX, and says so in `exception_info`."""
        broken = self.verdict is Verdict.ERROR
        return {
            "success": self.verdict is Verdict.PASS,
            "expectation_config": {
                "type": self.type,
                # GX's own way to say "given elsewhere": the expectation stays one GX accepts
                "kwargs": dict(self.kwargs)
                | {name: {"$PARAMETER": "withheld"} for name in self.withheld if name != "row_condition"},
                "meta": {
                    "dimension": self.dimension.value,
                    "proposed": self.proposed,
                    "scored": self.scored,
                    "withheld": list(self.withheld),
                },
                "severity": "critical",
            },
            "result": {} if broken else self._gx_result(),
            "meta": {"verdict": self.verdict.value},
            "exception_info": {
                "raised_exception": broken,
                "exception_message": str(self.message) if broken else None,
                "exception_traceback": "" if broken else None,
            },
        }

    def _gx_result(self) -> dict[str, Any]:
        if self.elements is None:
            return {} if self.observed is None else {"observed_value": self.observed}
        considered, unexpected, elements = self.considered or 0, self.unexpected or 0, self.elements
        missing = elements - considered
        of_considered = unexpected / considered * 100 if considered else None
        result: dict[str, Any] = {
            "element_count": elements,
            "unexpected_count": unexpected,
            "unexpected_percent": of_considered,
            # GX would list the cells here. Ours never leave the domain zone; positions stand in for them.
            "partial_unexpected_list": [],
            "partial_unexpected_index_list": list(self.failed_rows),
        }
        if self.type in ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null"):
            return result
        return result | {
            "missing_count": missing,
            "missing_percent": missing / elements * 100 if elements else None,
            "unexpected_percent_total": unexpected / elements * 100 if elements else None,
            "unexpected_percent_nonmissing": of_considered,
        }


@dataclass(frozen=True, slots=True)
class Indicator:
    """One rule's part in a score: `met` of `evaluated` elements (rows; 1 for a rule about the table)."""

    rule_id: str
    met: int
    evaluated: int


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """`score` = `numerator` / `denominator`, in 0..1; None = not measured, which is not the same as perfect."""

    dimension: Dimension
    score: float | None
    numerator: float
    denominator: float
    weight: float
    formula: Text
    indicators: tuple[Indicator, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "dimension": self.dimension.value,
            "title": DIMENSIONS[self.dimension].to_json(),
            "score": self.score,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "weight": self.weight,
            "formula": self.formula.to_json(),
            "indicators": [[one.rule_id, one.met, one.evaluated] for one in self.indicators],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> DimensionScore:
        return cls(
            Dimension(value["dimension"]),
            value["score"],
            value["numerator"],
            value["denominator"],
            value["weight"],
            Text.from_json(value["formula"]),
            tuple(Indicator(*one) for one in value["indicators"]),
        )


@dataclass(frozen=True, slots=True)
class Measurement:
    """`overall` in 0..1 is the weighted mean of the measured dimensions, None where none is. `rows` counts the rows
    measured, `rejected_rows` those of the source that could not be read."""

    suite_name: str
    rows: int
    rejected_rows: int
    results: tuple[RuleResult, ...]
    dimensions: tuple[DimensionScore, ...]
    overall: float | None

    def count(self, verdict: Verdict) -> int:
        """The number of rules with this verdict."""
        return sum(result.verdict is verdict for result in self.results)

    def score(self, dimension: Dimension) -> float | None:
        """The score of one dimension; None = not measured."""
        return next((one.score for one in self.dimensions if one.dimension is dimension), None)

    @property
    def summary(self) -> Text:
        """The measurement in one sentence, for a list or a terminal."""
        passed, failed, broken = (self.count(verdict) for verdict in Verdict)
        unscored = sum(not result.scored for result in self.results)
        measured = [one for one in self.dimensions if one.score is not None]
        parts = Text(
            "、".join(f"{DIMENSIONS[one.dimension].zh} {one.score:.3f}" for one in measured),
            ", ".join(f"{DIMENSIONS[one.dimension].en.lower()} {one.score:.3f}" for one in measured),
        )
        score = (
            Text("尚无可评分的规则", "no rule can be scored yet")
            if self.overall is None
            else Text(f"综合得分 {self.overall:.3f}（{parts.zh}）", f"score {self.overall:.3f} ({parts.en})")
        )
        note = (
            Text(
                f"；{unscored} 条取自同一份数据，不计分", f"; {unscored} drawn from the same data, not scored"
            )
            if unscored
            else Text("", "")
        )
        return Text(
            f"{self.rows} 行，{len(self.results)} 条规则：{passed} 条通过，{failed} 条未通过，{broken} 条无法评价；{score.zh}{note.zh}",
            f"{self.rows} rows, {len(self.results)} rules: {passed} pass, {failed} fail, {broken} in error; {score.en}{note.en}",
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "suite_name": self.suite_name,
            "rows": self.rows,
            "rejected_rows": self.rejected_rows,
            "overall": self.overall,
            "summary": self.summary.to_json(),
            "dimensions": [one.to_json() for one in self.dimensions],
            "results": [one.to_json() for one in self.results],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Measurement:
        return cls(
            value["suite_name"],
            value["rows"],
            value["rejected_rows"],
            tuple(RuleResult.from_json(one) for one in value["results"]),
            tuple(DimensionScore.from_json(one) for one in value["dimensions"]),
            value["overall"],
        )

    def to_gx_json(self) -> dict[str, Any]:
        """An ExpectationSuiteValidationResult as GX 1.x writes it, without cells: `partial_unexpected_list` is empty and
        kwargs that may repeat cells are named in `meta.withheld`."""
        passed, evaluated = self.count(Verdict.PASS), len(self.results)
        return {
            "success": passed == evaluated,
            "results": [one.to_gx_json() for one in self.results],
            "suite_name": self.suite_name,
            "suite_parameters": {},
            "statistics": {
                "evaluated_expectations": evaluated,
                "successful_expectations": passed,
                "unsuccessful_expectations": evaluated - passed,
                "success_percent": passed / evaluated * 100 if evaluated else None,
            },
            "meta": {
                "great_expectations_version": GX_VERSION,
                "errors": self.count(Verdict.ERROR),
                "note": "no cell values: positions of failing rows are in partial_unexpected_index_list",
            },
            "id": None,
        }
