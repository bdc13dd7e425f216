"""Units of measure by their spellings, Chinese and international, and how many of one make another.

A table, not a system of physics: it knows the units that bureaus write into headers and those that contracts name.
Factors are exact. Sources: GB 3100-1993; for 亩, the State Council's order of 1984 (15 亩 are one hectare).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

__all__ = ["factor_between", "is_same_unit"]

ONE = "1"
_MAGNITUDES: Mapping[str, int] = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}

# base → (spelling → how many of the base it is). A base that begins with # counts things, and "1" may stand for it.
_TABLE: Mapping[str, Mapping[str, Fraction | int]] = {
    ONE: {"1": 1, "%": Fraction(1, 100), "％": Fraction(1, 100), "‰": Fraction(1, 1000)},
    "CNY": {"cny": 1, "rmb": 1, "元": 1, "人民币元": 1, "角": Fraction(1, 10), "分": Fraction(1, 100)},
    "USD": {"usd": 1, "美元": 1},
    "m": {"m": 1, "米": 1, "km": 1000, "公里": 1000, "千米": 1000, "cm": Fraction(1, 100), "厘米": Fraction(1, 100),
          "mm": Fraction(1, 1000), "毫米": Fraction(1, 1000)},
    "m2": {"m2": 1, "m²": 1, "㎡": 1, "平方米": 1, "km2": 10**6, "km²": 10**6, "平方公里": 10**6, "平方千米": 10**6,
           "ha": 10**4, "公顷": 10**4, "亩": Fraction(2000, 3), "mu": Fraction(2000, 3),
           "cm2": Fraction(1, 10**4), "cm²": Fraction(1, 10**4)},
    "m3": {"m3": 1, "m³": 1, "立方米": 1, "l": Fraction(1, 1000), "升": Fraction(1, 1000)},
    "g": {"g": 1, "克": 1, "kg": 1000, "千克": 1000, "公斤": 1000, "t": 10**6, "吨": 10**6, "mg": Fraction(1, 1000)},
    "kWh": {"kwh": 1, "千瓦时": 1, "mwh": 1000},
    "kW": {"kw": 1, "千瓦": 1, "mw": 1000, "w": Fraction(1, 1000)},
    "s": {"s": 1, "秒": 1, "min": 60, "分钟": 60, "h": 3600, "小时": 3600, "d": 86400, "天": 86400},
    "year": {"a": 1, "year": 1, "年": 1, "岁": 1},
    "degC": {"degc": 1, "℃": 1, "°c": 1},
    "dB": {"db": 1, "分贝": 1},
    "g/m3": {"ug/m3": Fraction(1, 10**6), "μg/m³": Fraction(1, 10**6), "µg/m³": Fraction(1, 10**6),
             "μg/m3": Fraction(1, 10**6), "mg/m3": Fraction(1, 1000), "mg/m³": Fraction(1, 1000),
             "mg/l": 1, "g/m3": 1},
    "#person": {"person": 1, "people": 1, "人": 1},
    "#visit": {"人次": 1},
    "#household": {"household": 1, "户": 1},
    "#organisation": {"家": 1},
    "#piece": {"个": 1, "件": 1},
    "#case": {"起": 1},
    "#vehicle": {"vehicle": 1, "辆": 1},
    "#time": {"次": 1},
}  # fmt: skip
_KNOWN: Mapping[str, tuple[str, Fraction]] = {
    spelling: (base, Fraction(factor))
    for base, spellings in _TABLE.items()
    for spelling, factor in spellings.items()
}


def factor_between(unit: str, other: str) -> Fraction | None:
    """What a number in `unit` is multiplied by to be in `other` (万元 → CNY: 10,000); None where one does not become the
    other, or a spelling is not known here."""
    if unit.strip() == other.strip():
        return Fraction(1)
    one, two = _known(unit), _known(other)
    if one is None or two is None or not _is_alike(one[0], two[0]):
        return None
    return one[1] / two[1]


def is_same_unit(unit: str, other: str) -> bool:
    """Whether the two spell the same unit."""
    return factor_between(unit, other) == 1


def _is_alike(base: str, other: str) -> bool:
    """Things counted may be called plain numbers; persons are no households."""
    return base == other or (ONE in (base, other) and "#" in (base[0], other[0]))


def _known(text: str) -> tuple[str, Fraction] | None:
    """Base and factor of a spelling: as it stands, or after 百千万亿 or a plain number in front (``10000 CNY``)."""
    spelling = text.strip().casefold()
    found = _KNOWN.get(spelling)
    if found is not None:
        return found
    number, _, rest = spelling.partition(" ")
    if rest and number.isascii() and number.isdecimal() and len(number) <= 15:
        times, tail = Fraction(int(number)), _known(rest)
    elif spelling and spelling[0] in _MAGNITUDES:
        times = Fraction(_MAGNITUDES[spelling[0]])
        tail = _known(spelling[1:]) if len(spelling) > 1 else (ONE, Fraction(1))
    else:
        return None
    return None if tail is None or not times else (tail[0], times * tail[1])
