"""A sheet applied to the version it was exported from: the content of a draft, or every reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from catalog.errors import BadInput, Conflict, Where
from catalog.text import Text
from negative_list.check import Problem, check_list
from negative_list.condition import Group, Term
from negative_list.entry import Entry, NegativeList, Status
from negative_list.sheet import Change, Sheet
from negative_list.sheet_rows import Flaws
from negative_list.vocabulary import laws, used_by

__all__ = ["apply_sheet", "place_of"]


def apply_sheet(
    base: NegativeList,
    sheet: Sheet,
    *,
    version: str,
    drafted_by: str,
    on: date,
    elements: frozenset[str] | None = None,
) -> NegativeList:
    """The list as a draft of `version`: entries without a row stay, *retire* withdraws, what was changed or added is a
    draft by `drafted_by` that nobody has approved. `elements`: the codes of the data elements there are (None = not
    known, and not checked).

    Raises Conflict where the sheet was made from another version than `base`, and BadInput with flaws at their cells:
    a change that is not what it says, words redefined under entries that have no row, and what `check_list` finds on
    `on` in entries that were changed or added.
    """
    if sheet.content.version != base.version:
        raise Conflict(
            Text(
                f"工作簿的基础版本不是现行版本 {base.version}",
                f"The workbook was not made from version {base.version}, the one in use",
            ),
            Text(
                "请重新导出清单，把改动移到新文件后再导入",
                "Export the list again, move your changes to the new file and import that",
            ),
            sheet.places.get(("", "", "base_version")),
        )
    if not version or version == base.version or not drafted_by:
        raise BadInput(
            Text("草稿须有自己的版本号和起草人", "A draft needs a version of its own and a drafter"),
            Text(
                "请给出未用过的版本号和起草人姓名", "Give a version not used yet, and the name of the drafter"
            ),
        )
    flaws = Flaws(sheet.file)
    known = {entry.entry_id: entry for entry in base.entries}
    _check_changes(known, sheet, flaws)
    _check_words(base, sheet, flaws)
    if sheet.content.official != base.official:
        flaws.add(
            sheet.places["", "", "official"],
            Text("是否正式发布不能由工作簿改变", "cannot be changed by a workbook"),
            Text("请改回原值", "Put back what was exported"),
        )
    flaws.stop()
    written = {entry.entry_id: entry for entry in sheet.content.entries}
    drafted = [
        _drafted(entry, sheet.changes.get(entry.entry_id, Change.KEEP), written, drafted_by)
        for entry in (*base.entries, *(one for one in sheet.content.entries if one.entry_id not in known))
    ]
    entries = tuple(replace(one, identity=replace(one.identity, list_version=version)) for one in drafted)
    draft = NegativeList(version, sheet.content.title, entries, base.official)
    touched = {name for name, change in sheet.changes.items() if change in (Change.ADD, Change.CHANGE)}
    for problem in check_list(draft, on, elements):
        if not problem.entry or problem.entry in touched:
            flaws.add(place_of(sheet, problem), problem.message, problem.remedy)
    flaws.stop()
    return draft


def place_of(sheet: Sheet, problem: Problem) -> Where:
    """The cell a problem concerns: its field's, else its clause's, else its entry's."""
    head = problem.field if problem.field.startswith(("terms.", "groups.")) else problem.field.split(".")[0]
    candidates = (
        (problem.entry, problem.clause, head),
        ("", "", head),
        (problem.entry, problem.clause, ""),
        (problem.entry, "", "id"),
    )
    return next(
        (sheet.places[place] for place in candidates if place in sheet.places),
        Where(file=sheet.file or None, parameter=problem.name),
    )


def _drafted(entry: Entry, change: Change, written: dict[str, Entry], drafted_by: str) -> Entry:
    match change:
        case Change.RETIRE:
            return replace(entry, governance=replace(entry.governance, status=Status.WITHDRAWN))
        case Change.CHANGE | Change.ADD:
            new = written[entry.entry_id]
            rule = replace(new.governance, status=Status.DRAFT, drafted_by=drafted_by, approved_by=None)
            return replace(new, governance=rule)
    return entry


