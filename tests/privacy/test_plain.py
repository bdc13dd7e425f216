"""What stands for a cell is judged as the cell is: entity, whole or not, valid or not, under every header."""

from __future__ import annotations

import random

import duckdb
import pytest
from sqlglot import exp

from privacy.plain import MOBILE, RESIDENT_ID, representative
from privacy.recognise import find, is_whole
from privacy.recognisers import RECOGNISERS

CHECKS = "10X98765432"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def standing_for(texts: list[str], hints: frozenset[str] = frozenset()) -> list[str]:
    term = representative(exp.column("text"), hints)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE cells AS SELECT unnest($1) AS text", [texts])
        plan = exp.select(term.as_("stands")).from_("cells")
        return [row[0] for row in connection.execute(plan.sql("duckdb")).fetchall()]


def judged(text: str, hints: frozenset[str]) -> list[tuple[str, bool, bool | None]]:
    return [(span.entity, is_whole(text, span), span.valid) for span in find(text, hints)]


def mobile(chance: random.Random) -> str:
    return f"1{chance.randint(3, 9)}{chance.randrange(10**9):09}"


def resident_id(chance: random.Random) -> str:
    born = f"{chance.randint(1900, 2024)}{chance.randint(1, 12):02}{chance.randint(1, 31):02}"
    body = f"{chance.choice(('110101', '330106', '650102'))}{born}{chance.randrange(1000):03}"
    right = CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11]
    return body + (right if chance.random() < 0.7 else chance.choice("0123456789X"))


def serial(chance: random.Random) -> str:
    digits = f"{chance.randrange(10**8):08}"
    return chance.choice("ACDEGHKMPRSWZ") + (
        digits
        if chance.random() < 0.7
        else f"20{chance.randrange(50):02}{chance.randrange(20):02}{digits[:2]}"
    )


HINTS = [frozenset[str](), *(frozenset({row.entity}) for row in RECOGNISERS)]


@pytest.mark.parametrize("make", [mobile, resident_id, serial])
def test_what_stands_for_a_plain_number_is_judged_as_the_number_is(make: object) -> None:
    chance = random.Random(7)
    texts = [make(chance) for _ in range(400)]  # type: ignore[operator]
    assert len(set(standing_for(texts))) < len(set(texts)) / 1.5
    for hints in HINTS:
        stands = standing_for(texts, hints)
        different = [
            (text, one)
            for text, one in zip(texts, stands, strict=True)
            if judged(text, hints) != judged(one, hints)
        ]
        assert different == [], hints


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345678901",
        "138 1234 5678",
        "x13812345678",
        "13812345678,13912345678",
        "１３８１２３４５６７８",
        "110101199002310134",
        "6200",
    ],
)
def test_every_other_cell_stands_for_itself(text: str) -> None:
    assert standing_for([text]) == [text]


def test_the_plain_patterns_are_of_ascii_digits_only() -> None:
    for pattern in (MOBILE, RESIDENT_ID):
        assert "\\d" not in pattern
