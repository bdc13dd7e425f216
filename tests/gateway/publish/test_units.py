"""A column read in one unit is no column of another: it is refused, or converted by a factor that its contract declares."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalog.contract import Contract, Field
from catalog.dataset import ColumnType
from catalog.errors import BadInput
from catalog.release import State
from catalog.text import Text
from gateway.gate import Gate
from gateway.publish.report import Report
from tests.conftest import Publish

MONEY = Field("投资额（万元）", element="KZ00014")
PLACE = Field("geometry", definition=Text("位置", "Place"))


@pytest.fixture
def works(tmp_path: Path) -> Path:
    path = tmp_path / "works.csv"
    path.write_text("工程,投资额（万元）\n甲,1.5\n乙,20\n丙,0.07\n", "utf-8")
    return path


def told(gate: Gate, report: Report) -> list[tuple[Any, ...]]:
    assert report.release is not None
    path = gate.open.path(report.release.id, ".parquet")
    with duckdb.connect() as engine:
        return engine.execute(f"SELECT * FROM '{path}'").fetchall()


def test_another_unit_than_the_elements_is_refused_by_column_units_and_remedy(
    gate: Gate, publish: Publish, works: Path
) -> None:
    with pytest.raises(BadInput) as refused:
        publish(works, dataset_id="works", contract=Contract((MONEY,)))
    assert refused.value.message.en == (
        'Column "投资额（万元）" is read in 万元, the element KZ00014 says CNY'
    )
    assert 'declare "factor": 10000' in refused.value.remedy.en
    assert "bind it to an element in that unit" in refused.value.remedy.en
    assert refused.value.where.column == "投资额（万元）"


def test_another_unit_than_the_contracts_own_is_refused_too_and_another_spelling_is_not(
    publish: Publish, works: Path
) -> None:
    own = Field("投资额（万元）", unit="m2")
    with pytest.raises(BadInput, match="is read in 万元, the contract says m2") as refused:
        publish(works, dataset_id="works", contract=Contract((own,)))
    assert "declare the factor" in refused.value.remedy.en
    report = publish(works, dataset_id="works", contract=Contract((replace(own, unit="10000 CNY"),)))
    assert (report.state, report.release.columns[1].column.unit) == (State.RELEASED, "10000 CNY")


def test_a_declared_factor_converts_and_the_conversion_is_told(
    gate: Gate, publish: Publish, works: Path
) -> None:
    field = replace(MONEY, factor=10_000.0)
    report = publish(works, dataset_id="works", contract=Contract((field,)))
    assert report.state is State.RELEASED
    assert told(gate, report) == [("甲", 15_000), ("乙", 200_000), ("丙", 700)]
    assert report.release.columns[1].column.unit == "CNY"
    assert [one.value for one in report.choices if one.what == "converted"] == ["投资额（万元）×10000"]
    again = publish(works, dataset_id="works")  # under the contract in force
    assert told(gate, again)[0] == ("甲", 15_000)


def test_a_wrong_header_is_said_to_be_wrong_and_nothing_is_converted(
    gate: Gate, publish: Publish, works: Path
) -> None:
    report = publish(works, dataset_id="works", contract=Contract((replace(MONEY, factor=1.0),)))
    assert (told(gate, report)[0], report.release.columns[1].column.unit) == (("甲", 1.5), "CNY")


def test_a_factor_that_the_units_do_not_have_is_refused(
    publish: Publish, works: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="with the factor 1000"):
        publish(works, dataset_id="works", contract=Contract((replace(MONEY, factor=1000.0),)))
    plain = tmp_path / "plain.csv"
    plain.write_text("工程,投资额（元）\n甲,15000\n乙,200000\n", "utf-8")
    twice = Field("投资额（元）", unit="CNY", factor=10_000.0)
    with pytest.raises(BadInput, match="is read in 元, the contract says CNY, with the factor 10000"):
        publish(plain, dataset_id="works", contract=Contract((twice,)))
    words = Field("工程", factor=10.0)
    with pytest.raises(BadInput, match="holds no numbers"):
        publish(works, dataset_id="works", contract=Contract((words,)))


@pytest.mark.parametrize(
    ("cells", "factor", "kind", "result"),
    [
        (("12", "7"), 10_000.0, ColumnType.INTEGER, [120_000, 70_000]),
        (("12", "7"), 0.01, ColumnType.DECIMAL, ["0.120000000", "0.070000000"]),
        (("40000", "1"), 1e15, None, None),
    ],
    ids=["whole", "fraction", "too large"],
)
def test_whole_numbers_stay_exact_or_are_refused(
    gate: Gate,
    publish: Publish,
    tmp_path: Path,
    cells: tuple[str, str],
    factor: float,
    kind: ColumnType | None,
    result: list[object] | None,
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("站,数量\n" + "".join(f"站{n},{cell}\n" for n, cell in enumerate(cells)), "utf-8")
    contract = Contract((Field("数量", factor=factor),))
    if result is None:
        with pytest.raises(BadInput, match="out of range"):
            publish(path, dataset_id="counts", contract=contract)
        return
    report = publish(path, dataset_id="counts", contract=contract)
    assert report.release.columns[1].column.type is kind
    assert [str(row[1]) for row in told(gate, report)] == [str(one) for one in result]


def test_a_unit_that_changes_in_the_next_file_is_refused(publish: Publish, tmp_path: Path) -> None:
    """Under a contract in force, even a drafted one."""
    path = tmp_path / "works.csv"
    path.write_text("工程,投资额\n甲,1.5万元\n乙,20万元\n", "utf-8")
    assert publish(path, dataset_id="works").release.columns[1].column.unit == "万元"
    path.write_text("工程,投资额\n甲,1.5亿元\n乙,20亿元\n", "utf-8")
    with pytest.raises(BadInput, match='"投资额" is read in 亿元, the contract says 万元'):
        publish(path, dataset_id="works")


def places(path: Path, crs: str | None) -> Path:
    points = [
        {
            "type": "Feature",
            "properties": {"名称": f"站{n}"},
            "geometry": {"type": "Point", "coordinates": [120.1 + n / 100, 30.2]},
        }
        for n in range(3)
    ]
    told = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    path.write_text(json.dumps({"type": "FeatureCollection", **told, "features": points}), "utf-8")
    return path


@pytest.mark.parametrize(
    "field", [replace(PLACE, element="KZ00028"), replace(PLACE, crs="EPSG:4326"), replace(PLACE, type=ColumnType.GEOMETRY)],
    ids=["element", "crs", "type"],
)  # fmt: skip
def test_coordinates_of_another_system_are_refused_until_they_are_converted(
    publish: Publish, tmp_path: Path, field: Field
) -> None:
    file = places(tmp_path / "places.geojson", "GCJ-02")
    with pytest.raises(BadInput) as refused:
        publish(file, dataset_id="places", contract=Contract((field,)))
    assert 'coordinates of column "geometry" are read in GCJ-02' in refused.value.message.en
    assert "EPSG:4326" in refused.value.message.en
    assert "--set reading:crs=GCJ-02" in refused.value.remedy.en
    done = publish(file, dataset_id="places", contract=Contract((field,)), reading={"crs": "GCJ-02"})
    assert done.state is State.RELEASED


def test_a_contract_in_another_system_than_geometries_are_opened_in_is_refused(
    publish: Publish, tmp_path: Path
) -> None:
    file = places(tmp_path / "places.geojson", None)
    with pytest.raises(BadInput, match="read in EPSG:4326, the contract says EPSG:4490"):
        publish(file, dataset_id="places", contract=Contract((replace(PLACE, crs="EPSG:4490"),)))
    same = replace(PLACE, crs="urn:ogc:def:crs:OGC:1.3:CRS84")
    assert publish(file, dataset_id="places", contract=Contract((same,))).state is State.RELEASED
