"""Submissions over HTTP: every request is passed on to the gate with the caller's key; serve decides nothing."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from catalog.errors import NotSignedIn
from catalog.text import Text
from gateway.api.context import Context, context_of
from gateway.processes.local_socket import ask
from gateway.processes.messages import AnswerSubmission, ListSubmissions, ShowSubmission

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/submissions")
Site = Annotated[Context, Depends(context_of)]


def bearer(request: Request) -> str:
    """The caller's key. Raises NotSignedIn without one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise NotSignedIn(
            Text("请提供密钥", "A key is needed"),
            Text(
                "在请求头中加入 Authorization: Bearer <密钥>（kaizha key issue）",
                "Send Authorization: Bearer <key> (kaizha key issue)",
            ),
        )
    return key.strip()


Key = Annotated[str, Depends(bearer)]


class Answers(BaseModel):
    """`answers` maps a question's field to a value; `accept` takes what is proposed; `refuse` ends the submission."""

    model_config = ConfigDict(extra="forbid")

    accept: bool = False
    refuse: bool = False
    answers: dict[str, str] = {}


@router.get("", summary="List submissions")
async def list_submissions(
    context: Site,
    key: Key,
    state: Annotated[tuple[str, ...], Query()] = (),
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    request = ListSubmissions(key=key, states=state, limit=limit)
    return {"submissions": await to_thread.run_sync(ask, context.gate_socket, request)}


@router.get("/{submission_id}", summary="The report of a submission, with its open questions")
async def show_submission(
    context: Site, key: Key, submission_id: str, preview: Annotated[int, Query(ge=0, le=20)] = 0
) -> Any:
    request = ShowSubmission(key=key, id=submission_id, preview=preview)
    return await to_thread.run_sync(ask, context.gate_socket, request)


@router.post("/{submission_id}/answers", summary="Answer a held submission's questions")
async def answer_submission(context: Site, key: Key, submission_id: str, body: Answers) -> Any:
    request = AnswerSubmission(key=key, id=submission_id, **body.model_dump())
    return await to_thread.run_sync(ask, context.gate_socket, request)
