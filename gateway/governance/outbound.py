"""Calls to addresses that somebody else has named: resolved once, every address vetted, and that one dialled.

A name that resolves to this machine or an inner network is refused (unless a setting allows it), so that a webhook
cannot be made to reach what its owner cannot.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import httpx

from catalog.errors import BadInput, Unavailable, Where
from catalog.text import Text

__all__ = ["post", "vet"]

TIMEOUT_S = 5.0
CGNAT = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598: private, though not "private" to the library


def vet(url: str, allow_private: bool) -> str:
    """The address to dial for a URL. Raises BadInput: no web address, or one that may not be called."""
    parts = _split(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _refused(
            Text("找不到这个地址的主机", "The host of this address is not found"),
            Text("请核对网址", "Check the address"),
        ) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and any(_is_inner(address) for address in addresses):
        raise _refused(
            Text("这个地址指向本机或内部网络", "This address leads to this machine or an inner network"),
            Text(
                "请使用公网地址，或由管理员设置 KAIZHA_PRIVATE_WEBHOOKS",
                "Use a public one, or have an administrator set KAIZHA_PRIVATE_WEBHOOKS",
            ),
        )
    return addresses[0]


def post(url: str, body: bytes, headers: Mapping[str, str], allow_private: bool) -> int:
    """Send a body; the status that came back. No redirect is followed, no answer is kept.

    Raises BadInput as `vet` does, Unavailable when nobody answers in time.
    """
    address = vet(url, allow_private)
    parts = _split(url)
    host = f"[{address}]" if ":" in address else address
    dialled = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()
    named = {**headers, "host": parts.netloc.rpartition("@")[2]}
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            request = client.build_request("POST", dialled, content=body, headers=named)
            request.extensions["sni_hostname"] = parts.hostname or ""
            answer = client.send(request, stream=True)  # the body of the answer is never read
            answer.close()
            return answer.status_code
    except httpx.HTTPError as error:
        raise Unavailable(
            Text("接收方没有应答", "The receiver does not answer"),
            Text("稍后会自动重试", "It is tried again later"),
        ) from error


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
    one = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(one, "ipv4_mapped", None)
    one = mapped or one
    return not one.is_global or one.is_multicast or (one.version == 4 and one in CGNAT)


def _refused(message: Text, remedy: Text) -> BadInput:
    return BadInput(message, remedy, Where(parameter="url"))
