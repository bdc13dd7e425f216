"""The race itself: a field is withdrawn and freed again and again under readers of every path of two gateways."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import event

from gateway.gate import Gate
from gateway.governance.activation import activate
from gateway.publish.jobs import run_jobs
from negative_list import NegativeList
from tests.faults.gateways import BERT, FIELD, PROBES, draft_and_approve, gateways, publish_all, readers
from tests.gateway.governance.conftest import column_entry

__all__ = ["AFTER_S", "Outcome", "denying", "race", "withdrawn"]

AFTER_S = 1.0  # what begins so long after the commit must not see it
LOOK_S = 1.6  # how long it is looked for after that


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
            since = withdrawn(gate, denying(starter, number))
            run_jobs(gate)
            time.sleep(max(0.0, since + AFTER_S + LOOK_S - time.monotonic()))
            freeing = replace(starter, version=f"free-{number}")
            draft_and_approve(gate, freeing)
            closed.append(Closed(since, time.monotonic()))
            activate(gate, BERT, freeing.version)
            run_jobs(gate)
            time.sleep(0.7)
    return _outcome(files, closed)


def denying(starter: NegativeList, number: int) -> NegativeList:
    entry = column_entry(starter, f"T-{number}", FIELD)
    return replace(starter, version=f"deny-{number}", entries=(*starter.entries, entry))


def withdrawn(gate: Gate, entries: NegativeList) -> float:
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
