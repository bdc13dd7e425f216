"""The words of a list: the groups, terms and laws that its entries use, each under its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from negative_list.condition import Condition, Group, Term
from negative_list.effect import OlderThan, RowRule, RowsWhere, YoungerThan
from negative_list.entry import Basis, Clause, Entry

__all__ = ["inside", "laws", "terms_of_rule", "used_by", "vocabulary"]


def vocabulary(entries: Iterable[Entry]) -> tuple[dict[str, Group], dict[str, Term]]:
    """Groups and terms by name, the inner ones before those that use them. The first of a name stands."""
    groups: dict[str, Group] = {}
    terms: dict[str, Term] = {}

    def note(condition: Condition) -> None:
        if isinstance(condition, Group):
            groups.setdefault(condition.name, condition)
        if isinstance(condition, Term) and condition.name not in terms:
            for inner in condition.conditions:
                note(inner)
            terms[condition.name] = condition

    for entry in entries:
        for clause in entry.clauses:
            for condition in _said(clause):
                note(condition)
    return groups, terms


def laws(entries: Iterable[Entry]) -> dict[str, Basis]:
    """One basis of each law, by key. The first of a key stands."""
    found: dict[str, Basis] = {}
    for entry in entries:
        for basis in entry.governance.legal_basis:
            found.setdefault(basis.law, basis)
    return found


def used_by(clause: Clause) -> Iterator[Condition]:
    """Every condition a clause rests on: `when`, `unless` and the terms of its effects, those inside terms too."""
    for condition in _said(clause):
        yield from inside(condition)


def inside(condition: Condition) -> Iterator[Condition]:
    """The condition, and those inside it where it is a term."""
    yield condition
    if isinstance(condition, Term):
        for inner in condition.conditions:
            yield from inside(inner)


def terms_of_rule(rule: RowRule | None) -> tuple[Term, ...]:
    """The terms a row rule reads its columns by."""
    match rule:
        case OlderThan(_, by):
            return by
        case YoungerThan(_, birth, resident_id, age, adult):
            return birth, resident_id, age, adult
        case RowsWhere(term, _, _):
            return (term,)
    return ()


def _said(clause: Clause) -> Iterator[Condition]:
    for group in (*clause.when, *clause.unless):
        yield from group.conditions
    for effect in clause.effects:
        yield from (*effect.on, *terms_of_rule(effect.rows))
