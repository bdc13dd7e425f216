"""What portals do wrong: each ends in a named error of the report, the rest is harvested, and memory stays bounded."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import BadInput, Conflict
from catalog.registry import work
from gateway.access import OWNER
from gateway.exchange import store
from gateway.exchange.desk import (
    enqueue_exchange,
    harvest_now,
    register_source,
    run_exchange,
    schedule_json,
    take_schedule,
)
from gateway.exchange.kinds import HARVEST
from gateway.exchange.source import Kind, Run, RunState, Source
from gateway.gate import Gate, open_gate
from gateway.governance import outbound
from gateway.settings import GateSettings
from tests.gateway.exchange.conftest import Harvest
from tests.gateway.exchange.stub_ckan import Answering, Portal
from tests.gateway.exchange.test_harvest import GOOD, records, told

TURTLE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<https://x.invalid/NAME> a dcat:Dataset ; dct:identifier "NAME" ; dct:title "NAME"@en .
<THIS> a hydra:PartialCollectionView ; hydra:next <NEXT> .
"""


def pages_of_turtle(portal: Portal, *pages: tuple[str, str, str]) -> None:
    """Pages: path, name of the dataset on it, path of the next."""
    for path, name, following in pages:
        text = TURTLE if following else TURTLE.rpartition("<THIS>")[0]
        text = text.replace("NAME", name).replace("THIS", portal.url + path)
        portal.files[path] = text.replace("NEXT", portal.url + following).encode()


def test_a_ckan_page_that_repeats_for_ever_is_left_by_name(
    harvest: Harvest, portal: Portal, gate: Gate
) -> None:
    portal.fill(300)

    def same(asking: Answering) -> bool:
        asking.path = asking.path.replace("start=", "ignored=")
        return False

    portal.before = same
    run = harvest(portal.url)
    assert run.state is RunState.PARTIAL
    assert "repeated-page" in told(run)
    assert portal.asked.total() == 2
    assert run.counts["new"] > 90


def test_dcat_pages_that_go_round_are_left_by_name(harvest: Harvest, portal: Portal, gate: Gate) -> None:
    pages_of_turtle(portal, ("/a.ttl", "a", "/b.ttl"), ("/b.ttl", "b", "/a.ttl"))
    run = harvest(f"{portal.url}/a.ttl", Kind.DCAT)
    assert told(run) == ["repeated-page"]
    assert set(records(gate).values()) == {"a", "b"}


def test_malformed_turtle_ends_the_listing_and_keeps_what_stood_before(
    harvest: Harvest, portal: Portal, gate: Gate
) -> None:
    pages_of_turtle(portal, ("/a.ttl", "a", "/b.ttl"))
    portal.files["/b.ttl"] = b"@prefix dcat: <http://www.w3.org/ns/dcat#> . <x> a dcat:Dataset ; ; ."
    portal.files["/b.ttl"] += b" <unclosed"
    run = harvest(f"{portal.url}/a.ttl", Kind.DCAT)
    assert (run.state, told(run)) == (RunState.PARTIAL, ["malformed"])
    assert set(records(gate).values()) == {"a"}


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[::ffff:169.254.169.254]", "127.0.0.2", "localhost", "[64:ff9b::a9fe:a9fe]"]
)
def test_a_redirect_into_an_inner_network_is_refused_by_name(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    # the portal's name stands for one outside; whatever else is on this machine is inside, as it is by default
    names = {"portal.invalid": "127.0.0.1"}
    inner, resolve = outbound._is_inner, socket.getaddrinfo
    asked: list[str] = []

    def resolved(name: str, *more: Any, **rest: Any) -> Any:
        asked.append(name)
        return resolve(names.get(name, name), *more, **rest)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(
        outbound, "_is_inner", lambda address: asked[-1] != "portal.invalid" and inner(address)
    )
    port = portal.url.rpartition(":")[2]

    def away(asking: Answering) -> bool:
        asking.send(302, b"", Location=f"http://{host}:{port}/latest/meta-data")
        return True

    portal.before = away
    gate = open_gate(GateSettings(home=tmp_path / "home"))
    try:
        wanted = Source(0, f"http://portal.invalid:{port}/a.ttl", Kind.DCAT, False, None, "", "owner")
        run = harvest_now(gate, OWNER, register_source(gate, OWNER, wanted))
    finally:
        gate.registry.close()
    assert told(run) == ["address-refused"]
    assert portal.asked.total() == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://localhost/", "http://10.0.0.1/", "http://100.64.0.1/",
                                 "http://[::ffff:127.0.0.1]/", "http://[::1]/", "http://169.254.169.254/",
                                 "file:///etc/passwd", "http://0.0.0.0/", "http://192.168.0.1/"])  # fmt: skip
def test_a_source_in_an_inner_network_is_refused_unless_a_setting_opens_it(tmp_path: Path, url: str) -> None:
    gate = open_gate(GateSettings(home=tmp_path / "home"))
    try:
        with pytest.raises(BadInput):
            register_source(gate, OWNER, Source(0, url, Kind.DCAT, False, None, "", "owner"))
    finally:
        gate.registry.close()


