"""The catalogue for machines: DCAT, data.json, the descriptions of single datasets, sitemap and feed of changes.

Parse → read → render, off the event loop. An answer is kept by the state of the registry it was made from, so that
nothing that has been closed since is ever found in it; `gateway.front` holds it to the policy epoch besides.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from threading import Lock
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from catalog.dataset import check_dataset_id
from catalog.errors import BadInput, NotFound, Where
from catalog.interchange.croissant_render import render_croissant
from catalog.interchange.csvw_render import render_csvw
from catalog.interchange.data_json_render import render_data_json
from catalog.interchange.data_package_render import render_data_package
from catalog.interchange.dcat import Syntax
from catalog.interchange.dcat_render import Paging, catalogue_graph, dataset_graph, render_graph
from catalog.interchange.feeds import MOST_ADDRESSES, Change, render_atom, render_sitemap
from catalog.record import CatalogueRecord
from catalog.registry import queries
from catalog.registry.changes import last_change, newest_releases, open_since
from catalog.release import Release
from catalog.released_record import Site
from catalog.text import Text
from gateway.api.context import Context, context_of
from gateway.api.routes import base_url
from gateway.exchange.harvested import next_page
from gateway.exchange.open_records import TITLE, catalogue_of, records_of, site_of
from gateway.exchange.store import harvested_since
from gateway.portal.snippets import safe_base
from gateway.serve.cors import CORS

__all__ = ["PAGE_DATASETS", "router"]

router = APIRouter()
Asked = Annotated[Context, Depends(context_of)]

PAGE_DATASETS = 100
PAGE_DATA_JSON = 5_000  # its readers know no pages: almost every portal fits one
PAGE_CHANGES = 50
KEPT_BYTES = 64 << 20
SETTLED = timedelta(seconds=2)  # a time in whole seconds says nothing of a change within the same one

SYNTAXES: dict[str, tuple[Syntax, str]] = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "jsonld": ("json-ld", "application/ld+json"),
    "rdf": ("xml", "application/rdf+xml"),
}
JSON_FORMS: dict[str, tuple[Callable[[CatalogueRecord], Any], str]] = {
    "croissant.json": (render_croissant, "application/ld+json"),
    "datapackage.json": (render_data_package, "application/json"),
    "csvw.json": (render_csvw, "application/csvm+json"),
}


class Paged(BaseModel):
    """Where a page begins: what the page before named."""

    model_config = ConfigDict(extra="forbid")

    cursor: str = Field(default="", max_length=100)


@dataclass(frozen=True, slots=True)
class Answer:
    """A made answer; `following` the address of the next page."""

    body: bytes
    media_type: str
    etag: str
    changed: datetime | None
    following: str | None = None


@dataclass(slots=True)
class Kept:
    """Answers by the registry's revision and what was asked, the oldest dropped first; at most `KEPT_BYTES`."""

    by_key: OrderedDict[tuple[object, ...], Answer] = field(default_factory=OrderedDict)
    size: int = 0
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[object, ...]) -> Answer | None:
        with self.lock:
            return self.by_key.get(key)

    def put(self, key: tuple[object, ...], answer: Answer) -> None:
        with self.lock:
            if key in self.by_key or len(answer.body) > KEPT_BYTES:
                return
            self.by_key[key] = answer
            self.size += len(answer.body)
            while self.size > KEPT_BYTES:
                self.size -= len(self.by_key.popitem(last=False)[1].body)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request, as what makes its answer sees it."""

    snapshot: Connection
    context: Context
    site: Site
    changed: datetime | None

    def records(self, releases: tuple[Release, ...]) -> tuple[CatalogueRecord, ...]:
        return records_of(self.snapshot, self.context.shelf, releases, self.site)


Made = tuple[bytes, str | None]
"""A body and the address of the page after it."""


async def _answer(
    request: Request,
    context: Context,
    what: tuple[object, ...],
    media_type: str,
    make: Callable[[Asking], Made],
) -> Response:
    """The answer to what is asked: kept, or made now. Raises what `make` raises; Unavailable without a lease."""
    site = _site(request, context)
    kept = _kept(request)
    key = (context.shelf.revision(), site, what)
    answer = kept.get(key)
    if answer is None:
        answer = await run_in_threadpool(_made, context, site, what, media_type, make, kept)
    return _response(request, context.now(), answer)


def _made(
    context: Context,
    site: Site,
    what: tuple[object, ...],
    media_type: str,
    make: Callable[[Asking], Made],
    kept: Kept,
) -> Answer:
    """Kept under the revision of the snapshot it is made from, which may be later than the shelf's, never earlier."""
    with context.registry.reading() as snapshot:
        revision = queries.stand(snapshot)[0]
        changed = max(
            (one for one in (last_change(snapshot), harvested_since(snapshot)) if one is not None),
            default=None,
        )
        body, following = make(Asking(snapshot, context, site, changed))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = Answer(body, media_type, etag, changed, following)
    kept.put((revision, site, what), answer)
    return answer


