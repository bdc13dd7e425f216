"""A catalogue record: what any catalogue says of one dataset, ours or another portal's, whichever format says it.

Parsers read into it, renderers write from it (`catalog.interchange`), a harvester stores it; terms follow DCAT 3. It
holds what was said, normalised in form (addresses, dates) but never completed: what is not known is absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.dataset import Schema

__all__ = [
    "UNKNOWN",
    "Agent",
    "CatalogueRecord",
    "Concept",
    "Contact",
    "DataService",
    "Keyword",
    "Licence",
    "Parsed",
    "Period",
    "Place",
    "Problem",
    "Provenance",
    "RecordDistribution",
    "Words",
    "best",
    "is_address",
    "is_iri",
    "said",
    "tagged",
    "w3c_date",
]

Words = tuple[tuple[str, str], ...]
"""One text in several languages: (language tag, text) in the order said; the tag is lower-case BCP 47, `UNKNOWN` where
none was given. A tag stands once."""

UNKNOWN = ""
"""The language of words whose language nobody said."""

# An absolute address as RDF may carry it: a scheme, and none of the characters that no syntax of RDF lets through.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
# W3C-DTF, the forms that a schema date, year or time can hold.
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Keyword:
    """`language` as in `Words`."""

    word: str
    language: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Concept:
    """A term of some vocabulary: an address, words, or both."""

    uri: str | None = None
    labels: Words = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """Who publishes. `kind` is a concept's address (a publisher type), `identifier` what others know it by (an address, a
    unified social credit code)."""

    names: Words = ()
    uri: str | None = None
    identifier: str | None = None
    kind: str | None = None
    email: str | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask. `email` without ``mailto:``, `url` a page."""

    name: str | None = None
    email: str | None = None
    url: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """`uri` where there is one; `words` its name or the sentence that stands for it."""

    uri: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the data lie. `box` is west, south, east, north in degrees of WGS-84; `geometry` WKT or GeoJSON as said."""

    uri: str | None = None
    names: Words = ()
    box: tuple[float, float, float, float] | None = None
    geometry: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """`start` and `end` in the forms of `w3c_date`, None = open."""

    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class DataService:
    """An API that answers with the data."""

    uri: str | None = None
    titles: Words = ()
    descriptions: Words = ()
    endpoint_url: str | None = None
    endpoint_description: str | None = None
    conforms_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordDistribution:
    """One form in which the data can be had. `format` is a file type: an address of a vocabulary, else words (``CSV``);
    `media_type` such as ``text/csv``; `sha256` hex; `bytes_` its size; `checksum` any other digest as (algorithm, hex)."""

    identifier: str | None = None
    titles: Words = ()
    descriptions: Words = ()
    access_url: str | None = None
    download_url: str | None = None
    format: str | None = None
    media_type: str | None = None
    bytes_: int | None = None
    sha256: str | None = None
    checksum: tuple[str, str] | None = None
    issued: str | None = None
    modified: str | None = None
    licence: Licence | None = None
    rights: str | None = None
    conforms_to: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    availability: str | None = None
    services: tuple[DataService, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record was found: the document, what the dataset is called there, in which format, when (UTC)."""

    source_url: str
    source_identifier: str
    format: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class CatalogueRecord:
    """One dataset. `identifier` is what its publisher calls it (never empty), `uri` its node where it has one;
    `access_rights` an address of the access-right vocabulary, else words; `rights` a sentence about them;
    `frequency` an address of a frequency vocabulary, else words (`R/P1Y`, `annual`); `languages` are BCP 47 tags or
    addresses as said; dates as in `w3c_date`; `columns` and `keys` where the source says what is in it; `series` the
    addresses of the series it is part of; `is_series` = it is one itself."""

    identifier: str
    titles: Words
    descriptions: Words = ()
    uri: str | None = None
    publisher: Agent | None = None
    creators: tuple[Agent, ...] = ()
    contacts: tuple[Contact, ...] = ()
    licence: Licence | None = None
    access_rights: str | None = None
    rights: str | None = None
    themes: tuple[Concept, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    spatial: tuple[Place, ...] = ()
    temporal: tuple[Period, ...] = ()
    issued: str | None = None
    modified: str | None = None
    frequency: str | None = None
    languages: tuple[str, ...] = ()
    landing_page: str | None = None
    documentation: tuple[str, ...] = ()
    conforms_to: tuple[str, ...] = ()
    version: str | None = None
    series: tuple[str, ...] = ()
    is_series: bool = False
    distributions: tuple[RecordDistribution, ...] = ()
    services: tuple[DataService, ...] = ()
    columns: Schema = ()
    keys: tuple[str, ...] = ()
    provenance: Provenance | None = None

    def found_at(self, source_url: str, format: str, fetched_at: datetime) -> CatalogueRecord:  # noqa: A002
        """Itself with where it was found. `format` is a name of `catalog.interchange`."""
        return replace(self, provenance=Provenance(source_url, self.identifier, format, fetched_at))


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be kept of an input that was read otherwise: `kind` a stable slug, `record` the identifier of the
    dataset it belongs to ("" = the whole input), `property` what was dropped or repaired, `why` a sentence in English
    that quotes no more of the input than a name."""

    kind: str
    record: str = ""
    property: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser returns: the datasets in the order of the input, what was dropped or repaired, and how many links
    to further pages of the catalogue (`next_pages`, addresses, not followed here). `total` is how many entries the whole
    catalogue says it has, `listed` how many of them, datasets or not, stand here; None where it says nothing."""

    records: tuple[CatalogueRecord, ...]
    problems: tuple[Problem, ...] = ()
    next_pages: tuple[str, ...] = ()
    total: int | None = None
    listed: int = 0


def said(text: str, language: str = UNKNOWN) -> Words:
    """One text in one language as words; () for a blank one."""
    return tagged([(language, text)])


def tagged(pairs: Sequence[tuple[str, str]] | Mapping[str, str]) -> Words:
    """Texts by language as words: blank ones left out, the first of each language kept, tags in lower case."""
    several = pairs.items() if isinstance(pairs, Mapping) else pairs
    found: dict[str, str] = {}
    for language, text in several:
        tag = language.replace("_", "-").lower()
        tag = tag if _TAG.fullmatch(tag) else UNKNOWN
        if text.strip():
            found.setdefault(tag, text.strip())
    return tuple(found.items())


def best(words: Words, *languages: str) -> str:
    """The text in the first of the languages there is (a primary tag takes its regions), else the first; "" for none."""
    for language in languages:
        for tag, text in words:
            if tag == language or tag.startswith(f"{language}-"):
                return text
    return words[0][1] if words else ""


def is_iri(text: str) -> bool:
    """Whether it can stand as the address of a node."""
    return bool(_IRI.fullmatch(text)) and len(text) <= 4_000


def is_address(text: str) -> bool:
    """Whether it is an address that a reader could open."""
    return is_iri(text) and text.lower().startswith(("http://", "https://", "ftp://", "ftps://"))


def w3c_date(text: str) -> str | None:
    """A date or time in one of the forms of W3C-DTF (``2024``, ``2024-05``, ``2024-05-31``, ``2024-05-31T08:00:00Z``);
    None for what is none of them and cannot be told to be one."""
    asked = text.strip()
    if _YEAR.fullmatch(asked) or _MONTH.fullmatch(asked):
        return asked
    try:
        moment = datetime.fromisoformat(asked)
    except ValueError:
        return None
    if len(asked) <= 10 and "T" not in asked:
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")
