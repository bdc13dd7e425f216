"""Operations proposed for a dataset from what its release is: by key, by a short list of values (a district, a category), by
period, by name, and statistics. Each asks something of its own and says in both languages what; what means the same as
another, or as one that is declared already, is not proposed: it would count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column as reference
from catalog.errors import BadInput
from catalog.predicate import Operator
from catalog.registry import queries
from catalog.registry.services import same_meaning, service_records
from catalog.release import Release
from catalog.service import RESERVED, Output, Parameter, Service
from catalog.service_form import NAME
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.publish.submit import workspace
from gateway.serve.operation import compile_operation, digest_of
from gateway.serve.shelf import PARQUET
from gateway.services.judge import not_open

__all__ = ["Seen", "propose", "proposed"]

MOST_VALUES = 200
"""A column with more values than this is no list to choose from."""
MOST_LISTS = 4
MOST_NUMBERS = 5
LONG_DAYS = 62
"""A span of dates beyond this is worth counting by month."""

_NUMBERS = (ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.INTEGER)
_TIMES = (ColumnType.DATE, ColumnType.TIMESTAMP)
_DISTRICT = re.compile(r"区县|行政区|街道|乡镇|辖区|所属区|district|county|town", re.IGNORECASE)
_NAMED = re.compile(r"名称|名$|标题|name|title", re.IGNORECASE)
_NO_MEASURE = re.compile(r"编号|代码|序号|经度|纬度|电话|邮编|\bid\b|code|lon|lat|year|年份", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the released rows of one column are like: distinct values, the least and the largest of them."""

    column: Column
    distinct: int
    least: Any
    largest: Any


def propose(gate: Gate, person: Person, dataset_id: str) -> tuple[Service, ...]:
    """Proposals for a dataset of one's own publisher; nothing is declared. Raises NotAllowed, Conflict: it is not open."""
    require(person, Action.DECLARE_SERVICE)
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, dataset_id)
        release = queries.current_release(snapshot, dataset_id)
    require(person, Action.DECLARE_SERVICE, known.publisher if known else None)
    if release is None:
        raise not_open(dataset_id)
    found = proposed(release, _look(gate, release))
    with gate.registry.reading() as snapshot:
        return tuple(
            service
            for service, meaning in found
            if same_meaning(snapshot, "", meaning) is None
            and not service_records(snapshot, service_id=service.id)
        )


def proposed(release: Release, seen: dict[str, Seen]) -> tuple[tuple[Service, str], ...]:
    """Pure: the proposals with their meanings, each meaning once."""
    means: dict[str, Service] = {}
    ids: set[str] = set()
    for service in _all(release, seen):
        try:
            meaning = digest_of(compile_operation(service, release))
        except BadInput:
            continue  # a name that the query surface reads otherwise
        if meaning not in means and service.id not in ids:
            means[meaning] = service
            ids.add(service.id)
    return tuple((service, meaning) for meaning, service in means.items())


def _all(release: Release, seen: dict[str, Seen]) -> Iterator[Service]:
    lists = sorted(
        (one for one in seen.values() if _is_list(one, release.rows)),
        key=lambda one: (_DISTRICT.search(one.column.name) is None, one.distinct),
    )[:MOST_LISTS]
    numbers = [
        one.column
        for one in seen.values()
        if one.column.type in _NUMBERS and one.distinct > 1 and not _NO_MEASURE.search(one.column.name)
    ][:MOST_NUMBERS]
    for key in release.keys:
        if key in seen and seen[key].distinct == release.rows > 1:
            yield _by_key(release, seen[key])
    for one in lists:
        yield _by_value(release, one)
    times = [one for one in seen.values() if one.column.type in _TIMES and one.distinct > 1]
    for one in times:
        yield _by_period(release, one)
    for one in seen.values():
        if (
            one.column.type is ColumnType.TEXT
            and _NAMED.search(one.column.name)
            and one.distinct * 2 > release.rows
        ):
            yield _by_words(release, one)
    for one in lists:
        yield _statistics(release, one, numbers)
    for one in times:
        if _days(one) > LONG_DAYS:
            yield _by_month(release, one)


def _by_key(release: Release, one: Seen) -> Service:
    name = _called(one.column)
    return _rows(
        release,
        one.column,
        "by",
        Text(
            f"按{name.zh}查询一条{release.dataset.title}", f"{release.dataset.title}: one record by {name.en}"
        ),
        Text(f"给出{name.zh}，返回与之对应的那一条记录", f"The one record of a given {name.en}"),
        [
            _parameter(
                one.column, Operator.EQ, Text(f"{name.zh}，须完全一致", f"{name.en}, exactly"), one.least
            )
        ],
    )


def _by_value(release: Release, one: Seen) -> Service:
    name = _called(one.column)
    return _rows(
        release,
        one.column,
        "of",
        Text(f"按{name.zh}查询{release.dataset.title}", f"{release.dataset.title} of one {name.en}"),
        Text(f"给出一个{name.zh}，返回属于它的全部记录", f"All records of a given {name.en}"),
        [
            _parameter(
                one.column, Operator.EQ, Text(f"{name.zh}，须完全一致", f"{name.en}, exactly"), one.least
            )
        ],
    )


def _by_period(release: Release, one: Seen) -> Service:
    name = _called(one.column)
    span = [
        _parameter(
            one.column,
            Operator.GTE,
            Text(f"{name.zh}起（含）", f"{name.en} from, included"),
            one.least,
            "from",
        ),
        _parameter(
            one.column, Operator.LTE, Text(f"{name.zh}止（含）", f"{name.en} to, included"), one.largest, "to"
        ),
    ]
    return _rows(
        release,
        one.column,
        "within",
        Text(
            f"按{name.zh}时段查询{release.dataset.title}",
            f"{release.dataset.title} within a period of {name.en}",
        ),
        Text(
            f"返回{name.zh}在起止之间的记录，新的在前",
            f"Records whose {name.en} lies between two times, the newest first",
        ),
        span,
        (f"-{one.column.name}",),
    )


