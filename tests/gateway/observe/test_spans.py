"""Traces, where somebody asks for them: sent to a real receiver, joined over processes, without a word of the data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.observe.otlp import Kept, Received, receiver
from tests.served import CELL, KAIZHA, House

SECRET = "canary-word-91c2"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
AGGREGATE = "/api/v1/datasets/{dataset_id}/aggregate"


@pytest.mark.parametrize("how", ["KAIZHA_OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_a_request_and_the_query_of_its_worker_are_spans_of_the_callers_trace(
    how: str, serve: Callable[..., House]
) -> None:
    with receiver() as received:
        house = serve(**{how: received.url, "OTEL_BSP_SCHEDULE_DELAY": "100"})
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "authorization": f"Basic {SECRET}"}
        path = f"/api/v1/datasets/stops/aggregate?group_by=line&metrics=count&filter=stop<>'{SECRET}'"
        house.get(path, headers={"traceparent": headers["traceparent"]})
        house.get(path + "&limit=0", headers=headers)
        house.until(lambda: len(_of(received, TRACE)) >= 3)
        spans = _of(received, TRACE)
        request = next(one for one in spans if one.attributes.get("http.response.status_code") == 200)
        assert (request.service, request.name, request.parent) == ("kaizha-serve", f"GET {AGGREGATE}", PARENT)
        assert request.attributes["http.route"] == AGGREGATE
        (query,) = [one for one in spans if one.name == "worker query"]
        assert query.parent == request.id
        assert len(str(query.attributes["kaizha.release"])) == 64
        assert any(one.attributes.get("http.response.status_code") == 401 for one in spans)
        line = house.until(lambda: [one for one in house.lines("request") if one.get("trace") == TRACE])
        assert len(line) == 2
        for word in (SECRET, CELL, "127.0.0.1"):
            assert word.encode() not in b"".join(received.bodies)


def test_what_serve_asks_of_the_gate_is_a_part_of_the_same_trace(serve: Callable[..., House]) -> None:
    with receiver() as received:
        house = serve(KAIZHA_OTEL_ENDPOINT=received.url, OTEL_BSP_SCHEDULE_DELAY="100")
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "authorization": f"Bearer {SECRET}"}
        house.get("/api/v1/submissions", headers=headers)
        house.until(lambda: len(_of(received, TRACE)) >= 2)
        (asked,) = [one for one in _of(received, TRACE) if one.service == "kaizha-gate"]
        (request,) = [one for one in _of(received, TRACE) if one.name == "GET /api/v1/submissions"]
        assert (asked.name, asked.parent) == ("gate list-submissions", request.id)
        assert asked.failed
        assert asked.attributes["error.type"] == "NotSignedIn"


def _of(received: Received, trace: str) -> list[Kept]:
    return [one for one in received.spans if one.trace == trace]


def test_a_publication_is_a_span_of_its_steps(tmp_path: Path) -> None:
    file = tmp_path / "stops.csv"
    file.write_text("line,stop\n" + "".join(f"l{n % 9},{CELL}-{n}\n" for n in range(60)), "utf-8")
    with receiver() as received:
        command = [
            KAIZHA,
            "publish",
            str(file),
            "--dataset",
            "stops",
            "--title",
            "T",
            "--theme",
            "other",
            "--yes",
        ]
        subprocess.run(
            [*command, "--json"],
            env=os.environ | {"KAIZHA_HOME": str(tmp_path / "home"), "KAIZHA_OTEL_ENDPOINT": received.url},
            check=True,
            capture_output=True,
        )
        (whole,) = received.named("publication")
        steps = {one.name for one in received.spans if one.parent == whole.id}
        assert steps >= {
            "publish read",
            "publish classify",
            "publish screen",
            "publish build",
            "publish release",
        }
        assert whole.attributes == {"kaizha.dataset": "stops"}
        assert CELL.encode() not in b"".join(received.bodies)


def test_nothing_of_it_is_imported_where_nobody_asks_for_it() -> None:
    script = (
        "import sys\n"
        "from gateway.settings import ServeSettings\n"
        "from gateway.observe.start import begin\n"
        "import gateway.processes.serve\n"
        "begin(ServeSettings(), 'serve')\n"
        "print([one for one in sys.modules if one.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_a_server_says_so_and_serves(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "sys.modules['opentelemetry.sdk'] = None\n"
        "from gateway.settings import ServeSettings\n"
        "from gateway.observe import spans, start\n"
        "start.begin(ServeSettings(otel_endpoint='http://127.0.0.1:1'), 'serve')\n"
        "print(spans.traced())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert "kaizha[otel]" in done.stderr
