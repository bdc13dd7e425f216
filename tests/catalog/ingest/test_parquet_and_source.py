"""Parquet keeps its declared types; a source is spooled within its cap, hashed, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from catalog.errors import BadInput, TooLarge
from catalog.ingest import local, read, spool


def parquet(table: pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


TABLE = pa.table(
    {
        "code": ["01", "02", ""],
        "n": pa.array([1, None, 3], pa.int32()),
        "x": [1.5, float("nan"), float("inf")],
        "money": pa.array([Decimal("1.10"), None, Decimal("2.20")], pa.decimal128(10, 2)),
        "tags": [["a"], [], None],
        "_row": [9, 9, 9],
    }
)


def test_parquet_types_are_taken_as_declared(desk: Any, types: Any) -> None:
    reading = desk.read(parquet(TABLE), "a.parquet")
    assert types(reading) == {
        "code": "TEXT",
        "n": "INTEGER",
        "x": "DOUBLE",
        "money": "DECIMAL",
        "tags": "TEXT",
        "_row_2": "INTEGER",
    }
    assert desk.rows(reading)[0] == ("01", 1, 1.5, Decimal("1.10"), '["a"]', 9)
    assert [row[2] for row in desk.rows(reading)] == [1.5, None, None]
    assert desk.rows(reading)[2][0] is None


def test_brotli_arrow_and_damage_are_refused(desk: Any) -> None:
    with pytest.raises(BadInput, match="BROTLI"):
        desk.read(parquet(TABLE, compression="brotli"), "a.parquet")
    stream = io.BytesIO()
    feather.write_feather(TABLE, stream)
    with pytest.raises(BadInput, match="Arrow"):
        desk.read(stream.getvalue(), "a.feather")
    content = parquet(TABLE)
    for broken in (content[:-20], content[:30] + b"\xff" * 60 + content[90:]):
        with pytest.raises(BadInput):
            desk.read(broken, "a.parquet")


def test_a_stream_is_spooled_hashed_and_read(desk: Any, tmp_path: Path) -> None:
    content = "名称,数\n甲,1\n乙,2\n".encode()
    source = spool(io.BytesIO(content), "C:\\上传\\表\u202e.csv", tmp_path / "in", 1000)
    assert (source.name, source.bytes, source.sha256) == (
        "表.csv",
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert source.path.parent == tmp_path / "in"
    assert source.path.stat().st_mode & 0o077 == 0
    assert read(desk.engine, source, tmp_path / "spool").rows == 2


@pytest.mark.parametrize(
    ("content", "error"), [(b"x" * 11, TooLarge), (b"", BadInput)], ids=["too large", "empty"]
)
def test_a_stream_that_cannot_be_kept_leaves_nothing(
    tmp_path: Path, content: bytes, error: type[BadInput]
) -> None:
    with pytest.raises(error):
        spool(io.BytesIO(content), "a.csv", tmp_path / "in", 10)
    assert not list((tmp_path / "in").iterdir())


def test_a_local_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "large.csv").write_bytes(b"x" * 50)
    for path, error in (
        (tmp_path, BadInput),
        (tmp_path / "no.csv", BadInput),
        (tmp_path / "empty.csv", BadInput),
        (tmp_path / "large.csv", TooLarge),
    ):
        with pytest.raises(error) as caught:
            local(path, 10)
        assert caught.value.where.file == path.name
