"""The columns of a join, by the names that a declaration gives them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalog.release import Release, ReleasedColumn
from catalog.service import Service

__all__ = ["joined_schema"]


def joined_schema(service: Service, releases: Mapping[str, Release]) -> tuple[ReleasedColumn, ...]:
    """The columns of the join: those of the first dataset under their names, the others' as ``DATASET.COLUMN``."""
    first = releases[service.dataset].columns
    others = [
        replace(one, column=replace(one.column, name=f"{join.dataset}.{one.column.name}"))
        for join in service.joins
        for one in releases[join.dataset].columns
    ]
    return (*first, *others)
