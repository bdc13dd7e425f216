"""Chinese map datums to WGS-84. Pure.

GCJ-02 shifts positions in China by up to some 700 m (State Bureau of Surveying, 2002; the formula is public since 2013
and stands in no standard); BD-09 is Baidu's shift of GCJ-02. Both are undone here to better than a centimetre by iteration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any

__all__ = ["Datum", "datum_named", "is_swapped", "moved", "to_wgs84"]

Position = tuple[float, float]
AXIS, ECCENTRICITY_2 = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 uses it
BAIDU = math.pi * 3000.0 / 180.0
CHINA = ((72.004, 137.8347), (0.8293, 55.8271))  # outside, GCJ-02 is WGS-84


class Datum(StrEnum):
    """What a longitude and latitude refer to."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


def datum_named(text: str) -> Datum | None:
    """The datum that a name of a reference system, or of a file, speaks of; None where of none."""
    name = "".join(char for char in text.upper() if char.isalnum())
    if "GCJ" in name or "火星坐标" in name:
        return Datum.GCJ02
    if "BD09" in name or "百度坐标" in name:
        return Datum.BD09
    return Datum.WGS84 if name.endswith(("CRS84", "4326", "WGS84")) else None


def to_wgs84(lon: float, lat: float, datum: Datum) -> Position:
    """A position in degrees, in WGS-84."""
    if datum is Datum.BD09:
        lon, lat = _from_baidu(lon, lat)
    if datum is Datum.WGS84 or not _in_china(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(6):  # the shift changes slowly: each round gains three digits
        shifted_x, shifted_y = _shifted(x, y)
        x, y = x + lon - shifted_x, y + lat - shifted_y
    return x, y


def is_swapped(first: float, second: float) -> bool:
    """The pair is latitude and longitude of a place in China, in that order: no place on earth the other way round, or
    one far outside."""
    return 3 <= first <= 54 and 73 <= second <= 136


def moved(coordinates: Any, move: Callable[[float, float], Position]) -> Any:
    """GeoJSON coordinates of any depth with every position moved; heights stay. Seven decimals are a centimetre."""
    if coordinates and not isinstance(coordinates[0], list):
        lon, lat = move(float(coordinates[0]), float(coordinates[1]))
        return [round(lon, 7), round(lat, 7), *coordinates[2:]]
    return [moved(inner, move) for inner in coordinates]


def _from_baidu(lon: float, lat: float) -> Position:
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(6):
        z = math.hypot(x, y) + 0.00002 * math.sin(y * BAIDU)
        theta = math.atan2(y, x) + 0.000003 * math.cos(x * BAIDU)
        x, y = x + lon - (z * math.cos(theta) + 0.0065), y + lat - (z * math.sin(theta) + 0.006)
    return x, y


def _in_china(lon: float, lat: float) -> bool:
    (west, east), (south, north) = CHINA
    return west <= lon <= east and south <= lat <= north


def _shifted(lon: float, lat: float) -> Position:
    """WGS-84 to GCJ-02."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (waves + 20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (waves + 20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    angle = math.radians(lat)
    magic = 1.0 - ECCENTRICITY_2 * math.sin(angle) ** 2
    root = math.sqrt(magic)
    north = north * 180.0 / (AXIS * (1.0 - ECCENTRICITY_2) / (magic * root) * math.pi)
    east = east * 180.0 / (AXIS / root * math.cos(angle) * math.pi)
    return lon + east, lat + north
