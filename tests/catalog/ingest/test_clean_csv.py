"""The one-pass way through a large file: taken where nothing is in doubt, and never with another answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

import catalog.ingest.reading as reading_module
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput
from catalog.ingest import Limits

AT_ONCE, WITH_CARE = Limits(parallel_from_bytes=0), Limits(parallel_from_bytes=1 << 40)

HEADER = "编号,区,日期,时刻,数量,单价,是否办结,手机,备注\n"


def line(n: int) -> str:
    return (
        f"{n:06d},第{n % 7}区,2024-01-{n % 28 + 1:02d},2024-01-01 08:{n % 60:02d}:00,{n % 500},{n % 90}.5,"
        f'{"是" if n % 2 else "否"},13{n:09d},"街道, {n}"\n'
    )


CLEAN = HEADER + "".join(line(n) for n in range(3_000))


def at_the_end(text: str) -> str:
    return CLEAN + text


def in_column(place: int, cell: str) -> str:
    """The clean file with one cell changed, far below what the beginning shows."""
    cells = line(2_999).rstrip("\n").split(",")
    return CLEAN + ",".join([*cells[:place], cell, *cells[place + 1 :]]) + "\n"


def comparable(desk: Any, reading: Any) -> Any:
    choices = {(one.what, one.value, one.certain) for one in reading.choices}
    return reading.schema, desk.rows(reading), choices, reading.rejected_rows


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[bool]]:
    """Whether the one-pass way gave the answer, for each reading so far."""
    taken: list[bool] = []
    original = reading_module.read_clean

    def watched(*arguments: Any) -> Any:
        answer = original(*arguments)
        taken.append(answer is not None)
        return answer

    monkeypatch.setattr(reading_module, "read_clean", watched)
    return lambda: taken


@pytest.mark.parametrize(
    "content",
    [
        CLEAN,
        "\ufeff" + CLEAN,
        CLEAN.replace("\n", "\r\n"),
        CLEAN.replace("街道, ", "街道\n "),
        "2024年统计\n" + CLEAN,
    ],
    ids=["plain", "mark", "crlf", "line breaks in cells", "title above"],
)
def test_a_clean_file_is_read_in_one_pass_and_as_with_care(
    desk: Any, way: Callable[[], list[bool]], content: str
) -> None:
    careful = comparable(desk, desk.read(content, limits=WITH_CARE))
    assert comparable(desk, desk.read(content, limits=AT_ONCE)) == careful
    assert way() == [True]
    assert len(careful[1]) == 3_000


@pytest.mark.parametrize(
    "content",
    [
        at_the_end(",,,,,,,,\n"),
        at_the_end("\n"),
        at_the_end(HEADER),
        at_the_end("合计,,,,1500000,,,,\n"),
        at_the_end("1,2\n"),
        at_the_end(line(3)[:-1] + ",more\n"),
        at_the_end('000001,"never closed,,,,,,,\n'),
        in_column(4, "无"),
        in_column(4, "007"),
        in_column(4, "1.5"),
        in_column(4, "９"),
        in_column(5, "1e3"),
        in_column(5, "nan"),
        in_column(2, "2024-02-30"),
        in_column(2, "2024-1-5"),
        in_column(3, "2024-01-01 08:00:00+08"),
        in_column(7, "021-5555"),
        in_column(7, "1.5"),
        in_column(0, "x"),
    ],
    ids=lambda text: text[len(CLEAN) :].strip()[:40],
)
def test_what_is_left_to_doubt_is_read_with_care(
    desk: Any, way: Callable[[], list[bool]], content: str
) -> None:
    careful = comparable(desk, desk.read(content, limits=WITH_CARE))
    assert comparable(desk, desk.read(content, limits=AT_ONCE)) == careful
    assert way()  # it was asked, and gave the right answer or none


def test_numbers_of_things_stay_text_when_only_the_whole_column_says_so(
    desk: Any, way: Callable[[], list[bool]]
) -> None:
    small = "".join(f"a,{n % 9 + 1},x\n" for n in range(90_000))
    content = "名,编号,注\n" + small  # every number has one digit: no identifier has that few
    assert comparable(desk, desk.read(content, limits=AT_ONCE)) == comparable(
        desk, desk.read(content, limits=WITH_CARE)
    )
    long = content + "b,123456789012345,x\n"  # one value as long as a card's
    assert comparable(desk, desk.read(long, limits=AT_ONCE)) == comparable(
        desk, desk.read(long, limits=WITH_CARE)
    )
    assert way() == [True, False]


@pytest.mark.parametrize("tail", [b"a\x00b", b"\xff", b"\xed\xa0\x80", b"\xe4\xb8"])
def test_bytes_that_are_no_text_are_found_below_the_beginning(desk: Any, tail: bytes) -> None:
    content = ("名称,说明\n" + "".join(f"甲{n},乙\n" for n in range(40_000))).encode() + b"x," + tail + b"\n"
    outcomes = []
    for limits in (AT_ONCE, WITH_CARE):
        with pytest.raises(BadInput) as caught:
            desk.read(content, limits=limits)
        outcomes.append((caught.value.message, caught.value.where))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1].line == 40_002


WORDS = st.sampled_from(
    ["1", "-2", "0", "3.5", "007", "", " 4", "是", "否", "true", "2024-01-05", "甲", "1e5", "99"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3),
    odd=st.lists(st.tuples(st.integers(0, 3_000), WORDS), max_size=2),
)
def test_both_ways_give_one_answer(desk: Any, columns: list[Any], odd: list[Any]) -> None:
    rows = [[f"k{n}", *(choices[n % 3] for choices in columns)] for n in range(3_000)]
    for place, word in odd:
        rows[min(place, 2_999)][1] = word
    names = ["名", *(f"v{n}" for n in range(len(columns)))]
    content = "".join(",".join(row) + "\n" for row in [names, *rows])
    answers = {"delimiter": ",", "header_row": "1"}
    assert comparable(desk, desk.read(content, limits=AT_ONCE, **answers)) == comparable(
        desk, desk.read(content, limits=WITH_CARE, **answers)
    )


def test_a_sparse_row_before_a_text_in_a_column_of_numbers_begins_no_other_table(desk: Any) -> None:
    content = "名,数,注\n" + "".join(f"k{n},{n if n % 3 else ''},\n" for n in range(3_000))
    content = content.replace("k106,106,", "k106,甲,")
    ways = [
        desk.read(content, limits=limits, delimiter=",", header_row="1") for limits in (AT_ONCE, WITH_CARE)
    ]
    assert [reading.rows for reading in ways] == [3_000, 3_000]
    assert comparable(desk, ways[0]) == comparable(desk, ways[1])


def test_a_header_repeated_in_a_table_of_texts_is_read_with_care(
    desk: Any, way: Callable[[], list[bool]]
) -> None:
    content = "名称,说明\n" + "甲,乙\n" * 3_000 + "名称,说明\n" + "丙,丁\n" * 10
    assert desk.read(content, limits=AT_ONCE).rows == 3_010
    assert way() == [False]


def test_a_column_that_is_empty_at_first_is_read_with_care(desk: Any, way: Callable[[], list[bool]]) -> None:
    content = "名称,数,注\n" + "甲,,x\n" * 90_000 + "乙,12,x\n" * 10
    reading = desk.read(content, limits=AT_ONCE)
    assert [column.type.name for column in reading.schema] == ["TEXT", "INTEGER", "TEXT"]
    assert way() == [False]


def test_a_reader_that_loses_a_row_is_not_believed(
    desk: Any, way: Callable[[], list[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DuckDBEngine.write_parquet

    def lossy(self: DuckDBEngine, select: exp.Select, path: Path, compression: Any = "zstd") -> int:
        return whole(
            self, select.limit(2_999) if "read_csv" in select.sql("duckdb").lower() else select, path
        )

    monkeypatch.setattr(DuckDBEngine, "write_parquet", lossy)
    assert desk.read(CLEAN, limits=AT_ONCE).rows == 3_000
    assert way() == [False]


def test_numbers_that_look_like_mobiles_until_one_has_a_fraction_are_numbers(
    desk: Any, way: Callable[[], list[bool]]
) -> None:
    content = (
        "名称,量\n" + "".join(f"甲,{13_000_000_000 + n}\n" for n in range(30_000)) + "乙,13500000000.5\n"
    )
    reading = desk.read(content, limits=AT_ONCE)
    assert [column.type.name for column in reading.schema] == ["TEXT", "DOUBLE"]
    assert way() == [False]
