"""When a person was born and where they stand: traits that are told by what is beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

from tests.privacy.evidence import from_faker_numbers as numbers
from tests.privacy.evidence.from_faker_form import Form, Frame, framed, statements
from tests.privacy.evidence.from_faker_world import World
from tests.privacy.evidence.from_faker_writing import (
    Writing,
    as_it_is,
    base64_json,
    base64_of,
    chinese_numerals,
    full_width,
    html_references,
    percent_all,
    percent_reserved,
    unicode_escapes,
    zero_width,
)

__all__ = ["FORMS"]


@dataclass(frozen=True, slots=True)
class Day:
    """A way of writing a day, of which the frames may say more than where it stands."""

    name: str
    pattern: str
    write: Writing = as_it_is


DAYS = (
    Day("iso", "{0:%Y-%m-%d}"),
    Day("slash", "{0:%Y/%m/%d}"),
    Day("slash_short", "{0.year}/{0.month}/{0.day}"),
    Day("dot", "{0:%Y.%m.%d}"),
    Day("chinese", "{0.year}年{0.month}月{0.day}日"),
    Day("chinese_padded", "{0:%Y}年{0:%m}月{0:%d}日"),
    Day("compact", "{0:%Y%m%d}"),
    Day("midnight", "{0:%Y-%m-%d} 00:00:00"),
    Day("iso_time", "{0:%Y-%m-%d}T00:00:00"),
    Day("chinese_numerals", "{0.year}年{0.month}月{0.day}日"),
    Day("chinese_spaced", "{0.year} 年 {0.month} 月 {0.day} 日"),
    Day("full_width", "{0:%Y-%m-%d}", full_width),
    Day("zero_width", "{0:%Y-%m-%d}", zero_width),
    Day("html_references", "{0:%Y-%m-%d}", html_references),
    Day("unicode_escapes", "{0:%Y-%m-%d}", unicode_escapes),
    Day("percent_encoded", "{0:%Y/%m/%d}", percent_reserved),
    Day("month_only", "{0.year}年{0.month}月"),
)
BIRTH_LABELS = ("出生日期", "生日", "出生年月日", "出生年月", "出生")
BIRTH_KEYS = ("birthday", "birthDate", "birth_date", "csrq", "dob", "出生日期")


def _spoken(day: date) -> str:
    """一九八〇年十一月二日."""
    ones = "〇一二三四五六七八九十"

    def count(value: int) -> str:
        tens, rest = divmod(value, 10)
        return ("" if tens == 0 else "十" if tens == 1 else ones[tens] + "十") + (
            ones[rest] if rest or not tens else ""
        )

    year = chinese_numerals(Random(0), str(day.year)).replace("零", "〇")
    return f"{year}年{count(day.month)}月{count(day.day)}日"


def _day_forms(day: Day) -> Iterable[Form]:
    def make(world: World) -> str:
        born = numbers.birth(world.rng)
        return _spoken(born) if day.name == "chinese_numerals" else day.pattern.format(born)

    yield Form(
        f"{day.name}_header",
        make,
        day.write,
        framed(("«X»",), ("出生日期", "生日", "出生年月", "birth_date", "csrq")),
    )
    yield Form(
        f"{day.name}_labelled", make, day.write, framed(statements(BIRTH_LABELS, ("：", ":", " ", "")))
    )


def _iso(world: World) -> str:
    return numbers.birth(world.rng).isoformat()


def _chinese(world: World) -> str:
    return DAYS[4].pattern.format(numbers.birth(world.rng))


BIRTHS = (
    *(form for day in DAYS for form in _day_forms(day)),
    Form(
        "born_sentence",
        _chinese,
        as_it_is,
        framed(("«name»，«sex»，«X»出生", "«name»，«sex»，汉族，«X»生", "生于«X»，«name»")),
    ),
    Form(
        "born_iso_sentence",
        _iso,
        as_it_is,
        framed(("«name»，«sex»，«X»出生，主诉«complaint»", "患者«name»（«sex»，«X»生）", "出生于«X»")),
    ),
    Form("json", _iso, as_it_is, framed(f'{{"name":"«name»","{key}":"«X»"}}' for key in BIRTH_KEYS)),
    Form("json_escaped", _iso, as_it_is, framed(f'{{\\"{key}\\":\\"«X»\\"}}' for key in BIRTH_KEYS)),
    Form("xml", _iso, as_it_is, framed(f"<{key}>«X»</{key}>" for key in BIRTH_KEYS)),
    Form("html_cell", _iso, as_it_is, framed(("<td>出生日期</td><td>«X»</td>", "<p>生日：<b>«X»</b></p>"))),
    Form(
        "csv_with_header",
        _iso,
        as_it_is,
        framed(("姓名,出生日期,性别\n«name»,«X»,«sex»", "姓名|出生日期\n«name»|«X»")),
    ),
    Form(
        "url_query",
        _iso,
        as_it_is,
        framed(f"https://zwfw.example.gov.cn/q?{key}=«X»&seq=«seq»" for key in BIRTH_KEYS[:5]),
    ),
    Form("base64_json", _iso, base64_json("birthday", "birthDate", "出生日期"), (Frame("«X»"),)),
    Form(
        "english",
        lambda world: f"{numbers.birth(world.rng):%b %d, %Y}",
        as_it_is,
        framed(("DOB: «X»", "Date of birth: «X»", "Born «X»")),
    ),
    Form(
        "two_in_one",
        _iso,
        as_it_is,
        framed(("出生日期：«X»、«same»", "«name»出生日期«X»，«name»出生日期«same»")),
    ),
    Form("quoted", _iso, as_it_is, framed(("“«X»”", "'«X»", "（«X»）", "[«X»]"), ("出生日期", "生日"))),
)


# Longitude and latitude (WGS-84) of cities in every direction; points fall within a quarter of a degree of one.
CENTRES = (
    *(
        (116.40, 39.90),
        (121.47, 31.23),
        (113.26, 23.13),
        (114.06, 22.84),
        (104.07, 30.57),
        (106.55, 29.56),
        (120.16, 30.27),
    ),
    *(
        (118.80, 32.06),
        (114.31, 30.59),
        (108.94, 34.34),
        (117.00, 36.65),
        (113.63, 34.75),
        (112.94, 28.23),
        (117.23, 31.82),
    ),
    *(
        (126.53, 45.80),
        (123.43, 41.80),
        (87.62, 43.83),
        (91.11, 29.65),
        (102.83, 24.88),
        (108.32, 22.82),
        (103.83, 36.06),
    ),
    *(
        (101.78, 36.62),
        (111.75, 40.84),
        (110.20, 19.60),
        (119.20, 26.08),
        (115.86, 28.68),
        (106.63, 26.65),
        (75.99, 39.47),
    ),
)


def _pair(world: World) -> tuple[str, str]:
    """Longitude and latitude with four to six decimals, which is to ten metres or better."""
    decimals = world.rng.randint(4, 6)
    east, north = (value + world.rng.uniform(-0.25, 0.25) for value in world.rng.choice(CENTRES))
    return f"{east:.{decimals}f}", f"{north:.{decimals}f}"


def _placed(name: str, pattern: str, *texts: str, write: Writing = as_it_is) -> Form:
    """`pattern` names longitude {0} and latitude {1}; the span begins with the first digit and ends with the last."""
    return Form(name, lambda world: pattern.format(*_pair(world)), write, framed(texts))


def _point_json(world: World) -> str:
    """An object with name and point, for an encoding of the whole: numbers as written, so that no decimal is lost."""
    east, north = _pair(world)
    return f'{{"name": "{world.name()}", "lng": {east}, "lat": {north}}}'


WITH_PERSON = (
    "«name» 定位 «X»",
    "«name»，«X»",
    "«mobile» «X»",
    "«name»（«mobile»）位置：«X»",
    "«id»,«X»",
    "护林员«name»签到«X»",
)
LOCATIONS = (
    _placed("pair_comma", "{0},{1}", *WITH_PERSON),
    _placed("pair_latitude_first", "{1},{0}", *WITH_PERSON),
    _placed("pair_spaced", "{0}, {1}", *WITH_PERSON),
    _placed("pair_blank", "{0} {1}", "«name» 定位 «X»", "«name»位置：«X»", "«mobile»坐标«X»"),
    _placed("pair_chinese_comma", "{0}，{1}", *WITH_PERSON),
    _placed("pair_slash_or_semicolon", "{0};{1}", "«name» «X»", "«mobile»|«X»", "«name»位置«X»"),
    _placed(
        "labels_between", "{0}，纬度{1}", "«name»当前位置经度«X»", "«mobile» 经度«X»", "报警人«name»，经度«X»"
    ),
    _placed("labels_with_colon", "{0} 纬度：{1}", "«name» 经度：«X»", "网格员«name»，«mobile»，经度：«X»"),
    _placed("hemispheres", "{0},N{1}", "«name» E«X»", "«mobile»位置E«X»"),
    _placed("degrees", "{0}°,{1}", "«name»位于«X»°"),
    _placed("brackets", "{0},{1}", "«name»(«X»)", "«name»[«X»]", "«mobile»（«X»）", "【«name»】(«X»)"),
    _placed("csv_line", "{0},{1}", "«seq»,«name»,«X»,«day»", "«name»,«mobile»,«X»", "«day» «time»,«id»,«X»"),
    _placed("csv_pipe", "{0}|{1}", "«name»|«mobile»|«X»", "«name»|«X»|«day»"),
    _placed("json", '{0},"lat":{1}', '{"name":"«name»","lng":«X»}', '{"phone":"«mobile»","lng":«X»}'),
    _placed(
        "json_strings",
        '{0}","latitude":"{1}',
        '{"xm":"«name»","longitude":"«X»"}',
        '{"mobile":"«mobile»","longitude":"«X»"}',
    ),
    _placed(
        "json_escaped",
        '{0},\\"lat\\":{1}',
        '{\\"name\\":\\"«name»\\",\\"lng\\":«X»}',
        '{\\"phone\\":\\"«mobile»\\",\\"lng\\":«X»}',
    ),
    _placed(
        "geojson",
        "{0},{1}",
        '{"type":"Point","coordinates":[«X»],"name":"«name»"}',
        '{"phone":"«mobile»","coordinates":[«X»]}',
    ),
    _placed("wkt", "{0} {1}", "«name» POINT(«X»)", "«mobile»;POINT («X»)"),
    _placed(
        "xml",
        "{0}</lng><lat>{1}",
        "<name>«name»</name><lng>«X»</lat>",
        "<phone>«mobile»</phone><lng>«X»</lat>",
    ),
    _placed("html_cell", "{0}</td><td>{1}", "<td>«name»</td><td>«X»</td>", "<td>«mobile»</td><td>«X»</td>"),
    _placed(
        "url_query",
        "{0},{1}",
        "https://map.example.cn/m?location=«X»&phone=«mobile»",
        "/track?idno=«id»&position=«X»",
    ),
    _placed(
        "url_percent_comma",
        "{0}%2C{1}",
        "https://map.example.cn/m?tel=«mobile»&loc=«X»",
        "name=«name»&position=«X»",
    ),
    _placed(
        "log_line",
        "{0},{1}",
        "«day» «time» INFO track user=«mobile» pos=«X» acc=12",
        "[«time»] «name» 上报坐标 «X»",
    ),
    _placed(
        "sentence",
        "{0},{1}",
        "«name»于«time»在«X»处报警求助",
        "老人«name»走失，手环最后定位«X»，请协助",
        "骑手«name»当前在«X»附近",
    ),
    _placed("full_width", "{0},{1}", "«name» 定位 «X»", "«mobile»位置«X»", write=full_width),
    _placed("zero_width", "{0},{1}", "«name» 定位 «X»", "«mobile»位置«X»", write=zero_width),
    _placed("html_references", "{0},{1}", "«name» 定位 «X»", "«mobile» «X»", write=html_references),
    _placed("percent_encoded", "{0},{1}", "tel=«mobile»&loc=«X»", write=percent_all),
    Form("base64_json", _point_json, base64_of, framed(("«X»", "payload=«X»", "报文：«X»"))),
)


FORMS: dict[str, tuple[Form, ...]] = {"BIRTH_DATE": BIRTHS, "LOCATION": LOCATIONS}
