"""Workers: locked in, killed past the deadline, replaced; and the pool goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from catalog.dataset import ColumnType
from catalog.errors import Unavailable
from gateway.serve.engines import Engines
from gateway.serve.query import RecordsQuery
from gateway.serve.served import Served
from gateway.serve.statement import Statement
from gateway.serve.workers import Busy, WorkerLimits, Workers

PAGE = ("json", "row")
FOREVER = "SELECT CAST(sum(a.range * b.range % 7) AS VARCHAR) AS json, 1 AS row FROM range(10000000) a, range(10000000) b"
BRIEF = "SELECT 'brief' AS json, count(*) AS row FROM range(4000000) WHERE hash(range) % 3 = 0"
SLOW = "SELECT 'stale' AS json, count(*) AS row FROM range(40000000) WHERE hash(range) % 3 = 0"


@pytest.fixture(scope="module")
def pool(loop: asyncio.AbstractEventLoop) -> Any:
    workers = Workers(WorkerLimits(workers=1, deadline_s=1.0, memory_mb=400, engine_memory_mb=200, queue=2))
    loop.run_until_complete(workers.start())
    yield workers
    loop.run_until_complete(workers.close())


def ask(loop: asyncio.AbstractEventLoop, pool: Workers, served: Served, sql: str) -> Any:
    return loop.run_until_complete(pool.ask(served, Statement(sql), PAGE))


def good(loop: asyncio.AbstractEventLoop, pool: Workers, served: Served) -> bool:
    return ask(loop, pool, served, "SELECT '{}' AS json, count(*) AS row FROM rows").numbers == [
        served.release.rows
    ]


def ready(loop: asyncio.AbstractEventLoop, pool: Workers, served: Served) -> bool:
    """The pool answers again (within ten seconds; a new worker takes about one to start)."""
    end = time.monotonic() + 10
    while True:
        try:
            return good(loop, pool, served)
        except Unavailable:
            if time.monotonic() > end:
                raise


REFUSED = {
    "a file": "SELECT content AS json, 1 AS row FROM read_text('/etc/passwd')",
    "a csv": "SELECT * FROM read_csv('/etc/passwd')",
    "a path as a table": "SELECT * FROM '/etc/passwd'",
    "a folder": "SELECT * FROM glob('/etc/*')",
    "an attachment": "ATTACH '/tmp/other.db'",
    "a copy": "COPY rows TO '/tmp/kaizha-copy.csv'",
    "a setting": "SET enable_external_access = true",
    "a lock": "SET lock_configuration = false",
    "an extension": "INSTALL httpfs",
    "a spill": "SET temp_directory = '/tmp'",
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("kind", ["bare", "built"])
def test_a_worker_reads_nothing_but_the_release(
    sql: str, kind: str, request: pytest.FixtureRequest, loop: Any, pool: Workers
) -> None:
    served = request.getfixturevalue(kind)
    with pytest.raises(Unavailable) as refused:
        ask(loop, pool, served, sql)

    assert "passwd" not in str(refused.value.message)
    assert good(loop, pool, served)


def test_a_query_cannot_widen_the_limits_of_the_engine(loop: Any, pool: Workers, built: Served) -> None:
    asked = "SELECT current_setting('memory_limit') || current_setting('threads') AS json, 1 AS row"
    before = ask(loop, pool, built, asked).texts
    for setting in ("memory_limit = '64GB'", "threads = 8"):
        with pytest.raises(Unavailable):
            ask(loop, pool, built, f"SET {setting}")

    assert ask(loop, pool, built, asked).texts == before


def test_not_even_the_release_itself_can_be_read_as_a_file_or_changed(
    loop: Any, pool: Workers, built: Served
) -> None:
    before = built.column_file.read_bytes() if built.column_file else b""
    for sql in (f"SELECT * FROM read_parquet('{built.parquet}')", "DELETE FROM rows", "DROP TABLE rows"):
        with pytest.raises(Unavailable):
            ask(loop, pool, built, sql)
    assert built.column_file
    assert built.column_file.read_bytes() == before


def test_a_worker_past_its_deadline_is_killed_and_replaced(loop: Any, pool: Workers, built: Served) -> None:
    assert ready(loop, pool, built)
    [pid] = pool.pids()
    started = time.monotonic()

    with pytest.raises(Unavailable) as stopped:
        ask(loop, pool, built, FOREVER)

    assert 0.9 < time.monotonic() - started < 2.5
    assert "Narrow" in stopped.value.remedy.en
    assert ready(loop, pool, built)
    assert pid not in pool.pids()
    assert not Path(f"/proc/{pid}").exists()


def test_memory_beyond_the_limit_ends_the_query_not_the_pool(loop: Any, pool: Workers, built: Served) -> None:
    assert ready(loop, pool, built)
    for sql in (
        "SELECT repeat('x', 3000000000) AS json, 1 AS row",
        "SELECT CAST(list(range) AS VARCHAR) AS json, 1 AS row FROM range(200000000)",
    ):
        with pytest.raises(Unavailable):
            ask(loop, pool, built, sql)
        assert ready(loop, pool, built)


def test_the_kernel_holds_the_limits(loop: Any, pool: Workers, built: Served) -> None:
    assert ready(loop, pool, built)
    [pid] = pool.pids()
    limits = {
        line[:26].strip(): line[26:].split() for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())

    assert limits["Max file size"][:2] == ["0", "0"]
    assert limits["Max core file size"][:2] == ["0", "0"]
    assert limits["Max cpu time"][0] != "unlimited"
    assert int(limits["Max address space"][1]) < 4 << 30
    assert int(status["VmSize"].split()[0]) * 1024 <= int(limits["Max address space"][1])
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"HOME=" not in environment


def test_a_full_queue_refuses_at_once(loop: Any, pool: Workers, built: Served) -> None:
    assert ready(loop, pool, built)

    async def crowd() -> list[Any]:
        asked = [pool.ask(built, Statement(FOREVER), PAGE) for _ in range(6)]
        started = time.monotonic()

        async def timed(one: Any) -> tuple[str, float]:
            try:
                await one
            except Unavailable as error:
                return error.message.en, time.monotonic() - started
            return "answered", 0.0

        return await asyncio.gather(*(timed(one) for one in asked))

    ends = loop.run_until_complete(crowd())

    # one is at work, one lies with the worker already, two wait
    assert sum(1 for text, after in ends if "waiting" in text and after < 0.5) == 2
    assert ready(loop, pool, built)


def test_what_lay_with_a_worker_that_is_killed_is_asked_of_the_next(
    loop: Any, pool: Workers, built: Served
) -> None:
    assert ready(loop, pool, built)

    async def both() -> list[Any]:
        long = pool.ask(built, Statement(FOREVER), PAGE)
        short = pool.ask(
            built,
            Statement("SELECT '{}' AS json, 7 AS row"),
            PAGE,
            until=asyncio.get_running_loop().time() + 9,
        )
        return await asyncio.gather(long, short, return_exceptions=True)

    stopped, answer = loop.run_until_complete(both())
    assert isinstance(stopped, Unavailable)
    assert answer.numbers == [7]


def test_each_gets_the_answer_to_its_own_question(loop: Any, pool: Workers, built: Served) -> None:
    assert ready(loop, pool, built)

    async def many(first: int) -> list[Any]:
        asked = (
            pool.ask(built, Statement(f"SELECT repeat('x', {n % 7 * 40_000}) AS json, {n} AS row"), PAGE)
            for n in range(first, first + 3)
        )
        return [one.numbers[0] for one in await asyncio.gather(*asked)]

    for first in range(0, 150, 3):  # one is answered, one lies with the worker, one waits
        assert loop.run_until_complete(many(first)) == list(range(first, first + 3))


def test_a_worker_is_ended_that_begins_what_nobody_waits_for(loop: Any, pool: Workers, built: Served) -> None:
    assert ready(loop, pool, built)
    [pid] = pool.pids()

    async def leave() -> Any:
        first = asyncio.create_task(pool.ask(built, Statement(BRIEF), PAGE))
        second = asyncio.create_task(pool.ask(built, Statement(FOREVER), PAGE))
        await asyncio.sleep(0)  # both are with the worker now
        second.cancel()
        return await first

    assert loop.run_until_complete(leave()).texts == [b"brief"]
    assert ready(loop, pool, built)
    assert pid not in pool.pids()


def test_of_those_that_are_read_in_one_turn_of_the_loop_no_more_are_let_in_than_can_be_answered(
    loop: Any, built: Served
) -> None:
    async def crowd() -> tuple[int, int, int]:
        pool = Workers(WorkerLimits(workers=1, wait_s=0.1))
        await pool.start()
        try:
            for _ in range(30):
                await pool.ask(built, Statement(SLOW), PAGE)  # now it is known how long one takes
            running = asyncio.create_task(pool.ask(built, Statement(SLOW), PAGE))
            await asyncio.sleep(0)
            let_in = sum(_let_in(pool, "greedy") for _ in range(20))
            other = _let_in(pool, "other")
            await asyncio.sleep(0)
            later = _let_in(pool, "greedy")
            await running
            return let_in, other, later
        finally:
            await pool.close()

    assert loop.run_until_complete(crowd()) == (2, True, True)


def _let_in(pool: Workers, caller: str) -> bool:
    try:
        pool.expect(caller)
    except Busy:
        return False
    return True


def test_a_caller_that_goes_away_does_not_give_its_answer_to_the_next(
    loop: Any, pool: Workers, built: Served
) -> None:
    assert ready(loop, pool, built)

    async def leave() -> None:
        task = asyncio.create_task(pool.ask(built, Statement(SLOW), PAGE))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    loop.run_until_complete(leave())
    assert ready(loop, pool, built)


def test_closing_ends_every_process(loop: Any, built: Served) -> None:
    workers = Workers(WorkerLimits(workers=1))
    loop.run_until_complete(workers.start())
    [pid] = workers.pids()
    loop.run_until_complete(workers.close())

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_large_parquet_without_a_column_file_is_answered_too(
    loop: Any, pool: Workers, release_of: Any, tmp_path: Path
) -> None:
    from catalog.dataset import ColumnType

    served = release_of(tmp_path, [{"n": i % 10} for i in range(200_001)], {"n": ColumnType.INTEGER})
    answer = ask(loop, pool, served, "SELECT CAST(max(n) AS VARCHAR) AS json, max(_row) AS row FROM rows")

    assert (answer.texts, answer.numbers) == ([b"9"], [200_001])
    with pytest.raises(Unavailable):
        ask(loop, pool, served, "SELECT * FROM read_text('/etc/passwd')")


def test_many_open_releases_take_no_threads_of_their_own(
    release_of: Any, make_gate: Any, workers: Workers, tmp_path: Any
) -> None:
    held = [
        release_of(tmp_path / str(n), [{"n": n}], {"n": ColumnType.INTEGER}, (), f"set-{n}")
        for n in range(16)
    ]
    gate = make_gate(*held)
    for one in held:
        assert gate.get("records?sort=n&n__ne=-1", dataset=one.release.dataset.id).status_code == 200

    [pid] = workers.pids()
    [threads] = [
        int(line.split()[1])
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("Threads:")
    ]
    assert threads < 16


def test_workers_that_end_are_counted_with_the_reason_and_replaced_though_nobody_asks(
    loop: asyncio.AbstractEventLoop, built: Served
) -> None:
    async def run() -> dict[str, float]:
        pool = Workers(WorkerLimits(workers=1, deadline_s=0.3))
        await pool.start()
        try:
            (first,) = pool.pids()
            os.kill(first, signal.SIGKILL)  # while it has nothing to do
            second = await _replaced(pool, first)
            with pytest.raises(Unavailable):
                await pool.ask(built, Statement(FOREVER), PAGE)
            await _replaced(pool, second)
        finally:
            await pool.close()
        samples = [one for family in pool.ended.collect() for one in family.samples]
        return {one.labels["why"]: one.value for one in samples if one.name.endswith("_total")}

    assert loop.run_until_complete(run()) == {"died": 1, "late": 1}


async def _replaced(pool: Workers, ended: int) -> int:
    """The process in the place of one that ended."""
    for _ in range(400):
        await asyncio.sleep(0.05)
        if (pids := pool.pids()) and ended not in pids:
            return pids[0]
    raise AssertionError("no worker was started in place of the one that ended")


def test_a_request_that_asks_several_times_has_one_deadline_for_all(
    loop: asyncio.AbstractEventLoop, built: Served
) -> None:
    """Five facets of 0.4 s each against a deadline of one second."""
    query = RecordsQuery(limit=1, facets=("区县", "id", "price", "lon", "row"))

    class Slow(Workers):
        async def ask(self, served: Served, *given: Any, **more: Any) -> Any:
            found = await super().ask(served, *given, **more)
            await asyncio.sleep(0.4)
            return found

    async def run() -> float:
        pool = Slow(WorkerLimits(workers=1, deadline_s=1.0))
        await pool.start()
        begun = time.monotonic()
        try:
            with pytest.raises(Unavailable) as stopped:
                await Engines(pool).page(built, query, "x")
            assert "Narrow" in stopped.value.remedy.en
            return time.monotonic() - begun
        finally:
            await pool.close()

    assert loop.run_until_complete(run()) < 1.8
