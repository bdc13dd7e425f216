"""The Merkle tree of RFC 6962: heads, inclusion and consistency proofs, and their verification, as pure functions.

Proofs are made from hashes of complete subtrees, wherever those are kept (`Subtree`), so that a proof reads O(log n)
of them and never all leaves. Formulas: RFC 6962, section 2.1; verification: RFC 9162, section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "Subtree",
    "consistency_proof",
    "grow",
    "head",
    "inclusion_proof",
    "leaf_hash",
    "prove_consistency",
    "prove_inclusion",
    "root",
    "verify_consistency",
    "verify_inclusion",
]

# Roots of the complete subtrees of a tree, largest first: one per set bit of its size.
Frontier = tuple[bytes, ...]

# (height h, number n) → MTH(D[n·2^h : (n+1)·2^h]), the hash of a complete subtree.
Subtree = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """MTH of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (count ≥ 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree head of leaf hashes; SHA-256 of nothing for the empty tree."""
    frontier: Frontier = ()
    for size, leaf in enumerate(leaves):
        frontier = grow(frontier, size, leaf)
    return head(frontier)


def grow(frontier: Frontier, size: int, leaf: bytes) -> Frontier:
    """The frontier of a tree of `size` leaves after one more: O(log size), no other leaf is read."""
    grown, node = list(frontier), leaf
    while size & 1:
        node = _node(grown.pop(), node)
        size >>= 1
    return (*grown, node)


def head(frontier: Frontier) -> bytes:
    """The tree head of a frontier; equals `root` of its leaves."""
    if not frontier:
        return EMPTY_ROOT
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = _node(left, node)
    return node


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """`prove_inclusion` over leaf hashes at hand: O(n)."""
    return prove_inclusion(_over(leaves), index, len(leaves))


def consistency_proof(leaves: Sequence[bytes], first: int, second: int) -> list[bytes]:
    """`prove_consistency` over leaf hashes at hand: O(n). Raises IndexError when there are fewer leaves."""
    if second > len(leaves):
        raise IndexError(second)
    return prove_consistency(_over(leaves), first, second)


def _over(leaves: Sequence[bytes]) -> Subtree:
    return lambda height, number: root(leaves[number << height : (number + 1) << height])


def prove_inclusion(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]), from the leaf upward. Raises IndexError when there is no such leaf."""
    if not 0 <= index < size:
        raise IndexError(index)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_mth(subtree, middle, end))
            end = middle
        else:
            path.append(_mth(subtree, start, middle))
            start = middle
    return path[::-1]


def prove_consistency(subtree: Subtree, first: int, second: int) -> list[bytes]:
    """PROOF(first, D[second]); nothing from the empty tree, or from a tree to itself.

    Raises IndexError unless 0 ≤ first ≤ second.
    """
    if not 0 <= first <= second:
        raise IndexError(first)
    if first == 0:
        return []
    path, start, end = [], 0, second
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_mth(subtree, middle, end))
            end = middle
        else:
            path.append(_mth(subtree, start, middle))
            start = middle
    # the old head itself is known to who verifies; a subtree inside it is not
    return ([] if start == 0 else [_mth(subtree, start, end)]) + path[::-1]


def _mth(subtree: Subtree, start: int, end: int) -> bytes:
    """MTH(D[start:end]) of a range that the RFC's splitting leads to: made of its complete subtrees, largest first."""
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(subtree(height, start >> height))
        start += 1 << height
    return head(tuple(parts))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether `path` leads from `leaf` at `index` to the head of a tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, position = leaf, size - 1, index
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = _node(step, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = _node(node, step)
        position, last = position >> 1, last >> 1
    return last == 0 and node == head


def verify_consistency(
    first: int, second: int, first_head: bytes, second_head: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the tree of `second` leaves begins with the tree of `first` leaves (RFC 9162, 2.1.4.2).

    The empty tree is a beginning of every tree: then the path is empty and `first_head` is `EMPTY_ROOT`.
    """
    if not 0 <= first <= second:
        return False
    if first == second:
        return not path and first_head == second_head
    if first == 0:
        return not path and first_head == EMPTY_ROOT
    steps = [first_head, *path] if first & (first - 1) == 0 else list(path)
    if not path:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = _node(step, old), _node(step, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = _node(new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old == first_head and new == second_head
