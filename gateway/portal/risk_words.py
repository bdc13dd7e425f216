"""What the page about the risk of re-identification says, in both languages; part of the table of `gateway.portal.words`."""

from __future__ import annotations

from catalog.text import Text

__all__ = ["RISK_WORDS"]

RISK_WORDS: dict[str, Text] = {
    "risk_title": Text("重标识风险", "Risk of re-identification"),
    "risk_report": Text("重标识风险报告", "Risk report"),
    "risk_lead": Text(
        "能否把某一行还原到某个人：按已开放的内容逐行计算，只有数量，不含任何取值。",
        "Whether a row could be told to be somebody’s: counted over every row of what is open; numbers only, no value.",
    ),
    "risk_nobody": Text(
        "该数据集不涉及个人，没有可还原的对象。",
        "This dataset is about nobody: there is nobody to re-identify.",
    ),
    "risk_none": Text(
        "该版本开放时尚未计算重标识风险。", "This release was opened before its risk was measured."
    ),
    "risk_level": Text("去标识化效果分级", "Level of de-identification"),
    "risk_level_lead": Text(
        "按 GB/T 42460-2023，共四级，1 级最易识别。阈值为本平台所定，一并列出。",
        "After GB/T 42460-2023: four levels, 1 identifies most. The threshold is this house’s, and is stated.",
    ),
    "risk_k": Text("最小群体（k）", "Smallest group (k)"),
    "risk_asked": Text("要求不少于 {k}", "at least {k} are asked for"),
    "risk_unique": Text("独一无二的行", "Rows that stand alone"),
    "risk_share": Text("群体小于 5 的行", "Rows in groups below 5"),
    "risk_groups": Text("群体数", "Groups"),
    "risk_picture": Text("群体大小的分布", "Sizes of the groups"),
    "risk_picture_lead": Text(
        "准标识符取值完全相同的行为一个群体；柱高为处于该大小群体中的行所占比例。",
        "Rows alike in all quasi-identifiers are a group; a bar is the share of rows in groups of that size.",
    ),
    "risk_group_size": Text("群体大小（行）", "Rows in the group"),
    "risk_quasi": Text("准标识符", "Quasi-identifiers"),
    "risk_quasi_lead": Text(
        "与其他字段组合可能指向个人的字段；标为可能的未计入 k。",
        "Fields that may point to somebody together with others; those marked possible are not counted in k.",
    ),
    "risk_evidence": Text("依据", "Evidence"),
    "risk_treatment": Text("处理方式", "Treatment"),
    "risk_possible": Text("可能", "possible"),
    "risk_sensitive": Text("敏感字段", "Sensitive fields"),
    "risk_sensitive_lead": Text(
        "l：同一群体中至少有几种取值（按熵计者为等效数）；t：群体分布与全表分布的最大距离，0 至 1。",
        "l: values that a group has at least (by entropy: as many equal ones); t: how far a group’s distribution lies off, 0 to 1.",
    ),
    "risk_l": Text("l（取值种数）", "l (distinct)"),
    "risk_entropy_l": Text("l（按熵）", "l (entropy)"),
    "risk_compared": Text(
        "开放前已与 {n} 份涉及个人的已开放数据比对。",
        "Before opening it was compared with {n} open releases about persons.",
    ),
    "risk_compared_one": Text(
        "开放前已与 {n} 份涉及个人的已开放数据比对。",
        "Before opening it was compared with {n} open release about persons.",
    ),
}
