"""Harvests over HTTP, for staff: passed on to the gate with the caller's credential; serve decides nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from gateway.api.context import Context, context_of
from gateway.api.session import Caller, caller
from gateway.processes.messages import ListHarvests

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/harvests")


@router.get("", summary="Harvests of other catalogues, the newest first, each with its report")
async def list_harvests(
    context: Annotated[Context, Depends(context_of)],
    asking: Annotated[Caller, Depends(caller)],
    response: Response,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    response.headers["cache-control"] = "no-store"
    return {"harvests": await context.ask(ListHarvests(**asking.fields(), limit=limit))}
