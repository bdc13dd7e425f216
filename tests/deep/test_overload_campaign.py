"""Rows 7 and 8 of the security figures: windows of 60 seconds, the median of five, the baseline in the same run."""

from __future__ import annotations

import os

import pytest

from benchmarks.overload import overload

pytestmark = [pytest.mark.deep, pytest.mark.timeout(7_200)]
BELOW = pytest.mark.xfail(
    strict=True, reason="nine refusals beside each page of a third of a millisecond (docs/benchmarks.md)"
)
SCALE = float(os.environ.get("KAIZHA_DEEP", "1"))


@pytest.mark.parametrize("kind", ["aggregate", "sorted", pytest.param("records", marks=BELOW)])
def test_overload_costs_little_of_the_peak_and_a_greedy_key_little_of_the_others(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = overload(kind, seconds=60 * SCALE, windows=5)
    with capsys.disabled():
        print(f"\n{kind}: {found}")  # noqa: T201 - the figure is what a campaign is run for
    assert set(found.statuses) <= {200, 429, 503}
    assert found.busiest < 0.5, "the generator itself must not be what is measured"
    assert found.goodput_share >= 0.9
    assert found.p99_ratio <= 2.0
    assert found.others_change <= 0.2
