"""Answers of the CKAN API that a client may keep and ask for again with their validator, in the coding that it takes. Pure."""

from __future__ import annotations

from hashlib import blake2b

from gateway.serve.compression_arrow import LEAST_BYTES, compressed
from gateway.serve.negotiation import best_coding
from gateway.serve.representation import Headers, coded, not_modified

__all__ = ["validated"]


def validated(headers: dict[bytes, bytes], body: bytes) -> tuple[int, Headers, bytes]:
    """The answer to a GET with its validator, in the coding that the client takes; or 304, where it has it already. Caches ask
    again each time, so a validator of the bytes is enough, whoever may see what."""
    etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    coding = best_coding(headers.get(b"accept-encoding", b"")) if len(body) >= LEAST_BYTES else None
    vary = (b"vary", b"Accept-Encoding")
    known = not_modified(headers, etag, coding)
    if known is not None:
        return 304, [vary, (b"etag", known.encode())], b""
    if coding is None:
        return 200, [vary, (b"etag", etag.encode())], body
    said = [vary, (b"etag", coded(etag, coding).encode()), (b"content-encoding", coding.encode())]
    return 200, said, compressed(body, coding)
