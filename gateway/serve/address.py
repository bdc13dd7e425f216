"""Callers without a key by their address: an IPv6 network of 64 bits is one caller, as one subscriber has it. Pure."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address

__all__ = ["ADDRESS", "is_loopback", "subject_of_address"]

ADDRESS = "@"
"""What the subject of an address begins with: no key's prefix does."""


@lru_cache(65_536)
def subject_of_address(host: str) -> str:
    """The caller an address belongs to; what is no address (a local socket) stands for itself."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ADDRESS + host
    if isinstance(address, IPv4Address):
        return f"{ADDRESS}{address}"
    if address.ipv4_mapped is not None:
        return f"{ADDRESS}{address.ipv4_mapped}"
    return f"{ADDRESS}{IPv6Network((address, 64), strict=False)}"


@lru_cache(65_536)
def is_loopback(host: str) -> bool:
    """Whether it is this machine."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
