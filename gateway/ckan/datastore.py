"""`datastore_search`: its parameters read into a typed query over one release, and the page as CKAN shows it. Pure.

``_id`` is the dense row number; conditions on it alone become an offset, so that paging by it costs nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from catalog.dataset import Column, ColumnType
from catalog.predicate import All, Comparison, Operator, Predicate
from catalog.release import Release
from gateway.ckan.call import Call, address
from gateway.ckan.errors import CkanError, invalid
from gateway.ckan.filters import ID, read_filters, value_in
from gateway.ckan.values import boolean, list_of, mapping, natural, text
from gateway.serve.page import Page
from gateway.serve.query import EVERYTHING, AggregateQuery, Count, Group, RecordsQuery, Sort
from gateway.serve.sql import columns_of_release, row_column

__all__ = ["MAX_LIMIT", "PARAMETERS", "TYPES", "Asked", "fields_of", "read_asked", "result", "written"]

MAX_LIMIT = 32_000
DEFAULT_LIMIT = 100
RANK = "rank"
FORMATS = ("objects", "lists", "csv", "tsv")
MAX_WORDS = 50

TYPES: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "int8",
    ColumnType.DECIMAL: "numeric",
    ColumnType.DOUBLE: "float8",
    ColumnType.BOOLEAN: "bool",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.GEOMETRY: "json",
}
"""Types as PostgreSQL names them, which is how the datastore does."""

PARAMETERS = frozenset(
    {
        "resource_id",
        "id",
        "filters",
        "q",
        "full_text",
        "distinct",
        "plain",
        "language",
        "limit",
        "offset",
        "fields",
        "sort",
        "include_total",
        "total_estimation_threshold",
        "records_format",
        "include_private",
        "force",
    }
)
_SORT = re.compile(
    r'\s*(?:"((?:[^"]|"")+)"|(.+?))(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?\s*', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one release. `query` is of rows, or with `distinct` of the groups that equal rows make; `fields` in
    the order in which they are shown; `by_id` = the rows come in the order of their numbers."""

    given: Mapping[str, Any]
    resource_id: str
    query: RecordsQuery
    fields: tuple[tuple[str, str], ...]
    limit: int
    offset: int
    format: str = "objects"
    distinct: AggregateQuery | None = None
    total: bool = True
    ranks: tuple[str, ...] = ()
    by_id: bool = True


def fields_of(release: Release) -> list[tuple[str, str]]:
    """Name and type of every column, the row number first."""
    return [(ID, "int"), *((one.name, TYPES[one.type]) for one in columns_of_release(release))]


def read_asked(given: Mapping[str, Any], release: Release, resource_id: str) -> Asked:
    """The question of a call. Raises CkanError naming what it cannot be."""
    unknown = sorted(set(given) - PARAMETERS)
    if unknown:
        raise invalid(unknown[0][:60], f"The input field {unknown[0][:60]} was not expected.")
    columns = columns_of_release(release)
    row = row_column(columns)
    by_name = {one.name: one for one in columns}
    by_name.setdefault(ID, Column(row, ColumnType.INTEGER))
    limit = min(natural(given, "limit", DEFAULT_LIMIT), MAX_LIMIT)
    offset = natural(given, "offset", 0)
    where = read_filters(mapping(given, "filters"), by_name)
    words, conditions, ranks = _searched(given, by_name)
    where = _all(where, *conditions)
    sort = _sorted(given, by_name, ranks)
    shown = _shown(given, release, ranks)
    names = [name for name, _ in shown]
    query = RecordsQuery(
        where=where,
        q=words,
        sort=sort,
        limit=limit,
        offset=offset,
        count=_count(given, release),
    )
    by_id = not sort or sort[0] == Sort(row)
    if by_id:
        query = _numbered(replace(query, sort=()), row, release)
    distinct = None
    if boolean(given, "distinct") and names:
        distinct = _distinct(query, names, by_name, sort, limit, offset)
    record_format = text(given, "records_format", "objects") or "objects"
    if record_format not in FORMATS:
        raise invalid("records_format", f"Value must be one of {list(FORMATS)}")
    return Asked(
        given=given,
        resource_id=resource_id,
        query=query,
        fields=tuple(shown),
        limit=limit,
        offset=offset,
        format=record_format,
        distinct=distinct,
        total=boolean(given, "include_total", default=True),
        ranks=ranks,
        by_id=by_id and distinct is None,
    )


def _all(*terms: Predicate) -> Predicate:
    said = tuple(term for term in terms if term != EVERYTHING)
    return said[0] if len(said) == 1 else All(said)


def _count(given: Mapping[str, Any], release: Release) -> Count:
    """Exactly, unless the caller says from how many rows on an estimate will do."""
    if not boolean(given, "include_total", default=True):
        return Count.NONE
    threshold = natural(given, "total_estimation_threshold", 0)
    return Count.ESTIMATE if threshold and release.rows > threshold else Count.EXACT


