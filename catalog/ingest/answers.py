"""The steward's answers to reading choices: an answered choice is certain, an unanswered one says what it proposes.

Every reader states its choices through `Answers.chosen`, so that none can forget what was already answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.dataset import ReadingChoice
from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["ANSWERABLE", "Answers"]

ANSWERABLE: Mapping[str, Text] = {
    "axes": Text(
        "坐标次序：swap 对调经度与纬度，keep 保留",
        "order of coordinates: swap exchanges longitude and latitude, keep does not",
    ),
    "blank_rows": Text("全空的行：keep 保留", "rows without any value: keep"),
    "delimiter": Text("分隔符，如 , ; | tab space fixed", "delimiter, such as , ; | tab space fixed"),
    "crs": Text("坐标系：GCJ-02 或 BD-09 换算为 WGS-84", "datum: GCJ-02 or BD-09 are converted to WGS-84"),
    "compact_dates": Text("20240305 这样的日期：keep 保留原样", "dates such as 20240305: keep as they stand"),
    "encoding": Text(
        "字符编码，如 utf-8、gb18030、big5、latin-1",
        "character encoding, such as utf-8, gb18030, big5, latin-1",
    ),
    "excel_dates": Text("Excel 日期序号：keep 保留为数字", "Excel's serial dates: keep as numbers"),
    "footer_rows": Text("表下的合计与注释：keep 保留", "totals and notes below the table: keep"),
    "full_width": Text("全角数字：keep 保留原样", "full-width digits: keep as they stand"),
    "guarded_text": Text(
        '为防表格软件改动而写成 ="0012" 或带制表符的文本：keep 保留原样',
        'text written ="0012" or with a tab to keep spreadsheets off it: keep as it stands',
    ),
    "han_dates": Text("中文数字写的日期：keep 保留原样", "dates in Chinese numerals: keep as they stand"),
    "header_row": Text(
        "表头所在行（从 1 起），none 表示没有表头", "line of the header (1-based), none for no header"
    ),
    "label_row": Text("表头下的说明行：keep 保留", "row of labels below the header: keep"),
    "member": Text("压缩包里的文件名", "name of the file in the archive"),
    "missing_marker": Text(
        "表示缺失的值，如 -9999；kept 表示照原样", "value that means missing, such as -9999; kept as it is"
    ),
    "mixed_dates": Text(
        "几种写法混用的日期：keep 保留原样", "days written in several ways: keep as they stand"
    ),
    "page_lines": Text("第 1 页 共 2 页一类的行：keep 保留", "lines such as page 1 of 2: keep"),
    "placeholders": Text(
        "表示没有值的 - / 无 等：keep 保留原样", "- / 无 and the like for no value: keep as they stand"
    ),
    "quote": Text("引号，\" 或 '", "quote character, \" or '"),
    "rejected_rows": Text(
        "读不出的行：接受所报的行数", "rows that could not be read: accept the number reported"
    ),
    "repeated_header": Text("重复出现的表头：keep 保留", "repeated header lines: keep"),
    "roc_dates": Text("民国纪年的日期：keep 保留原样", "dates in years of the Republic: keep as they stand"),
    "subtotal_rows": Text("数据之间的小计行：keep 保留", "subtotals among the data: keep"),
    "sheet": Text("工作表名", "name of the worksheet"),
    "table": Text(
        "JSON 中表所在的路径；并列的表中的第几张，all 表示其实是一张",
        "path of the table in a JSON document; which of tables side by side, all where they are one",
    ),
    "thousands_separator": Text("千分位逗号：keep 保留原样", "commas between thousands: keep as they stand"),
    "units": Text(
        "带单位的数（% 万 亿 元）：keep 保留原样", "numbers with a unit (% 万 亿 元): keep as they stand"
    ),
}
_STATED = frozenset(
    (
        "coordinates",
        "damaged_numbers",
        "geometry",
        "key_column",
        "merged_cells",
        "names",
        "nesting",
        "next_table",
        "short_rows",
        "skipped_rows",
        "non_finite",
        "text_identifiers",
        "time_zone",
        "trailing_cells",
        "empty_columns",
        "nested_columns",
        "format",
    )
)


@dataclass(frozen=True, slots=True)
class Answers:
    """`given` maps a choice's slug to the steward's answer, as typed."""

    given: Mapping[str, str]
    file: str

    def check(self) -> None:
        """Raises BadInput: an answer to a choice that does not exist."""
        for what in self.given:
            if what not in ANSWERABLE and what not in _STATED:
                raise BadInput(
                    Text(f"没有名为“{what}”的读取选项", f'There is no reading choice "{what}"'),
                    Text(f"可用：{'、'.join(ANSWERABLE)}", f"Use one of {', '.join(ANSWERABLE)}"),
                    Where(file=self.file, parameter=what),
                )

    def get(self, what: str) -> str | None:
        """The answer, None where there is none."""
        return self.given.get(what)

    def keeps(self, what: str) -> bool:
        """The steward wants the rows kept that the gate would drop."""
        return self.given.get(what, "").strip().lower() == "keep"

    def refused(self) -> frozenset[str]:
        """The choices of which the steward wants nothing: cells stay as they stand."""
        return frozenset(what for what in self.given if self.keeps(what))

    def chosen(self, what: str, value: str, evidence: Text, certain: bool = True) -> ReadingChoice:
        """A choice; certain where the steward has given exactly this answer."""
        return ReadingChoice(what, value, evidence, certain or self.given.get(what) == value)
