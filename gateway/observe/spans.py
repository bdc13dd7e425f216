"""Spans of what takes time, where somebody has asked for traces; else nothing, at no cost.

What makes them is installed once a process (`use`), as the log is: the code that takes time knows only `span`. The
OpenTelemetry part (`gateway.observe.spans_opentelemetry`) is imported only where it is switched on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

__all__ = ["Span", "Tracer", "span", "traced", "traceparent", "use"]

Attributes = Mapping[str, str | int]
"""Of our own words, ids and numbers: never a value, a query or an address."""


class Span(Protocol):
    trace_id: str

    def note(self, name: str, value: str | int) -> None: ...

    def fail(self, kind: str) -> None:
        """It did not succeed; `kind` is the class of the error."""
        ...


class Tracer(Protocol):
    def span(
        self, name: str, attributes: Attributes, parent: str, server: bool
    ) -> AbstractContextManager[Span]: ...

    def traceparent(self) -> str: ...


class _Nothing:
    trace_id = ""

    def note(self, name: str, value: str | int) -> None:
        return None

    def fail(self, kind: str) -> None:
        return None


class _Off:
    def __init__(self) -> None:
        self._nothing = _Nothing()

    @contextmanager
    def span(self, name: str, attributes: Attributes, parent: str, server: bool) -> Iterator[Span]:
        yield self._nothing

    def traceparent(self) -> str:
        return ""


_OFF: Tracer = _Off()
_in_use: list[Tracer] = [_OFF]


def use(tracer: Tracer | None) -> None:
    """From now on spans of this process are its; None = no spans."""
    _in_use[0] = tracer or _OFF


def traced() -> bool:
    """Whether anybody keeps spans."""
    return _in_use[0] is not _OFF


def span(
    name: str, attributes: Attributes | None = None, *, parent: str = "", server: bool = False
) -> AbstractContextManager[Span]:
    """A span around a block, a part of the one that is open, or of `parent` (a W3C traceparent; "" and whatever is none
    of that form begins a trace of its own). An exception that leaves the block marks it by its kind."""
    return _in_use[0].span(name, attributes or {}, parent, server)


def traceparent() -> str:
    """The open span in the form of W3C Trace Context, to be handed to another process; "" without one."""
    return _in_use[0].traceparent()
