"""What each route answers, as a table beside that of who may call it (`gateway.access.surface`): forms, statuses beyond
those that follow from its kind, and for what FastAPI does not describe (pages) its parameters. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.text import Text
from gateway.access.surface import DATASET, LIST, SERVICE
from gateway.contract_forms import Form, media_type
from gateway.description.shapes import Schema, named

__all__ = ["ROWS", "Row"]

JSON = "application/json"
HTML = "text/html"
PLAIN = "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LEDGER = "/api/v1/ledger"

Forms = Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Row:
    """`forms` of the answer by media type, none = it has no body; `status` of it; `also` the refusals that its kind does
    not tell; `parameters` of a page; `text` where the reference for people has no words for it; `refused` are refusals that are
    no problems, with their forms; `kept` = a client may keep the answer and ask for it again with its validator."""

    forms: Forms
    also: tuple[int, ...] = ()
    status: int = 200
    text: Text | None = None
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    refused: Mapping[int, Forms] = field(default_factory=dict)
    kept: bool = True


LANGUAGE: dict[str, Schema] = {"lang": {"type": "string", "enum": ["zh", "en"]}}
WORD: Schema = {"type": "string", "maxLength": 200}


def _page(zh: str, en: str, *also: int, **parameters: Any) -> Row:
    return Row({HTML: {}}, also, text=Text(zh, en), parameters={**parameters, **LANGUAGE})


def _json(shape: str, *also: int) -> Row:
    return Row({JSON: {"schema": named(shape)}}, also)


def _text(media: str = PLAIN, *also: int) -> Row:
    return Row({media: {"schema": {"type": "string"}}}, also)


STEP = _json("Answer")
CONTRACT = Row(
    {media_type(form): {"schema": named("OpenContract")} for form in Form} | {"application/yaml": {}}
)

_OF_CKAN: Mapping[int, Forms] = {status: {JSON: {}} for status in (400, 403, 404, 409, 413, 429, 503)}
"""Refusals in CKAN's envelope, or, of what is no call at all, as a JSON string."""
_CKAN = Row(
    {JSON: {"schema": named("Answer")}, "application/javascript": {}},
    text=Text(
        "CKAN 操作接口（docs/ckan.md），按 CKAN 的信封应答",
        "The CKAN action API (docs/ckan.md), in CKAN's envelope",
    ),
    refused=_OF_CKAN,
)

