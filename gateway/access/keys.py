"""API keys: ``kz_<prefix>_<random>_<checksum>``. Shown once, stored as a peppered digest, refused once revoked.

A key of an institution has a holder: whoever uses it acts under that name (so nobody is two persons by having a key),
in one role, and only while the holder has that role. A key without a holder belongs to a personal home.
"""

from __future__ import annotations

import binascii
import hmac
import secrets
import string
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from catalog.errors import BadInput, NotFound, NotSignedIn, Where
from catalog.text import Text
from gateway.access.keyring import KeyRing
from gateway.access.people import person_of
from gateway.access.permissions import Person, Role
from gateway.access.tables import api_keys

__all__ = ["KeyRecord", "authenticate", "issue", "key_list", "looks_like_a_key", "revoke"]

ALPHABET = string.ascii_lowercase + string.digits
PREFIX_LENGTH = 8
RANDOM_LENGTH = 31  # 36^31 > 2^160


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as listed: never the key."""

    prefix: str
    label: str
    role: Role
    publisher: str | None
    issued_at: datetime
    revoked_at: datetime | None
    holder: str | None = None


def issue(
    work: Connection,
    ring: KeyRing,
    label: str,
    role: Role,
    publisher: str | None,
    at: datetime,
    holder: str | None = None,
) -> str:
    """A new key, to be shown once. Raises BadInput for a publisher beside a role that is not a steward's."""
    if publisher is not None and role is not Role.STEWARD:
        raise BadInput(
            Text("只有数据专员的密钥限于一个提供单位", "Only a steward's key is for one publisher"),
            Text("去掉 --publisher，或使用 --role steward", "Leave out --publisher, or use --role steward"),
            Where(parameter="publisher"),
        )
    prefix, body = (
        "".join(secrets.choice(ALPHABET) for _ in range(length)) for length in (PREFIX_LENGTH, RANDOM_LENGTH)
    )
    key = f"kz_{prefix}_{body}_{_checksum(prefix, body)}"
    work.execute(
        insert(api_keys).values(
            prefix=prefix,
            digest=ring.key_digest(key),
            label=label,
            role=role.value,
            publisher=publisher,
            issued_at=at,
            holder=holder,
        )
    )
    return key


def revoke(work: Connection, prefix: str, at: datetime, holder: str | None = None) -> None:
    """Refuse the key from now on. Raises NotFound: no such key in force (of that `holder`, where one is named)."""
    in_force = (api_keys.c.prefix == prefix) & api_keys.c.revoked_at.is_(None)
    if holder is not None:
        in_force &= api_keys.c.holder == holder
    if not work.execute(update(api_keys).where(in_force).values(revoked_at=at)).rowcount:
        raise NotFound(
            Text(f"没有生效中的密钥 {prefix}", f"No key {prefix} is in force"),
            Text("用 kaizha key list 查看", "See kaizha key list"),
        )


def key_list(snapshot: Connection) -> tuple[KeyRecord, ...]:
    """Every key ever issued, newest first."""
    rows = snapshot.execute(select(api_keys).order_by(api_keys.c.issued_at.desc()))
    return tuple(
        KeyRecord(
            row.prefix, row.label, Role(row.role), row.publisher, row.issued_at, row.revoked_at, row.holder
        )
        for row in rows
    )


def looks_like_a_key(key: str) -> bool:
    """Whether the checksum fits: a mistyped key is refused without a look into the registry."""
    parts = key.split("_")
    return len(parts) == 4 and parts[0] == "kz" and parts[3] == _checksum(parts[1], parts[2])


def authenticate(snapshot: Connection, ring: KeyRing, key: str) -> Person:
    """Who the key stands for. Raises NotSignedIn: unknown, mistyped or revoked (all alike, on purpose)."""
    if looks_like_a_key(key):
        in_force = (api_keys.c.prefix == key.split("_")[1]) & api_keys.c.revoked_at.is_(None)
        row = snapshot.execute(select(api_keys).where(in_force)).first()
        if row and hmac.compare_digest(row.digest, ring.key_digest(key)):
            person = _person(snapshot, row)
            if person is not None:
                return person
    raise NotSignedIn(
        Text("密钥无效或已停用", "The key is not valid or has been revoked"),
        Text(
            "请检查 Authorization: Bearer 中的密钥，或申请新的密钥",
            "Check the key in Authorization: Bearer, or ask for a new one",
        ),
    )


def _person(snapshot: Connection, row: Any) -> Person | None:
    """Who acts by this key; None when its holder lost the role, or when it narrows a role that cannot be narrowed."""
    role = Role(row.role)
    if row.publisher is not None and role is not Role.STEWARD:
        return None
    if row.holder is None:
        return Person(f"key:{row.prefix}", frozenset({role}), row.publisher)
    holder = person_of(snapshot, row.holder)
    if holder is None or role not in holder.roles:
        return None
    if role is Role.STEWARD and row.publisher != holder.publisher:
        return None
    return Person(holder.name, frozenset({role}), row.publisher)


def _checksum(prefix: str, body: str) -> str:
    return f"{binascii.crc32(f'{prefix}_{body}'.encode()):08x}"
