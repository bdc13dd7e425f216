"""The chart says what the numbers say."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from catalog.counts import Holdings, count
from gateway.portal.progress import goals, parts, percent

numbers = st.integers(min_value=0, max_value=100_000)


@given(numbers, numbers)
@example(1, 45_000)
@example(44_999, 45_000)
def test_a_share_is_never_rounded_to_nothing_nor_to_all(part: int, whole: int) -> None:
    said = percent(part, whole)
    if 0 < part < whole:
        assert said not in ("0%", "100%")
    if part and part == whole:
        assert said == "100%"


@given(numbers, numbers, numbers, numbers, numbers)
def test_the_parts_of_the_holdings_fill_the_bar_exactly(a: int, b: int, c: int, d: int, e: int) -> None:
    laid = parts(Holdings(held=a + b + c + d + e, open=a, granted=b, refused=c, pending=d))
    assert [part.count for part in laid] == [a, b, c, d, e]
    widths = sum(float(part.width.rstrip("%")) for part in laid)
    assert abs(widths - (100 if a + b + c + d + e else 0)) < 0.01
    assert all(float(p.start.rstrip("%")) + float(p.width.rstrip("%")) < 100.01 for p in laid)


def test_nothing_open_is_three_empty_bars() -> None:
    counts = count((), Holdings(), datetime(2026, 1, 1, tzinfo=UTC))
    assert [(goal.count, goal.percent, goal.bar) for goal in goals(counts)] == [(0, "0%", "0.000%")] * 3
    assert [goal.target for goal in goals(counts)] == [1_600, 4_000, 45_000]
