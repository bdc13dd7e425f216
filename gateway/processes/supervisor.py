"""`kaizha serve`: starts the three roles, each with only its own settings, and ends them together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from pydantic_settings import BaseSettings

from gateway.processes.confine import ProcessRole
from gateway.settings import GateSettings, ServeSettings, VaultSettings

__all__ = ["supervise"]

# What a role inherits beside its own settings: where Python and the system find their parts, nothing of ours.
INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
)
# How traces are sent is said in OpenTelemetry's own variables; vault has no network to send them.
TRACES = "OTEL_"
CREDENTIALS = ("AWS_", "GOOGLE_", "AZURE_")
SETTINGS: dict[ProcessRole, type[BaseSettings]] = {
    ProcessRole.SERVE: ServeSettings,
    ProcessRole.GATE: GateSettings,
    ProcessRole.VAULT: VaultSettings,
}
STOP_S = 10.0
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where serve processes count, so that whichever is asked tells the figures of all (`gateway.observe`)."""


def environment(role: ProcessRole, everything: Mapping[str, str]) -> dict[str, str]:
    """The environment of one role: its own ``KAIZHA_*`` settings only. Store credentials of a role may be given
    apart as ``KAIZHA_SERVE_AWS_…``; without such, serve and gate inherit the common ones, vault none."""
    own = {name: everything[name] for name in INHERITED if name in everything}
    for field in SETTINGS[role].model_fields:
        name = f"KAIZHA_{field.upper()}"
        if name in everything:
            own[name] = everything[name]
    prefix = f"KAIZHA_{role.upper()}_"
    apart = {
        name.removeprefix(prefix): value
        for name, value in everything.items()
        if name.startswith(prefix) and name.removeprefix(prefix).startswith(CREDENTIALS)
    }
    common = {name: value for name, value in everything.items() if name.startswith(CREDENTIALS)}
    if role is not ProcessRole.VAULT:
        own |= {name: value for name, value in everything.items() if name.startswith(TRACES)}
    # never both: another role's session token beside one's own key would be neither's credentials
    return own | (apart or ({} if role is ProcessRole.VAULT else common))


def supervise(settings: ServeSettings, host: str, port: int, workers: int, *, replica: bool = False) -> int:
    """Serve until SIGINT or SIGTERM; 0 then, 5 when a role ended by itself (the others are ended too). A `replica` is
    serve alone: gate and vault run elsewhere, on the same registry and open zone.

    Raises OSError when the address cannot be bound.
    """
    home = settings.home.resolve()
    for name in ("run", "cache"):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=2048) as listening:
        listening.set_inheritable(True)
        stopping: list[int] = []

        def stop(number: int, _frame: FrameType | None) -> None:
            stopping.append(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        roles: list[subprocess.Popen[bytes]] = []
        gate_socket = home / "run" / "gate.sock"
        figures = home / "run" / "figures"
        shutil.rmtree(figures, ignore_errors=True)  # of processes that are gone
        figures.mkdir(mode=0o700)
        if not replica:
            gate_socket.unlink(missing_ok=True)  # of a gate that was killed: nobody listens there
            roles = [_start(ProcessRole.VAULT, home), _start(ProcessRole.GATE, home)]
        # They get ready at once, and serve waits for the gate itself: it reads a registry that is up to date.
        given = [str(listening.fileno()), *([] if replica else [str(gate_socket)])]
        roles += [
            _start(ProcessRole.SERVE, home, *given, sockets=(listening.fileno(),), processes=workers)
            for _ in range(workers)
        ]
        while not stopping and all(role.poll() is None for role in roles):
            time.sleep(0.2)
        ended_alone = not stopping
        _end(roles)
    return 5 if ended_alone else 0


def _start(
    role: ProcessRole, home: Path, *given: str, sockets: tuple[int, ...] = (), processes: int = 1
) -> subprocess.Popen[bytes]:
    variables = environment(role, os.environ) | {"KAIZHA_HOME": str(home)}
    if role is ProcessRole.SERVE:
        variables.setdefault("KAIZHA_SERVE_PROCESSES", str(processes))
        variables[FOLDER] = str(home / "run" / "figures")
    command = [sys.executable, "-m", "gateway.processes", role.value, *given]
    return subprocess.Popen(command, env=variables, pass_fds=sockets, start_new_session=True)  # noqa: S603 - ours


def _end(roles: list[subprocess.Popen[bytes]]) -> None:
    for role in roles:
        role.terminate()
    deadline = time.monotonic() + STOP_S
    for role in roles:
        try:
            role.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            role.kill()
