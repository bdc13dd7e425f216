"""True facts, typed by hand from public documents and public knowledge, each with its source.

Only what is certain stands here: a cell that could not be vouched for is None. Areas, for one, are given only for
the divisions whose boundaries the adjustment of 2021 left alone and whose surveyed figure is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = [
    "DISTRICTS",
    "DISTRICTS_SOURCE",
    "HANGZHOU_POPULATION_2020",
    "HOLIDAYS",
    "HOLIDAYS_SOURCE",
    "METRO_LINES",
    "METRO_SOURCE",
    "District",
    "Holiday",
    "MetroLine",
]

DISTRICTS_SOURCE = (
    "常住人口：杭州市2020年第七次全国人口普查主要数据公报；区划：浙江省人民政府关于调整杭州市部分行政区划的通知（2021年）；"
    "代码：GB/T 2260；面积：杭州市第一次地理国情普查公报（2018年），区划调整过或不能确认的留空"
)
METRO_SOURCE = (
    "杭州地铁各线路首段开通时的公开报道；起讫站为2022年9月22日（19号线开通日）的情况，不能确认的留空"
)
HOLIDAYS_SOURCE = "国务院《全国年节及纪念日放假办法》（2024年11月修订，2025年1月1日起施行；此前为2013年修订）"

HANGZHOU_POPULATION_2020 = 11_936_010
"""Total of the census bulletin; the districts below add up to it (held by a test)."""


@dataclass(frozen=True, slots=True)
class District:
    """`population_2020` is the resident population (常住人口) of 1 November 2020, in persons; `area_km2`
    the land area of the geographic survey published in 2018, or None."""

    code: str
    name: str
    english: str
    population_2020: int
    area_km2: float | None = None


DISTRICTS = (
    District("330102", "上城区", "Shangcheng District", 1_323_467),
    District("330105", "拱墅区", "Gongshu District", 1_120_985),
    District("330106", "西湖区", "Xihu District", 1_112_992),
    District("330108", "滨江区", "Binjiang District", 503_859),
    District("330109", "萧山区", "Xiaoshan District", 2_011_659),
    District("330110", "余杭区", "Yuhang District", 1_226_673),
    District("330111", "富阳区", "Fuyang District", 832_017),
    District("330112", "临安区", "Lin'an District", 634_555, 3118.77),
    District("330113", "临平区", "Linping District", 1_175_841),
    District("330114", "钱塘区", "Qiantang District", 769_150),
    District("330122", "桐庐县", "Tonglu County", 453_106, 1829.59),
    District("330127", "淳安县", "Chun'an County", 328_957, 4417.48),
    District("330182", "建德市", "Jiande City", 442_749, 2314.19),
)


@dataclass(frozen=True, slots=True)
class MetroLine:
    """`opened_on` is the day the first section opened, None where only the year is certain."""

    line: str
    opened_year: int
    opened_on: date | None
    terminals: tuple[str, str] | None
    length_km: float | None = None


METRO_LINES = (
    MetroLine("1号线", 2012, date(2012, 11, 24), ("湘湖", "萧山国际机场")),
    MetroLine("2号线", 2014, date(2014, 11, 24), ("朝阳", "良渚")),
    MetroLine("3号线", 2022, date(2022, 2, 21), ("星桥", "龙舟北路")),
    MetroLine("4号线", 2015, date(2015, 2, 2), ("浦沿", "池华街")),
    MetroLine("5号线", 2019, date(2019, 6, 24), None),
    MetroLine("6号线", 2020, date(2020, 12, 30), ("桂花西路", "枸桔弄")),
    MetroLine("7号线", 2020, date(2020, 12, 30), ("吴山广场", "江东二路")),
    MetroLine("8号线", 2021, date(2021, 6, 28), ("文海南路", "新湾路")),
    MetroLine("9号线", 2021, None, ("观音塘", "龙安")),
    MetroLine("10号线", 2022, date(2022, 2, 21), ("逸盛路", "黄龙体育中心")),
    MetroLine("16号线", 2020, date(2020, 4, 23), ("九州街", "绿汀路")),
    MetroLine("19号线", 2022, date(2022, 9, 22), ("苕溪", "永盛路"), 59.0),
)


@dataclass(frozen=True, slots=True)
class Holiday:
    """One statutory day off for all citizens, without the days moved by the yearly notices."""

    on: date
    name: str
    english: str


def _days(year: int, eve: bool, labour: int, lunar: dict[str, tuple[int, int]]) -> tuple[Holiday, ...]:
    """One year's days by the regulation; `lunar` gives month and day of the four that move."""
    spring = date(year, *lunar["春节"])
    around = range(-1 if eve else 0, 3)
    return (
        Holiday(date(year, 1, 1), "元旦", "New Year's Day"),
        *(Holiday(date.fromordinal(spring.toordinal() + n), "春节", "Spring Festival") for n in around),
        Holiday(date(year, *lunar["清明节"]), "清明节", "Tomb-Sweeping Day"),
        *(Holiday(date(year, 5, 1 + n), "劳动节", "Labour Day") for n in range(labour)),
        Holiday(date(year, *lunar["端午节"]), "端午节", "Dragon Boat Festival"),
        Holiday(date(year, *lunar["中秋节"]), "中秋节", "Mid-Autumn Festival"),
        *(Holiday(date(year, 10, 1 + n), "国庆节", "National Day") for n in range(3)),
    )


# 2024 still had 11 days; New Year's Eve and 2 May were added from 2025 on.
HOLIDAYS = (
    *_days(2024, False, 1, {"春节": (2, 10), "清明节": (4, 4), "端午节": (6, 10), "中秋节": (9, 17)}),
    *_days(2025, True, 2, {"春节": (1, 29), "清明节": (4, 4), "端午节": (5, 31), "中秋节": (10, 6)}),
    *_days(2026, True, 2, {"春节": (2, 17), "清明节": (4, 5), "端午节": (6, 19), "中秋节": (9, 25)}),
)
