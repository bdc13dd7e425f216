"""A city as a newcomer gets it: the installed command publishes the demo, and serves it on a loopback port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import free_port

KAIZHA = Path(sys.executable).with_name("kaizha")


@dataclass(frozen=True, slots=True)
class City:
    """`home` is its KAIZHA_HOME, `url` where it serves, `demo` what the demo printed, `log` the server's output."""

    home: Path
    url: str
    demo: str
    seconds: float
    log: Path

    def kaizha(self, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
        """Run the installed command in this city's home; it is never stopped by an exit code."""
        return kaizha(self.home, *arguments, stdin=stdin)


def kaizha(home: Path, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KAIZHA_HOME": str(home), "KAIZHA_LANG": "en", "COLUMNS": "200"}
    done = subprocess.run(
        [KAIZHA, *arguments], env=environment, capture_output=True, input=stdin, timeout=180, check=False
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass(frozen=True, slots=True)
class Published:
    """The demo's home before anybody served it."""

    home: Path
    demo: str
    seconds: float


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    home = tmp_path_factory.mktemp("published") / "var"
    begun = time.monotonic()
    demo = kaizha(home, "demo", "--no-serve")
    assert demo.returncode == 0, demo.stderr
    return Published(home, demo.stdout, time.monotonic() - begun)


@pytest.fixture(scope="session")
def city(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with served(published, tmp_path_factory.mktemp("city")) as one:
        yield one


@contextmanager
def served(published: Published, folder: Path) -> Iterator[City]:
    """A city of its own, served: what is done to it, no other sees."""
    home = folder / "var"
    shutil.copytree(published.home, home)
    port, log = free_port(), folder / "serve.log"
    environment = {**os.environ, "KAIZHA_HOME": str(home)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [KAIZHA, "serve", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, server, log)
        yield City(home, url, published.demo, published.seconds, log)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"not ready: {log.read_text()}")
