"""The samples go through the whole gate: every one of ours gets the outcome it was made for, and so do real files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import samples
from catalog.ingest import local
from catalog.release import State
from gateway.access import OWNER
from gateway.demo import publish_sample
from gateway.gate import Gate, open_gate
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings
from samples import Outcome, Sample
from samples.catalogue import ENTRIES
from tests.conftest import SAMPLES

EXPECTED = SAMPLES / "datasets" / "EXPECTED.json"
FILES: Mapping[str, Any] = json.loads(EXPECTED.read_text("utf-8"))["files"] if EXPECTED.exists() else {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """One gate that all samples go through, as in a real home."""
    opened = open_gate(GateSettings(home=tmp_path_factory.mktemp("house") / "home"))
    yield opened
    opened.registry.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sample]:
    return {one.dataset.id: one for one in samples.write(tmp_path_factory.mktemp("samples"))}


def outcome(report: Report) -> Outcome:
    if report.state is State.HELD:
        return Outcome.HELD
    if report.state is State.REFUSED:
        return Outcome.REFUSED
    assert report.release is not None
    touched = report.release.withheld or any(one.masked for one in report.release.columns)
    return Outcome.MASKED if touched else Outcome.RELEASED


@pytest.mark.parametrize("dataset_id", [entry.id for entry in ENTRIES])
def test_a_sample_of_the_city_gets_the_outcome_it_was_made_for(
    house: Gate, written: Mapping[str, Sample], dataset_id: str
) -> None:
    sample = written[dataset_id]
    report = publish_sample(house, sample, local(sample.path, 1 << 30))
    assert outcome(report) is sample.expected
    if sample.expected is Outcome.REFUSED:
        assert report.reasons
        assert report.output_rows == 0
    else:
        assert report.rows == sample.rows
        assert report.rejected_rows == 0
    if sample.expected is Outcome.HELD:
        assert report.questions


@pytest.mark.samples
@pytest.mark.skipif(not FILES, reason="the third-party sample files are not here")
@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_read_rightly_and_gets_its_outcome(house: Gate, sample_files: Path, name: str) -> None:
    expected = FILES[name]
    source = local(sample_files / "datasets" / name, 1 << 30)
    # An id of its own: the city's dataset of that name has a contract, which the file would be held to.
    own = "real-" + name.replace("_", "-").replace(".", "-").lower()
    metadata = Metadata(own, title=expected["title"], theme=expected["theme"], publisher="测试局")
    report = submit(house, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())
    assert expected["data_rows"] in (None, report.rows)
    assert expected.get("columns") in (None, len(report.columns))
    types = {one.name: one.type for one in report.columns}
    assert {types[column] for column in expected.get("text_columns", ())} <= {"text"}
    allowed = {"released": {State.RELEASED}, "either": {State.RELEASED, State.HELD}}[expected["outcome"]]
    assert report.state in allowed
    assert report.state is State.RELEASED or report.questions
    assert report.choices
