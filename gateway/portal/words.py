"""Every word the pages say, in both languages, in one table: what is missing here cannot be said on a page.

A number stands in braces; a key ending in ``_one`` is the English singular of the key before it.
"""

from __future__ import annotations

from catalog.dataset import Access, ColumnType
from catalog.decision import MaskOperator, Scope
from catalog.text import Language, Text
from gateway.portal.privacy_words import PRIVACY_WORDS
from gateway.portal.risk_words import RISK_WORDS
from gateway.portal.service_words import SERVICE_WORDS
from gateway.portal.try_words import TRY_WORDS

__all__ = ["ACCESS", "OPERATORS", "SCOPES", "TYPES", "WORDS", "counted", "word"]

WORDS: dict[str, Text] = {
    # every page
    "city_data": Text("城市开放数据", "Open city data"),
    "skip": Text("跳到正文", "Skip to content"),
    "main_menu": Text("主导航", "Main"),
    "catalogue": Text("数据目录", "Catalogue"),
    "progress": Text("开放进度", "Progress"),
    "language": Text("语言", "Language"),
    "reference": Text("接口说明", "API reference"),
    # reference
    "reference_lead": Text(
        "所有开放数据集都以同样的方式查询，无需密钥。每个数据集的页面上有现成的代码片段。",
        "Every open dataset is queried the same way, without a key. Each dataset’s page has ready-made snippets.",
    ),
    "operation": Text("操作", "Operation"),
    "what_it_does": Text("作用", "What it gives"),
    "parameters": Text("参数", "Parameters"),
    "column_operators": Text("按列筛选", "Filter by column"),
    "column_operators_lead": Text(
        "COLUMN 是字段名，可多个条件并用。", "COLUMN is a field’s name; conditions add up."
    ),
    "written": Text("写法", "Written"),
    "meaning": Text("含义", "Meaning"),
    "filter_lead": Text("filter 接受 OGC CQL2-text，例如：", "filter takes OGC CQL2-text, for example:"),
    "filter_example": Text(
        "常住人口 > 1000000 AND 名称 LIKE '%区'", "population > 1000000 AND name LIKE '%区'"
    ),
    "errors": Text("出错时", "When something is wrong"),
    "errors_lead": Text(
        "出错时返回 RFC 9457 问题文档（application/problem+json），说明哪里不对、下一步怎么做。",
        "An error is an RFC 9457 problem (application/problem+json) that says what is wrong and what to do next.",
    ),
    "promise_gate": Text(
        "每一项数据都经过质量检查、个人信息识别与负面清单审查后才放行。",
        "Everything here passed quality checks, a search for personal information and the negative list.",
    ),
    "promise_domain": Text("原始数据不出域，数据可用不可见。", "Raw data does not leave its domain."),
    "powered": Text("由开闸 Kaizha 提供", "Served by Kaizha 开闸"),
    "unknown": Text("未提供", "Not given"),
    "gap": Text("", " "),
    "colon": Text("：", ": "),
    # catalogue
    "catalogue_title": Text("城市开放数据目录", "The city’s open data"),
    "catalogue_lead": Text(
        "查找数据，下载，或直接调用接口。无需注册。",
        "Find data, download it, or call its API. No account needed.",
    ),
    "search_label": Text("搜索标题、发布机构或标识", "Search titles, publishers and identifiers"),
    "search_hint": Text("例如：公交 站点", "For example: bus stops"),
    "search": Text("搜索", "Search"),
    "targets": Text("开放目标的完成情况", "Progress towards the opening targets"),
    "datasets": Text("数据集", "Datasets"),
    "apis": Text("数据接口", "Data APIs"),
    "data_items": Text("数据项", "Data items"),
    "of_target": Text("目标 {target}", "of {target}"),
    "how_counted": Text("如何计数", "How this is counted"),
    "filters": Text("筛选", "Filters"),
    "theme": Text("主题", "Theme"),
    "publisher": Text("发布机构", "Publisher"),
    "all_themes": Text("全部主题", "All themes"),
    "all_publishers": Text("全部机构", "All publishers"),
    "more_publishers": Text("更多机构（{n}）", "{n} more publishers"),
    "more_publishers_one": Text("更多机构（{n}）", "{n} more publisher"),
    "found": Text("共 {n} 个数据集", "{n} datasets"),
    "found_one": Text("共 {n} 个数据集", "{n} dataset"),
    "found_for": Text("“{q}”的搜索结果", "Results for “{q}”"),
    "all_datasets": Text("全部数据集", "All datasets"),
    "clear": Text("清除条件", "Clear search and filters"),
    "rows": Text("{n} 行", "{n} rows"),
    "rows_one": Text("{n} 行", "{n} row"),
    "columns": Text("{n} 个字段", "{n} fields"),
    "columns_one": Text("{n} 个字段", "{n} field"),
    "updated_on": Text("更新于", "Updated"),
    "formats": Text("格式", "Formats"),
    "masked_n": Text("{n} 个字段已脱敏", "{n} fields masked"),
    "masked_n_one": Text("{n} 个字段已脱敏", "{n} field masked"),
    "masked": Text("已脱敏", "masked"),
    "withheld_n": Text("{n} 个字段未开放", "{n} fields withheld"),
    "withheld_n_one": Text("{n} 个字段未开放", "{n} field withheld"),
    "grade_of": Text("{grade} 级", "Grade {grade}"),
    "pages": Text("翻页", "Pages"),
    "first_page": Text("回到第一页", "Back to the first page"),
    "next_page": Text("下一页", "Next page"),
    "previous_page": Text("上一页", "Previous page"),
    "nothing_found": Text("没有符合条件的数据集", "No dataset matches"),
    "nothing_found_hint": Text(
        "请换一个词，或清除筛选条件。", "Try another word, or clear the search and filters."
    ),
    "nothing_open": Text("还没有开放的数据集", "Nothing has been opened yet"),
    "nothing_open_hint": Text(
        "发布第一份数据后，它会出现在这里：",
        "The first dataset you publish will appear here:",
    ),
    "page_ended": Text("后面没有更多数据集了", "There are no more datasets after this one"),
    # dataset
    "where_you_are": Text("当前位置", "You are here"),
    "row_count": Text("行数", "Rows"),
    "column_count": Text("字段", "Fields"),
    "quality": Text("质量得分", "Quality score"),
    "quality_hint": Text("满分 100", "out of 100"),
    "last_update": Text("最近更新", "Last update"),
    "no_description": Text("发布机构没有提供说明。", "The publisher gave no description."),
    "fields": Text("字段", "Fields"),
    "field_name": Text("名称", "Name"),
    "field_title": Text("含义", "Title"),
    "field_type": Text("类型", "Type"),
    "field_unit": Text("单位", "Unit"),
    "field_definition": Text("定义", "Definition"),
    "field_element": Text("数据元", "Data element"),
    "field_filled": Text("填充率", "Filled"),
    "field_opened": Text("开放方式", "How it is opened"),
    "key_field": Text("主键", "Key"),
    "withheld": Text("未开放的字段", "Fields that are withheld"),
    "withheld_lead": Text(
        "以下字段不在发布文件中，任何接口都读不到它们。",
        "These fields are not in the released file: no request can reach them.",
    ),
    "nothing_withheld": Text("没有字段被扣留。", "No field was withheld."),
    "why": Text("原因", "Why"),
    "entry": Text("清单条目", "Entry"),
    "list_version": Text("清单版本", "List version"),
    "legal_basis": Text("法律依据", "Legal basis"),
    "remedy": Text("如何才能开放", "What would open it"),
    "excluded_rows": Text("未开放的行", "Rows kept back"),
    "excluded_rows_n": Text(
        "约 {n} 行未开放（取整到 10）。", "About {n} rows were kept back (rounded to 10)."
    ),
    "no_excluded_rows": Text("没有行被扣留。", "No rows were kept back."),
    "conditions": Text("其他审查结论", "Other findings of the review"),
    "conditions_lead": Text(
        "对整个数据集、部分行或已脱敏字段的要求。",
        "What was asked of the whole dataset, of some rows, or of masked fields.",
    ),
    "applies_to": Text("适用于", "Applies to"),
    "preview": Text("数据预览", "Preview"),
    "preview_lead": Text("前 {n} 行，取自发布文件。", "The first {n} rows of the released file."),
    "preview_lead_one": Text("前 {n} 行，取自发布文件。", "The first {n} row of the released file."),
    "preview_columns": Text(
        "只显示前 {n} 个字段；完整内容请下载。", "Only the first {n} fields are shown; download to see all."
    ),
    "preview_empty": Text("发布文件没有数据行。", "The released file has no rows."),
    "null": Text("空", "null"),
    "download": Text("下载", "Download"),
    "api": Text("接口调用", "Use the API"),
    "api_lead": Text("示例可直接复制运行。", "Copy and run; no key needed for public data."),
    "api_contract": Text("接口说明（OpenAPI）", "API description (OpenAPI)"),
    "curl": Text("命令行 curl", "curl"),
    "about": Text("元数据", "About this dataset"),
    "identifier": Text("标识", "Identifier"),
    "licence": Text("授权协议", "Licence"),
    "update_cycle": Text("更新周期", "Update cycle"),
    "issued": Text("首次开放", "First opened"),
    "access": Text("开放属性", "Access rights"),
    "grade": Text("数据分级", "Grade"),
    "grade_hint": Text("DB33/T 2350-2021", "DB33/T 2350-2021"),
    "source": Text("来源", "Source"),
    "keywords": Text("关键词", "Keywords"),
    "size": Text("文件大小", "File size"),
    "evidence": Text("发布凭证", "Proof of release"),
    "release": Text("发布编号", "Release"),
    "release_hint": Text("即发布文件的 SHA-256", "the SHA-256 of the released file"),
    "ledger_index": Text("账本序号", "Ledger entry"),
    "table_scrolls": Text("表格（可横向滚动）", "table (scrolls sideways)"),
    # quality of a release
    "quality_title": Text("数据质量", "Data quality"),
    "quality_lead": Text(
        "按 GB/T 36344 对已开放的行和未脱敏字段的测量。只有计数和行号，没有被扣留的内容。",
        "Measured by GB/T 36344 on the released rows and unmasked fields: counts and row numbers, nothing that was kept back.",
    ),
    "quality_report": Text("质量报告与分布", "Quality report and profile"),
    "quality_json": Text("机器可读（与 Great Expectations 兼容）", "For machines (Great Expectations form)"),
    "quality_none": Text(
        "这个发布早于质量报告，下次发布后即有。",
        "This release is older than the report; the next one will have it.",
    ),
    "rules_pass": Text("通过的规则", "Rules that pass"),
    "rules_fail": Text("未通过的规则", "Rules that fail"),
    "rules_error": Text("无法评价的规则", "Rules in error"),
    "dimension_scores": Text("各维度得分", "Scores by dimension"),
    "dimension_lead": Text(
        "得分 = 分子 ÷ 分母；未测量不等于满分。",
        "A score is numerator ÷ denominator; not measured is not the same as perfect.",
    ),
    "dimension": Text("维度", "Dimension"),
    "score": Text("得分", "Score"),
    "fraction": Text("分子 / 分母", "Numerator / denominator"),
    "formula": Text("公式", "Formula"),
    "not_measured": Text("未测量", "not measured"),
    "not_weighed": Text("不计入总分。", "Not part of the overall score."),
    "newest_event": Text("最新事件 {day}，取自", "Newest event {day}, from"),
    "rules": Text("规则", "Rules"),
    "rules_lead": Text(
        "行号为发布文件中的行，从 1 起，最多 20 个。",
        "Row numbers are those of the released file, from 1; at most 20.",
    ),
    "verdict": Text("结论", "Verdict"),
    "verdict_pass": Text("通过", "pass"),
    "verdict_fail": Text("未通过", "fail"),
    "verdict_error": Text("无法评价", "error"),
    "rule": Text("规则", "Rule"),
    "unmet": Text("不满足 / 评价", "Unmet / evaluated"),
    "first_rows": Text("首批不满足的行", "First rows that fail"),
    "drift": Text("与上一版的差异", "Change since the release before"),
    "drift_lead": Text("{before} 行 → {now} 行。", "{before} rows → {now} rows."),
    "missing_change": Text("空值占比", "Missing"),
    "categories_change": Text("类别增减", "Categories"),
    "profile": Text("字段分布", "Profile of the fields"),
    "profile_lead": Text(
        "只描述未脱敏且与个人无关的字段。", "Only of fields that are unmasked and say nothing of a person."
    ),
    "profile_not_shown": Text("未描述：", "Not described:"),
    "distinct": Text("不同值", "Distinct"),
    "distribution": Text("分布", "Distribution"),
    "histogram_words": Text("十个等宽区间的计数：{counts}", "Cells in ten equal intervals: {counts}"),
    "unique_field": Text("唯一", "unique"),
    "dependencies": Text("函数依赖：左列决定右列", "Dependencies: the left field settles the right"),
    # counts
    "counts_title": Text("开放进度", "Progress of opening"),
    "counts_lead": Text(
        "计入什么、不计入什么以及为什么，全部公开。任何人都可以用公开目录和账本重新计算。",
        "What is counted, what is not, and why. Anyone can recompute it from the public catalogue and ledger.",
    ),
    "as_of": Text("截至日期", "As of date"),
    "as_of_hint": Text("按 UTC 计，含当日", "UTC, end of day"),
    "show": Text("查看", "Show"),
    "as_of_now": Text("回到现在", "Back to now"),
    "as_of_moment": Text("统计时刻 {moment}", "Counted at {moment}"),
    "chart_title": Text("三项目标的完成情况", "Progress towards the three targets"),
    "chart_part": Text(
        "{name} {count}，目标 {target}，完成 {percent}", "{name}: {count} of {target}, {percent}"
    ),
    "same_as_table": Text("图中数据", "The chart as a table"),
    "what": Text("项目", "What"),
    "counted": Text("已计入", "Counted"),
    "target": Text("目标", "Target"),
    "done": Text("完成", "Done"),
    "apart": Text("另行计数，不计入上述数字", "Counted apart, never in the figures above"),
    "datasets_collapsed": Text("数据集（按系列合并）", "Datasets with series collapsed"),
    "datasets_collapsed_hint": Text(
        "同一结构按年份或区县切分的数据集只计一次", "Slices of one schema by year or district count once"
    ),
    "datasets_granted": Text("仅对获授权者开放的数据集", "Datasets open to grantees only"),
    "datasets_granted_hint": Text("需申请获准后使用", "Used after an application is granted"),
    "generic_apis": Text("通用行接口", "Generic row APIs"),
    "generic_apis_hint": Text("每个数据集自带一个，不算专用接口", "One per dataset; not a purpose-built API"),
    "data_items_masked": Text("已脱敏的数据项", "Masked data items"),
    "data_items_masked_hint": Text("值经过脱敏，不计为原始数据项", "Their values were masked before release"),
    "data_elements": Text("不同的数据元", "Distinct data elements"),
    "data_elements_hint": Text(
        "同一数据元在多个数据集中只计一次", "The same element in many datasets counts once"
    ),
    "total_rows": Text("数据行", "Rows"),
    "total_rows_hint": Text("已计入数据集的行数合计", "Total of the datasets counted"),
    "stale": Text("待重新审查的发布", "Stale releases"),
    "stale_hint": Text(
        "计入总数；审查依据已变更，正在重新审查",
        "They count; what they were judged by has changed, and they are examined again",
    ),
    "holdings": Text("各单位持有的数据", "What publishers hold"),
    "holdings_lead": Text(
        "这是分母：各单位登记持有的全部数据及其去向，无论是否开放。",
        "The denominator: everything publishers hold, opened or not, and where it stands.",
    ),
    "holdings_now": Text(
        "登记情况始终为当前状态，不随截至日期变化。", "Always as it is now, whatever date is chosen above."
    ),
    "holdings_total": Text("登记总数", "Registered in all"),
    "holdings_open": Text("已开放", "Open"),
    "holdings_granted": Text("授权开放", "Granted only"),
    "holdings_refused": Text("不予开放", "Refused"),
    "holdings_pending": Text("处理中", "Pending"),
    "holdings_unsubmitted": Text("仅登记，尚未提交", "Registered only"),
    "holdings_by": Text("按提供单位", "By publisher"),
    "held": Text("持有", "Held"),
    "named_fields": Text("登记的数据项", "Fields named"),
    "released_fields": Text("已开放字段", "Released fields"),
    "bound_fields": Text("其中绑定数据元", "Of these bound to an element"),
    "adoption": Text("数据元采用情况", "Use of standard data elements"),
    "adoption_lead": Text(
        "各单位已开放的字段中，有多少绑定了登记的数据元。",
        "Of each publisher's released fields, how many are bound to a registered data element.",
    ),
    "exclusions": Text("未计入的项目", "What was not counted"),
    "exclusions_lead": Text("每一个都列出原因。", "Each with its reason."),
    "no_exclusions": Text("没有未计入的项目。", "Nothing was left out."),
    "reason": Text("原因", "Reason"),
    "number": Text("数量", "Number"),
    "by_reason": Text("按原因汇总", "By reason"),
    "item": Text("名称", "Item"),
    "kind": Text("类别", "Kind"),
    "every_one": Text("逐项清单", "One by one"),
    "range_of": Text("第 {first}–{last} 项，共 {n} 项", "{first}–{last} of {n}"),
    "kind_dataset": Text("数据集", "Dataset"),
    "kind_api": Text("数据接口", "API"),
    "kind_data_item": Text("数据项", "Data item"),
    # errors
    "error_404": Text("找不到页面", "Not found"),
    "error_503": Text("暂时无法提供", "Not available now"),
    "error_other": Text("无法完成请求", "This could not be done"),
    "go_catalogue": Text("前往数据目录", "Go to the catalogue"),
    **PRIVACY_WORDS,
    **RISK_WORDS,
    **SERVICE_WORDS,
    **TRY_WORDS,
}

