"""`kaizha harvest` on a terminal: how far it is on standard error, the report on standard output."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

from tests.gateway.exchange.stub_ckan import Portal

COMMAND = "from gateway.cli import main; main()"


def run(portal: Portal, home: Path, *more: str, stderr: int) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        "KAIZHA_HOME": str(home),
        "KAIZHA_PRIVATE_SOURCES": "true",
        "TERM": "xterm",
        "LANG": "en_US.UTF-8",
    }
    command = [sys.executable, "-c", COMMAND, "harvest", portal.url, "--kind", "ckan", *more]
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=stderr, timeout=90, check=False
    )


def test_a_terminal_sees_how_far_it_is_and_the_report_goes_to_standard_output(
    portal: Portal, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        try:
            while some := os.read(ours, 1 << 16):
                seen.append(some)
        except OSError:  # the other end is closed
            return

    reading = threading.Thread(target=read)
    reading.start()
    portal.fill(120)
    ended = run(portal, tmp_path / "home", stderr=theirs)
    os.close(theirs)
    reading.join(10)
    os.close(ours)
    assert ended.returncode == 0
    bar = b"".join(seen).decode()
    assert "harvest" in bar
    assert "\x1b[" in bar
    assert "/126" in bar
    assert b"complete" in ended.stdout
    assert b"\x1b[" not in ended.stdout


def test_who_reads_the_report_as_json_or_from_a_file_sees_no_bar(portal: Portal, tmp_path: Path) -> None:
    ended = run(portal, tmp_path / "home", "--json", stderr=subprocess.PIPE)
    assert json.loads(ended.stdout)["state"] == "complete"
    assert b"\x1b[" not in ended.stderr
    ended = run(portal, tmp_path / "home", stderr=subprocess.PIPE)
    assert b"complete" in ended.stdout
    assert b"harvest" not in ended.stderr
