"""Notices reach who asked for them, signed as any stock library checks, and never an inner address."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from catalog.errors import BadInput
from gateway.gate import Gate
from gateway.governance.notices import deliver, subscribe, unsubscribe
from gateway.governance.outbound import vet
from gateway.governance.tables import deliveries
from gateway.publish.jobs import run_jobs
from tests.conftest import Publish
from tests.gateway.governance.conftest import ANNA, STEWARD, Enforce, Received, WithEntry, checks


@pytest.fixture
def gate(gate: Gate) -> Gate:
    return replace(gate, settings=gate.settings.model_copy(update={"private_webhooks": True}))


def test_an_activation_is_told_to_followers_with_a_signature_thatchecks(
    gate: Gate,
    publish: Publish,
    stops: Path,
    with_entry: WithEntry,
    enforce: Enforce,
    receiver: tuple[str, Received, list[int]],
) -> None:
    url, received, _ = receiver
    publish(stops, dataset_id="stops")
    _, secret = subscribe(gate, STEWARD, url)
    subscribe(gate, ANNA, url + "/other", publisher="另一局")
    enforce(with_entry("2", "站名"))
    run_jobs(gate)
    deliver(gate)
    mine = [
        (headers, body) for headers, body in received if Webhook(secret) and checks(secret, headers, body)
    ]
    told = [json.loads(body) for _, body in mine]
    assert [one["type"] for one in told] == ["list-activated", "withdrawn", "re-evaluated"]
    assert told[1]["data"] == {"dataset": "stops", "why": "list", "version": "2"}
    assert len(received) == 4  # the other publisher's follower hears of the list only
    assert deliver(gate) == 0


def test_what_is_not_taken_is_sent_again_later_and_an_ended_subscription_hears_nothing(
    gate: Gate, with_entry: WithEntry, enforce: Enforce, receiver: tuple[str, Received, list[int]]
) -> None:
    url, received, statuses = receiver
    one, _ = subscribe(gate, ANNA, url)
    statuses.append(500)
    enforce(with_entry("2", "站名"))
    assert deliver(gate) == 0
    assert deliver(gate) == 0  # not due yet
    with gate.registry.reading() as snapshot:
        assert snapshot.execute(select(deliveries.c.failure)).scalar_one() == "status 500"
    later = replace(gate, now=lambda: gate.now() + timedelta(minutes=5))
    assert deliver(later) == 1
    assert received[0][0]["webhook-id"] == received[1][0]["webhook-id"]
    unsubscribe(gate, ANNA, one.id)
    enforce(with_entry("3", "区县"))
    assert deliver(gate) == 0
    assert len(received) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://169.254.169.254/latest",
        "http://10.1.2.3/x",
        "http://100.64.0.1/x",
        "http://0.0.0.0/x",
        "http://localhost:8000/x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "http://user:secret@93.184.216.34/x",
        "http://93.184.216.34:99999/x",
        "https:///x",
    ],
)
def test_an_inner_address_is_not_called(url: str) -> None:
    with pytest.raises(BadInput):
        vet(url, allow_private=False)
    if url.startswith(("file", "ftp", "https:///")):
        with pytest.raises(BadInput):
            vet(url, allow_private=True)


def test_a_public_address_may_be_called() -> None:
    assert vet("https://93.184.216.34/x", allow_private=False) == "93.184.216.34"
