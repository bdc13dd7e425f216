"""pymerkle, written by others, gives the same heads and proofs (GPL, a test's tool only: imported here and nowhere else)."""

from __future__ import annotations

import random

import pymerkle
import pytest

from catalog import ledger

ENTRIES = [random.Random(n).randbytes(32) for n in range(520)]
SIZES = [*range(1, 66), 100, 127, 128, 129, 255, 256, 257, 300, 511, 512, 513, 520]


@pytest.fixture(scope="module")
def oracle() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    return tree


LEAVES = [ledger.leaf_hash(entry) for entry in ENTRIES]


def subtree_for() -> ledger.Subtree:
    tiles = ledger.tiles_over(LEAVES)
    return ledger.subtree_of(lambda level, index: tiles.get((level, index), ()))


def test_heads_are_the_oracles(oracle: pymerkle.InmemoryTree) -> None:
    for size in range(len(ENTRIES) + 1):
        assert ledger.root(LEAVES[:size]) == oracle.get_root(size)


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_proofs_are_the_oracles(oracle: pymerkle.InmemoryTree, size: int) -> None:
    head, subtree = oracle.get_root(size), subtree_for()
    for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        theirs = oracle.prove_inclusion(index + 1, size)
        path = ledger.prove_inclusion(subtree, index, size)
        assert [LEAVES[index], *path] == theirs.path  # the oracle's path begins with the leaf itself
        assert path == ledger.inclusion_proof(LEAVES[:size], index)
        assert ledger.verify_inclusion(LEAVES[index], index, size, path, head)


def rfc_subproof(oracle: pymerkle.InmemoryTree, first: int, start: int, end: int, known: bool) -> list[bytes]:
    """SUBPROOF as RFC 6962 (2.1.2) writes it, over the oracle's hashes: its own proofs cut the tree into other parts."""
    if first == end:
        return [] if known else [oracle._get_root(start, end)]
    middle = start + (1 << ((end - start - 1).bit_length() - 1))
    if first <= middle:
        return [*rfc_subproof(oracle, first, start, middle, known), oracle._get_root(middle, end)]
    return [*rfc_subproof(oracle, first, middle, end, False), oracle._get_root(start, middle)]


@pytest.mark.parametrize("second", SIZES)
def test_consistency_proofs_are_made_of_the_oracles_hashes(
    oracle: pymerkle.InmemoryTree, second: int
) -> None:
    subtree, later = subtree_for(), oracle.get_root(second)
    for first in {1, 2, second // 3, second // 2, second - 1, second} & set(range(1, second + 1)):
        earlier = oracle.get_root(first)
        pymerkle.verify_consistency(earlier, later, oracle.prove_consistency(first, second), first, second)
        path = ledger.prove_consistency(subtree, first, second)
        assert path == ledger.consistency_proof(LEAVES, first, second)
        assert path == rfc_subproof(oracle, first, 0, second, True)
        assert ledger.verify_consistency(first, second, earlier, later, path)
        if first < second:
            assert not ledger.verify_consistency(first, second, later, earlier, path)
