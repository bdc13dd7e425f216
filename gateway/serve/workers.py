"""The pool of worker processes that ask DuckDB, so that no query can hold the event loop or take the gateway's memory.

A worker past its deadline is killed and another started. Callers take turns, and whoever would wait longer than
`gateway.serve.patience` allows is refused at once (Busy, 503) instead of late. What went wrong inside a worker comes back as one of
five words, never as an engine's message.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from catalog.dataset import Column
from catalog.errors import BadInput, Unavailable
from catalog.text import Text
from gateway.observe.spans import span
from gateway.serve.patience import Patience
from gateway.serve.served import Served
from gateway.serve.sql import columns_of_release, load_sql, row_column
from gateway.serve.statement import Statement
from gateway.serve.turns import Turns
from gateway.serve.worker_process import Told, WorkerProcess, framed

__all__ = ["Answer", "Busy", "WorkerLimits", "Workers", "no_turn"]

LEAST = 2
"""So many may always wait: the next one is at hand when a worker is done."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """`memory_mb` is the address space a worker may add to what it starts with, `engine_memory_mb` DuckDB's own limit
    inside it; `deadline_s` wall-clock for one request, `cpu_s` processor time; `queue` requests that may wait, none of
    them longer than about `wait_s`, or `standing_s` where the queue has not been empty for as long as that."""

    workers: int = 2
    memory_mb: int = 1_024
    engine_memory_mb: int = 512
    deadline_s: float = 5.0
    cpu_s: int = 5
    queue: int = 64
    wait_s: float = 0.1
    standing_s: float = 0.02
    start_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`texts` are the JSON texts (none where the query asked for none), `numbers` one integer a row, `count` what was
    counted."""

    texts: list[bytes]
    numbers: list[int]
    count: int | None


class Busy(Unavailable):
    """Too many wait for a worker already."""


@dataclass(slots=True, eq=False)
class _Turn:
    """One question and its answer to be; `worker` from when it is sent, `begun` (the loop's time) when that is at it."""

    caller: str
    release: str
    request: bytes
    answer: asyncio.Future[Told]
    worker: _Worker | None = None
    begun: float = 0.0


class _Worker:
    """One process, what it is at, and what it was sent to do after that. `release` is the last it was asked about, so the
    next question can go where the file is open."""

    def __init__(self, pool: Workers) -> None:
        self.process = WorkerProcess(partial(pool.answered, self), partial(pool.ended_by_itself, self))
        self.turn: _Turn | None = None
        self.following: _Turn | None = None
        self.release = ""

    def ask(self, turn: _Turn, now: float) -> None:
        turn.worker, self.release = self, turn.release
        if self.turn is None:
            self.turn, turn.begun = turn, now
        else:
            self.following = turn
        self.process.send(turn.request)

    def done(self, now: float) -> _Turn | None:
        """What it was at; it is at what follows now."""
        done, self.turn, self.following = self.turn, self.following, None
        if self.turn is not None:
            self.turn.begun = now
        return done


