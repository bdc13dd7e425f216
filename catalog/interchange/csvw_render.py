"""CSV on the Web out (https://www.w3.org/TR/tabular-metadata): what stands in the columns of the CSV that is served."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from catalog.dataset import Column, ColumnType
from catalog.interchange.json_render import filled
from catalog.record import CatalogueRecord, best

__all__ = ["render_csvw"]

_TYPES: dict[ColumnType, Any] = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "decimal",
    ColumnType.DOUBLE: "number",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: {"base": "dateTime"},
    ColumnType.GEOMETRY: {"base": "string", "dc:format": "application/geo+json"},
}


def render_csvw(one: CatalogueRecord) -> dict[str, Any] | None:
    """The metadata of the CSV; None where there is none."""
    file = next(
        (each for each in one.distributions if each.media_type == "text/csv" and each.download_url), None
    )
    if file is None or not one.columns:
        return None
    licence, publisher = one.licence, one.publisher
    return filled(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
            "url": file.download_url,
            "dc:identifier": one.identifier,
            "dc:title": best(one.titles, "zh", "en"),
            "dc:description": best(one.descriptions, "zh", "en"),
            "dc:license": {"@id": licence.uri} if licence and licence.uri else None,
            "dc:publisher": best(publisher.names, "zh", "en") if publisher else None,
            "dc:modified": {"@value": one.modified, "@type": "xsd:dateTime"} if one.modified else None,
            "dcat:keyword": [each.word for each in one.keywords],
            "dialect": {"encoding": "utf-8", "header": True, "delimiter": ","},
            "tableSchema": filled(
                {
                    "columns": [_column(each, number) for number, each in enumerate(one.columns, 1)],
                    "primaryKey": [f"c{_place(one, key)}" for key in one.keys[:1] if _place(one, key)],
                }
            ),
        }
    )


def _place(one: CatalogueRecord, key: str) -> int:
    names = [each.name for each in one.columns]
    return names.index(key) + 1 if key in names else 0


def _column(one: Column, number: int) -> dict[str, Any]:
    """`name` is for URI templates, which take no Han character: a number; `titles` is what stands in the header."""
    return filled(
        {
            "name": f"c{number}",
            "titles": one.name,
            "datatype": _TYPES[one.type],
            "dc:title": one.title.zh if one.title else None,
            "dc:description": str(one.definition) if one.definition else None,
            "schema:unitText": one.unit,
            "propertyUrl": f"#{quote(one.name, safe='')}",
        }
    )
