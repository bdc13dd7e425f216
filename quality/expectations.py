"""Which expectations we evaluate, and how each one's kwargs become a check. Types that Great Expectations knows mean what
they mean there; those in `CUSTOM` are our own, for Chinese codes, dates and places, spelled as GX spells a custom one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from quality.kwargs import Kwargs
from quality.rules import (
    Between,
    Bounds,
    Check,
    ColumnCount,
    ColumnExists,
    ColumnSet,
    CompoundUnique,
    CreditCode,
    DateText,
    Dimension,
    DistinctSet,
    DivisionCode,
    InChina,
    InSet,
    IsNull,
    Lengths,
    Matches,
    MostCommon,
    NotNull,
    OfType,
    PairEqual,
    PairGreater,
    PairInSet,
    Quantiles,
    RowCount,
    Statistic,
    SumEquals,
    Unique,
    UniqueWithinRecord,
)

__all__ = ["CUSTOM", "EXPECTATIONS", "Expectation"]

CHINESE_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d")
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


def _values(read: Callable[[Kwargs], Check], *more: str) -> Expectation:
    names = frozenset({"column", "value_set", "row_condition", *more})
    return Expectation(Dimension.CONFORMITY, names, read, has_condition=True)


def _quantiles(k: Kwargs) -> Check:
    if k.values.get("allow_relative_error", False) not in (False, None, "nearest"):
        raise k.wrong(
            "allow_relative_error",
            "只能是 false 或 nearest：分位数一律精确",
            "must be false or nearest: quantiles are always exact",
        )
    return Quantiles(k.text("column"), k.quantile_ranges("quantile_ranges"))


def _exactly(k: Kwargs) -> Bounds:
    value = k.number("value")
    return Bounds(value, value)


def _distinct(within: bool, covering: bool) -> Callable[[Kwargs], Check]:
    return lambda k: DistinctSet(
        k.text("column"), k.values_of("value_set", least=1), within=within, covering=covering
    )


_CONFORMS, _COMPLETE, _ACCURATE = Dimension.CONFORMITY, Dimension.COMPLETENESS, Dimension.ACCURACY
_CONSISTENT = Dimension.CONSISTENCY

# Ours. GX itself knows nothing of these types; its page leaves them out and ours shows them.
CUSTOM: Mapping[str, Expectation] = MappingProxyType(
    {
        "expect_column_pair_values_to_be_in_china": _map(
            _ACCURATE,
            ("column_A", "column_B", "ignore_row_if"),
            lambda k: InChina(
                k.text("column_A"), k.text("column_B"), k.choice("ignore_row_if", _PAIR_IGNORE)
            ),
        ),
        "expect_column_values_to_be_chinese_date": _map(
            _CONFORMS, ("column",), lambda k: DateText(k.text("column"), CHINESE_DATES)
        ),
        "expect_column_values_to_be_credit_code": _map(
            _CONFORMS, ("column",), lambda k: CreditCode(k.text("column"))
        ),
        "expect_column_values_to_be_division_code": _map(
            _CONFORMS, ("column",), lambda k: DivisionCode(k.text("column"))
        ),
    }
)

EXPECTATIONS: Mapping[str, Expectation] = MappingProxyType(
    {
        **CUSTOM,
        "expect_column_distinct_values_to_be_in_set": _values(_distinct(within=True, covering=False)),
        "expect_column_distinct_values_to_contain_set": _values(_distinct(within=False, covering=True)),
        "expect_column_distinct_values_to_equal_set": _values(_distinct(within=True, covering=True)),
        "expect_column_max_to_be_between": _statistic(_ACCURATE, "max", numbers=False),
        "expect_column_mean_to_be_between": _statistic(_ACCURATE, "mean"),
        "expect_column_median_to_be_between": _statistic(_ACCURATE, "median"),
        "expect_column_min_to_be_between": _statistic(_ACCURATE, "min", numbers=False),
        "expect_column_most_common_value_to_be_in_set": _values(
            lambda k: MostCommon(
                k.text("column"), k.values_of("value_set", least=1), k.flag("ties_okay", False)
            ),
            "ties_okay",
        ),
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
        "expect_column_pair_values_to_be_in_set": _map(
            _CONSISTENT,
            ("column_A", "column_B", "value_pairs_set", "ignore_row_if"),
            lambda k: PairInSet(
                k.text("column_A"),
                k.text("column_B"),
                k.pairs("value_pairs_set"),
                k.choice("ignore_row_if", _PAIR_IGNORE),
            ),
        ),
        "expect_column_proportion_of_non_null_values_to_be_between": _statistic(_COMPLETE, "present"),
        "expect_column_proportion_of_unique_values_to_be_between": _statistic(_ACCURATE, "proportion"),
        "expect_column_quantile_values_to_be_between": Expectation(
            _ACCURATE,
            frozenset({"column", "quantile_ranges", "allow_relative_error", "row_condition"}),
            _quantiles,
            has_condition=True,
        ),
        "expect_column_stdev_to_be_between": _statistic(_ACCURATE, "stdev"),
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
            _CONFORMS, ("column", "regex"), lambda k: Matches(k.text("column"), (k.text("regex"),))
        ),
        "expect_column_values_to_match_regex_list": _map(
            _CONFORMS,
            ("column", "regex_list", "match_on"),
            lambda k: Matches(
                k.text("column"), k.texts("regex_list"), every=k.choice("match_on", ("any", "all")) == "all"
            ),
        ),
        "expect_column_values_to_match_strftime_format": _map(
            _CONFORMS,
            ("column", "strftime_format"),
            lambda k: DateText(k.text("column"), (k.date_format("strftime_format"),)),
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
            _CONFORMS,
            ("column", "regex"),
            lambda k: Matches(k.text("column"), (k.text("regex"),), negated=True),
        ),
        "expect_column_values_to_not_match_regex_list": _map(
            _CONFORMS,
            ("column", "regex_list"),
            lambda k: Matches(k.text("column"), k.texts("regex_list"), negated=True),
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
        "expect_select_column_values_to_be_unique_within_record": _map(
            _CONSISTENT,
            ("column_list", "ignore_row_if"),
            lambda k: UniqueWithinRecord(k.texts("column_list", 2), k.choice("ignore_row_if", _MANY_IGNORE)),
        ),
        "expect_table_column_count_to_be_between": _table(
            _CONFORMS, ("min_value", "max_value"), lambda k: ColumnCount(k.bounds())
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
