"""Which parser reads a document: by its kind where that is said, else by media type and what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.interchange.ckan_record import read_ckan_packages
from catalog.interchange.croissant import read_croissant
from catalog.interchange.data_json import read_data_json
from catalog.interchange.data_package import read_data_package
from catalog.interchange.dcat import parse_dcat
from catalog.interchange.iso19139 import ISO_MARKS, parse_iso19139
from catalog.interchange.limits import Limits
from catalog.interchange.ogc_records import is_features, read_records
from catalog.interchange.reading import json_of, no_datasets
from catalog.interchange.schema_org import parse_schema_org_page
from catalog.record import Parsed

__all__ = ["FORMATS", "format_of_document", "parse_catalogue"]

FORMATS = (
    "turtle",
    "json-ld",
    "rdf-xml",
    "data-json",
    "croissant",
    "data-package",
    "schema-org-page",
    "ckan",
    "ogc-records",
    "iso19139",
)
"""Names of the formats that are read; provenance says one of them."""


def parse_catalogue(
    body: bytes,
    *,
    base: str = "",
    format: str = "",  # noqa: A002 - the name a caller knows
    media_type: str = "",
    limits: Limits = Limits(),  # noqa: B008
) -> Parsed:
    """The datasets of a document from `base`; `format` is one of `FORMATS`, "" = found out. Raises BadInput: malformed,
    none of the formats; TooLarge."""
    chosen = format or format_of_document(body, media_type, limits)
    readers: dict[str, Callable[[], Parsed]] = {
        "turtle": lambda: parse_dcat(body, "turtle", base, limits),
        "json-ld": lambda: parse_dcat(body, "json-ld", base, limits),
        "rdf-xml": lambda: parse_dcat(body, "xml", base, limits),
        "data-json": lambda: read_data_json(json_of(body, limits, "data.json"), limits),
        "croissant": lambda: read_croissant(json_of(body, limits, "Croissant"), base, limits),
        "data-package": lambda: read_data_package(json_of(body, limits, "Data Package"), base, limits),
        "schema-org-page": lambda: parse_schema_org_page(body, base, limits),
        "ckan": lambda: read_ckan_packages(json_of(body, limits, "CKAN JSON"), limits),
        "ogc-records": lambda: read_records(json_of(body, limits, "OGC API Records"), limits),
        "iso19139": lambda: parse_iso19139(body, base, limits),
    }
    return readers[chosen]()


def format_of_document(body: bytes, media_type: str = "", limits: Limits = Limits()) -> str:  # noqa: B008
    """The format of a document: by what stands in it, the media type only tells Turtle from nothing at all, because
    portals send anything as ``text/plain``. Raises BadInput: none of the formats."""
    start = body[:4_096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")
    low = start.lower()
    if start[:1] in (b"{", b"["):
        return _json_format(json_of(body, limits))
    if start[:1] == b"<" and (b"<html" in low or b"<!doctype html" in low):
        return "schema-org-page"
    if b"<?xml" in low[:100] or b"<rdf:rdf" in low or any(mark in start for mark in ISO_MARKS):
        is_rdf = b"<rdf:rdf" in low or b"22-rdf-syntax-ns" in low
        return "iso19139" if not is_rdf and any(mark in body for mark in ISO_MARKS) else "rdf-xml"
    if "html" in media_type:
        return "schema-org-page"
    if b"prefix" in low or b"base" in low or "turtle" in media_type or start[:1] in (b"#", b"<", b"_"):
        return "turtle"
    raise no_datasets("DCAT, data.json, Croissant, Data Package, CKAN, OGC")


def _json_format(value: Any) -> str:
    one = value[0] if isinstance(value, list) and value else value
    if not isinstance(one, dict):
        raise no_datasets("JSON")
    if "result" in one or (
        "name" in one and "resources" in one and ("notes" in one or "owner_org" in one or "tags" in one)
    ):
        return "ckan"
    if is_features(one):
        return "ogc-records"
    if _is_croissant(one):
        return "croissant"
    if "@context" in one and not _is_plain_data_json(one):
        return "json-ld"
    if "resources" in one:
        return "data-package" if not isinstance(one.get("resources"), dict) else "json-ld"
    if "dataset" in one or "distribution" in one or isinstance(value, list):
        return "data-json"
    if "@graph" in one or "@id" in one:
        return "json-ld"
    raise no_datasets("JSON")


def _is_croissant(one: dict[str, Any]) -> bool:
    context = one.get("@context")
    said = "mlcommons.org/croissant" in str(one.get("conformsTo", one.get("dct:conformsTo", "")))
    return said or (isinstance(context, dict) and "recordSet" in one)


def _is_plain_data_json(one: dict[str, Any]) -> bool:
    """data.json names a context that nobody needs: its members are known by their names. One with contexts in its datasets
    means other terms, and is JSON-LD."""
    context = one["@context"]
    named = f"{context if isinstance(context, str) else ''} {one.get('conformsTo', '')}".lower()
    inner = any(isinstance(each, dict) and "@context" in each for each in one.get("dataset") or ())
    return (
        isinstance(one.get("dataset"), list)
        and not inner
        and ("project-open-data" in named or "dcat-us" in named)
    )