def _response(request: Request, now: datetime, answer: Answer) -> Response:
    headers = {"Cache-Control": "no-cache", "ETag": answer.etag}
    changed = answer.changed.astimezone(UTC).replace(microsecond=0) if answer.changed else None
    settled = changed is not None and now - changed >= SETTLED
    if changed is not None and settled:
        headers["Last-Modified"] = format_datetime(changed, usegmt=True)
    if answer.following:
        headers["Link"] = f'<{answer.following}>; rel="next"'
    unchanged = _holds(request, answer.etag, changed if settled else None)
    response = (
        Response(status_code=304, headers=headers)
        if unchanged
        else Response(answer.body, headers=headers, media_type=answer.media_type)
    )
    response.raw_headers += CORS
    return response


def _holds(request: Request, etag: str, changed: datetime | None) -> bool:
    """RFC 9110, 13.2.2: a tag decides where one is sent, the time otherwise."""
    held = request.headers.get("if-none-match")
    if held is not None:
        tags = {one.strip().removeprefix("W/") for one in held.split(",")}
        return etag in tags or "*" in tags
    since = request.headers.get("if-modified-since", "")
    if not since or changed is None:
        return False
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return False
    return asked.tzinfo is not None and changed <= asked


def _kept(request: Request) -> Kept:
    state = request.app.state
    if not hasattr(state, "kept_catalogue"):
        state.kept_catalogue = Kept()
    kept: Kept = state.kept_catalogue
    return kept


def _site(request: Request, context: Context) -> Site:
    """Raises BadInput for a Host that could not stand in an address."""
    base = safe_base(base_url(request, context))
    if not base:
        raise BadInput(
            Text("请求中的主机名不能写进地址", "The host of the request cannot stand in an address"),
            Text("请用正常的主机名访问", "Ask by an ordinary host name"),
            Where(parameter="Host"),
        )
    return site_of(base, context.operator, context.contact, context.place)


def _catalog(extension: str) -> Callable[..., Any]:
    syntax, media_type = SYNTAXES[extension]

    async def show(request: Request, context: Asked, asked: Annotated[Paged, Query()]) -> Response:
        def make(asking: Asking) -> Made:
            here = f"{asking.site.base}/catalog.{extension}"
            base = asking.site.base
            own, others, cursor, total = next_page(asking.snapshot, asked.cursor, PAGE_DATASETS, base)
            following = f"{here}?{urlencode({'cursor': cursor})}" if cursor else None
            this = f"{here}?{urlencode({'cursor': asked.cursor})}" if asked.cursor else here
            paging = Paging(this, here, total, following)
            catalogue = catalogue_of(asking.site, asking.changed)
            graph, _ = catalogue_graph((*asking.records(own), *others), catalogue, paging)
            return render_graph(graph, syntax), following

        return await _answer(request, context, (extension, asked.cursor), media_type, make)

    return show


async def data_json(request: Request, context: Asked, asked: Annotated[Paged, Query()]) -> Response:
    def make(asking: Asking) -> Made:
        base = asking.site.base
        own, others, cursor, _ = next_page(asking.snapshot, asked.cursor, PAGE_DATA_JSON, base)
        following = f"{base}/data.json?{urlencode({'cursor': cursor})}" if cursor else None
        catalogue = catalogue_of(asking.site, asking.changed)
        records = (*asking.records(own), *others)
        return orjson.dumps(render_data_json(records, catalogue, following)), following

    return await _answer(request, context, ("data.json", asked.cursor), "application/json", make)


