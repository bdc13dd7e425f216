"""The life of an operation from its declaration to its end, as the gate has it and as callers see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.contract import Contract
from catalog.counts import Holdings, count
from catalog.errors import BadInput, Conflict, NotAllowed
from catalog.registry import queries
from catalog.registry.services import apis, last_probes, service_records
from catalog.service import ServiceState
from gateway.access import OWNER, Person, Role
from gateway.gate import Gate
from gateway.publish.jobs import run_jobs
from gateway.publish.review import withdraw
from gateway.services.lifecycle import decide, declare, deprecate, probe, retire, retire_due
from gateway.verify import verify
from gateway.verify_counts import recount
from privacy import DETECTOR
from tests.gateway.services.conftest import BY_DISTRICT, STOPS

CALL = "/api/v1/services/stops-of-district"


def counted(gate: Gate, moment: datetime | None = None) -> Any:
    at = moment or gate.now()
    with gate.registry.reading() as snapshot:
        return count(queries.opened(snapshot, at, DETECTOR), Holdings(), at, apis(snapshot, at))


def state_of(gate: Gate, service_id: str = "stops-of-district", version: str = "1.0.0") -> ServiceState:
    with gate.registry.reading() as snapshot:
        return next(
            one.state
            for one in service_records(snapshot, service_id=service_id)
            if one.service.version == version
        )


def test_declared_it_is_asked_answers_is_listed_described_and_counted(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    before = house.now()
    record = declared()
    assert record.state is ServiceState.ACTIVE
    answer = seen(CALL, {"district": "区1"}).json()
    assert (len(answer["records"]), answer["total"]) == (20, 20)
    own = seen("/api/v1/datasets/stops/records", {"区县": "区1", "select": "站名,区县,线路数"}).json()
    assert answer["records"] == own["records"]
    listed = seen("/api/v1/services").json()
    assert (listed["total"], listed["next"]) == (1, None)
    [shown] = listed["services"]
    assert shown["probe"]["answered"] is True
    assert shown["parameters"][0]["type"] == "text"
    assert seen("/api/v1/services", {"q": "区县 站点"}).json()["total"] == 1
    assert seen("/api/v1/services", {"q": "没有"}).json()["total"] == 0
    assert seen(f"{CALL}/openapi.json").json()["paths"][CALL]["get"]["operationId"] == "stops-of-district"
    assert counted(house).apis == 1
    assert counted(house, before).apis == 0
    assert seen("/api/v1/counts").json()["apis"] == 1
    for path in ("/services/stops-of-district", "/datasets/stops"):
        page = seen(path, headers={"accept": "text/html", "accept-language": "zh"})
        assert page.status_code == 200
        assert "区县的站点" in page.text
    assert verify(house).discrepancies == ()


def test_the_list_is_paged(house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]) -> None:
    declared()
    declared(
        BY_DISTRICT.replace("[站名, 区县, 线路数]", "[站名]").replace("column: 区县", "column: 站名"),
        id_="others",
        区1="站1",
    )
    first = seen("/api/v1/services", {"limit": 1})
    assert first.json()["next"] == "others"
    assert 'rel="next"' in first.headers["link"]
    rest = seen("/api/v1/services", {"limit": 1, "cursor": "others"}).json()
    assert ([one["id"] for one in rest["services"]], rest["next"]) == (["stops-of-district"], None)


def test_every_step_is_in_the_ledger_and_public(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    declared()
    deprecate(house, OWNER, "stops-of-district", "1.0.0", None)
    retire(house, OWNER, "stops-of-district", "1.0.0", "内部理由")
    with house.registry.reading() as snapshot:
        events = [leaf.event for leaf in queries.leaf_rows(snapshot) if leaf.event["kind"] == "services"]
    assert [one["change"] for one in events] == ["declared", "active", "deprecated", "retired"]
    assert all(one["services"] == ["stops-of-district@1.0.0"] and one["by"] == "owner" for one in events)
    assert "内部理由" not in json.dumps(events, ensure_ascii=False)


def test_two_that_mean_the_same_are_one(declared: Callable[..., Any]) -> None:
    declared()
    with pytest.raises(Conflict) as caught:
        declared(BY_DISTRICT + "sort: [-线路数]\nlimit: 5\n", id_="sorted-stops")
    assert "stops-of-district" in caught.value.message.en
    retired = "含义相同"
    assert retired in caught.value.message.zh


def test_the_datasets_own_rows_are_refused(declared: Callable[..., Any]) -> None:
    text = BY_DISTRICT[: BY_DISTRICT.index("parameters:")] + "select: [站名]\n"
    with pytest.raises(BadInput):
        declared(text)


def test_a_version_never_changes_and_a_break_takes_a_new_major_one(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    declared()
    with pytest.raises(Conflict):
        declared()
    with pytest.raises(Conflict):
        declared(version="0.9.0")
    with pytest.raises(BadInput) as caught:
        declared(BY_DISTRICT.replace("select: [站名, 区县, 线路数]", "select: [站名]"), version="1.1.0")
    assert caught.value.where.parameter == "version"
    with pytest.raises(Conflict):
        declared(
            BY_DISTRICT.replace("dataset: stops", "dataset: districts").replace("区县", "名称"),
            version="2.0.0",
        )
    declared(BY_DISTRICT.replace("select: [站名, 区县, 线路数]", "select: [站名]"), version="2.0.0")
    assert state_of(house) is ServiceState.DEPRECATED
    assert list(seen(CALL, {"district": "区1"}).json()["records"][0]) == ["站名"]
    old = seen(CALL, {"district": "区1", "version": "1.0.0"})
    assert list(old.json()["records"][0]) == ["站名", "区县", "线路数"]
    assert 'rel="successor-version"' in old.headers["link"]
    assert counted(house).apis == 1, "versions of one operation are one"


def test_it_ends_on_its_last_day_or_at_once(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any], monkeypatch: Any
) -> None:
    declared()
    with pytest.raises(BadInput):
        deprecate(house, OWNER, "stops-of-district", "", date(2020, 1, 1))
    today = house.now().date()
    deprecate(house, OWNER, "stops-of-district", "", today)
    assert retire_due(house) == 0
    answer = seen(CALL, {"district": "区1"})
    assert answer.headers["sunset"].endswith("23:59:59 GMT")
    assert counted(house).apis == 1
    tomorrow = Gate(
        house.settings,
        house.registry,
        house.domain,
        house.open,
        house.keys,
        lambda: datetime.now(UTC) + timedelta(days=1),
    )
    assert retire_due(tomorrow) == 1
    assert seen(CALL, {"district": "区1"}).status_code == 410
    assert counted(house, house.now() + timedelta(days=2)).apis == 0
    with pytest.raises(Conflict):
        retire(house, OWNER, "stops-of-district", "1.0.0", "x")


def test_an_example_that_finds_nothing_does_not_count_unless_that_is_allowed(
    house: Gate, declared: Callable[..., Any]
) -> None:
    assert declared(区1="火星").state is ServiceState.DECLARED
    with house.registry.reading() as snapshot:
        [probed] = last_probes(snapshot).values()
    assert probed.failure is not None
    assert counted(house).apis == 0
    text = BY_DISTRICT.replace("parameters:", "filter: 线路数 >= 0\nparameters:")
    assert declared(text + "may_be_empty: true\n", id_="empty", 区1="火星").state is ServiceState.ACTIVE


def test_a_new_release_is_followed_and_what_no_longer_fits_says_so(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any], released: Callable[..., Any]
) -> None:
    declared()
    released("stops", STOPS + "站100,区1,3,2024-01-01\n")
    assert seen(CALL, {"district": "区1"}).json()["total"] == 21
    assert counted(house).apis == 0, "neither it nor its dataset has been asked since"
    run_jobs(house)
    assert counted(house).apis == 1
    contract = Contract(version="2.0.0", previous_until=date(2999, 1, 1), keys=("站名",))
    rows = "".join(f"站{n},{n % 7}\n" for n in range(50))
    released("stops", f"站名,线路数\n{rows}", contract=contract)
    run_jobs(house)
    answer = seen(CALL, {"district": "区1"})
    assert (answer.status_code, "区县" in answer.json()["detail"]) == (410, True)
    [shown] = seen("/api/v1/services").json()["services"]
    assert shown["answers"] is False
    assert shown["why"]["zh"]
    assert not {"title", "example", "declaration", "parameters"} & set(shown)
    assert seen("/services/stops-of-district").status_code == 410
    assert "区县的站点" not in seen("/datasets/stops", headers={"accept-language": "zh"}).text
    assert counted(house).apis == 0
    assert [one.reason.en for one in counted(house).exclusions if one.what == "api"] == [
        "did not answer its last probe"
    ]


def test_with_its_dataset_withdrawn_it_neither_answers_nor_counts_nor_is_named(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    declared()
    withdraw(house, OWNER, "stops", "x")
    assert seen(CALL, {"district": "区1"}).status_code == 410
    assert seen("/api/v1/services").json() == {"services": [], "total": 0, "next": None}
    assert seen(f"{CALL}/openapi.json").status_code == 410
    assert counted(house).apis == 0
    assert not [one for one in counted(house).exclusions if one.what == "api"]


def test_a_steward_declares_for_their_own_publisher_only(house: Gate) -> None:
    theirs = Person("anna", frozenset({Role.STEWARD}), "测试局")
    others = Person("bert", frozenset({Role.STEWARD}), "卫健局")
    for act in (
        lambda: declare(house, others, BY_DISTRICT.encode(), "x.yaml"),
        lambda: (
            declare(house, theirs, BY_DISTRICT.encode(), "x.yaml"),
            probe(house, others, "stops-of-district"),
        )[1],
        lambda: deprecate(house, others, "stops-of-district", "", None),
        lambda: retire(house, others, "stops-of-district", "", "x"),
        lambda: decide(house, theirs, "stops-of-district", "", accept=True),
    ):
        with pytest.raises(NotAllowed):
            act()
    [record] = probe(house, theirs, "stops-of-district")
    assert (record.state, record.by) == (ServiceState.ACTIVE, "anna")


def test_words_with_a_number_of_a_person_are_not_taken(declared: Callable[..., Any]) -> None:
    with pytest.raises(BadInput) as caught:
        declared(BY_DISTRICT.replace("一个区县的站点", "有问题请打 13912345678"))
    assert "13912345678" not in caught.value.message.zh + caught.value.remedy.zh


def test_a_title_that_an_entry_shuts_is_refused_though_its_columns_are_open(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any], released: Callable[..., Any]
) -> None:
    rows = "".join(f"S{n},型{n % 4}\n" for n in range(60))
    answers = {"column:基因型": "not-personal", "grade": "L1"}
    released("crops", f"样本编号,基因型\n{rows}", title="作物基因检测", theme="health", answers=answers)
    text = BY_DISTRICT.replace("dataset: stops", "dataset: crops").replace("column: 区县", "column: 基因型")
    text = text.replace("[站名, 区县, 线路数]", "[样本编号, 基因型]").replace("区1", "型1")
    record = declared(text.replace("区县的站点", "人群基因检测"))
    assert record.state is ServiceState.REFUSED
    assert "starter-11" in record.told[0].en
    assert seen(CALL, {"district": "型1"}).status_code == 404
    assert (
        declared(text.replace("区县的站点", "作物基因型查询"), id_="crop-types").state is ServiceState.ACTIVE
    )


def test_an_outsider_counts_the_same_and_sees_what_is_not_as_it_says(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    declared()
    catalogue = seen("/api/v1/datasets").json()["datasets"]
    services = seen("/api/v1/services").json()["services"]
    claimed = seen("/api/v1/counts").json()
    assert claimed["apis"] == 1
    assert recount(catalogue, claimed, services) == []
    [one] = services

    def named(shown: dict[str, Any], counts: dict[str, Any] = claimed) -> set[str]:
        return {found.id for found in recount(catalogue, counts, [shown])}

    assert named(one, claimed | {"apis": 2}) == {"apis"}
    assert named(one | {"meaning": "0" * 64}) == {"stops-of-district"}
    lying = one["declaration"] | {"select": [{"name": "x", "source": "身份证号"}]}
    assert named(one | {"declaration": lying}) == {"stops-of-district"}
    assert "apis" in named(one | {"probe": None})
    assert "apis" in named(one | {"probe": one["probe"] | {"asked_of": {"stops": "0" * 64}}})
    assert named(one | {"datasets": ["gone"]}) >= {"apis"}
    assert recount(catalogue, claimed, [{"id": "x"}])[0].id == "counts"


def test_on_the_command_line(house: Gate, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    from gateway import cli

    monkeypatch.setenv("KAIZHA_HOME", str(house.settings.home))
    file = tmp_path / "service.yaml"
    file.write_text(BY_DISTRICT, "utf-8")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["kaizha", *words])
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, capsys.readouterr().out

    code, told = run("service", "add", str(file), "--json")
    assert (code, json.loads(told)["services"][0]["state"]) == (0, "active")
    assert run("service", "add", str(file))[0] == 2
    code, told = run("service", "show", "stops-of-district")
    assert code == 0
    assert "column: 区县" in told
    assert run("service", "probe", "stops-of-district")[0] == 0
    code, told = run("service", "deprecate", "stops-of-district", "--sunset", "2999-01-01", "--json")
    assert json.loads(told)["services"][0]["sunset"] == "2999-01-01"
    code, told = run("service", "propose", "stops", "--to", str(tmp_path / "proposed"))
    assert code == 0
    for proposed in sorted((tmp_path / "proposed").iterdir()):
        assert run("service", "add", str(proposed))[0] == 0, proposed.read_text("utf-8")
    assert run("service", "retire", "stops-of-district", "--reason", "x")[0] == 0
    code, told = run("service", "list", "--json")
    states = {one["id"]: one["state"] for one in json.loads(told)["services"]}
    assert states.pop("stops-of-district") == "retired"
    assert len(states) >= 4
    assert set(states.values()) == {"active"}
