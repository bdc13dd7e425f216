"""kill -9 at named points of the publish path: the catalogue is as before it or as after it, never between."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalog.ingest import local
from catalog.registry import queries
from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings
from gateway.verify import verify

# In the order of the path; True = the release is committed when the process dies.
POINTS: tuple[tuple[str, bool], ...] = (
    ("gateway.access.keyring:_create:1:after", False),
    ("catalog.zones.zone:Zone.put:1:before", False),
    ("catalog.zones.zone:Zone.put:1:after", False),
    ("catalog.zones.zone:_fsync:2:before", False),
    ("catalog.zones.zone:Zone.put:2:after", False),
    ("catalog.registry.work:record_version:1:after", False),
    ("catalog.registry.work:record_submission:1:after", False),
    ("gateway.publish.submit:_received:1:after", False),
    ("gateway.publish.submit:measure_quality:1:after", False),
    ("gateway.publish.examine:_build:1:after", False),
    ("gateway.publish.submit:examine:1:after", False),
    ("catalog.zones.zone:Zone.put:3:before", False),
    ("catalog.zones.zone:_fsync:5:before", False),
    ("catalog.zones.zone:Zone.put:3:after", False),
    ("catalog.registry.work:append_leaf:2:after", False),
    ("catalog.registry.work:open_release:1:after", False),
    ("catalog.registry.work:enqueue:1:after", False),
    ("gateway.publish.submit:_conclude:1:after", True),
    ("gateway.publish.jobs:build_serving_files:1:before", True),
    ("gateway.publish.jobs:build_serving_files:1:after", True),
    ("catalog.registry.work:record_probe:1:after", True),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "stops.csv"
    path.write_text("站名,线路数\n" + "".join(f"站{number},{number % 7}\n" for number in range(200)), "utf-8")
    return path


@pytest.fixture(scope="module")
def killed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str, str]]:
    """point → (home it left, how it ended, release id it had acknowledged or '-')."""
    homes = tmp_path_factory.mktemp("homes")
    script = Path(__file__).with_name("killed_at.py")
    command = [sys.executable, str(script), str(homes), str(file), *(point for point, _ in POINTS)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    lines = [line.split() for line in ended.stdout.splitlines()]
    return {point: (homes / str(place), how, release) for place, (point, how, release) in enumerate(lines)}


@pytest.mark.parametrize(("point", "committed"), POINTS, ids=[point for point, _ in POINTS])
def test_a_killed_publication_is_whole_or_absent(
    killed: dict[str, tuple[Path, str, str]], file: Path, point: str, committed: bool
) -> None:
    home, how, acknowledged = killed[point]
    assert how == "killed"
    gate = open_gate(GateSettings(home=home))
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, "stops")
        leaves = queries.leaf_rows(snapshot)
    assert (release is not None) == committed
    assert [leaf.event["kind"] for leaf in leaves] == ["list-activated", *["release"] * committed]
    if acknowledged != "-":
        assert release is not None
        assert release.id == acknowledged
    assert verify(gate).discrepancies == ()

    # and the house goes on: waiting jobs are taken up, the same file can be published
    run_jobs(gate)
    source = local(file, 1 << 30)
    metadata = Metadata(dataset_id="stops", title="站点", publisher="交通局", theme="transport")
    again = submit(gate, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())
    assert again.release is not None
    assert verify(gate).discrepancies == ()
    gate.registry.close()
