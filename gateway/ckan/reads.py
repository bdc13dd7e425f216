"""Actions that read the catalogue: packages, resources, tags, licences. Each takes the desk and the call, and gives its
result as JSON values; CKAN's own names, parameters and shapes."""

from __future__ import annotations

from typing import Any

from catalog.interchange.ckan import LICENCES, tag_shown, uuid_of, with_base
from gateway.ckan import terms
from gateway.ckan.call import Call
from gateway.ckan.desk import Desk, shown_package, shown_resource
from gateway.ckan.errors import CkanError, invalid, missing
from gateway.ckan.index import Listed
from gateway.ckan.search import read_search, search
from gateway.ckan.values import boolean, natural, required, text

MOST = 1_000
VERSION = "2.11.5"
"""The version of CKAN whose words are spoken here: clients decide by it what they may ask."""


async def package_list(desk: Desk, call: Call) -> list[str]:
    index = desk.index
    if boolean(call.given, "include_drafts") or boolean(call.given, "include_private"):
        index = await desk.with_drafts(call)
    names = sorted(index.by_name)
    offset = natural(call.given, "offset", 0)
    limit = natural(call.given, "limit", 0)
    return names[offset : offset + limit if limit else None]


async def package_show(desk: Desk, call: Call) -> dict[str, Any]:
    wanted = required(call.given, "id", "name_or_id")
    found = desk.index.find(wanted)
    if found is not None:
        return shown_package(found, call)
    if not call.credential:
        raise missing()
    try:
        draft: dict[str, Any] = await desk.gate(call, "package_show", {"id": wanted})
    except CkanError as error:
        raise (missing() if error.status == 403 else error) from None
    return with_base(draft, call.base)


async def package_search(desk: Desk, call: Call) -> dict[str, Any]:
    asked = read_search(call.given)
    index = await desk.with_drafts(call) if asked.private or asked.drafts else desk.index
    found = search(index, asked)
    results: list[Any] = [shown_package(one, call) for one in found.page]
    if asked.fields:
        results = [{name: one.get(name) for name in asked.fields if name in one} for one in results]
    titles = {one.name: one.title for one in desk.stand.groups.values()}
    names = {one.shown["organization"]["name"]: one.shown["organization"]["title"] for one in found.page}
    if "organization" in found.facets:
        names = {one.name: one.title for one in desk.stand.publishing()}
    shown = {"groups": titles, "organization": names}
    facets = {
        name: {
            "title": name,
            "items": [
                {"name": value, "display_name": shown.get(name, {}).get(value, value), "count": count}
                for value, count in counted
            ],
        }
        for name, counted in found.facets.items()
    }
    return {
        "count": found.count,
        "facets": {name: dict(counted) for name, counted in found.facets.items()},
        "results": results,
        "sort": asked.written_sort,
        "search_facets": facets,
    }


async def package_autocomplete(desk: Desk, call: Call) -> list[dict[str, str]]:
    wanted = terms.folded(required(call.given, "q"))
    limit = natural(call.given, "limit", 10)
    found = []
    for one in _by_name(desk):
        title = str(one.shown["title"])
        if wanted in terms.folded(one.name):
            match = ("name", one.name)
        elif wanted in terms.folded(title):
            match = ("title", f"{title} ({one.name})")
        else:
            continue
        found.append({"name": one.name, "title": title, "match_field": match[0], "match_displayed": match[1]})
        if len(found) >= limit:
            break
    return found


async def current_package_list_with_resources(desk: Desk, call: Call) -> list[dict[str, Any]]:
    limit = min(natural(call.given, "limit", MOST), MOST)
    page = natural(call.given, "page", 1, least=1)
    offset = natural(call.given, "offset", (page - 1) * limit if "page" in call.given else 0)
    asked = read_search({"sort": "metadata_modified desc", "rows": limit, "start": offset})
    return [shown_package(one, call) for one in search(desk.index, asked).page]


async def resource_show(desk: Desk, call: Call) -> dict[str, Any]:
    wanted = required(call.given, "id")
    found = desk.index.of_resource(wanted)
    if found is not None:
        return shown_resource(found, wanted, call)
    if not call.credential:
        raise missing("Resource was not found.")
    try:
        draft: dict[str, Any] = await desk.gate(call, "resource_show", {"id": wanted})
    except CkanError as error:
        raise (missing("Resource was not found.") if error.status == 403 else error) from None
    return draft


async def resource_search(desk: Desk, call: Call) -> dict[str, Any]:
    given = call.given.get("query")
    queries = given if isinstance(given, list) else [required(call.given, "query")]
    wanted = []
    for query in queries:
        name, colon, value = str(query).partition(":")
        if not colon:
            raise invalid("query", f'Must be <field>:<value> pair(s), not "{name[:60]}"')
        if name not in ("url", "name", "description", "format", "hash", "mimetype", "resource_type", "id"):
            raise invalid("query", f'Field "{name[:60]}" not recognised in resource_search.')
        wanted.append((name, terms.folded(value)))
    found = [
        resource
        for one in _by_name(desk)
        for resource in one.shown["resources"]
        if all(value in terms.folded(str(resource.get(name) or "")) for name, value in wanted)
    ]
    order = text(call.given, "order_by")
    if order in ("name", "url", "format", "id", "last_modified", "created"):
        found.sort(key=lambda resource: str(resource.get(order) or ""))
    offset, limit = natural(call.given, "offset", 0), natural(call.given, "limit", MOST)
    shown = [{**one, "url": _own(str(one["url"] or ""), call.base)} for one in found[offset : offset + limit]]
    return {"count": len(found), "results": shown}


