"""Governance over HTTP: a route for each step (`gateway.processes.steps`), passed on to the gate with the caller's
credential; serve decides nothing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from gateway.api.context import Context, context_of
from gateway.api.session import Caller, caller
from gateway.processes.steps import PREFIX, STEPS, DiffLists, ExportList, ImportList, Step

__all__ = ["add_step", "asked_of", "router"]

router = APIRouter(prefix=PREFIX)
Site = Annotated[Context, Depends(context_of)]
Asking = Annotated[Caller, Depends(caller)]
# Their bodies are files, or what they answer may be public: `gateway.api.negative_list`.
ELSEWHERE = (ImportList, ExportList, DiffLists)


def asked_of(step: type[Step], asking: Caller, given: dict[str, Any]) -> Step:
    """The step as asked by a caller. Raises RequestValidationError, which names the parameter."""
    try:
        return step(**asking.fields(), **given)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False, include_context=False)) from None


def _endpoint(step: type[Step]) -> Callable[..., Awaitable[Any]]:
    in_path = re.findall(r"{(\w+)}", step.route.path)
    rest: dict[str, Any] = {
        name: (step.model_fields[name].annotation, step.model_fields[name])
        for name in step.own_fields()
        if name not in in_path
    }

    async def act(
        *, context: Context, asking: Caller, response: Response, given: BaseModel | None = None, **named: str
    ) -> Any:
        response.headers["cache-control"] = "no-store"
        members = {} if given is None else given.model_dump(exclude_unset=True)
        return await context.ask(asked_of(step, asking, members | named))

    kinds: dict[str, Any] = {"context": Site, "asking": Asking, "response": Response}
    parameters = [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind)
        for name, kind in (kinds | dict.fromkeys(in_path, str)).items()
    ]
    if rest:
        model: Any = create_model(f"{step.__name__}Given", __config__=ConfigDict(extra="forbid"), **rest)
        optional = not any(field.is_required() for field in model.model_fields.values())
        taken: Any = model | None if optional else model
        where: Any = Query() if step.route.method == "GET" else Body()
        given: Any = Annotated[taken, where]
        default = None if optional else Parameter.empty
        parameters.append(Parameter("given", Parameter.KEYWORD_ONLY, annotation=given, default=default))
    # FastAPI reads what an operation takes from its signature, which here is the step's own fields
    act.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return act


def add_step(to: APIRouter, step: type[Step]) -> None:
    """The route of a step."""
    to.add_api_route(
        step.route.path,
        _endpoint(step),
        methods=[step.route.method],
        name=step.__name__,
        summary=step.route.text.en,
    )


for _step in STEPS:
    if _step not in ELSEWHERE:
        add_step(router, _step)