def test_a_million_entries_are_read_as_a_stream_up_to_the_bound(portal: Portal, tmp_path: Path) -> None:
    sent: list[int] = []
    entry = b'{"identifier":"%d","title":"t %d","description":"d"},'

    def endless(asking: Answering) -> bool:
        asking.send_response(200)
        asking.send_header("Content-Type", "application/json")
        asking.send_header("Connection", "close")
        asking.end_headers()
        asking.wfile.write(b'{"dataset":[')
        for start in range(0, 1_000_000, 1000):
            sent.append(asking.wfile.write(b"".join(entry % (n, n) for n in range(start, start + 1000))))
        asking.wfile.write(b"{}]}")
        asking.close_connection = True
        return True

    portal.before = endless
    settings = GateSettings(
        home=tmp_path / "home",
        private_sources=True,
        harvest_rate=100,
        harvest_records=2_000,
        harvest_page_mb=32,
    )
    gate = open_gate(settings)
    try:
        source = register_source(
            gate, OWNER, Source(0, f"{portal.url}/data.json", Kind.DATA_JSON, False, None, "", "owner")
        )
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        run = harvest_now(gate, OWNER, source)
        grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
        assert sum(sent) > 50_000_000
        assert told(run) == ["too-many-records"]
        assert 2_000 <= run.counts["new"] <= 2_100
        assert grown_kb < 64 << 10, grown_kb  # the document is about 60 MB, its values several times that
    finally:
        gate.registry.close()


def test_a_page_in_another_encoding_is_passed_over_and_the_rest_is_harvested(
    harvest: Harvest, portal: Portal
) -> None:
    portal.fill(250)

    def gbk(asking: Answering) -> bool:
        if "start=100" not in asking.path:
            return False
        asking.send(200, '{"success": true, "result": "数据"}'.encode("gbk"))
        return True

    portal.before = gbk
    run = harvest(portal.url)
    assert (run.state, run.counts["deleted"]) == (RunState.PARTIAL, 0)
    assert "malformed" in told(run)
    assert run.counts["new"] == GOOD + 250 - 100


def test_a_bomb_and_a_slow_drip_are_bounded(portal: Portal, tmp_path: Path) -> None:
    packed = gzip.compress(b" " * (64 << 20))

    def bomb(asking: Answering) -> bool:
        if asking.path == "/bomb.ttl":
            asking.send(200, packed, "text/turtle", Content_Encoding="gzip")
        else:
            asking.send_response(200)
            asking.send_header("Content-Length", "100000")
            asking.end_headers()
            for _ in range(100):
                asking.wfile.write(b"#")
                time.sleep(0.1)
        return True

    portal.before = bomb
    settings = GateSettings(
        home=tmp_path / "home",
        private_sources=True,
        harvest_rate=100,
        harvest_page_mb=1,
        harvest_deadline_s=1,
    )
    gate = open_gate(settings)
    try:
        for path, kind in (("/bomb.ttl", "too-large"), ("/drip.ttl", "no-answer")):
            begun = time.monotonic()
            wanted = Source(0, portal.url + path, Kind.DCAT, False, None, "", "owner")
            run = harvest_now(gate, OWNER, register_source(gate, OWNER, wanted))
            assert told(run) == [kind]
            assert time.monotonic() - begun < 5
    finally:
        gate.registry.close()


def test_a_connection_that_is_cut_is_gone_on_with_by_the_next_run(
    harvest: Harvest, portal: Portal, gate: Gate
) -> None:
    portal.fill(250)

    def cut(asking: Answering) -> bool:
        if "start=200" not in asking.path:
            return False
        asking.send_response(200)
        asking.send_header("Content-Length", "100000")
        asking.end_headers()
        asking.wfile.write(b'{"success": true')
        asking.close_connection = True
        return True

    portal.before = cut
    run = harvest(portal.url)
    assert (run.state, told(run)[-1]) == (RunState.PARTIAL, "no-answer")
    assert len(records(gate)) >= 190
    portal.before = None
    again = harvest(portal.url)
    assert again.state is RunState.COMPLETE
    assert len(records(gate)) == GOOD + 250
    assert again.counts["changed"] == 0


def test_an_unchanged_page_is_not_sent_again(harvest: Harvest, portal: Portal, gate: Gate) -> None:
    pages_of_turtle(portal, ("/a.ttl", "a", "/b.ttl"), ("/b.ttl", "b", ""))
    sent: list[int] = []

    def tagged(asking: Answering) -> bool:
        held = asking.headers.get("if-none-match") == '"v1"'
        sent.append(304 if held else 200)
        asking.send(sent[-1], b"" if held else portal.files[asking.path], "text/turtle", ETag='"v1"')
        return True

    portal.before = tagged
    harvest(f"{portal.url}/a.ttl", Kind.DCAT)
    run = harvest(f"{portal.url}/a.ttl", Kind.DCAT)
    assert sent == [200, 200, 304, 304]
    assert (run.state, run.counts["unchanged"], run.counts["deleted"]) == (RunState.COMPLETE, 2, 0)


