"""A negative list as sheets of text cells. `parse_sheet(render_sheet(l)).content == l`, or nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isinf

from catalog.errors import BadInput
from catalog.text import Text
from negative_list.condition import AnyOf
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
from negative_list.entry import Entry, NegativeList
from negative_list.sheet import (
    CHANGES,
    COMPARED,
    CONDITIONS,
    DOMAINS,
    EFFECTS,
    FLAGS,
    FORM_VERSION,
    KINDS,
    MASKS,
    RULES,
    SCOPES,
    SHEETS,
    SOURCES,
    STAGES,
    STATUSES,
    Form,
    Rows,
    Tables,
    shown,
)
from negative_list.sheet_parse import parse_sheet
from negative_list.sheet_text import (
    number_text,
    write_alternative,
    write_basis,
    write_items,
    write_literals,
    write_text,
    write_value,
)
from negative_list.vocabulary import laws, vocabulary

__all__ = ["MAX_CELL_CHARS", "headings", "render_sheet"]

MAX_CELL_CHARS = 32_767
"""Longest text a cell of a workbook holds."""


def render_sheet(negative_list: NegativeList) -> Tables:
    """The sheets of a list, every entry marked *keep*.

    Raises BadInput where a sheet could not say the same as the list: one name with two meanings, two clauses of one
    name, a text longer than a cell.
    """
    rows = {
        "list": _list(negative_list),
        "entries": map(_entry, negative_list.entries),
        "clauses": _clauses(negative_list.entries),
        "effects": _effects(negative_list.entries),
        "terms": _terms(negative_list.entries),
        "groups": _groups(negative_list.entries),
        "laws": _laws(negative_list.entries),
    }
    tables = {one.key: _table(one, rows[one.key]) for one in SHEETS}
    if any(len(str(cell)) > MAX_CELL_CHARS for table in tables.values() for row in table for cell in row):
        raise _lossy()
    try:
        same = parse_sheet(tables).content == negative_list
    except BadInput as error:
        raise BadInput(_lossy().message, error.message, flaws=error.flaws) from error
    if not same:
        raise _lossy()
    return tables


def headings(one: Form, rows: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """(key, heading) of each column; numbered ones as many as the fullest row needs."""
    keys = {key for row in rows for key in row}
    found = []
    for field in one.fields:
        if not field.many:
            found.append((field.key, f"{field.key} {field.zh}"))
            continue
        numbers = [int(key.rpartition("_")[2]) for key in keys if key.startswith(f"{field.key}_")]
        for number in range(1, max([field.many, *numbers]) + 1):
            found.append((f"{field.key}_{number}", f"{field.key}_{number} {field.zh}{number}"))
    return tuple(found)


def _table(one: Form, rows: Iterable[Mapping[str, str]]) -> Rows:
    body = list(rows)
    columns = headings(one, body)
    top = tuple(heading for _, heading in columns)
    return (top, *(tuple(row.get(key, "") for key, _ in columns) for row in body))


def _lossy() -> BadInput:
    return BadInput(
        Text("这份清单无法原样写成工作簿", "This list cannot be written as a workbook without loss"),
        Text(
            "请检查是否有同名而不同义的词条、群体或法规，同名的条款，或超过 32,767 字的文字；也可导出为 TOML",
            "Look for terms, groups or laws of one name and two meanings, clauses of one name, or texts over 32,767 "
            "characters; or export TOML",
        ),
    )


# ---- rows, as key → cell


def _list(whole: NegativeList) -> Iterator[Mapping[str, str]]:
    yield {
        "base_version": write_text(whole.version),
        **_both("title", whole.title),
        "official": _flag(whole.official),
        "form": FORM_VERSION,
    }


def _entry(entry: Entry) -> Mapping[str, str]:
    who, rule = entry.identity, entry.governance
    return {
        "change": shown("keep", CHANGES),
        "id": write_text(who.entry_id),
        "seq": str(who.seq),
        "jurisdiction": write_text(who.jurisdiction),
        "domain": shown(who.domain, DOMAINS) if who.domain in DOMAINS else who.domain,
        **_both("scenario", who.scenario),
        "category": write_text(who.category),
        "subcategory": write_text(who.subcategory) if who.subcategory else "",
        **_both("description", who.description),
        "examples": write_items(who.examples),
        "data_kind": shown(who.data_kind, KINDS),
        "legal_basis": "\n".join(write_basis(one.law, one.articles) for one in rule.legal_basis),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else "",
        "status": shown(rule.status, STATUSES),
        "drafted_by": write_text(rule.drafted_by),
        "approved_by": "" if rule.approved_by is None else write_text(rule.approved_by),
        "supersedes": "" if rule.supersedes is None else write_text(rule.supersedes),
        "review_on": rule.review_on.isoformat() if rule.review_on else "",
        "exemptible": _flag(rule.exemptible),
    }


def _clauses(entries: Iterable[Entry]) -> Iterator[Mapping[str, str]]:
    for entry in entries:
        for clause in entry.clauses:
            yield {
                "entry": write_text(entry.entry_id),
                "clause": write_text(clause.name),
                "stage": shown(clause.stage, STAGES) if clause.stage else "",
                **_numbered("when", clause.when),
                **_numbered("unless", clause.unless),
                **_both("remedy", clause.remedy),
            }


def _numbered(key: str, several: Iterable[AnyOf]) -> Mapping[str, str]:
    return {
        f"{key}_{number}": "\n".join(map(write_alternative, any_of.conditions))
        for number, any_of in enumerate(several, 1)
    }


def _effects(entries: Iterable[Entry]) -> Iterator[Mapping[str, str]]:
    for entry in entries:
        for clause in entry.clauses:
            for effect in clause.effects:
                yield {
                    "entry": write_text(entry.entry_id),
                    "clause": write_text(clause.name),
                    "scope": shown(effect.scope, SCOPES),
                    "on": write_items((term.name for term in effect.on), "; "),
                    **_spelling(effect),
                    **_rule(effect.rows),
                }


def _spelling(effect: Effect) -> Mapping[str, str]:
    match effect.spelling:
        case AggregateOnly(k, rounding, epsilon):
            return {
                "effect": shown("aggregate_only", EFFECTS),
                "k": str(k),
                "rounding": str(rounding) if rounding != 1 else "",
                "epsilon": "" if isinf(epsilon) else number_text(epsilon),
            }
        case Mask(operator):
            return {"effect": shown("mask", EFFECTS), "operator": shown(operator, MASKS)}
        case Conditional(purposes, agreement, recipients):
            return {
                "effect": shown("conditional", EFFECTS),
                "purposes": write_items(purposes),
                "agreement": _flag(agreement),
                "recipients": write_items(recipients),
            }
        case Delay(days):
            return {"effect": shown("delay", EFFECTS), "days": str(days)}
    return {"effect": shown("deny", EFFECTS)}


def _rule(rule: RowRule | None) -> Mapping[str, str]:
    match rule:
        case OlderThan(years, by):
            return {
                "rule": shown("older_than", RULES),
                "years": str(years),
                "by": write_items((term.name for term in by), "; "),
            }
        case YoungerThan(years, birth, resident_id, age, adult):
            named = {"birth": birth, "resident_id": resident_id, "age": age, "adult": adult}
            return {
                "rule": shown("younger_than", RULES),
                "years": str(years),
                **{key: write_text(term.name) for key, term in named.items()},
            }
        case RowsWhere(term, operator, value):
            return {
                "rule": shown("where", RULES),
                "where": write_text(term.name),
                "is": shown(operator, COMPARED),
                "value": write_literals(value if isinstance(value, tuple) else (value,)),
            }
    return {}


def _terms(entries: Iterable[Entry]) -> Iterator[Mapping[str, str]]:
    for term in vocabulary(entries)[1].values():
        for place, condition in enumerate(term.conditions):
            yield {
                "term": write_text(term.name),
                "condition": shown(key_of(condition).name, CONDITIONS),
                "value": write_value(condition),
                "unless": write_text(term.unless) if term.unless and place == 0 else "",
            }


def _groups(entries: Iterable[Entry]) -> Iterator[Mapping[str, str]]:
    for group in vocabulary(entries)[0].values():
        yield {
            "group": write_text(group.name),
            "words": write_items(group.words),
            "fields": write_text(group.pattern) if group.pattern else "",
        }


def _laws(entries: Iterable[Entry]) -> Iterator[Mapping[str, str]]:
    for basis in laws(entries).values():
        yield {
            "law": write_text(basis.law),
            "zh": write_text(basis.title.zh),
            "en": write_text(basis.title.en),
            "source": shown(basis.source, SOURCES),
        }


def _both(key: str, text: Text) -> Mapping[str, str]:
    return {f"{key}_zh": write_text(text.zh), f"{key}_en": write_text(text.en)}


def _flag(flag: bool) -> str:
    return shown("yes" if flag else "no", FLAGS)
