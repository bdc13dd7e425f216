"""Whether the fields of a contract may be bound to the data elements they name: known, of a like type, unit and domain;
and whether the columns were read in the unit and the reference system that their fields promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.contract import WGS84, Contract, Field, is_wgs84
from catalog.dataset import Column, ColumnType, Schema
from catalog.element import NUMBERS, DataElement
from catalog.errors import Flaw, Where
from catalog.text import Text
from catalog.unit import factor_between, is_same_unit

__all__ = ["binding_flaws", "reading_flaws"]


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


def reading_flaws(
    contract: Contract,
    schema: Schema,
    reference: str | None,
    elements: Mapping[str, DataElement],
    file: str,
) -> Iterator[Flaw]:
    """Columns read in another unit or reference system than the contract, or the element it binds them to, says.

    `reference` is the system that the geometry was read in, where it could not be taken as WGS-84.
    """
    columns = {one.name: one for one in schema}
    for field in contract.fields:
        column, element = columns[field.name], elements.get(field.element or "")
        by = (
            Text(f"数据元 {element.code} ", f"the element {element.code} ")
            if element
            else Text("合同", "the contract ")
        )
        promised = field.unit or (element.unit if element else None)
        if column.unit is not None and promised is not None:
            yield from _unit_flaws(column, promised, field.factor, by, file)
        is_geometry = ColumnType.GEOMETRY in (field.type, element.type if element else None)
        yield from _crs_flaws(column, field.crs, reference, is_geometry, by, file)


def _unit_flaws(column: Column, promised: str, declared: float | None, by: Text, file: str) -> Iterator[Flaw]:
    """A number means another thing in another unit: nothing is converted that the contract does not declare."""
    known = factor_between(column.unit or "", promised)
    if declared is None and known == 1:
        return
    # a factor of 1 says that the header is wrong; one of another size has to be the one that the units have
    if declared is not None and (known is None or declared in (1.0, float(known))):
        return
    convert = (
        Text(
            f'在合同中声明 "factor": {float(known):g}', f'declare "factor": {float(known):g} in the contract'
        )
        if known is not None and known != 1
        else Text(
            "不要声明 factor" if declared else "声明换算系数 factor",
            "declare no factor" if declared else "declare the factor",
        )
    )
    yield Flaw(
        Where(file=file, column=column.name),
        Text(
            f"列“{column.name}”按表头或单元格的单位是 {column.unit}，{by.zh}的单位是 {promised}"
            + (f"，声明的系数是 {declared:g}" if declared is not None else ""),
            f'Column "{column.name}" is read in {column.unit}, {by.en}says {promised}'
            + (f", with the factor {declared:g}" if declared is not None else ""),
        ),
        Text(
            f'{convert.zh}，由网关换算；或改绑单位相符的数据元；表头单位有误时声明 "factor": 1',
            f"{convert.en}, and the gate converts; or bind it to an element in that unit; or, where the header is wrong, "
            'declare "factor": 1',
        ),
    )


def _crs_flaws(
    column: Column, promised: str | None, reference: str | None, is_geometry: bool, by: Text, file: str
) -> Iterator[Flaw]:
    where = Where(file=file, column=column.name)
    if column.type is ColumnType.GEOMETRY and promised is not None and not is_wgs84(promised):
        yield Flaw(
            where,
            Text(
                f"列“{column.name}”的几何读作 {WGS84}，合同写的是 {promised}",
                f'The geometry of column "{column.name}" is read in {WGS84}, the contract says {promised}',
            ),
            Text(
                f"网关只开放 {WGS84} 的几何：请在合同中写 {WGS84}，或不写 crs",
                f"Geometries are opened in {WGS84} only: say so in the contract, or leave crs out",
            ),
        )
    elif column.type is ColumnType.TEXT and reference is not None and (is_geometry or promised is not None):
        yield Flaw(
            where,
            Text(
                f"列“{column.name}”的坐标读作 {reference}，{by.zh}要求 {promised or WGS84}",
                f'The coordinates of column "{column.name}" are read in {reference}, {by.en}asks for {promised or WGS84}',
            ),
            Text(
                f"以 --set reading:crs={reference} 换算（GCJ-02、BD-09）；其他坐标系请换算后重新提交，或改绑文本数据元",
                f"Convert them with --set reading:crs={reference} (GCJ-02, BD-09); of another system convert them "
                "yourself and submit again, or bind the column to an element of text",
            ),
        )


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
    if field.unit is not None and not (element.unit and is_same_unit(field.unit, element.unit)):
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
