"""A CKAN package (what `package_show` returns) as a record, with the members that ckanext-dcat and scheming add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.interchange.json_parts import JsonParts
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, json_of, no_datasets, objects, over
from catalog.record import CatalogueRecord, DataService, Parsed, RecordDistribution, is_iri

__all__ = ["parse_ckan_packages", "read_ckan_packages"]


def parse_ckan_packages(body: bytes, limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets of a package, a list of packages, or an answer of the action API. Raises BadInput: malformed, none of
    these; TooLarge."""
    return read_ckan_packages(json_of(body, limits, "CKAN JSON"), limits)


def read_ckan_packages(value: Any, limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The same from the document's value."""
    if isinstance(value, dict) and "result" in value:
        value = value["result"]
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        value = value["results"]
    several = value if isinstance(value, list) else [value]
    if not any(isinstance(one, dict) and one.get("name") and "resources" in one for one in several):
        raise no_datasets("CKAN")
    if len(several) > limits.max_records:
        raise over("datasets", "个数据集", limits.max_records)
    notes = Notes(limits)
    parts = JsonParts(notes, limits)
    records = []
    for number, one in enumerate(several):
        if not isinstance(one, dict) or not one.get("name"):
            notes.note("not-a-dataset", f"[{number}]", "", "a package with a name belongs here")
            continue
        records.append(_record(one, parts))
    return Parsed(tuple(records), notes.problems())


def _record(one: Mapping[str, Any], parts: JsonParts) -> CatalogueRecord:
    extras = {str(each.get("key")): each.get("value") for each in objects(one.get("extras"))}
    said = {**extras, **{name: each for name, each in one.items() if each not in (None, "", [])}}
    identifier = parts.text(said.get("identifier"), said.get("id"), said.get("name")) or ""
    parts.of = identifier
    uri = parts.text(said.get("uri"))
    publisher = said.get("publisher") or _publisher(said) or _organisation(said.get("organization"))
    return CatalogueRecord(
        identifier=identifier,
        uri=uri if uri and is_iri(uri) else None,
        titles=parts.words(said.get("title_translated"), said.get("title"), said.get("name")),
        descriptions=parts.words(said.get("notes_translated"), said.get("notes")),
        publisher=parts.agent(publisher),
        creators=tuple(found for each in objects(said.get("creator")) if (found := parts.agent(each))),
        contacts=parts.contacts(said.get("contact") or _contact(said)),
        licence=parts.licence(
            said.get("license_url") or said.get("license_id") or said.get("license"),
            said.get("license_title"),
        ),
        access_rights=parts.text(said.get("access_rights")),
        themes=parts.themes(said.get("theme") or [each.get("title") for each in objects(said.get("groups"))]),
        keywords=parts.keywords(said.get("tags_translated") or said.get("tags")),
        spatial=parts.places(said.get("spatial_coverage") or said.get("spatial") or said.get("spatial_uri")),
        temporal=parts.periods(said.get("temporal_coverage") or _temporal(said)),
        issued=parts.date("issued", said.get("issued"), said.get("metadata_created")),
        modified=parts.date("modified", said.get("modified"), said.get("metadata_modified")),
        frequency=parts.text(said.get("frequency")),
        languages=tuple(parts.several("language", said.get("language"))),
        landing_page=parts.address("url", said.get("url")),
        documentation=parts.addresses("documentation", said.get("documentation")),
        conforms_to=parts.addresses("conforms_to", said.get("conforms_to")),
        version=parts.text(said.get("version")),
        series=tuple(one for one in parts.several("in_series", said.get("in_series")) if is_iri(one)),
        is_series=said.get("type") == "dataset_series",
        distributions=tuple(
            _distribution(each, parts)
            for each in list(objects(said.get("resources")))[: parts.limits.max_values]
        ),
    )


def _distribution(one: Mapping[str, Any], parts: JsonParts) -> RecordDistribution:
    digest, by = parts.text(one.get("hash")), str(one.get("hash_algorithm") or "")
    is_sha = bool(digest) and (len(digest or "") == 64 and (not by or "256" in by))
    return RecordDistribution(
        identifier=parts.text(one.get("id"), one.get("uri")),
        titles=parts.words(one.get("name_translated"), one.get("name")),
        descriptions=parts.words(one.get("description_translated"), one.get("description")),
        access_url=parts.address("url", one.get("access_url"), one.get("url")),
        download_url=parts.address("url", one.get("download_url"), one.get("url")),
        format=parts.text(one.get("format")),
        media_type=parts.media_type(one.get("mimetype"), one.get("format")),
        bytes_=parts.bytes_("size", one.get("size")),
        sha256=parts.sha256("hash", digest) if is_sha else None,
        checksum=(by.rsplit("_", 1)[-1] or "unknown", digest) if digest and not is_sha else None,
        issued=parts.date("issued", one.get("issued"), one.get("created")),
        modified=parts.date("modified", one.get("modified"), one.get("last_modified")),
        licence=parts.licence(one.get("license")),
        rights=parts.text(one.get("rights")),
        languages=tuple(parts.several("language", one.get("language"))),
        availability=parts.text(one.get("availability")),
        services=tuple(
            DataService(
                titles=parts.words(each.get("title")),
                endpoint_url=parts.address("endpoint_url", each.get("endpoint_url")),
                endpoint_description=parts.address("endpoint_description", each.get("endpoint_description")),
            )
            for each in objects(one.get("access_services"))
        ),
    )


def _publisher(said: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """As ckanext-dcat writes it into extras."""
    names = {
        "name": "publisher_name",
        "uri": "publisher_uri",
        "email": "publisher_email",
        "url": "publisher_url",
    }
    found = {name: said[ours] for name, ours in names.items() if said.get(ours)}
    return found or None


def _organisation(one: Any) -> Any:
    """The organisation under its title: its name is a slug."""
    if isinstance(one, Mapping) and one.get("title"):
        return {**one, "name": one["title"]}
    return one


def _contact(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for who in ("contact", "maintainer", "author"):
        name, email = said.get(f"{who}_name") or said.get(who), said.get(f"{who}_email")
        if isinstance(name, str) or email:
            found.append({"fn": name, "hasEmail": email})
    return found[:1]


def _temporal(said: Mapping[str, Any]) -> Mapping[str, Any] | None:
    start, end = said.get("temporal_start"), said.get("temporal_end")
    return {"start": start, "end": end} if start or end else None
