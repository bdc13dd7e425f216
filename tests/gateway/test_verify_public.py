"""`kaizha verify --from`: an outsider's check, of a server and of a mirror, with nothing but public files."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner

from catalog.errors import BadInput, KaizhaError, Unavailable
from catalog.ingest import local
from gateway.access import OWNER
from gateway.app import create_app
from gateway.cli import app as cli
from gateway.gate import Gate, open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.review import withdraw
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings, ServeSettings
from gateway.verify_public import COUNTS, LEDGER, verify_public


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """Two datasets open, one withdrawn."""
    folder = tmp_path_factory.mktemp("public")
    gate = open_gate(GateSettings(home=folder / "home"))
    for name in ("stops", "parks", "gone"):
        path = folder / f"{name}.csv"
        path.write_text("名称,数量\n" + "".join(f"{name}{n},{n}\n" for n in range(30)), "utf-8")
        source = local(path, 1 << 20)
        metadata = Metadata(name, name, "测试局", "other")
        submit(gate, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())
    withdraw(gate, OWNER, "gone", "mistake")
    run_jobs(gate)
    yield gate
    gate.registry.close()


@pytest.fixture(scope="module")
def url(opened: Gate) -> Iterator[str]:
    """The real application on a loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    application = create_app(ServeSettings(home=opened.settings.home))
    server = uvicorn.Server(uvicorn.Config(application, port=port, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def mirror(url: str, tmp_path: Path) -> Path:
    """What `wget -x` leaves: a folder named after the host, files under their paths, the query in the name."""
    host = tmp_path / "mirror" / url.removeprefix("http://")
    names = ["checkpoint", "key", "tile/0/000.p/5", "tile/entries/000.p/5", "tile/events/000.p/5"]
    for path in (*(f"{LEDGER}/{name}" for name in names), "api/v1/datasets?limit=500", COUNTS):
        file = host / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(httpx.get(f"{url}/{path}").content)
    return tmp_path / "mirror"


def inside(mirror: Path, path: str) -> Path:
    return next(mirror.iterdir()) / path


def test_an_honest_server_fits_and_the_key_it_gave_itself_is_called_that(url: str, opened: Gate) -> None:
    done = verify_public(url)
    assert (done.leaves, done.events, done.releases, done.discrepancies) == (5, 5, 2, ())
    assert "--key" in done.summary.en
    trusted = verify_public(url, str(opened.ledger_key))
    assert trusted.discrepancies == ()
    assert trusted.summary.en == (
        "Checked 5 ledger entries, 5 public events, 2 datasets. "
        "The published counts were counted again from the catalogue."
    )


def test_a_mirror_fits_too_and_needs_no_server(mirror: Path, opened: Gate) -> None:
    assert verify_public(str(mirror), str(opened.ledger_key)).discrepancies == ()
    assert verify_public(str(next(mirror.iterdir()))).discrepancies == ()


@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5", "tile/events/000.p/5"]
)
def test_a_file_of_the_mirror_that_was_changed_or_is_gone_is_found(
    mirror: Path, opened: Gate, path: str
) -> None:
    file = inside(mirror, f"{LEDGER}/{path}")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert verify_public(str(mirror), str(opened.ledger_key)).discrepancies
    if path != "checkpoint":
        file.unlink()
        assert verify_public(str(mirror)).discrepancies


def test_a_catalogue_that_tells_another_story_is_found(mirror: Path) -> None:
    file = inside(mirror, "api/v1/datasets?limit=500")
    honest = json.loads(file.read_text("utf-8"))
    boast = json.loads(file.read_text("utf-8"))
    boast["datasets"][0]["rows"] = 45_000
    file.write_text(json.dumps(boast), "utf-8")
    assert {one.what for one in verify_public(str(mirror)).discrepancies} == {"release", "counts"}
    for broken in ({**honest, "total": 3}, {"datasets": "x"}, [], {**honest, "datasets": [1], "total": 1}):
        file.write_text(json.dumps(broken), "utf-8")
        assert [one.id for one in verify_public(str(mirror)).discrepancies] == ["catalogue"]
    file.unlink()
    assert [one.id for one in verify_public(str(mirror)).discrepancies] == ["catalogue"]


@pytest.mark.parametrize(
    ("claim", "seen"),
    [
        ({"datasets": 45}, {"datasets"}),
        ({"data_items": 4}, {"data_items"}),
        ({"datasets": True}, {"datasets"}),
        ({"exclusions": []}, {"parks/名称", "parks/数量", "stops/名称", "stops/数量"}),
        ({"exclusions": "none"}, {"counts"}),
    ],
    ids=["datasets", "items", "no number", "exclusions", "nonsense"],
)
def test_counts_that_boast_are_found_by_counting_again(
    mirror: Path, claim: dict[str, Any], seen: set[str]
) -> None:
    file = inside(mirror, COUNTS)
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **claim}), "utf-8")
    done = verify_public(str(mirror))
    assert {(one.what, one.id) for one in done.discrepancies} == {("counts", name) for name in seen}