KILLED = """
import sys
from gateway.gate import open_gate
from gateway.settings import GateSettings
from gateway.exchange.desk import enqueue_exchange, run_exchange
gate = open_gate(GateSettings())
enqueue_exchange(gate)
print("begun", flush=True)
run_exchange(gate)
"""


@pytest.mark.timeout(120)
def test_a_gate_killed_in_the_middle_is_gone_on_with_nothing_twice_and_nothing_lost(
    gate: Gate, portal: Portal
) -> None:
    portal.fill(350)
    wanted = Source(0, portal.url, Kind.CKAN, False, None, "", "owner")
    source = register_source(gate, OWNER, wanted, every="P1D")
    environment = {
        **os.environ,
        "KAIZHA_HOME": str(gate.settings.home),
        "KAIZHA_REGISTRY_URL": gate.settings.registry_url,
        "KAIZHA_PRIVATE_SOURCES": "true",
        "KAIZHA_HARVEST_RATE": "1.5",
        "KAIZHA_EXCHANGE_LEASE_S": "1",
    }
    child = subprocess.Popen([sys.executable, "-c", KILLED], env=environment, stdout=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while portal.asked.total() < 3 and time.monotonic() < until:
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    before = len(records(gate))
    assert 0 < before < GOOD + 350
    time.sleep(1.5)  # the lease of the dead
    enqueue_exchange(gate)
    run_exchange(gate)
    with gate.registry.reading() as snapshot:
        runs = store.runs(snapshot, source.id)
    assert [one.state for one in runs] == [RunState.COMPLETE]
    assert runs[0].counts["new"] == GOOD + 350
    assert len(records(gate)) == GOOD + 350
    # the page that was being asked for when it died is asked for again, none of the others
    assert portal.asked["/api/action/package_search"] <= 6
    enqueue_exchange(gate)
    assert run_exchange(gate) == 0
    [freshness, mine] = sorted(schedule_json(gate, OWNER), key=lambda one: str(one["kind"]))
    assert freshness["kind"] == "freshness"
    assert mine["result"]["state"] == "complete"


def test_schedules_are_paused_resumed_and_run_and_no_two_gates_run_one_twice(
    gate: Gate, portal: Portal
) -> None:
    wanted = Source(0, portal.url, Kind.CKAN, False, None, "", "owner")
    register_source(gate, OWNER, wanted, every="P1D")
    other = open_gate(gate.settings)
    try:
        assert enqueue_exchange(gate) >= 1
        assert enqueue_exchange(other) == 0
        run_exchange(gate)
        assert run_exchange(other) == 0
        [mine] = [one for one in schedule_json(gate, OWNER) if one["kind"] == "harvest"]
        take_schedule(gate, OWNER, mine["id"], "pause")
        take_schedule(gate, OWNER, mine["id"], "run")
        assert enqueue_exchange(gate) == 0
        take_schedule(gate, OWNER, mine["id"], "resume")
        assert enqueue_exchange(other) == 1
        assert run_exchange(gate) == 1
    finally:
        other.registry.close()


def test_what_is_no_json_leaves_a_report_that_says_what_to_do(harvest: Harvest, portal: Portal) -> None:
    portal.files["/data.json"] = (
        json.dumps({"dataset": [{"title": "a", "identifier": "1"}]}).encode()[:-4] + b"\xff"
    )
    run = harvest(f"{portal.url}/data.json", Kind.DATA_JSON)
    assert told(run) == ["malformed"]
    assert all(one["remedy"]["zh"] and one["remedy"]["en"] for one in run.problems)


def test_who_was_taken_over_from_commits_nothing_more(gate: Gate, portal: Portal) -> None:
    portal.fill(350)
    wanted = Source(0, portal.url, Kind.CKAN, False, None, "", "owner")
    source = register_source(gate, OWNER, wanted)
    taken: list[int] = []

    def takes_over(run: Run) -> None:
        if run.counts["new"] and not taken:
            now = gate.now() + timedelta(hours=1)
            with gate.registry.transaction() as unit:
                job = work.claim_job(unit, now, now - timedelta(minutes=1), only=[HARVEST])
            assert job is not None
            taken.append(len(records(gate)))

    with pytest.raises(Conflict):
        harvest_now(gate, OWNER, source, takes_over)
    assert len(records(gate)) == taken[0]


def test_a_name_that_is_never_resolved_is_left_by_name(
    harvest: Harvest, portal: Portal, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages_of_turtle(portal, ("/a.ttl", "a", "/b.ttl"))
    portal.files["/a.ttl"] = portal.files["/a.ttl"].replace(
        portal.url.encode() + b"/b", b"http://slow.invalid/b"
    )
    resolve, ended = socket.getaddrinfo, threading.Event()

    def slow(name: str, *more: Any, **rest: Any) -> Any:
        if name == "slow.invalid":
            ended.wait(60)
        return resolve(name, *more, **rest)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(outbound, "RESOLVE_S", 0.2)
    begun = time.monotonic()
    run = harvest(f"{portal.url}/a.ttl", Kind.DCAT)
    ended.set()
    assert (run.state, told(run)) == (RunState.PARTIAL, ["no-answer"])
    assert set(records(gate).values()) == {"a"}
    assert time.monotonic() - begun < 40
