"""The public pages: parse → read → render. Registry and file are read off the event loop; the shelf is asked on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from catalog.counts import Counts
from catalog.dataset import THEMES, check_dataset_id
from catalog.decision import Scope
from catalog.errors import BadInput, NotFound, Where
from catalog.interchange.schema_org_render import render_schema_org
from catalog.registry import queries
from catalog.release import Release
from catalog.released_record import formats_of
from catalog.text import Text
from gateway.api.context import Context, context_of, counts_as_of
from gateway.exchange.open_records import records_of, site_of
from gateway.moment import moment_of
from gateway.portal import privacy, progress, quality, reference, risk, try_it
from gateway.portal.preview import first_rows
from gateway.portal.render import asset, data_block, page, reader_of
from gateway.portal.services import router as services
from gateway.portal.services import services_of
from gateway.portal.snippets import safe_base, snippets
from gateway.privacy_reports import privacy_of_release
from gateway.quality_reports import report_of_release
from gateway.risk_reports import risk_of_release

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(services)

PAGE_DATASETS = 20
PAGE_EXCLUSIONS = 100
SHOWN_PUBLISHERS = 10
MOST_CHARACTERS = 200
# The other descriptions of a dataset, by the extension of its address.
ALTERNATES = (
    ("jsonld", "application/ld+json"),
    ("ttl", "text/turtle"),
    ("rdf", "application/rdf+xml"),
    ("croissant.json", "application/ld+json"),
    ("datapackage.json", "application/json"),
    ("csvw.json", "application/csvm+json"),
)
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader looks for in the catalogue."""

    q: str
    theme: str
    publisher: str
    after: str


@router.api_route("/", methods=["GET", "HEAD"])
async def catalogue(request: Request, context: Context = Depends(context_of)) -> Response:  # noqa: B008
    """The catalogue: search, filters with counts, one page of datasets by identifier."""
    search = _search(request)
    headline = await _headline(request, context)

    def read() -> tuple[queries.Page, queries.Facets]:
        asked = {"q": search.q, "theme": search.theme, "publisher": search.publisher}
        with context.registry.reading() as snapshot:
            found = queries.current_releases(snapshot, **asked, after=search.after, limit=PAGE_DATASETS)
            return found, queries.facets(snapshot, **asked)

    found, facets = await run_in_threadpool(read)
    values = {
        "search": search,
        "found": found,
        "cards": [(release, formats_of(release)) for release in found.releases],
        "themes": facets.themes,
        "known_themes": THEMES,
        "publishers": facets.publishers[:SHOWN_PUBLISHERS],
        "more_publishers": facets.publishers[SHOWN_PUBLISHERS:],
        "goals": progress.goals(headline),
        "narrowed": bool(search.q or search.theme or search.publisher),
    }
    return page(request, reader_of(request), "catalogue.html", values)


@router.api_route("/datasets/{dataset_id}", methods=["GET", "HEAD"])
async def dataset(dataset_id: str, request: Request, context: Context = Depends(context_of)) -> Response:  # noqa: B008
    """One dataset. Raises NotFound when nothing of that name is open, Unavailable when its file cannot be trusted."""
    served = context.shelf.current(_known_form(dataset_id))
    if served is None:
        raise _not_open()
    release = served.release

    base = safe_base(context.base_url or str(request.base_url))
    site = site_of(base, context.operator, context.contact, context.place)

    def told() -> tuple[datetime | None, str]:
        """Since when it is open, and what search engines for data read of it."""
        with context.registry.reading() as snapshot:
            (record,) = records_of(snapshot, context.shelf, (release,), site)
            described = render_schema_org(record, site.title.zh, f"{base}/") if base else None
            return queries.first_published(snapshot, release.dataset.id), data_block(described)

    issued, described = await run_in_threadpool(told)
    values = {
        "release": release,
        "dataset": release.dataset,
        "issued": issued or release.published_at,
        "described": described,
        "alternates": ALTERNATES,
        "masked": sum(one.masked for one in release.columns),
        "conditions": _conditions(release),
        "preview": await run_in_threadpool(first_rows, served.parquet, release),
        "formats": formats_of(release),
        "api": f"/api/v1/datasets/{release.dataset.id}",
        "snippets": snippets(release, base),
        "forms": try_it.dataset_forms(release),
        "conditions_room": try_it.CONDITIONS,
        "try_operators": try_it.OPERATORS,
        "services": await run_in_threadpool(services_of, context, release.dataset.id),
    }
    return page(request, reader_of(request), "dataset.html", values, release=release)


