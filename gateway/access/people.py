"""People of an institution and the roles they hold. Every function states one change and never commits by itself.

A change of roles returns the event that its caller writes into the ledger in the same unit of work. People are never
deleted, so a home that has one stays an institution's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from catalog.errors import BadInput, Conflict, NotFound, NotSignedIn, Where
from catalog.registry import work
from catalog.text import Text
from gateway.access.permissions import ANONYMOUS, GATE, OWNER, Person
from gateway.access.tables import api_keys, role_grants, sessions, users
from gateway.role import ASSIGNABLE, ROLE_NAMES, Role

__all__ = [
    "PersonRecord",
    "add",
    "demo_person",
    "disable",
    "enable",
    "grant",
    "is_institution",
    "leave_the_personal_home",
    "name_of",
    "people_list",
    "person_of",
    "revoke_role",
    "signed_in",
]

Event = Mapping[str, object]

# No colon: "trial:…" and "key:…" in the ledger can be nobody's name.
_NAME = re.compile(r"\w[\w.@-]{0,63}")
_TAKEN = frozenset(one.name for one in (OWNER, ANONYMOUS, GATE))


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as listed."""

    name: str
    roles: tuple[Role, ...]
    publisher: str | None
    demo: bool
    signs_in_with: tuple[str, ...]
    added_at: datetime
    disabled_at: datetime | None


def name_of(text: str) -> str:
    """A name as it is kept: NFKC, lower case. Raises BadInput."""
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise BadInput(
            Text("这个名字不能用作账号", "This cannot be the name of an account"),
            Text(
                "用 1 到 64 个字母、汉字、数字或 . _ - @，例如 wang.li",
                "Use 1 to 64 letters, digits or . _ - @, for example wang.li",
            ),
            Where(parameter="name"),
        )
    return name


def is_institution(snapshot: Connection) -> bool:
    """Whether anybody but people of the demo has ever been added: then nobody acts as the owner any more."""
    return snapshot.execute(select(users.c.name).where(users.c.demo.is_(False)).limit(1)).first() is not None


def leave_the_personal_home(unit: Connection, at: datetime) -> int:
    """The end of the personal home: demo people are disabled, keys that are nobody's are revoked; how many of both.

    A key that stands for nobody could be the second person of its issuer.
    """
    unit.execute(delete(sessions))
    work.keys_changed(unit)
    demo = update(users).where(users.c.demo.is_(True), users.c.disabled_at.is_(None))
    keys = update(api_keys).where(api_keys.c.holder.is_(None), api_keys.c.revoked_at.is_(None))
    return int(
        unit.execute(demo.values(disabled_at=at)).rowcount + unit.execute(keys.values(revoked_at=at)).rowcount
    )


def add(
    unit: Connection, name: str, at: datetime, *, demo: bool = False, oidc_subject: str | None = None
) -> None:
    """A person without a role yet. Raises Conflict for a name or subject that is taken."""
    same = users.c.name == name
    if oidc_subject is not None:
        same |= users.c.oidc_subject == oidc_subject
    if unit.execute(select(users.c.name).where(same)).first():
        raise Conflict(
            Text(f"账号 {name} 或其登录主体已存在", f"The account {name} or its subject exists already"),
            Text("用 kaizha user grant 增加角色", "Add a role with kaizha user grant"),
        )
    unit.execute(
        insert(users).values(name=name, demo=demo, failures=0, oidc_subject=oidc_subject, added_at=at)
    )


