"""Great Expectations suite JSON to typed rules. A suite that is malformed is refused with the expectation and the kwarg
named; an expectation of a type we do not know becomes a rule whose verdict is an error, so nothing is skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from catalog.errors import BadInput, Where
from catalog.predicate import Predicate
from catalog.text import Text
from quality.condition import UnreadableCondition, read_condition
from quality.kwargs import Kwargs
from quality.rules import (
    DIMENSIONS,
    Between,
    Bounds,
    Check,
    ColumnCount,
    ColumnExists,
    ColumnSet,
    CompoundUnique,
    Dimension,
    InSet,
    IsNull,
    Lengths,
    Matches,
    NotNull,
    OfType,
    PairEqual,
    PairGreater,
    RowCount,
    Rule,
    Statistic,
    SumEquals,
    Unique,
    Unknown,
    columns_read,
)

__all__ = ["EXPECTATIONS", "Expectation", "parse_suite"]

MAX_RULES = 1_000
COMMON = frozenset(
    {"batch_id", "catch_exceptions", "condition_parser", "include_config", "meta", "result_format"}
)
_PAIR_IGNORE = ("both_values_are_missing", "either_value_is_missing", "neither")
_MANY_IGNORE = ("all_values_are_missing", "any_value_is_missing", "never")


@dataclass(frozen=True, slots=True)
class Expectation:
    """How one type of expectation is read: its own kwargs beside `COMMON`, its dimension unless `meta` names another,
    and whether it is a *map* expectation (`mostly` and a share of rows) or takes a `row_condition`."""

    dimension: Dimension
    kwargs: frozenset[str]
    read: Callable[[Kwargs], Check]
    is_map: bool = False
    has_condition: bool = False


_BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")


def _table(dimension: Dimension, names: tuple[str, ...], read: Callable[[Kwargs], Check]) -> Expectation:
    return Expectation(dimension, frozenset(names), read)


def _map(dimension: Dimension, names: tuple[str, ...], read: Callable[[Kwargs], Check]) -> Expectation:
    return Expectation(
        dimension, frozenset(names) | {"mostly", "row_condition"}, read, is_map=True, has_condition=True
    )


def _statistic(dimension: Dimension, name: Any, numbers: bool = True) -> Expectation:
    def read(k: Kwargs) -> Check:
        return Statistic(k.text("column"), name, k.bounds(numbers=numbers))

    return Expectation(dimension, frozenset({"column", "row_condition", *_BOUNDS}), read, has_condition=True)


def _exactly(k: Kwargs) -> Bounds:
    value = k.number("value")
    return Bounds(value, value)


_CONFORMS, _COMPLETE, _ACCURATE = Dimension.CONFORMITY, Dimension.COMPLETENESS, Dimension.ACCURACY
_CONSISTENT = Dimension.CONSISTENCY

EXPECTATIONS: Mapping[str, Expectation] = MappingProxyType(
    {
        "expect_column_max_to_be_between": _statistic(_ACCURATE, "max", numbers=False),
        "expect_column_mean_to_be_between": _statistic(_ACCURATE, "mean"),
        "expect_column_min_to_be_between": _statistic(_ACCURATE, "min", numbers=False),
        "expect_column_pair_values_a_to_be_greater_than_b": _map(
            _CONSISTENT,
            ("column_A", "column_B", "or_equal", "ignore_row_if"),
            lambda k: PairGreater(
                k.text("column_A"),
                k.text("column_B"),
                k.flag("or_equal", False),
                k.choice("ignore_row_if", _PAIR_IGNORE),
            ),
        ),
        "expect_column_pair_values_to_be_equal": _map(
            _CONSISTENT,
            ("column_A", "column_B", "ignore_row_if"),
            lambda k: PairEqual(
                k.text("column_A"), k.text("column_B"), k.choice("ignore_row_if", _PAIR_IGNORE)
            ),
        ),
        "expect_column_proportion_of_unique_values_to_be_between": _statistic(_ACCURATE, "proportion"),
        "expect_column_sum_to_be_between": _statistic(_ACCURATE, "sum"),
        "expect_column_to_exist": _table(
            _CONFORMS,
            ("column", "column_index"),
            lambda k: ColumnExists(k.text("column"), k.whole("column_index")),
        ),
        "expect_column_unique_value_count_to_be_between": _statistic(_ACCURATE, "distinct"),
        "expect_column_value_lengths_to_be_between": _map(
            _CONFORMS, ("column", *_BOUNDS), lambda k: Lengths(k.text("column"), k.bounds(least=1))
        ),
        "expect_column_value_lengths_to_equal": _map(
            _CONFORMS, ("column", "value"), lambda k: Lengths(k.text("column"), _exactly(k))
        ),
        "expect_column_values_to_be_between": _map(
            _ACCURATE,
            ("column", *_BOUNDS),
            lambda k: Between(k.text("column"), k.bounds(least=1, numbers=False)),
        ),
        "expect_column_values_to_be_in_set": _map(
            _CONFORMS, ("column", "value_set"), lambda k: InSet(k.text("column"), k.values_of("value_set"))
        ),
        "expect_column_values_to_be_in_type_list": _map(
            _CONFORMS, ("column", "type_list"), lambda k: OfType(k.text("column"), k.texts("type_list"))
        ),
        "expect_column_values_to_be_null": _map(_COMPLETE, ("column",), lambda k: IsNull(k.text("column"))),
        "expect_column_values_to_be_of_type": _map(
            _CONFORMS, ("column", "type_"), lambda k: OfType(k.text("column"), (k.text("type_"),))
        ),
        "expect_column_values_to_be_unique": _map(_ACCURATE, ("column",), lambda k: Unique(k.text("column"))),
        "expect_column_values_to_match_regex": _map(
            _CONFORMS, ("column", "regex"), lambda k: Matches(k.text("column"), k.text("regex"))
        ),
        "expect_column_values_to_not_be_in_set": _map(
            _CONFORMS,
            ("column", "value_set"),
            lambda k: InSet(k.text("column"), k.values_of("value_set"), negated=True),
        ),
        "expect_column_values_to_not_be_null": _map(
            _COMPLETE, ("column",), lambda k: NotNull(k.text("column"))
        ),
        "expect_column_values_to_not_match_regex": _map(
            _CONFORMS, ("column", "regex"), lambda k: Matches(k.text("column"), k.text("regex"), negated=True)
        ),
        "expect_compound_columns_to_be_unique": _map(
            _ACCURATE,
            ("column_list", "ignore_row_if"),
            lambda k: CompoundUnique(k.texts("column_list", 2), k.choice("ignore_row_if", _MANY_IGNORE)),
        ),
        "expect_multicolumn_sum_to_equal": _map(
            _CONSISTENT,
            ("column_list", "sum_total", "ignore_row_if"),
            lambda k: SumEquals(
                k.texts("column_list", 2), k.number("sum_total"), k.choice("ignore_row_if", _MANY_IGNORE)
            ),
        ),
        "expect_table_column_count_to_be_between": _table(
            _CONFORMS, _BOUNDS, lambda k: ColumnCount(k.bounds())
        ),
        "expect_table_column_count_to_equal": _table(
            _CONFORMS, ("value",), lambda k: ColumnCount(_exactly(k))
        ),
        "expect_table_columns_to_match_ordered_list": _table(
            _CONFORMS, ("column_list",), lambda k: ColumnSet(k.texts("column_list"), ordered=True)
        ),
        "expect_table_columns_to_match_set": _table(
            _CONFORMS,
            ("column_set", "exact_match"),
            lambda k: ColumnSet(k.texts("column_set"), k.flag("exact_match", True)),
        ),
        "expect_table_row_count_to_be_between": Expectation(
            _COMPLETE,
            frozenset({"row_condition", *_BOUNDS}),
            lambda k: RowCount(k.bounds()),
            has_condition=True,
        ),
        "expect_table_row_count_to_equal": Expectation(
            _COMPLETE,
            frozenset({"value", "row_condition"}),
            lambda k: RowCount(_exactly(k)),
            has_condition=True,
        ),
    }
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
        dimension=_dimension(place, meta, spelled.dimension if spelled else _CONFORMS),
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
