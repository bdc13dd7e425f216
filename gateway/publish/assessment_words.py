"""What the draft of an impact assessment says, in both languages: headings, facts, and the questions it leaves to people."""

from __future__ import annotations

from catalog.text import Text

__all__ = ["BLANK", "CASES", "MEASURES", "PROCESSES", "WORDS"]

BLANK = Text("【待填写】", "[to be completed]")
"""What stands where only people know."""

CASES: dict[str, Text] = {
    "sensitive": Text("（一）处理敏感个人信息", "(1) Sensitive personal information is processed"),
    "automated": Text(
        "（二）利用个人信息进行自动化决策", "(2) Personal information is used for automated decisions"
    ),
    "entrusted": Text(
        "（三）委托处理、向其他个人信息处理者提供个人信息",
        "(3) Processing is entrusted, or personal information is provided to other processors",
    ),
    "disclosure": Text("（三）公开个人信息", "(3) Personal information is disclosed to the public"),
    "abroad": Text("（四）向境外提供个人信息", "(4) Personal information is provided abroad"),
    "other": Text(
        "（五）其他对个人权益有重大影响的处理活动",
        "(5) Other processing with a major influence on the rights and interests of persons",
    ),
}
"""The cases of article 55; the two of its third item apart, since only one of them can be told from the data."""

MEASURES: dict[str, Text] = {
    "open": Text("原样开放", "open as it is"),
    "masked": Text("脱敏后开放", "open masked"),
    "withheld": Text("不开放", "withheld"),
}

PROCESSES: tuple[Text, ...] = (
    Text(
        "原始数据留在原始域，对外服务的进程不能读取；开放的文件只含计划开放的列和行。",
        "Raw data stays in the domain zone, which the serving process cannot read; the open file holds the planned columns and "
        "rows only.",
    ),
    Text(
        "拟开放内容在提交前复查（凡与收到时内容不同的字段逐格再查），并再次对照负面清单。",
        "What would leave is checked before it commits (fields that differ from what was received are searched cell by cell again) "
        "and is screened against the negative list again.",
    ),
    Text(
        "每次开放和撤回都写入账本；撤回在一秒内对所有访问生效。",
        "Every opening and withdrawal stands in the ledger; a withdrawal takes effect for every access within a second.",
    ),
)

