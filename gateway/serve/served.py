"""One release as the serving side sees it: the record of what was let out, and the local files that answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog.release import Release
from catalog.service import Service

__all__ = ["Served", "ServedService"]


@dataclass(frozen=True, slots=True)
class Served:
    """`parquet` is the release itself; `row_file` (mapped JSON lines), `column_file` (DuckDB) and `search_file` (mapped
    postings) are caches built from it, None until they are ready (or, for a small release, the last two never)."""

    release: Release
    parquet: Path
    row_file: Path | None = None
    column_file: Path | None = None
    search_file: Path | None = None


@dataclass(frozen=True, slots=True)
class ServedService:
    """One version of an operation. A joined one answers from its `view`, made of the releases of `resting` (dataset →
    number), None while there is none; one over a single dataset answers from the dataset's own release."""

    service: Service
    view: Served | None = None
    resting: Mapping[str, int] = field(default_factory=dict)
