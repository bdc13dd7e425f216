"""What is due is told once, to those who may hear it; what an expiry ends is in the ledger; a failing matcher alarms."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from catalog.release import State
from gateway.access import people
from gateway.app import create_app
from gateway.gate import Gate
from gateway.governance import store
from gateway.governance.activation import activate, follow_the_day
from gateway.governance.exemptions import approve, draft, end
from gateway.governance.lists import approve_list, draft_list, propose_list
from gateway.governance.notices import deliver, subscribe
from gateway.publish.jobs import run_jobs
from gateway.role import Role
from gateway.settings import ServeSettings
from gateway.verify import verify
from negative_list import AnyOf, NegativeList
from negative_list.condition import FieldPattern
from negative_list.exemption import Exemption, ExemptionState
from tests.conftest import Publish
from tests.gateway.governance.conftest import ANNA, BERT, CARL, STEWARD, Enforce, Received, WithEntry
from tests.gateway.governance.test_activation import current, events

Receiver = tuple[str, Received, list[int]]


@pytest.fixture
def gate(gate: Gate) -> Gate:
    """An institution's: anna is an officer, stella a steward."""
    with gate.registry.transaction() as unit:
        for person, role in ((ANNA, Role.OFFICER), (STEWARD, Role.STEWARD)):
            people.add(unit, person.name, gate.now())
            people.grant(unit, person.name, role, person.publisher, "root", gate.now())
    return replace(gate, settings=gate.settings.model_copy(update={"private_webhooks": True}))


def after(gate: Gate, days: int) -> Gate:
    return replace(gate, now=lambda: gate.now() + timedelta(days=days))


def told(received: Received, kind: str, secret: str) -> list[dict[str, object]]:
    """What a subscriber was told of a kind: what is signed to them, as of the day it was sent."""

    def signed(headers: dict[str, str], body: bytes) -> str:
        sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        return Webhook(secret).sign(headers["webhook-id"], sent_at, body.decode())

    mine = [body for headers, body in received if headers["webhook-signature"] == signed(headers, body)]
    documents = [json.loads(body) for body in mine]
    return [one["data"] for one in documents if one["type"] == kind]


def exempted(gate: Gate, days: int) -> Exemption:
    expires = gate.now().date() + timedelta(days=days)
    one = draft(gate, ANNA, "stops", "T-2", "内部说明", expires)
    approve(gate, BERT, one.id)
    return approve(gate, CARL, one.id)


def test_a_review_that_is_due_is_told_once_for_its_day(
    gate: Gate, with_entry: WithEntry, enforce: Enforce, receiver: Receiver
) -> None:
    url, received, _ = receiver
    review = gate.now().date() + timedelta(days=3)
    listed = with_entry("2", "站名")
    entry = listed.entries[-1]
    mine = replace(entry, governance=replace(entry.governance, review_on=review))
    enforce(replace(listed, entries=(*listed.entries[:-1], mine)))
    _, secret = subscribe(gate, ANNA, url)
    for days in (1, 2, 3, 3, 4, 5):  # the third is the day; the overdue one is not repeated
        follow_the_day(after(gate, days))
        deliver(after(gate, days))
        expected = 1 if days >= 3 else 0
        assert len(told(received, "entries-due", secret)) == expected, days
    (notice,) = told(received, "entries-due", secret)
    assert notice["entries"] == [{"entry": "T-2", "what": "review", "on": review.isoformat()}]


def test_an_exemption_near_its_end_is_told_once_and_only_to_those_who_may_know_of_it(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce, receiver: Receiver
) -> None:
    url, received, _ = receiver
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    one = exempted(gate, 40)
    _, officers = subscribe(gate, ANNA, url)
    _, stewards = subscribe(gate, STEWARD, url)
    for days in (9, 10, 11, 11, 30):
        follow_the_day(after(gate, days))
        deliver(after(gate, days))
    assert told(received, "exemption-expiring", officers) == [
        {"dataset": "stops", "exemption": one.id, "entry": "T-2", "expires_on": one.expires_on.isoformat()}
    ]
    assert told(received, "exemption-expiring", stewards) == []
    assert "内部说明".encode() not in b"".join(body for _, body in received)


