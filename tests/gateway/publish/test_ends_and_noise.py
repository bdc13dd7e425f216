"""Coded ends and noise as a steward chooses them: drawn once for a row, never on what identifies, measured over what leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from catalog.release import State
from gateway.gate import Gate
from gateway.publish.report import Report

Publish = Callable[..., Report]


def meters(folder: Path, name: str = "meters", rows: int = 400, order: int = 1) -> Path:
    path = folder / f"{name}.csv"
    places = [n * order % rows for n in range(rows)]
    lines = [f"泵站{n},{n:06d},{301 + n * 7919 % 9973},{n % 70 + 150}" for n in places]
    path.write_text("\n".join(["泵站,设备编号,用电量,水位", *lines]) + "\n", "utf-8")
    return path


def released(gate: Gate, report: Report) -> dict[str, tuple[object, ...]]:
    assert report.state is State.RELEASED
    assert report.release is not None
    found = duckdb.read_parquet(str(gate.open.path(report.release.id, ".parquet"))).fetchall()
    return {str(row[0]): row for row in found}


NOISE = {"column:用电量": "noise", "column:水位": "top_bottom"}


def test_the_same_rows_released_again_have_the_same_noise(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    first = publish(meters(tmp_path), dataset_id="meters", answers=NOISE)
    once = released(gate, first)
    operators = (
        {one.column.name: one.operator.value for one in first.release.columns} if first.release else {}
    )
    assert operators == {"泵站": "keep", "设备编号": "keep", "用电量": "noise", "水位": "top_bottom"}
    assert {row[3] for row in once.values()} == {"≤155", "215+", *(str(n) for n in range(156, 215))}
    assert len({row[2] for row in once.values()}) < 60
    again = publish(meters(tmp_path, "turned", order=7), dataset_id="meters", answers=NOISE)
    assert released(gate, again) == once
    # without a column the same rows keep their noise; another data set has another
    fewer = publish(meters(tmp_path), dataset_id="meters", answers={**NOISE, "column:水位": "drop"})
    assert {name: row[2] for name, row in released(gate, fewer).items()} == {n: r[2] for n, r in once.items()}
    other = released(gate, publish(meters(tmp_path, "other"), dataset_id="other", answers=NOISE))
    assert sum(other[name][2] == once[name][2] for name in once) < 0.4 * len(once)


def test_the_rows_keep_their_order(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    report = publish(meters(tmp_path), dataset_id="meters", answers=NOISE)
    assert list(released(gate, report)) == [f"泵站{n}" for n in range(400)]


@pytest.mark.parametrize("name", ["设备编号", "工单号", "station_id", "户号"])
def test_noise_on_what_numbers_something_withholds_it(publish: Publish, tmp_path: Path, name: str) -> None:
    path = tmp_path / "numbered.csv"
    lines = [f"泵站{n},{n * 7919 % 99_991 + 7}" for n in range(200)]
    path.write_text("\n".join([f"泵站,{name}", *lines]) + "\n", "utf-8")
    report = publish(path, dataset_id="numbered", answers={f"column:{name}": "noise"})
    assert [one.name for one in report.columns if one.operator is None] == [name]


def test_an_age_with_coded_ends_is_a_band_and_passes_the_second_look(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    lines = [f"{18 + n % 60},{'男女'[n % 2]},职业{n % 3}" for n in range(600)]
    path.write_text("\n".join(["年龄,性别,职业", *lines]) + "\n", "utf-8")
    report = publish(path, dataset_id="people", answers={"grade": "L1", "column:年龄": "top_bottom"})
    ages = {
        row[0] for row in duckdb.read_parquet(str(gate.open.path(report.release.id, ".parquet"))).fetchall()
    }  # type: ignore[union-attr]
    assert ages == {"≤29", "30-39", "40-49", "50-59", "60-69", "70+"}
    assert report.smallest_group is not None
    assert report.smallest_group >= 5
