"""What a machine must not decide is asked, of whom it is asked, and what `--yes` can never answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from catalog.contract import Contract
from catalog.dataset import Column, ColumnType, ReadingChoice
from catalog.decision import Audience, Decision, MaskOperator, Reason, Scope, Terms
from catalog.errors import BadInput
from catalog.finding import Classification, Confidence, FieldRole, Grade
from catalog.release import Question, QuestionKind
from catalog.text import Text
from gateway.publish.plan import plan_release
from gateway.publish.questions import open_questions, questions
from gateway.publish.request import Metadata, Request, answered
from negative_list import DEFERRED, EXEMPTED, GRADE_RULE

K = QuestionKind
ON = date(2026, 5, 1)
PHONE = Column("手机", ColumnType.TEXT)
WORDS = Text("有", "there is")


def known(operator: MaskOperator, confidence: Confidence) -> Classification:
    role = FieldRole.NONE if operator is MaskOperator.KEEP else FieldRole.IDENTIFIER
    return Classification("手机", role, "MOBILE", Grade.L1, operator, confidence)


QUIET = known(MaskOperator.KEEP, Confidence.HIGH)


def asked(
    request: Request,
    *,
    proposals: Mapping[str, str] | None = None,
    choices: tuple[ReadingChoice, ...] = (),
    phone: Classification = QUIET,
    decision: Decision | None = None,
    score: float | None = 1.0,
    grade: Grade = Grade.L1,
    k: tuple[int, int] | None = None,
) -> tuple[Question, ...]:
    decision, classes = decision or Decision(), {"手机": phone}
    plan = plan_release((PHONE,), classes, decision, request.answers, "list-1")
    return questions(request, proposals or {}, choices, classes, plan, decision, score, grade, k, ON)


def request(*, yes: bool = False, threshold: float = 0.6, **given: object) -> Request:
    return Request("f.csv", "0" * 64, Metadata(**given), Contract(quality_threshold=threshold), yes=yes)  # type: ignore[arg-type]


def by_list(terms: Terms) -> Decision:
    why = Reason("entry-7", "list-1", Scope.DATASET, "conditional", WORDS, WORDS)
    return Decision(dataset=terms).because(why)


# name → (what is so, kind, field, who answers, what is proposed)
SITUATIONS: dict[str, tuple[dict[str, object], QuestionKind, str, str, str | None]] = {
    "reading": (
        {"choices": (ReadingChoice("sheet", "2025", WORDS, certain=False),)},
        K.READING,
        "reading:sheet",
        "steward",
        "2025",
    ),
    "metadata": ({"proposals": {"theme": "water"}}, K.METADATA, "theme", "steward", "water"),
    "masking": (
        {"phone": known(MaskOperator.PARTIAL, Confidence.HIGH)},
        K.MASKING,
        "column:手机",
        "steward",
        "partial",
    ),
    "dropping": (
        {"phone": known(MaskOperator.DROP, Confidence.HIGH)},
        K.MASKING,
        "column:手机",
        "steward",
        "drop",
    ),
    "doubt": (
        {"phone": known(MaskOperator.PARTIAL, Confidence.LOW)},
        K.LOW_CONFIDENCE,
        "column:手机",
        "officer",
        "partial",
    ),
    "quality": ({"score": 0.59}, K.QUALITY, "quality", "officer", None),
    "grade": ({"grade": Grade.L2}, K.GRADE, "grade", "officer", None),
    "granted": ({"decision": by_list(Terms(audience=Audience.GRANTED))}, K.TERMS, "terms", "officer", None),
    "later": (
        {"decision": by_list(Terms(not_before=date(2026, 5, 2)))},
        K.TERMS,
        "not_before",
        "officer",
        None,
    ),
    "few": ({"k": (4, 5)}, K.TERMS, "k", "officer", None),
}


@pytest.mark.parametrize("effect", [DEFERRED, EXEMPTED])
def test_what_decided_nothing_asks_nothing(effect: str) -> None:
    """A grade's audience is the question about the grade, not about terms of the list; nor is an entry that is only
    judged later, or that an exemption lifts."""
    told = Reason("entry-7", "list-1", Scope.DATASET, effect, WORDS, WORDS)
    graded = Reason(GRADE_RULE, "built-in", Scope.DATASET, "conditional()", WORDS, WORDS)
    decision = Decision(dataset=Terms(audience=Audience.GRANTED)).because(told, graded)
    assert asked(request(), decision=decision) == ()


UNSEEN = {"reading", "metadata", "masking", "dropping"}


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_doubt_is_one_question_to_its_role_with_a_way_out(name: str) -> None:
    facts, kind, field, role, proposed = SITUATIONS[name]
    (one,) = asked(request(), **facts)  # type: ignore[arg-type]
    assert (one.kind, one.field, one.role, one.proposed) == (kind, field, role, proposed)
    assert one.text.zh
    assert one.text.en
    assert one.remedy.en
    assert open_questions((one,), request()) == (one,)


@pytest.mark.parametrize("name", SITUATIONS)
def test_yes_takes_proposals_of_a_steward_and_never_what_an_officer_answers(name: str) -> None:
    facts, _, _, role, _ = SITUATIONS[name]
    still_open = open_questions(asked(request(), **facts), request(yes=True))  # type: ignore[arg-type]
    assert bool(still_open) is (name not in UNSEEN)
    assert bool(still_open) is (role == "officer")


@pytest.mark.parametrize(
    "facts",
    [
        {"choices": (ReadingChoice("sheet", "2025", WORDS),)},
        {"score": 0.6},
        {"score": None},
        {"decision": by_list(Terms(not_before=ON))},
        {"k": (5, 5)},
        {"phone": known(MaskOperator.KEEP, Confidence.HIGH)},
    ],
    ids=["certain", "good enough", "not measured", "due today", "k reached", "harmless"],
)
def test_what_is_clear_is_not_asked(facts: dict[str, object]) -> None:
    assert asked(request(), **facts) == ()  # type: ignore[arg-type]


def test_a_reading_that_was_set_is_not_asked_again() -> None:
    set_before = replace(request(), reading={"sheet": "2024"})
    assert asked(set_before, choices=(ReadingChoice("sheet", "2025", WORDS, certain=False),)) == ()


def test_the_default_audience_of_a_grade_is_the_grades_question_and_asked_once() -> None:
    why = Reason(GRADE_RULE, "list-1", Scope.DATASET, "conditional", WORDS, WORDS)
    decision = Decision(dataset=Terms(audience=Audience.GRANTED)).because(why)
    assert [one.kind for one in asked(request(), decision=decision, grade=Grade.L2)] == [K.GRADE]


def test_the_stricter_of_given_and_measured_grade_counts() -> None:
    assert [one.kind for one in asked(request(grade=Grade.L3))] == [K.GRADE]
    assert [one.kind for one in asked(request(grade=Grade.L1), grade=Grade.L2)] == [K.GRADE]


@pytest.mark.parametrize(("grade", "lets_out"), [("L1", True), ("L2", False), ("L4", False)])
def test_only_an_officers_l1_lets_a_graded_dataset_out(grade: str, lets_out: bool) -> None:
    told = answered(request(), {"grade": grade})
    assert (open_questions(asked(told, grade=Grade.L2), told) == ()) is lets_out


@pytest.mark.parametrize(
    "answer",
    [
        {"terms": "yes"},
        {"k": "2"},
        {"not_before": "2020-01-01"},
        {"column:": "drop"},
        {"nonsense": "1"},
        {"grade": "L9"},
        {"theme": "pirates"},
        {"column:手机": "show it"},
    ],
    ids=str,
)
def test_an_answer_to_no_question_or_of_no_meaning_is_refused(answer: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        answered(request(), answer)
    assert refused.value.where.parameter == next(iter(answer))


def test_answers_add_up_and_a_reading_answer_overrides_the_reading() -> None:
    one = answered(request(), {"reading:sheet": "2024", "title": "场馆"})
    two = answered(one, {"theme": "culture", "reading:encoding": "accept"})
    assert two.reading == {"sheet": "2024"}
    assert two.answers == {
        "reading:sheet": "2024",
        "title": "场馆",
        "theme": "culture",
        "reading:encoding": "accept",
    }
