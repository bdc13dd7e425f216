"""Daily quotas, lent to servers in blocks: the sum of what is lent never passes the quota, whoever crashes.

A server spends a block without asking. What it holds when it crashes is lost to the caller for that day, never spent
twice; a server that ends in order gives back what is left.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import date

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.access.meter_tables import quota_days, quota_salts

__all__ = ["block_of", "forget_days_before", "give_back", "hidden", "lease", "salt_of"]

BLOCKS_A_DAY = 50
LARGEST_BLOCK = 1_000


def block_of(daily: int) -> int:
    """How much a server holds at the most of a quota: a fiftieth, 1 to 1,000. What a crash can cost."""
    return max(1, min(daily // BLOCKS_A_DAY, LARGEST_BLOCK))


def lease(unit: Connection, subject: str, day: date, daily: int, wanted: int) -> tuple[int, int]:
    """Lend up to `wanted` of what is left of the day: (how much, how much is lent now in all).

    The row is made first and then changed under its lock, so that servers which ask at once add up on every database.
    """
    dialect = sqlite if unit.dialect.name == "sqlite" else postgresql
    first = dialect.insert(quota_days).values(subject=subject, day=day, leased=0)
    unit.execute(first.on_conflict_do_nothing())
    row = (quota_days.c.subject == subject) & (quota_days.c.day == day)
    lent = int(unit.execute(select(quota_days.c.leased).where(row).with_for_update()).scalar_one())
    granted = max(0, min(wanted, daily - lent))
    if granted:
        unit.execute(update(quota_days).where(row).values(leased=lent + granted))
    return granted, lent + granted


def give_back(unit: Connection, subject: str, day: date, unspent: int) -> None:
    """Take back what a server did not spend. To be tried once: what is given back twice could be spent twice."""
    row = (quota_days.c.subject == subject) & (quota_days.c.day == day) & (quota_days.c.leased >= unspent)
    unit.execute(update(quota_days).where(row).values(leased=quota_days.c.leased - unspent))


def salt_of(unit: Connection, day: date) -> bytes:
    """The salt of a day, 32 random bytes, the same for all servers."""
    dialect = sqlite if unit.dialect.name == "sqlite" else postgresql
    made = dialect.insert(quota_salts).values(day=day, salt=secrets.token_bytes(32))
    unit.execute(made.on_conflict_do_nothing())
    return bytes(unit.execute(select(quota_salts.c.salt).where(quota_salts.c.day == day)).scalar_one())


def hidden(address: str, salt: bytes) -> str:
    """An address as a subject: HMAC-SHA256 under the day's salt, which is deleted with the day."""
    return "~" + hmac.digest(salt, address.encode(), "sha256").hex()[:40]


def forget_days_before(unit: Connection, day: date) -> None:
    """Delete the quotas and salts of earlier days."""
    unit.execute(delete(quota_days).where(quota_days.c.day < day))
    unit.execute(delete(quota_salts).where(quota_salts.c.day < day))
