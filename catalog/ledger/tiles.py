"""The tree as static tiles (C2SP tlog-tiles, height 8): their paths, how they grow, and subtree hashes read from them.

A tile of level L holds up to 256 hashes of complete subtrees of 256^L leaves; a full one never changes. Entries lie
in bundles of 256, each entry after its length in two bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.ledger.tree import Subtree, root

__all__ = [
    "ENTRIES",
    "EVENTS",
    "TILE_WIDTH",
    "Tile",
    "TileReader",
    "bundle_of",
    "bundles_of_tree",
    "entries_of",
    "grown_tiles",
    "hashes_of",
    "subtree_of",
    "tiles_of_tree",
]

HEIGHT = 8
TILE_WIDTH = 1 << HEIGHT
HASH_BYTES = 32
ENTRIES, EVENTS = "entries", "events"
# Six digits of levels' worth of tiles: 10^18 leaves, more than any database numbers.
_PATH = re.compile(
    r"(0|[1-9][0-9]?|entries|events)/((?:x[0-9]{3}/){0,5})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)

# (level, index) → the hashes that are stored of this tile, at least as many as asked for; empty when there is none.
TileReader = Callable[[int, int], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A place in the static layout: `kind` is a level ("0", "1", …), ``entries`` or ``events`` (ours: the public
    events of a bundle, a JSON line each), `width` 1..256 (256 = full)."""

    kind: str
    index: int
    width: int = TILE_WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH

    @property
    def path(self) -> str:
        """``tile/<L>/<N>[.p/<W>]``, N in groups of three digits, all but the last after an ``x``."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{self.kind}/{number}" + ("" if self.is_full else f".p/{self.width}")

    @classmethod
    def parse(cls, place: str) -> Tile:
        """The tile at a path without its ``tile/``. Raises ValueError unless it is spelt exactly as `path` does."""
        match = _PATH.fullmatch(place)
        if match is None:
            raise ValueError("no tile path")
        kind, upper, last, width = match.groups()
        index = int(upper.replace("x", "").replace("/", "") + last)
        tile = cls(kind, index, int(width) if width else TILE_WIDTH)
        # leading zero groups, levels above 63 and widths above 255 would be second names of a tile, or of none
        if tile.path != f"tile/{place}" or tile.width > TILE_WIDTH or (kind.isdigit() and int(kind) > 63):
            raise ValueError("no tile path")
        return tile


def tiles_of_tree(size: int) -> tuple[Tile, ...]:
    """Every hash tile of a tree of `size` leaves, level by level."""
    found, level = [], 0
    while size:
        found += _row(str(level), size)
        size, level = size >> HEIGHT, level + 1
    return tuple(found)


def bundles_of_tree(size: int, kind: str = ENTRIES) -> tuple[Tile, ...]:
    """Every bundle of entries (or of events) of a tree of `size` leaves."""
    return tuple(_row(kind, size))


def _row(kind: str, count: int) -> list[Tile]:
    full = [Tile(kind, index) for index in range(count >> HEIGHT)]
    rest = count % TILE_WIDTH
    return [*full, Tile(kind, count >> HEIGHT, rest)] if rest else full


def grown_tiles(read: TileReader, size: int, leaf: bytes) -> tuple[tuple[int, int, bytes], ...]:
    """What to store after leaf number `size` (0-based): (level, index, hashes of the tile in one string).

    One tile, and one more for each level whose tile this leaf fills. Raises ValueError when a stored tile does not
    hold as many hashes as it must: what lies there is not this ledger.
    """
    changed, node, level = [], leaf, 0
    while True:
        place = size >> (HEIGHT * level)
        held = place % TILE_WIDTH
        known = list(read(level, place >> HEIGHT)) if held else []
        if len(known) != held:
            raise ValueError("a stored tile has another width")
        hashes = [*known, node]
        changed.append((level, place >> HEIGHT, b"".join(hashes)))
        if len(hashes) < TILE_WIDTH:
            return tuple(changed)
        node, level = root(hashes), level + 1


def subtree_of(read: TileReader) -> Subtree:
    """Subtree hashes out of tiles, each tile read once. Raises LookupError for one that is not stored."""
    once = cache(lambda level, index: tuple(read(level, index)))

    def subtree(height: int, number: int) -> bytes:
        level, inside = divmod(height, HEIGHT)
        first = number << inside
        offset = first % TILE_WIDTH
        hashes = once(level, first >> HEIGHT)[offset : offset + (1 << inside)]
        if len(hashes) != 1 << inside:
            raise LookupError("tile")
        return root(hashes)

    return subtree


def hashes_of(tile: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile. Raises ValueError when it is no sequence of whole ones."""
    if len(tile) % HASH_BYTES or len(tile) > TILE_WIDTH * HASH_BYTES:
        raise ValueError("no tile")
    return tuple(tile[place : place + HASH_BYTES] for place in range(0, len(tile), HASH_BYTES))


def bundle_of(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length, a big-endian uint16."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_of(bundle: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises ValueError when it ends inside one."""
    entries, place = [], 0
    while place < len(bundle):
        length = int.from_bytes(bundle[place : place + 2], "big")
        entry = bundle[place + 2 : place + 2 + length]
        if place + 2 > len(bundle) or len(entry) != length:
            raise ValueError("no entry bundle")
        entries.append(entry)
        place += 2 + length
    return tuple(entries)
