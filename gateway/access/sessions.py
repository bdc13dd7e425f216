"""Sessions: a random 256-bit token, stored as a peppered digest, ended by absence, age or a word, at once.

A session lives in the registry only, so that ending it is one deleted row; roles are read anew with every request.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from catalog.errors import NotAllowed, NotSignedIn
from catalog.registry import Registry
from catalog.text import Text
from gateway.access.keyring import KeyRing
from gateway.access.people import signed_in
from gateway.access.permissions import Person
from gateway.access.tables import sessions

__all__ = [
    "LONGEST",
    "LONGEST_IDLE",
    "PREFIX",
    "Session",
    "begin",
    "check_csrf",
    "csrf_token",
    "end",
    "end_all",
    "person_of_session",
]

PREFIX = "ks_"
LONGEST = timedelta(hours=12)
LONGEST_IDLE = timedelta(hours=2)
# How stale `seen_at` may be: a write a minute, not one a request.
SEEN_EVERY = timedelta(minutes=1)
MOST_SESSIONS = 20


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner gets it, once: the token, the CSRF token bound to it, and when it ends at the latest."""

    token: str
    csrf: str
    ends_at: datetime


def begin(unit: Connection, ring: KeyRing, name: str, at: datetime) -> Session:
    """A new session. Of one person's the 20 latest stay, so that their number is bounded."""
    unit.execute(delete(sessions).where(_over(at)))
    latest = (
        select(sessions.c.digest)
        .where(sessions.c.user_name == name)
        .order_by(sessions.c.begun_at.desc())
        .offset(MOST_SESSIONS - 1)
    )
    surplus = [row.digest for row in unit.execute(latest)]
    unit.execute(delete(sessions).where(sessions.c.digest.in_(surplus)))
    token = PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    unit.execute(
        insert(sessions).values(
            digest=ring.key_digest(token), user_name=name, begun_at=at, seen_at=at, ends_at=at + LONGEST
        )
    )
    return Session(token, csrf_token(ring, token), at + LONGEST)


def person_of_session(registry: Registry, ring: KeyRing, token: str, at: datetime) -> Person:
    """Who is signed in, with the roles of this moment. Raises NotSignedIn: unknown, ended, over, disabled."""
    digest = ring.key_digest(token)
    with registry.reading() as snapshot:
        found = select(sessions).where(sessions.c.digest == digest, ~_over(at))
        row = snapshot.execute(found).first()
        if row is None:
            raise NotSignedIn(
                Text("登录已失效", "You are not signed in any more"),
                Text(
                    "请重新登录（kaizha login 或登录页面）",
                    "Sign in again (kaizha login, or the sign-in page)",
                ),
            )
        person = signed_in(snapshot, row.user_name)
    if at - row.seen_at >= SEEN_EVERY:
        with registry.transaction() as unit:
            unit.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))
    return person


def end(unit: Connection, ring: KeyRing, token: str) -> None:
    """End one session; nothing when it had ended already."""
    unit.execute(delete(sessions).where(sessions.c.digest == ring.key_digest(token)))


def end_all(unit: Connection, name: str) -> None:
    """End every session of a person."""
    unit.execute(delete(sessions).where(sessions.c.user_name == name))


def csrf_token(ring: KeyRing, token: str) -> str:
    """The CSRF token of a session: HMAC-SHA256 of its token, so it fits this session and needs no storage
    (OWASP's signed double-submit, bound to the session)."""
    return hmac.new(ring.derived("csrf"), token.encode(), "sha256").hexdigest()


def check_csrf(ring: KeyRing, token: str, given: str) -> None:
    """Nothing when `given` is the session's CSRF token. Raises NotAllowed."""
    if not hmac.compare_digest(csrf_token(ring, token).encode(), given.encode()):
        raise NotAllowed(
            Text("请求缺少防伪令牌，或令牌不属于此次登录", "The request lacks this session's CSRF token"),
            Text(
                "请刷新页面再试；程序请改用 Authorization: Bearer，或发送 X-CSRF-Token",
                "Reload the page; a program sends Authorization: Bearer, or X-CSRF-Token",
            ),
        )


def _over(at: datetime) -> ColumnElement[bool]:
    return (sessions.c.ends_at <= at) | (sessions.c.seen_at <= at - LONGEST_IDLE)
