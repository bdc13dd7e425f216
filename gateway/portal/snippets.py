"""Ready-to-run calls of one dataset's API in four tools, and the formats it can be downloaded in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.dataset import ColumnType
from catalog.release import Release

__all__ = ["Snippet", "formats_of", "safe_base", "snippets"]

# Only what a host and port may hold: the address comes from the request and is printed for people to run.
BASE = re.compile(r"https?://[A-Za-z0-9.\-_:\[\]]+(?:/[A-Za-z0-9._~\-/]*)?")
EXCEL_ROWS = 1_048_575  # a sheet has 2**20 rows, one of them the header


@dataclass(frozen=True, slots=True)
class Snippet:
    """`tool` is a name people know it by; `code` is complete."""

    tool: str
    code: str


def safe_base(base_url: str) -> str:
    """The public address without a final slash; "" when it could not be pasted into a shell."""
    return base_url.rstrip("/") if BASE.fullmatch(base_url) else ""


def formats_of(release: Release) -> tuple[str, ...]:
    """Formats offered for download; what cannot hold this release is not offered."""
    geometry = any(one.column.type is ColumnType.GEOMETRY for one in release.columns)
    offered = ["csv", "json", "ndjson", *(["geojson"] if geometry else [])]
    offered += ["xlsx"] if release.rows <= EXCEL_ROWS else []
    return (*offered, "parquet", "arrow")


def snippets(release: Release, base: str) -> tuple[Snippet, ...]:
    """Calls of the dataset's own API under `base` (an address `safe_base` let through)."""
    api = f"{base}/api/v1/datasets/{release.dataset.id}"
    return (
        Snippet(
            "curl",
            f"curl '{api}/records?limit=10'\n"
            f"curl '{api}/aggregate?metrics=count'\n"
            f"curl -o {release.dataset.id}.csv '{api}/export.csv'",
        ),
        Snippet(
            "Python · pandas",
            f'import pandas as pd\n\ntable = pd.read_parquet(\n    "{api}/export.parquet"\n)\nprint(table.head())',
        ),
        Snippet(
            "DuckDB",
            f"INSTALL httpfs;\nLOAD httpfs;\nFROM read_parquet(\n  '{api}/export.parquet'\n)\nLIMIT 10;",
        ),
        Snippet(
            "JavaScript",
            f'const answer = await fetch(\n  "{api}/records?limit=10"\n);\n'
            "const { records, next } = await answer.json();\nconsole.table(records);",
        ),
    )
