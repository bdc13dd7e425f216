"""Which language a reader gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.portal.language import choose_language


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        ("en", "zh-CN", "en"),
        ("zh", "en", "zh"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en;q=0.5, zh-TW;q=0.7", "zh"),
        ("", "en;q=0", "zh"),
        ("", "fr-FR,de;q=0.8", "zh"),
        ("", "", "zh"),
        ("", "en;q=high", "zh"),
        ("fr", "en", "en"),
    ],
)
def test_the_address_decides_then_the_browser_then_chinese(asked: str, header: str, language: str) -> None:
    assert choose_language(asked, header) == language


@given(st.text(), st.text())
def test_whatever_is_sent_gives_one_of_the_two(asked: str, header: str) -> None:
    assert choose_language(asked, header) in ("zh", "en")
