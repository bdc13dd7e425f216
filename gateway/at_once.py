"""A request for records or groups, or to a purpose-built API, that waits for nothing, answered where its headers have been
read: no task, no wrapping of what is sent, one write. So is a caller turned away who is over a limit, or for whom there is no
turn: who is refused costs the others little. Who calls, their limits, the lease, the count and the log line are those of every
other request (`gateway.front`, `gateway.serve.admission`, `gateway.serve.data_path`), asked by the same objects; whatever would
have to be waited for, or is wrong, goes the ordinary way, and then nothing has been spent here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from catalog.errors import KaizhaError, Unavailable
from gateway.observe.route_table import TEMPLATES
from gateway.observe.spans import traced
from gateway.observe.watch import Watch
from gateway.security_headers import SECURITY_HEADERS
from gateway.serve.account import Over
from gateway.serve.admission import Admission, Visit
from gateway.serve.cors import CORS
from gateway.serve.data_path import DataPath
from gateway.serve.representation import head_lines
from gateway.serve.request_id import request_id_of
from gateway.serve.turns import CALLER
from gateway.serve.workers import Busy

__all__ = ["AtOnce"]

_PLACE = re.compile(
    rb"/api/v1/(?:datasets/([a-z0-9-]{1,100})/(?:records|aggregate)|services/([a-z0-9-]{1,100}))(?:\.[a-z]{1,12})?"
)
_STATUS = {
    200: b"200 OK",
    304: b"304 Not Modified",
    429: b"429 Too Many Requests",
    503: b"503 Service Unavailable",
}


_SHARED = head_lines(CORS)
# every answer of the data path says of itself that it is of no other type
_ALWAYS = head_lines([one for one in SECURITY_HEADERS if one[0] != b"x-content-type-options"])
_REFUSED = head_lines(SECURITY_HEADERS)


@dataclass(frozen=True, slots=True)
class _Call:
    """A request: its path, its headers, the first lines of its answer's head, and when it was read."""

    path: str
    headers: list[tuple[bytes, bytes]]
    first: bytes
    begun: float


class AtOnce:
    """Belongs to the event loop of the admission; `rests_on` as there."""

    def __init__(
        self,
        admission: Admission,
        data_path: DataPath,
        watch: Watch,
        rests_on: Callable[[str], tuple[str, ...]],
    ) -> None:
        self._admission = admission
        self._rests_on = rests_on
        self._data_path = data_path
        self._watch = watch

    def __call__(
        self, url: bytes, headers: list[tuple[bytes, bytes]], host: str | None, first: bytes
    ) -> bytes | None:
        """The whole answer to a GET without a body, its head beginning with the lines `first`; None where it is not for
        here. `url` is the request's target as it came, `host` the caller's address or None where that is not the peer's."""
        place, _, query = url.partition(b"?")
        asked = _PLACE.fullmatch(place)
        if asked is None or traced() or b"#" in query:
            return None
        call = _Call(place.decode("ascii"), headers, first, time.perf_counter())
        try:
            if asked[1] is not None:
                datasets: tuple[str, ...] = (asked[1].decode("ascii"),)
            else:
                datasets = self._rests_on(asked[2].decode("ascii"))
            admitted = self._admission.at_once(datasets, headers, host)
            if admitted is None:
                return None
            visit, caller = admitted
            if visit.over is not None:
                return self._turned_away(call, visit, caller, visit.over)
            try:
                reply = self._data_path.at_once(call.path, query, dict(headers), caller)
            except Busy as busy:
                return self._turned_away(call, visit, caller, busy)
        except KaizhaError:
            return None  # the ordinary way says what is wrong
        if reply is None or reply.status not in (200, 304):
            self._admission.expect(visit)
            return None
        lines = head_lines(reply.headers)
        if lines.count(b"\n") != len(reply.headers):
            return None  # a value that would end its line: uvicorn refuses to send it
        limits = self._admission.admit_at_once(visit, caller)
        self._admission.count(visit, reply.status, len(reply.body))
        return self._told(call, caller, reply.status, lines, reply.body, limits)

    def _turned_away(self, call: _Call, visit: Visit, caller: str, why: Over | Unavailable) -> bytes:
        (status, headers, body), limits = self._admission.turn_away(visit, why)
        return self._told(call, caller, status, head_lines(headers), body, limits)

    def _told(
        self,
        call: _Call,
        caller: str,
        status: int,
        lines: bytes,
        body: bytes,
        limits: list[tuple[bytes, bytes]],
    ) -> bytes:
        """The whole answer, once it is written down; `lines` are its own of the head."""
        request_id = request_id_of({"headers": call.headers})
        taken = time.perf_counter() - call.begun
        timed, always = (b"answer", _ALWAYS) if status < 400 else (b"refused", _REFUSED)
        whole = b"HTTP/1.1 %s\r\n%s%s%sx-request-id: %s\r\nserver-timing: %s;dur=%.3f\r\n%s%s\r\n%s" % (
            _STATUS[status],
            call.first,
            lines,
            _SHARED,
            request_id,
            timed,
            taken * 1000,
            head_lines(limits),
            always,
            body,
        )
        route, subject = TEMPLATES.of(call.path)
        scope = {"method": "GET", CALLER: caller}
        self._watch.answered(scope, route, subject, status, taken, len(body), request_id.decode("latin-1"))
        return whole
