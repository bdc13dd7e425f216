"""Reading from an address that somebody names: vetted at each step, bounded in size and time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from catalog.errors import BadInput, KaizhaError, TooLarge, Unavailable
from catalog.ingest import spool
from gateway.governance import outbound
from gateway.governance.outbound import fetch


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif self.path == "/missing":
            self.send_error(404)
        else:
            self.send_response(200)
            self.end_headers()
            for _ in range(40 if self.path == "/slow" else 1):
                self.wfile.write(b"a,b\n1,2\n" * 100)
                if self.path == "/slow":
                    time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    made = ThreadingHTTPServer(("0.0.0.0", 0), _Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def got(
    url: str, folder: Path, allow_private: bool = True, max_bytes: int = 1 << 20, deadline_s: float = 10
) -> int:
    with fetch(url, allow_private, deadline_s) as stream:
        return spool(stream, "x.csv", folder, max_bytes).bytes


def test_a_file_is_fetched_also_over_redirects(server: str, tmp_path: Path) -> None:
    assert got(f"http://{server}/x.csv", tmp_path) == 800
    assert got(f"http://{server}/to/http://{server}/x.csv", tmp_path) == 800


def test_inner_addresses_are_refused_and_so_are_redirects_to_them(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput) as caught:
        got(f"http://{server}/x.csv", tmp_path, allow_private=False)
    assert "KAIZHA_PRIVATE_SOURCES" in caught.value.remedy.en
    monkeypatch.setattr(outbound, "_is_inner", lambda address: address == "127.0.0.2")
    port = server.partition(":")[2]
    assert got(f"http://{server}/x.csv", tmp_path, allow_private=False) == 800
    with pytest.raises(BadInput):
        got(f"http://{server}/to/http://127.0.0.2:{port}/x.csv", tmp_path, allow_private=False)


@pytest.mark.parametrize("path", ["/loop", "/missing", "/to/file:///etc/passwd", "/to/ftp://example.org/x"])
def test_what_is_no_file_is_refused(server: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(KaizhaError):
        got(f"http://{server}{path}", tmp_path)
    assert not list(tmp_path.iterdir())


def test_size_and_time_are_bounded(server: str, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        got(f"http://{server}/x.csv", tmp_path, max_bytes=100)
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        got(f"http://{server}/slow", tmp_path, deadline_s=0.5)
    assert time.monotonic() - begun < 3
    assert not list(tmp_path.iterdir())


def test_an_address_never_goes_from_https_to_http() -> None:
    with pytest.raises(BadInput):
        outbound._next("https://example.org/a", "http://example.org/b")
    assert outbound._next("https://example.org/a/b", "../c") == "https://example.org/c"


def test_an_address_with_a_password_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        got("http://me:geheim@127.0.0.1/x", tmp_path)
    assert "geheim" not in f"{caught.value} {caught.value.message} {caught.value.remedy}"
