"""Log lines of every role through structlog, to standard error: JSON, or for people.

A line holds words of ours, ids and numbers. An exception is a kind and a place, never its message; of another library's
line only what its authors wrote is kept, and only of libraries whose lines were read: the rest may hold a value.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Literal, Protocol

import orjson
import structlog

__all__ = ["AccessLine", "AccessLog", "LogSettings", "configure", "place_of"]

Format = Literal["json", "console"]
Level = Literal["debug", "info", "warning", "error"]
Render = Callable[[MutableMapping[str, Any]], bytes]

READ = ("uvicorn", "asyncio")
"""Libraries whose lines are kept, up to the first line's end and without what is filled in."""
PAUSE_S = 0.1
MOST_WAITING = 20_000
PIPE_BYTES = 4_096
"""What the system writes to a pipe in one piece: several processes share standard error."""


class LogSettings(Protocol):
    @property
    def log_format(self) -> Format: ...

    @property
    def log_level(self) -> Level: ...


AccessLine = tuple[float, str, str, int, float, int, str, str, str, str]
"""One request that was answered: when (seconds of the epoch), route, method, status, milliseconds, bytes of the body, the
request's id, the public id of a key, the dataset or service if it is open, the trace. A plain tuple: it is made on the way
of every request."""


def configure(settings: LogSettings, role: str) -> Render:
    """Every line of this process goes out in this form from now on; gives the form, for lines of one's own."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    render = _console() if settings.log_format == "console" else _json

    def named(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"at": _stamp(time.time()), **line, "role": role}

    def written(_logger: object, _method: str, line: MutableMapping[str, Any]) -> bytes:
        return render(line)

    structlog.configure(
        processors=[structlog.processors.add_log_level, named, written],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(_write),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Library(structlog.get_logger("library"))]
    root.setLevel(max(level, logging.WARNING))
    # What a library set up for itself would write past the form, values and all.
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers[:], logger.propagate = [], True

    def rendered(line: MutableMapping[str, Any]) -> bytes:
        line["role"] = role
        return render(line)

    return rendered


class AccessLog:
    """A line for each request, in a queue that a thread writes: the event loop appends a tuple and no more. When lines
    come faster than they can be written they are lost, and how many is said."""

    def __init__(self, render: Render, write: Callable[[bytes], None] | None = None) -> None:
        self._render = render
        self._write = write or _write
        self._waiting: deque[AccessLine] = deque()
        self._lost = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, line: AccessLine) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
            return
        self._waiting.append(line)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what waits, and end."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._ended.wait(PAUSE_S):
            self._drain()
        self._drain()

    def _drain(self) -> None:
        piece: list[bytes] = []
        size = 0
        for _ in range(len(self._waiting)):
            line = self._render(_told(self._waiting.popleft()))
            if piece and size + len(line) > PIPE_BYTES:
                self._write(b"".join(piece))
                piece, size = [], 0
            piece.append(line)
            size += len(line)
        if self._lost:
            lost, self._lost = self._lost, 0
            piece.append(
                self._render(
                    {"at": _stamp(time.time()), "level": "warning", "event": "lines lost", "lines": lost}
                )
            )
        if piece:
            self._write(b"".join(piece))


def place_of(trace: TracebackType | None) -> str:
    """Where an exception was raised: function and line."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""


def _told(line: AccessLine) -> dict[str, Any]:
    at, route, method, status, ms, sent, request, key, subject, trace = line
    told: dict[str, Any] = {
        "at": _stamp(at),
        "level": "info",
        "event": "request",
        "route": route,
        "method": method,
        "status": status,
        "ms": round(ms, 3),
        "bytes": sent,
    }
    if request:
        told["request"] = request
    if key:
        told["key"] = key
    if subject:
        told["of"] = subject
    if trace:
        told["trace"] = trace
    return told


class _Lines:
    """What structlog writes to: each of its methods takes a line that is rendered already."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.msg = self.debug = self.info = self.warning = self.error = self.critical = write


class _Library(logging.Handler):
    """Lines of the libraries we use, as lines of ours."""

    def __init__(self, log: Any) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        line: dict[str, Any] = {"library": record.name, "place": f"{record.module}:{record.lineno}"}
        if record.name.partition(".")[0] in READ:
            line["message"] = str(record.msg).partition("\n")[0]
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"kind": record.exc_info[0].__name__, "raised": place_of(record.exc_info[2])}
        say = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        say("a library says", **line)


def _json(line: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE)


def _console() -> Render:
    show = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="at", sort_keys=False)

    def render(line: MutableMapping[str, Any]) -> bytes:
        return f"{show(None, '', dict(line))}\n".encode()

    return render


def _stamp(at: float) -> str:
    """The time in UTC, to the millisecond."""
    second = int(at)
    return f"{_second(second)}.{int((at - second) * 1000):03}+00:00"


@lru_cache(4)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _write(line: bytes) -> None:
    """To standard error, at once. Where nobody takes it any more the house goes on without."""
    try:
        os.write(2, line)
    except OSError:
        return
