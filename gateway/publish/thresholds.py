"""What a contract demands of quality, held against what was measured: the overall score, single dimensions, and that every
rule could be evaluated. What falls short is an officer's to let pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog.contract import Contract
from catalog.dataset import Dataset, Schema
from catalog.release import Question, QuestionKind
from catalog.text import Text
from quality import (
    DIMENSIONS,
    Dimension,
    Measurement,
    Profile,
    accessibility,
    event_time,
    freshness,
    with_beside,
)

__all__ = ["dimension_scores", "quality_questions"]


def dimension_scores(
    measured: tuple[Profile, Measurement],
    schema: Schema,
    contract: Contract,
    dataset: Dataset,
    leaving: int,
    on: date,
) -> Mapping[str, float | None]:
    """By dimension, what the rules measured of the version, or else what is told of it beside them: how fresh it is, and
    how many of its fields (`leaving`) are to be open."""
    found, measurement = measured
    event = event_time(schema, found, on, contract.event_time)
    beside = (
        freshness(event.newest if event else None, on, dataset.update_cycle),
        accessibility(leaving, len(schema)),
    )
    return {one.dimension.value: one.score for one in with_beside(measurement.dimensions, beside)}


def quality_questions(
    contract: Contract, overall: float | None, rules_in_error: int, scores: Mapping[str, float | None]
) -> list[Question]:
    """One question for the whole, and one for each dimension below its own threshold or not measured at all."""
    asked = []
    if rules_in_error:  # a rule nobody could evaluate has not been met
        text = Text(
            f"合同中有 {rules_in_error} 条质量规则无法评估",
            f"{rules_in_error} quality rules of the contract could not be evaluated",
        )
        asked.append(_question("quality", text))
    elif overall is not None and overall < contract.quality_threshold:
        least = contract.quality_threshold
        text = Text(
            f"质量得分 {overall:.2f} 低于合同要求的 {least:.2f}",
            f"The quality score {overall:.2f} is below the contract's {least:.2f}",
        )
        asked.append(_question("quality", text))
    for name, least in contract.dimension_thresholds.items():
        score, title = scores.get(name), DIMENSIONS[Dimension(name)]
        if score is None:
            text = Text(
                f"{title.zh}未能测量，合同要求不低于 {least:.2f}",
                f"{title.en} was not measured; the contract asks for {least:.2f}",
            )
        elif score < least:
            text = Text(
                f"{title.zh}得分 {score:.2f} 低于合同要求的 {least:.2f}",
                f"{title.en} scores {score:.2f}, below the contract's {least:.2f}",
            )
        else:
            continue
        asked.append(_question(f"quality:{name}", text))
    return asked


def _question(field: str, text: Text) -> Question:
    remedy = Text(
        f"修正数据或规则后重新提交；或由合规人员以 --set {field}=理由 放行",
        f"Correct the data or the rules and submit again; or an officer lets it pass: --set {field}=REASON",
    )
    return Question(QuestionKind.QUALITY, field, text, remedy, "officer")
