"""Fabricated releases: Parquet written by DuckDB, files built from it, and the data path around them in process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pyarrow as pa
import pytest

from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator, Reason, Scope
from catalog.finding import Grade
from catalog.registry.services import Standing
from catalog.release import Release, ReleasedColumn, WithheldColumn
from catalog.service import Service, ServiceState
from catalog.text import Text
from gateway.serve.column_file import build_column_file
from gateway.serve.data_path import DataPath
from gateway.serve.earlier import Asked, no_such_release
from gateway.serve.row_file import build_row_file
from gateway.serve.search_file import build_search_file
from gateway.serve.served import Served, ServedService
from gateway.serve.workers import WorkerLimits, Workers

DECLARED_AT = datetime(2026, 2, 1, tzinfo=UTC)
START = datetime(2020, 1, 1)  # noqa: DTZ001 - times in a release carry no zone
CANARY = "金丝雀-7f3a9c"

SCHEMA: dict[str, ColumnType] = {
    "编号": ColumnType.TEXT,
    "id": ColumnType.INTEGER,
    "区县": ColumnType.TEXT,
    "price": ColumnType.DECIMAL,
    "lon": ColumnType.DOUBLE,
    "lat": ColumnType.DOUBLE,
    "opened": ColumnType.DATE,
    "updated": ColumnType.TIMESTAMP,
    "active": ColumnType.BOOLEAN,
    "limit": ColumnType.INTEGER,
    'a"b': ColumnType.TEXT,
    "json": ColumnType.TEXT,
    "row": ColumnType.INTEGER,
    "形状": ColumnType.GEOMETRY,
}
KEYS = ("编号", "id", "区县", "price", "lon", "opened", "updated", "active")
ARROW = {
    ColumnType.TEXT: pa.string(),
    ColumnType.GEOMETRY: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DECIMAL: pa.decimal128(38, 9),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
}
DISTRICTS = ["浦东新区", "徐汇区", "It's", 'say "hi"', "a,b", "", "=1+1", "%_\\", "x\ny", "Ω 区", "浦东"]

Row = dict[str, Any]


def fabricate(count: int, seed: int = 1) -> list[Row]:
    """Rows with nulls, ties, quotes, 18-digit numbers and long decimals."""
    chance = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if chance.random() < 0.15 else value

    def one(i: int) -> Row:
        return {
            "编号": f"{310000000000000000 + i * 7:018d}",
            "id": (110000000000000000 if i % 2 else 0) + (i * 37) % 1009,
            "区县": maybe(chance.choice(DISTRICTS)),
            "price": maybe(
                chance.choice([Decimal("0.1"), Decimal("-12.5"), Decimal(chance.randrange(10**8)) / 100])
            ),
            "lon": maybe(chance.choice([121.5, -0.25, 1e-7, 1e16, chance.random() * 180])),
            "lat": maybe(chance.random() * 90),
            "opened": maybe(date(2000, 1, 1) + timedelta(days=chance.randrange(60))),
            "updated": maybe(START + timedelta(milliseconds=500 * chance.randrange(99))),
            "active": maybe(chance.random() < 0.5),
            "limit": chance.randrange(5),
            'a"b': maybe(chance.choice(DISTRICTS)),
            "json": chance.choice(["{}", "x", "null"]),
            "row": maybe(chance.randrange(9)),
            "形状": maybe('{"type":"Point","coordinates":[121.5,31.0]}'),
        }

    return [one(i) for i in range(count)]


def write_release(
    folder: Path,
    rows: Sequence[Row],
    schema: dict[str, ColumnType],
    keys: Sequence[str] = (),
    dataset_id: str = "bus-stops",
) -> Served:
    """A release of these rows, with its Parquet as the gate writes it."""
    columns = [pa.array([row[name] for row in rows], ARROW[kind]) for name, kind in schema.items()]
    table = pa.table(columns, names=list(schema))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{dataset_id}.parquet"
    connection = duckdb.connect()
    connection.register("incoming", table)
    connection.sql("SELECT * FROM incoming").write_parquet(str(path), row_group_size=2048)
    connection.close()
    reason = Reason("entry", "1", Scope.COLUMN, "deny", Text("不得公开", "not open"), Text("删除", "remove"))
    release = Release(
        id=sha256(path.read_bytes()).hexdigest(),
        dataset=Dataset(dataset_id, "公交站点", "交通局", "transport"),
        version_id="v",
        columns=tuple(
            ReleasedColumn(Column(name, kind), MaskOperator.PARTIAL if name == 'a"b' else MaskOperator.KEEP)
            for name, kind in schema.items()
        ),
        withheld=(WithheldColumn(f"身份证号{CANARY}", (reason,)),),
        rows=len(rows),
        bytes=path.stat().st_size,
        excluded_rows=0,
        grade=Grade.L1,
        quality_score=None,
        list_version="1",
        policy_epoch=1,
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        published_by="steward",
        ledger_index=0,
        keys=tuple(keys),
    )
    return Served(release, path)


def build_all(served: Served) -> Served:
    """The same release with all of its files."""
    row_file = served.parquet.with_suffix(".rows")
    column_file = served.parquet.with_suffix(".duckdb")
    build_row_file(served.parquet, served.release, row_file)
    build_column_file(served.parquet, served.release, column_file)
    search_file = served.parquet.with_suffix(".terms")
    build_search_file(served.parquet, served.release, search_file)
    return replace(served, row_file=row_file, column_file=column_file, search_file=search_file)


@dataclass
class FakeShelf:
    """What is current, held in a dictionary."""

    held: dict[str, Served] = field(default_factory=dict)
    at_epoch: int = 1
    before: list[Served] = field(default_factory=list)
    failure: Exception | None = None
    declared: dict[int, ServedService] = field(default_factory=dict)
    stands: dict[str, list[Standing]] = field(default_factory=dict)

    def declare(self, service: Service, state: ServiceState = ServiceState.ACTIVE, **more: Any) -> None:
        """One more version of an operation."""
        number = len(self.declared) + 1
        self.declared[number] = ServedService(service)
        standing = Standing(
            number,
            service.id,
            service.version,
            state,
            service.datasets,
            None,
            None,
            DECLARED_AT,
            service.title,
            "m",
        )
        self.stands.setdefault(service.id, []).insert(0, replace(standing, **more))

    def services(self, service_id: str) -> tuple[Standing, ...]:
        return tuple(self.stands.get(service_id, ()))

    def prepared(self, number: int) -> ServedService | None:
        return self.declared.get(number)

    def prepare(self, number: int) -> ServedService:
        return self.declared[number]

    def number(self, dataset_id: str) -> int | None:
        if self.failure:
            raise self.failure
        known = self.held.get(dataset_id)
        return int(known.release.id[:8], 16) if known else None

    def at_hand(self, dataset_id: str) -> bool:
        return dataset_id not in self.held

    def current(self, dataset_id: str) -> Served | None:
        return self.held.get(dataset_id)

    def earlier(self, dataset_id: str, asked: Asked) -> Served:
        """Any release that is still held under a name of its own: no law stands between."""
        for served in self.before:
            if asked.release and served.release.id.startswith(asked.release):
                return served
        raise no_such_release(asked)

    def epoch(self) -> int:
        return self.at_epoch


@dataclass
class Gate:
    """One data path and a client that speaks to it."""

    shelf: FakeShelf
    path: DataPath
    run: Callable[[Coroutine[Any, Any, Any]], Any]

    def call(self, service: str, params: Any = None, method: str = "GET", **more: Any) -> Any:
        """An operation."""
        return self.get("", params, method, path=f"/api/v1/services/{service}", **more)

    def get(
        self, what: str, params: Any = None, method: str = "GET", dataset: str = "bus-stops", **more: Any
    ) -> Any:
        path = more.pop("path", f"/api/v1/datasets/{dataset}/{what}")

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.path, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://gate") as client:
                # As it is, unless a test asks otherwise: what is compared are the bytes.
                more["headers"] = {"accept-encoding": "identity"} | dict(more.get("headers") or {})
                return await client.request(method, path, params=params, **more)

        return self.run(ask())


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def workers(loop: asyncio.AbstractEventLoop) -> Iterator[Workers]:
    pool = Workers(WorkerLimits(workers=1))
    loop.run_until_complete(pool.start())
    yield pool
    loop.run_until_complete(pool.close())


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    return fabricate(300)


@pytest.fixture(scope="session")
def bare(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A release of which only the Parquet is there."""
    return write_release(tmp_path_factory.mktemp("bare"), rows, SCHEMA, KEYS)


@pytest.fixture(scope="session")
def built(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The same release with row file and column file."""
    return build_all(write_release(tmp_path_factory.mktemp("built"), rows, SCHEMA, KEYS))


@pytest.fixture(scope="session")
def make_gate(loop: asyncio.AbstractEventLoop, workers: Workers) -> Callable[..., Gate]:
    def make(*served: Served, **options: Any) -> Gate:
        shelf = FakeShelf({one.release.dataset.id: one for one in served})
        return Gate(shelf, DataPath(shelf, workers, **options), loop.run_until_complete)

    return make


@pytest.fixture
def gate(make_gate: Callable[..., Gate], built: Served) -> Gate:
    return make_gate(built)


@pytest.fixture
def bare_gate(make_gate: Callable[..., Gate], bare: Served) -> Gate:
    return make_gate(bare)


@pytest.fixture(scope="session")
def release_of() -> Callable[..., Served]:
    """`write_release`, for tests with rows of their own."""
    return write_release


@pytest.fixture(scope="session")
def with_files() -> Callable[[Served], Served]:
    return build_all
