"""Routes of the catalogue for developers: datasets, versions, quality, decision, counts.

Records, aggregates and exports are the data path's (`gateway.serve.data_path`); pages are the portal's; the ledger has
`ledger_routes`, the negative list `negative_list` and `governance`.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from catalog.contract_json import contract_json
from catalog.errors import NotFound
from catalog.registry import dump, queries
from catalog.registry.contracts import contract_versions
from catalog.release import Release
from catalog.text import Text
from gateway.api.context import Context, context_of, counts_as_of
from gateway.contract_forms import Form, media_type, render_text
from gateway.moment import moment_of
from gateway.open_contract import open_contract
from gateway.privacy_reports import privacy_of_release
from gateway.quality_reports import report_of_release
from gateway.risk_reports import risk_of_release
from gateway.serve.openapi import openapi
from gateway.serve.representation import release_headers

__all__ = ["base_url", "dataset_json", "router"]

router = APIRouter(prefix="/api/v1")
Site = Annotated[Context, Depends(context_of)]


def base_url(request: Request, context: Context) -> str:
    """The public address, without a final slash."""
    return (context.base_url or str(request.base_url)).rstrip("/")


def dataset_json(release: Release, base: str) -> dict[str, Any]:
    """One dataset as the catalogue shows it."""
    dataset = release.dataset
    path = f"{base}/api/v1/datasets/{dataset.id}"
    return {
        **dump(dataset),
        "grade": str(release.grade),
        "quality_score": release.quality_score,
        "rows": release.rows,
        "excluded_rows": release.excluded_rows,
        "release": release.id,
        "published_at": release.published_at.isoformat(),
        "ledger_index": release.ledger_index,
        "list_version": release.list_version,
        "contract": release.contract,
        "columns": [
            {
                **dump(one.column),
                "type": one.column.type.name.lower(),
                "operator": one.operator.value,
                "nulls": one.nulls,
                "constant": one.constant,
            }
            for one in release.columns
        ],
        "keys": list(release.keys),
        "links": {
            "records": f"{path}/records",
            "aggregate": f"{path}/aggregate",
            "services": f"{base}/api/v1/services?dataset={dataset.id}",
            "contract": f"{path}/contract",
            "openapi": f"{path}/openapi.json",
            "page": f"{base}/datasets/{dataset.id}",
            "exports": {kind: f"{path}/export.{kind}" for kind in EXPORTS},
        },
    }


EXPORTS = ("csv", "json", "ndjson", "geojson", "xlsx", "parquet", "arrow")


def _current(context: Context, dataset_id: str, response: Response) -> Release:
    """The release that is open now, which the response then names. Raises NotFound."""
    served = context.shelf.current(dataset_id)
    if served is None:
        raise NotFound(
            Text(f"没有开放的数据集 {dataset_id}", f"No open dataset {dataset_id}"),
            Text("GET /api/v1/datasets 列出已开放的数据集", "GET /api/v1/datasets lists what is open"),
        )
    response.headers.update(release_headers(served.release))
    return served.release


class Search(BaseModel):
    """What is looked for: words, theme, publisher; `cursor` is the `next` of the page before. Nothing else is taken."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", max_length=200)
    theme: str = ""
    publisher: str = ""
    cursor: str = ""
    limit: int = Field(default=100, ge=1, le=1000)


@router.get("/datasets", summary="List open datasets")
def list_datasets(
    request: Request, response: Response, context: Site, search: Annotated[Search, Query()]
) -> dict[str, Any]:
    base = base_url(request, context)
    with context.registry.reading() as snapshot:
        page = queries.current_releases(
            snapshot,
            q=search.q,
            theme=search.theme,
            publisher=search.publisher,
            after=search.cursor,
            limit=search.limit,
        )
    if page.next:
        following = request.url.include_query_params(cursor=page.next).query
        response.headers["link"] = f'</api/v1/datasets?{following}>; rel="next"'
    return {
        "datasets": [dataset_json(release, base) for release in page.releases],
        "total": page.total,
        "next": page.next,
    }


