"""The whole document is the surface: every route of the table and no other, valid, and with words in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from gateway.access.surface import OPEN_TO_ALL, ROUTES, is_shared, methods_of
from gateway.api.problem import STATUS
from gateway.app import create_app
from gateway.description.rows import ROWS
from gateway.serve.formats import FORMATS
from gateway.serve.openapi_responses import PROBLEMS
from gateway.settings import ServeSettings

EXPORT = "/api/v1/datasets/{dataset_id}/export.{format}"
# The data path describes itself: its parameters are those it reads (`gateway.serve.openapi`).
DATA_PATH = {
    ("GET", "/api/v1/datasets/{dataset_id}/records"),
    ("GET", "/api/v1/datasets/{dataset_id}/aggregate"),
    ("GET", EXPORT),
    ("GET", "/api/v1/services/{service_id}"),
    ("POST", "/api/v1/services/{service_id}"),
}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home: Path = tmp_path_factory.mktemp("home")
    answer = TestClient(create_app(ServeSettings(home=home))).get("/openapi.json")
    assert answer.headers["etag"]
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, one)
        for path, ones in document["paths"].items()
        for method, one in ones.items()
    ]


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(json.loads(json.dumps(document)))


def test_every_route_of_the_surface_is_described_and_no_other(document: dict[str, Any]) -> None:
    described = {(method, path) for method, path, _ in operations(document)}
    surface = {(method, path.replace(":path}", "}")) for method, path in ROUTES} - {("GET", EXPORT)}
    exports = {("GET", EXPORT.replace("{format}", suffix)) for suffix in FORMATS}
    assert described == surface | exports


def test_every_route_that_anybody_may_call_has_a_row_of_its_own() -> None:
    """Without one it would be told as a step of the house is: with any answer."""
    open_to_all = {route for route, actions in ROUTES.items() if not actions or OPEN_TO_ALL & set(actions)}
    assert open_to_all - DATA_PATH <= ROWS.keys()
    assert ROWS.keys() <= ROUTES.keys()


def test_operations_are_named_once_told_in_both_languages_and_in_a_group(document: dict[str, Any]) -> None:
    groups = {tag["name"] for tag in document["tags"]}
    names = [one["operationId"] for _, _, one in operations(document)]
    assert len(names) == len(set(names))
    for method, path, one in operations(document):
        zh, _, en = one["summary"].partition(" / ")
        assert zh, (method, path)
        assert en, (method, path)
        assert set(one["tags"]) <= groups


def test_every_status_of_the_error_tree_can_be_told() -> None:
    assert set(STATUS.values()) <= PROBLEMS.keys()


@pytest.mark.parametrize("status", ["429", "503"])
def test_who_is_to_come_again_is_told_when(document: dict[str, Any], status: str) -> None:
    headers = document["components"]["responses"][f"Problem{status}"]["headers"]
    assert headers["Retry-After"] == {"$ref": "#/components/headers/Retry-After"}


def test_guarded_operations_ask_for_a_credential_and_open_ones_do_not(document: dict[str, Any]) -> None:
    for method, path, one in operations(document):
        actions = ROUTES.get((method, path), ())
        guarded = bool(actions) and not OPEN_TO_ALL & set(actions)
        assert ({} not in one.get("security", [{}])) == guarded, (method, path)
        if guarded:
            assert {"401", "403"} <= one["responses"].keys(), (method, path)


@pytest.mark.parametrize(
    ("path", "shared", "methods"),
    [
        ("/api/v1/datasets", True, ("GET", "HEAD", "OPTIONS")),
        ("/api/v1/datasets/a/export.csv", True, ("GET", "HEAD", "OPTIONS")),
        ("/api/v1/services", True, ("GET", "HEAD", "POST", "OPTIONS")),
        ("/api/v1/ledger/tile/entries/000", True, ("GET", "HEAD", "OPTIONS")),
        ("/api/v1/keys", False, ("GET", "HEAD", "POST")),
        ("/api/v1/submissions/x", False, ("GET", "HEAD")),
        ("/datasets/a", False, ("GET", "HEAD")),
        ("/api/v1/nothing", False, ()),
        ("/openapi.json", True, ("GET", "HEAD", "OPTIONS")),
    ],
)
def test_an_address_has_the_methods_of_all_its_routes(
    path: str, shared: bool, methods: tuple[str, ...]
) -> None:
    assert is_shared(path) is shared
    assert methods_of(path) == methods
