"""What is wrong with a list that reads well: entries that expired, contradict themselves or name what does not exist.

Pure and complete: every problem of every entry, in the list's order, whether the list came from TOML or a workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from catalog.dataset import THEMES
from catalog.text import Text
from negative_list.check_clause import check_clause, check_condition
from negative_list.condition import Condition, Group, Term
from negative_list.entry import Entry, NegativeList, Status
from negative_list.problem import Problem
from negative_list.vocabulary import used_by

__all__ = ["Problem", "check_list"]

_LIVE = frozenset({Status.DRAFT, Status.PROPOSED, Status.APPROVED})


def check_list(
    negative_list: NegativeList, on: date, elements: frozenset[str] | None = None
) -> tuple[Problem, ...]:
    """Every problem of a list as of `on`; empty = none. `elements`: the codes of the data elements there are (None =
    not known here, any code is taken)."""
    return (
        *_whole(negative_list),
        *(problem for entry in negative_list.entries for problem in _entry(entry, negative_list, on)),
        *_words(negative_list, elements),
        *(
            problem
            for entry in negative_list.entries
            for clause in entry.clauses
            for problem in check_clause(entry.entry_id, clause, elements)
        ),
    )


def _whole(whole: NegativeList) -> Iterator[Problem]:
    if not whole.version.strip():
        yield Problem("", "", "version", Text("清单没有版本号", "the list has no version"), _fill("version"))
    if _half(whole.title):
        yield _missing("", "", "title")
    for field, values in (
        ("id", [entry.entry_id for entry in whole.entries]),
        ("seq", [str(entry.identity.seq) for entry in whole.entries]),
    ):
        times = Counter(values)
        for entry, value in zip(whole.entries, values, strict=True):
            if times[value] > 1:
                yield Problem(
                    entry.entry_id,
                    "",
                    field,
                    Text(f"{field} {value} 重复出现", f"{field} {value} occurs more than once"),
                    Text("请改为不重复的值", "Use another value"),
                )


def _entry(entry: Entry, whole: NegativeList, on: date) -> Iterator[Problem]:
    name, who, rule = entry.entry_id, entry.identity, entry.governance

    def problem(field: str, message: Text, remedy: Text) -> Problem:
        return Problem(name, "", field, message, remedy)

    if who.list_version != whole.version:
        yield problem(
            "list_version",
            Text("与清单的版本不同", "is not the version of the list"),
            Text(f"请改为 {whole.version}", f"Make it {whole.version}"),
        )
    if who.domain != "any" and who.domain not in THEMES:
        yield problem(
            "domain",
            Text(f"未知的领域 {who.domain}", f"unknown domain {who.domain}"),
            Text(f"可用：any、{'、'.join(THEMES)}", f"Use any, {', '.join(THEMES)}"),
        )
    for field, text in (("scenario", who.scenario), ("description", who.description)):
        if _half(text):
            yield _missing(name, "", field)
    for field, plain in (("id", name), ("jurisdiction", who.jurisdiction), ("category", who.category)):
        if not plain.strip():
            yield problem(field, Text("为空", "is empty"), _fill(field))
    if who.seq < 1:
        yield problem("seq", Text("序号从 1 起", "numbers start at 1"), Text("请改为正整数", "Use 1 or more"))
    if not rule.legal_basis:
        yield problem(
            "legal_basis",
            Text("缺少法律依据", "a legal basis is missing"),
            Text("请至少写一条，如 pipl art. 28", "Name at least one, such as pipl art. 28"),
        )
    for basis in rule.legal_basis:
        if _half(basis.title):
            yield _missing(name, "", "legal_basis")
    if not entry.clauses:
        yield problem("clause", Text("没有条款", "has no clause"), Text("请加一条", "Add one"))
    for twice in sorted(n for n, times in Counter(c.name for c in entry.clauses).items() if times > 1):
        yield Problem(
            name,
            twice,
            "name",
            Text("两个条款同名", "two clauses have this name"),
            Text("请另取一个名称", "Give one of them another name"),
        )
    yield from _authority(entry, whole, on)


def _authority(entry: Entry, whole: NegativeList, on: date) -> Iterator[Problem]:
    name, rule = entry.entry_id, entry.governance

    def problem(field: str, message: Text, remedy: Text) -> Problem:
        return Problem(name, "", field, message, remedy)

    if rule.valid_to and rule.valid_to < rule.valid_from:
        yield problem(
            "valid_to",
            Text("早于生效日期", "lies before valid_from"),
            Text("请改 valid_to 或 valid_from", "Change valid_to or valid_from"),
        )
    elif rule.valid_to and rule.valid_to < on and rule.status in _LIVE:
        yield problem(
            "valid_to",
            Text(f"已于 {rule.valid_to} 到期", f"expired on {rule.valid_to}"),
            Text("请延长有效期，或撤销该条目", "Extend it, or withdraw the entry"),
        )
    if not rule.drafted_by.strip():
        yield problem("drafted_by", Text("没有起草人", "nobody is named as drafter"), _fill("drafted_by"))
    if rule.approved_by is not None and rule.approved_by.strip() == rule.drafted_by.strip():
        yield problem(
            "approved_by",
            Text("起草人与批准人须为两人", "the drafter may not approve: two people are needed"),
            Text("请由另一人批准", "Have another person approve it"),
        )
    if rule.status is Status.APPROVED and not (rule.approved_by or "").strip():
        yield problem(
            "approved_by",
            Text("状态为已批准却没有批准人", "is approved, but by nobody"),
            Text("请写批准人，或改状态为 proposed", "Name who approved it, or make the status proposed"),
        )
    if rule.supersedes == name:
        yield problem(
            "supersedes",
            Text("取代了自己", "supersedes itself"),
            Text("请改为被取代条目的编号或留空", "Name the entry it replaces, or leave it out"),
        )
    elif rule.supersedes is not None and rule.supersedes not in {one.entry_id for one in whole.entries}:
        yield problem(
            "supersedes",
            Text("要取代的条目不在清单中", "supersedes an entry that the list does not have"),
            Text("请核对编号或留空", "Check the id, or leave it out"),
        )


def _words(whole: NegativeList, elements: frozenset[str] | None) -> Iterator[Problem]:
    """Each term and group once, however many entries use it; a name has one meaning."""
    known: dict[str, Condition] = {}
    told: set[str] = set()
    for entry in whole.entries:
        for clause in entry.clauses:
            for condition in used_by(clause):
                if not isinstance(condition, Term | Group):
                    continue
                field = f"{'terms' if isinstance(condition, Term) else 'groups'}.{condition.name}"
                first = known.setdefault(field, condition)
                if first is condition:
                    if field not in told:
                        told.add(field)
                        for message, remedy in check_condition(condition, elements):
                            yield Problem(entry.entry_id, clause.name, field, message, remedy)
                elif first != condition and f"{field} twice" not in told:
                    told.add(f"{field} twice")
                    yield Problem(
                        entry.entry_id,
                        clause.name,
                        field,
                        Text("同一名称有两种含义", "has two meanings"),
                        Text("请另取一个名称", "Give one of them another name"),
                    )
    laws: dict[str, tuple[Text, str]] = {}
    for entry in whole.entries:
        for basis in entry.governance.legal_basis:
            if laws.setdefault(basis.law, (basis.title, basis.source)) != (basis.title, basis.source):
                yield Problem(
                    entry.entry_id,
                    "",
                    "legal_basis",
                    Text(f"法规代号 {basis.law} 有两种含义", f"the law {basis.law} has two meanings"),
                    Text("请统一名称和来源，或另取代号", "Give it one title and source, or use another key"),
                )


def _half(text: Text) -> bool:
    return not text.zh.strip() or not text.en.strip()


def _missing(entry: str, clause: str, field: str) -> Problem:
    return Problem(
        entry,
        clause,
        field,
        Text("缺少中文或英文", "lacks its Chinese or English text"),
        Text("请补齐两种语言", "Give both languages"),
    )


def _fill(field: str) -> Text:
    return Text(f"请填写 {field}", f"Fill in {field}")
