"""Top and bottom coding, and noise: what stands at the ends is told together, and noise is bounded and drawn once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from privacy import OVER_THE_COLUMN, expression, over_column, resolve, tightens
from privacy.noise import MOST_STEPS

M, T = MaskOperator, ColumnType
ARROW = {T.INTEGER: pa.int64(), T.DOUBLE: pa.float64(), T.TEXT: pa.string(), T.DECIMAL: pa.decimal128(18, 2)}
Apply = Callable[..., list[object]]
KEY = bytes(range(32))


@pytest.fixture
def coded(engine: DuckDBEngine) -> Apply:
    def apply(operator: M, values: list[object], kind: ColumnType = T.INTEGER) -> list[object]:
        column = Column("v", kind)
        numbers = pa.array(range(len(values)), pa.int64())
        batch = pa.RecordBatch.from_arrays([numbers, pa.array(values, ARROW[kind])], names=["_row", "v"])
        engine.create_from_batches("m", batch.schema, [batch])
        if operator in OVER_THE_COLUMN:
            rows = exp.Select().from_("m")
            term: exp.Expr | None = over_column(engine, rows, operator, column, (column,), KEY)
        else:
            term = expression(operator, column)
        assert term is not None
        return list(engine.fetch(exp.select(term.as_("v")).from_("m").order_by("_row"))["v"].to_pylist())

    return apply


AGES: list[object] = [n % 80 + 15 for n in range(800)] + [104, 107, 3]


def test_values_beyond_a_bound_become_the_bound_and_the_others_stay(coded: Apply) -> None:
    out = coded(M.TOP_BOTTOM, AGES)
    # the 5 % quantiles are 18 and 91, a tenth of their spread is 7.3, and 5 is the step below it
    assert set(out) == {"≤20", "90+", *map(str, range(21, 90))}
    assert [out[place] for place in (-3, -2, -1)] == ["90+", "90+", "≤20"]
    inner = [(age, int(str(told))) for age, told in zip(AGES, out, strict=True) if str(told).isdecimal()]
    assert all(age == told for age, told in inner)


def test_bands_take_coded_ends_where_both_are_asked_for(coded: Apply) -> None:
    column = Column("年龄", T.INTEGER)
    assert resolve(frozenset({M.GENERALISE_BAND, M.TOP_BOTTOM}), column) is M.GENERALISE_BAND_TOP_BOTTOM
    assert resolve(frozenset({M.GENERALISE_BAND_5, M.TOP_BOTTOM}), column) is M.GENERALISE_BAND_TOP_BOTTOM
    assert resolve(frozenset({M.GENERALISE_BAND_20, M.TOP_BOTTOM}), column) is M.DROP
    assert resolve(frozenset({M.NOISE, M.TOP_BOTTOM}), column) is M.NOISE
    assert resolve(frozenset({M.NOISE, M.GENERALISE_BAND}), column) is M.DROP
    out = set(coded(M.GENERALISE_BAND_TOP_BOTTOM, AGES))
    assert out == {"≤29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89", "90+"}


@pytest.mark.parametrize("kind", [T.TEXT, T.DOUBLE, T.DECIMAL])
def test_ends_of_other_types_of_numbers(coded: Apply, kind: ColumnType) -> None:
    values = [n / 4 for n in range(400)]
    given_as = [f"{value}元" if kind is T.TEXT else value for value in values]
    if kind is T.DECIMAL:
        given_as = [pa.scalar(str(value)).cast(ARROW[kind]).as_py() for value in values]
    out = coded(M.TOP_BOTTOM, [*given_as, None], kind)
    assert out[-1] is None
    assert out[:2] + out[-3:-1] == ["≤5", "≤5", "90+", "90+"]
    assert out[25:29] == ["6.25", "6.5", "6.75", "7"]


@pytest.mark.parametrize("operator", [M.TOP_BOTTOM, M.GENERALISE_BAND_TOP_BOTTOM, M.NOISE])
@pytest.mark.parametrize(
    "values",
    [list(range(19)), [7] * 500, [None] * 50, []],
    ids=["too few", "all alike", "all empty", "none"],
)
def test_what_has_no_ends_is_not_told(coded: Apply, operator: M, values: list[object]) -> None:
    assert set(coded(operator, values)) <= {None}


def test_what_is_no_number_becomes_null(coded: Apply) -> None:
    words = ["n/a", "nan", "inf", "1e400", "13800001111x", "", None]
    numbers = [str(n) for n in range(100)]
    assert coded(M.TOP_BOTTOM, [*words, *numbers], T.TEXT)[: len(words)] == [None] * len(words)
    below_zero = coded(M.GENERALISE_BAND_TOP_BOTTOM, [-1, *range(100)])
    assert set(below_zero) == {None}  # -1 has no band, and the lower end would tell it


numbers_of_a_column = st.lists(
    st.integers(-50, 130) | st.integers(-(10**9), 10**9) | st.none(), min_size=20, max_size=160
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(numbers_of_a_column)
def test_each_end_holds_five_values_and_a_stated_share(coded: Apply, values: list[int | None]) -> None:
    filled = [value for value in values if value is not None]
    told = Counter(coded(M.TOP_BOTTOM, values))
    ends = {
        label: rows
        for label, rows in told.items()
        if (label is not None and str(label)[0] == "≤") or str(label)[-1] == "+"
    }
    share = 0.05 if len(filled) >= 100 else 0.10 if len(filled) >= 50 else 0.25
    assert all(rows >= max(5, share * len(filled)) for rows in ends.values())
    # order is kept: what is told of a larger number is never told of a smaller one only
    out = coded(M.TOP_BOTTOM, sorted(filled))
    assert [label for label, _ in itertools.groupby(out)] == list(dict.fromkeys(out))
    assert len(ends) == 2 or set(told) == {None}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(0, 130) | st.integers(-20, 10**9), min_size=20, max_size=160))
def test_a_stricter_operator_tells_apart_nothing_that_a_looser_one_did_not(
    coded: Apply, values: list[int]
) -> None:
    strict = M.GENERALISE_BAND_TOP_BOTTOM
    tight = coded(strict, values)
    for loose in (M.TOP_BOTTOM, M.GENERALISE_BAND, M.GENERALISE_BAND_5):
        assert tightens(strict, loose)
        before = coded(loose, values)
        assert len(set(zip(before, tight, strict=True))) == len(set(before))


def test_no_byte_of_a_value_at_the_ends_is_left(engine: DuckDBEngine, coded: Apply) -> None:
    incomes: list[object] = [4000 + n * 37 % 9000 for n in range(300)] + [88_771_234.0 + n for n in range(4)]
    for operator in (M.TOP_BOTTOM, M.GENERALISE_BAND_TOP_BOTTOM, M.NOISE):
        array = pa.array(coded(operator, incomes))
        stored = (
            b"".join(buffer.to_pybytes() for buffer in array.buffers() if buffer)
            + repr(array.to_pylist()).encode()
        )
        assert b"887712" not in stored
        assert all(
            pa.array([value], pa.float64()).buffers()[1].to_pybytes()[:8] not in stored
            for value in incomes[-4:]
        )  # type: ignore[union-attr]


INCOMES: list[object] = [3001 + n * 7919 % 9973 for n in range(2000)]


def test_noise_moves_values_on_a_grid_by_a_bounded_number_of_steps(coded: Apply) -> None:
    out = coded(M.NOISE, INCOMES)
    step = 200  # the spread of 90 % of the values is about 8 970, a twentieth of it 448
    moved = [float(str(told)) for told in out]
    assert all(told % step == 0 for told in moved)
    inner = [
        (value, told) for value, told in zip(INCOMES, moved, strict=True) if 4000 < int(str(value)) < 12000
    ]
    off = [round((told - int(str(value))) / step) for value, told in inner]
    assert max(map(abs, off)) == MOST_STEPS
    assert sum(one != 0 for one in off) > 0.7 * len(off)
    assert abs(sum(off)) < 0.2 * len(off)  # no drift
    assert 1.2 < sum(map(abs, off)) / len(off) < 2.2
    assert not set(moved) & {float(str(value)) for value in INCOMES if int(str(value)) % step}


def test_noise_is_drawn_once_for_a_row_and_anew_for_another_row_column_or_data_set(
    engine: DuckDBEngine,
) -> None:
    a, b = Column("a", T.INTEGER), Column("b", T.INTEGER)
    values = [n * 7919 % 9973 for n in range(500)]

    def told(column: Column, key: bytes, other: list[int], order: int = 1) -> dict[int, float]:
        places = [place * order % 500 for place in range(500)]
        rows = pa.table(
            {
                "a": [values[p] for p in places],
                "b": [values[p] for p in places],
                "c": [other[p] for p in places],
            }
        )
        engine.create_from_batches("m", rows.schema, rows.to_batches())
        term = over_column(
            engine, exp.Select().from_("m"), M.NOISE, column, (a, b, Column("c", T.INTEGER)), key
        )
        answer = engine.fetch(exp.select(term.as_("v"), "a").from_("m"))
        return dict(zip(answer["a"].to_pylist(), answer["v"].to_pylist(), strict=True))

    same = [1] * 500
    first = told(a, KEY, same)
    assert told(a, KEY, same, order=7) == first  # the same rows again, in another order
    for differing in (told(a, KEY[::-1], same), told(b, KEY, same), told(a, KEY, [2] * 500)):
        agree = sum(differing[value] == first[value] for value in values)
        assert agree < 0.4 * len(values)
