"""The first sheet of an exported list: how to fill it in, in both languages. Nothing in it is read back."""

from __future__ import annotations

from catalog.text import Text

__all__ = ["README_LINES"]

README_LINES: tuple[tuple[Text, bool], ...] = (
    (Text("负面清单工作簿：填写说明", "Negative list workbook: how to fill it in"), True),
    (
        Text(
            "导入只产生草稿：须由起草人以外的第二人批准后才生效。本页不会被读取。",
            "An import makes a draft: it takes effect only when a second person approves it. This page is not read.",
        ),
        False,
    ),
    (Text("变更（entries 的 change 列）", "Changes (column change of entries)"), True),
    (
        Text(
            "keep 保留：与基础版本一字不差。change 修改：条目内容有改动（含其条款、措施、所用词条）。"
            "add 新增：基础版本中没有的条目。retire 撤销：条目作废。",
            "keep: exactly as in the base version. change: the entry differs (its clauses, effects and terms included). "
            "add: an entry the base version does not have. retire: the entry is withdrawn.",
        ),
        False,
    ),
    (
        Text(
            "删去一行不等于撤销：没有出现的条目保持不变。要撤销，请保留该行并选 retire。",
            "Deleting a row does not retire an entry: an entry that does not appear stays as it is. To retire it, keep "
            "the row and choose retire.",
        ),
        False,
    ),
    (
        Text(
            "“list”中的基础版本不要改；若该版本已不是现行版本，导入会被拒绝，请重新导出后再改。",
            "Do not change the base version in the sheet list; when it is no longer the version in use the import is "
            "refused: export again and edit the new file.",
        ),
        False,
    ),
    (Text("或与且", "Or and and"), True),
    (
        Text(
            "一行是若干可选项之一（或）：条目有几条条款就有几行，任何一条符合即适用；词条的每一行是一个可选条件。"
            "同一行的各列须同时满足（且）：when_1、when_2……都要符合。一个 when 单元格里可写多行，符合其中一行即可。"
            "unless 列是反证，任何一列符合，该条款就不适用。",
            "A row is one of several alternatives (or): an entry has a row per clause and applies when one of them is "
            "met; each row of a term is one alternative condition. The columns of a row must all hold (and): when_1, "
            "when_2 and so on. A when cell may hold several lines, of which one must be met. Columns unless are evidence "
            "to the contrary: when one is met the clause does not apply.",
        ),
        False,
    ),
    (
        Text(
            "when 中一行写一个词条名（如 plate），或“条件: 取值”，例如  themes: transport; credit   "
            "title: 车辆; 轨迹   fields: 车牌|号牌   rows: 1000   geo_finer_than_m: 50   time_finer_than: quarter_hour   "
            "least_grade: L3   entities: PLATE; VIN @ 0.2（命中率不低于 0.2）。条件名见“terms”的 condition 下拉列表。",
            "A line of a when cell is the name of a term (plate) or “condition: value”, for example  themes: transport; "
            "credit   title: 车辆; 轨迹   fields: plate|vin   rows: 1000   geo_finer_than_m: 50   time_finer_than: "
            "quarter_hour   least_grade: L3   entities: PLATE; VIN @ 0.2 (in at least 0.2 of the cells). The drop-down "
            "of condition in the sheet terms has all names.",
        ),
        False,
    ),
    (Text("单元格", "Cells"), True),
    (
        Text(
            "所有单元格都是文本，以 = 开头也不是公式。公式、合并单元格、隐藏的工作表不予读取；"
            "被表格软件变成数字或日期的文本会被指出，请设为文本格式后重新输入。日期写成 2026-01-31。",
            "Every cell is text, even one that begins with =. Formulas, merged cells and hidden sheets are refused; a "
            "text that the spreadsheet turned into a number or date is named: set the format to Text and type it again. "
            "Write dates as 2026-01-31.",
        ),
        False,
    ),
    (
        Text(
            "列表用分号或换行分隔。含分号、引号或 @ 的项，以及首尾有空格的文字，整体写在英文双引号内（JSON 字符串）。",
            "Part the items of a list with semicolons or new lines. An item with a semicolon, a quote mark or @, and a "
            "text with blanks at its edges, goes in double quotes (a JSON string).",
        ),
        False,
    ),
    (
        Text(
            "下拉列表的取值可只写英文键或中文名。表头以英文键识别，请勿改动；列的次序可变。",
            "Of a choice, the English key or the Chinese label alone is enough. Headings are known by their English key: "
            "leave it; the order of columns does not matter.",
        ),
        False,
    ),
    (
        Text(
            "正则表达式为 RE2 语法，对字段名（小写、词间一个空格）进行匹配。",
            "Patterns are RE2 over the name of a field (lower case, single spaces between words).",
        ),
        False,
    ),
    (
        Text(
            "有任何一处错误，整份工作簿都不导入；错误会逐一指出工作表与单元格（如 entries!D17）。",
            "With any flaw nothing of the workbook is imported; each flaw is told with sheet and cell (entries!D17).",
        ),
        False,
    ),
)
"""(line, whether it is a heading)."""
