"""Tile paths, bundles, signed notes and verifier keys are C2SP's, to the byte, and have one spelling each."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from catalog import ledger
from catalog.ledger import MalformedNote, SignatureLine, Tile, VerifierKey

# The example of C2SP tlog-cosignature: a log's line and a witness's.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEY = VerifierKey("city.example/log", ledger.ED25519, PRIVATE.public_key().public_bytes_raw())


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile("0", 0), "tile/0/000"),
        (Tile("1", 1_234_067), "tile/1/x001/x234/067"),
        (Tile("0", 273, 112), "tile/0/273.p/112"),
        (Tile("entries", 1_000, 1), "tile/entries/x001/000.p/1"),
        (Tile("63", 999_999), "tile/63/x999/999"),
    ],
)
def test_a_tile_path_is_the_specifications(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path.removeprefix("tile/")) == tile


@pytest.mark.parametrize(
    "place",
    [
        "",
        "0",
        "0/0",
        "0/0000",
        "00/000",
        "64/000",
        "-1/000",
        "0/x000/123",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/999",
        "0/../000",
        "entries/x1/000",
        "0/000\n",
        "０/000",
        "0/000/",
        "data/000",
    ],
)
def test_no_other_spelling_is_a_tile(place: str) -> None:
    with pytest.raises(ValueError):
        Tile.parse(place)


def test_the_tiles_of_a_tree_of_70_000_are_the_specifications_example() -> None:
    tiles = ledger.tiles_of_tree(70_000)
    assert sum(one.kind == "0" and one.is_full for one in tiles) == 273
    assert [one for one in tiles if not (one.kind == "0" and one.is_full)] == [
        Tile("0", 273, 112),
        Tile("1", 0),
        Tile("1", 1, 17),
        Tile("2", 0, 1),
    ]
    assert ledger.tiles_of_tree(256) == (Tile("0", 0), Tile("1", 0, 1))
    assert ledger.tiles_of_tree(0) == ()


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_its_entries_back_and_no_cut_one_does(entries: list[bytes]) -> None:
    bundle = ledger.bundle_of(entries)
    assert list(ledger.entries_of(bundle)) == entries
    if bundle:
        with pytest.raises(ValueError):
            ledger.entries_of(bundle[:-1] if entries[-1] else bundle[:-2] + b"\x01\x00")


def test_tiles_grown_leaf_by_leaf_are_the_tiles_of_the_whole() -> None:
    stored: dict[tuple[int, int], bytes] = {}
    leaves = [ledger.leaf_hash(n.to_bytes(4)) for n in range(70_000)]
    for size, leaf in enumerate(leaves):
        read = lambda level, index: ledger.hashes_of(stored.get((level, index), b""))  # noqa: E731
        for level, index, hashes in ledger.grown_tiles(read, size, leaf):
            stored[level, index] = hashes
    assert stored == {place: b"".join(row) for place, row in ledger.tiles_over(leaves).items()}
    subtree = ledger.subtree_of(lambda level, index: ledger.hashes_of(stored.get((level, index), b"")))
    path = ledger.prove_inclusion(subtree, 65_432, 70_000)
    assert ledger.verify_inclusion(leaves[65_432], 65_432, 70_000, path, ledger.root(leaves))
    with pytest.raises(LookupError):
        ledger.prove_inclusion(subtree, 65_432, 70_001)


def test_tiles_of_another_size_are_not_grown() -> None:
    with pytest.raises(ValueError):
        ledger.grown_tiles(lambda _level, _index: (bytes(32),), 5, bytes(32))


def test_the_specifications_note_is_read_and_written_back_to_the_byte() -> None:
    note = ledger.parse_note(EXAMPLE.encode())
    assert str(note) == EXAMPLE
    assert ledger.parse_checkpoint(note.text).size == 20_852_163
    assert [line.name for line in note.lines] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert note.lines[1].time_s == 1_679_315_147  # the time the specification prints with it


def test_a_verifier_key_reads_back_and_a_wrong_hash_is_no_key() -> None:
    assert VerifierKey.parse(str(KEY)) == KEY
    name, shown, material = str(KEY).split("+", 2)
    for text in (
        "",
        f"{name}+00000000+{material}",
        f"other+{shown}+{material}",
        f"{name}+{shown}+{material}=",
        f"{name}+{shown}+" + base64.b64encode(b"\x07" + KEY.public_key).decode(),
    ):
        with pytest.raises(MalformedNote):
            VerifierKey.parse(text)


def test_a_cosignature_is_over_header_time_and_the_whole_text() -> None:
    key = VerifierKey("w.example", ledger.COSIGNATURE, KEY.public_key)
    text = ledger.checkpoint_body("city.example/log", 3, bytes(32))
    message = ledger.cosigned_message(17, text)
    assert message == b"cosignature/v1\ntime 17\n" + text
    line = SignatureLine.parse(str(ledger.cosignature_line(key, 17, PRIVATE.sign(message))))
    assert ledger.open_note(ledger.Note(text, (line,)), (key,)) == {key: line}
    for other in (18, 1 << 63):
        moved = SignatureLine(line.name, line.key_id, other.to_bytes(8, "big") + line.signature[8:])
        with pytest.raises(MalformedNote):
            ledger.open_note(ledger.Note(text, (moved,)), (key,))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        EXAMPLE.encode()[:-1],
        EXAMPLE.replace("— w", "- w").encode(),
        EXAMPLE.replace("nA==", "nB==").encode(),  # the same bytes, other spare bits
        EXAMPLE.replace("\n\n", "\n\n\r").encode(),
        EXAMPLE.encode().replace(b"sofa", b"so\xff"),
        EXAMPLE.encode() + b"x" * ledger.MAX_NOTE_BYTES,
        (EXAMPLE + EXAMPLE.splitlines(keepends=True)[-1] * 64).encode(),
    ],
)
def test_what_is_no_signed_note_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedNote):
        ledger.parse_note(content)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\nAAAA\n",
        "\n1\nAAAA\n",
        "a\n-1\nAAAA\n",
        "a\n1\nAAAA\n",
        "a\n１\nAAAA\n",
        "a\n1\n" + "A" * 43 + "=\nextension\n",
        "a\n1\n" + "A" * 42 + "B=\n",
        "a\n" + "9" * 20 + "\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        ledger.parse_checkpoint(text.encode())
