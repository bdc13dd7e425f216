"""Contracts as Frictionless Table Schema and Data Package v1 (https://specs.frictionlessdata.io), as JSON values.

Properties of our own stand beside the standard's, as it allows; read back, a contract is the same. A member of a
descriptor from elsewhere that has no place in a contract here is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from catalog.contract import Contract, Field
from catalog.contract_json import contract_json, parse_contract
from catalog.dataset import ColumnType, Dataset
from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["is_frictionless", "parse_frictionless", "render_package", "render_table_schema"]

_TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "number",
    ColumnType.DOUBLE: "number",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "datetime",
    ColumnType.GEOMETRY: "geojson",
}
_KINDS = {
    "string": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.DOUBLE,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "datetime": ColumnType.TIMESTAMP,
    "geojson": ColumnType.GEOMETRY,
    "any": None,
}
_CONSTRAINTS = {"minimum": "minimum", "maximum": "maximum", "maxLength": "max_length", "required": "required"}
_OWN_OF_FIELD = ("unit", "element", "crs", "factor")
_OWN = (
    "version",
    "previous_until",
    "licence",
    "update_cycle",
    "keys",
    "personal",
    "suite",
    "quality_threshold",
    "dimension_thresholds",
    "event_time",
)
OURS = "kaizha"
"""The member that holds what the standard has none for."""


def is_frictionless(value: object) -> bool:
    """Whether a parsed document is a Data Package, or a Table Schema in the standard's words (not a contract of ours)."""
    if not isinstance(value, dict):
        return False
    if "resources" in value or "primaryKey" in value or "missingValues" in value or OURS in value:
        return True
    fields = value.get("fields")
    if not isinstance(fields, list):
        return False
    return any(
        isinstance(one, dict) and (one.get("type") in _KINDS or "constraints" in one) for one in fields
    )


def render_table_schema(contract: Contract) -> dict[str, Any]:
    """The contract as a Table Schema."""
    said = contract_json(contract)
    schema: dict[str, Any] = {"fields": [_field(field) for field in contract.fields]}
    if contract.keys:
        schema["primaryKey"] = [contract.keys[0]]
    return schema | {OURS: {name: said[name] for name in _OWN if name in said}}


def render_package(contract: Contract, dataset: Dataset, path: str = "data.csv") -> dict[str, Any]:
    """The contract as a Data Package of one resource, whose data lie at `path` (relative, or an address)."""
    schema = render_table_schema(contract)
    name = "".join(one if one.isascii() and one.isalnum() else "-" for one in dataset.id.lower())
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": name,
        "title": dataset.title,
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "title": dataset.title,
                "path": path,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": schema,
            }
        ],
    }
    if dataset.description:
        package["description"] = dataset.description
    if contract.version:
        package["version"] = contract.version
    licence = contract.licence or dataset.licence
    if licence:
        package["licenses"] = [{"name": licence}]
    return package


def _field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "type": _TYPES[field.type] if field.type else "any"}
    own: dict[str, Any] = {name: one for name in _OWN_OF_FIELD if (one := getattr(field, name)) is not None}
    for member, ours, words in (
        ("title", "titleEn", field.title),
        ("description", "descriptionEn", field.definition),
    ):
        if words is not None:
            found[member] = words.zh
            own[ours] = words.en
    if field.type is ColumnType.DECIMAL:
        own["type"] = field.type.value
    said = {name: getattr(field, ours) for name, ours in _CONSTRAINTS.items()}
    constraints = {name: one for name, one in said.items() if one is not None and one is not False}
    if field.values:
        whole = field.type is ColumnType.INTEGER
        constraints["enum"] = [int(one) for one in field.values] if whole else list(field.values)
    if constraints:
        found["constraints"] = constraints
    return found | ({OURS: own} if own else {})


