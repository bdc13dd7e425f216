"""Measures the facts the negative list's conditions ask for: counts, precision, coverage, contour interval, time.

One aggregate over the table, plus one group-by per subject column; what applies but cannot be measured is named in
`Facts.unknown`, so that conditions on it count as met.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import cos, pi, radians, sin
from typing import Any

from sqlglot import exp

from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.engine import Engine
from catalog.engine.render import column as reference
from catalog.finding import Classification
from catalog.subject import Facts, TimeGranularity

__all__ = ["heading", "measure_facts", "subject_columns"]

EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius
METRES_PER_DEGREE = EARTH_RADIUS_KM * 1000 * pi / 180
MOST_DECIMALS = 8  # of a degree: a millimetre; finer is not told apart

NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)

LONGITUDE = re.compile(r"经度|\b(lon|lng|longitude|jd)\b|^long$")
LATITUDE = re.compile(r"纬度|\b(lat|latitude|wd)\b")
EASTING = re.compile(r"\bx ?坐标|横坐标|\bx ?coord(inate)?\b|\beasting\b")
NORTHING = re.compile(r"\by ?坐标|纵坐标|\by ?coord(inate)?\b|\bnorthing\b")
POINT_TEXT = re.compile(
    r"坐标|经纬度|\b(coordinates?|lat ?l(o)?ng|l(o)?ng ?lat|geo ?point|location|wkt|geom|geometry)\b"
)
INTERVAL = re.compile(r"等高距|contour interval")
ELEVATION = re.compile(r"等高线|高程|海拔|\b(elev|elevation|altitude|contour)\b")

# Stamps about the record, not about what it records: they say nothing of the step of time.
RECORD_STAMP = re.compile(
    r"更新|入库|创建|录入|抓取|同步|修改|发布|etl|\b(updated?|modified|created? (at|time)|insert(ed)?|loaded|crawl(ed)?|gmt)\b"
)
EXPIRY = re.compile(r"到期|截止|有效|失效|\b(expir\w*|valid|deadline|due)\b")
TIME_TEXT = re.compile(r"时间|日期|时刻|时段|\b(date|time|datetime|timestamp)\b")
NAMED_STEPS: tuple[tuple[re.Pattern[str], TimeGranularity], ...] = (
    (re.compile(r"分钟|\bminute\b"), TimeGranularity.MINUTE),
    (re.compile(r"小时|时刻|\bhour\b"), TimeGranularity.HOUR),
    (re.compile(r"年月|月份|账期|\b(year ?month|month|ym)\b"), TimeGranularity.MONTH),
    (re.compile(r"年份|年度|^年$|\byear\b"), TimeGranularity.YEAR),
)
# One column per hour or quarter (h01…h24, 00:15…): a day's curve laid sideways.
CURVE_POINT = re.compile(
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,2}\s?[时点]|[hp]\s?\d{1,2}|hour[ _]?\d{1,2}", re.IGNORECASE
)
CURVE_HOURS, CURVE_QUARTERS = 12, 48

SUBJECT = re.compile(
    r"姓名|身份证|公民身份|证件号|车牌|号牌号|车架|车辆(编号|号|id|标识)|手机|卡号|用户(编号|号|id|标识)|户号|电表|表号|设备识别|人员编号|司机编号"
    r"|学号|学籍号|患者(id|编号)|病历号|就诊号|住院号|个人编号|社保号"
    r"|终端(编号|号|id)|订单(编号|号)|司机|驾驶员"
    r"|\b(plate( no| number)?|vin|(vehicle|veh|taxi|bike|trip|order|terminal) (id|no|number|code)|imei|imsi|mac( address)?"
    r"|card (id|no|number)|device (id|no|number|code)"
    r"|(user|driver|rider) (id|no|number|code)|uid|passenger id|person id|patient id|student (id|no)|household (id|no)|meter (id|no|number)"
    r"|customer (id|no)|mobile|phone|sfzh|sfzhm|cph|hphm|sjh)\b"
    r"|^(veh|vehicle|taxi|car|bike|driver|device|user|rider|trip|terminal|车辆|司机|设备|终端|用户)$"
)
NOT_SUBJECT = re.compile(
    r"法定代表|负责人|医生|教师|种类|类型|颜色|数量|数$|人数|机构|单位|企业|公司|客服|服务|联系|\b(type|count|kind|colou?r|company|contact)\b"
)
SUBJECT_ENTITIES = (
    "PERSON_NAME",
    "PLATE",
    "VIN",
    "RESIDENT_ID",
    "MOBILE",
    "BANK_CARD",
    "PASSPORT",
    "IMEI",
    "MAC",
)


def heading(name: str) -> str:
    """A column's name as words: NFKC, lower case, camelCase and digits apart, single spaces for other signs.

    >>> heading("PatientName_2（备注）")
    'patient name 2 备注'
    """
    folded = unicodedata.normalize("NFKC", name)
    apart = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])",
        " ",
        folded,
    )
    return re.sub(r"[\W_]+", " ", apart.lower()).strip()


def subject_columns(schema: Schema, classifications: Mapping[str, Classification]) -> tuple[str, ...]:
    """Columns that number persons, vehicles, devices or households, by heading or by what was found in them."""

    def is_subject(column: Column) -> bool:
        words = heading(column.name)
        known = classifications.get(column.name)
        found = known is not None and any(
            (known.entity or "").startswith(entity) for entity in SUBJECT_ENTITIES
        )
        return (found or bool(SUBJECT.search(words))) and not NOT_SUBJECT.search(words)

    return tuple(column.name for column in schema if is_subject(column))


def measure_facts(engine: Engine, table: str, schema: Schema, subject_columns: Sequence[str]) -> Facts:
    """The facts of one table. `subject_columns` are those of `subject_columns()` or as the caller knows them.

    Distances in metres, area in km² (of the bounding box, on the sphere), contour in the unit of the heights.
    """
    plan = _Plan(table, schema)
    answer = engine.fetch(plan.select()).to_pylist()[0]
    subjects = [_subjects(engine, table, name) for name in subject_columns]
    geo = [_pair(plan, answer, *pair) for pair in plan.pairs] + [
        _geometry(plan, answer, c) for c in plan.geometries
    ]
    unknown = set()
    if plan.points_as_text or plan.unpaired or any(part.unreadable for part in geo):
        unknown |= {"geo_precision_m", "coverage_km2"}
    granularity, unread_time = _granularity(plan, answer)
    if unread_time:
        unknown.add("time_granularity")
    contour = _contour(engine, table, plan, answer)
    if contour is None and plan.heights_as_text:
        unknown.add("contour_m")
    latest = _latest(plan, answer)
    if latest is None and unread_time:
        unknown.add("latest_on")
    precisions = [part.precision_m for part in geo if part.precision_m is not None]
    areas = [part.area_km2 for part in geo if part.area_km2 is not None]
    return Facts(
        rows=answer["rows"],
        distinct_subjects=max((distinct for distinct, _ in subjects), default=None),
        points_per_subject=max((most for _, most in subjects), default=None),
        geo_precision_m=min(precisions, default=None),
        coverage_km2=max(areas, default=None),
        contour_m=contour,
        time_granularity=granularity,
        latest_on=latest,
        unknown=frozenset(unknown),
    )


@dataclass(frozen=True, slots=True)
class _Geo:
    """Precision and area of one pair of coordinates; `unreadable`: cells that are no numbers."""

    precision_m: float | None
    area_km2: float | None
    unreadable: bool = False


class _Plan:
    """Which column answers which question, and the one aggregate that asks them all.

    Answers are named by column position (``c3_max``), since names are the publisher's.
    """

    def __init__(self, table: str, schema: Schema) -> None:
        self.table, self.schema = table, schema
        words = {column.name: heading(column.name) for column in schema}
        self.words = words
        self.number = {column.name: f"c{i}" for i, column in enumerate(schema)}
        plain = [c for c in schema if c.type in (*NUMERIC, ColumnType.TEXT)]
        axes = [
            [c for c in plain if axis.search(words[c.name])]
            for axis in (LONGITUDE, LATITUDE, EASTING, NORTHING)
        ]
        self.pairs = [*zip(axes[0], axes[1], strict=False), *zip(axes[2], axes[3], strict=False)]
        self.unpaired = len(axes[0]) != len(axes[1]) or len(axes[2]) != len(axes[3])
        self.geometries = [c for c in schema if c.type is ColumnType.GEOMETRY]
        paired = {c.name for axis in axes for c in axis}
        self.points_as_text = [
            c
            for c in schema
            if c.type is ColumnType.TEXT and c.name not in paired and POINT_TEXT.search(words[c.name])
        ]
        self.interval = next(
            (c for c in schema if c.type in NUMERIC and INTERVAL.search(words[c.name])), None
        )
        self.heights_as_text = any(
            c.type is ColumnType.TEXT and (INTERVAL.search(words[c.name]) or ELEVATION.search(words[c.name]))
            for c in schema
        )
        self.elevation = next(
            (c for c in schema if c.type in NUMERIC and ELEVATION.search(words[c.name])), None
        )
        events = [c for c in schema if not RECORD_STAMP.search(words[c.name])]
        self.moments = [c for c in events if c.type in MOMENTS]
        self.time_texts = [
            c
            for c in events
            if c.type is ColumnType.TEXT
            and TIME_TEXT.search(words[c.name])
            and not EXPIRY.search(words[c.name])
        ]

    def select(self) -> exp.Select:
        terms: dict[str, exp.Expression] = {"rows": exp.Count(this=exp.Star())}
        for column in (c for pair in self.pairs for c in pair):
            terms |= self._coordinate(column)
        for column in self.geometries:
            terms |= self._positions(column)
        for column in self.moments:
            terms |= self._steps(column)
        for column in self.time_texts:
            terms |= self._clock(column)
        if self.interval:
            terms[f"{self.number[self.interval.name]}_interval"] = exp.Min(this=reference(self.interval.name))
        aliased = [exp.alias_(term, name) for name, term in terms.items()]
        return exp.select(*aliased).from_(exp.to_identifier(self.table, quoted=True))

    def _coordinate(self, column: Column) -> dict[str, exp.Expression]:
        value = exp.TryCast(this=reference(column.name), to=exp.DataType.build("DOUBLE"))
        n = self.number[column.name]
        terms: dict[str, exp.Expression] = {
            f"{n}_min": exp.Min(this=value),
            f"{n}_max": exp.Max(this=value),
            f"{n}_cells": exp.Count(this=reference(column.name)),
            f"{n}_read": exp.Count(this=value),
        }
        for decimals in range(MOST_DECIMALS):
            scaled = exp.Mul(this=value, expression=exp.Literal.number(10**decimals))
            rest = exp.Abs(this=exp.Sub(this=exp.paren(scaled), expression=exp.Round(this=scaled)))
            # 1e-6 of a unit: above the rounding of binary fractions (180·10⁷ · 2⁻⁵² ≈ 4e-7), below a decimal's step.
            terms[f"{n}_d{decimals}"] = _any(exp.GT(this=rest, expression=exp.Literal.number("0.000001")))
        return terms

    def _positions(self, column: Column) -> dict[str, exp.Expression]:
        text, n = reference(column.name), self.number[column.name]
        terms: dict[str, exp.Expression] = {f"{n}_cells": exp.Count(this=text)}
        for decimals in range(MOST_DECIMALS):
            pattern = exp.Literal.string(rf"\.\d{{{decimals + 1}}}")
            terms[f"{n}_d{decimals}"] = _any(
                exp.Anonymous(this="regexp_matches", expressions=[text, pattern])
            )
        number = r"([-+0-9.eE]+)"
        pattern = exp.Literal.string(rf"\[\s*{number}\s*,\s*{number}")
        for axis, group in (("x", 1), ("y", 2)):
            found = exp.Anonymous(
                this="regexp_extract_all", expressions=[text, pattern, exp.Literal.number(group)]
            )
            values = exp.TryCast(this=found, to=exp.DataType.build("DOUBLE[]", dialect="duckdb"))
            terms[f"{n}_{axis}_min"] = exp.Min(this=exp.Anonymous(this="list_min", expressions=[values]))
            terms[f"{n}_{axis}_max"] = exp.Max(this=exp.Anonymous(this="list_max", expressions=[values]))
        return terms

    def _steps(self, column: Column) -> dict[str, exp.Expression]:
        value, n = reference(column.name), self.number[column.name]
        terms: dict[str, exp.Expression] = {f"{n}_min": exp.Min(this=value), f"{n}_max": exp.Max(this=value)}
        if column.type is ColumnType.TIMESTAMP:
            epoch = exp.Anonymous(this="epoch_us", expressions=[value])
            terms |= {f"{n}_{step.name}": _not_whole(epoch, step) for step in _INSIDE_A_DAY}
        day = exp.Anonymous(this="day", expressions=[value])
        month = exp.Anonymous(this="month", expressions=[value])
        terms[f"{n}_day"] = _any(exp.NEQ(this=day, expression=exp.Literal.number(1)))
        terms[f"{n}_month"] = _any(exp.NEQ(this=month, expression=exp.Literal.number(1)))
        return terms

    def _clock(self, column: Column) -> dict[str, exp.Expression]:
        """A text column of times of day (08:15) can be measured; any other text of time cannot."""
        text, n = reference(column.name), self.number[column.name]
        value = exp.TryCast(this=text, to=exp.DataType.build("TIME"))
        epoch = exp.Anonymous(this="epoch_us", expressions=[value])
        return {
            f"{n}_cells": exp.Count(this=text),
            f"{n}_read": exp.Count(this=value),
            **{f"{n}_{step.name}": _not_whole(epoch, step) for step in _INSIDE_A_DAY},
        }


# Finest first: a value that is no whole minute is told to the second, one that is no whole quarter to the minute…
_INSIDE_A_DAY = (
    TimeGranularity.MINUTE,
    TimeGranularity.QUARTER_HOUR,
    TimeGranularity.HOUR,
    TimeGranularity.DAY,
)
_FINER = {
    TimeGranularity.MINUTE: TimeGranularity.SECOND,
    TimeGranularity.QUARTER_HOUR: TimeGranularity.MINUTE,
    TimeGranularity.HOUR: TimeGranularity.QUARTER_HOUR,
    TimeGranularity.DAY: TimeGranularity.HOUR,
}


def _any(condition: exp.Expression) -> exp.Expression:
    return exp.Coalesce(
        this=exp.Anonymous(this="bool_or", expressions=[condition]), expressions=[exp.false()]
    )


def _not_whole(epoch: exp.Expression, step: TimeGranularity) -> exp.Expression:
    rest = exp.Mod(this=epoch, expression=exp.Literal.number(int(step) * 1_000_000))
    return _any(exp.NEQ(this=rest, expression=exp.Literal.number(0)))


def _subjects(engine: Engine, table: str, name: str) -> tuple[int, int]:
    """(number of subjects, most rows of one); case and outer blanks do not make another subject, blanks are none."""
    key = exp.Upper(this=exp.Trim(this=exp.cast(reference(name), "VARCHAR")))
    source = exp.to_identifier(table, quoted=True)
    groups = (
        exp.select(exp.alias_(key, "k"), exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(source)
        .group_by("k")
    )
    keyed = exp.NEQ(this=exp.column("k"), expression=exp.Literal.string(""))
    counts = exp.select(
        exp.alias_(exp.Count(this=exp.Star()), "subjects"),
        exp.alias_(
            exp.Coalesce(this=exp.Max(this=exp.column("n")), expressions=[exp.Literal.number(0)]), "most"
        ),
    )
    answer = engine.fetch(counts.from_(groups.subquery("g")).where(keyed)).to_pylist()[0]
    return answer["subjects"], answer["most"]


def _decimals(answer: Mapping[str, Any], n: str) -> int:
    """Most decimals used by any cell (conservative: one precise cell makes the column precise)."""
    return next((d for d in range(MOST_DECIMALS, 0, -1) if answer[f"{n}_d{d - 1}"]), 0)


def _pair(plan: _Plan, answer: Mapping[str, Any], east: Column, north: Column) -> _Geo:
    x, y = plan.number[east.name], plan.number[north.name]
    unreadable = any(answer[f"{n}_read"] < answer[f"{n}_cells"] for n in (x, y))
    box = tuple(answer[f"{n}_{end}"] for n in (x, y) for end in ("min", "max"))
    if None in box:
        return _Geo(None, None, unreadable)
    return _Geo(*_extent(box, max(_decimals(answer, x), _decimals(answer, y))), unreadable)


def _geometry(plan: _Plan, answer: Mapping[str, Any], column: Column) -> _Geo:
    n = plan.number[column.name]
    box = tuple(answer[f"{n}_{axis}_{end}"] for axis in ("x", "y") for end in ("min", "max"))
    if None in box:
        return _Geo(None, None, unreadable=answer[f"{n}_cells"] > 0)
    return _Geo(*_extent(box, _decimals(answer, n)))


def _extent(box: tuple[float, ...], decimals: int) -> tuple[float, float]:
    """(finest step in metres, area in km²) of a box west, east, south, north: degrees, or metres where projected."""
    west, east, south, north = box
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        return 10.0**-decimals, (east - west) * (north - south) / 1e6
    shrink = cos(radians(min(89.9, max(abs(south), abs(north)))))
    area = EARTH_RADIUS_KM**2 * radians(east - west) * abs(sin(radians(north)) - sin(radians(south)))
    return METRES_PER_DEGREE * shrink * 10.0**-decimals, area


def _contour(engine: Engine, table: str, plan: _Plan, answer: Mapping[str, Any]) -> float | None:
    """The stated interval (等高距); otherwise the least step between distinct heights."""
    if plan.interval:
        stated = answer[f"{plan.number[plan.interval.name]}_interval"]
        return None if stated is None else float(stated)
    if plan.elevation is None:
        return None
    height = exp.cast(reference(plan.elevation.name), "DOUBLE")
    heights = exp.select(exp.alias_(height, "h")).distinct().from_(exp.to_identifier(table, quoted=True))
    before = exp.Window(
        this=exp.Anonymous(this="lag", expressions=[exp.column("h")]),
        order=exp.Order(expressions=[exp.column("h")]),
    )
    steps = exp.select(exp.alias_(exp.Sub(this=exp.column("h"), expression=before), "step")).from_(
        heights.subquery("d")
    )
    least = exp.select(exp.alias_(exp.Min(this=exp.column("step")), "least")).from_(steps.subquery("s"))
    found = engine.fetch(least).to_pylist()[0]["least"]
    return None if found is None else float(found)


def _granularity(plan: _Plan, answer: Mapping[str, Any]) -> tuple[TimeGranularity | None, bool]:
    """(finest step of all columns that tell time, whether a text column of time could not be read)."""
    steps = [_moment_step(column, plan, answer) for column in plan.moments]
    unread = False
    for column in plan.time_texts:
        n = plan.number[column.name]
        if 0 < answer[f"{n}_cells"] == answer[f"{n}_read"]:
            steps.append(_inside_a_day(answer, n) or TimeGranularity.HOUR)
        else:
            unread |= answer[f"{n}_cells"] > 0
    for column in plan.schema:
        if column.type in (*NUMERIC, ColumnType.TEXT) and column not in plan.time_texts:
            steps += [step for pattern, step in NAMED_STEPS if pattern.search(plan.words[column.name])][:1]
    points = sum(bool(CURVE_POINT.fullmatch(column.name.strip())) for column in plan.schema)
    if points >= CURVE_HOURS:
        steps.append(TimeGranularity.QUARTER_HOUR if points >= CURVE_QUARTERS else TimeGranularity.HOUR)
    return min(steps, default=None), unread


def _moment_step(column: Column, plan: _Plan, answer: Mapping[str, Any]) -> TimeGranularity:
    n = plan.number[column.name]
    inside = _inside_a_day(answer, n) if column.type is ColumnType.TIMESTAMP else None
    if inside:
        return inside
    # One single day shows no step; the type allows for days, so days are assumed.
    if answer[f"{n}_day"] or answer[f"{n}_min"] == answer[f"{n}_max"]:
        return TimeGranularity.DAY
    return TimeGranularity.MONTH if answer[f"{n}_month"] else TimeGranularity.YEAR


def _inside_a_day(answer: Mapping[str, Any], n: str) -> TimeGranularity | None:
    return next((_FINER[step] for step in _INSIDE_A_DAY if answer[f"{n}_{step.name}"]), None)


def _latest(plan: _Plan, answer: Mapping[str, Any]) -> date | None:
    newest = [
        answer[f"{plan.number[column.name]}_max"]
        for column in plan.moments
        if not EXPIRY.search(plan.words[column.name])
    ]
    return max((_day(moment) for moment in newest if moment is not None), default=None)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
