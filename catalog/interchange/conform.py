"""Makes a record one that DCAT-AP can hold: what every standard demands is filled from what is known, a single property that
cannot conform is dropped, and both are said by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote

from catalog.interchange.vocabulary import LANGUAGE
from catalog.record import (
    Agent,
    CatalogueRecord,
    Contact,
    DataService,
    Problem,
    RecordDistribution,
    Words,
    is_address,
    is_iri,
    said,
)

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_Tell = Callable[[str, str, str], None]

__all__ = ["conforming", "dataset_uri"]


def dataset_uri(record: CatalogueRecord, base: str) -> str:
    """The address of the dataset's node: its own, else its identifier where that is one, else one under `base`."""
    if record.uri and is_iri(record.uri):
        return record.uri
    if is_iri(record.identifier):
        return record.identifier
    return f"{base}/datasets/{quote(record.identifier, safe='')}"


def conforming(record: CatalogueRecord, base: str) -> tuple[CatalogueRecord, tuple[Problem, ...]]:
    """The record as the shapes of DCAT-AP 3.0.1 take it, and what was filled or dropped for that."""
    problems: list[Problem] = []

    def tell(kind: str, property_: str, why: str) -> None:
        problem = Problem(kind, record.identifier[:200], property_, why)
        if problem not in problems:
            problems.append(problem)

    uri = dataset_uri(record, base)
    titles = record.titles
    if not titles:
        titles = said(record.identifier)
        tell("no-title", "dct:title", "filled with the identifier")
    descriptions = record.descriptions
    if not descriptions:
        descriptions = titles
        tell("no-description", "dct:description", "filled with the title")
    fallback = next((one for one in (record.landing_page, uri, base) if one and is_address(one)), uri)
    distributions = tuple(_distribution(one, fallback, tell) for one in record.distributions)
    services = tuple(kept for one in record.services if (kept := _service(one, tell)) is not None)
    repaired = replace(
        record,
        uri=uri,
        titles=titles,
        descriptions=descriptions,
        publisher=_agent(record.publisher, "dct:publisher", tell),
        creators=tuple(
            one for each in record.creators if (one := _agent(each, "dct:creator", tell)) is not None
        ),
        contacts=tuple(found for each in record.contacts if (found := _contact(each, tell)) is not None),
        languages=_languages(record.languages, tell),
        landing_page=_iri(record.landing_page, "dcat:landingPage", tell),
        documentation=_iris(record.documentation, "foaf:page", tell),
        conforms_to=_iris(record.conforms_to, "dct:conformsTo", tell),
        series=_iris(record.series, "dcat:inSeries", tell),
        distributions=distributions,
        services=services,
    )
    return repaired, tuple(problems)


def _distribution(one: RecordDistribution, fallback: str, tell: _Tell) -> RecordDistribution:
    download = _iri(one.download_url, "dcat:downloadURL", tell)
    access = _iri(one.access_url, "dcat:accessURL", tell)
    if access is None:
        access = download or fallback
        tell("no-access-url", "dcat:accessURL", "filled with the download, else the page of the dataset")
    services = tuple(found for each in one.services if (found := _service(each, tell)) is not None)
    checksum = one.checksum
    if checksum is not None and not _HEX.fullmatch(checksum[1]):
        checksum = None
        tell("checksum", "spdx:checksumValue", "dropped: not hexadecimal")
    return replace(
        one,
        checksum=checksum,
        access_url=access,
        download_url=download,
        conforms_to=_iris(one.conforms_to, "dct:conformsTo", tell),
        languages=_languages(one.languages, tell),
        services=services,
    )


def _service(one: DataService, tell: _Tell) -> DataService | None:
    endpoint = _iri(one.endpoint_url, "dcat:endpointURL", tell)
    if endpoint is None:
        tell("no-endpoint", "dcat:DataService", "dropped: it has no endpoint")
        return None
    titles = one.titles
    if not titles:
        titles = said(endpoint)
        tell("no-title", "dcat:DataService dct:title", "filled with the endpoint")
    return replace(
        one,
        titles=titles,
        endpoint_url=endpoint,
        endpoint_description=_iri(one.endpoint_description, "dcat:endpointDescription", tell),
        conforms_to=_iris(one.conforms_to, "dct:conformsTo", tell),
    )


def _agent(one: Agent | None, name: str, tell: _Tell) -> Agent | None:
    if one is None:
        return None
    names: Words = one.names
    if not names:
        known = one.uri or one.identifier or one.homepage or one.email
        if known is None:
            tell("no-name", name, "dropped: nothing is said of it")
            return None
        names = said(known)
        tell("no-name", f"{name} foaf:name", "filled with what else is known")
    uri = one.uri if one.uri and is_iri(one.uri) else None
    return replace(one, names=names, uri=uri, homepage=_iri(one.homepage, f"{name} foaf:homepage", tell))


def _contact(one: Contact, tell: _Tell) -> Contact | None:
    email = one.email if one.email and is_iri(f"mailto:{one.email}") else None
    if one.email and email is None:
        tell("address", "vcard:hasEmail", "dropped: not an e-mail address")
    found = replace(one, email=email, url=_iri(one.url, "vcard:hasURL", tell))
    return found if found != Contact() else None


def _languages(several: Iterable[str], tell: _Tell) -> tuple[str, ...]:
    """Addresses of the language list; what is none is dropped."""
    found: dict[str, None] = {}
    for one in several:
        known = one if is_iri(one) else LANGUAGE.get(one.replace("_", "-").partition("-")[0].lower())
        if known is None:
            tell("language", "dct:language", "dropped: not a language of the EU's list")
        else:
            found[known] = None
    return tuple(found)


def _iri(text: str | None, name: str, tell: _Tell) -> str | None:
    if text is None or is_iri(text):
        return text
    tell("address", name, "dropped: not an absolute address")
    return None


def _iris(several: Iterable[str], name: str, tell: _Tell) -> tuple[str, ...]:
    return tuple(one for each in several if (one := _iri(each, name, tell)) is not None)
