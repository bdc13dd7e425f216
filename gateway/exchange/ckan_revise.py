"""Changes to a package that is there: what is said now is written down, and where rows are open their release goes the same
way again under the new words; `package_revise` changes single members of what is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gateway.access import Action, Person, require
from gateway.ckan.package_input import wrong
from gateway.exchange import ckan_packages
from gateway.exchange.ckan_packages import known_package, shown
from gateway.exchange.ckan_resources import submit_words
from gateway.gate import Gate

__all__ = ["patch_package", "revise_package", "update_package"]

Given = Mapping[str, Any]


def update_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    changed = ckan_packages.update_package(gate, person, given)
    return _followed(gate, person, changed)


def patch_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    changed = ckan_packages.patch_package(gate, person, given)
    return _followed(gate, person, changed)


def _followed(gate: Gate, person: Person, changed: dict[str, Any]) -> dict[str, Any]:
    """Raises Refused, where the list refuses the rows under these words."""
    package, release = known_package(gate, person, changed["id"], deleted=True)
    if release is None:
        return changed
    submit_words(gate, person, package)
    return shown(gate, package)


def revise_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """The package that `match` describes, with what `filter` takes out and `update` puts in; members of `update__a__0__b`
    name a place by a path. Raises BadInput, NotFound."""
    require(person, Action.SUBMIT)
    match = given.get("match")
    if not isinstance(match, dict) or not (match.get("id") or match.get("name")):
        raise wrong("match", "Please provide an id or a name to match", "请给出 id 或 name")
    package, _ = known_package(gate, person, match.get("id") or match.get("name"))
    now = shown(gate, package)
    unlike = [name for name, value in match.items() if now.get(name) != value]
    if unlike:
        raise wrong("message", f"match: {', '.join(sorted(unlike))} is not as given")
    for one in _listed(given.get("filter")):
        if one.startswith("-"):
            _take_out(now, one[1:].split("__"))
    update = given.get("update") or {}
    if not isinstance(update, dict):
        raise wrong("update", "Must be a dictionary")
    now |= update
    for name, value in given.items():
        if name.startswith("update__"):
            _put_in(now, name.removeprefix("update__").split("__"), value)
    return {"package": update_package(gate, person, {**now, "id": package.id})}


def _listed(given: object) -> list[str]:
    if given is None:
        return []
    several = given if isinstance(given, list) else str(given).split(",")
    return [str(one).strip() for one in several]


def _place(node: Any, part: str) -> Any:
    """The key or position that a part of a path names: in a list also by the beginning of an id."""
    if isinstance(node, dict):
        return part
    if isinstance(node, list):
        if re.fullmatch(r"[0-9]{1,4}", part) and int(part) < len(node):
            return int(part)
        for number, one in enumerate(node):
            if isinstance(one, dict) and len(part) >= 5 and str(one.get("id", "")).startswith(part):
                return number
    raise wrong("update", f"There is nothing at {part[:40]}")


def _inner(node: Any, path: list[str]) -> Any:
    for part in path:
        place = _place(node, part)
        if isinstance(node, dict) and place not in node:
            raise wrong("update", f"There is nothing at {part[:40]}")
        node = node[place]
    return node


def _put_in(node: dict[str, Any], path: list[str], value: Any) -> None:
    inside = _inner(node, path[:-1])
    if isinstance(inside, list) and path[-1] == "extend":
        inside.extend(value if isinstance(value, list) else [value])
        return
    place = _place(inside, path[-1])
    if isinstance(inside, list) and isinstance(value, dict) and isinstance(inside[place], dict):
        inside[place] = {**inside[place], **value}
    else:
        inside[place] = value


def _take_out(node: dict[str, Any], path: list[str]) -> None:
    inside = _inner(node, path[:-1])
    if isinstance(inside, list) and path[-1] == "*":
        inside.clear()
    elif isinstance(inside, dict):
        inside.pop(path[-1], None)
    else:
        del inside[_place(inside, path[-1])]
