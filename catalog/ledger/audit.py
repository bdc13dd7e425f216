"""The ledger checked from outside: public files in, everything that does not fit out. Needs no database and no secret.

What is checked: the head's signatures, that entries and tiles give its root, that it continues an older head, every
public event against its commitment, and the catalogue against the openings, withdrawals and lists the events tell of.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.errors import NotFound, TooLarge
from catalog.ledger.event import COMMITMENT_BYTES, PUBLIC_EVENTS, canonical_json, commitment
from catalog.ledger.history import history_of
from catalog.ledger.note import (
    MAX_NOTE_BYTES,
    Checkpoint,
    MalformedNote,
    VerifierKey,
    open_note,
    parse_checkpoint,
    parse_note,
)
from catalog.ledger.tiles import (
    EVENTS,
    TILE_WIDTH,
    Tile,
    bundles_of_tree,
    entries_of,
    hashes_of,
    tiles_of_tree,
)
from catalog.ledger.tree import leaf_hash, root
from catalog.text import Text

__all__ = [
    "BEFORE_LISTS",
    "Audit",
    "Discrepancy",
    "Excluded",
    "ReadFile",
    "audit",
    "event_line",
    "tiles_over",
]

# (path below the ledger's address, most bytes) → the file. Raises NotFound or TooLarge.
ReadFile = Callable[[str, int], bytes]

MAX_TILE_BYTES = TILE_WIDTH * 32
MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + COMMITMENT_BYTES)
MAX_EVENTS_BYTES = 32 << 20
# Event and catalogue name these alike.
TOLD_ALIKE = (
    ("release", "release"),
    ("rows", "rows"),
    ("list_version", "list_version"),
    ("contract", "contract"),
    ("at", "published_at"),
)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that does not fit: `what` is ``file``, ``ledger`` or ``release``, `id` names it."""

    what: str
    id: str
    text: Text


BEFORE_LISTS = Text(
    "发布早于账本首次记载清单，无法核对其依据的清单",
    "released before the first list was recorded: by which list it was judged cannot be checked",
)


@dataclass(frozen=True, slots=True)
class Excluded:
    """A dataset of which one thing was not checked, because the ledger itself shows that it could not be."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Audit:
    """What was checked: the head's `size`, `events` that are public, `datasets` of the catalogue, and the size of the
    head that every given witness has signed (None: no witness was asked for); `excluded` was left out of it."""

    size: int = 0
    events: int = 0
    datasets: int = 0
    witnessed: int | None = None
    discrepancies: tuple[Discrepancy, ...] = ()
    excluded: tuple[Excluded, ...] = ()


class _Broken(Exception):
    """Nothing behind this can be checked."""

    def __init__(self, id_: str, text: Text) -> None:
        super().__init__(text.en)
        self.discrepancy = Discrepancy("ledger", id_, text)


def event_line(index: int, event: Mapping[str, object] | None, salt: bytes) -> bytes:
    """One line of an event bundle: the event with its salt where it is public, only its index where it is not."""
    told: dict[str, object] = {"index": index}
    if event is not None:
        told |= {"event": dict(event), "salt": base64.b64encode(salt).decode()}
    return canonical_json(told) + b"\n"


def audit(
    read: ReadFile,
    catalogue: Sequence[Mapping[str, Any]],
    log: VerifierKey,
    witnesses: Sequence[VerifierKey] = (),
    old: bytes | None = None,
) -> Audit:
    """Check everything. `catalogue` holds the datasets of ``/api/v1/datasets``, `old` an older checkpoint, as kept.

    The log's key decides about the old checkpoint too: one of another ledger is a discrepancy.
    """
    done = Audit()
    try:
        content = _file(read, "checkpoint", MAX_NOTE_BYTES)
        newest, missing = _opened(content, "checkpoint", log, witnesses)
        done = replace(done, size=newest.size)
        entries = _entries(read, newest.size)
        hashes = [leaf_hash(entry) for entry in entries]
        found = _tree(read, hashes, newest)
        if old is not None:
            found += _continues(hashes, _opened(old, "old checkpoint", log)[0], "old checkpoint")
        if witnesses:
            seen = _witnessed(read, log, witnesses) if missing else newest
            found += _continues(hashes, seen, "witnessed")
            done = replace(done, witnessed=seen.size)
        events, wrong = _events(read, entries)
    except _Broken as broken:
        return replace(done, discrepancies=(broken.discrepancy,))
    unlike, excluded = _catalogue(catalogue, events)
    found += wrong + unlike
    return replace(
        done, events=len(events), datasets=len(catalogue), discrepancies=tuple(found), excluded=excluded
    )


def _file(read: ReadFile, path: str, most: int) -> bytes:
    try:
        return read(path, most)
    except NotFound:
        raise _Broken(path, Text("缺少这个公开文件", "this public file is missing")) from None
    except TooLarge:
        raise _Broken(path, Text("这个公开文件过大", "this public file is too large")) from None


def _opened(
    content: bytes, name: str, log: VerifierKey, witnesses: Sequence[VerifierKey] = ()
) -> tuple[Checkpoint, tuple[str, ...]]:
    """The checkpoint in a note of the log's, and the names of the witnesses that have not signed it."""
    try:
        note = parse_note(content)
        signed = open_note(note, (log, *witnesses))
        head = parse_checkpoint(note.text)
    except MalformedNote:
        text = Text("检查点不是由所给公钥有效签名的", "no checkpoint that the given keys have validly signed")
        raise _Broken(name, text) from None
    if log not in signed or head.origin != log.name:
        raise _Broken(name, Text("检查点属于另一本账本", "the checkpoint is another ledger's"))
    return head, tuple(key.name for key in witnesses if key not in signed)


