"""Frictionless Data Packages, v1 and v2, as records (https://datapackage.org); `frictionless` reads them as contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from catalog.dataset import Column, ColumnType, Schema
from catalog.interchange.json_parts import JsonParts
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, json_of, no_datasets, objects
from catalog.record import CatalogueRecord, Parsed, RecordDistribution, best, is_iri
from catalog.text import Text

__all__ = ["COLUMN_TYPES", "parse_data_package", "read_data_package"]

COLUMN_TYPES: Mapping[str, ColumnType] = {
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "datetime": ColumnType.TIMESTAMP,
    "geojson": ColumnType.GEOMETRY,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.DOUBLE,
    "string": ColumnType.TEXT,
    "year": ColumnType.INTEGER,
}
"""Types of Table Schema that have one of ours; every other is read as text."""


def parse_data_package(body: bytes, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The one dataset of a descriptor; `base` is the address it came from, against which its paths stand. Raises BadInput:
    malformed, no package; TooLarge."""
    return read_data_package(json_of(body, limits, "Data Package"), base, limits)


def read_data_package(value: Any, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The same from the document's value."""
    if not isinstance(value, dict) or not isinstance(value.get("resources"), list):
        raise no_datasets("Data Package")
    notes = Notes(limits)
    parts = JsonParts(notes, limits)
    identifier = parts.text(value.get("id"), value.get("name"), base)
    parts.of = identifier or "datapackage"
    if identifier is None:
        notes.note("no-identifier", parts.of, "name", "the package has neither id nor name")
    resources = list(objects(value["resources"]))[: limits.max_values]
    people = list(objects(value.get("contributors")))
    publisher = next((one for one in people if "publisher" in _roles(one)), None)
    record = CatalogueRecord(
        identifier=parts.of,
        uri=parts.of if is_iri(parts.of) else None,
        titles=parts.words(value.get("title"), value.get("name")),
        descriptions=parts.words(value.get("description")),
        publisher=parts.agent(publisher),
        creators=tuple(
            found for one in people if one is not publisher and (found := parts.agent(one)) is not None
        ),
        contacts=parts.contacts(
            [one for one in people if "contact" in _roles(one) or one.get("role") == "maintainer"]
        ),
        licence=parts.licence(value.get("licenses")),
        keywords=parts.keywords(value.get("keywords")),
        issued=parts.date("created", value.get("created")),
        landing_page=parts.address("homepage", value.get("homepage")),
        version=parts.text(value.get("version")),
        distributions=tuple(_distribution(one, parts, base) for one in resources),
        columns=_columns(resources[0], parts) if resources else (),
        keys=_keys(resources[0]) if resources else (),
    )
    return Parsed((record,), notes.problems())


def _roles(one: Mapping[str, Any]) -> list[Any]:
    """v2 has `roles`, v1 `role`."""
    roles = one.get("roles")
    return roles if isinstance(roles, list) else [one.get("role")]


def _distribution(one: Mapping[str, Any], parts: JsonParts, base: str) -> RecordDistribution:
    path = parts.text(one.get("path"))
    if path is not None and not is_iri(path):
        if is_iri(base) and ".." not in path.split("/") and not path.startswith("/"):
            path = urljoin(base, path)
        else:
            parts.notes.note(
                "address",
                parts.of,
                "resources.path",
                "a path beside the descriptor, whose address is not known",
            )
            path = None
    digest = parts.text(one.get("hash")) or ""
    algorithm, _, plain = digest.rpartition(":")
    is_sha = algorithm == "sha256"
    return RecordDistribution(
        identifier=parts.text(one.get("name")),
        titles=parts.words(one.get("title"), one.get("name")),
        descriptions=parts.words(one.get("description")),
        access_url=path,
        download_url=path,
        format=parts.text(one.get("format")),
        media_type=parts.media_type(one.get("mediatype")),
        bytes_=parts.bytes_("bytes", one.get("bytes")),
        sha256=parts.sha256("hash", plain) if is_sha else None,
        checksum=(algorithm or "md5", plain) if plain and not is_sha else None,
        licence=parts.licence(one.get("licenses")),
    )


def _columns(resource: Mapping[str, Any], parts: JsonParts) -> Schema:
    schema = resource.get("schema")
    if isinstance(schema, str):
        parts.notes.note("schema", parts.of, "resources.schema", "it lies at another address and is not read")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    found = []
    for one in list(objects(fields))[:2_000]:
        name = parts.text(one.get("name"))
        if name:
            title, about = parts.words(one.get("title")), parts.words(one.get("description"))
            found.append(
                Column(
                    name,
                    COLUMN_TYPES.get(str(one.get("type")), ColumnType.TEXT),
                    Text(best(title), best(title)) if title else None,
                    Text(best(about), best(about)) if about else None,
                )
            )
    return tuple(found)


def _keys(resource: Mapping[str, Any]) -> tuple[str, ...]:
    schema = resource.get("schema")
    key = schema.get("primaryKey") if isinstance(schema, dict) else None
    return (key,) if isinstance(key, str) else tuple(one for one in key or () if isinstance(one, str))
