"""Keys, plans and usage over HTTP: a route for each step, passed on to the gate; plans are for everybody to read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from catalog.registry import dump
from gateway.access.plans import plans_in_force
from gateway.api.context import Context, context_of
from gateway.api.governance import add_step
from gateway.processes.key_steps import KEY_STEPS
from gateway.processes.steps import PREFIX

__all__ = ["router"]

router = APIRouter(prefix=PREFIX)
Site = Annotated[Context, Depends(context_of)]


@router.get("/plans", summary="Plans and their limits")
def list_plans(context: Site) -> dict[str, Any]:
    with context.registry.reading() as snapshot:
        return {"plans": [dump(one) for one in plans_in_force(snapshot).values()]}


for _step in KEY_STEPS:
    add_step(router, _step)
