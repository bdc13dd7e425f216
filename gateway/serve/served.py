"""One release as the serving side sees it: the record of what was let out, and the local files that answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.release import Release

__all__ = ["Served"]


@dataclass(frozen=True, slots=True)
class Served:
    """`parquet` is the release itself; `row_file` (mapped JSON lines), `column_file` (DuckDB) and `search_file` (mapped
    postings) are caches built from it, None until they are ready (or, for a small release, the last two never)."""

    release: Release
    parquet: Path
    row_file: Path | None = None
    column_file: Path | None = None
    search_file: Path | None = None
