"""What a column's header says it holds, in Chinese, English or the pinyin initials of government tables."""

from __future__ import annotations

import re
from functools import cache

from catalog.dataset import Column, Schema
from privacy.alphabet import fold
from privacy.recognisers import RECOGNISERS

__all__ = ["counts_things", "hinted", "is_plain_name"]

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