def _witnessed(read: ReadFile, log: VerifierKey, witnesses: Sequence[VerifierKey]) -> Checkpoint:
    """The newest head that all the witnesses have signed, where they are behind the newest of all."""
    head, missing = _opened(_file(read, "witnessed", MAX_NOTE_BYTES), "witnessed", log, witnesses)
    if missing:
        text = Text(f"没有见证人 {missing[0]} 的签名", f"the witness {missing[0]} has not signed it")
        raise _Broken("witnessed", text)
    return head


def _entries(read: ReadFile, size: int) -> list[bytes]:
    entries: list[bytes] = []
    for number in range(-(-size // TILE_WIDTH)):  # not all paths at once: a head may claim any size
        bundle = Tile("entries", number, min(TILE_WIDTH, size - number * TILE_WIDTH))
        try:
            held = entries_of(_file(read, bundle.path, MAX_BUNDLE_BYTES))
        except ValueError:
            held = ()
        if len(held) != bundle.width or any(len(entry) != COMMITMENT_BYTES for entry in held):
            raise _Broken(bundle.path, Text("不是该宽度的条目包", "no entry bundle of this width"))
        entries += held
    return entries


def _tree(read: ReadFile, hashes: Sequence[bytes], newest: Checkpoint) -> list[Discrepancy]:
    """Whether the entries give the head, and every tile holds what the entries say."""
    found = []
    if root(hashes) != newest.root:
        text = Text("条目算不出检查点的树根", "the entries do not give the checkpoint's root")
        found.append(Discrepancy("ledger", "checkpoint", text))
    expected = tiles_over(hashes)
    for tile in tiles_of_tree(newest.size):
        try:
            held: Sequence[bytes] = hashes_of(_file(read, tile.path, MAX_TILE_BYTES))
        except ValueError:
            held = ()
        if held != expected[int(tile.kind), tile.index]:
            text = Text("这一分片与条目不符", "this tile does not hold what the entries say")
            found.append(Discrepancy("ledger", tile.path, text))
    return found


def tiles_over(hashes: Sequence[bytes]) -> dict[tuple[int, int], tuple[bytes, ...]]:
    """The hash tiles of a tree, from its leaf hashes: (level, index) → hashes."""
    tiles: dict[tuple[int, int], tuple[bytes, ...]] = {}
    level = 0
    while hashes:
        rows = [tuple(hashes[place : place + TILE_WIDTH]) for place in range(0, len(hashes), TILE_WIDTH)]
        tiles |= {(level, index): row for index, row in enumerate(rows)}
        hashes = [root(row) for row in rows if len(row) == TILE_WIDTH]
        level += 1
    return tiles


def _continues(hashes: Sequence[bytes], older: Checkpoint, name: str) -> list[Discrepancy]:
    if older.size > len(hashes):
        text = Text(
            f"账本比它短：{len(hashes)} < {older.size}",
            f"the ledger is shorter: {len(hashes)} < {older.size}",
        )
    elif root(hashes[: older.size]) != older.root:
        text = Text("现在的账本不是它的延续", "the ledger of now does not continue it")
    else:
        return []
    return [Discrepancy("ledger", name, text)]


def _events(
    read: ReadFile, entries: Sequence[bytes]
) -> tuple[dict[int, Mapping[str, Any]], list[Discrepancy]]:
    """The public events by index, each held against its commitment."""
    events: dict[int, Mapping[str, Any]] = {}
    found = []
    for bundle in bundles_of_tree(len(entries), EVENTS):
        lines = _file(read, bundle.path, MAX_EVENTS_BYTES).split(b"\n")
        if len(lines) != bundle.width + 1 or lines[-1]:
            raise _Broken(bundle.path, Text("不是该宽度的事件包", "no event bundle of this width"))
        for index, line in enumerate(lines[:-1], bundle.index * TILE_WIDTH):
            try:
                event = _event(line, index, entries[index])
            except ValueError:
                text = Text("公开的事件与其承诺值不符", "the public event does not match its commitment")
                found.append(Discrepancy("ledger", f"event {index}", text))
                continue
            if event is not None:
                events[index] = event
    return events, found


def _event(line: bytes, index: int, entry: bytes) -> Mapping[str, Any] | None:
    """The event of a line, None where it is not public. Raises ValueError unless it is exactly what was committed to."""
    try:
        told = json.loads(line)
        event, salt = told.get("event"), base64.b64decode(told.get("salt", ""), validate=True)
    except (ValueError, AttributeError, TypeError, RecursionError, binascii.Error):
        raise ValueError("no event") from None
    if event is not None and not isinstance(event, dict):
        raise ValueError("no event")
    # written anew it must be the same line: no second spelling, nothing beside it, no other index
    if event_line(index, event, salt) != line + b"\n":
        raise ValueError("another spelling")
    if event is not None and (event.get("kind") not in PUBLIC_EVENTS or commitment(event, salt) != entry):
        raise ValueError("another event")
    return event


def _catalogue(
    catalogue: Sequence[Mapping[str, Any]], events: Mapping[int, Mapping[str, Any]]
) -> tuple[list[Discrepancy], tuple[Excluded, ...]]:
    """Whether the catalogue shows exactly what the ledger says is open, the same of each, under the list of its time;
    and those whose list cannot be told, because the ledger had recorded none yet."""
    history = history_of(events)
    open_at = history.open_at
    found, excluded = [], []
    for shown in catalogue:
        dataset = str(shown.get("id"))
        place = open_at.pop(dataset, None)
        if place is None and history.is_withdrawn(dataset):
            text = Text("账本记载其已撤回", "the ledger says that it has been withdrawn")
        elif place is None or shown.get("ledger_index") != place:
            text = Text("账本中没有这次发布", "the ledger has no such opening")
        elif not _told_alike(shown, events[place]):
            text = Text("目录与账本所载的这次发布不符", "the catalogue and the ledger tell of it differently")
        elif history.before_lists(place):
            excluded.append(Excluded(_printable(dataset), BEFORE_LISTS))
            continue
        elif not history.was_under(place, shown.get("list_version")):
            text = Text(
                "账本记载其发布时生效的是另一版清单", "by the ledger another list was in force at its opening"
            )
        else:
            continue
        found.append(Discrepancy("release", _printable(dataset), text))
    text = Text("账本记载其已开放，目录中却没有", "open by the ledger, but not in the catalogue")
    found += [Discrepancy("release", _printable(dataset), text) for dataset in open_at]
    return found, tuple(excluded)


def _printable(name: str) -> str:
    """A name out of somebody else's file, fit for a terminal."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name[:100])


def _told_alike(shown: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    columns = shown.get("columns")
    if not isinstance(columns, list) or not all(isinstance(one, dict) for one in columns):
        return False
    names = [one.get("name") for one in columns]
    # 1 == True in Python; in a ledger a count is no truth value
    alike = all(
        event.get(told) == shown.get(seen) and type(event.get(told)) is type(shown.get(seen))
        for told, seen in TOLD_ALIKE
    )
    return alike and event.get("columns") == names
