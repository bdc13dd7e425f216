"""OGC API Records (GeoJSON features whose properties describe a dataset) as records, the members every server fills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.interchange.dcat_read import box_of_wkt
from catalog.interchange.json_parts import JsonParts
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, no_datasets, objects, over
from catalog.record import (
    CatalogueRecord,
    Contact,
    Keyword,
    Parsed,
    Period,
    Place,
    RecordDistribution,
    is_iri,
)

__all__ = ["is_features", "read_records"]

_DATA_LINKS = ("enclosure", "item", "items", "data", "download")


def is_features(one: Mapping[str, Any]) -> bool:
    """Whether a value is a page of records, or one."""
    several = one.get("features") if one.get("type") == "FeatureCollection" else [one]
    if not isinstance(several, list):
        return False
    return all(
        isinstance(each, dict) and each.get("type") == "Feature" and "properties" in each for each in several
    )


def read_records(value: Any, limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets of a page of records; the link to the next page is told, not followed. Raises BadInput, TooLarge."""
    if not isinstance(value, dict) or not is_features(value):
        raise no_datasets("OGC API Records")
    several = value.get("features", [value])
    if len(several) > limits.max_records:
        raise over("datasets", "个数据集", limits.max_records)
    notes = Notes(limits)
    parts = JsonParts(notes, limits)
    following = [
        one["href"]
        for one in objects(value.get("links"))
        if one.get("rel") == "next" and isinstance(one.get("href"), str) and is_iri(one["href"])
    ]
    records = tuple(_record(one, parts, number) for number, one in enumerate(several))
    said = value.get("numberMatched")
    total = said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None
    return Parsed(records, notes.problems(), tuple(following), total, len(several))


def _record(one: Mapping[str, Any], parts: JsonParts, number: int) -> CatalogueRecord:
    said = one.get("properties") if isinstance(one.get("properties"), dict) else {}
    assert isinstance(said, dict)
    identifier = parts.text(one.get("id"), said.get("externalId"), said.get("title"))
    parts.of = identifier or f"features[{number}]"
    links = list(objects(one.get("links")))[: parts.limits.max_values]
    geometry = one.get("geometry")
    written = json.dumps(geometry) if isinstance(geometry, dict) else None
    box = box_of_wkt(written) if written else None
    licence = next((link.get("href") for link in links if link.get("rel") == "license"), None)
    language = said.get("language")
    tongue = language.get("code") if isinstance(language, dict) else language
    contacts = list(objects(said.get("contacts")))
    names = [
        each.get("organization") or each.get("name")
        for each in contacts
        if "publisher" in each.get("roles", ())
    ]
    return CatalogueRecord(
        identifier=parts.of,
        uri=parts.of if is_iri(parts.of) else None,
        titles=parts.words(said.get("title"), language=str(tongue or "")),
        descriptions=parts.words(said.get("description"), language=str(tongue or "")),
        publisher=parts.agent(names[0]) if names else None,
        contacts=tuple(found for each in contacts if (found := _contact(each, parts)) != Contact()),
        licence=parts.licence(licence or said.get("license")),
        rights=parts.text(said.get("rights")),
        themes=parts.themes(
            [
                each.get("id")
                for theme in objects(said.get("themes"))
                for each in objects(theme.get("concepts"))
            ]
        ),
        keywords=tuple(Keyword(word) for word in parts.several("keywords", said.get("keywords"))),
        spatial=(Place(box=box, geometry=written),) if box else (),
        temporal=_time(one.get("time"), parts),
        issued=parts.date("created", said.get("created")),
        modified=parts.date("updated", said.get("updated")),
        languages=(str(tongue),) if tongue else (),
        landing_page=next(
            (
                each["href"]
                for each in links
                if each.get("rel") in ("about", "describedby", "canonical")
                and isinstance(each.get("href"), str)
                and is_iri(each["href"])
            ),
            None,
        ),
        distributions=tuple(_link(each, parts) for each in links if each.get("rel") in _DATA_LINKS),
    )


def _contact(one: Mapping[str, Any], parts: JsonParts) -> Contact:
    emails = [each.get("value") for each in objects(one.get("emails"))]
    return Contact(parts.text(one.get("name"), one.get("organization")), parts.email(emails))


def _time(value: Any, parts: JsonParts) -> tuple[Period, ...]:
    """`interval` of two, of which ``..`` is open; or a `date`."""
    if not isinstance(value, dict):
        return ()
    interval = value.get("interval") or [value.get("date") or value.get("timestamp")] * 2
    if not isinstance(interval, list) or len(interval) != 2:
        return ()
    start, end = (None if one == ".." else parts.date("time", one) for one in interval)
    return (Period(start, end),) if start or end else ()


def _link(one: Mapping[str, Any], parts: JsonParts) -> RecordDistribution:
    address = parts.address("links.href", one.get("href"))
    return RecordDistribution(
        titles=parts.words(one.get("title")),
        access_url=address,
        download_url=address if one.get("rel") in ("enclosure", "download") else None,
        format=parts.text(one.get("type")),
        media_type=parts.media_type(one.get("type")),
        bytes_=parts.bytes_("length", one.get("length")),
    )