def _own(url: str, base: str) -> str:
    return base + url if url.startswith("/") else url


async def resource_view_list(desk: Desk, call: Call) -> list[Any]:
    """Views are pages of a portal of CKAN's; there are none of ours."""
    await resource_show(desk, call)
    return []


async def tag_list(desk: Desk, call: Call) -> list[Any]:
    if text(call.given, "vocabulary_id"):
        raise missing(f"could not find vocabulary {text(call.given, 'vocabulary_id')[:100]}")
    wanted = terms.folded(text(call.given, "query"))
    names = [name for name in _tags(desk) if wanted in terms.folded(name)]
    return [tag_shown(name) for name in names] if boolean(call.given, "all_fields") else names


async def tag_show(desk: Desk, call: Call) -> dict[str, Any]:
    wanted = required(call.given, "id")
    for name in _tags(desk):
        if wanted in (name, uuid_of("tag", name)):
            shown = tag_shown(name)
            if boolean(call.given, "include_datasets"):
                packages = [one for one in _by_name(desk) if name in one.values["tags"]]
                shown["packages"] = [shown_package(one, call) for one in packages[:MOST]]
            return shown
    raise missing()


async def tag_search(desk: Desk, call: Call) -> dict[str, Any]:
    given = call.given.get("query") or call.given.get("q") or []
    words = [terms.folded(str(one)) for one in (given if isinstance(given, list) else [given]) if str(one)]
    names = [name for name in _tags(desk) if words and all(word in terms.folded(name) for word in words)]
    offset, limit = natural(call.given, "offset", 0), natural(call.given, "limit", MOST)
    page = [tag_shown(name) for name in names[offset : offset + limit]]
    shown = [{name: one[name] for name in ("id", "name", "vocabulary_id")} for one in page]
    return {"count": len(names), "results": shown}


async def tag_autocomplete(desk: Desk, call: Call) -> list[str]:
    found = await tag_search(desk, call)
    return [one["name"] for one in found["results"]][: natural(call.given, "limit", 10)]


async def vocabulary_list(desk: Desk, call: Call) -> list[Any]:
    return []


async def vocabulary_show(desk: Desk, call: Call) -> Any:
    raise missing(f"could not find vocabulary {required(call.given, 'id')[:100]}")


async def license_list(desk: Desk, call: Call) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "title": title,
            "url": url,
            "status": "active",
            "is_okd_compliant": conforms,
            "is_osi_compliant": False,
            "od_conformance": "approved" if conforms else "not reviewed",
            "osd_conformance": "not reviewed",
            "domain_content": True,
            "domain_data": True,
            "domain_software": False,
            "family": "",
            "is_generic": False,
            "maintainer": "",
        }
        for name, (title, url, conforms) in LICENCES.items()
    ]


async def status_show(desk: Desk, call: Call) -> dict[str, Any]:
    return {
        "ckan_version": VERSION,
        "site_title": "Kaizha 开闸",
        "site_description": "",
        "site_url": call.base,
        "locale_default": "zh_Hans_CN",
        "error_emails_to": None,
        "extensions": ["datastore"],
    }


async def site_read(desk: Desk, call: Call) -> bool:
    return True


async def recently_changed_packages_activity_list(desk: Desk, call: Call) -> list[dict[str, Any]]:
    limit = min(natural(call.given, "limit", 31), 100)
    asked = read_search(
        {"sort": "metadata_modified desc", "rows": limit, "start": natural(call.given, "offset", 0)}
    )
    return [_activity(one, call) for one in search(desk.index, asked).page]


async def package_activity_list(desk: Desk, call: Call) -> list[dict[str, Any]]:
    one = desk.package(required(call.given, "id"))
    return [_activity(one, call)][natural(call.given, "offset", 0) :]


def _activity(one: Listed, call: Call) -> dict[str, Any]:
    shown = one.shown
    new = shown["metadata_created"] == shown["metadata_modified"]
    return {
        "id": uuid_of("activity", f"{one.id} {shown['metadata_modified']}"),
        "timestamp": shown["metadata_modified"],
        "user_id": None,
        "object_id": one.id,
        "activity_type": "new package" if new else "changed package",
        "data": {"package": shown_package(one, call), "actor": None},
    }


def _by_name(desk: Desk) -> list[Listed]:
    found = (desk.index.find(name) for name in sorted(desk.index.by_name))
    return [one for one in found if one is not None]


def _tags(desk: Desk) -> list[str]:
    return sorted(desk.index.values.get("tags", {}))