def test_a_contract_that_the_catalogue_makes_up_is_found(mirror: Path) -> None:
    file = inside(mirror, "api/v1/datasets?limit=500")
    page = json.loads(file.read_text("utf-8"))
    page["datasets"][0]["contract"] = "9.0.0"
    file.write_text(json.dumps(page), "utf-8")
    assert [one.what for one in verify_public(str(mirror)).discrepancies] == ["release"]
    page["datasets"][0]["contract"] = None
    file.write_text(json.dumps(page), "utf-8")
    assert {one.what for one in verify_public(str(mirror)).discrepancies} == {"release", "counts"}


def test_a_mirror_without_counts_is_not_said_to_have_been_counted(mirror: Path) -> None:
    inside(mirror, COUNTS).unlink()
    done = verify_public(str(mirror))
    assert (done.discrepancies, done.counted) == ((), False)
    assert "counted" not in done.summary.en


def test_a_link_out_of_the_mirror_is_not_followed(mirror: Path) -> None:
    file = inside(mirror, f"{LEDGER}/tile/0/000.p/5")
    outside = mirror.parent / "outside"
    shutil.move(file, outside)
    file.symlink_to(outside)
    assert [one.id for one in verify_public(str(mirror)).discrepancies] == ["tile/0/000.p/5"]


def test_another_home_with_the_same_name_is_not_this_ledger(
    mirror: Path, tmp_path: Path, opened: Gate
) -> None:
    other = open_gate(GateSettings(home=tmp_path / "other"))
    key = str(other.ledger_key)
    other.registry.close()
    assert [one.id for one in verify_public(str(mirror), key).discrepancies] == ["checkpoint"]


@pytest.mark.parametrize("source", ["/nowhere", "ftp://example.org", "http://127.0.0.1:1", "."])
def test_where_there_is_no_ledger_the_input_is_at_fault_or_the_server(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((BadInput, Unavailable)) as raised:
        verify_public(source)
    assert isinstance(raised.value, KaizhaError)
    assert raised.value.remedy.zh


class _Hostile(BaseHTTPRequestHandler):
    """Redirects to another host, or answers without end."""

    def do_GET(self) -> None:
        if "endless" in self.path:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the reader hangs up, as it should
                for _ in range(400):
                    self.wfile.write(b"x" * (1 << 16))
            return
        self.send_response(302)
        self.send_header("location", "http://localhost.invalid/api/v1/ledger/checkpoint")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Hostile)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_a_redirect_to_another_host_is_not_followed_and_no_file_is_endless(hostile: str) -> None:
    with pytest.raises(BadInput) as raised:
        verify_public(hostile)
    assert "another host" in raised.value.message.en
    with pytest.raises(BadInput):
        verify_public(f"{hostile}/endless")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["verify", *arguments])


def test_the_command_ends_with_0_with_5_and_with_bad_input(
    url: str, mirror: Path, tmp_path: Path, opened: Gate
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(httpx.get(f"{url}/{LEDGER}/checkpoint").content)
    key = str(opened.ledger_key)
    assert run("--from", url, "--key", key, "--old", str(kept)).exit_code == 0
    assert run("--from", str(mirror), "--key", key, "--json").exit_code == 0
    kept.write_bytes(kept.read_bytes().replace(b"\n5\n", b"\n6\n"))
    assert run("--from", url, "--key", key, "--old", str(kept)).exit_code == 5
    for wrong in (
        ["--from", url, "--key", "nonsense"],
        ["--from", url, "--old", str(tmp_path / "absent")],
        ["--from", str(tmp_path / "absent")],
        ["--key", key],
    ):
        assert isinstance(run(*wrong).exception, BadInput)
