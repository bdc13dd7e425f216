"""The OpenAPI 3.1 document of one dataset: its columns as typed parameters and schemas, in Chinese and English.

Made from the release alone, so a withheld column is not even named; examples are made up from types, never cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.dataset import Column, ColumnType
from catalog.release import Release, ReleasedColumn
from catalog.text import Text
from gateway.serve.formats import FORMATS
from gateway.serve.location import location_of
from gateway.serve.openapi_responses import (
    DATA_HEADERS,
    answer_response,
    both,
    not_modified_response,
    problem_responses,
    shared_components,
)
from gateway.serve.page_formats import AGGREGATE_FORMATS, RECORDS_FORMATS
from gateway.serve.parameters import COLUMN_PREFIX, operators_of
from gateway.serve.parse import AGGREGATE_PARAMETERS, RECORDS_PARAMETERS
from gateway.serve.query import DEFAULT_LIMIT, FACET_VALUES, MAX_LIMIT, Bucket, Count, Measure
from gateway.serve.sql import columns_of_release
from gateway.serve.value import EXPECTED

__all__ = ["LIMITS", "REFUSALS", "SCHEMAS", "answer_schema", "data_operations", "openapi", "page_schema"]

SCHEMAS: dict[ColumnType, dict[str, Any]] = {
    ColumnType.TEXT: {"type": ["string", "null"]},
    # Beyond what a double holds, a number leaves as text: see gateway.serve.encoding.
    ColumnType.INTEGER: {"type": ["integer", "string", "null"], "format": "int64"},
    ColumnType.DECIMAL: {"type": ["number", "string", "null"]},
    ColumnType.DOUBLE: {"type": ["number", "null"], "format": "double"},
    ColumnType.BOOLEAN: {"type": ["boolean", "null"]},
    ColumnType.DATE: {"type": ["string", "null"], "format": "date"},
    ColumnType.TIMESTAMP: {"type": ["string", "null"], "description": "YYYY-MM-DDThh:mm:ss"},
    ColumnType.GEOMETRY: {"type": ["object", "string", "null"], "description": "GeoJSON"},
}

_EXAMPLES: dict[ColumnType, Any] = {
    ColumnType.TEXT: "文字",
    ColumnType.INTEGER: 42,
    ColumnType.DECIMAL: 12.5,
    ColumnType.DOUBLE: 121.5,
    ColumnType.BOOLEAN: True,
    ColumnType.DATE: "2026-01-31",
    ColumnType.TIMESTAMP: "2026-01-31T08:00:00",
    ColumnType.GEOMETRY: {"type": "Point", "coordinates": [121.5, 31.2]},
}

_OPERATOR_TEXTS: dict[str, Text] = {
    "": Text("等于", "equals"),
    "ne": Text("不等于", "differs from"),
    "gt": Text("大于", "is greater than"),
    "gte": Text("大于或等于", "is at least"),
    "lt": Text("小于", "is less than"),
    "lte": Text("小于或等于", "is at most"),
    "in": Text("是逗号分隔的值之一", "is one of comma-separated values"),
    "contains": Text("包含文字", "contains the text"),
    "startswith": Text("以文字开头", "starts with the text"),
    "isnull": Text("为空（true）或不为空（false）", "has no value (true) or has one (false)"),
}

_OF_RELEASE: dict[str, tuple[Text, dict[str, Any]]] = {
    "release": (
        Text(
            "查询此前的一次发布（其编号，至少前 12 位），只要它仍可公开",
            "ask an earlier release (its id, at least 12 digits of it), as long as it may be seen",
        ),
        {"type": "string", "pattern": "^[0-9a-f]{12,64}$"},
    ),
    "as_of": (
        Text(
            "查询该时刻有效的发布（日期或 ISO 8601 时间）",
            "ask the release of a moment (a date, or a time in ISO 8601)",
        ),
        {"type": "string"},
    ),
}

_PARAMETERS: dict[str, tuple[Text, dict[str, Any]]] = {
    "select": (Text("返回的列，逗号分隔", "columns to return, comma-separated"), {"type": "string"}),
    "filter": (
        Text("OGC CQL2-text 筛选条件", "a filter in OGC CQL2-text"),
        {"type": "string", "maxLength": 4000},
    ),
    "q": (
        Text("在文字列中搜索的词，空格分隔，须全部出现", "words that must all occur in text columns"),
        {"type": "string", "maxLength": 200},
    ),
    "bbox": (
        Text("西,南,东,北（WGS-84 度）内的行", "rows within west,south,east,north (degrees of WGS-84)"),
        {"type": "string", "examples": ["121.4,31.1,121.6,31.3"]},
    ),
    "near": (
        Text(
            "经度,纬度,米：此距离内的行，未指定 sort 时由近及远",
            "longitude,latitude,metres: rows within that distance, the nearest first where there is no sort",
        ),
        {"type": "string", "examples": ["121.47,31.23,500"]},
    ),
    "sort": (
        Text(
            "排序列，逗号分隔，降序加 -；空值在后，加 __nullsfirst 在前",
            "columns to sort by, comma-separated, - for descending; nulls last, or first with __nullsfirst",
        ),
        {"type": "string"},
    ),
    "limit": (
        Text("每页行数", "rows of a page"),
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "offset": (Text("跳过的行数", "rows to skip"), {"type": "integer", "minimum": 0, "default": 0}),
    "cursor": (Text("上一页返回的 next", "the next of the previous page"), {"type": "string"}),
    "count": (
        Text(
            "总数的计法；缺省时仅在代价低时精确计数",
            "how to count the total; by default exactly where that is cheap",
        ),
        {"type": "string", "enum": [str(one) for one in Count]},
    ),
    "facets": (
        Text(
            f"列名，逗号分隔：所有符合的行中各列最常见的 {FACET_VALUES} 个值及行数",
            f"columns, comma-separated: the {FACET_VALUES} most frequent values of each among all rows that match, with counts",
        ),
        {"type": "string"},
    ),
    "group_by": (
        Text(
            f"分组列，逗号分隔；日期或时间列可写作 {'、'.join(Bucket)}(列)",
            f"columns to group by, comma-separated; of a date or time {', '.join(Bucket)} of (COLUMN) too",
        ),
        {"type": "string"},
    ),
    "metrics": (
        Text(
            f"指标，逗号分隔：count 或 {'、'.join(Measure)}(列)",
            f"metrics, comma-separated: count, or {', '.join(Measure)} of (COLUMN)",
        ),
        {"type": "string", "default": "count"},
    ),
    "having": (
        Text(
            "分组后的筛选条件（CQL2-text），如 count > 10 AND avg(price) >= 5",
            "a filter of the groups in CQL2-text, such as count > 10 AND avg(price) >= 5",
        ),
        {"type": "string", "maxLength": 4000},
    ),
    **_OF_RELEASE,
}

# OpenAPI's way to say that each member of an object is a query parameter of its own
_ANY_COLUMN: dict[str, Any] = {
    "name": "COLUMN",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "description": both(
        Text(
            "条件：字段名=值，或 字段名__运算=值（ne gt gte lt lte in contains startswith isnull）",
            "Conditions: COLUMN=value, or COLUMN__operator=value (ne gt gte lt lte in contains startswith isnull)",
        )
    ),
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}

REFUSALS = (400, 401, 403, 404, 406, 409, 413, 429, 503)
LIMITS = ("RateLimit", "RateLimit-Policy")


def openapi(release: Release, server: str = "") -> dict[str, Any]:
    """The document; `server` is the base URL in front of ``/api/v1/…``."""
    dataset, columns = release.dataset, columns_of_release(release)
    root = f"/api/v1/datasets/{dataset.id}"
    record = {
        "type": "object",
        "properties": {one.column.name: _column_schema(one) for one in release.columns},
        "additionalProperties": False,
    }
    paths = {f"{root}/{name}": {"get": one} for name, one in data_operations(columns).items()}
    shared = shared_components()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": dataset.title,
            "version": release.id[:12],
            "description": dataset.description or dataset.title,
            "license": {"name": dataset.licence or "unspecified"},
        },
        "servers": [{"url": server or "/"}],
        "paths": paths,
        "components": {
            **shared,
            "schemas": {
                **shared["schemas"],
                "Record": record,
                "Page": page_schema(),
                "Groups": answer_schema({"type": "object"}),
            },
        },
    }


def data_operations(columns: Sequence[Column] | None) -> dict[str, dict[str, Any]]:
    """The operations of a dataset by the end of their path; None for the columns = those of any dataset. They refer to the
    schemas Page and Groups, and to `shared_components`."""
    records = Text("查询数据行", "Query rows"), RECORDS_PARAMETERS, columns, "Page", RECORDS_FORMATS
    groups = (
        Text("分组统计", "Group and aggregate"),
        AGGREGATE_PARAMETERS,
        columns,
        "Groups",
        AGGREGATE_FORMATS,
    )
    return {
        "records": _operation("records", *records),
        "aggregate": _operation("aggregate", *groups),
        **{f"export.{suffix}": _export(suffix) for suffix in FORMATS},
    }


def _operation(
    kind: str,
    summary: Text,
    known: frozenset[str],
    columns: Sequence[Column] | None,
    schema: str,
    forms: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    placed = columns is None or location_of(columns) is not None
    here = known if placed else known - {"bbox", "near"}
    parameters = [_parameter(name, *_PARAMETERS[name]) for name in _PARAMETERS if name in here]
    for one in columns or ():
        prefix = COLUMN_PREFIX if one.name in known or one.name.startswith(COLUMN_PREFIX) else ""
        for operator in operators_of(one):
            name = f"{prefix}{one.name}{f'__{operator}' if operator else ''}"
            parameters.append(_column_parameter(name, one, operator))
    if columns is None:
        parameters.append(_ANY_COLUMN)
    forms = [form for form in forms if placed or form[0] != "geojson"]
    content: dict[str, Any] = {media_type: {} for _, media_type in forms}
    content["application/json"] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    endings = "、".join(f"{kind}.{suffix}" for suffix, _ in forms)
    chosen = Text(f"格式由 Accept 或后缀选择：{endings}", f"The form by Accept or by an ending: {endings}")
    return {
        "operationId": kind,
        "summary": both(summary),
        "description": both(chosen),
        "parameters": parameters,
        "responses": {
            "200": answer_response(
                Text("结果", "The answer"), content, DATA_HEADERS, ("Content-Encoding", *LIMITS)
            ),
            "304": not_modified_response("Vary"),
            **problem_responses(REFUSALS),
        },
    }


def _export(suffix: str) -> dict[str, Any]:
    format_ = FORMATS[suffix]
    switch = {"type": "string", "enum": ["0", "1"], "default": "0"}
    texts = {
        "bom": Text("以 UTF-8 BOM 开头（供 Excel 使用）", "begin with a UTF-8 byte order mark (for Excel)"),
        "safe": Text("防止表格软件把文字当公式执行", "keep spreadsheets from running text as formulas"),
    }
    content: dict[str, Any] = {format_.media_type.split(";")[0]: {}}
    maybe = ("Content-Encoding", "Content-Disposition", *LIMITS)
    whole = answer_response(Text("整个数据集", "The whole dataset"), content, DATA_HEADERS, maybe)
    part = answer_response(Text("字节范围", "A byte range"), content, (*DATA_HEADERS, "Content-Range"), maybe)
    ranged = suffix == "parquet"
    return {
        "operationId": f"export_{suffix}",
        "summary": both(Text(f"导出为 {suffix}", f"Export as {suffix}")),
        "parameters": [
            *(_parameter(name, texts[name], switch) for name in sorted(format_.options)),
            *(_parameter(name, *_OF_RELEASE[name]) for name in _OF_RELEASE),
        ],
        "responses": {
            "200": whole,
            **({"206": part} if ranged else {}),
            "304": not_modified_response("Vary"),
            **problem_responses((*REFUSALS, 416) if ranged else REFUSALS),
        },
    }


def _parameter(name: str, text: Text, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": both(text),
        "schema": dict(schema),
    }


def _column_parameter(name: str, column: Column, operator: str) -> dict[str, Any]:
    words = _OPERATOR_TEXTS[operator]
    expected = EXPECTED[column.type]
    text = Text(f"“{column.name}”{words.zh}", f'"{column.name}" {words.en}')
    if operator == "isnull":
        return _parameter(name, text, {"type": "string", "enum": ["true", "false"]})
    return _parameter(
        name, Text(f"{text.zh}（{expected.zh}）", f"{text.en} ({expected.en})"), {"type": "string"}
    )


def _column_schema(released: ReleasedColumn) -> dict[str, Any]:
    column = released.column
    schema = dict(SCHEMAS[column.type])
    if column.title:
        schema["title"] = both(column.title)
    texts = [both(column.definition) if column.definition else "", schema.get("description", "")]
    if released.masked:
        texts.append(both(Text(f"已脱敏（{released.operator}）", f"masked ({released.operator})")))
    if column.unit:
        texts.append(both(Text(f"单位：{column.unit}", f"unit: {column.unit}")))
    if any(texts):
        schema["description"] = "; ".join(text for text in texts if text)
    if not released.masked:
        schema["examples"] = [_EXAMPLES[column.type]]
    return schema


def answer_schema(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["records", "total", "total_kind", "next", "release"],
        "properties": {
            "records": {"type": "array", "items": item},
            "total": {"type": ["integer", "null"]},
            "total_kind": {"type": "string", "enum": [str(one) for one in Count]},
            "next": {"type": ["string", "null"]},
            "release": {"type": "string"},
        },
    }


def page_schema() -> dict[str, Any]:
    page = answer_schema({"$ref": "#/components/schemas/Record"})
    value = {"type": "object", "properties": {"value": {}, "count": {"type": "integer"}}}
    facet = {
        "type": "object",
        "properties": {"values": {"type": "array", "items": value}, "distinct": {"type": "integer"}},
    }
    page["properties"]["facets"] = {
        "type": "object",
        "description": both(Text("仅在请求 facets 时出现", "Only where facets are asked for")),
        "additionalProperties": facet,
    }
    return page
