"""Limits of reading: what one source may ask of the machine. Every one is checked before the work it bounds."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_zip_ratio` is unpacked : packed bytes of a workbook (checked above 16 MB unpacked), `max_depth` the
    nesting of JSON, `max_cells` the cells of one worksheet, `sample_records` how many records locate the table;
    text of `parallel_from_bytes` on goes through the parallel reader where it proves to read the same."""

    max_rows: int = 50_000_000
    max_columns: int = 2_000
    max_cell_chars: int = 1_000_000
    max_zip_bytes: int = 1 << 30
    max_zip_ratio: int = 200
    max_cells: int = 40_000_000
    max_depth: int = 64
    max_json_in_memory: int = 64 << 20
    sample_records: int = 400
    parallel_from_bytes: int = 4 << 20
