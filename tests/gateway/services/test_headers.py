"""What every open answer carries beside its content, one table over the routes that anybody may GET and the data path."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from gateway.access.surface import OPEN_TO_ALL, ROUTES
from tests.gateway.services.conftest import looked_again

ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
DATASET, LIST = "/api/v1/datasets/stops", "/api/v1/negative-list"
# Of each route an address that is answered; and of which kind the answer is.
PAGE, JSON, OF_RELEASE, DATA, CATALOGUE = "page", "json", "of a release", "data", "catalogue"
ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "/": (PAGE, ("/",)),
    "/datasets/{dataset_id}": (PAGE, ("/datasets/stops",)),
    "/datasets/{dataset_id}/quality": (PAGE, ("/datasets/stops/quality",)),
    "/datasets/{dataset_id}/risk": (PAGE, ("/datasets/stops/risk",)),
    "/datasets/{dataset_id}/privacy": (PAGE, ("/datasets/stops/privacy",)),
    "/services/{service_id}": (PAGE, ("/services/stops-of-district",)),
    "/counts": (PAGE, ("/counts?as_of=2020-01-01",)),
    "/docs": (PAGE, ("/docs",)),
    "/static/{name}": (PAGE, ("/static/kaizha.css", "/static/try.js")),
    "/openapi.json": (JSON, ("/openapi.json",)),
    "/api/v1/datasets": (JSON, ("/api/v1/datasets", "/api/v1/datasets?limit=1")),
    "/api/v1/datasets/{dataset_id}": (OF_RELEASE, (DATASET,)),
    **{
        f"/api/v1/datasets/{{dataset_id}}/{name}": (OF_RELEASE, (f"{DATASET}/{name}",))
        for name in ("versions", "quality", "risk", "privacy", "decision", "openapi.json")
    },
    "/api/v1/datasets/{dataset_id}/contract": (
        OF_RELEASE,
        (f"{DATASET}/contract", f"{DATASET}/contract?form=odcs-yaml"),
    ),
    "/api/v1/datasets/{dataset_id}/records": (
        DATA,
        (f"{DATASET}/records?limit=2", f"{DATASET}/records.csv", f"{DATASET}/records?offset=4&limit=2"),
    ),
    "/api/v1/datasets/{dataset_id}/aggregate": (DATA, (f"{DATASET}/aggregate?group_by=区县",)),
    "/api/v1/datasets/{dataset_id}/export.{format}": (
        DATA,
        tuple(f"{DATASET}/export.{form}" for form in ("csv", "json", "ndjson", "xlsx", "parquet", "arrow")),
    ),
    "/api/v1/services": (JSON, ("/api/v1/services",)),
    "/api/v1/services/{service_id}": (DATA, ("/api/v1/services/stops-of-district?district=区1",)),
    "/api/v1/services/{service_id}/openapi.json": (
        JSON,
        ("/api/v1/services/stops-of-district/openapi.json",),
    ),
    "/api/v1/elements": (JSON, ("/api/v1/elements",)),
    "/api/v1/elements/{code}": (JSON, ("/api/v1/elements/{an element}",)),
    "/api/v1/counts": (JSON, ("/api/v1/counts?as_of=2020-01-01",)),
    "/api/v1/holdings": (JSON, ("/api/v1/holdings?as_of=2020-01-01",)),
    "/api/v1/ledger/checkpoint": (JSON, ("/api/v1/ledger/checkpoint",)),
    "/api/v1/ledger/proof/{index}": (JSON, ("/api/v1/ledger/proof/0",)),
    "/api/v1/ledger/consistency": (JSON, ("/api/v1/ledger/consistency?from=1",)),
    "/api/v1/ledger/key": (JSON, ("/api/v1/ledger/key",)),
    "/api/v1/ledger/tile/{place:path}": (JSON, ("/api/v1/ledger/tile/entries/000.p/1",)),
    "/api/v1/ledger/event/{index}": (JSON, ("/api/v1/ledger/event/0",)),
    LIST: (JSON, (LIST,)),
    f"{LIST}/versions": (JSON, (f"{LIST}/versions",)),
    f"{LIST}/due": (JSON, (f"{LIST}/due",)),
    f"{LIST}/export.{{format}}": (JSON, (f"{LIST}/export.toml", f"{LIST}/export.xlsx")),
    f"{LIST}/diff": (JSON, (f"{LIST}/diff?version={{the list}}",)),
    "/api/v1/plans": (JSON, ("/api/v1/plans",)),
    **{
        path: (CATALOGUE, (path,))
        for path in (
            "/catalog.ttl",
            "/catalog.jsonld",
            "/catalog.rdf",
            "/data.json",
            "/feed.atom",
            "/sitemap.xml",
        )
    },
    **{
        f"/datasets/{{dataset_id}}.{form}": (CATALOGUE, (f"/datasets/stops.{form}",))
        for form in ("ttl", "jsonld", "rdf", "croissant.json", "datapackage.json", "csvw.json")
    },
}
# Answered as CKAN answers, whose clients look for nothing of this (tests/gateway/ckan).
OF_CKAN = {"/api/3", "/api/3/action/{action}", "/api/action/{action}", "/datastore/dump/{resource_id}"}
# It has nothing to answer here, or leads elsewhere.
WITHOUT = {"/api/v1/ledger/witnessed": 404, "/try": 303}
CASES = [(kind, path) for kind, paths in ASKED.values() for path in paths]


@pytest.fixture
def ask(client: TestClient, declared: Callable[..., Any]) -> Callable[..., Any]:
    """Ask an address of the table."""
    declared()
    looked_again(client)

    def run(path: str, **more: Any) -> Any:
        if "{an element}" in path:
            found = client.get("/api/v1/elements").json()["elements"]
            path = path.replace("{an element}", found[0]["code"])
        if "{the list}" in path:
            path = path.replace("{the list}", client.get(f"{LIST}/versions").json()["versions"][0]["version"])
        return client.request(more.pop("method", "GET"), path, follow_redirects=False, **more)

    return run


def test_every_open_route_is_in_the_table() -> None:
    open_to_all = {
        path for (method, path), acts in ROUTES.items() if method == "GET" and OPEN_TO_ALL & set(acts)
    }
    assert ASKED.keys() | WITHOUT.keys() | OF_CKAN == open_to_all


def test_every_open_answer_carries_what_its_kind_owes(ask: Callable[..., Any]) -> None:
    for kind, path in CASES:
        answer = ask(path)
        headers = answer.headers
        assert answer.status_code == 200, (path, answer.text)
        assert headers["etag"], path
        assert headers["cache-control"].startswith(("no-cache", "private", "public")), path
        assert ID.fullmatch(headers["x-request-id"]), path
        assert re.fullmatch(r"[a-z]+;dur=\d+\.\d+", headers["server-timing"]), path
        assert (headers.get("access-control-allow-origin") == "*") == (kind != PAGE), path
        if kind != PAGE:
            assert {"ETag", "Link", "RateLimit"} <= set(headers["access-control-expose-headers"].split(", "))
        if kind == CATALOGUE:
            assert headers["last-modified"], path
            continue
        of_release = kind in (OF_RELEASE, DATA) or path.startswith("/datasets/")
        assert ("last-modified" in headers) == of_release, path
        if of_release:
            for relation in ("service-desc", "describedby", "license"):
                assert f'rel="{relation}"' in headers["link"], path
        assert ("ratelimit" in headers) == (kind == DATA), path
        assert ("ratelimit-policy" in headers) == (kind == DATA), path


def test_what_is_held_already_is_not_sent_again(ask: Callable[..., Any]) -> None:
    for kind, path in CASES:
        first = ask(path).headers
        again = ask(path, headers={"if-none-match": first["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first["etag"], path
        assert again.headers["cache-control"] == first["cache-control"], path
        assert again.headers.get("vary") == first.get("vary"), path
        assert ask(path, headers={"if-none-match": '"another"'}).status_code == 200, path
        if kind == DATA:
            since = {"if-modified-since": first["last-modified"]}
            assert ask(path, headers=since).status_code == 304, path
            assert ask(path, headers=since | {"if-none-match": '"another"'}).status_code == 200, path
            before = {"if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT"}
            assert ask(path, headers=before).status_code == 200, path
            assert ask(path, headers={"if-modified-since": "yesterday"}).status_code == 200, path


def test_head_answers_as_get_does_without_the_body(ask: Callable[..., Any]) -> None:
    for _, path in CASES:
        head, get = ask(path, method="HEAD"), ask(path)
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("etag", "content-type", "cache-control", "last-modified", "link"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def test_another_site_s_page_may_ask_first(ask: Callable[..., Any]) -> None:
    for kind, path in CASES:
        answer = ask(path, method="OPTIONS", headers={"origin": "https://example.org"})
        if kind == PAGE:
            assert answer.status_code == 405, path
            continue
        assert answer.status_code == 204, path
        assert answer.headers["access-control-allow-origin"] == "*", path
        assert "GET" in answer.headers["access-control-allow-methods"], path
        assert "Authorization" in answer.headers["access-control-allow-headers"], path
        assert "access-control-allow-credentials" not in answer.headers, path


def test_guarded_addresses_are_not_shared_with_other_sites(client: TestClient) -> None:
    for path in ("/api/v1/keys", "/api/v1/submissions", "/api/v1/me", "/api/v1/appeals"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert "access-control-allow-origin" not in answer.headers
        assert client.options(path).status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/datasets/nothing", 404),
        ("GET", "/api/v1/datasets/nothing/records", 404),
        ("GET", f"{DATASET}/records?no=1", 400),
        ("GET", "/api/v1/datasets?no=1", 400),
        ("PUT", "/api/v1/datasets", 405),
        ("DELETE", f"{DATASET}/records", 405),
        ("PATCH", "/", 405),
        ("GET", "/api/v1/me", 401),
        ("GET", "/try?try.to=https://example.org", 400),
        ("GET", "/try?try.to=//example.org/api/v1/datasets", 400),
    ],
)
def test_a_refusal_is_a_problem_with_the_caller_s_id(
    client: TestClient, method: str, path: str, status: int
) -> None:
    headers = {"x-request-id": "my-own-id-1"}
    answer = client.request(method, path, headers=headers, follow_redirects=False)
    for _ in range(10):
        if answer.status_code != 503:  # on a busy machine the lease is away for a moment
            break
        time.sleep(0.2)
        answer = client.request(method, path, headers=headers, follow_redirects=False)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] == "my-own-id-1"
    assert answer.headers["server-timing"]
    assert answer.json()["status"] == status
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("given", ["short", "a" * 65, "with space 123", "semi;colon-123", "零一二三四五六七"])
@pytest.mark.parametrize("path", ["/api/v1/datasets", f"{DATASET}/records", "/nothing"])
def test_an_id_that_is_not_safe_is_not_repeated(client: TestClient, given: str, path: str) -> None:
    made = client.get(path, headers={"x-request-id": given.encode()}).headers["x-request-id"]
    assert made != given
    assert ID.fullmatch(made)


def test_a_refused_credential_is_answered_with_the_caller_s_id_too(client: TestClient) -> None:
    headers = {"authorization": "Bearer kz_no", "x-request-id": "my-own-id-2"}
    answer = client.get(f"{DATASET}/records", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["x-request-id"] == "my-own-id-2"


def test_more_than_the_plan_allows_is_told_when_to_come_again(client: TestClient) -> None:
    answers = [client.get(f"{DATASET}/records?limit=1") for _ in range(90)]
    refused = next(one for one in answers if one.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["ratelimit"]
    assert refused.headers["ratelimit-policy"]
    assert ID.fullmatch(refused.headers["x-request-id"])


def test_pages_link_to_those_around_them(client: TestClient) -> None:
    def links(path: str) -> dict[str, str]:
        found = re.findall(r'<([^>]*)>; rel="([a-z-]+)"', client.get(path).headers["link"])
        return {relation: address for address, relation in found}

    first = links(f"{DATASET}/records?limit=10")
    assert "prev" not in first
    assert "first" not in first
    second = links(first["next"])
    assert second["first"] == f"{DATASET}/records?limit=10"
    middle = links(f"{DATASET}/records?limit=10&offset=15&sort=站名")
    assert middle["prev"].endswith("&offset=5")
    assert middle["first"].endswith("limit=10&sort=%E7%AB%99%E5%90%8D")
    assert links(f"{DATASET}/records?limit=10&offset=5")["prev"].endswith("offset=0")
    assert "next" not in links(f"{DATASET}/records?limit=10&offset=95")
