"""An entry of the negative list: who it is, when it concerns a dataset, what it asks for, and on whose authority.

An entry holds clauses; a clause is an AND of ORs with the effects that follow. In a sheet each clause is a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from catalog.subject import Stage
from catalog.text import Text
from negative_list.condition import AnyOf, Condition, Joinable, Term
from negative_list.effect import Effect

__all__ = ["Basis", "Clause", "DataKind", "Entry", "Governance", "Identity", "NegativeList", "Status"]


class DataKind(StrEnum):
    """Kind of data protected (Data Security Law art. 21; Personal Information Protection Law art. 28)."""

    CORE = "core"
    IMPORTANT = "important"
    PERSONAL = "personal"
    SENSITIVE_PERSONAL = "sensitive_personal"
    SECRET = "secret"  # noqa: S105 - a kind of data
    BUSINESS = "business"


class Status(StrEnum):
    """Where an entry stands. Only an approved one can be in force; dates decide the rest."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Basis:
    """One legal basis. `source` is ``found`` where a public text was read, ``known`` where it is from memory and is
    to be verified before the entry is relied on."""

    law: str
    title: Text
    articles: str = ""
    source: Literal["found", "known"] = "found"

    def __str__(self) -> str:
        articles = f" {self.articles}" if self.articles else ""
        return f"{self.title}{articles}" + (" [known, to be verified]" if self.source == "known" else "")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the entry is. `domain` is a theme key or ``any``; `jurisdiction` an ISO 3166 code (``CN``, ``CN-ZJ``)."""

    entry_id: str
    list_version: str
    seq: int
    jurisdiction: str
    domain: str
    scenario: Text
    category: str
    subcategory: str
    description: Text
    examples: tuple[str, ...]
    data_kind: DataKind


@dataclass(frozen=True, slots=True)
class Clause:
    """If every `AnyOf` of `when` is met and none of `unless`, the `effects` follow.

    `unless` is evidence to the contrary and needs to be seen: an unknown fact never meets it. `stage` limits the
    clause to what was received or to the planned output; None = both.
    """

    name: str
    when: tuple[AnyOf, ...]
    effects: tuple[Effect, ...]
    remedy: Text
    unless: tuple[AnyOf, ...] = ()
    stage: Stage | None = None

    def conditions(self) -> Iterator[Condition]:
        """Every condition of `when`, those inside terms too."""
        for group in self.when:
            for condition in group.conditions:
                yield from _inside(condition)


def _inside(condition: Condition) -> Iterator[Condition]:
    yield condition
    if isinstance(condition, Term):
        for inner in condition.conditions:
            yield from _inside(inner)


@dataclass(frozen=True, slots=True)
class Governance:
    """On whose authority and for how long. `valid_to` is the last day; `exemptible` False = no exemption may be made."""

    legal_basis: tuple[Basis, ...]
    valid_from: date
    status: Status
    drafted_by: str
    approved_by: str | None = None
    valid_to: date | None = None
    supersedes: str | None = None
    review_on: date | None = None
    exemptible: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one version of a list."""

    identity: Identity
    clauses: tuple[Clause, ...]
    governance: Governance

    @property
    def entry_id(self) -> str:
        return self.identity.entry_id

    @property
    def deferred(self) -> bool:
        """Whether some condition can be judged only beside other datasets (`Joinable`)."""
        return any(isinstance(c, Joinable) for clause in self.clauses for c in clause.conditions())

    def in_force(self, on: date) -> bool:
        """Approved by a second person, and `on` lies within its dates."""
        rule = self.governance
        approved = rule.status is Status.APPROVED and rule.approved_by not in (None, "", rule.drafted_by)
        return approved and rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)


@dataclass(frozen=True, slots=True)
class NegativeList:
    """One version of a list. `official` is true only where an authority has issued it."""

    version: str
    title: Text
    entries: tuple[Entry, ...]
    official: bool = False