OPERATORS: dict[MaskOperator, Text] = {
    MaskOperator.KEEP: Text("原样开放", "As it is"),
    MaskOperator.PARTIAL: Text("部分遮盖：只保留部分字符", "Partly hidden: only some characters are kept"),
    MaskOperator.REDACT_SPANS: Text(
        "文本中的个人信息已替换为标记", "Personal information inside the text is replaced by a mark"
    ),
    MaskOperator.GENERALISE_YEAR: Text("日期只保留到年份", "Dates are kept to the year only"),
    MaskOperator.GENERALISE_DECADE: Text("日期只保留到年代", "Dates are kept to the decade only"),
    MaskOperator.GENERALISE_DISTRICT: Text("地址只保留到区县", "Addresses are kept to the district only"),
    MaskOperator.GENERALISE_CITY: Text("地址只保留到市", "Addresses are kept to the city only"),
    MaskOperator.GENERALISE_PROVINCE: Text("地址只保留到省", "Addresses are kept to the province only"),
    MaskOperator.GENERALISE_BAND_5: Text("数值归入小区间", "Numbers are given as a narrow band"),
    MaskOperator.GENERALISE_BAND: Text("数值归入区间", "Numbers are given as a band"),
    MaskOperator.GENERALISE_BAND_20: Text("数值归入宽区间", "Numbers are given as a wide band"),
    MaskOperator.GENERALISE_BAND_100: Text("数值只保留量级", "Only the order of magnitude is given"),
    MaskOperator.GENERALISE_BAND_TOP_BOTTOM: Text(
        "数值归入区间，两端合并（如“≤19”“80+”）", "Numbers are given as a band, both ends as ≤19 or 80+"
    ),
    MaskOperator.TOP_BOTTOM: Text(
        "过大过小的值只给界限（如“≤18”“90+”）", "Very small and very large numbers are given as ≤18 or 90+"
    ),
    MaskOperator.NOISE: Text("数值加噪", "Numbers are given with noise"),
    MaskOperator.GENERALISE_CODE_4: Text("代码只保留前四位", "Codes are kept to their first four digits"),
    MaskOperator.GENERALISE_CODE_2: Text("代码只保留前两位", "Codes are kept to their first two digits"),
    MaskOperator.SNAP_GRID: Text("坐标归到粗网格", "Coordinates are moved to a coarse grid"),
    MaskOperator.REDACT: Text("值整体替换为标记", "The whole value is replaced by a mark"),
    MaskOperator.DROP: Text("整列删除", "The column is left out"),
}

