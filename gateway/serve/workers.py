"""The pool of worker processes that ask DuckDB, so that no query can hold the event loop or take the gateway's memory.

A worker past its deadline is killed and another started. Callers take turns, and whoever would wait longer than
`wait_s` is refused at once (Unavailable, 503) instead of late. What went wrong inside a worker comes back as one of
five words, never as an engine's message.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import structlog
from prometheus_client import Counter, Histogram

from catalog.dataset import Column
from catalog.errors import BadInput, Unavailable
from catalog.text import Text
from gateway.observe.spans import span
from gateway.serve.served import Served
from gateway.serve.sql import columns_of_release, load_sql, row_column
from gateway.serve.statement import Statement
from gateway.serve.turns import Turns
from gateway.serve.worker_main import FRAME

__all__ = ["Answer", "WorkerLimits", "Workers"]

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SCRIPT = Path(__file__).with_name("worker_main.py")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """`memory_mb` is the address space a worker may add to what it starts with, `engine_memory_mb` DuckDB's own limit
    inside it; `deadline_s` wall-clock for one request, `cpu_s` processor time; `queue` requests that may wait, none of
    them longer than about `wait_s`."""

    workers: int = 2
    memory_mb: int = 1_024
    engine_memory_mb: int = 512
    deadline_s: float = 5.0
    cpu_s: int = 5
    queue: int = 64
    wait_s: float = 0.25
    start_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`texts` are the JSON texts (none where the query asked for none), `numbers` one integer a row, `count` what was
    counted."""

    texts: list[bytes]
    numbers: list[int]
    count: int | None


