"""Dates of birth (GB/T 7408 and as people write dates) and positions of persons (WGS-84 or GCJ-02, lon/lat in China)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.carriers import CARRIERS, Around, Form, Kind, put
from tests.privacy.evidence.standards.dress import CODED, OPEN, full_width, han_numerals
from tests.privacy.evidence.standards.fill import Fill
from tests.privacy.evidence.standards.lists import lines, words
from tests.privacy.evidence.standards.numbers import birth, mobile, resident_id
from tests.privacy.evidence.standards.people import person

__all__ = ["FORMS"]

BIRTH_SENTENCES = lines("""
    {name}，{sex}，{v}出生，住{village}。
    被告人{name}，{sex}，{v}生，汉族，初中文化。
    患者{name}，出生日期{v}，{hospital}初诊。
    {name} {sex} 出生日期：{v} 学前班
    申请人{name}出生于{v}，符合高龄津贴条件，每月{money}元。
    新生儿{name}，{v}出生，预防接种第{n}针
    犯罪嫌疑人{name}（{v}出生），户籍{county}。
    退休人员{name}，生日{v}，社区送蛋糕
    失踪人员{name}，生于{v}，身高170
    学员{name}，出生年月日：{v}，联系电话{mobile}
""")
BORN = Kind(
    "BIRTH_DATE",
    lambda rng: birth(rng).isoformat(),
    ("出生日期", "出生年月", "生日", "出生年月日", "DOB", "Date of birth"),
    ("出生日期", "出生年月日", "生日", "csrq", "birth_date"),
    ("birthday", "csrq", "birth_date", "dob", "出生日期"),
    BIRTH_SENTENCES,
    ((4, 2, 2),),
)
BIRTH_PLACES = ("header", "label", "sentence", "sentence", "note_lines")


def _han_year(day: date) -> str:
    """一九七四年十一月二十二日."""

    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("", "十", "二十", "三十")[tens] + ("〇一二三四五六七八九"[ones] if ones else "")

    return f"{han_numerals(Random(0), str(day.year), (), '')}年{small(day.month)}月{small(day.day)}日"


MONTHS = words("January February March April May June July August September October November December")

BIRTH_STYLES: dict[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day:%Y.%m.%d}",
    "han": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "han_padded": lambda day: f"{day:%Y年%m月%d日}",
    "han_spaced": lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日",
    "compact": lambda day: f"{day:%Y%m%d}",
    "date_time": lambda day: f"{day.isoformat()} 00:00:00",
    "iso_date_time": lambda day: f"{day.isoformat()}T00:00:00",
    "english": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    "english_short": lambda day: f"{MONTHS[day.month - 1][:3]} {day.day}, {day.year}",
    "han_numerals": _han_year,
    "year_and_month": lambda day: f"{day.year}年{day.month}月",
    "spaced_digits": lambda day: f"{day:%Y %m %d}",
}


def _born(name: str) -> Form:
    style = BIRTH_STYLES[name]
    return lambda rng: put(
        CARRIERS[rng.choice(BIRTH_PLACES)](rng, BORN), style(birth(rng)), "BIRTH_DATE", name
    )


def _born_carried(name: str) -> Form:
    styles = ("iso", "slashes", "compact")
    return lambda rng: put(
        CARRIERS[name](rng, BORN), BIRTH_STYLES[rng.choice(styles)](birth(rng)), "BIRTH_DATE", name
    )


def _born_dressed(name: str) -> Form:
    dress = OPEN.get(name) or CODED[name]
    places = (
        BIRTH_PLACES
        if name in OPEN
        else ("header",)
        if name == "base64_json"
        else ("json", "url", "header", "label")
    )

    def form(rng: Random) -> Cell:
        text = dress(
            rng,
            BIRTH_STYLES[rng.choice(("iso", "compact", "slashes"))](birth(rng)),
            BORN.groups,
            rng.choice(BORN.keys),
        )
        return put(CARRIERS[rng.choice(places)](rng, BORN), text, "BIRTH_DATE", name)

    return form


BIRTH_FORMS: dict[str, Form] = (
    {name: _born(name) for name in BIRTH_STYLES}
    | {
        name: _born_carried(name)
        for name in (
            "json",
            "escaped_json",
            "xml",
            "html",
            "csv_lines",
            "log_line",
            "url",
            "key_values",
            "apostrophe",
        )
    }
    | {
        name: _born_dressed(name)
        for name in (
            "full_width",
            "zero_width",
            "other_script",
            "percent_all",
            "html_references",
            "unicode_escapes",
            "base64_json",
        )
    }
)

Pair = tuple[str, str]


def position(rng: Random) -> Pair:
    """Longitude and latitude near a city of China, four to seven decimals."""
    lon, lat = rng.choice(
        (
            (120.15, 30.27),
            (116.4, 39.9),
            (121.47, 31.23),
            (104.06, 30.65),
            (113.26, 23.13),
            (87.6, 43.8),
            (126.6, 45.7),
        )
    )
    places = rng.choice((4, 5, 6, 6, 6, 7))
    # The last decimal is never 0, so that the number of decimals is what it says.
    return tuple(
        f"{middle + rng.uniform(-0.3, 0.3):.{places - 1}f}{rng.randrange(1, 10)}" for middle in (lon, lat)
    )  # type: ignore[return-value]


def _degrees(value: str) -> str:
    whole = float(value)
    minutes = (whole % 1) * 60
    return f"{int(whole)}°{int(minutes):02d}′{(minutes % 1) * 60:05.2f}″"


def _who(rng: Random) -> str:
    """A person in the same cell: a name, a name with a mobile number, or an identity number behind its label."""
    name = person(rng)
    return rng.choice(
        (
            f"姓名：{name}",
            f"{name} {mobile(rng)}",
            f"{name}（身份证{resident_id(rng)}）",
            f"联系人{name}",
            f"手机{mobile(rng)}",
        )
    )


LOCATION_STYLES: dict[str, Callable[[str, str], str]] = {
    "lon_lat": lambda lon, lat: f"{lon},{lat}",
    "lat_lon": lambda lon, lat: f"{lat},{lon}",
    "lon_lat_spaced": lambda lon, lat: f"{lon}, {lat}",
    "semicolon": lambda lon, lat: f"{lon};{lat}",
    "space": lambda lon, lat: f"{lon} {lat}",
    "slash": lambda lon, lat: f"{lon}/{lat}",
    "full_width_comma": lambda lon, lat: f"{lon}，{lat}",
    "full_width": lambda lon, lat: full_width(Random(0), f"{lon},{lat}", (), ""),
    "hemispheres": lambda lon, lat: f"{lon}°E, {lat}°N",
    "han_hemispheres": lambda lon, lat: f"东经{lon}°，北纬{lat}°",
    "labelled": lambda lon, lat: f"经度：{lon}，纬度：{lat}",
    "degrees_minutes_seconds": lambda lon, lat: f"{_degrees(lon)}E {_degrees(lat)}N",
    "line_break": lambda lon, lat: f"{lon}\n{lat}",
}


def _around_person(rng: Random) -> Around:
    fill = Fill(rng)
    before, after = rng.choice(
        (
            (f"{_who(rng)} 定位 ", ""),
            (f"{_who(rng)}，当前位置：", "，请就近派单"),
            (f"{_who(rng)}于{fill['date']} {fill['time']}报警，手机定位", "，已派警"),
            (f"骑手{person(rng)}轨迹点 ", f" {fill['time']}"),
            (f"患者{person(rng)}急救呼叫位置（", f"），{fill['hospital']}出车"),
            (f"被监护人{person(rng)}手表坐标", "，离开安全区域"),
            (f"走访对象{person(rng)}，家庭坐标：", ""),
            ("位置 ", f" 上报人{person(rng)}"),
            ("", f" {person(rng)} {mobile(rng)}"),
        )
    )
    return before, after, rng.choice(("", "", "位置信息", "轨迹"))


def _located(name: str) -> Form:
    """The span runs from the first digit of the pair to the last, whatever words or signs stand before and after."""

    def form(rng: Random) -> Cell:
        before, after, head = _around_person(rng)
        text = LOCATION_STYLES[name](*position(rng))
        places = [place for place, character in enumerate(text) if character.isdigit()]
        first, last = places[0], places[-1] + 1
        return put((before + text[:first], text[last:] + after, head), text[first:last], "LOCATION", name)

    return form


def _structured(name: str, before: str, between: str, after: str, *, swapped: bool = False) -> Form:
    """A document that holds a person and a position; the span runs from the first number to the second."""

    def form(rng: Random) -> Cell:
        first, second = position(rng)[::-1] if swapped else position(rng)
        fill = Fill(rng)
        left, right = (
            part.replace("{name}", fill["name"]).replace("{mobile}", fill["mobile"])
            for part in (before, after)
        )
        return put((left, right, ""), first + between + second, "LOCATION", name)

    return form


LOCATION_FORMS: dict[str, Form] = {name: _located(name) for name in LOCATION_STYLES} | {
    "json": _structured("json", '{"xm":"{name}","lng":', ',"lat":', "}"),
    "json_texts": _structured(
        "json_texts", '{"name":"{name}","phone":"{mobile}","lat":"', '","lng":"', '"}', swapped=True
    ),
    "escaped_json": _structured("escaped_json", '{\\"xm\\":\\"{name}\\",\\"lon\\":', ',\\"lat\\":', "}"),
    "geojson": _structured(
        "geojson", '{"type":"Point","coordinates":[', ", ", '],"properties":{"姓名":"{name}"}}'
    ),
    "wkt": _structured("wkt", "{name} {mobile} POINT(", " ", ")"),
    "geo_uri": _structured("geo_uri", "{name}的位置 geo:", ",", "", swapped=True),
    "map_url": _structured(
        "map_url", "联系人{name} https://uri.example.cn/marker?position=", ",", "&src=app"
    ),
    "url_encoded_comma": _structured(
        "url_encoded_comma", "https://m.example.cn/t?tel={mobile}&loc=", "%2C", ""
    ),
    "xml": _structured("xml", "<p><xm>{name}</xm><lon>", "</lon><lat>", "</lat></p>"),
    "csv_line": _structured("csv_line", "{name},{mobile},", ",", ",在线"),
    "log_line": _structured(
        "log_line", "2024-05-15 02:38:11 INFO user={name} mobile={mobile} lng=", " lat=", " acc=15"
    ),
}

FORMS: dict[str, dict[str, Form]] = {"BIRTH_DATE": BIRTH_FORMS, "LOCATION": LOCATION_FORMS}
