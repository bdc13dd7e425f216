"""Whatever is changed in the ledger is found, bit by bit, from inside and from outside; any two heads prove consistent.

The campaign of 100,000 tampers and of all pairs of 1,000 heads is `tests/deep/test_ledger_campaign.py`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catalog import ledger
from catalog.ledger import VerifierKey, audit
from gateway.verify_ledger import check_ledger
from tests.catalog.ledger_tampers import (
    LOG,
    LOG_KEY,
    WITNESS,
    WITNESS_KEY,
    Published,
    cosigned,
    note_of,
    public_tamper,
    published,
    stored,
    stored_tamper,
)

SMALL, LARGE = stored(40), stored(300)
PUBLIC = published(LARGE, old_size=270)


def test_an_honest_ledger_fits_from_inside_and_from_outside() -> None:
    assert list(check_ledger(LARGE, LOG_KEY, (WITNESS_KEY,))) == []
    done = PUBLIC.audited()
    assert (done.size, done.witnessed, done.discrepancies) == (300, 300, ())
    assert done.events == sum(leaf.event["kind"] != "refusal" for leaf in LARGE.leaves)
    assert done.datasets == len(PUBLIC.catalogue) > 100


def test_every_flipped_bit_of_what_is_stored_is_found() -> None:
    chance = random.Random(1)
    found = [stored_tamper(SMALL, chance) for _ in range(1_500)]
    assert [what for what, seen in found if not seen] == []
    assert min(Counter(what for what, _ in found).values()) > 100


def test_every_flipped_bit_of_what_is_public_is_found() -> None:
    chance = random.Random(2)
    found = [public_tamper(PUBLIC, chance) for _ in range(1_000)]
    assert [what for what, seen in found if not seen] == []
    assert {what for what, _ in found} == {*PUBLIC.files, "old"}


def with_dataset(**changes: Any) -> Published:
    first, *rest = PUBLIC.catalogue
    return replace(PUBLIC, catalogue=({**first, **changes}, *rest))


def withdrawn_again() -> Published:
    """A dataset the ledger says is withdrawn, shown as if it were open."""
    gone = next(leaf for leaf in LARGE.leaves if leaf.event["kind"] == "withdrawal")
    dataset = gone.event["dataset"]
    leaf = next(one for one in LARGE.leaves if one.event.get("dataset") == dataset)
    shown = {**PUBLIC.catalogue[0], "id": dataset, "ledger_index": leaf.index}
    return replace(PUBLIC, catalogue=(*PUBLIC.catalogue, shown))


def rewritten() -> Published:
    """Another history of the same length, signed with the real key: what only an old checkpoint can tell."""
    leaves = list(LARGE.leaves)
    leaves[5] = leaves[6]
    hashes = [ledger.leaf_hash(leaf.commitment) for leaf in leaves]
    note = note_of(300, ledger.root(hashes))
    files = dict(published(replace(LARGE, leaves=tuple(leaves))).files)
    return replace(PUBLIC, files=files | {"checkpoint": (note + cosigned(note) + "\n").encode()})


def unsigned() -> Published:
    """Entries, tiles and events that fit each other, under the head of another history."""
    return replace(
        rewritten(), old=None, files={**rewritten().files, "checkpoint": PUBLIC.files["checkpoint"]}
    )


def shorter() -> Published:
    return replace(published(SMALL), old=PUBLIC.old)


@pytest.mark.parametrize(
    ("dishonest", "words"),
    [
        (lambda: with_dataset(rows=45_000), "differently"),
        (lambda: with_dataset(rows=False), "differently"),
        (lambda: with_dataset(columns=[{"name": "名称"}]), "differently"),
        (lambda: with_dataset(columns=None), "differently"),
        (lambda: with_dataset(release="0" * 64), "differently"),
        (lambda: with_dataset(published_at="2020"), "differently"),
        (lambda: with_dataset(ledger_index=0), "no such opening"),
        (lambda: with_dataset(id="set-\x1b[31m"), "no such opening"),
        (withdrawn_again, "has been withdrawn"),
        (lambda: replace(PUBLIC, catalogue=PUBLIC.catalogue[1:]), "not in the catalogue"),
        (rewritten, "does not continue"),
        (unsigned, "do not give the checkpoint's root"),
        (shorter, "shorter"),
        (lambda: replace(PUBLIC, files={**PUBLIC.files, "tile/1/000.p/1": b""}), "tile"),
        (lambda: replace(PUBLIC, files={"checkpoint": PUBLIC.files["checkpoint"]}), "missing"),
        (lambda: replace(PUBLIC, files={**PUBLIC.files, "tile/entries/000": b"x" * 10_000}), "too large"),
        (lambda: replace(PUBLIC, old=b"nothing"), "validly signed"),
    ],
)
def test_an_audit_names_what_does_not_fit(dishonest: Callable[[], Published], words: str) -> None:
    found = dishonest().audited().discrepancies
    assert any(words in one.text.en for one in found)
    assert all("\x1b" not in one.id for one in found)


def test_a_key_holder_who_rewrites_everything_is_found_only_by_who_kept_a_checkpoint() -> None:
    """The limit of a log without outside witnesses, stated in docs/ledger.md."""
    forged = rewritten()
    catalogue = [one for one in forged.audited().discrepancies if one.what == "ledger" and "old" in one.id]
    assert catalogue
    without = replace(forged, old=None).audited()
    assert not [one for one in without.discrepancies if one.id in ("checkpoint", "old checkpoint")]


def test_a_head_that_claims_more_than_there_is_ends_the_audit_at_the_first_missing_file() -> None:
    note = note_of(10**18, bytes(32))
    done = audit(replace(PUBLIC, files={"checkpoint": note.encode()}).read, (), LOG_KEY)
    assert [one.id for one in done.discrepancies] == ["tile/entries/000"]


def test_witnesses_that_are_behind_are_told_of_and_other_keys_do_not_count() -> None:
    behind = LARGE.heads[199].note
    files = {
        **PUBLIC.files,
        "checkpoint": LARGE.heads[-1].note.encode(),
        "witnessed": (behind + cosigned(behind) + "\n").encode(),
    }
    done = replace(PUBLIC, files=files).audited()
    assert (done.witnessed, done.discrepancies) == (200, ())
    stranger = VerifierKey("other.example", ledger.COSIGNATURE, WITNESS_KEY.public_key)
    done = audit(PUBLIC.read, PUBLIC.catalogue, LOG_KEY, (stranger,))
    assert [one.id for one in done.discrepancies] == ["witnessed"]
    of_another_log = replace(LOG_KEY, name="another.example/ledger")
    done = audit(PUBLIC.read, PUBLIC.catalogue, of_another_log)
    assert [one.id for one in done.discrepancies] == ["checkpoint"]


def test_a_cosignature_cannot_stand_in_for_the_logs_own_signature() -> None:
    text = ledger.parse_note(LARGE.heads[-1].note.encode()).text
    time_and_text = ledger.cosigned_message(1, text)
    as_log = VerifierKey(LOG_KEY.name, ledger.ED25519, WITNESS_KEY.public_key)
    line = ledger.SignatureLine(as_log.name, as_log.key_id, WITNESS.sign(time_and_text))
    with pytest.raises(ledger.MalformedNote):
        ledger.open_note(ledger.Note(text, (line,)), (as_log,))
    assert LOG_KEY.signed(text, LOG.sign(text))


def test_any_two_of_a_thousand_heads_prove_consistent() -> None:
    hashes = [ledger.leaf_hash(bytes([n % 256, n // 256])) for n in range(1_000)]
    tiles = ledger.tiles_over(hashes)
    reads: Counter[tuple[int, int]] = Counter()

    def read(level: int, index: int) -> tuple[bytes, ...]:
        reads[level, index] += 1
        return tiles.get((level, index), ())

    frontier: ledger.Frontier = ()
    heads = [ledger.head(frontier)]
    for size, leaf in enumerate(hashes):
        frontier = ledger.grow(frontier, size, leaf)
        heads.append(ledger.head(frontier))
    chance = random.Random(3)
    edges = [1, 2, 3, 127, 128, 129, 255, 256, 257, 511, 512, 513, 767, 768, 769, 998, 999, 1000]
    pairs = [(a, b) for a in edges for b in edges if a <= b]
    pairs += [tuple(sorted(chance.sample(range(1, 1001), 2))) for _ in range(3_000)]  # type: ignore[misc]
    for first, second in pairs:
        reads.clear()
        path = ledger.prove_consistency(ledger.subtree_of(read), first, second)
        assert ledger.verify_consistency(first, second, heads[first], heads[second], path)
        assert sum(reads.values()) <= 4  # two tiles of each of two levels, never the leaves
        if path:
            place = chance.randrange(len(path))
            bad = [*path]
            bad[place] = bytes(32)
            assert not ledger.verify_consistency(first, second, heads[first], heads[second], bad)
            assert not ledger.verify_consistency(first, second, heads[first - 1], heads[second], path)
