"""The table of the surface is the surface; and every role gets at every guarded address what the table says."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from fastapi.routing import APIRoute
from rich.console import Console
from starlette.testclient import TestClient

import gateway.cli as cli
from gateway.access import PERMISSIONS, Action, Role
from gateway.access.surface import COMMANDS, ROUTES
from gateway.app import create_app
from gateway.commands import console
from gateway.role import ASSIGNABLE
from gateway.settings import ServeSettings

DATA_PATH = {
    *(
        ("GET", f"/api/v1/datasets/{{dataset_id}}/{name}")
        for name in ("records", "aggregate", "export.{format}")
    ),
    ("GET", "/api/v1/services/{service_id}"),
    ("POST", "/api/v1/services/{service_id}"),
}
CKAN = {
    ("GET", "/api/3"),
    *((method, f"/api{version}/action/{{action}}") for version in ("", "/3") for method in ("GET", "POST")),
    ("GET", "/datastore/dump/{resource_id}"),
}
OPEN_TO_ALL = {Action.READ_OPEN, Action.READ_LIST}
ROLES = (Role.ANONYMOUS, *ASSIGNABLE)


def all_routes(routes: Any) -> Iterator[tuple[str, str]]:
    """Every method and path, however deep its router was included."""
    for route in routes:
        if isinstance(route, APIRoute) or hasattr(route, "methods"):
            yield from ((method, route.path) for method in route.methods or () if method != "HEAD")
        else:
            inner = getattr(route, "routes", None) or getattr(
                getattr(route, "original_router", None), "routes", None
            )
            assert inner is not None, f"a route this test cannot look into: {route!r}"
            yield from all_routes(inner)


def test_every_route_stands_in_the_table(tmp_path: Path) -> None:
    front: Any = create_app(ServeSettings(home=tmp_path))
    routed = set(all_routes(front.app.routes))
    assert ("POST", "/api/v1/session") in routed  # the walk finds what was included
    assert set(ROUTES) == routed | DATA_PATH | CKAN


def test_every_command_stands_in_the_table() -> None:
    root: Any = typer.main.get_command(cli.app)
    found = set()

    def walk(name: str, command: Any) -> None:
        inner = getattr(command, "commands", None)
        if not inner:
            found.add(name.strip())
        for word, one in (inner or {}).items():
            walk(f"{name} {word}", one)

    walk("", root)
    assert set(COMMANDS) == found


LIST = "/api/v1/negative-list"
SERVICE_VERSION = "/api/v1/services/{id}/versions/{version}"
# One case for each action of each guarded route: a request that gets past the permission and then ends without effect.
CASES: dict[tuple[str, str], dict[Action, tuple[str, Any]]] = {
    ("GET", "/api/v1/harvests"): {Action.SEE_HARVESTS: ("", None)},
    ("GET", "/api/v1/submissions"): {Action.SEE_SUBMISSIONS: ("", None)},
    ("GET", "/api/v1/holdings"): {Action.SEE_HOLDINGS: ("?names=true", None)},
    ("GET", "/api/v1/submissions/{submission_id}"): {Action.SEE_SUBMISSIONS: ("", None)},
    ("GET", "/api/v1/submissions/{submission_id}/assessment"): {Action.ASSESS: ("", None)},
    ("POST", "/api/v1/submissions/{submission_id}/answers"): {
        Action.ANSWER_STEWARD: ("", {"answers": {"theme": "transport"}}),
        Action.ANSWER_OFFICER: ("", {"answers": {"grade": "L1"}}),
        Action.END_SUBMISSION: ("", {"refuse": True}),
    },
    ("POST", f"{LIST}/versions"): {Action.DRAFT_LIST: ("?version=9", b"no list")},
    ("GET", f"{LIST}/export.{{format}}"): {Action.SEE_DRAFTS: ("?version=no-such", None)},
    ("GET", f"{LIST}/diff"): {Action.SEE_DRAFTS: ("?version=no-such", None)},
    ("GET", f"{LIST}/history"): {Action.SEE_DRAFTS: ("", None)},
    ("GET", f"{LIST}/versions/{{version}}/simulate"): {Action.SIMULATE_LIST: ("", None)},
    ("POST", f"{LIST}/versions/{{version}}/propose"): {Action.PROPOSE_LIST: ("", None)},
    ("POST", f"{LIST}/versions/{{version}}/approve"): {Action.APPROVE_LIST: ("", {})},
    ("POST", f"{LIST}/versions/{{version}}/reject"): {Action.APPROVE_LIST: ("", {"reason": "x"})},
    ("POST", f"{LIST}/versions/{{version}}/activate"): {Action.ACTIVATE_LIST: ("", None)},
    ("GET", "/api/v1/exemptions"): {Action.SEE_EXEMPTIONS: ("", None)},
    ("POST", "/api/v1/exemptions"): {
        Action.DRAFT_EXEMPTION: (
            "",
            {"dataset": "no", "entry": "no-such", "reason": "x", "expires": "2030-01-01"},
        )
    },
    ("POST", "/api/v1/exemptions/{id}/approve"): {Action.APPROVE_EXEMPTION: ("", None)},
    ("POST", "/api/v1/exemptions/{id}/end"): {Action.APPROVE_EXEMPTION: ("", None)},
    ("GET", "/api/v1/appeals"): {Action.SEE_APPEALS: ("", None)},
    ("POST", "/api/v1/appeals"): {Action.APPEAL: ("", {"dataset": "no", "entry": "no", "text": "x"})},
    ("POST", "/api/v1/appeals/{id}/answer"): {Action.ANSWER_APPEAL: ("", {"verdict": "upheld", "text": "x"})},
    ("GET", "/api/v1/subscriptions"): {Action.SUBSCRIBE: ("", None)},
    ("POST", "/api/v1/subscriptions"): {Action.SUBSCRIBE: ("", {"url": "no-address"})},
    ("DELETE", "/api/v1/subscriptions/{id}"): {Action.SUBSCRIBE: ("", None)},
    ("POST", "/api/v1/plans/{name}"): {
        Action.SET_PLANS: ("", {"per_second": 1, "burst": 1, "daily": 1, "concurrent": 1})
    },
    ("GET", "/api/v1/keys"): {Action.OWN_KEYS: ("", None), Action.MANAGE_KEYS: ("", None)},
    ("POST", "/api/v1/keys"): {
        Action.OWN_KEYS: ("", {"label": "x", "purpose": "x", "role": "ROLE", "datasets": ["no-such"]})
    },
    ("POST", "/api/v1/keys/{id}/rotate"): {Action.OWN_KEYS: ("", None)},
    ("DELETE", "/api/v1/keys/{id}"): {Action.OWN_KEYS: ("", None), Action.MANAGE_KEYS: ("", None)},
    ("GET", "/api/v1/usage"): {
        Action.OWN_KEYS: ("?of=keys", None),
        Action.SEE_USAGE: ("?of=datasets", None),
    },
    ("GET", "/api/v1/service-declarations"): {Action.SEE_SERVICES: ("", None)},
    ("POST", "/api/v1/services"): {Action.DECLARE_SERVICE: ("", {"content": "id: x"})},
    ("POST", "/api/v1/services/{id}/probe"): {Action.DECLARE_SERVICE: ("", None)},
    ("POST", f"{SERVICE_VERSION}/answer"): {Action.ANSWER_SERVICE: ("", {"accept": True})},
    ("POST", f"{SERVICE_VERSION}/deprecate"): {Action.DECLARE_SERVICE: ("", {})},
    ("POST", f"{SERVICE_VERSION}/retire"): {Action.RETIRE_SERVICE: ("", {"reason": "x"})},
}
# needs a planned output, which takes a whole publication: tests/gateway/access/test_preview.py has it
ELSEWHERE = {(("GET", "/api/v1/submissions/{submission_id}"), Action.PREVIEW)}
# one address for every action, each with its own: tests/gateway/ckan/test_permissions.py has them
ELSEWHERE |= {(route, action) for route in CKAN for action in ROUTES[route] if action not in OPEN_TO_ALL}


def test_every_guarded_route_and_every_action_of_it_has_a_case() -> None:
    needed = {
        (route, action)
        for route, actions in ROUTES.items()
        for action in actions
        if action not in OPEN_TO_ALL
    }
    assert {(route, action) for route, cases in CASES.items() for action in cases} | ELSEWHERE == needed
    # what changes something and is nobody's action is one's own session only
    changing = {route for route, actions in ROUTES.items() if route[0] != "GET" and not actions}
    # and a witness's signature, which says itself who asks
    assert changing == {
        ("POST", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("POST", "/api/v1/ledger/add-checkpoint"),
    }


MATRIX = [(route, action, role) for route, cases in CASES.items() for action in cases for role in ROLES]


@pytest.mark.parametrize(
    ("route", "action", "role"), MATRIX, ids=[f"{r[0]} {a.name} {role}" for r, a, role in MATRIX]
)
def test_a_role_gets_through_where_the_table_says_and_nowhere_else(
    house: Any, route: tuple[str, str], action: Action, role: Role
) -> None:
    query, body = CASES[route][action]
    path = (
        route[1]
        .replace("{name}", "no-such")
        .replace("{format}", "toml")
        .replace("{version}", "no-such")
        .replace("{id}", "no-such")
    )
    path = path.replace("{submission_id}", house.held()) + query
    if isinstance(body, dict) and body.get("role") == "ROLE":  # a key is for a role of one's own
        body = body | {"role": role.value if role in ASSIGNABLE else Role.OFFICER.value}
    sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
    headers = house.headers(role) | ({"content-type": "application/toml"} if "content" in sent else {})
    answer = house.client.request(route[0], path, headers=headers, **sent)
    # either action opens an address that shows each what is theirs
    allowed = PERMISSIONS[action]
    if route[1].startswith("/api/v1/keys") and route[0] != "POST":
        allowed = PERMISSIONS[Action.OWN_KEYS] | PERMISSIONS[Action.MANAGE_KEYS]
    if role in allowed:
        assert answer.status_code not in (401, 403, 500), answer.text
    else:
        assert answer.status_code == (401 if role is Role.ANONYMOUS else 403), answer.text


@pytest.mark.parametrize("action", [Action.ANSWER_STEWARD, Action.END_SUBMISSION, Action.SEE_SUBMISSIONS])
def test_a_steward_gets_through_to_their_own_publishers_only(house: Any, action: Action) -> None:
    foreign = house.held("卫健局")
    method, path = ("GET", "") if action is Action.SEE_SUBMISSIONS else ("POST", "/answers")
    body = CASES[("POST", "/api/v1/submissions/{submission_id}/answers")].get(action, ("", None))[1]
    answer = house.client.request(
        method, f"/api/v1/submissions/{foreign}{path}", json=body, headers=house.headers(Role.STEWARD)
    )
    assert answer.status_code == 403
    listed = house.client.get("/api/v1/submissions", headers=house.headers(Role.STEWARD)).json()
    assert foreign not in {one["id"] for one in listed["submissions"]}


# what is typed (SUBMISSION, FILE are filled in): each ends without effect once the permission is given
TYPED: dict[str, tuple[str, ...]] = {
    "publish": ("FILE", "--dataset", "stops", "--publisher", "交通局", "--set", "colour=red"),
    "withdraw": ("nothing-open", "--reason", "x"),
    "harvest": ("http://127.0.0.1:9/",),  # an inner address: refused after the permission
    "schedule list": (),
    "schedule runs": (),
    "schedule pause": ("999",),
    "schedule resume": ("999",),
    "schedule run": ("999",),
    "schedule remove": ("999",),
    "push": ("--status",),
    "review list": (),
    "review show": ("SUBMISSION",),
    "review assessment": ("SUBMISSION",),
    "review answer": ("SUBMISSION", "--set", "theme=pirates"),
    "review grade": ("no-such", "address=L3", "--reason", "x"),
    "quality show": ("no-such",),
    "quality edit": ("no-such", "--suite", "FILE"),
    "negative-list import": ("FILE",),
    "negative-list simulate": ("no-such",),
    "negative-list propose": ("no-such",),
    "negative-list approve": ("no-such",),
    "negative-list reject": ("no-such", "--reason", "x"),
    "negative-list activate": ("no-such",),
    "negative-list exemption draft": (
        "no-such",
        "no-such",
        "--reason",
        "x",
        "--expires",
        "2030-01-01",
    ),
    "negative-list exemption approve": ("no-such",),
    "negative-list exemption end": ("no-such",),
    "negative-list exemption list": (),
    "negative-list appeal file": ("no-such", "no-such", "--text", "x"),
    "negative-list appeal list": (),
    "negative-list appeal answer": ("no-such", "--text", "x", "--dismiss"),
    "subscription add": ("no-address",),
    "subscription list": (),
    "subscription remove": ("no-such",),
    "contract show": ("no-such",),
    "contract diff": ("no-such",),
    "contract export": ("no-such",),
    "element import": ("FILE",),
    "holdings add": ("", "--publisher", "交通局"),
    "holdings import": ("FILE",),
    "holdings scan": ("no-address", "--publisher", "交通局"),
    "holdings retire": ("", "--reason", "x", "--publisher", "交通局"),
    "holdings list": (),
    "service add": ("FILE",),
    "service propose": ("no-such",),
    "service probe": ("no-such",),
    "service deprecate": ("no-such",),
    "service retire": ("no-such", "--reason", "x"),
    "service answer": ("no-such",),
    "service list": (),
    "service show": ("no-such",),
    "key issue": ("--label", "x", "--role", "ROLE"),
    "key revoke": ("nosuchky",),
    "key list": (),
    "key rotate": ("nosuchky",),
    "key usage": ("--datasets",),
    "key plan": ("no-such", "--per-second", "1", "--burst", "1", "--daily", "1", "--concurrent", "1"),
    "user add": ("owner", "--role", "officer"),
    "user grant": ("nobody", "--role", "officer"),
    "user revoke": ("nobody", "--role", "officer"),
    "user list": (),
    "user disable": ("nobody",),
    "user enable": ("nobody",),
    "user token": ("nobody",),
}
# the action that these words take, where a command has several
TAKEN = {
    "review show": Action.SEE_SUBMISSIONS,
    "review answer": Action.ANSWER_STEWARD,
    "key issue": Action.OWN_KEYS,
    "key rotate": Action.OWN_KEYS,
    "key usage": Action.SEE_USAGE,
}


def test_every_guarded_command_has_a_case() -> None:
    guarded = {name for name, actions in COMMANDS.items() if set(actions) - OPEN_TO_ALL}
    assert set(TYPED) == guarded - {"demo"}  # in an institution's home nobody runs the demo: test_people


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("command", TYPED)
def test_a_command_lets_through_whom_the_table_says_and_nobody_else(
    house: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, role: Role
) -> None:
    file = tmp_path / "stops.csv"
    file.write_text("站名\n东站\n", "utf-8")
    monkeypatch.setenv("KAIZHA_HOME", str(house.gate.settings.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if role is not Role.ANONYMOUS:
        monkeypatch.setenv("KAIZHA_TOKEN", house.token(role))
    fill = {"FILE": str(file), "ROLE": role.value if role in ASSIGNABLE else "officer"}
    fill["SUBMISSION"] = house.held() if "SUBMISSION" in TYPED[command] else ""
    words = [fill.get(word, word) for word in TYPED[command]]
    said = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["kaizha", *command.split(), *words])
    monkeypatch.setattr(sys, "stdout", said)
    monkeypatch.setattr(console, "out", Console(file=said))
    monkeypatch.setattr(console, "err", Console(file=said))
    try:
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    actions = {TAKEN[command]} if command in TAKEN else set(COMMANDS[command])
    allowed = any(role in PERMISSIONS[action] for action in actions)
    if command == "key issue" and role is Role.ADMINISTRATOR:
        allowed = False
        assert code == 2  # no key is issued for that role at all
        return
    assert code == (2 if role is Role.ANONYMOUS else code if allowed else 4), said.getvalue()
    if allowed:
        assert code in (0, 2), said.getvalue()
    else:
        told = " ".join(said.getvalue().split())
        assert "takes one of the roles" in told or "sign in" in told.casefold(), told


def test_a_client_without_cookies_is_used(house: Any) -> None:
    assert isinstance(house.client, TestClient)
    assert not house.client.cookies
