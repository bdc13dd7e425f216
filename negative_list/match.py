"""Does an entry concern a subject: which clause, by which columns, on what evidence."""

from __future__ import annotations

from dataclasses import dataclass

from negative_list.entry import Clause
from negative_list.view import View

__all__ = ["Match", "match_clause"]


@dataclass(frozen=True, slots=True)
class Match:
    """A clause that is met: the columns that met it, and what was asked and found in words (never a cell's value)."""

    clause: Clause
    columns: tuple[str, ...]
    asked: str
    found: str


def match_clause(clause: Clause, view: View) -> Match | None:
    """The clause's match, or None."""
    if clause.stage not in (None, view.subject.stage):
        return None
    met = []
    for group in clause.when:
        one = view.any_of(group)
        if one is None:
            return None
        met.append(one)
    if any(view.any_of(group, lenient=False) for group in clause.unless):
        return None
    columns = tuple(dict.fromkeys(name for one in met for name in one.columns))
    return Match(clause, columns, " & ".join(one.asked for one in met), "; ".join(one.found for one in met))
