"""Addresses of homes to the door, of cities and villages, as registers, parcels and notes write them.

The span runs from the first character of the place's name to the last of the door."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.carriers import CARRIERS, Form, Kind, put
from tests.privacy.evidence.standards.dress import CODED, cut, full_width, han_numerals
from tests.privacy.evidence.standards.fill import Fill
from tests.privacy.evidence.standards.lists import lines
from tests.privacy.evidence.standards.people import person
from tests.privacy.evidence.standards.places import COUNTIES, ESTATES, LANES, ROADS, TOWNS, VILLAGES

__all__ = ["FORMS"]

SENTENCES = lines("""
    现居住于{v}
    户籍地址：{v}
    被告{name}，{sex}，汉族，住{v}，公民身份号码{id}。
    收件人{name} {mobile} {v}
    市民{name}反映{v}楼上漏水，请{office}处理
    患者{name}，{sex}，{age}岁，家住{v}，由120送入{hospital}。
    {date}在{v}抓获嫌疑人{name}。
    {name}{sex}{age}岁现住址{v}
    请送到{v}，到了打{mobile}
    特困人员{name}，住址：{v}，每月{money}元
    申请人{name}承租{v}，月租金{money}元。
    独居老人{name}家庭住址为{v}，由社区上门
    送达地址：{v}；电话：{mobile}
    登记住所{v}，同住{n}人
    寄往{v}，{name}收
