"""Why a rule cannot be evaluated on a table, and what to do about it: the words of an error verdict."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import re2

from catalog.dataset import ColumnType
from catalog.text import Text
from quality.expectations import EXPECTATIONS
from quality.rules import Matches
from quality.terms import TYPE_NAMES

__all__ = ["Trouble", "no_column", "no_type", "pattern_trouble", "unknown_type"]

MAX_PATTERN = 2_000
Trouble = tuple[Text, Text]  # why, and a remedy


def no_column(name: str, types: Mapping[str, ColumnType]) -> Trouble:
    near = get_close_matches(name, list(types), n=1, cutoff=0.5)
    remedy = (
        Text(f"是否指“{near[0]}”？", f'Did you mean "{near[0]}"?')
        if near
        else Text("请核对规则中的列名", "Check the column's name in the rule")
    )
    return Text(f"表中没有列“{name}”", f'No column "{name}" in the table'), remedy


def no_type() -> Trouble:
    known = ", ".join(sorted(next(iter(sorted(names))) for names in TYPE_NAMES.values()))
    return (
        Text("不认识规则里的类型名", "The rule names no type we know"),
        Text(f"请用这些类型名之一：{known}", f"Use one of these type names: {known}"),
    )


def unknown_type(kind: str) -> Trouble:
    near = get_close_matches(kind, list(EXPECTATIONS), n=1)
    remedy = (
        Text(f"是否指 {near[0]}？", f"Did you mean {near[0]}?")
        if near
        else Text(
            "请改用受支持的规则类型，或删去此条", "Use a supported expectation type, or remove this one"
        )
    )
    return (
        Text("不支持此规则类型，未评价", "This expectation type is not supported, so not evaluated"),
        remedy,
    )


def pattern_trouble(check: Matches) -> Trouble | None:
    """RE2 runs in time linear in the text, so a caller's pattern cannot stall the gate; it has no lookaround."""
    options = re2.Options()
    options.log_errors = False
    try:
        for pattern in check.regexes:
            if len(pattern) > MAX_PATTERN:
                raise re2.error("too long")
            re2.compile(pattern, options)
    except re2.error:
        return (
            Text("正则式不能用于 RE2", "RE2 cannot run the pattern"),
            Text(
                "RE2 没有环视（(?=…)、(?!…)、(?<=…)）和反向引用；请改写，或拆成 match 与 not_match 两条",
                "RE2 has no lookaround and no backreferences; rewrite it, or split it into a match and a not-match rule",
            ),
        )
    return None
