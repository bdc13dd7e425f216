"""A request as the data path has read it, and an answer before it is sent: its form, a file or a part of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.api.problem import Problem, range_not_satisfiable
from gateway.serve.byte_range import byte_range, read_range
from gateway.serve.formats import no_such_form
from gateway.serve.negotiation import best_suffix, not_acceptable
from gateway.serve.representation import Headers
from gateway.serve.served import Served

__all__ = ["METHODS", "Ask", "Reply", "file_reply", "form_of", "options_reply", "reply_of"]

METHODS = "GET, HEAD, OPTIONS"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, or with `chunks` a stream."""

    status: int
    headers: Headers
    body: bytes = b""
    chunks: Iterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, read. `about` are the links of every answer to it, `since` when the service that is asked began to
    answer as it does."""

    served: Served
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    started: float
    caller: str
    about: bytes = b""
    since: datetime | None = None

    @property
    def modified(self) -> datetime:
        """When what is answered last changed: the release, or the version of a service that is asked over it."""
        published = self.served.release.published_at
        return published if self.since is None else max(published, self.since)


def form_of(ask: Ask, suffix: str | None, offered: tuple[tuple[str, str], ...]) -> str:
    """The form of the answer: by the path's ending, or by Accept.

    Raises NotAcceptable: the client takes none of those that there are; BadInput: there is no form of that ending.
    """
    if suffix is None:
        accept = ask.headers.get(b"accept", b"")
        if accept in (b"", b"*/*"):
            return offered[0][0]
        if (form := best_suffix(accept, offered)) is not None:
            return form
        raise not_acceptable([media_type for _, media_type in offered])
    if any(suffix == one for one, _ in offered):
        return suffix
    raise no_such_form([one for one, _ in offered])


def file_reply(ask: Ask, etag: str, fixed: Headers, method: str) -> Reply:
    """The Parquet itself, or one range of it (RFC 9110, section 14)."""
    path = ask.served.parquet
    size = path.stat().st_size
    fixed = [*fixed, (b"accept-ranges", b"bytes")]
    asked = ask.headers.get(b"range", b"").decode("latin-1")
    if ask.headers.get(b"if-range", etag.encode()) != etag.encode():
        asked = ""
    span = byte_range(asked, size)
    if span == "unsatisfiable":
        return reply_of(range_not_satisfiable(size))
    status, first, last = (206, span[0], span[1]) if span else (200, 0, size - 1)
    if span:
        fixed.append((b"content-range", f"bytes {first}-{last}/{size}".encode()))
    fixed.append((b"content-length", b"%d" % (last - first + 1)))
    return (
        Reply(status, fixed)
        if method == "HEAD"
        else Reply(status, fixed, chunks=read_range(path, first, last))
    )


def options_reply(methods: str = METHODS, shared: str = "") -> Reply:
    """What a browser is told before it calls from another site: the methods there are, and those that are `shared` with
    others' pages (all of them where it is not said)."""
    return Reply(
        204,
        [
            (b"allow", methods.encode()),
            (b"access-control-allow-methods", (shared or methods).encode()),
            (
                b"access-control-allow-headers",
                b"Authorization, Content-Type, If-Modified-Since, If-None-Match, If-Range, Range, X-Request-Id",
            ),
            (b"access-control-max-age", b"86400"),
        ],
    )


def reply_of(given: Problem) -> Reply:
    return Reply(*given)