def parse_frictionless(value: Mapping[str, Any], file: str) -> Contract:
    """The contract in a Data Package of one resource, or in a Table Schema. Raises BadInput naming what cannot be kept."""
    reader = _Reader(file)
    if "resources" not in value:
        return parse_contract(reader.schema(value, ""), file)
    reader.only(
        value, {"profile", "name", "id", "title", "description", "version", "licenses", "resources"}, ""
    )
    resources = value["resources"]
    if not isinstance(resources, list) or len(resources) != 1 or not isinstance(resources[0], dict):
        reader.bad("resources", "一份合同只能有一个资源", "A contract here has one resource")
    resource = resources[0]
    about = {
        "profile",
        "name",
        "title",
        "description",
        "path",
        "format",
        "mediatype",
        "encoding",
        "schema",
        "type",
    }
    reader.only(resource, about, "resources[0].")
    if not isinstance(resource.get("schema"), dict):
        reader.bad("resources[0].schema", "请给出表模式", "Give a table schema")
    schema = resource["schema"]
    said = reader.schema(schema, "resources[0].schema.")
    if OURS not in schema:  # from elsewhere: the package's own members say it
        licences = value.get("licenses") or []
        if len(licences) > 1 or not all(isinstance(one, dict) and "name" in one for one in licences):
            reader.bad("licenses", "请给出一个有 name 的协议", "Give one licence that has a name")
        said |= {"licence": licences[0]["name"]} if licences else {}
        said |= {"version": value["version"]} if "version" in value else {}
    return parse_contract(said, file)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file

    def bad(self, place: str, zh: str, en: str) -> NoReturn:
        raise BadInput(
            Text(f"{place} 不能读入", f"{place} cannot be kept"),
            Text(zh, en),
            Where(file=self.file, parameter=place),
        )

    def only(self, value: Mapping[str, Any], known: set[str], place: str) -> None:
        for name in sorted(map(str, value.keys() - known)):
            self.bad(
                f"{place}{name}",
                "网关的合同没有此项，请删去",
                "A contract here has no such member; remove it",
            )

    def schema(self, value: Mapping[str, Any], place: str) -> dict[str, Any]:
        self.only(value, {"fields", "primaryKey", OURS}, place)
        fields = value.get("fields")
        if not isinstance(fields, list) or not all(isinstance(one, dict) for one in fields):
            self.bad(f"{place}fields", "应为对象的列表", "Give a list of objects")
        own = self.own(value, set(_OWN), place)
        key = value.get("primaryKey", [])
        said: dict[str, Any] = {"keys": [key] if isinstance(key, str) else key} | own
        return said | {"fields": [self.field(one, f"{place}fields[{n}].") for n, one in enumerate(fields)]}

    def own(self, value: Mapping[str, Any], known: set[str], place: str) -> dict[str, Any]:
        own = value.get(OURS, {})
        if not isinstance(own, dict):
            self.bad(f"{place}{OURS}", "应为对象", "Give an object")
        self.only(own, known, f"{place}{OURS}.")
        return dict(own)

    def field(self, one: Mapping[str, Any], place: str) -> dict[str, Any]:
        self.only(one, {"name", "type", "format", "title", "description", "constraints", OURS}, place)
        if one.get("format", "default") != "default":
            self.bad(f"{place}format", "只读 default", "Only default is read")
        own = self.own(one, {*_OWN_OF_FIELD, "titleEn", "descriptionEn", "type"}, place)
        constraints = one.get("constraints", {})
        if not isinstance(constraints, dict):
            self.bad(f"{place}constraints", "应为对象", "Give an object")
        self.only(constraints, {*_CONSTRAINTS, "enum"}, f"{place}constraints.")
        said: dict[str, Any] = {name: own[name] for name in _OWN_OF_FIELD if name in own}
        said |= {ours: constraints[name] for name, ours in _CONSTRAINTS.items() if name in constraints}
        if "enum" in constraints:
            said["values"] = [str(code) for code in constraints["enum"]]
        for ours, member, english in (
            ("title", "title", "titleEn"),
            ("definition", "description", "descriptionEn"),
        ):
            if member in one:
                said[ours] = {"zh": one[member], "en": own.get(english, one[member])}
        kind = one.get("type", "any")
        if kind not in _KINDS:
            self.bad(f"{place}type", f"可用：{'、'.join(_KINDS)}", f"Use one of {', '.join(_KINDS)}")
        meant = _KINDS[kind]
        return said | {"name": one.get("name"), "type": own.get("type", meant.value if meant else None)}
