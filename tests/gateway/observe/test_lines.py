"""What stands in the log: a line for each request and for what went wrong, and never what was asked or answered."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import structlog

from gateway.access import Role
from gateway.access.keys import KeyTerms, issue
from gateway.gate import open_gate
from gateway.observe import lines_structlog
from gateway.observe.lines_structlog import MOST_WAITING, AccessLine, AccessLog, configure
from gateway.settings import GateSettings
from tests.served import CELL, House

SECRET = "canary-word-91c2"
LINE: AccessLine = (1.5, "/r", "GET", 200, 1.23456, 7, "id", "", "", "")


def test_a_request_is_one_line_with_its_template_and_nothing_that_was_asked(serve_once: House) -> None:
    house = serve_once
    headers = {"authorization": f"Bearer {SECRET}", "user-agent": SECRET, "x-request-id": "request-0001"}
    house.get("/api/v1/datasets/stops/records?limit=5", headers={"x-request-id": "request-0002"})
    for path in (
        f"/api/v1/datasets/stops/records?stop={CELL}-1&filter=line='{SECRET}'",
        f"/api/v1/datasets/stops/records?{SECRET}=1",
        f"/api/v1/datasets/{SECRET}/records",
        f"/api/v1/services/{SECRET}?x={SECRET}",
        f"/{SECRET}?q={SECRET}",
        f"/datasets/{SECRET}",
        f"/api/v1/datasets?q={SECRET}&{SECRET}=1",
        f"/api/v1/datasets/stops/aggregate?group_by={SECRET}",
        f"/api/v1/negative-list/versions/{SECRET}/simulate",
    ):
        house.get(path, headers=headers)
        house.get(path)
    house.get("/api/v1/datasets/stops/export.csv")
    house.until(lambda: len(house.lines("request")) >= 21)
    text, requests = house.text(), house.lines("request")
    for word in (SECRET, CELL, "127.0.0.1:", "Bearer", "测试局", "?"):
        assert word not in text.replace("http://127.0.0.1", ""), word
    (one,) = [line for line in requests if line.get("request") == "request-0002"]
    assert {name: one[name] for name in ("role", "level", "route", "method", "status", "of")} == {
        "role": "serve",
        "level": "info",
        "route": "/api/v1/datasets/{dataset_id}/records",
        "method": "GET",
        "status": 200,
        "of": "stops",
    }
    assert one["ms"] > 0
    assert one["bytes"] > 100
    assert {line["route"] for line in requests} >= {"other", "/datasets/{dataset_id}", "/api/v1/datasets"}
    assert len([line for line in requests if line["route"].endswith("export.{format}")]) == 1


def test_a_key_is_named_by_its_public_id_only(serve_once: House) -> None:
    house = serve_once
    gate = open_gate(GateSettings(home=house.home))
    with gate.registry.transaction() as unit:
        key = issue(unit, gate.keys, "x", Role.DEVELOPER, None, gate.now(), terms=KeyTerms())
    gate.registry.close()
    house.get("/api/v1/datasets/stops/records", headers={"authorization": f"Bearer {key}"})
    prefix, body = key.split("_")[1:3]
    (line,) = house.until(lambda: [one for one in house.lines("request") if one.get("key")])
    assert line["key"] == prefix
    assert body not in house.text()


def test_warnings_only_and_the_form_for_people_by_settings(serve: Callable[..., House]) -> None:
    quiet = serve(KAIZHA_LOG_LEVEL="warning")
    quiet.get("/api/v1/datasets/stops/records")
    plain = serve(KAIZHA_LOG_FORMAT="console")
    plain.get("/api/v1/datasets/stops/records?limit=1")
    plain.until(lambda: "route=/api/v1/datasets/{dataset_id}/records" in plain.text())
    assert not plain.lines()
    assert not quiet.lines("request")


@pytest.fixture
def said() -> Iterator[list[bytes]]:
    """What is written instead of standard error; the log of this process is put back afterwards."""
    root = logging.getLogger()
    handlers, level, write = list(root.handlers), root.level, lines_structlog._write
    lines: list[bytes] = []
    lines_structlog._write = lines.append  # type: ignore[assignment]
    try:
        yield lines
    finally:
        lines_structlog._write = write
        root.handlers[:], root.level = handlers, level
        structlog.reset_defaults()


def test_of_a_librarys_line_only_the_words_of_its_authors_are_kept(said: list[bytes]) -> None:
    own = logging.getLogger("uvicorn")  # as uvicorn sets itself up where it is not told otherwise
    own.addHandler(logging.StreamHandler())
    own.propagate = False
    configure(SimpleNamespace(log_format="json", log_level="info"), "gate")  # type: ignore[arg-type]
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n%s", SECRET)
        logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: {SECRET}")
        logging.getLogger("some.library").warning(f"cannot read {SECRET}", exc_info=True)
    logging.getLogger("uvicorn.error").info("started")
    structlog.get_logger().warning("worker ended", pid=3)
    first, second, third, fourth = map(json.loads, said)
    assert SECRET not in b"".join(said).decode()
    assert (first["role"], first["level"], first["library"], first["kind"]) == (
        "gate",
        "error",
        "uvicorn.error",
        "ValueError",
    )
    assert first["message"] == "Exception in ASGI application"
    assert first["raised"].startswith("test_of_a_librarys_line")
    assert second["message"] == "Task exception was never retrieved"
    assert "message" not in third
    assert third["place"].startswith("test_lines:")
    assert (fourth["event"], fourth["pid"]) == ("worker ended", 3)


def test_lines_that_come_faster_than_they_are_written_are_lost_and_that_is_said() -> None:
    written: list[bytes] = []
    log = AccessLog(lines_structlog._json, written.append)
    log._thread = sys  # type: ignore[assignment] - none is begun: nobody writes meanwhile
    for _ in range(MOST_WAITING + 5):
        log.add(LINE)
    log._drain()
    lines = [json.loads(line) for line in b"".join(written).splitlines()]
    assert len(lines) == MOST_WAITING + 1
    assert lines[0] | {"ms": 1.235, "at": "1970-01-01T00:00:01.500+00:00", "event": "request"} == lines[0]
    assert (lines[-1]["event"], lines[-1]["lines"]) == ("lines lost", 5)


def test_several_processes_share_standard_error_without_cutting_each_others_lines() -> None:
    written: list[bytes] = []
    log = AccessLog(lines_structlog._json, written.append)
    log._thread = sys  # type: ignore[assignment] - as above
    for _ in range(500):
        log.add(LINE)
    log._drain()
    assert len(written) > 1
    assert all(len(piece) <= lines_structlog.PIPE_BYTES and piece.endswith(b"\n") for piece in written)
