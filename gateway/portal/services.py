"""The page of a purpose-built API, and the services of a dataset as its page lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from catalog.predicate import Operator
from catalog.registry.services import Probed, last_probes
from catalog.text import Text
from gateway.api.context import Context, context_of
from gateway.portal.render import page, reader_of
from gateway.portal.snippets import safe_base, service_snippets
from gateway.portal.try_it import service_form
from gateway.serve.service_path import no_such_service
from gateway.services.described import Described, answering_services, described_service

__all__ = ["CONDITIONS", "Line", "router", "services_of"]

router = APIRouter(include_in_schema=False)

CONDITIONS: Mapping[Operator, Text] = {
    Operator.EQ: Text("等于", "equals"),
    Operator.NE: Text("不等于", "differs from"),
    Operator.GT: Text("大于", "above"),
    Operator.GTE: Text("不小于", "at least"),
    Operator.LT: Text("小于", "below"),
    Operator.LTE: Text("不大于", "at most"),
    Operator.IN: Text("为其中之一", "one of several"),
    Operator.CONTAINS: Text("包含", "contains"),
    Operator.STARTSWITH: Text("开头是", "starts with"),
    Operator.ISNULL: Text("是否为空", "is empty"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One service in a list."""

    id: str
    title: Text
    is_deprecated: bool


def services_of(context: Context, dataset_id: str) -> tuple[Line, ...]:
    """Services that rest on a dataset and may be called now."""
    shelf = context.shelf
    found = answering_services(shelf, list(shelf.service_ids()), dataset_id=dataset_id)
    return tuple(
        Line(service_id, standing.title, standing.state == "deprecated")
        for service_id, standing in found
        if described_service(shelf, service_id).operation is not None
    )


@router.api_route("/services/{service_id}", methods=["GET", "HEAD"])
async def service(service_id: str, request: Request, context: Context = Depends(context_of)) -> Response:  # noqa: B008
    """One service. Raises NotFound, Gone."""
    reader = reader_of(request)
    version = request.query_params.get("version", "")

    def read() -> tuple[Described, Probed | None]:
        one = described_service(context.shelf, service_id, version)
        with context.registry.reading() as snapshot:
            return one, last_probes(snapshot, [one.standing.number]).get(one.standing.number)

    one, probed = await run_in_threadpool(read)
    if one.operation is None:
        raise one.closed or no_such_service()
    base = safe_base(context.base_url or str(request.base_url))
    values = {
        "standing": one.standing,
        "service": one.service,
        "operation": one.operation,
        "publisher": one.operation.release.dataset.publisher,
        "known": {released.column.name: released for released in one.operation.release.columns},
        "versions": one.versions,
        "probed": probed,
        "conditions": CONDITIONS,
        "api": f"/api/v1/services/{one.standing.id}",
        "snippets": service_snippets(one.service, base),
        "form": service_form(one.service),
    }
    return page(request, reader, "service.html", values)
