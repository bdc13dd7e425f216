"""The conditions of an entry, each a small frozen value: what must be so for the entry to concern a dataset.

They follow the eight elements of data grading (领域 群体 区域 精度 规模 深度 覆盖度 重要性, GB/T 43697-2024) and what a
machine can see of them. `AnyOf` is an OR; a clause's `when` is the AND of its `AnyOf`s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from catalog.dataset import ColumnType
from catalog.finding import FieldRole, Grade
from catalog.subject import TimeGranularity

__all__ = [
    "AnyOf",
    "Condition",
    "ContourAtMost",
    "CoverageOver",
    "DistinctSubjects",
    "Elements",
    "Entities",
    "FieldPattern",
    "GeoFinerThan",
    "Group",
    "Joinable",
    "Keywords",
    "LagUnder",
    "LeastGrade",
    "PointsPerSubject",
    "Publishers",
    "Roles",
    "RowCount",
    "Term",
    "Themes",
    "TimeFinerThan",
    "Types",
]


# ---- on the dataset


@dataclass(frozen=True, slots=True)
class Themes:
    """The dataset's theme (领域) is one of `keys` (`catalog.dataset.THEMES`)."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keywords:
    """One of `words` stands in the title or keywords; with `description`, in the description as well.

    Case and width do not matter. A word that begins or ends with a Latin letter or digit is a whole word there:
    ``1:2000`` is not in ``1:20000``. (Words in field names are `FieldPattern`s: those bind columns.)
    """

    words: tuple[str, ...]
    description: bool = False


@dataclass(frozen=True, slots=True)
class Publishers:
    """The publisher's name is one of these."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The dataset concerns a population (群体) such as minors or patients: a word in its title, keywords or
    description, or a field name (RE2 over the heading)."""

    name: str
    words: tuple[str, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class RowCount:
    """At least so many rows (规模)."""

    least: int


@dataclass(frozen=True, slots=True)
class DistinctSubjects:
    """At least so many persons, vehicles, devices or households."""

    least: int


@dataclass(frozen=True, slots=True)
class PointsPerSubject:
    """At least so many rows of one subject (深度)."""

    least: int


@dataclass(frozen=True, slots=True)
class GeoFinerThan:
    """Coordinates finer than so many metres (精度)."""

    metres: float


@dataclass(frozen=True, slots=True)
class CoverageOver:
    """Coordinates span more than so many km² (覆盖度)."""

    km2: float


@dataclass(frozen=True, slots=True)
class ContourAtMost:
    """Contour interval of at most so many metres."""

    metres: float


@dataclass(frozen=True, slots=True)
class TimeFinerThan:
    """The step of time is finer than this."""

    step: TimeGranularity


@dataclass(frozen=True, slots=True)
class LagUnder:
    """The newest date in the data lies less than so many days back."""

    days: int


@dataclass(frozen=True, slots=True)
class Joinable:
    """Joined with another opened dataset, a group smaller than `k` results.

    It cannot be seen in one dataset: `screen` reports it as deferred until the mosaic check at publish has measured
    the join (`Facts.joined`).
    """

    k: int


# ---- on columns; each binds the columns it holds for


@dataclass(frozen=True, slots=True)
class FieldPattern:
    """RE2 over the heading (`catalog.facts.heading`) of the column's name and titles."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Elements:
    """The column is bound to one of these data elements (数据元)."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entities:
    """The column was classified as, or holds with high confidence, one of these kinds of personal information in
    at least `least_hit_ratio` of its cells."""

    names: tuple[str, ...]
    least_hit_ratio: float = 0.5


@dataclass(frozen=True, slots=True)
class Roles:
    """The field's role in identifying somebody is one of these."""

    roles: tuple[FieldRole, ...]


@dataclass(frozen=True, slots=True)
class LeastGrade:
    """The field is graded so or higher (重要性)."""

    grade: Grade


@dataclass(frozen=True, slots=True)
class Types:
    """The column is of one of these types."""

    types: tuple[ColumnType, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A named alternative of conditions, shared by entries and named by effects ("diagnosis", "person name").

    `unless` (RE2 over the heading; empty = none) takes columns out again whichever condition bound them: a count of
    visits is no visit.
    """

    name: str
    conditions: tuple[Condition, ...]
    unless: str = ""


Condition: TypeAlias = (
    Themes
    | Keywords
    | Publishers
    | Group
    | RowCount
    | DistinctSubjects
    | PointsPerSubject
    | GeoFinerThan
    | CoverageOver
    | ContourAtMost
    | TimeFinerThan
    | LagUnder
    | Joinable
    | FieldPattern
    | Elements
    | Entities
    | Roles
    | LeastGrade
    | Types
    | Term
)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions is met."""

    conditions: tuple[Condition, ...]
