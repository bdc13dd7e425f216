"""uvicorn's HTTP protocol with a line: what would be answered too late is refused where its headers have been read, by one
write, before a task is begun for it, and what can be answered without waiting is answered there. Elsewhere it is uvicorn's
own (`HttpToolsProtocol`, held to by tests)."""

from __future__ import annotations

import time
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from catalog.errors import BadInput
from catalog.text import Text
from gateway.api.problem import Problem, problem
from gateway.serve.cors import CORS
from gateway.serve.line import LINE, Line
from gateway.serve.representation import head_lines
from gateway.serve.request_id import request_id_of

__all__ = ["protocol_with_line"]


ALWAYS = (*CORS, (b"server-timing", b"refused;dur=0"))


AtOnce = Callable[[bytes, list[tuple[bytes, bytes]], str | None, bytes], bytes | None]
"""Of a request's target, its headers, the caller's address (None: not known here) and the first lines of the head, the
whole answer, or None: it is to be waited for."""


def protocol_with_line(
    line: Line,
    matches: Callable[[str], bool],
    refusal: Problem,
    refused: Callable[[], object],
    at_once: AtOnce,
) -> type[HttpToolsProtocol]:
    """The protocol of a server whose requests that `matches` says yes to wait in `line`; `refused` is told of each that
    is sent away with `refusal`."""
    status, headers, body = refusal
    unreadable = problem(_unreadable())
    head = head_lines((*headers, *ALWAYS))
    answer = b"HTTP/1.1 %d Service Unavailable\r\n%s" % (status, head)

    def _turned() -> None:
        line.turned(time.perf_counter())

    class WithLine(HttpToolsProtocol):
        _answered = False

        def on_message_begin(self) -> None:
            self._answered = False
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            free = self.cycle is None or self.cycle.response_complete
            # only what has no body, and where nothing is being answered on this connection
            if free and self.url.startswith(b"/api/") and self._is_read():
                now = time.perf_counter()
                if line.is_late(now) or line.is_held_up(now):
                    path = self.url.partition(b"?")[0].decode("latin-1")
                    if matches(path):
                        self._refuse()
                        return
                elif self._is_answered(now):
                    return
            super().on_headers_complete()

        def send_400_response(self, msg: str) -> None:
            """What is no HTTP, or an address that is too long to read, is refused as a problem too."""
            _, headers, body = unreadable
            head = head_lines((*headers, *ALWAYS))
            request_id = request_id_of({"headers": []})
            said = b"HTTP/1.1 400 Bad Request\r\n%sx-request-id: %s\r\nconnection: close\r\n\r\n%s"
            self.transport.write(said % (head, request_id, body))
            self.transport.close()

        def _is_read(self) -> bool:
            return self.parser.get_method() == b"GET" and not any(
                name in (b"content-length", b"transfer-encoding") for name, _ in self.headers
            )

        def _is_answered(self, now: float) -> bool:
            """Whether it was answered at once: only where the next byte that is written is read, and where nothing is to be
            done with the connection."""
            if self.flow.write_paused or self.expect_100_continue or self.transport.is_closing():
                return False
            if self.parser.get_http_version() != "1.1" or not self.parser.should_keep_alive():
                return False
            if self.parser.should_upgrade():
                return False
            # behind a proxy uvicorn finds out whose the request is, later
            host = None if self.config.proxy_headers or self.client is None else self.client[0]
            whole = at_once(self.url, self.headers, host, head_lines(self.server_state.default_headers))
            if whole is None:
                return False
            if line.answer(now):
                self.loop.call_soon(_turned)
            self._send(whole)
            return True

        def _refuse(self) -> None:
            refused()
            request_id = request_id_of({"headers": self.headers})
            self._send(b"%sx-request-id: %s\r\n\r\n%s" % (answer, request_id, body))

        def _send(self, whole: bytes) -> None:
            self._answered = True
            self.server_state.total_requests += 1
            self.transport.write(whole)
            if not self.parser.should_keep_alive():
                self.transport.close()
                return
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

        def on_message_complete(self) -> None:
            if not self._answered:
                super().on_message_complete()

        def _start_asgi_task(self, cycle: object, app: object) -> None:
            scope = cycle.scope  # type: ignore[attr-defined]
            if scope["method"] != "OPTIONS" and matches(scope["path"]):
                scope[LINE] = line
                line.come(time.perf_counter())
            super()._start_asgi_task(cycle, app)  # type: ignore[arg-type]

    return WithLine


def _unreadable() -> BadInput:
    return BadInput(
        Text("请求不是合法的 HTTP，或网址过长", "The request is no valid HTTP, or its address is too long"),
        Text(
            "网址最多 16 KB；更长的条件请用 POST 或 export",
            "An address has at most 16 KB; for longer conditions use POST, or export",
        ),
    )
