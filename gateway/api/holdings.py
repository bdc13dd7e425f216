"""What publishers hold over HTTP: the numbers for everybody; name by name, through the gate, for who may see that."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool

from catalog.holding import tally
from catalog.registry import dump
from catalog.registry.holdings import holdings_as_they_stand
from gateway.api.context import Context, context_of
from gateway.api.session import caller
from gateway.moment import moment_of
from gateway.processes.messages import ListHoldings

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/holdings")
Site = Annotated[Context, Depends(context_of)]


@router.get("", summary="What publishers hold, now or at a past moment, opened or not")
async def list_holdings(
    request: Request,
    context: Site,
    as_of: str = "",
    names: bool = False,
    publisher: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[tuple[str, ...], Query()] = (),
) -> Any:
    """`total` counts everything, and is everybody's. With `names` each holding stands beside it, of a publisher or in
    states where asked, for who may see it by name."""
    if not names:
        return await run_in_threadpool(_public, context, as_of)
    asked = ListHoldings(**caller(request).fields(), as_of=as_of, publisher=publisher or None, states=state)
    return await context.ask(asked)


def _public(context: Context, as_of: str) -> dict[str, Any]:
    now = context.now()
    moment = min(now, moment_of(as_of, now))
    with context.registry.reading() as snapshot:
        total = tally(holdings_as_they_stand(snapshot, moment))
    return {"as_of": moment.isoformat(), "total": dump(total)}