def _searched(
    given: Mapping[str, Any], columns: Mapping[str, Column]
) -> tuple[tuple[str, ...], list[Predicate], tuple[str, ...]]:
    """Words for any searched column, conditions on single ones, and the names of the ranks that are shown."""
    asked = given.get("q")
    if isinstance(asked, str) and asked.lstrip().startswith("{"):
        asked = mapping(given, "q")
    words = [*_words(text(given, "full_text"), given)]
    if asked is None or asked == "":
        return tuple(words), [], (RANK,) if words else ()
    if isinstance(asked, str | int | float):
        words += _words(text(given, "q"), given)
        return tuple(words), [], (RANK,)
    if not isinstance(asked, dict):
        raise invalid("q", f"Expected a string or a dictionary, got {type(asked).__name__}")
    conditions: list[Predicate] = []
    ranks = []
    for name, wanted in asked.items():
        column = columns.get(name)
        if column is None:
            raise invalid("fields", f'field "{str(name)[:100]}" not in table')
        if not isinstance(wanted, str | int | float):
            raise invalid("q", "Expected a string")
        for word in _words(str(wanted), given):
            if column.type is ColumnType.TEXT:
                conditions.append(Comparison(column.name, Operator.CONTAINS, word, fold=True))
            else:
                conditions.append(Comparison(column.name, Operator.EQ, value_in(column, word)))
        ranks.append(f"{RANK} {name}")
    return tuple(words), conditions, tuple(ranks)


def _words(asked: str, given: Mapping[str, Any]) -> list[str]:
    """Words that must all be there. With `plain` off the words of a tsquery that joins them by ``&``; ``:*`` after a word
    is what we do anyway."""
    if not boolean(given, "plain", default=True):
        if any(sign in asked for sign in "|!()<>"):
            raise invalid("q", "Only & and :* of the text search language are understood here")
        asked = asked.replace("&", " ").replace(":*", "")
    words = list(dict.fromkeys(asked.lower().split()))
    if len(words) > MAX_WORDS or "\0" in asked:
        raise invalid("q", f"More than {MAX_WORDS} words")
    return words


def _sorted(
    given: Mapping[str, Any], columns: Mapping[str, Column], ranks: Sequence[str]
) -> tuple[Sort, ...]:
    written_ = given.get("sort")
    parts = list(written_) if isinstance(written_, list) else _split(text(given, "sort"))
    found: dict[str, Sort] = {}
    for part in parts:
        name, descending, nulls_first = _sort_of(str(part), columns, ranks)
        if name in ranks:
            continue  # all that match rank alike
        column = columns[name]
        if column.type is ColumnType.GEOMETRY:
            raise invalid("sort", f'field "{name[:100]}" cannot be sorted')
        found.setdefault(column.name, Sort(column.name, descending, nulls_first))
    return tuple(found.values())


def _split(written_: str) -> list[str]:
    """At commas outside of quotes."""
    return [part for part in re.findall(r'(?:"[^"]*"|[^,"])+', written_) if part.strip()]


def _sort_of(part: str, columns: Mapping[str, Column], ranks: Sequence[str]) -> tuple[str, bool, bool]:
    """Column, whether it descends, and whether nulls come first: like PostgreSQL's unless it is said."""
    plain = part.strip()
    if plain in columns:
        return plain, False, False
    match = _SORT.fullmatch(part)
    name = (match[1].replace('""', '"') if match[1] else match[2].strip()) if match else plain
    if match is None or (name not in columns and name not in ranks):
        raise invalid("sort", f'field "{name[:100]}" not in table')
    descending = (match[3] or "").lower() == "desc"
    nulls = (match[4] or "").lower()
    return name, descending, nulls == "first" if nulls else descending


def _shown(given: Mapping[str, Any], release: Release, ranks: Sequence[str]) -> list[tuple[str, str]]:
    known = dict(fields_of(release))
    asked = list_of(given, "fields") or [*known, *(ranks if not boolean(given, "distinct") else ())]
    if isinstance(given.get("fields"), str) and given["fields"] in known:
        asked = [given["fields"]]
    for name in asked:
        if name not in known and name not in ranks:
            raise invalid("fields", f'field "{name[:100]}" not in table')
    return [(name, known.get(name, "float")) for name in dict.fromkeys(asked)]


def _numbered(query: RecordsQuery, row: str, release: Release) -> RecordsQuery:
    """Conditions on the row number and nothing else: the rows between are a run, so an offset does."""
    terms = query.where.terms if isinstance(query.where, All) else (query.where,)
    if query.q or not terms:
        return query
    first, last = 1, release.rows
    for term in terms:
        if not isinstance(term, Comparison) or term.column != row or not isinstance(term.value, int):
            return query
        number = term.value
        if term.operator in (Operator.EQ, Operator.GTE):
            first = max(first, number)
        if term.operator is Operator.GT:
            first = max(first, number + 1)
        if term.operator in (Operator.EQ, Operator.LTE):
            last = min(last, number)
        if term.operator is Operator.LT:
            last = min(last, number - 1)
        if term.operator not in _RANGE:
            return query
    start = first - 1 + query.offset
    return replace(
        query, where=EVERYTHING, offset=max(start, 0), limit=max(0, min(query.limit, last - start))
    )


