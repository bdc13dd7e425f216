"""The report of a submission: what was read, measured, found, decided and asked. Counts and reasons, never values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.dataset import Dataset, ReadingChoice, RejectedRow
from catalog.decision import MaskOperator, Reason
from catalog.finding import NOTHING_FOUND, Classification, Confidence, FieldRole, Grade
from catalog.release import Question, Release, State, round_to_10
from catalog.text import Text
from gateway.publish.examine import Examination
from gateway.publish.plan import MASKING_RULE
from gateway.publish.privacy_report import full_privacy
from gateway.publish.risk_report import full_risk
from gateway.publish.stages import Stages
from negative_list import GRADE_POLICIES, GRADE_RULE, JURISDICTION, Grading
from privacy import RESIDUAL, basis_of

__all__ = ["ColumnReport", "Report", "basis_of_grade", "grounds", "public_reasons", "report_of"]


FOUND = Text("该列经识别含个人信息", "This column was found to hold personal information")


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column: what it was found to be and what happens to it. `operator` None = withheld, for `reasons`.

    `grade` is that of the field as received, `proposed` what was proposed for it, for `why`, on the `basis` of laws and
    standards; `grading` an officer's word on it. `output_grade` is that of the field as it would leave.
    """

    name: str
    type: str
    role: FieldRole
    entity: str | None
    grade: Grade
    confidence: Confidence
    cells_found: int
    operator: MaskOperator | None
    reasons: tuple[Reason, ...] = ()
    proposed: Grade | None = None
    why: Text = NOTHING_FOUND
    basis: tuple[str, ...] = ()
    output_grade: Grade | None = None
    output_why: Text | None = None
    grading: Grading | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is the verdict; `submission_id` None for a check. `planned` names the planned output of a held
    submission in the domain zone, `quality` is a `Measurement` document of what was received, with that of
    what would leave (`published`), `risk` what was measured of re-identification, `privacy` what was found and
    done, `stages` seconds."""

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
    risk: dict[str, Any] | None = None
    privacy: dict[str, Any] | None = None
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
    planned_classes = examined.planned.classifications if examined.planned else {}
    columns = []
    for column in examined.reading.schema:
        known = examined.classifications.get(column.name)
        leaving = planned_classes.get(column.name)
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
                proposed=None if known is None else known.grade if known.proposed is None else known.proposed,
                why=known.why if known else NOTHING_FOUND,
                basis=basis_of_grade(known) if known else (),
                output_grade=leaving.grade if leaving else None,
                output_why=grounds(known, leaving, operators.get(column.name)) if known and leaving else None,
                grading=examined.gradings.get(column.name),
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
        quality=examined.measurement.to_json() | {"published": _without_values(examined.published)},
        grade=examined.grade,
        reasons=examined.reasons,
        questions=examined.open,
        output_rows=examined.output_rows,
        excluded_rows=examined.excluded_rows,
        smallest_group=examined.smallest_group,
        risk=full_risk(examined),
        privacy=full_privacy(examined),
        release=release,
        planned=planned,
        stages=dict(stages.seconds),
    )


def _without_values(published: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Of what will be told of the output, that which holds no value: more people read a report than may preview."""
    if published is None:
        return None
    return {name: published[name] for name in ("measurement", "drift")}


def basis_of_grade(known: Classification) -> tuple[str, ...]:
    """The laws and standards that a field's grade rests on: those of what was found, and those that grade at all."""
    return tuple(dict.fromkeys((*basis_of(known.findings), *GRADE_POLICIES[JURISDICTION].basis)))


def grounds(source: Classification, leaving: Classification, operator: MaskOperator | None) -> Text:
    """Why a field leaves under its grade, fit for everybody: an officer's word, what its mask leaves behind, or what
    was found, without how often."""
    if leaving.proposed is not None:
        return leaving.why
    if operator is not None and operator in RESIDUAL:
        return RESIDUAL[operator][1]
    found = (*source.findings, *leaving.findings)
    return FOUND if any(one.personal for one in found) else leaving.why


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
