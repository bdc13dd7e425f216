"""One row of the sheet ``effects``: what a clause asks for, of what, and the rule of an effect on rows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from catalog.decision import MaskOperator, Scope
from catalog.predicate import Operator
from catalog.text import Text
from negative_list.condition import Term
from negative_list.effect import (
    AggregateOnly,
    Conditional,
    Delay,
    Deny,
    Effect,
    Mask,
    OlderThan,
    RowRule,
    RowsWhere,
    Spelling,
    YoungerThan,
)
from negative_list.sheet import COMPARED, EFFECTS, MASKS, RULES, SCOPES
from negative_list.sheet_rows import Row
from negative_list.sheet_text import read_literals
from negative_list.sheet_words import Words

__all__ = ["read_effect"]

_OF_EFFECT = {
    "aggregate_only": ("k", "rounding", "epsilon"),
    "mask": ("operator",),
    "conditional": ("purposes", "agreement", "recipients"),
    "delay": ("days",),
}
_PEOPLE = ("birth", "resident_id", "age", "adult")
_OF_RULE = {
    "older_than": ("years", "by"),
    "younger_than": ("years", *_PEOPLE),
    "where": ("where", "is", "value"),
}


def read_effect(row: Row, words: Words) -> Effect:
    """The effect of a row. What cannot be used is noted in the row's flaws."""
    kind, scope = row.choice("effect", EFFECTS), Scope(row.choice("scope", SCOPES))
    spelling = _spelling(row, kind)
    on = _some_terms(row, words, "on")
    if (scope is Scope.COLUMN) == row.empty("on"):
        row.bad(
            "on",
            Text(
                "作用于列时须填列的词条，否则须留空",
                "names columns where, and only where, the scope is column",
            ),
            Text("请填写或清空该单元格，或改 scope", "Fill in or clear the cell, or change the scope"),
        )
    return Effect(spelling, scope, on, _rule(row, words, kind, scope))


def _spelling(row: Row, kind: str) -> Spelling:
    _only(row, _OF_EFFECT, kind, "effect")
    match kind:
        case "aggregate_only":
            k = row.whole("k", 2)
            rounding = 1 if row.empty("rounding") else row.whole("rounding", 1)
            return (
                AggregateOnly(k, rounding)
                if row.empty("epsilon")
                else AggregateOnly(k, rounding, row.above_zero("epsilon"))
            )
        case "mask":
            return Mask(MaskOperator(row.choice("operator", MASKS)))
        case "conditional":
            return Conditional(
                row.items("purposes"), row.flag("agreement", default=False), row.items("recipients")
            )
        case "delay":
            return Delay(row.whole("days", 1))
    return Deny()


def _rule(row: Row, words: Words, kind: str, scope: Scope) -> RowRule | None:
    if (scope is Scope.ROWS) == row.empty("rule") or (scope is Scope.ROWS and kind != "deny"):
        row.bad(
            "rule" if kind == "deny" or scope is not Scope.ROWS else "effect",
            Text(
                "行规则只用于、且必用于“deny 不予开放”+“rows 行”",
                "a rule goes with deny on rows, and only there",
            ),
            Text(
                "请补上或清空行规则，或改措施与作用范围", "Give or clear the rule, or change effect and scope"
            ),
        )
        return None
    if scope is not Scope.ROWS:
        _only(row, _OF_RULE, "", "rule")
        return None
    rule = row.choice("rule", RULES)
    _only(row, _OF_RULE, rule, "rule")
    if rule == "older_than":
        by = _some_terms(row, words, "by")
        if not by and row.empty("by"):
            row.bad("by", Text("不能为空", "must not be empty"), Text("请填写词条", "Name a term"))
        return OlderThan(row.whole("years", 1, 100), by)
    if rule == "younger_than":
        return YoungerThan(row.whole("years", 1, 100), *(_one_term(row, words, key) for key in _PEOPLE))
    return _comparison(row, words)


def _comparison(row: Row, words: Words) -> RowsWhere:
    term, operator = _one_term(row, words, "where"), Operator(row.choice("is", COMPARED))
    values = row.read("value", read_literals)
    if values is not None and (not values or (operator is not Operator.IN and len(values) != 1)):
        row.bad(
            "value",
            Text("比较值的个数不对", "holds the wrong number of values"),
            Text(
                '请给出一个值；“in 属于”可给多个，用分号隔开；空文字写作 ""',
                'Give one value; several, with semicolons between, for in only; an empty text is ""',
            ),
        )
    given = values or ("",)
    return RowsWhere(term, operator, given if operator is Operator.IN else given[0])


def _only(row: Row, owned: Mapping[str, tuple[str, ...]], chosen: str, decider: str) -> None:
    """Cells that do not belong to the chosen effect or rule must be empty: filled in, they mean a mistake."""
    allowed = owned.get(chosen, ())
    for key in dict.fromkeys(chain(*owned.values())):
        if key not in allowed and not row.empty(key) and row.written(key, "number") is not None:
            row.bad(
                key,
                Text(f"与所选的 {decider} 无关", f"does not belong to the chosen {decider}"),
                Text(f"请清空该单元格，或改 {decider}", f"Clear the cell, or change {decider}"),
            )


def _some_terms(row: Row, words: Words, key: str) -> tuple[Term, ...]:
    names = row.items(key)
    found = row.read(key, lambda _: tuple(map(words.named, names))) if names else ()
    return found or ()


def _one_term(row: Row, words: Words, key: str) -> Term:
    name = row.text(key)
    found = row.read(key, lambda _: words.named(name)) if name else None
    return found or Term(name, ())
