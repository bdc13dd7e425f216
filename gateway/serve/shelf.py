"""What is on the shelf now: dataset → served release, under a lease on the policy epoch.

A thread asks the registry again and again; a look-up reads memory only, once a release is at hand. When the registry
has not answered for `lease_s`, the shelf answers nothing (503): better unavailable than stale. A look-up asks by itself
only where the registry is a local file, which keeps nobody waiting: a busy machine then costs no answers.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection

from catalog.errors import Unavailable
from catalog.registry import Registry, queries
from catalog.registry.services import Standing, service_document, service_mark, standing_services, view_of
from catalog.release import Release
from catalog.text import Text
from catalog.zones import Zone
from gateway.governance import store
from gateway.moment import utc_now
from gateway.serve.cache_folder import (
    COLUMN_FILE,
    ROW_FILE,
    SEARCH_FILE,
    cache_folder_of,
    mark_used,
    mark_wanted,
)
from gateway.serve.earlier import Asked, Law, chosen, closed, no_such_release
from gateway.serve.served import Served, ServedService
from privacy import DETECTOR

__all__ = ["PARQUET", "RegistryShelf", "while_held", "with_files"]

PARQUET = ".parquet"
LOOKS_A_LEASE = 5  # several looks may be late before the lease runs out
WATCH_S = 0.05
EARLIER_KEPT = 4_096
PREPARED_KEPT = 8_192
ATTEMPTS = 3

T = TypeVar("T")
log = structlog.get_logger()


async def while_held(work: asyncio.Future[T], held: Callable[[], object]) -> T:
    """The result of `work`, waited for only as long as `held` does not raise: then that is raised, and the work is
    given up. A database that is cut off may never answer; whoever asked it is not kept waiting."""
    try:
        while True:
            done, _ = await asyncio.wait({work}, timeout=WATCH_S)
            if done:
                return work.result()
            held()
    except BaseException:
        work.cancel()
        raise


@dataclass(frozen=True, slots=True)
class _Services:
    """Operations at one mark of the registry: 4,000 of them are a dictionary, never as many routes. `prepared` fills with
    use, by number."""

    mark: tuple[int, int] = (0, 0)
    by_id: Mapping[str, tuple[Standing, ...]] = field(default_factory=dict)
    prepared: dict[int, ServedService] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Stand:
    """What one look found. `standing`: dataset → number of its current release. `served` fills with use; it belongs to
    one stand because a file that is built later moves the revision. `earlier` likewise, by what names the release and
    the day on which that was open."""

    revision: int
    epoch: int
    keys: int
    asked: float
    standing: dict[str, int]
    services: _Services
    served: dict[int, Served] = field(default_factory=dict)
    earlier: dict[tuple[str, Asked, date], Served] = field(default_factory=dict)


def with_files(release: Release, zone: Zone, cache: Path) -> Served:
    """A release with those of its files that are there."""
    folder = cache_folder_of(cache, release.id)
    rows, columns, terms = folder / ROW_FILE, folder / COLUMN_FILE, folder / SEARCH_FILE
    return Served(
        release=release,
        parquet=zone.path(release.id, PARQUET),
        row_file=rows if rows.exists() else None,
        column_file=columns if columns.exists() else None,
        search_file=terms if terms.exists() else None,
    )


def _services(snapshot: Connection, known: _Services) -> _Services:
    """The operations as the registry has them; what is known of them where nothing has moved."""
    mark = service_mark(snapshot)
    if mark == known.mark:  # but files of joins may have been built since
        prepared = {number: one for number, one in known.prepared.items() if one.view is None}
        return _Services(mark, known.by_id, prepared)
    by_id = {
        service_id: tuple(several) for service_id, several in groupby(standing_services(snapshot), key=_id_of)
    }
    return _Services(mark, by_id)


def _id_of(one: Standing) -> str:
    return one.id


class RegistryShelf:
    """One for each server process; the event loop and the threads of FastAPI ask it alike.

    The stand is replaced as a whole and releases are kept by number, so that a release read before a withdrawal is
    never found again after it. `registry` is for the shelf alone: its look must not queue behind readers of pages.
    """

    def __init__(
        self,
        registry: Registry,
        zone: Zone,
        cache: Path,
        lease_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._registry = registry
        self._zone = zone
        self._cache = cache
        self._lease_s = lease_s
        self._monotonic = monotonic
        self._now = now
        self._stand: _Stand | None = None
        self._releases: dict[int, Release] = {}
        self._standing = threading.Lock()
        self._closing = threading.Event()
        self._follower: threading.Thread | None = None
        self.rebuilt = Counter(
            "kaizha_shelf_rebuilds", "Times that what is open was read anew", registry=None
        )

    def follow(self) -> None:
        """Begin to renew the lease in a thread, until `close`."""
        self._follower = threading.Thread(target=self._follow, name="lease", daemon=True)
        self._follower.start()

    def close(self) -> None:
        self._closing.set()
        if self._follower is not None:
            self._follower.join(self._lease_s)
        self._registry.close()

    def renew(self) -> _Stand:
        """Look at the registry once; the stand after it. Raises Unavailable when it cannot be asked."""
        asked = self._monotonic()  # the lease counts from before the question
        before = self._stand
        with self._registry.reading() as snapshot:
            revision, epoch, keys = queries.stand(snapshot)
            same = before if before is not None and before.revision == revision else None
            standing = same.standing if same else queries.standing(snapshot)
            known = before.services if before else _Services()
            services = same.services if same else _services(snapshot, known)
        kept = (same.served, same.earlier) if same else ()
        found = _Stand(revision, epoch, keys, asked, standing, services, *kept)
        with self._standing:
            if self._stand is not None and self._stand.asked > asked:
                return self._stand  # a later look was faster
            if same is None:
                self.rebuilt.inc()
                numbers = set(standing.values())
                self._releases = {n: one for n, one in self._releases.items() if n in numbers}
            self._stand = found
        return found

    def age_s(self) -> float:
        """Seconds since the registry was last asked; since ever, where it never was."""
        stand = self._stand
        return self._monotonic() - (stand.asked if stand is not None else 0.0)

    def epoch(self) -> int:
        """The policy epoch. Raises Unavailable when the lease is not held."""
        return self._held().epoch

    def revision(self) -> int:
        """Moves with every change of what is on the shelf. Raises Unavailable as above."""
        return self._held().revision

    def keys_revision(self) -> int:
        """Moves with every change of keys and plans. Raises Unavailable as above."""
        return self._held().keys

    def number(self, dataset_id: str) -> int | None:
        """The number of the release that answers for a dataset now; None when nothing is open. Memory only. Raises
        Unavailable as above."""
        return self._held().standing.get(dataset_id)

    def any_release(self) -> str | None:
        """The file of one release that is open and was asked for, to see whether the zone can be read; None where there is
        none yet. Raises Unavailable as above."""
        stand = self._held()
        number = next(iter(stand.served), None) or next(iter(stand.standing.values()), None)
        if number is None:
            return None
        return (stand.served.get(number) or self._look_up(number)).release.id

    def at_hand(self, dataset_id: str) -> bool:
        """Whether `current` answers from memory. Raises Unavailable as above."""
        stand = self._held()
        number = stand.standing.get(dataset_id)
        return number is None or number in stand.served

    def current(self, dataset_id: str) -> Served | None:
        """The release that answers for a dataset now; None when nothing is open. The first time, its record and files
        are looked up. Raises Unavailable as above."""
        stand = self._held()
        number = stand.standing.get(dataset_id)
        if number is None:
            return None
        if (known := stand.served.get(number)) is not None:
            return known
        served = self._look_up(number)
        stand.served[number] = served
        return served

    def earlier(self, dataset_id: str, asked: Asked) -> Served:
        """A release before the current one, where it may still be answered from: asked of the registry once for each
        stand and day. Raises NotFound: there is none, or it is closed; Unavailable as above."""
        today = self._now().date()
        stand = self._held()
        for _ in range(ATTEMPTS):
            key = (dataset_id, asked, today)
            if (known := stand.earlier.get(key)) is not None:
                return known
            served = self._open_earlier(stand, dataset_id, asked, today)
            if served is not None:
                if len(stand.earlier) >= EARLIER_KEPT:
                    stand.earlier.clear()
                stand.earlier[key] = served
                return served
            stand = self.renew()  # the registry is further on than the stand
        raise Unavailable(
            Text("登记内容不断变化", "The catalogue changes again and again"), Text("请重新请求", "Ask again")
        )

    def services(self, service_id: str) -> tuple[Standing, ...]:
        """Every version of an operation, the newest declared first. Memory only. Raises Unavailable as above."""
        return self._held().services.by_id.get(service_id, ())

    def rests_on(self, service_id: str) -> tuple[str, ...]:
        """The datasets that versions of an operation ask, its own first; () where there is none. Memory only. Raises as
        above."""
        asked = (dataset_id for one in self.services(service_id) for dataset_id in one.datasets)
        return tuple(dict.fromkeys(asked))

    def service_ids(self) -> Sequence[str]:
        """Ids of operations, in order. Memory only. Raises Unavailable as above."""
        return list(self._held().services.by_id)

    def prepared(self, number: int) -> ServedService | None:
        """A version of an operation with what it answers from, where that is in memory. Raises Unavailable as above."""
        return self._held().services.prepared.get(number)

    def prepare(self, number: int) -> ServedService:
        """The same, looked up. Raises Unavailable as above."""
        services = self._held().services
        with self._registry.reading() as snapshot:
            declared = service_document(snapshot, number)
            view = view_of(snapshot, number) if declared.joins else None
        found = ServedService(declared)
        if view is not None:
            served = self._with_files(view.release)
            self._mark(served)
            found = ServedService(declared, served, view.resting)
        if len(services.prepared) >= PREPARED_KEPT:
            services.prepared.clear()
        services.prepared[number] = found
        return found

    def _open_earlier(self, stand: _Stand, dataset_id: str, asked: Asked, today: date) -> Served | None:
        """None where the registry is not at this stand any more. Raises NotFound."""
        number = stand.standing.get(dataset_id)
        if number is None:
            raise no_such_release(asked)
        with self._registry.reading() as snapshot:
            if queries.stand(snapshot)[:2] != (stand.revision, stand.epoch):
                return None
            listed = queries.listed_releases(snapshot, dataset_id)
            place = chosen(asked, listed)
            if place is None:
                raise no_such_release(asked)
            old = queries.numbered_release(snapshot, place.number)
            exempt = [one for one in store.exemptions_of(snapshot) if one.dataset_id == dataset_id]
            law = Law(store.list_in_force(snapshot), exempt, DETECTOR)
            current = queries.numbered_release(snapshot, number)
        if (why := closed(old, place, listed, current, law, today)) is not None:
            raise no_such_release(asked, why)
        return self._with_files(old)

    def _held(self) -> _Stand:
        stand = self._stand
        if stand is None or self._monotonic() - stand.asked > self._lease_s:
            if self._registry.local:
                return self.renew()
            raise Unavailable(
                Text("登记库暂时无法应答", "The registry does not answer now"),
                Text(
                    "请稍后重试；管理员可查看登记库连接",
                    "Try again shortly; an administrator should check the registry's connection",
                ),
            )
        return stand

    def _look_up(self, number: int) -> Served:
        release = self._releases.get(number)
        if release is None:
            with self._registry.reading() as snapshot:
                release = queries.numbered_release(snapshot, number)
            self._releases[number] = release
        served = self._with_files(release)
        self._mark(served)
        return served

    def _mark(self, served: Served) -> None:
        """Its files are in use, or wanted."""
        if served.row_file is None:
            mark_wanted(self._cache, served.release.id)
        else:
            mark_used(served.row_file.parent)

    def _with_files(self, release: Release) -> Served:
        return with_files(release, self._zone, self._cache)

    def _follow(self) -> None:
        answering = True
        while not self._closing.is_set():
            try:
                self.renew()
                answers = True
            except (
                Exception
            ) as error:  # the thread outlives a registry that is away; the lease runs out by itself
                answers = False
                if answering:
                    log.error("registry does not answer", kind=type(error).__name__)
            if answers and not answering:
                log.info("registry answers again")
            answering = answers
            self._closing.wait(self._lease_s / LOOKS_A_LEASE)
