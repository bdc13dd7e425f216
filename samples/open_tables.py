"""Tables about things, not people: what a city can open as it is. Pure; every figure comes from the generator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from samples import facts
from samples.city import DISTRICTS, road, spot
from samples.table import Cell, Table

__all__ = [
    "air_quality",
    "attractions",
    "bike_docks",
    "bus_stops",
    "charging_stations",
    "clinics",
    "districts",
    "holidays",
    "market_prices",
    "metro_lines",
    "metro_stations",
    "parks",
    "road_works",
    "school_budgets",
    "sports_venues",
]

_NAMES = tuple(DISTRICTS)


def districts() -> Table:
    header = ("行政区划代码", "名称", "英文名称", "常住人口", "土地面积")
    return Table(
        header, tuple((d.code, d.name, d.english, d.population_2020, d.area_km2) for d in facts.DISTRICTS)
    )


def metro_lines() -> Table:
    header = ("线路", "首段开通年份", "首段开通日期", "起点站", "终点站", "长度")
    return Table(
        header,
        tuple(
            (m.line, m.opened_year, m.opened_on, *(m.terminals or (None, None)), m.length_km)
            for m in facts.METRO_LINES
        ),
    )


def holidays() -> Table:
    return Table(("日期", "节日", "英文名称"), tuple((h.on, h.name, h.english) for h in facts.HOLIDAYS))


def bus_stops(rng: Random) -> Table:
    header = ("站点编号", "站点名称", "所在区", "所在道路", "途经线路数", "经度", "纬度", "启用日期")
    rows: list[tuple[Cell, ...]] = []
    for n in range(1, 1801):
        street, (lon, lat) = road(rng), spot(rng)
        rows.append(
            (
                f"{n:06d}",
                f"{street}{rng.choice(('东口', '西口', '南口', '北口', '中段', '首末站'))}{n % 37 + 1}站",
                rng.choice(_NAMES),
                street,
                rng.randint(1, 14),
                lon,
                lat,
                date(1998, 1, 1) + timedelta(days=rng.randrange(10_000)),
            )
        )
    return Table(header, tuple(rows))


def school_budgets(rng: Random) -> Table:
    """Money in 万元 (10,000 yuan). The columns follow the merged header of the file, top to bottom."""
    header = (
        "学校代码",
        "学校名称",
        "所在区",
        "学段",
        "财政拨款",
        "其他收入",
        "人员经费",
        "公用经费",
        "项目支出",
    )
    stages = ("小学", "初级中学", "高级中学", "九年一贯制学校")
    rows: list[tuple[Cell, ...]] = []
    for n in range(1, 87):
        district, stage, street = rng.choice(_NAMES), rng.choice(stages), road(rng)
        staff, running, projects = (
            round(rng.uniform(low, high), 2) for low, high in ((900, 5000), (120, 900), (0, 700))
        )
        other = round(rng.uniform(0, 200), 2)
        granted = round(staff + running + projects - other, 2)
        name = f"云汀市{street}{stage}" if n % 5 else f"云汀市第{n // 5}{stage}"
        rows.append((f"0{n:05d}", name, district, stage, granted, other, staff, running, projects))
    return Table(header, tuple(rows))


def metro_stations(rng: Random) -> Table:
    """The stations of six lines; the dotted names are nested in the file."""
    header = ("线路.编号", "线路.名称", "站序", "站名", "换乘站", "到下一站距离", "位置.经度", "位置.纬度")
    rows: list[tuple[Cell, ...]] = []
    for line in range(1, 7):
        count = rng.randint(17, 26)
        for order in range(1, count + 1):
            distance = None if order == count else rng.randint(700, 2600)
            transfer = "是" if rng.random() < 0.15 else "否"
            rows.append(
                (
                    f"L{line:02d}",
                    f"{line}号线",
                    order,
                    f"{road(rng)}{line}{order:02d}站",
                    transfer,
                    distance,
                    *spot(rng),
                )
            )
    return Table(header, tuple(rows))


def air_quality(rng: Random) -> Table:
    """Twelve stations, hourly over thirty days; µg/m³."""
    header = ("站点编码", "站点名称", "监测时间", "PM2.5", "PM10", "臭氧", "空气质量指数")
    start = datetime(2026, 3, 1)  # noqa: DTZ001 - local time of the invented city, as its file has it
    rows: list[tuple[Cell, ...]] = []
    for station in range(1, 13):
        name, level = f"{road(rng)}监测点{station}", rng.uniform(18, 45)
        for hour in range(24 * 30):
            level = min(max(level + rng.uniform(-4, 4), 3), 180)
            fine = round(level)
            coarse, ozone = round(fine * rng.uniform(1.3, 1.9)), rng.randint(10, 190)
            reading: tuple[Cell, ...] = (fine, coarse, ozone, round(max(fine * 1.4, coarse, ozone * 0.6)))
            if rng.random() < 0.005:
                reading = (None,) * 4
            rows.append((f"YT{station:03d}A", name, start + timedelta(hours=hour), *reading))
    return Table(header, tuple(rows))


def parks(rng: Random) -> Table:
    header = ("公园编号", "公园名称", "所在区", "公园类别", "面积", "建成年份", "经度", "纬度")
    kinds = ("综合公园", "社区公园", "专类公园", "游园")
    rows = tuple(
        (
            f"P{n:04d}",
            f"{road(rng)[:-1]}{rng.choice(('湿地', '森林', '滨水', '文化'))}公园{n}号",
            rng.choice(_NAMES),
            rng.choice(kinds),
            round(rng.uniform(0.3, 60), 2),
            rng.randint(1955, 2025),
            *spot(rng),
        )
        for n in range(1, 161)
    )
    return Table(header, rows)


def market_prices(rng: Random) -> Table:
    header = ("采价日期", "市场编号", "市场名称", "品种", "计量单位", "零售价")
    goods = {
        "大白菜": 3.2,
        "番茄": 6.8,
        "土豆": 4.1,
        "鸡蛋": 10.5,
        "猪后腿肉": 26.0,
        "鲫鱼": 21.5,
        "晚籼米": 5.6,
        "菜籽油": 14.2,
    }
    rows: list[tuple[Cell, ...]] = []
    for market in range(1, 16):
        name = f"{road(rng)[:-1]}农贸市场"
        for week in range(10):
            for good, price in goods.items():
                day = date(2026, 1, 5) + timedelta(weeks=week)
                rows.append(
                    (day, f"{market:03d}", name, good, "元/千克", round(price * rng.uniform(0.8, 1.25), 1))
                )
    return Table(header, tuple(rows))


def road_works(rng: Random) -> Table:
    header = (
        "工程编号",
        "道路名称",
        "所在区",
        "工程类别",
        "占道长度",
        "开工日期",
        "计划完工日期",
        "是否夜间施工",
    )
    kinds = ("路面大修", "雨污分流", "燃气管改迁", "人行道整治")
    rows: list[tuple[Cell, ...]] = []
    for n in range(1, 401):
        begin = date(2025, 1, 1) + timedelta(days=rng.randrange(420))
        end = begin + timedelta(days=rng.randint(5, 180))
        night = rng.choice(("是", "否"))
        rows.append(
            (
                f"DG2025{n:05d}",
                road(rng),
                rng.choice(_NAMES),
                rng.choice(kinds),
                rng.randint(20, 2400),
                begin,
                end,
                night,
            )
        )
    return Table(header, tuple(rows))


def charging_stations(rng: Random) -> Table:
    header = (
        "充电站编号",
        "充电站名称",
        "运营商",
        "所在区",
        "快充桩数",
        "慢充桩数",
        "单桩最大功率",
        "服务费",
        "经度",
        "纬度",
        "投运日期",
    )
    operators = ("汀行充电", "鹭能充电", "潮电出行", "云汀公交充电")
    rows = tuple(
        (
            f"CS{n:07d}",
            f"{road(rng)}{n}号充电站",
            rng.choice(operators),
            rng.choice(_NAMES),
            rng.randint(0, 40),
            rng.randint(0, 60),
            float(rng.choice((7, 60, 120, 180, 240))),
            round(rng.uniform(0.2, 0.9), 2),
            *spot(rng),
            date(2016, 1, 1) + timedelta(days=rng.randrange(3700)),
        )
        for n in range(1, 1501)
    )
    return Table(header, rows)


def bike_docks(rng: Random) -> Table:
    """Counts per docking point and hour, the big one: 120 points over eight days and a bit, 24,000 rows."""
    header = ("租赁点编号", "租赁点名称", "所在区", "统计时段", "借车次数", "还车次数", "时段末可借车辆")
    points = [(f"B{n:04d}", f"{road(rng)}租赁点{n}", rng.choice(_NAMES)) for n in range(1, 121)]
    start = datetime(2026, 4, 1)  # noqa: DTZ001 - local time of the invented city, as its file has it
    rows: list[tuple[Cell, ...]] = []
    for hour in range(200):
        busy = 14 if hour % 24 in (7, 8, 9, 17, 18, 19) else 4
        for point in points:
            rows.append(
                (
                    *point,
                    start + timedelta(hours=hour),
                    rng.randint(0, busy),
                    rng.randint(0, busy),
                    rng.randint(0, 40),
                )
            )
    return Table(header, tuple(rows))


def clinics(rng: Random) -> Table:
    header = ("机构编号", "机构名称", "所在区", "机构类别", "编制床位数", "是否设发热门诊", "经度", "纬度")
    kinds = ("综合医院", "中医医院", "社区卫生服务中心", "卫生院")
    rows: list[tuple[Cell, ...]] = []
    for n in range(1, 241):
        kind = rng.choice(kinds)
        beds = rng.randint(80, 1600) if kind.endswith("医院") else rng.randint(0, 60)
        fever = rng.choice(("是", "否"))
        rows.append(
            (f"YL{n:05d}", f"云汀市{road(rng)[:-1]}{kind}", rng.choice(_NAMES), kind, beds, fever, *spot(rng))
        )
    return Table(header, tuple(rows))


def sports_venues(rng: Random) -> Table:
    """Two years of one table; the workbook has a sheet for each: which of them is meant is for a person to say."""
    header = ("年份", "场馆编号", "场馆名称", "所在区", "场馆类型", "建筑面积", "年接待人次")
    kinds = ("游泳馆", "篮球馆", "羽毛球馆", "综合馆")
    venues: list[tuple[Cell, ...]] = []
    for n in range(1, 61):
        name = f"{road(rng)[:-1]}体育馆{n}"
        venues.append((f"TY{n:03d}", name, rng.choice(_NAMES), rng.choice(kinds), rng.randint(800, 42_000)))
    years = ("2025年", "2024年")
    return Table(
        header, tuple((year, *venue, rng.randint(3_000, 400_000)) for year in years for venue in venues)
    )


def attractions(rng: Random) -> Table:
    """Not fit to publish, on purpose: codes twice, half the cells empty, visitors below zero, dates of the future."""
    header = ("景区编号", "景区名称", "所在区", "景区等级", "年接待人次", "最近检查日期")
    rows: list[tuple[Cell, ...]] = []
    for n in range(1, 301):
        visitors: Cell = rng.choice((None, None, -rng.randint(1, 900), rng.randint(1_000, 900_000)))
        checked: Cell = rng.choice(
            (None, date(2026, 1, 1) + timedelta(days=rng.randrange(200)), date(2199, 12, 31))
        )
        level = rng.choice((None, "AAAA", "AAA", "待定", "A?"))
        rows.append(
            (
                f"JQ{n % 180:04d}",
                f"{road(rng)[:-1]}景区{n}",
                rng.choice((None, *_NAMES)),
                level,
                visitors,
                checked,
            )
        )
    return Table(header, tuple(rows))
