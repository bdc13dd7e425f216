"""Answers and streams compressed by the codecs that pyarrow carries (zlib, Brotli, Zstandard): one library for the three
codings, and present already."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Literal

import pyarrow as pa

__all__ = ["LEAST_BYTES", "compressed", "compressed_stream"]

LEAST_BYTES = 1_024
"""Below it the header of a coding costs about what it saves."""

# coding → (codec, level). Levels at which a page of 100 rows takes about a millisecond and a stream keeps up.
_CODECS: dict[str, tuple[Literal["brotli", "gzip", "zstd"], int]] = {
    "br": ("brotli", 4),
    "gzip": ("gzip", 5),
    "zstd": ("zstd", 3),
}


def compressed(body: bytes, coding: str) -> bytes:
    """A whole body in a coding of `gateway.serve.negotiation.CODINGS`."""
    name, level = _CODECS[coding]
    packed: bytes = pa.Codec(name, compression_level=level).compress(body, asbytes=True)
    return packed


def compressed_stream(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """The chunks as one stream of a coding; closes `chunks` with itself. Never yields an empty chunk."""
    sink = _Sink()
    stream = pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), _CODECS[coding][0])
    try:
        for chunk in chunks:
            stream.write(chunk)
            if packed := _taken(sink):
                yield packed
        stream.close()
        if packed := _taken(sink):
            yield packed
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()


class _Sink(io.BytesIO):
    """Outlives the stream that writes to it, whose last bytes are still to be taken."""

    def close(self) -> None:
        self.flush()


def _taken(sink: io.BytesIO) -> bytes:
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content
