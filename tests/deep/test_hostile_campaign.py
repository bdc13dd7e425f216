"""Row 10 of the security figures: 10,000 hostile queries, every one ends in time, and no worker leaks."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.gateway.serve.test_hostile_corpus import hostile, is_unharmed
from tests.hostile import corpus, run
from tests.served import House

__all__ = ["hostile"]

pytestmark = [pytest.mark.deep, pytest.mark.timeout(14_400)]
SCALE = float(os.environ.get("KAIZHA_DEEP", "1"))


def test_ten_thousand_hostile_queries_end_in_time_and_harm_no_process(
    hostile: Callable[[int], House], capsys: pytest.CaptureFixture[str]
) -> None:
    house = hostile(200_000)
    count = int(10_000 * SCALE)
    found = run(house.url, house.process.pid, corpus(count), warm=count // 5)
    refused = {kind: number for (kind, status), number in found.statuses.items() if status == 503}
    said = (
        f"{count} queries: {found.by_status()}, slowest {found.slowest}, processes {found.before} → {found.after}, "
        f"workers {found.workers_bytes:,} bytes; 503 by kind: {refused}"
    )
    with capsys.disabled():
        print(f"\n{said}")  # noqa: T201 - the figure is what a campaign is run for
    is_unharmed(found)
