"""What pages of other sites may do with the data APIs: call them, with a key if they have one, and read these headers."""

from __future__ import annotations

__all__ = ["CORS"]

CORS: list[tuple[bytes, bytes]] = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b", ".join(
            (
                b"ETag",
                b"Link",
                b"RateLimit",
                b"RateLimit-Policy",
                b"Retry-After",
                b"X-Request-Id",
                b"Server-Timing",
                b"Content-Disposition",
                b"Content-Range",
                b"Deprecation",
                b"Sunset",
            )
        ),
    ),
]
