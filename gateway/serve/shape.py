"""Shapes and positions that a request writes: GeoJSON from a filter, ``bbox=``, ``near=`` → typed conditions.

Positions are longitude before latitude, degrees of WGS-84, as GeoJSON (RFC 7946) has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.errors import BadInput, Where
from catalog.predicate import Intersects, Location, Near, Position
from catalog.text import Text

__all__ = ["MAX_METRES", "intersects_of", "read_bbox", "read_near"]

MAX_VERTICES = 250
MAX_METRES = 20_100_000.0
"""Half of the Earth's circumference: farther away is nothing."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d{0,15})?|\.\d{1,15})", re.ASCII)


def intersects_of(location: Location, shape: Mapping[str, Any], parameter: str) -> Intersects:
    """The condition that a shape of a filter writes (GeoJSON, or ``{"bbox": […]}``).

    Raises BadInput: no such shape, a position that is nowhere on Earth, a ring that is not closed, too many corners.
    """
    reader = _Shapes(parameter)
    if "bbox" in shape:
        return Intersects(location, polygons=reader.box(shape["bbox"]))
    kind, parts = shape.get("type"), shape.get("coordinates")
    match kind:
        case "Point":
            return Intersects(location, points=(reader.position(parts),))
        case "MultiPoint":
            return Intersects(location, points=reader.line(parts, 1))
        case "LineString":
            return Intersects(location, lines=(reader.line(parts, 2),))
        case "MultiLineString":
            return Intersects(location, lines=tuple(reader.line(part, 2) for part in reader.items(parts)))
        case "Polygon":
            return Intersects(location, polygons=(reader.polygon(parts),))
        case "MultiPolygon":
            return Intersects(location, polygons=tuple(reader.polygon(part) for part in reader.items(parts)))
    raise reader.bad(
        Text("这种图形不能用于空间条件", "This shape cannot be used in a spatial condition"),
        Text(
            "可用：POINT、LINESTRING、POLYGON、MULTI…、BBOX(西,南,东,北)",
            "Use POINT, LINESTRING, POLYGON, their MULTI forms, or BBOX(west,south,east,north)",
        ),
    )


def read_bbox(text: str, location: Location) -> Intersects:
    """``bbox=west,south,east,north``. Raises BadInput."""
    reader = _Shapes("bbox")
    return Intersects(location, polygons=reader.box(_numbers(text, 4)))


def read_near(text: str, location: Location) -> Near:
    """``near=longitude,latitude,metres``. Raises BadInput."""
    reader = _Shapes("near")
    numbers = _numbers(text, 3)
    if len(numbers) != 3 or not 0 < numbers[2] <= MAX_METRES:
        raise reader.bad(
            Text("near 应为 经度,纬度,米", "near is longitude,latitude,metres"),
            Text("例如 near=121.47,31.23,500", "For example near=121.47,31.23,500"),
        )
    longitude, latitude = reader.position(numbers[:2])
    return Near(location, longitude, latitude, numbers[2])


def _numbers(text: str, most: int) -> list[float]:
    """Plain decimal numbers between commas; none where something else is written."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > most or not all(_NUMBER.fullmatch(part) for part in parts):
        return []
    return [float(part) for part in parts]


class _Shapes:
    """Reads the positions of one shape and counts them."""

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter
        self._left = MAX_VERTICES

    def bad(self, message: Text, remedy: Text) -> BadInput:
        return BadInput(message, remedy, Where(parameter=self._parameter))

    def items(self, parts: object) -> Sequence[Any]:
        if isinstance(parts, list) and parts:
            return parts
        raise self._malformed()

    def position(self, part: object) -> Position:
        self._left -= 1
        if self._left < 0:
            raise self.bad(
                Text(f"图形超过 {MAX_VERTICES} 个顶点", f"The shape has more than {MAX_VERTICES} corners"),
                Text("请简化图形，或用 bbox", "Simplify it, or use bbox"),
            )
        numbers = self.items(part)
        if len(numbers) < 2 or not all(type(one) in (int, float) for one in numbers):
            raise self._malformed()
        longitude, latitude = float(numbers[0]), float(numbers[1])
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise self.bad(
                Text("坐标超出范围", "A position is nowhere on Earth"),
                Text(
                    "经度在前（-180 到 180），纬度在后（-90 到 90），WGS-84 度",
                    "Longitude comes first (-180 to 180), then latitude (-90 to 90), in degrees of WGS-84",
                ),
            )
        return longitude, latitude

    def line(self, parts: object, least: int) -> tuple[Position, ...]:
        positions = tuple(self.position(part) for part in self.items(parts))
        if len(positions) < least:
            raise self._malformed()
        return positions

    def polygon(self, parts: object) -> tuple[tuple[Position, ...], ...]:
        rings = tuple(self.line(ring, 4) for ring in self.items(parts))
        if any(ring[0] != ring[-1] for ring in rings):
            raise self.bad(
                Text("多边形没有闭合", "A polygon is not closed"),
                Text("最后一个顶点须与第一个相同", "Its last position repeats its first"),
            )
        return rings

    def box(self, parts: object) -> tuple[tuple[tuple[Position, ...], ...], ...]:
        """One box, or two where it crosses the antimeridian (west > east)."""
        if not isinstance(parts, list) or len(parts) != 4:
            raise self.bad(
                Text("bbox 应为 西,南,东,北 四个数", "bbox is four numbers: west,south,east,north"),
                Text("例如 bbox=121.4,31.1,121.6,31.3", "For example bbox=121.4,31.1,121.6,31.3"),
            )
        west, south = self.position(parts[:2])
        east, north = self.position(parts[2:])
        if south > north:
            raise self.bad(
                Text("bbox 的南边在北边之上", "bbox: the south lies above the north"),
                Text("顺序为 西,南,东,北", "The order is west,south,east,north"),
            )
        spans = ((west, east),) if west <= east else ((west, 180.0), (-180.0, east))
        return tuple((((a, south), (b, south), (b, north), (a, north), (a, south)),) for a, b in spans)

    def _malformed(self) -> BadInput:
        return self.bad(
            Text("图形的写法有误", "The shape is malformed"),
            Text(
                "例如 POINT(121.47 31.23)、POLYGON((121 31, 122 31, 122 32, 121 31))",
                "For example POINT(121.47 31.23) or POLYGON((121 31, 122 31, 122 32, 121 31))",
            ),
        )
