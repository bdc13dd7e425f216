"""The shelf answers under a lease: withdrawn is withdrawn, and a registry that is gone means no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import Unavailable
from catalog.registry import Registry
from gateway.access import OWNER
from gateway.gate import Gate
from gateway.publish.jobs import run_jobs
from gateway.publish.review import withdraw
from gateway.serve.shelf import RegistryShelf
from tests.conftest import Publish


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(50)), "utf-8")
    return path


def shelf_of(gate: Gate, clock: Clock) -> RegistryShelf:
    reader = Registry(gate.settings.registry, read_only=True)
    return RegistryShelf(reader, gate.open, gate.settings.cache_folder, 0.25, clock)


def test_a_release_is_on_the_shelf_with_its_files_once_they_are_built(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    clock = Clock()
    shelf = shelf_of(gate, clock)
    assert shelf.current("stops") is None
    report = publish(stops, dataset_id="stops")
    clock.now += 1
    served = shelf.current("stops")
    assert served is not None
    assert served.release == report.release
    assert served.row_file is None
    run_jobs(gate)
    clock.now += 1
    served = shelf.current("stops")
    assert served is not None
    assert served.row_file is not None


def test_a_withdrawal_is_seen_when_the_lease_is_renewed(gate: Gate, publish: Publish, stops: Path) -> None:
    clock = Clock()
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, clock)
    assert shelf.current("stops") is not None
    withdraw(gate, OWNER, "stops", "mistake")
    clock.now += 0.26
    assert shelf.current("stops") is None
    assert shelf.epoch() == 1


def test_inside_the_lease_the_registry_is_not_asked(gate: Gate, publish: Publish, stops: Path) -> None:
    clock = Clock()
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, clock)
    shelf.current("stops")
    withdraw(gate, OWNER, "stops", "mistake")
    clock.now += 0.2
    assert shelf.current("stops") is not None


def test_without_the_registry_nothing_is_served(gate: Gate, publish: Publish, stops: Path) -> None:
    clock = Clock()
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, clock)
    assert shelf.current("stops") is not None
    folder = gate.settings.home / "registry"
    folder.rename(folder.with_name("away"))
    shelf._registry.close()
    clock.now += 0.3
    with pytest.raises(Unavailable):
        shelf.current("stops")