def _by_words(release: Release, one: Seen) -> Service:
    name = _called(one.column)
    word = str(one.least)[:2]
    return _rows(
        release,
        one.column,
        "like",
        Text(
            f"按{name.zh}中的文字查找{release.dataset.title}",
            f"{release.dataset.title} by words in {name.en}",
        ),
        Text(f"返回{name.zh}中含有所给文字的记录", f"Records whose {name.en} contains a given text"),
        [_parameter(one.column, Operator.CONTAINS, Text(f"{name.zh}中的文字", f"a text in {name.en}"), word)],
    )


def _statistics(release: Release, one: Seen, numbers: list[Column]) -> Service:
    name = _called(one.column)
    called = [_called(column) for column in numbers]
    means = Text(
        "" if not called else f"，以及{'、'.join(c.zh for c in called)}的平均值",
        "" if not called else f", and the means of {', '.join(c.en for c in called)}",
    )
    return Service(
        id=_id(release, "statistics-by", one.column),
        version="1.0.0",
        dataset=release.dataset.id,
        title=Text(
            f"{release.dataset.title}按{name.zh}统计", f"Statistics of {release.dataset.title} by {name.en}"
        ),
        description=Text(
            f"每个{name.zh}的记录数{means.zh}", f"The number of records of each {name.en}{means.en}"
        ),
        group_by=(Output(one.column.name, one.column.name),),
        metrics=(
            Output("count" if one.column.name != "count" else "records", "count"),
            *(Output(f"avg({column.name})", f"avg({column.name})") for column in numbers),
        ),
        limit=1_000,
    )


def _by_month(release: Release, one: Seen) -> Service:
    name = _called(one.column)
    return Service(
        id=_id(release, "monthly", one.column),
        version="1.0.0",
        dataset=release.dataset.id,
        title=Text(
            f"{release.dataset.title}按{name.zh}逐月统计", f"{release.dataset.title} by month of {name.en}"
        ),
        description=Text(f"按{name.zh}的月份统计记录数", f"The number of records of each month of {name.en}"),
        group_by=(Output("month", f"month({one.column.name})"),),
        metrics=(Output("count", "count"),),
        sort=("month",),
        limit=1_000,
    )


def _rows(
    release: Release,
    column: Column,
    kind: str,
    title: Text,
    description: Text,
    parameters: list[Parameter],
    sort: tuple[str, ...] = (),
) -> Service:
    example = {one.name: one.example for one in parameters if one.example is not None}
    return Service(
        id=_id(release, kind, column),
        version="1.0.0",
        dataset=release.dataset.id,
        title=title,
        description=description,
        parameters=tuple(parameters),
        select=tuple(Output(one.column.name, one.column.name) for one in release.columns),
        sort=sort,
        example=example,
    )


def _parameter(
    column: Column, operator: Operator, description: Text, value: Any, name: str = ""
) -> Parameter:
    own = column.name if NAME.fullmatch(column.name) and column.name not in RESERVED else "value"
    return Parameter(
        name=name or own,
        column=column.name,
        operator=operator,
        description=description,
        required=not name,
        example=_written(value),
    )


def _called(column: Column) -> Text:
    return column.title or Text(column.name, column.name)


def _id(release: Release, kind: str, column: Column) -> str:
    """The dataset, what is asked, and the column: by its English title or name where that has letters, else its place."""
    words = (column.title.en if column.title else "", column.name)
    slugs = (re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") for word in words)
    place = next(n for n, one in enumerate(release.columns, 1) if one.column.name == column.name)
    slug = next((slug[:24].strip("-") for slug in slugs if re.search("[a-z]", slug)), f"field-{place}")
    return f"{release.dataset.id[:60].strip('-')}-{kind}-{slug}"


def _is_list(one: Seen, rows: int) -> bool:
    return one.column.type is ColumnType.TEXT and 1 < one.distinct <= MOST_VALUES and one.distinct * 2 <= rows


def _days(one: Seen) -> int:
    if not isinstance(one.least, date) or not isinstance(one.largest, date):
        return 0
    return (one.largest - one.least).days


def _written(value: Any) -> str:
    """A value as the query surface reads it."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _look(gate: Gate, release: Release) -> dict[str, Seen]:
    """The released rows, looked at once; columns that are masked, all null or geometries are left out."""
    columns = [
        one.column
        for one in release.columns
        if not one.masked and one.nulls < release.rows and one.column.type is not ColumnType.GEOMETRY
    ]
    if not columns:
        return {}
    terms: list[exp.Expr] = []
    for place, column in enumerate(columns):
        cell = reference(column.name)
        terms += [
            exp.alias_(exp.Count(this=exp.Distinct(expressions=[cell])), f"d{place}"),
            exp.alias_(exp.Min(this=cell.copy()), f"l{place}"),
            exp.alias_(exp.Max(this=cell.copy()), f"g{place}"),
        ]
    with (
        workspace(gate.spool) as folder,
        DuckDBEngine(folder / "spill", gate.settings.engine_memory_mb) as engine,
    ):
        engine.register_parquet("released", gate.open.path(release.id, PARQUET))
        (row,) = engine.fetch(exp.select(*terms).from_("released")).to_pylist()
    return {
        column.name: Seen(column, int(row[f"d{n}"]), row[f"l{n}"], row[f"g{n}"])
        for n, column in enumerate(columns)
    }
