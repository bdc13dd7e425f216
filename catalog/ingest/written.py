"""What is said of numbers and dates that are written for readers: units, thousands, placeholders, other calendars.

Pure. Each such reading is a stated choice that a steward can refuse with ``keep``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from catalog.dataset import ReadingChoice
from catalog.ingest.answers import Answers
from catalog.ingest.typed import Proven
from catalog.text import Text

__all__ = ["unit_in", "written_choices"]

_UNIT = (
    r"[百千万亿]{0,2}(?:元|美元|人次|人|户|家|个|件|起|辆|吨|公斤|千克|克|公里|千米|米|厘米|毫米|平方米|平方公里|平方千米|公顷|亩|立方米|升|千瓦时|千瓦|度|小时|分钟|秒|天|年|岁|次)"
    r"|[万亿]|[%％‰℃]|(?:k|c|m)?m[²³23]?|km2|kg|mg/L|mg/m³|[μµ]g/m³|kWh|MW|dB|ha|t"
)
_IN_NAME = re.compile(rf"[(（\[【]\s*(?:单位\s*[:：]\s*)?({_UNIT})\s*[)）\]】]\s*$")
_SAID: Mapping[str, Text] = {
    "compact_dates": Text(
        "八位数字读为日期（列名为日期）", "eight digits are read as dates (the header says so)"
    ),
    "excel_dates": Text(
        "列名为日期，这些数都在 1990 至 2050 年的 Excel 日期序号之内（自 1899-12-30 起的天数），读为日期",
        "the header says date and all numbers are Excel's serial dates of 1990 to 2050 (days since 1899-12-30)",
    ),
    "guarded_text": Text(
        '为防表格软件改动而写成 ="…" 或带制表符的文本，读其内容',
        'text written ="…" or with a tab, to keep spreadsheets off it: what it holds is read',
    ),
    "mixed_dates": Text(
        "同一列里年月日有几种写法，都只能读为同一天",
        "days are written in several ways in one column, none of which can mean another day",
    ),
    "han_dates": Text(
        "整列都是中文数字写的日期（民国纪年加 1911 年）",
        "the whole column holds dates in Chinese numerals (years of the Republic: 1,911 are added)",
    ),
    "roc_dates": Text("民国纪年，已加 1911 年换为公历", "years of the Republic of China; 1,911 are added"),
    "thousands_separator": Text("逗号读为千分位", "commas are read as separators of thousands"),
}


def unit_in(name: str) -> str | None:
    """The unit that a column's name ends with in brackets, such as 万元 of 金额（万元）."""
    found = _IN_NAME.search(name)
    return found[1] if found else None


def written_choices(
    proven: Mapping[str, Proven],
    units: Mapping[str, str | None],
    rows: int,
    decimal_comma: bool,
    answers: Answers,
) -> Iterator[ReadingChoice]:
    """The choices of the columns of a reading of `rows` rows, by name. `decimal_comma` = the file is of a kind in which
    a comma more often stands before decimals (cells are split at semicolons)."""
    for what, evidence in _SAID.items():
        columns = [name for name, one in proven.items() if one.form is not None and one.form.choice == what]
        if columns:
            unsure = what == "thousands_separator" and decimal_comma
            yield answers.chosen(what, ", ".join(columns[:40]), evidence, certain=not unsure)
    measured = [f"{name}={unit}" for name, unit in units.items() if unit is not None]
    if measured:
        mixed = [name for name, one in proven.items() if one.form is not None and "mixed" in one.form.name]
        more = Text("", "")
        if mixed:
            shown = ", ".join(mixed[:20])
            more = Text(f"；{shown} 中的百千万亿已乘出", f"; 百 千 万 亿 in {shown} are multiplied out")
        twice = [
            name
            for name, one in proven.items()
            if one.form is not None
            and one.form.unit is not None
            and unit_in(name) not in (None, one.form.unit)
        ]
        if twice:
            shown = ", ".join(twice[:20])
            more = Text(
                f"{more.zh}；{shown} 的列名与单元格写的单位不同，按单元格的",
                f"{more.en}; header and cells of {shown} say different units, the cells' is taken",
            )
        yield answers.chosen(
            "units",
            "; ".join(measured[:40]),
            Text(
                f"单位由列名或每一格写明，数值照写{more.zh}",
                f"the header or every cell says the unit, numbers are as written{more.en}",
            ),
            certain=not twice,
        )
    wide = [name for name, one in proven.items() if one.cleaning.narrowed]
    if wide:
        yield answers.chosen(
            "full_width",
            ", ".join(wide[:40]),
            Text("全角数字和符号已读为半角", "full-width digits and signs are read as ASCII ones"),
        )
    empty = {name: one.placeholders for name, one in proven.items() if one.placeholders}
    if empty:
        yield answers.chosen(
            "placeholders",
            "; ".join(f"{name}={count}" for name, count in list(empty.items())[:40]),
            Text(
                "数值或日期列中的 - — / 无 等读为空（每列几格）",
                "- — / 无 and the like among numbers or dates are read as empty (cells per column)",
            ),
            certain=all(2 * count <= rows for count in empty.values()),
        )
