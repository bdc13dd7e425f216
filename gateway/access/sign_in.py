"""Signing in: by password, or by the one-time token with which a password is chosen.

An attempt is counted before it is judged, so that a burst of guesses cannot outrun the count; after five the account
waits twice as long each time. Several are judged at once: a success forgives the attempts up to its own, never those
counted since, and stands only while the secret it was judged by does. Every refusal says the same and costs the same,
whether or not the name exists.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, null, select, update

from catalog.errors import KaizhaError, NotFound, NotSignedIn
from catalog.registry import Registry
from catalog.text import Text
from gateway.access import passwords
from gateway.access.keyring import KeyRing
from gateway.access.people import signed_in
from gateway.access.permissions import Person
from gateway.access.sessions import Session, begin, end_all
from gateway.access.tables import users

__all__ = [
    "ONE_TIME_LASTS",
    "SignedIn",
    "new_one_time_token",
    "set_password",
    "sign_in",
    "sign_in_by_subject",
]

FREE_ATTEMPTS = 5
LONGEST_WAIT_S = 900
ONE_TIME_LASTS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: Person
    session: Session


def sign_in(
    registry: Registry, ring: KeyRing, name: str, secret: str, at: datetime, new_password: str | None = None
) -> SignedIn:
    """A session for the right secret: the password, or (with `new_password`) the one-time token, which is then spent.

    Raises NotSignedIn (wrong, unknown, locked: all alike), BadInput for a new password that will not do.
    """
    if new_password is not None:
        passwords.checked(new_password, name)
    row = _attempt(registry, name, at)
    good = (
        passwords.matches(row.password if row else None, secret)
        if new_password is None
        else _is_the_token(row, ring, secret, at)
    )
    if row is None or not good:
        raise _refusal()
    renewed = new_password if new_password is not None else secret
    anew = new_password is not None or passwords.is_outdated(row.password)
    hashed = passwords.hash_password(renewed) if anew else row.password
    with registry.transaction() as unit:
        person = signed_in(unit, name)
        judged_by = users.c.password if new_password is None else users.c.one_time_digest
        unchanged = judged_by == (row.password if new_password is None else row.one_time_digest)
        spent = {"one_time_digest": None, "one_time_until": None} if new_password is not None else {}
        since = users.c.failures > row.failures + 1  # others were counted after this attempt
        forgiven = {
            "failures": case((since, users.c.failures - row.failures - 1), else_=0),
            "locked_until": case((since, users.c.locked_until), else_=null()),
        }
        change = update(users).where(users.c.name == name, unchanged)
        done = unit.execute(change.values(password=hashed, **forgiven, **spent))
        if not done.rowcount:  # meanwhile the token was spent, or the password replaced, by another sign-in
            raise _refusal()
        if new_password is not None:
            end_all(unit, name)
        return SignedIn(person, begin(unit, ring, name, at))


def sign_in_by_subject(registry: Registry, ring: KeyRing, subject: str, at: datetime) -> SignedIn:
    """A session for whom an identity provider vouches. Raises NotSignedIn when the subject is nobody's here: an
    account is added and given its roles by an administrator, never by signing in."""
    with registry.transaction() as unit:
        row = unit.execute(select(users.c.name).where(users.c.oidc_subject == subject)).first()
        if row is None:
            raise NotSignedIn(
                Text("您的身份在这里没有账号", "Your identity has no account here"),
                Text("请联系账号管理员登记", "Ask an administrator to add it"),
            )
        return SignedIn(signed_in(unit, row.name), begin(unit, ring, row.name, at))


def new_one_time_token(unit: Connection, ring: KeyRing, name: str, at: datetime) -> str:
    """A token with which `name` chooses a password, once, within three days. Lifts a lock. Raises NotFound."""
    token = "ko_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    change = update(users).where(users.c.name == name, users.c.disabled_at.is_(None))
    fresh = {"one_time_digest": ring.key_digest(token), "one_time_until": at + ONE_TIME_LASTS}
    if not unit.execute(change.values(failures=0, locked_until=None, **fresh)).rowcount:
        raise NotFound(
            Text(f"没有可用的账号 {name}", f"There is no account {name} in use"),
            Text("用 kaizha user list 查看", "See kaizha user list"),
        )
    return token


def set_password(unit: Connection, name: str, hashed: str) -> None:
    """Store a password's hash: for people of the demo, whose password is told to everybody."""
    unit.execute(update(users).where(users.c.name == name).values(password=hashed))


def _attempt(registry: Registry, name: str, at: datetime) -> Any:
    """The account's row with this attempt counted; None when unknown, disabled or waiting."""
    with registry.transaction() as unit:
        row = unit.execute(select(users).where(users.c.name == name, users.c.disabled_at.is_(None))).first()
        if row is None or (row.locked_until is not None and row.locked_until > at):
            # written all the same, and to the disk: the time of an answer must not tell which names exist
            first = select(func.min(users.c.name)).scalar_subquery()
            unit.execute(update(users).where(users.c.name == first).values(failures=users.c.failures))
            return None
        failures = row.failures + 1
        over = failures - FREE_ATTEMPTS
        wait = timedelta(seconds=min(2 ** min(over, 20), LONGEST_WAIT_S)) if over >= 0 else None
        counted = {"failures": failures, "locked_until": at + wait if wait else None}
        unit.execute(update(users).where(users.c.name == name).values(**counted))
        return row


def _is_the_token(row: Any, ring: KeyRing, secret: str, at: datetime) -> bool:
    given = ring.key_digest(secret)
    stored = row.one_time_digest if row and row.one_time_digest and row.one_time_until > at else bytes(32)
    return hmac.compare_digest(stored, given)


def _refusal() -> KaizhaError:
    return NotSignedIn(
        Text(
            "用户名、密码或一次性令牌不正确，或失败次数过多",
            "The name, password or one-time token is wrong, or there were too many failures",
        ),
        Text(
            "请核对；多次失败后须等待（最长 15 分钟），或请账号管理员执行 kaizha user token",
            "Check them; after many failures wait (15 minutes at most), or ask an administrator for kaizha user token",
        ),
    )
