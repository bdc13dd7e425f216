"""What a representation of a release carries over HTTP: its parameters read, its validators, its links. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, urlencode

from catalog.errors import BadInput, Where
from catalog.release import Release
from catalog.text import Text
from gateway.serve.encoding import ENCODER_VERSION

__all__ = [
    "Headers",
    "coded",
    "etag_of",
    "last_modified",
    "next_link",
    "not_modified",
    "read_params",
    "representation_headers",
]

Headers = list[tuple[bytes, bytes]]


def read_params(query: bytes) -> list[tuple[str, str]]:
    """Names and values of a query string, decoded. Raises BadInput: not UTF-8, or too many."""
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        raise BadInput(
            Text(
                "查询字符串不是合法的 UTF-8 百分号编码，或参数过多",
                "The query string is not percent-encoded UTF-8, or has too many parameters",
            ),
            Text("请按 UTF-8 编码每个参数", "Encode each parameter as UTF-8"),
            Where(parameter="query string"),
        ) from None


def etag_of(release: Release, kind: str, query: object) -> str:
    """A strong validator: the same release, question and encoder give the same bytes, whichever file answers."""
    digest = blake2b(f"{release.id}\n{kind}\n{ENCODER_VERSION}\n{query!r}".encode(), digest_size=16)
    return f'"{digest.hexdigest()}"'


def representation_headers(etag: str, media_type: bytes) -> Headers:
    """Shared caches may keep it but ask again (`no-cache`), so a withdrawal reaches them."""
    return [
        (b"content-type", media_type),
        (b"etag", etag.encode()),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
    ]


def coded(etag: str, coding: str) -> str:
    """The validator of the same answer in a coding (RFC 9110, section 8.8.3.3: other bytes, another one)."""
    return f'{etag[:-1]}.{coding}"'


def not_modified(headers: Mapping[bytes, bytes], etag: str, coding: str | None = None) -> str | None:
    """The validator that If-None-Match names, as it is or in the coding (RFC 9110, section 13.1.2: weak comparison);
    None where it names neither."""
    given = headers.get(b"if-none-match")
    if not given:
        return None
    tags = [tag.strip().removeprefix("W/") for tag in given.decode("latin-1").split(",")]
    known = (coded(etag, coding), etag) if coding else (etag,)
    return next((one for one in known if one in tags), etag if "*" in tags else None)


def next_link(path: str, query: bytes, cursor: str) -> bytes:
    """The Link to the next page: the same request with this cursor."""
    kept = [(name, value) for name, value in read_params(query) if name not in ("cursor", "offset")]
    url = f"{quote(path)}?{urlencode([*kept, ('cursor', cursor)])}"
    return f'<{url}>; rel="next"'.encode()


def last_modified(release: Release) -> bytes:
    """When it was published, as an HTTP date."""
    return format_datetime(release.published_at.astimezone(UTC), usegmt=True).encode()