ROWS: Mapping[tuple[str, str], Row] = {
    ("GET", "/api/3"): Row(
        {JSON: {"schema": named("Answer")}},
        text=Text("CKAN 接口的版本", "The version of the CKAN API"),
        refused={status: _OF_CKAN[status] for status in (403, 429, 503)},
    ),
    ("GET", "/api/3/action/{action}"): _CKAN,
    ("POST", "/api/3/action/{action}"): _CKAN,
    ("GET", "/api/action/{action}"): _CKAN,
    ("POST", "/api/action/{action}"): _CKAN,
    ("GET", "/datastore/dump/{resource_id}"): Row(
        {"text/csv": {}, "text/tab-separated-values": {}, JSON: {}, "text/xml": {}},
        text=Text("导出整表（CKAN）", "A whole table (CKAN)"),
        parameters={
            "format": {"type": "string", "enum": ["csv", "tsv", "json", "xml"]},
            "bom": {"type": "boolean"},
        },
        refused=_OF_CKAN,
        kept=False,
    ),
    ("GET", "/"): _page("目录页", "The catalogue", q=WORD, theme=WORD, publisher=WORD, after=WORD),
    ("GET", "/datasets/{dataset_id}"): _page("一个数据集的页面", "The page of a dataset"),
    ("GET", "/datasets/{dataset_id}/quality"): _page("质量报告页", "Its quality, for people"),
    ("GET", "/datasets/{dataset_id}/risk"): _page("重标识风险页", "Its risk, for people"),
    ("GET", "/datasets/{dataset_id}/privacy"): _page("隐私处理页", "Its privacy report, for people"),
    ("GET", "/services/{service_id}"): _page(
        "一个服务的页面", "The page of a service", 410, 503, version={"type": "string"}
    ),
    ("GET", "/counts"): _page(
        "开放进度页", "Progress of opening", 400, as_of={"type": "string"}, **{"from": {"type": "string"}}
    ),
    ("GET", "/docs"): _page("接口参考", "The reference of this surface"),
    ("GET", "/try"): Row(
        {},
        (400,),
        status=303,
        text=Text("表单所填的地址", "The address that a filled-in form names"),
        parameters={"try.to": {"type": "string"}, "try.form": {"type": "string"}},
    ),
    ("GET", "/static/{name}"): Row(
        {"text/css": {}, "text/javascript": {}, "image/svg+xml": {}},
        text=Text("页面用到的文件", "Files that pages load"),
        parameters={"v": {"type": "string"}},
    ),
    ("GET", "/api/v1/datasets"): _json("DatasetPage"),
    ("GET", DATASET): _json("DatasetEntry"),
    ("GET", f"{DATASET}/versions"): _json("Versions"),
    ("GET", f"{DATASET}/quality"): _json("Quality"),
    ("GET", f"{DATASET}/risk"): _json("Risk"),
    ("GET", f"{DATASET}/privacy"): _json("Privacy"),
    ("GET", f"{DATASET}/decision"): _json("Decided"),
    ("GET", f"{DATASET}/contract"): CONTRACT,
    ("GET", f"{DATASET}/openapi.json"): _json("OpenApiDocument"),
    ("GET", "/api/v1/services"): _json("ServiceList"),
    ("GET", f"{SERVICE}/openapi.json"): _json("OpenApiDocument", 410),
    ("GET", "/api/v1/elements"): _json("Elements"),
    ("GET", "/api/v1/elements/{code}"): _json("ElementTold"),
    ("GET", "/api/v1/counts"): _json("Counts"),
    ("GET", "/api/v1/holdings"): _json("HoldingsTold"),
    ("GET", f"{LEDGER}/checkpoint"): _text(PLAIN, 404),
    ("GET", f"{LEDGER}/witnessed"): _text(PLAIN, 404),
    ("GET", f"{LEDGER}/key"): _text(PLAIN, 404),
    ("GET", f"{LEDGER}/proof/{{index}}"): _json("Proof"),
    ("GET", f"{LEDGER}/consistency"): _json("Consistency", 404),
    ("GET", f"{LEDGER}/event/{{index}}"): _json("LedgerEvent"),
    ("GET", f"{LEDGER}/tile/{{place:path}}"): Row(
        {"application/octet-stream": {}, "application/x-ndjson": {}}
    ),
    ("POST", f"{LEDGER}/add-checkpoint"): _text(PLAIN, 403, 404, 409),
    ("GET", LIST): _text("application/toml", 404),
    ("GET", f"{LIST}/versions"): _json("ListVersions"),
    ("GET", f"{LIST}/due"): _json("DueEntries", 404),
    ("GET", f"{LIST}/export.{{format}}"): Row({"application/toml": {}, XLSX: {}}),
    ("GET", f"{LIST}/diff"): _json("ListDifference", 404),
    ("GET", "/openapi.json"): Row(
        {JSON: {"schema": named("OpenApiDocument")}}, text=Text("本文档", "This document")
    ),
    ("GET", "/health/live"): Row(
        {JSON: {"schema": named("Live")}}, text=Text("进程在运行", "The process answers")
    ),
    ("GET", "/health/ready"): Row(
        {JSON: {"schema": named("Ready")}},
        text=Text("服务所依赖的各项，逐一列出", "Everything this server stands on, by name"),
        refused={503: {JSON: {"schema": named("Ready")}}},
    ),
    ("GET", "/metrics"): Row(
        {PLAIN: {"schema": {"type": "string"}}},
        text=Text("Prometheus 指标", "Requests and their times, in the Prometheus text format"),
    ),
    ("GET", "/api/v1/plans"): _json("Plans"),
    # the catalogue for other catalogues, and for agents
    ("GET", "/catalog.ttl"): _text("text/turtle", 400),
    ("GET", "/catalog.jsonld"): Row({"application/ld+json": {}}, (400,)),
    ("GET", "/catalog.rdf"): Row({"application/rdf+xml": {}}, (400,)),
    ("GET", "/data.json"): Row({JSON: {}}, (400,)),
    ("GET", "/datasets/{dataset_id}.ttl"): _text("text/turtle"),
    ("GET", "/datasets/{dataset_id}.jsonld"): Row({"application/ld+json": {}}),
    ("GET", "/datasets/{dataset_id}.rdf"): Row({"application/rdf+xml": {}}),
    **{
        ("GET", f"/datasets/{{dataset_id}}.{form}.json"): Row(
            {JSON: {}, "application/ld+json": {}, "application/csvm+json": {}}
        )
        for form in ("croissant", "datapackage", "csvw")
    },
    ("GET", "/sitemap.xml"): Row({"application/xml": {}}, (400,)),
    ("GET", "/feed.atom"): Row({"application/atom+xml": {}}, (400,)),
    ("POST", "/mcp"): Row({JSON: {}, "text/event-stream": {}}, (400, 401, 403, 406, 413, 429)),
    # one's own account
    ("POST", "/api/v1/session"): _json("Answer", 401, 403, 409, 429),
    ("DELETE", "/api/v1/session"): _json("Answer", 401, 403),
    ("GET", "/api/v1/session/oidc"): Row({}, (400, 404, 409), status=303),
    ("GET", "/api/v1/session/oidc/callback"): Row({HTML: {}}, (401, 403, 404, 409)),
    ("GET", "/api/v1/me"): _json("Answer", 401, 403),
    ("GET", "/api/v1/submissions/{submission_id}/assessment"): _text("text/markdown"),
}
