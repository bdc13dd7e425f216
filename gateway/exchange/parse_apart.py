"""A document of another catalogue, read where it can do no harm: in a process with bounded time and memory, without our
settings and tokens, whose answer is data and never code."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from math import ceil

import orjson

from catalog.errors import BadInput, TooLarge
from catalog.interchange.limits import Limits
from catalog.record import Parsed
from catalog.registry import load
from catalog.text import Text

__all__ = ["TooCostly", "parse_apart"]

MEMORY_MB = 2_048
START_S = 30.0  # of a busy machine, and three times the deadline for its turns at the processor
FRAME = 1 << 20  # members that are there however little a document says, in bytes
GROWTH = 8  # the answer repeats what stands in the document, with the names of its members


class TooCostly(BadInput):
    code = "too-costly"


def parse_apart(
    body: bytes, *, base: str, format_: str, media_type: str, limits: Limits, deadline_s: float
) -> Parsed:
    """As `catalog.interchange.parse.parse_catalogue`, within `deadline_s` seconds of processor time and `MEMORY_MB`.

    Raises BadInput and TooLarge as it does; TooCostly for a document that takes more than that.
    """
    asked = {
        "base": base,
        "format": format_,
        "media_type": media_type,
        "limits": asdict(limits),
        "cpu_s": ceil(deadline_s),
        "memory_mb": MEMORY_MB,
    }
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KAIZHA_")}
    command = [sys.executable, "-m", "gateway.exchange.parse_main"]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module
            command,
            input=orjson.dumps(asked) + b"\n" + body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=variables,
            timeout=START_S + 3 * deadline_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_costly(deadline_s) from None
    if ended.returncode or len(ended.stdout) > (limits.max_bytes + FRAME) * GROWTH:
        raise _too_costly(deadline_s)
    said = orjson.loads(ended.stdout)
    if refused := said.get("refused"):
        kind = TooLarge if refused["code"] == TooLarge.code else BadInput
        raise kind(Text(**refused["message"]), Text(**refused["remedy"]))
    return load(Parsed, said["parsed"])


def _too_costly(deadline_s: float) -> TooCostly:
    return TooCostly(
        Text(
            f"读取这份文件超过 {deadline_s:g} 秒或 {MEMORY_MB} MB 内存，已停止",
            f"Reading the document takes more than {deadline_s:g} s or {MEMORY_MB} MB of memory: stopped",
        ),
        Text(
            "请源站点分页提供，或调高 KAIZHA_HARVEST_DEADLINE_S",
            "Let it be served in pages, or raise KAIZHA_HARVEST_DEADLINE_S",
        ),
    )
