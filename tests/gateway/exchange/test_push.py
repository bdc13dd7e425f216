"""Push through the real ckanapi: made, updated, uploaded, withdrawn, retried, and never over somebody else's package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import BadInput, NotFound
from catalog.release import State
from gateway.access import OWNER
from gateway.exchange.desk import enqueue_exchange, push_now, run_exchange
from gateway.exchange.push import pushed, register_pushes, token_for
from gateway.gate import Gate, open_gate
from gateway.publish.review import withdraw
from gateway.settings import GateSettings
from tests.conftest import Publish
from tests.gateway.exchange.stub_ckan import TOKEN, Answering, Portal


@pytest.fixture
def gate(tmp_path: Path, portal: Portal, registry_url: str) -> Iterator[Gate]:
    settings = GateSettings(
        home=tmp_path / "home",
        registry_url=registry_url,
        private_sources=True,
        harvest_rate=100,
        base_url="https://data.city.invalid",
        push_tokens=f"https://other.invalid=other {portal.url}={TOKEN}",
    )
    opened = open_gate(settings)
    yield opened
    opened.registry.close()


@pytest.fixture
def stops(publish: Publish, tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("编号,线路数\n" + "".join(f"{n:05},{n % 9}\n" for n in range(40)), "utf-8")
    assert publish(path, dataset_id="stops", title="公交站点").state is State.RELEASED
    return path


def push(gate: Gate, portal: Portal, upload: bool = False) -> None:
    for one in register_pushes(gate, OWNER, portal.url, ["stops"], "city", upload):
        push_now(gate, one)


def state(gate: Gate) -> str:
    [one] = pushed(gate, OWNER)
    return str(one["state"])


def there(portal: Portal) -> dict[str, Any]:
    return next(one for one in portal.packages.values() if one["name"] == "stops")


def round_of_the_gate(gate: Gate) -> None:
    enqueue_exchange(gate)
    run_exchange(gate)


@pytest.mark.usefixtures("stops")
def test_a_package_is_made_once_and_links_to_our_distributions(gate: Gate, portal: Portal) -> None:
    push(gate, portal)
    push(gate, portal)
    assert state(gate) == "pushed"
    assert portal.asked["/api/action/package_create"] == 1
    assert portal.asked["/api/action/package_update"] == 1
    package = there(portal)
    assert package["title"] == "公交站点"
    assert "https://data.city.invalid/api/v1/datasets/stops/export.csv" in [
        r["url"] for r in package["resources"]
    ]


def test_a_new_release_and_a_withdrawal_follow_by_themselves(
    gate: Gate, portal: Portal, publish: Publish, stops: Path
) -> None:
    push(gate, portal, upload=True)
    assert b"00039" in next(iter(portal.files.values()))
    stops.write_text(stops.read_text("utf-8") + "00040,4\n", "utf-8")
    assert publish(stops, dataset_id="stops", title="公交站点").state is State.RELEASED
    assert state(gate) == "waiting"
    round_of_the_gate(gate)
    assert state(gate) == "pushed"
    assert {"key": "rows", "value": "41"} in there(portal)["extras"]
    assert b"00040" in next(iter(portal.files.values()))
    withdraw(gate, OWNER, "stops", "清单变更")
    round_of_the_gate(gate)
    assert state(gate) == "withdrawn"
    assert there(portal)["state"] == "deleted"
    assert there(portal)["resources"] == []
    before = portal.asked.total()
    round_of_the_gate(gate)
    assert portal.asked.total() == before


@pytest.mark.usefixtures("stops")
def test_a_withdrawal_is_tried_again_until_it_is_done(gate: Gate, portal: Portal) -> None:
    push(gate, portal)
    withdraw(gate, OWNER, "stops", "清单变更")

    def down(asking: Answering) -> bool:
        asking.send(500, b"broken", "text/plain")
        return True

    portal.before = down
    round_of_the_gate(gate)
    [one] = pushed(gate, OWNER)
    assert (one["state"], one["attempts"]) == ("failing", 1)
    assert one["failure"]["remedy"]["en"]
    round_of_the_gate(gate)  # not before it is due
    assert pushed(gate, OWNER)[0]["attempts"] == 1
    portal.before = None
    later = replace(gate, now=lambda: gate.now() + timedelta(minutes=5))
    round_of_the_gate(later)
    assert state(gate) == "withdrawn"


@pytest.mark.usefixtures("stops")
def test_a_package_of_somebody_else_is_left_alone_and_said_so(gate: Gate, portal: Portal) -> None:
    portal.packages["x"] = {"id": "x", "name": "stops", "title": "theirs", "state": "active", "extras": []}
    push(gate, portal)
    [one] = pushed(gate, OWNER)
    assert (one["state"], one["failure"]["kind"]) == ("failing", "conflict")
    assert portal.packages["x"]["title"] == "theirs"


@pytest.mark.usefixtures("stops")
def test_a_token_goes_to_its_portal_only_and_is_never_told(gate: Gate, portal: Portal) -> None:
    with pytest.raises(BadInput) as caught:
        register_pushes(gate, OWNER, portal.url.replace("127.0.0.1", "localhost"), ["stops"], "city", False)
    assert TOKEN not in f"{caught.value.message} {caught.value.remedy}"
    assert TOKEN not in repr(gate.settings)
    portal.organisations.clear()
    push(gate, portal)
    assert TOKEN not in str(pushed(gate, OWNER))
    assert pushed(gate, OWNER)[0]["failure"]["message"]["en"].endswith("owner_org")


@pytest.mark.usefixtures("stops")
def test_only_what_is_open_is_pushed(gate: Gate, portal: Portal) -> None:
    with pytest.raises(NotFound):
        register_pushes(gate, OWNER, portal.url, ["never-released"], "city", False)


@pytest.mark.usefixtures("stops")
def test_a_package_that_was_made_in_an_attempt_that_failed_is_withdrawn_too(
    gate: Gate, portal: Portal
) -> None:
    def cut(asking: Answering) -> bool:
        if not asking.path.endswith("/package_create"):
            return False
        portal.before = None
        asking.close_connection = True
        given = asking.given(asking.body)
        portal.packages["made"] = {**given, "id": "made", "state": "active"}
        return True  # done, and hung up without a word

    portal.before = cut
    push(gate, portal)
    assert state(gate) == "failing"
    withdraw(gate, OWNER, "stops", "清单变更")
    later = replace(gate, now=lambda: gate.now() + timedelta(minutes=5))
    round_of_the_gate(later)
    assert portal.packages["made"]["state"] == "deleted"


def test_a_token_is_not_sent_over_a_network_without_encryption(tmp_path: Path) -> None:
    settings = GateSettings(home=tmp_path / "home", push_tokens=f"http://ckan.invalid={TOKEN}")
    opened = open_gate(settings)
    try:
        with pytest.raises(BadInput) as caught:
            token_for(opened, "http://ckan.invalid")
        assert TOKEN not in str(caught.value.message)
        secure = replace(
            opened, settings=settings.model_copy(update={"push_tokens": f"https://ckan.invalid={TOKEN}"})
        )
        assert token_for(secure, "https://ckan.invalid") == TOKEN
    finally:
        opened.registry.close()
