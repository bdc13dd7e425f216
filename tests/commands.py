"""`kaizha …` in the process of the test: what is said and how it ends, without a start of some seconds each time."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import gateway.cli as cli
import gateway.gate
from gateway.commands import console
from gateway.gate import Gate, open_gate
from gateway.settings import GateSettings

__all__ = ["Ended", "Kaizha", "in_process"]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Kaizha = Callable[..., Ended]


def in_process(home: Path, *words: str | Path) -> Ended:
    """`kaizha …` in that home, in English: its exit code and what it wrote."""
    out, err, gates = io.StringIO(), io.StringIO(), list[Gate]()

    def opened(settings: GateSettings) -> Gate:
        gates.append(open_gate(settings))
        return gates[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KAIZHA_HOME", str(home))
        for name in ("LANGUAGE", "LC_ALL", "LANG"):
            patched.setenv(name, "en_GB.UTF-8")
        patched.setattr(sys, "argv", ["kaizha", *map(str, words)])
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        patched.setattr(console, "out", Console(file=out, width=200))
        patched.setattr(gateway.gate, "open_gate", opened)
        patched.setattr(console, "err", Console(file=err, width=200, stderr=True))
        try:
            cli.main()
            code = 0
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
    for gate in gates:
        gate.registry.close()  # as the end of the process would
    return Ended(code, out.getvalue(), err.getvalue())
