"""A negative list as the sheets of a workbook: which sheets and columns there are, what a cell may hold, what is read.

A row is one of several alternatives (OR): a clause of its entry, a condition of its term; the columns of a row must
all hold (AND). Every cell is text. `sheet_render` writes the sheets, `sheet_parse` reads them, `sheet_apply` makes
the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from catalog.dataset import THEMES
from catalog.decision import MaskOperator, Scope
from catalog.errors import Where
from catalog.predicate import Operator
from negative_list.condition_keys import KEYS
from negative_list.entry import DataKind, NegativeList, Status

__all__ = [
    "FORM_VERSION",
    "README",
    "SHEETS",
    "Cell",
    "Change",
    "Choices",
    "Field",
    "Form",
    "Place",
    "Rows",
    "Sheet",
    "Tables",
    "Turned",
    "cell_name",
    "form",
    "shown",
]

FORM_VERSION = "1"
"""Version of the columns and cell grammar; stands in the sheet ``list``."""
README = "README 说明"


@dataclass(frozen=True, slots=True)
class Turned:
    """A cell that is not text: what the spreadsheet made of what was typed.

    `text` is a number, day or truth value in plain form (empty for the rest). A column that asks for just that kind
    takes it; every other column refuses it, since what was typed (``007``, ``1-2``) can no longer be known.
    """

    kind: Literal["number", "day", "flag", "time", "formula", "merged"]
    text: str = ""


Cell: TypeAlias = str | Turned
Rows: TypeAlias = tuple[tuple[Cell, ...], ...]
Tables: TypeAlias = Mapping[str, Rows]
"""Key of a sheet → its rows from cell A1 on, the first of which holds the headings."""
Place: TypeAlias = tuple[str, str, str]
"""(entry id, clause name, field) as `negative_list.check` names them; empty where it does not apply."""


class Change(StrEnum):
    """What the sheet does with an entry of the base version. An absent row does nothing."""

    KEEP = "keep"
    ADD = "add"
    CHANGE = "change"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: the entries as they stand (`content.version` is the base version), what is to be done with each,
    and where everything stands."""

    content: NegativeList
    changes: Mapping[str, Change]
    places: Mapping[Place, Where]
    file: str = ""


# ---- the form

Choices: TypeAlias = Mapping[str, str]
"""Key → Chinese label; a cell shows both, either is read."""

