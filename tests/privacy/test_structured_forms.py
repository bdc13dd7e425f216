"""Structured identifiers in the forms that people, forms and programs give them; and the numbers that only look like them."""

from __future__ import annotations

from random import Random

import pytest
from invented_people import Table, bank_card, mobiles, resident_ids

from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Classification, Confidence, FieldRole
from privacy import classify, find, scan
from privacy.headers import hinted_by

ID, MOBILE, CARD = resident_ids(1)[0], mobiles(1)[0], bank_card()


def taken(text: str, header: str = "") -> list[tuple[str, str]]:
    return [(one.entity, text[one.start : one.end]) for one in find(text, hinted_by(header))]


def grouped(number: str, sign: str, *sizes: int) -> str:
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return sign.join(number[start:end] for start, end in zip([0, *ends], [*ends, len(number)], strict=True))


@pytest.mark.parametrize(
    ("entity", "before", "value", "after"),
    [
        ("RESIDENT_ID", "ID: ", grouped(ID, "/", 4, 4, 4, 4), "。"),
        ("RESIDENT_ID", "居住证号：", "830·000·1956·0902·1686", ""),
        ("MOBILE", "房东", grouped(MOBILE, " ", 4, 5), "，月租1000"),
        ("MOBILE", "出租房东", "18175·285074", "，押一付三"),
        ("BANK_CARD", "汇至", grouped(CARD, "\t", 6, 4), "，自6月起生效"),
        ("PASSPORT", "旅客邵福(", "PE7637630", ")未登机"),
        ("PASSPORT", "用", "E11173036", "报的名"),
        ("PASSPORT", "护照号 ", "1\n4135\n5291", " issued on 12 MAR"),
        ("HK_MACAO_PERMIT", '{"xm": "x", "gatxz": "', "H8716926915", '"}'),
        ("TAIWAN_PERMIT", "台胞证：", "二九四○○八四五", "；"),
        ("RESIDENCE_PERMIT", "永居证号：", "GBR420054101295", ""),
        ("RESIDENCE_PERMIT", "/user?type=1&yjjlz=", "JPN630074010706", "#top"),
        ("OFFICER_CARD", "警官证号：", "政字3206919", ""),
        ("OFFICER_CARD", "军官证「", "南字第  416  118  9号", "」"),
        ("MEDICAL_RECORD", '"blh":"', "20394811", '"'),
        ("SOCIAL_INSURANCE", "社保编号：", "2\u20098284\u20093970", ""),
        ("SOCIAL_INSURANCE", "社会保障卡号：", "642846295761", ""),
        ("BANK_CARD", "卡", "四五六三五一九六七一○七八○五七九六○", ""),
        ("BANK_CARD", "", "42702 00115 080716", ""),
        ("BANK_CARD", "史波 一卡通 ", "622909081544813093", " 7500"),
        ("HOME_PHONE", "宅电", "010-41447219", "/13015358280"),
        ("EMAIL", "杨宁\t", "fang18@hotmail.com", "\t4772.00"),
        ("BANK_CARD", "董祎 一卡通 ", "622630\t2435\t9670\t75", " 241.90"),
        ("HOME_PHONE", "宅电：", "+86-21-78646265", ""),
        ("HOME_PHONE", "住宅电话：", "022-62114243转420", "。"),
        ("PLATE", "被告所有的", "云-F-E-4-9-1-4", "号牌"),
        ("PLATE", "停车场", "吉L.787.87", "入场"),
        ("VIN", "车辆识别代码： ", "LGX-BCA5A3-RH091676", ""),
        ("VIN", "合格证上的", "LVS.FF14Z0.VH382498", "与实车不符"),
        ("IMEI", "IMEI码 ", "86 013475 660400 1", ""),
        ("IMEI", "duplicate imei1 '", "865666878651837", "'"),
        ("DEVICE_ID", "网卡地址是", "FA 12 84 91 CC 29", ""),
        ("DEVICE_ID", "MAC：", "ｄｅ：ｂ５：１ｂ：ｆ４：２５：ｃｆ", ""),
        ("DEVICE_ID", "设备UDID号为", "00008062-8B8ED33BD870AC07", "请处理"),
        ("ACCOUNT", "抖音号：", "wangjiayi_623", ""),
        ("ACCOUNT", "username=", "zhengxiaoming_538048", "&sign=ok"),
        ("ACCOUNT", "微信号为", "iddqfae_829", "；"),
        ("EMAIL", "请发送至", "Hu.Zihan AT 139.com", "，有效"),
        ("EMAIL", "留的邮箱是", "xu dot lihua+gov AT aliyun dot com", "，"),
        ("EMAIL", "邮箱", "zhaoguoqiang（at）xx-tech.com.cn", "；"),
        ("EMAIL", "发送至", "meiling.chen#hotmail.com", "（请将#换成@）"),
        ("EMAIL", "原告确认电子送达地址为", "ma23@mail.tsinghua.edu.cn", "。"),
        ("EMAIL", "作者 <", f"{MOBILE}@163.com", ">"),
        ("IP", "从", "61[.]122[.]47[.]231", "登录"),
        ("IP", "登录IP:", "2409:8d36:cdd2::337b", ""),
        ("IP", "登录IP: ", "::ffff:117.189.199.75", ""),
        ("IP", "IP地址： ", "135。171。124。163", ""),
    ],
)
def test_a_value_is_taken_whole_and_no_more(entity: str, before: str, value: str, after: str) -> None:
    assert (entity, value) in taken(f"{before}{value}{after}")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("护照号码", "146933988"),
        ("passport_no", "S E 7 3 9 7 9 2 8"),
        ("往来港澳通行证", "C29-850-221"),
        ("台胞证号", "〇六七〇五五四八"),
        ("永居证号", "JPN5200 1211 0854"),
        ("手机号", "1381234.5678"),
        ("家庭电话", "0351-26333296-570"),
        ("imei", "三五六二三四四四零五零二三六二"),
        ("安卓ID", "959e051b0f2d6006"),
        ("登录账号", "zhoulihua489766"),
        ("E-mail", "xiezhiqiang AT qq DOT com"),
        ("登录IP", "2408：4c6f：cc95：fa96：：28ec"),
    ],
)
def test_a_header_announces_a_value_in_any_form(header: str, value: str) -> None:
    assert value in [text for _, text in taken(value, header)]


