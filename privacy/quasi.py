"""Which columns of a table about persons could single one out together with others (quasi-identifiers), on what evidence.

The roles of the classification first; then what such tables say of people beside it, by heading and type: postcode, district,
occupation, education, dates (after GB/T 37964-2019 annex and GB/T 42460-2023 annex B). What is told by its values alone
is named as possible and not counted: a person may take it in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.dataset import Column, ColumnType, Schema
from catalog.facts import RECORD_STAMP, heading
from catalog.finding import Classification, FieldRole
from catalog.text import Text
from privacy.headers import counts_things
from privacy.risk import about_persons

__all__ = [
    "Kind",
    "QuasiIdentifier",
    "counted",
    "describes_persons",
    "may_describe_persons",
    "propose_quasi",
    "sensitive_columns",
]


class Kind(StrEnum):
    """How values of a column can be told more coarsely."""

    DATE = "date"
    NUMBER = "number"
    PLACE = "place"
    CODE = "code"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class QuasiIdentifier:
    """A column proposed, why, and whether k is measured with it. `distinct` values were counted in it."""

    column: str
    kind: Kind
    counted: bool
    distinct: int
    evidence: Text


KINDS_OF_ENTITIES: Mapping[str, Kind] = {
    "BIRTH_DATE": Kind.DATE,
    "BIRTH_YEAR": Kind.DATE,
    "AGE": Kind.NUMBER,
    "ADDRESS": Kind.PLACE,
}
# Whole headings (`catalog.facts.heading`) of what a table about persons says of each of them, beside what is recognised.
HEADINGS: tuple[tuple[Kind, re.Pattern[str], Text], ...] = (
    (
        Kind.CODE,
        re.compile("(?:居住地|户籍地|家庭|所在地)?(?:邮编|邮政编码|行政区划代码|区划代码|区县代码)|zip(?: ?code)?|post(?:al)? ?code"),
        Text("邮编或区划代码", "a post or division code"),
    ),
    (
        Kind.PLACE,
        re.compile(
            "(?:所在|居住|户籍|户口|出生|工作|常住)?(?:省份?|城市|地市|区县?|县区|区市县|县市区|行政区划?|街道|乡镇|镇街|社区|村居?|居委会|派出所)(?:名称)?"
            "|籍贯|出生地|户籍地|户籍所在地|居住地|常住地|现住地|district|city|county|province|town|community|neighbou?rhood|birth ?place"
        ),
        Text("居住或户籍的地方", "a place of residence or registration"),
    ),
    (
        Kind.CATEGORY,
        re.compile("(?:从事)?(?:职业|工种|岗位|职务|职称|职级)(?:名称|类别)?|occupation|job(?: title)?|profession|position"),
        Text("职业或职务", "an occupation or position"),
    ),
    (
        Kind.CATEGORY,
        re.compile("(?:最高)?(?:学历|学位|文化程度|受教育程度)(?:层次)?|education(?: level)?|degree"),
        Text("受教育程度", "education"),
    ),
    (
        Kind.CATEGORY,
        re.compile("(?:毕业|就读)?(?:学校|院校)(?:名称)?|所学专业|专业|school|university|major|班级|年级"),
        Text("学校或专业", "a school or subject"),
    ),
    (
        Kind.CATEGORY,
        re.compile("婚姻状况|婚姻|婚否|政治面貌|户口性质|户口类型|户籍性质|国籍|血型|marital(?: status)?|nationality|citizenship"),
        Text("个人状况", "a status of the person"),
    ),
    (
        Kind.CATEGORY,
        re.compile("(?:工作|任职|所在|用人|就业)单位(?:名称)?|employer"),
        Text("工作单位", "an employer"),
    ),
    (
        Kind.NUMBER,
        re.compile("工龄|身高|体重|家庭人口|家庭人数|子女数|身高cm|height|weight|household size"),
        Text("可观察的数量", "a number that others may know"),
    ),
)  # fmt: skip
# Statuses nobody but a person has: two of them, or one beside a recognised attribute, make a table about persons.
OF_PERSONS_ONLY = re.compile(
    "(?:最高)?(?:学历|学位|文化程度|受教育程度)|婚姻状况|婚姻|婚否|政治面貌|户口性质|籍贯|职业|工种|工龄"
    "|marital(?: status)?|education(?: level)?|occupation"
)
ORGANISATION = re.compile(
    "(?:企业|公司|单位|机构|商户|店铺|市场主体|经营主体|社会组织|学校|医院).{0,4}(?:名称|字号)|company(?: name)?|organi[sz]ation(?: name)?"
)
ATTRIBUTES = frozenset(
    {"AGE", "SEX", "ETHNICITY", "BIRTH_DATE", "BIRTH_YEAR", "HEALTH", "RELIGION", "INCOME", "MINOR"}
)
"""What only a row about a person holds."""
REPORTED = re.compile("统计|填报|报送|上报|数据日期|report")
MOST_CATEGORIES = 50
"""Distinct values up to which a column without a telling heading is a possible quasi-identifier."""
NEARLY_ALL = 0.9
"""Share of rows from which a column's values nearly tell the rows apart."""
ONE_EACH = 0.5


