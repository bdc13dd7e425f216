"""What an entry asks for: deny, aggregate only, mask, conditional, delay. Each is a spelling of `Terms`, with a scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, isinf
from typing import TypeAlias

from catalog.decision import SHUT, Audience, MaskOperator, Scope, Terms, Visibility
from catalog.predicate import Literal, Operator
from catalog.subject import Facts
from negative_list.condition import Term

__all__ = [
    "AggregateOnly",
    "Conditional",
    "Delay",
    "Deny",
    "Effect",
    "Mask",
    "OlderThan",
    "RowRule",
    "RowsWhere",
    "Spelling",
    "YoungerThan",
    "spelled",
    "terms_of",
]


@dataclass(frozen=True, slots=True)
class Deny:
    """Nobody sees any of it."""


@dataclass(frozen=True, slots=True)
class AggregateOnly:
    """No rows: answers over groups of at least `k`, counts rounded to `rounding`, at most `epsilon` of budget."""

    k: int
    rounding: int = 1
    epsilon: float = inf


@dataclass(frozen=True, slots=True)
class Mask:
    """Seen under `operator` at most."""

    operator: MaskOperator


@dataclass(frozen=True, slots=True)
class Conditional:
    """Opened to grantees for `purposes` (empty = any), under an `agreement`, to these kinds of `recipients`."""

    purposes: tuple[str, ...] = ()
    agreement: bool = False
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delay:
    """Not opened until the newest date in the data lies `days` back."""

    days: int


Spelling: TypeAlias = Deny | AggregateOnly | Mask | Conditional | Delay


@dataclass(frozen=True, slots=True)
class OlderThan:
    """Rows dated more than `years` before the day of screening; the first term of `by` with a usable column dates."""

    years: int
    by: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class YoungerThan:
    """Rows whose person is under `years` on the day of screening.

    Age is told by the first usable of: `birth` date, `resident_id`, `age`. A column of `adult` (employment, licence
    of a profession) shows that the subjects are of working age: then no row is excluded.
    """

    years: int
    birth: Term
    resident_id: Term
    age: Term
    adult: Term


@dataclass(frozen=True, slots=True)
class RowsWhere:
    """Rows where a column of `term` compares so with `value`."""

    term: Term
    operator: Operator
    value: Literal | tuple[Literal, ...]


RowRule: TypeAlias = OlderThan | YoungerThan | RowsWhere


@dataclass(frozen=True, slots=True)
class Effect:
    """A spelling with its scope. A column effect lands on the columns of the terms in `on`; `rows` is the rule of
    a rows effect (always a denial). Where the rule cannot be applied to the dataset's columns, the dataset is denied.
    """

    spelling: Spelling
    scope: Scope = Scope.DATASET
    on: tuple[Term, ...] = ()
    rows: RowRule | None = None


def terms_of(spelling: Spelling, facts: Facts, on: date) -> Terms:
    """The product a spelling stands for. A delay that cannot be reckoned (no date) opens to grantees at most."""
    match spelling:
        case Deny():
            return SHUT
        case AggregateOnly(k, rounding, epsilon):
            return Terms(visibility=Visibility.AGGREGATE, k=k, rounding=rounding, epsilon=epsilon)
        case Mask(operator):
            return Terms(visibility=Visibility.MASKED, operators=frozenset({operator}))
        case Conditional(purposes):
            return Terms(audience=Audience.GRANTED, purposes=frozenset(purposes) if purposes else None)
        case Delay(days):
            if facts.latest_on is None or "latest_on" in facts.unknown:
                return Terms(audience=Audience.GRANTED)
            due = facts.latest_on + timedelta(days=days)
            return Terms(not_before=due) if due > on else Terms()


def spelled(spelling: Spelling) -> str:
    """The words of the list: ``deny``, ``aggregate_only(k=10)``, ``mask(drop)``, ``conditional(…)``, ``delay(7)``."""
    match spelling:
        case Deny():
            return "deny"
        case AggregateOnly(k, rounding, epsilon):
            parts: Mapping[str, bool] = {
                f"k={k}": True,
                f"rounding={rounding}": rounding > 1,
                f"epsilon={epsilon:g}": not isinf(epsilon),
            }
            return f"aggregate_only({', '.join(part for part, said in parts.items() if said)})"
        case Mask(operator):
            return f"mask({operator})"
        case Conditional(purposes, agreement, recipients):
            words = [*(f"purpose={p}" for p in purposes), *(["agreement"] if agreement else [])]
            return f"conditional({', '.join([*words, *(f'to={r}' for r in recipients)])})"
        case Delay(days):
            return f"delay({days})"
