"""schema.org out: the JSON-LD of a dataset as search engines for data read it (https://schema.org/Dataset)."""

from __future__ import annotations

from typing import Any

from catalog.interchange.json_render import filled, in_languages
from catalog.interchange.vocabulary import ACCESS_PUBLIC
from catalog.record import Agent, CatalogueRecord, Concept, Period, Place, RecordDistribution, best

__all__ = ["render_schema_org"]


def render_schema_org(one: CatalogueRecord, catalogue: str = "", home: str = "") -> dict[str, Any]:
    """The value of the JSON-LD; `catalogue` is the name of the portal at `home`."""
    licence = one.licence
    return filled(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": one.uri,
            "identifier": one.identifier,
            "name": in_languages(one.titles),
            "description": in_languages(one.descriptions),
            "url": one.landing_page or one.uri,
            "version": one.version,
            "keywords": [each.word for each in one.keywords],
            "about": [_concept(each) for each in one.themes],
            "license": (licence.uri or licence.words) if licence else None,
            "isAccessibleForFree": True if one.access_rights == ACCESS_PUBLIC else None,
            "conditionsOfAccess": one.access_rights,
            "publisher": _agent(one.publisher) if one.publisher else None,
            "creator": [_agent(each) for each in one.creators]
            or (_agent(one.publisher) if one.publisher else None),
            "datePublished": one.issued,
            "dateModified": one.modified,
            "inLanguage": [each for each in one.languages if len(each) <= 10],
            "temporalCoverage": [_period(each) for each in one.temporal],
            "spatialCoverage": [_place(each) for each in one.spatial],
            "distribution": [_download(each) for each in one.distributions],
            "variableMeasured": [
                filled(
                    {
                        "@type": "PropertyValue",
                        "name": each.name,
                        "alternateName": str(each.title) if each.title else None,
                        "description": str(each.definition) if each.definition else None,
                        "unitText": each.unit,
                    }
                )
                for each in one.columns
            ],
            "includedInDataCatalog": (
                {"@type": "DataCatalog", "name": catalogue, "url": home} if catalogue and home else None
            ),
        }
    )


def _agent(one: Agent) -> dict[str, Any]:
    found = {"@type": "Organization", "@id": one.uri, "name": in_languages(one.names)}
    return filled({**found, "url": one.homepage or one.uri, "email": one.email})


def _concept(one: Concept) -> Any:
    if one.uri is None:
        return best(one.labels, "en")
    return filled({"@type": "DefinedTerm", "@id": one.uri, "name": in_languages(one.labels)})


def _period(one: Period) -> str:
    """An interval of ISO 8601; an open end is two points."""
    return f"{one.start or '..'}/{one.end or '..'}"


def _place(one: Place) -> dict[str, Any]:
    box = one.box
    shape = {"@type": "GeoShape", "box": f"{box[1]} {box[0]} {box[3]} {box[2]}"} if box else None
    return filled({"@type": "Place", "@id": one.uri, "name": in_languages(one.names), "geo": shape})


def _download(one: RecordDistribution) -> dict[str, Any]:
    return filled(
        {
            "@type": "DataDownload",
            "name": in_languages(one.titles),
            "description": in_languages(one.descriptions),
            "contentUrl": one.download_url,
            "url": None if one.download_url else one.access_url,
            "encodingFormat": one.media_type or one.format,
            "contentSize": f"{one.bytes_} B" if one.bytes_ is not None else None,
            "sha256": one.sha256,
            "datePublished": one.issued,
            "dateModified": one.modified,
        }
    )
