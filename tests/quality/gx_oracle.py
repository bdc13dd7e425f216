"""Great Expectations on pandas as the oracle of our verdicts: the same cells as a frame, its answers in the order asked,
and what in them differs from ours."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from tables import Cells

from catalog.dataset import ColumnType
from quality import RuleResult, Verdict

os.environ["GX_ANALYTICS_ENABLED"] = "false"
gx = pytest.importorskip("great_expectations", reason="Great Expectations is the oracle of these tests")
pd = pytest.importorskip("pandas")

TYPES = {
    "id": ColumnType.INTEGER,
    "n": ColumnType.INTEGER,
    "m": ColumnType.INTEGER,
    "x": ColumnType.DOUBLE,
    "t": ColumnType.TEXT,
    "u": ColumnType.TEXT,
    "d": ColumnType.DATE,
    "s": ColumnType.TIMESTAMP,
    "b": ColumnType.BOOLEAN,
    "empty": ColumnType.TEXT,
}
Case = tuple[str, Mapping[str, Any]]
Ask = Callable[[Any, Sequence[Case]], list[Any]]

NUMBERS_ONLY = frozenset(
    f"expect_column_{name}_to_be_between" for name in ("mean", "median", "quantile_values", "stdev", "sum")
)
ORDERED_ONLY = frozenset(
    {
        "expect_column_values_to_be_between",
        "expect_column_max_to_be_between",
        "expect_column_min_to_be_between",
    }
)


def mismatched(case: Case) -> bool:
    """Text against numbers, or a number asked for its format. We answer from the types, always with an error; GX on
    pandas raises only when it meets a cell, so on a table or column without any it lets the rule pass or fail."""
    kind, kwargs = case
    is_text = TYPES.get(kwargs.get("column", "")) is ColumnType.TEXT
    bounded = kwargs.get("min_value") is not None or kwargs.get("max_value") is not None
    if kind.endswith("_strftime_format"):
        return kwargs["column"] in TYPES and not is_text
    return is_text and (kind in NUMBERS_ONLY or (kind in ORDERED_ONLY and bounded))


def frame(cells: Cells) -> Any:
    """Whole numbers and booleans with nulls stay Python objects: pandas would make floats of them. So do days, which
    GX compares as days; times get the nanosecond type, the only one whose bounds GX parses."""
    columns = {}
    for name, kind in TYPES.items():
        values = list(cells[name])
        if kind is ColumnType.TIMESTAMP:
            columns[name] = pd.Series(pd.to_datetime(values)).astype("datetime64[ns]")
        elif kind is ColumnType.DOUBLE:
            columns[name] = pd.Series(values, dtype="float64")
        elif kind in (ColumnType.INTEGER, ColumnType.BOOLEAN) and None not in values:
            columns[name] = pd.Series(values, dtype="int64" if kind is ColumnType.INTEGER else "bool")
        else:
            columns[name] = pd.Series(values, dtype=object)
    return pd.DataFrame(columns)


def open_oracle() -> Ask:
    """A function that puts cases to GX about a frame and gives its results in the order of the cases."""
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    definition = asset.add_batch_definition_whole_dataframe("b")

    def ask(table: Any, cases: Sequence[Case]) -> list[Any]:
        suite = gx.ExpectationSuite(
            name="s", expectations=[{"type": kind, "kwargs": dict(kwargs)} for kind, kwargs in cases]
        )
        batch = definition.get_batch({"dataframe": table})
        # GX sorts results by column: the position travels in the meta.
        for position, expectation in enumerate(suite.expectations):
            expectation.meta = {"position": position}
        found = batch.validate(suite, result_format={"result_format": "BASIC"}).results
        return sorted(found, key=lambda one: one.expectation_config.meta["position"])

    return ask


def raised(result: Any) -> bool:
    """Whether GX could not evaluate the expectation."""
    info = result.exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    return any(entry.get("raised_exception") for entry in entries)


# What GX counts of rows. On pandas a type is a map over objects, for us a question to the schema; sets of distinct
# values count values, not rows.
COUNTED = ("element_count", "unexpected_count", "unexpected_percent", "missing_count", "missing_percent")
NOT_BY_ROWS = (
    "_of_type",
    "_in_type_list",
    "_to_contain_set",
    "_to_equal_set",
    "distinct_values_to_be_in_set",
)


def difference(case: Case, theirs: Any, ours: RuleResult) -> str | None:
    """What differs in verdict or counts, in words; None where nothing does."""
    kind = case[0]
    expected = Verdict.ERROR if raised(theirs) else Verdict.PASS if theirs.success else Verdict.FAIL
    if mismatched(case):
        expected = Verdict.ERROR
    if ours.verdict is not expected:
        return f"{case}: GX {expected}, ours {ours.verdict} ({ours.message.en})"
    if ours.verdict is Verdict.ERROR or theirs.result.get("unexpected_count") is None:
        return None
    if kind.endswith(NOT_BY_ROWS):
        return None
    mine = ours.to_gx_json()["result"]
    for name in COUNTED:
        found, own = theirs.result.get(name), mine.get(name)
        if found != pytest.approx(own) and found != own:
            return f"{case}: {name} GX {found}, ours {own}"
    return None
