"""What is found in one text, and that the gate in front of the finder lets all of it through."""

from __future__ import annotations

from itertools import pairwise

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_people import bad_resident_id, bank_card, disguises, resident_id

from privacy import RECOGNISERS, find
from privacy.alphabet import FOLD, fold
from privacy.recognise import gate_pattern

GATE = re2.compile(gate_pattern())
CARD = bank_card()


@pytest.mark.parametrize(
    ("text", "entity", "span"),
    [
        (resident_id(), "RESIDENT_ID", resident_id()),
        (f"证件号码No{resident_id()}abc", "RESIDENT_ID", resident_id()),
        ("330106900307123", "RESIDENT_ID", "330106900307123"),
        (bad_resident_id(), "RESIDENT_ID", bad_resident_id()),
        ("（+86）13800001111", "MOBILE", "（+86）13800001111"),
        ("151 - 6931 - 7720", "MOBILE", "151 - 6931 - 7720"),
        ("一三八零零零零一二三四", "MOBILE", "一三八零零零零一二三四"),
        (f"账户{CARD}，", "BANK_CARD", CARD),
        ("护照：E12345678", "PASSPORT", "E12345678"),
        ("台胞证号 01234567", "TAIWAN_PERMIT", "01234567"),
        ("持港澳居民来往内地通行证H1234567890", "HK_MACAO_PERMIT", "H1234567890"),
        ("浙A·12345违停", "PLATE", "浙A·12345"),
        ("粤BD12345", "PLATE", "粤BD12345"),
        ("写信至 li.wei@example.org。", "EMAIL", "li.wei@example.org"),
        ("来自 2001:db8::8a2e:370:7334", "IP", "2001:db8::8a2e:370:7334"),
        ("家庭电话：0571-22465039", "HOME_PHONE", "0571-22465039"),
        ("现住文三路12号嘉绿苑3幢2单元501室", "ADDRESS", "现住文三路12号嘉绿苑3幢2单元501室"),
        ("1974年11月22日出生", "BIRTH_DATE", "1974年11月22日出生"),
        ("联系人：王小明 ", "PERSON_NAME", "王小明"),
    ],
)
def test_each_entity_is_found_where_it_stands(text: str, entity: str, span: str) -> None:
    spans = find(text)
    assert [(one.entity, text[one.start : one.end]) for one in spans] == [(entity, span)]
    assert GATE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "订单号202304191403176316",
        "330106",
        "101010100",
        "120.138123456789",
        "13812345678.25",
        "批次号6230524181649553614",
        "md5:354ca5b06ad8de70f5944431685f1e4b",
        "9f86d081884c7d659a2f13812345678abcdef01",
        "SN38413687361789511",
        "浙江省人民政府关于表彰先进集体的决定",
        "杭州市西湖区文三路90号",
        "截至2024-06-13 09:47",
        "版本 1.2.3",
        "患者应当及时就诊",
        "",
    ],
)
def test_codes_amounts_digests_and_streets_are_nobody(text: str) -> None:
    assert find(text) == ()


def test_a_company_code_is_found_and_is_no_person() -> None:
    (span,) = find("统一社会信用代码：91330106MA27XL0K2F")
    assert span.entity == "USCC"
    assert not next(row for row in RECOGNISERS if row.entity == "USCC").personal


def test_a_failed_check_digit_is_reported_as_shaped_like_one() -> None:
    assert [span.valid for span in find(bad_resident_id())] == [False]
    assert [span.valid for span in find(resident_id())] == [True]


def test_an_identity_number_is_not_taken_for_a_company_code_that_passes_by_chance() -> None:
    spans = [
        find(bad_resident_id(birth=f"1990{month:02}{day:02}"))
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    assert {span.entity for found in spans for span in found} == {"RESIDENT_ID"}


@given(disguises())
def test_no_spelling_hides_a_number_and_its_span_is_in_the_original(case: tuple[str, str]) -> None:
    text, number = case
    assert any(
        number in text[span.start : span.end] or text[span.start : span.end] in number for span in find(text)
    )


ALPHABET = "0123456789Xx ABEmn浙村号幢室单元路-@.:：（）护照电话家庭联系人王伟患者出生年月日，\u200b\u3000１５Ａ－．＠一三八零"


@given(st.one_of(disguises().map(lambda case: case[0]), st.text(alphabet=ALPHABET, max_size=40)))
@settings(max_examples=400)
def test_the_gate_never_misses_what_the_finder_finds(text: str) -> None:
    if find(text):
        assert GATE.search(text)


@given(
    st.sampled_from([row for row in RECOGNISERS if row.bare]).flatmap(
        lambda row: st.tuples(st.just(row), st.text(alphabet="0123456789EHT-() ", max_size=14))
    )
)
def test_the_gate_of_an_announced_column_lets_bare_numbers_through(case: tuple[object, str]) -> None:
    row, text = case
    hints = frozenset({row.entity})  # type: ignore[attr-defined]
    if find(text, hints):
        assert re2.search(gate_pattern(hints), text)


@given(st.text(max_size=60))
def test_any_text_is_read_without_error_and_spans_never_overlap(text: str) -> None:
    spans = find(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_folding_is_one_character_to_one() -> None:
    assert all(len(plain) == 1 for plain in FOLD.values())
    assert fold("１３８\u2009０") == "138 0"


def test_the_gate_is_small_enough_to_be_read_as_an_automaton() -> None:
    """The engine's RE2 has 8 MB for it; where it does not fit, every cell is read hundreds of times slower."""
    for hints in [frozenset[str](), *(frozenset({row.entity}) for row in RECOGNISERS)]:
        assert re2.compile(gate_pattern(hints)).programsize < 17_500
