"""The register of data elements over HTTP: public, read from the registry."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from catalog.counts import adoption
from catalog.registry import dump, queries
from catalog.registry.elements import current_elements, element_record
from gateway.api.context import Context, context_of

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/elements")
Site = Annotated[Context, Depends(context_of)]


@router.get("", summary="Standard data elements, and how many released fields are bound to one")
def list_elements(context: Site) -> dict[str, Any]:
    with context.registry.reading() as snapshot:
        found = current_elements(snapshot)
        adopted = adoption(queries.all_current(snapshot))
    return {"elements": [dump(one) for one in found.values()], "adoption": [dump(one) for one in adopted]}


@router.get("/{code}", summary="One data element, in its newest version or another")
def show_element(
    context: Site, code: str, version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
) -> dict[str, Any]:
    with context.registry.reading() as snapshot:
        record = element_record(snapshot, code, version)
    shown: dict[str, Any] = dump(record.element)
    return shown | {"registered_at": record.registered_at.isoformat(), "versions": list(record.versions)}
