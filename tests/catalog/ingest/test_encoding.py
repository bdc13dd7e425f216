"""Encodings are judged over the whole file; where they cannot be, the steward is asked."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import BadInput

TEXT = "区县编码,名称,人数\n330102,上城区,12\n330105,拱墅区,34\n330106,西湖区,56\n"


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_table(desk: Any, choice: Any, codec: str, named: str) -> None:
    reading = desk.read(TEXT.encode(codec))
    assert desk.rows(reading) == [
        ("330102", "上城区", 12),
        ("330105", "拱墅区", 34),
        ("330106", "西湖区", 56),
    ]
    assert [column.name for column in reading.schema] == ["区县编码", "名称", "人数"]
    assert choice(reading, "encoding") == (named, True)


def test_gb18030_with_a_title_row(desk: Any, choice: Any) -> None:
    reading = desk.read(("二〇二三年各区县人口表\n" + TEXT).encode("gb18030"))
    assert reading.rows == 3
    assert choice(reading, "header_row") == ("2", True)


def test_a_late_byte_decides_not_the_first_lines(desk: Any, choice: Any) -> None:
    content = (
        b"id,name\n"
        + b"".join(b"%d,plain\n" % n for n in range(40_000))
        + "40001,西湖区文三路\n".encode("gb18030")
    )
    reading = desk.read(content)
    assert choice(reading, "encoding")[0] == "gb18030"
    assert desk.rows(reading)[-1] == (40001, "西湖区文三路")


@pytest.mark.parametrize(
    ("content", "candidate"),
    [
        ("測站,風\n板橋,12\n中壢,34\n".encode("big5"), "big5"),
        ("nom,ville\ncafé,Orléans\nthé,Nîmes\n".encode("latin-1"), "windows-1252"),
    ],
    ids=["big5", "latin"],
)
def test_an_uncertain_encoding_is_asked_and_the_answer_taken(
    desk: Any, choice: Any, content: bytes, candidate: str
) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read(content)
    assert caught.value.where.parameter == "encoding"
    assert candidate in caught.value.remedy.en
    reading = desk.read(content, encoding=candidate)
    assert choice(reading, "encoding") == (candidate, True)
    assert desk.rows(reading)[0] in (("板橋", 12), ("café", "Orléans"))


@pytest.mark.parametrize("answer", ["utf-8", "zip", "rot13"])
def test_a_wrong_or_unknown_encoding_is_refused(desk: Any, answer: str) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read(TEXT.encode("gb18030"), encoding=answer)
    assert caught.value.where.parameter == "encoding"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "gb18030"])
def test_nul_is_refused_with_its_line(desk: Any, codec: str) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read("名称,b\n甲,1\n乙\x00,2\n".encode(codec))
    assert caught.value.where.line == 3


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 x",
        b"\x1f\x8b\x08\x00 gzip",
        b"ARROW1\x00\x00",
        b"<!DOCTYPE html><html></html>",
        b"PK\x03\x04 broken",
        b"SQLite format 3\x00",
        b'<?xml version="1.0"?><a/>',
    ],
    ids=["pdf", "gzip", "arrow", "html", "zip", "sqlite", "xml"],
)
def test_what_is_really_something_else_is_refused_with_a_remedy(desk: Any, content: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read(content, "table.csv")
    assert caught.value.where.file == "table.csv"
    assert caught.value.remedy.zh


BIG5 = [
    "區縣,數量\n臺北市,12\n高雄市,30\n新竹縣,7\n",
    "學校名稱,地址,電話\n國立臺灣大學,臺北市大安區羅斯福路四段,02\n國立成功大學,臺南市東區大學路,06\n",
    "項目,單位,數值\n用電量,度,12\n人口密度,人,3\n",
]
OTHERS = [
    ("区县,数量\n西湖区,12\n上城区,30\n", "gb18030"),
    ("物种,学名\n黄鹂,x\n鸺鹠,y\n鸬鹚,z\n", "gb18030"),
    ("名称,分子式\n氯化镁,a\n氢氧化钠,b\n苯乙烯,c\n", "gb18030"),
    ("區縣,數量\n西湖區,12\n上城區,30\n", "gb18030"),
    ("都市,人口\n東京都,12\n大阪府,30\n北海道,7\n", "cp932"),
    ("都市,人口\n東京都,12\n大阪府,30\n北海道,7\n", "euc-jp"),
    ("도시,인구\n서울특별시,12\n부산광역시,30\n대구광역시,7\n", "cp949"),
    ("город,область\nМосква,Московская\nТверь,Тверская\n", "cp1251"),
]


@pytest.mark.parametrize("text", BIG5)
def test_big5_is_taken_where_all_of_it_is_everyday_chinese(desk: Any, choice: Any, text: str) -> None:
    reading = desk.read(text.encode("big5"))
    assert choice(reading, "encoding") == ("big5", True)
    assert ",".join(one.name for one in reading.schema) == text.partition("\n")[0]


@pytest.mark.parametrize(("text", "codec"), OTHERS)
def test_what_is_not_big5_is_never_read_as_big5(desk: Any, text: str, codec: str) -> None:
    try:
        reading = desk.read(text.encode(codec))
    except BadInput:
        return
    assert not [one for one in reading.choices if (one.what, one.value) == ("encoding", "big5")]
