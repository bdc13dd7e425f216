"""Great Expectations suite JSON to typed rules. A suite that is malformed is refused with the expectation and the kwarg
named; an expectation of a type we do not know becomes a rule whose verdict is an error, so nothing is skipped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from catalog.errors import BadInput, Where
from catalog.predicate import Predicate, columns_of
from catalog.text import Text
from quality.condition import UnreadableCondition, read_condition
from quality.expectations import EXPECTATIONS, Expectation
from quality.kwargs import Kwargs
from quality.rules import (
    DIMENSIONS,
    Check,
    ColumnCount,
    ColumnExists,
    ColumnSet,
    Dimension,
    Rule,
    Unknown,
    columns_read,
)

__all__ = ["about_columns", "parse_suite"]

MAX_RULES = 1_000
COMMON = frozenset(
    {"batch_id", "catch_exceptions", "condition_parser", "include_config", "meta", "result_format"}
)


def parse_suite(suite: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a Great Expectations 1.x suite: `{"name", "expectations": [{"type", "kwargs", "meta"}, …]}`.

    Of `meta` we read `dimension` (a slug of `Dimension` or its Chinese name), `proposed` and `scored`. Raises BadInput
    where the suite is malformed, naming the expectation and the kwarg.
    """
    expectations = suite.get("expectations") if isinstance(suite, Mapping) else None
    if not isinstance(expectations, list | tuple):
        raise BadInput(
            Text("规则集里没有 expectations 列表", 'The suite has no list "expectations"'),
            Text(
                "请给出 Great Expectations 1.x 的规则集 JSON", "Give a Great Expectations 1.x suite as JSON"
            ),
            Where(parameter="expectations"),
        )
    if len(expectations) > MAX_RULES:
        raise BadInput(
            Text(f"规则集超过 {MAX_RULES} 条规则", f"The suite has more than {MAX_RULES} expectations"),
            Text("请拆成几个规则集", "Split it into several suites"),
            Where(parameter="expectations"),
        )
    rules: list[Rule] = []
    taken: set[str] = set()
    for index, expectation in enumerate(expectations):
        rule = _rule(index, expectation, taken)
        taken.add(rule.id)
        rules.append(rule)
    return tuple(rules)


def about_columns(suite: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The suite without rules that need other columns than these, or that are about the set of columns itself."""
    rules = parse_suite(suite)
    kept = [
        one
        for one, rule in zip(suite["expectations"], rules, strict=True)
        if not isinstance(rule.check, ColumnSet | ColumnCount | ColumnExists | Unknown)
        and {*columns_read(rule.check), *(columns_of(rule.condition) if rule.condition else ())} <= set(names)
    ]
    return {**suite, "expectations": kept}


def _rule(index: int, expectation: object, taken: set[str]) -> Rule:
    place = f"expectations[{index}]"
    top = Kwargs(place, expectation if isinstance(expectation, Mapping) else {})
    kind = top.text("type") if "type" in top.values else top.text("expectation_type")
    place = f"{place} {kind}"
    kwargs, meta = top.values.get("kwargs", {}), top.values.get("meta") or {}
    if not isinstance(kwargs, Mapping):
        raise Kwargs(place, {}).wrong("kwargs", "必须是对象", "must be an object")
    if not isinstance(meta, Mapping):
        raise Kwargs(place, {}).wrong("meta", "必须是对象", "must be an object")
    spelled, reader = EXPECTATIONS.get(kind), Kwargs(place, kwargs)
    if spelled:
        _known_kwargs(reader, spelled)
    check = spelled.read(reader) if spelled else Unknown(kind)
    proposed = Kwargs(place, meta).flag("proposed", False)
    return Rule(
        id=_id(top.values.get("id"), kind, check, taken),
        type=kind,
        check=check,
        dimension=_dimension(place, meta, spelled.dimension if spelled else Dimension.CONFORMITY),
        kwargs=MappingProxyType(dict(kwargs)),
        mostly=_mostly(reader) if spelled and spelled.is_map else 1.0,
        condition=_condition(reader) if spelled and spelled.has_condition else None,
        proposed=proposed,
        scored=Kwargs(place, meta).flag("scored", True),
    )


def _known_kwargs(reader: Kwargs, spelled: Expectation) -> None:
    for name in reader.values:
        if name in spelled.kwargs or name in COMMON:
            continue
        near = get_close_matches(str(name), sorted(spelled.kwargs), n=1)
        hint = near[0] if near else ", ".join(sorted(spelled.kwargs))
        raise reader.wrong(str(name), f"不存在；是否指 {hint}", f"does not exist; did you mean {hint}")


def _mostly(reader: Kwargs) -> float:
    if reader.values.get("mostly") is None:
        return 1.0
    mostly = float(reader.number("mostly"))
    if not 0 <= mostly <= 1:
        raise reader.wrong("mostly", "必须在 0 与 1 之间", "must lie between 0 and 1")
    return mostly


def _condition(reader: Kwargs) -> Predicate | None:
    value = reader.values.get("row_condition")
    if value is None:
        return None
    try:
        if isinstance(value, str | Mapping):
            return read_condition(value)
    except UnreadableCondition:
        pass
    raise reader.wrong(
        "row_condition",
        '只支持列与常量的比较，如 col("a") > 1 and b in [1, 2]',
        'must compare columns with constants, as in col("a") > 1 and b in [1, 2]',
    )


def _dimension(place: str, meta: Mapping[str, Any], default: Dimension) -> Dimension:
    given = meta.get("dimension")
    if given is None:
        return default
    for dimension, title in DIMENSIONS.items():
        if given in (dimension.value, title.zh, title.en):
            return dimension
    names = "、".join(title.zh for title in DIMENSIONS.values())
    raise Kwargs(place, meta).wrong(
        "meta.dimension", f"必须是 {names} 之一", f"must be one of {', '.join(DIMENSIONS)}"
    )


def _id(given: object, kind: str, check: Check, taken: set[str]) -> str:
    columns = columns_read(check) or ((check.column,) if isinstance(check, ColumnExists) else ())
    base = given if isinstance(given, str) and given else f"{kind}({', '.join(columns)})" if columns else kind
    if base not in taken:
        return base
    return next(name for number in range(2, MAX_RULES + 2) if (name := f"{base}#{number}") not in taken)
