"""Two gateway processes on one registry, one of them cut off: it stops answering within a second, and comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.review import withdraw
from gateway.settings import GateSettings
from tests.conftest import database
from tests.faults.cable import Cable
from tests.faults.gateways import PROBES, gateways, publish_all, readers

CUT_OFF = 0  # what a reader notes of an answer that ended in the middle, as a stream does whose lease is late
WITHIN_S = 1.0


@pytest.fixture
def cable(postgres_url: str) -> Iterator[Cable]:
    """From a loopback port to the PostgreSQL of this run, which listens at a Unix socket."""
    made = Cable(f"{make_url(postgres_url).query['host']}/.s.PGSQL.5432")
    yield made
    made.close()


@pytest.mark.postgres
@pytest.mark.timeout(200)
def test_a_gateway_that_is_cut_off_says_so_within_a_second(
    postgres_url: str, tmp_path: Path, cable: Cable
) -> None:
    url = database(postgres_url)
    gate = open_gate(GateSettings(home=tmp_path / "home", registry_url=url))
    publish_all(gate, tmp_path)
    run_jobs(gate)
    through = make_url(url).set(host="127.0.0.1", port=cable.port).difference_update_query(["host"])
    urls = (url, through.render_as_string(hide_password=False))
    with gateways(gate, tmp_path, urls) as addresses, readers(addresses, tmp_path) as files:
        time.sleep(6)
        cut = time.monotonic()
        cable.cut()
        time.sleep(WITHIN_S)
        withdraw(gate, OWNER, "gone", "while one replica is cut off")
        time.sleep(12)  # long enough for a busy machine to try most of the paths
        mended = time.monotonic()
        cable.mend()
        time.sleep(3)
    near, far = (_reads(file) for file in files)
    addresses_of = [one.address for several in PROBES.values() for one in several]
    probes = range(len(addresses_of))
    before = {probe for begun, _, probe, status in far if begun < cut and status == 200}
    assert len(before) > len(probes) / 2
    # the one that is connected goes on
    answered = [
        status for *_, probe, status in near if not addresses_of[probe].endswith(".xlsx")
    ]  # one at a time
    streams = {(address, CUT_OFF) for address in addresses_of if "/export." in address}
    refused = [status for status in answered if status in (503, CUT_OFF)]
    unexpected = {
        (addresses_of[probe], status)
        for *_, probe, status in near
        if status not in (200, 304, 404, 410, 503)  # 410: a service of what was withdrawn
    }
    assert unexpected <= streams
    assert len(refused) <= len(answered) / 100, "a busy machine may be late now and then, not more"
    # the other answers no reader: neither those who came later, nor those who were waiting when it happened
    during = [one for one in far if cut + WITHIN_S <= one[0] and one[1] < mended]
    assert {status for *_, status in during} == {503}
    assert len({probe for _, _, probe, _ in during}) > 0.7 * len(probes)
    assert max(ended - begun for begun, ended, *_ in during) < WITHIN_S
    caught = [
        ended for begun, ended, _, status in far if begun < cut + WITHIN_S and ended > cut and status == 503
    ]
    assert min(caught) - cut < WITHIN_S
    assert all(ended < cut + 2 * WITHIN_S for begun, ended, *_ in far if begun < cut + WITHIN_S)
    # and is back, knowing what happened meanwhile
    back = [(probe, status) for begun, _, probe, status in far if begun > mended + 1.5]
    assert {status for _, status in back} >= {200, 404}
    assert sum(status == 503 for _, status in back) <= len(back) / 10


def _reads(file: Path) -> list[tuple[float, float, int, int]]:
    """Begin and end (seconds), the probe's number, the status."""
    lines = (line.split() for line in file.read_text().splitlines())
    return [(float(begun), float(ended), int(probe), int(status)) for begun, ended, probe, _, status in lines]
