"""Each dimension has a threshold of its own, and freshness goes by the column that the contract names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.contract import DIMENSIONS, Contract
from catalog.contract_json import parse_contract
from catalog.errors import BadInput, NotAllowed
from catalog.release import State
from gateway.access import Person, Role
from gateway.gate import Gate
from gateway.publish import review
from gateway.publish.report import Report
from gateway.publish.stages import Stages
from gateway.quality_reports import report_of_release
from quality import Dimension
from tests.conftest import Publish

STEWARD = Person("steward", frozenset({Role.STEWARD}), "测试局")
OFFICER = Person("officer", frozenset({Role.OFFICER}))
NULLS: dict[str, Any] = {
    "name": "c",
    "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "备注"}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "数量", "min_value": 0}},
    ],
}


@pytest.fixture
def stops(gate: Gate, tmp_path: Path) -> Path:
    """Half the remarks are empty; counted 50 days ago, registered yesterday, checked next year."""
    today = gate.now().date()
    days = [today - timedelta(50), today - timedelta(1), today + timedelta(365)]
    path = tmp_path / "stops.csv"
    rows = "".join(
        f"站{n},{n},{'有' if n % 2 else ''},{','.join(day.isoformat() for day in days)}\n" for n in range(40)
    )
    path.write_text("站,数量,备注,统计日期,登记日期,检查日期\n" + rows, "utf-8")
    return path


def contract(**terms: Any) -> Contract:
    return Contract(suite=NULLS, quality_threshold=0.5, **terms)


def freshness_of(gate: Gate, report: Report) -> dict[str, Any]:
    assert report.release is not None
    with gate.registry.reading() as snapshot:
        document = report_of_release(snapshot, report.release)
    assert document is not None
    told: dict[str, Any] = document["freshness"]
    return told


def asked(report: Report) -> dict[str, str]:
    return {one.field: one.text.en for one in report.questions if one.role == "officer"}


def test_a_dimension_below_its_own_threshold_holds_although_the_whole_is_good_enough(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    terms = contract(dimension_thresholds={"completeness": 0.9, "accuracy": 0.9, "accessibility": 1.0})
    report = publish(stops, dataset_id="stops", contract=terms)
    assert (report.state, asked(report)) == (
        State.HELD,
        {"quality:completeness": "Completeness scores 0.50, below the contract's 0.90"},
    )
    with pytest.raises(NotAllowed):
        review.answer(
            gate,
            STEWARD,
            str(report.submission_id),
            {"quality:completeness": "x"},
            accept=False,
            stages=Stages(),
        )
    with pytest.raises(BadInput):
        review.answer(
            gate, OFFICER, str(report.submission_id), {"quality:beauty": "x"}, accept=False, stages=Stages()
        )
    passed = {"quality:completeness": "remarks are optional"}
    done = review.answer(gate, OFFICER, str(report.submission_id), passed, accept=False, stages=Stages())
    assert done.state is State.RELEASED


def test_a_dimension_that_was_not_measured_does_not_meet_its_threshold(publish: Publish, stops: Path) -> None:
    terms = contract(dimension_thresholds={"consistency": 0.1, "timeliness": 0.1})
    assert asked(publish(stops, dataset_id="stops", contract=terms)) == {
        "quality:consistency": "Consistency was not measured; the contract asks for 0.10",
        "quality:timeliness": "Timeliness was not measured; the contract asks for 0.10",
    }


@pytest.mark.parametrize(
    ("event", "score"),
    [(None, None), ("登记日期", None), ("统计日期", "0.62"), ("检查日期", "not measured")],
    ids=["detected", "the newest", "an older one", "one that lies ahead"],
)
def test_freshness_goes_by_the_column_that_the_contract_names_and_says_so(
    gate: Gate, publish: Publish, stops: Path, event: str | None, score: str | None
) -> None:
    terms = contract(dimension_thresholds={"timeliness": 0.9}, event_time=event, update_cycle="monthly")
    told = asked(publish(stops, dataset_id="stops", contract=terms))
    assert (score in told["quality:timeliness"]) if score else told == {}
    fresh = freshness_of(
        gate, publish(stops, dataset_id="stops", contract=terms, answers={"quality:timeliness": "seen"})
    )
    assert (fresh["column"], fresh["by_contract"]) == (event or "登记日期", event is not None)
    assert (fresh["newest"] is None) is (event == "检查日期")
    assert ("named by the contract" in fresh["evidence"]["en"]) is (event is not None)


def test_an_event_time_that_is_no_date_or_no_column_is_refused(publish: Publish, stops: Path) -> None:
    with pytest.raises(BadInput, match='"站" holds no dates'):
        publish(stops, dataset_id="stops", contract=contract(event_time="站"))
    with pytest.raises(BadInput, match='"日期" that is not in the data'):
        publish(stops, dataset_id="stops", contract=contract(event_time="日期"))


def test_a_withheld_event_time_is_not_told(gate: Gate, publish: Publish, stops: Path) -> None:
    terms = contract(event_time="登记日期", update_cycle="monthly")
    report = publish(stops, dataset_id="stops", contract=terms, answers={"column:登记日期": "drop"})
    fresh = freshness_of(gate, report)
    assert (fresh["column"], fresh["newest"]) == (None, None)
    assert str(gate.now().year) not in str(fresh)


@pytest.mark.parametrize("bad", [[], {"beauty": 1}, {"accuracy": 2}, {"accuracy": True}], ids=str)
def test_thresholds_of_no_dimension_or_no_share_are_refused(bad: object) -> None:
    with pytest.raises(BadInput, match=r"dimension_thresholds|accuracy"):
        parse_contract({"dimension_thresholds": bad}, "c.json")


def test_the_names_of_dimensions_are_those_of_the_measurements() -> None:
    assert set(DIMENSIONS) == {one.value for one in Dimension}
