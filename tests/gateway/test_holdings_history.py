"""Holdings at any past moment, held no longer and held again; and over HTTP the numbers for all, names by role."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from starlette.testclient import TestClient

import gateway.migrations as migrations
from catalog.errors import BadInput, Conflict, NotAllowed, NotFound
from catalog.holding import Holding, HoldingState, tally
from catalog.registry import Registry, dump, queries
from catalog.registry.holdings import holdings_as_they_stand
from catalog.registry.metadata import metadata
from gateway.access import OWNER, Person, Role
from gateway.app import create_app
from gateway.gate import Gate
from gateway.holdings import register, retire, told_to
from gateway.publish.review import withdraw
from gateway.settings import ServeSettings
from tests.conftest import Publish

STEWARD = Person("li", frozenset({Role.STEWARD}), "交通局")
DEVELOPER = Person("dev", frozenset({Role.DEVELOPER}))
TAPS = Holding("交通局", "taps", fields=("a",))


@pytest.fixture
def days(gate: Gate) -> Callable[[int], Gate]:
    """The gate on the n-th of June 2030."""

    def on(day: int) -> Gate:
        return replace(gate, now=lambda: datetime(2030, 6, day, 12, tzinfo=UTC))

    return on


def standing(gate: Gate, day: int) -> dict[str, str]:
    with gate.registry.reading() as snapshot:
        found = holdings_as_they_stand(snapshot, datetime(2030, 6, day, 13, tzinfo=UTC))
    return {one.holding.name: "retired" if one.retired else str(one.state) for one in found}


def test_where_each_stood_on_any_day_is_told_from_what_was_written_then(
    days: Any, publish: Publish, gate: Gate, tmp_path: Path
) -> None:
    register(days(1), STEWARD, [TAPS])
    register(days(3), STEWARD, [replace(TAPS, fields=("a", "b"))])
    retire(days(5), STEWARD, "交通局", "taps", "系统已停用")
    register(days(7), STEWARD, [TAPS])
    assert [standing(gate, day).get("taps") for day in range(1, 8)] == [
        "held", "held", "held", "held", "retired", "retired", "held",
    ]  # fmt: skip
    with gate.registry.reading() as snapshot:
        sizes = [
            tally(holdings_as_they_stand(snapshot, datetime(2030, 6, day, 13, tzinfo=UTC)))
            for day in (1, 4, 6)
        ]
    assert [(one.held, one.fields) for one in sizes] == [(1, 1), (1, 2), (0, 0)]


def test_a_release_that_ended_was_open_and_a_submission_that_was_decided_waited(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("站名\n东站\n西站\n", "utf-8")
    before = gate.now()
    report = publish(path, dataset_id="stops")
    opened = gate.now()
    withdraw(gate, OWNER, "stops", "wrong")
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, str(report.submission_id))
        assert record is not None
        assert record.decided_at is not None

        def state(moment: datetime) -> list[HoldingState]:
            return [one.state for one in holdings_as_they_stand(snapshot, moment)]

        assert state(before - timedelta(seconds=1)) == []
        assert state(record.decided_at - timedelta(microseconds=1)) == [HoldingState.PENDING]
        assert state(opened) == [HoldingState.OPEN]
        assert state(gate.now()) == [HoldingState.HELD]


def test_retiring_takes_a_reason_a_holding_and_its_own_publisher(gate: Gate) -> None:
    register(gate, OWNER, [TAPS, Holding("卫健局", "beds")])
    with pytest.raises(NotAllowed):
        retire(gate, STEWARD, "卫健局", "beds", "gone")
    with pytest.raises(BadInput):
        retire(gate, STEWARD, "交通局", "taps", "  ")
    with pytest.raises(NotFound):
        retire(gate, STEWARD, "交通局", "beds", "gone")
    retire(gate, STEWARD, "交通局", "taps", "secret reason")
    with pytest.raises(NotFound):
        retire(gate, STEWARD, "交通局", "taps", "again")
    with gate.registry.reading() as snapshot:
        (event,) = [
            one.event for one in queries.leaf_rows(snapshot) if one.event["kind"] == "holding-retired"
        ]
        (one,) = [one for one in holdings_as_they_stand(snapshot, gate.now()) if one.retired]
    assert event["by"] == "li"
    assert "taps" not in str(event)
    assert "secret reason" not in str(event)
    assert one.retired is not None
    assert (one.retired.reason, one.retired.by) == ("secret reason", "li")


def test_what_is_open_is_withdrawn_before_it_is_retired(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("站名\n东站\n西站\n", "utf-8")
    publish(path, dataset_id="stops")
    register(gate, OWNER, [replace(TAPS, dataset_id="stops")])
    with pytest.raises(Conflict):
        retire(gate, STEWARD, "交通局", "taps", "gone")
    withdraw(gate, OWNER, "stops", "wrong")
    retire(gate, STEWARD, "交通局", "taps", "gone")


def test_everybody_sees_the_numbers_of_a_moment_and_nobody_a_name_by_them(days: Any, gate: Gate) -> None:
    register(days(1), OWNER, [TAPS])
    register(days(3), OWNER, [Holding("卫健局", "beds")])
    settings = ServeSettings(home=gate.settings.home)
    with TestClient(create_app(settings)) as client:
        now = client.get("/api/v1/holdings").json()
        refused = client.get("/api/v1/holdings?names=true").status_code
        bad = client.get("/api/v1/holdings?as_of=yesterday").status_code
    assert now["total"]["held"] == 0  # they are of 2030
    assert (refused, bad) == (401, 400)
    told = told_to(days(4), OWNER, "2030-06-02", None, ())
    assert (told["total"]["held"], [one["holding"]["name"] for one in told["holdings"]]) == (1, ["taps"])
    assert "taps" not in str(told["total"])


def test_names_are_told_by_role_publisher_and_state(gate: Gate) -> None:
    register(gate, OWNER, [TAPS, Holding("卫健局", "beds")])
    mine = told_to(gate, STEWARD, "", None, ("held",))
    assert ([one["holding"]["name"] for one in mine["holdings"]], mine["total"]["held"]) == (["taps"], 2)
    assert told_to(gate, STEWARD, "", None, ("open",))["holdings"] == []
    with pytest.raises(NotAllowed):
        told_to(gate, STEWARD, "", "卫健局", ())
    with pytest.raises(NotAllowed):
        told_to(gate, DEVELOPER, "", None, ())
    with pytest.raises(BadInput):
        told_to(gate, OWNER, "", None, ("lost",))


def test_what_was_registered_before_the_history_is_its_first_word(tmp_path: Path) -> None:
    registry = Registry(f"sqlite:///{tmp_path / 'old.sqlite'}")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["target_metadata"] = metadata
    with registry.engine.connect().execution_options(kaizha_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        document = dump(TAPS)
        connection.execute(
            text(
                "INSERT INTO holdings (publisher, name, document, registered_by, registered_at) "
                "VALUES (:publisher, :name, json(:document), 'li', :at)"
            ),
            {
                "publisher": TAPS.publisher,
                "name": TAPS.name,
                "document": json.dumps(document),
                "at": "2026-01-01 00:00:00.000000",
            },
        )
        command.upgrade(config, "0009")
        (one,) = holdings_as_they_stand(connection, at + timedelta(days=1))
    registry.close()
    assert (one.holding, one.retired) == (TAPS, None)
