"""The ledger's tree is RFC 6962's, to the byte: known answers, proofs that verify, and nothing tampered that does."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import ledger

# Inputs, heads and audit paths of the Merkle tree tests of the Certificate Transparency reference implementation.
INPUTS = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
HEADS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PATHS = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
LEAVES = [ledger.leaf_hash(bytes.fromhex(text)) for text in INPUTS]

entries = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


@pytest.mark.parametrize("size", range(len(HEADS)))
def test_the_head_of_the_reference_tree_is_the_published_one(size: int) -> None:
    frontier: ledger.Frontier = ()
    for place, leaf in enumerate(LEAVES[:size]):
        frontier = ledger.grow(frontier, place, leaf)
    assert ledger.root(LEAVES[:size]).hex() == HEADS[size]
    assert ledger.head(frontier).hex() == HEADS[size]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_audit_path_of_the_reference_tree_is_the_published_one(index: int, size: int) -> None:
    path = ledger.inclusion_proof(LEAVES[:size], index)
    assert tuple(step.hex() for step in path) == PATHS[index, size]
    assert ledger.verify_inclusion(LEAVES[index], index, size, path, bytes.fromhex(HEADS[size]))


@settings(max_examples=60, deadline=None)
@given(entries)
def test_a_tree_grown_leaf_by_leaf_has_the_head_of_the_whole(texts: list[bytes]) -> None:
    leaves = [ledger.leaf_hash(text) for text in texts]
    frontier: ledger.Frontier = ()
    for size, leaf in enumerate(leaves):
        frontier = ledger.grow(frontier, size, leaf)
        assert len(frontier) == (size + 1).bit_count()
    assert ledger.head(frontier) == ledger.root(leaves)


@settings(max_examples=100, deadline=None)
@given(entries, st.data())
def test_a_proof_verifies_and_no_tampered_one_does(texts: list[bytes], data: st.DataObject) -> None:
    leaves = [ledger.leaf_hash(text) for text in texts]
    size, head = len(leaves), ledger.root(leaves)
    index = data.draw(st.integers(0, size - 1), "index")
    path = ledger.inclusion_proof(leaves, index)
    assert ledger.verify_inclusion(leaves[index], index, size, path, head)

    parts = [leaves[index], *path, head]
    place = data.draw(st.integers(0, len(parts) - 1), "part")
    bit = data.draw(st.integers(0, 255), "bit")
    tampered = bytearray(parts[place])
    tampered[bit // 8] ^= 1 << bit % 8
    parts[place] = bytes(tampered)
    assert not ledger.verify_inclusion(parts[0], index, size, parts[1:-1], parts[-1])
    assert not ledger.verify_inclusion(leaves[index], index, size, [*path, head], head)
    if path:
        assert not ledger.verify_inclusion(leaves[index], index, size, path[:-1], head)


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_there_is_no_proof_of_a_leaf_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        ledger.inclusion_proof(LEAVES, index)
    assert not ledger.verify_inclusion(LEAVES[0], index, 8, [], ledger.root(LEAVES))


def test_a_path_that_ends_below_the_head_proves_nothing() -> None:
    """A subtree's head, offered as that of the larger tree it stands in."""
    path, head = ledger.inclusion_proof(LEAVES[:4], 0), ledger.root(LEAVES[:4])
    assert ledger.verify_inclusion(LEAVES[0], 0, 4, path, head)
    assert not ledger.verify_inclusion(LEAVES[0], 0, 8, path, head)


def test_an_event_has_one_commitment_whatever_the_order_of_its_keys() -> None:
    one, other = {"数据集": "站点", "rows": 3}, {"rows": 3, "数据集": "站点"}
    assert ledger.commitment(one, b"s" * 32) == ledger.commitment(other, b"s" * 32)
    assert ledger.commitment(one, b"s" * 32) != ledger.commitment(one, b"t" * 32)
    assert ledger.commitment(one, b"s" * 32) != ledger.commitment({**one, "rows": 4}, b"s" * 32)


def test_a_checkpoint_is_a_signed_note_that_anybody_can_check() -> None:
    private = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    body = ledger.checkpoint_body("city/ledger", 8, ledger.root(LEAVES))
    note = ledger.checkpoint_note(body, "city/ledger", public, private.sign(body))
    text, line = note.split("\n\n")
    assert text.split("\n") == ["city/ledger", "8", base64.b64encode(bytes.fromhex(HEADS[8])).decode()]
    dash, name, blob = line.split()
    raw = base64.b64decode(blob)
    assert (dash, name) == ("—", "city/ledger")
    assert raw[:4] == hashlib.sha256(b"city/ledger\n\x01" + public).digest()[:4]
    private.public_key().verify(raw[4:], body)


# Known answers of the same reference implementation: (first, second) → proof.
CONSISTENT = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


@pytest.mark.parametrize(("first", "second"), CONSISTENT)
def test_the_consistency_proof_of_the_reference_tree_is_the_published_one(first: int, second: int) -> None:
    path = ledger.consistency_proof(LEAVES, first, second)
    assert tuple(step.hex() for step in path) == CONSISTENT[first, second]


@settings(max_examples=150, deadline=None)
@given(entries, st.data())
def test_two_heads_of_one_tree_prove_consistent_and_nothing_tampered_does(
    texts: list[bytes], data: st.DataObject
) -> None:
    leaves = [ledger.leaf_hash(text) for text in texts]
    second = data.draw(st.integers(0, len(leaves)), "second")
    first = data.draw(st.integers(0, second), "first")
    earlier, later = ledger.root(leaves[:first]), ledger.root(leaves[:second])
    path = ledger.consistency_proof(leaves, first, second)
    assert ledger.verify_consistency(first, second, earlier, later, path)
    assert not ledger.verify_consistency(first, second, earlier, later, [*path, later])
    parts = [earlier, *path] if first == 0 else [earlier, *path, later]
    place, bit = data.draw(st.integers(0, len(parts) - 1), "part"), data.draw(st.integers(0, 255), "bit")
    tampered = bytearray(parts[place])
    tampered[bit // 8] ^= 1 << bit % 8
    parts[place] = bytes(tampered)
    rest = (parts[1:], later) if first == 0 else (parts[1:-1], parts[-1])
    assert not ledger.verify_consistency(first, second, parts[0], rest[1], rest[0])


@settings(max_examples=60, deadline=None)
@given(entries, entries, st.data())
def test_a_tree_that_does_not_begin_with_the_other_never_proves_that_it_does(
    texts: list[bytes], others: list[bytes], data: st.DataObject
) -> None:
    """A forger's best: a true proof of his own tree, offered for another's head."""
    mine, his = ([ledger.leaf_hash(text) for text in one] for one in (texts, others))
    first = data.draw(st.integers(1, min(len(mine), len(his))), "first")
    if mine[:first] != his[:first]:
        path = ledger.consistency_proof(his, first, len(his))
        heads = ledger.root(mine[:first]), ledger.root(his)
        assert not ledger.verify_consistency(first, len(his), *heads, path)


@pytest.mark.parametrize(("first", "second"), [(-1, 4), (5, 4), (3, 9)])
def test_there_is_no_consistency_proof_outside_the_tree(first: int, second: int) -> None:
    with pytest.raises(IndexError):
        ledger.consistency_proof(LEAVES, first, second)
