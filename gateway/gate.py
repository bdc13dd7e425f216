"""The gate as one value: zones, registry, key ring, the list in force and the clock, opened from settings."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from catalog import ledger
from catalog.registry import Registry, work
from catalog.zones import Zone
from gateway.access import KeyRing
from gateway.migrations import upgrade
from gateway.settings import GateSettings
from negative_list import NegativeList, load_starter

__all__ = ["Gate", "new_submission_id", "open_gate"]

# Name of this ledger and of its key, in checkpoints.
ORIGIN = "kaizha/ledger"
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate role works with. `now` gives aware UTC times."""

    settings: GateSettings
    registry: Registry
    domain: Zone
    open: Zone
    keys: KeyRing
    entries: NegativeList
    now: Callable[[], datetime]

    @property
    def spool(self) -> Path:
        """Private working folder; its content is of no use after a crash."""
        return self.settings.spool_folder

    def append_leaf(self, unit: Connection, event: Mapping[str, Any], at: datetime) -> int:
        """Write an event into the ledger inside a unit of work, salted by the key ring; its index."""
        return work.append_leaf(unit, event, self.keys.leaf_salt(work.ledger_size(unit)), at, self._sign)

    def _sign(self, size: int, root: bytes) -> str:
        body = ledger.checkpoint_body(ORIGIN, size, root)
        return ledger.checkpoint_note(body, ORIGIN, self.keys.verify_key(), self.keys.sign(body))


def open_gate(settings: GateSettings) -> Gate:
    """Open (and on a fresh home create) everything the gate needs."""
    registry = Registry(settings.registry)
    upgrade(registry)
    settings.spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Gate(
        settings=settings,
        registry=registry,
        domain=Zone(settings.domain_zone_url, settings.cache_folder / "domain"),
        open=Zone(settings.open_zone_url, settings.cache_folder / "open"),
        keys=KeyRing(settings.keyring_file),
        entries=load_starter(),
        now=lambda: datetime.now(UTC),
    )


def new_submission_id(at: datetime) -> str:
    """26 characters that sort by time (48 bits of milliseconds, 80 random bits), as ULIDs do."""
    number = int(at.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
