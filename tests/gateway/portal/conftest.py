"""One invented city for all tests of the pages that only read. `city` and `markup` are the modules beside this file."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient


def beside(name: str) -> ModuleType:
    """A module of this folder (tests are collected by path, not as packages)."""
    known = f"portal_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module
        spec.loader.exec_module(module)
    return sys.modules[known]


@pytest.fixture(scope="session")
def city() -> ModuleType:
    return beside("city")


@pytest.fixture(scope="session")
def markup() -> ModuleType:
    return beside("markup")


@pytest.fixture(scope="session")
def reader(city: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the pages of the invented city."""
    app = city.invented_city(tmp_path_factory.mktemp("city")).app()
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


@pytest.fixture
def small(city: ModuleType, tmp_path: Path) -> ModuleType:
    """A city of the test's own, with nothing open."""
    return city.City(tmp_path)  # type: ignore[no-any-return]
