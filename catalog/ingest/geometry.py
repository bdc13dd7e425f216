"""Geometries of GeoJSON on their way in: which datum, which order of axes, what is changed about them and what is said."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from catalog.dataset import ReadingChoice
from catalog.errors import BadInput, Where
from catalog.ingest.answers import Answers
from catalog.ingest.coordinates import Datum, datum_named, is_swapped, moved, to_wgs84
from catalog.ingest.nested import Flat
from catalog.text import Text

__all__ = ["Move", "Seen", "datum_of", "moved_geometry", "movement", "reference_choices", "swapped"]

Move = Callable[[float, float], tuple[float, float]]
SWAP = "swap"


@dataclass(slots=True)
class Seen:
    """Of the geometries read so far, how many lie `outside` any degrees and how many seem to be `swapped`."""

    outside: int = 0
    swapped: int = 0

    def add(self, geometry: str) -> None:
        """One more, by its first position."""
        first = _first_position(geometry)
        self.swapped += first is not None and is_swapped(*first)
        self.outside += first is not None and not (abs(first[0]) <= 180 and abs(first[1]) <= 90)


def datum_of(flat: Flat, file: str, answers: Answers) -> Datum | None:
    """What the coordinates refer to: answered, declared, in the file's name, or what the format prescribes; None for a
    declared system that is none of ours."""
    told = answers.get("crs") or flat.crs
    if told is not None:
        return datum_named(told)
    return datum_named(file.rpartition(".")[0]) or Datum.WGS84


def swapped(flat: Flat, datum: Datum | None, answers: Answers) -> Text | None:
    """Why latitude and longitude are exchanged, None where they are not: the steward says so, or no geometry of the
    file can be anything else: its second number is over 90, which no latitude is, and exchanged it lies in China."""
    answer = answers.get("axes")
    if answer is not None:
        given = Text(
            "由数据管理员指定：经度与纬度已对调", "given by the steward: longitude and latitude are exchanged"
        )
        return given if answer.strip().lower() == SWAP else None
    if datum is not Datum.WGS84 or flat.geometry is None:
        return None
    count = 0
    for row in flat.rows():
        first = _first_position((row or {}).get(flat.geometry) or "")
        if first is None:
            continue
        if not (is_swapped(*first) and first[1] > 90):
            return None
        count += 1
    return (
        Text(
            f"全部 {count} 个几何的第二个数都大于 90，不可能是纬度，对调后都在中国境内：经度与纬度已对调",
            f"the second number of all {count} geometries is over 90 and no latitude; exchanged, all lie in China: "
            "longitude and latitude are exchanged",
        )
        if count
        else None
    )


def movement(datum: Datum | None, swap: bool, answers: Answers) -> Move | None:
    """What is done to every position: the axes put in order, and, on the steward's request, the datum changed."""
    convert = answers.get("crs") is not None and datum in (Datum.GCJ02, Datum.BD09)
    if not swap and not convert:
        return None

    def move(first: float, second: float) -> tuple[float, float]:
        lon, lat = (second, first) if swap else (first, second)
        return to_wgs84(lon, lat, datum) if convert and datum is not None else (lon, lat)

    return move


def moved_geometry(geometry: str, move: Move, file: str, item: int) -> str:
    """A geometry with every position moved. Raises BadInput where its coordinates are no numbers."""

    def inner(value: dict[str, Any]) -> dict[str, Any]:
        if "geometries" in value:
            return {**value, "geometries": [inner(one) for one in value["geometries"]]}
        return {**value, "coordinates": moved(value["coordinates"], move)}

    try:
        return json.dumps(inner(json.loads(geometry)), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, TypeError, KeyError, IndexError):
        raise BadInput(
            Text("几何的坐标不是数", "The coordinates of a geometry are no numbers"),
            Text("请在来源中修正后重新导出", "Correct it where it comes from and export again"),
            Where(file=file, line=item),
        ) from None


def _first_position(geometry: str) -> tuple[float, float] | None:
    """The first position of a geometry, None where it has none; what is no number lies nowhere on earth."""
    start = geometry.find('"coordinates":')
    numbers = geometry[start + 14 : start + 200].lstrip("[").split("]", 1)[0].split(",")
    if not numbers[0]:
        return None
    try:
        return float(numbers[0]), float(numbers[1])
    except (ValueError, IndexError):
        return math.inf, math.inf


def reference_choices(
    flat: Flat, seen: Seen, answers: Answers, datum: Datum | None, swap: Text | None
) -> Iterator[ReadingChoice]:
    """What is said of the reference system and of the order of the axes."""
    value = str(datum) if datum is not None else (flat.crs or "").strip('"')[:100]
    converted = answers.get("crs") is not None and datum in (Datum.GCJ02, Datum.BD09)
    fits = not seen.outside and (datum is Datum.WGS84 or converted)
    if converted:
        evidence = Text(
            f"由数据管理员指定；坐标已由 {value} 换算为 WGS-84",
            f"given by the steward; converted from {value} to WGS-84",
        )
    elif fits:
        evidence = Text(
            "GeoJSON 声明或规定的坐标系",
            "the reference system the file declares or the format prescribes",
        )
    elif datum in (Datum.GCJ02, Datum.BD09):
        evidence = Text(
            f"文件说明坐标是 {value}，几何按文本保留；以 --set reading:crs={value} 作答即换算为 WGS-84",
            f"the file says {value}: the geometry is kept as text; answer --set reading:crs={value} to convert it to WGS-84",
        )
    else:
        evidence = Text(
            "坐标不是 WGS-84 经纬度，几何按文本保留；请转换后重新提交",
            "coordinates are not WGS-84 degrees: the geometry is kept as text; convert and submit again",
        )
    yield ReadingChoice("crs", value, evidence, fits)
    if swap is not None:
        yield answers.chosen("axes", SWAP, swap)
    elif seen.swapped:
        yield answers.chosen(
            "axes",
            "latitude, longitude",
            Text(
                f"{seen.swapped} 个几何的坐标像是纬度在前，按文本保留；以 --set reading:axes=swap 作答即对调",
                f"{seen.swapped} geometries seem to give latitude first and are kept as text; answer --set reading:axes=swap to exchange them",
            ),
            certain=answers.get("axes") is not None,
        )
