"""Standard data elements (数据元): what a field may be bound to, and what a binding claims of the field's cells.

Representation formats follow GB/T 19488.1-2004: a letter for the characters (``a`` letters, ``n`` digits, ``an`` both,
``c`` any), then a fixed length (``n6``), a range (``an3..18``) or a most (``c..100``); ``n..10,2`` has two decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.dataset import ColumnType
from catalog.finding import Grade
from catalog.text import Text

__all__ = [
    "CODE",
    "NUMBERS",
    "DataElement",
    "Format",
    "claims_of",
    "domain_claims",
    "format_claims",
    "parse_format",
]

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_FORMAT = re.compile(r"(an|a|n|c)(?:([0-9]{1,5})|([0-9]{1,5})?\.\.([0-9]{1,5}))(?:,([0-9]{1,2}))?")
_CLASSES = {"a": "[A-Za-z]", "n": "[0-9]", "an": "[A-Za-z0-9]", "c": "."}
_MOST_REPEATS = 1_000
"""RE2 counts repetitions up to here; a longer text is held to its length only."""
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


@dataclass(frozen=True, slots=True)
class Format:
    """`characters` is a, n, an or c; lengths in characters, both included; `decimals` only of numbers."""

    characters: str
    least: int
    most: int
    decimals: int = 0

    @property
    def pattern(self) -> str:
        """What a text of this format matches, for RE2."""
        return f"^{_CLASSES[self.characters]}{{{self.least},{self.most}}}$"


@dataclass(frozen=True, slots=True)
class DataElement:
    """One version of a standard element. `format` "" = none stated; the value domain is `values` (a code list) or the
    bounds `minimum` … `maximum`, both included; `source` names the standard or law it follows, as a fact."""

    code: str
    version: int
    owner: str
    name: Text
    definition: Text
    type: ColumnType
    format: str = ""
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    grade: Grade = Grade.L1
    source: str = ""

    def problems(self) -> Iterator[tuple[str, Text, Text]]:
        """What makes it no element: member, what is wrong, what to do."""
        if not CODE.fullmatch(self.code):
            yield (
                "code",
                Text("不能用作数据元代码", "cannot be the code of a data element"),
                Text("用 1 到 40 个字母、数字或 . _ -", "Use 1 to 40 letters, digits or . _ -"),
            )
        if self.version < 1:
            yield (
                "version",
                Text("版本从 1 开始", "versions begin at 1"),
                Text("请改为正整数", "Use 1, 2, 3 …"),
            )
        form = parse_format(self.format) if self.format else None
        if self.format and form is None:
            yield (
                "format",
                Text("不是表示格式", "is no representation format"),
                Text("例如 n6、an..18、c..100、n..10,2", "For example n6, an..18, c..100, n..10,2"),
            )
        elif form is not None and not _fits(form, self.type):
            yield (
                "format",
                Text(
                    f"与类型 {self.type.name.lower()} 不符",
                    f"does not suit the type {self.type.name.lower()}",
                ),
                Text(
                    "数字用 n，文本才有字符格式，其余类型留空",
                    "n for numbers; leave it empty for dates and the like",
                ),
            )
        if self.values and self.type not in (ColumnType.TEXT, ColumnType.INTEGER):
            yield (
                "values",
                Text("只有文本和整数可以列出取值", "only texts and whole numbers have a list of values"),
                Text("请改类型，或改用上下限", "Change the type, or give bounds"),
            )
        if self.values and self.type is ColumnType.INTEGER and not all(_whole(one) for one in self.values):
            yield "values", Text("不全是整数", "are not all whole numbers"), Text("请改正", "Correct them")
        bounds = (self.minimum, self.maximum)
        if bounds != (None, None) and self.type not in NUMBERS:
            yield (
                "minimum",
                Text("只有数值有上下限", "only numbers have bounds"),
                Text("请删去", "Remove them"),
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            yield (
                "minimum",
                Text("下限大于上限", "is above the maximum"),
                Text("请改正上下限", "Correct them"),
            )


def parse_format(text: str) -> Format | None:
    """The format a notation means, None when it is none."""
    found = _FORMAT.fullmatch(text)
    if found is None:
        return None
    characters, fixed, least, most, decimals = found.groups()
    low, high = (int(fixed), int(fixed)) if fixed else (int(least or 1), int(most))
    if not 1 <= low <= high or (decimals and (characters != "n" or int(decimals) >= high)):
        return None
    return Format(characters, low, high, int(decimals or 0))


def _fits(form: Format, kind: ColumnType) -> bool:
    if kind is ColumnType.TEXT:
        return not form.decimals
    if form.characters != "n":
        return False
    return kind in (ColumnType.DECIMAL, ColumnType.DOUBLE) or (
        kind is ColumnType.INTEGER and not form.decimals
    )


def _whole(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}", text) is not None


def claims_of(column: str, kind: ColumnType, element: DataElement) -> tuple[dict[str, Any], ...]:
    """What a binding claims of a column's cells, as Great Expectations' JSON; `meta` names the element.

    Empty cells meet every claim. Of a typed number the length of its whole part is held, not its decimals.
    """
    meta = {"element": element.code, "element_version": element.version}
    return (
        *format_claims(column, kind, element.format, meta),
        *domain_claims(column, kind, element.values, element.minimum, element.maximum, meta),
    )


def format_claims(
    column: str, kind: ColumnType, notation: str, meta: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """What a representation format claims; nothing for a notation that is none."""
    form = parse_format(notation) if notation else None
    if form is None:
        return
    if kind in NUMBERS:
        limit = 10 ** (form.most - form.decimals)
        bounds = {"min_value": -limit, "max_value": limit, "strict_min": True, "strict_max": True}
        yield _claim("values_to_be_between", column, bounds, meta)
    elif form.characters == "c" or form.most > _MOST_REPEATS:
        lengths = {"min_value": form.least, "max_value": form.most}
        yield _claim("value_lengths_to_be_between", column, lengths, meta)
    else:
        yield _claim("values_to_match_regex", column, {"regex": form.pattern}, meta)


def domain_claims(
    column: str,
    kind: ColumnType,
    values: Sequence[str],
    minimum: float | None,
    maximum: float | None,
    meta: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """What a value domain claims: a code list, or bounds."""
    if values:
        codes: list[object] = [int(one) for one in values] if kind is ColumnType.INTEGER else list(values)
        yield _claim("values_to_be_in_set", column, {"value_set": codes}, meta)
    if minimum is not None or maximum is not None:
        yield _claim("values_to_be_between", column, {"min_value": minimum, "max_value": maximum}, meta)


def _claim(name: str, column: str, kwargs: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in kwargs.items() if value is not None}
    meta = {"dimension": "conformity", **meta}
    return {"type": f"expect_column_{name}", "kwargs": {"column": column, **said}, "meta": meta}
