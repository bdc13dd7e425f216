"""What differs between two versions of a list: entries added, removed and changed, and of these every field.

Whether a change tightens or loosens is not judged here: that shows in its effect on datasets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from catalog.text import Text
from negative_list.condition import AnyOf, Group, Term
from negative_list.effect import Effect, OlderThan, RowRule, RowsWhere, YoungerThan, spelled
from negative_list.entry import Clause, Entry, NegativeList
from negative_list.sheet_text import write_alternative, write_literals
from negative_list.vocabulary import used_by

__all__ = ["MAX_SHOWN", "Difference", "EntryChange", "FieldChange", "diff_lists"]

MAX_SHOWN = 200
"""Longest before or after text; a longer one shows what lies around the difference."""
_KINDS = {
    "added": Text("新增", "added"),
    "removed": Text("移除", "removed"),
    "changed": Text("修改", "changed"),
}
_NOTHING = Text("（无）", "(none)")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after as short text, empty where it is not there. `clause` is empty outside clauses."""

    clause: str
    field: str
    before: str
    after: str

    def line(self) -> Text:
        name = f"{self.clause} / {self.field}" if self.clause else self.field
        return Text(
            f"{name}：{self.before or _NOTHING.zh} → {self.after or _NOTHING.zh}",
            f"{name}: {self.before or _NOTHING.en} → {self.after or _NOTHING.en}",
        )

    def to_json(self) -> dict[str, str]:
        return {"clause": self.clause, "field": self.field, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that differs. `fields` is empty for entries added or removed as a whole."""

    entry_id: str
    kind: Literal["added", "removed", "changed"]
    description: Text
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs; `fields` are those of the list itself. Entries in the order of the new list, those
    removed last."""

    before: str
    after: str
    fields: tuple[FieldChange, ...]
    entries: tuple[EntryChange, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.entries)

    def lines(self) -> tuple[Text, ...]:
        """A line per entry, then an indented line per field of it."""
        if not self:
            return (
                Text(
                    f"{self.before} 与 {self.after} 内容相同", f"{self.before} and {self.after} say the same"
                ),
            )
        return tuple(self._lines())

    def _lines(self) -> Iterator[Text]:
        yield from (change.line() for change in self.fields)
        for entry in self.entries:
            kind = _KINDS[entry.kind]
            yield Text(
                f"{kind.zh} {entry.entry_id} {entry.description.zh}",
                f"{kind.en} {entry.entry_id} {entry.description.en}",
            )
            for change in entry.fields:
                line = change.line()
                yield Text(f"  {line.zh}", f"  {line.en}")

    def to_json(self) -> dict[str, object]:
        return {
            "before": self.before,
            "after": self.after,
            "fields": [change.to_json() for change in self.fields],
            "entries": [
                {
                    "entry_id": entry.entry_id,
                    "kind": entry.kind,
                    "description": entry.description.to_json(),
                    "fields": [change.to_json() for change in entry.fields],
                }
                for entry in self.entries
            ],
        }


def diff_lists(before: NegativeList, after: NegativeList) -> Difference:
    """What differs between two versions. The versions' own names are no difference, nor is the order of entries."""
    old = {entry.entry_id: entry for entry in before.entries}
    new = {entry.entry_id: entry for entry in after.entries}
    changes: list[EntryChange] = []
    for name, entry in new.items():
        if name not in old:
            changes.append(EntryChange(name, "added", entry.identity.description))
        elif fields := tuple(_entry(old[name], entry)):
            changes.append(EntryChange(name, "changed", entry.identity.description, fields))
    for name, entry in old.items():
        if name not in new:
            changes.append(EntryChange(name, "removed", entry.identity.description))
    own = _fields("", _of_list(before), _of_list(after))
    return Difference(before.version, after.version, tuple(own), tuple(changes))


def _of_list(whole: NegativeList) -> Mapping[str, str]:
    return {"title": _both(whole.title), "official": str(whole.official).lower()}


def _entry(before: Entry, after: Entry) -> Iterator[FieldChange]:
    yield from _fields("", _of_entry(before), _of_entry(after))
    old = {clause.name: clause for clause in before.clauses}
    new = {clause.name: clause for clause in after.clauses}
    for name in dict.fromkeys([*old, *new]):
        if name not in new or name not in old:
            yield _change(name, "clause", _summary(old.get(name)), _summary(new.get(name)))
        else:
            yield from _fields(name, _of_clause(old[name]), _of_clause(new[name]))
    if old.keys() == new.keys() and list(old) != list(new):
        yield _change("", "order of clauses", "; ".join(old), "; ".join(new))


def _fields(clause: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FieldChange]:
    for field in dict.fromkeys([*before, *after]):
        # Words are looked at only where both versions use them: elsewhere the condition that names them has changed.
        if field.startswith(("terms.", "groups.")) and not (field in before and field in after):
            continue
        if before.get(field, "") != after.get(field, ""):
            yield _change(clause, field, before.get(field, ""), after.get(field, ""))


def _of_entry(entry: Entry) -> Mapping[str, str]:
    who, rule = entry.identity, entry.governance
    return {
        "seq": str(who.seq),
        "jurisdiction": who.jurisdiction,
        "domain": who.domain,
        "scenario": _both(who.scenario),
        "category": who.category,
        "subcategory": who.subcategory,
        "description": _both(who.description),
        "examples": "; ".join(who.examples),
        "data_kind": str(who.data_kind),
        "legal_basis": "; ".join(f"{one.law} {one.articles}".strip() for one in rule.legal_basis),
        "laws": "; ".join(f"{one.law} = {_both(one.title)} ({one.source})" for one in rule.legal_basis),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else "",
        "status": str(rule.status),
        "drafted_by": rule.drafted_by,
        "approved_by": rule.approved_by or "",
        "supersedes": rule.supersedes or "",
        "review_on": rule.review_on.isoformat() if rule.review_on else "",
        "exemptible": str(rule.exemptible).lower(),
    }


def _of_clause(clause: Clause) -> Mapping[str, str]:
    words = {}
    for condition in used_by(clause):
        if isinstance(condition, Term):
            words[f"terms.{condition.name}"] = _term(condition)
        elif isinstance(condition, Group):
            words[f"groups.{condition.name}"] = f"{'; '.join(condition.words)} | {condition.pattern}"
    return {
        **{f"when[{place}]": _any_of(group) for place, group in enumerate(clause.when)},
        **{f"unless[{place}]": _any_of(group) for place, group in enumerate(clause.unless)},
        "stage": clause.stage or "",
        **{f"effects[{place}]": _effect(effect) for place, effect in enumerate(clause.effects)},
        "remedy": _both(clause.remedy),
        **words,
    }


def _summary(clause: Clause | None) -> str:
    if clause is None:
        return ""
    return f"{' & '.join(map(_any_of, clause.when))} ⇒ {', '.join(map(_effect, clause.effects))}"


def _any_of(group: AnyOf) -> str:
    return " | ".join(map(write_alternative, group.conditions))


def _term(term: Term) -> str:
    return _any_of(AnyOf(term.conditions)) + (f" unless {term.unless}" if term.unless else "")


def _effect(effect: Effect) -> str:
    scope = ", ".join(_names(effect.on)) or str(effect.scope)
    rule = f" {_rule(effect.rows)}" if effect.rows else ""
    return f"{spelled(effect.spelling)} on {scope}{rule}"


def _rule(rule: RowRule) -> str:
    match rule:
        case OlderThan(years, by):
            return f"older than {years} years by {', '.join(_names(by))}"
        case YoungerThan(years, birth, resident_id, age, adult):
            return f"younger than {years} years by {', '.join(_names((birth, resident_id, age, adult)))}"
        case RowsWhere(term, operator, value):
            values = value if isinstance(value, tuple) else (value,)
            return f"where {term.name} {operator} {write_literals(values)}"


def _names(terms: Iterable[Term]) -> list[str]:
    return [term.name for term in terms]


def _both(text: Text) -> str:
    return f"{text.zh} / {text.en}"


def _change(clause: str, field: str, before: str, after: str) -> FieldChange:
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))))
    return FieldChange(clause, field, _short(before, same), _short(after, same))


def _short(text: str, same: int) -> str:
    """The text, or what lies around the first character that differs."""
    if len(text) <= MAX_SHOWN:
        return text
    start = max(0, min(same - MAX_SHOWN // 4, len(text) - MAX_SHOWN + 2))
    shown = text[start : start + MAX_SHOWN - 2]
    return f"{'…' if start else ''}{shown}{'…' if start + len(shown) < len(text) else ''}"