class _Worker:
    """One process. `release` is the last it was asked about, so the next question can go where the file is open."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.release = ""

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def ask(self, request: dict[str, Any], found: bytes) -> tuple[dict[str, Any], bytes]:
        """Raises EOFError or OSError: the process ended."""
        assert self.process.stdin
        packed = orjson.dumps(request)
        self.process.stdin.write(FRAME.pack(len(packed), len(found)) + packed + found)
        await self.process.stdin.drain()
        return await self.read()

    async def read(self) -> tuple[dict[str, Any], bytes]:
        assert self.process.stdout
        head, body = FRAME.unpack(await self.process.stdout.readexactly(FRAME.size))
        return orjson.loads(
            await self.process.stdout.readexactly(head)
        ), await self.process.stdout.readexactly(body)

    async def kill(self) -> None:
        if self.alive:
            self.process.kill()
        await self.process.wait()


class Workers:
    """Start with `await start()`, end with `await close()`; belongs to one event loop."""

    def __init__(self, limits: WorkerLimits = WorkerLimits()) -> None:
        self.limits = limits
        self._idle: deque[_Worker] = deque()
        self._all: set[_Worker] = set()
        self._waiting: Turns[asyncio.Future[_Worker]] = Turns(limits.queue)
        self._typical_s = 0.0
        self._starting: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._closed = False
        self.seconds = Histogram(
            "kaizha_worker_seconds", "Time a worker took for a query", buckets=SECONDS, registry=None
        )
        self.ended = Counter(
            "kaizha_workers_ended", "Workers that ended, by why, and were replaced", ("why",), registry=None
        )

    async def start(self) -> None:
        """Raises Unavailable: a worker does not start."""
        await asyncio.gather(*(self._start_one() for _ in range(self.limits.workers)))

    async def close(self) -> None:
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in tuple(self._all):
            await worker.kill()
        await asyncio.gather(*self._following)

    def pids(self) -> tuple[int, ...]:
        """Process ids of the living workers."""
        return tuple(worker.process.pid for worker in self._all if worker.alive)

    @property
    def busy(self) -> int:
        """How many answer a query."""
        return len(self._all) - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return len(self._waiting)

    async def ask(
        self,
        served: Served,
        page: Statement,
        columns: tuple[str, str],
        count: Statement | None = None,
        found: bytes | None = None,
        caller: str = "",
        until: float | None = None,
    ) -> Answer:
        """Run `page` (two columns, named `columns`: JSON text and an integer) and `count` over a release, when it is the
        turn of `caller`; `found` are row numbers (uint32) that the questions may name as the table
        `gateway.serve.sql.FOUND`. One request that asks several times says `until` when (the loop's time) all of it is to
        be answered; without, each has `deadline_s`.

        Raises Unavailable: too many wait, past the deadline, out of memory; BadInput: a number too large to answer.
        """
        request = _request(served, page, count, self.limits.cpu_s) | {"found": found is not None}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.deadline_s if until is None else until
        if deadline <= loop.time():
            raise _too_long()
        worker = await self._take(served.release.id, deadline, caller)
        begun = loop.time()
        try:
            with span("worker query", {"kaizha.release": served.release.id}):
                head, body = await asyncio.wait_for(
                    worker.ask(request, found or b""), max(0.05, deadline - loop.time())
                )
        except BaseException as error:
            # Also where the caller went away: an answer nobody reads must not be taken for the next one's.
            self._replace(worker, _why(error))
            self._took(loop.time() - begun)
            if isinstance(error, TimeoutError):
                raise _too_long() from None
            if isinstance(error, EOFError | OSError):
                raise _ended() from None
            raise
        self._took(loop.time() - begun)
        worker.release = served.release.id
        self._give_back(worker)
        if kind := head.get("failed"):
            raise _failed(kind)
        if tuple(head["columns"]) != columns:
            raise _failed("file")
        return Answer(body.split(b"\n") if body else [], head["numbers"], head["count"])

    async def _take(self, release: str, deadline: float, caller: str) -> _Worker:
        if self._idle:
            worker = next((one for one in self._idle if one.release == release), self._idle[0])
            self._idle.remove(worker)
        else:
            worker = await self._wait(deadline, caller)
        if worker.alive:
            return worker
        self._replace(worker, "died")
        return await self._take(release, deadline, caller)

    async def _wait(self, deadline: float, caller: str) -> _Worker:
        """The worker that is handed over when it is this caller's turn."""
        if self._closed or self._would_wait_s(caller) > self.limits.wait_s:
            raise _busy()
        turn: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        given_up = self._waiting.join(caller, turn)
        if given_up is turn:
            raise _busy()
        if given_up is not None:
            given_up.cancel()  # it made room for a caller with fewer waiting
        try:
            async with asyncio.timeout_at(deadline):
                await asyncio.wait({turn})
            if turn.cancelled():
                raise _busy()
            return turn.result()
        except BaseException as error:
            self._waiting.leave(caller, turn)
            if turn.done() and not turn.cancelled():
                self._give_back(turn.result())  # handed over to somebody who has just gone
            if isinstance(error, TimeoutError):
                raise _busy() from None
            raise

    def _took(self, seconds: float) -> None:
        """One more of the last twenty or so, which say how long the next will take."""
        self._typical_s += 0.05 * (seconds - self._typical_s)
        self.seconds.observe(seconds)

    def _would_wait_s(self, caller: str) -> float:
        """About how long, from how long the last requests took; one of a caller may always wait where nobody does."""
        return self._waiting.ahead_of(caller) * self._typical_s / max(1, self.limits.workers)

    def _give_back(self, worker: _Worker) -> None:
        while (turn := self._waiting.next()) is not None:
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    def _replace(self, worker: _Worker, why: str) -> None:
        self.ended.labels(why).inc()
        if worker.alive:
            worker.process.kill()
        self._all.discard(worker)
        if not self._closed:
            task = asyncio.get_running_loop().create_task(self._restart(worker))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _restart(self, ended: _Worker) -> None:
        await ended.process.wait()
        _log.warning("worker ended", pid=ended.process.pid, status=ended.process.returncode)
        delay = 0.0
        while not self._closed:
            await asyncio.sleep(delay)
            try:
                return await self._start_one()
            except Unavailable:
                delay = min(2 * delay + 0.5, 30.0)
                _log.error("worker does not start", next_attempt_s=delay)
        return None

    async def _start_one(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_SCRIPT),
            str(self.limits.memory_mb),
            str(self.limits.engine_memory_mb),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={
                "PATH": "/usr/bin:/bin",
                "LC_ALL": "C.UTF-8",
                "MALLOC_ARENA_MAX": "2",
                "OMP_NUM_THREADS": "1",
            },
            cwd="/",
            limit=1 << 20,
        )
        worker = _Worker(process)
        try:
            await asyncio.wait_for(worker.read(), self.limits.start_s)
        except (EOFError, OSError, TimeoutError):
            await worker.kill()
            raise Unavailable(
                Text("查询进程无法启动", "A query worker does not start"),
                Text("请查看服务日志", "See the service's log"),
            ) from None
        except BaseException:
            await worker.kill()
            raise
        self._all.add(worker)
        self._give_back(worker)
        following = asyncio.get_running_loop().create_task(self._follow(worker))
        self._following.add(following)
        following.add_done_callback(self._following.discard)

    async def _follow(self, worker: _Worker) -> None:
        """One that dies while it has nothing to do is replaced then, and not only when the next query finds it dead."""
        await worker.process.wait()
        if not self._closed and worker in self._idle:
            self._idle.remove(worker)
            self._replace(worker, "died")


