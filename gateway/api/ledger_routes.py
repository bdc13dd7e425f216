"""Routes of the ledger: everything an outsider needs to check us, most of it as files that anyone may mirror."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from catalog.errors import TooLarge
from catalog.ledger import Note, SignatureLine, VerifierKey, parse_checkpoint
from catalog.text import Text
from gateway.api import ledger_view as view
from gateway.api.context import Context, context_of
from gateway.processes.messages import AddCheckpoint
from gateway.witness import MAX_CHECKPOINT_BYTES, signed_by_witnesses, unheard

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/ledger")
Site = Annotated[Context, Depends(context_of)]
Size = Annotated[int, Query(ge=0)]

PLAIN = "text/plain; charset=utf-8"
# A full tile can never be another; everything else grows, or (an event) may have to be taken back by law.
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
ASK_AGAIN = {"cache-control": "no-cache"}


@router.get("/checkpoint", summary="Signed head of the ledger, with the witnesses' signatures")
def show_checkpoint(context: Site) -> Response:
    with context.registry.reading() as snapshot:
        return Response(view.checkpoint(snapshot), media_type=PLAIN, headers=ASK_AGAIN)


@router.get("/witnessed", summary="The newest head that a witness has signed")
def show_witnessed(context: Site) -> Response:
    with context.registry.reading() as snapshot:
        return Response(view.witnessed(snapshot), media_type=PLAIN, headers=ASK_AGAIN)


@router.get("/key", summary="Verifier key of the ledger")
def show_key(context: Site) -> Response:
    with context.registry.reading() as snapshot:
        return Response(view.verifier_key(snapshot), media_type=PLAIN, headers=ASK_AGAIN)


@router.get("/tile/{place:path}", summary="A tile of the tree, or a bundle of entries or of public events")
def show_tile(context: Site, place: str) -> Response:
    with context.registry.reading() as snapshot:
        tile = view.tile(snapshot, place)
    cached = FOR_EVER if tile.is_immutable else ASK_AGAIN
    return Response(tile.content, media_type=tile.media_type, headers=cached)


@router.get(
    "/proof/{index}", summary="Inclusion proof of one leaf in the current head, or in that of `size` leaves"
)
def show_proof(context: Site, response: Response, index: int, size: Size | None = None) -> dict[str, Any]:
    response.headers.update(ASK_AGAIN)
    with context.registry.reading() as snapshot:
        return view.proof(snapshot, index, size)


@router.get(
    "/consistency", summary="Consistency proof between two heads; without `to`, up to the current one"
)
def show_consistency(
    context: Site,
    response: Response,
    first: Annotated[int, Query(ge=0, alias="from")],
    second: Annotated[int | None, Query(ge=0, alias="to")] = None,
) -> dict[str, Any]:
    response.headers.update(ASK_AGAIN)
    with context.registry.reading() as snapshot:
        return view.consistency(snapshot, first, second)


@router.get("/event/{index}", summary="A public event with its salt, so that its commitment can be computed")
def show_event(context: Site, response: Response, index: int) -> dict[str, Any]:
    response.headers.update(ASK_AGAIN)
    with context.registry.reading() as snapshot:
        return view.event(snapshot, index)


@router.post("/add-checkpoint", summary="A witness's signature on one of our heads")
async def add_checkpoint(request: Request, context: Site) -> Response:
    """The body is the checkpoint with the witness's line below; the answer, the lines that were kept."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_CHECKPOINT_BYTES:
            raise TooLarge(
                Text("正文超过 16 KB", "The body has more than 16 KB"),
                Text("只发送一份检查点", "Send one checkpoint, nothing else"),
            )
    # only what a configured witness has newly signed may take the gate's time
    note, lines = signed_by_witnesses(content, context.witnesses, context.now())
    if await to_thread.run_sync(_is_news, context, note, lines):
        await context.ask(AddCheckpoint(note=content.decode()))
    kept = "".join(f"{line}\n" for line in lines.values())
    return Response(kept, media_type=PLAIN, headers=ASK_AGAIN)


def _is_news(context: Context, note: Note, lines: Mapping[VerifierKey, SignatureLine]) -> bool:
    """Whether the gate must decide: a new line, or one for a head that is not ours."""
    claimed = parse_checkpoint(note.text)
    with context.registry.reading() as snapshot:
        return not view.is_own_head(snapshot, claimed, note.text) or bool(
            unheard(snapshot, claimed.size, lines)
        )
