"""DCAT-US (data.json) in and out: Project Open Data 1.1 and DCAT-US 3, and the plain JSON of DCAT that older portals write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.interchange.json_parts import JsonParts
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, json_of, no_datasets, objects, over
from catalog.record import CatalogueRecord, DataService, Parsed, RecordDistribution, is_iri

__all__ = ["parse_data_json", "read_data_json"]


def parse_data_json(body: bytes, limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets of a data.json, or of one dataset of it. Raises BadInput: malformed, no catalogue; TooLarge."""
    return read_data_json(json_of(body, limits, "data.json"), limits)


def read_data_json(value: Any, limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The same from the document's value."""
    if isinstance(value, dict) and "dataset" not in value and "title" in value:
        value = {"dataset": [value]}
    listed = value.get("dataset") if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise no_datasets("data.json")
    if len(listed) > limits.max_records:
        raise over("datasets", "个数据集", limits.max_records)
    notes = Notes(limits)
    parts = JsonParts(notes, limits)
    language = parts.text(value.get("language")) if isinstance(value, dict) else None
    records = []
    for number, one in enumerate(listed):
        if not isinstance(one, dict) or not any(one.get(name) for name in ("title", "identifier", "@id")):
            notes.note(
                "not-a-dataset",
                f"dataset[{number}]",
                "",
                "an object with a title or an identifier belongs here",
            )
            continue
        records.append(_record(one, parts, language or "", number))
    return Parsed(tuple(records), notes.problems())


def _record(one: Mapping[str, Any], parts: JsonParts, language: str, number: int) -> CatalogueRecord:
    node = parts.text(one.get("@id"))
    said = one.get("identifier")
    named = said.get("notation") or said.get("@value") if isinstance(said, dict) else said
    identifier = parts.text(named, node)
    parts.of = identifier or f"dataset[{number}]"
    if identifier is None:
        parts.notes.note("no-identifier", parts.of, "identifier", "made from its place in the list")
    languages = tuple(parts.several("language", one.get("language")))
    tongue = (languages[0] if len(languages) == 1 else language).partition("-")[0]
    tongue = tongue if len(tongue) in (2, 3) else ""
    uri = next((each for each in (node, identifier) if each and is_iri(each)), None)
    licence = parts.licence(one.get("license"))
    return CatalogueRecord(
        identifier=parts.of,
        uri=uri,
        titles=parts.words(one.get("title"), language=tongue),
        descriptions=parts.words(one.get("description"), language=tongue),
        publisher=parts.agent(one.get("publisher")),
        creators=tuple(found for each in objects(one.get("creator")) if (found := parts.agent(each))),
        contacts=parts.contacts(one.get("contactPoint")),
        licence=licence,
        access_rights=parts.text(one.get("accessRights"), one.get("accessLevel")),
        rights=parts.text(one.get("rights")),
        themes=parts.themes(one.get("theme")),
        keywords=parts.keywords(one.get("keyword")),
        spatial=parts.places(one.get("spatial")),
        temporal=parts.periods(one.get("temporal")),
        issued=parts.date("issued", one.get("issued")),
        modified=parts.date("modified", one.get("modified")),
        frequency=parts.text(one.get("accrualPeriodicity")),
        languages=languages,
        landing_page=parts.address("landingPage", one.get("landingPage")),
        documentation=parts.addresses("references", one.get("references") or one.get("page")),
        conforms_to=parts.addresses("conformsTo", one.get("conformsTo")),
        version=parts.text(one.get("version")),
        series=parts.addresses("inSeries", one.get("inSeries") or one.get("isPartOf")),
        distributions=tuple(
            _distribution(each, parts, tongue)
            for each in list(objects(one.get("distribution")))[: parts.limits.max_values]
        ),
    )


def _distribution(one: Mapping[str, Any], parts: JsonParts, language: str) -> RecordDistribution:
    checksum = one.get("checksum")
    digest = checksum.get("checksumValue") if isinstance(checksum, dict) else None
    by = str(checksum.get("algorithm", "")) if isinstance(checksum, dict) else ""
    is_sha = "sha256" in by.lower().replace("-", "").replace("_", "")
    return RecordDistribution(
        identifier=parts.text(one.get("identifier"), one.get("@id")),
        titles=parts.words(one.get("title"), language=language),
        descriptions=parts.words(one.get("description"), language=language),
        access_url=parts.address("accessURL", one.get("accessURL")),
        download_url=parts.address("downloadURL", one.get("downloadURL")),
        format=parts.text(one.get("format")),
        media_type=parts.media_type(one.get("mediaType"), one.get("format")),
        bytes_=parts.bytes_("byteSize", one.get("byteSize")),
        sha256=parts.sha256("checksum", digest) if is_sha else None,
        checksum=(by, str(digest)) if digest and not is_sha else None,
        issued=parts.date("issued", one.get("issued")),
        modified=parts.date("modified", one.get("modified")),
        licence=parts.licence(one.get("license")),
        rights=parts.text(one.get("rights")),
        conforms_to=parts.addresses("conformsTo", one.get("conformsTo")),
        services=tuple(
            DataService(
                titles=parts.words(each.get("title"), language=language),
                endpoint_url=parts.address("endpointURL", each.get("endpointURL")),
                endpoint_description=parts.address("endpointDescription", each.get("endpointDescription")),
            )
            for each in objects(one.get("accessService"))
        ),
    )
