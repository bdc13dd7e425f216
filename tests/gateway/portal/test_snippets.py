"""What people are told to paste into a shell holds nothing that a caller put there."""

from __future__ import annotations

import pytest

from gateway.licences import web_address
from gateway.portal.snippets import safe_base


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000/", "https://data.example.gov.cn", "http://[::1]:80/"]
)
def test_an_address_is_taken_as_it_is(base: str) -> None:
    assert safe_base(base) == base.rstrip("/")


@pytest.mark.parametrize(
    "base",
    ["http://a'; rm -rf ~;'", "http://a b/", 'http://a"/', "http://a$(id)/", "javascript:x", "http://a`id`"],
)
def test_an_address_that_could_end_a_quotation_is_left_out(base: str) -> None:
    assert safe_base(base) == ""


@pytest.mark.parametrize("source", ["https://example.org/a?b=1", "http://例子.中国/"])
def test_a_web_address_becomes_a_link(source: str) -> None:
    assert web_address(source) == source


@pytest.mark.parametrize(
    "source",
    ["javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "data:text/html,x", "https:", "//a.b",
     "java\nscript:alert(1)", "http://[", "市统计局", "https://a b", "vbscript:x", ""],
)  # fmt: skip
def test_anything_else_stays_text(source: str) -> None:
    assert web_address(source) is None
