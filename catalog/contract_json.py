"""The file form of a contract (docs/contract.md): read into a value, written back to the same value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from catalog.contract import DIMENSIONS, DURATION, Contract, Field, PersonalData
from catalog.dataset import UPDATE_CYCLES, ColumnType
from catalog.element import NUMBERS
from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["VERSION", "contract_json", "parse_contract"]

VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
MEMBERS = (
    "version",
    "previous_until",
    "licence",
    "update_cycle",
    "fields",
    "keys",
    "search",
    "personal",
    "suite",
    "quality_threshold",
    "dimension_thresholds",
    "event_time",
)
OF_FIELD = (
    "name",
    "title",
    "definition",
    "type",
    "unit",
    "element",
    "required",
    "values",
    "minimum",
    "maximum",
    "max_length",
    "crs",
    "factor",
)
OF_PERSONAL = ("fields", "lawful_basis", "purpose", "retention")


def parse_contract(value: object, file: str) -> Contract:
    """A contract from parsed JSON. Raises BadInput naming the member or field that cannot be used."""
    return _Reader(file).contract(value)


def contract_json(contract: Contract) -> dict[str, Any]:
    """The contract as JSON values, without what it leaves unsaid; `parse_contract` reads it back to the same."""
    said: dict[str, Any] = {
        "version": contract.version,
        "previous_until": contract.previous_until.isoformat() if contract.previous_until else None,
        "licence": contract.licence,
        "update_cycle": contract.update_cycle,
        "fields": [_field_json(field) for field in contract.fields],
        "keys": list(contract.keys),
        "search": list(contract.search),
        "personal": [
            {
                "fields": list(one.fields),
                "lawful_basis": one.lawful_basis.to_json(),
                "purpose": one.purpose.to_json(),
                "retention": one.retention,
            }
            for one in contract.personal
        ],
        "suite": None if contract.suite is None else dict(contract.suite),
        "quality_threshold": contract.quality_threshold,
        "dimension_thresholds": dict(contract.dimension_thresholds),
        "event_time": contract.event_time,
    }
    return {name: member for name, member in said.items() if member not in (None, [], {})}


def _field_json(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": field.name,
        "title": field.title.to_json() if field.title else None,
        "definition": field.definition.to_json() if field.definition else None,
        "type": field.type.value if field.type else None,
        "unit": field.unit,
        "element": field.element,
        "required": field.required or None,
        "values": list(field.values) or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "max_length": field.max_length,
        "crs": field.crs,
        "factor": field.factor,
    }
    return {name: member for name, member in said.items() if member is not None}


class _Reader:
    """Reads one file; every refusal names it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def bad(self, zh: str, en: str, column: str | None = None) -> NoReturn:
        raise BadInput(
            Text(zh, en),
            Text("请对照 docs/contract.md 修改合同文件", "See docs/contract.md and correct the file"),
            Where(file=self.file, column=column),
        )

    def contract(self, value: object) -> Contract:
        if not isinstance(value, dict):
            self.bad("合同应为一个 JSON 对象", "A contract is one JSON object")
        self.only(value, MEMBERS, "合同", "a contract")
        fields = self.items(value, "fields", dict)
        names = [one.get("name") for one in fields]
        for name in names:
            if not isinstance(name, str) or not name:
                self.bad("fields 的每一项都要有 name", "Each of fields needs a name")
            if names.count(name) > 1:
                self.bad(f"列“{name}”出现两次", f'Field "{name}" stands there twice', name)
        return Contract(
            fields=tuple(self.field(one) for one in fields),
            keys=tuple(self.items(value, "keys", str)),
            search=tuple(self.items(value, "search", str)),
            suite=self.suite(value.get("suite")),
            quality_threshold=self.threshold(value.get("quality_threshold", 0.6), "quality_threshold"),
            dimension_thresholds=self.thresholds(value.get("dimension_thresholds")),
            event_time=self.text_or_none(value, "event_time"),
            version=self.version(value.get("version")),
            previous_until=self.day(value.get("previous_until")),
            update_cycle=self.cycle(value.get("update_cycle")),
            licence=self.text_or_none(value, "licence"),
            personal=tuple(self.personal(one, names) for one in self.items(value, "personal", dict)),
        )

    def only(
        self, value: Mapping[str, Any], known: tuple[str, ...], zh: str, en: str, column: str | None = None
    ) -> None:
        unknown = sorted(map(str, value.keys() - set(known)))
        if unknown:
            self.bad(
                f"{zh}中有未知的项：{'、'.join(unknown)}", f"Unknown in {en}: {', '.join(unknown)}", column
            )

    def items(self, value: Mapping[str, Any], member: str, kind: type) -> list[Any]:
        found = value.get(member) or []
        if not isinstance(found, list) or not all(isinstance(one, kind) for one in found):
            of = "names" if kind is str else "objects"
            self.bad(f"{member} 应为列表", f"{member} is a list of {of}")
        return found

    def text_or_none(self, value: Mapping[str, Any], member: str, column: str | None = None) -> str | None:
        found = value.get(member)
        if found is not None and (not isinstance(found, str) or not found.strip()):
            self.bad(f"{member} 应为文字", f"{member} is a string", column)
        return found

    def version(self, value: object) -> str | None:
        if value is not None and not (isinstance(value, str) and VERSION.fullmatch(value)):
            self.bad("version 的形式是 1.0.0", "version is written 1.0.0")
        return value if isinstance(value, str) else None

    def day(self, value: object) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self.bad("previous_until 应为日期 YYYY-MM-DD", "previous_until is a date YYYY-MM-DD")

    def cycle(self, value: object) -> str | None:
        if value is not None and value not in UPDATE_CYCLES:
            self.bad(
                f"update_cycle 可用：{'、'.join(UPDATE_CYCLES)}",
                f"update_cycle is one of {', '.join(UPDATE_CYCLES)}",
            )
        return value if isinstance(value, str) else None

    def thresholds(self, value: object) -> Mapping[str, float]:
        if value is not None and not isinstance(value, dict):
            self.bad("dimension_thresholds 应为对象", "dimension_thresholds is an object")
        given: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self.only(given, DIMENSIONS, "dimension_thresholds", "dimension_thresholds")
        return {name: self.threshold(one, f"dimension_thresholds.{name}") for name, one in given.items()}

    def threshold(self, value: object, name: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.bad(f"{name} 应为 0 到 1 之间的数", f"{name} is a number from 0 to 1")
        return float(value)

    def suite(self, value: object) -> Mapping[str, Any] | None:
        if value is not None and not (
            isinstance(value, dict) and isinstance(value.get("expectations"), list)
        ):
            self.bad(
                "suite 应为 Great Expectations 套件（含 expectations 列表）",
                "suite is a Great Expectations suite with a list of expectations",
            )
        return value if isinstance(value, dict) else None

    def field(self, item: Mapping[str, Any]) -> Field:
        name: str = item["name"]
        self.only(item, OF_FIELD, f"列“{name}”", f'field "{name}"', name)
        kind = self.kind(item, name)
        values = tuple(self.items(item, "values", str))
        minimum, maximum = self.number(item, "minimum", name), self.number(item, "maximum", name)
        length = item.get("max_length")
        if length is not None and (isinstance(length, bool) or not isinstance(length, int) or length < 1):
            self.bad("max_length 应为正整数", "max_length is a whole number from 1 on", name)
        required = item.get("required", False)
        if not isinstance(required, bool):
            self.bad("required 应为 true 或 false", "required is true or false", name)
        if len(set(values)) != len(values):
            self.bad("values 中有重复", "values has one of them twice", name)
        if kind is not None:
            self.suits(kind, values, (minimum, maximum), length, item.get("crs"), name)
        if minimum is not None and maximum is not None and minimum > maximum:
            self.bad("minimum 大于 maximum", "minimum is above maximum", name)
        return Field(
            name=name,
            title=self.text(item.get("title"), name),
            definition=self.text(item.get("definition"), name),
            type=kind,
            unit=self.text_or_none(item, "unit", name),
            element=self.text_or_none(item, "element", name),
            required=required,
            values=values,
            minimum=minimum,
            maximum=maximum,
            max_length=length,
            crs=self.text_or_none(item, "crs", name),
            factor=self.factor(item, kind, name),
        )

    def suits(
        self,
        kind: ColumnType,
        values: tuple[str, ...],
        bounds: tuple[float | None, float | None],
        length: int | None,
        crs: object,
        name: str,
    ) -> None:
        """A constraint that the type cannot have is a slip, and would hold nothing."""
        if bounds != (None, None) and kind not in NUMBERS:
            self.bad("只有数值类型有 minimum、maximum", "minimum and maximum are of numbers only", name)
        if length is not None and kind is not ColumnType.TEXT:
            self.bad("只有文本有 max_length", "max_length is of texts only", name)
        if crs is not None and kind is not ColumnType.GEOMETRY:
            self.bad("只有几何有 crs", "crs is of geometries only", name)
        if values and kind not in (ColumnType.TEXT, ColumnType.INTEGER):
            self.bad("只有文本和整数有 values", "values is of texts and whole numbers only", name)
        if (
            values
            and kind is ColumnType.INTEGER
            and not all(re.fullmatch(r"-?[0-9]{1,18}", one) for one in values)
        ):
            self.bad("values 应全为整数", "values are whole numbers, as strings", name)

    def kind(self, item: Mapping[str, Any], name: str) -> ColumnType | None:
        if not item.get("type"):
            return None
        try:
            return ColumnType(item["type"])
        except ValueError:
            names = ", ".join(kind.value for kind in ColumnType)
            self.bad(
                f"列“{name}”的类型未知；可用：{names}",
                f'Unknown type of field "{name}"; use one of {names}',
                name,
            )

    def number(self, item: Mapping[str, Any], member: str, name: str) -> float | None:
        value = item.get(member)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.bad(f"{member} 应为数", f"{member} is a number", name)
        return float(value)

    def factor(self, item: Mapping[str, Any], kind: ColumnType | None, name: str) -> float | None:
        factor = self.number(item, "factor", name)
        if factor is not None and factor <= 0:
            self.bad("factor 应为正数", "factor is a number above 0", name)
        if factor is not None and kind is not None and kind not in NUMBERS:
            self.bad("只有数值类型有 factor", "factor is of numbers only", name)
        return factor

    def personal(self, item: Mapping[str, Any], names: list[Any]) -> PersonalData:
        self.only(item, OF_PERSONAL, "personal", "personal")
        fields = tuple(self.items(item, "fields", str))
        for name in fields:
            if name not in names:
                self.bad(
                    f"personal 中的列“{name}”不在 fields 中",
                    f'personal names "{name}", which fields has not',
                    name,
                )
        retention = item.get("retention")
        if not isinstance(retention, str) or not DURATION.fullmatch(retention):
            self.bad("retention 的形式是 P3Y、P6M 或 P180D", "retention is written P3Y, P6M or P180D")
        basis, purpose = self.text(item.get("lawful_basis"), None), self.text(item.get("purpose"), None)
        unsaid = [one for one in (basis, purpose) if one is None or not one.zh.strip() or not one.en.strip()]
        if not fields or basis is None or purpose is None or unsaid:
            self.bad(
                "personal 的每一项须有 fields、lawful_basis、purpose、retention",
                "Each of personal needs fields, lawful_basis, purpose and retention",
            )
        return PersonalData(fields, basis, purpose, retention)

    def text(self, value: object, column: str | None) -> Text | None:
        if isinstance(value, str):
            return Text(value, value)
        if isinstance(value, dict) and isinstance(value.get("zh"), str):
            return Text(value["zh"], str(value.get("en", value["zh"])))
        if value is not None:
            whose = ("personal", "personal") if column is None else (f"列“{column}”", f'field "{column}"')
            self.bad(
                f"{whose[0]}的文字应为字符串或 {{zh, en}}",
                f"A text of {whose[1]} is a string or {{zh, en}}",
                column,
            )
        return None
