"""Reading a source: sniff → decode → locate the table → type. The steps are one table, the outcome says every choice.

What cannot be read is a `BadInput` with the way out; what was read is one Parquet file of typed columns, and nothing
between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from sqlglot import exp

from catalog.dataset import Column, ColumnType, ReadingChoice, RejectedRow, Schema
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column, literal
from catalog.errors import BadInput, TooLarge, Where
from catalog.ingest.answers import Answers
from catalog.ingest.calamine_workbook import read_workbook
from catalog.ingest.clean_csv import read_clean
from catalog.ingest.delimited import read_delimited
from catalog.ingest.encoding import decode
from catalog.ingest.json_text import read_json, read_ndjson
from catalog.ingest.limits import Limits
from catalog.ingest.pyarrow_parquet import read_parquet
from catalog.ingest.raw import RawTable, named, raw_name
from catalog.ingest.signature import Format, of_text, recognise
from catalog.ingest.source import Source
from catalog.ingest.stacked import read_archive
from catalog.ingest.terms import call
from catalog.ingest.trim import Trimmed, trim
from catalog.ingest.typed import Proven, prove
from catalog.ingest.written import unit_in, written_choices
from catalog.ingest.zipfile_archive import archive_names, check_archive
from catalog.text import Text

__all__ = ["Reading", "read"]

HEAD_BYTES = 8_192
NUMERIC = (ColumnType.INTEGER, ColumnType.DOUBLE, ColumnType.DECIMAL)
MARKERS = (-9999, -999, -99999)


@dataclass(frozen=True, slots=True)
class Reading:
    """`path` is the Parquet file of the columns of `schema`, `table` the engine's view of it with `_row` (1-based) in
    front; `rows` its rows.

    `rejected` holds at most 100 examples of the `rejected_rows` that could not be read.
    """

    path: Path
    table: str
    schema: Schema
    rows: int
    choices: tuple[ReadingChoice, ...]
    rejected_rows: int = 0
    rejected: tuple[RejectedRow, ...] = ()


def read(
    engine: DuckDBEngine,
    source: Source,
    spool_folder: Path,
    table: str = "received",
    overrides: Mapping[str, str] = {},  # never written to
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Reading:
    """Read a source into a new file of `spool_folder`, the engine's `table`. `overrides` maps a choice's slug to the
    steward's answer.

    Raises BadInput (with file, line or column, and remedy) where it cannot be read, TooLarge over a limit.
    """
    answers = Answers(overrides, source.name)
    answers.check()
    raw_table = f"{table}:raw"
    spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    typed = spool_folder / f"{table}.parquet"
    try:
        with source.path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        names = archive_names(source) if head.startswith(b"PK") else ()
        kind = recognise(head, names, source.name)
        if kind is Format.ARCHIVE:
            rest = {what: answer for what, answer in overrides.items() if what != "member"}
            return read_archive(
                engine,
                source,
                names,
                spool_folder,
                table,
                answers,
                limits,
                lambda part, into: read(engine, part, spool_folder, into, rest, limits),
            )
        if kind is Format.TEXT and source.bytes >= limits.parallel_from_bytes:
            clean = _clean(engine, source, table, typed, answers, limits)
            if clean is not None:
                return clean
        raw = _raw(engine, source, kind, names, spool_folder, raw_table, answers, limits)
        if not raw.rows:
            raise _no_rows(source.name, raw)
        return _typed(engine, raw, table, typed, answers, source.name)
    except duckdb.OutOfMemoryException:
        raise TooLarge(
            Text("内存不足以读取这个文件", "There is not enough memory to read this file"),
            Text(
                "请拆分后提交，或由管理员提高内存上限",
                "Split it, or ask an administrator to raise the memory limit",
            ),
            Where(file=source.name),
        ) from None
    finally:
        engine.connection.execute(
            exp.Drop(tables=[named(raw_table)], kind="TABLE", exists=True).sql("duckdb")
        )


def _clean(
    engine: DuckDBEngine, source: Source, table: str, typed: Path, answers: Answers, limits: Limits
) -> Reading | None:
    """The reading of a large delimited text without any doubt; None where it has to be read with care."""
    kind = Format.TEXT if answers.get("delimiter") else of_text(_text_head(source.path), source.name)
    clean = read_clean(engine, source, table, typed, answers, limits) if kind is Format.TEXT else None
    if clean is None:
        return None
    raw, proven = clean
    return _reading(engine, raw, table, typed, proven, list(range(len(raw.names))), (), raw.rows, answers)


def _raw(
    engine: DuckDBEngine,
    source: Source,
    kind: Format,
    names: tuple[str, ...],
    spool_folder: Path,
    raw_table: str,
    answers: Answers,
    limits: Limits,
) -> RawTable:
    if kind is Format.WORKBOOK:
        if names:
            check_archive(source, limits)
        return read_workbook(engine, source, raw_table, answers, limits)
    if kind is Format.PARQUET:
        return read_parquet(engine, source, raw_table, answers, limits)
    decoded = decode(source, spool_folder, answers)
    try:
        raw = _from_text(engine, decoded.path, source.name, raw_table, answers, limits)
    finally:
        if decoded.temporary:
            decoded.path.unlink(missing_ok=True)
    return replace(raw, choices=(decoded.choice, *raw.choices))


def _from_text(
    engine: DuckDBEngine, path: Path, file: str, raw_table: str, answers: Answers, limits: Limits
) -> RawTable:
    kind = Format.TEXT if answers.get("delimiter") else of_text(_text_head(path), file)
    if kind is Format.JSON:
        return read_json(engine, path, file, raw_table, answers, limits)
    if kind is Format.NDJSON:
        return read_ndjson(engine, path, file, raw_table, answers, limits)
    return read_delimited(engine, path, file, raw_table, answers, limits)


def _text_head(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return stream.read(65_536)


def _typed(
    engine: DuckDBEngine, raw: RawTable, table: str, typed: Path, answers: Answers, file: str
) -> Reading:
    trimmed = trim(engine, raw, answers)
    if not trimmed.rows:
        raise _no_rows(file, raw)
    marker = answers.get("missing_marker")
    value = _cell(marker if marker not in (None, "kept") else None, raw.fixed)
    proven = prove(engine, raw, trimmed.kept, value, answers.refused())
    kept_columns = _without_empty_unnamed(engine, raw, trimmed, proven)
    rows = engine.write_parquet(_columns(raw, trimmed, proven, kept_columns, value), typed, "snappy")
    if rows != trimmed.rows:
        raise RuntimeError(f"{trimmed.rows} rows were read and {rows} typed")
    engine.register_parquet(table, typed, numbered=True)
    return _reading(engine, raw, table, typed, proven, kept_columns, trimmed.choices, rows, answers)


def _reading(
    engine: DuckDBEngine,
    raw: RawTable,
    table: str,
    typed: Path,
    proven: tuple[Proven, ...],
    positions: list[int],
    trims: tuple[ReadingChoice, ...],
    rows: int,
    answers: Answers,
) -> Reading:
    schema = tuple(_column(raw.names[position], proven[position]) for position in positions)
    proven = _with_whole_identifiers(engine, table, raw.names, proven, positions)
    choices = [*raw.choices, *trims, *_type_choices(raw, proven, positions, answers)]
    comma = any(one.what == "delimiter" and one.value == ";" for one in raw.choices)
    written = {raw.names[position]: proven[position] for position in positions}
    choices.extend(written_choices(written, {one.name: one.unit for one in schema}, rows, comma, answers))
    choices.extend(_marker_choices(engine, table, schema, answers))
    return Reading(typed, table, schema, rows, tuple(choices), raw.rejected_rows, raw.rejected)


def _column(name: str, proven: Proven) -> Column:
    unit = proven.form.unit if proven.form else None
    return Column(name, proven.type, unit=unit or (unit_in(name) if proven.type in NUMERIC else None))


def _cell(marker: str | None, fixed: Mapping[int, ColumnType]) -> Callable[[int, bool], exp.Expr]:
    def value(position: int, stripped: bool) -> exp.Expr:
        cell: exp.Expr = column(raw_name(position))
        if position in fixed:
            return _without(cell, marker, fixed[position])
        if stripped:
            cell = exp.Nullif(this=exp.Trim(this=cell), expression=literal(""))
        return exp.Nullif(this=cell, expression=literal(marker)) if marker is not None else cell

    return value


def _without(cell: exp.Expr, marker: str | None, kind: ColumnType) -> exp.Expr:
    """A cell of a declared type, null where it equals the marker as a value of that type."""
    if marker is None or kind not in NUMERIC:
        return cell
    same = exp.TryCast(this=literal(marker), to=exp.DataType.build(kind.sql, dialect="duckdb"))
    return exp.Nullif(this=cell, expression=same)


def _columns(
    raw: RawTable,
    trimmed: Trimmed,
    proven: tuple[Proven, ...],
    positions: list[int],
    value: Callable[[int, bool], exp.Expr],
) -> exp.Select:
    """The typed columns of the kept rows, in the file's order."""
    columns = []
    for position in positions:
        one = proven[position]
        cell = one.cleaning.of(value(position, one.cleaning.trimmed))
        written = one.form.cast(cell) if one.form else cell
        columns.append(exp.alias_(written, raw.names[position], quoted=True, copy=False))
    select = exp.Select(expressions=columns).from_(named(raw.table), copy=False)
    return select.where(trimmed.kept) if trimmed.kept is not None else select


