"""Where calls of the CKAN API come in: one ASGI callable behind the admission, for every action and for dumps of tables.

A call is read, looked up in the table of actions, and answered in CKAN's envelope. What was read under rules that have
changed meanwhile is read again; nothing that has been withdrawn leaves. A POST is never redirected.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson
import structlog

from catalog.errors import KaizhaError, TooLarge, Unavailable, Where
from catalog.registry import Registry
from catalog.text import Text
from gateway.api.problem import Problem, internal, method_not_allowed
from gateway.ckan import dump, upload
from gateway.ckan.actions import ACTIONS
from gateway.ckan.call import ROUTE, Call, Upload, credential_of, from_body, from_fields, from_query
from gateway.ckan.catalogue import Catalogue
from gateway.ckan.desk import AskGate, Desk
from gateway.ckan.errors import BadRequest, CkanError, failure, invalid, of_problem, of_tree
from gateway.ckan.kept import validated
from gateway.serve.admission import ASKED, Manner
from gateway.serve.cors import CORS
from gateway.serve.data_path import Shelf
from gateway.serve.engines import Engines
from gateway.serve.served import Served
from gateway.serve.shelf import while_held
from gateway.serve.turns import CALLER

__all__ = ["DUMP", "MANNER", "Portal"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

DUMP = re.compile(r"/datastore/dump/([^/]{1,200})")
VERSION = re.compile(r"/api(?:/3)?/?")
MAX_JSON_BYTES = 16 << 20
ATTEMPTS = 3
JSON = b"application/json;charset=utf-8"
JAVASCRIPT = b"application/javascript; charset=utf-8"
READ = "GET, HEAD, OPTIONS"
CALLED = "GET, HEAD, POST, OPTIONS"
_log = structlog.get_logger(__name__)
_TABLES = frozenset({"datastore_create", "datastore_upsert"})


def _said(given: Problem) -> Problem:
    """What the admission refuses, as a client of CKAN reads it."""
    status, headers, body = given
    error = of_problem(status, body)
    written = envelope_of(error, "", "")
    kept = [one for one in headers if one[0] in (b"retry-after", b"cache-control")]
    fixed = [(b"content-type", JSON), (b"content-length", str(len(written)).encode())]
    return error.status, [*fixed, *kept], written


def _key_of(headers: Headers) -> str | None:
    """The API key of a call. Other tokens are the gate's to judge: without one a caller is a stranger."""
    token = credential_of(dict(headers))
    return token if token.startswith("kz_") else None


MANNER = Manner(_key_of, _said, told_later=True)
"""How the admission speaks with clients of CKAN."""


def envelope_of(error: CkanError, base: str, action: str) -> bytes:
    body = {"help": _help(base, action), "success": False, "error": error.body()}
    return orjson.dumps(body)


def _help(base: str, action: str) -> str:
    return f"{base}/api/3/action/help_show?name={action}"


