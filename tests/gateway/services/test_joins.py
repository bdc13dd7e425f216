"""A join is made and judged at the gate, like a dataset; it is answered from only while all that it was made of stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catalog.errors import BadInput, Conflict, NotAllowed
from catalog.registry.services import service_records, view_of
from catalog.service import ServiceState
from catalog.text import Text
from gateway.access import OWNER, Person, Role
from gateway.gate import Gate
from gateway.publish import submit as submit_module
from gateway.publish.jobs import run_jobs
from gateway.publish.law import Law
from gateway.publish.review import withdraw
from gateway.publish.standing import opened_before
from gateway.risk_reports import OpenedRelease, newest_about_persons
from gateway.services import follow, views
from gateway.services.follow import follow_services
from gateway.services.lifecycle import decide
from gateway.services.standing import close_joins, tightened_joins
from tests.gateway.governance.conftest import column_entry
from tests.gateway.services.conftest import DISTRICTS, STOPS, WITH_AREA

CALL = "/api/v1/services/stops-with-area"


def newest(gate: Gate) -> int:
    with gate.registry.reading() as snapshot:
        return newest_about_persons(snapshot)


def nobody() -> tuple[tuple[OpenedRelease, ...], int]:
    return (), 0


def expected(least: float) -> list[dict[str, Any]]:
    """The join, worked out by hand from the texts."""
    areas = dict(line.split(",") for line in DISTRICTS.splitlines()[1:])
    rows = [line.split(",") for line in STOPS.splitlines()[1:]]
    return [{"站名": row[0], "area": float(areas[row[1]])} for row in rows if float(areas[row[1]]) >= least]


def test_it_answers_the_join_of_what_is_open_and_holds_only_the_columns_it_uses(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    record = declared(WITH_AREA)
    assert record.state is ServiceState.ACTIVE
    with house.registry.reading() as snapshot:
        view = view_of(snapshot, record.number)
    assert view is not None
    assert [one.column.name for one in view.release.columns] == ["站名", "districts.面积"]
    for _ in range(2):  # from the Parquet, and from the row file once a job has built it
        assert seen(CALL, {"least": "20"}).json()["records"] == expected(20)
        run_jobs(house)
    assert seen(CALL, {"least": "20", "limit": "3"}).json()["next"]


def test_a_left_join_keeps_what_finds_no_other(
    declared: Callable[..., Any], seen: Callable[..., Any], released: Callable[..., Any], house: Gate
) -> None:
    released("districts", DISTRICTS.replace("区4", "区9"))
    run_jobs(house)
    inner = declared(WITH_AREA)
    left = declared(
        WITH_AREA.replace("on: {区县: 名称}", "on: {区县: 名称}\n    kind: left").replace(
            "stops-with-area", "all-stops"
        )
    )
    assert {inner.state, left.state} == {ServiceState.ACTIVE}
    assert seen(CALL, {"limit": "1"}).json()["total"] == 80
    assert seen("/api/v1/services/all-stops", {"limit": "1"}).json()["total"] == 100


@pytest.mark.parametrize("which", ["stops", "districts"])
def test_with_any_of_its_datasets_withdrawn_it_is_gone(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any], which: str
) -> None:
    declared(WITH_AREA)
    assert seen(CALL).status_code == 200
    withdraw(house, OWNER, which, "x")
    answer = seen(CALL)
    assert answer.status_code == 410
    assert which in answer.json()["detail"]
    assert seen("/api/v1/services").json()["total"] == 0


def test_after_a_new_release_it_waits_until_it_is_made_and_judged_anew(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any], released: Callable[..., Any]
) -> None:
    declared(WITH_AREA)
    released("districts", DISTRICTS.replace("45.5", "100.5"))
    answer = seen(CALL, {"least": "100"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    run_jobs(house)
    assert seen(CALL, {"least": "100"}).json()["total"] == 20


def test_another_list_closes_every_join_until_it_is_judged_under_it(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any]
) -> None:
    record = declared(WITH_AREA)
    with house.registry.transaction() as unit:
        close_joins(unit, house.now())
    assert seen(CALL).status_code == 503
    with house.registry.reading() as snapshot:
        assert view_of(snapshot, record.number) is None
    run_jobs(house)
    assert seen(CALL).status_code == 200


def test_a_day_that_tightens_closes_what_it_concerns(house: Gate, declared: Callable[..., Any]) -> None:
    record = declared(WITH_AREA)
    starter = house.entries
    law = Law.of(
        replace(starter, version="2", entries=(*starter.entries, column_entry(starter, "N-1", "站名")))
    )
    with house.registry.reading() as snapshot:
        assert tightened_joins(snapshot, Law.of(starter), house.now().date()) == ()
        assert tightened_joins(snapshot, law, house.now().date()) == (record.number,)


@pytest.mark.parametrize(
    ("beside_the_open", "ages_", "select", "entry"),
    [
        (True, 4, "年龄, 性别, jobs.职业, jobs.学历", "starter-34"),
        (False, 4, "年龄, 性别, jobs.职业, jobs.学历", "k-anonymity"),
        (
            False,
            40,
            "年龄, 性别, jobs.学历",
            "年龄",
        ),  # ages left their dataset as bands, which are no ages any more
    ],
)
def test_a_join_that_narrows_persons_down_is_refused_where_neither_side_did(
    house: Gate,
    released: Callable[..., Any],
    declared: Callable[..., Any],
    seen: Callable[..., Any],
    monkeypatch: Any,
    beside_the_open: bool,
    ages_: int,
    select: str,
    entry: str,
) -> None:
    """Two tables about the same 200 persons, each in groups of 5 and more: together everyone stands alone. (Published one
    after the other the mosaic check would hold the second; here they came to stand side by side.) What is open tells, and
    without it its own groups do."""
    apart = opened_before(house)
    for module in (submit_module,) if beside_the_open else (submit_module, views):
        monkeypatch.setattr(
            module, "opened_before", lambda gate: replace(apart, newest=newest(gate), read=nobody)
        )
    codes = [f"K{n * 7919 % 100_003:06d}" for n in range(200)]
    ages = "".join(
        f"{code},{20 + n % ages_ * (40 // ages_)},{'男女'[n // 4 % 2]}\n" for n, code in enumerate(codes)
    )
    jobs = "登记码,职业,学历\n" + "".join(
        f"{c},职业{n // 8 % 5},学历{n // 40}\n" for n, c in enumerate(codes)
    )
    if ages_ == 40:
        jobs = "登记码,学历\n" + "".join(f"{c},学历{n // 20}\n" for n, c in enumerate(codes))
    released("ages", f"登记码,年龄,性别\n{ages}", answers={"grade": "L1"})
    released("jobs", jobs, answers={"grade": "L1"})
    text = """
