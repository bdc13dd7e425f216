"""The negative list over HTTP: what anybody may read of it, from the registry; a list that comes in as a file; and what
is not public yet, asked of the gate."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from catalog.errors import BadInput, NotFound, TooLarge, Where
from catalog.text import Text
from gateway.api.context import Context, context_of
from gateway.api.governance import asked_of
from gateway.api.session import Caller, caller
from gateway.governance import store
from gateway.processes.steps import MAX_LIST_BYTES, DiffLists, ExportList, ImportList
from negative_list import NegativeList, diff_lists, parse_list, render_list
from negative_list.lifecycle import due_entries
from negative_list.xlsxwriter_sheet import write_sheet

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/negative-list")
Site = Annotated[Context, Depends(context_of)]
VersionQuery = Annotated[str, Query(max_length=60)]
Format = Literal["toml", "xlsx"]
MEDIA: dict[Format, str] = {
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("", summary="The negative list in force")
def show_list(context: Site, version: str = "") -> Response:
    found = _public(context, version)
    if found is None:
        raise _not_public(version)
    return Response(render_list(found), media_type=MEDIA["toml"])


@router.get("/versions", summary="Versions that have been in force, and those that are scheduled")
def list_versions_of_list(context: Site) -> dict[str, Any]:
    """What was or will be in force; drafts and proposals are the officers' own."""
    with context.registry.reading() as snapshot:
        records = [one for one in store.list_records(snapshot) if one.state in store.PUBLIC_LISTS]
    return {
        "versions": [
            {
                "version": one.version,
                "base": one.base,
                "state": one.state.value,
                "digest": one.digest,
                "effective_at": one.effective_at.isoformat() if one.effective_at else None,
                "activated_at": one.activated_at.isoformat() if one.activated_at else None,
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            }
            for one in records
        ]
    }


@router.get("/due", summary="Entries in force whose review or expiry is near or past")
def due(context: Site, within: Annotated[int, Query(ge=0, le=3_660)] = 60) -> dict[str, Any]:
    found = _public(context, "")
    if found is None:
        raise _not_public("")
    on = context.now().date()
    return {
        "due": [
            {"entry": entry, "what": what, "on": day.isoformat()}
            for entry, what, day in due_entries(found, on, within)
        ]
    }


@router.get("/export.{format}", summary=ExportList.route.text.en)
async def export(request: Request, context: Site, format: Format, version: VersionQuery = "") -> Response:  # noqa: A002
    """Anybody gets what is public; a draft or proposal is asked of the gate with the caller's credential."""
    found = await run_in_threadpool(_public, context, version)
    public = found is not None
    if found is None and not version:
        raise _not_public("")
    if found is None:
        step = asked_of(ExportList, caller(request), {"version": version})
        found = parse_list((await context.ask(step))["toml"], "list.toml")
    text = render_list(found)
    content = await run_in_threadpool(_workbook, text) if format == "xlsx" else text.encode()
    headers = {
        "content-disposition": f'attachment; filename="negative-list.{format}"',
        "cache-control": "no-cache" if public else "no-store",
    }
    return Response(content, media_type=MEDIA[format], headers=headers)


@router.get("/diff", summary=DiffLists.route.text.en)
async def diff(
    request: Request,
    context: Site,
    version: Annotated[str, Query(min_length=1, max_length=60)],
    before: VersionQuery = "",
) -> Any:
    """Between public versions for anybody; else as the gate allows the caller."""
    old = await run_in_threadpool(_public, context, before)
    new = await run_in_threadpool(_public, context, version)
    if old is not None and new is not None:
        return (await run_in_threadpool(diff_lists, old, new)).to_json()
    step = asked_of(DiffLists, caller(request), {"version": version, "before": before})
    return await context.ask(step)


@router.post(
    "/versions",
    summary=ImportList.route.text.en,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA.values()},
        }
    },
)
async def import_list(
    request: Request, context: Site, asking: Annotated[Caller, Depends(caller)], version: VersionQuery = ""
) -> Any:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = next((form for form, kind in MEDIA.items() if kind == given), None)
    if form is None:
        raise BadInput(
            Text("请求正文应为工作簿或 TOML", "The body is a workbook or TOML"),
            Text(
                f"Content-Type 用 {' 或 '.join(MEDIA.values())}",
                f"Send Content-Type {' or '.join(MEDIA.values())}",
            ),
            Where(parameter="content-type"),
        )
    content = await request.body()
    if len(content) > MAX_LIST_BYTES:
        raise TooLarge(
            Text(f"清单超过 {MAX_LIST_BYTES:,} 字节", f"The list is over {MAX_LIST_BYTES:,} bytes"),
            Text(
                "更大的清单请用 kaizha negative-list import",
                "Take a larger one in with kaizha negative-list import",
            ),
        )
    return await context.ask(
        asked_of(ImportList, asking, {"format": form, "version": version, "content": content})
    )


def _public(context: Context, version: str) -> NegativeList | None:
    with context.registry.reading() as snapshot:
        return store.public_list(snapshot, version)


def _not_public(version: str) -> NotFound:
    if not version:
        return NotFound(
            Text("没有生效的负面清单", "No negative list is in force"),
            Text("请联系数据主管部门", "Ask the data office"),
        )
    return NotFound(
        Text(f"没有公开的清单版本 {version}", f"No version {version} of the list is public"),
        Text("GET /api/v1/negative-list/versions 列出", "GET /api/v1/negative-list/versions lists them"),
    )


@lru_cache(maxsize=4)
def _workbook(text: str) -> bytes:
    """The workbook of a list, made once: anybody may ask for it, and one list always gives the same bytes."""
    out = io.BytesIO()
    write_sheet(parse_list(text, "list.toml"), out)
    return out.getvalue()