class Portal:
    """Belongs to one event loop. `uploads` is the folder in which files that come in are left for the gate, `renew` makes the
    shelf look at the registry at once."""

    def __init__(
        self,
        catalogue: Catalogue,
        shelf: Shelf,
        registry: Registry,
        engines: Engines,
        ask: AskGate,
        uploads: Path,
        max_upload_bytes: int,
        base_url: str,
        renew: Callable[[], object],
    ) -> None:
        self._catalogue = catalogue
        self._shelf = shelf
        self._registry = registry
        self._engines = engines
        self._ask = ask
        self._uploads = uploads
        self._max_upload_bytes = max_upload_bytes
        self._base_url = base_url.rstrip("/")
        self._renew = renew

    @staticmethod
    def matches(path: str) -> bool:
        """Whether this decoded path is answered here."""
        return bool(ROUTE.fullmatch(path) or VERSION.fullmatch(path) or DUMP.fullmatch(path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        action, base, headers = "", self._base(scope), dict(scope["headers"])
        more: Headers = []
        try:
            allowed = CALLED if ROUTE.fullmatch(scope["path"]) else READ
            if scope["method"] == "OPTIONS":
                await _send(send, scope, 204, _options(allowed), b"")
                return
            if scope["method"] not in allowed.split(", "):
                status, said_of_it, body = method_not_allowed(allowed)
                kept = [one for one in said_of_it if one[0] in (b"allow", b"content-type")]
                await _send(send, scope, status, kept, body)
                return
            if VERSION.fullmatch(scope["path"]):
                status, content_type, body = 200, JSON, b'{"version":3}'
            elif (place := DUMP.fullmatch(scope["path"])) is not None:
                await self._dump(scope, unquote(place[1]), base, receive, send)
                return
            else:
                action = str(ROUTE.fullmatch(scope["path"])["name"])  # type: ignore[index]
                status, content_type, body = await self._act(scope, action, base, headers, receive)
        except _Cut as cut:
            _log.warning("dump stopped", reason=str(cut))
            return
        except BadRequest as error:
            status, content_type, body = 400, JSON, orjson.dumps(f"Bad request: {error}")
        except CkanError as error:
            status, content_type, body = error.status, JSON, envelope_of(error, base, action)
        except KaizhaError as error:
            said = of_tree(error)
            if said.status == 503:
                more.append((b"retry-after", b"2"))
            status, content_type, body = said.status, JSON, envelope_of(said, base, action)
        except Exception as error:
            internal(error)  # logged by type and place
            status, content_type, body = 500, JSON, envelope_of(failure(), base, action)
        if status == 200 and scope["method"] != "POST":
            status, more, body = validated(headers, body)
        await _send(send, scope, status, [(b"content-type", content_type), *more], body)

    # one call -----------------------------------------------------------------------------------------------------

    async def _act(
        self, scope: Scope, name: str, base: str, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[int, bytes, bytes]:
        action = ACTIONS.get(name)
        if action is None:
            raise BadRequest(f"Action name not known: {name}")
        if scope["method"] != "POST" and action.changes:
            raise BadRequest("JSON Error: Invalid request. Please use POST method for your request")
        call = Call(
            name,
            method=scope["method"],
            credential=credential_of(headers),
            base=base,
            version="/3" if scope["path"].startswith("/api/3/") else "",
            caller=scope.get(CALLER, ""),
        )
        call = await self._read(call, scope, headers, receive)
        try:
            result = await self._answered(call, scope)
        finally:
            if call.upload is not None:
                (self._uploads / call.upload.kept).unlink(missing_ok=True)
        body = orjson.dumps({"help": _help(base, name), "success": True, "result": result})
        if call.callback:
            return 200, JAVASCRIPT, call.callback.encode() + b"(" + body + b");"
        return 200, JSON, body

    async def _answered(self, call: Call, scope: Scope) -> Any:
        action = ACTIONS[call.action]
        for left in reversed(range(1 if action.changes else ATTEMPTS)):
            stand = await self._catalogue.current()
            epoch, asked = self._shelf.epoch(), dict[str, int | None]()
            desk = Desk(stand, self._registry, self._engines, self._current_for(scope, asked), self._ask)
            result = await action.run(desk, call)
            if action.changes:
                # who has written reads what they wrote: the shelf looks now, not with its next look
                await asyncio.to_thread(self._renew)
                return result
            if self._shelf.epoch() == epoch and self._unmoved(asked):
                return result
            if not left:
                break
        raise Unavailable(
            Text("规则刚刚改变", "The rules have just changed"), Text("请重新请求", "Ask again")
        )

    def _unmoved(self, asked: dict[str, int | None]) -> bool:
        return all(self._shelf.number(dataset_id) == number for dataset_id, number in asked.items())

    def _current_for(
        self, scope: Scope, asked: dict[str, int | None]
    ) -> Callable[[str], Awaitable[Served | None]]:
        """Gives releases, and tells the admission whose rows are asked for."""

        async def current(dataset_id: str) -> Served | None:
            if (told := scope.get(ASKED)) is not None:
                told((dataset_id,))
            asked[dataset_id] = self._shelf.number(dataset_id)
            if self._shelf.at_hand(dataset_id):
                return self._shelf.current(dataset_id)
            loop = asyncio.get_running_loop()
            looking = loop.run_in_executor(None, self._shelf.current, dataset_id)
            return await while_held(looking, self._shelf.epoch)

        return current

    async def _read(self, call: Call, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Call:
        query: bytes = scope.get("query_string", b"")
        if call.method != "POST":
            given, callback = from_query(query)
            # a page of another site may ask in the name of whoever reads it: as a stranger, then
            return replace(
                call, given=given, callback=callback, credential="" if callback else call.credential
            )
        content_type = headers.get(b"content-type", b"").decode("latin-1")
        if content_type.lower().startswith("multipart/form-data"):
            if not call.credential:
                raise CkanError(
                    "Authorization Error", 403, "Access denied: files are taken from who is signed in"
                )
            if _key_of(scope["headers"]) is None:
                await self._ask(
                    Call("user_list", credential=call.credential)
                )  # who else, before a file is kept
            form = await upload.read_form(
                _chunks(receive), content_type, self._uploads, self._max_upload_bytes
            )
            return replace(call, given=from_fields(form.fields), upload=form.upload)
        given = from_body(await _whole(receive), content_type)
        if call.action in _TABLES and given.get("records") is not None:
            given, kept = self._with_records(given)
            return replace(call, given=given, upload=kept)
        return replace(call, given=given)

    def _with_records(self, given: dict[str, Any]) -> tuple[dict[str, Any], Upload | None]:
        """Records go to the gate as a file of JSON lines."""
        records = given["records"]
        if isinstance(records, str):
            try:
                records = orjson.loads(records)
            except orjson.JSONDecodeError:
                raise invalid("records", "Cannot parse JSON") from None
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise invalid("records", "Must be a list of dictionaries")
        rest = {name: value for name, value in given.items() if name != "records"}
        if not records:
            return rest, None
        lines = b"\n".join(orjson.dumps(one) for one in records)
        return rest, upload.keep(self._uploads, lines, "records.ndjson")

    # a whole table ------------------------------------------------------------------------------------------------

    async def _dump(
        self,
        scope: Scope,
        resource_id: str,
        base: str,
        receive: Receive,
        send: Send,
    ) -> None:
        given, _ = from_query(scope.get("query_string", b""))
        stand = await self._catalogue.current()
        asked = dict[str, int | None]()
        epoch = self._shelf.epoch()
        desk = Desk(stand, self._registry, self._engines, self._current_for(scope, asked), self._ask)
        call = Call("datastore_search", given, "GET", base=base, caller=scope.get(CALLER, ""))
        written = await dump.prepared(desk, call, resource_id)

        def still_open() -> None:
            """A release that was replaced under the same rules may be told to its end."""
            if self._shelf.epoch() != epoch and not self._unmoved(asked):
                raise Unavailable(
                    Text("规则刚刚改变", "The rules have just changed"), Text("请重新请求", "Ask again")
                )
            if any(self._shelf.number(dataset_id) is None for dataset_id in asked):
                raise Unavailable(Text("数据集已撤回", "It was withdrawn"), Text("请重新请求", "Ask again"))

        parts = written.parts() if scope["method"] != "HEAD" else _nothing()
        await _stream(send, receive, written.headers, parts, still_open)

    def _base(self, scope: Scope) -> str:
        if self._base_url:
            return self._base_url
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not host:
            server = scope.get("server") or ("localhost", None)
            host = server[0] if server[1] is None else f"{server[0]}:{server[1]}"
        return f"{scope.get('scheme', 'http')}://{host}{scope.get('root_path', '')}"


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


class _Cut(Exception):
    """A dump ends here, incomplete: its release may not be seen any more, or nobody reads it."""


async def _stream(
    send: Send,
    receive: Receive,
    headers: Headers,
    parts: AsyncIterator[bytes],
    still_open: Callable[[], None],
) -> None:
    """The first part is made before the head, so that a failure is still an answer of its own; later ones cut the stream.
    Raises _Cut."""
    first = await anext(parts, b"")
    still_open()
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, *_always()]})
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for part in parts:
            still_open()
            if gone.done():
                raise _Cut("the reader has gone")
            await send({"type": "http.response.body", "body": part, "more_body": True})
        still_open()
    except KaizhaError as error:
        raise _Cut(error.code) from None
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
    fixed = [(b"cache-control", b"no-cache")]
    if status != 304:
        fixed.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *fixed, *_always()]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _always() -> Headers:
    return list(CORS)


def _options(allowed: str) -> Headers:
    return [
        (b"allow", allowed.encode()),
        (b"access-control-allow-methods", allowed.encode()),
        (b"access-control-allow-headers", b"Authorization, Content-Type, X-CKAN-API-Key"),
        (b"access-control-max-age", b"86400"),
    ]


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("the body ended early")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    async for chunk in _chunks(receive):
        body += chunk
        if len(body) > MAX_JSON_BYTES:
            raise TooLarge(
                Text(f"正文超过 {MAX_JSON_BYTES:,} 字节", f"The body is over {MAX_JSON_BYTES:,} bytes"),
                Text("请上传文件", "Upload a file"),
                Where(parameter="message"),
            )
    return bytes(body)
