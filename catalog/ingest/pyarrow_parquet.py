"""Parquet: the footer is read first (pyarrow), the data then by the engine; its types are declared, not guessed.

BROTLI-compressed chunks are refused because of a vulnerability of the decoder; nested columns become JSON text.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column, literal
from catalog.errors import BadInput, TooLarge, Where
from catalog.ingest.answers import Answers
from catalog.ingest.limits import Limits
from catalog.ingest.names import column_names
from catalog.ingest.raw import RawTable, named, raw_name, unreadable
from catalog.ingest.source import Source
from catalog.text import Text

__all__ = ["read_parquet"]


def read_parquet(
    engine: DuckDBEngine, source: Source, raw: str, answers: Answers, limits: Limits
) -> RawTable:
    """A raw table whose columns already have their types.

    Raises BadInput: BROTLI, encryption, damage; TooLarge.
    """
    schema, rows = _footer(source, limits)
    names, changed = column_names(schema.names, source.name, None, limits.max_columns)
    view = f"{raw}:file"
    try:
        engine.register_parquet(view, source.path)
        types = {name: str(kind) for name, kind in _described(engine, view)}
        if len(types) != len(names):
            raise unreadable(source.name)
        terms, fixed, nested = [], {}, []
        for position, (name, kind) in enumerate(types.items()):
            term, fixed[position] = _term(column(name), kind)
            terms.append(term.as_(raw_name(position)))
            if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
                nested.append(names[position])
        engine.create_table(raw, exp.select(*terms).from_(named(view)))
    except (duckdb.Error, pa.ArrowException) as error:
        raise unreadable(source.name) from error
    finally:
        engine.connection.execute(exp.Drop(tables=[named(view)], kind="VIEW", exists=True).sql("duckdb"))
    evidence = Text("类型由文件声明", "types are declared by the file")
    choices = [
        answers.chosen("encoding", "utf-8", Text("Parquet 文本的编码", "the encoding of Parquet text")),
        answers.chosen("format", "parquet", evidence),
    ]
    if changed:
        choices.append(
            answers.chosen(
                "names",
                ", ".join(changed[:20]),
                Text(
                    "列名为空、重复或被占用，已改为唯一的名称",
                    "names that were empty, repeated or reserved were made unique",
                ),
            )
        )
    if nested:
        choices.append(
            answers.chosen(
                "nested_columns",
                ", ".join(nested[:20]),
                Text("嵌套的列读为 JSON 文本", "nested columns are read as JSON text"),
            )
        )
    return RawTable(raw, names, rows, tuple(choices), fixed=fixed, footers=False)


def _footer(source: Source, limits: Limits) -> tuple[pa.Schema, int]:
    try:
        with pq.ParquetFile(source.path) as file:
            metadata, schema = file.metadata, file.schema_arrow
            codecs = {
                metadata.row_group(group).column(chunk).compression
                for group in range(metadata.num_row_groups)
                for chunk in range(metadata.num_columns)
            }
            rows = metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(source.name) from error
    if "BROTLI" in codecs:
        raise BadInput(
            Text(
                "Parquet 使用 BROTLI 压缩，本系统不接收",
                "The Parquet file is compressed with BROTLI, which is not accepted",
            ),
            Text("请改用 ZSTD 或 SNAPPY 压缩后提交", "Write it with ZSTD or SNAPPY instead"),
            Where(file=source.name),
        )
    if rows > limits.max_rows:
        raise TooLarge(
            Text(f"行数超过上限 {limits.max_rows:,}", f"More than {limits.max_rows:,} rows"),
            Text("请按年度或区域拆分后提交", "Split it by year or district"),
            Where(file=source.name),
        )
    return schema, rows


def _described(engine: DuckDBEngine, view: str) -> list[tuple[str, object]]:
    relation = engine.connection.sql(exp.select("*").from_(named(view)).limit(0).sql("duckdb"))
    return list(zip(relation.columns, relation.types, strict=True))


def _term(cell: exp.Column, kind: str) -> tuple[exp.Expr, ColumnType]:
    """The column as one of the gate's types, losing nothing (what none of them holds becomes text)."""
    if kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"):
        return exp.cast(cell, "BIGINT"), ColumnType.INTEGER
    if kind in ("FLOAT", "DOUBLE"):
        number = exp.cast(cell, "DOUBLE")
        finite = exp.Anonymous(this="isfinite", expressions=[cell.copy()])
        return exp.Case(ifs=[exp.If(this=finite, true=number)]), ColumnType.DOUBLE
    if kind == "BOOLEAN":
        return cell, ColumnType.BOOLEAN
    if kind == "DATE":
        return cell, ColumnType.DATE
    if kind.startswith("TIMESTAMP"):
        return exp.cast(cell, "TIMESTAMP"), ColumnType.TIMESTAMP
    if kind.startswith("DECIMAL"):
        precision, scale = (int(part) for part in kind[8:-1].split(","))
        if scale <= 9 and precision - scale <= 29:
            return exp.cast(cell, exp.DataType.build("DECIMAL(38, 9)", dialect="duckdb")), ColumnType.DECIMAL
    if kind == "VARCHAR":
        return exp.Nullif(this=cell, expression=literal("")), ColumnType.TEXT
    if kind == "BLOB":
        return exp.Anonymous(this="hex", expressions=[cell]), ColumnType.TEXT
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return exp.cast(exp.Anonymous(this="to_json", expressions=[cell]), "VARCHAR"), ColumnType.TEXT
    return exp.cast(cell, "VARCHAR"), ColumnType.TEXT
