"""The points that stewards see are of what is open, as its catalogue tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import NotFound
from catalog.mqa import EXCELLENT
from gateway.demo import DEMO_SETTINGS
from gateway.gate import open_gate
from gateway.metadata_reports import metadata_json, metadata_of
from gateway.publish.jobs import run_jobs
from gateway.settings import GateSettings
from samples import write
from tests.conftest import Publish


def test_a_dataset_of_the_demo_is_excellent_once_it_answers(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = next(one for one in write(tmp_path) if one.dataset.id == "parks")
    dataset = sample.dataset
    publish(
        sample.path,
        contract=sample.contract,
        dataset_id=dataset.id,
        title=dataset.title,
        publisher=dataset.publisher,
        theme=dataset.theme,
        description=dataset.description,
        keywords=dataset.keywords,
        grade=sample.grade,
    )
    for name, value in DEMO_SETTINGS.items():
        monkeypatch.setenv(name, value)
    gate = open_gate(GateSettings(home=tmp_path / "home"))
    before = metadata_of(gate, "parks")
    run_jobs(gate)  # the probe is one of them
    after = metadata_of(gate, "parks")
    gate.registry.close()
    assert after.points >= EXCELLENT
    assert after.points >= before.points
    assert {one.indicator.id for one in after.missing} >= {
        "spatial",
        "byte-size",
    }  # what nobody has said is not claimed
    assert metadata_json("parks", after)["points"] == after.points


def test_a_dataset_that_is_not_open_has_no_points(gate: object, tmp_path: Path) -> None:
    opened = open_gate(GateSettings(home=tmp_path / "home"))
    with pytest.raises(NotFound):
        metadata_of(opened, "never")
    opened.registry.close()
