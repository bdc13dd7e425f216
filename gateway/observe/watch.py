"""Every request that was answered: counted, and written down in one line. Labels and words come from the route table, never
from what was asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from catalog.errors import Unavailable
from gateway.observe.lines_structlog import AccessLine, AccessLog
from gateway.serve.address import ADDRESS
from gateway.serve.turns import CALLER

__all__ = ["SECONDS", "Watch"]

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
GONE = 499
"""What is noted of a request whose caller went away before anything was sent."""

Note = Callable[[float], None]


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
        self._of: dict[tuple[str, str, int], tuple[Note, Note, Note]] = {}

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
        notes = self._of.get(place) or self._notes(*place)
        notes[0](1)
        notes[1](seconds)
        notes[2](sent)
        if self._log is not None:
            caller: str = scope.get(CALLER, "")
            self._log.add(
                AccessLine(
                    time.time(),
                    route,
                    method,
                    status,
                    seconds * 1000,
                    sent,
                    request,
                    "" if caller.startswith(ADDRESS) else caller,
                    subject if subject and (status < 300 or self._is_open(route, subject)) else "",
                    trace,
                )
            )

    def _notes(self, route: str, method: str, status_class: int) -> tuple[Note, Note, Note]:
        """The three series of one kind of request, kept: to find them by labels costs more than to move them."""
        status = f"{status_class}xx"
        made = self._of[(route, method, status_class)] = (
            self._requests.labels(route, method, status).inc,
            self._seconds.labels(route, status).observe,
            self._bytes.labels(route).inc,
        )
        return made

    def _is_open(self, route: str, subject: str) -> bool:
        try:
            return self._known(route, subject)
        except Unavailable:
            return False
