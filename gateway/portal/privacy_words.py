"""What the page of a release's privacy report says, in both languages; part of the table of `gateway.portal.words`."""

from __future__ import annotations

from catalog.text import Text

__all__ = ["PRIVACY_WORDS"]

PRIVACY_WORDS: dict[str, Text] = {
    "privacy_title": Text("个人信息保护", "Privacy"),
    "privacy_report": Text("个人信息保护报告", "Privacy report"),
    "privacy_lead": Text(
        "开放前在每个字段里找到了什么、如何处理、还剩下什么风险；只有数量，不含任何取值。",
        "What was found in each field before it was opened, what was done about it, and what risk is left; numbers only, no value.",
    ),
    "privacy_none": Text(
        "该版本开放时尚未保存个人信息保护报告。",
        "This release was opened before its privacy report was kept.",
    ),
    "privacy_json": Text("该报告的 JSON", "This report as JSON"),
    "privacy_open": Text("原样开放的字段", "Fields open as they are"),
    "privacy_masked": Text("脱敏后开放的字段", "Fields open masked"),
    "privacy_withheld": Text("不开放的字段", "Fields withheld"),
    "privacy_excluded": Text("不开放的行", "Rows kept back"),
    "privacy_about": Text("约 {n}", "about {n}"),
    "privacy_fields": Text("找到了什么，如何处理", "What was found, and what was done"),
    "privacy_fields_lead": Text(
        "逐格查找，不抽样。单元格数取整到 10。示例取自开放后的内容，且至少有 5 行与它相同。",
        "Every cell was looked at, none sampled. Numbers of cells are rounded to 10. Examples are of what is open, and at least 5 "
        "rows have each.",
    ),
    "privacy_fields_none": Text(
        "没有字段含个人信息，全部原样开放。", "No field holds personal information; all are open as they are."
    ),
    "privacy_found": Text("找到的个人信息", "Personal information found"),
    "privacy_found_none": Text("未发现", "none"),
    "privacy_cells": Text("约 {n} 格", "about {n} cells"),
    "privacy_done": Text("处理与保证", "Treatment, and what it guarantees"),
    "privacy_example": Text("示例", "Example"),
    "privacy_cleared": Text(
        "经合规人员确认不是个人信息", "an officer has confirmed that it is no personal information"
    ),
    "privacy_left": Text("剩余风险", "What risk is left"),
    "privacy_left_nobody": Text(
        "该数据集不涉及个人，没有可还原的对象。",
        "This dataset is about nobody: there is nobody to re-identify.",
    ),
    "privacy_left_unmeasured": Text(
        "没有可与他人区分的准标识符，未形成群体，因此没有 k 值。",
        "No quasi-identifier tells persons apart, so there are no groups and no k.",
    ),
    "privacy_least_l": Text("最小 l（取值种数）", "Least l (distinct)"),
    "privacy_most_t": Text("最大 t", "Largest t"),
    "privacy_left_lead": Text(
        "把某一行还原到某个人的可能，按已开放的内容计算。",
        "How far a row could be told to be somebody’s, counted over what is open.",
    ),
    "reports": Text("报告", "Reports"),
    "privacy_rescan": Text("复查开放内容", "The second look"),
    "privacy_rescan_clean": Text(
        "开放前复查了拟开放的全部 {rows} 行、{columns} 个字段：没有应遮盖而未遮盖的内容。",
        "Before it was opened, all {rows} rows of {columns} fields were checked in the form in which they leave: nothing is left "
        "that ought to be masked.",
    ),
    "privacy_rescan_unchanged": Text(
        "其中 {n} 个字段的内容与收到时逐格相同，沿用首次逐格查找的结果。",
        "{n} of the fields hold cell for cell what was received; what the first look found there stands.",
    ),
    "privacy_rescan_unclean": Text(
        "复查全部 {rows} 行、{columns} 个字段后，仍有 {n} 个字段应遮盖。",
        "All {rows} rows of {columns} fields were checked in the form in which they leave: {n} of the fields ought to be masked.",
    ),
    "privacy_rescan_left": Text(
        "按决定保留的属性（单独不指向个人，组合起来计入 k）：",
        "Attributes left as decided (alone they point to nobody; together they count in k):",
    ),
    "privacy_detector": Text("查找程序版本", "Version of the detector"),
    "privacy_mosaic": Text("与已开放数据比对", "Compared with what is open"),
    "privacy_mosaic_clear": Text(
        "与 {n} 份涉及个人的已开放数据逐一合并，没有把任何人缩小到不足 {k} 行的群体。",
        "Joined with each of {n} open releases about persons, it narrows nobody down to a group below {k} rows.",
    ),
    "privacy_mosaic_alone": Text(
        "开放时没有可与之合并的涉及个人的已开放数据。",
        "There was no open release about persons to join it with.",
    ),
    "privacy_mosaic_decided": Text(
        "与 {n} 份涉及个人的已开放数据比对后，由合规人员依例外许可决定开放。",
        "After it was compared with {n} open releases about persons, officers decided to open it under an exemption.",
    ),
}