def test_who_is_no_officer_any_more_hears_no_more_of_exemptions(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce, receiver: Receiver
) -> None:
    url, received, _ = receiver
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    exempted(gate, 10)
    _, secret = subscribe(gate, ANNA, url)
    with gate.registry.transaction() as unit:
        people.revoke_role(unit, "anna", Role.OFFICER, "root", gate.now())
    follow_the_day(after(gate, 1))
    deliver(after(gate, 1))
    assert told(received, "exemption-expiring", secret) == []


def test_an_exemption_that_expires_ends_in_the_ledger_too(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    one = exempted(gate, 2)
    by_hand = exempted(gate, 5)
    run_jobs(gate)
    end(gate, CARL, by_hand.id)
    follow_the_day(after(gate, 2))
    assert [leaf["exemption"] for leaf in events(gate, "exemption-ended")] == [by_hand.id]
    follow_the_day(after(gate, 3))
    follow_the_day(after(gate, 4))
    ended = events(gate, "exemption-ended")
    assert [(leaf["exemption"], leaf["by"]) for leaf in ended] == [(by_hand.id, "carl"), (one.id, "kaizha")]
    assert ended[0].keys() == ended[1].keys()
    with gate.registry.reading() as snapshot:
        assert store.exemption(snapshot, one.id).state is ExemptionState.ENDED
    assert verify(gate).discrepancies == ()


def spoiled(entries: NegativeList) -> NegativeList:
    """The pattern of the last entry is none: its matcher fails when it is asked."""
    last = entries.entries[-1]
    clause = replace(last.clauses[0], when=(AnyOf((FieldPattern("("),)),))
    return replace(entries, entries=(*entries.entries[:-1], replace(last, clauses=(clause,))))


def test_a_failing_matcher_denies_and_raises_an_alarm(
    gate: Gate,
    publish: Publish,
    stops: Path,
    with_entry: WithEntry,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, received, _ = receiver
    publish(stops, dataset_id="stops")
    _, officers = subscribe(gate, ANNA, url)
    _, stewards = subscribe(gate, STEWARD, url)
    draft_list(gate, ANNA, with_entry("2", "没有这样的列"))
    propose_list(gate, ANNA, "2")
    approve_list(gate, BERT, "2")
    # No list that is read holds such an entry, so the reading is what is replaced, and nothing of the matching.
    read = store._parsed

    def broken(text: str, version: str) -> NegativeList:
        return spoiled(read(text, version)) if version == "2" else read(text, version)

    monkeypatch.setattr(store, "_parsed", broken)
    with structlog.testing.capture_logs() as lines:
        activate(gate, BERT, "2")
    assert current(gate, "stops") is None  # it matches no column, and closes all the same
    with structlog.testing.capture_logs() as more:
        report = publish(stops, dataset_id="stops")
        publish(stops, dataset_id="others")
    assert report.state is State.REFUSED
    alarms = [one for one in (*lines, *more) if one["event"] == "matcher failed"]
    assert {(one["entry"], one["dataset"], one["log_level"]) for one in alarms} == {
        ("T-2", "stops", "error"),
        ("T-2", "others", "error"),
    }
    deliver(gate)
    notices = told(received, "matcher-failed", officers)
    assert [(one["dataset"], one["entry"], one["version"]) for one in notices] == [
        ("stops", "T-2", "2"),
        ("others", "T-2", "2"),
    ]  # once a day each
    assert told(received, "matcher-failed", stewards) == []
    assert "线0" not in json.dumps(notices, ensure_ascii=False)
    with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
        assert "kaizha_matcher_failures_total 2.0" in client.get("/metrics").text


def test_a_matcher_that_works_raises_no_alarm(gate: Gate, publish: Publish, stops: Path) -> None:
    with structlog.testing.capture_logs() as lines:
        publish(stops, dataset_id="stops")
    assert [one for one in lines if one["event"] == "matcher failed"] == []
    with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
        assert "kaizha_matcher_failures_total 0.0" in client.get("/metrics").text
