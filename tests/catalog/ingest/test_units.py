"""The unit of a column is on its schema, as written by header or cells: what a contract's unit can be held against."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.ingest import Limits
from catalog.ingest.written import unit_in

# header, cells → unit of the column, its values
READ: dict[str, tuple[str, list[str], str | None, list[float]]] = {
    "万 in cells": ("金额", ["1.5万", "30万"], "万", [1.5, 30.0]),
    "亿元 in cells": ("产值", ["1.5亿元", "30亿元"], "亿元", [1.5, 30.0]),
    "several magnitudes are multiplied out": ("人口", ["1.5万", "3000", "0.2亿"], "1", [15_000, 3_000, 2e7]),
    "several magnitudes of 元": ("金额", ["1.5万元", "3000元"], "元", [15_000, 3_000]),
    "万元 in the header": ("产值（万元）", ["1.5", "30"], "万元", [1.5, 30.0]),
    "单位 in the header": ("产值[单位：亿元]", ["1.5", "30"], "亿元", [1.5, 30.0]),
    "both, and the same": ("产值（万元）", ["1.5万元", "30万元"], "万元", [1.5, 30.0]),
    "none": ("产值", ["1.5", "30"], None, [1.5, 30.0]),
}


@pytest.mark.parametrize("large", [False, True], ids=["with care", "in parallel"])
@pytest.mark.parametrize(("header", "cells", "unit", "values"), READ.values(), ids=READ)
def test_the_unit_is_recorded_on_the_column(
    desk: Any, choice: Any, header: str, cells: list[str], unit: str | None, values: list[float], large: bool
) -> None:
    rows = "".join(f"区{at},{cell}\n" for at, cell in enumerate(cells))
    limits = Limits(parallel_from_bytes=1) if large else None
    reading = desk.read(f"区县,{header}\n{rows}", limits=limits)
    assert reading.schema[1].unit == unit
    assert [float(row[1]) for row in desk.rows(reading)] == values
    if unit is not None:
        assert choice(reading, "units") == (f"{header}={unit}", True)


@pytest.mark.parametrize("cells", [["1.5亿元", "30亿元"], ["1.5亿", "3000"]], ids=["one unit", "several"])
def test_a_header_that_contradicts_its_cells_is_asked_about(desk: Any, choice: Any, cells: list[str]) -> None:
    reading = desk.read("区县,产值（万元）\n" + "".join(f"区,{cell}\n" for cell in cells))
    assert not choice(reading, "units")[1]
    kept = desk.read("区县,产值（万元）\n" + "".join(f"区,{cell}\n" for cell in cells), units="keep")
    assert [row[1] for row in desk.rows(kept)] == cells


def test_a_unit_in_a_name_is_one_at_its_end_in_brackets() -> None:
    assert unit_in("金额（万元）") == unit_in("金额 [单位: 万元]") == "万元"
    assert unit_in("万元店数") is None
    assert unit_in("名称（简称）") is None
