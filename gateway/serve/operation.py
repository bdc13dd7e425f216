"""A declared operation over one release: compiled once to the typed query that it asks, then filled in by each request.

Everything is read by the readers of the query surface, so an operation can ask nothing that a caller of the dataset could
not. What does not fit the release (a column that is not open, a type that has changed) is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.dataset import Column, ColumnType
from catalog.errors import Where
from catalog.predicate import All, Comparison, Operator, Predicate, canonical, columns_of
from catalog.release import Release
from catalog.service import RESERVED, Parameter, Service, meaning_of
from catalog.text import Text
from gateway.serve.cql2_text import parse_filter
from gateway.serve.cursor import read_cursor
from gateway.serve.parameters import (
    MAX_VALUE_CHARACTERS,
    Reader,
    comparison_of,
    distinct_sorts,
    operators_of,
)
from gateway.serve.parse import Outputs, parse_aggregate, parse_records
from gateway.serve.query import EVERYTHING, AggregateQuery, RecordsQuery
from gateway.serve.refusal import bad, short, unknown
from gateway.serve.value import value_of

__all__ = ["Operation", "columns_used", "compile_operation", "digest_of"]

_PAGE = frozenset({"limit", "offset", "cursor"})


@dataclass(frozen=True, slots=True)
class Operation:
    """`base` is what is asked whatever the parameters are; `columns` those that the parameters ask of; `shown` the members
    of a record with their types, `sources` the columns they come from (of rows), None where the records of the release
    are shown as they are."""

    service: Service
    release: Release
    base: RecordsQuery | AggregateQuery
    columns: Mapping[str, Column]
    shown: Mapping[str, ColumnType]
    sources: tuple[str, ...] | None

    def asked(self, params: Sequence[tuple[str, str]]) -> RecordsQuery | AggregateQuery:
        """The query of one request. Raises BadInput naming the parameter and what would work; Conflict: a cursor of
        another release."""
        page = Reader([one for one in params if one[0] in _PAGE], self.release, _PAGE)
        terms = [*_terms(self.base.where), *self._conditions(params)]
        where: Predicate = terms[0] if len(terms) == 1 else All(tuple(terms))
        limit = page.number("limit", self.service.limit, 1, self.service.limit)
        offset = page.number("offset", 0, 0, 2**53)
        query = replace(self.base, where=where, limit=limit, offset=offset)
        cursor = page.single("cursor")
        if not cursor:
            return query
        if isinstance(query, AggregateQuery) or offset:
            raise bad(
                Text(
                    "cursor 只用于数据行，且不能与 offset 同用",
                    "cursor is for rows, and not together with offset",
                ),
                Text("翻页只用 cursor", "Follow next with cursor alone"),
                Where(parameter="cursor"),
            )
        return replace(query, cursor=read_cursor(cursor, self.release.id, query.digest(), self.release.rows))

    def _conditions(self, params: Sequence[tuple[str, str]]) -> list[Comparison]:
        known = {one.name: one for one in self.service.parameters}
        given: dict[str, str] = {}
        for name, value in params:
            if name in RESERVED:
                continue
            if name not in known:
                raise unknown(name, name, (*known, *sorted(RESERVED)), Text("参数", "a parameter"))
            if name in given:
                raise bad(
                    Text(f"参数 {name} 出现了两次", f"Parameter {name} is given twice"),
                    Text("只保留一个", "Give it once"),
                    Where(parameter=name),
                )
            if "\0" in value or len(value) > MAX_VALUE_CHARACTERS:
                raise bad(
                    Text(
                        "参数的值过长或含有空字符（NUL）", "A parameter's value is too long or contains a NUL"
                    ),
                    Text(
                        f"最多 {MAX_VALUE_CHARACTERS} 个字符",
                        f"Give at most {MAX_VALUE_CHARACTERS} characters",
                    ),
                    Where(parameter=name),
                )
            given[name] = value
        found = []
        for name, parameter in known.items():
            text = given.get(name, parameter.default)
            if text is not None:
                found.append(_condition(parameter, self.columns[name], text))
            elif parameter.required:
                raise bad(
                    Text(f"缺少必填参数 {name}", f"Parameter {name} is required"),
                    Text(
                        f"{parameter.description.zh}{_such_as(parameter, '，例如 ')}",
                        f"{parameter.description.en}{_such_as(parameter, ', for example ')}",
                    ),
                    Where(parameter=name),
                )
        return found


def compile_operation(service: Service, release: Release) -> Operation:
    """The operation over a release. Raises BadInput naming the column or member that does not fit it."""
    reader = Reader([], release, frozenset())
    columns = {one.name: _column(reader, one, f"parameters.{one.name}") for one in service.parameters}
    for one in service.parameters:
        _check_values(one, columns[one.name])
    if not service.is_aggregate:
        return _rows(service, release, reader, columns)
    return _groups(service, release, reader, columns)


def _rows(service: Service, release: Release, reader: Reader, columns: Mapping[str, Column]) -> Operation:
    base = parse_records(_params(service, "sort"), release)
    shown = {one.name: reader.column(one.source, "select").type for one in service.select}
    sources = tuple(one.source for one in service.select)
    whole = tuple(one.column.name for one in release.columns)
    as_it_is = sources == whole and tuple(shown) == whole
    base = replace(base, select=None if as_it_is else sources)
    return Operation(service, release, base, columns, shown, None if as_it_is else sources)


def _groups(service: Service, release: Release, reader: Reader, columns: Mapping[str, Column]) -> Operation:
    base = parse_aggregate(_params(service, "group_by", "metrics"), release)
    names = {one.source: one.name for one in service.outputs}
    groups = tuple(replace(one, name=names[one.name]) for one in base.group_by)
    metrics = tuple(replace(one, name=names[one.name]) for one in base.metrics)
    outputs = Outputs((*groups, *metrics))
    base = replace(
        base,
        group_by=groups,
        metrics=metrics,
        having=parse_filter(service.having, outputs, "having") if service.having else EVERYTHING,
        sort=distinct_sorts(reader.sort_of(one, outputs.name) for one in service.sort),
    )
    shown = {one.name: one.type for one in base.outputs}
    return Operation(service, release, base, columns, shown, None)


def digest_of(operation: Operation) -> str:
    """What the operation means, for telling it from others. Raises BadInput: it is the dataset's own rows."""
    service, base = operation.service, operation.base
    if not (service.parameters or service.filter or service.is_aggregate or service.joins):
        raise bad(
            Text("这与数据集自带的数据行接口相同", "This is what the dataset's own rows are"),
            Text("写明参数、固定筛选或分组", "Give it parameters, a fixed filter or groups"),
            Where(parameter="parameters"),
        )
    having = canonical(base.having) if isinstance(base, AggregateQuery) else ""
    return meaning_of(service, canonical(base.where), having)


