"""`package_search` over 10,000 datasets and `datastore_search` deep in 1,200,000 rows, through the real ASGI door in process.

Targets (docs/benchmarks.md): package_search p50 ≤ 20 ms with facets, Chinese words of two characters found; datastore_search
at offset 1,000,000 no slower than three times offset 0. Run: ``python -m benchmarks.ckan [DATASETS] [ROWS]``.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import httpx
from sqlalchemy import insert

from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.finding import Grade
from catalog.registry import dump, work
from catalog.registry.tables import release_documents, releases, submissions
from catalog.release import Release, ReleasedColumn, State
from catalog.text import Text
from gateway.app import create_app
from gateway.gate import Gate, new_submission_id, open_gate
from gateway.serve.cache_folder import ROW_FILE, cache_folder_of
from gateway.serve.row_file import build_row_file
from gateway.settings import GateSettings, ServeSettings

ROUNDS = 200
WORDS = tuple(
    "公交站点学校医院空气水质预算企业停车公园旅游住房用电气象统计土地图书养老信用农业"[i : i + 2]
    for i in range(0, 40, 2)
)
PLACES = ["浦东", "徐汇", "静安", "虹口", "杨浦", "闵行", "宝山", "嘉定", "青浦", "松江"]
THEMES = ("transport", "education", "health", "environment", "finance", "enterprise", "culture", "housing")
QUERIES: Sequence[dict[str, Any]] = (
    {"q": "公交"},
    {"q": "学校 浦东"},
    {"q": "水质 名录 数据", "fq": "groups:environment"},
    {"q": "*:*", "sort": "metadata_modified desc"},
    {"q": "title:停车 OR tags:养老"},
    {"fq": "metadata_modified:[2026-02-01T00:00:00Z TO *]", "start": 500, "rows": 100, "sort": "id asc"},
)
FACETS = {"facet.field": ["organization", "groups", "tags", "res_format", "license_id"], "facet.limit": 50}


def release_of(number: int, chance: random.Random, columns: tuple[ReleasedColumn, ...]) -> Release:
    word, place = chance.choice(WORDS), chance.choice(PLACES)
    published = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=13 * number)
    dataset = Dataset(
        f"set-{number:05}",
        f"{place}{word}名录{number}",
        f"{place}区{chance.choice(WORDS)}局",
        chance.choice(THEMES),
        f"{place}区{word}数据，每{chance.choice('年月周日')}更新。Records of {number}.",
        keywords=(word, place, f"主题{number % 500}"),
    )
    return Release(
        id=sha256(dataset.id.encode()).hexdigest(),
        dataset=dataset,
        version_id="v",
        columns=columns,
        withheld=(),
        rows=10,
        bytes=1000,
        excluded_rows=0,
        grade=Grade.L1,
        quality_score=0.9,
        list_version="1",
        policy_epoch=1,
        published_at=published,
        published_by="steward",
        ledger_index=number,
    )


def fill(gate: Gate, datasets: int) -> None:
    chance = random.Random(7)
    columns = tuple(
        ReleasedColumn(Column(f"列{n}", ColumnType.TEXT, Text("名", "name")), MaskOperator.KEEP)
        for n in range(12)
    )
    with gate.registry.transaction() as unit:
        for number in range(1, datasets + 1):
            _open(unit, release_of(number, chance, columns))


def _open(unit: Any, release: Release) -> None:
    """As `open_release` does, without what judging and the ledger take."""
    now = release.published_at
    work.register_dataset(unit, release.dataset, now)
    submission = new_submission_id(now)
    unit.execute(
        insert(submissions).values(
            id=submission,
            dataset_id=release.dataset.id,
            state=State.RELEASED.value,
            request={},
            report={},
            submitted_by="steward",
            submitted_at=now,
        )
    )
    row = insert(releases).values(
        id=release.id,
        dataset_id=release.dataset.id,
        submission_id=submission,
        status="current",
        published_at=now,
        ledger_index=release.ledger_index,
    )
    number = unit.execute(row.returning(releases.c.seq)).scalar_one()
    unit.execute(insert(release_documents).values(number=number, document=dump(release)))


def large_table(gate: Gate, rows: int) -> None:
    """One release of many rows, with its row file."""
    with tempfile.TemporaryDirectory() as folder:
        parquet = Path(folder) / "large.parquet"
        connection = duckdb.connect()
        connection.sql(
            f"SELECT i AS id, '站点' || i AS 站名, (i * 7919) % 1000 AS 线路, i / 7.0 AS 长度 FROM range({rows}) t(i)"
        ).write_parquet(str(parquet))
        types = {
            "id": ColumnType.INTEGER,
            "站名": ColumnType.TEXT,
            "线路": ColumnType.INTEGER,
            "长度": ColumnType.DOUBLE,
        }
        columns = tuple(ReleasedColumn(Column(name, kind), MaskOperator.KEEP) for name, kind in types.items())
        release_id = gate.open.put(parquet, ".parquet")
        release = replace(
            release_of(0, random.Random(1), columns),
            id=release_id,
            dataset=Dataset("large", "大表", "交通局", "transport"),
            rows=rows,
            bytes=parquet.stat().st_size,
            keys=("id",),
            ledger_index=10_000_000,
        )
        target = cache_folder_of(gate.settings.cache_folder, release_id)
        target.mkdir(parents=True, exist_ok=True)
        build_row_file(gate.open.path(release_id, ".parquet"), release, target / ROW_FILE)
        with gate.registry.transaction() as unit:
            _open(unit, release)


async def timed(call: Callable[[], Awaitable[httpx.Response]], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = await call()
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text[:300]
    return sorted(taken)


async def measure(home: Path, datasets: int, rows: int) -> bool:
    front = create_app(ServeSettings(home=home))
    app: Any = front.app
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(front)
        async with httpx.AsyncClient(transport=transport, base_url="http://gate", timeout=120) as client:

            def ask(action: str, given: dict[str, Any]) -> Callable[[], Awaitable[httpx.Response]]:
                return lambda: client.post(f"/api/3/action/{action}", json=given)

            begun = time.perf_counter()
            await ask("package_list", {})()
            print(f"index of {datasets:,} datasets, from nothing: {time.perf_counter() - begun:6.2f} s")
            everything: list[float] = []
            for query in QUERIES:
                given = query | FACETS
                taken = await timed(ask("package_search", given), ROUNDS // 4)
                everything += taken
                found = (await ask("package_search", given)()).json()["result"]["count"]
                print(f"package_search {query!s:105} {found:6,} found  p50 {median(taken):6.2f} ms")
            p50 = median(everything)
            words = [(await ask("package_search", {"q": word})()).json()["result"]["count"] for word in WORDS]
            print(
                f"package_search in all: p50 {p50:.2f} ms, p95 {sorted(everything)[len(everything) * 95 // 100]:.2f} ms"
            )
            print(f"two-character Chinese words found: {sum(count > 0 for count in words)} of {len(WORDS)}")
            deep = {
                offset: median(
                    await timed(
                        ask("datastore_search", {"resource_id": "large", "limit": 100, "offset": offset}),
                        ROUNDS,
                    )
                )
                for offset in (0, min(1_000_000, rows - 1000))
            }
            first, last = deep.values()
            for offset, taken_ms in deep.items():
                print(f"datastore_search offset {offset:>9,}: p50 {taken_ms:6.2f} ms")
            print(f"ratio {last / first:.2f} (target 3.00)")
            return p50 <= 20 and all(words) and last <= 3 * first


def main() -> None:
    datasets = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_200_000
    with tempfile.TemporaryDirectory(prefix="kz") as folder:
        gate = open_gate(GateSettings(home=Path(folder) / "home"))
        fill(gate, datasets)
        large_table(gate, rows)
        gate.registry.close()
        met = asyncio.run(measure(Path(folder) / "home", datasets, rows))
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
