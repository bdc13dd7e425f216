"""The release plan, judged as the pure value it is: what leaves, under which operator, what stays and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import Audience, Decision, MaskOperator, Reason, RowExclusion, Scope, Terms, Visibility
from catalog.finding import Classification, Confidence, FieldRole, Finding, Grade
from catalog.predicate import Comparison, Operator
from catalog.text import Text
from gateway.publish.plan import (
    MASKING_RULE,
    NOT_PERSONAL,
    ReleasePlan,
    operators_wanted,
    plan_release,
    projection,
    redacted_name,
)
from privacy import tightens

KEEP, PARTIAL, REDACT, DROP = MaskOperator.KEEP, MaskOperator.PARTIAL, MaskOperator.REDACT, MaskOperator.DROP
SCHEMA = (
    Column("站名", ColumnType.TEXT),
    Column("手机", ColumnType.TEXT),
    Column("年龄", ColumnType.INTEGER),
)


def known(
    name: str, operator: MaskOperator = KEEP, confidence: Confidence = Confidence.HIGH
) -> Classification:
    personal = operator is not KEEP
    return Classification(
        column=name,
        role=FieldRole.IDENTIFIER if personal else FieldRole.NONE,
        entity="MOBILE" if personal else None,
        grade=Grade.L3 if personal else Grade.L1,
        operator=operator,
        confidence=confidence,
        why=Text("该列多为手机号", "most cells are mobile numbers"),
    )


CLASSES: Mapping[str, Classification] = {
    "站名": known("站名"),
    "手机": known("手机", PARTIAL),
    "年龄": known("年龄"),
}


def plan(
    decision: Decision | None = None,
    answers: Mapping[str, str] | None = None,
    classes: Mapping[str, Classification] = CLASSES,
) -> ReleasePlan:
    return plan_release(SCHEMA, classes, decision or Decision(), answers or {}, "list-1")


def names(one: ReleasePlan) -> list[str]:
    return [planned.source.name for planned in one.columns]


def on_column(name: str, terms: Terms) -> Decision:
    why = Reason(
        "entry-7",
        "list-1",
        Scope.COLUMN,
        "deny",
        Text("敏感", "sensitive"),
        Text("汇总后开放", "aggregate it"),
        legal_basis=("法 第一条",),
        column=name,
    )
    return Decision(columns=MappingProxyType({name: terms}), reasons=frozenset({why}))


def test_every_column_either_leaves_or_is_withheld_with_a_reason() -> None:
    one = plan(on_column("年龄", Terms(visibility=Visibility.NONE)))
    assert names(one) == ["站名", "手机"]
    assert [(stay.name, len(stay.reasons)) for stay in one.withheld] == [("年龄", 1)]
    assert one.operators() == {"站名": KEEP, "手机": PARTIAL}


def test_an_unclassified_column_stays_behind_and_says_so() -> None:
    one = plan(classes={name: CLASSES[name] for name in ("站名", "手机")})
    assert "年龄" not in names(one)
    (stays,) = one.withheld
    assert (stays.name, stays.reasons[0].entry_id) == ("年龄", MASKING_RULE)
    assert "classified" in stays.reasons[0].text.en


@pytest.mark.parametrize(
    "terms",
    [
        Terms(visibility=Visibility.NONE),
        Terms(visibility=Visibility.AGGREGATE),
        Terms(audience=Audience.GRANTED),
        Terms(audience=Audience.NOBODY),
    ],
    ids=["none", "aggregate", "granted", "nobody"],
)
def test_a_listed_column_is_withheld_with_the_entry_and_its_legal_basis(terms: Terms) -> None:
    one = plan(on_column("站名", terms))
    (stays,) = one.withheld
    assert stays.name == "站名"
    assert (stays.reasons[0].entry_id, stays.reasons[0].legal_basis) == ("entry-7", ("法 第一条",))


def test_a_dropped_column_says_what_was_found_and_what_would_make_it_pass() -> None:
    one = plan(classes={**CLASSES, "手机": known("手机", DROP)})
    (stays,) = one.withheld
    assert (stays.name, stays.reasons[0].effect) == ("手机", "mask(drop)")
    assert "mobile" in stays.reasons[0].text.en
    assert stays.reasons[0].remedy.zh


@pytest.mark.parametrize(
    ("role", "remedy"),
    [
        (FieldRole.IDENTIFIER, "de-identify"),
        (FieldRole.SENSITIVE, "de-identify"),
        (FieldRole.QUASI_IDENTIFIER, "operator"),
        (FieldRole.NONE, "operator"),
    ],
)
def test_the_way_out_of_a_dropped_column_depends_on_its_role(role: FieldRole, remedy: str) -> None:
    found = Finding("手机", "MOBILE", 30, 0.5, None, Confidence.HIGH, whole_cell=True, personal=True)
    dropped = replace(known("手机", DROP), role=role, findings=(found, replace(found, cells=12)))
    (stays,) = plan(classes={**CLASSES, "手机": dropped}).withheld
    (reason,) = stays.reasons
    assert remedy in reason.remedy.en
    assert (reason.clause, reason.evidence_count) == ("MOBILE", 42)
    nothing_found = replace(dropped, findings=(), entity=None)
    (stays,) = plan(classes={**CLASSES, "手机": nothing_found}).withheld
    assert (stays.reasons[0].clause, stays.reasons[0].evidence_count) == ("", None)


def test_a_reason_of_the_list_stands_instead_of_the_houses_own() -> None:
    listed = on_column("手机", Terms(operators=frozenset({DROP})))
    for classes in (CLASSES, {name: CLASSES[name] for name in ("站名", "年龄")}):
        (stays,) = plan(listed, classes=classes).withheld
        assert [reason.entry_id for reason in stays.reasons] == ["entry-7"]


def test_columns_after_one_that_stays_behind_are_planned_too() -> None:
    assert names(plan(classes={name: CLASSES[name] for name in ("手机", "年龄")})) == ["手机", "年龄"]
    assert names(plan(on_column("站名", Terms(visibility=Visibility.NONE)))) == ["手机", "年龄"]


def test_a_reason_for_another_column_or_for_the_dataset_is_not_this_columns() -> None:
    decision = on_column("站名", Terms(visibility=Visibility.NONE)).join(
        on_column("手机", Terms(visibility=Visibility.NONE))
    )
    (why,) = on_column("手机", Terms()).reasons
    decision = decision.because(replace(why, scope=Scope.DATASET, entry_id="whole"))
    decision = decision.because(replace(why, scope=Scope.DATASET, entry_id="other", column=None))
    stays = {one.name: [reason.column for reason in one.reasons] for one in plan(decision).withheld}
    assert stays == {"站名": ["站名"], "手机": ["手机"]}


@pytest.mark.parametrize(
    ("planned", "found", "confidence", "asked"),
    [
        (KEEP, KEEP, Confidence.HIGH, None),
        (KEEP, PARTIAL, Confidence.HIGH, PARTIAL),
        (KEEP, PARTIAL, Confidence.LOW, None),  # a doubt is put to a person
        (PARTIAL, KEEP, Confidence.HIGH, None),
        (PARTIAL, PARTIAL, Confidence.HIGH, DROP),  # masking has failed
        (PARTIAL, REDACT, Confidence.LOW, DROP),
    ],
)
def test_a_second_look_asks_for_more_only_where_it_is_sure_or_masking_has_failed(
    planned: MaskOperator, found: MaskOperator, confidence: Confidence, asked: MaskOperator | None
) -> None:
    one = plan(classes={**CLASSES, "手机": known("手机", planned)})
    seen = {**CLASSES, "手机": known("手机", found, confidence), "年龄": known("年龄", REDACT)}
    wanted = {"手机": frozenset({asked})} if asked else {}
    assert operators_wanted(one, seen) == {**wanted, "年龄": frozenset({REDACT})}


def test_each_redacted_column_is_read_from_a_column_of_its_own() -> None:
    spans = MaskOperator.REDACT_SPANS
    one = plan(classes={**CLASSES, "站名": known("站名", spans), "手机": known("手机", spans)})
    assert [column.name for column in one.redacted] == ["站名", "手机"]
    assert (redacted_name(0), redacted_name(1)) == ("_redacted_0", "_redacted_1")
    select = projection(one, SCHEMA, "received")
    assert {column.name for column in select.find_all(exp.Column)} == {"_redacted_0", "_redacted_1", "年龄"}


def test_names_that_need_quoting_are_quoted() -> None:
    odd = Column('a "b" c', ColumnType.TEXT)
    one = plan_release((odd,), {odd.name: known(odd.name)}, Decision(), {}, "list-1")
    assert (
        projection(one, (odd,), "in table").sql("duckdb")
        == 'SELECT "a ""b"" c" AS "a ""b"" c" FROM "in table"'
    )


def test_operators_asked_for_by_the_list_join_those_proposed() -> None:
    assert plan(on_column("站名", Terms(operators=frozenset({REDACT})))).operators()["站名"] is REDACT
    for_all = Decision(dataset=Terms(operators=frozenset({REDACT})))
    assert names(plan(for_all)) == ["站名", "年龄"]  # partial and redact have no common mask but drop


@pytest.mark.parametrize("confidence", Confidence)
@pytest.mark.parametrize("answer", [*MaskOperator, "accept"])
@pytest.mark.parametrize("proposed", MaskOperator)
def test_an_answer_can_only_tighten_an_operator(
    proposed: MaskOperator, answer: str, confidence: Confidence
) -> None:
    classes = {**CLASSES, "手机": known("手机", proposed, confidence)}
    without, given = plan(classes=classes), plan(answers={"column:手机": answer}, classes=classes)
    before, after = without.operators().get("手机", DROP), given.operators().get("手机", DROP)
    assert tightens(after, before)
    if answer != "accept":
        assert tightens(after, MaskOperator(answer))


@pytest.mark.parametrize(("confidence", "operator"), [(Confidence.LOW, KEEP), (Confidence.HIGH, PARTIAL)])
def test_not_personal_is_an_answer_to_a_doubt_and_to_nothing_surer(
    confidence: Confidence, operator: MaskOperator
) -> None:
    classes = {**CLASSES, "手机": known("手机", PARTIAL, confidence)}
    assert plan(answers={"column:手机": NOT_PERSONAL}, classes=classes).operators()["手机"] is operator


def test_not_personal_never_lifts_what_the_list_asks_for() -> None:
    classes = {**CLASSES, "手机": known("手机", PARTIAL, Confidence.LOW)}
    asked = on_column("手机", Terms(operators=frozenset({REDACT})))
    assert plan(asked, {"column:手机": NOT_PERSONAL}, classes).operators()["手机"] is REDACT
    shut = on_column("手机", Terms(visibility=Visibility.NONE))
    assert "手机" not in names(plan(shut, {"column:手机": NOT_PERSONAL}, classes))


def rows_of(one: ReleasePlan) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            """CREATE TABLE received AS SELECT * FROM (VALUES
               ('甲', '13800000001', 17, 'x'), ('乙', '13900000002', 30, 'x'), ('丙', NULL, NULL, 'x'))
               AS t("站名", "手机", "年龄", "另存")"""
        )
        return connection.execute(projection(one, SCHEMA, "received").sql("duckdb")).fetchall()


def test_the_projection_holds_the_planned_columns_and_no_other_name() -> None:
    one = plan(on_column("年龄", Terms(visibility=Visibility.NONE)))
    select = projection(one, SCHEMA, "received")
    assert [term.alias for term in select.expressions] == ["站名", "手机"]
    assert {column.name for column in select.find_all(exp.Column)} == {"站名", "手机"}
    assert rows_of(one) == [("甲", "138********"), ("乙", "139********"), ("丙", None)]


def test_an_excluded_row_stays_and_so_does_one_that_cannot_be_judged() -> None:
    minors = RowExclusion(Comparison("年龄", Operator.LT, 18), "entry-9")
    one = plan(Decision(rows=frozenset({minors})))
    assert one.exclusions == (minors,)
    assert [row[0] for row in rows_of(one)] == ["乙"]


def test_rows_are_excluded_by_columns_that_do_not_leave_themselves() -> None:
    minors = RowExclusion(Comparison("年龄", Operator.LT, 18), "entry-9")
    decision = Decision(rows=frozenset({minors})).join(on_column("年龄", Terms(visibility=Visibility.NONE)))
    assert rows_of(plan(decision)) == [("乙", "139********")]


def test_a_plan_that_would_drop_cannot_be_projected() -> None:
    one = plan()
    broken = replace(one, columns=(replace(one.columns[0], operator=DROP),))
    with pytest.raises(ValueError, match="no output"):
        projection(broken, SCHEMA, "received")


terms = st.builds(
    Terms,
    visibility=st.sampled_from(Visibility),
    audience=st.sampled_from(Audience),
    not_before=st.none() | st.just(date(2030, 1, 1)),
    operators=st.frozensets(st.sampled_from(MaskOperator), max_size=2),
)
decisions = st.builds(
    lambda dataset, columns, limits: Decision(
        dataset=dataset,
        columns=MappingProxyType(columns),
        rows=frozenset(RowExclusion(Comparison("年龄", Operator.LT, limit), "entry-9") for limit in limits),
    ),
    terms,
    st.dictionaries(st.sampled_from([column.name for column in SCHEMA]), terms),
    st.sets(st.integers(10, 40), max_size=2),
)
answers = st.dictionaries(
    st.sampled_from([f"column:{column.name}" for column in SCHEMA]),
    st.sampled_from([*MaskOperator, NOT_PERSONAL, "accept"]),
)


@settings(max_examples=150, deadline=None)
@given(decisions, decisions, answers)
def test_joining_a_decision_never_adds_a_column_and_never_weakens_a_mask(
    one: Decision, other: Decision, given_answers: dict[str, str]
) -> None:
    before, after = plan(one, given_answers), plan(one.join(other), given_answers)
    assert set(names(after)) <= set(names(before))
    for name, operator in after.operators().items():
        assert tightens(operator, before.operators()[name])
    assert set(after.exclusions) >= set(before.exclusions)


@settings(max_examples=80, deadline=None)
@given(decisions, answers)
def test_a_plan_is_whole(decision: Decision, given_answers: dict[str, str]) -> None:
    one = plan(decision, given_answers)
    assert sorted([*names(one), *(stay.name for stay in one.withheld)]) == sorted(c.name for c in SCHEMA)
    assert DROP not in one.operators().values()