WORDS: dict[str, Text] = {
    "title": Text(
        "个人信息保护影响评估（草稿）：{dataset}",
        "Personal information protection impact assessment (draft): {dataset}",
    ),
    "draft": Text(
        "本草稿由系统按《个人信息保护法》第五十五条、第五十六条的内容生成，已填入系统所知的事实；标有 **{blank}** 处须由个人信息"
        "处理者填写并核对全文。草稿本身不构成评估结论。方法可参照 GB/T 39335。",
        "This draft was generated after articles 55 and 56 of the Personal Information Protection Law, with the facts that the "
        "system knows filled in. What is marked **{blank}** the processor of the personal information has to complete, and has to "
        "check the whole. A draft concludes nothing. For the method see GB/T 39335.",
    ),
    "subject": Text("1. 评估对象", "1. What is assessed"),
    "fact": Text("事项", "item"),
    "content": Text("内容", "content"),
    "dataset": Text("数据集", "dataset"),
    "publisher": Text("提供单位（个人信息处理者）", "publisher (processor of the personal information)"),
    "submission": Text("提交", "submission"),
    "release": Text("发布", "release"),
    "not_released": Text("尚未开放", "not opened"),
    "contract": Text("合同版本", "version of the contract"),
    "no_contract": Text("没有施行中的合同", "none is in force"),
    "received": Text("收到（行 × 字段）", "received (rows × fields)"),
    "output": Text("拟开放（行 × 字段）", "to be opened (rows × fields)"),
    "grade": Text("拟开放内容定级", "grade of what would leave"),
    "required": Text("2. 是否需要评估（第五十五条）", "2. Whether an assessment is required (article 55)"),
    "shown_sensitive": Text("字段 {columns}", "fields {columns}"),
    "shown_disclosure": Text(
        "字段 {columns} 将原样或脱敏开放；去标识化不等于匿名化（第七十三条）",
        "fields {columns} are to be opened, as they are or masked; de-identified is not anonymised (article 73)",
    ),
    "not_shown": Text("在数据中没有找到，请确认", "nothing of it was found in the data; confirm it"),
    "purpose": Text(
        "3. 处理目的、处理方式是否合法、正当、必要（第五十六条第一项）",
        "3. Whether purpose and manner are lawful, legitimate and necessary (article 56, item 1)",
    ),
    "fields": Text("字段", "fields"),
    "basis": Text("合法性依据", "lawful basis"),
    "aim": Text("处理目的", "purpose"),
    "retention": Text("保存期限", "retention"),
    "kept_fields": Text(
        "含个人信息而拟开放（原样或脱敏）的字段：{columns}",
        "Fields with personal information that are to be opened, as they are or masked: {columns}",
    ),
    "no_field": Text("无", "none"),
    "ask_basis": Text(
        "上列依据是否覆盖“公开”这一处理方式？（引用条款；履行法定职责的，写明职权来源）",
        "Does each basis above cover making it public? (Cite the article; for a statutory duty, name its source.)",
    ),
    "ask_necessity": Text(
        "每个拟开放字段为何必要？能否少开放、更粗地开放，或只开放汇总？（第六条：最小范围）",
        "Why is each field that is to be opened necessary? Would fewer fields, coarser values or totals do? (Article 6: the least)",
    ),
    "ask_consent": Text(
        "公开个人信息须取得个人单独同意（第二十五条）：是否已取得，或因何不再属于个人信息？",
        "Making personal information public takes each person's separate consent (article 25): is there one, or why is it "
        "personal information no longer?",
    ),
    "ask_minors": Text(
        "是否涉及不满十四周岁未成年人？如是，监护人同意和专门规则见何处？（第三十一条）",
        "Are there children under fourteen? If so, where are the guardians' consent and the special rules? (Article 31)",
    ),
    "found": Text("4. 找到的个人信息", "4. Personal information found"),
    "nothing_found": Text(
        "逐格查找，没有发现个人信息。", "Every cell was looked at; no personal information was found."
    ),
    "field": Text("字段", "field"),
    "kind": Text("种类", "kind"),
    "cells": Text("单元格数（占比）", "cells (share)"),
    "confidence": Text("把握", "confidence"),
    "confidence_high": Text("高", "high"),
    "confidence_low": Text("低，由人判断", "low: a person decides"),
    "art_28": Text("敏感", "sensitive"),
    "impact": Text(
        "5. 对个人权益的影响及安全风险（第五十六条第二项）",
        "5. Influence on the rights and interests of persons, and security risks (article 56, item 2)",
    ),
    "about_nobody": Text("拟开放内容不涉及个人。", "What would leave is about nobody."),
    "measure": Text("指标", "measure"),
    "level": Text("去标识化效果分级", "level of de-identification"),
    "asked": Text("要求不少于 {k}", "at least {k} are asked for"),
    "unique": Text("独一无二的行", "rows that stand alone"),
    "at_risk": Text("群体小于 5 的行", "rows in groups below 5"),
    "quasi": Text("计入 k 的准标识符", "quasi-identifiers counted in k"),
    "mosaic_clear": Text(
        "与 {n} 份涉及个人的已开放数据比对：未把任何人缩小到要求以下的群体。",
        "Compared with {n} open releases about persons: nobody is narrowed down to a group below what is asked.",
    ),
    "mosaic_held": Text(
        "与 {n} 份涉及个人的已开放数据比对：与这些数据集合并会缩小到要求以下的群体：{datasets}；未能比对 {unread} 份。",
        "Compared with {n} open releases about persons: joined with these, groups fall below what is asked: {datasets}; {unread} "
        "could not be compared.",
    ),
    "ask_rights": Text(
        "公开后可能对个人造成什么影响？（人格尊严、差别对待、财产、名誉、人身安全）",
        "What may it do to persons once it is public? (Dignity, unequal treatment, property, reputation, safety)",
    ),
    "ask_harm": Text(
        "谁可能有动机和辅助数据把行还原到个人？（熟人、雇主、保险、数据经营者）",
        "Who might have a motive and other data to tell whose a row is? (Acquaintances, employers, insurers, data brokers)",
    ),
    "ask_likelihood": Text(
        "结合上列指标，风险等级（高、中、低）及理由：",
        "With the measures above: the level of the risk (high, medium, low), and why:",
    ),
    "measures": Text(
        "6. 保护措施是否合法、有效并与风险程度相适应（第五十六条第三项）",
        "6. Whether the measures are lawful, effective and fit the risk (article 56, item 3)",
    ),
    "treatment": Text("处理", "treatment"),
    "keeps": Text("保留", "what is kept"),
    "guarantees": Text("保证", "what is guaranteed"),
    "excluded": Text("不开放的行：{n:,}", "Rows kept back: {n:,}"),
    "rescan": Text(
        "复查拟开放内容 {rows:,} 行、{columns} 个字段（其中 {unchanged} 个与收到时逐格相同）：应遮盖而未遮盖的字段 {n} 个。",
        "The second look at {rows:,} rows of {columns} fields, of which {unchanged} hold what was received: {n} fields that ought "
        "to be masked and are not.",
    ),
    "ask_effective": Text(
        "上列措施与第 5 节的风险是否相适应？还需要什么措施？",
        "Do these measures fit the risks of section 5? What else is needed?",
    ),
    "ask_incident": Text(
        "发现可还原到个人时，谁在多长时间内撤回、补救、通知？（第五十七条）",
        "If somebody can be told after all: who withdraws, mends and notifies, and within what time? (Article 57)",
    ),
    "ask_people": Text(
        "个人如何查阅、更正、要求删除？（第四十五至四十七条）",
        "How do persons access, correct and have deleted what is held of them? (Articles 45 to 47)",
    ),
    "questions": Text("7. 系统中待回答的问题", "7. Questions that are open in the system"),
    "no_questions": Text("没有。", "None."),
    "conclusion": Text("8. 结论", "8. Conclusion"),
    "may_open": Text("风险可接受，可以开放", "The risk is acceptable; it may be opened"),
    "may_open_if": Text("落实以下补充措施后可以开放：", "It may be opened once these measures are taken:"),
    "may_not": Text("风险不可接受，不予开放", "The risk is not acceptable; it is not to be opened"),
    "signed_as": Text("身份", "as"),
    "signed_by": Text("签名", "signed by"),
    "signed_on": Text("日期", "on"),
    "assessor": Text("评估人", "assessor"),
    "officer": Text("个人信息保护负责人", "person in charge of personal information protection"),
    "keep": Text(
        "评估报告和处理情况记录应当至少保存三年（第五十六条）。",
        "The report and the record of processing are to be kept for at least three years (article 56).",
    ),
}