CHANGES: Choices = {"keep": "保留", "add": "新增", "change": "修改", "retire": "撤销"}
FLAGS: Choices = {"yes": "是", "no": "否"}
DOMAINS: Choices = {"any": "各领域", **{key: title.zh for key, title in THEMES.items()}}
_KINDS = ("核心数据", "重要数据", "个人信息", "敏感个人信息", "国家秘密", "商业秘密")
KINDS: Choices = dict(zip(map(str, DataKind), _KINDS, strict=True))
STATUSES: Choices = dict(zip(map(str, Status), ("起草", "送审", "已批准", "已被取代", "已撤回"), strict=True))
STAGES: Choices = {"source": "收到时", "planned": "拟开放时"}
EFFECTS: Choices = {
    "deny": "不予开放",
    "aggregate_only": "仅开放汇总",
    "mask": "脱敏",
    "conditional": "有条件开放",
    "delay": "延期开放",
}
SCOPES: Choices = dict(zip(map(str, Scope), ("数据集", "列", "行"), strict=True))
_MASKS = (
    "原样", "部分隐去", "隐去片段", "只留年份", "只留年代", "只留区县", "只留市", "只留省", "归入小区间", "归入区间", "归入宽区间",
    "只留量级", "归入区间并合并两端", "合并两端", "加噪", "代码前四位", "代码前两位", "归入网格", "全部隐去", "删去",
)  # fmt: skip
MASKS: Choices = dict(zip(map(str, MaskOperator), _MASKS, strict=True))
RULES: Choices = {"older_than": "早于若干年", "younger_than": "不满若干岁", "where": "列值符合"}
_COMPARED = (
    "等于", "不等于", "大于", "不小于", "小于", "不大于", "属于", "包含", "开头是", "为空", "形如", "匹配正则",
)  # fmt: skip
COMPARED: Choices = dict(zip(map(str, Operator), _COMPARED, strict=True))
SOURCES: Choices = {"found": "见于公开文本", "known": "凭记忆待核实"}
_CONDITIONS = (
    "词条", "领域", "标题或关键词", "标题或简介", "提供方", "群体", "字段名正则", "数据元", "个人信息类型", "字段角色",
    "最低分级", "字段类型", "行数不少于", "主体数不少于", "每个主体记录不少于", "位置精于（米）", "覆盖大于（平方公里）",
    "等高距不大于（米）", "时间细于", "距今少于（天）", "关联后最小群体",
)  # fmt: skip
CONDITIONS: Choices = dict(zip((key.name for key in KEYS), _CONDITIONS, strict=True))


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its stable key, the Chinese heading beside it, its width in characters, what may be chosen in it.
    With `many` there are several, numbered from 1 (``when_1``), at least so many; cells may span `lines`."""

    key: str
    zh: str
    width: int = 14
    choices: Choices = field(default_factory=dict)
    many: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """One sheet: its key, the Chinese name beside it, its columns; the first `frozen` of them stay in view."""

    key: str
    zh: str
    fields: tuple[Field, ...]
    frozen: int = 1

    @property
    def name(self) -> str:
        return f"{self.key} {self.zh}"


SHEETS: tuple[Form, ...] = (
    Form(
        "list",
        "清单",
        (
            Field("base_version", "基础版本", 22),
            Field("title_zh", "名称（中文）", 48),
            Field("title_en", "名称（英文）", 48),
            Field("official", "正式发布", 12, FLAGS),
            Field("form", "表式版本", 12),
        ),
        frozen=0,
    ),
    Form(
        "entries",
        "条目",
        (
            Field("change", "变更", 14, CHANGES),
            Field("id", "条目编号", 16),
            Field("seq", "序号", 8),
            Field("jurisdiction", "适用地域", 12),
            Field("domain", "领域", 22, DOMAINS),
            Field("scenario_zh", "场景（中文）", 20),
            Field("scenario_en", "场景（英文）", 20),
            Field("category", "类别", 18),
            Field("subcategory", "子类", 18),
            Field("description_zh", "描述（中文）", 40),
            Field("description_en", "描述（英文）", 40),
            Field("examples", "示例（每行一个）", 24),
            Field("data_kind", "数据性质", 26, KINDS),
            Field("legal_basis", "法律依据（每行一条）", 28),
            Field("valid_from", "生效日期", 14),
            Field("valid_to", "最后有效日", 14),
            Field("status", "状态", 20, STATUSES),
            Field("drafted_by", "起草人", 20),
            Field("approved_by", "批准人", 20),
            Field("supersedes", "取代条目", 16),
            Field("review_on", "复审日期", 14),
            Field("exemptible", "可豁免", 10, FLAGS),
        ),
        frozen=2,
    ),
    Form(
        "clauses",
        "条款",
        (
            Field("entry", "条目编号", 16),
            Field("clause", "条款名", 24),
            Field("stage", "环节", 18, STAGES),
            Field("when", "条件", 30, many=5),
            Field("unless", "除外", 30, many=2),
            Field("remedy_zh", "怎样才能开放（中文）", 40),
            Field("remedy_en", "怎样才能开放（英文）", 40),
        ),
        frozen=2,
    ),
    Form(
        "effects",
        "措施",
        (
            Field("entry", "条目编号", 16),
            Field("clause", "条款名", 24),
            Field("effect", "措施", 26, EFFECTS),
            Field("scope", "作用于", 16, SCOPES),
            Field("on", "列（词条）", 28),
            Field("k", "最小组", 8),
            Field("rounding", "取整", 8),
            Field("epsilon", "隐私预算", 10),
            Field("operator", "脱敏方式", 28, MASKS),
            Field("purposes", "用途", 22),
            Field("agreement", "须签协议", 12, FLAGS),
            Field("recipients", "对象", 22),
            Field("days", "天数", 8),
            Field("rule", "行规则", 26, RULES),
            Field("years", "年数", 8),
            Field("by", "日期列（词条）", 28),
            Field("birth", "出生日期（词条）", 16),
            Field("resident_id", "证件号（词条）", 16),
            Field("age", "年龄（词条）", 16),
            Field("adult", "成年标志（词条）", 16),
            Field("where", "比较的列（词条）", 16),
            Field("is", "比较方式", 22, COMPARED),
            Field("value", "比较值", 22),
        ),
        frozen=2,
    ),
    Form(
        "terms",
        "词条",
        (
            Field("term", "词条", 28),
            Field("condition", "条件", 32, CONDITIONS),
            Field("value", "取值", 90),
            Field("unless", "除外字段名（正则）", 50),
        ),
    ),
    Form(
        "groups",
        "群体",
        (
            Field("group", "群体", 20),
            Field("words", "词语（每行一个）", 40),
            Field("fields", "字段名正则", 70),
        ),
    ),
    Form(
        "laws",
        "依据",
        (
            Field("law", "代号", 22),
            Field("zh", "名称（中文）", 50),
            Field("en", "名称（英文）", 60),
            Field("source", "来源", 24, SOURCES),
        ),
    ),
)


def form(key: str) -> Form:
    """The sheet of a key; KeyError where there is none."""
    return {one.key: one for one in SHEETS}[key]


def shown(key: str, choices: Choices) -> str:
    """A choice as a cell shows it: ``keep 保留``."""
    return f"{key} {choices[key]}"


def cell_name(column: int, row: int) -> str:
    """``D17`` for column 3 (from 0), row 17 (from 1)."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row}"