@router.api_route("/datasets/{dataset_id}/quality", methods=["GET", "HEAD"])
async def dataset_quality(
    dataset_id: str,
    request: Request,
    context: Context = Depends(context_of),  # noqa: B008
) -> Response:
    """The quality report and profile of one dataset's release. Raises NotFound when nothing of that name is open."""
    served = context.shelf.current(_known_form(dataset_id))
    if served is None:
        raise _not_open()
    release = served.release

    def read() -> Mapping[str, Any] | None:
        with context.registry.reading() as snapshot:
            return report_of_release(snapshot, release)

    found = await run_in_threadpool(read)
    profile = found["profile"] if found else {"rows": 0, "columns": []}
    values = {
        "dataset": release.dataset,
        "report": found["measurement"] if found else None,
        "scores": quality.scores_of(found["measurement"]) if found else (),
        "rules": quality.rules_of(found["measurement"]) if found else [],
        "columns": quality.columns_of(profile),
        "not_shown": profile.get("not_shown", []),
        "dependencies": profile.get("dependencies", []),
        "drift": found["drift"] if found else None,
        "freshness": quality.freshness_of(found["freshness"] if found else {"column": None}),
    }
    return page(request, reader_of(request), "quality.html", values, release=release)


@router.api_route("/datasets/{dataset_id}/risk", methods=["GET", "HEAD"])
async def dataset_risk(
    dataset_id: str,
    request: Request,
    context: Context = Depends(context_of),  # noqa: B008
) -> Response:
    """The risk of re-identification of one dataset's release. Raises NotFound when nothing of that name is open."""
    served = context.shelf.current(_known_form(dataset_id))
    if served is None:
        raise _not_open()
    release = served.release

    def read() -> Mapping[str, Any] | None:
        with context.registry.reading() as snapshot:
            return risk_of_release(snapshot, release)

    found = await run_in_threadpool(read)
    measured = found if found and found["about_persons"] else None
    values = {
        "dataset": release.dataset,
        "report": found,
        "bars": risk.bars_of(measured) if measured else (),
        "level": risk.evidence_of(measured) if measured else None,
        "quasi": risk.quasi_of(measured) if measured else (),
        "attributes": risk.attributes_of(measured) if measured else (),
    }
    return page(request, reader_of(request), "risk.html", values, release=release)


@router.api_route("/datasets/{dataset_id}/privacy", methods=["GET", "HEAD"])
async def dataset_privacy(
    dataset_id: str,
    request: Request,
    context: Context = Depends(context_of),  # noqa: B008
) -> Response:
    """What was found, done and left over in one dataset's release. Raises NotFound when nothing of that name is open."""
    served = context.shelf.current(_known_form(dataset_id))
    if served is None:
        raise _not_open()
    release = served.release

    def read() -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        with context.registry.reading() as snapshot:
            return privacy_of_release(snapshot, release), risk_of_release(snapshot, release)

    found, weighed = await run_in_threadpool(read)
    measured = weighed if weighed and weighed["about_persons"] else None
    values = {
        "dataset": release.dataset,
        "report": found,
        "outcomes": privacy.outcomes_of(found) if found else {},
        "fields": privacy.fields_of(found) if found else (),
        "left": privacy.left_of(found) if found else (),
        "risk": weighed,
        "level": risk.evidence_of(measured) if measured else None,
        "attributes": risk.attributes_of(measured) if measured else (),
    }
    return page(request, reader_of(request), "privacy.html", values, release=release)