def _content(entry: Entry) -> Entry:
    """The entry without what the workflow stamps on it."""
    rule = replace(entry.governance, status=Status.DRAFT, drafted_by="", approved_by=None)
    return replace(entry, governance=rule)


def _check_changes(known: dict[str, Entry], sheet: Sheet, flaws: Flaws) -> None:
    for entry in sheet.content.entries:
        change, old = sheet.changes[entry.entry_id], known.get(entry.entry_id)
        where = sheet.places[entry.entry_id, "", "change"]
        if change is Change.ADD and old is not None:
            flaws.add(
                where,
                Text("基础版本已有这个编号", "is add, but the base version has this entry"),
                Text("请另取编号，或选 change 修改", "Use another id, or choose change"),
            )
        elif change is not Change.ADD and old is None:
            flaws.add(
                where,
                Text("基础版本没有这个编号", f"is {change}, but the base version has no such entry"),
                Text("请核对编号，或选 add 新增", "Check the id, or choose add"),
            )
        elif old is None:
            continue
        elif change is Change.KEEP and entry != old:
            flaws.add(
                where,
                Text(
                    "选了 keep 保留，但内容与基础版本不同",
                    "is keep, but the entry differs from the base version",
                ),
                Text(
                    "请选 change 修改；若是误改（含所用词条、法规），请改回",
                    "Choose change; or undo the edit (of the entry, or of a term or law it uses)",
                ),
            )
        elif change is Change.CHANGE and _content(entry) == _content(old):
            flaws.add(
                where,
                Text("选了 change 修改，但内容没有变化", "is change, but nothing of the entry has changed"),
                Text("请选 keep 保留", "Choose keep"),
            )
        elif change is Change.RETIRE and _content(entry) != _content(old):
            flaws.add(
                where,
                Text("选了 retire 撤销，但内容也改了", "is retire, but the entry was edited as well"),
                Text("请改回内容；撤销不改内容", "Undo the edit: retiring changes nothing else"),
            )
    _check_numbers(known, sheet, flaws)


def _check_numbers(known: dict[str, Entry], sheet: Sheet, flaws: Flaws) -> None:
    """A number may not be that of an entry without a row."""
    rows = {entry.entry_id for entry in sheet.content.entries}
    taken = {entry.identity.seq for name, entry in known.items() if name not in rows}
    for entry in sheet.content.entries:
        if entry.identity.seq in taken:
            flaws.add(
                sheet.places[entry.entry_id, "", "seq"],
                Text("序号已被没有出现在表中的条目占用", "is the number of an entry that has no row here"),
                Text("请换一个序号", "Use another number"),
            )


def _check_words(base: NegativeList, sheet: Sheet, flaws: Flaws) -> None:
    """A term, group or law means the same in every entry: it may not change under entries that have no row."""
    rows = {entry.entry_id for entry in sheet.content.entries}
    absent = [entry for entry in base.entries if entry.entry_id not in rows]
    here, there = _meanings(sheet.content.entries), _meanings(absent)
    for name in sorted(here.keys() & there.keys()):
        if here[name] != there[name]:
            flaws.add(
                sheet.places.get(("", "", name), Where(file=sheet.file or None, parameter=name)),
                Text(
                    "也被没有出现在表中的条目使用，含义却改了",
                    "has changed, and entries without a row here use it too",
                ),
                Text(
                    "请把这些条目也放进表中并选 change，或另取名称",
                    "Add those entries with change, or use another name",
                ),
            )


def _meanings(entries: Iterable[Entry]) -> dict[str, object]:
    several = tuple(entries)
    found: dict[str, object] = {
        f"laws.{law}": (basis.title, basis.source) for law, basis in laws(several).items()
    }
    for entry in several:
        for clause in entry.clauses:
            for condition in used_by(clause):
                if isinstance(condition, Term):
                    found[f"terms.{condition.name}"] = condition
                elif isinstance(condition, Group):
                    found[f"groups.{condition.name}"] = condition
    return found
