"""Names of persons by their characters, their words and their place; and words that look like them."""

from __future__ import annotations

from random import Random

import pytest
import re2

from privacy import beside, find
from privacy.headers import hinted_by
from privacy.names import is_name, is_other_name
from privacy.recognise import gate_pattern
from tests.privacy.evidence import from_faker, from_standards, negatives

QUIET = re2.Options()
QUIET.log_errors = False  # where a match begins takes more memory than that there is one


def names(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find(text) if span.entity == "PERSON_NAME"]


@pytest.mark.parametrize(
    "text",
    [
        "亓官婉清",
        "庞惠敏",
        "邢立峰",
        "危小虎",
        "楼月琴",
        "闻一鸣",
        "钭建平",
        "郗若溪",
        "司徒晓岚",
        "叶赫那拉静",
        "王翀",
        "李犇犇",
    ],
)
def test_a_rare_surname_or_character_is_a_name(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "白沙河",
        "林海镇",
        "王家河",
        "和平岭",
        "金银花",
        "有利益",
        "国家",
        "谢谢",
        "高速路",
        "楼长",
        "乌鲁木齐",
        "方便面",
        "公安局",
        "马路",
    ],
)
def test_a_word_that_begins_like_a_surname_is_no_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "text", ["旦增曲珍", "格桑卓玛", "乌云其其格", "苏日娜高娃", "吉克伍果", "沙马木呷", "买买提艾山"]
)
def test_names_of_other_peoples_are_known_by_the_words_they_are_made_of(text: str) -> None:
    assert is_other_name(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("出席：邢立峰 庞惠敏 危小虎", ["邢立峰", "庞惠敏", "危小虎"]),
        ("出席：邢立峰；庞惠敏；危小虎", ["邢立峰", "庞惠敏", "危小虎"]),
        ("会议由邢立峰、庞惠敏等两人主持", ["邢立峰", "庞惠敏"]),
        ("1.邢立峰 2.庞惠敏 3.危小虎", ["邢立峰", "庞惠敏", "危小虎"]),
        ("3月2日，邢立峰到镇政府申请低保", ["邢立峰"]),
        ("委托邢立峰代为领取", ["邢立峰"]),
        ("邢立峰与庞惠敏买卖合同纠纷一案", ["邢立峰", "庞惠敏"]),
        ("下湾村第3组邢立峰 500元", ["邢立峰"]),
        ("其母庞惠敏代为领取", ["庞惠敏"]),
        ("患者旦增曲珍，女，40岁", ["旦增曲珍"]),
        ("来电人马立峰，路灯不亮", ["马立峰"]),
        ("业主席海燕要求公开账目", ["席海燕"]),
        ("邢立峰副局长带队", ["邢立峰"]),
        ("姓 名：邢立峰", ["邢立峰"]),
        ("Mr. Alan Whitcombe", ["Alan Whitcombe"]),
    ],
)
def test_a_name_is_found_by_its_place(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "浙江 杭州 西湖",
        "白云、天河、黄埔",
        "当事人有义务履行",
        "职工程序",
        "职工程建标准",
        "学生能力强",
        "小和山新苑",
        "乌鲁木齐市行政审批局",
        "红花 白术 甘草",
        "会员费用由单位支付",
        "安全和平",
    ],
)
def test_words_in_the_same_places_are_nobody(text: str) -> None:
    assert names(text) == []


def test_the_sieve_of_names_by_their_place_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        cell.text
        for make in (from_faker.cells, from_standards.cells)
        for cell in make("PERSON_NAME", 1500, 3)
    ]
    texts += [value for _, _, values in negatives.columns(12, 3) for value in values]
    sieved = [list(beside.names_by_place(text)) for text in texts]
    assert any(sieved)
    every = {place: tuple(beside._GATES.values())[place] for place in range(len(beside._GATES))}

    class All:
        def Match(self, _: bytes) -> list[int]:  # noqa: N802 (RE2's name)
            return list(every)

    monkeypatch.setattr(beside, "_gates", All)
    assert [sorted(set(beside.names_by_place(text))) for text in texts] == [
        sorted(set(one)) for one in sieved
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<tr><td>邢立峰</td><td>女</td></tr>",
        "<li>邢立峰</li><li>庞惠敏</li>",
        "联系人\t<b>邢立峰</b>",
        "出席：邢立峰\n庞惠敏",
        "邢立峰\u3000副局长",
    ],
)
def test_the_gate_sees_through_tags_and_blanks_of_any_kind(text: str) -> None:
    assert names(text)
    assert re2.compile(gate_pattern(), QUIET).search(text)


@pytest.mark.parametrize("entity", ["PERSON_NAME", "LOCATION", "ADDRESS", "BIRTH_DATE"])
def test_the_gate_lets_every_cell_of_the_evidence_through(entity: str) -> None:
    seed = Random(5).randrange(10**6)
    gates: dict[frozenset[str], object] = {}
    for make in (from_faker.cells, from_standards.cells):
        for cell in make(entity, 1500, seed):
            hints = hinted_by(cell.header)
            gate = gates.setdefault(hints, re2.compile(gate_pattern(hints), QUIET))
            assert not find(cell.text, hints) or gate.search(cell.text), cell.text  # type: ignore[attr-defined]
