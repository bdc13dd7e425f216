"""Thirty-four more nasty files: quotes, line ends, names, JSON, and what must stay text."""

from __future__ import annotations

import json
from datetime import datetime

import openpyxl

from tests.catalog.ingest.nasty import DISTRICTS, PLAIN, Nasty, book, geojson

at = datetime.fromisoformat


def hidden_sheet(made: openpyxl.Workbook) -> None:
    other = made.create_sheet("另一张")
    other.sheet_state = "hidden"
    for row in (["街道", "户数"], ["文新", 5], ["翠苑", 6]):
        other.append(row)


MORE = [
    Nasty("unit-separator.csv", PLAIN.replace(",", "\x1f").encode(), DISTRICTS),
    Nasty(
        "bars-and-commas.csv",
        "名|地址\n甲|西湖区, 文新\n乙|上城区, 湖滨\n".encode(),
        [("甲", "西湖区, 文新"), ("乙", "上城区, 湖滨")],
    ),
    Nasty(
        "single-quotes.csv",
        "名,地址,数\n'甲','西湖区,文新',1\n'乙','上城区,湖滨',2\n".encode(),
        [("甲", "西湖区,文新", 1), ("乙", "上城区,湖滨", 2)],
    ),
    Nasty(
        "backslashes.csv",
        '名,话\n甲,"他说\\"好\\", 走了"\n乙,"好"\n丙,"不, 好"\n'.encode(),
        [("甲", '他说"好", 走了'), ("乙", "好"), ("丙", "不, 好")],
    ),
    Nasty(
        "padded-quotes.csv",
        '名, 地址, 数\n甲, "西湖区, 文新", 1\n乙, "上城区, 湖滨", 2\n'.encode(),
        [("甲", "西湖区, 文新", 1), ("乙", "上城区, 湖滨", 2)],
        ("名", "地址", "数"),
    ),
    Nasty("mixed-line-ends.csv", "区县,数量\r\n西湖区,12\n上城区,30\r\n拱墅区,7".encode(), DISTRICTS),
    Nasty("blank-lines.csv", PLAIN.replace("\n", "\n\n").encode(), DISTRICTS),
    Nasty("only-delimiters.csv", (PLAIN + ",\n,\n").encode(), DISTRICTS, choices={"blank_rows": "2"}),
    Nasty(
        "tab-quotes.tsv",
        '名\t说明\n甲\t"含\t制表符"\n乙\t无\n'.encode(),
        [("甲", "含\t制表符"), ("乙", "无")],
    ),
    Nasty(
        "names-twice.csv",
        "数,数,\n1,2,甲\n3,4,乙\n".encode(),
        [(1, 2, "甲"), (3, 4, "乙")],
        ("数", "数_2", "column_3"),
    ),
    Nasty(
        "newline-in-name.xlsx",
        book([["区县\n名称", "数 量"], ["西湖区", 12], ["上城区", 30]]),
        [("西湖区", 12), ("上城区", 30)],
        ("区县 名称", "数 量"),
    ),
    Nasty(
        "text-codes.xlsx",
        book([["名", "编码"], ["甲", "0012"], ["乙", "0345"]]),
        [("甲", "0012"), ("乙", "0345")],
    ),
    Nasty(
        "zones.csv",
        "名,时间\n甲,2024-03-05T08:00:00+08:00\n乙,2024-03-05T09:00:00+08:00\n".encode(),
        [("甲", at("2024-03-05T00:00")), ("乙", at("2024-03-05T01:00"))],
    ),
    Nasty(
        "negative-units.csv",
        "区县,增减\n西湖区,-1.5万\n上城区,3万\n".encode(),
        [("西湖区", -1.5), ("上城区", 3.0)],
        units={"增减": "万"},
    ),
    Nasty(
        "long-decimals.csv",
        "名,值\n甲,0.1234567890123456789\n乙,1.5\n".encode(),
        [("甲", "0.1234567890123456789"), ("乙", "1.5")],
    ),
    Nasty(
        "impossible-date.csv",
        "名,日期\n甲,2024-02-30\n乙,2024-03-01\n".encode(),
        [("甲", "2024-02-30"), ("乙", "2024-03-01")],
    ),
    Nasty(
        "by-name.json",
        json.dumps({"西湖区": {"人": 1, "户": 2}, "上城区": {"人": 3, "户": 4}}).encode(),
        [("西湖区", 1, 2), ("上城区", 3, 4)],
    ),
    Nasty("grid.json", json.dumps([["区县", "数量"], *DISTRICTS]).encode(), DISTRICTS, ("区县", "数量")),
    Nasty(
        "columns.json", json.dumps({"区县": ["甲", "乙"], "数量": [1, 2]}).encode(), [("甲", 1), ("乙", 2)]
    ),
    Nasty(
        "long-ids.json",
        b'[{"id": 330102199001011234, "n": 1}, {"id": 330102199001011235, "n": 2}]',
        [("330102199001011234", 1), ("330102199001011235", 2)],
    ),
    Nasty("inches.csv", '名,尺寸\n甲,5" 管\n乙,6" 管\n'.encode(), [("甲", '5" 管'), ("乙", '6" 管')]),
    Nasty(
        "apostrophes.csv",
        b"name,note,n\nO'Neil,it's,1\nD'Arcy,isn't,2\n",
        [("O'Neil", "it's", 1), ("D'Arcy", "isn't", 2)],
    ),
    Nasty(
        "percent-and-empty.csv",
        "区县,占比\n西湖区,12%\n上城区,\n拱墅区,7%\n".encode(),
        [("西湖区", 12.0), ("上城区", None), ("拱墅区", 7.0)],
        units={"占比": "%"},
    ),
    Nasty(
        "geometry-z.geojson",
        geojson((120.15, 30.28, 5)),
        [(1, '{"type":"Point","coordinates":[120.15,30.28,5]}')],
    ),
    Nasty(
        "euro-header.csv",
        "区县,收入(万元),备注\n西湖区,1.5,\n上城区,2.5,x\n".encode(),
        [("西湖区", 1.5, None), ("上城区", 2.5, "x")],
        units={"收入(万元)": "万元"},
    ),
    Nasty(
        "note-without-total.csv",
        (PLAIN + "数据来源：杭州市统计局\n").encode("gbk"),
        DISTRICTS,
        choices={"footer_rows": "1"},
    ),
    Nasty(
        "total.xlsx",
        book([["区县", "数量"], *map(list, DISTRICTS), ["合计", 49]]),
        DISTRICTS,
        choices={"footer_rows": "1"},
    ),
    Nasty("spaced-total.csv", (PLAIN + "合 计,49\n").encode(), DISTRICTS, choices={"footer_rows": "1"}),
    Nasty(
        "hidden-sheet.xlsx",
        book([["区县", "数量"], *map(list, DISTRICTS)], then=hidden_sheet),
        DISTRICTS,
        choices={"sheet": "Sheet"},
    ),
    Nasty(
        "only-one-column.csv",
        "名称\n西湖\n灵隐\n断桥\n".encode(),
        [("西湖",), ("灵隐",), ("断桥",)],
        ("名称",),
    ),
    Nasty("big5-in-utf8.csv", "區縣,數量\n臺北市,12\n高雄市,30\n".encode(), [("臺北市", 12), ("高雄市", 30)]),
    Nasty(
        "traditional-in-gbk.csv",
        "區縣,數量\n西湖區,12\n上城區,30\n拱墅區,7\n餘杭區,9\n".encode("gbk"),
        [("西湖區", 12), ("上城區", 30), ("拱墅區", 7), ("餘杭區", 9)],
    ),
    Nasty(
        "two-zones-of-blank.xlsx",
        book([["标题"], [], ["区县", None, "数量"], ["西湖区", None, 12], ["上城区", None, 30]]),
        [("西湖区", 12), ("上城区", 30)],
        ("区县", "数量"),
    ),
    Nasty("tiny-gbk.csv", "名,数\n甲,1\n".encode("gbk"), [("甲", 1)]),
]
