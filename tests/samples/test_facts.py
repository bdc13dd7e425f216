"""The true facts are checked against what their sources say of the whole."""

from __future__ import annotations

from collections import Counter
from datetime import date

from samples import facts


def test_hangzhou_has_thirteen_divisions_with_codes_of_their_own() -> None:
    codes = [district.code for district in facts.DISTRICTS]
    assert len(codes) == len(set(codes)) == 13
    assert all(len(code) == 6 and code.startswith("3301") for code in codes)


def test_the_divisions_add_up_to_the_census_total_of_the_city() -> None:
    assert (
        sum(district.population_2020 for district in facts.DISTRICTS)
        == facts.HANGZHOU_POPULATION_2020
        == 11_936_010
    )


def test_the_surveyed_areas_of_the_three_outside_the_city_proper_add_up_to_the_published_difference() -> None:
    """The survey of 2018 gives 16,853.57 km² for all of Hangzhou and 8,292.31 for the city proper."""
    outside = [d.area_km2 or 0 for d in facts.DISTRICTS if d.code in ("330122", "330127", "330182")]
    assert round(sum(outside), 2) == round(16_853.57 - 8_292.31, 2)


def test_a_division_whose_boundary_was_redrawn_in_2021_has_no_area_of_2018() -> None:
    redrawn = {"上城区", "拱墅区", "余杭区", "临平区", "钱塘区", "萧山区"}
    assert all(district.area_km2 is None for district in facts.DISTRICTS if district.name in redrawn)


def test_a_metro_line_opened_in_the_year_of_its_opening_day() -> None:
    assert all(
        line.opened_on is None or line.opened_on.year == line.opened_year for line in facts.METRO_LINES
    )
    assert len({line.line for line in facts.METRO_LINES}) == len(facts.METRO_LINES)


def test_there_are_eleven_statutory_days_off_before_2025_and_thirteen_from_then_on() -> None:
    assert Counter(day.on.year for day in facts.HOLIDAYS) == {2024: 11, 2025: 13, 2026: 13}
    assert len({day.on for day in facts.HOLIDAYS}) == len(facts.HOLIDAYS)


def test_new_years_eve_and_the_second_of_may_were_added_in_2025() -> None:
    days = {day.on for day in facts.HOLIDAYS}
    assert {date(2025, 1, 28), date(2025, 5, 2), date(2026, 2, 16), date(2026, 5, 2)} <= days
    assert not {date(2024, 2, 9), date(2024, 5, 2)} & days
