"""Croissant 1.1 out: the released Parquet as a file with its digest, its columns as the fields of one record set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.dataset import Column, ColumnType
from catalog.interchange.json_render import filled
from catalog.record import CatalogueRecord, RecordDistribution, best

__all__ = ["CONTEXT", "render_croissant"]

CROISSANT = "http://mlcommons.org/croissant/1.1"
CONTEXT: Mapping[str, Any] = {
    "@language": "zh",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    ColumnType.TEXT: "sc:Text",
    ColumnType.INTEGER: "sc:Integer",
    ColumnType.DECIMAL: "sc:Float",
    ColumnType.DOUBLE: "sc:Float",
    ColumnType.BOOLEAN: "sc:Boolean",
    ColumnType.DATE: "sc:Date",
    ColumnType.TIMESTAMP: "sc:DateTime",
    ColumnType.GEOMETRY: "sc:Text",
}
_PARQUET = "application/x-parquet"  # the name under which readers of Croissant know it


def render_croissant(one: CatalogueRecord) -> dict[str, Any]:
    """The description. Files are the distributions with an address whose digest is known, as the standard demands one of a
    file (where none is, all of them); fields come from the Parquet, else the CSV."""
    there = [each for each in one.distributions if each.download_url]
    files = [
        each for each in there if each.sha256 or (each.checksum and each.checksum[0].lower() == "md5")
    ] or there
    source = next((each for each in files if each.sha256), None) or next(
        (each for each in files if each.media_type == "text/csv"), None
    )
    licence = one.licence
    publisher = one.publisher
    name = best(one.titles, "zh", "en")
    return filled(
        {
            "@context": dict(CONTEXT),
            "@type": "sc:Dataset",
            "@id": one.uri,
            "conformsTo": CROISSANT,
            "identifier": one.identifier,
            "name": name,
            "description": best(one.descriptions, "zh", "en") or name,
            "url": one.landing_page or one.uri,
            "version": one.version,
            "license": (licence.uri or licence.words) if licence else None,
            "keywords": [each.word for each in one.keywords],
            "datePublished": one.issued,
            "dateModified": one.modified,
            "inLanguage": [each for each in one.languages if len(each) <= 10],
            "citeAs": f"{best(publisher.names, 'zh')}: {name}" if publisher else None,
            "publisher": _organisation(one),
            "creator": _organisation(one),
            "distribution": [_file(each) for each in files],
            "recordSet": [_record_set(one, source)] if source and one.columns else None,
        }
    )


def _organisation(one: CatalogueRecord) -> dict[str, Any] | None:
    if one.publisher is None:
        return None
    return filled(
        {"@type": "sc:Organization", "name": best(one.publisher.names, "zh", "en"), "url": one.publisher.uri}
    )


def _file(one: RecordDistribution) -> dict[str, Any]:
    parquet = one.media_type == "application/vnd.apache.parquet"
    return filled(
        {
            "@type": "cr:FileObject",
            "@id": _id(one),
            "name": best(one.titles, "zh", "en") or _id(one),
            "description": best(one.descriptions, "zh", "en"),
            "contentUrl": one.download_url,
            "encodingFormat": _PARQUET
            if parquet
            else one.media_type or one.format or "application/octet-stream",
            "contentSize": f"{one.bytes_} B" if one.bytes_ is not None else None,
            "sha256": one.sha256,
            "md5": one.checksum[1] if one.checksum and one.checksum[0].lower() == "md5" else None,
        }
    )


def _record_set(one: CatalogueRecord, source: RecordDistribution) -> dict[str, Any]:
    return filled(
        {
            "@type": "cr:RecordSet",
            "@id": "records",
            "name": "records",
            "description": best(one.titles, "zh", "en"),
            "key": [{"@id": f"records/{_place(one, key)}"} for key in one.keys[:1] if _place(one, key)],
            "field": [_field(each, number, _id(source)) for number, each in enumerate(one.columns, 1)],
        }
    )


def _place(one: CatalogueRecord, key: str) -> int:
    names = [each.name for each in one.columns]
    return names.index(key) + 1 if key in names else 0


def _field(one: Column, number: int, file: str) -> dict[str, Any]:
    """Fields are known by number: a name may hold what no identifier may."""
    words = [str(each) for each in (one.title, one.definition) if each]
    return filled(
        {
            "@type": "cr:Field",
            "@id": f"records/{number}",
            "name": one.name,
            "description": "; ".join([*words, *([one.unit] if one.unit else [])]),
            "dataType": _TYPES[one.type],
            "source": {"fileObject": {"@id": file}, "extract": {"column": one.name}},
        }
    )


def _id(one: RecordDistribution) -> str:
    return (one.download_url or "").rsplit("/", 1)[-1] or "file"
