"""A zip of data files as one source: the only one, the one answered, or all of them where they are one table in parts.

Parts are one table where all have the same column names in the same order and types that need no guess to unite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from catalog.dataset import Column, ColumnType, ReadingChoice
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column
from catalog.errors import BadInput, Where
from catalog.ingest.answers import Answers
from catalog.ingest.limits import Limits
from catalog.ingest.raw import named
from catalog.ingest.signature import data_members
from catalog.ingest.source import Source
from catalog.ingest.zipfile_archive import unpack
from catalog.text import Text

if TYPE_CHECKING:
    from catalog.ingest.reading import Reading

__all__ = ["read_archive"]

MAX_PARTS = 500


def read_archive(
    engine: DuckDBEngine,
    source: Source,
    names: Sequence[str],
    folder: Path,
    table: str,
    answers: Answers,
    limits: Limits,
    read_one: Callable[[Source, str], Reading],
) -> Reading:
    """The reading of a zip; `read_one` reads an unpacked file into a table of the engine.

    Raises BadInput: several files that are not one table, an unknown member; TooLarge.
    """
    members = data_members(names)
    wanted = answers.get("member")
    if wanted is not None and wanted not in members:
        raise _which(
            source.name, members, Text("压缩包里没有这个文件", "There is no such file in the archive")
        )
    chosen = (wanted,) if wanted is not None else members
    if len(chosen) > MAX_PARTS:
        raise _which(
            source.name, members, Text("压缩包里的文件太多", "There are too many files in the archive")
        )
    parts: list[Reading] = []
    for place, member in enumerate(chosen):
        unpacked = unpack(source, member, folder, limits)
        try:
            parts.append(read_one(unpacked, table if len(chosen) == 1 else f"{table}:{place}"))
        finally:
            unpacked.path.unlink(missing_ok=True)
    if len(parts) == 1:
        how = Text("压缩包里的数据文件", "the data file in the archive")
        only = answers.chosen("member", chosen[0], how, certain=len(members) == 1)
        return replace(parts[0], choices=(only, *parts[0].choices))
    try:
        return _stacked(engine, source, chosen, parts, folder, table, answers)
    finally:
        for part in parts:
            part.path.unlink(missing_ok=True)


def _stacked(
    engine: DuckDBEngine,
    source: Source,
    members: Sequence[str],
    parts: Sequence[Reading],
    folder: Path,
    table: str,
    answers: Answers,
) -> Reading:
    schema = tuple(
        _united([part.schema[place] for part in parts if place < len(part.schema)])
        for place in range(len(parts[0].schema))
    )
    same = all([one.name for one in part.schema] == [one.name for one in parts[0].schema] for part in parts)
    if not same or None in schema:
        raise _which(
            source.name,
            members,
            Text("压缩包里有多个不同的表", "There are several different tables in the archive"),
        )
    columns = tuple(one for one in schema if one is not None)
    selects = [
        exp.select(
            *(exp.cast(column(one.name), one.type.sql).as_(one.name, quoted=True) for one in columns)
        ).from_(named(part.table))
        for part in parts
    ]
    path = folder / f"{table}.parquet"
    union = selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False, dialect="duckdb")
    rows = engine.write_parquet(exp.select("*").from_(union.subquery("parts")), path, "snappy")
    if rows != sum(part.rows for part in parts):
        raise RuntimeError(f"{sum(part.rows for part in parts)} rows were read and {rows} stacked")
    engine.register_parquet(table, path, numbered=True)
    how = Text(
        f"压缩包里 {len(parts)} 个文件的列相同，按名称顺序上下相接",
        f"{len(parts)} files of the archive have the same columns and are stacked in the archive's order",
    )
    stacked = answers.chosen("member", ", ".join(members[:40]), how)
    choices = (stacked, *_merged(members, parts))
    rejected = tuple(one for part in parts for one in part.rejected)[:100]
    return replace(
        parts[0],
        path=path,
        table=table,
        schema=columns,
        rows=rows,
        choices=choices,
        rejected_rows=sum(part.rejected_rows for part in parts),
        rejected=rejected,
    )


def _united(columns: Sequence[Column]) -> Column | None:
    """One column for the same column of all parts, None where their types differ in more than whole and broken numbers."""
    types = {one.type for one in columns}
    if len(types) == 1:
        return columns[0]
    return (
        replace(columns[0], type=ColumnType.DOUBLE)
        if types == {ColumnType.INTEGER, ColumnType.DOUBLE}
        else None
    )


def _merged(members: Sequence[str], parts: Sequence[Reading]) -> list[ReadingChoice]:
    """One choice per kind: its value where all parts agree, else the value of each file."""
    found: dict[str, list[tuple[str, ReadingChoice]]] = {}
    for member, part in zip(members, parts, strict=True):
        for one in part.choices:
            found.setdefault(one.what, []).append((member, one))
    merged = []
    for choices in found.values():
        first = choices[0][1]
        values = {one.value for _, one in choices}
        agreed = len(values) == 1 and len(choices) == len(parts)
        value = first.value if agreed else "; ".join(f"{member}: {one.value}" for member, one in choices[:20])
        merged.append(replace(first, value=value, certain=all(one.certain for _, one in choices)))
    return merged


def _which(file: str, members: Sequence[str], message: Text) -> BadInput:
    shown = members[:20]
    return BadInput(
        message,
        Text(
            f"请以 --set reading:member=文件名 指定一个：{'、'.join(shown)}",
            f"Name one with --set reading:member=NAME: {', '.join(shown)}",
        ),
        Where(file=file, parameter="member"),
    )
