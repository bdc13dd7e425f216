"""Forks one publication per point and kills it there with SIGKILL: what is left is what a power cut would leave.

Run as ``python killed_at.py HOME FILE POINT…``; prints ``POINT acknowledged|killed|finished`` a line each. A point is
``module:attribute:nth:before|after``. One process imports everything once and forks, before any engine has started.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.ingest import local
from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings


def arm(point: str) -> None:
    """Wrap the named function so that the process dies at its n-th call."""
    module, attribute, nth, when = point.split(":")
    holder: Any = importlib.import_module(module)
    *path, name = attribute.split(".")
    for part in path:
        holder = getattr(holder, part)
    original: Callable[..., Any] = getattr(holder, name)
    calls = 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == int(nth) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*arguments, **named)
        if calls == int(nth) and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(holder, name, deadly)


def publish(home: Path, file: Path, acknowledge: int) -> None:
    gate = open_gate(GateSettings(home=home))
    source = local(file, 1 << 30)
    metadata = Metadata(dataset_id="stops", title="站点", publisher="交通局", theme="transport")
    report = submit(gate, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())
    if report.release:
        os.write(acknowledge, report.release.id.encode())
    run_jobs(gate)


def main() -> None:
    home, file, *points = sys.argv[1:]
    for place, point in enumerate(points):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            arm(point)
            publish(Path(home) / str(place), Path(file), writer)
            os._exit(0)
        os.close(writer)
        acknowledged = os.read(reader, 64).decode()
        os.close(reader)
        _, status = os.waitpid(child, 0)
        ended = "killed" if os.WIFSIGNALED(status) else "finished"
        sys.stdout.write(f"{point} {ended} {acknowledged or '-'}\n")


if __name__ == "__main__":
    main()
