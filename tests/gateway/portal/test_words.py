"""The table of words is complete, in both languages, and holds nothing that no page says."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import gateway.portal
from catalog.dataset import Access, ColumnType
from catalog.decision import MaskOperator, Scope
from gateway.portal.words import ACCESS, OPERATORS, SCOPES, TYPES, WORDS, counted

PORTAL = Path(gateway.portal.__file__).parent
TEMPLATES = {file.name: file.read_text("utf-8") for file in (PORTAL / "templates").glob("*.html")}
PYTHON = "\n".join(f.read_text("utf-8") for f in PORTAL.glob("*.py") if f.name != "words.py")
SAID = re.compile(r"""\b(?:w|n_of)\(\s*"([a-z0-9_]+)"(?!\s*~)""")


def test_every_word_a_template_says_is_in_the_table() -> None:
    said = {key for source in TEMPLATES.values() for key in SAID.findall(source)}
    assert len(said) > 80, "the templates were not read"
    assert said <= WORDS.keys()


def test_no_word_is_in_the_table_that_no_page_says() -> None:
    sources = "\n".join([*TEMPLATES.values(), PYTHON])
    composed = re.compile(r"_one$|_hint$|^kind_|^holdings_unsubmitted$|^error_|^rules_|^verdict_")
    unused = [key for key in WORDS if f'"{key}"' not in sources and not composed.search(key)]
    assert unused == []


def test_templates_hold_no_words_of_their_own() -> None:
    """Chinese in a template is a word that was not translated; the name of the house and of the language are both."""
    for name, source in TEMPLATES.items():
        rest = source.replace("开闸", "").replace("中文", "")
        assert not re.search(r"[\u4e00-\u9fff]", rest), name


@pytest.mark.parametrize("key", sorted(WORDS))
def test_both_languages_say_the_same_numbers(key: str) -> None:
    text = WORDS[key]
    zh, en = ({name for _, name, _, _ in Formatter().parse(side) if name} for side in (text.zh, text.en))
    assert zh == en
    assert key == "gap" or (text.zh.strip() and text.en.strip())


def test_every_operator_type_access_and_scope_can_be_said() -> None:
    assert OPERATORS.keys() == set(MaskOperator)
    assert TYPES.keys() == set(ColumnType)
    assert ACCESS.keys() == set(Access)
    assert SCOPES.keys() == set(Scope)


def test_one_is_singular_in_english_and_large_numbers_are_grouped() -> None:
    assert counted("found", 1, "en") == "1 dataset"
    assert counted("found", 1600, "en") == "1,600 datasets"
    assert counted("found", 1, "zh") == "共 1 个数据集"
