"""The ledger's figures: 100,000 single-bit tampers, all found; all pairs of 1,000 heads prove consistent.

KAIZHA_DEEP scales the tampers (1 = 100,000, about fifteen minutes on one core).
"""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from catalog import ledger
from tests.catalog.ledger_tampers import public_tamper, published, stored, stored_tamper

pytestmark = [pytest.mark.deep, pytest.mark.timeout(7_200)]
SCALE = float(os.environ.get("KAIZHA_DEEP", "1"))


def test_every_single_bit_tamper_of_the_ledger_is_found() -> None:
    chance = random.Random(int(os.environ.get("KAIZHA_SEED", "7")))
    small, large = stored(24), stored(300)
    public = published(large, old_size=270)
    tried: Counter[str] = Counter()
    missed: list[str] = []
    for number in range(int(100_000 * SCALE)):
        if number % 2:
            what, seen = public_tamper(public, chance)
            what = f"public {what}"
        else:  # one in fifty over a ledger with tiles of two levels; its 300 signatures take their time
            what, seen = stored_tamper(large if number % 100 == 0 else small, chance)
        tried[what] += 1
        if not seen:
            missed.append(what)
    print(dict(tried.most_common()))  # noqa: T201 - the figure is what this is run for
    assert missed == []


def test_all_pairs_of_a_thousand_heads_prove_consistent() -> None:
    hashes = [ledger.leaf_hash(bytes([n % 256, n // 256])) for n in range(1_000)]
    tiles = ledger.tiles_over(hashes)
    frontier: ledger.Frontier = ()
    heads = [ledger.head(frontier)]
    for size, leaf in enumerate(hashes):
        frontier = ledger.grow(frontier, size, leaf)
        heads.append(ledger.head(frontier))
    subtree = ledger.subtree_of(lambda level, index: tiles.get((level, index), ()))
    pairs = 0
    for second in range(1, 1_001):
        for first in range(1, second):
            path = ledger.prove_consistency(subtree, first, second)
            assert ledger.verify_consistency(first, second, heads[first], heads[second], path)
            pairs += 1
    assert pairs == 499_500
