"""Who acts on the command line: the owner of a personal home, somebody they try a role as, or who has signed in.

A shell is not an identity: in an institution's home it takes the token of `kaizha login`, in KAIZHA_TOKEN or in a
private file of the user's own configuration folder.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from catalog.errors import BadInput, NotAllowed, NotSignedIn, Unavailable, Where
from catalog.registry import Registry
from catalog.text import Text
from gateway.access.credentials import who
from gateway.access.keyring import KeyRing
from gateway.access.people import demo_person, is_institution, name_of
from gateway.access.permissions import OWNER, Person
from gateway.role import ASSIGNABLE, Role

__all__ = ["TRIAL", "acting", "forget_token", "keep_token", "token_file", "token_of"]

TRIAL = "trial:"


def acting(
    registry: Registry, ring: KeyRing, at: datetime, environment: Mapping[str, str], as_: str | None = None
) -> Person:
    """Who acts. `as_`: ``NAME`` of a demo person or ``NAME:ROLE``, in a personal home only.

    Raises NotSignedIn in an institution's home without a good token, NotAllowed for `as_` there, BadInput.
    """
    with registry.reading() as snapshot:
        institution = is_institution(snapshot)
        if not institution:
            if as_ is None:
                return OWNER
            name, colon, role = as_.partition(":")
            person = demo_person(snapshot, name_of(name))
            if person is not None and colon in ("", ":") and role in ("", *person.roles):
                roles = frozenset({Role(role)}) if role else person.roles
                publisher = person.publisher if Role.STEWARD in roles else None
                return Person(TRIAL + person.name, roles, publisher)
            return Person(TRIAL + name_of(name), frozenset({_role(role)}))
    if as_ is not None:
        raise NotAllowed(
            Text("机构空间里不能用 --as 代人操作", "In an institution's home nobody acts --as another"),
            Text("请该人员自己登录：kaizha login", "They sign in themselves: kaizha login"),
            Where(parameter="as"),
        )
    token = token_of(environment)
    if token is None:
        raise NotSignedIn(
            Text("此空间属于机构，操作前须登录", "This home is an institution's: sign in before you act"),
            Text(
                "执行 kaizha login 用户名，或设置 KAIZHA_TOKEN", "Run kaizha login NAME, or set KAIZHA_TOKEN"
            ),
        )
    return who(registry, ring, token, at)


def _role(text: str) -> Role:
    if text not in ASSIGNABLE:
        raise BadInput(
            Text("请说明以什么角色试用", "Say in which role to act"),
            Text(
                f"例如 --as chen:officer；角色：{'、'.join(ASSIGNABLE)}",
                f"For example --as chen:officer; roles: {', '.join(ASSIGNABLE)}",
            ),
            Where(parameter="as"),
        )
    return Role(text)


def token_of(environment: Mapping[str, str]) -> str | None:
    """The token in KAIZHA_TOKEN, or the one that `kaizha login` kept. Raises Unavailable for a file others can read."""
    if environment.get("KAIZHA_TOKEN"):
        return environment["KAIZHA_TOKEN"].strip()
    file = token_file(environment)
    try:
        if file.stat().st_mode & 0o077:
            raise Unavailable(
                Text("登录令牌文件可被其他用户读取", "Other users can read the file of your sign-in"),
                Text("请执行 kaizha logout 后重新登录", "Run kaizha logout, then sign in again"),
            )
        return file.read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def keep_token(environment: Mapping[str, str], token: str) -> None:
    """Keep a token for later commands, in a file of mode 0600."""
    file = token_file(environment)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=file.parent)  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(token + "\n")
    Path(partial).replace(file)


def forget_token(environment: Mapping[str, str]) -> None:
    """Remove the kept token, if there is one."""
    token_file(environment).unlink(missing_ok=True)


def token_file(environment: Mapping[str, str]) -> Path:
    """Where `kaizha login` keeps the token: outside the home, which others may share."""
    base = environment.get("XDG_CONFIG_HOME") or str(
        Path(environment.get("HOME", "~")).expanduser() / ".config"
    )
    return Path(base) / "kaizha" / "token"
