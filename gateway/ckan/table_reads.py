"""Actions that read rows: `datastore_search`, `datastore_info`. They answer from the same files and by the same engines as
``/records`` does."""

from __future__ import annotations

import asyncio
from typing import Any

from catalog.release import Release
from gateway.ckan.call import Call
from gateway.ckan.datastore import (
    Asked,
    fields_of,
    not_in_datastore,
    read_asked,
    result,
    total_within,
    written,
)
from gateway.ckan.desk import Desk
from gateway.ckan.index import Listed
from gateway.ckan.values import natural, required
from gateway.serve.query import Count
from gateway.serve.served import Served

__all__ = ["datastore_info", "datastore_search", "listed_table", "table_of"]

ALL_TABLES = "_table_metadata"
MANY = 500
"""Rows that take longer to write than others should wait for."""


async def datastore_search(desk: Desk, call: Call) -> dict[str, Any]:
    resource_id = required(call.given, "resource_id", "id")
    if resource_id == ALL_TABLES:
        return _tables(desk, call)
    resource_id, served = await table_of(desk, resource_id)
    asked = read_asked(call.given, served.release, resource_id)
    return await answer(desk, call, asked, served)


async def answer(desk: Desk, call: Call, asked: Asked, served: Served) -> dict[str, Any]:
    release = served.release
    if asked.distinct is not None:
        texts, total = await desk.engines.groups(served, asked.distinct, call.caller)
        records = written(asked, texts[: asked.limit], ())
        return result(call, asked, records, total if asked.total else None, False, None)
    page = await desk.engines.page(served, asked.query, call.caller)
    found = total_within(asked, page, release)
    full = len(page.records) == asked.limit and page.records and page.more
    last = page.numbers[-1] if full else None
    if len(page.records) > MANY:  # the event loop goes on meanwhile
        records = await asyncio.to_thread(written, asked, page.records, page.numbers)
    else:
        records = written(asked, page.records, page.numbers)
    return result(call, asked, records, found, page.total_kind is Count.ESTIMATE, last)


def listed_table(desk: Desk, resource_id: str) -> Listed:
    """The package whose rows an id names: that of their resource, or the dataset's own id or name. Raises CkanError."""
    found = desk.index.of_resource(resource_id) or desk.index.find(resource_id)
    if found is None or found.number is None:
        raise not_in_datastore(resource_id)
    return found


async def table_of(desk: Desk, resource_id: str) -> tuple[str, Served]:
    """The id of the resource that rows stand behind, and the release. Raises CkanError."""
    one = listed_table(desk, resource_id)
    served = await desk.current(one.dataset_id)
    if one.table is None or served is None or resource_id not in (one.table, one.id, one.name):
        raise not_in_datastore(resource_id)
    return one.table, served


async def datastore_info(desk: Desk, call: Call) -> dict[str, Any]:
    resource_id = required(call.given, "id", "resource_id")
    own, served = await table_of(desk, resource_id)
    release = served.release
    return {
        "meta": {
            "id": own,
            "count": release.rows,
            "size": release.bytes,
            "idx_size": 0,
            "db_size": release.bytes,
            "aliases": [release.dataset.id],
            "table_type": "BASE TABLE",
        },
        "fields": [_field(release, name, kind) for name, kind in fields_of(release)[1:]],
    }


def _field(release: Release, name: str, kind: str) -> dict[str, Any]:
    [column] = [one for one in release.columns if one.column.name == name]
    info: dict[str, Any] = {}
    if column.column.title is not None:
        info["label"] = column.column.title.zh
    if column.column.definition is not None:
        info["notes"] = column.column.definition.zh
    if column.column.unit:
        info["unit"] = column.column.unit
    return {
        "id": name,
        "type": kind,
        "schema": {
            "native_type": kind,
            "notnull": not column.nulls,
            "index_name": name if name in release.keys else None,
            "is_index": name in release.keys,
            "uniquekey": False,
        },
        "info": info,
    }


def _tables(desk: Desk, call: Call) -> dict[str, Any]:
    """Every table there is, as the alias that lists them does."""
    names = sorted(one.table for one in desk.index if one.table is not None)
    limit = min(natural(call.given, "limit", 100), 32_000)
    offset = natural(call.given, "offset", 0)
    records = [
        {"_id": number, "name": name, "oid": number, "alias_of": None} for number, name in enumerate(names, 1)
    ]
    kinds = (("_id", "text"), ("name", "name"), ("oid", "oid"), ("alias_of", "name"))
    return {
        "resource_id": ALL_TABLES,
        "include_total": True,
        "limit": limit,
        "records_format": "objects",
        "fields": [{"id": name, "type": kind} for name, kind in kinds],
        "records": records[offset : offset + limit],
        "total": len(records),
        "total_was_estimated": False,
    }
