"""The invented city of 云汀 (Yunting): its districts, roads and bureaus. Nothing of it exists.

Its coordinates lie in open water of the East China Sea and its division codes begin with 3398, which GB/T 2260
does not assign, so that no place and nobody can be mistaken for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from samples.people import REGION

__all__ = ["BUREAUS", "CENTRE", "CITY", "DISTRICTS", "road", "spot"]

CITY = "云汀市"
CENTRE = (123.0, 29.4)
"""Longitude and latitude, WGS-84 degrees."""

DISTRICTS: Mapping[str, str] = {
    "汀阳区": f"{REGION}01",
    "望鹭区": f"{REGION}02",
    "澄岚区": f"{REGION}03",
    "栖霞湾区": f"{REGION}04",
    "青屿县": f"{REGION}21",
    "枫渚县": f"{REGION}22",
}

BUREAUS: Mapping[str, str] = {
    "transport": "云汀市交通运输局",
    "education": "云汀市教育局",
    "environment": "云汀市生态环境局",
    "parks": "云汀市园林文物局",
    "commerce": "云汀市商务局",
    "energy": "云汀市发展和改革委员会",
    "civil": "云汀市民政局",
    "social_security": "云汀市人力资源和社会保障局",
    "market": "云汀市市场监督管理局",
    "hotline": "云汀市政务服务中心",
    "police": "云汀市公安局",
    "health": "云汀市卫生健康委员会",
    "power": "云汀市供电公司",
    "culture": "云汀市文化广电旅游局",
    "sport": "云汀市体育局",
}

_ROADS = (
    "鹭鸣",
    "听潮",
    "白苹",
    "烟波",
    "望汀",
    "枕溪",
    "菱塘",
    "拂云",
    "沉璧",
    "兰渚",
    "浣纱湾",
    "采菱",
    "闻莺渡",
    "石帆",
)
_KINDS = ("路", "街", "大道")


def road(rng: Random) -> str:
    """The name of a road."""
    return rng.choice(_ROADS) + rng.choice(_KINDS)


def spot(rng: Random, spread: float = 0.2) -> tuple[float, float]:
    """Longitude and latitude within `spread` degrees of the centre, to 5 decimals (about a metre)."""
    return tuple(round(middle + rng.uniform(-spread, spread), 5) for middle in CENTRE)  # type: ignore[return-value]