def _without_empty_unnamed(
    engine: DuckDBEngine, raw: RawTable, trimmed: Trimmed, proven: tuple[Proven, ...]
) -> list[int]:
    """All columns but those with neither a name nor a value (spreadsheets export such tails)."""
    every = list(range(len(raw.names)))
    unnamed = [position for position in every if raw.header is not None and not raw.header[position].strip()]
    if not unnamed:
        return every
    counts = exp.select(*(exp.Count(this=column(raw_name(position))) for position in unnamed)).from_(
        named(raw.table)
    )
    found = engine.fetch(counts.where(trimmed.kept) if trimmed.kept is not None else counts)
    empty = {position for place, position in enumerate(unnamed) if not found.column(place)[0].as_py()}
    return [position for position in every if position not in empty] or every


def _type_choices(
    raw: RawTable, proven: tuple[Proven, ...], positions: list[int], answers: Answers
) -> list[ReadingChoice]:
    choices = []
    dropped = len(raw.names) - len(positions)
    if dropped:
        choices.append(
            answers.chosen(
                "empty_columns",
                str(dropped),
                Text("没有列名也没有值的列已略去", "columns with neither name nor value were left out"),
            )
        )
    identifiers = [raw.names[position] for position in positions if proven[position].identifier]
    if identifiers:
        choices.append(
            answers.chosen(
                "text_identifiers",
                ", ".join(identifiers[:40]),
                Text(
                    "这些列全是数字，但表示编码或号码（前导零、固定长度或列名），按文本保留",
                    "all digits, but codes or numbers of things (leading zeros, one length, or the name says so): kept as text",
                ),
            )
        )
    zoned = [
        raw.names[position]
        for position in positions
        if (form := proven[position].form) and form.name.endswith("zone")
    ]
    if zoned:
        choices.append(
            answers.chosen(
                "time_zone",
                "UTC",
                Text(
                    f"带时区的时间已换算为 UTC（{'、'.join(zoned[:10])}）",
                    f"timestamps with a zone are converted to UTC ({', '.join(zoned[:10])})",
                ),
            )
        )
    return choices


