"""What a source lists, page after page: each kind as a stream of `Found`, from where a run before has come to.

A page that cannot be read ends the listing or is passed over, as far as the kind lets one go on; either way by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.errors import BadInput
from catalog.interchange.csw import first_page
from catalog.interchange.limits import Limits
from catalog.record import Parsed
from catalog.text import Text
from gateway.exchange.ckan_listing import ckan_pages
from gateway.exchange.data_json_listing import data_json_pages
from gateway.exchange.fetch import Fetcher, Validators
from gateway.exchange.parse_apart import parse_apart
from gateway.exchange.source import Found, Item, Kind, Source, Trouble, repeated, short
from gateway.exchange.store import sha

__all__ = ["MOST_PAGES", "Ask", "pages"]

MOST_PAGES = 20_000
ACCEPT: Mapping[Kind, str] = {
    Kind.DCAT: "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8",
    Kind.OGC: "application/geo+json, application/json;q=0.9",
    Kind.CSW: "application/xml",
}
FORMATS: Mapping[Kind, str] = {
    Kind.CROISSANT: "croissant",
    Kind.DATA_PACKAGE: "data-package",
    Kind.OGC: "ogc-records",
    Kind.CSW: "iso19139",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """How to read a source: `known` gives what was kept of a page by its key, `scratch` is a
    folder for what is too large to hold."""

    source: Source
    fetcher: Fetcher
    known: Callable[[str], tuple[Validators, str] | None]
    scratch: Path
    limits: Limits


def pages(ask: Ask, cursor: Mapping[str, Any]) -> Iterator[Found]:
    """The pages after `cursor` ({} = from the start). Raises an error of the tree where the listing breaks off."""
    match ask.source.kind:
        case Kind.CKAN:
            yield from ckan_pages(ask.source, ask.fetcher, cursor)
        case Kind.DATA_JSON:
            yield from data_json_pages(ask.source, ask.fetcher, ask.scratch, ask.known, cursor)
        case _:
            yield from _document_pages(ask, cursor)


def _document_pages(ask: Ask, cursor: Mapping[str, Any]) -> Iterator[Found]:
    """A document, and those that it names as the next ones; none is read twice."""
    kind = ask.source.kind
    url: str = cursor.get("url") or (first_page(ask.source.url) if kind is Kind.CSW else ask.source.url)
    listed: int | None = cursor.get("listed", 0)
    read: list[str] = list(cursor.get("read", ()))
    while url:
        key = sha(url)[:16]
        if key in read:
            raise repeated()
        if len(read) >= MOST_PAGES:
            raise BadInput(
                Text(f"目录超过 {MOST_PAGES} 页", f"The catalogue has more than {MOST_PAGES} pages"),
                Text("请采集其中一部分", "Harvest a part of it"),
            )
        read.append(key)
        known = ask.known(sha(url))
        with ask.fetcher.get(url, ACCEPT.get(kind, "*/*"), known[0] if known else Validators()) as answer:
            if answer.unchanged and known:
                following, listed = known[1], None  # how many stand there is not said again
                yield Found(sha(url), _after(following, read, listed), unchanged=True, next_url=following)
                url = following
                continue
            body, base, media_type, told = answer.read(), answer.url, answer.media_type, answer.validators
        parsed = parse_apart(
            body,
            base=base,
            format_=FORMATS.get(kind, ""),
            media_type=media_type,
            limits=ask.limits,
            deadline_s=ask.fetcher.deadline_s,
        )
        # a page that names only itself as the next is found among those read
        following = next((one for one in parsed.next_pages if one != url), "".join(parsed.next_pages[:1]))
        listed = None if listed is None else listed + parsed.listed
        missing = not following and parsed.total is not None and listed is not None and listed < parsed.total
        yield Found(
            sha(url),
            _after(following, read, listed),
            tuple(Item(one.identifier, one) for one in parsed.records),
            troubles=(*_troubles(parsed), *([short(listed or 0, parsed.total or 0)] if missing else ())),
            whole=not missing,
            total=parsed.total,
            validators=told,
            next_url=following,
        )
        url = following


def _after(url: str, read: list[str], listed: int | None) -> dict[str, Any]:
    return {"url": url, "read": list(read), "listed": listed} if url else {"done": True}


def _troubles(parsed: Parsed) -> tuple[Trouble, ...]:
    """What could not be kept at all; what was only repaired is no trouble."""
    return tuple(
        Trouble(
            "not-a-dataset",
            one.record,
            Text("这一项不是数据集", "This is no dataset"),
            Text("请源站点修正", "Its portal has to mend it"),
        )
        for one in parsed.problems
        if one.kind == "not-a-dataset"
    )
