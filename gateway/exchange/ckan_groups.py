"""Organisations and groups of CKAN's clients at the gate: a publisher is described, never renamed; the themes are groups of
their own, and others can be made beside them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from catalog.dataset import THEMES
from catalog.errors import NotFound
from catalog.interchange.ckan import (
    ACTIVE,
    Group,
    Organisation,
    group_shown,
    iso,
    organisation_of,
    theme_group,
)
from catalog.registry import packages, queries
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.ckan.package_input import Flaws, wrong
from gateway.gate import Gate
from privacy import held_in_label

__all__ = [
    "create_group",
    "create_organisation",
    "delete_group",
    "delete_organisation",
    "update_group",
    "update_organisation",
]

Given = Mapping[str, Any]
_NAME = re.compile(r"[a-z0-9_-]{2,100}")


def create_organisation(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """A publisher with its description. Raises BadInput, NotAllowed."""
    require(person, Action.DESCRIBE_PUBLISHERS)
    name, words = _words(given)
    publisher = str(given.get("title") or name)[:200]
    require(person, Action.DESCRIBE_PUBLISHERS, publisher)
    known = _organisations(gate)
    if any(name == one.name for one in known.values()):
        raise wrong("name", "Group name already exists in database", "该名称已被使用")
    described = known.get(publisher)
    if described is not None and described != organisation_of(publisher):
        raise wrong("title", f"This publisher is described already, as {described.name}")
    own = organisation_of(publisher)
    made = replace(own, id=_id(given, own.id), name=name, created=iso(gate.now()), **words)
    return _saved(gate, made)


def update_organisation(gate: Gate, person: Person, given: Given, *, patch: bool) -> dict[str, Any]:
    """What is said of a publisher now; with `patch` what is not said stays. Its name in this house never changes."""
    require(person, Action.DESCRIBE_PUBLISHERS)
    before = _organisation(gate, given)
    require(person, Action.DESCRIBE_PUBLISHERS, before.publisher)
    name, words = _words({"name": before.name, **given})
    if any(name == one.name and one.id != before.id for one in _organisations(gate).values()):
        raise wrong("name", "Group name already exists in database", "该名称已被使用")
    if patch:
        words = {member: value for member, value in words.items() if member in given}
    return _saved(gate, replace(before, name=name, **words))


def delete_organisation(gate: Gate, person: Person, given: Given) -> None:
    """Forget the description. Raises BadInput while anything of the publisher is in the catalogue."""
    require(person, Action.DESCRIBE_PUBLISHERS)
    before = _organisation(gate, given)
    require(person, Action.DESCRIBE_PUBLISHERS, before.publisher)
    with gate.registry.reading() as snapshot:
        datasets = queries.publishers(snapshot)
        said = [one for one in packages.package_rows(snapshot) if one.publisher == before.publisher]
    if before.publisher in datasets.values() or any(one.state == ACTIVE for one in said):
        raise wrong("message", "Organization cannot be deleted while it still has datasets")
    _forget(gate, before.id)


def create_group(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """A group beside the themes."""
    require(person, Action.DESCRIBE_GROUPS)
    name, words = _words(given)
    if name in _groups(gate):
        raise wrong("name", "Group name already exists in database", "该名称已被使用")
    made = Group(_id(given, str(uuid.uuid4())), name, **{"title": name, **words}, created=iso(gate.now()))
    return _saved(gate, made)


def update_group(gate: Gate, person: Person, given: Given, *, patch: bool) -> dict[str, Any]:
    """A theme keeps its name; its title and description may be said anew."""
    require(person, Action.DESCRIBE_GROUPS)
    before = _group(gate, given)
    name, words = _words({"name": before.name, **given})
    if name != before.name and before.name in THEMES:
        raise wrong("name", "A theme keeps its name", "主题不能改名")
    if name != before.name and name in _groups(gate):
        raise wrong("name", "Group name already exists in database", "该名称已被使用")
    if patch:
        words = {member: value for member, value in words.items() if member in given}
    return _saved(gate, replace(before, name=name, **words))


def delete_group(gate: Gate, person: Person, given: Given) -> None:
    """Forget a group; packages are in it no more. Of a theme only what was said of it is forgotten."""
    require(person, Action.DESCRIBE_GROUPS)
    _forget(gate, _group(gate, given).id)


def _organisations(gate: Gate) -> dict[str, Organisation]:
    with gate.registry.reading() as snapshot:
        known = {one: organisation_of(one) for one in packages.known_publishers(snapshot)}
        return known | {one.publisher: one for one in packages.described_organisations(snapshot)}


def _organisation(gate: Gate, given: Given) -> Organisation:
    wanted = given.get("id") or given.get("name")
    if not wanted:
        raise wrong("id", "Missing value", "缺少值")
    for one in _organisations(gate).values():
        if wanted in (one.id, one.name):
            return one
    raise NotFound(Text("没有这个提供单位", "Organization was not found."), Text("", ""))


def _groups(gate: Gate) -> dict[str, Group]:
    with gate.registry.reading() as snapshot:
        made = {one.name: one for one in packages.described_groups(snapshot)}
    return {name: theme_group(name) for name in THEMES} | made


def _group(gate: Gate, given: Given) -> Group:
    wanted = given.get("id") or given.get("name")
    if not wanted:
        raise wrong("id", "Missing value", "缺少值")
    for one in _groups(gate).values():
        if wanted in (one.id, one.name):
            return one
    raise NotFound(Text("没有这个分组", "Group was not found."), Text("", ""))


def _words(given: Given) -> tuple[str, dict[str, Any]]:
    """The name, and the members that are said. Raises BadInput, every flaw by field."""
    flaws = Flaws()
    name = given.get("name")
    if not name:
        flaws.add("name", "Missing value", "缺少值")
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        flaws.add("name", "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")
    words: dict[str, Any] = {}
    for member in ("title", "description", "image_url"):
        value = given.get(member)
        if value is not None and (not isinstance(value, str) or len(value) > 10_000):
            flaws.add(member, "Must be a Unicode string value")
        elif isinstance(value, str) and (row := held_in_label(value)) is not None:
            flaws.add(member, f"Holds a {row.title.en}: take it out", f"含有{row.title.zh}，请删去")
        elif value:
            words[member] = value
    extras = given.get("extras") or []
    if not isinstance(extras, list) or not all(isinstance(one, dict) and one.get("key") for one in extras):
        flaws.add("extras", "Only lists of dicts can be placed against subschema")
    elif extras:
        words["extras"] = tuple(
            {"key": str(one["key"]), "value": str(one.get("value", ""))} for one in extras
        )
    flaws.stop()
    return str(name), words


def _id(given: Given, otherwise: str) -> str:
    given_id = given.get("id")
    if given_id is None:
        return otherwise
    if not isinstance(given_id, str) or not re.fullmatch(r"[A-Za-z0-9_-]{3,100}", given_id):
        raise wrong("id", "Invalid id provided")
    return given_id


def _saved(gate: Gate, one: Organisation | Group) -> dict[str, Any]:
    with gate.registry.transaction() as unit:
        packages.save_group(unit, one)
    return group_shown(one, 0)


def _forget(gate: Gate, group_id: str) -> None:
    with gate.registry.transaction() as unit:
        packages.forget_group(unit, group_id)