""")
ADDRESS_LABELS = ("家庭住址", "现住址", "户籍地址", "住址", "收货地址", "居住地址", "通讯地址", "家庭地址")


def _region(rng: Random, choices: str = "pcd cd d pd") -> str:
    """Province, city and county as far as they are written."""
    place = rng.choice(COUNTIES)
    city = "" if place.city == place.province else place.city
    style = rng.choice(choices.split())
    return (
        ("p" in style) * place.province
        + ("c" in style) * (city or place.province * ("p" not in style))
        + place.county
    )


def _door(rng: Random) -> str:
    block, unit, floor, room = (
        rng.randrange(1, 60),
        rng.randrange(1, 5),
        rng.randrange(1, 33),
        rng.randrange(1, 7),
    )
    return rng.choice(
        (
            f"{block}幢{unit}单元{floor}{room:02d}室",
            f"{block}栋{unit}单元{floor}{room:02d}",
            f"{block}号楼{unit}单元{floor}{room:02d}室",
            f"{block}幢{floor}{room:02d}室",
            f"{block}号楼{floor}{room:02d}",
            f"{block}栋{rng.choice('ABCD')}座{floor}{room:02d}房",
        )
    )


def _number(rng: Random) -> int:
    return rng.randrange(1, 999)


def estate(rng: Random) -> str:
    road = f"{rng.choice(ROADS)}{_number(rng)}号" if rng.random() < 0.5 else ""
    return _region(rng) + road + rng.choice(ESTATES) + _door(rng)


def town_estate(rng: Random) -> str:
    return _region(rng, "pcd cd d") + rng.choice(TOWNS) + rng.choice(ESTATES) + _door(rng)


def dashes(rng: Random) -> str:
    block, unit, room = (
        rng.randrange(1, 60),
        rng.randrange(1, 5),
        rng.randrange(1, 33) * 100 + rng.randrange(1, 7),
    )
    mark = rng.choice(("-", "-", "－", "—", "–"))
    door = rng.choice((f"{block}{mark}{unit}{mark}{room}", f"{block}{mark}{room}"))
    return _region(rng, "cd d pcd") + rng.choice(ESTATES) + door


def lane(rng: Random) -> str:
    """弄 and 号, as Shanghai and Zhejiang have them."""
    room = f"{rng.randrange(1, 25)}{rng.randrange(1, 7):02d}室"
    return _region(rng, "cd d") + f"{rng.choice(ROADS)}{_number(rng)}弄{rng.randrange(1, 99)}号{room}"


def hutong(rng: Random) -> str:
    return (
        _region(rng, "cd d")
        + f"{rng.choice(LANES)}{rng.randrange(1, 99)}号{rng.choice(('', '院', '院3号', '西屋', '内2号'))}".rstrip()
    )


def road_room(rng: Random) -> str:
    return (
        _region(rng) + f"{rng.choice(ROADS)}{_number(rng)}号{rng.randrange(1, 25)}{rng.randrange(1, 9):02d}室"
    )


def village_group(rng: Random) -> str:
    """村, 组 and number of the house."""
    town = rng.choice(TOWNS)
    group = rng.choice(
        (
            f"{rng.randrange(1, 25)}组",
            f"第{rng.randrange(1, 15)}村民小组",
            f"{rng.randrange(1, 15)}队",
            f"{rng.randrange(1, 15)}社",
        )
    )
    return _region(rng, "pcd cd d") + town + rng.choice(VILLAGES) + f"{group}{rng.randrange(1, 199)}号"


def village_door(rng: Random) -> str:
    part = rng.choice(("", "", "上湾", "东头", "老屋", "新屋里", "后街"))
    sign = rng.choice(("号", "号", "号附1", "-1号"))
    return (
        _region(rng, "pcd cd d")
        + rng.choice(TOWNS)
        + rng.choice(VILLAGES)
        + f"{part}{rng.randrange(1, 399)}{sign}"
    )


def han_door(rng: Random) -> str:
    """The door in Chinese numerals."""
    block = "一二三四五六七八九"[rng.randrange(9)]
    room = han_numerals(Random(rng.random()), f"{rng.randrange(1, 7)}0{rng.randrange(1, 7)}", (), "")
    return (
        _region(rng)
        + rng.choice(ESTATES)
        + f"{block}{rng.choice(('幢', '栋', '号楼'))}{rng.choice('一二三四')}单元{room}室"
    )


def hash_door(rng: Random) -> str:
    return (
        _region(rng, "cd d")
        + rng.choice(ESTATES)
        + f"{rng.randrange(1, 60)}#{rng.choice(('', '楼'))}{rng.randrange(1, 5)}-{rng.randrange(1, 33)}01"
    )


def spaced(rng: Random) -> str:
    """The parts set apart, as forms with a field for each have them joined."""
    place = rng.choice(COUNTIES)
    gap = rng.choice((" ", "  ", "\u3000", "\u00a0"))
    first = (place.province,) if place.city == place.province else (place.province, place.city)
    return gap.join((*first, place.county, rng.choice(TOWNS), rng.choice(ESTATES) + _door(rng)))


def wide(rng: Random) -> str:
    return full_width(rng, estate(rng), (), "")


def hidden(rng: Random) -> str:
    return rng.choice(("\u200b", "\ufeff")).join(cut(estate(rng), (4, 4, 4)))


def broken(rng: Random) -> str:
    text = estate(rng)
    place = rng.randrange(4, len(text) - 3)
    return text[:place] + "\n" + text[place:]


def abbreviated(rng: Random) -> str:
    """Province and city without 省 and 市."""
    place = rng.choice(
        [place for place in COUNTIES if place.city != place.province and "自治区" not in place.province]
    )
    return place.province[:-1] + place.city[:-1] + place.county + rng.choice(ESTATES) + _door(rng)


STYLES: dict[str, Callable[[Random], str]] = {
    "estate": estate,
    "town_and_estate": town_estate,
    "dashes": dashes,
    "lane": lane,
    "hutong": hutong,
    "road_and_room": road_room,
    "village_group": village_group,
    "village_door": village_door,
    "han_numerals": han_door,
    "hash_sign": hash_door,
    "spaced": spaced,
    "full_width": wide,
    "zero_width": hidden,
    "line_break": broken,
    "abbreviated": abbreviated,
}
ADDRESS = Kind(
    "ADDRESS",
    lambda rng: rng.choice((estate, dashes, road_room, village_group, village_door))(rng),
    ADDRESS_LABELS,
    ("家庭住址", "现住址", "户籍地址", "居住地址", "收货地址", "jtzz", "address"),
    ("address", "jtzz", "addr", "home_address", "家庭住址"),
    SENTENCES,
)


def _styled(name: str) -> Form:
    places = ("header", "label", "sentence", "sentence", "note_lines")
    return lambda rng: put(CARRIERS[rng.choice(places)](rng, ADDRESS), STYLES[name](rng), "ADDRESS", name)


def _carried(name: str) -> Form:
    return lambda rng: put(CARRIERS[name](rng, ADDRESS), ADDRESS.value(rng), "ADDRESS", name)


def _coded(name: str) -> Form:
    places = ("header",) if name == "base64_json" else ("json", "url", "header", "key_values")

    def form(rng: Random) -> Cell:
        text = CODED[name](rng, ADDRESS.value(rng), ((6, 6, 6, 6),), rng.choice(ADDRESS.keys))
        return put(CARRIERS[rng.choice(places)](rng, ADDRESS), text, "ADDRESS", name)

    return form


def _parcel(rng: Random) -> Cell:
    """The line of a parcel: name, number, address, in either order."""
    fill = Fill(rng)
    name, number, mark = person(rng), fill["mobile"], rng.choice((" ", "，", ",", "\n"))
    before, after = rng.choice(
        (
            (f"{name}{mark}{number}{mark}", ""),
            ("", f"{mark}{name}{mark}{number}"),
            (f"{number}{mark}", f"{mark}{name}收"),
        )
    )
    return put((before, after, ""), estate(rng), "ADDRESS", "parcel_line")


FORMS: dict[str, dict[str, Form]] = {
    "ADDRESS": {
        **{name: _styled(name) for name in STYLES},
        "parcel_line": _parcel,
        **{
            name: _carried(name)
            for name in (
                "json",
                "escaped_json",
                "xml",
                "html",
                "csv_lines",
                "url",
                "key_values",
                "parentheses",
            )
        },
        **{
            name: _coded(name)
            for name in ("percent_all", "html_references", "unicode_escapes", "base64_json")
        },
    }
}