@pytest.mark.parametrize(
    "text",
    [
        "978-7-186-20870-3",
        "133.81374421",
        "148472.777738",
        "https://www.example.gov.cn/art/2025/11/16/art_1700425_84406306.html",
        "JDVA14653740344",
        "188</td><td>2020-04-10",
        "版本6.11.48.131",
        "firmware 10.4.168.53",
        "型号E11173036",
        "单号：PE7637630",
        "项目E20240115报送",
        "BAH-3957L",
        "WXNP-9708GW",
        "mac of a Bigmac 11223344556a",
        "1540 000 12 34",
        "SL 730-2003",
        "SN4987585325417268",
    ],
)
def test_a_part_of_something_larger_is_nobodys(text: str) -> None:
    assert taken(text) == []


def test_a_further_value_behind_a_labelled_one_is_neither_a_date_nor_the_next_label() -> None:
    assert taken("护照号 DE3520115 2022-06-05") == [("PASSPORT", "DE3520115")]
    assert [text for _, text in taken("微信：wxid_lx2ci9lz29v，WeChat：wsbczb533")] == [
        "wxid_lx2ci9lz29v",
        "wsbczb533",
    ]


def test_a_company_code_of_digits_behind_the_label_of_a_card_is_a_card() -> None:
    assert taken("银行卡号 622908104432925414")[0][0] == "BANK_CARD"


ROWS = 1000
CHANCE = Random(7)


def column(engine: DuckDBEngine, table: Table, header: str, cells: list[object]) -> Classification:
    schema = table({header: cells})
    return classify(schema, scan(engine, "t", schema))[header]


def long_number(figures: int) -> str:
    return f"{CHANCE.randrange(10 ** (figures - 1), 10**figures)}"


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("编号", [long_number(16) for _ in range(ROWS)]),
        ("凭证号", [long_number(19) for _ in range(ROWS)]),
        ("备注编码", [f"62{long_number(14)}" for _ in range(ROWS)]),
        ("固件版本", [f"{i % 9}.{i % 7}.{i % 200}.{i % 31}" for i in range(ROWS)]),
    ],
)
def test_chance_in_a_column_of_long_numbers_is_no_card_and_a_version_no_address(
    engine: DuckDBEngine, table: Table, header: str, cells: list[object]
) -> None:
    one = column(engine, table, header, cells)
    assert (one.role, one.operator) == (FieldRole.NONE, MaskOperator.KEEP)


def test_a_run_of_cards_among_order_numbers_is_noticed(engine: DuckDBEngine, table: Table) -> None:
    cells: list[object] = [CARD if i % 10 == 0 else f"2024{i:012}" for i in range(ROWS)]
    assert column(engine, table, "编号", cells).role is not FieldRole.NONE


def test_a_rare_number_is_cut_out_of_a_long_column_and_nobody_is_asked(
    engine: DuckDBEngine, table: Table
) -> None:
    few = {3: ID, 500: resident_ids(2)[1]}
    numbers: list[object] = [few.get(i, f"81{i:016}") for i in range(ROWS)]
    notes: list[object] = [f"已办结，回访{MOBILE}" if i == 77 else f"已办结{i}" for i in range(ROWS)]
    for header, cells in (("业务编码", numbers), ("内容", notes)):
        one = column(engine, table, header, cells)
        assert (one.operator, one.confidence) == (MaskOperator.REDACT_SPANS, Confidence.HIGH)
