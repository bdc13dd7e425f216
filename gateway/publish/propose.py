"""Metadata that was not given, proposed from what is there: identifier, title, theme. Proposals are questions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath

from catalog.dataset import ColumnType
from quality import Profile

__all__ = ["propose_id", "propose_keys", "propose_theme", "propose_title"]

# Words that speak for a theme, in titles and column names; the first theme with the most words wins.
THEME_WORDS: dict[str, tuple[str, ...]] = {
    "transport": (
        "公交",
        "地铁",
        "道路",
        "交通",
        "车辆",
        "停车",
        "航班",
        "铁路",
        "bus",
        "metro",
        "traffic",
        "parking",
    ),
    "health": ("医院", "卫生", "疫情", "诊所", "疾病", "药", "hospital", "clinic", "disease"),
    "education": ("学校", "学生", "幼儿园", "大学", "教育", "school", "university", "pupil"),
    "environment": ("空气", "水质", "污染", "环境", "绿地", "公园", "air quality", "pm2.5", "park"),
    "meteorology": ("气象", "天气", "降雨", "气温", "weather", "rainfall", "temperature"),
    "housing": ("住房", "房价", "小区", "不动产", "楼盘", "housing", "estate"),
    "enterprise": ("企业", "公司", "市场主体", "许可证", "enterprise", "company"),
    "energy": ("用电", "电力", "充电", "燃气", "能源", "electricity", "charging", "energy"),
    "water": ("供水", "管网", "水务", "水库", "water supply", "reservoir"),
    "social_security": ("社保", "养老", "公积金", "补贴", "social security", "pension"),
    "social": ("救助", "残疾", "低保", "志愿", "disability", "welfare"),
    "finance": ("预算", "财政", "税", "gdp", "budget", "tax"),
    "statistics": ("统计", "普查", "census", "survey"),
    "credit": ("信用", "处罚", "失信", "credit", "penalty"),
    "mapping": ("地图", "测绘", "行政区划", "边界", "boundary", "geojson"),
    "culture": ("文化", "旅游", "景区", "博物馆", "museum", "tourism"),
    "public_security": ("公安", "户籍", "案件", "监控", "police", "camera"),
    "judicial": ("司法", "律师", "法院", "调解", "court", "lawyer"),
    "agriculture": ("农业", "农产品", "耕地", "crop", "farm"),
}


def propose_theme(title: str, columns: Sequence[str]) -> str:
    """The theme most spoken for (a word in the title counts twice); ``other`` when nothing speaks."""
    heading, fields = title.lower(), " ".join(columns).lower()
    votes = {
        theme: sum(2 * (word in heading) + (word in fields) for word in words)
        for theme, words in THEME_WORDS.items()
    }
    best = max(votes, key=lambda theme: votes[theme])
    return best if votes[best] else "other"


def propose_title(source_name: str) -> str:
    """The file's name without its ending, separators as spaces."""
    return re.sub(r"[_\s]+", " ", PurePath(source_name).stem).strip() or "dataset"


def propose_id(source_name: str, title: str | None) -> str:
    """An identifier from the file's name; where it has no Latin letters or digits, from a hash of the title."""
    plain = (
        unicodedata.normalize("NFKD", PurePath(source_name).stem).encode("ascii", "ignore").decode().lower()
    )
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")
    named = title or source_name
    return slug or f"dataset-{hashlib.sha256(named.encode()).hexdigest()[:8]}"


def propose_keys(profile: Profile) -> tuple[str, ...]:
    """Columns worth an index where the contract names none: the first that identifies a row (complete, and as many
    values as rows), and the first date or time."""
    keys = []
    for one in profile.columns:
        if (
            one.type in (ColumnType.TEXT, ColumnType.INTEGER)
            and not one.nulls
            and one.distinct >= 0.99 * profile.rows
        ):
            keys.append(one.name)
            break
    for one in profile.columns:
        if one.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
            keys.append(one.name)
            break
    return tuple(keys)
