"""The first sixty nasty files: what bureaus send every day."""

from __future__ import annotations

import json
from datetime import date, datetime

from tests.catalog.ingest.nasty import DISTRICTS, PLAIN, Nasty, archive, book, geojson, ods

at = datetime.fromisoformat
BIG = 330102199001011234

FIRST = [
    Nasty(
        "gbk-title.csv",
        ("杭州市各区统计表\n" + PLAIN).encode("gbk"),
        DISTRICTS,
        ("区县", "数量"),
        {"encoding": "gb18030"},
    ),
    Nasty(
        "gb18030-rare.csv",
        "姓名,数\n䶮䶮,1\n王㐂,2\n李伟,3\n张强国,4\n".encode("gb18030"),
        [("䶮䶮", 1), ("王㐂", 2), ("李伟", 3), ("张强国", 4)],
    ),
    Nasty(
        "big5.csv",
        "區縣,數量\n臺北市,12\n高雄市,30\n新竹縣,7\n".encode("big5"),
        [("臺北市", 12), ("高雄市", 30), ("新竹縣", 7)],
        ("區縣", "數量"),
        {"encoding": "big5"},
    ),
    Nasty("utf16.csv", PLAIN.encode("utf-16"), DISTRICTS, choices={"encoding": "utf-16-le"}),
    Nasty("utf16-bare.csv", PLAIN.encode("utf-16-be"), DISTRICTS, choices={"encoding": "utf-16-be"}),
    Nasty("bom.csv", PLAIN.encode("utf-8-sig"), DISTRICTS, ("区县", "数量")),
    Nasty(
        "bom-in-the-middle.csv",
        "区县,数量\n西湖区,12\n\ufeff上城区,30\n拱墅区,7\n".encode(),
        [("西湖区", 12), ("\ufeff上城区", 30), ("拱墅区", 7)],
    ),
    Nasty("two-boms.csv", ("\ufeff\ufeff" + PLAIN).encode(), DISTRICTS, ("区县", "数量")),
    Nasty(
        "notes-above.csv",
        ("统计表\n单位：个\n制表日期：2024年\n" + PLAIN).encode(),
        DISTRICTS,
        ("区县", "数量"),
    ),
    Nasty(
        "labels-below.csv",
        "qx,sl\n区县,数量\n西湖区,12\n上城区,30\n拱墅区,7\n".encode(),
        DISTRICTS,
        ("qx", "sl"),
    ),
    Nasty("total.csv", (PLAIN + "合计,49\n").encode(), DISTRICTS, choices={"footer_rows": "1"}),
    Nasty("total-and-notes.csv", (PLAIN + "合计,49\n注：不含萧山区\n数据来源：统计局\n").encode(), DISTRICTS),
    Nasty(
        "subtotals.csv",
        "区县,数量\n西湖区,12\n上城区,30\n小计,42\n拱墅区,7\n小计,7\n合计,49\n".encode(),
        DISTRICTS,
        choices={"subtotal_rows": "1", "footer_rows": "2"},
    ),
    Nasty("total-that-is-wrong.csv", (PLAIN + "合计,50\n").encode(), DISTRICTS, asks=True),
    Nasty(
        "header-again.csv",
        "编号,名\n1,甲\n2,乙\n编号,名\n3,丙\n".encode(),
        [(1, "甲"), (2, "乙"), (3, "丙")],
        choices={"repeated_header": "1"},
    ),
    Nasty(
        "two-tables.csv", (PLAIN + "\n街道,户数,备注\n文新,5,无\n翠苑,6,无\n").encode(), DISTRICTS, asks=True
    ),
    Nasty(
        "ragged.csv",
        "a,b,c\n1,x,甲\n2,y\n3,z,乙\n4,w,丙\n".encode(),
        [(1, "x", "甲"), (3, "z", "乙"), (4, "w", "丙")],
        asks=True,
    ),
    Nasty(
        "trailing-commas.csv",
        "名,数,,\n甲,1,,\n乙,2,,\n丙,3,,\n".encode(),
        [("甲", 1), ("乙", 2), ("丙", 3)],
        ("名", "数"),
    ),
    Nasty(
        "fixed-width.txt",
        "站名      线路  日期\n武林广场  1号线 2024-01-01\n凤起路    2号线 2024-01-02\n龙翔桥    1号线 2024-01-03\n".encode(),
        [
            ("武林广场", "1号线", date(2024, 1, 1)),
            ("凤起路", "2号线", date(2024, 1, 2)),
            ("龙翔桥", "1号线", date(2024, 1, 3)),
        ],
        ("站名", "线路", "日期"),
    ),
    Nasty("full-width-comma.csv", PLAIN.replace(",", "，").encode(), DISTRICTS, ("区县", "数量")),
    Nasty("ideographic-comma.csv", PLAIN.replace(",", "、").encode(), DISTRICTS, ("区县", "数量")),
    Nasty("full-width-bar.csv", PLAIN.replace(",", "｜").encode(), DISTRICTS, ("区县", "数量")),
    Nasty("caret.csv", PLAIN.replace(",", "^").encode(), DISTRICTS, ("区县", "数量")),
    Nasty(
        "semicolon-comma.csv",
        "名;地址\n甲;西湖区,文新\n乙;上城区,湖滨\n丙;拱墅区,米市巷\n".encode(),
        [("甲", "西湖区,文新"), ("乙", "上城区,湖滨"), ("丙", "拱墅区,米市巷")],
    ),
    Nasty(
        "quotes-newlines.csv",
        '名,说明\n甲,"第一行\n第二行, 含逗号"\n乙,"他说""好"""\n丙,无\n'.encode(),
        [("甲", "第一行\n第二行, 含逗号"), ("乙", '他说"好"'), ("丙", "无")],
    ),
    Nasty("mac-line-ends.csv", PLAIN.replace("\n", "\r").encode(), DISTRICTS),
    Nasty(
        "units-in-cells.csv",
        "区县,金额,占比\n西湖区,1.5万元,12.5%\n上城区,30万元,80%\n拱墅区,7万元,7.5%\n".encode(),
        [("西湖区", 1.5, 12.5), ("上城区", 30.0, 80.0), ("拱墅区", 7.0, 7.5)],
        units={"金额": "万元", "占比": "%"},
    ),
    Nasty(
        "units-mixed.csv",
        "区县,人口\n西湖区,1.5万\n上城区,3000\n拱墅区,0.2亿\n".encode(),
        [("西湖区", 15_000), ("上城区", 3_000), ("拱墅区", 20_000_000)],
        units={"人口": "1"},
    ),
    Nasty(
        "unit-in-header.csv",
        "区县,产值（亿元）\n西湖区,1.5\n上城区,30\n".encode(),
        [("西湖区", 1.5), ("上城区", 30.0)],
        units={"产值（亿元）": "亿元"},
    ),
    Nasty(
        "thousands.csv",
        '区县,金额\n西湖区,"1,234.50"\n上城区,"12,345,678"\n拱墅区,7\n'.encode(),
        [("西湖区", 1234.5), ("上城区", 12_345_678.0), ("拱墅区", 7.0)],
    ),
    Nasty(
        "decimal-comma.csv",
        "区县;金额\n西湖区;1,234\n上城区;2,345\n".encode(),
        [("西湖区", 1234), ("上城区", 2345)],
        asks=True,
    ),
    Nasty(
        "chinese-dates.csv",
        "名,日期\n甲,2024年3月5日\n乙,2024年12月31日\n".encode(),
        [("甲", date(2024, 3, 5)), ("乙", date(2024, 12, 31))],
    ),
    Nasty(
        "dotted-dates.csv",
        "名,日期\n甲,2024.3.5\n乙,2024.12.31\n".encode(),
        [("甲", date(2024, 3, 5)), ("乙", date(2024, 12, 31))],
    ),
    Nasty(
        "compact-dates.csv",
        "名,日期\n甲,20240305\n乙,20241231\n".encode(),
        [("甲", date(2024, 3, 5)), ("乙", date(2024, 12, 31))],
    ),
    Nasty(
        "roc-dates.csv",
        "名,日期\n甲,民國113年3月5日\n乙,民國99年12月31日\n".encode(),
        [("甲", date(2024, 3, 5)), ("乙", date(2010, 12, 31))],
    ),
    Nasty(
        "roc-slashes.csv",
        "名,日期\n甲,113/03/05\n乙,112/12/31\n".encode(),
        [("甲", date(2024, 3, 5)), ("乙", date(2023, 12, 31))],
    ),
    Nasty(
        "us-or-eu-dates.csv",
        "名,日期\n甲,03/05/2024\n乙,04/06/2024\n".encode(),
        [("甲", "03/05/2024"), ("乙", "04/06/2024")],
    ),
    Nasty(
        "placeholders.csv",
        "区县,数量,备注\n西湖区,12,无\n上城区,-,好\n拱墅区,—,无\n余杭区,8,好\n滨江区,9,好\n".encode(),
        [
            ("西湖区", 12, "无"),
            ("上城区", None, "好"),
            ("拱墅区", None, "无"),
            ("余杭区", 8, "好"),
            ("滨江区", 9, "好"),
        ],
        choices={"placeholders": "数量=2"},
    ),
    Nasty(
        "full-width-digits.csv",
        "区县,数量\n西湖区,１２\n上城区,３０\n拱墅区,７\n".encode(),
        DISTRICTS,
        choices={"full_width": "数量"},
    ),
    Nasty(
        "big-numbers.csv",
        f"名,证号,积数\n甲,{BIG},9007199254740993\n乙,{BIG + 1},9007199254740994\n".encode(),
        [("甲", str(BIG), "9007199254740993"), ("乙", str(BIG + 1), "9007199254740994")],
    ),
    Nasty(
        "big-numbers.xlsx",
        book([["名", "证号"], ["甲", BIG], ["乙", BIG + 1]]),
        [],
        choices={"damaged_numbers": "2"},
        asks=True,
    ),
    Nasty(
        "codes.csv",
        "企业,统一社会信用代码,行政区划代码,邮编\n甲,91330100MA27XYZ123,330106,310012\n乙,91330100MA27XYZ456,330102,310001\n".encode(),
        [("甲", "91330100MA27XYZ123", "330106", "310012"), ("乙", "91330100MA27XYZ456", "330102", "310001")],
    ),
    Nasty(
        "divisions.csv", "名,行政区划\n甲,330106\n乙,330102\n".encode(), [("甲", "330106"), ("乙", "330102")]
    ),
    Nasty("leading-zeros.csv", "名,序\n甲,007\n乙,012\n".encode(), [("甲", "007"), ("乙", "012")]),
    Nasty("yes-no.csv", "名,是否办结\n甲,是\n乙,否\n".encode(), [("甲", True), ("乙", False)]),
    Nasty(
        "merged-header.xlsx",
        book(
            [
                ["2023 年经济情况表", None, None, None, None],
                ["地区", "上半年", None, "下半年", None],
                [None, "收入", "支出", "收入", "支出"],
                ["杭州", 1.5, 2, 3, 4],
                ["宁波", 5, 6, 7.25, 8],
                ["注：数据为初步统计", None, None, None, None],
            ],
            "A1:E1",
            "A2:A3",
            "B2:C2",
            "D2:E2",
        ),
        [("杭州", 1.5, 2, 3.0, 4), ("宁波", 5.0, 6, 7.25, 8)],
        ("地区", "上半年_收入", "上半年_支出", "下半年_收入", "下半年_支出"),
    ),
    Nasty(
        "three-level-header.xlsx",
        book(
            [
                ["地区", "全年", None, None, None],
                [None, "收入", None, "支出", None],
                [None, "税", "费", "税", "费"],
                ["杭州", 1, 2, 3, 4],
                ["宁波", 5, 6, 7, 8],
            ],
            "A1:A3",
            "B1:E1",
            "B2:C2",
            "D2:E2",
        ),
        [("杭州", 1, 2, 3, 4), ("宁波", 5, 6, 7, 8)],
        ("地区", "全年_收入_税", "全年_收入_费", "全年_支出_税", "全年_支出_费"),
    ),
    Nasty(
        "merged-body.xlsx",
        book(
            [["区县", "街道", "人数"], ["西湖区", "文新", 1], [None, "翠苑", 2], ["上城区", "湖滨", 3]],
            "A2:A3",
        ),
        [("西湖区", "文新", 1), ("西湖区", "翠苑", 2), ("上城区", "湖滨", 3)],
    ),
    Nasty(
        "excel-serials.xlsx",
        book([["名", "日期"], ["甲", 45356], ["乙", 45657]]),
        [("甲", date(2024, 3, 5)), ("乙", date(2024, 12, 31))],
        choices={"excel_dates": "日期"},
    ),
    Nasty(
        "excel-dates.xlsx",
        book([["名", "时间"], ["甲", at("2024-03-05T08:30")], ["乙", at("2024-12-31T00:00")]]),
        [("甲", at("2024-03-05T08:30")), ("乙", at("2024-12-31T00:00"))],
    ),
    Nasty(
        "offset.xlsx",
        book([[], [], [None, None, "区县", "数量"], *([None, None, *row] for row in DISTRICTS)]),
        DISTRICTS,
        ("区县", "数量"),
    ),
    Nasty(
        "table.ods",
        ods(["区县", "名"], ["西湖区", "甲"], ["上城区", "乙"]),
        [("西湖区", "甲"), ("上城区", "乙")],
        ("区县", "名"),
    ),
    Nasty("one.zip", archive(数据__csv=PLAIN.encode("gbk"), 说明__pdf=b"%PDF-"), DISTRICTS, ("区县", "数量")),
    Nasty(
        "parts.zip",
        archive(一__csv=PLAIN.encode(), 二__csv=PLAIN.encode("gbk")),
        DISTRICTS * 2,
        ("区县", "数量"),
    ),
    Nasty(
        "nested.json",
        json.dumps(
            {
                "code": 0,
                "data": {
                    "list": [
                        {"名": "甲", "位置": {"经度": 120.1, "纬度": 30.2}, "标签": ["a", "b"]},
                        {"名": "乙", "位置": {"经度": 120.3, "纬度": 30.4}, "标签": []},
                    ]
                },
            }
        ).encode(),
        [("甲", 120.1, 30.2, '["a","b"]'), ("乙", 120.3, 30.4, "[]")],
        ("名", "位置.经度", "位置.纬度", "标签"),
        {"table": "$.data.list"},
    ),
    Nasty("lines.ndjson", b'{"a":1,"b":{"c":"x"}}\n{"a":2}\n', [(1, "x"), (2, None)], ("a", "b.c")),
    Nasty(
        "points.geojson",
        geojson((120.15, 30.28), (120.2, 30.3)),
        [
            (1, '{"type":"Point","coordinates":[120.15,30.28]}'),
            (2, '{"type":"Point","coordinates":[120.2,30.3]}'),
        ],
        choices={"crs": "WGS-84"},
    ),
    Nasty(
        "swapped.geojson",
        geojson((30.28, 120.15), (30.3, 120.2)),
        [
            (1, '{"type":"Point","coordinates":[120.15,30.28]}'),
            (2, '{"type":"Point","coordinates":[120.2,30.3]}'),
        ],
        choices={"axes": "swap", "crs": "WGS-84"},
    ),
    Nasty(
        "gcj02.geojson",
        geojson((120.15, 30.28), crs={"type": "name", "properties": {"name": "GCJ-02"}}),
        [(1, '{"type":"Point","coordinates":[120.15,30.28]}')],
        asks=True,
    ),
    Nasty("tilde.csv", PLAIN.replace(",", "~").encode(), DISTRICTS),
]
