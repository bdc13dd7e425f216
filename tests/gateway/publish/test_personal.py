"""Personal data held raw stands under a stated basis, purpose and retention, or its steward is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.contract import Contract, Field, PersonalData
from catalog.contract_json import contract_json, parse_contract
from catalog.errors import BadInput, NotAllowed
from catalog.registry.contracts import contract_versions
from catalog.release import QuestionKind, State
from catalog.text import Text
from gateway.access import Person, Role
from gateway.gate import Gate
from gateway.publish import review
from gateway.publish.report import Report
from gateway.publish.request import Request, answered
from gateway.publish.stages import Stages
from tests.conftest import BASIS, Publish

STEWARD = Person("steward", frozenset({Role.STEWARD}), "测试局")
OFFICER = Person("officer", frozenset({Role.OFFICER}))
DROPPED = {"column:联系电话": "drop"}
HELD = PersonalData(("联系电话",), Text("《条例》", "The regulation"), Text("登记", "Registering"), "P3Y")
CONTRACT = Contract((Field("站名"), Field("联系电话")), personal=(HELD,))


@pytest.fixture
def phones(tmp_path: Path) -> Path:
    path = tmp_path / "phones.csv"
    path.write_text("站名,联系电话\n" + "".join(f"站{n},138{n:08d}\n" for n in range(60)), "utf-8")
    return path


def in_force(gate: Gate) -> list[tuple[str, tuple[PersonalData, ...]]]:
    with gate.registry.reading() as snapshot:
        return [(one.version, one.contract.personal) for one in contract_versions(snapshot, "stops")]


def answer(gate: Gate, person: Person, report: Report, **answers: str) -> Report:
    return review.answer(gate, person, str(report.submission_id), answers, accept=False, stages=Stages())


def asked(report: Report) -> list[str]:
    return [one.field for one in report.questions if one.kind is QuestionKind.PERSONAL]


def test_it_is_held_and_its_steward_asked_by_name_of_the_columns_even_where_nothing_of_it_leaves(
    gate: Gate, publish: Publish, phones: Path
) -> None:
    report = publish(phones, dataset_id="stops", answers=DROPPED, basis=False)
    assert (report.state, asked(report)) == (State.HELD, ["lawful_basis", "purpose", "retention"])
    assert {(one.role, one.proposed) for one in report.questions} == {("steward", None)}
    told = " ".join(f"{one.text} {one.remedy}" for one in report.questions)
    assert "联系电话" in told
    assert "138" not in told
    assert "站名" not in told
    assert in_force(gate) == []


def test_the_steward_answers_and_the_answer_stands_in_the_contract(
    gate: Gate, publish: Publish, phones: Path
) -> None:
    report = publish(phones, dataset_id="stops", answers=DROPPED, basis=False)
    with pytest.raises(NotAllowed):
        answer(gate, OFFICER, report, **BASIS)
    report = answer(gate, STEWARD, report, lawful_basis="《条例》第八条", purpose="登记")
    assert (report.state, asked(report)) == (State.HELD, ["retention"])
    report = answer(gate, STEWARD, report, retention="P5Y")
    assert report.state is State.RELEASED
    said = PersonalData(("联系电话",), Text("《条例》第八条", "《条例》第八条"), Text("登记", "登记"), "P5Y")
    assert in_force(gate) == [("1.0.0", (said,))]


def test_a_contract_that_says_it_is_not_asked(gate: Gate, publish: Publish, phones: Path) -> None:
    report = publish(phones, dataset_id="stops", contract=CONTRACT, answers=DROPPED, basis=False)
    assert (report.state, in_force(gate)) == (State.RELEASED, [("1.0.0", (HELD,))])
    again = publish(phones, dataset_id="stops", answers=DROPPED, basis=False)
    assert (again.state, len(in_force(gate))) == (State.RELEASED, 1)


def test_what_the_contract_in_force_leaves_out_is_added_as_its_next_version(
    gate: Gate, publish: Publish, phones: Path, tmp_path: Path
) -> None:
    publish(phones, dataset_id="stops", contract=CONTRACT, answers=DROPPED, basis=False)
    more = tmp_path / "more.csv"
    more.write_text(
        "站名,联系电话,备用手机\n" + "".join(f"站{n},138{n:08d},139{n:08d}\n" for n in range(60)), "utf-8"
    )
    both = {**DROPPED, "column:备用手机": "drop"}
    report = publish(more, dataset_id="stops", answers=both, basis=False)
    assert asked(report) == ["lawful_basis", "purpose", "retention"]
    assert "raw in 备用手机;" in report.questions[0].text.en
    assert answer(gate, STEWARD, report, **BASIS).state is State.RELEASED
    newest, first = in_force(gate)
    assert (newest[0], first[0]) == ("1.1.0", "1.0.0")
    assert [one.fields for one in newest[1]] == [("联系电话",), ("备用手机",)]
    with gate.registry.reading() as snapshot:
        filed = contract_versions(snapshot, "stops")[0].contract
    assert parse_contract(contract_json(filed), "c.json") == filed


def test_a_doubt_is_the_officers_and_asks_for_no_basis_until_it_is_settled(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    path = tmp_path / "sick.csv"
    path.write_text("编号,疾病\n" + "".join(f"N{n},糖尿病\n" for n in range(60)), "utf-8")
    report = publish(path, dataset_id="stops", basis=False)
    assert [one.field for one in report.questions if one.kind is QuestionKind.LOW_CONFIDENCE] == [
        "column:疾病"
    ]
    assert asked(report) == []
    denied = answer(gate, OFFICER, report, **{"column:疾病": "not-personal"})
    assert asked(denied) == []
    path.write_text("编号,疾病\n" + "".join(f"N{n},高血压\n" for n in range(60)), "utf-8")
    report = publish(path, dataset_id="sick", basis=False)
    confirmed = answer(gate, OFFICER, report, **{"column:疾病": "drop"})
    assert asked(confirmed) == ["lawful_basis", "purpose", "retention"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("retention", "3 years"), ("retention", "accept"), ("purpose", "  "), ("lawful_basis", "accept")],
)
def test_an_answer_that_says_nothing_is_none(field: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        answered(Request("f.csv", "0" * 64), {field: value})
    assert refused.value.where.parameter == field


@pytest.mark.parametrize("member", ["lawful_basis", "purpose"])
def test_a_contract_with_a_blank_basis_or_purpose_states_none(member: str) -> None:
    said: Any = contract_json(replace(CONTRACT))
    said["personal"][0][member] = {"zh": " ", "en": ""}
    with pytest.raises(BadInput, match="needs fields, lawful_basis, purpose and retention"):
        parse_contract(said, "c.json")
