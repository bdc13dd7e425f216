"""Records of a page, or groups of an aggregate, as CSV, NDJSON or GeoJSON: made from their JSON, whose numbers keep their
digits, so that a cell reads as in an export.

JSON has members for the total and the next page; the other forms have the Link header for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from catalog.dataset import Column, ColumnType
from gateway.serve.encoding import csv_text
from gateway.serve.formats import FORMATS, no_geometry
from gateway.serve.location import location_of

__all__ = ["AGGREGATE_FORMATS", "RECORDS_FORMATS", "csv_page", "geojson_page", "ndjson_page"]

RECORDS_FORMATS = tuple(
    (suffix, FORMATS[suffix].media_type.partition(";")[0]) for suffix in ("json", "csv", "ndjson", "geojson")
)
"""(suffix, media type), the usual one first."""

AGGREGATE_FORMATS = RECORDS_FORMATS[:3]


def csv_page(records: Iterable[bytes], types: Mapping[str, ColumnType]) -> bytes:
    """RFC 4180 with a header, as `gateway.serve.encoding.csv_row` writes it. `types` are the columns, in order."""
    geometries = [name for name, kind in types.items() if kind is ColumnType.GEOMETRY]
    lines = [",".join(csv_text(name) for name in types)]
    for record in records:
        row = json.loads(record, parse_float=str, parse_int=str)
        if geometries:
            whole = orjson.loads(record)
            row |= {name: _geometry(whole[name]) for name in geometries}
        lines.append(",".join(_cell(row[name], kind) for name, kind in types.items()))
    lines.append("")
    return "\r\n".join(lines).encode()


def ndjson_page(records: Iterable[bytes]) -> bytes:
    """A JSON object a line."""
    return b"".join(record + b"\n" for record in records)


def geojson_page(records: Sequence[bytes], columns: Sequence[Column], total: int | None) -> bytes:
    """A feature collection (RFC 7946). `columns` are all of the release; a record holds those that were selected, and
    its place wherever it was selected too.

    Raises BadInput: the dataset has no places.
    """
    location = location_of(columns)
    if location is None:
        raise no_geometry()
    features = []
    for record in records:
        row: dict[str, Any] = orjson.loads(record)
        if location.geometry:
            geometry = row.pop(location.geometry, None)
        else:
            place = [row.get(location.longitude), row.get(location.latitude)]
            plain = all(isinstance(one, int | float) for one in place)
            geometry = {"type": "Point", "coordinates": place} if plain else None
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    collection: dict[str, Any] = {"type": "FeatureCollection"}
    if total is not None:
        collection["numberMatched"] = total
    return orjson.dumps(collection | {"numberReturned": len(features), "features": features})


def _cell(value: Any, kind: ColumnType) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind is ColumnType.DECIMAL:  # in JSON it is a double's text, 12.0 or 1e-9
        digits = format(Decimal(value), "f")
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    return csv_text(value)


def _geometry(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
