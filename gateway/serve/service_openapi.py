"""The OpenAPI 3.1 document of one purpose-built API: its own operation, parameters typed and described in both languages,
the example that it is probed with, and what can go wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from catalog.dataset import Column, ColumnType
from catalog.predicate import Operator
from catalog.release import ReleasedColumn
from catalog.service import Parameter, Service
from catalog.text import Text
from gateway.serve.openapi import LIMITS, SCHEMAS, answer_schema
from gateway.serve.openapi_responses import (
    DATA_HEADERS,
    answer_response,
    both,
    not_modified_response,
    problem_responses,
    shared_components,
)
from gateway.serve.operation import Operation
from gateway.serve.page_formats import AGGREGATE_FORMATS
from gateway.serve.value import EXPECTED

__all__ = ["service_openapi", "service_page_schema", "service_responses"]

REFUSALS = (400, 401, 403, 404, 406, 409, 410, 413, 429, 503)
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


def service_openapi(
    operation: Operation, server: str = "", deprecated: bool = False, sunset: date | None = None
) -> dict[str, Any]:
    """The document; `server` is the base URL in front of ``/api/v1/…``."""
    service = operation.service
    parameters = [_parameter(one, operation.columns[one.name], service) for one in service.parameters]
    described = [both(service.description)]
    if sunset is not None:
        described.append(both(Text(f"于 {sunset} 后停用", f"Retired after {sunset}")))
    common: dict[str, Any] = {
        "summary": both(service.title),
        "description": "\n\n".join(described),
        "deprecated": deprecated,
    }
    shared = shared_components()
    get = {
        "operationId": service.id,
        **common,
        "parameters": [*parameters, *_paging(service)],
        "responses": service_responses(),
    }
    post = {
        "operationId": f"{service.id}.post",
        **common,
        "responses": service_responses(is_post=True),
        "requestBody": {"required": False, "content": {"application/json": _body(operation, parameters)}},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": both(service.title),
            "version": service.version,
            "description": both(service.description),
            "license": {"name": operation.release.dataset.licence or "unspecified"},
        },
        "servers": [{"url": server or "/"}],
        "paths": {f"/api/v1/services/{service.id}": {"get": get, "post": post}},
        "components": {
            **shared,
            "schemas": {**shared["schemas"], "Record": _record(operation), "Page": service_page_schema()},
        },
    }


def _parameter(one: Parameter, column: Column, service: Service) -> dict[str, Any]:
    expected = EXPECTED[column.type]
    several = one.operator is Operator.IN
    texts = [both(one.description)]
    if one.operator is Operator.ISNULL:
        texts.append("true, false")
    else:
        texts.append(
            both(
                Text(
                    f"{expected.zh}{'，逗号分隔' if several else ''}",
                    f"{expected.en}{', comma-separated' if several else ''}",
                )
            )
        )
    described: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "description": "; ".join(texts),
        "schema": _schema(one, column),
    }
    example = service.example.get(one.name, one.example)
    return described if example is None else described | {"example": example}


def _schema(one: Parameter, column: Column) -> dict[str, Any]:
    """What the parameter takes: texts in a query string, so numbers are described by their bounds only."""
    if one.operator is Operator.ISNULL:
        return {"type": "string", "enum": ["true", "false"]}
    schema: dict[str, Any] = {"type": "string"}
    if column.type in _NUMBERS and one.operator is not Operator.IN:
        schema = {"type": "integer" if column.type is ColumnType.INTEGER else "number"}
        for name, bound in (("minimum", one.minimum), ("maximum", one.maximum)):
            if bound is not None:
                schema[name] = float(bound) if "." in bound or "e" in bound else int(bound)
    if column.type is ColumnType.DATE and one.operator is not Operator.IN:
        schema["format"] = "date"
    if one.values and one.operator is not Operator.IN and schema["type"] == "string":
        schema["enum"] = list(one.values)
    if one.default is not None and schema["type"] == "string":
        schema["default"] = one.default
    return schema


def _paging(service: Service) -> list[dict[str, Any]]:
    whole = {"type": "integer", "minimum": 0, "default": 0}
    rows = {"type": "integer", "minimum": 1, "maximum": service.limit, "default": service.limit}
    version = {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"}
    taken: list[tuple[str, Text, dict[str, Any]]] = [
        ("limit", Text("每页条数", "records of a page"), rows),
        ("offset", Text("跳过的条数", "records to skip"), whole),
        (
            "version",
            Text("服务的版本，缺省为现行版本", "a version of the service; the active one without"),
            version,
        ),
    ]
    if not service.is_aggregate:
        taken.append(
            ("cursor", Text("上一页返回的 next", "the next of the previous page"), {"type": "string"})
        )
    return [
        {"name": name, "in": "query", "required": False, "description": both(text), "schema": schema}
        for name, text, schema in taken
    ]


def _body(operation: Operation, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    service = operation.service
    members = {
        one["name"]: {**one["schema"], "description": one["description"]}
        for one in [*parameters, *_paging(service)]
    }
    schema: dict[str, Any] = {"type": "object", "properties": members, "additionalProperties": False}
    required = [one.name for one in service.parameters if one.required]
    if required:
        schema["required"] = required
    return {"schema": schema, "example": dict(service.example)}


def _record(operation: Operation) -> dict[str, Any]:
    known = {one.column.name: one for one in operation.release.columns}
    sources = {one.name: one.source for one in operation.service.outputs}
    return {
        "type": "object",
        "properties": {
            name: _member(kind, known.get(sources[name])) for name, kind in operation.shown.items()
        },
        "additionalProperties": False,
    }


def _member(kind: ColumnType, released: ReleasedColumn | None) -> dict[str, Any]:
    schema = dict(SCHEMAS[kind])
    if released is None:  # a group or a metric
        return schema
    column = released.column
    if column.title:
        schema["title"] = both(column.title)
    texts = [both(column.definition)] if column.definition else []
    if released.masked:
        texts.append(both(Text(f"已脱敏（{released.operator}）", f"masked ({released.operator})")))
    if column.unit:
        texts.append(both(Text(f"单位：{column.unit}", f"unit: {column.unit}")))
    return schema | {"description": "; ".join(texts)} if texts else schema


def service_page_schema() -> dict[str, Any]:
    page = answer_schema({"$ref": "#/components/schemas/Record"})
    page["properties"] |= {"service": {"type": "string"}, "version": {"type": "string"}}
    return page


def service_responses(is_post: bool = False, schema: str = "Page") -> dict[str, Any]:
    """The responses of a call; they refer to the schema and to `shared_components`."""
    content: dict[str, Any] = {media_type: {} for _, media_type in AGGREGATE_FORMATS}
    content["application/json"] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    maybe = ("Content-Encoding", "Deprecation", "Sunset", *LIMITS)
    return {
        "200": answer_response(Text("结果", "The answer"), content, DATA_HEADERS, maybe),
        **({} if is_post else {"304": not_modified_response("Vary")}),
        **problem_responses(REFUSALS),
    }
