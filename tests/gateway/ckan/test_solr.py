"""Solr's query language, as far as clients of CKAN use it: what each spelling means, and that none of it is ever a crash."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ckan.solr import All, And, Malformed, Not, Or, Range, Word, parse

CASES = {
    "": All(),
    "*:*": All(),
    "*": All(),
    "公交": Word("公交"),
    "bus stop": And((Word("bus"), Word("stop"))),
    '"bus stop"': Word("bus stop", phrase=True),
    "title:公交": Word("公交", "title"),
    'license_id:"CC0-1.0"': Word("CC0-1.0", "license_id", phrase=True),
    "stop*": Word("stop", prefix=True),
    "name:*": Word("", "name", prefix=True),
    "-groups:x": Not(Word("x", "groups")),
    "!groups:x": Not(Word("x", "groups")),
    "NOT groups:x": Not(Word("x", "groups")),
    "+a -b": And((Word("a"), Not(Word("b")))),
    "a AND b": And((Word("a"), Word("b"))),
    "a && b || c": Or((And((Word("a"), Word("b"))), Word("c"))),
    "organization:a OR organization:b": Or((Word("a", "organization"), Word("b", "organization"))),
    "tags:(a OR b)": Or((Word("a", "tags"), Word("b", "tags"))),
    "(a OR b) c": And((Or((Word("a"), Word("b"))), Word("c"))),
    "metadata_modified:[2020-01-01T00:00:00Z TO *]": Range("metadata_modified", "2020-01-01T00:00:00Z", None),
    "name:{a TO b]": Range("name", "a", "b", with_low=False),
    "bus-stop": Word("bus-stop"),
    r"http\://x": Word("http://x"),
    r"a\*": Word("a*"),
    "title:bus^4": Word("bus", "title"),
    "res_format:CSV": Word("CSV", "res_format"),
}


@pytest.mark.parametrize("query", CASES, ids=repr)
def test_a_query_is_read_as_solr_means_it(query: str) -> None:
    assert parse(query) == CASES[query]


@pytest.mark.parametrize(
    "query",
    ["(a", "a)", "AND", "a AND", "OR b", '"open', "a:", "[a TO b]", "name:[a b]", "{!join}x", "(" * 60 + "a"],
)
def test_what_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(Malformed):
        parse(query)


@given(st.text(alphabet='ab公:"()+-*!&|[]{} \\TOANDR^~', max_size=60))
def test_nothing_that_is_written_is_a_crash(query: str) -> None:
    with contextlib.suppress(Malformed):
        parse(query)
