"""The daily look at update cycles: a schedule like any other, which tells once of each dataset that is past its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.access import OWNER
from gateway.exchange.desk import enqueue_exchange, run_exchange, schedule_json
from gateway.gate import Gate
from gateway.governance import notices
from gateway.governance.reminders import UPDATE_DUE
from tests.conftest import publish_in


def after(gate: Gate, days: int) -> Gate:
    return replace(gate, now=lambda: gate.now() + timedelta(days=days))


def a_day(gate: Gate) -> dict[str, Any] | None:
    """What the gate does on its own on one day; the result of the look, where it was made."""
    enqueue_exchange(gate)
    run_exchange(gate)
    [mine] = [one for one in schedule_json(gate, OWNER) if one["kind"] == "freshness"]
    result: dict[str, Any] | None = mine["result"]
    return result


def told(gate: Gate) -> int:
    with gate.registry.reading() as snapshot:
        return notices.told(snapshot, UPDATE_DUE)


def test_a_dataset_past_its_update_cycle_is_told_of_once(gate: Gate, tmp_path: Path) -> None:
    for name, cycle in (("weekly", "weekly"), ("yearly", "yearly"), ("whenever", "irregular")):
        file = tmp_path / f"{name}.csv"
        file.write_text("线路,站点\n" + "".join(f"{name}{n % 9},站{n}\n" for n in range(60)), "utf-8")
        report = publish_in(gate, file, dataset_id=name, update_cycle=cycle)
        assert report.release is not None, report.questions
    assert a_day(gate) == {"state": "complete", "reminded": 0}
    assert a_day(after(gate, 7)) == {"state": "complete", "reminded": 0}, "the seventh day is in time"
    assert told(gate) == 0
    assert a_day(after(gate, 8)) == {"state": "complete", "reminded": 1}
    assert a_day(after(gate, 9)) == {"state": "complete", "reminded": 0}
    assert told(gate) == 1
    assert a_day(after(gate, 400)) == {"state": "complete", "reminded": 1}, "the yearly one, too"
    assert told(gate) == 2


def test_it_is_looked_at_once_a_day(gate: Gate) -> None:
    a_day(gate)
    assert enqueue_exchange(gate) == 0
    assert enqueue_exchange(after(gate, 1)) == 1
    assert enqueue_exchange(after(gate, 1)) == 0, "it waits already"
    assert run_exchange(after(gate, 1)) == 1