@router.api_route("/counts", methods=["GET", "HEAD"])
async def counts(request: Request, context: Context = Depends(context_of)) -> Response:  # noqa: B008
    """The counts, now or at the end of a day (UTC), and every exclusion. Raises BadInput for what is no date."""
    now = context.now()
    asked = request.query_params.get("as_of", "")
    counted = await run_in_threadpool(counts_as_of, context, min(now, moment_of(asked, now)))
    first = _position(request.query_params.get("from", ""), len(counted.exclusions))
    values = {
        "counts": counted,
        "as_of": counted.as_of.date().isoformat() if asked else "",
        "today": now.date().isoformat(),
        "goals": progress.goals(counted),
        "apart": progress.apart(counted),
        "parts": progress.parts(counted.holdings),
        "reasons": progress.reasons(counted),
        "stale": progress.stale(counted),
        "first": first,
        "step": PAGE_EXCLUSIONS,
        "exclusions": counted.exclusions[first : first + PAGE_EXCLUSIONS],
    }
    return page(request, reader_of(request), "counts.html", values)


@router.api_route("/docs", methods=["GET", "HEAD"])
async def docs(request: Request) -> Response:
    """The reference of the HTTP surface."""
    values = {
        "groups": reference.GROUPS,
        "operators": reference.COLUMN_OPERATORS,
        "forms": try_it.reference_forms(),
        "conditions": try_it.CONDITIONS,
        "try_operators": try_it.OPERATORS,
    }
    return page(request, reader_of(request), "docs.html", values)


@router.api_route("/try", methods=["GET", "HEAD"])
async def follow(request: Request) -> Response:
    """Where a form that tries an interface leads without a script. Raises BadInput."""
    address = try_it.address_of(request.query_params.multi_items())
    return RedirectResponse(address, 303, {"cache-control": "no-store"})


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
async def static(name: str, request: Request) -> Response:
    """What the pages load. Raises NotFound for a name that is not one of ours."""
    return asset(request, name)


async def _headline(request: Request, context: Context) -> Counts:
    """The counts now, computed once for each state of the shelf: every change that could move them moves it."""
    revision = context.shelf.revision()
    known: tuple[int, Counts] | None = getattr(request.app.state, "portal_headline", None)
    if known is None or known[0] != revision:
        known = (revision, await run_in_threadpool(counts_as_of, context, context.now()))
        request.app.state.portal_headline = known
    return known[1]


def _search(request: Request) -> Search:
    given = {
        name: _clean(request.query_params.get(name, "")) for name in ("q", "theme", "publisher", "after")
    }
    search = Search(**given)
    return replace(search, q=" ".join(search.q.split()[:MOST_WORDS]))


def _clean(text: str) -> str:
    """Printable characters only (a database need not take others), and not endlessly many."""
    return "".join(c for c in text[:MOST_CHARACTERS] if c.isprintable()).strip()


def _known_form(dataset_id: str) -> str:
    """The id itself; what cannot be an id names no dataset."""
    try:
        return check_dataset_id(dataset_id)
    except BadInput:
        raise _not_open() from None


def _not_open() -> NotFound:
    return NotFound(
        Text("没有这个开放数据集", "There is no such open dataset"),
        Text(
            "它可能已撤回，或尚未放行。请在数据目录中搜索。",
            "It may have been withdrawn, or not been opened yet. Search the catalogue.",
        ),
        Where(parameter="dataset"),
    )


def _conditions(release: Release) -> list[object]:
    """Reasons that withheld no column: they are told elsewhere on the page with the column they withheld."""
    withheld = {one.name for one in release.withheld}
    return [one for one in release.reasons if not (one.scope is Scope.COLUMN and one.column in withheld)]


def _position(asked: str, size: int) -> int:
    """The first exclusion to show: a whole page's start within the list, 0 for anything else."""
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 9 or int(asked) >= size:
        return 0
    return int(asked) // PAGE_EXCLUSIONS * PAGE_EXCLUSIONS
