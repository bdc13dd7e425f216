"""Invented people: tables of them, numbers made to pass their check digits, and Hypothesis strategies over their spellings."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
from hypothesis import strategies as st

from catalog.dataset import Schema

ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(38, 9)": pa.decimal128(38, 9),
}
Table = Callable[[Mapping[str, Sequence[object]]], Schema]


ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def resident_id(birth: str = "19900307", sequence: int = 123, district: str = "330106") -> str:
    head = f"{district}{birth}{sequence:03}"
    return head + "10X98765432"[sum(w * int(d) for w, d in zip(ID_WEIGHTS, head, strict=True)) % 11]


def bad_resident_id(**parts: str) -> str:
    good = resident_id(**parts)
    return good[:-1] + ("1" if good[-1] != "1" else "2")


def bank_card(head: str = "622202360012345678") -> str:
    for check in "0123456789":
        digits = [int(d) for d in reversed(head + check)]
        if (sum(digits[0::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0:
            return head + check
    raise AssertionError("one check digit always fits")


def resident_ids(count: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return [
        resident_id(
            f"{chance.randint(1950, 2009)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}",
            chance.randint(0, 999),
        )
        for _ in range(count)
    ]


def mobiles(count: int, seed: int = 2) -> list[str]:
    chance = random.Random(seed)
    return [f"1{chance.choice(['38', '59', '86'])}{chance.randint(0, 99_999_999):08}" for _ in range(count)]


def names(count: int, seed: int = 3) -> list[str]:
    chance = random.Random(seed)
    given = ["伟", "芳", "秀英", "敏", "建军", "丽华", "强", "桂兰", "磊", "淑珍"]
    return [chance.choice("王李张刘陈杨黄周吴徐") + chance.choice(given) for _ in range(count)]


@st.composite
def disguises(draw: st.DrawFn) -> tuple[str, str]:
    """``(text, number)``: an identity, mobile or card number as people type it, inside other text."""
    number = draw(
        st.one_of(
            st.integers(0, 999).map(lambda n: resident_id(sequence=n)),
            st.integers(0, 99_999_999).map(lambda n: f"138{n:08}"),
            st.integers(0, 10**12 - 1).map(lambda n: bank_card(f"622202{n:012}")),
        )
    )
    groups = {18: (6, 8, 4), 11: (3, 4, 4), 19: (4, 4, 4, 4, 3)}[len(number)]
    gap = draw(st.sampled_from(["", "", " ", "-", "\u3000", "\u00a0", "\u200b", "\t", "－"]))
    parts, at = [], 0
    for size in groups:
        parts.append(number[at : at + size])
        at += size
    text = gap.join(parts)
    if draw(st.booleans()):
        text = text.translate(FULL_WIDTH)
    around = st.text(alphabet="的在，。：（） 市ab;|\n", max_size=6)
    return f"{draw(around)}{text}{draw(around)}", text
