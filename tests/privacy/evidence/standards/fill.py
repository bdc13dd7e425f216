"""What stands around a value in a sentence: `Fill` gives a new invented filler each time a template names one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.privacy.evidence.standards.lists import words
from tests.privacy.evidence.standards.numbers import mobile, plate, resident_id
from tests.privacy.evidence.standards.people import person
from tests.privacy.evidence.standards.places import ROADS, TOWNS, VILLAGES, county

__all__ = ["Fill"]

OFFICES = words(
    "市政务服务中心 区民政局 街道办事处 县残联 市医保局 镇人民政府 交警大队 派出所 社区居委会 区住建局 市人社局 区教育局"
)
BANKS = words("工商银行 农业银行 中国银行 建设银行 交通银行 邮储银行 招商银行 农商行")
HOSPITALS = words(
    "市第一人民医院 县中医院 区妇幼保健院 市肿瘤医院 社区卫生服务中心 省立医院 人民医院急诊科 儿童医院"
)


def _date(rng: Random) -> str:
    year, month, day = rng.randrange(2018, 2026), rng.randrange(1, 13), rng.randrange(1, 29)
    return rng.choice(
        (
            f"{year}年{month}月{day}日",
            f"{year}-{month:02d}-{day:02d}",
            f"{month}月{day}日",
            f"{year}/{month}/{day}",
        )
    )


FILLERS: dict[str, Callable[[Random], str]] = {
    "name": person,
    "sex": lambda rng: rng.choice("男女"),
    "age": lambda rng: str(rng.randrange(19, 88)),
    "village": lambda rng: rng.choice(VILLAGES),
    "town": lambda rng: rng.choice(TOWNS),
    "county": lambda rng: county(rng).county,
    "road": lambda rng: rng.choice(ROADS),
    "date": _date,
    "time": lambda rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}",
    "money": lambda rng: rng.choice(
        (f"{rng.randrange(1, 90) * 100}", f"{rng.randrange(100, 9000)}.{rng.randrange(100):02d}")
    ),
    "n": lambda rng: str(rng.randrange(1, 60)),
    "office": lambda rng: rng.choice(OFFICES),
    "bank": lambda rng: rng.choice(BANKS),
    "hospital": lambda rng: rng.choice(HOSPITALS),
    "mobile": mobile,
    "id": resident_id,
    "plate": lambda rng: plate(rng, "common"),
}


class Fill(dict[str, str]):
    """For ``str.format_map``: looks up nothing, invents each filler when it is named."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._rng = rng

    def __missing__(self, name: str) -> str:
        return FILLERS[name](self._rng)
