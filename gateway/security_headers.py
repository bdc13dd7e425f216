"""What every answer says to a browser that shows it."""

from __future__ import annotations

__all__ = ["SECURITY_HEADERS"]

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    ),
)
