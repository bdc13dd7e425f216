"""What was let out, and on its way out: submissions with their states and questions, releases with their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from catalog.dataset import Column, Dataset
from catalog.decision import MaskOperator, Reason
from catalog.finding import Grade
from catalog.text import Text

__all__ = [
    "Question",
    "QuestionKind",
    "Release",
    "ReleaseStatus",
    "ReleasedColumn",
    "State",
    "WithheldColumn",
    "round_to_10",
]


class State(StrEnum):
    """States of a submission: received → measured → {released, held, refused, withdrawn}."""

    RECEIVED = "received"
    MEASURED = "measured"
    RELEASED = "released"
    HELD = "held"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class QuestionKind(StrEnum):
    """Why a machine cannot decide. The first four are proposals `--yes` accepts; the others a person answers."""

    READING = "reading"
    METADATA = "metadata"
    CONTRACT = "contract"
    MASKING = "masking"
    PERSONAL = "personal"
    LOW_CONFIDENCE = "low-confidence"
    QUALITY = "quality"
    GRADE = "grade"
    TERMS = "terms"

    @property
    def accepted_by_yes(self) -> bool:
        return self in (
            QuestionKind.READING,
            QuestionKind.METADATA,
            QuestionKind.CONTRACT,
            QuestionKind.MASKING,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a person must decide before release.

    `field` is what `--set FIELD=VALUE` answers (``title``, ``theme``, ``column:手机``…), `proposed` the value that
    `--accept` takes, None where nothing can be proposed. `role` answers it: ``steward`` or ``officer``.
    """

    kind: QuestionKind
    field: str
    text: Text
    remedy: Text
    role: str
    proposed: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class ReleasedColumn:
    """A column of the served file. `operator` is KEEP for a raw column; anything else counts as masked.

    `nulls` counts its null cells; `constant` = its non-null cells hold at most one value; `grade` is that under which
    it leaves, for `why`, on the `basis` of laws and standards.
    """

    column: Column
    operator: MaskOperator
    nulls: int = 0
    constant: bool = False
    grade: Grade | None = None
    why: Text | None = None
    basis: tuple[str, ...] = ()

    @property
    def masked(self) -> bool:
        return self.operator is not MaskOperator.KEEP


@dataclass(frozen=True, slots=True)
class WithheldColumn:
    """A column that is not in the served file, and the reasons (at least one)."""

    name: str
    reasons: tuple[Reason, ...]


class ReleaseStatus(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Release:
    """One committed opening of a dataset.

    `id` is the sha256 (hex) of the released Parquet in the open zone, `version_id` of the domain version it was
    made from, `rows` the rows served, `excluded_rows` those kept back, rounded to 10; `ledger_index` the leaf; `keys`
    are the columns with an index, `search` those in which words are looked for, () = all texts; `detector` the
    recognisers that classified it, None = not written down; `quality` the score per dimension of GB/T 36344, 0..1,
    None = not measured; `contract` the version of the contract it was made under, None = it was made before every
    release had one.
    """

    id: str
    dataset: Dataset
    version_id: str
    columns: tuple[ReleasedColumn, ...]
    withheld: tuple[WithheldColumn, ...]
    rows: int
    bytes: int
    excluded_rows: int
    grade: Grade
    quality_score: float | None
    list_version: str
    policy_epoch: int
    published_at: datetime
    published_by: str
    ledger_index: int
    keys: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    detector: str | None = None
    quality: Mapping[str, float | None] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    status: ReleaseStatus = ReleaseStatus.CURRENT
    contract: str | None = None


def round_to_10(count: int) -> int:
    """Row counts that tell about people are published rounded to 10 (never 0 when something was excluded)."""
    return max(10, (count + 5) // 10 * 10) if count else 0
