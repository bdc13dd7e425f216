"""Contracts at the gate: bound to registered elements, versioned with releases, held to what they promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from catalog.contract import Contract, Field
from catalog.counts import Holdings, count
from catalog.dataset import ColumnType
from catalog.element import DataElement
from catalog.errors import BadInput, Conflict
from catalog.finding import Grade
from catalog.ingest import Reading
from catalog.registry import queries
from catalog.registry.contracts import contract_versions
from catalog.registry.elements import record_elements
from catalog.registry.tables import contracts
from catalog.release import QuestionKind, State
from catalog.text import Text
from gateway.access import Person, Role
from gateway.gate import Gate
from gateway.publish import review
from gateway.publish.agreed import agreed_of, register_terms, settle
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from privacy import DETECTOR
from quality import Measurement, Verdict

ROWS = "区划代码,面积,说明\n330102,10.5,上城\n330105,12.25,拱墅\n330106,31.0,西湖\n"
FIELDS = (
    Field("区划代码", element="KZ00001"),
    Field("面积", element="KZ00011"),
    Field("说明", definition=Text("说明", "A note")),
)
CONTRACT = Contract(FIELDS)
STEWARD = Person("steward", frozenset({Role.STEWARD}), "测试局")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "districts.csv"
    path.write_text(ROWS, "utf-8")
    return path


def versions(gate: Gate) -> list[str]:
    with gate.registry.reading() as snapshot:
        return [one.version for one in contract_versions(snapshot, "districts")]


def test_a_bound_field_takes_words_and_unit_from_its_element(gate: Gate, publish: Any, file: Path) -> None:
    report = publish(file, dataset_id="districts", contract=CONTRACT)
    assert report.state is State.RELEASED
    code, area, _ = (one.column for one in report.release.columns)
    assert (code.element, code.title, code.definition.en) == (
        "KZ00001",
        Text("行政区划代码", "Division code"),
        "Numeric code of an administrative division, county level and above",
    )
    assert (area.unit, area.type) == ("km2", ColumnType.DOUBLE)
    assert report.release.contract == "1.0.0"
    assert versions(gate) == ["1.0.0"]


@pytest.mark.parametrize(
    ("changed", "said", "column"),
    [
        (Field("区划代码", element="KZ99999"), "KZ99999 is not registered", "区划代码"),
        (Field("区划代码", element="KZ00011"), "is of type double, the column of text", "区划代码"),
        (Field("面积", element="KZ00011", unit="m2"), "is in km2, the contract says m2", "面积"),
    ],
    ids=["unknown", "type", "unit"],
)
def test_a_binding_that_does_not_fit_is_refused_by_field(
    gate: Gate, publish: Any, file: Path, changed: Field, said: str, column: str
) -> None:
    with pytest.raises(BadInput) as refused:
        publish(file, dataset_id="districts", contract=Contract((changed,)))
    assert said in refused.value.message.en
    assert refused.value.where.column == column
    with gate.registry.reading() as snapshot:
        assert queries.submission_list(snapshot) == ()


def test_cells_outside_the_elements_format_and_domain_fail_as_quality(publish: Any, tmp_path: Path) -> None:
    path = tmp_path / "districts.csv"
    path.write_text(ROWS.replace("330105", "3301").replace("31.0", "-31.0"), "utf-8")
    report = publish(path, dataset_id="districts", contract=CONTRACT)
    measured = Measurement.from_json(report.quality)
    failed = {(one.kwargs["column"], one.type) for one in measured.results if one.verdict is Verdict.FAIL}
    assert failed == {
        ("区划代码", "expect_column_values_to_match_regex"),
        ("面积", "expect_column_values_to_be_between"),
    }


def test_what_the_contract_allows_is_measured(publish: Any, file: Path) -> None:
    field = Field("说明", values=("上城", "拱墅"), max_length=1, required=True)
    report = publish(file, dataset_id="districts", contract=Contract((field,)))
    told = {one.type: one.verdict for one in Measurement.from_json(report.quality).results}
    assert told["expect_column_values_to_be_in_set"] is Verdict.FAIL
    assert told["expect_column_value_lengths_to_be_between"] is Verdict.FAIL
    assert told["expect_column_values_to_not_be_null"] is Verdict.PASS


def test_the_same_contract_again_is_the_same_version_and_more_of_it_the_next(
    gate: Gate, publish: Any, file: Path
) -> None:
    publish(file, dataset_id="districts", contract=CONTRACT)
    publish(file, dataset_id="districts", contract=CONTRACT)
    assert versions(gate) == ["1.0.0"]
    publish(file, dataset_id="districts", contract=replace(CONTRACT, update_cycle="yearly"))
    assert versions(gate) == ["1.1.0", "1.0.0"]


def test_without_a_contract_the_one_in_force_holds(
    gate: Gate, publish: Any, file: Path, tmp_path: Path
) -> None:
    publish(file, dataset_id="districts", contract=CONTRACT)
    again = publish(file, dataset_id="districts")
    assert again.release.contract == "1.0.0"
    assert again.release.columns[0].column.element == "KZ00001"
    less = tmp_path / "less.csv"
    less.write_text("区划代码,面积\n330102,10.5\n330105,12.25\n", "utf-8")
    with pytest.raises(BadInput, match='"说明" that is not in the data'):
        publish(less, dataset_id="districts")


def test_a_breaking_contract_is_refused_until_it_declares_itself(
    gate: Gate, publish: Any, file: Path
) -> None:
    publish(file, dataset_id="districts", contract=CONTRACT)
    breaking = Contract(FIELDS[:2])
    with pytest.raises(BadInput) as refused:
        publish(file, dataset_id="districts", contract=breaking)
    assert '"说明" is dropped' in refused.value.message.en
    assert versions(gate) == ["1.0.0"]
    declared = replace(breaking, version="2.0.0", previous_until=date(2099, 1, 1))
    assert publish(file, dataset_id="districts", contract=declared).release.contract == "2.0.0"
    assert versions(gate) == ["2.0.0", "1.0.0"]


def test_a_type_that_changes_in_the_data_breaks_the_contract_that_left_it_open(
    publish: Any, file: Path, tmp_path: Path
) -> None:
    publish(file, dataset_id="districts", contract=Contract((Field("面积"),)))
    words = tmp_path / "words.csv"
    words.write_text(ROWS.replace("31.0", "很大"), "utf-8")
    with pytest.raises(BadInput) as refused:
        publish(words, dataset_id="districts", contract=Contract((Field("面积"),)))
    assert "its type was double and is text" in refused.value.message.en


def test_licence_and_cycle_are_the_contracts(publish: Any, file: Path) -> None:
    terms = replace(CONTRACT, licence="CC0-1.0", update_cycle="monthly")
    dataset = publish(file, dataset_id="districts", contract=terms).release.dataset
    assert (dataset.licence, dataset.update_cycle) == ("CC0-1.0", "monthly")
    with pytest.raises(BadInput, match="not the one in the contract"):
        publish(file, dataset_id="districts", contract=terms, licence="CC-BY-4.0")


def test_a_contract_that_changed_meanwhile_is_not_written_over(gate: Gate, publish: Any, file: Path) -> None:
    report = publish(file, dataset_id="districts", contract=CONTRACT)
    release = report.release
    schema = tuple(one.column for one in release.columns)
    with gate.registry.reading() as snapshot:
        agreed = agreed_of(snapshot, "districts")
    asked = Request("x.csv", "0" * 64, Metadata(), replace(CONTRACT, quality_threshold=0.1))
    terms = settle(asked, release.dataset, Reading(file, "received", schema, 3, ()), agreed, date(2026, 1, 1))
    publish(file, dataset_id="districts", contract=replace(CONTRACT, quality_threshold=0.2))
    with pytest.raises(Conflict), gate.registry.transaction() as unit:
        register_terms(unit, "districts", terms, agreed, "owner", gate.now())
    assert versions(gate) == ["1.0.1", "1.0.0"]


def test_without_any_contract_one_is_drafted_and_waits_for_somebody_to_promise_it(
    gate: Gate, publish: Any, file: Path
) -> None:
    held = publish(file, dataset_id="districts", yes=False)
    (asked,) = held.questions
    assert (held.state, asked.kind, asked.field, asked.role) == (
        State.HELD,
        QuestionKind.CONTRACT,
        "contract",
        "steward",
    )
    assert "3 fields (区划代码 text, 面积 double, 说明 text), CC-BY-4.0" in asked.text.en
    assert versions(gate) == []
    done = review.answer(gate, STEWARD, held.submission_id, {}, accept=True, stages=Stages())
    assert (done.state, done.release.contract, versions(gate)) == (State.RELEASED, "1.0.0", ["1.0.0"])
    with gate.registry.reading() as snapshot:
        (filed,) = contract_versions(snapshot, "districts")
    assert (filed.registered_by, filed.contract.licence) == ("steward", "CC-BY-4.0")
    assert [(one.name, one.type, one.definition) for one in filed.contract.fields] == [
        ("区划代码", ColumnType.TEXT, None),
        ("面积", ColumnType.DOUBLE, None),
        ("说明", ColumnType.TEXT, None),
    ]


def test_an_accepted_draft_holds_the_next_publication_like_any_other(
    gate: Gate, publish: Any, file: Path, tmp_path: Path
) -> None:
    publish(file, dataset_id="districts", update_cycle="monthly")
    again = publish(file, dataset_id="districts", yes=False)
    assert (again.state, again.questions, again.release.contract) == (State.RELEASED, (), "1.0.0")
    assert again.dataset.update_cycle == "monthly"
    with pytest.raises(BadInput, match="The update cycle is not the one in the contract"):
        publish(file, dataset_id="districts", update_cycle="yearly")
    words = tmp_path / "words.csv"
    words.write_text(ROWS.replace("31.0", "很大"), "utf-8")
    with pytest.raises(BadInput, match="reads as text, the contract asks for double"):
        publish(words, dataset_id="districts")


def test_a_dataset_counts_under_a_contract_that_is_registered_and_not_before(
    gate: Gate, publish: Any, file: Path
) -> None:
    publish(file, dataset_id="districts")
    run_jobs(gate)

    def counted() -> tuple[int, dict[str, str]]:
        with gate.registry.reading() as snapshot:
            found = count(queries.opened(snapshot, gate.now(), DETECTOR), Holdings(), gate.now())
        return found.datasets, {one.id: one.reason.en for one in found.exclusions}

    undefined = "bound to no data element and without a definition"
    assert counted() == (1, {f"districts/{name}": undefined for name in ("区划代码", "面积", "说明")})
    with gate.registry.transaction() as unit:
        unit.execute(delete(contracts))
    assert counted() == (0, {"districts": "no contract"})


def test_a_field_is_graded_no_lower_than_its_element(gate: Gate, publish: Any, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("类别,说明\n1,甲\n2,乙\n1,丙\n", "utf-8")
    name = Text("工程备注", "Works remark")
    graded = DataElement("CT00001", 1, "数据局", name, name, ColumnType.TEXT, grade=Grade.L3)
    with gate.registry.transaction() as unit:
        record_elements(unit, [graded, replace(graded, code="CT00002", grade=Grade.L1)], "ou", gate.now())
    seen = {}
    for code in ("CT00001", "CT00002"):
        bound = Contract((Field("说明", element=code),))
        report = publish(path, dataset_id=code.lower(), contract=bound)
        seen[code] = ({one.name: one.grade for one in report.columns}["说明"], report.state)
    assert seen["CT00001"][0] == Grade.L3
    assert seen["CT00001"][1] is not State.RELEASED
    assert seen["CT00002"] == (Grade.L1, State.RELEASED)
