"""What a representation of a release carries over HTTP: its parameters read, its validators, its links. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, urlencode

from catalog.errors import BadInput, Where
from catalog.release import Release
from catalog.text import Text
from gateway.licences import licence_address
from gateway.serve.encoding import ENCODER_VERSION

__all__ = [
    "Headers",
    "coded",
    "dataset_links",
    "etag_of",
    "head_lines",
    "http_date",
    "last_modified",
    "not_modified",
    "not_modified_since",
    "page_links",
    "read_params",
    "release_headers",
    "representation_headers",
    "service_links",
]

_PLAIN = re.compile(rb"[A-Za-z0-9_.~*!$'(),:;@/?%+=&-]*")
"""The characters of a URI's query (RFC 3986, section 3.4)."""
_PLACES = (b"cursor", b"offset")

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


def head_lines(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Headers as lines of an HTTP/1.1 head, each with its CRLF (RFC 9112, section 5)."""
    return b"".join([b"%s: %s\r\n" % header for header in headers])


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


def not_modified_since(headers: Mapping[bytes, bytes], moment: datetime) -> bool:
    """Whether If-Modified-Since is not before `moment` (to the second, as HTTP dates are). If-None-Match goes before it, and
    what is no date is passed over (RFC 9110, section 13.1.3)."""
    given = headers.get(b"if-modified-since")
    if not given or b"if-none-match" in headers:
        return False
    try:
        since = parsedate_to_datetime(given.decode("latin-1"))
    except ValueError:
        return False
    return since.tzinfo is not None and moment.replace(microsecond=0) <= since


@lru_cache(maxsize=4_096)
def page_links(path: str, query: bytes, cursor: str | None, limit: int, offset: int) -> bytes:
    """Links to the pages around one: ``next`` by its `cursor`; ``first`` where this is not it; ``prev`` where rows were
    skipped by number (a cursor knows no way back). "" = it is the only one."""
    back = offset > 0 or b"cursor=" in query
    if cursor is None and not back:
        return b""
    place, kept = quote(path).encode(), _elsewhere(query)

    def link(more: bytes, relation: bytes) -> bytes:
        asked = b"&".join((kept, more)) if kept and more else kept or more
        return b'<%s%s%s>; rel="%s"' % (place, b"?" if asked else b"", asked, relation)

    links = [] if cursor is None else [link(b"cursor=" + quote(cursor).encode(), b"next")]
    if back:
        links.append(link(b"", b"first"))
    if offset:
        links.append(link(b"offset=%d" % max(0, offset - limit), b"prev"))
    return b", ".join(links)


def _elsewhere(query: bytes) -> bytes:
    """What of the query holds at another place too. As it was sent, where every byte of it may stand in a header's link and
    no name has an escape in it; else written again."""
    parts = [(part.partition(b"=")[0], part) for part in query.split(b"&")]
    if _PLAIN.fullmatch(query) and not any(b"%" in name or b"+" in name for name, _ in parts):
        return b"&".join(part for name, part in parts if part and name not in _PLACES)
    return urlencode([one for one in read_params(query) if one[0].encode() not in _PLACES]).encode()


def last_modified(release: Release) -> bytes:
    """When it was published, as an HTTP date."""
    return http_date(release.published_at)


@lru_cache(maxsize=4_096)
def http_date(moment: datetime) -> bytes:
    return format_datetime(moment.astimezone(UTC), usegmt=True).encode()


@lru_cache(maxsize=4_096)
def dataset_links(dataset_id: str, licence: str) -> bytes:
    """Where an answer of a dataset is described (RFC 8631), and the licence it is given under (RFC 4946)."""
    return _about(f"/api/v1/datasets/{dataset_id}", f"/api/v1/datasets/{dataset_id}", licence)


@lru_cache(maxsize=8_192)
def service_links(service_id: str, licence: str) -> bytes:
    """The same of a purpose-built API; people read of it on its page."""
    return _about(f"/api/v1/services/{service_id}", f"/services/{service_id}", licence)


def _about(api: str, described: str, licence: str) -> bytes:
    links = [f'<{api}/openapi.json>; rel="service-desc"', f'<{described}>; rel="describedby"']
    address = licence_address(licence)
    if address is not None:
        # A steward has typed it: nothing in it may end the link or the header.
        links.append(f'<{quote(address, safe="%:/?#[]@!$&()*+,;=~")}>; rel="license"')
    return ", ".join(links).encode()


def release_headers(release: Release) -> dict[str, str]:
    """What every answer about a dataset carries of the release behind it."""
    links = dataset_links(release.dataset.id, release.dataset.licence)
    return {"Last-Modified": last_modified(release).decode(), "Link": links.decode()}
