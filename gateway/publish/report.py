"""The report of a submission: what was read, measured, found, decided and asked. Counts and reasons, never values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.dataset import Dataset, ReadingChoice, RejectedRow
from catalog.decision import MaskOperator, Reason
from catalog.finding import Confidence, FieldRole, Grade
from catalog.release import Question, Release, State, round_to_10
from catalog.text import Text
from gateway.publish.examine import Examination
from gateway.publish.plan import MASKING_RULE
from gateway.publish.stages import Stages
from negative_list import GRADE_RULE

__all__ = ["ColumnReport", "Report", "public_reasons", "report_of"]


FOUND = Text("该列经识别含个人信息", "This column was found to hold personal information")


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column: what it was found to be and what happens to it. `operator` None = withheld, for `reasons`."""

    name: str
    type: str
    role: FieldRole
    entity: str | None
    grade: Grade
    confidence: Confidence
    cells_found: int
    operator: MaskOperator | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is the verdict; `submission_id` None for a check. `planned` names the planned output of a held
    submission in the domain zone, `quality` is a `Measurement` document, `stages` seconds."""

    submission_id: str | None
    state: State
    dataset: Dataset
    source_sha256: str
    rows: int
    rejected_rows: int
    rejected: tuple[RejectedRow, ...]
    choices: tuple[ReadingChoice, ...]
    columns: tuple[ColumnReport, ...]
    quality_score: float | None
    quality: dict[str, Any]
    grade: Grade
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...]
    output_rows: int
    excluded_rows: int
    smallest_group: int | None
    release: Release | None = None
    planned: str | None = None
    stages: dict[str, float] = field(default_factory=dict)


def report_of(
    submission_id: str | None,
    source_sha256: str,
    examined: Examination,
    stages: Stages,
    *,
    release: Release | None = None,
    planned: str | None = None,
) -> Report:
    """The report of an examination. `questions` are those still open."""
    operators = examined.plan.operators()
    withheld = {one.name: one.reasons for one in examined.plan.withheld}
    columns = []
    for column in examined.reading.schema:
        known = examined.classifications.get(column.name)
        columns.append(
            ColumnReport(
                name=column.name,
                type=column.type.name.lower(),
                role=known.role if known else FieldRole.NONE,
                entity=known.entity if known else None,
                grade=known.grade if known else Grade.L4,
                confidence=known.confidence if known else Confidence.LOW,
                cells_found=sum(one.cells for one in known.findings) if known else 0,
                operator=operators.get(column.name),
                reasons=withheld.get(column.name, ()),
            )
        )
    return Report(
        submission_id=submission_id,
        state=examined.state,
        dataset=examined.dataset,
        source_sha256=source_sha256,
        rows=examined.reading.rows,
        rejected_rows=examined.reading.rejected_rows,
        rejected=examined.reading.rejected,
        choices=examined.reading.choices,
        columns=tuple(columns),
        quality_score=examined.measurement.overall,
        quality=examined.measurement.to_json(),
        grade=examined.grade,
        reasons=examined.reasons,
        questions=examined.open,
        output_rows=examined.output_rows,
        excluded_rows=examined.excluded_rows,
        smallest_group=examined.smallest_group,
        release=release,
        planned=planned,
        stages=dict(stages.seconds),
    )


def public_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons as the public record keeps them: without exact counts of personal cells (rounded to 10) and without
    what was measured; a finding is told by what it is, not by how many cells hold it."""
    return tuple(
        replace(
            one,
            evidence_count=None if one.evidence_count is None else round_to_10(one.evidence_count),
            actual=None,
            text=FOUND if one.column and one.entry_id in (GRADE_RULE, MASKING_RULE) else one.text,
        )
        for one in reasons
    )
