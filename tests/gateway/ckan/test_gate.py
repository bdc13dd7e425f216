"""What comes through the CKAN API passes the same gate: refusals name their entry, what is held is seen by nobody else, and
what is withdrawn is gone from every one of its addresses."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from catalog.decision import Scope
from catalog.release import State
from gateway.access import OWNER
from gateway.publish.review import withdraw
from negative_list import Effect
from negative_list.condition import AnyOf, Keywords
from tests.faults.gateways import enforce
from tests.gateway.ckan.conftest import PARKS, Door, published
from tests.gateway.governance.conftest import column_entry

ROWS = "编号,名称\n" + "".join(f"{n},名{n}\n" for n in range(1, 31))


def upload(door: Door, package: str, text: str, role: str = "steward", name: str = "a.csv") -> Any:
    return door.call(
        "resource_create",
        role=role,
        data={"package_id": package, "name": "表"},
        files={"upload": (name, text.encode())},
    )


def test_a_refusal_is_a_validation_error_that_names_the_entry(new_door: Any) -> None:
    door = new_door()
    starter = door.gate.entries
    entry = column_entry(starter, "T-1", "名称")
    enforce(door.gate, replace(starter, version="deny-1", entries=(*starter.entries, entry)))
    door.result("package_create", {"name": "named", "title": "名录"}, "steward")
    answer = upload(door, "named", "名称\n" + "".join(f"名{n}\n" for n in range(30)))
    assert answer.status_code == 409, answer.text
    error = answer.json()["error"]
    assert error["__type"] == "Validation Error"
    assert "T-1@deny-1" in error["negative_list"][0]
    assert door.call("package_show", {"id": "named"}).status_code == 404


def test_what_is_held_is_a_draft_that_its_publisher_sees(lite: Door) -> None:
    """A table graded L2 or above waits for an officer: the client is told so, and nobody else sees anything."""
    lite.result("package_create", {"name": "held-set", "title": "患者名录"}, "steward")
    text = "姓名,身份证号,病种\n" + "".join(
        f"{'王李张刘陈'[n % 5]}{'伟芳娜敏静'[n % 5]},{'110105199001011237'},{'高血压' if n % 2 else '糖尿病'}\n"
        for n in range(30)
    )
    answer = upload(lite, "held-set", text)
    if answer.status_code == 409:
        assert answer.json()["error"]["negative_list"]
        return
    shown = answer.json()["result"]
    assert shown["kaizha_state"] == State.HELD.value
    mine = lite.result("package_show", {"id": "held-set"}, "steward")
    assert mine["state"] == "draft"
    assert mine["kaizha_submission"] == shown["kaizha_submission"]
    task = lite.result("task_status_show", {"id": shown["kaizha_submission"]}, "officer")
    assert (task["state"], task["value"]) == ("pending", "held")
    for role in ("", "gardener", "developer"):
        assert lite.call("package_show", {"id": "held-set"}, role).status_code == 404
        assert lite.call("resource_show", {"id": shown["id"]}, role).status_code == 404
        assert lite.call("datastore_search", {"resource_id": shown["id"]}, role).status_code == 404
    assert "held-set" not in lite.result("package_list")


def test_what_is_withdrawn_is_gone_at_once(new_door: Any) -> None:
    door = new_door()
    table = door.result("package_show", {"id": "parks"})["resources"][0]["id"]
    assert door.call("datastore_search", {"resource_id": table}).status_code == 200
    withdraw(door.gate, OWNER, "parks", "test")
    gone_after_a_look(door)
    for action, given in (
        ("package_show", {"id": "parks"}),
        ("resource_show", {"id": table}),
        ("datastore_search", {"resource_id": table}),
        ("datastore_info", {"id": table}),
        ("package_activity_list", {"id": "parks"}),
    ):
        assert door.call(action, given).status_code == 404, action
    assert door.client.get(f"/datastore/dump/{table}").status_code == 404
    assert door.result("package_search", {"q": "公园"})["count"] == 0
    assert "公园" not in door.result("tag_list")


def gone_after_a_look(door: Door) -> None:
    """The shelf looks every tenth of a second."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and "parks" in door.result("package_list"):
        time.sleep(0.02)
    assert "parks" not in door.result("package_list")


