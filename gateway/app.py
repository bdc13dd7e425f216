"""The serving application: the data path in front as thin ASGI, FastAPI behind it for everything else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from catalog.errors import BadInput, KaizhaError, NotFound, TooLarge, Where
from catalog.registry import Registry
from catalog.text import Text
from catalog.zones import Zone
from gateway import portal
from gateway.access.verifier import verifying_key
from gateway.agents.endpoint import Agents
from gateway.api import (
    catalogue,
    elements,
    governance,
    harvests,
    holdings,
    keys,
    ledger_routes,
    negative_list,
    routes,
    services,
    session,
    submissions,
)
from gateway.api.context import Context
from gateway.api.problem import RETRY_AFTER_S, internal, method_not_allowed, problem
from gateway.at_once import AtOnce
from gateway.ckan.call import UPLOADS, Call
from gateway.ckan.catalogue import Catalogue
from gateway.ckan.door import MANNER, Portal
from gateway.ckan.upload import sweep
from gateway.description import document
from gateway.front import MAX_BODY_BYTES, Front
from gateway.moment import utc_now
from gateway.observe.figures_prometheus import ProcessFigures, RegistryFigures, exposition
from gateway.observe.lines_structlog import AccessLog
from gateway.observe.readiness import Readiness, checks_of
from gateway.observe.watch import Watch
from gateway.portal.snippets import safe_base
from gateway.processes.ckan_steps import CkanAction
from gateway.processes.local_socket import ask
from gateway.serve.admission import OURS, Admission
from gateway.serve.data_path import DataPath
from gateway.serve.doors import Doors
from gateway.serve.key_shelf import KeyShelf
from gateway.serve.meter import Meter, open_meter
from gateway.serve.shelf import RegistryShelf
from gateway.serve.workers import WorkerLimits, Workers
from gateway.settings import ServeSettings
from gateway.witness import witness_keys

__all__ = ["create_app"]

SUBMISSION_S = 900.0
"""Longest time that somebody who has sent a file waits for what the gate says to it."""


def create_app(settings: ServeSettings, log: AccessLog | None = None) -> Front:
    """The application of one serve process. It opens the open zone and the registry, read only. `log` takes a line for
    each request; closed with the application."""
    settings.cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    registry = Registry(settings.serve_registry, read_only=True)
    zone = Zone(settings.open_zone_url, settings.cache_folder / "open")
    shelf = RegistryShelf(
        Registry(settings.serve_registry, read_only=True), zone, settings.cache_folder, settings.lease_s
    )
    workers = Workers(
        WorkerLimits(
            workers=settings.query_workers,
            deadline_s=settings.query_deadline_s,
            engine_memory_mb=settings.query_memory_mb,
        )
    )
    data_path = DataPath(shelf, workers)
    portal_of_ckan = _portal(settings, registry, shelf, data_path)
    key = verifying_key(settings.verifying_key, settings.run_folder)
    key_shelf = KeyShelf(registry, key, shelf.keys_revision, utc_now, settings.serve_processes)
    meter = Meter(lambda: open_meter(settings.meter), utc_now)
    admission = Admission(
        Doors(data_path, portal_of_ckan),
        key_shelf,
        meter,
        lambda one: shelf.number(one) is not None,
        shelf.rests_on,
        utc_now,
        settings.day_offset_h,
        lambda path: MANNER if Portal.matches(path) else OURS,
    )

    def known(route: str, subject: str) -> bool:
        if "/services/" in route:
            return bool(shelf.services(subject))
        return shelf.number(subject) is not None

    watch = Watch(known, log)
    for counted in (
        workers.seconds,
        workers.ended,
        shelf.rebuilt,
    ):
        watch.registry.register(counted)
    figures = ProcessFigures(watch, shelf, workers, data_path.answers, admission.refused)
    ready = Readiness(
        checks_of(registry, shelf, zone, workers, (settings.cache_folder,), settings.disk_floor_mb)
    )

    def ours() -> ASGIApp:
        return front

    agents = Agents(ours)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        shelf.follow()
        sweep(settings.run_folder / UPLOADS, time.time())
        await workers.start()
        figures.follow()
        yield
        await agents.close()
        ready.close()
        await asyncio.to_thread(figures.close)
        await asyncio.to_thread(admission.close)
        data_path.close()
        shelf.close()
        await workers.close()
        registry.close()
        if log is not None:
            await asyncio.to_thread(log.close)

    app = FastAPI(
        title="Kaizha 开闸", version="1", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.context = Context(
        registry,
        shelf,
        settings.run_folder / "gate.sock",
        settings.base_url,
        utc_now,
        witness_keys(settings.witness_keys),
        settings.operator,
        settings.contact,
        settings.place,
    )
    app.include_router(routes.router)
    app.include_router(services.router)
    app.include_router(elements.router)
    app.include_router(holdings.router)
    app.include_router(ledger_routes.router)
    app.include_router(negative_list.router)
    app.include_router(governance.router)
    app.include_router(submissions.router)
    app.include_router(harvests.router)
    app.include_router(session.router)
    app.include_router(keys.router)
    app.include_router(
        catalogue.router
    )  # before the pages: a dataset's address with an extension is not a page
    app.include_router(portal.router)
    app.router.routes.append(Route("/mcp", agents, methods=["POST"]))
    _health(app, ready)
    _metrics(app, watch, figures, RegistryFigures(registry, shelf, settings.cache_folder, utc_now))
    _described(app, settings.base_url)
    _errors(app)
    front = Front(app, admission, shelf, watch, AtOnce(admission, data_path, watch, shelf.rests_on))
    return front


def _portal(settings: ServeSettings, registry: Registry, shelf: RegistryShelf, data_path: DataPath) -> Portal:
    """The CKAN API of this process."""
    socket = settings.run_folder / "gate.sock"
    asking = CapacityLimiter(16)

    async def ask_gate(call: Call) -> Any:
        request = CkanAction(
            key=call.credential,
            action=call.action,
            given=dict(call.given),
            upload=call.upload.kept if call.upload else "",
            upload_name=call.upload.name if call.upload else "",
        )
        return await to_thread.run_sync(ask, socket, request, SUBMISSION_S, limiter=asking)

    return Portal(
        Catalogue(registry, shelf, utc_now),
        shelf,
        registry,
        data_path.engines,
        ask_gate,
        settings.run_folder / UPLOADS,
        settings.max_upload_bytes,
        settings.base_url,
        shelf.renew,
    )


def _health(app: FastAPI, readiness: Readiness) -> None:
    @app.get("/health/live", summary="The process answers")
    async def live() -> dict[str, str]:
        """In the event loop and without a look at anything: whoever hangs elsewhere does not make it look dead."""
        return {"status": "live"}

    @app.get(
        "/health/ready", summary="Everything this server stands on, by name: 503 where one does not hold"
    )
    async def ready() -> JSONResponse:
        report = await readiness.report()
        body = {"status": "ready" if report.ready else "not-ready", "checks": report.checks}
        headers = {"cache-control": "no-store"}
        if report.ready:
            return JSONResponse(body, headers=headers)
        return JSONResponse(body, 503, headers | {"retry-after": str(RETRY_AFTER_S)})


def _metrics(app: FastAPI, watch: Watch, figures: ProcessFigures, derived: Collector) -> None:
    @app.get("/metrics", summary="Figures of all serve processes, in the Prometheus text format")
    def measured() -> Response:
        figures.look()
        return Response(exposition(watch.registry, derived), media_type=CONTENT_TYPE_LATEST)


def _described(app: FastAPI, base_url: str) -> None:
    # by the address it is asked at; a caller may make up many
    @lru_cache(maxsize=8)
    def described(server: str) -> bytes:
        return orjson.dumps(document(app.routes, server))

    @app.get("/openapi.json", include_in_schema=False)
    def whole(request: Request) -> Response:
        server = safe_base(base_url or str(request.base_url))
        return Response(described(server), media_type="application/json")


def _errors(app: FastAPI) -> None:
    def respond(request: Request, error: KaizhaError) -> Response:
        status, headers, body = problem(error)
        if "text/html" in request.headers.get("accept", ""):
            page = portal.error_page(request, status, error.message, error.remedy)
            page.raw_headers += [
                header for header in headers if header[0] in (b"retry-after", b"www-authenticate")
            ]
            return page
        return _response(status, headers, body)

    @app.exception_handler(KaizhaError)
    async def _known(request: Request, error: KaizhaError) -> Response:
        return respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        place = error.errors()[0]["loc"][-1] if error.errors() else ""
        return respond(
            request,
            BadInput(
                Text("请求参数不正确", "A parameter of the request is not valid"),
                Text("请对照 /docs 核对该参数", "See /docs for this parameter"),
                Where(parameter=str(place)),
            ),
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            return _response(*method_not_allowed((error.headers or {}).get("Allow", "GET, HEAD")))
        if error.status_code == 413:
            return respond(request, _too_large())
        if error.status_code == 400:
            return respond(
                request,
                BadInput(
                    Text("请求正文无法读取", "The body of the request cannot be read"),
                    Text("请对照 /docs 核对", "See /docs for this operation"),
                ),
            )
        return respond(
            request,
            NotFound(
                Text("没有这个地址", "There is nothing at this address"),
                Text("从目录页 / 或 /docs 开始", "Start from the catalogue / or from /docs"),
            ),
        )

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        return _response(*internal(error))


def _response(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Response:
    response = Response(body, status)
    response.raw_headers = headers
    return response


def _too_large() -> TooLarge:
    return TooLarge(
        Text(f"请求正文超过 {MAX_BODY_BYTES:,} 字节", f"The body is over {MAX_BODY_BYTES:,} bytes"),
        Text("请缩小后再发送；文件请用命令行提交", "Send less; files are submitted on the command line"),
    )
