"""Calls to addresses that somebody else has named: resolved once, every address vetted, and that one dialled.

A name that resolves to this machine or an inner network is refused (unless a setting allows it), so that a webhook
cannot be made to reach what its owner cannot.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from catalog.errors import BadInput, Unavailable, Where
from catalog.text import Text

__all__ = ["Answered", "asked", "fetch", "post", "vet"]

TIMEOUT_S = 5.0
RESOLVE_S = 10.0
MAX_REDIRECTS = 5
SECRET_HEADERS = ("authorization", "x-ckan-api-key", "cookie")
# What carries an address of the old protocol inside one of the new, and leads there: RFC 6052.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
CGNAT = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598: private, though not "private" to the library


def vet(url: str, allow_private: bool, setting: str = "KAIZHA_PRIVATE_WEBHOOKS") -> str:
    """The address to dial for a URL; `setting` is what an administrator can open. Raises BadInput: no web address, or one
    that may not be called; Unavailable: its name is not resolved within `RESOLVE_S`."""
    parts = _split(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = _resolved(str(parts.hostname), port)
    except (OSError, UnicodeError):
        raise _refused(
            Text("找不到这个地址的主机", "The host of this address is not found"),
            Text("请核对网址", "Check the address"),
        ) from None
    if any(_is_never(address) for address in addresses):
        raise _refused(
            Text("这个地址是链路本地地址，从不访问", "This is a link-local address, which is never called"),
            Text("请核对网址", "Check the address"),
        )
    if not allow_private and any(_is_inner(address) for address in addresses):
        raise _refused(
            Text("这个地址指向本机或内部网络", "This address leads to this machine or an inner network"),
            Text(
                f"请使用公网地址，或由管理员设置 {setting}",
                f"Use a public one, or have an administrator set {setting}",
            ),
        )
    return addresses[0]


def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a name. The system's resolver knows no deadline, and whoever runs the name's server may keep it
    waiting: it is asked in a thread that is left behind. Raises OSError, UnicodeError, Unavailable."""
    answered: Future[list[str]] = Future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answered.set_result([str(entry[4][0]) for entry in found])
        except (OSError, UnicodeError) as error:
            answered.set_exception(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        return answered.result(RESOLVE_S)
    except FutureTimeout:
        if answered.done():  # the resolver's own time-out is an OSError, and is told as one
            raise
        raise Unavailable(
            Text("主机名解析超过时限", "The name of the host is not resolved in time"),
            Text("请稍后再试，或核对网址", "Try again later, or check the address"),
        ) from None


def post(url: str, body: bytes, headers: Mapping[str, str], allow_private: bool) -> int:
    """Send a body; the status that came back. No redirect is followed, no answer is kept.

    Raises BadInput as `vet` does, Unavailable when nobody answers in time.
    """
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            request = _dialled(client, "POST", url, vet(url, allow_private), headers, body)
            answer = client.send(request, stream=True)  # the body of the answer is never read
            answer.close()
            return answer.status_code
    except httpx.HTTPError as error:
        raise Unavailable(
            Text("接收方没有应答", "The receiver does not answer"),
            Text("稍后会自动重试", "It is tried again later"),
        ) from error


@contextmanager
def fetch(url: str, allow_private: bool, deadline_s: float) -> Iterator[BinaryIO]:
    """The body of what a URL answers, as a stream that ends with an error after `deadline_s` seconds.

    Raises BadInput as `asked` does, also where the answer is no success; Unavailable when nobody answers, or not in time.
    """
    # Unpacked here nothing: a small answer may unpack to anything.
    with asked("GET", url, {"accept-encoding": "identity"}, b"", allow_private, deadline_s) as answer:
        if not answer.is_success or answer.headers.get("content-encoding", "identity") != "identity":
            raise _refused(
                Text(
                    f"对方回答 {answer.status}，没有给出文件",
                    f"It answers {answer.status} and gives no file",
                ),
                Text(
                    "请核对网址；须登录的文件请先下载",
                    "Check the address; download what needs a sign-in first",
                ),
            )
        yield answer.body


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: `url` is where it came from after redirects, `body` its bytes as they were sent, until the
    deadline."""

    url: str
    status: int
    headers: httpx.Headers
    body: BinaryIO

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@contextmanager
def asked(
    method: str, url: str, headers: Mapping[str, str], body: bytes, allow_private: bool, deadline_s: float
) -> Iterator[Answered]:
    """One request to an address that somebody named, whatever is answered.

    Every redirect of a GET is vetted like the first address; at most five, none from https to http, and none takes
    a credential (`SECRET_HEADERS`) to another host. Raises BadInput as `vet` does; Unavailable when nobody answers, or
    not in time.
    """
    until = time.monotonic() + deadline_s
    sent = dict(headers)
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            for _ in range(MAX_REDIRECTS + 1):
                address = vet(url, allow_private, "KAIZHA_PRIVATE_SOURCES")
                answer = client.send(_dialled(client, method, url, address, sent, body), stream=True)
                try:
                    if answer.has_redirect_location and method == "GET":
                        target = _next(url, answer.headers["location"])
                        if _split(target).netloc != _split(url).netloc:
                            sent = {name: v for name, v in sent.items() if name.lower() not in SECRET_HEADERS}
                        url = target
                        if time.monotonic() > until:
                            raise _too_late()
                        continue
                    stream = io.BufferedReader(_Body(answer.iter_raw(), until), 1 << 16)
                    yield Answered(url, answer.status_code, answer.headers, cast(BinaryIO, stream))
                    return
                finally:
                    answer.close()
            raise _refused(
                Text("转接次数过多", "There are too many redirects"),
                Text("请使用最终的网址", "Use the final address"),
            )
    except httpx.HTTPError as error:
        raise Unavailable(
            Text("对方没有应答", "Nobody answers at this address"),
            Text("请稍后再试，或先下载再提交", "Try again later, or download the file first"),
        ) from error


class _Body(io.RawIOBase):
    """Chunks as a stream, until the deadline."""

    def __init__(self, chunks: Iterator[bytes], until: float) -> None:
        self._chunks, self._until, self._left = chunks, until, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if time.monotonic() > self._until:
            raise _too_late()
        if not self._left:
            self._left = next(self._chunks, b"")
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _too_late() -> Unavailable:
    return Unavailable(
        Text("下载超过时限", "The download takes too long"),
        Text("请先下载再提交", "Download the file first"),
    )


def _next(url: str, location: str) -> str:
    target = urljoin(url, location)
    if url.startswith("https:") and not target.startswith("https:"):
        raise _refused(
            Text("转接到不加密的网址", "It redirects to an address without encryption"),
            Text("请先下载再提交", "Download the file first"),
        )
    return target


def _dialled(
    client: httpx.Client, method: str, url: str, address: str, headers: Mapping[str, str], body: bytes
) -> httpx.Request:
    """A request to the vetted address itself, under the name that was asked for."""
    parts = _split(url)
    host = f"[{address}]" if ":" in address else address
    dialled = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()
    named = {**headers, "host": parts.netloc.rpartition("@")[2]}
    request = client.build_request(method, dialled, content=body or None, headers=named)
    request.extensions["sni_hostname"] = parts.hostname or ""
    return request


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or len(url) > 2_000:
        raise _refused(
            Text("这不是可用的网址", "This is no usable web address"),
            Text(
                "请使用 https:// 开头、不含用户名和密码的网址",
                "Use one that begins with https:// and holds no password",
            ),
        )
    return parts


def _is_inner(address: str) -> bool:
    one = _meant(address)
    return not one.is_global or one.is_multicast or (one.version == 4 and one in CGNAT)


def _is_never(address: str) -> bool:
    """Where machines ask who they are (169.254.169.254) and neighbours find each other: no setting opens it."""
    return _meant(address).is_link_local


def _meant(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address that is reached in the end: an old one inside a new one is that old one."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv4Address):
        return one
    if one in NAT64:
        return ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
    return one.ipv4_mapped or one.sixtofour or one


def _refused(message: Text, remedy: Text) -> BadInput:
    return BadInput(message, remedy, Where(parameter="url"))