id: ages-with-jobs
version: 1.0.0
title: {zh: 年龄与职业, en: Ages and jobs}
description: {zh: 登记者的年龄与职业, en: Age and job of each}
dataset: ages
join:
  - dataset: jobs
    on: {登记码: 登记码}
select: [SELECT]
""".replace("SELECT", select)
    record = declared(text)
    assert record.state is ServiceState.REFUSED, record.told
    assert any(entry in one.en for one in record.told), record.told
    assert not any(code in str(record.told) for code in codes)
    assert seen("/api/v1/services/ages-with-jobs").status_code == 404
    with house.registry.reading() as snapshot:
        assert view_of(snapshot, record.number) is None


def test_a_join_of_which_nothing_says_whether_it_is_about_persons_waits_for_an_officer(
    house: Gate, declared: Callable[..., Any], seen: Callable[..., Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr(
        views, "risk_of_release", lambda snapshot, release: None
    )  # opened before that was measured
    record = declared(WITH_AREA)
    assert (record.state, len(record.told)) == (ServiceState.HELD, 1)
    assert seen(CALL).status_code == 404
    with pytest.raises(NotAllowed):
        decide(house, Person("anna", frozenset({Role.STEWARD}), "测试局"), "stops-with-area", "", accept=True)
    officer = Person("bert", frozenset({Role.OFFICER}))
    assert decide(house, officer, "stops-with-area", "", accept=True).state is ServiceState.ACTIVE
    assert seen(CALL).status_code == 200
    with pytest.raises(Conflict):
        decide(house, officer, "stops-with-area", "", accept=False)
    again = declared(WITH_AREA.replace("1.0.0", "1.0.1"))
    assert (
        decide(house, officer, "stops-with-area", again.service.version, accept=False).state
        is ServiceState.REFUSED
    )


@pytest.mark.parametrize(
    ("old", "new", "parameter"),
    [
        ("on: {区县: 名称}", "on: {区县: 面积}", "on"),
        ("on: {区县: 名称}", "on: {不存在: 名称}", "on"),
        ("on: {区县: 名称}", "on: {区县: 不存在}", "on"),
        ("area: districts.面积", "area: districts.人口", "select"),
        ("column: districts.面积", "column: 面积", "parameters.least"),
    ],
)
def test_a_join_that_does_not_fit_is_refused_by_name(
    declared: Callable[..., Any], old: str, new: str, parameter: str
) -> None:
    with pytest.raises(BadInput) as caught:
        declared(WITH_AREA.replace(old, new))
    assert caught.value.where.parameter == parameter


def test_a_join_that_uses_nothing_of_the_other_or_multiplies_rows_is_refused(
    declared: Callable[..., Any], monkeypatch: Any, house: Gate
) -> None:
    text = WITH_AREA.replace("column: districts.面积", "column: 线路数").replace(
        "{站名: 站名, area: districts.面积}", "[站名]"
    )
    with pytest.raises(BadInput) as caught:
        declared(text)
    assert caught.value.where.parameter == "join"
    monkeypatch.setattr("gateway.services.views.MAX_ROWS", 99)
    with pytest.raises(BadInput):
        declared(WITH_AREA)
    withdraw(house, OWNER, "districts", "x")
    with pytest.raises(Conflict):
        declared(WITH_AREA)


def test_judged_again_and_found_wanting_it_stands_refused_with_its_reason(
    house: Gate, declared: Callable[..., Any], released: Callable[..., Any], monkeypatch: Any
) -> None:
    record = declared(WITH_AREA)
    released("districts", DISTRICTS + "区6,1.0\n")
    made = follow.make_view

    def refusing(*given: Any) -> Any:
        found = made(*given)
        told = (Text("不予开放", "not opened"),)
        judged = replace(found.judged, state=ServiceState.REFUSED, told=told)
        return replace(found, judged=judged, release=None, subject=None)

    monkeypatch.setattr(follow, "make_view", refusing)
    follow_services(house, "districts")
    with house.registry.reading() as snapshot:
        [now] = service_records(snapshot, numbers=[record.number])
        assert view_of(snapshot, record.number) is None
    assert (now.state, now.told[0].en) == (ServiceState.REFUSED, "not opened")
