"""Data elements as the rows of a form: read into values with every flaw at its cell, written back to the same values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from catalog.dataset import ColumnType
from catalog.element import DataElement
from catalog.errors import Where
from catalog.finding import Grade
from catalog.form import Flaws, FormColumn, FormRow, read_form
from catalog.text import Text

__all__ = ["COLUMNS", "placed_elements", "read_elements", "write_elements"]

SEPARATOR = "|"
COLUMNS = (
    FormColumn("code", Text("代码", "code"), required=True),
    FormColumn("version", Text("版本", "version"), required=True),
    FormColumn("owner", Text("管理单位", "owner"), required=True),
    FormColumn("name_zh", Text("中文名称", "Chinese name"), required=True),
    FormColumn("name_en", Text("英文名称", "English name"), required=True),
    FormColumn("definition_zh", Text("中文定义", "Chinese definition"), required=True),
    FormColumn("definition_en", Text("英文定义", "English definition"), required=True),
    FormColumn("type", Text("类型", "type"), required=True),
    FormColumn("format", Text("表示格式", "format")),
    FormColumn("values", Text("取值", "values")),
    FormColumn("minimum", Text("下限", "minimum")),
    FormColumn("maximum", Text("上限", "maximum")),
    FormColumn("unit", Text("计量单位", "unit")),
    FormColumn("grade", Text("级别", "grade")),
    FormColumn("source", Text("依据", "source")),
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?")
_CORRECT = Text("请改正该单元格", "Correct the cell")


def read_elements(rows: Sequence[Sequence[str]], file: str) -> tuple[DataElement, ...]:
    """The elements of a form, header first. Raises BadInput with every flaw at its cell."""
    return tuple(one for one, _ in placed_elements(rows, file))


def placed_elements(rows: Sequence[Sequence[str]], file: str) -> tuple[tuple[DataElement, Where], ...]:
    """The elements of a form, each with the cell of its version. Raises as `read_elements` does."""
    flaws = Flaws(file)
    found: list[tuple[DataElement, Where]] = []
    seen: dict[tuple[str, int], int] = {}
    for row in read_form(rows, COLUMNS, flaws):
        one = _element(row, flaws)
        if one is None:
            continue
        for member, message, remedy in one.problems():
            flaws.add(row.where(member), message, remedy)
        key = (one.code, one.version)
        if key in seen:
            flaws.add(
                row.where("version"),
                Text(
                    f"与第 {seen[key]} 行是同一代码同一版本",
                    f"is the code and version of line {seen[key]} again",
                ),
                Text("请删去一行，或改版本号", "Delete one of the rows, or give another version"),
            )
        seen.setdefault(key, row.line)
        found.append((one, row.where("version")))
    if not found:
        flaws.add(
            Where(file=file),
            Text("没有数据元", "holds no data element"),
            Text("从第二行起每行一个", "Give one a row, from the second row on"),
        )
    flaws.stop()
    return tuple(found)


def _element(row: FormRow, flaws: Flaws) -> DataElement | None:
    """The row's element; None where a cell could not be read, which is then among the flaws."""
    before = len(flaws.found)
    version = row["version"] if re.fullmatch(r"[0-9]{1,6}", row["version"]) else None
    if version is None:
        flaws.add(
            row.where("version"), Text("不是版本号", "is no version"), Text("填 1、2、3 …", "Give 1, 2, 3 …")
        )
    try:
        kind = ColumnType[row["type"].upper()]
    except KeyError:
        names = ", ".join(one.name.lower() for one in ColumnType)
        flaws.add(
            row.where("type"),
            Text("类型未知", "is no known type"),
            Text(f"可用：{names}", f"Use one of {names}"),
        )
        kind = ColumnType.TEXT
    grade = row["grade"].upper() or "L1"
    if grade not in Grade.__members__:
        flaws.add(row.where("grade"), Text("级别未知", "is no grade"), Text("填 L1 至 L4", "Give L1 to L4"))
    minimum, maximum = (_number(row, key, flaws) for key in ("minimum", "maximum"))
    values = tuple(part.strip() for part in row["values"].split(SEPARATOR)) if row["values"] else ()
    if len(set(values)) != len(values) or "" in values:
        flaws.add(
            row.where("values"), Text("有空值或重复的取值", "has an empty or a doubled value"), _CORRECT
        )
    if len(flaws.found) > before or version is None:
        return None
    return DataElement(
        code=row["code"],
        version=int(version),
        owner=row["owner"],
        name=Text(row["name_zh"], row["name_en"]),
        definition=Text(row["definition_zh"], row["definition_en"]),
        type=kind,
        format=row["format"],
        values=values,
        minimum=minimum,
        maximum=maximum,
        unit=row["unit"] or None,
        grade=Grade[grade],
        source=row["source"],
    )


def _number(row: FormRow, key: str, flaws: Flaws) -> float | None:
    if not row[key]:
        return None
    if not _NUMBER.fullmatch(row[key]):
        flaws.add(row.where(key), Text("不是数", "is no number"), _CORRECT)
        return None
    return float(row[key])


def write_elements(elements: Iterable[DataElement]) -> list[list[str]]:
    """The rows of a form that holds these elements, header first."""
    return [[one.key for one in COLUMNS], *(_row(one) for one in elements)]


def _row(one: DataElement) -> list[str]:
    return [
        one.code,
        str(one.version),
        one.owner,
        one.name.zh,
        one.name.en,
        one.definition.zh,
        one.definition.en,
        one.type.name.lower(),
        one.format,
        f" {SEPARATOR} ".join(one.values),
        _shown(one.minimum),
        _shown(one.maximum),
        one.unit or "",
        str(one.grade),
        one.source,
    ]


def _shown(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if math.isfinite(number) and number == int(number) else repr(number)
