"""One invented city for all tests of the pages that only read."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient


def _city() -> ModuleType:
    spec = importlib.util.spec_from_file_location("portal_city", Path(__file__).with_name("city.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["portal_city"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def city() -> ModuleType:
    return _city()


@pytest.fixture(scope="session")
def reader(city: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the pages of the invented city."""
    app = city.invented_city(tmp_path_factory.mktemp("city")).app()
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


@pytest.fixture
def empty(city: ModuleType, tmp_path: Path) -> Iterator[TestClient]:
    """A client of a city that has opened nothing."""
    with TestClient(city.City(tmp_path).app(), headers={"accept-language": "en"}) as client:
        yield client