_RANGE = (Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)


def _distinct(
    query: RecordsQuery,
    names: Sequence[str],
    columns: Mapping[str, Column],
    sort: Sequence[Sort],
    limit: int,
    offset: int,
) -> AggregateQuery:
    if ID in names:  # every row has its own: nothing to fold
        raise invalid("distinct", f"Leave {ID} out of fields")
    for name in names:
        if columns[name].type is ColumnType.GEOMETRY:
            raise invalid("distinct", f'field "{name[:100]}" cannot be compared')
    return AggregateQuery(
        group_by=tuple(Group(name, columns[name].name, columns[name].type) for name in names),
        metrics=(),
        where=query.where,
        q=query.q,
        sort=tuple(one for one in sort if one.column in names),
        limit=max(limit, 1),
        offset=offset,
    )


def total_within(asked: Asked, page: Page, release: Release) -> int | None:
    """The number of rows that match; of a run of row numbers its length."""
    if not asked.total:
        return None
    terms = mapping(asked.given, "filters")
    if asked.by_id and terms and asked.query.where == EVERYTHING and not asked.query.q:
        return run_length(terms, release)
    return page.total


def run_length(filters: Mapping[str, Any], release: Release) -> int:
    """How many row numbers meet conditions on them alone."""
    row = row_column(columns_of_release(release))
    where = read_filters(filters, {ID: Column(row, ColumnType.INTEGER)})
    wide = _numbered(RecordsQuery(where=where, limit=release.rows), row, release)
    return wide.limit


def rows_of(asked: Asked, records: Sequence[bytes], numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The records with what CKAN adds to them, in the order of the fields."""
    for place, record in enumerate(records):
        known = orjson.loads(record)
        if numbers and ID not in known:
            known[ID] = numbers[place]
        for rank in asked.ranks:
            known.setdefault(rank, 1.0)
        yield {name: known.get(name) for name, _ in asked.fields}


def written(asked: Asked, records: Sequence[bytes], numbers: Sequence[int]) -> Any:
    """The records in the form that was asked for; whole objects are passed on as they are stored."""
    names = [name for name, _ in asked.fields]
    if asked.format == "objects":
        if asked.distinct is None and not asked.ranks and not list_of(asked.given, "fields"):
            whole = [_with_id(record, number) for record, number in zip(records, numbers, strict=True)]
            return orjson.Fragment(b"[" + b",".join(whole) + b"]")
        return list(rows_of(asked, records, numbers))
    rows = ([row[name] for name in names] for row in rows_of(asked, records, numbers))
    if asked.format == "lists":
        return list(rows)
    return delimited(rows, "," if asked.format == "csv" else "\t")


def _with_id(record: bytes, number: int) -> bytes:
    opening = b'{"_id":%d' % number
    return opening + (b"}" if record == b"{}" else b"," + record[1:])


def delimited(rows: Iterator[list[Any]], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def result(
    call: Call, asked: Asked, records: Any, total: int | None, estimated: bool, last: int | None
) -> dict[str, Any]:
    """The result of a search around its records. `last` is the number of the last row where others follow."""
    found: dict[str, Any] = {
        "include_total": asked.total,
        "limit": asked.limit,
        "records_format": asked.format,
        "resource_id": asked.resource_id,
    }
    for name in ("filters", "q", "full_text", "distinct", "plain", "language", "sort", "fields"):
        if asked.given.get(name) not in (None, "") and name != "fields":
            found[name] = asked.given[name]
    if "offset" in asked.given:
        found["offset"] = asked.offset
    found["total_estimation_threshold"] = None
    if asked.given.get("total_estimation_threshold") not in (None, ""):
        found["total_estimation_threshold"] = natural(asked.given, "total_estimation_threshold", 0)
    found["fields"] = [{"id": name, "type": kind} for name, kind in asked.fields]
    found["records"] = records
    found["_links"] = _links(call, asked)
    if last is not None and asked.by_id:
        filters = {**mapping(asked.given, "filters")}
        known = filters.get(ID)
        filters[ID] = {**(known if isinstance(known, dict) else {}), "gt": last}
        found["next_page"] = {"filters": filters}
    if total is not None:
        found["total"] = total
        found["total_was_estimated"] = estimated
    return found


def _links(call: Call, asked: Asked) -> dict[str, str]:
    kept = {name: value for name, value in asked.given.items() if name not in ("limit", "offset", "id")}
    kept["resource_id"] = asked.resource_id
    if "limit" in asked.given:
        kept["limit"] = asked.limit
    links = {
        "start": address(call, kept),
        "next": address(call, {**kept, "offset": asked.offset + asked.limit}),
    }
    if asked.offset:
        links["prev"] = address(call, {**kept, "offset": max(0, asked.offset - asked.limit)})
    return links


def not_in_datastore(resource_id: str) -> CkanError:
    return CkanError("Not Found Error", 404, f'Not found: Resource "{resource_id[:100]}" was not found.')
