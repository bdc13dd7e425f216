"""The records of what is open now, gathered from the registry and the shelf: what every catalogue out is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from catalog.interchange.dcat_render import Catalogue
from catalog.record import Agent, CatalogueRecord, tagged
from catalog.registry.changes import first_published_of
from catalog.release import Release
from catalog.released_record import Published, Site, formats_of, record_of_release
from catalog.text import Text
from gateway.quality_reports import event_periods
from gateway.services.described import Shelf, answering_services

__all__ = ["TITLE", "IdShelf", "catalogue_of", "records_of", "site_of"]

TITLE = Text("城市开放数据目录", "The city’s open data")
ABOUT = Text(
    "经质量检查、个人信息识别与负面清单审查后开放的数据集。",
    "Datasets opened after checks of quality, a search for personal information and the negative list.",
)


class IdShelf(Shelf, Protocol):
    """The shelf with the ids of its operations."""

    def service_ids(self) -> Sequence[str]: ...


def site_of(base: str, operator: str, contact: str, place: str) -> Site:
    """The portal at an address; who runs it is its host where nobody has said."""
    return Site(base, TITLE, ABOUT, operator or base.split("://", 1)[-1], contact, place)


def catalogue_of(site: Site, modified: datetime | None) -> Catalogue:
    """The catalogue as DCAT and data.json name it."""
    words = {
        name: tagged({"zh": text.zh, "en": text.en})
        for name, text in (("t", site.title), ("d", site.description))
    }
    at = modified.replace(microsecond=0, tzinfo=None).isoformat() + "Z" if modified else None
    publisher = Agent(tagged([("", site.publisher)]), f"{site.base}/#operator")
    return Catalogue(site.base, words["t"], words["d"], publisher, modified=at)


def records_of(
    snapshot: Connection, shelf: IdShelf | None, releases: Sequence[Release], site: Site
) -> tuple[CatalogueRecord, ...]:
    """The records of current releases; without a shelf no purpose-built operations are told. Raises Unavailable when the shelf has no lease."""
    issued = first_published_of(snapshot, [one.dataset.id for one in releases])
    periods = event_periods(snapshot, [one.ledger_index for one in releases])
    services = _services(shelf) if shelf is not None else {}
    found = []
    for one in releases:
        first, last = periods.get(one.ledger_index, (None, None))
        published = Published(
            release=one,
            issued=issued.get(one.dataset.id, one.published_at),
            formats=formats_of(one),
            services=services.get(one.dataset.id, ()),
            event_from=first,
            event_to=last,
        )
        found.append(record_of_release(published, site))
    return tuple(found)


def _services(shelf: IdShelf) -> Mapping[str, tuple[tuple[str, Text], ...]]:
    """Operations that answer, by the dataset they are asked of."""
    found: dict[str, list[tuple[str, Text]]] = defaultdict(list)
    for service_id, standing in answering_services(shelf, list(shelf.service_ids())):
        found[standing.datasets[0]].append((service_id, standing.title))
    return {dataset_id: tuple(several) for dataset_id, several in found.items()}