def columns_used(operation: Operation) -> frozenset[str]:
    """Names of all columns that the operation reads, whatever its parameters are."""
    base = operation.base
    names = {one.name for one in operation.columns.values()} | columns_of(base.where)
    if isinstance(base, AggregateQuery):
        names |= {one.column for one in base.outputs if one.column is not None}
    else:
        names |= {one.source for one in operation.service.select} | {one.column for one in base.sort}
    return frozenset(names)


def _params(service: Service, *lists: str) -> list[tuple[str, str]]:
    """The fixed part of a declaration as the query surface writes it."""
    written = {
        "sort": service.sort,
        "group_by": tuple(one.source for one in service.group_by),
        "metrics": tuple(one.source for one in service.metrics),
    }
    params = [(name, ",".join(_quoted(one) for one in written[name])) for name in lists if written[name]]
    return [*params, ("filter", service.filter)] if service.filter else params


def _quoted(name: str) -> str:
    minus = "-" if name.startswith("-") else ""
    return f'{minus}"{name.removeprefix("-").replace(chr(34), chr(34) * 2)}"'


def _terms(where: Predicate) -> tuple[Predicate, ...]:
    return where.terms if isinstance(where, All) else (where,)


def _column(reader: Reader, parameter: Parameter, path: str) -> Column:
    column = reader.column(parameter.column, path)
    name = "" if parameter.operator is Operator.EQ else parameter.operator.value
    if name in operators_of(column):
        return column
    known = ["eq" if one == "" else one for one in operators_of(column)]
    raise bad(
        Text(
            f"{parameter.operator} 不能用于列“{column.name}”",
            f'{parameter.operator} does not apply to column "{column.name}"',
        ),
        Text(f"可用：{'、'.join(known)}", f"Use one of: {', '.join(known)}"),
        Where(parameter=path, column=column.name),
    )


def _check_values(parameter: Parameter, column: Column) -> None:
    """Default, example, allowed values and bounds are values of the column's type."""
    path = f"parameters.{parameter.name}"
    for bound in (parameter.minimum, parameter.maximum):
        if bound is not None:
            value_of(column, bound, path)
    for text in (*parameter.values, parameter.default, parameter.example):
        if text is not None:
            _condition(parameter, column, text, path)


def _condition(parameter: Parameter, column: Column, text: str, path: str = "") -> Comparison:
    name = path or parameter.name
    found = comparison_of(column, parameter.operator, text, name)
    if parameter.operator is Operator.ISNULL:
        return found
    values = found.value if isinstance(found.value, tuple) else (found.value,)
    allowed = {value_of(column, one, name) for one in parameter.values}
    low, high = (
        None if b is None else value_of(column, b, name) for b in (parameter.minimum, parameter.maximum)
    )
    for value in values:
        if allowed and value not in allowed:
            raise bad(
                Text(
                    f"参数 {parameter.name} 不能取这个值",
                    f"Parameter {parameter.name} does not take this value",
                ),
                Text(f"可用：{'、'.join(parameter.values)}", f"Use one of: {', '.join(parameter.values)}"),
                Where(parameter=short(name)),
            )
        if (low is not None and value < low) or (high is not None and value > high):  # type: ignore[operator]
            raise bad(
                Text(f"参数 {parameter.name} 超出范围", f"Parameter {parameter.name} is out of range"),
                Text(
                    f"应在 {parameter.minimum or '…'} 与 {parameter.maximum or '…'} 之间",
                    f"It lies between {parameter.minimum or '…'} and {parameter.maximum or '…'}",
                ),
                Where(parameter=short(name)),
            )
    return found


def _such_as(parameter: Parameter, before: str) -> str:
    return f"{before}{parameter.example}" if parameter.example else ""
