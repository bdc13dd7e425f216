"""Spans of time, conditions on groups, facets, places, letters without case: each held to a naive evaluation."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.dataset import ColumnType
from tests.gateway.serve.test_data_path import is_problem

Row = dict[str, Any]
FIXTURES = [HealthCheck.function_scoped_fixture]


def start_of(span: str, day: date) -> date:
    """The first day of the span that holds `day`."""
    first = date(day.year, day.month, 1)
    return {
        "year": date(day.year, 1, 1),
        "quarter": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "month": first,
        "week": day - timedelta(days=day.weekday()),
        "day": day,
    }[span]


@pytest.mark.parametrize("span", ["year", "quarter", "month", "week", "day"])
def test_groups_by_a_span_of_time_are_named_by_its_first_day(
    span: str, rows: list[Row], gate: Any, bare_gate: Any
) -> None:
    name = f"{span}(opened)"
    counts = Counter(start_of(span, row["opened"]).isoformat() for row in rows if row["opened"])
    expected = [{name: key, "count": counts[key]} for key in sorted(counts)]
    expected.append({name: None, "count": sum(row["opened"] is None for row in rows)})

    for one in (gate, bare_gate):
        assert one.get("aggregate", {"group_by": name, "limit": "1000"}).json()["records"] == expected


def test_groups_by_the_hour_are_times(release_of: Any, make_gate: Any, tmp_path: Any) -> None:
    rows = [{"at": datetime(2026, 1, 31, 8, minute)} for minute in (0, 59)]  # noqa: DTZ001 - no zone in a release
    served = release_of(tmp_path, [*rows, {"at": datetime(2026, 1, 31, 9)}], {"at": ColumnType.TIMESTAMP})  # noqa: DTZ001

    records = make_gate(served).get("aggregate", {"group_by": "hour(at)"}).json()["records"]

    assert records == [
        {"hour(at)": "2026-01-31T08:00:00", "count": 2},
        {"hour(at)": "2026-01-31T09:00:00", "count": 1},
    ]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"group_by": "month(price)"}, "date or time"),
        ({"group_by": "hour(opened)"}, "hour of time"),
        ({"group_by": "moth(opened)"}, "month"),
        ({"group_by": "month(opend)"}, "opened"),
        ({"having": "cuont > 1"}, "count"),
        ({"having": "avg(price) > 1"}, "count"),
        ({"group_by": "区县", "having": "区 = 'x'"}, "区县"),
        ({"having": "S_INTERSECTS(形状, POINT(1 2))"}, "filter"),
        ({"sort": "-cout"}, "count"),
    ],
)
def test_a_wrong_name_in_an_aggregate_is_answered_with_the_right_one(
    params: dict[str, str], says: str, gate: Any
) -> None:
    assert says in is_problem(gate.get("aggregate", params), 400)["remedy"]["en"]


@settings(max_examples=25, deadline=None, suppress_health_check=FIXTURES)
@given(least=st.integers(0, 60), most=st.integers(0, 3), limit=st.integers(1, 5), offset=st.integers(0, 12))
def test_having_and_the_first_n_are_those_of_a_naive_evaluation(
    least: int, most: int, limit: int, offset: int, rows: list[Row], gate: Any
) -> None:
    counts = Counter(row["区县"] for row in rows)
    smallest = {name: min(row["limit"] for row in rows if row["区县"] == name) for name in counts}
    kept = [name for name in counts if counts[name] >= least and smallest[name] <= most]
    kept.sort(key=lambda name: (-counts[name], name is None, (name or "").encode()))

    answer = gate.get(
        "aggregate",
        {
            "group_by": "区县",
            "metrics": "count,min(limit)",
            "having": f"count >= {least} AND NOT (min(limit) > {most})",
            "sort": "-count",
            "limit": str(limit),
            "offset": str(offset),
        },
    ).json()

    assert answer["total"] == len(kept)
    assert [record["区县"] for record in answer["records"]] == kept[offset : offset + limit]


def test_facets_count_all_rows_that_match_not_those_of_the_page(
    rows: list[Row], gate: Any, bare_gate: Any
) -> None:
    params = {"active": "true", "limit": "3", "facets": "区县,limit,opened"}
    matching = [row for row in rows if row["active"] is True]
    first = gate.get("records", params).json()["facets"]

    assert gate.get("records", params).content == bare_gate.get("records", params).content
    for name in ("区县", "limit"):
        counts = Counter(row[name] for row in matching)
        assert {one["value"]: one["count"] for one in first[name]["values"]} == counts
        assert first[name]["distinct"] == len(counts)
        listed = [one["count"] for one in first[name]["values"]]
        assert listed == sorted(listed, reverse=True)
    assert len(first["opened"]["values"]) == 20 < first["opened"]["distinct"]
    assert "facets" not in gate.get("records", {"limit": "3"}).json()


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"facets": "区"}, "区县"),
        ({"facets": "形状"}, "another column"),
        ({"facets": "id,limit,row,lat,lon,price"}, "fewer"),
        ({"near": "31,121"}, "near=121"),
        ({"near": "31,121,500"}, "Longitude comes first"),
        ({"near": "121,31,0"}, "near=121"),
        ({"bbox": "121,32,122,31"}, "west,south,east,north"),
        ({"bbox": "1,2,3"}, "bbox="),
        ({"bbox": "nan,1,2,3"}, "bbox="),
        ({"filter": "S_INTERSECTS(形状, POLYGON((0 0, 1 0, 1 1, 2 2)))"}, "repeats its first"),
        ({"filter": "S_INTERSECTS(place, POINT(1 2))"}, "形状"),
        ({"filter": "S_INTERSECTS(形状, POINT(200 2))"}, "Longitude comes first"),
        ({"filter": "S_INTERSECTS(形状, GEOMETRYCOLLECTION(POINT(1 2)))"}, "POLYGON"),
        ({"filter": "CASEI(price) = '1'"}, "CASEI(column)"),
        ({"sort": "pric__nullsfirst"}, "price"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(params: dict[str, str], says: str, gate: Any) -> None:
    if "near" in params and params["near"].startswith("31,121,500"):
        params = {"near": "31,121.5,500"}
    remedy = is_problem(gate.get("records", params), 400)["remedy"]["en"]
    assert says.casefold() in remedy.casefold()


def test_a_dataset_without_coordinates_says_what_would_be_some(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    gate = make_gate(release_of(tmp_path, [{"n": 1}], {"n": ColumnType.INTEGER}))

    for params in ({"bbox": "1,2,3,4"}, {"near": "1,2,3"}, {"filter": "S_INTERSECTS(geometry, POINT(1 2))"}):
        assert "lon/lat" in is_problem(gate.get("records", params), 400)["remedy"]["en"]


PLACES = [(x / 4, y / 4) for x in range(-8, 9) for y in range(-8, 9)]


@pytest.fixture(scope="module", params=["columns", "geometry"])
def placed(request: Any, release_of: Any, make_gate: Any, tmp_path_factory: Any) -> Any:
    """A grid of points, as two columns and as GeoJSON; some rows have no place."""
    folder = tmp_path_factory.mktemp("placed")
    if request.param == "columns":
        rows: list[Row] = [{"n": i, "lon": x, "lat": y} for i, (x, y) in enumerate(PLACES)]
        rows += [{"n": 900, "lon": None, "lat": 0.5}, {"n": 901, "lon": 500.0, "lat": 0.5}]
        schema = {"n": ColumnType.INTEGER, "lon": ColumnType.DOUBLE, "lat": ColumnType.DOUBLE}
    else:
        rows = [
            {"n": i, "geometry": json.dumps({"type": "Point", "coordinates": [x, y]})}
            for i, (x, y) in enumerate(PLACES)
        ]
        rows.append({"n": 900, "geometry": None})
        schema = {"n": ColumnType.INTEGER, "geometry": ColumnType.GEOMETRY}
    return make_gate(release_of(folder, rows, schema))


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [record["n"] for record in answer.json()["records"]]


def naive_inside(point: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    """In or on the edge, by winding angles: another method than the one under test."""
    x, y = point
    turned = 0.0
    for (ax, ay), (bx, by) in pairwise(ring):
        cross = (ax - x) * (by - y) - (ay - y) * (bx - x)
        dot = (ax - x) * (bx - x) + (ay - y) * (by - y)
        if abs(cross) < 1e-12 and dot <= 1e-12:
            return True
        turned += math.atan2(cross, dot)
    return abs(turned) > math.pi


CORNERS = st.tuples(st.integers(-8, 8), st.integers(-8, 8)).map(lambda at: (at[0] / 4, at[1] / 4))


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES)
@given(corners=st.lists(CORNERS, min_size=3, max_size=3, unique=True))
def test_points_in_and_on_a_triangle_are_those_of_another_method(
    corners: list[tuple[float, float]], placed: Any
) -> None:
    ring = [*corners, corners[0]]
    text = ", ".join(f"{x} {y}" for x, y in ring)
    expected = [i for i, at in enumerate(PLACES) if naive_inside(at, ring)]

    answer = placed.get("records", {"filter": f"S_INTERSECTS(geometry, POLYGON(({text})))", "limit": "1000"})

    assert numbers(answer) == expected


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        ("POINT(0.5 -0.25)", lambda x, y: (x, y) == (0.5, -0.25)),
        ("MULTIPOINT((0 0), (1 1))", lambda x, y: (x, y) in ((0, 0), (1, 1))),
        ("LINESTRING(-1 -1, 1 1)", lambda x, y: x == y and -1 <= x <= 1),
        (
            "MULTILINESTRING((-1 0, 1 0), (0 -1, 0 1))",
            lambda x, y: (y == 0 and -1 <= x <= 1) or (x == 0 and -1 <= y <= 1),
        ),
        ("BBOX(-1, -0.5, 1, 0.5)", lambda x, y: -1 <= x <= 1 and -0.5 <= y <= 0.5),
        (
            "POLYGON((-2 -2, 2 -2, 2 2, -2 2, -2 -2), (-1 -1, 1 -1, 1 1, -1 1, -1 -1))",
            lambda x, y: not (-1 < x < 1 and -1 < y < 1),
        ),
        (
            "MULTIPOLYGON(((-2 -2, -1 -2, -1 -1, -2 -1, -2 -2)), ((1 1, 2 1, 2 2, 1 2, 1 1)))",
            lambda x, y: (-2 <= x <= -1 and -2 <= y <= -1) or (1 <= x <= 2 and 1 <= y <= 2),
        ),
    ],
)
def test_every_shape_is_answered_exactly_and_can_be_negated(condition: str, test: Any, placed: Any) -> None:
    expected = [i for i, (x, y) in enumerate(PLACES) if test(x, y)]
    others = [i for i in range(len(PLACES)) if i not in expected]
    within = f"S_INTERSECTS(geometry, {condition})"

    assert numbers(placed.get("records", {"filter": within, "limit": "1000"})) == expected
    negated = {"filter": f"NOT ({within}) AND n < 900", "limit": "1000"}
    assert numbers(placed.get("records", negated)) == others


def test_a_box_may_cross_the_antimeridian(placed: Any) -> None:
    expected = [i for i, (x, y) in enumerate(PLACES) if (x >= 1.5 or x <= -1.5) and y >= 0]

    assert numbers(placed.get("records", {"bbox": "1.5,0,-1.5,90", "limit": "1000"})) == expected


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """By the angle between vectors: another formula than the one under test."""
    vectors = []
    for x, y in (a, b):
        lon, lat = math.radians(x), math.radians(y)
        vectors.append((math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)))
    (ax, ay, az), (bx, by, bz) = vectors
    cross = (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return 6_371_008.8 * math.atan2(math.hypot(*cross), ax * bx + ay * by + az * bz)


@pytest.mark.parametrize(
    ("lon", "lat", "reach"), [(0.1, 0.03, 90_000), (-2.0, 1.9, 300_000), (0.33, -0.71, 20_000)]
)
def test_near_finds_what_is_within_the_distance_the_nearest_first(
    lon: float, lat: float, reach: float, placed: Any
) -> None:
    here = (lon, lat)
    within = [i for i, at in enumerate(PLACES) if metres(at, here) <= reach]
    expected = sorted(within, key=lambda i: metres(PLACES[i], here))

    answer = placed.get("records", {"near": f"{lon},{lat},{reach}", "limit": "1000"})

    assert numbers(answer) == expected
    assert answer.json()["total"] == len(expected)
    by_number = placed.get("records", {"near": f"{lon},{lat},{reach}", "sort": "n", "limit": "1000"})
    assert numbers(by_number) == within


def test_a_line_or_area_among_the_geometries_is_refused_not_approximated(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    line = json.dumps({"type": "LineString", "coordinates": [[0, 0], [1, 1]]})
    served = release_of(
        tmp_path, [{"n": 1, "路线": line}], {"n": ColumnType.INTEGER, "路线": ColumnType.GEOMETRY}
    )

    for params in (
        {"filter": "S_INTERSECTS(路线, POINT(0.5 0.5))"},
        {"bbox": "0,0,1,1"},
        {"near": "0,0,1000"},
    ):
        assert "export.geojson" in is_problem(make_gate(served).get("records", params), 400)["remedy"]["en"]


def test_letters_are_compared_without_case_where_it_is_asked(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    rows = [
        {"n": i, "名": name} for i, name in enumerate(["Metro", "METRO", "metro line", "Ω", "地铁", None])
    ]
    gate = make_gate(release_of(tmp_path, rows, {"n": ColumnType.INTEGER, "名": ColumnType.TEXT}))

    def found(condition: str) -> list[int]:
        return numbers(gate.get("records", {"filter": condition}))

    assert found("名 = 'metro'") == []
    assert found("CASEI(名) = CASEI('metro')") == [0, 1]
    assert found("CASEI(名) LIKE CASEI('METRO%')") == [0, 1, 2]
    assert found("CASEI(名) IN (CASEI('mEtro'), CASEI('ω'))") == [0, 1, 3]
    assert found("NOT CASEI(名) = CASEI('METRO')") == [2, 3, 4]
