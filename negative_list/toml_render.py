"""A negative list as TOML text. `parse_list(render_list(l), "x") == l`: an export can be imported unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from math import isinf

from catalog.decision import Scope
from catalog.text import Text
from negative_list.condition import AnyOf, Term
from negative_list.condition_keys import key_of
from negative_list.effect import (
    AggregateOnly,
    Conditional,
    Delay,
    Effect,
    Mask,
    OlderThan,
    RowRule,
    RowsWhere,
    YoungerThan,
)
from negative_list.entry import Clause, Entry, NegativeList
from negative_list.vocabulary import vocabulary

__all__ = ["render_list"]


def render_list(negative_list: NegativeList) -> str:
    """TOML text of a list: laws, groups and terms first, each once, then the entries in their order."""
    return "\n".join(_lines(negative_list)) + "\n"


def _lines(whole: NegativeList) -> Iterator[str]:
    yield f"version = {_value(whole.version)}"
    yield f"official = {_value(whole.official)}"
    yield f"title = {_value(whole.title)}"
    for basis in {b.law: b for entry in whole.entries for b in entry.governance.legal_basis}.values():
        yield from (
            "",
            f"[laws.{_key(basis.law)}]",
            *_pairs({"zh": basis.title.zh, "en": basis.title.en, "source": basis.source}),
        )
    groups, terms = vocabulary(whole.entries)
    for group in groups.values():
        table: dict[str, object] = {"words": list(group.words)} | (
            {"fields": group.pattern} if group.pattern else {}
        )
        yield from ("", f"[groups.{_key(group.name)}]", *_pairs(table))
    for term in terms.values():
        yield from ("", f"[terms.{_key(term.name)}]", *_pairs(_term(term)))
    for entry in whole.entries:
        yield from ("", "[[entry]]", *_pairs(_entry(entry)))
        for clause in entry.clauses:
            yield from ("", "[[entry.clause]]", *_pairs(_clause(clause)))


def _term(term: Term) -> dict[str, object]:
    table: dict[str, object] = {}
    for condition in term.conditions:
        if isinstance(condition, Term):
            named = table.setdefault("any", [])
            assert isinstance(named, list)
            named.append(condition.name)
        else:
            key = key_of(condition)
            table[key.name] = key.write(condition)
    return table | ({"unless": term.unless} if term.unless else {})


def _entry(entry: Entry) -> dict[str, object]:
    who, rule = entry.identity, entry.governance
    dated = {"valid_from": rule.valid_from, "valid_to": rule.valid_to, "review_on": rule.review_on}
    people = {"drafted_by": rule.drafted_by, "approved_by": rule.approved_by, "supersedes": rule.supersedes}
    table: dict[str, object] = {
        "id": who.entry_id,
        "seq": who.seq,
        "jurisdiction": who.jurisdiction,
        "domain": who.domain,
        "scenario": who.scenario,
        "category": who.category,
        "subcategory": who.subcategory,
        "description": who.description,
        "examples": list(who.examples),
        "data_kind": str(who.data_kind),
        "legal_basis": [f"{b.law} {b.articles}".strip() for b in rule.legal_basis],
        "status": str(rule.status),
        **{key: value for key, value in (dated | people).items() if value is not None},
    }
    return table if rule.exemptible else table | {"exemptible": False}


def _clause(clause: Clause) -> dict[str, object]:
    table: dict[str, object] = {"name": clause.name, "when": [_any_of(group) for group in clause.when]}
    if clause.unless:
        table["unless"] = [_any_of(group) for group in clause.unless]
    if clause.stage:
        table["stage"] = clause.stage
    return table | {"effects": [_effect(effect) for effect in clause.effects], "remedy": clause.remedy}


def _any_of(group: AnyOf) -> object:
    parts = [
        condition.name
        if isinstance(condition, Term)
        else {key_of(condition).name: key_of(condition).write(condition)}
        for condition in group.conditions
    ]
    return parts[0] if len(parts) == 1 else parts


def _effect(effect: Effect) -> dict[str, object]:
    target: object = "dataset"
    if effect.scope is Scope.ROWS:
        target = "rows"
    elif effect.scope is Scope.COLUMN:
        target = [term.name for term in effect.on]
    match effect.spelling:
        case AggregateOnly(k, rounding, epsilon):
            table: dict[str, object] = {"aggregate_only": target, "k": k}
            table |= {"rounding": rounding} if rounding > 1 else {}
            table |= {} if isinf(epsilon) else {"epsilon": epsilon}
        case Mask(operator):
            table = {"mask": target, "operator": str(operator)}
        case Conditional(purposes, agreement, recipients):
            table = {
                "conditional": target,
                "purposes": list(purposes),
                "agreement": agreement,
                "recipients": list(recipients),
            }
        case Delay(days):
            table = {"delay": target, "days": days}
        case _:
            table = {"deny": target}
    return table | _row_rule(effect.rows)


def _row_rule(rule: RowRule | None) -> dict[str, object]:
    match rule:
        case OlderThan(years, by):
            return {"older_than_years": years, "by": [term.name for term in by]}
        case YoungerThan(years, birth, resident_id, age, adult):
            names = {"birth": birth, "resident_id": resident_id, "age": age, "adult": adult}
            return {"younger_than_years": years} | {key: term.name for key, term in names.items()}
        case RowsWhere(term, operator, value):
            return {
                "where": term.name,
                "is": str(operator),
                "value": list(value) if isinstance(value, tuple) else value,
            }
    return {}


def _pairs(table: Mapping[str, object]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key) else _string(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date():
            return value.isoformat()
        case Text(zh, en):
            return f"{{ zh = {_string(zh)}, en = {_string(en)} }}"
        case dict():
            return "{ " + ", ".join(_pairs(value)) + " }"
        case list():
            return "[" + ", ".join(_value(item) for item in value) + "]"
    return _string(str(value))


def _string(text: str) -> str:
    """A TOML basic string. JSON escapes are a subset of TOML's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
