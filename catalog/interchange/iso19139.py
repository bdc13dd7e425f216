"""ISO 19139 as records: a single metadata document, or the answer of a CSW 2.0.2 with such in it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from catalog.interchange.csw import csw_page
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, check_xml, no_datasets, over
from catalog.interchange.vocabulary import licence_of
from catalog.record import (
    Agent,
    CatalogueRecord,
    Contact,
    Keyword,
    Parsed,
    Period,
    Place,
    RecordDistribution,
    is_iri,
    said,
    w3c_date,
)

__all__ = ["ISO_MARKS", "parse_iso19139"]

ISO_MARKS = (b"http://www.isotc211.org/2005/gmd", b"http://www.opengis.net/cat/csw/2.0.2")
_NS = {
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "gml": "http://www.opengis.net/gml",
    "gml32": "http://www.opengis.net/gml/3.2",
    "gmx": "http://www.isotc211.org/2005/gmx",
}
_TEXTS = ("gco:CharacterString", "gmx:Anchor", "gco:Date", "gco:DateTime", "gmd:URL", "gco:Decimal")
_IDENTIFICATION = "gmd:identificationInfo/gmd:MD_DataIdentification"
_EXTENT = f"{_IDENTIFICATION}/gmd:extent/gmd:EX_Extent"
_ONLINE = "gmd:distributionInfo/gmd:MD_Distribution/gmd:transferOptions/gmd:MD_DigitalTransferOptions/gmd:onLine/gmd:CI_OnlineResource"


def parse_iso19139(body: bytes, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets of a document from `base`, and of a page of a CSW the address of the next; services and the rest of a
    catalogue are named in the problems. Raises BadInput: malformed, a DOCTYPE, no metadata in it; TooLarge."""
    check_xml(body, limits, "ISO 19139")
    root = Xml.fromstring(body)  # noqa: S314 - without DOCTYPE and entities, depth and size are bounded: checked above
    following, total, listed = csw_page(root, base)
    found = list(root.iter(f"{{{_NS['gmd']}}}MD_Metadata"))
    if not found and total != 0:
        raise no_datasets("ISO 19139 / CSW")
    if len(found) > limits.max_records:
        raise over("datasets", "个数据集", limits.max_records)
    notes = Notes(limits)
    records = []
    for number, one in enumerate(found):
        identifier = (
            _text(one, "gmd:fileIdentifier") or _text(one, "gmd:dataSetURI") or f"MD_Metadata[{number}]"
        )
        if one.find(_IDENTIFICATION, _NS) is None:
            notes.note(
                "not-a-dataset", identifier, "gmd:MD_DataIdentification", "a service or something else"
            )
            continue
        records.append(_record(one, identifier, limits))
    return Parsed(tuple(records), notes.problems(), following, total, listed)


def _record(one: Xml.Element, identifier: str, limits: Limits) -> CatalogueRecord:
    language = _code(one.find("gmd:language/gmd:LanguageCode", _NS)) or _text(one, "gmd:language") or ""
    tag = {"eng": "en", "chi": "zh", "zho": "zh", "fre": "fr", "ger": "de", "spa": "es", "ita": "it"}.get(
        language, ""
    )
    title = f"{_IDENTIFICATION}/gmd:citation/gmd:CI_Citation"
    return CatalogueRecord(
        identifier=identifier,
        uri=identifier if is_iri(identifier) else None,
        titles=said(_text(one, f"{title}/gmd:title") or "", tag),
        descriptions=said(
            (_text(one, f"{_IDENTIFICATION}/gmd:abstract") or "")[: limits.max_characters], tag
        ),
        publisher=_publisher(one),
        contacts=tuple(_contacts(one))[: limits.max_values],
        licence=licence_of(_licence(one)),
        keywords=tuple(
            dict.fromkeys(
                Keyword(word, tag)
                for each in one.iterfind(
                    f"{_IDENTIFICATION}/gmd:descriptiveKeywords/gmd:MD_Keywords/gmd:keyword", _NS
                )
                if (word := _own(each))
            )
        )[: limits.max_values],
        spatial=tuple(_boxes(one)),
        temporal=tuple(_periods(one)),
        issued=_dated(one, "publication") or _dated(one, "creation"),
        modified=_dated(one, "revision") or w3c_date(_text(one, "gmd:dateStamp") or ""),
        frequency=_code(one.find(".//gmd:MD_MaintenanceFrequencyCode", _NS)),
        languages=(tag,) if tag else (),
        distributions=tuple(
            found for each in one.iterfind(_ONLINE, _NS) if (found := _online(each, tag)) is not None
        )[: limits.max_values],
    )


