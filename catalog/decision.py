"""May it be opened, and on what terms: the algebra of decisions.

`Terms` is a product of components, each ordered from open to strict; combining takes the stricter in *each*
component (a join-semilattice: associative, commutative, idempotent, monotone; `OPEN` is its bottom, `SHUT` what
unknown or failed evaluates to). A `Decision` holds terms for the dataset, for columns and row exclusions apart,
so that an effect on a column can never refuse the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from math import inf
from types import MappingProxyType

from catalog.predicate import Predicate
from catalog.text import Text

__all__ = [
    "OPEN",
    "SHUT",
    "Audience",
    "Decision",
    "MaskOperator",
    "Reason",
    "RowExclusion",
    "Scope",
    "Terms",
    "Visibility",
]


class Visibility(IntEnum):
    """How much of a value may be seen; larger is stricter."""

    RAW = 0
    MASKED = 1
    AGGREGATE = 2
    NONE = 3


class Audience(IntEnum):
    """Who may see it; larger is stricter."""

    PUBLIC = 0
    GRANTED = 1
    NOBODY = 2


class MaskOperator(StrEnum):
    """Names of the masking operators. What each keeps and how they combine is `privacy.mask`'s table."""

    KEEP = "keep"
    PARTIAL = "partial"
    REDACT_SPANS = "redact_spans"
    GENERALISE_YEAR = "generalise_year"
    GENERALISE_DECADE = "generalise_decade"
    GENERALISE_DISTRICT = "generalise_district"
    GENERALISE_CITY = "generalise_city"
    GENERALISE_PROVINCE = "generalise_province"
    GENERALISE_BAND_5 = "generalise_band_5"
    GENERALISE_BAND = "generalise_band"
    GENERALISE_BAND_20 = "generalise_band_20"
    GENERALISE_BAND_100 = "generalise_band_100"
    GENERALISE_BAND_TOP_BOTTOM = "generalise_band_top_bottom"
    TOP_BOTTOM = "top_bottom"
    NOISE = "noise"
    GENERALISE_CODE_4 = "generalise_code_4"
    GENERALISE_CODE_2 = "generalise_code_2"
    SNAP_GRID = "snap_grid"
    REDACT = "redact"
    DROP = "drop"


class Scope(StrEnum):
    """What an effect applies to."""

    DATASET = "dataset"
    COLUMN = "column"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of access to one dataset or column.

    `k` is the least group size of an answer, `rounding` the base counts are rounded to, `epsilon` the privacy
    budget (inf = none needed), `purposes` the permitted purposes (None = any), `operators` the masking operators
    asked for (their join is resolved by `privacy.mask`: incomparable ones become *drop*).
    """

    visibility: Visibility = Visibility.RAW
    audience: Audience = Audience.PUBLIC
    not_before: date | None = None
    k: int = 1
    rounding: int = 1
    epsilon: float = inf
    purposes: frozenset[str] | None = None
    operators: frozenset[MaskOperator] = frozenset()

    def join(self, other: Terms) -> Terms:
        """The stricter of both in each component."""
        return Terms(
            visibility=max(self.visibility, other.visibility),
            audience=max(self.audience, other.audience),
            not_before=_later(self.not_before, other.not_before),
            k=max(self.k, other.k),
            rounding=max(self.rounding, other.rounding),
            epsilon=min(self.epsilon, other.epsilon),
            purposes=_narrower(self.purposes, other.purposes),
            operators=self.operators | other.operators,
        )

    def at_least(self, other: Terms) -> bool:
        """Whether these terms are as strict as `other` in every component."""
        return self.join(other) == self


OPEN = Terms()
SHUT = Terms(visibility=Visibility.NONE, audience=Audience.NOBODY)


def _later(a: date | None, b: date | None) -> date | None:
    return max(a, b) if a and b else a or b


def _narrower(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    if a is None or b is None:
        return a if b is None else b
    return a & b


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an effect applied. Holds counts and thresholds, never a cell's value.

    `entry_id` is an entry of the negative list (or a built-in rule such as ``grade``), `list_version` the version
    screened against, `column` the matched field, `evidence_count` how many cells or rows matched, `threshold` and
    `actual` what was asked and what was found, `remedy` what would make it pass.
    """

    entry_id: str
    list_version: str
    scope: Scope
    effect: str
    text: Text
    remedy: Text
    legal_basis: tuple[str, ...] = ()
    clause: str = ""
    column: str | None = None
    evidence_count: int | None = None
    threshold: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True)
class RowExclusion:
    """Rows for which `predicate` is true (or cannot be evaluated: null) stay behind the gate."""

    predicate: Predicate
    entry_id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the negative list says about one subject: terms, row exclusions and the reasons for each."""

    dataset: Terms = OPEN
    columns: Mapping[str, Terms] = field(default_factory=lambda: MappingProxyType({}))
    rows: frozenset[RowExclusion] = frozenset()
    reasons: frozenset[Reason] = frozenset()

    def column(self, name: str) -> Terms:
        """Terms of one column: the dataset's joined with the column's own. (Never the other way round.)"""
        return self.dataset.join(self.columns.get(name, OPEN))

    def join(self, other: Decision) -> Decision:
        """Both decisions at once; at least as strict as each."""
        names = self.columns.keys() | other.columns.keys()
        columns = {n: self.columns.get(n, OPEN).join(other.columns.get(n, OPEN)) for n in names}
        return Decision(
            dataset=self.dataset.join(other.dataset),
            columns=MappingProxyType(columns),
            rows=self.rows | other.rows,
            reasons=self.reasons | other.reasons,
        )

    @classmethod
    def of(cls, parts: Iterable[Decision]) -> Decision:
        """All parts at once: `join` over many, without a copy of everything at each."""
        dataset, columns = OPEN, dict[str, Terms]()
        rows, reasons = set[RowExclusion](), set[Reason]()
        for part in parts:
            dataset = dataset.join(part.dataset)
            for name, terms in part.columns.items():
                columns[name] = columns.get(name, OPEN).join(terms)
            rows |= part.rows
            reasons |= part.reasons
        return cls(dataset, MappingProxyType(columns), frozenset(rows), frozenset(reasons))

    def because(self, *reasons: Reason) -> Decision:
        """The same decision with reasons added."""
        return replace(self, reasons=self.reasons | set(reasons))

    def at_least(self, other: Decision) -> bool:
        """Whether this decision is as strict as `other` in every component of every part."""
        return (
            self.dataset.at_least(other.dataset)
            and self.rows >= other.rows
            and all(self.columns.get(n, OPEN).at_least(terms) for n, terms in other.columns.items())
        )
