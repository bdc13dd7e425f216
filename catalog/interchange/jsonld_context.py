"""The contexts of JSON-LD that are known here, and the refusal by name of every other: none is ever fetched.

A document from elsewhere must not make this machine ask any address, and what a term means must not change between two
harvests because a third party changed a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["DCAT_CONTEXT", "KNOWN_CONTEXTS", "SCHEMA_CONTEXT", "with_known_contexts"]


SCHEMA_CONTEXT: Mapping[str, Any] = {
    "@vocab": "http://schema.org/",
    "schema": "http://schema.org/",
    "id": "@id",
    "type": "@type",
    **{
        name: {"@id": f"http://schema.org/{name}", "@type": "@id"}
        for name in ("contentUrl", "image", "sameAs", "url", "codeRepository", "isBasedOn")
    },
}
"""schema.org's own, as far as datasets go: its vocabulary, and which terms hold addresses."""

_DCT = "http://purl.org/dc/terms/"
_DCAT = "http://www.w3.org/ns/dcat#"
_FOAF = "http://xmlns.com/foaf/0.1/"
_VCARD = "http://www.w3.org/2006/vcard/ns#"

_CLASSES_AND_TEXTS = (
    "Catalog Dataset Distribution DataService DatasetSeries keyword byteSize version startDate endDate"
)
_LINKS = (
    "dataset distribution service contactPoint theme landingPage accessURL downloadURL mediaType endpointURL"
    " endpointDescription servesDataset accessService inSeries catalog record"
)
_TERMS_LINKS = (
    "publisher creator license accessRights rights spatial temporal accrualPeriodicity language conformsTo format"
    " provenance source hasPart isPartOf"
)

DCAT_CONTEXT: Mapping[str, Any] = {
    "dcat": _DCAT,
    "dct": _DCT,
    "dcterms": _DCT,
    "foaf": _FOAF,
    "vcard": _VCARD,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "adms": "http://www.w3.org/ns/adms#",
    "id": "@id",
    "type": "@type",
    **{name: f"{_DCAT}{name}" for name in _CLASSES_AND_TEXTS.split()},
    **{name: {"@id": f"{_DCAT}{name}", "@type": "@id"} for name in _LINKS.split()},
    **{name: f"{_DCT}{name}" for name in ["title", "description", "identifier", "issued", "modified"]},
    **{name: {"@id": f"{_DCT}{name}", "@type": "@id"} for name in _TERMS_LINKS.split()},
    "name": f"{_FOAF}name",
    "homepage": {"@id": f"{_FOAF}homepage", "@type": "@id"},
    "page": {"@id": f"{_FOAF}page", "@type": "@id"},
    "fn": f"{_VCARD}fn",
    "hasEmail": {"@id": f"{_VCARD}hasEmail", "@type": "@id"},
    "hasURL": {"@id": f"{_VCARD}hasURL", "@type": "@id"},
}
"""The terms of DCAT by their plain names, as the contexts of DCAT and DCAT-AP map them."""

KNOWN_CONTEXTS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(
        ("schema.org", "schema.org/docs/jsonldcontext.json", "schema.org/docs/jsonldcontext.jsonld"),
        SCHEMA_CONTEXT,
    ),
    **dict.fromkeys(
        (
            "www.w3.org/ns/dcat",
            "www.w3.org/ns/dcat.jsonld",
            "semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld",
            "semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld",
            "project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        ),
        DCAT_CONTEXT,
    ),
}
"""By address without scheme, ``www.`` of schema.org and final slash."""


def with_known_contexts(value: Any) -> Any:
    """A JSON-LD document whose contexts stand in it. Raises BadInput naming the first context that is not known. The
    document's nesting is bounded before (`reading.json_of`)."""
    if isinstance(value, list):
        return [with_known_contexts(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _context(one)
        if name == "@context"
        else _imported(one)
        if name == "@import"
        else with_known_contexts(one)
        for name, one in value.items()
    }


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, str):
        plain = value.split("://", 1)[-1].rstrip("/#")
        plain = plain.removeprefix("www.") if plain.startswith("www.schema.org") else plain
        known = KNOWN_CONTEXTS.get(plain)
        if known is None:
            raise _unknown(value)
        return dict(known)
    return with_known_contexts(value)


def _imported(value: Any) -> Any:
    raise _unknown(value if isinstance(value, str) else "@import")


def _unknown(name: str) -> BadInput:
    shown = "".join(one for one in name[:200] if one.isprintable())
    return BadInput(
        Text(
            f"不认识的 JSON-LD 上下文：{shown}（网关从不联网读取上下文）",
            f"Unknown JSON-LD context: {shown} (contexts are never fetched)",
        ),
        Text("请让来源方把上下文写进文档", "Have its publisher write the context into the document"),
        Where(parameter="@context"),
    )
