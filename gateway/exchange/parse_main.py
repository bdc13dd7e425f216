"""Reads one document of another catalogue in a process of its own, with hard limits: what a stranger wrote may cost a
parser minutes or gigabytes, and a thread cannot be ended. Run by `gateway.exchange.parse_apart`.

stdin: a line of JSON ({"base", "format", "media_type", "limits", "cpu_s", "memory_mb"}), then the document. stdout: {"parsed"} or
{"refused": {"code", "message", "remedy"}}.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
import time
from math import ceil
from typing import Any

import orjson

from catalog.errors import BadInput
from catalog.interchange.limits import Limits
from catalog.interchange.parse import parse_catalogue

__all__ = ["main"]

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Raises MemoryError past `memory_mb`; is killed past `cpu_s` seconds of processor time after its start."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    asked = orjson.loads(sys.stdin.buffer.readline())
    memory, cpu_s = asked["memory_mb"] << 20, ceil(time.process_time()) + asked["cpu_s"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        parsed = parse_catalogue(
            sys.stdin.buffer.read(),
            base=asked["base"],
            format=asked["format"],
            media_type=asked["media_type"],
            limits=Limits(**asked["limits"]),
        )
        said: dict[str, Any] = {"parsed": parsed}
    except BadInput as error:
        message, remedy = error.message.to_json(), error.remedy.to_json()
        said = {"refused": {"code": error.code, "message": message, "remedy": remedy}}
    sys.stdout.buffer.write(orjson.dumps(said))


if __name__ == "__main__":
    main()
