"""Where the rows of a release are: its geometry column, or two numeric columns whose names say longitude and latitude."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.dataset import Column, ColumnType
from catalog.predicate import Location

__all__ = ["LATITUDE", "LONGITUDE", "location_of"]

LONGITUDE = ("lon", "lng", "long", "longitude", "经度", "东经", "wgs84_lon", "wgs84经度")
LATITUDE = ("lat", "latitude", "纬度", "北纬", "wgs84_lat", "wgs84纬度")
_NUMERIC = (ColumnType.DOUBLE, ColumnType.DECIMAL, ColumnType.INTEGER)


def location_of(columns: Sequence[Column]) -> Location | None:
    """The location of each row; None where the columns name none."""
    for one in columns:
        if one.type is ColumnType.GEOMETRY:
            return Location(geometry=one.name)
    named = {one.name.casefold(): one.name for one in columns if one.type in _NUMERIC}
    longitude = next((named[name] for name in LONGITUDE if name in named), None)
    latitude = next((named[name] for name in LATITUDE if name in named), None)
    return Location(longitude, latitude) if longitude and latitude else None
