"""Masking fails closed, never reveals more as it tightens, and leaves no byte of what it removed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_people import disguises, resident_id
from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from privacy import OPERATORS, expression, find, masked_column, redact_batch, redact_spans, resolve, tightens
from privacy.recognisers import BY_ENTITY
from privacy.redact import redact_text

M = MaskOperator
TEXT = Column("v", ColumnType.TEXT)


@pytest.mark.parametrize("kind", [ColumnType.TEXT, ColumnType.INTEGER, ColumnType.DATE, ColumnType.DOUBLE])
def test_the_join_of_operators_is_a_semilattice(kind: ColumnType) -> None:
    column = Column("v", kind)
    fitting = [one for one in MaskOperator if kind in OPERATORS[one].fits]

    def join(*given: M) -> M:
        return resolve(frozenset(given), column)

    for a, b in itertools.product(fitting, repeat=2):
        assert join(a, b) == join(b, a)
        assert tightens(join(a, b), a)
        assert all(tightens(one, join(a, b)) for one in fitting if tightens(one, a) and tightens(one, b))
        for c in fitting:
            assert join(join(a, b), c) == join(a, join(b, c)) == join(a, b, c)
    for a in fitting:
        assert join(a, a) == join(a, M.KEEP) == a
        assert join(a, M.DROP) is M.DROP


def test_operators_that_keep_different_things_join_to_drop() -> None:
    assert resolve(frozenset({M.PARTIAL, M.GENERALISE_YEAR}), TEXT) is M.DROP
    assert resolve(frozenset({M.REDACT_SPANS, M.REDACT}), TEXT) is M.REDACT
    assert resolve(frozenset(), TEXT) is M.KEEP


@pytest.mark.parametrize("operator", list(MaskOperator))
@pytest.mark.parametrize("kind", list(ColumnType))
def test_an_operator_that_does_not_fit_the_type_drops_the_column(operator: M, kind: ColumnType) -> None:
    column = Column("v", kind)
    resolved = resolve(frozenset({operator}), column)
    fits = kind in OPERATORS[operator].fits
    assert resolved is (operator if fits else M.DROP)
    if not fits:
        with pytest.raises(ValueError, match="no column"):
            masked_column(operator, column)


def test_every_operator_states_what_it_keeps_and_guarantees() -> None:
    assert set(OPERATORS) == set(MaskOperator)
    assert all(
        one.keeps.zh and one.keeps.en and one.guarantees.zh and one.guarantees.en
        for one in OPERATORS.values()
    )


@pytest.fixture
def masked(engine: DuckDBEngine) -> Callable[..., list[object]]:
    def apply(
        operator: M,
        values: list[object],
        kind: ColumnType = ColumnType.TEXT,
        arrow: pa.DataType | None = None,
    ) -> list[object]:
        batch = pa.RecordBatch.from_arrays([pa.array(values, type=arrow or pa.string())], names=["v"])
        engine.create_from_batches("m", batch.schema, [batch])
        term = expression(operator, Column("v", kind))
        assert term is not None
        answer = engine.fetch(exp.select(term.as_("v")).from_("m"))
        return list(answer.column("v").to_pylist())

    return apply


def test_partial_keeps_what_singles_out_nobody(masked: Callable[..., list[object]]) -> None:
    values = [
        "王小明",
        "欧阳娜娜",
        "13800001111",
        "+86 138-0000-1111",
        "１３８００００１１１１",
        resident_id(),
        "浙A·12345",
        "0571-87654321",
        None,
    ]
    assert masked(M.PARTIAL, values) == [
        "王*", "欧*", "138********", "138********", "138********", "33****************", "浙A*****", "0571-********", None,
    ]  # fmt: skip


def test_partial_makes_null_of_what_it_cannot_parse(masked: Callable[..., list[object]]) -> None:
    assert (
        masked(
            M.PARTIAL,
            [
                "li.wei@example.org",
                "John Smith",
                "1380000111",
                "王小明 13800001111",
                "",
                "浙江省杭州市西湖区",
            ],
        )
        == [None] * 6
    )


def test_a_date_becomes_its_year_and_anything_else_null(masked: Callable[..., list[object]]) -> None:
    texts = [
        "1990-03-07",
        "1990年3月7日",
        "19900307",
        "03/07/1990",
        "1990",
        "１９９０－０３－０７",
        "生于1990-03-07",
        "199003",
        "n/a",
        None,
    ]
    assert masked(M.GENERALISE_YEAR, texts) == [1990, 1990, 1990, 1990, 1990, 1990, None, None, None, None]
    assert masked(M.GENERALISE_YEAR, [date(1990, 3, 7), None], ColumnType.DATE, pa.date32()) == [1990, None]
    assert masked(M.GENERALISE_YEAR, [19900307, 7], ColumnType.INTEGER, pa.int64()) == [1990, None]


def test_an_address_becomes_its_district_and_never_an_estate(masked: Callable[..., list[object]]) -> None:
    texts = [
        "浙江省杭州市西湖区文三路12号3幢501室", "杭州市余杭区瓶窑镇凤都村11组9号", "桐庐县富春路8号", "翠苑一区51-4-603",
        "钱塘小区33-2-1802", "文三路12号", "杭州市金色海岸住宅区3幢", "杭州市文三路高新区3幢", "内蒙古自治区包头市昆都仑区1号", None,
    ]  # fmt: skip
    assert masked(M.GENERALISE_DISTRICT, texts) == [
        "浙江省杭州市西湖区", "杭州市余杭区", "桐庐县", None, None, None, "杭州市", "杭州市", "内蒙古自治区包头市昆都仑区", None,
    ]  # fmt: skip


def test_numbers_fall_into_bands(masked: Callable[..., list[object]]) -> None:
    numbers = [0, 9, 37, 120, 12_500, -3, None]
    assert masked(M.GENERALISE_BAND, numbers, ColumnType.INTEGER, pa.int64()) == [
        "0-9",
        "0-9",
        "30-39",
        "100-199",
        "10000-19999",
        None,
        None,
    ]
    assert masked(M.GENERALISE_BAND, ["37岁", "３７", "unknown"]) == ["30-39", "30-39", None]


def test_coordinates_snap_to_a_grid_and_other_numbers_to_null(masked: Callable[..., list[object]]) -> None:
    assert masked(M.SNAP_GRID, [120.205735, -33.871, 500.0, None], ColumnType.DOUBLE, pa.float64()) == [
        120.21,
        -33.87,
        None,
        None,
    ]
    assert masked(M.SNAP_GRID, ["30.035183", "north"]) == [30.04, None]


def test_redaction_makes_all_filled_cells_alike(masked: Callable[..., list[object]]) -> None:
    assert masked(M.REDACT, ["a", "b", None]) == ["***", "***", None]
    assert masked(M.REDACT, [1, None], ColumnType.INTEGER, pa.int64()) == ["***", None]


def test_a_dropped_column_has_no_expression_and_spans_are_no_sql() -> None:
    assert expression(M.DROP, TEXT) is None
    with pytest.raises(ValueError, match="batches"):
        expression(M.REDACT_SPANS, TEXT)


@settings(deadline=None)  # the first call reads the lexicon
@given(st.lists(disguises(), min_size=1, max_size=4))
def test_redacted_text_scans_clean_and_holds_no_byte_of_the_number(cases: list[tuple[str, str]]) -> None:
    text = "；".join(case[0] for case in cases)
    array = redact_spans(pa.array([text, None, "无"]), TEXT)
    assert array.to_pylist()[1:] == [None, "无"]
    out = array[0].as_py()
    assert not [span for span in find(out) if BY_ENTITY[span.entity].personal]
    stored = b"".join(buffer.to_pybytes() for buffer in array.buffers() if buffer)
    assert all(number.encode() not in stored for _, number in cases)


@given(st.text(alphabet="0123456789 -138王伟联系人：号室路村幢.@ab\u200b", max_size=60))
def test_redaction_ends_and_leaves_nothing_personal_in_any_text(text: str) -> None:
    out = redact_text(text)
    assert not [span for span in find(out) if BY_ENTITY[span.entity].personal]
    assert redact_text(out) == out


def test_redaction_keeps_the_words_around() -> None:
    assert (
        redact_text("情况属实，请联系王小明 电话１３８ ００００ １１１１（微信同号）")
        == "情况属实，请联系*** 电话***（微信同号）"
    )


def test_redaction_of_a_batch_touches_only_the_named_columns() -> None:
    batch = pa.RecordBatch.from_pydict({"_row": [1], "v": ["13800001111"], "w": ["13800001111"]})
    out = redact_batch(batch, [TEXT])
    assert out.to_pydict() == {"_row": [1], "v": ["***"], "w": ["13800001111"]}


def test_masking_never_tells_apart_what_a_looser_operator_did_not(
    masked: Callable[..., list[object]],
) -> None:
    values: list[object] = ["王小明", "王小明", "李伟", "13800001111", resident_id(), "x", None]
    for loose, tight in itertools.permutations((M.KEEP, M.PARTIAL, M.GENERALISE_YEAR, M.REDACT), 2):
        if not tightens(tight, loose):
            continue
        before, after = masked(loose, values), masked(tight, values)
        for (b1, a1), (b2, a2) in itertools.combinations(zip(before, after, strict=True), 2):
            assert b1 != b2 or a1 == a2


def test_what_one_cut_uncovers_is_cut_too() -> None:
    assert redact_text("a@b.com浙A12345") == "******"


def test_a_name_beside_a_number_goes_with_it() -> None:
    assert redact_text(f"陈秀梅|男|{resident_id()}") == "***|男|***"


LADDERS = (
    (M.GENERALISE_YEAR, M.GENERALISE_DECADE),
    (M.GENERALISE_DISTRICT, M.GENERALISE_CITY, M.GENERALISE_PROVINCE),
    (M.GENERALISE_BAND_5, M.GENERALISE_BAND, M.GENERALISE_BAND_20, M.GENERALISE_BAND_100),
    (M.GENERALISE_CODE_4, M.GENERALISE_CODE_2),
)
PLACES = [
    "浙江省杭州市西湖区文三路12号", "杭州市余杭区瓶窑镇", "桐庐县富春路8号", "上海市浦东新区世纪大道1号", "浙江省", "内蒙古自治区包头市昆都仑区1号",
    "文三路12号", None,
]  # fmt: skip


def test_each_step_of_a_ladder_tells_less(masked: Callable[..., list[object]]) -> None:
    assert masked(M.GENERALISE_DECADE, ["1990-03-07", "2005年1月2日", "1987", "1987年", "xx"]) == [
        "1990-1999", "2000-2009", "1980-1989", "1980-1989", None,
    ]  # fmt: skip
    assert masked(M.GENERALISE_CITY, PLACES) == [
        "浙江省杭州市", "杭州市", None, "上海市", "浙江省", "内蒙古自治区包头市", None, None,
    ]  # fmt: skip
    assert masked(M.GENERALISE_PROVINCE, PLACES) == [
        "浙江省", None, None, "上海市", "浙江省", "内蒙古自治区", None, None,
    ]  # fmt: skip
    numbers = [0, 4, 7, 37, 99, 100, 345, 12_500, -1, None]
    for operator, bands in (
        (M.GENERALISE_BAND_5, ["0-4", "0-4", "5-9", "35-39", "95-99", "100-149", "300-349", "10000-14999"]),
        (
            M.GENERALISE_BAND_20,
            ["0-19", "0-19", "0-19", "20-39", "80-99", "100-199", "200-399", "10000-19999"],
        ),
        (M.GENERALISE_BAND_100, ["0-99"] * 5 + ["100-999", "100-999", "10000-99999"]),
    ):
        assert masked(operator, numbers, ColumnType.INTEGER, pa.int64()) == [*bands, None, None]
    assert masked(M.GENERALISE_CODE_4, ["310012", " 330106", "31001", "31001a", None]) == [
        "3100",
        "3301",
        None,
        None,
        None,
    ]
    assert masked(M.GENERALISE_CODE_2, [310012, 7], ColumnType.INTEGER, pa.int64()) == ["31", None]


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: str(ladder[0]))
def test_a_step_taken_after_another_is_the_step_itself_and_tells_apart_no_more(
    masked: Callable[..., list[object]], ladder: tuple[M, ...]
) -> None:
    values: list[object] = {
        M.GENERALISE_YEAR: [f"{year}-0{1 + year % 9}-11" for year in range(1899, 2031)],
        M.GENERALISE_DISTRICT: PLACES,
        M.GENERALISE_BAND_5: [
            str(n) for n in (*range(260), 995, 1000, 1005, 1999, 2000, 54_321, 99_999, 123_456)
        ],
        M.GENERALISE_CODE_4: ["310012", "310024", "330106", "x"],
    }[ladder[0]]  # type: ignore[assignment]
    for loose, tight in itertools.combinations(ladder, 2):
        assert tightens(tight, loose)
        assert not tightens(loose, tight)
        before, after = masked(loose, values), masked(tight, values)
        if loose is M.GENERALISE_YEAR:
            before = [str(year) for year in before]
        assert masked(tight, before) == after


def test_only_a_band_as_these_operators_write_it_is_read_as_one(masked: Callable[..., list[object]]) -> None:
    texts = ["35-39", "30-39", "0571-8765", "3-4", "39-30", "10-14岁"]
    assert masked(M.GENERALISE_BAND_20, texts) == ["20-39", "20-39", None, None, None, None]
