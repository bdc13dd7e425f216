"""A steward's suite: set, refused with the key and a remedy, used by the next publication, its threshold holding it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.errors import BadInput, NotAllowed, NotFound
from catalog.release import State
from gateway.access import OWNER, Person, Role
from gateway.gate import Gate
from gateway.publish.report import Report
from gateway.publish.suites import proposed, set_suite

Publish = Callable[..., Report]
UNIQUE = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "线路"}}
NOT_NULL = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "站点"}}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("线路,站点,站数\n" + "".join(f"{n % 4}路,第{n}站,{n}\n" for n in range(40)), "utf-8")
    return path


def test_the_next_publication_is_measured_by_the_suite_that_was_set(
    gate: Gate, publish: Publish, table: Path
) -> None:
    assert publish(table, dataset_id="stops").state is State.RELEASED
    set_suite(gate, OWNER, "stops", {"name": "ours", "expectations": [NOT_NULL, UNIQUE]})
    report = publish(table, dataset_id="stops")
    assert report.quality["suite_name"] == "ours"
    assert [one["verdict"] for one in report.quality["results"]] == ["pass", "fail"]


def test_below_the_threshold_that_was_set_a_publication_is_held(
    gate: Gate, publish: Publish, table: Path
) -> None:
    publish(table, dataset_id="stops")
    set_suite(gate, OWNER, "stops", {"name": "ours", "expectations": [NOT_NULL, UNIQUE]}, threshold=0.9)
    report = publish(table, dataset_id="stops")
    assert report.state is State.HELD
    assert [question.field for question in report.questions] == ["quality"]
    set_suite(gate, OWNER, "stops", {"name": "ours", "expectations": [NOT_NULL]}, threshold=0.9)
    assert publish(table, dataset_id="stops").state is State.RELEASED


def test_the_proposed_suite_can_be_set_as_it_is(gate: Gate, publish: Publish, table: Path) -> None:
    publish(table, dataset_id="stops")
    known, suite = proposed(gate, OWNER, "stops")
    assert known is None
    set_suite(gate, OWNER, "stops", suite, threshold=0.8)
    again, same = proposed(gate, OWNER, "stops")
    assert again is not None
    assert (again.threshold, same) == (0.8, suite)
    assert publish(table, dataset_id="stops").state is State.RELEASED


@pytest.mark.parametrize(
    ("suite", "place", "remedy"),
    [
        ({"rules": []}, "expectations", "Great Expectations 1.x"),
        (
            {"expectations": [{"type": UNIQUE["type"], "kwargs": {"colum": "线路"}}]},
            "expectations[0] expect_column_values_to_be_unique.colum",
            "spells it",
        ),
        (
            {"expectations": [NOT_NULL, {"type": UNIQUE["type"], "kwargs": {"column": "线"}}]},
            "expectations[1] expect_column_values_to_be_unique",
            "线路",
        ),
        (
            {"expectations": [{"type": "expect_column_values_to_be_uniqe", "kwargs": {"column": "线路"}}]},
            "expectations[0] expect_column_values_to_be_uniqe",
            "expect_column_values_to_be_unique",
        ),
    ],
    ids=["no list", "unknown kwarg", "no such column", "unknown type"],
)
def test_a_bad_suite_names_the_key_and_what_to_do(
    gate: Gate, publish: Publish, table: Path, suite: dict[str, object], place: str, remedy: str
) -> None:
    publish(table, dataset_id="stops")
    with pytest.raises(BadInput) as refused:
        set_suite(gate, OWNER, "stops", suite)
    assert refused.value.where.parameter == place
    assert remedy in refused.value.remedy.en


def test_only_a_steward_of_the_publisher_sets_its_suite(gate: Gate, publish: Publish, table: Path) -> None:
    publish(table, dataset_id="stops")
    with pytest.raises(NotAllowed):
        set_suite(gate, Person("z", frozenset({Role.STEWARD}), "别局"), "stops", {"expectations": []})
    with pytest.raises(NotAllowed):
        proposed(gate, Person("z", frozenset({Role.STEWARD}), "别局"), "stops")
    set_suite(gate, Person("a", frozenset({Role.STEWARD}), "测试局"), "stops", {"expectations": [NOT_NULL]})
    with pytest.raises(NotFound):
        set_suite(gate, OWNER, "no-such", {"expectations": []})
