"""Submissions over HTTP: every request is passed on to the gate with the caller's credential; serve decides nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from gateway.api.context import Context, context_of
from gateway.api.session import Caller, caller
from gateway.processes.messages import AnswerSubmission, ListSubmissions, ShowAssessment, ShowSubmission

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/submissions")
Site = Annotated[Context, Depends(context_of)]
Asking = Annotated[Caller, Depends(caller)]


class Answers(BaseModel):
    """`answers` maps a question's field to a value; `accept` takes what is proposed; `refuse` ends the submission."""

    model_config = ConfigDict(extra="forbid")

    accept: bool = False
    refuse: bool = False
    answers: dict[str, str] = {}


@router.get("", summary="List submissions")
async def list_submissions(
    context: Site,
    asking: Asking,
    state: Annotated[tuple[str, ...], Query()] = (),
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    request = ListSubmissions(**asking.fields(), states=state, limit=limit)
    return {"submissions": await context.ask(request)}


@router.get("/{submission_id}", summary="The report of a submission, with its open questions")
async def show_submission(
    context: Site, asking: Asking, submission_id: str, preview: Annotated[int, Query(ge=0, le=20)] = 0
) -> Any:
    request = ShowSubmission(**asking.fields(), id=submission_id, preview=preview)
    return await context.ask(request)


@router.get(
    "/{submission_id}/assessment",
    summary="The draft of an impact assessment (PIPL art. 55), as Markdown",
    response_class=Response,
)
async def show_assessment(
    context: Site, asking: Asking, submission_id: str, lang: Literal["zh", "en"] = "zh"
) -> Response:
    request = ShowAssessment(**asking.fields(), id=submission_id, language=lang)
    drafted = await context.ask(request)
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="assessment-{lang}.md"',
        "content-language": "zh-CN" if lang == "zh" else "en",
    }
    return Response(drafted["markdown"], headers=headers, media_type="text/markdown; charset=utf-8")


@router.post("/{submission_id}/answers", summary="Answer a held submission's questions")
async def answer_submission(context: Site, asking: Asking, submission_id: str, body: Answers) -> Any:
    request = AnswerSubmission(**asking.fields(), id=submission_id, **body.model_dump())
    return await context.ask(request)
