"""People and their roles, administered: permission, change and ledger leaf in one transaction.

The first person ever added ends the personal home, and an administrator's account is among those added.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.access import Action, Person, Role, is_institution, people, require
from gateway.access.oidc_authlib import subject_of
from gateway.access.sign_in import new_one_time_token
from gateway.gate import Gate

__all__ = [
    "FIRST_ADMINISTRATOR",
    "Added",
    "add_person",
    "disable_person",
    "enable_person",
    "grant_role",
    "issue_token",
    "revoke_role",
]

FIRST_ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Added:
    """An account with the one-time token its person chooses a password with."""

    name: str
    one_time_token: str


def add_person(
    gate: Gate,
    by: Person,
    name: str,
    role: Role,
    publisher: str | None = None,
    oidc_subject: str | None = None,
) -> tuple[Added, ...]:
    """Add a person in a role. In a personal home this ends it: an account `administrator` is added first, unless
    the person is to be an administrator.

    Raises NotAllowed, BadInput for a name or role that will not do, Conflict for a name that is taken.
    """
    require(by, Action.MANAGE_PEOPLE)
    chosen = people.name_of(name)
    now = gate.now()
    added = [(chosen, role, publisher, _subject(gate, oidc_subject))]
    with gate.registry.transaction() as unit:
        if not is_institution(unit):
            people.leave_the_personal_home(unit, now)
            if role is not Role.ADMINISTRATOR:
                added.insert(0, (FIRST_ADMINISTRATOR, Role.ADMINISTRATOR, None, None))
            gate.append_leaf(unit, {"kind": "institution", "by": by.name, "at": now.isoformat()}, now)
        accounts = []
        for account, its_role, its_publisher, subject in added:
            people.add(unit, account, now, oidc_subject=subject)
            event = people.grant(unit, account, its_role, its_publisher, by.name, now)
            gate.append_leaf(unit, event, now)
            accounts.append(Added(account, new_one_time_token(unit, gate.keys, account, now)))
    return tuple(accounts)


def _subject(gate: Gate, sub: str | None) -> str | None:
    if sub is None:
        return None
    if not gate.settings.oidc_issuer:
        raise BadInput(
            Text("没有配置统一身份认证", "No identity provider is set"),
            Text("请先设置 KAIZHA_OIDC_ISSUER", "Set KAIZHA_OIDC_ISSUER first"),
            Where(parameter="oidc-subject"),
        )
    return subject_of(gate.settings.oidc_issuer, sub)


def grant_role(gate: Gate, by: Person, name: str, role: Role, publisher: str | None = None) -> None:
    """Give a person one more role. Raises what `people.grant` raises, and NotAllowed."""
    require(by, Action.MANAGE_PEOPLE)
    now = gate.now()
    with gate.registry.transaction() as unit:
        gate.append_leaf(unit, people.grant(unit, people.name_of(name), role, publisher, by.name, now), now)


def revoke_role(gate: Gate, by: Person, name: str, role: Role) -> None:
    """Take a role back. Raises what `people.revoke_role` raises, and NotAllowed."""
    require(by, Action.MANAGE_PEOPLE)
    now = gate.now()
    with gate.registry.transaction() as unit:
        gate.append_leaf(unit, people.revoke_role(unit, people.name_of(name), role, by.name, now), now)


def disable_person(gate: Gate, by: Person, name: str) -> None:
    """Shut an account with its sessions and keys. Raises what `people.disable` raises, and NotAllowed."""
    require(by, Action.MANAGE_PEOPLE)
    now = gate.now()
    with gate.registry.transaction() as unit:
        for event in people.disable(unit, people.name_of(name), by.name, now):
            gate.append_leaf(unit, event, now)


def enable_person(gate: Gate, by: Person, name: str) -> None:
    """Open an account again that was shut, in the roles it had. Raises what `people.enable` raises, and NotAllowed."""
    require(by, Action.MANAGE_PEOPLE)
    now = gate.now()
    with gate.registry.transaction() as unit:
        for event in people.enable(unit, people.name_of(name), by.name, now):
            gate.append_leaf(unit, event, now)


def issue_token(gate: Gate, by: Person, name: str) -> Added:
    """A new one-time token, for a password that was forgotten. Raises NotFound, NotAllowed."""
    require(by, Action.MANAGE_PEOPLE)
    now = gate.now()
    account = people.name_of(name)
    with gate.registry.transaction() as unit:
        token = new_one_time_token(unit, gate.keys, account, now)
        event = {"kind": "one-time-token", "person": account, "by": by.name, "at": now.isoformat()}
        gate.append_leaf(unit, event, now)
    return Added(account, token)
