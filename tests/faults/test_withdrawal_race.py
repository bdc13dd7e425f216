"""A list takes effect while readers ask every path of two gateways on one registry: whatever begins a second after the
commit does not see what it withdrew. A short race here; ten thousand trials in `tests/deep`.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event

from gateway.access.surface import ROUTES
from gateway.gate import Gate, open_gate
from gateway.governance.activation import activate
from gateway.publish.jobs import run_jobs
from gateway.settings import GateSettings
from negative_list import NegativeList
from tests.faults.gateways import (
    BERT,
    CANARY,
    EXEMPT,
    FIELD,
    PROBES,
    database,
    draft_and_approve,
    gateways,
    publish_all,
    readers,
)
from tests.gateway.governance.conftest import column_entry

AFTER_S = 1.0  # what begins so long after the commit must not see it
LOOK_S = 0.8  # how long it is looked for after that


@dataclass(frozen=True, slots=True)
class Closed:
    """The field was withdrawn at `since` (just before the commit) and may be open again from `until` on."""

    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """`trials` = readers (one of a path, a gateway, an activation) that read after the second; `late` their leaks;
    `last` = how long after a commit the last read began that still saw it; `seen` = probes that saw it while open."""

    trials: int
    late: tuple[str, ...]
    last: float
    seen: frozenset[int]


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


def race(gate: Gate, folder: Path, rounds: int) -> Outcome:
    """Withdraw and free the field `rounds` times under the readers."""
    starter = gate.entries
    publish_all(gate, folder)
    run_jobs(gate)
    url = gate.settings.registry
    closed = []
    with gateways(gate, folder, (url, url)) as addresses, readers(addresses, folder) as files:
        time.sleep(2)
        for number in range(rounds):
            since = _withdraw(gate, _denying(starter, number))
            run_jobs(gate)
            time.sleep(max(0.0, since + AFTER_S + LOOK_S - time.monotonic()))
            freeing = replace(starter, version=f"free-{number}")
            draft_and_approve(gate, freeing)
            closed.append(Closed(since, time.monotonic()))
            activate(gate, BERT, freeing.version)
            run_jobs(gate)
            time.sleep(0.7)
    return _outcome(files, closed)


def _denying(starter: NegativeList, number: int) -> NegativeList:
    entry = column_entry(starter, f"T-{number}", FIELD)
    return replace(starter, version=f"deny-{number}", entries=(*starter.entries, entry))


def _withdraw(gate: Gate, entries: NegativeList) -> float:
    """Bring a list into effect; the moment just before the commit that withdraws."""
    draft_and_approve(gate, entries)
    commits: list[float] = []

    def note(_connection: object) -> None:
        commits.append(time.monotonic())

    event.listen(gate.registry.engine, "commit", note)
    activate(gate, BERT, entries.version)
    event.remove(gate.registry.engine, "commit", note)
    return commits[-1]


def _outcome(files: list[Path], closed: list[Closed]) -> Outcome:
    addresses = [one.address for several in PROBES.values() for one in several]
    trials: set[tuple[int, int, int]] = set()
    late, last, seen = [], 0.0, set()
    for gateway, file in enumerate(files):
        for line in file.read_text().splitlines():
            begun_, _, index_, leaked, status = line.split()
            begun, index = float(begun_), int(index_)
            for number, span in enumerate(closed):
                if not span.since <= begun < span.until:
                    continue
                if leaked == "1":
                    last = max(last, begun - span.since)
                if begun >= span.since + AFTER_S:
                    trials.add((number, gateway, index))
                    if leaked == "1":
                        late.append(
                            f"{addresses[index]} at gateway {gateway}: {begun - span.since:.2f} s, {status}"
                        )
                break
            else:
                if leaked == "1":
                    seen.add(index)
    return Outcome(len(trials), tuple(late), last, frozenset(seen))


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
        _withdraw(gate, _denying(starter, 0))
        time.sleep(AFTER_S)
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        rows = received.count(b"\n") + cut.value.partial.count(b"\n")
        assert rows < 100_000, "what the withdrawal found unsent was not sent"
