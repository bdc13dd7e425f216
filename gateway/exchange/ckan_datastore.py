"""Tables that clients of CKAN give as records: each becomes a file and that a submission, through the same gate as any other.

Rows that are added or taken away make the next version out of what was received last, in the domain zone.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlglot import exp

from catalog.dataset import Column, Version
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import condition, is_true
from catalog.errors import NotFound, TooLarge, Where
from catalog.ingest import local
from catalog.interchange.ckan import Package
from catalog.registry import packages, queries
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.ckan.call import UPLOADS, Upload
from gateway.ckan.errors import CkanError
from gateway.ckan.filters import ID, read_filters
from gateway.ckan.package_input import wrong
from gateway.exchange.ckan_resources import (
    create_resource,
    known_resource,
    refuse_by_report,
    submit_file,
)
from gateway.gate import Gate
from gateway.publish.review import withdraw

__all__ = ["create_table", "delete_rows", "upsert_rows"]

Given = Mapping[str, Any]
Row = dict[str, Any]
MAX_ROWS = 200_000
"""Rows of a table that is given as records; larger ones are uploaded as files."""
METHODS = ("upsert", "insert", "update")
REASON = "the table was deleted through the CKAN API"


def create_table(gate: Gate, person: Person, given: Given, upload: Upload | None) -> dict[str, Any]:
    """A table for a resource: what its columns are, and its first rows, which are submitted. Raises BadInput, Refused."""
    require(person, Action.SUBMIT)
    resource, resource_id = given.get("resource"), given.get("resource_id")
    if resource and resource_id:
        raise wrong("resource", "resource cannot be used with resource_id")
    if not resource and not resource_id:
        raise wrong("resource_id", "resource_id or resource required")
    records = _records(gate, upload)
    fields = _fields(given, records)
    keys = _keys(given, fields)
    if resource:
        if not isinstance(resource, dict):
            raise wrong("resource", "Must be a dictionary")
        made = create_resource(gate, person, {**resource, "url_type": "datastore"}, None)
        resource_id = made["id"]
    package, _ = known_resource(gate, person, resource_id)
    if package.data_resource not in (None, resource_id):
        raise wrong(
            "resource_id", f"A dataset here holds one table, that of resource {package.data_resource}"
        )
    known = package.document.get("datastore") or {}
    names = [one["id"] for one in fields] or [one["id"] for one in known.get("fields", ())]
    table = {"fields": fields or known.get("fields", []), "primary_key": keys or known.get("primary_key", [])}
    package = replace(
        package,
        data_resource=str(resource_id),
        document={**package.document, "datastore": table},
        modified_at=gate.now(),
    )
    if records:
        before = _rows(gate, package) if known else []
        _submit(gate, person, package, [*before, *records], names)
    with gate.registry.transaction() as unit:
        packages.save_package(unit, package)
    answer: dict[str, Any] = {"resource_id": resource_id, "method": "insert", "fields": table["fields"]}
    answer["primary_key"] = table["primary_key"]
    return answer if not given.get("include_records") else {**answer, "records": records}


def upsert_rows(gate: Gate, person: Person, given: Given, upload: Upload | None) -> dict[str, Any]:
    """Rows that are added, or take the place of those with the same key. Raises BadInput, NotFound, Refused."""
    require(person, Action.SUBMIT)
    if not given.get("resource_id"):
        raise wrong("resource_id", "Missing value", "缺少值")
    method = given.get("method") or "upsert"
    if method not in METHODS:
        raise wrong("method", f"Value must be one of {list(METHODS)}")
    package, _ = known_resource(gate, person, given["resource_id"])
    if package.data_resource != given["resource_id"]:
        raise _no_table(str(given["resource_id"]))
    table = package.document.get("datastore") or {}
    records = _records(gate, upload)
    rows = _rows(gate, package)
    names = list(rows[0]) if rows else [one["id"] for one in table.get("fields", ())]
    for record in records:
        for name in record:
            if name not in names:
                raise wrong("records", f'row has extra keys "{str(name)[:100]}"')
    keys = table.get("primary_key") or []
    rows = [*rows, *records] if method == "insert" else _merged(rows, records, keys, method == "update")
    if records:
        _submit(gate, person, package, rows, names)
    with gate.registry.transaction() as unit:
        packages.save_package(unit, replace(package, modified_at=gate.now()))
    return {"resource_id": given["resource_id"], "method": method}


def delete_rows(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """Rows that meet the filters are gone from the next version; without filters the table is withdrawn at once."""
    require(person, Action.WITHDRAW)
    if not given.get("resource_id"):
        raise wrong("resource_id", "Missing value", "缺少值")
    package, release = known_resource(gate, person, given["resource_id"], Action.WITHDRAW)
    if release is None and package.data_resource != given["resource_id"]:
        raise _no_table(str(given["resource_id"]))
    filters = given.get("filters")
    answer = {name: value for name, value in given.items() if name in ("resource_id", "filters")}
    if filters:
        if not isinstance(filters, dict):
            raise wrong("filters", "Must be a dictionary")
        rows = _rows(gate, package, filters)
        require(person, Action.SUBMIT, package.publisher)
        if not rows:
            raise wrong("filters", "Nothing would be left: delete the whole table without filters")
        _submit(gate, person, package, rows, list(rows[0]))
        return answer
    if release is not None:
        withdraw(gate, person, package.dataset_id, REASON)
    delete_resource_table(gate, package)
    return answer


def delete_resource_table(gate: Gate, package: Package) -> None:
    document = {name: value for name, value in package.document.items() if name != "datastore"}
    with gate.registry.transaction() as unit:
        packages.save_package(
            unit, replace(package, document=document, data_resource=None, modified_at=gate.now())
        )


def _no_table(resource_id: str) -> NotFound:
    return NotFound(
        Text("这个资源没有数据表", f'Resource "{resource_id[:100]}" was not found.'), Text("", "")
    )


def _records(gate: Gate, upload: Upload | None) -> list[Row]:
    """The records of a call, which the serving role has left as JSON lines."""
    if upload is None:
        return []
    path = gate.settings.run_folder / UPLOADS / upload.kept
    try:
        lines = path.read_bytes().splitlines()
    finally:
        path.unlink(missing_ok=True)
    if len(lines) > MAX_ROWS:
        raise _too_many()
    records = [json.loads(line) for line in lines]
    if not all(isinstance(one, dict) for one in records):
        raise wrong("records", "Must be a list of dictionaries")
    return records


def _fields(given: Given, records: Sequence[Row]) -> list[dict[str, Any]]:
    """The columns that are declared, else those of the first record."""
    fields = given.get("fields") or [{"id": str(name)} for name in (records[0] if records else ())]
    if not isinstance(fields, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"].strip() for one in fields
    ):
        raise wrong("fields", "Every field has an id")
    names = [one["id"] for one in fields]
    if len(set(names)) < len(names):
        raise wrong("fields", "Duplicate column names are not supported")
    for name in names:
        if name.startswith("_") or '"' in name:
            raise wrong("fields", f'"{name[:100]}" is not a valid field name')
    for number, record in enumerate(records):
        if set(record) - {*names, ID}:
            raise wrong("records", f"row {number + 1} has extra keys")
    return [dict(one) for one in fields]


def _keys(given: Given, fields: Sequence[Mapping[str, Any]]) -> list[str]:
    keys = given.get("primary_key") or []
    several = [part.strip() for part in keys.split(",")] if isinstance(keys, str) else list(keys)
    for key in several:
        if not any(one["id"] == key for one in fields):
            raise wrong("primary_key", f'field "{str(key)[:100]}" not in table')
    return several


def _merged(rows: Sequence[Row], records: Sequence[Row], keys: Sequence[str], must_exist: bool) -> list[Row]:
    if not keys:
        raise wrong("table", "table does not have a unique key defined")
    by_key = {tuple(_text(row.get(key)) for key in keys): dict(row) for row in rows}
    for record in records:
        if any(key not in record for key in keys):
            raise wrong("key", f'fields "{", ".join(keys)}" are missing but needed as key')
        place = tuple(_text(record[key]) for key in keys)
        if must_exist and place not in by_key:
            raise wrong("key", "a key that should be updated is not in the table")
        by_key[place] = {**by_key.get(place, {}), **record}
    return list(by_key.values())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _version(gate: Gate, package: Package) -> Version | None:
    with gate.registry.reading() as snapshot:
        last = queries.newest_submission(snapshot, package.dataset_id)
        if last is None or last.version_id is None:
            return None
        return queries.version(snapshot, package.dataset_id, last.version_id)


def _rows(gate: Gate, package: Package, without: Mapping[str, Any] | None = None) -> list[Row]:
    """What was received last, as records; without those that meet the filters. Raises TooLarge, BadInput."""
    version = _version(gate, package)
    if version is None:
        return []
    if version.rows > MAX_ROWS:
        raise _too_many()
    columns: dict[str, Column] = {one.name: one for one in version.schema}
    with (
        tempfile.TemporaryDirectory(dir=gate.spool) as folder,
        DuckDBEngine(Path(folder) / "spill", gate.settings.engine_memory_mb) as engine,
    ):
        engine.register_parquet("received", gate.domain.path(version.id, ".parquet"), numbered=True)
        chosen = exp.select(*(exp.column(exp.to_identifier(name, quoted=True)) for name in columns))
        query = chosen.from_("received").order_by(exp.column("_row"))
        if without:
            try:
                gone = read_filters(without, columns)
            except CkanError as error:
                raise wrong("filters", str(error.fields.get("filters", ["Invalid filters"])[0])) from None
            kinds = {one.name: one.type for one in version.schema}
            query = query.where(exp.not_(is_true(condition(gone, kinds))))
        table = engine.fetch(query)
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]


def _plain(value: Any) -> Any:
    """A cell as JSON holds it: numbers of JSON stay such, everything else is its text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else format(value.normalize(), "f")


def _submit(gate: Gate, person: Person, package: Package, rows: Sequence[Row], names: Sequence[str]) -> None:
    """The rows as a file of JSON lines, each with every column in order. Raises Refused."""
    if len(rows) > MAX_ROWS:
        raise _too_many()
    with tempfile.TemporaryDirectory(dir=gate.spool) as folder:
        path = Path(folder) / f"{package.name}.ndjson"
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps({name: row.get(name) for name in names}, ensure_ascii=False) + "\n")
        refuse_by_report(submit_file(gate, person, package, local(path, gate.settings.max_upload_bytes)))


def _too_many() -> TooLarge:
    return TooLarge(
        Text(f"记录超过 {MAX_ROWS:,} 条", f"More than {MAX_ROWS:,} records"),
        Text(
            "请改为上传文件（resource_update 的 upload）", "Upload a file instead (upload of resource_update)"
        ),
        Where(parameter="records"),
    )