def test_a_listing_that_a_new_list_shuts_is_gone(new_door: Any) -> None:
    """What only says where something is stands under the list too: judged with every look that finds another list."""
    door = new_door()
    linked = {"name": "elsewhere", "title": "暗渠图", "resources": [{"url": "http://example.org/a.csv"}]}
    door.result("package_create", linked, "steward")
    assert door.result("package_show", {"id": "elsewhere"})["title"] == "暗渠图"
    starter = door.gate.entries
    shut = titled_entry(starter, "T-9", "暗渠")
    enforce(door.gate, replace(starter, version="deny-9", entries=(*starter.entries, shut)))
    door.client.app.data_path._behind._doors[1]._renew()  # the shelf's next look, now
    assert door.call("package_show", {"id": "elsewhere"}).status_code == 404
    assert door.result("package_search", {"q": "暗渠"})["count"] == 0
    again = door.call("package_create", linked | {"name": "elsewhere2"}, "steward")
    assert again.status_code == 409
    assert "T-9@deny-9" in again.json()["error"]["negative_list"][0]


def titled_entry(starter: Any, entry_id: str, word: str) -> Any:
    """An entry that shuts datasets whose title holds a word."""
    one = column_entry(starter, entry_id, "x")
    [clause] = one.clauses
    condition = AnyOf((Keywords((word,)),))
    [effect] = clause.effects
    return replace(
        one, clauses=(replace(clause, when=(condition,), effects=(Effect(effect.spelling, Scope.DATASET),)),)
    )


def test_new_words_of_open_rows_go_the_same_way_again(new_door: Any) -> None:
    door = new_door()
    changed = door.result("package_patch", {"id": "parks", "title": "公园名录"}, "gardener")
    assert changed["title"] == "公园名录"
    assert door.client.get("/api/v1/datasets/parks").json()["title"] == "公园名录"
    refused = door.call("package_patch", {"id": "parks", "title": "王建国 13812345678"}, "gardener")
    assert refused.status_code == 409
    assert "13812345678" not in refused.text
    assert door.result("package_show", {"id": "parks"})["title"] == "公园名录"


def test_a_next_version_takes_the_place_of_the_first(new_door: Any) -> None:
    door = new_door()
    door.result("package_create", {"name": "series", "title": "系列"}, "steward")
    first = upload(door, "series", ROWS).json()["result"]
    answer = door.call(
        "resource_patch",
        role="steward",
        data={"id": first["id"]},
        files={"upload": ("b.csv", (ROWS + "31,名31\n").encode())},
    )
    assert answer.status_code == 200, answer.text
    assert door.result("datastore_search", {"resource_id": first["id"]})["total"] == 31
    assert len(door.client.get("/api/v1/datasets/series/versions").json()["versions"]) == 2
    door.result("resource_delete", {"id": first["id"]}, "steward")
    assert door.call("datastore_search", {"resource_id": first["id"]}).status_code == 404


@pytest.mark.parametrize("broken", [b"", b"\x1f\x8bnot gzip", b"%PDF-1.7 nothing"])
def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(lite: Door, broken: bytes) -> None:
    name = f"broken-{len(broken)}"
    lite.result("package_create", {"name": name, "title": "坏文件"}, "steward")
    answer = lite.call(
        "resource_create", role="steward", data={"package_id": name}, files={"upload": ("x.csv", broken)}
    )
    assert answer.status_code == 409, answer.text
    assert answer.json()["error"]["__type"] == "Validation Error"
    assert list((lite.gate.settings.run_folder / "uploads").iterdir()) == []
    assert lite.result("package_show", {"id": name}, "steward")["resources"] == []


def test_a_dataset_published_again_elsewhere_shows_its_new_rows(new_door: Any) -> None:
    door = new_door()
    about = {"title": "城市公园", "publisher": PARKS, "theme": "environment"}
    published(door.gate, door.folder, "parks", "公园,面积\n甲,1.5\n乙,2.5\n", about)
    door.client.app.data_path._behind._doors[1]._renew()
    assert door.result("datastore_search", {"resource_id": "parks"})["total"] == 2
