"""Croissant 1.0 and 1.1 (https://docs.mlcommons.org/croissant) as records: schema.org's dataset with files and record sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from catalog.dataset import Column, ColumnType, Schema
from catalog.interchange.json_parts import JsonParts
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, json_of, no_datasets, objects, texts
from catalog.record import CatalogueRecord, Parsed, RecordDistribution, best, is_iri
from catalog.text import Text

__all__ = ["parse_croissant", "read_croissant"]

_TYPES = {
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "datetime": ColumnType.TIMESTAMP,
    "float": ColumnType.DOUBLE,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.DOUBLE,
}


def parse_croissant(body: bytes, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The one dataset of a description from `base`, against which its files stand. Raises BadInput: malformed, no Croissant; TooLarge."""
    return read_croissant(json_of(body, limits, "Croissant"), base, limits)


def read_croissant(value: Any, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The same from the document's value."""
    kinds = (
        [one.rsplit(":", 1)[-1].rsplit("/", 1)[-1] for one in texts(value.get("@type"))]
        if isinstance(value, dict)
        else []
    )
    if "Dataset" not in kinds:
        raise no_datasets("Croissant")
    notes = Notes(limits)
    parts = JsonParts(notes, limits)
    page = parts.address("url", value.get("url"))
    node = parts.text(value.get("@id"))
    identifier = parts.text(value.get("identifier"), node, page, value.get("name"))
    parts.of = identifier or "croissant"
    files = list(objects(value.get("distribution")))[: limits.max_values]
    record = CatalogueRecord(
        identifier=parts.of,
        uri=next((one for one in (node, page) if one and is_iri(one)), None),
        titles=parts.words(value.get("name")),
        descriptions=parts.words(value.get("description")),
        publisher=parts.agent(value.get("publisher")),
        creators=tuple(found for one in objects(value.get("creator")) if (found := parts.agent(one))),
        licence=parts.licence(value.get("license")),
        keywords=parts.keywords(value.get("keywords")),
        issued=parts.date("datePublished", value.get("datePublished")),
        modified=parts.date("dateModified", value.get("dateModified")),
        languages=tuple(parts.several("inLanguage", value.get("inLanguage"))),
        landing_page=page,
        version=parts.text(value.get("version")),
        spatial=parts.places(value.get("spatialCoverage")),
        temporal=parts.periods(value.get("temporalCoverage")),
        distributions=tuple(_file(one, parts, base) for one in files),
        columns=_columns(value.get("recordSet"), parts),
    )
    return Parsed((record,), notes.problems())


def _file(one: Mapping[str, Any], parts: JsonParts, base: str) -> RecordDistribution:
    """A file, or a set of files inside another: that has no address of its own."""
    address = one.get("contentUrl")
    at = urljoin(base, address) if isinstance(address, str) and is_iri(base) else address
    at = at if isinstance(at, str) and is_iri(at) else None
    if address and at is None:
        parts.notes.note("address", parts.of, "contentUrl", "not an absolute address")
    md5 = parts.text(one.get("md5"))
    return RecordDistribution(
        identifier=parts.text(one.get("@id"), one.get("name")),
        titles=parts.words(one.get("name"), one.get("@id")),
        descriptions=parts.words(one.get("description")),
        access_url=at,
        download_url=at,
        format=parts.text(one.get("encodingFormat")),
        media_type=parts.media_type(one.get("encodingFormat")),
        bytes_=parts.bytes_("contentSize", one.get("contentSize")),
        sha256=parts.sha256("sha256", one.get("sha256")),
        checksum=("md5", md5.lower()) if md5 else None,
    )


def _columns(record_sets: Any, parts: JsonParts) -> Schema:
    """The fields of the last record set: the ones before it are code lists that it refers to."""
    several = list(objects(record_sets))
    fields = list(objects(several[-1].get("field")))[:2_000] if several else []
    found = []
    for one in fields:
        name = parts.text(one.get("name"), one.get("@id"))
        kind = next(
            (each.rsplit(":", 1)[-1].rsplit("/", 1)[-1].lower() for each in texts(one.get("dataType"))), ""
        )
        about = parts.words(one.get("description"))
        if name:
            plain = name.rsplit("/", 1)[-1]
            words = Text(best(about), best(about)) if about else None
            found.append(Column(plain, _TYPES.get(kind, ColumnType.TEXT), None, words))
    return tuple(found)
