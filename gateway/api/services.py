"""Routes about purpose-built APIs: the list, the OpenAPI document of one, and the steps of those who declare them. The calls
themselves are the data path's (`gateway.serve.service_path`)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from catalog.errors import Gone, NotFound
from catalog.registry.services import last_probes
from catalog.service import ServiceState
from gateway.api.context import Context, context_of
from gateway.api.governance import add_step
from gateway.api.routes import base_url
from gateway.processes.service_steps import SERVICE_STEPS
from gateway.serve.service_openapi import service_openapi
from gateway.serve.service_path import no_such_service
from gateway.services.described import answering_services, described_service, service_json

__all__ = ["router"]

router = APIRouter(prefix="/api/v1")
Site = Annotated[Context, Depends(context_of)]


class Search(BaseModel):
    """What is looked for: words in ids and titles, a dataset; `cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", max_length=200)
    dataset: str = Field(default="", max_length=100)
    cursor: str = Field(default="", max_length=100)
    limit: int = Field(default=100, ge=1, le=500)


@router.get("/services", summary="List purpose-built APIs")
def list_services(
    request: Request, response: Response, context: Site, search: Annotated[Search, Query()]
) -> dict[str, Any]:
    base, shelf = base_url(request, context), context.shelf
    found = answering_services(shelf, list(shelf.service_ids()), search.q, search.dataset)
    behind = [one for one in found if one[0] > search.cursor]
    page = behind[: search.limit]
    following = page[-1][0] if len(behind) > len(page) else None
    if following:
        address = request.url.include_query_params(cursor=following).query
        response.headers["link"] = f'</api/v1/services?{address}>; rel="next"'
    with context.registry.reading() as snapshot:
        probed = last_probes(snapshot, [standing.number for _, standing in page])
    shown = []
    for service_id, standing in page:
        try:
            one = described_service(shelf, service_id)
        except (NotFound, Gone):
            continue  # closed since the list was made
        shown.append(service_json(one, probed.get(standing.number), base))
    return {"services": shown, "total": len(found), "next": following}


@router.get("/services/{service_id}/openapi.json", summary="OpenAPI 3.1 of one purpose-built API")
def show_service_openapi(
    request: Request, context: Site, service_id: str, version: str = ""
) -> dict[str, Any]:
    one = described_service(context.shelf, service_id, version)
    if one.operation is None:
        raise one.closed or no_such_service()
    deprecated = one.standing.state is ServiceState.DEPRECATED
    return service_openapi(one.operation, base_url(request, context), deprecated, one.standing.sunset)


for _step in SERVICE_STEPS:
    add_step(router, _step)