def _own(one: Xml.Element | None) -> str | None:
    for name in _TEXTS if one is not None else ():
        inner = one.find(name, _NS)  # type: ignore[union-attr]
        if inner is not None and inner.text and inner.text.strip():
            return inner.text.strip()
    return None


def _text(one: Xml.Element, path: str) -> str | None:
    return _own(one.find(path, _NS))


def _code(one: Xml.Element | None) -> str | None:
    return one.get("codeListValue") if one is not None else None


def _parties(one: Xml.Element) -> Iterator[tuple[str, Xml.Element]]:
    for path in (f"{_IDENTIFICATION}/gmd:pointOfContact", "gmd:contact"):
        for each in one.iterfind(f"{path}/gmd:CI_ResponsibleParty", _NS):
            yield _code(each.find("gmd:role/gmd:CI_RoleCode", _NS)) or "", each


def _publisher(one: Xml.Element) -> Agent | None:
    """The publisher; else the owner, the custodian, and whoever is to be asked."""
    ranked = ("publisher", "owner", "custodian", "pointOfContact")
    several = sorted(
        _parties(one), key=lambda pair: ranked.index(pair[0]) if pair[0] in ranked else len(ranked)
    )
    for _, party in several:
        if name := _text(party, "gmd:organisationName"):
            return Agent(said(name))
    return None


def _contacts(one: Xml.Element) -> Iterator[Contact]:
    mail = "gmd:contactInfo/gmd:CI_Contact/gmd:address/gmd:CI_Address/gmd:electronicMailAddress"
    for _, party in _parties(one):
        contact = Contact(
            _text(party, "gmd:individualName") or _text(party, "gmd:organisationName"), _text(party, mail)
        )
        if contact.email:
            yield contact


def _licence(one: Xml.Element) -> str:
    for each in one.iterfind(f"{_IDENTIFICATION}/gmd:resourceConstraints/gmd:MD_LegalConstraints/*", _NS):
        if each.tag.endswith(("}otherConstraints", "}useLimitation")) and (found := _own(each)):
            return found[:4_000]
    return ""


def _boxes(one: Xml.Element) -> Iterator[Place]:
    for each in one.iterfind(f"{_EXTENT}/gmd:geographicElement/gmd:EX_GeographicBoundingBox", _NS):
        try:
            west, south, east, north = (
                float(_text(each, f"gmd:{name}") or "nan")
                for name in (
                    "westBoundLongitude",
                    "southBoundLatitude",
                    "eastBoundLongitude",
                    "northBoundLatitude",
                )
            )
        except ValueError:
            continue
        if -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90:
            yield Place(box=(west, south, east, north))


def _periods(one: Xml.Element) -> Iterator[Period]:
    for each in one.iterfind(f"{_EXTENT}/gmd:temporalElement", _NS):
        ends = {inner.tag.rsplit("}", 1)[-1]: (inner.text or "") for inner in each.iter()}
        period = Period(w3c_date(ends.get("beginPosition", "")), w3c_date(ends.get("endPosition", "")))
        if period != Period():
            yield period


def _dated(one: Xml.Element, kind: str) -> str | None:
    for each in one.iterfind(f"{_IDENTIFICATION}/gmd:citation/gmd:CI_Citation/gmd:date/gmd:CI_Date", _NS):
        if _code(each.find("gmd:dateType/gmd:CI_DateTypeCode", _NS)) == kind:
            return w3c_date(_text(each, "gmd:date") or "")
    return None


def _online(one: Xml.Element, language: str) -> RecordDistribution | None:
    linkage = one.find("gmd:linkage/gmd:URL", _NS)
    address = (linkage.text or "").strip() if linkage is not None else ""
    if not is_iri(address):
        return None
    downloads = _code(one.find("gmd:function/gmd:CI_OnLineFunctionCode", _NS)) == "download"
    return RecordDistribution(
        titles=said(_text(one, "gmd:name") or "", language),
        descriptions=said(_text(one, "gmd:description") or "", language),
        access_url=address,
        download_url=address if downloads else None,
        format=_text(one, "gmd:protocol"),
    )
