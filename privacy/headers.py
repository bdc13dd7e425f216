"""What a column's header says it holds, in Chinese, English or the pinyin initials of government tables."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from catalog.dataset import Column, ColumnType, Schema
from privacy.alphabet import fold
from privacy.recognisers import RECOGNISERS

__all__ = ["counts_things", "hinted", "hinted_by", "is_plain_name", "is_version", "numbers_a_thing"]

# A header about how many, how much on average, which kind: a statistic of the thing, not the thing.
_STATISTIC_ZH = re.compile(
    "数$|数量|人数|个数|人次|总数|合计|占比|比例|比重|率$|平均|人均|均值|中位|总额|类型|类别|种类|方式$|归属地|分布|标准$|机构|办理|中心|场所|定点|是否"
)
_STATISTIC_EN = re.compile(
    "(?:^| )(?:count|counts|number of|num of|total|avg|average|mean|median|rate|ratio|share|type|category|kind"
    "|per capita|pct|percent|agency|clinic)(?: |$)"
)
_COUNTING_ZH = re.compile(
    "人数|数量|个数|总数|合计|人次|例数|户数|占比|比例|率$|平均|人均|人口|确诊|死亡数|治愈"
)
_COUNTING_EN = re.compile(
    "(?:^| )(?:count|counts|total|number of|rate|ratio|percent|pct|avg|average|mean|median|population|confirmed|deaths|cases|cured|recovered)(?: |$)"
)
# A header that numbers a thing and says which: a station, a work, an order. "编号" alone says nothing and is none.
_THING_ZH = re.compile(
    "(?:站|店|点|场|馆|园|校|院|厂|库|桩|井|泵|阀|灯|桥|路|路段|线|线路|管段|工程|项目|标段|设备|设施|资产|机构|部门|市场|产品|商品"
    "|订单|工单|案卷|批次|地块|图斑|景区|公园|文物|树|航班|车次)(?:编号|编码|代码|序号|[Ii][Dd]|号)$"
)
_THING_EN = re.compile(
    "(?:^| )(?:station|stop|shop|store|site|school|park|plant|device|asset|facility|product|item|order|batch|line|road"
    "|bridge|project|work|parcel|market|flight|train|species) (?:id|no|code|number|num)$"
)
_VERSION_ZH = re.compile("版本|固件|补丁|驱动|内核|软件")
_VERSION_EN = re.compile(
    "(?:^| )(?:version|versions|ver|release|firmware|build|revision|kernel|driver|software)(?: |$)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def hinted(column: Column) -> frozenset[str]:
    """Names of the entities the header (name or title) announces."""
    zh, en = _readings(column)
    if any(map(_STATISTIC_ZH.search, zh)) or any(map(_STATISTIC_EN.search, en)):
        return frozenset()
    patterns = _patterns()
    return frozenset(
        entity
        for entity, (in_zh, in_en) in patterns.items()
        if (in_zh and any(map(in_zh.search, zh))) or (in_en and any(map(in_en.search, en)))
    )


@lru_cache(maxsize=4096)
def hinted_by(header: str) -> frozenset[str]:
    """Names of the entities that a name above a value announces."""
    return hinted(Column(header, ColumnType.TEXT)) if header else frozenset()


def counts_things(schema: Schema) -> bool:
    """Whether the table reports counts or rates of groups rather than one person a row, as its headers say."""
    return any(
        any(map(_COUNTING_ZH.search, zh)) or any(map(_COUNTING_EN.search, en))
        for zh, en in map(_readings, schema)
    )


def is_plain_name(column: Column) -> bool:
    """A header that says "name" and not of what."""
    zh, en = _readings(column)
    return any(text.strip() in {"name", "names"} for text in en) or any(
        text in {"名字", "名单"} for text in zh
    )


def numbers_a_thing(column: Column) -> bool:
    """A header that numbers a thing and says which: its letters and digits are no certificate of a person."""
    zh, en = _readings(column)
    return any(map(_THING_ZH.search, zh)) or any(map(_THING_EN.search, en))


def is_version(column: Column) -> bool:
    """A header that numbers releases of a program: four numbers and three points are no address."""
    zh, en = _readings(column)
    return any(map(_VERSION_ZH.search, zh)) or any(map(_VERSION_EN.search, en))


def _readings(column: Column) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [column.name, *((column.title.zh, column.title.en) if column.title else ())]
    zh = tuple(fold(name).strip() for name in names)
    en = tuple(_NOT_WORD.sub(" ", _CAMEL.sub(" ", name).lower()).strip() for name in zh)
    return zh, en


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str] | None, re.Pattern[str] | None]]:
    return {
        row.entity: (
            re.compile(row.header_zh) if row.header_zh else None,
            re.compile(f"(?:^| )(?:{row.header_en})(?: |$)") if row.header_en else None,
        )
        for row in RECOGNISERS
    }
