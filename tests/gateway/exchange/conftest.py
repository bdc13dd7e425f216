"""A house that may ask loopback, on both databases, and a portal there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.access import OWNER
from gateway.exchange.desk import harvest_now, register_source
from gateway.exchange.source import Kind, Run, Source
from gateway.gate import Gate, open_gate
from gateway.settings import GateSettings
from tests.conftest import database
from tests.gateway.exchange.stub_ckan import Portal, stub_portal

Harvest = Callable[..., Run]


@pytest.fixture
def portal() -> Iterator[Portal]:
    with stub_portal() as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def registry_url(request: pytest.FixtureRequest) -> str:
    """ "" for the file under the home, or a new database of a real PostgreSQL."""
    if request.param == "sqlite":
        return ""
    return database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def gate(new_home: Path, tmp_path: Path, registry_url: str) -> Iterator[Gate]:
    if not registry_url:
        shutil.copytree(new_home, tmp_path / "home")
    settings = GateSettings(
        home=tmp_path / "home",
        registry_url=registry_url,
        private_sources=True,
        harvest_rate=100,
        harvest_deadline_s=5,
        exchange_lease_s=1,
    )
    opened = open_gate(settings)
    yield opened
    opened.registry.close()


@pytest.fixture
def harvest(gate: Gate) -> Harvest:
    """Harvest an address now: harvest(url, kind, with_data=…)."""

    def run(url: str, kind: Kind = Kind.CKAN, **more: object) -> Run:
        with_data = bool(more.pop("with_data", False))
        source = register_source(gate, OWNER, Source(0, url, kind, with_data, None, "", OWNER.name))
        return harvest_now(gate, OWNER, source)

    return run
