"""Twenty nasty files of other kinds (exports of other programs, printed reports, pages saved as tables), written down
with their truth before the reader was tried on any of them. It then read 4 as meant, asked about 10 and said 6 otherwise
than the truth; mended, it reads 17 and asks about 3, of which two cannot be read by anybody and one is a web page.
"""

from __future__ import annotations

import json
from datetime import date

import openpyxl

from tests.catalog.ingest.nasty import DISTRICTS, PLAIN, Nasty, book


def with_instructions(made: openpyxl.Workbook) -> None:
    """A first sheet of running text, longer than the table."""
    notes = made.create_sheet("填表说明", 0)
    for number in range(1, 16):
        notes.append([f"{number}. 请各区县于每月五日前填报，数据应与统计口径一致。"])


FRESH = [
    Nasty(
        "formula-text.csv",
        '名,编码,数\n甲,="0012",1\n乙,="0345",2\n丙,="0678",3\n'.encode(),
        [("甲", "0012", 1), ("乙", "0345", 2), ("丙", "0678", 3)],
    ),
    Nasty(
        "tab-guarded.csv",
        '订单号,金额\n"330102199001011234\t",12.5\n"330102199001011235\t",7\n"330102199001011236\t",30.25\n'.encode(),
        [("330102199001011234", 12.5), ("330102199001011235", 7.0), ("330102199001011236", 30.25)],
    ),
    Nasty(
        "statement.csv",
        (
            "市民卡交易记录明细查询\r\n"
            "卡号:[测试卡]\r\n"
            "起始日期:[2024-01-01 00:00:00]    终止日期:[2024-02-01 00:00:00]\r\n"
            "---------------------------------交易记录明细列表------------------------------------\r\n"
            "交易号,交易日期,商户,金额,\r\n"
            "1,2024-01-02,公交一公司,2.00,\r\n"
            "2,2024-01-05,地铁集团,4.50,\r\n"
            "3,2024-01-09,公交二公司,2.00,\r\n"
            "4,2024-01-20,地铁集团,6.00,\r\n"
            "------------------------------------------------------------------------------------\r\n"
            "共4笔记录\r\n"
            "导出时间:[2024-02-02 10:00:00]    用户:测试\r\n"
        ).encode("gbk"),
        [
            (1, date(2024, 1, 2), "公交一公司", 2.0),
            (2, date(2024, 1, 5), "地铁集团", 4.5),
            (3, date(2024, 1, 9), "公交二公司", 2.0),
            (4, date(2024, 1, 20), "地铁集团", 6.0),
        ],
        ("交易号", "交易日期", "商户", "金额"),
    ),
    Nasty(
        "printed-pages.csv",
        (
            "编号,站名,线路\n1,武林广场,1号线\n2,凤起路,1号线\n第1页 共2页,,\n"
            "编号,站名,线路\n3,龙翔桥,1号线\n4,定安路,1号线\n第2页 共2页,,\n"
        ).encode(),
        [
            (1, "武林广场", "1号线"),
            (2, "凤起路", "1号线"),
            (3, "龙翔桥", "1号线"),
            (4, "定安路", "1号线"),
        ],
    ),
    Nasty(
        "column-numbers.xlsx",
        book(
            [
                ["指标", "单位", "本年", "上年"],
                ["甲", "乙", 1, 2],
                ["粮食产量", "吨", 1200, 1100],
                ["油料产量", "吨", 300, 280],
                ["蔬菜产量", "吨", 5600, 5400],
            ]
        ),
        [("粮食产量", "吨", 1200, 1100), ("油料产量", "吨", 300, 280), ("蔬菜产量", "吨", 5600, 5400)],
        ("指标", "单位", "本年", "上年"),
    ),
    Nasty(
        "excel-errors.xlsx",
        book([["区县", "增速"], ["西湖区", 0.5], ["上城区", "#DIV/0!"], ["拱墅区", 0.7]]),
        [("西湖区", 0.5), ("上城区", None), ("拱墅区", 0.7)],
    ),
    Nasty(
        "mixed-dates.csv",
        "名,日期\n甲,2024-03-05\n乙,2024/3/6\n丙,2024年3月7日\n丁,2024.3.8\n".encode(),
        [
            ("甲", date(2024, 3, 5)),
            ("乙", date(2024, 3, 6)),
            ("丙", date(2024, 3, 7)),
            ("丁", date(2024, 3, 8)),
        ],
    ),
    Nasty(
        "no-break-spaces.csv",
        "区县,数量\n西湖区,\u00a012\n上城区,30\u00a0\n拱墅区,\u20037\n".encode(),
        DISTRICTS,
    ),
    Nasty(
        "padded-callback.json",
        (
            "callback("
            + json.dumps(
                {"code": 0, "rows": [{"区县": name, "数量": count} for name, count in DISTRICTS]},
                ensure_ascii=False,
            )
            + ");"
        ).encode(),
        DISTRICTS,
        ("区县", "数量"),
    ),
    Nasty(
        "two-level-header.csv",
        "地区,上半年,,下半年,\n,收入,支出,收入,支出\n杭州,1.5,2,3,4\n宁波,5,6,7.25,8\n".encode(),
        [("杭州", 1.5, 2, 3.0, 4), ("宁波", 5.0, 6, 7.25, 8)],
        ("地区", "上半年_收入", "上半年_支出", "下半年_收入", "下半年_支出"),
    ),
    Nasty(
        "instructions-first.xlsx",
        book([["区县", "数量"], *map(list, DISTRICTS)], then=with_instructions),
        DISTRICTS,
        ("区县", "数量"),
    ),
    Nasty("dos-end-of-file.csv", PLAIN.replace("\n", "\r\n").encode("gbk") + b"\x1a", DISTRICTS),
    Nasty(
        "excel-separator-line.csv",
        ("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")).encode("utf-8-sig"),
        DISTRICTS,
        ("区县", "数量"),
    ),
    Nasty(
        "numbers-as-text.xlsx",
        book([["区县", "数量"], ["西湖区", "12"], ["上城区", 30], ["拱墅区", "7"]]),
        DISTRICTS,
    ),
    Nasty(
        "markdown.txt",
        (
            "| 区县 | 数量 |\n|------|-----:|\n"
            + "".join(f"| {name} | {count} |\n" for name, count in DISTRICTS)
        ).encode(),
        DISTRICTS,
        ("区县", "数量"),
    ),
    Nasty(
        "psql.txt",
        (
            " district | count \n----------+-------\n"
            + "".join(f" {name}   | {count:5d}\n" for name, count in DISTRICTS)
            + "(3 rows)\n\n"
        ).encode(),
        DISTRICTS,
        ("district", "count"),
    ),
    Nasty("mojibake.csv", PLAIN.encode().decode("latin-1").encode(), [], asks=True),
    Nasty(
        "total-on-top.csv",
        "地区,人口\n合计,49\n西湖区,12\n上城区,30\n拱墅区,7\n".encode(),
        DISTRICTS,
        ("地区", "人口"),
    ),
    Nasty(
        "page-saved-as.xls",
        (
            '<html><head><meta charset="gb2312"></head><body><table border=1>'
            "<tr><td colspan=2>各区数量统计表</td></tr><tr><th>区县</th><th>数量</th></tr>"
            + "".join(f"<tr><td>{name}</td><td>{count}</td></tr>" for name, count in DISTRICTS)
            + "</table></body></html>"
        ).encode("gb2312"),
        DISTRICTS,
        ("区县", "数量"),
        asks=True,
    ),
    Nasty(
        "broken-byte.csv",
        PLAIN.encode("gbk").replace("上城区".encode("gbk"), b"\xc9\xff\xb3\xc7"),
        [],
        asks=True,
    ),
]
