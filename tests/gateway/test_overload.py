"""The short form of `benchmarks.overload`: a crowd and a greedy key are refused as they should be, and the others answered.
Its figures are judged by the campaign in `tests/deep`; a shared machine says nothing of a p99 in a second."""

from __future__ import annotations

import pytest

from benchmarks.overload import overload


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", ["records", "aggregate"])
def test_tenfold_load_and_a_greedy_key_are_refused_with_429_or_503_and_the_rest_is_answered(
    kind: str,
) -> None:
    found = overload(kind, seconds=1.5, windows=1)
    assert set(found.statuses) <= {200, 429, 503}
    assert all(found.statuses[status] for status in (200, 429, 503))
    assert found.goodput_share > 0.2