TYPES: dict[ColumnType, Text] = {
    ColumnType.TEXT: Text("文本", "Text"),
    ColumnType.INTEGER: Text("整数", "Integer"),
    ColumnType.DECIMAL: Text("精确小数", "Decimal"),
    ColumnType.DOUBLE: Text("小数", "Number"),
    ColumnType.BOOLEAN: Text("是/否", "Yes/no"),
    ColumnType.DATE: Text("日期", "Date"),
    ColumnType.TIMESTAMP: Text("日期时间", "Date and time"),
    ColumnType.GEOMETRY: Text("几何图形（WGS-84）", "Geometry (WGS-84)"),
}

ACCESS: dict[Access, Text] = {
    Access.UNCONDITIONAL: Text("无条件开放", "Unconditional"),
    Access.CONDITIONAL: Text("有条件开放", "Conditional"),
    Access.PROHIBITED: Text("不予开放", "Not open"),
}

SCOPES: dict[Scope, Text] = {
    Scope.DATASET: Text("整个数据集", "The whole dataset"),
    Scope.COLUMN: Text("字段", "Field"),
    Scope.ROWS: Text("部分行", "Some rows"),
}


def word(key: str, language: Language, **numbers: object) -> str:
    """What a key says in a language. Raises KeyError for a key that is not in the table."""
    return WORDS[key].in_(language).format(**numbers)


def counted(key: str, n: int, language: Language) -> str:
    """The same for a number of things, in the singular where English wants one."""
    chosen = f"{key}_one" if n == 1 and f"{key}_one" in WORDS else key
    return word(chosen, language, n=f"{n:,}")
