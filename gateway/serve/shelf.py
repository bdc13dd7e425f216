"""What is on the shelf now: dataset → served release, under a lease on the policy epoch.

Every look-up renews the lease when it is older than `lease_s`; when the registry cannot be asked, the shelf answers
nothing (503): better unavailable than stale. A look-up inside the lease costs a dictionary access.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from catalog.registry import Registry, queries
from catalog.zones import Zone
from gateway.serve.column_file import BUILDER_VERSION as COLUMN_BUILDER
from gateway.serve.row_file import BUILDER_VERSION as ROW_BUILDER
from gateway.serve.served import Served

__all__ = ["COLUMN_FILE", "PARQUET", "ROW_FILE", "RegistryShelf", "cache_folder_of"]

PARQUET = ".parquet"
# Names carry the builder's version: a newer builder builds anew beside the old file.
ROW_FILE = f"{ROW_BUILDER}.rows"
COLUMN_FILE = f"{COLUMN_BUILDER}.duckdb"


def cache_folder_of(cache: Path, release_id: str) -> Path:
    """The folder of the caches of one release."""
    return cache / "releases" / release_id


class RegistryShelf:
    """One for each server process; the event loop and the threads of FastAPI ask it alike.

    One lock covers the look and what is remembered of it: a release read before a withdrawal can never be put on the
    shelf after it.
    """

    def __init__(
        self,
        registry: Registry,
        zone: Zone,
        cache: Path,
        lease_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._zone = zone
        self._cache = cache
        self._lease_s = lease_s
        self._monotonic = monotonic
        self._renewed: float | None = None
        self._revision = -1
        self._epoch = -1
        self._served: dict[str, Served] = {}
        self._lock = threading.RLock()

    def epoch(self) -> int:
        """The policy epoch. Raises Unavailable when the lease cannot be renewed."""
        with self._lock:
            self._renew()
            return self._epoch

    def revision(self) -> int:
        """Moves with every change of what is on the shelf. Raises Unavailable as above."""
        with self._lock:
            self._renew()
            return self._revision

    def current(self, dataset_id: str) -> Served | None:
        """The release that answers for a dataset now; None when nothing is open. Raises Unavailable as above."""
        with self._lock:
            self._renew()
            known = self._served.get(dataset_id)
            if known is None and (known := self._look_up(dataset_id)) is not None:
                # only what is open is remembered: a caller could fill the memory with names
                self._served[dataset_id] = known
            return known

    def _look_up(self, dataset_id: str) -> Served | None:
        with self._registry.reading() as snapshot:
            release = queries.current_release(snapshot, dataset_id)
        if release is None:
            return None
        folder = cache_folder_of(self._cache, release.id)
        rows, columns = folder / ROW_FILE, folder / COLUMN_FILE
        return Served(
            release=release,
            parquet=self._zone.path(release.id, PARQUET),
            row_file=rows if rows.exists() else None,
            column_file=columns if columns.exists() else None,
        )

    def _renew(self) -> None:
        now = self._monotonic()
        if self._renewed is not None and now - self._renewed <= self._lease_s:
            return
        with self._registry.reading() as snapshot:
            revision, epoch = queries.revision(snapshot), queries.policy_epoch(snapshot)
        if revision != self._revision:
            self._served.clear()
        self._revision, self._epoch, self._renewed = revision, epoch, now
