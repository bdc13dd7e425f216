"""The JSON of answers as schemas: read from the frozen values that are dumped, where there are any; else said here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from catalog.counts import Adoption, Counts, Holdings
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator, Reason
from catalog.element import DataElement
from catalog.finding import Grade
from catalog.release import ReleaseStatus, WithheldColumn
from catalog.service import Parameter, ServiceState
from catalog.text import Text
from gateway.access.plan import Plan

__all__ = ["Schema", "named", "shapes"]

Schema = Mapping[str, Any]
DUMPED = (
    Adoption,
    Column,
    Counts,
    DataElement,
    Dataset,
    Holdings,
    Parameter,
    Plan,
    Reason,
    Text,
    WithheldColumn,
)

STRING: Schema = {"type": "string"}
TEXT_OR_NOT: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer", "minimum": 0}
WHOLE_OR_NOT: Schema = {"type": ["integer", "null"]}
NUMBER_OR_NOT: Schema = {"type": ["number", "null"]}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MOMENT_OR_NOT: Schema = {"type": ["string", "null"], "format": "date-time"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
BASE64: Schema = {"type": "string", "contentEncoding": "base64"}
GRADE: Schema = {"type": "string", "enum": [str(one) for one in Grade]}
TYPE: Schema = {"type": "string", "enum": [one.name.lower() for one in ColumnType]}
OPEN: Schema = {"type": "object"}
OPEN_OR_NOT: Schema = {"type": ["object", "null"]}


def named(name: str) -> Schema:
    """A reference to a shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(members: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object whose members are there, but for the `optional` ones; others may come with time."""
    return {
        "type": "object",
        "required": [name for name in members if name not in optional],
        "properties": dict(members),
    }


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _one_of(values: type[Any]) -> Schema:
    return {"type": "string", "enum": [one.value for one in values]}


@cache
def shapes() -> Mapping[str, Schema]:
    """Every shape by its name."""
    _, found = TypeAdapter.json_schemas(
        [(kind.__name__, "serialization", TypeAdapter(kind)) for kind in DUMPED],
        ref_template="#/components/schemas/{model}",
    )
    known: dict[str, Any] = {name: _undefaulted(one) for name, one in found["$defs"].items()}
    return known | _catalogue(known) | _reports() | _services(known) | _ledger() | _law() | _house()


def _undefaulted(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What is dumped is always there, whether it has a default or not."""
    members = schema.get("properties")
    return dict(schema) | ({"required": list(members)} if members else {})


def _catalogue(known: Mapping[str, Any]) -> dict[str, Schema]:
    column = known["Column"]["properties"] | {
        "type": TYPE,
        "operator": _one_of(MaskOperator),
        "nulls": WHOLE,
        "constant": {"type": "boolean"},
    }
    links = dict.fromkeys(("records", "aggregate", "services", "contract", "openapi", "page"), STRING)
    entry = known["Dataset"]["properties"] | {
        "grade": GRADE,
        "quality_score": NUMBER_OR_NOT,
        "rows": WHOLE,
        "excluded_rows": WHOLE,
        "release": HASH,
        "published_at": MOMENT,
        "ledger_index": WHOLE,
        "list_version": STRING,
        "contract": TEXT_OR_NOT,
        "columns": _list(_object(column)),
        "keys": _list(STRING),
        "links": _object({**links, "exports": {"type": "object", "additionalProperties": STRING}}),
    }
    version = {
        "release": HASH,
        "status": _one_of(ReleaseStatus),
        "rows": WHOLE,
        "published_at": MOMENT,
        "ledger_index": WHOLE,
        "contract": TEXT_OR_NOT,
    }
    return {
        "DatasetEntry": _object(entry),
        "DatasetPage": _object(
            {"datasets": _list(named("DatasetEntry")), "total": WHOLE, "next": TEXT_OR_NOT}
        ),
        "Versions": _object({"versions": _list(_object(version))}),
    }


def _reports() -> dict[str, Schema]:
    decided = {
        "name": STRING,
        "operator": _one_of(MaskOperator),
        "grade": {"anyOf": [GRADE, {"type": "null"}]},
        "why": {"anyOf": [named("Text"), {"type": "null"}]},
        "basis": _list(STRING),
    }
    return {
        "Quality": _object(
            {
                "release": HASH,
                "score": NUMBER_OR_NOT,
                "dimensions": {"type": "object", "additionalProperties": NUMBER_OR_NOT},
                **dict.fromkeys(("report", "gx", "profile", "freshness", "drift"), OPEN_OR_NOT),
            }
        ),
        "Risk": _object({"release": HASH, "about_persons": {"type": ["boolean", "null"]}}),
        "Privacy": _object(
            {"release": HASH, "columns": {"type": ["array", "null"], "items": OPEN}, "risk": OPEN_OR_NOT}
        ),
        "Decided": _object(
            {
                "release": HASH,
                "list_version": STRING,
                "grade": GRADE,
                "columns": _list(_object(decided)),
                "withheld": _list(named("WithheldColumn")),
                "excluded_rows": WHOLE,
                "reasons": _list(named("Reason")),
            }
        ),
        "OpenContract": OPEN,  # in the form asked for: ours, ODCS, a data package, a table schema
    }


def _services(known: Mapping[str, Any]) -> dict[str, Schema]:
    parameter = _object(known["Parameter"]["properties"] | {"type": TYPE})
    probe = _object({"answered": {"type": "boolean"}, "at": MOMENT, "asked_of": OPEN, "failure": OPEN_OR_NOT})
    always = {
        "id": STRING,
        "version": STRING,
        "state": _one_of(ServiceState),
        "since": MOMENT,
        "sunset": {"type": ["string", "null"], "format": "date"},
        "successor": TEXT_OR_NOT,
        "dataset": STRING,
        "datasets": _list(STRING),
        "meaning": STRING,
        "answers": {"type": "boolean"},
        "why": {"anyOf": [named("Text"), {"type": "null"}]},
        "probe": {"anyOf": [probe, {"type": "null"}]},
        "links": _object(dict.fromkeys(("call", "openapi", "page", "dataset"), STRING)),
    }
    answering = {
        "title": named("Text"),
        "description": named("Text"),
        "parameters": _list(parameter),
        "returns": _list(_object({"name": STRING, "type": TYPE})),
        "example": OPEN,
        "declaration": OPEN,
        "versions": _list(STRING),
    }
    entry = _object({**always, **answering}, tuple(answering))
    return {
        "ServiceEntry": entry,
        "ServiceList": _object(
            {"services": _list(named("ServiceEntry")), "total": WHOLE, "next": TEXT_OR_NOT}
        ),
    }


def _ledger() -> dict[str, Schema]:
    told = {"event": OPEN, "salt": BASE64}
    proof = {
        "index": WHOLE,
        "size": WHOLE,
        "root": BASE64,
        "commitment": BASE64,
        "path": _list(BASE64),
        "checkpoint": STRING,
    }
    consistency = {"from": WHOLE, "to": WHOLE, "from_root": BASE64, "to_root": BASE64, "path": _list(BASE64)}
    return {
        "Proof": _object({**proof, **told}, tuple(told)),
        "Consistency": _object(consistency),
        "LedgerEvent": _object({"index": WHOLE, "commitment": BASE64, **told}),
    }


def _law() -> dict[str, Schema]:
    version = {
        "version": STRING,
        "base": TEXT_OR_NOT,
        "state": STRING,
        "digest": STRING,
        "effective_at": MOMENT_OR_NOT,
        "activated_at": MOMENT_OR_NOT,
        "ended_at": MOMENT_OR_NOT,
    }
    due = {"entry": STRING, "what": STRING, "on": {"type": "string", "format": "date"}}
    return {
        "ListVersions": _object({"versions": _list(_object(version))}),
        "DueEntries": _object({"due": _list(_object(due))}),
        "ListDifference": OPEN,
    }


def _house() -> dict[str, Schema]:
    return {
        "HoldingsTold": _object({"as_of": MOMENT, "total": named("Holdings")}, ("as_of",)),
        "Elements": _object({"elements": _list(named("DataElement")), "adoption": _list(named("Adoption"))}),
        "ElementTold": {
            "allOf": [
                named("DataElement"),
                _object({"registered_at": MOMENT, "versions": _list({"type": "integer"})}),
            ]
        },
        "Plans": _object({"plans": _list(named("Plan"))}),
        "Live": _object({"status": STRING}),
        "Ready": _object({"status": {"enum": ["ready", "not-ready"]}, "checks": OPEN}),
        "OpenApiDocument": _object({"openapi": STRING, "info": OPEN, "paths": OPEN, "components": OPEN}),
        "Answer": {"type": ["object", "array"]},  # of a step: what it says stands in the guides of the roles
    }
