"""API keys: ``kz_<prefix>_<random>_<checksum>``. Shown once, stored as peppered digests, refused once revoked or ended.

A key of an institution has a holder: whoever uses it acts under that name (so nobody is two persons by having a key),
in one role, and only while the holder has that role. A key without a holder belongs to a personal home. A key that is
for some datasets only calls the data APIs of these and stands for nobody elsewhere.
"""

from __future__ import annotations

import binascii
import hmac
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from catalog.errors import BadInput, Conflict, NotFound, NotSignedIn, Where
from catalog.registry import work
from catalog.text import Text
from gateway.access.keyring import KeyRing
from gateway.access.people import person_of
from gateway.access.permissions import Person, Role
from gateway.access.plan import REGISTERED_PLAN
from gateway.access.tables import api_keys

__all__ = [
    "LONGEST_OVERLAP",
    "KeyRecord",
    "KeyTerms",
    "authenticate",
    "client_row",
    "issue",
    "key_list",
    "looks_like_a_key",
    "prefix_of",
    "revoke",
    "rotate",
]

ALPHABET = string.ascii_lowercase + string.digits
PREFIX_LENGTH = 8
RANDOM_LENGTH = 31  # 36^31 > 2^160
MOST_KEYS = 10
"""Keys in force of one holder: a quota is of a key, and is not multiplied by taking many."""
MOST_DATASETS = 100
LONGEST_OVERLAP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """On what terms a key is given. `datasets`: ids, () = all that are open; `ends_at`: None = until it is revoked."""

    plan: str = ""
    purpose: str = ""
    datasets: tuple[str, ...] = ()
    ends_at: datetime | None = None


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
    terms: KeyTerms = KeyTerms()
    replaces: str | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether it is taken at that moment."""
        return self.revoked_at is None and (self.terms.ends_at is None or self.terms.ends_at > at)


def issue(
    unit: Connection,
    ring: KeyRing,
    label: str,
    role: Role,
    publisher: str | None,
    at: datetime,
    holder: str | None = None,
    terms: KeyTerms = KeyTerms(),
    replaces: str | None = None,
) -> str:
    """A new key, to be shown once. Raises BadInput for a publisher beside a role that is not a steward's, an end that
    has passed, too many datasets; Conflict for one key more than a person may have."""
    if publisher is not None and role is not Role.STEWARD:
        raise BadInput(
            Text("只有数据专员的密钥限于一个提供单位", "Only a steward's key is for one publisher"),
            Text("去掉 --publisher，或使用 --role steward", "Leave out --publisher, or use --role steward"),
            Where(parameter="publisher"),
        )
    _check_terms(terms, at)
    if holder is not None:
        _check_number(unit, holder, at, replaces)
    prefix, body = (
        "".join(secrets.choice(ALPHABET) for _ in range(length)) for length in (PREFIX_LENGTH, RANDOM_LENGTH)
    )
    key = f"kz_{prefix}_{body}_{_checksum(prefix, body)}"
    unit.execute(
        insert(api_keys).values(
            prefix=prefix,
            digest=ring.key_digest(key),
            verifier=ring.key_verifier(key),
            label=label,
            role=role.value,
            publisher=publisher,
            issued_at=at,
            holder=holder,
            plan=terms.plan or REGISTERED_PLAN,
            purpose=terms.purpose,
            datasets=list(terms.datasets) or None,
            ends_at=terms.ends_at,
            replaces=replaces,
        )
    )
    work.keys_changed(unit)
    return key


def rotate(
    unit: Connection, ring: KeyRing, prefix: str, at: datetime, until: datetime, holder: str | None = None
) -> str:
    """A new key on the terms of this one, which is taken until `until` beside it and refused from then on.

    Raises NotFound: no such key in force (of that `holder`, where one is named); BadInput: no moment from now to thirty
    days ahead.
    """
    if not at <= until <= at + LONGEST_OVERLAP:
        raise BadInput(
            Text("旧密钥最多再用 30 天", "The old key may be taken for 30 days more at the most"),
            Text("请给出 30 天以内的时刻", "Give a moment within 30 days"),
            Where(parameter="until"),
        )
    condition = _mine(prefix, at, holder)
    row = unit.execute(select(api_keys).where(condition)).first()
    if row is None:
        raise _no_such_key(prefix)
    before = _record(row)
    new = issue(
        unit,
        ring,
        before.label,
        before.role,
        before.publisher,
        at,
        before.holder,
        before.terms,
        replaces=prefix,
    )
    ends = until if before.terms.ends_at is None else min(until, before.terms.ends_at)
    unit.execute(update(api_keys).where(condition).values(ends_at=ends))
    return new


def revoke(unit: Connection, prefix: str, at: datetime, holder: str | None = None) -> None:
    """Refuse the key from now on. Raises NotFound: no such key in force (of that `holder`, where one is named)."""
    if not unit.execute(update(api_keys).where(_mine(prefix, at, holder)).values(revoked_at=at)).rowcount:
        raise _no_such_key(prefix)
    work.keys_changed(unit)


def key_list(snapshot: Connection, holder: str | None = None) -> tuple[KeyRecord, ...]:
    """Every key ever issued (to that `holder`, where one is named), newest first."""
    asked = select(api_keys).order_by(api_keys.c.issued_at.desc())
    if holder is not None:
        asked = asked.where(api_keys.c.holder == holder)
    return tuple(_record(row) for row in snapshot.execute(asked))


def looks_like_a_key(key: str) -> bool:
    """Whether the checksum fits: a mistyped key is refused without a look into the registry."""
    parts = key.split("_")
    return len(parts) == 4 and parts[0] == "kz" and parts[3] == _checksum(parts[1], parts[2])


def prefix_of(key: str) -> str:
    """The public part of a key that `looks_like_a_key`."""
    return key.split("_")[1]


def authenticate(snapshot: Connection, ring: KeyRing, key: str, at: datetime) -> Person:
    """Who the key stands for. Raises NotSignedIn: unknown, mistyped, ended, revoked or for some datasets only (all
    alike, on purpose)."""
    if looks_like_a_key(key):
        row = snapshot.execute(select(api_keys).where(_in_force(prefix_of(key), at))).first()
        if row and hmac.compare_digest(row.digest, ring.key_digest(key)) and row.datasets is None:
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


def client_row(snapshot: Connection, prefix: str, verifier: bytes, at: datetime) -> KeyRecord | None:
    """The key that a serving process verifies, while its holder has its role; None for any other."""
    row = snapshot.execute(select(api_keys).where(_in_force(prefix, at))).first()
    if row is None or row.verifier is None or not hmac.compare_digest(row.verifier, verifier):
        return None
    return _record(row) if _person(snapshot, row) is not None else None


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


def _record(row: Any) -> KeyRecord:
    terms = KeyTerms(row.plan, row.purpose, tuple(row.datasets or ()), row.ends_at)
    role = Role(row.role)
    return KeyRecord(
        row.prefix,
        row.label,
        role,
        row.publisher,
        row.issued_at,
        row.revoked_at,
        row.holder,
        terms,
        row.replaces,
    )


def _in_force(prefix: str, at: datetime) -> ColumnElement[bool]:
    ends = api_keys.c.ends_at
    return (api_keys.c.prefix == prefix) & api_keys.c.revoked_at.is_(None) & or_(ends.is_(None), ends > at)


def _mine(prefix: str, at: datetime, holder: str | None) -> ColumnElement[bool]:
    found = _in_force(prefix, at)
    return found if holder is None else found & (api_keys.c.holder == holder)


def _no_such_key(prefix: str) -> NotFound:
    return NotFound(
        Text(f"没有生效中的密钥 {prefix}", f"No key {prefix} is in force"),
        Text("用 kaizha key list 查看", "See kaizha key list"),
    )


def _check_terms(terms: KeyTerms, at: datetime) -> None:
    if terms.ends_at is not None and terms.ends_at <= at:
        raise BadInput(
            Text("密钥的有效期已过", "The key would have ended already"),
            Text("请给出将来的时刻，或不给", "Give a moment ahead, or none"),
            Where(parameter="expires"),
        )
    if len(terms.datasets) > MOST_DATASETS:
        raise BadInput(
            Text(
                f"一个密钥最多限定 {MOST_DATASETS} 个数据集", f"A key names at most {MOST_DATASETS} datasets"
            ),
            Text("不限定即适用于所有开放数据", "Name none: then it is for all that is open"),
            Where(parameter="dataset"),
        )


def _check_number(unit: Connection, holder: str, at: datetime, replaces: str | None) -> None:
    """One key more for a rotation: the one it replaces ends by itself."""
    ends = api_keys.c.ends_at
    mine = (api_keys.c.holder == holder) & api_keys.c.revoked_at.is_(None) & or_(ends.is_(None), ends > at)
    number = unit.execute(select(func.count()).select_from(api_keys).where(mine)).scalar_one()
    if number >= MOST_KEYS + (replaces is not None):
        raise Conflict(
            Text(f"每人最多 {MOST_KEYS} 个生效中的密钥", f"A person has at most {MOST_KEYS} keys in force"),
            Text("请先停用不再使用的密钥", "Revoke one that is not used any more first"),
        )


def _checksum(prefix: str, body: str) -> str:
    return f"{binascii.crc32(f'{prefix}_{body}'.encode()):08x}"
