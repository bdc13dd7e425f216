"""The document: what FastAPI knows of its routes, the data path that stands before it, and the tables of who may call
(`gateway.access.surface`), what is answered (`rows`) and how people are told (`gateway.portal.reference`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from catalog.text import Text
from gateway.access.permissions import Action
from gateway.access.surface import DATASET, ROUTES, SERVICE
from gateway.description.rows import ROWS, STEP, Row
from gateway.description.shapes import shapes
from gateway.portal.reference import GROUPS
from gateway.serve.openapi import answer_schema, data_operations, page_schema
from gateway.serve.openapi_responses import (
    PROBLEMS,
    VALIDATED,
    answer_response,
    both,
    not_modified_response,
    problem_responses,
    shared_components,
)
from gateway.serve.service_openapi import service_page_schema, service_responses

__all__ = ["document"]

OPEN_TO_ALL = frozenset({Action.READ_OPEN, Action.READ_LIST})
UNLEASED = ("/health/live", "/metrics", "/static/{name}", "/docs", "/openapi.json")
PAGES = Text("页面", "Pages")
HOUSE = Text("服务本身", "The house itself")
ABOUT = Text(
    "开闸：开放数据目录、数据接口、专用服务、账本与治理。每个数据集和每个服务另有带字段类型的文档（…/openapi.json）。"
    "公开数据无需密钥。错误都是 RFC 9457 问题；任何地址上不支持的方法答 405（Allow 给出支持的方法），"
    "GET 处都可用 HEAD，公开接口处都可用 OPTIONS（CORS）。",
    "Kaizha: a catalogue of open data, its data APIs, purpose-built services, the ledger and what governs it. Each dataset and "
    "each service has a document of its own with its columns typed (…/openapi.json). Open data take no key. Errors are RFC 9457 "
    "problems; a method that an address does not have is answered 405 with Allow; HEAD works wherever GET does, OPTIONS (CORS) "
    "wherever data are open.",
)
_ID = {"type": "string", "pattern": "^[a-z0-9-]{1,100}$"}


def document(routes: Sequence[BaseRoute], server: str = "") -> dict[str, Any]:
    """OpenAPI 3.1 of every route of the surface; `server` is the base URL in front of it.

    Raises KeyError for a route that the tables have no row for: a test holds them to the surface.
    """
    base = get_openapi(title="Kaizha 开闸", version=version("kaizha"), routes=routes)
    told = {(one.method, one.path): (group.title, one.text) for group in GROUPS for one in group.operations}
    data = _data_path()
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), actions in ROUTES.items():
        shown = path.replace(":path}", "}")
        operation = data.pop((method, path), None) or _described(method, path, actions, base["paths"])
        tag, text = told.get((method, shown), (PAGES if not path.startswith("/api/") else HOUSE, None))
        row = ROWS.get((method, path))
        text = text or (row.text if row is not None else None) or tag
        operation |= {"tags": [both(tag)], "summary": both(text)}
        for place, one in _expanded(shown, operation):
            paths.setdefault(place, {})[method.lower()] = one
    components = shared_components(html=True)
    schemas = {
        name: one
        for name, one in base["components"]["schemas"].items()
        if name not in ("HTTPValidationError", "ValidationError")
    }
    own = {
        "Record": {"type": "object"},
        "Page": page_schema(),
        "Groups": answer_schema({"type": "object"}),
        "ServicePage": service_page_schema(),
    }
    return {
        "openapi": "3.1.0",
        "info": {**base["info"], "description": both(ABOUT)},
        "servers": [{"url": server or "/"}],
        "tags": [{"name": both(one)} for one in (*(group.title for group in GROUPS), PAGES, HOUSE)],
        "paths": paths,
        "components": {
            **components,
            "schemas": {**schemas, **shapes(), **components["schemas"], **own},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "kaizha_session"},
            },
        },
    }


def _described(
    method: str, path: str, actions: tuple[Action, ...], known: Mapping[str, Any]
) -> dict[str, Any]:
    """One operation: its parameters and body from FastAPI or the row, its responses from its kind and the row."""
    row = ROWS.get((method, path), STEP)
    found: dict[str, Any] = dict(known.get(path.replace(":path}", "}"), {}).get(method.lower(), {}))
    if not found:
        name = _name(path) if method == "GET" else f"{_name(path)}_{method.lower()}"
        found = {"operationId": name, "parameters": _parameters(path, row)}
    else:
        found["operationId"] = _short(found["operationId"])
    found.pop("summary", None)
    guarded = bool(actions) and not OPEN_TO_ALL & set(actions)
    partly = bool(OPEN_TO_ALL & set(actions)) and not set(actions) <= OPEN_TO_ALL
    refusals = set(row.also)
    refusals |= {503} if path not in UNLEASED else set()
    refusals |= {401, 403} if guarded or partly else set()
    taken = path.startswith("/api/") and (found.get("parameters") or "requestBody" in found)
    refusals |= {400} if taken or method == "POST" else set()
    refusals |= {404} if "{" in path else set()
    refusals |= {404, 409} if guarded and method != "GET" else set()
    refusals |= {413} if method == "POST" else set()
    refusals -= row.refused.keys()
    kept = method == "GET" and not guarded and actions != () and row.status == 200 and row.kept
    responses = {str(row.status): _answered(row, kept), **problem_responses(refusals)}
    for status, forms in row.refused.items():
        text = PROBLEMS[status]
        responses[str(status)] = answer_response(text, forms, maybe=("Cache-Control", "Retry-After"))
    if kept:
        responses["304"] = not_modified_response()
    secured: dict[str, Any] = {"security": [{"key": []}, {"session": []}]} if guarded else {}
    return {**found, **secured, "responses": dict(sorted(responses.items()))}


def _short(made: str) -> str:
    """FastAPI's operationId without the path in it, as words with underscores."""
    name = re.split(r"_(?:api_v1|health|metrics)_", made)[0]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _answered(row: Row, kept: bool) -> dict[str, Any]:
    if row.status == 303:
        return {"description": both(Text("前往", "Go there")), "headers": {}}
    text = Text("结果", "The answer")
    if kept:
        return answer_response(text, row.forms, VALIDATED, ("Last-Modified", "Link", "Vary"))
    return answer_response(text, row.forms, maybe=("Cache-Control", "ETag"))


