"""The catalogue record of a dataset that is open: what the release, its contract and its reports say of it, nothing else.

Columns that are withheld, rows that were kept back and figures of masked columns have no place in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote

from catalog.dataset import THEMES, Access, ColumnType, Dataset
from catalog.interchange.vocabulary import (
    ACCESS_PUBLIC,
    ACCESS_RESTRICTED,
    AVAILABLE,
    FILE_TYPE,
    FREQUENCY_OF_CYCLE,
    PUBLISHER_TYPE,
    THEMES_OF_OURS,
    licence_of,
)
from catalog.record import (
    Agent,
    CatalogueRecord,
    Concept,
    Contact,
    DataService,
    Keyword,
    Period,
    Place,
    RecordDistribution,
    is_iri,
    said,
    tagged,
)
from catalog.release import Release
from catalog.text import Text

__all__ = ["EXPORTS", "Export", "Published", "Site", "formats_of", "record_of_release"]


@dataclass(frozen=True, slots=True)
class Export:
    """A form of download: the extension it is asked by, its media type and its name."""

    extension: str
    media_type: str
    name: str


EXPORTS: dict[str, Export] = {
    one.extension: one
    for one in (
        Export("csv", "text/csv", "CSV"),
        Export("json", "application/json", "JSON"),
        Export("ndjson", "application/x-ndjson", "NDJSON"),
        Export("geojson", "application/geo+json", "GeoJSON"),
        Export("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
        Export("parquet", "application/vnd.apache.parquet", "Parquet"),
        Export("arrow", "application/vnd.apache.arrow.stream", "Arrow"),
    )
}


EXCEL_ROWS = 1_048_575  # a sheet has 2**20 rows, one of them the header


@dataclass(frozen=True, slots=True)
class Site:
    """The portal: its public address without a final slash, whose it is, where questions are answered (an address or an
    e-mail address), and the area its data are of (a name or an address); "" = not said."""

    base: str
    title: Text
    description: Text
    publisher: str
    contact: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What is open of a dataset. `formats` are the extensions it can be had in; `services`
    its purpose-built operations that answer; `event_from` and `event_to` the first and last day its rows tell of."""

    release: Release
    issued: datetime
    formats: tuple[str, ...]
    services: tuple[tuple[str, Text], ...] = ()
    event_from: date | None = None
    event_to: date | None = None


def formats_of(release: Release) -> tuple[str, ...]:
    """Formats offered for download; what cannot hold this release is not offered."""
    geometry = any(one.column.type is ColumnType.GEOMETRY for one in release.columns)
    offered = ["csv", "json", "ndjson", *(["geojson"] if geometry else [])]
    offered += ["xlsx"] if release.rows <= EXCEL_ROWS else []
    return (*offered, "parquet", "arrow")


def record_of_release(published: Published, site: Site) -> CatalogueRecord:
    """The record. Addresses are those of `site`; `identifier` is the dataset's id."""
    release, dataset = published.release, published.release.dataset
    page = f"{site.base}/datasets/{dataset.id}"
    licence = licence_of(dataset.licence)
    rights = ACCESS_PUBLIC if dataset.access is Access.UNCONDITIONAL else ACCESS_RESTRICTED
    period = Period(_day(published.event_from), _day(published.event_to))
    return CatalogueRecord(
        identifier=dataset.id,
        uri=page,
        titles=said(dataset.title, _language(dataset.title)),
        descriptions=_descriptions(dataset),
        publisher=_publisher(dataset.publisher, site),
        contacts=(_contact(dataset.publisher, site),) if site.contact else (),
        licence=licence,
        access_rights=rights,
        themes=(Concept(THEMES_OF_OURS[dataset.theme], _both(THEMES[dataset.theme])),),
        keywords=tuple(Keyword(word, _language(word)) for word in dict.fromkeys(dataset.keywords)),
        spatial=_places(site),
        temporal=(period,) if published.event_to else (),
        issued=_moment(published.issued),
        modified=_moment(release.published_at),
        frequency=FREQUENCY_OF_CYCLE[dataset.update_cycle],
        languages=_languages(dataset),
        landing_page=page,
        documentation=(f"{page}/quality",),
        version=release.contract,
        distributions=tuple(_distribution(published, one, site) for one in published.formats),
        services=_services(published, site),
        columns=tuple(one.column for one in release.columns),
        keys=release.keys,
    )


