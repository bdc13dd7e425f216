"""JSON in its many shapes becomes one flat table by stated rules, with every digit kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.errors import BadInput
from catalog.ingest import Limits


def names(reading: Any) -> list[str]:
    return [column.name for column in reading.schema]


def test_records_are_rows_and_inner_objects_dotted_columns(desk: Any) -> None:
    reading = desk.read(
        '[{"名称":"甲","at":{"lon":120.10,"lat":30.2},"tags":["a","b"]},{"名称":"乙","extra":true}]', "a.json"
    )
    assert names(reading) == ["名称", "at.lon", "at.lat", "tags", "extra"]
    assert desk.rows(reading) == [("甲", 120.1, 30.2, '["a","b"]', None), ("乙", None, None, None, True)]


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_long_numbers_and_decimals_keep_their_digits(desk: Any, streamed: bool) -> None:
    first = '{"no":330102199001011234,"big":123456789012345678901234567890,"price":0.12345678901234567890}'
    text = f'[{first},{{"no":330102199001011235,"big":1,"price":1.5}}]'
    reading = desk.read(text, "a.json", limits=Limits(max_json_in_memory=0 if streamed else 1 << 20))
    assert desk.rows(reading)[0] == (
        "330102199001011234",
        "123456789012345678901234567890",
        "0.12345678901234567890",
    )


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        ({"杭州": [120.2, 30.3], "宁波": [121.5, 29.9], "温州": [120.7, 28.0]}, ["name", "lon", "lat"],
         [("杭州", 120.2, 30.3), ("宁波", 121.5, 29.9), ("温州", 120.7, 28.0)]),
        ({"甲": {"name": "甲", "n": 1}, "乙": {"name": "乙", "n": 2}}, ["name", "n"], [("甲", 1), ("乙", 2)]),
        ({"k1": {"n": 1}, "k2": {"n": 2}}, ["key", "n"], [("k1", 1), ("k2", 2)]),
        ({"name": ["甲", "乙", "丙"], "n": [1, 2, 3]}, ["name", "n"], [("甲", 1), ("乙", 2), ("丙", 3)]),
        ({"code": 200, "data": {"total": 2, "rows": [{"n": 1}, {"n": 2}]}}, ["n"], [(1,), (2,)]),
        ([["名称", "数"], ["甲", 1], ["乙", 2]], ["名称", "数"], [("甲", 1), ("乙", 2)]),
        (["甲", "乙"], ["value"], [("甲",), ("乙",)]),
        ({"A": {"(0,1)": {"x": [1, 2], "y": [3, 4]}, "names": ["p", "q"]}, "B": {"(1,2)": {"x": [5, 6], "y": [7, 8]}}},
         ["key_1", "key_2", "position", "x", "y"],
         [("A", "(0,1)", 1, 1, 3), ("A", "(0,1)", 2, 2, 4), ("B", "(1,2)", 1, 5, 7), ("B", "(1,2)", 2, 6, 8)]),
    ],
    ids=["positions", "keyed, key inside", "keyed", "columns", "wrapped", "grid", "values", "deep columns"],
)  # fmt: skip
def test_shapes(desk: Any, value: Any, columns: list[str], rows: list[Any]) -> None:
    reading = desk.read(json.dumps(value, ensure_ascii=False), "a.json")
    assert names(reading) == columns
    assert desk.rows(reading) == rows
    assert any(one.what == "table" for one in reading.choices)


def test_a_tree_gives_one_row_per_node_with_level_and_parent(desk: Any, choice: Any) -> None:
    tree = [
        {
            "code": "11",
            "name": "甲",
            "children": [{"code": "1101", "name": "乙", "children": [{"code": "110101", "name": "丙"}]}],
        }
    ]
    reading = desk.read(json.dumps(tree), "a.json")
    assert desk.rows(reading) == [(1, None, "11", "甲"), (2, "11", "1101", "乙"), (3, "1101", "110101", "丙")]
    assert choice(reading, "table") == ("$", False)


def test_another_large_list_makes_the_table_a_question_that_can_be_answered(desk: Any, choice: Any) -> None:
    text = json.dumps({"a": [{"x": 1}, {"x": 2}, {"x": 3}], "b": [{"y": 1}, {"y": 2}]})
    assert choice(desk.read(text, "a.json"), "table") == ("$.a", False)
    answered = desk.read(text, "a.json", table="$.b")
    assert (names(answered), answered.rows) == (["y"], 2)
    with pytest.raises(BadInput):
        desk.read(text, "a.json", table="$.c")


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_geojson_features_have_properties_and_a_geometry_column(
    desk: Any, types: Any, choice: Any, streamed: bool
) -> None:
    text = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"330183","name":"富阳"},'
        '"geometry":{"type":"Point","coordinates":[119.60192019531300,30.15]}},{"type":"Feature","properties":null,"geometry":null},'
        '{"type":"Feature","properties":{"name":"坏"},"geometry":{"type":"Blob"}}]}'
    )
    reading = desk.read(text, "a.geojson", limits=Limits(max_json_in_memory=0 if streamed else 1 << 20))
    assert types(reading)["geometry"] == "GEOMETRY"
    assert desk.rows(reading)[0] == (
        "330183",
        "富阳",
        '{"type":"Point","coordinates":[119.60192019531300,30.15]}',
    )
    assert (reading.rows, reading.rejected_rows) == (1, 1)
    assert choice(reading, "blank_rows") == ("1", True)
    assert choice(reading, "crs") == ("WGS-84", True)


@pytest.mark.parametrize(
    ("crs", "position"),
    [
        ('"crs":{"type":"name","properties":{"name":"EPSG:4528"}},', "[40500000.5,3350000]"),
        ("", "[500000,3350000]"),
    ],
    ids=["declared", "evident"],
)
def test_other_coordinates_are_not_called_geometry(
    desk: Any, types: Any, choice: Any, crs: str, position: str
) -> None:
    feature = (
        '{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":' + position + "}}"
    )
    text = '{"type":"FeatureCollection",' + crs + '"features":[' + feature + "]}"
    reading = desk.read(text, "a.geojson")
    assert types(reading)["geometry"] == "TEXT"
    assert not choice(reading, "crs")[1]


def test_newline_delimited_json_rejects_the_line_that_is_none(desk: Any, choice: Any) -> None:
    reading = desk.read('{"a":1,"b":"x"}\n{"a":2}\n{"a":\n\n{"a":3}\n', "a.ndjson")
    assert desk.rows(reading) == [(1, "x"), (2, None), (3, None)]
    assert [one.line for one in reading.rejected] == [3]
    assert choice(reading, "rejected_rows") == ("1", False)


@pytest.mark.parametrize(
    "text",
    [
        '[{"a":1},',
        '{"a":1,"a":2}',
        "[" * 5000,
        '{"x":' * 90 + "1" + "}" * 90,
        "[]",
        "{}",
        '[{"a":"x\\u0000y"},{"a":"z"}]',
        '[{"a":"\\ud800"},{"a":"z"}]',
    ],
    ids=["cut", "key twice", "deep", "deep objects", "empty list", "empty object", "nul", "surrogate"],
)
def test_what_cannot_be_read_is_bad_input_without_its_text(desk: Any, text: str) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read(text, "a.json")
    assert caught.value.where.file == "a.json"


def test_a_streamed_object_of_records_keeps_its_keys(desk: Any) -> None:
    text = json.dumps({f"k{n}": {"n": n, "inner": {"m": str(n)}} for n in range(30)})
    reading = desk.read(text, "a.json", limits=Limits(max_json_in_memory=0))
    assert (names(reading), reading.rows) == (["key", "n", "inner.m"], 30)


def test_json_in_gb18030_is_decoded(desk: Any) -> None:
    reading = desk.read('[{"名称":"西湖区"},{"名称":"上城区"}]'.encode("gb18030"), "a.json")
    assert desk.rows(reading) == [("西湖区",), ("上城区",)]
