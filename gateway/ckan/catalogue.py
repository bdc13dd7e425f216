"""The catalogue as CKAN's clients see it: one index of everything that is open, followed by the shelf's revision.

What has not changed since the last look is kept; the registry is asked in a thread, while the event loop goes on. What
only says where things are (a package without a release, whose resources are links) is listed for as long as the list in
force lets it be, judged with every look that finds another list, day or wording.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from catalog.dataset import THEMES
from catalog.errors import Unavailable
from catalog.interchange.ckan import (
    ACTIVE,
    Described,
    Group,
    Organisation,
    Package,
    described,
    document_of,
    organisation_of,
    resource_id_of,
    theme_group,
    uuid_of,
)
from catalog.registry import Registry, packages, queries
from catalog.release import Release
from catalog.text import Text
from gateway.ckan.index import Index, Listed, listed
from gateway.ckan.listing import Judge, has_links
from gateway.governance import store

__all__ = ["Catalogue", "Shelf", "Stand", "package_of"]

ATTEMPTS = 4
AT_ONCE = 400
"""Releases read in one question."""


class Shelf(Protocol):
    """What is current now, from memory: each raises Unavailable without the epoch lease."""

    def revision(self) -> int: ...

    def epoch(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Stand:
    """The catalogue at one revision. `organisations` by publisher, `groups` by name; `made_of` what each package was
    made of, by dataset, so that the next look makes only what has changed."""

    revision: int = -1
    epoch: int = -1
    index: Index = field(default_factory=Index)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    made_of: Mapping[str, _Made] = field(default_factory=dict)

    def publishing(self) -> tuple[Organisation, ...]:
        """Whose packages are open, and who was described, by name."""
        found = {one.publisher: one for one in self.organisations.values()}
        for made in self.made_of.values():
            publisher = made.around[0]
            if isinstance(publisher, Organisation):
                found.setdefault(publisher.publisher, publisher)
        return tuple(sorted(found.values(), key=lambda one: one.name))

    def organisation(self, publisher: str) -> Organisation:
        return self.organisations.get(publisher) or organisation_of(publisher)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a package is made of."""

    number: int | None
    package: Package | None
    around: tuple[Organisation | Group, ...]
    id: str


def package_of(release: Release, opened_at: datetime) -> Package:
    """The package of a dataset that was never described in CKAN's words."""
    dataset = release.dataset
    return Package(
        id=uuid_of("dataset", dataset.id),
        name=dataset.id,
        dataset_id=dataset.id,
        publisher=dataset.publisher,
        state=ACTIVE,
        document=document_of(dataset),
        created_at=opened_at,
        modified_at=release.published_at,
        data_resource=resource_id_of(dataset.id),
    )


class Catalogue:
    """Belongs to one event loop; `registry` may be shared."""

    def __init__(self, registry: Registry, shelf: Shelf, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._shelf = shelf
        self._now = now
        self._stand = Stand()
        self._day: date | None = None
        self._looking = asyncio.Lock()
        self._judge: Judge | None = None

    async def current(self) -> Stand:
        """The catalogue at the shelf's revision. Raises Unavailable."""
        for _ in range(ATTEMPTS):
            if self._is_current(self._stand):
                return self._stand
            async with self._looking:
                if not self._is_current(self._stand):
                    today = self._now().date()
                    self._stand = await asyncio.to_thread(self._look, self._stand, today)
                    self._day = today
        if self._stand.revision >= self._shelf.revision() and self._stand.epoch == self._shelf.epoch():
            return self._stand
        raise Unavailable(
            Text("目录不断变化", "The catalogue changes again and again"), Text("请重新请求", "Ask again")
        )

    def _is_current(self, stand: Stand) -> bool:
        """The registry may be further on than the shelf: what was read then is newer, and as good."""
        newer = stand.revision >= self._shelf.revision() and stand.epoch >= self._shelf.epoch()
        return newer and self._day == self._now().date()

    def _look(self, before: Stand, today: date) -> Stand:
        with self._registry.reading() as snapshot:
            revision, epoch, _ = queries.stand(snapshot)
            standing = queries.standing(snapshot)
            said = {one.dataset_id: one for one in packages.package_rows(snapshot)}
            organisations = {one.publisher: one for one in packages.described_organisations(snapshot)}
            groups = {name: theme_group(name) for name in THEMES}
            groups |= {one.name: one for one in packages.described_groups(snapshot)}
            entries = store.list_in_force(snapshot)
            exempt = store.exempted(snapshot, today)
            if self._judge is None or not self._judge.is_of(entries, today, exempt):
                self._judge = Judge(entries, today, exempt)
            fresh = Stand(revision, epoch, before.index, organisations, groups)
            made: dict[str, _Made] = {}
            coming: list[Listed] = []
            wanted: list[str] = []
            for dataset_id in {**standing, **said}:
                known = before.made_of.get(dataset_id)
                package, number = said.get(dataset_id), standing.get(dataset_id)
                if number is None and not self._is_listed(fresh, package):
                    continue
                if known and known.number == number and known.package == package and _same(fresh, known):
                    made[dataset_id] = known
                else:
                    wanted.append(dataset_id)
            for start in range(0, len(wanted), AT_ONCE):
                some = wanted[start : start + AT_ONCE]
                numbers = [standing[one] for one in some if one in standing]
                found = queries.numbered_releases(snapshot, numbers)
                opened = packages.first_openings(snapshot, some)
                for dataset_id in some:
                    release = found.get(standing.get(dataset_id, -1))
                    one, what = _made(fresh, said.get(dataset_id), release, opened.get(dataset_id))
                    made[dataset_id] = _Made(standing.get(dataset_id), said.get(dataset_id), what, one["id"])
                    table = None
                    if release is not None:
                        chosen = said[dataset_id].data_resource if dataset_id in said else None
                        table = chosen or resource_id_of(dataset_id)
                    coming.append(listed(one, dataset_id, standing.get(dataset_id), table))
        staying = {one.id for one in made.values()}
        gone = [one.id for one in before.made_of.values() if one.id not in staying]
        index = before.index.changed(gone, coming) if gone or coming else before.index
        return Stand(revision, epoch, index, organisations, groups, made)

    def _is_listed(self, stand: Stand, package: Package | None) -> bool:
        if package is None or package.state != ACTIVE or package.private or not has_links(package):
            return False
        assert self._judge is not None
        return self._judge.lets(package)


def _around(stand: Stand, package: Package) -> tuple[Organisation | Group, ...]:
    names = package.document.get("groups", ())
    groups = [stand.groups[name] for name in names if name in stand.groups]
    return (stand.organisation(package.publisher), *groups)


def _same(stand: Stand, known: _Made) -> bool:
    """Whether the publisher and the groups of a package are described as they were."""
    publisher, *groups = known.around
    assert isinstance(publisher, Organisation)
    now = (stand.organisation(publisher.publisher), *(stand.groups.get(one.name) for one in groups))
    return now == known.around


def _made(
    stand: Stand, package: Package | None, release: Release | None, opened_at: datetime | None
) -> tuple[dict[str, Any], tuple[Organisation | Group, ...]]:
    if package is None:
        assert release is not None
        package = package_of(release, opened_at or release.published_at)
    around = _around(stand, package)
    groups = tuple(one for one in around if isinstance(one, Group))
    return described(
        Described(
            _active(package, release), stand.organisation(package.publisher), groups, release, opened_at
        )
    ), around


def _active(package: Package, release: Release | None) -> Package:
    """What is open is active, whatever was said before."""
    if release is None or package.state == ACTIVE:
        return package
    return replace(package, state=ACTIVE)
