"""Tables about invented people and their traces: what a gate must mask or refuse. Pure.

Each returns with the values a leak test looks for: whatever is typed about a person is in `Table.personal`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from samples.city import DISTRICTS, road, spot
from samples.people import Person, bank_card, company_code, person, plate
from samples.table import Cell, Table

__all__ = [
    "elderly_allowance",
    "enterprises",
    "hospital_visits",
    "hotline",
    "household_electricity",
    "vehicle_tracks",
]

_NAMES = tuple(DISTRICTS)


def _resident(rng: Random, oldest: int, youngest: int) -> Person:
    """Somebody born between two years."""
    return person(rng, date(oldest, 1, 1), date(youngest, 12, 31), DISTRICTS[rng.choice(_NAMES)])


def _values(resident: Person) -> tuple[str, str, str]:
    return resident.name, resident.resident_id, resident.mobile


def _home(rng: Random, district: str) -> str:
    return f"云汀市{district}{road(rng)}{rng.randint(1, 400)}号{rng.randint(1, 30)}幢{rng.randint(1, 3)}单元{rng.randint(101, 2804)}室"


_STEPS = ((100, "100岁及以上", 800), (90, "90-99岁", 200), (80, "80-89岁", 60))
"""Least age in 2026, name of the step, yuan a month."""


def elderly_allowance(rng: Random) -> Table:
    """Applicants for an allowance of the very old: everything the negative list names, in one table."""
    header = (
        "序号",
        "姓名",
        "公民身份号码",
        "性别",
        "联系电话",
        "家庭住址",
        "所在区",
        "开户银行卡号",
        "补贴档次",
        "月发放金额",
    )
    rows: list[tuple[Cell, ...]] = []
    personal: set[str] = set()
    for n in range(1, 601):
        one, district = _resident(rng, 1922, 1946), rng.choice(_NAMES)
        home, card = _home(rng, district), bank_card(rng)
        step, amount = next(
            (step, amount) for least, step, amount in _STEPS if 2026 - one.born_on.year >= least
        )
        sex = "女" if one.female else "男"
        rows.append((n, one.name, one.resident_id, sex, one.mobile, home, district, card, step, amount))
        personal.update((*_values(one), home, card))
    return Table(header, tuple(rows), frozenset(personal))


def enterprises(rng: Random) -> Table:
    """A register that is public but for its people: the legal representative's name, id and telephone stay behind."""
    header = (
        "统一社会信用代码", "企业名称", "企业类型", "行业门类", "注册资本", "成立日期", "所在区", "登记状态",
        "法定代表人姓名", "法定代表人身份证号", "法定代表人联系电话",
    )  # fmt: skip
    trades = {
        "制造业": "机械",
        "批发和零售业": "商贸",
        "信息传输、软件和信息技术服务业": "软件",
        "住宿和餐饮业": "餐饮",
        "建筑业": "建设",
    }
    kinds = ("有限责任公司", "股份有限公司", "个人独资企业")
    words = ("鹭", "潮", "汀", "岚", "屿", "渚", "汐", "澜", "舫", "棹")
    rows: list[tuple[Cell, ...]] = []
    personal: set[str] = set()
    for _ in range(3000):
        one, district, kind = _resident(rng, 1955, 2002), rng.choice(_NAMES), rng.choice(kinds)
        trade, word = rng.choice(tuple(trades.items()))
        name = f"云汀{''.join(rng.choice(words) for _ in range(3))}{word}{'有限公司' if kind != '个人独资企业' else '经营部'}"
        rows.append(
            (
                company_code(rng, DISTRICTS[district]),
                name,
                kind,
                trade,
                rng.choice((10, 50, 100, 200, 500, 1000, 5000)),
                date(1995, 1, 1) + timedelta(days=rng.randrange(11_000)),
                district,
                rng.choice(("存续", "存续", "存续", "注销", "吊销")),
                *(one.name, one.resident_id, one.mobile),
            )
        )
        personal.update(_values(one))
    return Table(header, tuple(rows), frozenset(personal))


_CALLS = (
    "市民反映{road}夜间施工噪音扰民，希望尽快处理。",
    "来电咨询{road}公交线路调整时间。",
    "反映{road}路灯不亮已有一周，请维修。",
    "建议在{road}增设非机动车停放点。",
    "投诉{road}某商户占道经营，已多次反映。",
    "咨询新建小区何时接通燃气。",
)
_TAILS = (
    "请回电{mobile}。",
    "来电人身份证号{resident_id}，要求核实后答复。",
    "联系电话：{mobile}（晚上可接）",
    "已留手机号 {spaced}，望回复。",
)


