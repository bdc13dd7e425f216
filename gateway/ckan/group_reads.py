"""Actions that read organisations and groups, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.interchange.ckan import Group, Organisation, group_shown
from gateway.ckan import terms
from gateway.ckan.call import Call
from gateway.ckan.desk import Desk, shown_package
from gateway.ckan.errors import invalid, missing
from gateway.ckan.index import Listed
from gateway.ckan.values import boolean, list_of, natural, required, text

__all__ = [
    "group_autocomplete",
    "group_list",
    "group_package_show",
    "group_show",
    "member_list",
    "organization_autocomplete",
    "organization_list",
    "organization_show",
]

MOST = 1_000
SHOWN_WITHIN = 10
"""Packages that are shown inside a group."""
_SORTS = ("name", "title", "package_count", "packages")


async def organization_list(desk: Desk, call: Call) -> list[Any]:
    wanted = list_of(call.given, "organizations")
    return _list(desk, call, [one for one in desk.stand.publishing() if not wanted or one.name in wanted])


async def group_list(desk: Desk, call: Call) -> list[Any]:
    wanted = list_of(call.given, "groups")
    several = [one for one in desk.stand.groups.values() if not wanted or one.name in wanted]
    return _list(desk, call, several)


def _list(desk: Desk, call: Call, several: Sequence[Organisation | Group]) -> list[Any]:
    sort = text(call.given, "sort") or text(call.given, "order_by") or "title asc"
    name, _, direction = sort.partition(" ")
    if name not in _SORTS or direction.strip().lower() not in ("", "asc", "desc"):
        raise invalid("sort", f"Cannot sort by field `{name[:40]}`")
    keys = {
        "name": lambda one: one.name,
        "title": lambda one: (terms.folded(one.title), one.name),
        "package_count": lambda one: (_count(desk, one), one.name),
    }
    key = keys["package_count" if name == "packages" else name]
    ordered = sorted(several, key=key, reverse=direction.strip().lower() == "desc")
    offset, limit = natural(call.given, "offset", 0), natural(call.given, "limit", 0)
    page = ordered[offset : offset + limit if limit else None]
    if not boolean(call.given, "all_fields"):
        return [one.name for one in page]
    return [group_shown(one, _count(desk, one)) for one in page]


def _count(desk: Desk, one: Organisation | Group) -> int:
    return desk.index.values.get(_field(one), {}).get(one.name, 0).bit_count()


def _field(one: Organisation | Group) -> str:
    return "organization" if isinstance(one, Organisation) else "groups"


async def organization_show(desk: Desk, call: Call) -> dict[str, Any]:
    return _show(desk, call, _found(desk.stand.publishing(), required(call.given, "id")))


async def group_show(desk: Desk, call: Call) -> dict[str, Any]:
    return _show(desk, call, _found(tuple(desk.stand.groups.values()), required(call.given, "id")))


def _found(several: Sequence[Organisation | Group], wanted: str) -> Organisation | Group:
    for one in several:
        if wanted in (one.id, one.name):
            return one
    raise missing()


def _show(desk: Desk, call: Call, one: Organisation | Group) -> dict[str, Any]:
    shown = group_shown(one, _count(desk, one))
    if boolean(call.given, "include_datasets"):
        shown["packages"] = [shown_package(it, call) for it in _packages(desk, one)[:SHOWN_WITHIN]]
    return shown


def _packages(desk: Desk, one: Organisation | Group) -> list[Listed]:
    field = _field(one)
    return sorted(
        (package for package in desk.index if one.name in package.values[field]), key=lambda it: it.name
    )


async def group_package_show(desk: Desk, call: Call) -> list[dict[str, Any]]:
    one = _found(tuple(desk.stand.groups.values()), required(call.given, "id"))
    limit = min(natural(call.given, "limit", MOST), MOST)
    return [shown_package(it, call) for it in _packages(desk, one)[:limit]]


async def member_list(desk: Desk, call: Call) -> list[list[str]]:
    """The packages of an organisation or group; its people are not told."""
    wanted = required(call.given, "id")
    one = _found((*desk.stand.publishing(), *desk.stand.groups.values()), wanted)
    if text(call.given, "object_type") not in ("", "package"):
        return []
    capacity = text(call.given, "capacity")
    if capacity not in ("", "public"):
        return []
    return [[it.id, "package", "public"] for it in _packages(desk, one)]


async def organization_autocomplete(desk: Desk, call: Call) -> list[dict[str, str]]:
    return _completed(call, desk.stand.publishing())


async def group_autocomplete(desk: Desk, call: Call) -> list[dict[str, str]]:
    return _completed(call, tuple(desk.stand.groups.values()))


def _completed(call: Call, several: Sequence[Organisation | Group]) -> list[dict[str, str]]:
    wanted = terms.folded(required(call.given, "q"))
    found = [one for one in several if wanted in terms.folded(f"{one.name}\n{one.title}")]
    limit = natural(call.given, "limit", 20)
    return [{"id": one.id, "name": one.name, "title": one.title} for one in found[:limit]]
