"""The folder of files built from releases, and its bound: what was used longest ago goes first, and what is asked for
after that is built again by a job.

The serving role and the gate speak through the folder itself: a release's folder carries the time of its last use, and
a mark says that somebody asked for a release whose files are not there. A file that is deleted stays readable to who
has it open; who comes after answers from the Parquet until it is back.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from gateway.serve.column_file import BUILDER_VERSION as COLUMN_BUILDER
from gateway.serve.row_file import BUILDER_VERSION as ROW_BUILDER
from gateway.serve.search_file import BUILDER_VERSION as SEARCH_BUILDER

__all__ = [
    "COLUMN_FILE",
    "ROW_FILE",
    "SEARCH_FILE",
    "SERVING_FILES",
    "cache_folder_of",
    "has_room",
    "held_bytes",
    "make_room",
    "mark_used",
    "mark_wanted",
    "take_wanted",
]

SERVING_FILES = "serving-files"
"""The kind of the jobs that build them."""

IDLE_S = 600.0
"""Who asks for a release again and again does not drive out what others have asked for in the last ten minutes: with
less room than is in use at one time, files would be built and deleted without end."""

# Names carry the builder's version: a newer builder builds anew beside the old file.
ROW_FILE = f"{ROW_BUILDER}.rows"
COLUMN_FILE = f"{COLUMN_BUILDER}.duckdb"
SEARCH_FILE = f"{SEARCH_BUILDER}.terms"

_RELEASE = re.compile(r"[0-9a-f]{64}")


def cache_folder_of(cache: Path, release_id: str) -> Path:
    """The folder of the caches of one release."""
    return cache / "releases" / release_id


def mark_used(folder: Path) -> None:
    """The folder's files were used now. One that is gone, or is another user's, stays as it is: it goes a little early."""
    with contextlib.suppress(FileNotFoundError, PermissionError):
        os.utime(folder)


def mark_wanted(cache: Path, release_id: str) -> None:
    """Somebody asked for a release whose files are not there. Where the mark cannot be written (a full disk), answers go
    on coming from the Parquet and the next look marks it."""
    with contextlib.suppress(OSError):
        marks = cache / "wanted"
        marks.mkdir(parents=True, exist_ok=True, mode=0o700)
        (marks / release_id).touch()


def take_wanted(cache: Path) -> list[str]:
    """The releases that were marked since the last call, and their marks gone."""
    marks = cache / "wanted"
    if not marks.is_dir():
        return []
    names = sorted(one.name for one in marks.iterdir() if _RELEASE.fullmatch(one.name))
    for name in names:
        (marks / name).unlink(missing_ok=True)
    return names


def has_room(cache: Path, most_bytes: int, now_s: float) -> bool:
    """Whether files may be built for who asks: there is room, or something to delete that nobody has used for
    `IDLE_S`. `now_s` in seconds of the epoch."""
    held = _held(cache)
    return sum(size for _, size, _ in held) < most_bytes or now_s - held[0][0] > IDLE_S


def held_bytes(cache: Path) -> int:
    """Bytes of the files of all releases."""
    return sum(size for _, size, _ in _held(cache))


def make_room(cache: Path, most_bytes: int, keep: str) -> list[str]:
    """Delete the files of releases, those used longest ago first, until all together hold at most `most_bytes`; the ids of
    those that went. `keep` stays, whatever its size: it has just been built for somebody."""
    held = _held(cache)
    total = sum(size for _, size, _ in held)
    gone = []
    for _, size, folder in held:
        if total <= most_bytes:
            break
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)
            total -= size
            gone.append(folder.name)
    return gone


def _held(cache: Path) -> list[tuple[float, int, Path]]:
    """(last use, bytes, folder) of each release's files, the longest unused first."""
    folders = cache / "releases"
    held = []
    for folder in folders.iterdir() if folders.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            size = sum(one.stat().st_size for one in folder.iterdir())
            held.append((folder.stat().st_mtime, size, folder))
    return sorted(held)
