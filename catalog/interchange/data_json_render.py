"""data.json out: DCAT-US 3 with its context written into it, and with the members that readers of 1.1 look for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.interchange.dcat_render import Catalogue
from catalog.interchange.json_render import filled, in_languages
from catalog.interchange.jsonld_context import DCAT_CONTEXT
from catalog.interchange.vocabulary import ACCESS_PUBLIC, FREQUENCY, format_words
from catalog.record import (
    Agent,
    CatalogueRecord,
    Concept,
    Contact,
    DataService,
    Licence,
    Place,
    RecordDistribution,
    best,
)

__all__ = ["DCAT_US", "render_data_json"]

DCAT_US = "https://resources.data.gov/resources/dcat-us/3.0"
_PERIODS = {
    FREQUENCY["UPDATE_CONT"]: "R/PT1S",
    FREQUENCY["DAILY"]: "R/P1D",
    FREQUENCY["WEEKLY"]: "R/P1W",
    FREQUENCY["MONTHLY"]: "R/P1M",
    FREQUENCY["QUARTERLY"]: "R/P3M",
    FREQUENCY["ANNUAL_2"]: "R/P6M",
    FREQUENCY["ANNUAL"]: "R/P1Y",
    FREQUENCY["IRREG"]: "irregular",
}


def render_data_json(
    records: Sequence[CatalogueRecord], catalogue: Catalogue, next_page: str | None = None
) -> dict[str, Any]:
    """A page of the catalogue as the value of a data.json; `next_page` is the address of the next one."""
    found: dict[str, Any] = {
        "@context": dict(DCAT_CONTEXT),
        "@id": catalogue.uri,
        "@type": "dcat:Catalog",
        "conformsTo": DCAT_US,
        "title": in_languages(catalogue.titles),
        "description": in_languages(catalogue.descriptions),
        "publisher": _agent(catalogue.publisher),
        "dataset": [_dataset(one) for one in records],
    }
    return found | ({"nextPage": next_page} if next_page else {})


def _dataset(one: CatalogueRecord) -> dict[str, Any]:
    return filled(
        {
            "@type": "dcat:DatasetSeries" if one.is_series else "dcat:Dataset",
            "@id": one.uri,
            "identifier": one.identifier,
            "title": in_languages(one.titles),
            "description": in_languages(one.descriptions),
            "accessLevel": _level(one.access_rights),
            "accessRights": one.access_rights,
            "rights": one.rights,
            "publisher": _agent(one.publisher) if one.publisher else None,
            "creator": [_agent(each) for each in one.creators],
            "contactPoint": [_contact(each) for each in one.contacts],
            "license": _licence(one.licence),
            "theme": [_concept(each) for each in one.themes],
            "keyword": [each.word for each in one.keywords],
            "spatial": [_place(each) for each in one.spatial],
            "temporal": [filled({"startDate": each.start, "endDate": each.end}) for each in one.temporal],
            "issued": one.issued,
            "modified": one.modified,
            "accrualPeriodicity": _PERIODS.get(one.frequency or "", one.frequency),
            "language": list(one.languages),
            "landingPage": one.landing_page,
            "references": list(one.documentation),
            "conformsTo": list(one.conforms_to),
            "version": one.version,
            "inSeries": list(one.series),
            "distribution": [_distribution(each) for each in one.distributions]
            + [_api(each) for each in one.services],
        }
    )


def _distribution(one: RecordDistribution) -> dict[str, Any]:
    algorithm, digest = ("sha256", one.sha256) if one.sha256 else one.checksum or ("", None)
    return filled(
        {
            "@type": "dcat:Distribution",
            "identifier": one.identifier,
            "title": in_languages(one.titles),
            "description": in_languages(one.descriptions),
            "accessURL": one.access_url,
            "downloadURL": one.download_url,
            "format": format_words(one.format, one.media_type),
            "mediaType": one.media_type,
            "byteSize": one.bytes_,
            "checksum": {"algorithm": algorithm, "checksumValue": digest} if digest else None,
            "issued": one.issued,
            "modified": one.modified,
            "license": _licence(one.licence),
            "rights": one.rights,
            "conformsTo": list(one.conforms_to),
            "accessService": [_service(each) for each in one.services],
        }
    )


def _api(one: DataService) -> dict[str, Any]:
    """An API as readers of 1.1 know one: a distribution without a download."""
    return filled(
        {
            "@type": "dcat:Distribution",
            "title": best(one.titles, "zh", "en"),  # 1.1 knows one language
            "format": "API",
            "accessURL": one.endpoint_url,
            "accessService": [_service(one)],
        }
    )


def _service(one: DataService) -> dict[str, Any]:
    return filled(
        {
            "@type": "dcat:DataService",
            "title": in_languages(one.titles),
            "endpointURL": one.endpoint_url,
            "endpointDescription": one.endpoint_description,
        }
    )


def _agent(one: Agent) -> dict[str, Any]:
    found = {
        "@id": one.uri,
        "@type": "org:Organization",
        "name": in_languages(one.names),
        "homepage": one.homepage,
    }
    return filled({**found, "mbox": one.email, "identifier": one.identifier})


def _contact(one: Contact) -> dict[str, Any]:
    mail = f"mailto:{one.email}" if one.email else None
    return filled({"@type": "vcard:Kind", "fn": one.name, "hasEmail": mail, "hasURL": one.url})


def _licence(one: Licence | None) -> Any:
    """The address; words where there is none."""
    return None if one is None else one.uri or one.words


def _concept(one: Concept) -> Any:
    if one.uri and one.labels:
        return {"@id": one.uri, "@type": "skos:Concept", "prefLabel": best(one.labels, "en")}
    return one.uri or best(one.labels, "en")


def _place(one: Place) -> Any:
    box = ",".join(f"{each:.7g}" for each in one.box) if one.box else None
    if one.names or one.uri:
        return filled({"@id": one.uri, "prefLabel": in_languages(one.names), "bbox": box})
    return box


def _level(rights: str | None) -> str:
    """`accessLevel` of 1.1: what is in this catalogue is public unless it says that conditions apply."""
    return "public" if rights in (None, ACCESS_PUBLIC, "public") else "restricted public"
