"""A worker: one process that answers SQL over released files with DuckDB, locked in before it sees the first request.

Run as a script by `gateway.serve.workers` and imports nothing of the house, so it starts quickly and holds no
settings, keys or registry. Requests and answers are framed on stdin and stdout. Limits are the operating system's
(address space, processor time, file size, open files), because DuckDB's own were seen not to hold; DuckDB has no
file access at all, except to the one read-only file it was opened on, and its configuration is locked.

Frame: uint32 length of the head, uint32 length of the body (little-endian), head (JSON), body.
Request head: {"release", "rows", "columns", "parquet", "column_file", "load_table", "load_view", "page", "count",
"cpu_s", "found"}, `page` and `count` each [SQL, [[kind, value]…]]; the body the row numbers (uint32) of the table `found`
where "found" is true. Answer head:
{"columns", "numbers", "count"} with the JSON texts of `page`'s first column as body, one a line; or {"failed":
"memory" | "refused" | "numbers" | "geometry" | "file" | "other"}. An engine's message stays in here.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

FRAME = struct.Struct("<II")
TABLE_ROWS = 200_000
"""Up to here a Parquet is loaded into memory; a larger one without its column file is scanned through Arrow."""

KEPT_OPEN = 16
KEPT_ROWS = 1_000_000
PR_SET_PDEATHSIG = 1
NO_POINT = "kaizha: geometry is no point"
"""As `catalog.engine.space` has it: the one message of an engine that is told from others."""


READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "double": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
"""A value by its kind, as `gateway.serve.statement` has them."""


class WrongFile(Exception):
    """The file holds other columns or rows than the release."""


def lock_in(memory_mb: int) -> None:
    """Hard limits on this process; what it holds now plus `memory_mb` is all the address space it will ever have."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a script without imports to spare
        held = int(statm.read().split()[0]) * resource.getpagesize()
    limit = held + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))


def allow_cpu(seconds: int) -> None:
    """Processor time for one request; beyond it the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def lock_engine(connection: duckdb.DuckDBPyConnection) -> None:
    """No file beyond the one that is open, no spilling, no further setting; in this order, each closes the next."""
    for setting in ("TimeZone = 'UTC'", "temp_directory = ''", "enable_external_access = false"):
        connection.execute(f"SET {setting}")
    connection.execute("SET lock_configuration = true")


class Releases:
    """Open releases, the least recently used closed first."""

    def __init__(self, engine_memory_mb: int) -> None:
        # Here, not for who reads FRAME alone: it loads pandas, where there is one.
        from pyarrow.dataset import dataset

        self._dataset = dataset
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,  # a sum of doubles has one order, so one question has one answer
            # Eight for each open release would take its address space, until the loader itself ends this process.
            "async_threads": 0,
            "memory_limit": f"{engine_memory_mb}MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "late_materialization_max_rows": 2_000,
        }
        self._open: OrderedDict[str, tuple[duckdb.DuckDBPyConnection, int]] = OrderedDict()

    def connection(self, request: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        name = f"{request['release']}:{bool(request['column_file'])}"
        if name in self._open:
            self._open.move_to_end(name)
            return self._open[name][0]
        held = 0 if request["column_file"] else min(request["rows"], TABLE_ROWS)
        while self._open and (len(self._open) >= KEPT_OPEN or held + self._rows() > KEPT_ROWS):
            self._open.popitem(last=False)[1][0].close()
        connection = self._connect(request)
        self._open[name] = (connection, held)
        return connection

    def __len__(self) -> int:
        return len(self._open)

    def drop(self) -> None:
        """Close everything, to give memory back."""
        while self._open:
            self._open.popitem()[1][0].close()

    def _rows(self) -> int:
        return sum(rows for _, rows in self._open.values())

    def _connect(self, request: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        if request["column_file"]:
            connection = duckdb.connect(request["column_file"], read_only=True, config=self._config)
            lock_engine(connection)
        else:
            connection = duckdb.connect(":memory:", config=self._config)
            lock_engine(connection)
            source = self._dataset(request["parquet"], format="parquet")
            if (
                source.schema.names != request["columns"]
                or pq.read_metadata(request["parquet"]).num_rows != request["rows"]
            ):
                raise WrongFile
            if request["rows"] <= TABLE_ROWS:
                connection.register("released", source.to_table(use_threads=False))
                connection.execute(request["load_table"])
                connection.unregister("released")
            else:
                connection.register("released", source)
                connection.execute(request["load_view"])
        named = connection.execute("SELECT column_name FROM (DESCRIBE rows)").fetchall()
        if [name for (name,) in named][1:] != request["columns"]:
            connection.close()
            raise WrongFile
        return connection


def answer(releases: Releases, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Head and body of the answer."""
    allow_cpu(request["cpu_s"])
    connection = releases.connection(request)
    if not request["found"]:
        return ask(connection, request)
    numbers = pa.Array.from_buffers(
        pa.uint32(), len(request["numbers"]) // 4, [None, pa.py_buffer(request["numbers"])]
    )
    connection.register("found", pa.table({"number": numbers}))
    try:
        return ask(connection, request)
    finally:
        connection.unregister("found")


