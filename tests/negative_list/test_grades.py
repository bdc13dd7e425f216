"""Grade policies are data: read, held to their laws, and errors that name the line or the key."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise, product

import pytest

from catalog.decision import Audience
from catalog.errors import BadInput
from catalog.finding import Grade
from catalog.text import Text
from negative_list import GRADE_POLICIES, GradePolicy, default_audience, parse_grades
from negative_list.grade import GradeRule, broken_law

PACKAGED = resources.files("negative_list.lists").joinpath("grades.toml").read_text("utf-8")
MINE = """
[CN-SH]
name = { zh = "上海市", en = "Shanghai" }
legal_basis = [{ law = "x", zh = "某规定", en = "Some rule", articles = "art. 3", source = "known" }]
L1 = { audience = "public", access = { zh = "无条件", en = "free" } }
L2 = { audience = "granted", access = { zh = "有条件", en = "conditional" } }
L3 = { audience = "nobody", access = { zh = "不予", en = "none" } }
L4 = { audience = "nobody", access = { zh = "不予", en = "none" } }
"""


def policy(*audiences: Audience) -> GradePolicy:
    none = Text("", "")
    rules = {grade: GradeRule(one, none) for grade, one in zip(Grade, audiences, strict=True)}
    return GradePolicy(none, rules, ())


def test_a_policy_of_ones_own_is_read() -> None:
    (mine,) = parse_grades(MINE).values()
    assert mine.name == Text("上海市", "Shanghai")
    assert [mine.audience(grade) for grade in Grade] == [
        Audience.PUBLIC,
        Audience.GRANTED,
        Audience.NOBODY,
        Audience.NOBODY,
    ]
    assert mine.rules[Grade.L2].access == Text("有条件", "conditional")
    assert mine.basis == ("Some rule 某规定 art. 3 [known, to be verified]",)


@pytest.mark.parametrize("code", list(GRADE_POLICIES))
def test_what_is_packaged_keeps_the_laws(code: str) -> None:
    packaged = GRADE_POLICIES[code]
    assert all(packaged.audience(low) <= packaged.audience(high) for low, high in pairwise(Grade))
    assert [grade for grade in Grade if packaged.audience(grade) is Audience.PUBLIC] == [Grade.L1]
    assert packaged.audience(Grade.L4) is Audience.NOBODY
    assert packaged.legal_basis
    assert packaged.name.zh != packaged.name.en
    assert all(rule.access.zh and rule.access.en for rule in packaged.rules.values())


def test_the_packaged_file_is_what_is_in_force() -> None:
    assert parse_grades(PACKAGED) == GRADE_POLICIES
    assert {"CN", "CN-ZJ"} <= GRADE_POLICIES.keys()
    assert default_audience(Grade.L3, "CN-ZJ") is Audience.GRANTED


def test_the_laws_hold_of_exactly_the_tables_they_say() -> None:
    for audiences in product(Audience, repeat=4):
        monotone = list(audiences) == sorted(audiences)
        only_l1 = Audience.PUBLIC not in audiences[1:]
        assert (broken_law(policy(*audiences)) is None) is (monotone and only_l1), audiences


def test_a_grade_without_a_rule_opens_to_nobody() -> None:
    empty = GradePolicy(Text("", ""), {}, ())
    assert {empty.audience(grade) for grade in Grade} == {Audience.NOBODY}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('audience = "nobody"', 'audience = "everybody"', "CN-SH.L3.audience"),
        ('audience = "granted"', 'audience = ["granted"]', "CN-SH.L2.audience"),
        ('audience = "granted"', 'audience = "public"', "CN-SH.L2.audience"),  # only L1 opens
        ('L3 = { audience = "nobody"', 'L3 = { audience = "public"', "CN-SH.L3.audience"),  # monotone
        ("L4 = {", "L5 = {", "CN-SH.L5"),
        ('L1 = { audience = "public", access = { zh = "无条件", en = "free" } }\n', "", "CN-SH.L1"),
        ('en = "conditional"', 'english = "conditional"', "CN-SH.L2.access.english"),
        (', en = "Shanghai"', "", "CN-SH.name.en"),
        ('zh = "不予"', 'zh = " "', "CN-SH.L3.access.zh"),
        ('law = "x", ', "", "CN-SH.legal_basis[0].law"),
        ('source = "known"', 'source = "guessed"', "CN-SH.legal_basis[0].source"),
        ('articles = "art. 3"', "articles = 3", "CN-SH.legal_basis[0].articles"),
        ('[{ law = "x", zh = "某规定", en = "Some rule", articles = "art. 3", source = "known" }]', "[]",
         "CN-SH.legal_basis"),
        ("[CN-SH]", "[Shanghai]", "Shanghai"),
    ],
)  # fmt: skip
def test_a_flaw_is_named_by_its_key(old: str, new: str, key: str) -> None:
    assert old in MINE
    with pytest.raises(BadInput) as caught:
        parse_grades(MINE.replace(old, new), "mine.toml")
    assert (caught.value.where.file, caught.value.where.parameter) == ("mine.toml", key)
    assert caught.value.message.zh != caught.value.message.en


def test_what_is_no_toml_is_named_by_its_line() -> None:
    with pytest.raises(BadInput) as caught:
        parse_grades(MINE.replace("L3 = {", "L3 = = {"), "mine.toml")
    assert caught.value.where.line == 7
    with pytest.raises(BadInput):
        parse_grades("", "empty.toml")
