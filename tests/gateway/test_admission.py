"""The data APIs with keys, plans and quotas, through the whole application; anonymous reading needs none of them."""

from __future__ import annotations

import hmac
import io
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from catalog.ingest import local
from catalog.registry import work
from gateway.access import OWNER, Person, Role, key_list, revoke
from gateway.access import keys as key_module
from gateway.access.keys import KeyTerms, issue, prefix_of, rotate
from gateway.access.meter_tables import quota_days, usage
from gateway.access.plan import Plan
from gateway.access.plans import set_plan
from gateway.access.tables import users
from gateway.administration import add_person, disable_person, revoke_role
from gateway.app import create_app
from gateway.gate import Gate, open_gate
from gateway.keys import issue_key, usage_of
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.serve.meter import open_meter
from gateway.settings import GateSettings, ServeSettings
from tests.at_once_first import AtOnceFirst

ROUTES = (
    "records?limit=1",
    "records?line=l1",
    "aggregate?metrics=count",
    "export.csv",
    "export.parquet",
    "export.ndjson",
)
FAR = ("203.0.113.7", 4000)


class Site:
    def __init__(self, gate: Gate, ending: ExitStack, at_once: bool = False) -> None:
        self.gate, self.ending, self.at_once = gate, ending, at_once

    def client(self, address: tuple[str, int] = FAR, **settings: Any) -> TestClient:
        front = create_app(ServeSettings(home=self.gate.settings.home, **settings))
        app = AtOnceFirst(front) if self.at_once else front
        return self.ending.enter_context(TestClient(app, client=address, headers={"accept-language": "en"}))

    def key(self, **terms: Any) -> str:
        with self.gate.registry.transaction() as unit:
            given = KeyTerms(**terms)
            return issue(unit, self.gate.keys, "x", Role.DEVELOPER, None, self.gate.now(), terms=given)

    def plan(self, name: str, **limits: Any) -> None:
        values = {"per_second": 1e5, "burst": 100_000, "daily": 1_000_000, "concurrent": 1_000} | limits
        with self.gate.registry.transaction() as unit:
            set_plan(unit, Plan(name, **values), "test", self.gate.now())

    def change(self, act: Callable[[Any], Any]) -> Any:
        with self.gate.registry.transaction() as unit:
            return act(unit)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A personal home with two open datasets, made once."""
    folder = tmp_path_factory.mktemp("keys")
    gate = open_gate(GateSettings(home=folder / "home"))
    for name in ("stops", "roads"):
        file = folder / f"{name}.csv"
        file.write_text("line,stop\n" + "".join(f"l{n % 9},s{n}\n" for n in range(60)), "utf-8")
        source = local(file, 1 << 30)
        about = Metadata(dataset_id=name, title=name, publisher="测试局", theme="other")
        report = submit(gate, OWNER, source, Request(source.name, source.sha256, about, yes=True), Stages())
        assert report.release is not None
    run_jobs(gate)
    gate.registry.close()
    return folder / "home"


@pytest.fixture(params=["in turn", "at once"])
def site(home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """Every rule is held to twice: by the application, and where what can be answered at once is asked first."""
    shutil.copytree(home, tmp_path / "home", ignore=shutil.ignore_patterns("*.sock"))
    gate = open_gate(GateSettings(home=tmp_path / "home"))
    with ExitStack() as ending:
        yield Site(gate, ending, request.param == "at once")
    gate.registry.close()


def get(client: TestClient, path: str, key: str | None = None, dataset: str = "stops") -> Any:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return client.get(f"/api/v1/datasets/{dataset}/{path}", headers=headers)


def settled(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """The first answer that `holds` says yes to: what is asked a second after a change is answered by it, or, where the
    server has not heard of the registry for as long, by nobody."""
    begun = time.monotonic()
    while True:
        asked = time.monotonic()
        if holds(answer := ask()):
            return answer
        allowed = 10 if answer.status_code == 503 else 1
        assert asked - begun < allowed, (asked - begun, answer.status_code, answer.text)


def of_status(status: int) -> Callable[[Any], bool]:
    return lambda answer: bool(answer.status_code == status)


@pytest.mark.parametrize("route", ROUTES)
def test_a_key_is_taken_and_once_revoked_refused_and_nobody_needs_one(site: Site, route: str) -> None:
    client, key = site.client(), site.key()
    assert get(client, route).status_code == 200
    answer = get(client, route, key)
    assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"] == '"spike";q=150;w=3, "daily";q=100000;w=86400'
    site.change(lambda unit: revoke(unit, prefix_of(key), site.gate.now()))
    refused = settled(lambda: get(client, route, key), of_status(401))
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["code"] == "not-signed-in"
    assert refused.headers["access-control-allow-origin"] == "*"
    assert get(client, route).status_code == 200


@pytest.mark.parametrize(
    "credential",
    [
        "Bearer kz_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000",
        "Bearer ",
        "Bearer nonsense",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "k" * 5_000,
        "Bearer kz_\xff_\xff_\xff",
    ],
)
def test_what_is_no_key_is_refused_without_a_look(
    site: Site, credential: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site.client()
    assert get(client, ROUTES[0]).status_code == 200
    monkeypatch.setattr("gateway.serve.key_shelf.client_row", lambda *_: pytest.fail("looked up"))
    headers = {"authorization": credential.encode("latin-1")}
    assert client.get("/api/v1/datasets/stops/records", headers=headers).status_code == 401


def test_a_well_formed_key_that_nobody_has_is_looked_up_once_and_trying_costs_spikes(site: Site) -> None:
    site.plan("anonymous", burst=5, per_second=0.1)
    client = site.client()
    unknown = [_made(number) for number in range(9)]
    settled(lambda: get(client, ROUTES[0], unknown[0]), of_status(401))
    statuses = [get(client, ROUTES[0], key).status_code for key in unknown]
    assert statuses.count(429) >= 3
    known = get(client, ROUTES[0], unknown[0])
    assert known.status_code == 401, "what is known to be no key takes no further look"


def _made(number: int) -> str:
    prefix, body = f"{number:08d}", f"{number:031d}"
    return f"kz_{prefix}_{body}_{key_module._checksum(prefix, body)}"


def test_a_key_is_compared_in_constant_time_and_by_its_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def noting(left: Any, right: Any) -> bool:
        compared.append((left, right))
        return real(left, right)

    client, key = site.client(), site.key()
    body = "z" * 31
    forged = f"kz_{prefix_of(key)}_{body}_{key_module._checksum(prefix_of(key), body)}"
    monkeypatch.setattr("gateway.access.keys.hmac.compare_digest", noting)
    assert get(client, ROUTES[0], forged).status_code == 401
    assert compared
    assert {len(part) for pair in compared for part in pair} == {32}


def test_rotation_has_both_keys_taken_until_the_stated_moment(site: Site) -> None:
    client, old = site.client(), site.key(purpose="maps")
    until = site.gate.now() + timedelta(seconds=2)
    new = site.change(lambda unit: rotate(unit, site.gate.keys, prefix_of(old), site.gate.now(), until))
    assert get(client, ROUTES[0], old).status_code == 200
    assert get(client, ROUTES[0], new).status_code == 200
    time.sleep(max(0.0, (until - site.gate.now()).total_seconds()))
    assert get(client, ROUTES[0], old).status_code == 401, "at the moment, not a second later"
    assert get(client, ROUTES[0], new).status_code == 200
    with site.gate.registry.reading() as snapshot:
        records = {one.prefix: one for one in key_list(snapshot)}
    assert records[prefix_of(new)].replaces == prefix_of(old)
    assert records[prefix_of(new)].terms == KeyTerms("registered", "maps")


def test_a_key_ends_when_it_was_said_to(site: Site) -> None:
    site.plan("registered")
    client = site.client()
    assert get(client, ROUTES[0]).status_code == 200
    ends = site.gate.now() + timedelta(seconds=3)
    key = site.key(ends_at=ends)
    while site.gate.now() < ends - timedelta(seconds=1):  # by now the server knows it well
        assert get(client, ROUTES[0], key).status_code == 200
    time.sleep(max(0.0, (ends - site.gate.now()).total_seconds()))
    assert get(client, ROUTES[0], key).status_code == 401


def test_a_key_is_refused_when_its_holder_loses_the_role_or_the_account(site: Site) -> None:
    add_person(site.gate, OWNER, "administrator", Role.ADMINISTRATOR)
    by = Person("administrator", frozenset({Role.ADMINISTRATOR}))
    client = site.client()
    for number, ending in enumerate(
        (
            lambda name: revoke_role(site.gate, by, name, Role.DEVELOPER),
            lambda name: disable_person(site.gate, by, name),
        )
    ):
        name = f"dev{number}"
        add_person(site.gate, by, name, Role.DEVELOPER)
        developer = Person(name, frozenset({Role.DEVELOPER}))
        key = issue_key(site.gate, developer, "x", Role.DEVELOPER, None)
        for _ in range(5):  # by then the server has seen that there is a new key, and knows it
            assert get(client, ROUTES[0], key).status_code == 200
            time.sleep(0.1)
        ending(name)
        settled(lambda key=key: get(client, ROUTES[0], key), of_status(401))  # type: ignore[misc]


@pytest.mark.parametrize("route", ROUTES)
def test_a_key_for_some_datasets_is_for_no_other(site: Site, route: str) -> None:
    client, key = site.client(), site.key(datasets=("stops",))
    assert get(client, route, key).status_code == 200
    refused = get(client, route, key, "roads")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    assert get(client, route, None, "roads").status_code == 200


def test_a_burst_is_taken_and_then_refused_until_retry_after(site: Site) -> None:
    site.plan("registered", burst=3, per_second=0.5)
    client, key, other = site.client(), site.key(), site.key()
    answers = [get(client, ROUTES[0], key) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    refused = answers[-1].json()
    assert refused["violated-policies"] == ["spike"]
    assert refused["remedy"]["zh"]
    assert refused["remedy"]["en"]
    assert answers[-1].headers["retry-after"] in ("1", "2")
    assert answers[0].headers["ratelimit"].startswith('"spike";r=2;t=2, "daily";r=')
    assert get(client, ROUTES[0], other).status_code == 200, "another key is another caller"
    time.sleep(int(answers[-1].headers["retry-after"]))
    assert get(client, ROUTES[0], key).status_code == 200


def test_processes_share_a_spike_and_do_not_multiply_it(site: Site) -> None:
    site.plan("registered", burst=40, per_second=0.1)
    key = site.key()
    clients = [site.client(serve_processes=4) for _ in range(4)]
    taken = sum(get(one, ROUTES[0], key).status_code == 200 for one in clients for _ in range(30))
    assert taken == 40


def test_the_quota_of_a_day_is_one_for_all_processes(site: Site) -> None:
    site.plan("registered", daily=60)
    key = site.key()
    clients = [site.client(serve_processes=2) for _ in range(2)]
    statuses = [get(one, ROUTES[0], key).status_code for _ in range(40) for one in clients]
    assert statuses.count(200) == 60
    refused = get(clients[0], ROUTES[0], key)
    assert refused.json()["violated-policies"] == ["daily"]
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert refused.headers["ratelimit"].endswith(f'"daily";r=0;t={int(refused.headers["retry-after"]) - 1}')


def test_what_was_lent_and_not_spent_is_given_back_when_a_server_ends(site: Site) -> None:
    site.plan("registered", daily=1_000)
    key = site.key()
    with ExitStack() as ending:
        app = create_app(ServeSettings(home=site.gate.settings.home))
        client = ending.enter_context(TestClient(app, client=FAR))
        assert get(client, ROUTES[0], key).status_code == 200
    meter = open_meter(site.gate.settings.meter)
    with meter.reading() as snapshot:
        lent = snapshot.execute(select(quota_days.c.leased).where(quota_days.c.subject == prefix_of(key)))
        assert lent.scalar_one() == 1
    meter.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
    ],
)
def test_without_a_key_an_address_is_the_caller_and_a_network_of_64_bits_is_one(
    site: Site, one: str, other: str, same: bool
) -> None:
    site.plan("anonymous", burst=4, per_second=0.1)
    app = create_app(ServeSettings(home=site.gate.settings.home))
    first = site.ending.enter_context(TestClient(app, client=(one, 1)))
    assert [get(first, ROUTES[0]).status_code for _ in range(5)] == [200] * 4 + [429]
    second = TestClient(app, client=(other, 2))
    second.portal = first.portal
    assert get(second, ROUTES[0]).status_code == (429 if same else 200)


def test_the_owner_of_a_personal_home_has_no_limit_on_their_own_machine(site: Site) -> None:
    site.plan("anonymous", burst=2, per_second=0.1)
    client = site.client(("127.0.0.1", 5))
    answers = [get(client, ROUTES[0]) for _ in range(6)]
    assert {one.status_code for one in answers} == {200}
    assert "ratelimit" not in answers[0].headers
    site.change(
        lambda unit: (
            unit.execute(insert(users).values(name="an", demo=False, failures=0, added_at=site.gate.now())),
            work.keys_changed(unit),
        )
    )  # an institution's home now: two may still come at a time
    settled(lambda: [get(client, ROUTES[0]) for _ in range(3)][-1], of_status(429))


def test_a_plan_that_is_changed_holds_within_a_second(site: Site) -> None:
    client, key = site.client(), site.key()
    assert get(client, ROUTES[0], key).headers["ratelimit-policy"].startswith('"spike";q=150')
    site.plan("registered", burst=1_000, per_second=1, daily=2_000)
    settled(
        lambda: get(client, ROUTES[0], key),
        lambda one: one.headers.get("ratelimit-policy", "").startswith('"spike";q=1000;w=1000'),
    )


def test_a_browser_may_send_a_key_and_its_question_before_costs_nothing(site: Site) -> None:
    site.plan("anonymous", burst=1, per_second=0.1)
    client = site.client()
    for _ in range(4):
        asked = client.options(
            "/api/v1/datasets/stops/records",
            headers={"origin": "https://a.example", "access-control-request-method": "GET"},
        )
        assert asked.status_code == 204
        assert "Authorization" in asked.headers["access-control-allow-headers"]
    answer = get(client, ROUTES[0])
    assert answer.status_code == 200
    assert "RateLimit" in answer.headers["access-control-expose-headers"]


def test_usage_is_seen_by_the_developer_the_publisher_and_the_office(site: Site) -> None:
    key = site.key()
    with TestClient(create_app(ServeSettings(home=site.gate.settings.home)), client=FAR) as client:
        for _ in range(3):
            get(client, ROUTES[0], key)
        get(client, "records?nope=1", key)
        get(client, ROUTES[0])
        get(client, ROUTES[0], None, "no-such-dataset-but-a-secret-word")
    of_keys = usage_of(site.gate, OWNER, "keys")["usage"]
    assert {(one["key"], one["dataset"], one["status"], one["requests"]) for one in of_keys} == {
        (prefix_of(key), "stops", "2xx", 3),
        (prefix_of(key), "stops", "4xx", 1),
    }
    of_data = usage_of(site.gate, OWNER, "datasets", publisher="测试局")["usage"]
    assert {(one["dataset"], one["status"], one["requests"]) for one in of_data} == {
        ("stops", "2xx", 4),
        ("stops", "4xx", 1),
    }
    assert all("key" not in one for one in of_data)
    meter = open_meter(site.gate.settings.meter)
    with meter.reading() as snapshot:
        kept = repr(snapshot.execute(select(usage)).all())
    meter.close()
    assert "secret" not in kept
    assert "203.0.113.7" not in kept


def test_a_key_stands_in_no_log_no_metric_no_problem_and_no_file(site: Site) -> None:
    client, key = site.client(), site.key()
    said = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(said))
    try:
        body = key.split("_")[2]
        wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
        texts = [get(client, ROUTES[0], one).text for one in (key, wrong, key + "\x00")]
        site.change(lambda unit: revoke(unit, prefix_of(key), site.gate.now()))
        texts.append(settled(lambda: get(client, ROUTES[0], key), of_status(401)).text)
        texts += [client.get("/metrics").text, said.getvalue()]
        texts += [repr(one.headers) for one in (get(client, ROUTES[0], key),)]
    finally:
        structlog.reset_defaults()
    assert "kaizha_refused" in texts[4]
    assert all(body not in text for text in texts)
    kept = [path.read_bytes() for path in site.gate.settings.home.rglob("*") if path.is_file()]
    assert kept
    assert all(body.encode() not in content for content in kept)


def test_a_replica_without_the_verifying_key_reads_openly_and_takes_no_key(site: Site) -> None:
    key = site.key()
    (site.gate.settings.run_folder / "verifying.key").unlink()
    client = site.client()
    assert get(client, ROUTES[0]).status_code == 200
    refused = get(client, ROUTES[0], key)
    assert refused.status_code == 503
    assert "KAIZHA_VERIFYING_KEY" in refused.text
    told = site.client(verifying_key=site.gate.keys.verifying_key().hex())
    assert get(told, ROUTES[0], key).status_code == 200
