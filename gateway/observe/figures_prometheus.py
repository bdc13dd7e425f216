"""The figures of `/metrics`: of all serve processes of one home together, whichever of them is asked.

Each process keeps its counts in files of its own (prometheus_client's multiprocess mode, switched on by the supervisor);
a scrape adds them up. What the registry says is asked when a scrape comes, by the process that answers it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from catalog.errors import Unavailable
from catalog.registry import Registry, queries
from gateway.governance.notices import told
from gateway.governance.reminders import MATCHER_FAILED
from gateway.observe.watch import Watch
from gateway.processes.supervisor import FOLDER
from gateway.serve.answers import Answers
from gateway.serve.cache_folder import held_bytes
from gateway.serve.shelf import RegistryShelf
from gateway.serve.workers import Workers

__all__ = ["ProcessFigures", "RegistryFigures", "exposition"]

EVERY_S = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def exposition(own: CollectorRegistry, derived: Collector) -> bytes:
    """The text of a scrape: the counts of this process or, under a supervisor, of all; and what `derived` finds out."""
    asked = CollectorRegistry()
    asked.register(derived)
    if os.environ.get(FOLDER):
        MultiProcessCollector(asked)  # type: ignore[no-untyped-call]
        return generate_latest(asked)
    return generate_latest(own) + generate_latest(asked)


class ProcessFigures:
    """What this process holds and does now, looked at every second by a thread: nothing of it is counted on the way of a
    request. `refused` counts, by the reason, what the admission turned away."""

    def __init__(
        self,
        watch: Watch,
        shelf: RegistryShelf,
        workers: Workers,
        answers: Answers,
        refused: Mapping[str, int],
    ) -> None:
        def gauge(name: str, words: str, mode: str) -> Gauge:
            return Gauge(name, words, registry=watch.registry, multiprocess_mode=mode)  # type: ignore[arg-type]

        self._watch, self._shelf, self._workers, self._answers = watch, shelf, workers, answers
        self._kept = Counter(
            "kaizha_answers_kept",
            "Looks for an answer in memory, by whether it was there",
            ("found",),
            registry=watch.registry,
        )
        self._looks = [0, 0]
        self._refused, self._told = refused, dict[str, int]()
        self._refusals = Counter(
            "kaizha_refused",
            "Requests of data not admitted, by the reason",
            ("reason",),
            registry=watch.registry,
        )
        self._looking = threading.Lock()
        self._resident = gauge("kaizha_resident_bytes", "Memory of serve processes", "livesum")
        self._of_workers = gauge("kaizha_worker_resident_bytes", "Memory of query workers", "livesum")
        self._alive = gauge("kaizha_workers_alive", "Query workers that live", "livesum")
        self._busy = gauge("kaizha_workers_busy", "Query workers that answer", "livesum")
        self._waiting = gauge("kaizha_queries_waiting", "Queries that wait for a worker", "livesum")
        self._age = gauge(
            "kaizha_policy_epoch_age_seconds", "Since the registry was last asked for the epoch", "livemax"
        )
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)

    def follow(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(5)

    def look(self) -> None:
        """Look once; from any thread."""
        self._watch.tell()
        with self._looking:
            for number, looks in enumerate((self._answers.missed, self._answers.found)):
                self._kept.labels(("no", "yes")[number]).inc(looks - self._looks[number])
                self._looks[number] = looks
            for reason, times in dict(self._refused).items():
                self._refusals.labels(reason).inc(times - self._told.get(reason, 0))
                self._told[reason] = times
        pids = self._workers.pids()
        self._resident.set(_resident_bytes(os.getpid()))
        self._of_workers.set(sum(map(_resident_bytes, pids)))
        self._alive.set(len(pids))
        self._busy.set(self._workers.busy)
        self._waiting.set(self._workers.waiting)
        self._age.set(self._shelf.age_s())

    def _run(self) -> None:
        while not self._ended.wait(EVERY_S):
            self.look()


class RegistryFigures(Collector):
    """What stands in the registry, and the disk: the gate itself answers no scrape. While the registry does not answer,
    its series are absent from a scrape; what else is measured is not."""

    def __init__(
        self, registry: Registry, shelf: RegistryShelf, cache: Path, now: Callable[[], datetime]
    ) -> None:
        self._registry = registry
        self._shelf = shelf
        self._cache = cache
        self._now = now

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        yield GaugeMetricFamily(
            "kaizha_cache_bytes", "Disk of files built from releases", held_bytes(self._cache)
        )
        status = os.statvfs(self._cache)
        yield GaugeMetricFamily(
            "kaizha_disk_free_bytes", "Free where the caches lie", status.f_bavail * status.f_frsize
        )
        try:
            self._shelf.epoch()  # a registry that is cut off is not waited for
            with self._registry.reading() as snapshot:
                alarms = told(snapshot, MATCHER_FAILED)
                jobs = queries.job_states(snapshot)
                head = queries.head_of(snapshot)
                epoch = queries.policy_epoch(snapshot)
        except (Unavailable, DBAPIError):
            return
        yield CounterMetricFamily(
            "kaizha_matcher_failures", "Alarms of entries that could not be evaluated", value=alarms
        )
        number = GaugeMetricFamily("kaizha_jobs", "Jobs of the gate", labels=("state",))
        age = GaugeMetricFamily(
            "kaizha_job_oldest_seconds", "Age of the oldest job of a state", labels=("state",)
        )
        for state, (count, oldest) in jobs.items():
            number.add_metric((state,), count)
            since = (self._now() - oldest).total_seconds() if oldest is not None else 0.0
            age.add_metric((state,), max(0.0, since))
        yield number
        yield age
        yield GaugeMetricFamily(
            "kaizha_ledger_leaves", "Leaves under the signed head", head.size if head else 0
        )
        yield GaugeMetricFamily("kaizha_policy_epoch", "Moves with every change of the rules", epoch)


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE_BYTES
    except (OSError, IndexError, ValueError):  # it has ended, or this system keeps no such file
        return 0
