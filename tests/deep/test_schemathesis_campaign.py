"""A hundred thousand requests drawn from every OpenAPI document of the demo: none fails here, none is undocumented."""

from __future__ import annotations

import os
import time

import pytest

from tests.journey.conftest import Published, published, served
from tests.journey.fuzzing import Found, documents, fuzz

__all__ = ["published"]

pytestmark = [pytest.mark.deep, pytest.mark.timeout(14_400)]
SCALE = float(os.environ.get("KAIZHA_DEEP", "1"))
REQUESTS = int(100_000 * SCALE)
LONGEST_S = 3.5 * 3_600


def test_every_document_holds_for_a_hundred_thousand_requests(
    published: Published,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found, begun, seed = Found(), time.monotonic(), 1
    with served(published, tmp_path_factory.mktemp("deep")) as city:
        assert city.kaizha("service", "propose", "bus-stops", "--add").returncode == 0
        whole, own = documents(city.url)
        while found.requests < REQUESTS and time.monotonic() - begun < LONGEST_S:
            for document in (whole, *own):
                if found.requests < REQUESTS:
                    fuzz(document, city.url, 20, seed, found, seconds=60)
            seed += 1
    with capsys.disabled():
        print(f"\n{found.requests} requests, {time.monotonic() - begun:.0f} s: {dict(found.statuses)}")  # noqa: T201
    assert found.failures == {}
    assert not [status for status in found.statuses if status >= 500]
    assert found.requests >= REQUESTS
