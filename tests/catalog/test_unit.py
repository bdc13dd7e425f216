"""Units by their spellings: what makes one of another, and what makes nothing of the other."""

from __future__ import annotations

from fractions import Fraction

import pytest

from catalog.unit import factor_between, is_same_unit


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("万元", "CNY", 10_000),
        ("亿元", "万元", 10_000),
        ("10000 CNY", "万元", 1),
        ("元", "CNY", 1),
        ("百万", "1", 1_000_000),
        ("万亿元", "元", 10**12),
        ("%", "1", Fraction(1, 100)),
        ("公顷", "km2", Fraction(1, 100)),
        ("亩", "ha", Fraction(1, 15)),
        ("千克", "g", 1000),
        ("吨", "公斤", 1000),
        ("万千瓦时", "kWh", 10_000),
        ("千米", "km", 1),
        ("μg/m³", "ug/m3", 1),
        ("℃", "degC", 1),
        ("万人", "person", 10_000),
        ("个", "1", 1),
        ("马力", "马力", 1),
    ],
)
def test_a_number_in_one_unit_is_so_many_of_the_other(unit: str, other: str, factor: Fraction | int) -> None:
    assert factor_between(unit, other) == factor
    assert factor_between(other, unit) == Fraction(1) / factor
    assert is_same_unit(unit, other) is (factor == 1)


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("元", "美元"),
        ("人", "户"),
        ("米", "m2"),
        ("马力", "kW"),
        ("元", "1"),
        ("人", "CNY"),
        ("", "1"),
        ("0 CNY", "CNY"),
    ],
)
def test_what_is_no_such_unit_or_unknown_has_no_factor(unit: str, other: str) -> None:
    assert factor_between(unit, other) is None
    assert factor_between(other, unit) is None