def grant(unit: Connection, name: str, role: Role, publisher: str | None, by: str, at: datetime) -> Event:
    """Give a person a role; the event for the ledger.

    Raises NotFound, BadInput for a steward without a publisher (and for a publisher without a steward), Conflict for a
    role that is held already or that would stand beside an administrator's.
    """
    row = _known(unit, name)
    if row.disabled_at is not None:
        raise Conflict(
            Text(f"账号 {name} 已停用", f"The account {name} is disabled"),
            Text("先用 kaizha user enable 恢复", "Open it again with kaizha user enable first"),
        )
    if role not in ASSIGNABLE:
        raise BadInput(
            Text(f"不能授予角色 {ROLE_NAMES[role].zh}", f"The role {role} is not granted to anybody"),
            Text(f"可用：{'、'.join(ASSIGNABLE)}", f"Use one of {', '.join(ASSIGNABLE)}"),
            Where(parameter="role"),
        )
    if (role is Role.STEWARD) != bool(publisher):
        raise BadInput(
            Text(
                "数据专员（且只有数据专员）属于一个提供单位", "A steward, and only a steward, has a publisher"
            ),
            Text("例如 --role steward --publisher 交通局", "For example --role steward --publisher 交通局"),
            Where(parameter="publisher"),
        )
    held = {one.role for one in _grants(unit, name)}
    if role in held:
        raise Conflict(
            Text(f"{name} 已有角色 {ROLE_NAMES[role].zh}", f"{name} holds the role {role} already"),
            Text(
                "更换提供单位前先用 kaizha user revoke 收回",
                "To change it, take it back first: kaizha user revoke",
            ),
        )
    if held and Role.ADMINISTRATOR in {role, *held}:
        raise Conflict(
            Text("账号管理员不兼任其他角色", "An administrator holds no other role"),
            Text("请另建一个账号", "Add an account of its own for the other role"),
        )
    work.keys_changed(unit)  # a key of a role that was taken back is in force again with it
    unit.execute(
        insert(role_grants).values(
            user_name=name, role=role.value, publisher=publisher, granted_by=by, granted_at=at
        )
    )
    return _event("role-granted", name, role, by, at) | ({"publisher": publisher} if publisher else {})


def revoke_role(unit: Connection, name: str, role: Role, by: str, at: datetime) -> Event:
    """Take a role back, effective with the commit; the event for the ledger.

    Raises NotFound when it is not held, Conflict for the last administrator's.
    """
    _known(unit, name)
    if role is Role.ADMINISTRATOR:
        _another_administrator(unit, name)
    in_force = (
        (role_grants.c.user_name == name)
        & (role_grants.c.role == role.value)
        & role_grants.c.revoked_at.is_(None)
    )
    changed = unit.execute(update(role_grants).where(in_force).values(revoked_at=at, revoked_by=by))
    if not changed.rowcount:
        raise NotFound(
            Text(f"{name} 没有角色 {ROLE_NAMES[role].zh}", f"{name} does not hold the role {role}"),
            Text("用 kaizha user list 查看", "See kaizha user list"),
        )
    work.keys_changed(unit)
    return _event("role-revoked", name, role, by, at)


def disable(unit: Connection, name: str, by: str, at: datetime) -> tuple[Event, ...]:
    """Shut an account: roles taken back, sessions ended, keys revoked; the events for the ledger.

    Raises NotFound, Conflict for the last administrator or an account that is shut already.
    """
    row = _known(unit, name)
    if row.disabled_at is not None:
        raise Conflict(
            Text(f"账号 {name} 已经停用", f"The account {name} is disabled already"),
            Text("用 kaizha user list 查看", "See kaizha user list"),
        )
    events = tuple(revoke_role(unit, name, one.role, by, at) for one in _grants(unit, name))
    unit.execute(update(users).where(users.c.name == name).values(disabled_at=at, one_time_digest=None))
    unit.execute(delete(sessions).where(sessions.c.user_name == name))
    work.keys_changed(unit)
    keys = (api_keys.c.holder == name) & api_keys.c.revoked_at.is_(None)
    unit.execute(update(api_keys).where(keys).values(revoked_at=at))
    return (*events, {"kind": "person-disabled", "person": name, "by": by, "at": at.isoformat()})