def _request(served: Served, page: Statement, count: Statement | None, cpu_s: int) -> dict[str, Any]:
    return _opening(columns_of_release(served.release)) | {
        "release": served.release.id,
        "rows": served.release.rows,
        "parquet": str(served.parquet),
        "column_file": str(served.column_file) if served.column_file else None,
        "page": (page.sql, page.given),
        "count": None if count is None else (count.sql, count.given),
        "cpu_s": cpu_s,
    }


@lru_cache(maxsize=256)
def _opening(columns: tuple[Column, ...]) -> dict[str, Any]:
    """How a release of these columns is opened: written once, it is sent with every question."""
    return {
        "row": row_column(columns),
        "columns": [one.name for one in columns],
        "load_table": load_sql(columns, "TABLE"),
        "load_view": load_sql(columns, "VIEW"),
    }


def _why(error: BaseException) -> str:
    """Why a worker is given up: past its time, dead (of memory, mostly), or its caller has gone."""
    if isinstance(error, TimeoutError):
        return "late"
    return "died" if isinstance(error, EOFError | OSError) else "left"


def _busy() -> Unavailable:
    return Unavailable(
        Text("查询过多，暂时无法受理", "Too many queries are waiting"),
        Text(
            "请按 Retry-After 稍后重试；整表数据请用 export",
            "Try again after Retry-After; for whole tables use export",
        ),
    )


def _too_long() -> Unavailable:
    return Unavailable(
        Text("查询超过时限，已停止", "The query ran past its time limit and was stopped"),
        Text("请缩小筛选范围或减少排序、分组列", "Narrow the filter, or sort and group by fewer columns"),
    )


def _ended() -> Unavailable:
    return Unavailable(
        Text("查询超出资源限制，已停止", "The query went beyond its limits and was stopped"),
        Text(
            "请缩小筛选范围；若反复出现请联系数据管理部门",
            "Narrow the filter; if it happens again tell the data office",
        ),
    )


def _failed(kind: str) -> BadInput | Unavailable:
    if kind == "numbers":
        return BadInput(
            Text("结果中的数超出了可表示的范围", "A number of this answer is out of range"),
            Text("请改用 avg，或缩小筛选范围", "Use avg, or narrow the filter"),
        )
    if kind == "geometry":
        return BadInput(
            Text(
                "这个数据集的几何不全是点，空间条件无法准确回答",
                "Not every geometry of this dataset is a point, so a spatial condition cannot be answered exactly",
            ),
            Text(
                "请下载 export.geojson，用 GIS 软件或 DuckDB spatial 筛选",
                "Download export.geojson and filter it with a GIS or DuckDB spatial",
            ),
        )
    _log.error("worker failed", kind=kind)
    if kind == "memory":
        return _ended()
    return Unavailable(
        Text("暂时无法回答这个查询", "This query cannot be answered now"),
        Text(
            "请稍后再试；若反复出现请联系数据管理部门",
            "Try again later; if it happens again tell the data office",
        ),
    )
