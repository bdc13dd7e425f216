"""The meter as a serving process uses it: one thread that borrows blocks of quotas and writes down what was counted.

Requests never wait for the database, but for the first of a caller's day. What is asked for at once is answered by one
transaction, however many callers ask.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Connection

from catalog.registry import Registry
from gateway.access import quota
from gateway.access.usage import Tally, UsageRow, record
from gateway.migrations import upgrade
from gateway.serve.address import ADDRESS

__all__ = ["Lease", "Meter", "open_meter"]

FLUSH_S = 2.0
MOST_ROWS = 100_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lease:
    """A part of a quota for `subject`: a key's prefix, or an address (`gateway.serve.address`), which the meter keeps only
    as the day's salt hides it. `then` gets what was granted and what is lent in all, or None when the meter does not answer; in the thread."""

    subject: str
    day: date
    daily: int
    wanted: int
    then: Callable[[tuple[int, int] | None], None]


@dataclass(frozen=True, slots=True)
class _Return:
    subject: str
    day: date
    unspent: int


_Asked = Lease | _Return


def open_meter(url: str) -> Registry:
    """The meter's database. Where it is a file, whoever comes first makes it; a server's is made by the gate."""
    meter = Registry(url)
    if meter.local:
        upgrade(meter)
    return meter


class Meter:
    """One for each serving process. `open_` is called in the thread, when it is first needed."""

    def __init__(self, open_: Callable[[], Registry], now: Callable[[], datetime]) -> None:
        self._open = open_
        self._now = now
        self._asked: queue.SimpleQueue[Lease | _Return | None] = queue.SimpleQueue()
        self._counting = threading.Lock()
        self._counted: dict[tuple[date, str, str, int], list[int]] = {}
        self._batch: tuple[str, dict[UsageRow, Tally]] | None = None
        self._registry: Registry | None = None
        self._salt: tuple[date, bytes] | None = None
        self._thread: threading.Thread | None = None
        self._answering = True

    def lease(self, asked: Lease) -> None:
        """Ask for a part of a quota; answered by `then`."""
        self._asked.put(asked)
        self._begin()

    def give_back(self, subject: str, day: date, unspent: int) -> None:
        """Give back what will not be spent."""
        self._asked.put(_Return(subject, day, unspent))
        self._begin()

    def count(self, day: date, key: str, dataset: str, status: int, sent: int) -> None:
        """One request. What cannot be written down for long is given up: a count is never too high."""
        place = (day, key, dataset, status)
        with self._counting:
            found = self._counted.get(place)
            if found is not None:
                found[0] += 1
                found[1] += sent
            elif len(self._counted) < MOST_ROWS:
                self._counted[place] = [1, sent]
        if self._thread is None:
            self._begin()

    def close(self) -> None:
        """Write down what was counted, and end."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join(10)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="meter", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        ended, flushed = False, time.monotonic()
        while not ended:
            asked = self._next()
            ended = None in asked
            self._try(self._serve, [one for one in asked if one is not None])
            if ended or time.monotonic() - flushed >= FLUSH_S:
                flushed = time.monotonic()
                self._try(self._flush, ())
        if self._registry is not None:
            self._registry.close()

    def _try(self, work: Callable[[Registry, Sequence[_Asked]], None], asked: Sequence[_Asked]) -> None:
        """The thread outlives a database that is away; who asked is told so."""
        try:
            if self._registry is None:
                self._registry = self._open()
            work(self._registry, asked)
            self._say(answering=True)
        except Exception as error:  # whatever it was, nothing was granted
            self._salt = None  # it may not have been kept
            self._say(answering=False, kind=type(error).__name__)
            for one in asked:
                if isinstance(one, Lease):
                    one.then(None)

    def _next(self) -> list[Lease | _Return | None]:
        """All that is asked for by now; waits until something is, or until it is time to write down."""
        asked: list[Lease | _Return | None] = []
        try:
            asked.append(self._asked.get(timeout=FLUSH_S))
            while True:
                asked.append(self._asked.get_nowait())
        except queue.Empty:
            return asked

    def _serve(self, meter: Registry, asked: Sequence[_Asked]) -> None:
        """Everything that was asked, in one transaction; told after the commit."""
        if not asked:
            return
        told: list[tuple[Lease, tuple[int, int]]] = []
        with meter.transaction(in_turn=False) as unit:
            # in one order everywhere, so that two servers never wait for each other's rows
            for one in sorted(asked, key=lambda one: (self._name(unit, one), isinstance(one, Lease))):
                name = self._name(unit, one)
                if isinstance(one, Lease):
                    told.append((one, quota.lease(unit, name, one.day, one.daily, one.wanted)))
                else:
                    quota.give_back(unit, name, one.day, one.unspent)
        for one, granted in told:
            one.then(granted)

    def _name(self, unit: Connection, one: _Asked) -> str:
        if not one.subject.startswith(ADDRESS):
            return one.subject
        if self._salt is None or self._salt[0] != one.day:
            self._salt = (one.day, quota.salt_of(unit, one.day))
            quota.forget_days_before(
                unit, one.day - timedelta(days=1)
            )  # a server's clock may be a little behind
        return quota.hidden(one.subject, self._salt[1])

    def _flush(self, meter: Registry, _asked: Sequence[_Asked]) -> None:
        """Write down what was counted: a batch that failed first, under the id it had."""
        while True:
            if self._batch is None:
                with self._counting:
                    counted, self._counted = self._counted, {}
                if not counted:
                    return
                rows = {UsageRow(*place): Tally(*sums) for place, sums in counted.items()}
                self._batch = (secrets.token_hex(16), rows)
            with meter.transaction(in_turn=False) as unit:
                record(unit, *self._batch, self._now())
            self._batch = None

    def _say(self, *, answering: bool, kind: str = "") -> None:
        if answering != self._answering:
            if answering:
                log.info("meter answers again")
            else:
                log.error("meter does not answer", kind=kind)
        self._answering = answering
