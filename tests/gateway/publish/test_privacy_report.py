"""The privacy report of a release: kept as it opened, with nothing in it that the release does not show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalog.release import State
from gateway.gate import Gate
from gateway.privacy_reports import privacy_of_release
from gateway.publish.report import Report
from privacy.tables import privacy_reports
from tests.conftest import Publish

MOBILES = [f"1{3 + n % 6}{900000000 + n * 7919}" for n in range(203)]


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    path = tmp_path / "staff.csv"
    notes = [f"请联系{MOBILES[n]}" if n % 29 == 0 else "正常" for n in range(203)]
    rows = [f"{20 + n % 4 * 10},{'男女'[n // 4 % 2]},{MOBILES[n]},{notes[n]}" for n in range(203)]
    path.write_text("\n".join(["年龄,性别,手机,备注", *rows]) + "\n", "utf-8")
    return path


def kept(gate: Gate, report: Report) -> Mapping[str, Any]:
    assert report.state is State.RELEASED
    assert report.release is not None
    with gate.registry.reading() as snapshot:
        found = privacy_of_release(snapshot, report.release)
    assert found is not None
    return found


L1 = {"grade": "L1", "column:手机": "drop"}


def test_it_says_what_was_found_what_was_done_and_what_that_guarantees(
    gate: Gate, publish: Publish, staff: Path
) -> None:
    document = kept(gate, publish(staff, dataset_id="staff", answers=L1))
    columns = {one["name"]: one for one in document["columns"]}
    assert {name: one["outcome"] for name, one in columns.items()} == {
        "年龄": "masked", "性别": "open", "手机": "withheld", "备注": "masked",
    }  # fmt: skip
    assert columns["年龄"]["guarantees"]["zh"]
    assert columns["年龄"]["example"] in {"20-29", "30-39", "40-49", "50-59"}
    assert [one["entity"] for one in columns["手机"]["found"]] == ["MOBILE"]
    assert columns["手机"]["example"] is None
    assert columns["备注"]["example"] == "请联系***"
    assert document["rescan"]["to_mask"] == 0
    assert (document["rescan"]["rows"], document["rescan"]["columns"]) == (203, 3)
    assert document["rescan"]["unchanged"] == 1  # 性别
    assert document["mosaic"] == {"compared": 0, "asked": 5, "clear": True}


def test_everybody_is_told_rounded_counts_and_no_value_and_those_who_decide_exact_ones(
    gate: Gate, publish: Publish, staff: Path
) -> None:
    report = publish(staff, dataset_id="staff", answers=L1)
    document = kept(gate, report)
    told = [one["cells"] for column in document["columns"] for one in column["found"]]
    assert told
    assert all(cells % 10 == 0 for cells in told)
    assert 7 not in told
    text = json.dumps(document, ensure_ascii=False)
    assert not any(word in text for word in ("hit_ratio", "confidence", "evidence", "203.0"))
    assert report.privacy is not None
    exact = {one["name"]: one for one in report.privacy["columns"]}
    assert exact["备注"]["found"][0]["cells"] == 7
    assert exact["手机"]["found"][0]["hit_ratio"] == 1.0
    for said in (text, json.dumps(report.privacy, ensure_ascii=False)):
        assert not any(mobile in said for mobile in MOBILES)


def test_an_example_is_never_a_cell_that_few_rows_have(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    rows = [f"第{n}号站,{n}号站长电话{MOBILES[n]}" for n in range(60)]
    path.write_text("\n".join(["站名,备注", *rows]) + "\n", "utf-8")
    columns = {one["name"]: one for one in kept(gate, publish(path, answers={"grade": "L1"}))["columns"]}
    assert columns["备注"]["operator"] == "redact_spans"
    assert columns["备注"]["example"] is None


def test_each_release_keeps_its_own(gate: Gate, publish: Publish, staff: Path) -> None:
    first = publish(staff, dataset_id="staff", answers=L1)
    before = kept(gate, first)
    second = publish(staff, dataset_id="staff", answers={**L1, "column:备注": "drop"})
    assert kept(gate, first) == before
    assert kept(gate, second) != before
    with gate.registry.reading() as snapshot:
        assert len(snapshot.execute(select(privacy_reports.c.ledger_index)).all()) == 2
