"""Asks the vault for a preview: at its socket while `kaizha serve` runs, otherwise one started for this request."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from catalog.errors import Unavailable
from catalog.text import Text
from gateway.gate import Gate
from gateway.processes.confine import ProcessRole
from gateway.processes.local_socket import ask
from gateway.processes.messages import Preview, Reply
from gateway.processes.supervisor import environment

__all__ = ["preview_rows"]

TIMEOUT_S = 60


def preview_rows(gate: Gate, planned: str, rows: int) -> Any:
    """The first rows of a planned output, as JSON objects. Raises Unavailable when the vault does not answer."""
    request = Preview(planned=planned, rows=rows)
    path = gate.settings.run_folder / "vault.sock"
    if path.exists():
        return ask(path, request)
    variables = environment(ProcessRole.VAULT, os.environ) | {
        "KAIZHA_HOME": str(gate.settings.home.resolve())
    }
    command = [sys.executable, "-m", "gateway.processes", ProcessRole.VAULT.value, "--stdio"]
    line = request.model_dump_json().encode() + b"\n"
    ended = subprocess.run(  # noqa: S603 - our own module
        command, input=line, env=variables, capture_output=True, timeout=TIMEOUT_S, check=False
    )
    if ended.returncode:
        raise Unavailable(
            Text("预览进程没有应答", "The preview process did not answer"),
            Text("请稍后重试", "Try again shortly"),
        )
    return Reply.model_validate_json(ended.stdout).result()
