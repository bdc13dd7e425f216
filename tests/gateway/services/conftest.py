"""A house with two datasets, stewards of two publishers, and a client of its pages and interfaces."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from catalog.release import Release
from gateway.access import OWNER
from gateway.app import create_app
from gateway.gate import Gate, open_gate
from gateway.publish.jobs import run_jobs
from gateway.services.lifecycle import declare
from gateway.settings import GateSettings, ServeSettings
from tests.at_once_first import AtOnceFirst
from tests.conftest import publish_in

STOPS = "站名,区县,线路数,启用日期\n" + "".join(
    f"站{n},区{n % 5},{n % 7},2024-0{n % 9 + 1}-01\n" for n in range(100)
)
DISTRICTS = "名称,面积\n" + "".join(f"区{n},{n * 10 + 5.5}\n" for n in range(5))

BY_DISTRICT = """
id: stops-of-district
version: 1.0.0
title: {zh: 区县的站点, en: Stops of a district}
description: {zh: 一个区县的站点, en: All stops of one district}
dataset: stops
parameters:
  - name: district
    column: 区县
    required: true
    description: {zh: 区县, en: its name}
    example: 区1
select: [站名, 区县, 线路数]
"""
WITH_AREA = """
id: stops-with-area
version: 1.0.0
title: {zh: 站点与区县面积, en: Stops with the area of their district}
description: {zh: 站点及所在区县的面积, en: Stops and the area of their district}
dataset: stops
join:
  - dataset: districts
    on: {区县: 名称}
parameters:
  - name: least
    column: districts.面积
    operator: gte
    description: {zh: 最小面积, en: least area}
select: {站名: 站名, area: districts.面积}
example: {least: 20}
"""


def release(gate: Gate, folder: Path, name: str, text: str, **more: Any) -> Release:
    path = folder / f"{name}.csv"
    path.write_text(text, "utf-8")
    report = publish_in(gate, path, dataset_id=name, **({"title": f"{name} 数据"} | more))
    assert report.release is not None, report.questions
    return report.release


@pytest.fixture(scope="session")
def furnished(new_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which `stops` and `districts` are open, made once."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copytree(new_home, folder / "home")
    gate = open_gate(GateSettings(home=folder / "home"))
    release(gate, folder, "stops", STOPS)
    release(gate, folder, "districts", DISTRICTS)
    run_jobs(gate)
    gate.registry.close()
    return folder / "home"


@pytest.fixture
def gate(furnished: Path, tmp_path: Path) -> Iterator[Gate]:
    shutil.copytree(furnished, tmp_path / "home")
    opened = open_gate(GateSettings(home=tmp_path / "home"))
    yield opened
    opened.registry.close()


@pytest.fixture
def released(gate: Gate, tmp_path: Path) -> Callable[..., Any]:
    """Publish a dataset: released(id, text)."""
    return lambda name, text, **more: release(gate, tmp_path, name, text, **more)


@pytest.fixture
def house(gate: Gate) -> Gate:
    """`stops` and `districts` are open."""
    return gate


@pytest.fixture
def client(house: Gate) -> Iterator[TestClient]:
    with TestClient(
        # as uvicorn's protocol asks: what can be answered at once first
        AtOnceFirst(create_app(ServeSettings(home=house.settings.home))),
        raise_server_exceptions=False,
    ) as one:
        yield one


@pytest.fixture
def declared(house: Gate) -> Callable[..., Any]:
    """Declare a YAML text with parts of it replaced."""

    def run(text: str = BY_DISTRICT, **replaced: str) -> Any:
        for old, new in replaced.items():
            text = text.replace({"id_": "stops-of-district", "version": "1.0.0"}.get(old, old), new)
        return declare(house, OWNER, text.encode(), "service.yaml")

    return run


def looked_again(client: TestClient) -> None:
    """The serving side looks at the registry now, not within the next third of a second."""
    assert isinstance(client.app, AtOnceFirst)
    client.app.front._shelf.renew()


@pytest.fixture
def seen(client: TestClient) -> Callable[..., Any]:
    """Ask once the serving side has looked at the registry again."""

    def ask(path: str, params: Any = None, **more: Any) -> Any:
        looked_again(client)
        return client.get(path, params=params, **more)

    return ask
