"""Whether the fields of a contract may be bound to the data elements they name: known, of a like type, unit and domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.contract import Contract, Field
from catalog.dataset import ColumnType
from catalog.element import NUMBERS, DataElement
from catalog.errors import Flaw, Where
from catalog.text import Text

__all__ = ["binding_flaws"]


def binding_flaws(
    contract: Contract, types: Mapping[str, ColumnType], elements: Mapping[str, DataElement], file: str
) -> Iterator[Flaw]:
    """What is wrong with the bindings of a contract over columns of these types; `elements` by code, newest version."""
    for field in contract.fields:
        if field.element is None:
            continue
        element = elements.get(field.element)
        where = Where(file=file, column=field.name)
        if element is None:
            yield Flaw(
                where,
                Text(
                    f"未登记的数据元 {field.element}", f"the data element {field.element} is not registered"
                ),
                Text(
                    "kaizha element list 列出数据元；新数据元由数据主管部门用 kaizha element import 登记",
                    "kaizha element list shows them; the data office registers new ones with kaizha element import",
                ),
            )
            continue
        for message, remedy in _mismatches(field, types[field.name], element):
            yield Flaw(where, message, remedy)


def _mismatches(field: Field, kind: ColumnType, element: DataElement) -> Iterator[tuple[Text, Text]]:
    another = Text("请绑定另一数据元，或修正数据", "Bind it to another element, or correct the data")
    if not _is_like(kind, element.type):
        yield (
            Text(
                f"数据元 {element.code} 的类型是 {element.type.name.lower()}，此列是 {kind.name.lower()}",
                f"the element {element.code} is of type {element.type.name.lower()}, the column of {kind.name.lower()}",
            ),
            another,
        )
    if field.unit is not None and field.unit != element.unit:
        yield (
            Text(
                f"数据元 {element.code} 的单位是 {element.unit or '无'}，合同写的是 {field.unit}",
                f"the element {element.code} is in {element.unit or 'no unit'}, the contract says {field.unit}",
            ),
            Text("请换算数据或改绑数据元", "Convert the data, or bind another element"),
        )
    if field.values and element.values and not set(field.values) <= set(element.values):
        yield (
            Text(
                f"合同的取值超出数据元 {element.code} 的值域",
                f"the contract's values go beyond the value domain of {element.code}",
            ),
            Text("请删去值域以外的取值", "Remove the values that are outside the domain"),
        )


def _is_like(kind: ColumnType, wanted: ColumnType) -> bool:
    """A whole number is a measurement like any other; the other way round it is not."""
    return kind is wanted or (kind in NUMBERS and wanted in NUMBERS and wanted is not ColumnType.INTEGER)
