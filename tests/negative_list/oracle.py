"""Screening as slowly and as plainly as it can be said: every clause of every entry, every pattern on its own, nothing
remembered from one entry to the next. What the fast path answers is held to this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from catalog.decision import Decision
from catalog.subject import Subject
from negative_list import Entry
from negative_list.match import match_clause
from negative_list.screen import (
    _built_in,
    _deferred,
    _effects,
    _exempted,
    _failed,
    _unknown_jurisdiction,
)
from negative_list.view import View


def screen_slowly(
    subject: Subject,
    entries: Sequence[Entry],
    on: date,
    *,
    jurisdiction: str = "CN",
    exempt: frozenset[str] = frozenset(),
) -> Decision:
    """As `negative_list.screen`, without an index."""
    decision = Decision()
    for part in (*_built_in(subject, jurisdiction), *_unknown_jurisdiction(jurisdiction)):
        decision = decision.join(part)
    for entry in entries:
        if entry.in_force(on):
            decision = decision.join(_of_entry(entry, subject, on, exempt))
    return decision


def _of_entry(entry: Entry, subject: Subject, on: date, exempt: frozenset[str]) -> Decision:
    view, decision = View(subject, on), Decision()
    deferred = Decision(reasons=frozenset({_deferred(entry)})) if entry.deferred else Decision()
    try:
        # In reading order, clause by clause: of an entry broken twice the first failure is the one that is told.
        for clause in entry.clauses:
            match = match_clause(clause, view)
            if match is None:
                continue
            effects = list(_effects(entry, match, view))
            if effects and entry.governance.exemptible and entry.entry_id in exempt:
                effects = [Decision(reasons=frozenset({_exempted(entry, match, view)}))]
            for part in effects:
                decision = decision.join(part)
    except Exception as failure:
        decision = _failed(entry, view, type(failure).__name__)
    return decision.join(deferred)
