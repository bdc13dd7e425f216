"""The public sample files: harmless tables come out harmless, invented personal cells are found."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from invented_people import Table

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Confidence, Grade
from privacy import classify, find, grade_of, scan
from privacy.recognisers import BY_ENTITY

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"

pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="sample files are not here"),
]

ENTITY = {
    "ID_CARD": "RESIDENT_ID",
    "ID_CARD_INVALID": "RESIDENT_ID",
    "ID_CARD_15": "RESIDENT_ID",
    "LANDLINE_PERSONAL": "HOME_PHONE",
}
LEAST_RECALL = 0.95
"""Per kind, over cells without their column's help. Names in free text are the stated exception."""


def read(name: str) -> list[dict[str, object]]:
    path = SAMPLES / "datasets" / name
    if path.suffix == ".json":
        value = json.loads(path.read_text(encoding="utf-8"))
        if "days" in value:
            return list(value["days"])
        return list(value.values()) if isinstance(value, dict) else list(value)
    encoding = "gb18030" if "gb18030" in name else "utf-8-sig"
    lines = path.read_text(encoding=encoding).splitlines()
    return list(csv.DictReader(lines[1:] if name.startswith("qweather") else lines))


@pytest.mark.parametrize(
    "name",
    [
        "areas_china.csv",
        "areas_gb18030.csv",
        "city_geo_strings.json",
        "hangzhou_school_district_points.json",
        "holiday_2024.json",
        "ncov_2020-03-15.csv",
        "qweather_china_city_list.csv",
        "worldbank_gdp_long.csv",
    ],
)
def test_a_public_reference_table_has_no_person_and_no_question(
    name: str, engine: DuckDBEngine, table: Table
) -> None:
    rows = read(name)
    schema = table(
        {column: [row[column] if row[column] != "" else None for row in rows] for column in rows[0]}
    )
    found = classify(schema, scan(engine, "t", schema))
    assert grade_of(found.values()) is Grade.L1
    findings = [finding for one in found.values() for finding in one.findings]
    assert not [finding for finding in findings if finding.personal or finding.confidence is Confidence.LOW]


def cells() -> list[dict[str, object]]:
    text = (SAMPLES / "pii_cells.jsonl").read_text(encoding="utf-8")
    return [cell for line in text.splitlines() if not (cell := json.loads(line))["soft"]]


def test_invented_personal_cells_are_found_by_kind() -> None:
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for cell in cells():
        spans = find(str(cell["text"]))
        for mark in cell["spans"]:  # type: ignore[attr-defined]
            entity = ENTITY.get(mark["type"], mark["type"])
            there[entity] += 1
            found[entity] += any(
                one.entity == entity and one.start < mark["end"] and mark["start"] < one.end for one in spans
            )
    asked = {entity for entity in there if entity in BY_ENTITY} - {"PERSON_NAME"}
    assert len(asked) >= 9
    assert {
        entity: found[entity] / there[entity]
        for entity in asked
        if found[entity] < LEAST_RECALL * there[entity]
    } == {}


def test_cells_about_nobody_raise_no_alarm() -> None:
    alarms = [
        cell["form"]
        for cell in cells()
        if not cell["personal"]
        for one in find(str(cell["text"]))
        if BY_ENTITY[one.entity].personal
    ]
    assert alarms == []
