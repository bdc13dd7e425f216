"""A polite reader of other people's servers: one request at a time, at most so many a second a host, asked again where they
say "later", and everything bounded: bytes (also unpacked ones), time, redirects, attempts.

Every address goes through `gateway.governance.outbound`, which vets it; nothing here opens a connection of its own.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from catalog.errors import BadInput, NotFound, TooLarge, TooMany, Unavailable, Where
from catalog.text import Text
from gateway.governance.outbound import Answered, asked

__all__ = ["Fetched", "Fetcher", "Validators"]

AGENT = "Kaizha harvester"
LATER = (429, 502, 503, 504)
ATTEMPTS = 4
LONGEST_WAIT_S = 60.0  # who asks for longer is left alone until the next run
FIRST_WAIT_S = 1.0
STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said to know an answer again by, as it said it."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        named = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer that is there: `unchanged` = the server says it is what the validators name, and there is no body."""

    url: str
    status: int
    media_type: str
    validators: Validators
    body: BinaryIO

    @property
    def unchanged(self) -> bool:
        return self.status == 304

    def read(self) -> bytes:
        """The whole body. Raises TooLarge, Unavailable."""
        return self.body.read()


@dataclass(slots=True)
class Fetcher:
    """`per_second` requests a host at most; `deadline_s` seconds for one answer with its body; `max_bytes` of one body
    after unpacking. `clock` (monotonic) and `sleep` in seconds."""

    allow_private: bool
    per_second: float
    deadline_s: float
    max_bytes: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next_at: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def get(self, url: str, accept: str = "*/*", known: Validators = Validators()) -> Iterator[Fetched]:
        """What is at an address. Raises BadInput: an address that may not be called, or an answer that is none;
        NotFound; TooMany: the server is asked too much, after all retries; Unavailable: nobody answers in time."""
        headers = {"accept": accept, "accept-encoding": "gzip, identity;q=0.5", **known.headers()}
        with self.request("GET", url, headers, b"") as answer:
            if not answer.is_success and answer.status != 304:
                raise _no_success(answer.status)
            yield Fetched(
                answer.url,
                answer.status,
                answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
                Validators(
                    answer.headers.get("etag", "")[:400], answer.headers.get("last-modified", "")[:100]
                ),
                answer.body,
            )

    @contextmanager
    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Iterator[Answered]:
        """One request, repeated where the server says "later"; its body unpacked. Raises as `get` does, but answers of
        any other status are given."""
        named = {"user-agent": AGENT, **headers}
        waited_s = FIRST_WAIT_S
        for attempt in range(1, ATTEMPTS + 1):
            self._wait(url)
            with ExitStack() as ending:
                try:
                    answer = ending.enter_context(
                        asked(method, url, named, body, self.allow_private, self.deadline_s)
                    )
                except Unavailable:  # nothing came back; what is not a read may have been done all the same
                    if method != "GET" or attempt == ATTEMPTS:
                        raise
                    self._not_before(url, waited_s)
                    waited_s *= 2
                    continue
                if answer.status not in LATER:
                    yield _unpacked(answer, self.max_bytes)
                    return
                asked_s = _retry_after_s(answer.headers.get("retry-after", ""))
                wait_s = waited_s if asked_s is None else asked_s
                if attempt == ATTEMPTS or wait_s > LONGEST_WAIT_S:
                    raise TooMany(
                        Text(f"对方繁忙（{answer.status}）", f"The server is busy ({answer.status})"),
                        Text(
                            "请稍后再采集；可减少 KAIZHA_HARVEST_RATE",
                            "Harvest again later; lower KAIZHA_HARVEST_RATE",
                        ),
                        Where(parameter="url"),
                        retry_after_s=int(min(wait_s, 86_400)) + 1,
                    )
            self._not_before(url, wait_s)
            waited_s *= 2

    def _wait(self, url: str) -> None:
        host = urlsplit(url).netloc
        now = self.clock()
        due = self._next_at.get(host, now)
        if due > now:
            self.sleep(due - now)
        self._next_at[host] = max(now, due) + 1 / self.per_second

    def _not_before(self, url: str, wait_s: float) -> None:
        host = urlsplit(url).netloc
        self._next_at[host] = max(self._next_at.get(host, 0.0), self.clock() + wait_s)


class _Bounded(io.RawIOBase):
    """A stream that ends with TooLarge past `max_bytes`."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream, self._left, self._max = stream, max_bytes, max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._stream.read(min(len(buffer), STEP))
        self._left -= len(found)
        if self._left < 0:
            raise _too_large(self._max)
        buffer[: len(found)] = found
        return len(found)


class _Unpacked(io.RawIOBase):
    """A gzip stream as what is in it, never more of it at once than is asked for."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._decoder = zlib.decompressobj(31)
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._decoder.eof:
            fresh = self._waiting or self._packed.read(STEP)
            try:
                plain = self._decoder.decompress(fresh, min(len(buffer), STEP))
            except zlib.error:
                raise _malformed() from None
            self._waiting = self._decoder.unconsumed_tail
            if plain:
                buffer[: len(plain)] = plain
                return len(plain)
            if not fresh:
                raise _malformed()  # cut off in the middle
        return 0


def _unpacked(answer: Answered, max_bytes: int) -> Answered:
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip"):
        raise _malformed()
    plain = answer.body
    if coding not in ("identity", ""):
        plain = cast(BinaryIO, io.BufferedReader(_Unpacked(answer.body), STEP))
    body = io.BufferedReader(_Bounded(plain, max_bytes), STEP)
    return Answered(answer.url, answer.status, answer.headers, cast(BinaryIO, body))


def _retry_after_s(text: str) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if text.strip().isascii() and text.strip().isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _no_success(status: int) -> BadInput | NotFound | Unavailable:
    message = Text(f"对方回答 {status}", f"The server answers {status}")
    if status in (404, 410):
        return NotFound(message, Text("请核对网址", "Check the address"), Where(parameter="url"))
    if status >= 500:
        return Unavailable(message, Text("请稍后再采集", "Harvest again later"))
    return BadInput(
        message,
        Text("请核对网址以及是否公开", "Check the address, and that it is public"),
        Where(parameter="url"),
    )


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        Text(f"应答超过 {max_bytes >> 20} MB", f"The answer is over {max_bytes >> 20} MB"),
        Text(
            "请采集分页的目录，或调高 KAIZHA_HARVEST_PAGE_MB",
            "Harvest a paged catalogue, or raise KAIZHA_HARVEST_PAGE_MB",
        ),
        Where(parameter="url"),
    )


def _malformed() -> BadInput:
    return BadInput(
        Text(
            "应答的压缩内容损坏或不是 gzip",
            "The answer is packed in a way that cannot be read, or is cut off",
        ),
        Text("请联系源站点", "Tell the people of that server"),
        Where(parameter="url"),
    )
