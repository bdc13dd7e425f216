"""A list takes effect while readers ask every path of two gateways on one registry: whatever begins a second after the
commit does not see what it withdrew. A short race here; ten thousand trials in `tests/deep`.
"""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.access.surface import ROUTES
from gateway.gate import Gate, open_gate
from gateway.settings import GateSettings
from tests.conftest import database
from tests.faults.gateways import CANARY, EXEMPT, PROBES, gateways, publish_all
from tests.faults.race import AFTER_S, denying, race, withdrawn


def test_every_route_that_readers_ask_is_raced_or_holds_nothing_of_a_dataset() -> None:
    routes = {path for method, path in ROUTES if method == "GET"}
    assert routes == PROBES.keys() | EXEMPT.keys()
    assert not PROBES.keys() & EXEMPT.keys()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Gate:
    """A gate whose registry others share."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        return open_gate(GateSettings(home=home))
    return open_gate(GateSettings(home=home, registry_url=database(request.getfixturevalue("postgres_url"))))


@pytest.mark.timeout(280)
def test_nothing_begun_a_second_after_the_commit_sees_what_was_withdrawn(
    shared: Gate, tmp_path: Path
) -> None:
    outcome = race(shared, tmp_path, rounds=2)
    assert outcome.late == ()
    addresses = [one.address for several in PROBES.values() for one in several]
    assert [addresses[n] for n in range(len(addresses)) if n not in outcome.seen] == [], (
        "never seen while open"
    )
    assert outcome.trials >= 2 * 2 * len(addresses) * 0.9
    assert outcome.last < AFTER_S


@pytest.mark.timeout(280)
def test_a_running_export_ends_with_the_withdrawal(gate: Gate, tmp_path: Path) -> None:
    starter = gate.entries
    publish_all(gate, tmp_path, ("long",))
    with gateways(gate, tmp_path, (gate.settings.registry,)) as (address,):
        place = urlsplit(address)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        connection.request("GET", "/api/v1/datasets/long/export.ndjson")
        answer = connection.getresponse()
        assert answer.status == 200
        received = answer.read(1 << 16)
        assert CANARY.encode() in received
        withdrawn(gate, denying(starter, 0))
        time.sleep(AFTER_S)
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        rows = received.count(b"\n") + cut.value.partial.count(b"\n")
        assert rows < 100_000, "what the withdrawal found unsent was not sent"