def _parameters(path: str, row: Row) -> list[dict[str, Any]]:
    inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [_parameter(name, "path", {"type": "string"}) for name in inside] + [
        _parameter(name, "query", dict(schema)) for name, schema in row.parameters.items()
    ]


def _parameter(name: str, where: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": dict(schema)}


def _name(path: str) -> str:
    """The operationId of a page."""
    parts = [part.strip("{}") for part in path.split("/") if part]
    return "page_" + "_".join(parts or ["catalogue"]).replace(".", "_")


def _data_path() -> dict[tuple[str, str], dict[str, Any]]:
    """What is answered before FastAPI is asked. The key is optional: open data take none."""
    optional: dict[str, Any] = {"security": [{}, {"key": []}]}
    one_dataset = _parameter("dataset_id", "path", _ID)
    one_service = _parameter("service_id", "path", _ID)
    found = {}
    exports: dict[str, Any] = {}
    for name, operation in data_operations(None).items():
        described = {**operation, **optional, "parameters": [one_dataset, *operation["parameters"]]}
        if name.startswith("export."):
            exports[name] = described
        else:
            found["GET", f"{DATASET}/{name}"] = described
    found["GET", f"{DATASET}/export.{{format}}"] = {"each": exports}
    call = {
        **optional,
        "description": both(Text("参数见该服务自己的文档", "Its parameters stand in its own document")),
    }
    given = {
        "name": "PARAMETER",
        "in": "query",
        "required": False,
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    found["GET", SERVICE] = {
        "operationId": "call_service",
        **call,
        "parameters": [one_service, given],
        "responses": service_responses(schema="ServicePage"),
    }
    found["POST", SERVICE] = {
        "operationId": "post_to_service",
        **call,
        "parameters": [one_service],
        "requestBody": {"required": False, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": service_responses(is_post=True, schema="ServicePage"),
    }
    return found


def _expanded(path: str, operation: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The exports are one address of the surface, and an operation for each form here."""
    each = operation.pop("each", None)
    if each is None:
        yield path, operation
        return
    for name, one in each.items():
        yield f"{DATASET}/{name}", {**one, "tags": operation["tags"]}
