"""Data Package 2 out (https://datapackage.org/standard/data-package): the downloads as resources, the columns as a schema."""

from __future__ import annotations

import re
from typing import Any

from catalog.dataset import Column, ColumnType
from catalog.interchange.json_render import filled
from catalog.record import CatalogueRecord, RecordDistribution, best

__all__ = ["render_data_package"]

_PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "number",
    ColumnType.DOUBLE: "number",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "datetime",
    ColumnType.GEOMETRY: "string",  # GeoJSON text in a cell of CSV
}
_NAME = re.compile(r"[^a-z0-9._/\-]+")
_TABULAR = ("text/csv",)


def render_data_package(one: CatalogueRecord) -> dict[str, Any]:
    """The descriptor. A distribution without an address has no place in it."""
    licence, publisher = one.licence, one.publisher
    people = [{"title": best(publisher.names, "zh", "en"), "roles": ["publisher"]}] if publisher else []
    people += [
        filled(
            {"title": each.name or each.email, "email": each.email, "path": each.url, "roles": ["contact"]}
        )
        for each in one.contacts
    ]
    resources = [
        _resource(one, each, number) for number, each in enumerate(one.distributions) if _address(each)
    ]
    return filled(
        {
            "$schema": f"{_PROFILES}/datapackage.json",
            "name": _NAME.sub("-", one.identifier.lower()).strip("-") or "dataset",
            "id": one.uri or one.identifier,
            "title": best(one.titles, "zh", "en"),
            "description": best(one.descriptions, "zh", "en"),
            "homepage": one.landing_page,
            "version": one.version,
            "created": one.modified or one.issued if _is_moment(one.modified or one.issued) else None,
            "keywords": [each.word for each in one.keywords],
            "licenses": [filled({"name": licence.words, "path": licence.uri})] if licence else None,
            "contributors": people,
            "resources": resources,
        }
    )


def _resource(one: CatalogueRecord, file: RecordDistribution, number: int) -> dict[str, Any]:
    tabular = file.media_type in _TABULAR and bool(one.columns)
    address = _address(file)
    named = _NAME.sub("-", address.rsplit("/", 1)[-1].lower()).strip("-./")
    return filled(
        {
            "$schema": f"{_PROFILES}/dataresource.json",
            "name": f"{named or 'file'}-{number}",
            "type": "table" if tabular else None,
            "title": best(file.titles, "zh", "en"),
            "description": best(file.descriptions, "zh", "en"),
            "path": address,
            "format": address.rsplit(".", 1)[-1] if file.sha256 or tabular else None,
            "mediatype": file.media_type,
            "encoding": "utf-8" if tabular else None,
            "bytes": file.bytes_,
            "hash": f"sha256:{file.sha256}"
            if file.sha256
            else ":".join(file.checksum)
            if file.checksum
            else None,
            "schema": _schema(one) if tabular else None,
        }
    )


def _schema(one: CatalogueRecord) -> dict[str, Any]:
    return filled(
        {
            "$schema": f"{_PROFILES}/tableschema.json",
            "fields": [_field(each) for each in one.columns],
            "primaryKey": list(one.keys[:1]),
        }
    )


def _field(one: Column) -> dict[str, Any]:
    return filled(
        {
            "name": one.name,
            "type": _TYPES[one.type],
            "title": one.title.zh if one.title else None,
            "description": str(one.definition) if one.definition else None,
            "unit": one.unit,
        }
    )


def _address(one: RecordDistribution) -> str:
    return one.download_url or one.access_url or ""


def _is_moment(text: str | None) -> bool:
    return text is not None and "T" in text