@router.get("/datasets/{dataset_id}", summary="One dataset")
def show_dataset(request: Request, context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    return dataset_json(_current(context, dataset_id, response), base_url(request, context))


@router.get("/datasets/{dataset_id}/versions", summary="Releases of a dataset, newest first")
def list_versions(context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    _current(context, dataset_id, response)
    with context.registry.reading() as snapshot:
        known = queries.releases_of(snapshot, dataset_id)
    return {
        "versions": [
            {
                "release": one.id,
                "status": one.status.value,
                "rows": one.rows,
                "published_at": one.published_at.isoformat(),
                "ledger_index": one.ledger_index,
                "contract": one.contract,
            }
            for one in known
        ]
    }


@router.get("/datasets/{dataset_id}/quality", summary="Quality of the released version, per dimension")
def show_quality(context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    """`score` and `dimensions` as the gate judged what it received; `report` what was measured of the released rows
    and unmasked columns, `gx` that in the form of Great Expectations. Null for releases older than the report."""
    release = _current(context, dataset_id, response)
    with context.registry.reading() as snapshot:
        report = dict(report_of_release(snapshot, release) or {})
    return {
        "release": release.id,
        "score": release.quality_score,
        "dimensions": dict(release.quality),
        "report": report.get("measurement"),
        "gx": report.get("gx"),
        "profile": report.get("profile"),
        "freshness": report.get("freshness"),
        "drift": report.get("drift"),
    }


@router.get("/datasets/{dataset_id}/risk", summary="Risk of re-identification of the released version")
def show_risk(context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    """k, l and t over the quasi-identifiers of the released rows, and the level of GB/T 42460-2023; counts and names of
    fields, never a value. `about_persons` null for releases older than the report."""
    release = _current(context, dataset_id, response)
    with context.registry.reading() as snapshot:
        found = risk_of_release(snapshot, release)
    return {"release": release.id, **(found or {"about_persons": None})}


@router.get(
    "/datasets/{dataset_id}/privacy", summary="What was found about persons, what was done, and what is left"
)
def show_privacy(context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    """Per field: personal information found (cells rounded to 10), the operator with what it keeps and guarantees, a masked
    example; the second look at the output; `risk` as under /risk. `columns` null for releases older than the report."""
    release = _current(context, dataset_id, response)
    with context.registry.reading() as snapshot:
        found = privacy_of_release(snapshot, release)
        weighed = risk_of_release(snapshot, release)
    return {"release": release.id, **(found or {"columns": None}), "risk": weighed}


@router.get("/datasets/{dataset_id}/decision", summary="Why each field is open, masked or withheld")
def show_decision(context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    release = _current(context, dataset_id, response)
    return {
        "release": release.id,
        "list_version": release.list_version,
        "grade": str(release.grade),
        "columns": [
            {
                "name": one.column.name,
                "operator": one.operator.value,
                "grade": None if one.grade is None else str(one.grade),
                "why": None if one.why is None else one.why.to_json(),
                "basis": list(one.basis),
            }
            for one in release.columns
        ],
        "withheld": [dump(one) for one in release.withheld],
        "excluded_rows": release.excluded_rows,
        "reasons": [dump(one) for one in release.reasons],
    }


@router.get(
    "/datasets/{dataset_id}/contract", summary="What the open fields promise; as ODCS v3 or Frictionless too"
)
def show_contract(
    request: Request, context: Site, response: Response, dataset_id: str, form: Form = Form.KAIZHA
) -> Response:
    release = _current(context, dataset_id, response)
    headers = dict(response.headers)
    with context.registry.reading() as snapshot:
        versions = contract_versions(snapshot, dataset_id)
    filed = next((one for one in versions if one.version == release.contract), None)
    contract = open_contract(release, filed)
    if form is not Form.KAIZHA:
        data = f"{base_url(request, context)}/api/v1/datasets/{dataset_id}/export.csv"
        return Response(
            render_text(form, contract, release.dataset, data), media_type=media_type(form), headers=headers
        )
    known = [
        {
            "version": one.version,
            "registered_at": one.registered_at.isoformat(),
            "previous_until": one.contract.previous_until,
        }
        for one in versions
    ]
    return JSONResponse(
        jsonable_encoder(
            {"dataset": dataset_id, "release": release.id, **contract_json(contract), "versions": known}
        ),
        headers=headers,
    )


@router.get("/datasets/{dataset_id}/openapi.json", summary="OpenAPI 3.1 of one dataset")
def show_openapi(request: Request, context: Site, response: Response, dataset_id: str) -> dict[str, Any]:
    return openapi(_current(context, dataset_id, response), base_url(request, context))


@router.get("/counts", summary="What is counted, and every exclusion with its reason")
def show_counts(context: Site, as_of: str = "") -> dict[str, Any]:
    counted = counts_as_of(context, moment_of(as_of, context.now()))
    answer: dict[str, Any] = dump(counted)
    return answer