def _distribution(published: Published, extension: str, site: Site) -> RecordDistribution:
    release, dataset = published.release, published.release.dataset
    export = EXPORTS[extension]
    address = f"{site.base}/api/v1/datasets/{dataset.id}/export.{extension}"
    as_released = (
        extension == "parquet"
    )  # served byte for byte: the only form whose size and digest are known
    return RecordDistribution(
        identifier=address,
        titles=said(f"{dataset.title} · {export.name}", _language(dataset.title)),
        access_url=f"{site.base}/datasets/{dataset.id}",
        download_url=address,
        format=FILE_TYPE.get(export.name, export.name),
        media_type=export.media_type,
        bytes_=release.bytes if as_released else None,
        sha256=release.id if as_released else None,
        issued=_moment(published.issued),
        modified=_moment(release.published_at),
        licence=licence_of(dataset.licence),
        rights=ACCESS_PUBLIC if dataset.access is Access.UNCONDITIONAL else ACCESS_RESTRICTED,
        availability=AVAILABLE,
    )


def _services(published: Published, site: Site) -> tuple[DataService, ...]:
    dataset = published.release.dataset
    api = f"{site.base}/api/v1/datasets/{dataset.id}"
    rows = DataService(
        uri=f"{api}/records",
        titles=tagged({"zh": f"{dataset.title}：数据接口", "en": f"{dataset.title}: data API"}),
        endpoint_url=f"{api}/records",
        endpoint_description=f"{api}/openapi.json",
        conforms_to=("https://spec.openapis.org/oas/v3.1.0",),
    )
    built = (
        DataService(
            uri=f"{site.base}/api/v1/services/{one}",
            titles=_both(title),
            endpoint_url=f"{site.base}/api/v1/services/{one}",
        )
        for one, title in published.services
    )
    return (rows, *built)


def _publisher(name: str, site: Site) -> Agent:
    """Its address is the page of what it has opened."""
    return Agent(said(name, _language(name)), f"{site.base}/?publisher={quote(name)}", kind=PUBLISHER_TYPE)


def _places(site: Site) -> tuple[Place, ...]:
    if not site.place:
        return ()
    return (
        Place(site.place) if is_iri(site.place) else Place(names=said(site.place, _language(site.place))),
    )


def _contact(name: str, site: Site) -> Contact:
    if "@" in site.contact and "/" not in site.contact:
        return Contact(name, email=site.contact.removeprefix("mailto:"))
    return Contact(name, url=site.contact)


def _descriptions(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    """What the publisher wrote; else a sentence made of what is known, because every standard demands one."""
    if dataset.description.strip():
        return said(dataset.description, _language(dataset.description))
    theme = THEMES[dataset.theme]
    return tagged(
        {
            "zh": f"{dataset.publisher}开放的“{dataset.title}”，主题：{theme.zh}。",
            "en": f"“{dataset.title}”, opened by {dataset.publisher}; theme: {theme.en}.",
        }
    )


def _both(text: Text) -> tuple[tuple[str, str], ...]:
    return tagged({"zh": text.zh, "en": text.en})


def _language(text: str) -> str:
    """Chinese as soon as a Han character stands in it: our two languages are told apart by that."""
    return "zh" if any("\u4e00" <= one <= "\u9fff" for one in text) else "en"


def _languages(dataset: Dataset) -> tuple[str, ...]:
    return (_language(dataset.title),)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
