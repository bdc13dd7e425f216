"""DuckDB's parallel CSV reader under a dialect we state, never its sniffer; its answer is taken only where it proves itself.

Proven = no error, every record of the stated width, and exactly as many records as line ends outside quotes. DuckDB
refuses cells that are no UTF-8; it lets NUL characters pass, so they are looked for beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import literal
from catalog.ingest.raw import named, raw_name
from catalog.ingest.records import Dialect

__all__ = ["CsvBody", "Lines", "load_clean"]

CHUNK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Lines:
    """Line feeds in a file; whether a last line is without one (`unfinished`), whether a NUL is anywhere."""

    ends: int
    unfinished: bool
    nul: bool


@dataclass(frozen=True, slots=True)
class CsvBody:
    """The records of a UTF-8 file below its first `head_lines` physical lines, each of `width` cells."""

    path: Path
    dialect: Dialect
    width: int
    head_lines: int
    max_cell_chars: int

    def is_readable(self) -> bool:
        """Whether the dialect is one that DuckDB reads as we do."""
        one = self.dialect
        plain = (
            len(one.delimiter.encode()) == 1 and one.escape == one.quote and not one.padded and not one.ruled
        )
        return plain and self.width >= 2

    def table(self) -> exp.Expr:
        """The call that reads it, as text columns c0, c1, …; empty cells are null."""
        names = [exp.Literal.string(raw_name(position)) for position in range(self.width)]
        text = exp.Literal.string("VARCHAR")
        options: dict[str, exp.Expr] = {
            "auto_detect": exp.false(),
            "columns": exp.Struct(
                expressions=[exp.PropertyEQ(this=name, expression=text.copy()) for name in names]
            ),
            "delim": literal(self.dialect.delimiter),
            "escape": literal(self.dialect.quote),
            "header": exp.false(),
            "max_line_size": literal(min(self.max_cell_chars, 2_000_000)),
            "nullstr": literal(""),
            "quote": literal(self.dialect.quote),
            "skip": literal(self.head_lines),
            "strict_mode": exp.true(),
        }
        arguments = [exp.EQ(this=exp.var(name), expression=value) for name, value in options.items()]
        return exp.Anonymous(this="read_csv", expressions=[literal(str(self.path)), *arguments])

    def count_lines(self) -> Lines:
        """The lines of the file, and whether any byte of it is zero."""
        count, last, nul = 0, b"\n", False
        with self.path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                count += chunk.count(b"\n")
                nul = nul or b"\x00" in chunk
                last = chunk[-1:]
        return Lines(count, last != b"\n", nul)

    def has_records(self, rows: int, lines: Lines) -> bool:
        """Whether the body has exactly so many records: line ends outside quotes. Where all line ends are as many,
        none stands inside quotes and the costly count is spared."""
        expected = rows + self.head_lines - lines.unfinished
        return lines.ends == expected or self._outside_quotes() == expected

    def _outside_quotes(self) -> int:
        outside, inside = 0, 0
        with self.path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                parts = chunk.split(self.dialect.quote.encode())
                outside += sum(part.count(b"\n") for part in parts[inside::2])
                inside = (inside + len(parts) - 1) % 2
        return outside


def load_clean(engine: DuckDBEngine, table: str, body: CsvBody) -> int | None:
    """Materialise the records as raw text; their number, None where the reader could not prove that it read every
    one (the table is then not to be used)."""
    if not body.is_readable():
        return None
    try:
        engine.create_table(table, exp.select("*").from_(body.table()))
    except duckdb.Error:
        return None
    read = engine.fetch(exp.select(exp.Count(this=exp.Star())).from_(named(table)))
    rows = int(read.column(0)[0].as_py())
    return rows if body.has_records(rows, body.count_lines()) else None
