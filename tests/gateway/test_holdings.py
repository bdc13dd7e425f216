"""What publishers hold: registered three ways, by whom it may be, standing where the records say, and counted once."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from catalog.counts import Holdings
from catalog.errors import BadInput, NotAllowed
from catalog.holding import (
    Holding,
    HoldingState,
    Stands,
    read_holdings,
    tally,
    where_it_stands,
)
from catalog.ingest import local
from catalog.ingest.form_sheet import form_rows
from catalog.registry import Registry, queries
from catalog.registry.holdings import holdings_as_they_stand
from catalog.registry.tables import holdings as holdings_table
from catalog.release import State
from gateway.access import OWNER, Person, Role
from gateway.app import create_app
from gateway.gate import Gate
from gateway.holdings import publisher_of, register, shown_to
from gateway.publish.review import withdraw
from gateway.settings import ServeSettings
from gateway.sqlalchemy_scan import scan_database

STEWARD = Person("li", frozenset({Role.STEWARD}), "交通局")
PASSWORD = "s3cret-canary"


def standing(gate: Gate) -> dict[str, HoldingState]:
    with gate.registry.reading() as snapshot:
        return {one.holding.name: one.state for one in holdings_as_they_stand(snapshot, gate.now())}


STATES = (
    (None, False, False, HoldingState.HELD),
    (State.RECEIVED, False, False, HoldingState.PENDING),
    (State.MEASURED, False, False, HoldingState.PENDING),
    (State.HELD, False, False, HoldingState.PENDING),
    (State.REFUSED, False, False, HoldingState.REFUSED),
    (State.WITHDRAWN, False, False, HoldingState.HELD),
    (State.RELEASED, False, False, HoldingState.HELD),
    (State.RELEASED, False, True, HoldingState.GRANTED),
    (State.REFUSED, True, False, HoldingState.OPEN),
)


@pytest.mark.parametrize(("latest", "is_open", "is_granted", "state"), STATES, ids=str)
def test_a_holding_stands_where_its_records_say(
    latest: State | None, is_open: bool, is_granted: bool, state: HoldingState
) -> None:
    assert where_it_stands(latest, is_open=is_open, is_granted=is_granted) is state


stands = st.builds(
    Stands,
    st.builds(
        Holding,
        st.sampled_from(["甲局", "乙局"]),
        st.text(min_size=1),
        fields=st.sampled_from([(), ("a", "b")]),
    ),
    st.sampled_from(HoldingState),
)


@given(st.lists(stands))
def test_every_holding_is_counted_once_in_all_and_with_its_publisher(everything: list[Stands]) -> None:
    total = tally(everything)
    assert total.held == len(everything)
    assert total.unsubmitted == sum(one.state is HoldingState.HELD for one in everything)
    for name in ("held", "open", "granted", "refused", "pending", "fields"):
        assert getattr(total, name) == sum(getattr(one, name) for one in total.publishers)


def test_what_is_held_and_never_submitted_is_in_the_denominator(
    gate: Gate, publish: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("站名\n东站\n西站\n", "utf-8")
    publish(path, dataset_id="stops")
    register(
        gate,
        OWNER,
        [
            Holding("交通局", "card_taps", fields=("a", "b")),
            Holding("交通局", "stops_table", fields=("站名",), dataset_id="stops"),
        ],
    )
    assert standing(gate) == {"card_taps": HoldingState.HELD, "stops_table": HoldingState.OPEN}
    with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
        told = client.get("/api/v1/counts").json()["holdings"]
        page = client.get("/counts?lang=en").text
    assert (told["held"], told["open"], told["pending"], told["fields"]) == (2, 1, 0, 3)
    assert told["publishers"] == [
        {"publisher": "交通局", "held": 2, "open": 1, "granted": 0, "refused": 0, "pending": 0, "fields": 3}
    ]
    assert "Registered only" in page
    assert "card_taps" not in page  # what is held is not told by name


def test_a_dataset_nobody_registered_is_held_all_the_same(gate: Gate, publish: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("站名\n东站\n西站\n", "utf-8")
    publish(path, dataset_id="stops")
    assert standing(gate) == {"stops": HoldingState.OPEN}
    withdraw(gate, OWNER, "stops", "wrong")
    assert standing(gate) == {"stops": HoldingState.HELD}


def test_registered_again_it_is_brought_up_to_date_and_keeps_what_it_had(gate: Gate) -> None:
    first = Holding("交通局", "taps", "刷卡", "说明", ("a",), "taps", "sheet")
    assert register(gate, STEWARD, [first]).added == 1
    done = register(gate, STEWARD, [Holding("交通局", "taps", fields=("a", "b"), source="scan: sqlite")])
    assert (done.added, done.changed) == (0, 1)
    with gate.registry.reading() as snapshot:
        (one,) = [stands.holding for stands in holdings_as_they_stand(snapshot, gate.now())]
    assert one == Holding("交通局", "taps", "刷卡", "说明", ("a", "b"), "taps", "scan: sqlite")
    again = register(gate, STEWARD, [one])
    assert (again.added, again.changed) == (0, 0)


def test_who_registered_stands_beside_it_and_in_the_ledger_without_names(gate: Gate) -> None:
    register(gate, STEWARD, [Holding("交通局", "taps")])
    with gate.registry.reading() as snapshot:
        (row,) = snapshot.execute(select(holdings_table.c.registered_by))
        (event,) = [
            one.event for one in queries.leaf_rows(snapshot) if one.event["kind"] == "holdings-registered"
        ]
    assert row.registered_by == event["by"] == "li"
    assert "taps" not in str(event)


def test_a_steward_registers_and_sees_their_own_publishers_only(gate: Gate) -> None:
    with pytest.raises(NotAllowed):
        register(gate, STEWARD, [Holding("交通局", "a"), Holding("卫健局", "b")])
    assert standing(gate) == {}
    register(gate, OWNER, [Holding("交通局", "a"), Holding("卫健局", "b")])
    assert [one.holding.name for one in shown_to(gate, STEWARD)] == ["a"]
    office = Person("ou", frozenset({Role.DATA_OFFICE}))
    assert [one.holding.name for one in shown_to(gate, office)] == ["a", "b"]
    with pytest.raises(NotAllowed):
        register(gate, office, [Holding("交通局", "a")])
    assert publisher_of(STEWARD, None) == "交通局"
    with pytest.raises(BadInput):
        publisher_of(office, None)


def test_a_sheet_registers_all_of_it_or_names_the_cell(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "held.csv"
    path.write_text(
        "名称,提供单位,数据项,数据集标识\n刷卡,,卡号|时间,\n线路,公交公司,,bus-lines\n", "gb18030"
    )
    given_holdings = read_holdings(form_rows(local(path, 1 << 20), gate.spool), path.name, "交通局")
    assert [(one.publisher, one.name, one.fields, one.dataset_id) for one in given_holdings] == [
        ("交通局", "刷卡", ("卡号", "时间"), None),
        ("公交公司", "线路", (), "bus-lines"),
    ]
    rows = [["name", "publisher", "dataset"], ["a", "", "Bad Id"], ["", "乙局", ""], ["a", "", ""]]
    with pytest.raises(BadInput) as refused:
        read_holdings(rows, "held.csv", "交通局")
    assert [flaw.where.cell for flaw in refused.value.flaws] == ["C2", "A3", "A4"]
    with pytest.raises(BadInput, match="names no publisher"):
        read_holdings([["name"], ["a"]], "held.csv", None)


# ---- scans


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "taps 1.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE 刷卡 (卡号 TEXT, 时间 TEXT)")
        connection.execute("INSERT INTO 刷卡 VALUES ('row-canary', 't')")
        connection.execute("CREATE VIEW daily AS SELECT 时间 FROM 刷卡")
    connection.close()
    return path


def test_a_scan_sees_tables_and_columns_and_no_row(foreign: Path) -> None:
    before = foreign.read_bytes()
    found = scan_database(f"sqlite:///{foreign}", "交通局")
    assert [(one.name, one.fields, one.source) for one in found] == [
        ("taps 1.daily", ("时间",), "scan: sqlite"),
        ("taps 1.刷卡", ("卡号", "时间"), "scan: sqlite"),
    ]
    assert "row-canary" not in str(found)
    assert foreign.read_bytes() == before


def test_a_scan_creates_no_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        scan_database(f"sqlite:///{tmp_path / 'new.sqlite'}", "交通局")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        f"no-address {PASSWORD}",
        f"oracle+nothing://user:{PASSWORD}@host/db",
        f"postgresql+psycopg://user:{PASSWORD}@127.0.0.1:1/db",
        f"postgresql+psycopg://user:{PASSWORD}@127.0.0.1:port/db",
    ],
)
def test_a_scan_that_fails_repeats_nothing_of_the_address(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        scan_database(url, "交通局")
    error = refused.value
    said = f"{error} {error.message} {error.remedy} {error.where} {error.flaws}"
    assert PASSWORD not in said
    assert "127.0.0.1" not in said
    assert error.__cause__ is None
    assert error.__suppress_context__


@pytest.mark.postgres
def test_a_scan_of_a_server_stores_nothing_of_its_address(gate: Gate, postgres_url: str) -> None:
    from sqlalchemy import text
    from sqlalchemy.engine import make_url

    admin = Registry(postgres_url)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS taps CASCADE"))
        connection.execute(text("DROP ROLE IF EXISTS looker"))
        connection.execute(text(f"CREATE ROLE looker LOGIN PASSWORD '{PASSWORD}'"))
        connection.execute(text("CREATE SCHEMA taps AUTHORIZATION looker"))
        connection.execute(text("CREATE TABLE taps.刷卡 (卡号 text, 时间 timestamp, 态 int)"))
        connection.execute(text("ALTER TABLE taps.刷卡 OWNER TO looker"))
    admin.close()
    url = make_url(postgres_url).set(username="looker", password=PASSWORD)
    found = scan_database(url.render_as_string(hide_password=False), "交通局", "taps")
    assert [(one.name, one.fields) for one in found] == [("postgres.taps.刷卡", ("卡号", "时间", "态"))]
    register(gate, STEWARD, found)
    for file in gate.settings.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert PASSWORD.encode() not in content
            assert b"looker" not in content
    with pytest.raises(BadInput, match="No table is to be seen"):
        scan_database(url.render_as_string(hide_password=False), "交通局", "no_such_schema")


def test_holdings_left_at_nothing_are_nothing() -> None:
    assert tally(()) == Holdings()
