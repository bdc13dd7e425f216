"""The peer of the serving benchmark: PostgreSQL with the same columns indexed, behind FastAPI and psycopg, as a careful
developer would write it: one handler a question, prepared statements, asynchronous connections, orjson.

``DATABASE=… uvicorn benchmarks.postgres_peer:app``
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Response
from psycopg.rows import dict_row

CONNECTIONS = 4
COLUMNS = os.environ["COLUMNS"]
_free: asyncio.Queue[psycopg.AsyncConnection[dict[str, Any]]] = asyncio.Queue()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    opened = [
        await psycopg.AsyncConnection.connect(
            os.environ["DATABASE"], autocommit=True, row_factory=dict_row, prepare_threshold=1
        )
        for _ in range(CONNECTIONS)
    ]
    for one in opened:
        _free.put_nowait(one)
    yield
    for one in opened:
        await one.close()


app = FastAPI(lifespan=lifespan)


async def ask(*queries: str, given: Mapping[str, Any]) -> Response:
    """The first query's rows, and the second's only cell as the total."""
    connection = await _free.get()
    try:
        found = [await (await connection.execute(query, given)).fetchall() for query in queries]
    finally:
        _free.put_nowait(connection)
    body: dict[str, Any] = {"rows": found[0]}
    if len(found) > 1:
        body["total"] = found[1][0]["count"]
    return Response(orjson.dumps(body), media_type="application/json")


@app.get("/point")
async def point(record_id: str) -> Response:
    return await ask(
        f"SELECT {COLUMNS} FROM rows WHERE record_id = %(id)s ORDER BY n LIMIT 100", given={"id": record_id}
    )


@app.get("/range")
async def range_(since: str, offset: int = 0) -> Response:
    page = f"SELECT {COLUMNS} FROM rows WHERE received_on >= %(since)s::date ORDER BY received_on, n LIMIT 100 OFFSET %(offset)s"
    return await ask(page, given={"since": since, "offset": offset})


@app.get("/counted")
async def counted(since: str, offset: int = 0) -> Response:
    page = f"SELECT {COLUMNS} FROM rows WHERE received_on >= %(since)s::date ORDER BY received_on, n LIMIT 100 OFFSET %(offset)s"
    total = "SELECT count(*) FROM rows WHERE received_on >= %(since)s::date"
    return await ask(page, total, given={"since": since, "offset": offset})


@app.get("/keyset")
async def keyset(day: str, n: int) -> Response:
    page = f"SELECT {COLUMNS} FROM rows WHERE (received_on, n) > (%(day)s::date, %(n)s) ORDER BY received_on, n LIMIT 100"
    return await ask(page, given={"day": day, "n": n})


@app.get("/offset")
async def offset_(offset: int) -> Response:
    return await ask(
        f"SELECT {COLUMNS} FROM rows ORDER BY n LIMIT 100 OFFSET %(offset)s", given={"offset": offset}
    )


@app.get("/adhoc")
async def adhoc(low: float) -> Response:
    page = f"SELECT {COLUMNS} FROM rows WHERE length_m >= %(low)s ORDER BY closed_at DESC, n LIMIT 100"
    return await ask(page, given={"low": low})


@app.get("/adhoc-clustered")
async def adhoc_clustered(low: str, high: str) -> Response:
    page = (
        f"SELECT {COLUMNS} FROM rows WHERE record_id >= %(low)s AND record_id < %(high)s "
        "ORDER BY closed_at DESC, n LIMIT 100"
    )
    return await ask(page, given={"low": low, "high": high})


@app.get("/groups")
async def groups(low: float) -> Response:
    query = "SELECT district, count(*) AS count, avg(cost_yuan) AS avg FROM rows WHERE length_m >= %(low)s GROUP BY district"
    return await ask(query, given={"low": low})


@app.get("/groups-clustered")
async def groups_clustered(low: str, high: str) -> Response:
    query = (
        "SELECT district, count(*) AS count, avg(cost_yuan) AS avg FROM rows "
        "WHERE record_id >= %(low)s AND record_id < %(high)s GROUP BY district"
    )
    return await ask(query, given={"low": low, "high": high})
