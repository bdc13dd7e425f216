"""Invented people, firms and vehicles: every number passes its checksum and lies in a range that is not issued.

A privacy gate must recognise these as the real thing, and no living person may be hit by accident: region 3398 is
not in GB/T 2260, the mobile block 1748 lies in a satellite segment without subscribers, plate 浙Z and bank number 629999 are not issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

__all__ = [
    "REGION",
    "Person",
    "bank_card",
    "company_code",
    "mobile",
    "person",
    "plate",
    "resident_id",
]

REGION = "3398"
"""First four digits of the invented city's division codes; 33 is Zhejiang, 98 no prefecture of it."""

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN_FIRST = "建志明国文晓海玉春秀淑桂永俊家思雨子梓欣佳振庆德福荣世承宗立新长"
_GIVEN_LAST = "华强军英芳娟涛磊洋勇艳杰敏静丽霞平刚辉玲飞燕鹏梅琴峰宁波斌云莲珍兰凤荣祥林生根宝山泉贵昌"


@dataclass(frozen=True, slots=True)
class Person:
    """An invented resident. `female` decides the parity of the id's sequence number."""

    name: str
    resident_id: str
    mobile: str
    born_on: date
    female: bool


def resident_id(region: str, born_on: date, sequence: int) -> str:
    """An 18-character resident id of GB 11643-1999 with its ISO 7064 MOD 11-2 check character."""
    body = f"{region}{born_on:%Y%m%d}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def mobile(rng: Random) -> str:
    """An 11-digit mobile number of the block 1748 (segment 174: satellite and emergency services, 0-5 and 9 in use)."""
    return f"1748{rng.randrange(10**7):07d}"


def person(rng: Random, oldest: date, youngest: date, region: str) -> Person:
    """An invented person born between two dates. The name has three characters, so that a search finds it exactly."""
    born_on = oldest + timedelta(days=rng.randrange((youngest - oldest).days + 1))
    sequence = rng.randrange(1, 1000)
    return Person(
        name=rng.choice(_SURNAMES) + rng.choice(_GIVEN_FIRST) + rng.choice(_GIVEN_LAST),
        resident_id=resident_id(region, born_on, sequence),
        mobile=mobile(rng),
        born_on=born_on,
        female=sequence % 2 == 0,
    )


def company_code(rng: Random, region: str) -> str:
    """An 18-character unified social credit code (GB 32100-2015): an enterprise, with both check characters.

    Characters 9-17 are an organisation code, whose last character is its own check (GB 11714-1997).
    """
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = "MA" + "".join(rng.choice(alphabet) for _ in range(6))
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    remainder = (
        sum(letters.index(c) * w for c, w in zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    )
    body = f"91{region}{organisation}{'0X987654321'[remainder]}"
    check = sum(alphabet.index(c) * pow(3, n, 31) for n, c in enumerate(body)) % 31
    return body + alphabet[-check % 31]


def bank_card(rng: Random) -> str:
    """A 19-digit card number with its Luhn check digit (ISO/IEC 7812-1), issuer 629999."""
    body = f"629999{rng.randrange(10**12):012d}"
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate(reversed(body))]
    return body + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def plate(rng: Random) -> str:
    """A number plate of GA 36-2018's pattern, of the series 浙Z that Zhejiang does not issue."""
    return (
        "浙Z"
        + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(4))
        + str(rng.randrange(10))
    )
