"""The contract of a dataset: what its fields mean, its keys, its quality rules and threshold.

Step by step this becomes the Open Data Contract Standard; the file form read here is a subset of it:

    {"fields": [{"name": "区县代码", "title": {"zh": "区县代码", "en": "District code"}, "definition": {...},
                 "unit": null, "element": "DE00021", "type": "VARCHAR"}],
     "keys": ["区县代码"], "suite": {"name": "...", "expectations": [...]}, "quality_threshold": 0.9}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.dataset import ColumnType
from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["Contract", "Field", "parse_contract"]


@dataclass(frozen=True, slots=True)
class Field:
    """What one column means. `type` None = as typed by the gate."""

    name: str
    title: Text | None = None
    definition: Text | None = None
    type: ColumnType | None = None
    unit: str | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """`keys` are columns declared for fast lookup and sorting (the first is the row's identifier, where unique);
    `suite` a Great Expectations suite (JSON object) or None = proposed from the profile;
    `quality_threshold` the least overall score, 0..1."""

    fields: tuple[Field, ...] = ()
    keys: tuple[str, ...] = ()
    suite: Mapping[str, Any] | None = None
    quality_threshold: float = 0.6

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


def parse_contract(value: object, file: str) -> Contract:
    """A contract from parsed JSON.

    Raises BadInput naming the field that cannot be used.
    """
    if not isinstance(value, dict):
        raise _bad("合同应为一个 JSON 对象", "A contract is one JSON object", file)
    unknown = value.keys() - {"fields", "keys", "suite", "quality_threshold"}
    if unknown:
        raise _bad(
            f"合同中有未知的项：{'、'.join(sorted(unknown))}",
            f"Unknown in a contract: {', '.join(sorted(unknown))}",
            file,
        )
    threshold = value.get("quality_threshold", 0.6)
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise _bad(
            "quality_threshold 应为 0 到 1 之间的数", "quality_threshold is a number from 0 to 1", file
        )
    suite = value.get("suite")
    if suite is not None and not (isinstance(suite, dict) and isinstance(suite.get("expectations"), list)):
        raise _bad(
            "suite 应为 Great Expectations 套件（含 expectations 列表）",
            "suite is a Great Expectations suite with a list of expectations",
            file,
        )
    keys = value.get("keys", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise _bad("keys 应为列名的列表", "keys is a list of column names", file)
    fields = value.get("fields", [])
    if not isinstance(fields, list):
        raise _bad("fields 应为列的列表", "fields is a list of fields", file)
    return Contract(
        fields=tuple(_field(item, file) for item in fields),
        keys=tuple(keys),
        suite=suite,
        quality_threshold=float(threshold),
    )


def _field(item: object, file: str) -> Field:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise _bad("fields 的每一项都要有 name", "Each of fields needs a name", file)
    name: str = item["name"]
    try:
        kind = ColumnType(item["type"]) if item.get("type") else None
    except ValueError:
        names = ", ".join(kind.value for kind in ColumnType)
        raise _bad(
            f"列“{name}”的类型未知；可用：{names}",
            f'Unknown type of field "{name}"; use one of {names}',
            file,
            name,
        ) from None
    return Field(
        name=name,
        title=_text(item.get("title"), file, name),
        definition=_text(item.get("definition"), file, name),
        type=kind,
        unit=item.get("unit"),
        element=item.get("element"),
    )


def _text(value: object, file: str, column: str) -> Text | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Text(value, value)
    if isinstance(value, dict) and isinstance(value.get("zh"), str):
        return Text(value["zh"], str(value.get("en", value["zh"])))
    raise _bad(
        f"列“{column}”的文字应为字符串或 {{zh, en}}",
        f'A text of field "{column}" is a string or {{zh, en}}',
        file,
        column,
    )


def _bad(zh: str, en: str, file: str, column: str | None = None) -> BadInput:
    return BadInput(
        Text(zh, en),
        Text("请对照 docs/contract.md 修改合同文件", "See docs/contract.md and correct the file"),
        Where(file=file, column=column),
    )
