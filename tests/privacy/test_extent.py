"""How far columns reach decides which tests they get: what a profile knows of that is what the search would count itself."""

from __future__ import annotations

import math

from invented_people import Table, mobiles

from catalog.engine.duckdb_engine import DuckDBEngine
from gateway.publish.intake import extents
from privacy import scan
from privacy.extent import Extent, extents_of
from quality import profile


def test_a_profile_knows_what_the_search_would_count(engine: DuckDBEngine, table: Table) -> None:
    schema = table(
        {
            "text": ["甲", "乙丙", None, "甲"] * 50,
            "whole": [-7, 3, None, 5] * 50,
            "broken": [-7.5, math.nan, None, 5.25] * 50,
            "huge": [1e12, math.inf, None, -3.0] * 50,
            "empty": [None] * 200,
        }
    )
    known, counted = extents(profile(engine, "t", schema)), extents_of(engine, "t", schema)
    assert known == counted
    assert counted["text"] == Extent(150, 2, 1, 2)
    assert counted["broken"] == Extent(100, largest=7.5)


def test_what_is_no_number_does_not_hide_numbers_of_persons(engine: DuckDBEngine, table: Table) -> None:
    """NaN is greater than every number: as the greatest of a column it would have spared the column its tests."""
    numbers = [float(one) for one in mobiles(60)]
    schema = table({"数值": [*numbers, math.nan]})
    assert {finding.entity for finding in scan(engine, "t", schema)} == {"MOBILE"}
