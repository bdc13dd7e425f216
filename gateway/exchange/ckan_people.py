"""Who is who to clients of CKAN: one's own account and tokens, the publisher one acts for, and what became of submissions.

People are not listed to strangers: CKAN leaves that to its settings, here there is none for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from catalog.errors import NotAllowed, NotFound
from catalog.interchange.ckan import group_shown, iso, organisation_of, uuid_of
from catalog.registry import packages, queries
from catalog.release import State
from catalog.text import Text
from gateway import keys
from gateway.access import Action, Person, Role, may, require
from gateway.access.keys import KeyTerms, prefix_of
from gateway.access.people import people_list
from gateway.ckan.package_input import wrong
from gateway.gate import Gate

__all__ = [
    "create_token",
    "jobs",
    "list_tokens",
    "own_organisations",
    "revoke_token",
    "show_task",
    "show_user",
    "users",
]

Given = Mapping[str, Any]
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def users(gate: Gate, person: Person, given: Given) -> list[Any]:
    """Everybody, to who manages people; to others themselves."""
    named = [person.name]
    if may(person, Action.MANAGE_PEOPLE):
        with gate.registry.reading() as snapshot:
            named = [one.name for one in people_list(snapshot) if one.disabled_at is None] or named
    wanted = str(given.get("q") or "").lower()
    named = [name for name in named if wanted in name.lower()]
    if str(given.get("all_fields", True)).lower() in ("false", "0", "no"):
        return named
    return [_user(name) for name in named]


def show_user(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """Oneself; another, to who manages people. Raises NotFound."""
    wanted = str(given.get("id") or (given.get("user_obj") or {}).get("name") or person.name)
    known = [person.name]
    if may(person, Action.MANAGE_PEOPLE):
        with gate.registry.reading() as snapshot:
            known += [one.name for one in people_list(snapshot)]
    for name in known:
        if wanted in (name, uuid_of("user", name)):
            return _user(name)
    raise NotFound(Text("没有这个用户", "User not found"), Text("", ""))


def _user(name: str) -> dict[str, Any]:
    return {
        "id": uuid_of("user", name),
        "name": name,
        "display_name": name,
        "fullname": name,
        "about": None,
        "activity_streams_email_notifications": False,
        "created": None,
        "image_url": None,
        "image_display_url": None,
        "email_hash": "",
        "number_created_packages": 0,
        "state": "active",
        "sysadmin": False,
    }


def own_organisations(gate: Gate, person: Person, _given: Given) -> list[dict[str, Any]]:
    """The publishers in whose name the person may submit."""
    with gate.registry.reading() as snapshot:
        described = {one.publisher: one for one in packages.described_organisations(snapshot)}
        known = set(packages.known_publishers(snapshot)) | set(described)
    if person.publisher is not None:
        known.add(person.publisher)
    own = [one for one in sorted(known) if may(person, Action.SUBMIT, one)]
    shown = [group_shown(described.get(one) or organisation_of(one), 0) for one in own]
    return [{**one, "capacity": "editor"} for one in shown]


def create_token(gate: Gate, person: Person, given: Given, *, by_session: bool) -> dict[str, Any]:
    """A key of one's own, shown once. As everywhere, a key makes no keys. Raises NotAllowed, BadInput."""
    require(person, Action.OWN_KEYS)
    _own(person, given.get("user"), "user")
    name = given.get("name")
    if not isinstance(name, str) or not name:
        raise wrong("name", "Missing value", "缺少值")
    if not by_session and Role.OWNER not in person.roles:
        raise keys_by_session()
    roles = [role for role in person.roles if role is not Role.OWNER] or [Role.STEWARD]
    role = Role.STEWARD if Role.STEWARD in roles else sorted(roles)[0]
    ends_at: datetime | None = None
    if given.get("expires_in"):
        unit = _UNITS.get(str(given.get("unit") or "day").rstrip("s"), 86_400)
        try:
            ends_at = gate.now() + timedelta(seconds=int(given["expires_in"]) * unit)
        except (TypeError, ValueError, OverflowError):
            raise wrong("expires_in", "Invalid integer") from None
    terms = KeyTerms("", "CKAN API token", (), ends_at)
    return {"token": keys.issue_key(gate, person, name[:200], role, person.publisher, terms)}


def keys_by_session() -> NotAllowed:
    return NotAllowed(
        Text("不能用密钥申请密钥，请登录后办理", "A key makes no keys: sign in, and use the session's token"),
        Text("", ""),
    )


def list_tokens(gate: Gate, person: Person, given: Given) -> list[dict[str, Any]]:
    """One's own keys, never the keys themselves."""
    require(person, Action.OWN_KEYS)
    _own(person, given.get("user_id") or given.get("user") or person.name, "user_id")
    return [
        {
            "id": one.prefix,
            "name": one.label,
            "user_id": uuid_of("user", person.name),
            "created_at": iso(one.issued_at),
            "last_access": None,
            "expires_at": iso(one.terms.ends_at) if one.terms.ends_at else None,
        }
        for one in keys.keys_of(gate, person)
        if one.revoked_at is None
    ]


def revoke_token(gate: Gate, person: Person, given: Given) -> None:
    """By the token itself or its id (``jti``). Raises BadInput, NotFound, NotAllowed."""
    require(person, Action.OWN_KEYS)
    token, jti = given.get("token"), given.get("jti")
    if not token and not jti:
        raise wrong("token", "Missing value", "缺少值")
    keys.revoke_key(gate, person, prefix_of(str(token)) if token else str(jti))


def _own(person: Person, wanted: object, name: str) -> None:
    if not wanted:
        raise wrong(name, "Missing value", "缺少值")
    if wanted not in (person.name, uuid_of("user", person.name)):
        raise NotFound(Text("没有这个用户", "User not found"), Text("", ""))


def jobs(gate: Gate, person: Person, _given: Given) -> list[dict[str, Any]]:
    """What the gate has still to do."""
    require(person, Action.SEE_SUBMISSIONS)
    with gate.registry.reading() as snapshot:
        waiting = queries.waiting_jobs(snapshot)
    return [{"id": str(n + 1), "title": None, "created": None, "queue": "default"} for n in range(waiting)]


def show_task(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """What became of a submission, as CKAN tells of a task: by its id, or as the last one of a resource or package."""
    require(person, Action.SEE_SUBMISSIONS)
    wanted = given.get("id") or given.get("entity_id")
    if not wanted:
        raise wrong("id", "Missing value", "缺少值")
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, str(wanted))
        if record is None:
            package = packages.package_of_resource(snapshot, str(wanted)) or packages.package_by_id(
                snapshot, str(wanted)
            )
            record = queries.newest_submission(snapshot, package.dataset_id) if package else None
        known = queries.dataset(snapshot, record.dataset_id) if record else None
    if record is None or not may(person, Action.SEE_SUBMISSIONS, known.publisher if known else None):
        raise NotFound(Text("没有这个任务", "Task was not found"), Text("", ""))
    states = {State.RELEASED: "complete", State.REFUSED: "error", State.WITHDRAWN: "error"}
    return {
        "id": record.id,
        "entity_id": str(given.get("entity_id") or record.dataset_id),
        "entity_type": "resource",
        "task_type": str(given.get("task_type") or "submission"),
        "key": str(given.get("key") or "submission"),
        "value": record.state.value,
        "state": states.get(record.state, "pending"),
        "error": "",
        "last_updated": iso(record.decided_at or record.submitted_at),
    }