def _dataset(form: str) -> Callable[..., Any]:
    media_type = SYNTAXES[form][1] if form in SYNTAXES else JSON_FORMS[form][1]

    async def show(request: Request, context: Asked, dataset_id: str) -> Response:
        known = _known_form(dataset_id)

        def make(asking: Asking) -> Made:
            release = queries.current_release(asking.snapshot, known)
            if release is None:
                raise _not_open()
            (record,) = asking.records((release,))
            if form in SYNTAXES:
                graph, _ = dataset_graph(record, asking.site.base)
                return render_graph(graph, SYNTAXES[form][0]), None
            return orjson.dumps(JSON_FORMS[form][0](record)), None

        return await _answer(request, context, (form, known), media_type, make)

    return show


async def sitemap(request: Request, context: Asked) -> Response:
    def make(asking: Asking) -> Made:
        base = asking.site.base
        pages = [(f"{base}/datasets/{one}", _moment(at)) for one, at in open_since(asking.snapshot)]
        return render_sitemap([(f"{base}/", None), *pages][:MOST_ADDRESSES]), None

    return await _answer(request, context, ("sitemap",), "application/xml", make)


async def feed(request: Request, context: Asked, asked: Annotated[Paged, Query()]) -> Response:
    before = _number(asked.cursor)

    def make(asking: Asking) -> Made:
        base = asking.site.base
        found = newest_releases(asking.snapshot, before, PAGE_CHANGES + 1)
        shown = found[:PAGE_CHANGES]
        last = shown[-1][0] if len(found) > PAGE_CHANGES else None
        following = f"{base}/feed.atom?{urlencode({'cursor': last})}" if last is not None else None
        changes = [_change(one, base) for _, one in shown]
        updated = _moment(asking.changed) if asking.changed else "1970-01-01T00:00:00Z"
        return render_atom(TITLE.zh, base, updated, changes, following), following

    return await _answer(request, context, ("feed", before), "application/atom+xml", make)


def _change(release: Release, base: str) -> Change:
    dataset = release.dataset
    at = _moment(release.published_at)
    page = f"{base}/datasets/{dataset.id}"
    words = f"{release.rows:,} 行 rows · {len(release.columns)} 列 columns"
    summary = f"{dataset.description} {words}".strip()
    return Change(
        f"{page}#{release.ledger_index}",
        dataset.title,
        page,
        summary,
        dataset.publisher,
        dataset.theme,
        at,
        at,
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _number(cursor: str) -> int | None:
    """Raises BadInput for a cursor that no page has named."""
    if not cursor:
        return None
    if cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18:
        return int(cursor)
    raise BadInput(
        Text("cursor 不是上一页给出的值", "This cursor was not given by a page before"),
        Text("请从 /feed.atom 开始", "Start from /feed.atom"),
        Where(parameter="cursor"),
    )


def _known_form(dataset_id: str) -> str:
    try:
        return check_dataset_id(dataset_id)
    except BadInput:
        raise _not_open() from None


def _not_open() -> NotFound:
    return NotFound(
        Text("没有这个开放数据集", "There is no such open dataset"),
        Text("请在数据目录中搜索", "Search the catalogue"),
        Where(parameter="dataset"),
    )


def _route(path: str, endpoint: Callable[..., Any], summary: str) -> None:
    """GET, told in /openapi.json, and HEAD beside it."""
    router.add_api_route(path, endpoint, methods=["GET"], summary=summary, response_class=Response)
    router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


for _extension in SYNTAXES:
    _route(
        f"/catalog.{_extension}", _catalog(_extension), f"The catalogue as DCAT-AP 3 ({_extension}), paged"
    )
_route("/data.json", data_json, "The catalogue as DCAT-US 3")
for _form in (*SYNTAXES, *JSON_FORMS):
    _route(f"/datasets/{{dataset_id}}.{_form}", _dataset(_form), f"One dataset described as {_form}")
_route("/sitemap.xml", sitemap, "Pages of all open datasets")
_route("/feed.atom", feed, "What was opened, newest first (Atom)")
