"""Patterns searched together: what they hold, and that it is one search, once for each text."""

from __future__ import annotations

import pytest
import re2
from drawn import STARTER, WORDS, patterns
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.facts import heading
from negative_list.index import _asked, _of_headings
from negative_list.pattern_set import PatternSet, compiled, compiles

texts = st.text(st.sampled_from("姓名号plate no-1\n_ "), max_size=12) | st.sampled_from(["plate", "人数号"])
several = st.lists(
    patterns | st.sampled_from(["^号", "号$", r"\Aplate\z", r"^\s", "(?m)^n", "a|b|"]), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(several, st.lists(texts, max_size=5))
def test_patterns_together_hold_what_each_holds_alone(asked: list[str], several_texts: list[str]) -> None:
    together = PatternSet(asked)
    for text in several_texts * 2:
        for pattern in asked:
            if compiles(pattern):
                assert (pattern in together.held(text)) == bool(compiled(pattern).search(text))


class Names:
    """A combined automaton that names the given places, whatever the text, and counts how often it is asked."""

    def __init__(self, *places: int) -> None:
        self.places, self.asked = list(places), 0

    def Match(self, text: str) -> list[int]:  # noqa: N802 - RE2's name
        self.asked += 1
        return self.places


def test_a_search_that_gave_up_never_means_that_nothing_was_found() -> None:
    patterns = PatternSet(["号", "名"])
    patterns._set = Names()
    assert patterns.held("车牌号") == {"", "号"}
    patterns._set = Names(1)  # something, but not what every text holds
    assert patterns.held("姓名") == {"", "名"}


def test_what_the_combined_search_names_is_not_searched_again() -> None:
    patterns = PatternSet(["号", "名"])
    patterns._set = Names(0, 1)
    assert patterns.held("号") == {"", sorted(["号", "名"])[0]}
    patterns._set = Names(0)
    assert patterns.held("名") == {""}


def test_the_patterns_of_the_starter_list_are_searched_together() -> None:
    together = PatternSet(_asked(STARTER, _of_headings))
    held = {together._patterns[place] for place in together._set.Match("姓名")}
    assert len(together._patterns) > 100
    assert {"", *(one for one in together._patterns if re2.compile(one).search("姓名"))} == held
    assert len(held) > 1


def test_a_text_is_searched_once() -> None:
    patterns = PatternSet(["号"])
    patterns._set = counted = Names(0, 1)
    first = patterns.held("车牌号")
    assert patterns.holds("号", "车牌号") is True
    assert patterns.holds("", "姓名") is True
    assert patterns.held("车牌号") is first
    assert counted.asked == 2


def test_a_set_holds_the_patterns_that_compile_and_searches_others_alone() -> None:
    patterns = PatternSet(["号", "(", "\ud800"])
    assert "号" in patterns
    assert "" in patterns
    assert "(" not in patterns
    assert patterns.holds("名", "姓名") is True
    assert patterns.holds("名", "车牌号") is False
    with pytest.raises(re2.error):
        patterns.holds("(", "姓名")
    assert [compiles(one) for one in ("号", "(", "\ud800", 3)] == [True, False, False, False]  # type: ignore[arg-type]


def test_patterns_too_large_together_are_searched_one_by_one_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("negative_list.pattern_set.SET_BYTES", 1 << 10)
    together = PatternSet([*(f"{word}号" for word in WORDS), "牌号"])
    assert together._set is None
    assert together.held("车牌号") == {"", "牌号"}
    assert capfd.readouterr() == ("", "")


def test_what_is_remembered_of_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("negative_list.pattern_set.MOST_REMEMBERED", 3)
    patterns, sizes = PatternSet(["1"]), set()
    for n in range(30):
        assert ("1" in patterns.held(str(n))) == ("1" in str(n))
        sizes.add(len(patterns._remembered))
    assert sizes == {1, 2, 3}


@given(st.text(st.characters(categories=("Cs", "Lu", "Ll", "Lo", "Nd", "Pd")), max_size=8))
def test_a_heading_can_always_be_searched(name: str) -> None:
    """Half a surrogate pair is no letter: no heading holds one, so that binding columns needs no way out."""
    assert PatternSet().held(heading(name)) == {""}
