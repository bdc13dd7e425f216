"""Exports hold every row once, in each format, readable by the tools people use."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from catalog.dataset import ColumnType
from gateway.serve import formats

CANARY = "金丝雀-7f3a9c"
FORMATS = ["arrow", "csv", "geojson", "json", "ndjson", "parquet", "xlsx"]


def test_json_and_ndjson_are_the_records(gate: Any, bare_gate: Any) -> None:
    records = gate.get("records", {"limit": "1000"}).json()["records"]
    for one in (gate, bare_gate):
        assert one.get("export.json").json() == records
        assert [json.loads(line) for line in one.get("export.ndjson").text.splitlines()] == records
    assert gate.get("export.json").content == bare_gate.get("export.json").content


@pytest.mark.parametrize("count", [0, 1, 8_192, 8_193, 20_000])
def test_the_json_array_is_whole_at_any_size(
    count: int, release_of: Any, with_files: Any, make_gate: Any, tmp_path: Any
) -> None:
    schema = {"n": ColumnType.INTEGER, "t": ColumnType.TEXT}
    rows = [{"n": i, "t": "行" * (i % 50)} for i in range(count)]
    served = release_of(tmp_path, rows, schema)
    for one in (served, with_files(served)):
        assert make_gate(one).get("export.json").json() == rows


def test_csv_follows_rfc_4180_and_tells_empty_from_nothing(gate: Any, rows: list[Any]) -> None:
    content = gate.get("export.csv").content.decode()
    assert not content.startswith("\ufeff")
    assert content.count("\r\n") == len(rows) + 1
    read = list(csv.DictReader(io.StringIO(content, newline="")))

    assert [row["区县"] for row in read] == [row["区县"] or "" for row in rows]
    assert [row['a"b'] for row in read] == [row['a"b'] or "" for row in rows]
    assert [row["price"] and Decimal(row["price"]) for row in read] == [
        "" if row["price"] is None else row["price"] for row in rows
    ]
    assert [row["id"] for row in read] == [str(row["id"]) for row in rows]
    assert ',"",' in content


def test_csv_can_begin_with_a_mark_and_disarm_formulas(gate: Any) -> None:
    assert gate.get("export.csv?bom=1").content.startswith(b"\xef\xbb\xbf")
    plain, safe = gate.get("export.csv").text, gate.get("export.csv?safe=1").text
    assert ",=1+1," in plain
    assert ",=1+1," not in safe
    assert ",'=1+1," in safe
    assert gate.get("export.csv?safe=yes").status_code == 400
    assert gate.get("export.json?safe=1").status_code == 400


def test_geojson_takes_the_geometry_or_the_coordinates(
    gate: Any, rows: list[Any], release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    answer = gate.get("export.geojson").json()
    assert answer["type"] == "FeatureCollection"
    assert len(answer["features"]) == len(rows)
    assert {str(one["geometry"]) for one in answer["features"]} == {
        "None",
        "{'type': 'Point', 'coordinates': [121.5, 31.0]}",
    }
    assert "形状" not in answer["features"][0]["properties"]

    places = [{"经度": 121.5, "纬度": 31.25}, {"经度": None, "纬度": 31.0}]
    served = release_of(tmp_path, places, {"经度": ColumnType.DOUBLE, "纬度": ColumnType.DOUBLE})
    features = make_gate(served).get("export.geojson").json()["features"]
    assert [one["geometry"] and one["geometry"]["coordinates"] for one in features] == [[121.5, 31.25], None]


def test_geojson_without_a_place_is_refused_with_the_way_out(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    gate = make_gate(release_of(tmp_path, [{"n": 1}], {"n": ColumnType.INTEGER}))
    answer = gate.get("export.geojson")

    assert answer.status_code == 400
    assert "export.csv" in answer.json()["remedy"]["en"]


def test_xlsx_keeps_codes_as_text_and_runs_no_formula(gate: Any, rows: list[Any]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(gate.get("export.xlsx").content)).active
    assert sheet is not None
    read = [dict(zip(rows[0], cells, strict=True)) for cells in sheet.iter_rows(min_row=2, values_only=True)]

    assert len(read) == len(rows)
    assert [row["编号"] for row in read] == [row["编号"] for row in rows]
    assert {type(row["编号"]) for row in read} == {str}
    assert [int(row["id"]) for row in read] == [row["id"] for row in rows]
    assert [row["opened"] and row["opened"].date() for row in read] == [row["opened"] for row in rows]
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)
    assert "=1+1" in {row["区县"] for row in read}


def test_xlsx_refuses_what_does_not_fit(release_of: Any, make_gate: Any, bare: Any, tmp_path: Any) -> None:
    huge = replace(bare, release=replace(bare.release, rows=1_048_576))
    gate = make_gate(huge)
    gate.path._checked[huge.release.id] = None
    long = make_gate(release_of(tmp_path, [{"t": "x" * 32_768}], {"t": ColumnType.TEXT})).get("export.xlsx")

    assert long.status_code == 413
    assert "export.csv" in long.json()["remedy"]["en"]


def test_only_so_many_workbooks_are_made_at_one_time(gate: Any) -> None:
    with formats._XLSX_TURNS, formats._XLSX_TURNS:
        assert gate.get("export.xlsx").status_code == 503
    assert gate.get("export.xlsx").status_code == 200


def test_arrow_is_a_stream_of_the_same_table(gate: Any, rows: list[Any]) -> None:
    table = pa.ipc.open_stream(gate.get("export.arrow").content).read_all()

    assert table.column("id").to_pylist() == [row["id"] for row in rows]
    assert table.column("price").to_pylist() == [row["price"] for row in rows]
    assert table.schema.metadata is None


def test_an_unknown_format_is_refused_with_the_list(gate: Any) -> None:
    answer = gate.get("export.exe")
    assert answer.status_code == 400
    assert "ndjson" in answer.json()["remedy"]["en"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_format_has_a_name_a_type_and_an_etag_and_nothing_withheld(suffix: str, gate: Any) -> None:
    answer = gate.get(f"export.{suffix}")
    assert answer.headers["content-disposition"] == f'attachment; filename="bus-stops.{suffix}"'
    assert answer.headers["etag"].startswith('"')
    again = gate.get(f"export.{suffix}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert CANARY.encode() not in answer.content
    assert "身份证号".encode() not in answer.content


def test_an_answer_never_names_a_withheld_column(gate: Any) -> None:
    for what in (
        "records",
        "records?x=1",
        "records?身份证号=1",
        "aggregate?group_by=身份证",
        "records?sort=身份证号金丝雀",
    ):
        assert CANARY not in gate.get(what).text


def test_numbers_a_double_cannot_hold_leave_as_text_and_no_number_is_infinite(
    release_of: Any, with_files: Any, make_gate: Any, tmp_path: Any
) -> None:
    schema = {"n": ColumnType.INTEGER, "p": ColumnType.DECIMAL, "d": ColumnType.DOUBLE}
    rows = [
        {"n": 2**53 - 1, "p": Decimal("999999.999999999"), "d": 1.5},
        {"n": 2**53, "p": Decimal("12345678901234567890123456789.123456789"), "d": float("nan")},
        {"n": -(2**63), "p": Decimal("-0.000000001"), "d": float("-inf")},
    ]
    served = release_of(tmp_path, rows, schema, ("n", "p", "d"))
    for one in (served, with_files(served)):
        gate = make_gate(one)
        assert gate.get("records").json()["records"] == [
            {"n": 9007199254740991, "p": 999999.999999999, "d": 1.5},
            {"n": "9007199254740992", "p": "12345678901234567890123456789.123456789", "d": None},
            {"n": "-9223372036854775808", "p": -1e-09, "d": None},
        ]
        assert len(gate.get("records", {"n": str(-(2**63))}).json()["records"]) == 1
        assert len(gate.get("records", {"p__gt": "999999.999999999", "sort": "p"}).json()["records"]) == 1
