"""A key is revoked while two gateways on one registry take it: within a second neither does, on any route of the data."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.access import OWNER, Role
from gateway.access.keys import KeyTerms, prefix_of
from gateway.gate import Gate
from gateway.keys import issue_key, revoke_key
from gateway.publish.jobs import run_jobs
from tests.faults.gateways import gateways, publish_all

WITHIN_S = 1.0
PATHS = (
    "records?limit=1",
    "records?limit=1&sort=-序号",
    "aggregate?metrics=count",
    "export.csv",
    "export.ndjson",
    "export.parquet",
    "export.arrow",
    "openapi.json",
)
OPEN_TO_ALL = {"openapi.json"}  # of the catalogue: no key is looked at there


def _keys(gate: Gate, number: int) -> list[str]:
    terms = KeyTerms(plan="partner", purpose="test")
    return [issue_key(gate, OWNER, "x", Role.DEVELOPER, None, terms) for _ in range(number)]


@pytest.mark.timeout(200)
def test_a_revoked_key_is_refused_by_both_gateways_on_every_route_within_a_second(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(gate, tmp_path, ("stops",))
    run_jobs(gate)
    monkeypatch.setenv("KAIZHA_VERIFYING_KEY", gate.keys.verifying_key().hex())
    url = gate.settings.registry
    with gateways(gate, tmp_path, (url, url)) as addresses:
        clients = [httpx.Client(base_url=f"{one}/api/v1/datasets/stops/", timeout=30) for one in addresses]
        for key in _keys(gate, 3):
            headers = {"authorization": f"Bearer {key}"}
            assert {one.get(path, headers=headers).status_code for one in clients for path in PATHS} == {200}
            revoke_key(gate, OWNER, prefix_of(key))
            revoked = time.monotonic()
            last = 0.0
            while time.monotonic() < revoked + WITHIN_S:
                begun = time.monotonic() - revoked
                if any(one.get(PATHS[0], headers=headers).status_code == 200 for one in clients):
                    last = begun
            assert last < WITHIN_S
            for one in clients:
                for path in PATHS:
                    assert (one.get(path, headers=headers).status_code == 401) is (path not in OPEN_TO_ALL)
        assert clients[0].get(PATHS[0]).status_code == 200


@pytest.mark.timeout(200)
def test_a_running_export_ends_when_its_key_is_revoked(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(gate, tmp_path, ("long",))
    monkeypatch.setenv("KAIZHA_VERIFYING_KEY", gate.keys.verifying_key().hex())
    (key,) = _keys(gate, 1)
    with gateways(gate, tmp_path, (gate.settings.registry,)) as (address,):
        place = urlsplit(address)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        headers = {"authorization": f"Bearer {key}"}
        connection.request("GET", "/api/v1/datasets/long/export.ndjson", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read(1 << 16)
        revoke_key(gate, OWNER, prefix_of(key))
        time.sleep(WITHIN_S)
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
