"""Who may do what through the CKAN API: each action that changes something, for every role, as the permission table says."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access import PERMISSIONS, Action, Role
from gateway.access.surface import ROUTES
from gateway.ckan.actions import ACTIONS, TAKES
from gateway.processes.ckan import TAKEN
from gateway.role import ASSIGNABLE
from tests.gateway.ckan.conftest import Door

ROLES = (Role.ANONYMOUS, *ASSIGNABLE)
GUARDED = sorted(name for name, one in ACTIONS.items() if set(one.takes) - {Action.READ_OPEN})
# requests that get past the permission and then end without effect
WORDS: dict[str, Any] = {
    "group_create": {"name": "Bad Name"},
    "organization_create": {"name": "Bad Name"},
    "api_token_create": {"user": "ROLE"},
    "api_token_list": {"user_id": "ROLE"},
    "api_token_revoke": {"jti": "no-such"},
    "package_create": {"name": "Bad Name"},
    "package_revise": {"match": {"name": "no-such"}},
    "resource_create": {"package_id": "no-such"},
    "datastore_create": {"resource_id": "no-such"},
    "datastore_upsert": {"resource_id": "no-such"},
    "datastore_delete": {"resource_id": "no-such"},
    "datastore_records_delete": {"resource_id": "no-such", "filters": {"a": 1}},
}


def test_the_routes_take_what_the_actions_take() -> None:
    taken = {one for action in ACTIONS.values() for one in action.takes}
    for version in ("", "/3"):
        path = f"/api{version}/action/{{action}}"
        assert set(ROUTES[("POST", path)]) == taken
        assert set(ROUTES[("GET", path)]) == {
            one for action in ACTIONS.values() if not action.changes for one in action.takes
        }
    assert set(TAKES) <= taken


def test_every_action_that_changes_something_is_the_gates() -> None:
    changing = {name for name, one in ACTIONS.items() if one.changes}
    assert changing - {"task_status_update"} <= TAKEN
    assert TAKEN - set(ACTIONS) == {"may_upload", "own_drafts"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", [name for name in GUARDED if name != "task_status_update"])
def test_a_role_gets_through_where_the_table_says_and_nowhere_else(
    lite: Door, action: str, role: Role
) -> None:
    given = {
        name: role.value if value == "ROLE" else value
        for name, value in WORDS.get(action, {"id": "no-such"}).items()
    }
    answer = lite.call(action, given, "" if role is Role.ANONYMOUS else role.value)
    [takes] = ACTIONS[action].takes
    if role in PERMISSIONS[takes]:
        assert answer.status_code in (200, 404, 409), answer.text
    else:
        assert answer.status_code == 403, answer.text
        assert answer.json()["error"]["__type"] == "Authorization Error"


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("package_update", {"id": "bus-stops", "name": "bus-stops"}),
        ("package_patch", {"id": "bus-stops", "notes": "x"}),
        ("package_delete", {"id": "bus-stops"}),
        ("dataset_purge", {"id": "bus-stops"}),
        ("resource_create", {"package_id": "bus-stops", "url": "http://example.org"}),
        ("resource_delete", {"id": "STOPS"}),
        ("resource_patch", {"id": "STOPS", "name": "x"}),
        ("datastore_upsert", {"resource_id": "STOPS", "records": [{"编号": "1"}]}),
        ("datastore_delete", {"resource_id": "STOPS"}),
    ],
)
def test_a_steward_changes_nothing_of_another_publishers(lite: Door, action: str, given: Any) -> None:
    before = lite.result("package_show", {"id": "bus-stops"})
    given = {
        name: before["resources"][0]["id"] if value == "STOPS" else value for name, value in given.items()
    }
    answer = lite.call(action, given, "gardener")
    assert answer.status_code == 403, answer.text
    assert lite.result("package_show", {"id": "bus-stops"}) == before


def test_a_callback_asks_as_a_stranger(lite: Door) -> None:
    """Another site's page must not read with the key of whoever looks at it."""
    lite.result("package_create", {"name": "only-mine", "title": "草稿"}, "steward")
    headers = {"Authorization": lite.tokens["steward"]}
    mine = lite.client.get("/api/3/action/package_show?id=only-mine", headers=headers)
    assert mine.status_code == 200
    called = lite.client.get("/api/3/action/package_show?id=only-mine&callback=f", headers=headers)
    assert called.status_code == 404


def test_a_key_for_one_dataset_reads_rows_of_that_one_only(lite: Door) -> None:
    token = lite.tokens["developer"]
    made = lite.client.post(
        "/api/v1/keys",
        headers={"Authorization": f"Bearer {token}"},
        json={"label": "x", "purpose": "x", "role": "developer", "datasets": ["parks"]},
    )
    key = made.json()["key"]

    def ask(table: str, name: str) -> int:
        path = f"/api/3/action/datastore_search?resource_id={table}&limit=1"
        return int(lite.client.get(path, headers={name: key}).status_code)

    assert ask("parks", "Authorization") == ask("parks", "X-CKAN-API-Key") == 200
    assert ask("bus-stops", "Authorization") == ask("bus-stops", "X-CKAN-API-Key") == 403
    assert lite.client.get("/datastore/dump/bus-stops", headers={"Authorization": key}).status_code == 403
    assert lite.client.get("/datastore/dump/parks", headers={"Authorization": key}).status_code == 200


def test_a_key_that_was_revoked_is_refused_in_ckans_words(lite: Door) -> None:
    token = lite.result("api_token_create", {"user": "steward", "name": "short"}, "steward")["token"]
    assert lite.client.get("/api/3/action/site_read", headers={"Authorization": token}).status_code == 200
    lite.result("api_token_revoke", {"token": token}, "steward")
    answer = lite.client.get("/api/3/action/site_read", headers={"Authorization": token})
    assert answer.status_code == 403
    assert answer.json()["error"]["__type"] == "Authorization Error"


def test_files_are_kept_of_nobody_who_may_not_submit(lite: Door) -> None:
    uploads = lite.gate.settings.run_folder / "uploads"
    strangers = ("ks_" + "x" * 43, "nonsense", lite.tokens["developer"], lite.tokens["auditor"])
    for headers in ({}, *({"Authorization": token} for token in strangers)):
        answer = lite.client.post(
            "/api/3/action/resource_create",
            headers=headers,
            data={"package_id": "bus-stops"},
            files={"upload": ("a.csv", b"a\n1\n")},
        )
        assert answer.status_code == 403, answer.text
        assert not uploads.exists() or not list(uploads.iterdir())
