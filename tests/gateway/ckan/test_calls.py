"""A table of calls, written from CKAN's own behaviour, each with its status and traits; on SQLite and PostgreSQL.

A row's `want` maps a path into the answer to what stands there; a path that ends in ``#`` is a length, in ``?`` whether it is
there at all, in ``~`` a part of a text. ``$name`` stands for what was looked up or kept before.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.ckan.conftest import Door

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("calls.jsonl").read_text("utf-8").splitlines()
]
KEPT: dict[int, dict[str, str]] = {}


def names_of(portal: Door) -> dict[str, str]:
    """What the rows call by a name, and what was kept of earlier answers at this door."""
    if id(portal) not in KEPT:
        stops = portal.result("package_show", {"id": "bus-stops"})
        parks = portal.result("package_show", {"id": "parks"})
        KEPT[id(portal)] = {
            "$package": stops["id"],
            "$stops": stops["resources"][0]["id"],
            "$transport_id": stops["owner_org"],
            "$transport": stops["organization"]["name"],
            "$parks_org": parks["organization"]["name"],
        }
    return KEPT[id(portal)]


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name in sorted(names, key=len, reverse=True):
            value = value.replace(name, names[name])
        return value
    if isinstance(value, dict):
        return {filled(key, names): filled(one, names) for key, one in value.items()}
    return [filled(one, names) for one in value] if isinstance(value, list) else value


MISSING = object()


def at(body: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(body, list) and part.isdigit() and int(part) < len(body):
            body = body[int(part)]
        elif isinstance(body, dict) and part in body:
            body = body[part]
        else:
            return MISSING
    return body


def check(body: Any, path: str, expected: Any) -> None:
    found = at(body, path.rstrip("#?~"))
    if path.endswith("?"):
        assert (found is not MISSING) == expected, path
    elif path.endswith("#"):
        assert len(found) == expected, (path, found)
    elif path.endswith("~"):
        assert expected in found, (path, found)
    else:
        assert found == expected, path


@pytest.mark.parametrize("row", ROWS, ids=[f"{n + 1}-{row['do']}" for n, row in enumerate(ROWS)])
def test_a_call_is_answered_as_the_table_says(portal: Door, row: dict[str, Any]) -> None:
    names = names_of(portal)
    more: dict[str, Any] = {}
    if "content" in row:
        more = {
            "content": row["content"].encode(),
            "headers": {"content-type": row.get("content_type", "application/json")},
        }
    if "path" in row:
        more["path"] = row["path"]
    given = filled(row.get("given"), names)
    answer = portal.call(row["do"], given, row.get("as", ""), row.get("by", "POST"), **more)
    assert answer.status_code == row.get("status", 200), answer.text
    if "jsonp" in row:
        assert answer.headers["content-type"].startswith("application/javascript")
        assert answer.text.startswith(row["jsonp"] + "(")
        assert answer.text.endswith(");")
        return
    body = answer.json()
    if row.get("bare"):
        assert isinstance(body, str)
        assert body.startswith("Bad request: ")
        return
    assert body["help"].endswith(f"help_show?name={row['do']}")
    assert body["success"] is (answer.status_code == 200)
    if "type" in row:
        assert body["error"]["__type"] == row["type"], body
    if "field" in row:
        assert isinstance(body["error"][row["field"]], list), body
    for path, expected in filled(row.get("want", {}), names).items():
        check(body, path, expected)
    for name, path in row.get("keep", {}).items():
        names[f"${name}"] = at(body, path)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/3/action/package_list", "GET, HEAD, POST, OPTIONS"),
        ("/api/action/package_list", "GET, HEAD, POST, OPTIONS"),
        ("/api/3", "GET, HEAD, OPTIONS"),
        ("/datastore/dump/bus-stops", "GET, HEAD, OPTIONS"),
    ],
)
def test_another_method_is_refused_with_those_there_are(portal: Door, path: str, allowed: str) -> None:
    for method in ("PUT", "DELETE", "TRACE", *(() if "POST" in allowed else ("POST",))):
        answer = portal.client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), method
    asked = portal.client.options(path)
    assert (asked.status_code, asked.headers["access-control-allow-methods"]) == (204, allowed)


@pytest.mark.parametrize("name", ["0", "Package_List", "包列表", "a" * 100, "package_list()"])
def test_what_is_no_name_of_an_action_is_answered_as_an_unknown_one(portal: Door, name: str) -> None:
    answer = portal.client.get(f"/api/3/action/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json;charset=utf-8")
    assert answer.json().startswith("Bad request: Action name not known")


def test_an_answer_is_kept_by_its_validator_and_sent_in_the_coding_that_is_taken(portal: Door) -> None:
    path = "/api/3/action/package_search?q=&rows=5"
    plain = portal.client.get(path, headers={"accept-encoding": "identity"})
    packed = portal.client.get(path, headers={"accept-encoding": "gzip"})
    assert plain.content == packed.content
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert plain.headers["etag"] != packed.headers["etag"]
    for one in (plain, packed):
        held = {"accept-encoding": "gzip", "if-none-match": one.headers["etag"]}
        again = portal.client.get(path, headers=held)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", one.headers["etag"])
        assert again.headers["cache-control"] == "no-cache"
    other = portal.client.get(path + "&start=1", headers={"if-none-match": plain.headers["etag"]})
    assert other.status_code == 200
    refused = portal.client.get("/api/3/action/package_show?id=none", headers={"if-none-match": "*"})
    assert refused.status_code == 404
    posted = portal.client.post("/api/3/action/package_search", json={}, headers={"if-none-match": "*"})
    assert posted.status_code == 200
    assert "etag" not in posted.headers


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 120
    assert len({row["do"] for row in ROWS}) >= 50
