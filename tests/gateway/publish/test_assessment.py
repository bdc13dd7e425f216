"""The draft of an impact assessment: facts filled in, what only people know left visibly blank, and no value in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import NotAllowed, NotFound, NotSignedIn
from catalog.release import State
from catalog.text import Language
from gateway.access import ANONYMOUS, OWNER, Person, Role
from gateway.gate import Gate
from gateway.publish.assess import assessment_by_id
from tests.conftest import BASIS, Publish

MOBILES = [f"1{3 + n % 6}{900000000 + n * 7919}" for n in range(60)]


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    path = tmp_path / "patients.csv"
    rows = [f"{30 + n % 2},{'男女'[n // 2 % 2]},{one},高血压,东|区" for n, one in enumerate(MOBILES)]
    path.write_text("\n".join(["年龄,性别,手机,诊断,片<区>", *rows]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(("lang", "blank"), [("zh", "【待填写】"), ("en", "[to be completed]")])
def test_facts_are_filled_in_and_the_rest_is_left_to_people(
    gate: Gate, publish: Publish, patients: Path, lang: Language, blank: str
) -> None:
    report = publish(patients, dataset_id="patients", theme="health")
    draft = assessment_by_id(gate, OWNER, str(report.submission_id), lang)
    for fact in (
        *BASIS.values(),
        "`patients`",
        "“诊断”",
        "“手机”",
        "`drop`",
        "55" if lang == "en" else "五十五",
    ):
        assert fact in draft
    assert report.state is State.REFUSED  # so that nothing is disclosed
    assert draft.count("- [x] ") == 1  # sensitive
    assert draft.count(blank) == 5 + 1 + 10  # five cases, the head, ten questions
    assert "60 (100.0%)" in draft
    assert not any(one in draft for one in (*MOBILES, "高血压"))
    assert "片<区>" not in draft
    assert draft.count("## ") == 8


def test_what_is_not_stated_yet_is_blank(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(
        "\n".join(["年龄,性别", *(f"{20 + n % 30},{'男女'[n % 2]}" for n in range(300))]) + "\n", "utf-8"
    )
    report = publish(path, dataset_id="staff", basis=False, answers={"purpose": "慢病管理|统计"})
    assert report.state is State.HELD
    draft = assessment_by_id(gate, OWNER, str(report.submission_id), "zh")
    (line,) = (one for one in draft.splitlines() if "慢病管理" in one and one.startswith("|"))
    assert line.count("【待填写】") == 2
    assert "慢病管理\\|统计" in line
    (disclosed,) = (one for one in draft.splitlines() if one.startswith("- [x] "))
    assert "公开个人信息" in disclosed
    assert "“年龄”" in disclosed
    assert "lawful\\_basis" in draft.partition("## 7.")[2]


def test_it_is_told_to_its_own_publisher_officers_and_auditors(
    gate: Gate, publish: Publish, patients: Path
) -> None:
    submission = str(publish(patients, dataset_id="patients").submission_id)
    for role, publisher in ((Role.OFFICER, None), (Role.AUDITOR, None), (Role.STEWARD, "测试局")):
        assert assessment_by_id(gate, Person("p", frozenset({role}), publisher), submission, "en")
    for person in (
        Person("p", frozenset({Role.STEWARD}), "别的局"),
        Person("p", frozenset({Role.DATA_OFFICE})),
        Person("p", frozenset({Role.DEVELOPER})),
    ):
        with pytest.raises(NotAllowed):
            assessment_by_id(gate, person, submission, "en")
    with pytest.raises(NotSignedIn):
        assessment_by_id(gate, ANONYMOUS, submission, "en")
    with pytest.raises(NotFound):
        assessment_by_id(gate, OWNER, "no-such", "en")
