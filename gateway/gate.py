"""The gate as one value: zones, registry, key ring and the clock, opened from settings; and the list in force."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from catalog import ledger
from catalog.elements.csv_starter import load_starter_elements
from catalog.errors import Unavailable
from catalog.ledger import VerifierKey
from catalog.registry import Registry, elements, queries, work
from catalog.registry.queries import Head
from catalog.text import Text
from catalog.zones import Zone
from gateway.access import GATE, KeyRing
from gateway.access.verifier import announce_verifying_key
from gateway.governance import store
from gateway.migrations import upgrade
from gateway.settings import GateSettings
from negative_list import NegativeList, load_starter
from negative_list.lifecycle import ListRecord, ListState

__all__ = ["Gate", "new_submission_id", "open_gate", "require_signed"]

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
    now: Callable[[], datetime]

    @property
    def entries(self) -> NegativeList:
        """The list in force now. Raises Unavailable where there is none: without a list nothing can be judged."""
        with self.registry.reading() as snapshot:
            found = store.list_in_force(snapshot)
        if found is None:
            raise Unavailable(
                Text("没有生效的负面清单", "No negative list is in force"),
                Text(
                    "请用 kaizha negative-list activate 启用一个已批准的版本",
                    "Activate an approved version with kaizha negative-list activate",
                ),
            )
        return found

    @property
    def spool(self) -> Path:
        """Private working folder; its content is of no use after a crash."""
        return self.settings.spool_folder

    @property
    def ledger_key(self) -> VerifierKey:
        """The ledger's public key under its name."""
        return VerifierKey(ORIGIN, ledger.ED25519, self.keys.verify_key())

    def append_leaf(self, unit: Connection, event: Mapping[str, Any], at: datetime) -> int:
        """Write an event into the ledger inside a unit of work, salted by the key ring; its index.

        Raises Unavailable when what is stored is not the ledger that was signed last: nothing is signed on top of it.
        """
        index = work.ledger_size(unit)
        require_signed(queries.head_of(unit), index, self.ledger_key)
        try:
            return work.append_leaf(unit, event, self.keys.leaf_salt(index), at, self._sign)
        except ValueError:
            raise not_continued() from None

    def _sign(self, size: int, root: bytes) -> str:
        body = ledger.checkpoint_body(ORIGIN, size, root)
        return ledger.checkpoint_note(body, ORIGIN, self.keys.verify_key(), self.keys.sign(body))


def require_signed(last: Head | None, size: int, key: VerifierKey) -> None:
    """Nothing, when the stored frontier of `size` leaves is the one that our newest signature stands under.

    The next head is grown from that frontier, so it is consistent with the signed one by construction; one signature
    is verified for it. Raises Unavailable.
    """
    if last is None and size == 0:
        return
    try:
        if last is None:
            raise ledger.MalformedNote("no head")
        note = ledger.parse_note(last.note.encode())
        ledger.open_note(note, (key,))
        signed = ledger.parse_checkpoint(note.text)
        frontier = ledger.hashes_of(last.frontier)
    except ValueError:
        raise not_continued() from None
    if (signed.origin, signed.size, signed.root) != (key.name, size, ledger.head(frontier)):
        raise not_continued()
    if len(frontier) != size.bit_count():
        raise not_continued()


def not_continued() -> Unavailable:
    """The refusal to sign."""
    return Unavailable(
        Text(
            "登记库中的账本不是上次签名的那一本，拒绝在其上签名",
            "The ledger in the registry is not the one that was signed last; nothing is signed on top of it",
        ),
        Text(
            "请运行 kaizha verify 查明，并从备份恢复登记库与密钥文件",
            "Find out with kaizha verify, and restore the registry and its key ring from a backup",
        ),
    )


def open_gate(settings: GateSettings) -> Gate:
    """Open (and on a fresh home create) everything the gate needs."""
    registry = Registry(settings.registry)
    upgrade(registry)
    settings.spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    gate = Gate(
        settings=settings,
        registry=registry,
        domain=Zone(settings.domain_zone_url, settings.cache_folder / "domain"),
        open=Zone(settings.open_zone_url, settings.cache_folder / "open"),
        keys=KeyRing(settings.keyring_file),
        now=lambda: datetime.now(UTC),
    )
    announce_verifying_key(gate.keys, settings.run_folder)
    _announce_key(registry, str(gate.ledger_key))
    _install_starter(gate)
    _install_elements(gate)
    return gate


def _install_starter(gate: Gate) -> None:
    """A fresh home begins with the starter list, on its drafters' word: a fresh gate is not an open one."""
    with gate.registry.reading() as snapshot:
        if store.list_records(snapshot):
            return
    starter = load_starter()
    word = starter.entries[0].governance
    now = gate.now()
    record = ListRecord(
        version=starter.version,
        base=None,
        state=ListState.ACTIVE,
        digest=store.digest_of(starter),
        authors=(word.drafted_by,),
        drafted_at=now,
        proposed_by=word.drafted_by,
        proposed_at=now,
        decided_by=word.approved_by,
        decided_at=now,
        effective_at=now,
        activated_at=now,
    )
    with gate.registry.transaction() as unit:
        if store.list_records(unit):
            return  # another process was faster
        store.add_list(unit, record, starter)
        store.set_screened_on(unit, now.date())
        event = {
            "kind": "list-activated",
            "version": starter.version,
            "digest": record.digest,
            "by": GATE.name,
            "official": starter.official,
            "at": now.isoformat(),
        }
        gate.append_leaf(unit, event, now)


def _install_elements(gate: Gate) -> None:
    """A home without data elements begins with the starter set, so that contracts have something to bind to."""
    with gate.registry.reading() as snapshot:
        if elements.current_elements(snapshot):
            return
    with gate.registry.transaction() as unit:
        if not elements.current_elements(unit):  # else another process was faster
            elements.record_elements(unit, load_starter_elements(), GATE.name, gate.now())


def _announce_key(registry: Registry, verifier_key: str) -> None:
    """The serving role holds no key ring: it shows the ledger's public key out of the registry."""
    with registry.reading() as snapshot:
        known = queries.ledger_key(snapshot)
    if known != verifier_key:
        with registry.transaction() as unit:
            work.announce_key(unit, verifier_key)


def new_submission_id(at: datetime) -> str:
    """26 characters that sort by time (48 bits of milliseconds, 80 random bits), as ULIDs do."""
    number = int(at.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
