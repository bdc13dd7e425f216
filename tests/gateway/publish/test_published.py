"""What everybody is told of a release's quality: measured of what was let out, with nothing of what was kept back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.contract import Contract
from catalog.release import State
from gateway.gate import Gate
from gateway.publish.report import Report
from gateway.quality_reports import report_of_release

Publish = Callable[..., Report]


def _table(path: Path, rows: int = 60, shift: int = 0, kinds: tuple[str, ...] = ("甲类", "乙类")) -> Path:
    lines = []
    for n in range(rows):
        kind, mobile = kinds[n % len(kinds)], f"1{3 + n % 6}{900000000 + n * 7919}"
        area = "东区" if kind == "甲类" else "西区"
        lines.append(f"第{n}站,{kind},{area},{n + shift},2024-01-{n % 28 + 1:02d},{mobile}\n")
    path.write_text("站名,类别,片区,客流,统计日期,联系手机\n" + "".join(lines), "utf-8")
    return path


def _kept(gate: Gate, report: Report) -> dict[str, object]:
    assert report.release is not None
    with gate.registry.reading() as snapshot:
        found = report_of_release(snapshot, report.release)
    assert found is not None
    return dict(found)


def test_the_kept_report_says_nothing_of_a_masked_column(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    report = publish(
        _table(tmp_path / "a.csv"), dataset_id="stops", answers={"grade": "L1", "column:类别": "redact"}
    )
    assert report.state is State.RELEASED
    masked = [one.column.name for one in report.release.columns if one.masked] if report.release else []
    assert masked == ["类别"]
    document = _kept(gate, report)
    text = json.dumps(document, ensure_ascii=False)
    assert "900000000" not in text
    profile = document["profile"]
    assert isinstance(profile, dict)
    assert profile["rows"] == 60
    assert not {"类别", "联系手机"} & {one["name"] for one in profile["columns"]}
    assert profile["not_shown"] == ["类别"]
    results = document["measurement"]["results"]  # type: ignore[index]
    assert results
    assert not any("类别" in json.dumps(one["kwargs"], ensure_ascii=False) for one in results)


def test_the_profile_tells_spreads_short_lists_keys_and_dependencies(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    document = _kept(gate, publish(_table(tmp_path / "a.csv"), dataset_id="stops", answers={"grade": "L1"}))
    profile = document["profile"]
    assert isinstance(profile, dict)
    columns = {one["name"]: one for one in profile["columns"]}
    assert columns["客流"]["counts"] == [6] * 10
    assert (columns["客流"]["low"], columns["客流"]["high"], columns["客流"]["key"]) == (0, 59, True)
    assert columns["类别"]["top"] == [["乙类", 30], ["甲类", 30]]
    assert columns["类别"]["key"] is False


def test_what_was_kept_back_does_not_show_in_the_counts(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    suite = {
        "name": "s",
        "expectations": [{"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "站名"}}],
    }
    report = publish(
        _table(tmp_path / "a.csv"),
        dataset_id="stops",
        contract=Contract(suite=suite),
        answers={"grade": "L1"},
    )
    (result,) = _kept(gate, report)["measurement"]["results"]  # type: ignore[index]
    assert result["elements"] == report.output_rows


def test_drift_against_the_release_before(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    first = publish(_table(tmp_path / "a.csv"), dataset_id="stops", answers={"grade": "L1"})
    assert _kept(gate, first)["drift"] is None
    later = _table(tmp_path / "b.csv", rows=90, shift=30, kinds=("甲类", "丙类"))
    second = publish(later, dataset_id="stops", answers={"grade": "L1"})
    found = _kept(gate, second)["drift"]
    assert isinstance(found, dict)
    assert (found["rows_before"], found["rows_now"]) == (60, 90)
    columns = {one["name"]: one for one in found["columns"]}
    assert (columns["类别"]["gained"], columns["类别"]["lost"]) == (1, 1)
    assert columns["客流"]["ks"] == pytest.approx(_ks(range(60), range(30, 120)))
    assert columns["客流"]["psi"] > 0.2
    assert second.quality["published"]["drift"] == found


def _ks(a: range, b: range) -> float:
    return max(abs(sum(x <= v for x in a) / len(a) - sum(x <= v for x in b) / len(b)) for v in (*a, *b))


def test_freshness_is_against_the_promise_and_null_without_one(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    path = _table(tmp_path / "a.csv")
    for cycle, expected in (("irregular", None), ("monthly", True)):
        report = publish(path, dataset_id="stops", update_cycle=cycle, answers={"grade": "L1"})
        document = _kept(gate, report)
        scores = {one["dimension"]: one for one in document["measurement"]["dimensions"]}  # type: ignore[index]
        assert (scores["timeliness"]["score"] is not None) is bool(expected)
        assert scores["accessibility"]["denominator"] == 6
        assert document["freshness"]["column"] == "统计日期"  # type: ignore[index]
