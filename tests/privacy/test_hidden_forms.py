"""Personal information under headers that say nothing, in forms people really use, and as the exception in a column;
and the serial numbers, amounts and places that look like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from invented_people import Table, mobiles, names, resident_ids

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Classification, FieldRole
from privacy import classify, find, scan
from privacy.checksums import vin_ok

N = 60
IDS, MOBILES, NAMES = resident_ids(N), mobiles(N), names(N)
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
CAPITAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def parted(number: str, sign: str, *sizes: int) -> str:
    parts = [number[sum(sizes[:i]) : sum(sizes[: i + 1])] for i in range(len(sizes))]
    return sign.join(parts)


@pytest.mark.parametrize("sign", [".", "/", "_", ",", "、", "|"])
def test_a_number_parted_by_any_usual_sign_is_found(sign: str) -> None:
    assert {span.entity for span in find(parted(IDS[0], sign, 6, 8, 4))} == {"RESIDENT_ID"}
    assert {span.entity for span in find(parted(MOBILES[0], sign, 3, 4, 4))} == {"MOBILE"}


@pytest.mark.parametrize(
    "spell",
    [
        lambda number: number.translate(CIRCLED),
        lambda number: number.translate(SUPERSCRIPT),
        lambda number: number.translate(CAPITAL),
        lambda number: number.replace("0", "O"),
        lambda number: f"{float(number):.10e}",
        lambda number: f"{number[0]}.{number[1:].rstrip('0')}E+10",
    ],
)
def test_a_mobile_in_unusual_digits_is_found(spell: Callable[[str], str]) -> None:
    for number in ("13800012340", "15912345678"):
        assert {span.entity for span in find(spell(number))} == {"MOBILE"}


@pytest.mark.parametrize(
    "text",
    ["王伟 0571-87654321", "由王建军负责维护", "王建军同志", '{"t":1,"userName":"王建军"}'],
)
def test_a_name_is_found_by_what_stands_beside_it(text: str) -> None:
    assert "PERSON_NAME" in {span.entity for span in find(text)}


def test_a_vehicle_identification_number_is_known_by_its_check_digit() -> None:
    assert vin_ok("1M8GDM9AXKP042788")
    assert not vin_ok("1M8GDM9A0KP042788")
    assert not vin_ok("11111111111111111")  # passes MOD 11, and is an order number


def one(engine: DuckDBEngine, table: Table, header: str, cells: list[object]) -> Classification:
    schema = table({"序号": list(range(len(cells))), header: cells})
    return classify(schema, scan(engine, "t", schema))[header]


def sparse(few: list[str], *others: object, to: Callable[[str], object] = str) -> list[object]:
    """`few` among others, one cell in twenty."""
    return [to(few[i]) if i % 20 == 10 else others[i % len(others)] for i in range(N)]


PASSPORTS = [f"E{7_310_000 + 91 * i:08}" for i in range(N)]
PERMITS = [f"{'HMC'[i % 3]}{71_310_000 + 977 * i:08}" for i in range(N)]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("备注", sparse(PASSPORTS, "已办结", "正常")),
        ("编号", sparse(PERMITS, "A1234", "A1567")),
        ("编号", [*PERMITS]),
        ("备注", sparse(NAMES, "已办结", "正常", "设备更换")),
        ("value", sparse(MOBILES, 3, 17, 250, to=int)),
        ("value", ["Mary Johnson", "Zhang Wei", "Li Jing", "James Brown"] * 15),
        ("字段1", ["买买提·艾力江", "热合曼·吐尔逊"] * 30),
        ("value", [f"Room {i + 100}, Building 3, No. {i} Wensan Road" for i in range(N)]),
        ("姓", [name[:1] for name in NAMES]),
        ("mac", [f"a4:5e:60:{i:02x}:1b:9d" for i in range(N)]),
        ("微信", [f"wx_river{i:03}" for i in range(N)]),
    ],
)
def test_under_any_header_and_however_few_they_are_noticed(
    engine: DuckDBEngine, table: Table, header: str, cells: list[object]
) -> None:
    assert one(engine, table, header, cells).role is not FieldRole.NONE


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("项目编号", [f"E2024{i:04}" for i in range(N)]),
        ("设备编号", [f"{'ABFJLNQRT'[i % 9]}{71_310_000 + 977 * i:08}" for i in range(N)]),
        ("生产总值", [13_812_345_678 if i == 7 else 10**7 + i * 9_876_543 for i in range(N)]),
        ("备注", ["白色", "黄色", "钢筋", "石材", "常温", "单人"] * 10),
    ],
)
def test_serial_numbers_amounts_and_words_are_left_alone(
    engine: DuckDBEngine, table: Table, header: str, cells: list[object]
) -> None:
    assert one(engine, table, header, cells).role is FieldRole.NONE


def test_a_position_in_one_cell_is_a_persons_beside_a_person_and_nobodys_beside_a_facility(
    engine: DuckDBEngine, table: Table
) -> None:
    where = [f"120.{i:06},30.{i:06}" for i in range(N)]
    schema = table({"字段1": list(MOBILES), "字段2": where})
    assert classify(schema, scan(engine, "t", schema))["字段2"].role is FieldRole.SENSITIVE
    schema = table({"设施": [f"公厕{i}" for i in range(N)], "字段2": where})
    assert classify(schema, scan(engine, "t", schema))["字段2"].role is FieldRole.NONE
