"""Documents that cost too much to read end by name, in bounded time and memory, and are read without our secrets."""

from __future__ import annotations

import subprocess
import time
from typing import Any

import pytest

from catalog.errors import BadInput, TooLarge
from catalog.interchange.limits import Limits
from catalog.interchange.parse import parse_catalogue
from gateway.exchange import parse_apart as apart
from gateway.exchange.parse_apart import TooCostly, parse_apart
from gateway.exchange.source import Kind, RunState
from tests.gateway.exchange.conftest import Harvest
from tests.gateway.exchange.stub_ckan import Portal
from tests.gateway.exchange.test_harvest import told

SMALL = b"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://x.invalid/a> a dcat:Dataset ; dct:title "\xe6\xb2\xb3"@zh ; dct:issued "2026-01-02" .
"""


def slow_turtle(triples: int) -> bytes:
    lines = (
        b"<https://x.invalid/%d> <https://x.invalid/p> <https://x.invalid/%d> .\n" % (n, n)
        for n in range(triples)
    )
    return b"".join([SMALL, *lines])


def test_what_is_read_apart_is_what_is_read_here() -> None:
    here = parse_catalogue(SMALL, base="https://x.invalid/")
    there = parse_apart(
        SMALL, base="https://x.invalid/", format_="", media_type="", limits=Limits(), deadline_s=60
    )
    assert there == here


@pytest.mark.parametrize(
    ("body", "kind", "limits", "error"),
    [
        (b"<unclosed", "turtle", Limits(), BadInput),
        (b"[1, 2, 3, 4]", "data-json", Limits(max_bytes=9), TooLarge),
    ],
)
def test_refusals_are_those_of_the_parser(
    body: bytes, kind: str, limits: Limits, error: type[BadInput]
) -> None:
    with pytest.raises(BadInput) as here:
        parse_catalogue(body, format=kind, limits=limits)
    with pytest.raises(error) as there:
        parse_apart(body, base="", format_=kind, media_type="", limits=limits, deadline_s=60)
    assert (type(there.value), there.value.message) == (type(here.value), here.value.message)


def test_a_document_that_takes_too_long_is_left_by_name_and_the_run_ends(
    harvest: Harvest, portal: Portal
) -> None:
    portal.files["/slow.ttl"] = slow_turtle(
        300_000
    )  # a minute of rdflib; the gate of these tests gives five seconds
    begun = time.monotonic()
    run = harvest(f"{portal.url}/slow.ttl", Kind.DCAT)
    assert (run.state, told(run)) == (RunState.PARTIAL, ["too-costly"])
    assert time.monotonic() - begun < 45


def test_a_document_that_takes_too_much_memory_is_left_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        apart, "MEMORY_MB", 400
    )  # the interpreter and its libraries fit, these triples do not
    body = slow_turtle(400_000)
    with pytest.raises(TooCostly) as caught:
        parse_apart(body, base="", format_="turtle", media_type="", limits=Limits(), deadline_s=300)
    assert "400 MB" in caught.value.message.en
    assert parse_apart(SMALL, base="", format_="", media_type="", limits=Limits(), deadline_s=60).records


def test_who_reads_a_document_knows_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []
    run = subprocess.run

    def watched(*command: Any, **more: Any) -> Any:
        given.append(more["env"])
        return run(*command, **more)

    monkeypatch.setenv("KAIZHA_PUSH_TOKENS", "https://x.invalid=secret")
    monkeypatch.setattr(subprocess, "run", watched)
    parse_apart(SMALL, base="", format_="", media_type="", limits=Limits(), deadline_s=60)
    assert given
    assert not [name for name in given[0] if name.startswith("KAIZHA_")]