def describes_persons(
    classes: Mapping[str, Classification], schema: Schema, distinct: Mapping[str, int], rows: int
) -> bool:
    """Whether each row is a person, so that its other columns are that person's attributes: a register of organisations or
    stops that names who is responsible is about persons, and its rows are not."""
    if any(_is_organisation(column, classes, distinct, rows) for column in schema):
        return False
    told, attributes = _of_persons(classes, schema)
    if about_persons(classes):
        return bool(told or attributes)
    return not counts_things(schema) and len(told) + bool(attributes) >= 2


def may_describe_persons(
    classes: Mapping[str, Classification], schema: Schema, distinct: Mapping[str, int], rows: int
) -> bool:
    """Whether each row may be a person, once it is joined with something that says so: a number and one attribute are
    nobody's alone."""
    if describes_persons(classes, schema, distinct, rows):
        return True
    organisation = any(_is_organisation(column, classes, distinct, rows) for column in schema)
    return not organisation and not counts_things(schema) and any(map(len, _of_persons(classes, schema)))


def _of_persons(classes: Mapping[str, Classification], schema: Schema) -> tuple[set[str], set[str]]:
    """Columns that by their heading, and columns that by what was found in them, say something of a person."""
    told = {column.name for column in schema if OF_PERSONS_ONLY.fullmatch(heading(column.name))}
    found = {name for name, one in classes.items() if one.entity in ATTRIBUTES and one.findings}
    return told, found - told


def propose_quasi(
    schema: Schema,
    classes: Mapping[str, Classification],
    distinct: Mapping[str, int],
    rows: int,
    of_persons: bool,
) -> tuple[QuasiIdentifier, ...]:
    """The quasi-identifiers of a table, in its order. `classes` are of its columns, `distinct` counts their values,
    `of_persons` = each row is a person (`describes_persons`). A column of one value singles out nobody and is left out."""
    found = []
    for column in schema:
        number = distinct.get(column.name, 0)
        one = classes[column.name]
        if one.role is FieldRole.QUASI_IDENTIFIER:
            kind = _kind(column, KINDS_OF_ENTITIES.get(one.entity or ""))
            found.append(
                QuasiIdentifier(
                    column.name, kind, True, number, _told(Text("识别为准标识符", "recognised"), number)
                )
            )
        elif of_persons and one.role is FieldRole.NONE and number > 1:
            proposed = (
                _by_entity(column, one, number)
                or _by_heading(column, number)
                or _by_values(column, number, rows)
            )
            if proposed is not None:
                found.append(proposed)
    return tuple(found)


def sensitive_columns(schema: Schema, classes: Mapping[str, Classification]) -> tuple[Column, ...]:
    """Columns whose values nobody should learn of a person, for l and t."""
    return tuple(column for column in schema if classes[column.name].role is FieldRole.SENSITIVE)


def _is_organisation(
    column: Column, classes: Mapping[str, Classification], distinct: Mapping[str, int], rows: int
) -> bool:
    """A column that names or numbers an organisation, another one in most rows."""
    known = classes.get(column.name)
    named = (known is not None and known.entity == "USCC") or ORGANISATION.fullmatch(heading(column.name))
    return bool(named) and distinct.get(column.name, 0) > ONE_EACH * rows


def _by_entity(column: Column, one: Classification, number: int) -> QuasiIdentifier | None:
    """An attribute of persons that the classification took for nobody's."""
    if one.entity not in ATTRIBUTES or not one.findings:
        return None
    kind = _kind(column, KINDS_OF_ENTITIES.get(one.entity or ""))
    what = Text("个人属性", "an attribute of persons")
    return QuasiIdentifier(column.name, kind, True, number, _told(what, number))


def _by_heading(column: Column, number: int) -> QuasiIdentifier | None:
    words = heading(column.name)
    for kind, pattern, what in HEADINGS:
        if pattern.fullmatch(words):
            return QuasiIdentifier(column.name, _kind(column, kind), True, number, _told(what, number))
    moment = column.type in (ColumnType.DATE, ColumnType.TIMESTAMP)
    if moment and not RECORD_STAMP.search(words) and not REPORTED.search(words):
        what = Text("与个人有关的日期", "a date of something that happened to the person")
        return QuasiIdentifier(column.name, Kind.DATE, True, number, _told(what, number))
    return None


def _by_values(column: Column, number: int, rows: int) -> QuasiIdentifier | None:
    if column.type is ColumnType.TEXT and number <= MOST_CATEGORIES and number * 2 <= rows:
        what = Text("取值很少，可能为他人所知", "few values, which others may know")
    elif number >= NEARLY_ALL * rows:
        what = Text(
            "几乎每行不同，可与别处的同一编号关联", "nearly another value in each row, to be linked elsewhere"
        )
    else:
        return None
    return QuasiIdentifier(column.name, _kind(column, None), False, number, _told(what, number))


def _kind(column: Column, said: Kind | None) -> Kind:
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return Kind.DATE
    numeric = column.type in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
    return said or (Kind.NUMBER if numeric else Kind.CATEGORY)


def _told(what: Text, distinct: int) -> Text:
    return Text(f"{what.zh}；{distinct} 个不同值", f"{what.en}; {distinct} distinct values")


def counted(proposed: Sequence[QuasiIdentifier]) -> tuple[str, ...]:
    """The columns k is measured with."""
    return tuple(one.column for one in proposed if one.counted)