def hotline(rng: Random) -> Table:
    """Calls to the city's hotline. Every seventh remark gives a caller's number or resident id in the middle of text."""
    header = ("工单编号", "受理时间", "所在区", "诉求类别", "承办部门", "办理状态", "备注")
    kinds = {
        "噪声污染": "生态环境局",
        "公共交通": "交通运输局",
        "市政设施": "城市管理局",
        "占道经营": "城市管理局",
    }
    start = datetime(2026, 2, 1, 8)  # noqa: DTZ001 - local time of the invented city, as its file has it
    rows: list[tuple[Cell, ...]] = []
    personal: set[str] = set()
    for n in range(1, 2001):
        kind, office = rng.choice(tuple(kinds.items()))
        remark = rng.choice(_CALLS).format(road=road(rng))
        if n % 7 == 0:
            one = _resident(rng, 1950, 2005)
            spaced = f"{one.mobile[:3]} {one.mobile[3:7]} {one.mobile[7:]}"
            tail = rng.choice(_TAILS).format(mobile=one.mobile, resident_id=one.resident_id, spaced=spaced)
            personal.update(value for value in (one.mobile, one.resident_id, spaced) if value in tail)
            remark = f"{remark}{tail}" if n % 2 else f"{tail}{remark}"
        when = start + timedelta(minutes=n * 17 + rng.randrange(17))
        rows.append(
            (
                f"12345{n:07d}",
                when,
                rng.choice(_NAMES),
                kind,
                office,
                rng.choice(("已办结", "办理中", "已回访")),
                remark,
            )
        )
    return Table(header, tuple(rows), frozenset(personal))


def vehicle_tracks(rng: Random) -> Table:
    """Where sixty vehicles were, minute by minute."""
    header = ("号牌号码", "定位时间", "经度", "纬度", "车速")
    start = datetime(2026, 4, 8, 7)  # noqa: DTZ001 - local time of the invented city, as its file has it
    rows: list[tuple[Cell, ...]] = []
    plates = [plate(rng) for _ in range(60)]
    for number in plates:
        lon, lat = spot(rng, 0.1)
        for minute in range(50):
            lon, lat = round(lon + rng.uniform(-0.004, 0.004), 6), round(lat + rng.uniform(-0.004, 0.004), 6)
            rows.append((number, start + timedelta(minutes=minute), lon, lat, rng.randint(0, 72)))
    return Table(header, tuple(rows), frozenset(plates))


def hospital_visits(rng: Random) -> Table:
    header = ("就诊流水号", "患者姓名", "身份证号", "就诊日期", "就诊科室", "诊断名称", "诊疗费用")
    diagnoses = {
        "心内科": "原发性高血压",
        "内分泌科": "2型糖尿病",
        "呼吸内科": "社区获得性肺炎",
        "骨科": "腰椎间盘突出",
    }
    rows: list[tuple[Cell, ...]] = []
    personal: set[str] = set()
    for n in range(1, 801):
        one = _resident(rng, 1940, 2008)
        room, diagnosis = rng.choice(tuple(diagnoses.items()))
        day = date(2026, 1, 1) + timedelta(days=rng.randrange(90))
        rows.append(
            (
                f"JZ2026{n:08d}",
                one.name,
                one.resident_id,
                day,
                room,
                diagnosis,
                round(rng.uniform(20, 3000), 2),
            )
        )
        personal.update((one.name, one.resident_id))
    return Table(header, tuple(rows), frozenset(personal))


def household_electricity(rng: Random) -> Table:
    """Meter readings of twenty households every quarter of an hour for a day: who is at home can be read off them."""
    header = ("户号", "用电地址", "采集时间", "电量")
    start = datetime(2026, 1, 12)  # noqa: DTZ001 - local time of the invented city, as its file has it
    rows: list[tuple[Cell, ...]] = []
    personal: set[str] = set()
    for _ in range(20):
        account, home = f"3398{rng.randrange(10**9):09d}", _home(rng, rng.choice(_NAMES))
        for quarter in range(96):
            rows.append(
                (account, home, start + timedelta(minutes=15 * quarter), round(rng.uniform(0.01, 0.9), 3))
            )
        personal.update((account, home))
    return Table(header, tuple(rows), frozenset(personal))
