"""Contracts as the Open Data Contract Standard v3 (https://bitol.io), as JSON values: written, and read back to the same.

What the standard has no member for stands in its `customProperties`; of a contract from elsewhere, a member that has no
place here is refused by name, so that nothing of it is lost silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from catalog.contract import Contract, Field
from catalog.contract_json import contract_json, parse_contract
from catalog.dataset import ColumnType, Dataset
from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["API_VERSION", "is_odcs", "parse_odcs", "render_odcs"]

API_VERSION = "v3.0.2"
KIND = "DataContract"
ENGINE = "great-expectations"
DIALECTS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")

# Our types in the standard's words; the physical type tells those apart that share a word.
_LOGICAL = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "number",
    ColumnType.DOUBLE: "number",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.GEOMETRY: "object",
}
_KINDS = {
    "string": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.DOUBLE,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "timestamp": ColumnType.TIMESTAMP,
}
_OPTIONS = {"minimum": "minimum", "maximum": "maximum", "maxLength": "max_length"}
_CUSTOM_OF_FIELD = ("unit", "element", "values", "crs", "factor")
_CUSTOM = (
    "licence",
    "previous_until",
    "keys",
    "personal",
    "quality_threshold",
    "dimension_thresholds",
    "event_time",
)
_KNOWN = {
    "apiVersion",
    "kind",
    "id",
    "name",
    "version",
    "status",
    "domain",
    "dataProduct",
    "tenant",
    "description",
}
_KNOWN |= {"schema", "slaProperties", "customProperties", "contractCreatedTs", "tags"}


def is_odcs(value: object) -> bool:
    """Whether a parsed document says of itself that it is a contract of this standard."""
    return isinstance(value, dict) and value.get("kind") == KIND and "apiVersion" in value


def render_odcs(contract: Contract, dataset: Dataset, tags: Sequence[str] = ()) -> dict[str, Any]:
    """The contract of a dataset as a document of the standard."""
    said = contract_json(contract)
    custom = [{"property": _camel(name), "value": said[name]} for name in _CUSTOM if name in said]
    table: dict[str, Any] = {
        "name": dataset.id,
        "businessName": dataset.title,
        "logicalType": "object",
        "physicalType": "table",
        "properties": [_property(field, contract.keys) for field in contract.fields],
    }
    if contract.suite is not None:
        rules = {"type": "custom", "engine": ENGINE, "implementation": dict(contract.suite)}
        table["quality"] = [rules]
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "id": dataset.id,
        "name": dataset.title,
        "version": contract.version or "1.0.0",
        "status": "active",
        "domain": dataset.theme,
        "description": {"purpose": dataset.description or dataset.title},
        "schema": [table],
    }
    if contract.update_cycle is not None:
        document["slaProperties"] = [{"property": "frequency", "value": contract.update_cycle}]
    if contract.version is None:
        custom.append({"property": "unnumbered", "value": True})
    if custom:
        document["customProperties"] = custom
    if tags:
        document["tags"] = list(tags)
    return document


def _property(field: Field, keys: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name}
    custom: list[dict[str, Any]] = []
    for member, words in (("businessName", field.title), ("description", field.definition)):
        if words is not None:
            found[member] = words.zh
            custom.append({"property": f"{member}En", "value": words.en})
    if field.type is not None:
        found |= {"logicalType": _LOGICAL[field.type], "physicalType": field.type.value}
    else:  # the standard's schema takes no property without a type
        found["logicalType"] = "string"
        custom.append({"property": "untyped", "value": True})
    if field.required:
        found["required"] = True
    if keys[:1] == (field.name,):
        found |= {"primaryKey": True, "primaryKeyPosition": 1}
    options = {
        name: getattr(field, ours) for name, ours in _OPTIONS.items() if getattr(field, ours) is not None
    }
    if options:
        found["logicalTypeOptions"] = options
    for name in _CUSTOM_OF_FIELD:
        value = getattr(field, name)
        if value:
            custom.append({"property": name, "value": list(value) if name == "values" else value})
    if custom:
        found["customProperties"] = custom
    return found


def parse_odcs(value: Mapping[str, Any], file: str) -> Contract:
    """The contract in a document of the standard. Raises BadInput naming what cannot be kept."""
    reader = _Reader(file)
    reader.only(value, _KNOWN, "")
    if value.get("apiVersion") not in DIALECTS:
        reader.bad("apiVersion", f"请用 {API_VERSION}", f"Use {API_VERSION}")
    tables = value.get("schema")
    if not isinstance(tables, list) or len(tables) != 1 or not isinstance(tables[0], dict):
        reader.bad("schema", "一份合同只能有一张表", "A contract here has one table")
    table = tables[0]
    reader.only(
        table,
        {
            "name",
            "businessName",
            "description",
            "logicalType",
            "physicalType",
            "physicalName",
            "properties",
            "quality",
        },
        "schema[0].",
    )
    custom = reader.custom(value, {_camel(name) for name in _CUSTOM} | {"unnumbered"}, "")
    properties = table.get("properties") or []
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        reader.bad("schema[0].properties", "应为对象的列表", "Give a list of objects")
    said: dict[str, Any] = {name: custom[_camel(name)] for name in _CUSTOM if _camel(name) in custom}
    said["fields"] = [reader.field(one, place) for place, one in enumerate(properties)]
    if "keys" not in said:
        said["keys"] = [one["name"] for one in properties if one.get("primaryKey")]
    if not custom.get("unnumbered"):
        said["version"] = value.get("version")
    cycle, suite = reader.cycle(value), reader.suite(table)
    said |= {name: one for name, one in (("update_cycle", cycle), ("suite", suite)) if one is not None}
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

    def custom(self, value: Mapping[str, Any], known: set[str], place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in value.get("customProperties") or []:
            name = one.get("property") if isinstance(one, dict) else None
            if name not in known or name in found:
                self.bad(
                    f"{place}customProperties.{name}",
                    "网关的合同没有此项，请删去",
                    "A contract here has no such property; remove it",
                )
            found[name] = one.get("value")
        return found

    def field(self, one: Mapping[str, Any], number: int) -> dict[str, Any]:
        place = f"schema[0].properties[{number}]."
        known = {
            "name",
            "businessName",
            "description",
            "logicalType",
            "physicalType",
            "required",
            "primaryKey",
        }
        self.only(one, known | {"primaryKeyPosition", "logicalTypeOptions", "customProperties"}, place)
        custom = self.custom(one, {*_CUSTOM_OF_FIELD, "businessNameEn", "descriptionEn", "untyped"}, place)
        options = one.get("logicalTypeOptions") or {}
        if not isinstance(options, dict):
            self.bad(f"{place}logicalTypeOptions", "应为对象", "Give an object")
        self.only(options, set(_OPTIONS), f"{place}logicalTypeOptions.")
        said: dict[str, Any] = {name: custom[name] for name in _CUSTOM_OF_FIELD if name in custom}
        said |= {ours: options[name] for name, ours in _OPTIONS.items() if name in options}
        for ours, member in (("title", "businessName"), ("definition", "description")):
            if member in one:
                said[ours] = {"zh": one[member], "en": custom.get(f"{member}En", one[member])}
        return said | {
            "name": one.get("name"),
            "required": one.get("required", False),
            "type": None if custom.get("untyped") else self.kind(one, place),
        }

    def kind(self, one: Mapping[str, Any], place: str) -> str | None:
        logical, physical = one.get("logicalType"), one.get("physicalType")
        ours = next((kind for kind in ColumnType if kind.value == physical), None)
        if ours is not None and logical in (None, _LOGICAL[ours]):
            return ours.value
        if logical is None:
            if physical is not None:
                self.bad(f"{place}physicalType", "请给出 logicalType", "Give a logicalType")
            return None
        if logical not in _KINDS:
            self.bad(f"{place}logicalType", f"可用：{'、'.join(_KINDS)}", f"Use one of {', '.join(_KINDS)}")
        return _KINDS[logical].value

    def cycle(self, value: Mapping[str, Any]) -> object:
        found = None
        for place, one in enumerate(value.get("slaProperties") or []):
            if (
                not isinstance(one, dict)
                or one.keys() != {"property", "value"}
                or one["property"] != "frequency"
            ):
                self.bad(f"slaProperties[{place}]", "只读 frequency", "Only frequency is read")
            found = one["value"]
        return found

    def suite(self, table: Mapping[str, Any]) -> object:
        found = None
        for place, one in enumerate(table.get("quality") or []):
            if (
                not isinstance(one, dict)
                or one.get("engine") not in (ENGINE, "greatExpectations")
                or found is not None
            ):
                self.bad(
                    f"schema[0].quality[{place}]",
                    "质量规则只读一个 Great Expectations 套件",
                    "Of quality rules, one suite of Great Expectations is read",
                )
            found = one.get("implementation")
        return found


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