def ask(connection: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    page = execute(connection, request["page"])
    columns = [column[0] for column in page.description]
    rows = page.fetchall()
    count = None
    if request["count"]:
        [(count,)] = execute(connection, request["count"]).fetchall()
    body = "\n".join(row[0] for row in rows if row[0] is not None).encode()
    return {"columns": columns, "numbers": [row[1] for row in rows], "count": count}, body


def execute(
    connection: duckdb.DuckDBPyConnection, statement: tuple[str, list[tuple[str, str]]]
) -> duckdb.DuckDBPyConnection:
    """A statement with the values of its parameters ``$p0``, ``$p1``…"""
    sql, given = statement
    if not given:
        return connection.execute(sql)
    return connection.execute(sql, {f"p{n}": READ[kind](text) for n, (kind, text) in enumerate(given)})


def failure(error: BaseException) -> str:
    """The kind of a failure: all that leaves this process."""
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException | pa.ArrowMemoryError):
        return "memory"
    if isinstance(error, duckdb.InvalidInputException) and NO_POINT in str(error):
        return "geometry"
    if isinstance(error, duckdb.PermissionException | duckdb.InvalidInputException):
        return "refused"
    if isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
        return "numbers"
    if isinstance(error, WrongFile | OSError | duckdb.IOException):
        return "file"
    return "other"


def after_failure(
    releases: Releases, request: dict[str, Any], error: Exception
) -> tuple[dict[str, Any], bytes]:
    """The failure; but where other open releases may have held the memory, once more without them."""
    kind = failure(error)
    crowded = len(releases) > 1
    if kind in ("memory", "other"):
        releases.drop()
    if kind == "memory" and crowded:
        try:
            return answer(releases, request)
        except Exception as again:
            kind = failure(again)
            releases.drop()
    return {"failed": kind}, b""


def read(stream: BinaryIO) -> dict[str, Any] | None:
    frame = stream.read(FRAME.size)
    if len(frame) < FRAME.size:
        return None
    head, body = FRAME.unpack(frame)
    request: dict[str, Any] = orjson.loads(stream.read(head))
    request["numbers"] = stream.read(body)
    return request


def write(stream: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    packed = orjson.dumps(head)
    stream.write(FRAME.pack(len(packed), len(body)) + packed + body)
    stream.flush()


def main() -> None:
    """Arguments: address space beyond the start in MB, DuckDB's own memory limit in MB."""
    memory_mb, engine_memory_mb = int(sys.argv[1]), int(sys.argv[2])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up between frames
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    duckdb.connect(":memory:", config={"threads": 1, "async_threads": 0}).execute(
        "SELECT to_json({a: 1})"
    ).fetchall()
    releases = Releases(engine_memory_mb)
    lock_in(memory_mb)
    write(answers, {"ready": os.getpid()}, b"")
    while request := read(requests):
        try:
            head, body = answer(releases, request)
        except Exception as error:
            head, body = after_failure(releases, request, error)
        write(answers, head, body)


if __name__ == "__main__":
    main()