def enable(unit: Connection, name: str, by: str, at: datetime) -> tuple[Event, ...]:
    """Open an account again that was shut: the roles it lost when it was shut are granted anew, its keys and sessions
    stay ended. The events for the ledger.

    Raises NotFound, Conflict for an account that is not shut, or a person of the demo in an institution's home.
    """
    row = _known(unit, name)
    if row.disabled_at is None:
        raise Conflict(
            Text(f"账号 {name} 没有停用", f"The account {name} is not disabled"),
            Text("用 kaizha user list 查看", "See kaizha user list"),
        )
    if row.demo and is_institution(unit):
        raise Conflict(
            Text("演示人员只属于个人空间", "People of the demo belong to a personal home"),
            Text("请为此人新建账号", "Add an account for this person"),
        )
    lost = (role_grants.c.user_name == name) & (role_grants.c.revoked_at == row.disabled_at)
    roles = unit.execute(select(role_grants).where(lost).order_by(role_grants.c.id)).all()
    unit.execute(update(users).where(users.c.name == name).values(disabled_at=None))
    granted = [grant(unit, name, Role(one.role), one.publisher, by, at) for one in roles]
    return ({"kind": "person-enabled", "person": name, "by": by, "at": at.isoformat()}, *granted)


def person_of(snapshot: Connection, name: str) -> Person | None:
    """The person with every role in force; None when unknown, disabled or without a role."""
    row = snapshot.execute(select(users.c.disabled_at).where(users.c.name == name)).first()
    grants = _grants(snapshot, name)
    if row is None or row.disabled_at is not None or not grants:
        return None
    publisher = next((one.publisher for one in grants if one.role is Role.STEWARD), None)
    return Person(name, frozenset(one.role for one in grants), publisher)


def signed_in(snapshot: Connection, name: str) -> Person:
    """The person behind a credential that was found good. Raises NotSignedIn when they hold no role any more."""
    person = person_of(snapshot, name)
    if person is None:
        raise NotSignedIn(
            Text("此账号已停用或没有任何角色", "This account is disabled or holds no role"),
            Text("请联系账号管理员", "Ask an administrator"),
        )
    return person


def demo_person(snapshot: Connection, name: str) -> Person | None:
    """A person of the demo; None for anybody else."""
    row = snapshot.execute(select(users.c.demo).where(users.c.name == name)).first()
    return person_of(snapshot, name) if row and row.demo else None


def people_list(snapshot: Connection) -> tuple[PersonRecord, ...]:
    """Everybody ever added, by name."""
    rows = snapshot.execute(select(users).order_by(users.c.name)).all()
    return tuple(
        PersonRecord(
            row.name,
            tuple(one.role for one in grants),
            next((one.publisher for one in grants if one.role is Role.STEWARD), None),
            row.demo,
            tuple(
                how
                for how, given in (
                    ("password", row.password),
                    ("one-time token", row.one_time_digest),
                    ("oidc", row.oidc_subject),
                )
                if given
            ),
            row.added_at,
            row.disabled_at,
        )
        for row in rows
        for grants in (_grants(snapshot, row.name),)
    )


@dataclass(frozen=True, slots=True)
class _Grant:
    role: Role
    publisher: str | None


def _grants(snapshot: Connection, name: str) -> tuple[_Grant, ...]:
    in_force = (role_grants.c.user_name == name) & role_grants.c.revoked_at.is_(None)
    rows = snapshot.execute(select(role_grants).where(in_force).order_by(role_grants.c.id))
    return tuple(_Grant(Role(row.role), row.publisher) for row in rows)


def _known(unit: Connection, name: str) -> Any:
    row = unit.execute(select(users).where(users.c.name == name)).first()
    if row is None:
        raise NotFound(
            Text(f"没有账号 {name}", f"There is no account {name}"),
            Text("用 kaizha user list 查看", "See kaizha user list"),
        )
    return row


def _another_administrator(unit: Connection, name: str) -> None:
    others = (
        select(role_grants.c.id)
        .where(
            role_grants.c.role == Role.ADMINISTRATOR.value,
            role_grants.c.revoked_at.is_(None),
            role_grants.c.user_name != name,
        )
        .limit(1)
    )
    if unit.execute(others).first() is None:
        raise Conflict(
            Text("这是最后一位账号管理员", "This is the last administrator"),
            Text("先新建另一位账号管理员", "Add another administrator first"),
        )


def _event(kind: str, name: str, role: Role, by: str, at: datetime) -> dict[str, object]:
    return {"kind": kind, "person": name, "role": role.value, "by": by, "at": at.isoformat()}
