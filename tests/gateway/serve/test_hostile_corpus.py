"""The short form of the hostile corpus: every query ends in time, none is a server's error, and no process is the worse for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.contract import Contract
from catalog.ingest import local
from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings
from tests.hostile import DEADLINE_S, KINDS, Found, corpus, run, write_table
from tests.served import House, serving

MB = 1 << 20
MOST_GROWTH_BYTES = 96 * MB
"""Answers kept (32 MB), queries remembered and the allocator's own; a leak of a query would come to more."""
MOST_FILES_MORE = 16
MOST_WORKER_BYTES = 1_600 * MB


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Callable[[int], House]]:
    """hostile(rows): a server with the table `hostile` of so many rows."""
    made = tmp_path / "made"

    def publish(rows: int) -> None:
        gate = open_gate(GateSettings(home=made))
        file = tmp_path / "hostile.csv"
        write_table(file, rows)
        source = local(file, 1 << 32)
        about = Metadata(dataset_id="hostile", title="设施", publisher="测试局", theme="other")
        request = Request(source.name, source.sha256, about, Contract(keys=("record", "opened")), yes=True)
        report = submit(gate, OWNER, source, request, Stages())
        assert report.release is not None, report.questions
        run_jobs(gate)
        gate.registry.close()

    with serving(made, tmp_path / "served") as start:

        def served(rows: int) -> House:
            (tmp_path / "served").mkdir()
            publish(rows)
            return start(KAIZHA_LOG_LEVEL="warning", KAIZHA_QUERY_WORKERS="2")

        yield served


def is_unharmed(found: Found) -> None:
    """The figures of row 10."""
    assert found.wrong == []
    assert found.slowest[0] <= DEADLINE_S + 1, found.slowest
    assert found.after[2] == found.before[2] == 2, "workers stay dead, or are more than there were"
    assert found.after[0] - found.before[0] <= MOST_GROWTH_BYTES, (found.before, found.after)
    assert found.after[1] - found.before[1] <= MOST_FILES_MORE, (found.before, found.after)
    assert found.workers_bytes <= MOST_WORKER_BYTES


def test_the_corpus_is_drawn_anew_the_same_and_is_of_every_kind() -> None:
    made = corpus(2_000)
    assert made == corpus(2_000)
    assert made != corpus(2_000, seed=2)
    assert {one.kind for one in made} == set(KINDS)
    assert len({(one.what, one.query) for one in made}) > 1_900


@pytest.mark.timeout(280)
def test_hundreds_of_hostile_queries_end_in_time_and_harm_no_process(hostile: Callable[[int], House]) -> None:
    house = hostile(20_000)
    found = run(house.url, house.process.pid, corpus(420), warm=84)
    is_unharmed(found)
    statuses = found.by_status()
    assert set(statuses) <= {200, 400, 404, 406, 409, 413, 503}
    assert statuses[200] > 40, "a corpus that is all refused asks nothing of the workers"
    assert statuses[400] > 40