def _with_whole_identifiers(
    engine: DuckDBEngine, table: str, names: tuple[str, ...], proven: tuple[Proven, ...], positions: list[int]
) -> tuple[Proven, ...]:
    """`identifier` only where every cell is digits: a sample has said so, here the whole column does."""
    said = [position for position in positions if proven[position].identifier]
    if not said:
        return proven
    other = [
        call("bool_or", exp.Glob(this=column(names[position]), expression=literal("*[!0-9]*"))).as_(
            raw_name(position)
        )
        for position in said
    ]
    (found,) = engine.fetch(exp.select(*other).from_(named(table))).to_pylist()
    return tuple(
        replace(one, identifier=one.identifier and not found[raw_name(position)])
        for position, one in enumerate(proven)
    )


def _marker_choices(
    engine: DuckDBEngine, table: str, schema: Schema, answers: Answers
) -> list[ReadingChoice]:
    """Values such as -9999 that may stand for "missing": told, never changed unasked."""
    if answers.get("missing_marker") not in (None, "kept"):
        return [
            answers.chosen(
                "missing_marker",
                answers.given["missing_marker"],
                Text("由数据管理员指定，读为空", "given by the steward: read as empty"),
            )
        ]
    numeric = [
        one for one in schema if one.type in (ColumnType.INTEGER, ColumnType.DOUBLE, ColumnType.DECIMAL)
    ]
    if not numeric:
        return []
    lowest = engine.fetch(
        exp.select(*(exp.Min(this=column(one.name)) for one in numeric)).from_(named(table))
    )
    found: dict[int, list[str]] = {}
    for place, one in enumerate(numeric):
        least = lowest.column(place)[0].as_py()
        if least in MARKERS:
            found.setdefault(int(least), []).append(one.name)
    if not found:
        return []
    shown = "; ".join(f"{marker} ({', '.join(names[:10])})" for marker, names in found.items())
    first = next(iter(found))
    return [
        answers.chosen(
            "missing_marker",
            "kept",
            Text(
                f"最小值 {shown} 可能表示缺失；若是，请以 missing_marker={first} 作答，将其读为空",
                f"the least value {shown} may mean missing; if so, answer missing_marker={first} to read it as empty",
            ),
            certain=False,
        )
    ]


def _no_rows(file: str, raw: RawTable) -> BadInput:
    line = raw.rejected[0].line if raw.rejected else None
    return BadInput(
        Text("没有数据行", "There are no data rows"),
        Text(
            "请核对导出是否完整；若表头位置不对，请指定 header_row",
            "Check that the export was complete; if the header is elsewhere, answer header_row",
        ),
        Where(file=file, line=line),
    )
