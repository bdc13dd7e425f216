"""What is answered at once is what the application answers, byte for byte; everything else is left to it, unspent."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from catalog.errors import Unavailable
from catalog.ingest import local
from catalog.text import Text
from gateway.access import OWNER, Role
from gateway.access.keys import KeyTerms, issue, prefix_of, revoke
from gateway.access.meter_tables import usage
from gateway.access.plan import Plan
from gateway.access.plans import set_plan
from gateway.app import create_app
from gateway.front import Front
from gateway.gate import Gate, open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.review import withdraw
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.serve.meter import open_meter
from gateway.serve.reply import Reply
from gateway.serve.workers import no_turn
from gateway.services.lifecycle import declare
from gateway.settings import GateSettings, ServeSettings
from tests.at_once_first import parted

RECORDS = "/api/v1/datasets/stops/records"
SERVICES = "/api/v1/services"
SERVICE = """
id: stop
version: 1.0.0
title: {zh: 按编号查询, en: A stop by its code}
description: {zh: 一个站点, en: One stop}
dataset: stops
parameters:
  - {name: code, column: 编号, required: true, description: {zh: 编号, en: the code}, example: S0007}
cache_s: 60
select: [编号, line, stop]
"""
NAMED = (
    SERVICE.replace("id: stop", "id: named-stop")
    .replace("[编号, line, stop]", "[stop]\nsort: [编号]")
    .replace("column: 编号", "column: 编号, operator: gte")
)
VARYING = (b"x-request-id", b"server-timing", b"ratelimit")
FAR = "203.0.113.7"


@dataclass
class House:
    """A served home: `client` goes through the application, `at_once` asks first as uvicorn's protocol does."""

    gate: Gate
    front: Front
    client: TestClient

    def at_once(
        self, path: str, headers: dict[str, str] | None = None, host: str | None = FAR
    ) -> bytes | None:
        sent = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        assert self.client.portal is not None
        whole: bytes | None = self.client.portal.call(
            self.front.at_once, path.encode("latin-1"), sent, host, b""
        )
        return whole

    def key(self, **terms: Any) -> dict[str, str]:
        with self.gate.registry.transaction() as unit:
            given = KeyTerms(**terms)
            key = issue(unit, self.gate.keys, "x", Role.DEVELOPER, None, self.gate.now(), terms=given)
        self.front._shelf.renew()  # now, not in the middle of what is asserted
        return {"authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A personal home with two open datasets and two services, made once."""
    folder = tmp_path_factory.mktemp("at-once")
    gate = open_gate(GateSettings(home=folder / "home"))
    for name in ("stops", "roads"):
        file = folder / f"{name}.csv"
        rows = (f"{name[0].upper()}{n:04},l{n % 9},站{n}\n" for n in range(400))
        file.write_text("编号,line,stop\n" + "".join(rows), "utf-8")
        source = local(file, 1 << 30)
        about = Metadata(dataset_id=name, title=name, publisher="测试局", theme="other")
        request = Request(source.name, source.sha256, about, yes=True)
        assert submit(gate, OWNER, source, request, Stages()).release is not None
    run_jobs(gate)
    for document in (SERVICE, NAMED):
        assert declare(gate, OWNER, document.encode(), "service").state == "active"
    gate.registry.close()
    return folder / "home"


@contextmanager
def served(home: Path, folder: Path) -> Iterator[House]:
    """It takes 500 requests of an address, and 10 of a partner, and hardly more after that."""
    shutil.copytree(home, folder / "home", ignore=shutil.ignore_patterns("*.sock"))
    gate = open_gate(GateSettings(home=folder / "home"))
    with gate.registry.transaction() as unit:
        for name, burst in (("anonymous", 500), ("partner", 10)):
            set_plan(unit, Plan(name, 0.01, burst, 1_000_000, 5), "test", gate.now())
    front = create_app(ServeSettings(home=folder / "home"))
    with TestClient(front, client=(FAR, 4000)) as client:
        until = (
            time.monotonic() + 30
        )  # of a machine that is busy elsewhere; then the caller is known, and the release
        while client.get(RECORDS).status_code != 200:
            assert time.monotonic() < until
        yield House(gate, front, client)
    gate.registry.close()


@pytest.fixture(scope="module")
def standing(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that change nothing."""
    with served(home, tmp_path_factory.mktemp("standing")) as house:
        yield house


@pytest.fixture
def house(home: Path, tmp_path: Path) -> Iterator[House]:
    with served(home, tmp_path) as found:
        yield found


@pytest.mark.parametrize("headers", [{}, {"accept-encoding": "gzip"}, {"accept-encoding": "br, zstd"}])
@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?limit=1",
        "?limit=7&offset=20&count=none",
        "?select=stop,line&limit=3",
        "?编号=S0007",
        "?编号__gte=S0100&sort=编号&limit=5",
        "?sort=-编号&limit=5",
        ".csv?limit=4",
        ".ndjson?limit=4",
        "?limit=5&offset=395",
        "?cursor",
    ],
)
def test_the_answer_is_the_applications(standing: House, asked: str, headers: dict[str, str]) -> None:
    client = standing.client
    if asked == "?cursor":
        asked = f"?limit=3&cursor={client.get(RECORDS + '?limit=3&offset=9').json()['next']}"
    path = str(client.build_request("GET", RECORDS + asked).url).removeprefix("http://testserver")
    with client.stream("GET", path, headers={"accept": "*/*", "accept-encoding": "", **headers}) as answer:
        body = b"".join(answer.iter_raw())
    whole = standing.at_once(path, headers)
    assert whole is not None
    status, said, bytes_ = parted(whole)
    assert (status, bytes_) == (200, body)
    given = [(name.lower(), value) for name, value in answer.headers.raw]
    assert [one for one in said if one[0] not in VARYING] == [one for one in given if one[0] not in VARYING]
    assert [name for name, _ in said] == [name for name, _ in given]


@pytest.mark.parametrize(
    "asked", ["stop?code=S0007", "stop.csv?code=S0007", "named-stop?code=S0011", "stop?code=none"]
)
def test_the_answer_of_a_service_is_the_applications(standing: House, asked: str) -> None:
    path = f"{SERVICES}/{asked}"
    answer = standing.client.get(path, headers={"accept-encoding": ""})
    whole = standing.at_once(path)
    assert whole is not None
    status, said, body = parted(whole)
    assert (status, body) == (answer.status_code, answer.content)
    assert status == 200
    given = [(name.lower(), value) for name, value in answer.headers.raw]
    assert [one for one in said if one[0] not in VARYING] == [one for one in given if one[0] not in VARYING]


def test_what_the_caller_holds_already_is_not_sent_again(standing: House) -> None:
    client = standing.client
    answer = client.get(RECORDS, headers={"accept-encoding": ""})
    for condition in ("if-none-match", "if-modified-since"):
        held = {condition: answer.headers["etag" if condition == "if-none-match" else "last-modified"]}
        whole = standing.at_once(RECORDS, held)
        assert whole is not None
        status, said, body = parted(whole)
        expected = client.get(RECORDS, headers={"accept-encoding": "", **held})
        assert (status, body) == (304, b"") == (expected.status_code, expected.content)
        assert [name for name, _ in said] == [name for name, _ in expected.headers.raw]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/datasets/none/records", {}),
        ("/api/v1/datasets/stops/aggregate?metrics=count", {}),
        ("/api/v1/datasets/stops/export.csv", {}),
        ("/api/v1/datasets/stops", {}),
        (RECORDS + "?line=l1", {}),  # the workers' to answer
        (RECORDS + "?facets=line", {}),
        (RECORDS + "?no_such=1", {}),
        (RECORDS + "?limit=x", {}),
        (RECORDS + "?q=x", {}),
        (RECORDS + "?as_of=2020-01-01", {}),
        (RECORDS + "?release=" + "0" * 12, {}),
        (RECORDS + "?cursor=abc", {}),
        (RECORDS + ".exe", {}),
        (RECORDS + "#part", {}),
        (RECORDS + "?limit=1#part", {}),
        (RECORDS + "?%E7%BC%96%E5%8F%B7=S0007#part", {}),
        (RECORDS + "?line=\xff", {}),
        (RECORDS + "?line=" + "x" * 17_000, {}),
        ("/api/v1/datasets/%73tops/records", {}),
        (SERVICES + "/none?code=1", {}),
        (SERVICES + "/stop", {}),
        (SERVICES + "/stop?code=S0007&version=9.0.0", {}),
        (SERVICES + "/stop?code=S0007&no_such=1", {}),
        (SERVICES, {}),
        ("http://somewhere" + RECORDS, {}),
        (RECORDS, {"accept": "image/png"}),
        (RECORDS, {"authorization": "Bearer nonsense"}),
        (RECORDS, {"authorization": "Bearer kz_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000"}),
        (RECORDS, {"authorization": "Basic eDp5"}),
    ],
)
def test_what_is_to_be_waited_for_or_refused_is_left_to_the_application(
    standing: House, path: str, headers: dict[str, str]
) -> None:
    before = left(standing.client)
    assert standing.at_once(path, headers) is None
    assert left(standing.client) == before - 1, "nothing was spent"


def test_an_address_that_is_not_the_peers_is_found_out_by_the_application(standing: House) -> None:
    assert standing.at_once(RECORDS) is not None
    assert standing.at_once(RECORDS, host=None) is None


def test_limits_are_spent_to_the_last_request_and_not_beyond(house: House) -> None:
    key = house.key(plan="partner")
    assert house.at_once(RECORDS, key) is None, "a key that was not seen is looked up"
    assert house.client.get(RECORDS, headers=key).status_code == 200
    answers = [house.at_once(RECORDS, key) for _ in range(12)]
    assert [parted(one)[0] for one in answers if one] == [200] * 9 + [429] * 3
    refused = house.client.get(RECORDS, headers=key)
    status, said, body = parted(answers[-1] or b"")
    assert (status, body) == (refused.status_code, refused.content)
    given = [(name.lower(), value) for name, value in refused.headers.raw]
    assert sorted(one for one in said if one[0] not in VARYING) == sorted(
        one for one in given if one[0] not in VARYING
    )
    assert {name for name, _ in said} == {name for name, _ in given}


def test_groups_that_were_asked_for_before_are_answered_at_once(standing: House) -> None:
    path = "/api/v1/datasets/stops/aggregate?group_by=line&metrics=count"
    assert standing.at_once(path) is None, "the workers' to answer"
    answer = standing.client.get(path, headers={"accept-encoding": ""})
    for asked, expected in ((path, 200), (path.replace("aggregate?", "aggregate.csv?"), None)):
        whole = standing.at_once(asked)
        assert (whole and parted(whole)[0]) == expected
    status, said, body = parted(standing.at_once(path) or b"")
    assert (status, body) == (200, answer.content)
    given = [(name.lower(), value) for name, value in answer.headers.raw]
    assert [one for one in said if one[0] not in VARYING] == [one for one in given if one[0] not in VARYING]
    held = standing.at_once(path, {"if-none-match": answer.headers["etag"]})
    assert parted(held or b"")[::2] == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/datasets/stops/aggregate?metrics=count&line=l2",
        RECORDS + "?line=l1",
        RECORDS + "?facets=line",
        f"{SERVICES}/named-stop?code=S0399&limit=1",
    ],
)
def test_whom_the_workers_have_no_turn_for_is_refused_at_once_and_nothing_is_spent(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    assert house.client.get(RECORDS).status_code == house.client.get(path).status_code == 200

    def none(_caller: str) -> None:
        raise no_turn()

    other = path.replace("l1", "l3").replace("l2", "l4").replace("facets=line", "facets=stop")
    other = other.replace("S0399", "S0000")
    monkeypatch.setattr(house.front.at_once._data_path._engines.workers, "expect", none)
    before = left(house.client)
    status, said, body = parted(house.at_once(other) or b"")
    if "named-stop" in path:
        assert status == 200, "this one is not the workers' to answer"
        return
    assert status == 503
    assert dict(said)[b"retry-after"] == b"2"
    assert b"Retry-After" in body
    assert left(house.client) == before - 1
    assert house.at_once(RECORDS) is not None, "what needs no worker is answered"
    assert house.front.data_path.refused["busy"] == 1  # type: ignore[attr-defined]


def test_a_key_for_other_datasets_is_refused_by_the_application(house: House) -> None:
    key, its_own = house.key(datasets=("roads",)), RECORDS.replace("stops", "roads")
    assert house.client.get(its_own, headers=key).status_code == 200
    assert house.at_once(its_own, key) is not None
    for path in (RECORDS, f"{SERVICES}/stop?code=S0007"):
        assert house.client.get(path).status_code == 200
        assert house.client.get(path, headers=key).status_code == 403
        assert house.at_once(path, key) is None
        assert house.at_once(path) is not None


def test_a_key_that_has_ended_or_was_revoked_is_refused_by_the_application(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, revoked = house.key(ends_at=house.gate.now() + timedelta(hours=1)), house.key()
    for key in (ending, revoked):
        assert house.client.get(RECORDS, headers=key).status_code == 200
        assert house.at_once(RECORDS, key) is not None
    with house.gate.registry.transaction() as unit:
        revoke(unit, prefix_of(revoked["authorization"].split(" ")[1]), house.gate.now())
    house.front._shelf.renew()
    assert house.at_once(RECORDS, revoked) is None
    assert house.client.get(RECORDS, headers=ending).status_code == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3_700)
    assert house.at_once(RECORDS, ending) is None


def test_each_answer_is_counted_once(house: House) -> None:
    key = house.key()
    assert house.client.get(RECORDS, headers=key).status_code == 200
    sent = [house.at_once(RECORDS + "?limit=2", key) for _ in range(20)]
    assert all(sent)
    house.front._watch.tell()
    figures = house.front._watch.registry.get_sample_value(
        "kaizha_requests_total",
        {"route": "/api/v1/datasets/{dataset_id}/records", "method": "GET", "status": "2xx"},
    )
    assert figures == 1 + 1 + 20
    counted = house.front.at_once._admission._meter._counted
    of_the_key = [
        sums for (_, prefix, dataset, status), sums in counted.items() if prefix and dataset == "stops"
    ]
    assert sum(number for number, _ in of_the_key) <= 21
    house.front.at_once._admission._meter.close()
    meter = open_meter(ServeSettings(home=house.gate.settings.home).meter)
    with meter.reading() as snapshot:
        rows = [row for row in snapshot.execute(select(usage)).mappings() if row["key"]]
    meter.close()
    assert sum(row["requests"] for row in rows) == 21


def test_what_was_withdrawn_is_not_answered(house: House) -> None:
    service = f"{SERVICES}/stop?code=S0007"
    assert house.client.get(service).status_code == 200
    assert house.at_once(RECORDS) is not None
    assert house.at_once(service) is not None
    withdraw(house.gate, OWNER, "stops", "test")
    house.front._shelf.renew()
    assert house.at_once(RECORDS) is None
    assert house.client.get(RECORDS).status_code == 404
    assert house.at_once(service) is None
    assert house.client.get(service).status_code == 410


def test_without_the_lease_nothing_is_answered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> int:
        raise Unavailable(Text("无", "none"), Text("等", "wait"))

    assert house.at_once(RECORDS) is not None
    monkeypatch.setattr(house.front._shelf, "_held", lost)
    assert house.at_once(RECORDS) is None


def test_a_header_that_would_end_its_line_is_not_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Reply:
        return Reply(200, [(b"link", b"<a>\r\nset-cookie: x")], b"{}")

    monkeypatch.setattr(house.front.at_once._data_path, "at_once", broken)
    assert house.at_once(RECORDS) is None


def left(client: TestClient) -> int:
    """What the spike limit of an address has left, after the request that asks."""
    said: str = client.get(RECORDS).headers["ratelimit"]
    return int(said.split("r=")[1].split(";")[0])
