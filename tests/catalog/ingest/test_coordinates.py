"""Chinese datums undone: against published pairs, and forth and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ingest.coordinates import Datum, _shifted, datum_named, to_wgs84

# Tian'anmen as GCJ-02 and BD-09 services give it, and its WGS-84 (OpenStreetMap), to some ten metres.
TIANANMEN = (116.39127, 39.90711)


def test_the_gate_of_heavenly_peace_lies_where_it_lies() -> None:
    assert to_wgs84(116.39751, 39.90851, Datum.GCJ02) == pytest.approx(TIANANMEN, abs=2e-4)
    assert to_wgs84(116.40392, 39.91484, Datum.BD09) == pytest.approx(TIANANMEN, abs=2e-4)
    assert to_wgs84(-0.1276, 51.5072, Datum.GCJ02) == (-0.1276, 51.5072)


@given(st.floats(75, 134), st.floats(4, 53))
def test_the_shift_is_undone_to_a_centimetre(lon: float, lat: float) -> None:
    assert to_wgs84(*_shifted(lon, lat), Datum.GCJ02) == pytest.approx((lon, lat), abs=1e-7)


def test_names_of_datums() -> None:
    assert datum_named("gcj02_points") is Datum.GCJ02
    assert datum_named("BD-09ll") is Datum.BD09
    assert datum_named("urn:ogc:def:crs:OGC:1.3:CRS84") is Datum.WGS84
    assert datum_named("EPSG:4549") is None


def geojson(lon: float, lat: float, **more: Any) -> str:
    feature = {
        "type": "Feature",
        "properties": {"n": 1},
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature], **more})


def test_a_datum_is_told_and_converted_on_request(desk: Any, choice: Any, types: Any) -> None:
    for name in ("camera.gcj02.geojson", "camera.geojson"):
        declared = {} if "gcj02" in name else {"crs": {"type": "name", "properties": {"name": "GCJ-02"}}}
        told = desk.read(geojson(116.39751, 39.90851, **declared), name)
        assert choice(told, "crs") == ("GCJ-02", False)
        assert types(told)["geometry"] == "TEXT"
    reading = desk.read(geojson(116.39751, 39.90851), "camera.geojson", crs="GCJ-02")
    assert choice(reading, "crs") == ("GCJ-02", True)
    assert types(reading)["geometry"] == "GEOMETRY"
    (row,) = desk.rows(reading)
    assert json.loads(row[-1])["coordinates"] == pytest.approx(TIANANMEN, abs=2e-4)


def test_swapped_axes_are_told_and_put_in_order_on_request(desk: Any, choice: Any, types: Any) -> None:
    told = desk.read(geojson(39.47, 75.99), "points.geojson")  # Kashgar, or a place in the Arctic Ocean
    assert choice(told, "axes") == ("latitude, longitude", False)
    assert types(told)["geometry"] == "TEXT"
    assert choice(desk.read(geojson(39.47, 75.99), "points.geojson", axes="keep"), "axes")[1]
    reading = desk.read(geojson(39.47, 75.99), "points.geojson", axes="swap")
    assert types(reading)["geometry"] == "GEOMETRY"
    assert json.loads(desk.rows(reading)[0][-1])["coordinates"] == [75.99, 39.47]


def test_axes_that_can_only_be_swapped_are_put_in_order(desk: Any, choice: Any, types: Any) -> None:
    kept = desk.read(geojson(30.28, 120.15), "points.geojson", axes="keep")
    assert types(kept)["geometry"] == "TEXT"
    reading = desk.read(geojson(30.28, 120.15), "points.geojson")
    assert choice(reading, "axes") == ("swap", True)
    assert types(reading)["geometry"] == "GEOMETRY"
    assert json.loads(desk.rows(reading)[0][-1])["coordinates"] == [120.15, 30.28]
