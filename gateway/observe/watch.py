"""Every request that was answered: counted, and written down in one line. Labels and words come from the route table, never
from what was asked.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from catalog.errors import Unavailable
from gateway.observe.lines_structlog import AccessLog
from gateway.serve.address import ADDRESS
from gateway.serve.turns import CALLER

__all__ = ["SECONDS", "Watch"]

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
GONE = 499
"""What is noted of a request whose caller went away before anything was sent."""


class _Tally:
    """What one kind of request comes to, by plain numbers that only the event loop moves: to move the four series of
    prometheus_client each time was seen to cost twelve microseconds."""

    __slots__ = ("buckets", "count", "seconds", "sent")

    def __init__(self) -> None:
        self.count = 0
        self.sent = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(SECONDS) + 1)


class Watch:
    """`known` says whether a dataset or service is open: of others no id is written down. Without a `log` requests are
    counted only."""

    def __init__(self, known: Callable[[str, str], bool], log: AccessLog | None = None) -> None:
        self.registry = CollectorRegistry()
        self._known = known
        self._log = log
        self._requests = Counter(
            "kaizha_requests", "Requests answered", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "kaizha_request_seconds",
            "Time to the last byte",
            ("route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._bytes = Counter(
            "kaizha_response_bytes", "Bytes of bodies sent", ("route",), registry=self.registry
        )
        self._tallies: dict[tuple[str, str, int], _Tally] = {}
        self._told: dict[tuple[str, str, int], _Tally] = {}
        self._telling = threading.Lock()

    def answered(
        self,
        scope: Mapping[str, Any],
        route: str,
        subject: str,
        status: int,
        seconds: float,
        sent: int,
        request: str,
        trace: str = "",
    ) -> None:
        """`request` is the id the answer carries, `subject` what stands in the path's place of an id."""
        method: str = scope["method"]
        if method not in METHODS:
            method = "other"
        place = (route, method, status // 100)
        tally = self._tallies.get(place)
        if tally is None:
            tally = self._tallies[place] = _Tally()
        tally.count += 1
        tally.sent += sent
        tally.seconds += seconds
        tally.buckets[bisect_left(SECONDS, seconds)] += 1
        if self._log is not None:
            caller: str = scope.get(CALLER, "")
            key = "" if caller.startswith(ADDRESS) else caller
            of = subject if subject and (status < 300 or self._is_open(route, subject)) else ""
            self._log.add((time.time(), route, method, status, seconds * 1000, sent, request, key, of, trace))

    def tell(self) -> None:
        """Move the series by what has been counted since the last time; from any thread."""
        with self._telling:
            for place, tally in list(self._tallies.items()):
                before = self._told.setdefault(place, _Tally())
                if tally.count != before.count:
                    self._move(place, tally, before)

    def _move(self, place: tuple[str, str, int], tally: _Tally, before: _Tally) -> None:
        route, method, status = place[0], place[1], f"{place[2]}xx"
        count, sent, seconds = tally.count, tally.sent, tally.seconds
        self._requests.labels(route, method, status).inc(count - before.count)
        self._bytes.labels(route).inc(sent - before.sent)
        series = self._seconds.labels(route, status)
        series._sum.inc(seconds - before.seconds)  # noqa: SLF001 - the library observes one by one only
        for number, found in enumerate(tally.buckets):
            if found != before.buckets[number]:
                series._buckets[number].inc(found - before.buckets[number])  # noqa: SLF001 - as above
                before.buckets[number] = found
        before.count, before.sent, before.seconds = count, sent, seconds

    def _is_open(self, route: str, subject: str) -> bool:
        try:
            return self._known(route, subject)
        except Unavailable:
            return False