class Workers:
    """Start with `await start()`, end with `await close()`; belongs to one event loop."""

    def __init__(self, limits: WorkerLimits = WorkerLimits()) -> None:
        self.limits = limits
        self._idle: deque[_Worker] = deque()
        self._all: set[_Worker] = set()
        self._waiting: Turns[_Turn] = Turns(limits.queue)
        self._expected: Turns[None] = Turns(limits.queue)
        self._patience = Patience(limits.wait_s, limits.standing_s)
        self._typical_s = 0.0
        self._starting: set[asyncio.Task[None]] = set()
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
        while (turn := self._waiting.next()) is not None:
            if not turn.answer.done():
                turn.answer.set_exception(no_turn())
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in tuple(self._all):
            await worker.process.kill()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the living workers."""
        return tuple(worker.process.pid for worker in self._all if worker.process.alive)

    @property
    def busy(self) -> int:
        """How many answer a query."""
        return len(self._all) - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return len(self._waiting)

    def expect(self, caller: str) -> None:
        """A request of `caller` that was just read will ask. Raises Busy where it would be refused a turn: those that were
        read in the same turn of the loop, and have not asked yet, come before it."""
        self._check(caller, max(0, self._expected.ahead_of(caller) - len(self._idle)))
        if not self._expected:
            asyncio.get_running_loop().call_soon(self._asking)
        self._expected.join(caller, None)

    def _asking(self) -> None:
        """The turn of the loop begins in which all that was expected asks."""
        self._expected = Turns(self.limits.queue)

    def _check(self, caller: str, before: int = 0) -> None:
        """Raises Busy where too many are ahead, `before` those that wait."""
        sent = sum(worker.following is not None for worker in self._all)
        now, ahead = time.monotonic(), self._waiting.ahead_of(caller) + sent + before
        if not self._waiting:
            self._patience.empty(now)
        if ahead < LEAST:
            return
        if ahead * self._typical_s / max(1, self.limits.workers) > self._patience.of(now):
            raise no_turn()

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
        turn = _Turn(caller, served.release.id, framed(request, found or b""), loop.create_future())
        self._take(turn)
        try:
            with span("worker query", {"kaizha.release": served.release.id}):
                async with asyncio.timeout_at(deadline):
                    head, body = await turn.answer
        except BaseException as error:
            if turn.worker is None:
                self._waiting.leave(caller, turn)
            elif turn.worker.turn is turn:
                # Also where the caller went away: an answer nobody reads must not be taken for the next one's.
                self._replace(turn.worker, "late" if isinstance(error, TimeoutError) else "left")
                self._took(loop.time() - turn.begun)
            if isinstance(error, TimeoutError):
                raise (_too_long() if turn.begun else no_turn()) from None
            if isinstance(error, EOFError):
                raise _ended() from None
            raise
        if kind := head.get("failed"):
            raise _failed(kind)
        if tuple(head["columns"]) != columns:
            raise _failed("file")
        return Answer(body.split(b"\n") if body else [], head["numbers"], head["count"])

    def _take(self, turn: _Turn) -> None:
        """Ask, or wait for the turn. Raises Busy."""
        now = asyncio.get_running_loop().time()
        if self._idle:
            worker = next((one for one in self._idle if one.release == turn.release), self._idle[0])
            self._idle.remove(worker)
            worker.ask(turn, now)
            return
        if self._closed:
            raise no_turn()
        self._check(turn.caller)
        if not self._waiting and (only := self._only()) is not None and only.following is None:
            only.ask(turn, now)
            return
        given_up = self._waiting.join(turn.caller, turn)
        if given_up is turn:
            raise no_turn()
        if given_up is not None and not given_up.answer.done():
            given_up.answer.set_exception(no_turn())  # it made room for a caller with fewer waiting

    def _only(self) -> _Worker | None:
        """The worker, where there is one only: what comes next is sent while it is still at something, so that it does not
        stand idle while its answer is read. With several, that could lie behind a long question while another is free."""
        return next(iter(self._all), None) if self.limits.workers == 1 else None

    def answered(self, worker: _Worker, told: Told) -> None:
        """A worker's answer: the next question goes out before anything else is done with this one."""
        now = asyncio.get_running_loop().time()
        turn = worker.done(now)
        if worker.turn is not None and worker.turn.answer.done():
            self._replace(worker, "left")  # it is at something that nobody waits for any more
        else:
            self._give_back(worker)
        if turn is not None:
            self._took(now - turn.begun)
            if not turn.answer.done():
                turn.answer.set_result(told)

    def ended_by_itself(self, worker: _Worker) -> None:
        """A process has ended; where it was not given up, it died: of memory, mostly, or while it had nothing to do."""
        if worker not in self._all:
            return
        if worker in self._idle:
            self._idle.remove(worker)
        turn, worker.turn = worker.turn, None
        self._replace(worker, "died")
        if turn is not None:
            self._took(asyncio.get_running_loop().time() - turn.begun)
            if not turn.answer.done():
                turn.answer.set_exception(EOFError())

    def _took(self, seconds: float) -> None:
        """One more of the last twenty or so, which say how long the next will take."""
        self._typical_s += 0.05 * (seconds - self._typical_s)
        self.seconds.observe(seconds)

    def _give_back(self, worker: _Worker) -> None:
        """What comes next, for a worker that can take it."""
        while (turn := self._waiting.next()) is not None:
            if not turn.answer.done():
                worker.ask(turn, asyncio.get_running_loop().time())
                if worker is not self._only() or worker.following is not None:
                    return
        self._patience.empty(time.monotonic())
        if worker.turn is None:
            self._idle.append(worker)

    def _replace(self, worker: _Worker, why: str) -> None:
        self._all.discard(worker)
        if self._closed:
            return
        self.ended.labels(why).inc()
        worker.process.stop()
        task = asyncio.get_running_loop().create_task(self._restart(worker))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        following, worker.following = worker.following, None
        if following is not None and not following.answer.done():
            following.worker = None
            try:
                self._take(following)  # it was not begun
            except Busy as error:
                following.answer.set_exception(error)

    async def _restart(self, ended: _Worker) -> None:
        status = await ended.process.exited
        _log.warning("worker ended", pid=ended.process.pid, status=status)
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
        worker = _Worker(self)
        try:
            async with asyncio.timeout(self.limits.start_s):
                await worker.process.start(self.limits.memory_mb, self.limits.engine_memory_mb)
                await worker.process.ready
        except (EOFError, OSError, TimeoutError):
            await worker.process.kill()
            raise Unavailable(
                Text("查询进程无法启动", "A query worker does not start"),
                Text("请查看服务日志", "See the service's log"),
            ) from None
        except BaseException:
            await worker.process.kill()
            raise
        self._all.add(worker)
        self._give_back(worker)


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


def no_turn() -> Busy:
    """What a caller is told for whom there is no turn."""
    return Busy(
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
