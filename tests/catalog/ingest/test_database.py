"""Tables and queries of real databases: every value as it was, read only, and not a word of the address anywhere."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from catalog.errors import BadInput, KaizhaError, TooLarge, Unavailable
from catalog.ingest import Limits, read, spool_database

SECRET = "Xq7-geheim-9"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    path = tmp_path / "city.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE stops (code TEXT, name TEXT, lines INTEGER, lon REAL, note TEXT)")
        made.executemany(
            "INSERT INTO stops VALUES (?, ?, ?, ?, ?)",
            [(f"{n:03d}", f"站{n}", n, 120 + n / 8, None if n % 2 else "a:b") for n in range(1, 30_001)],
        )
    made.close()
    return f"sqlite:///{path}"


def table(desk: Any, source: Any) -> Any:
    return read(desk.engine, source, desk.folder / "spool")


def test_a_table_is_read_with_its_types(desk: Any, types: Any, sqlite: str) -> None:
    reading = table(desk, spool_database(sqlite, desk.folder / "in", 1 << 30, table="stops"))
    assert types(reading) == {
        "code": "TEXT",
        "name": "TEXT",
        "lines": "INTEGER",
        "lon": "DOUBLE",
        "note": "TEXT",
    }
    rows = desk.rows(reading)
    assert len(rows) == 30_000
    assert rows[:2] == [("001", "站1", 1, 120.125, None), ("002", "站2", 2, 120.25, "a:b")]


def test_a_query_is_one_select_and_reads_only(desk: Any, sqlite: str) -> None:
    query = "SELECT name, lines AS n FROM stops WHERE note = 'a:b' LIMIT 2;"
    source = spool_database(sqlite, desk.folder, 1 << 30, query=query)
    assert desk.rows(table(desk, source)) == [("站2", 2), ("站4", 4)]
    for query in ("DELETE FROM stops", "DROP TABLE stops", "SELECT 1) AS x; DELETE FROM stops; SELECT (1"):
        with pytest.raises(KaizhaError):
            spool_database(sqlite, desk.folder, 1 << 30, query=query)
    assert table(desk, spool_database(sqlite, desk.folder, 1 << 30, table="stops")).rows == 30_000


def test_bounds_and_mistakes_leave_nothing_behind(desk: Any, sqlite: str, tmp_path: Path) -> None:
    folder = tmp_path / "bounded"
    with pytest.raises(TooLarge):
        spool_database(sqlite, folder, 1_000, table="stops")
    with pytest.raises(TooLarge):
        spool_database(sqlite, folder, 1 << 30, table="stops", limits=Limits(max_rows=100))
    with pytest.raises(Unavailable):
        spool_database(sqlite, folder, 1 << 30, table="stops", deadline_s=0.0)
    for wanted in (
        {},
        {"table": "a", "query": "b"},
        {"table": "missing"},
        {"query": "SELECT * FROM stops WHERE 0"},
    ):
        with pytest.raises(KaizhaError):
            spool_database(sqlite, folder, 1 << 30, **wanted)
    with pytest.raises(BadInput):
        spool_database(f"sqlite:///{tmp_path}/none.sqlite", folder, 1 << 30, table="stops")
    assert not list(folder.iterdir())
    assert not (tmp_path / "none.sqlite").exists()


def late(path: Path, declared: str, value: Any, at: int = 25_000) -> str:
    """A table whose column is empty in all rows but row `at`."""
    with sqlite3.connect(path) as made:
        made.execute(f"CREATE TABLE t (n INTEGER, late {declared})")
        rows = ((n, value if n == at else None) for n in range(1, 45_001))
        made.executemany("INSERT INTO t VALUES (?, ?)", rows)
    made.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize(
    ("declared", "value", "kind"),
    [
        ("INTEGER", 7, "INTEGER"),
        ("REAL", 7.5, "DOUBLE"),
        ("", 7, "INTEGER"),
        ("INTEGER", "sieben", "TEXT"),  # SQLite keeps what it is given
        ("TEXT", "007", "TEXT"),
    ],
)
def test_a_column_first_filled_far_below_has_the_type_of_its_values(
    desk: Any, types: Any, tmp_path: Path, declared: str, value: Any, kind: str
) -> None:
    address = late(tmp_path / "late.sqlite", declared, value)
    for wanted in ({"table": "t"}, {"query": "SELECT * FROM t ORDER BY n"}):
        folder = tmp_path / next(iter(wanted))
        source = spool_database(address, folder, 1 << 30, **wanted)
        assert list(folder.iterdir()) == [source.path]
        reading = table(desk, source)
        assert types(reading) == {"n": "INTEGER", "late": kind}
        rows = desk.rows(reading)
        assert len(rows) == 45_000
        assert [row for row in rows if row[1] is not None] == [(25_000, value)]


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("INTEGER", "INTEGER"),
        ("REAL", "DOUBLE"),
        ("NUMERIC(10, 2)", "DECIMAL"),
        ("DATE", "DATE"),
        ("TIMESTAMP", "TIMESTAMP"),
        ("BOOLEAN", "BOOLEAN"),
        ("VARCHAR(20)", "TEXT"),
        ("", "TEXT"),
    ],
)
def test_a_column_without_any_value_has_its_declared_type(
    desk: Any, types: Any, tmp_path: Path, declared: str, kind: str
) -> None:
    address = late(tmp_path / "empty.sqlite", declared, None)
    reading = table(desk, spool_database(address, tmp_path, 1 << 30, table="t"))
    assert types(reading) == {"n": "INTEGER", "late": kind}
    assert reading.rows == 45_000


def test_several_columns_that_fill_one_after_the_other(desk: Any, types: Any, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "many.sqlite") as made:
        made.execute("CREATE TABLE t (a, b, c)")
        made.executemany(
            "INSERT INTO t VALUES (?, ?, ?)",
            ((n if n > 21_000 else None, n / 2 if n > 41_000 else None, None) for n in range(62_000)),
        )
    made.close()
    source = spool_database(f"sqlite:///{tmp_path / 'many.sqlite'}", tmp_path / "in", 1 << 30, table="t")
    reading = table(desk, source)
    assert types(reading) == {"a": "INTEGER", "b": "DOUBLE", "c": "TEXT"}
    assert desk.rows(reading)[-1] == (61_999, 30_999.5, None)


def test_bounds_hold_over_all_parts_and_leave_none_behind(tmp_path: Path) -> None:
    address, folder = late(tmp_path / "late.sqlite", "INTEGER", "x"), tmp_path / "in"
    with pytest.raises(TooLarge):
        spool_database(address, folder, 1 << 30, table="t", limits=Limits(max_rows=44_000))
    assert not list(folder.iterdir())


def test_a_column_of_several_types_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "mixed.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (n)")
        made.executemany("INSERT INTO t VALUES (?)", [*((n,) for n in range(20_000)), ("neunzehn",)])
    made.close()
    with pytest.raises(BadInput) as caught:
        spool_database(f"sqlite:///{path}", tmp_path, 1 << 30, table="t")
    assert caught.value.where.column == "n"
    assert "neunzehn" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql+psycopg://admin:{SECRET}@127.0.0.1:9/city",
        f"nosuchdb://admin:{SECRET}@host/city",
        f"sqlite:////nowhere/{SECRET}.sqlite",
    ],
)
def test_no_message_holds_the_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(KaizhaError) as caught:
        spool_database(address, tmp_path, 1 << 30, table="t")
    error = caught.value
    said = f"{error!r} {error} {error.message} {error.remedy} {error.where} {error.__cause__!r}"
    assert SECRET not in said
    assert "admin" not in said
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.postgres
def test_postgresql_values_come_as_they_were(desk: Any, types: Any, postgres_url: str) -> None:
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as made:
        made.execute(
            sqlalchemy.text(
                "CREATE TABLE IF NOT EXISTS wells (id varchar, day date, at timestamptz, depth numeric(12,3), ok boolean, more jsonb, big bigint)"
            )
        )
        made.execute(sqlalchemy.text("DELETE FROM wells"))
        made.execute(
            sqlalchemy.text(
                "INSERT INTO wells VALUES ('007', '2024-03-05', '2024-03-05 08:00+08', 12.345, true, '{\"a\": 1}', 9007199254740993)"
            )
        )
    engine.dispose()
    reading = table(desk, spool_database(postgres_url, desk.folder, 1 << 30, table="public.wells"))
    assert desk.rows(reading) == [
        (
            "007",
            date(2024, 3, 5),
            datetime.fromisoformat("2024-03-05T00:00"),
            Decimal("12.345"),
            True,
            '{"a":1}',
            9007199254740993,
        )
    ]
    empty = "SELECT big, day, at, depth, ok, more, id FROM wells WHERE ok IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, '1'"
    reading = table(desk, spool_database(postgres_url, desk.folder, 1 << 30, query=empty))
    assert list(types(reading).values()) == [
        "INTEGER",
        "DATE",
        "TIMESTAMP",
        "DECIMAL",
        "BOOLEAN",
        "TEXT",
        "TEXT",
    ]
    for query in (
        "DELETE FROM wells RETURNING 1",
        "WITH x AS (DELETE FROM wells RETURNING 1) SELECT * FROM x",
        "SELECT pg_sleep(9)",
    ):
        with pytest.raises(KaizhaError):
            spool_database(postgres_url, desk.folder, 1 << 30, query=query, deadline_s=1.0)
    assert table(desk, spool_database(postgres_url, desk.folder, 1 << 30, table="wells")).rows == 1
