"""Sheets of text cells read into a negative list, or refused with every flaw and its cell.

Three passes, each of which stops at its own flaws: the sheets and their headings, the cells, what they refer to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from catalog.errors import Where
from catalog.subject import Stage
from catalog.text import Text
from negative_list.condition import AnyOf
from negative_list.effect import (
    Effect,
)
from negative_list.entry import Clause, DataKind, Entry, Governance, Identity, NegativeList, Status
from negative_list.sheet import (
    CHANGES,
    DOMAINS,
    FORM_VERSION,
    KINDS,
    SHEETS,
    STAGES,
    STATUSES,
    Change,
    Place,
    Sheet,
    Tables,
)
from negative_list.sheet_effects import read_effect
from negative_list.sheet_rows import Flaws, Row, rows_of
from negative_list.sheet_words import Words

__all__ = ["parse_sheet"]

_NEVER = date.min
"""Stands in for a first day that could not be read; never leaves (`Flaws.stop`)."""
_SEE = Text("请核对名称，写法见“README 说明”", 'Check the name; the sheet "README" says how')


def parse_sheet(tables: Tables, file: str = "") -> Sheet:
    """What the sheets say. Raises BadInput whose `flaws` name sheet, row and cell; nothing is read by halves."""
    flaws = Flaws(file)
    rows: dict[str, tuple[Row, ...]] = {}
    for one in SHEETS:
        if one.key in tables:
            rows[one.key] = rows_of(one, tables[one.key], flaws)
        else:
            flaws.add(
                Where(file or None, one.key),
                Text(f"缺少工作表 {one.name}", f"the sheet {one.key} is missing"),
                Text("请重新导出清单，在导出的文件里修改", "Export the list again and edit that file"),
            )
    flaws.stop()
    reader = _Reader(rows, flaws, Words(rows, flaws))
    sheet = reader.sheet()
    flaws.stop()
    return sheet


@dataclass(slots=True)
class _Reader:
    """What has been read so far, by name."""

    rows: Mapping[str, tuple[Row, ...]]
    flaws: Flaws
    words: Words
    places: dict[Place, Where] = field(default_factory=dict)
    effects: dict[tuple[str, str], list[Effect]] = field(default_factory=dict)
    clauses: dict[str, list[Clause]] = field(default_factory=dict)

    def sheet(self) -> Sheet:
        version, title, official = self._list()
        self.words.read()
        names = [row.name("id") for row in self.rows["entries"]]
        for row in self.rows["effects"]:
            owner = row.name("entry"), row.name("clause")
            several = self.effects.setdefault(owner, [])
            self.places[*owner, f"effects[{len(several)}]"] = row.where("effect")
            several.append(read_effect(row, self.words))
        for row in self.rows["clauses"]:
            self._clause(row, set(names))
        self._unplaced_effects()
        entries = tuple(
            self._entry(row, name, version) for row, name in zip(self.rows["entries"], names, strict=True)
        )
        changes = {
            name: Change(row.choice("change", CHANGES))
            for row, name in zip(self.rows["entries"], names, strict=True)
        }
        self._once(self.rows["entries"], "id", names)
        self._once(self.rows["entries"], "seq", [str(one.identity.seq) for one in entries])
        content = NegativeList(version, title, entries, official)
        return Sheet(content, changes, self.words.places | self.places, self.flaws.file)

    def _list(self) -> tuple[str, Text, bool]:
        rows = self.rows["list"]
        if len(rows) != 1:
            self.flaws.add(
                Where(self.flaws.file or None, "list", rows[1].line if rows else 2),
                Text("应恰有一行", "should hold exactly one row"),
                Text("请照导出时的样子保留一行", "Keep the one row as it was exported"),
            )
            self.flaws.stop()
        (row,) = rows
        if row.written("form", "number") not in (None, FORM_VERSION):
            row.bad(
                "form",
                Text("表式版本不同", "is another version of the form"),
                Text("请重新导出清单，在新文件里修改", "Export the list again and edit that file"),
            )
        for key in ("base_version", "official"):
            self.places["", "", key] = row.where(key)
        self.places["", "", "title"] = row.where("title_zh")
        return row.text("base_version"), row.both("title"), row.flag("official")

    # ---- clauses and entries

    def _clause(self, row: Row, entries: set[str]) -> None:
        entry, name = row.name("entry"), row.name("clause")
        if entry and entry not in entries and "entries" not in self.flaws.unnamed:
            row.bad("entry", Text("entries 中没有这个条目", "is no entry of the sheet entries"), _SEE)
        if (entry, name, "") in self.places:
            row.bad(
                "clause",
                Text("该条目已有同名条款", "is the name of another clause of the entry"),
                Text("请另取一个名称", "Give it another name"),
            )
        self.places[entry, name, ""] = row.where("clause")
        self.places[entry, name, "remedy"] = row.where("remedy_zh")
        when = self._groups_of(row, "when", entry, name)
        unless = self._groups_of(row, "unless", entry, name)
        if not when and all(row.empty(key) for key in row.columns if key.startswith("when_")):
            row.bad(
                min((key for key in row.columns if key.startswith("when_")), default="clause"),
                Text("至少要有一个条件", "at least one condition is needed"),
                Text("请填写 when_1", "Fill in when_1"),
            )
        effects = self.effects.get((entry, name), [])
        if not effects and "effects" not in self.flaws.unnamed:
            row.bad(
                "clause",
                Text("没有任何措施", "has no effect"),
                Text("请在 effects 中为该条款加一行", "Add a row for the clause to the sheet effects"),
            )
        stage = None if row.empty("stage") else cast("Stage", row.choice("stage", STAGES))
        self.clauses.setdefault(entry, []).append(
            Clause(name, when, tuple(effects), row.both("remedy"), unless, stage)
        )

    def _groups_of(self, row: Row, key: str, entry: str, clause: str) -> tuple[AnyOf, ...]:
        found: list[AnyOf] = []
        columns = (name for name in row.columns if name.startswith(f"{key}_"))
        for column in sorted(columns, key=lambda name: int(name.rpartition("_")[2])):
            if row.empty(column):
                continue
            self.places[entry, clause, f"{key}[{len(found)}]"] = row.where(column)
            conditions = row.read(column, self.words.alternatives)
            found += [AnyOf(conditions)] if conditions else []
        return tuple(found)

    def _unplaced_effects(self) -> None:
        """Effects of a clause that stands nowhere."""
        if {"clauses", "effects"} & self.flaws.unnamed:
            return
        known = {(entry, clause.name) for entry, clauses in self.clauses.items() for clause in clauses}
        for row in self.rows["effects"]:
            if (row.name("entry"), row.name("clause")) not in known:
                row.bad("clause", Text("clauses 中没有这个条款", "is no clause of the sheet clauses"), _SEE)

    def _entry(self, row: Row, name: str, version: str) -> Entry:
        for key in row.columns:
            self.places[name, "", key.removesuffix("_zh")] = row.where(key)
        clauses = self.clauses.get(name, [])
        if name and not clauses and "clauses" not in self.flaws.unnamed:
            row.bad(
                "id",
                Text("没有任何条款", "has no clause"),
                Text("请在 clauses 中为该条目加一行", "Add a row for the entry to the sheet clauses"),
            )
        identity = Identity(
            entry_id=name,
            list_version=version,
            seq=row.whole("seq", 1),
            jurisdiction=row.text("jurisdiction"),
            domain=row.choice("domain", DOMAINS),
            scenario=row.both("scenario"),
            category=row.text("category"),
            subcategory=row.optional("subcategory") or "",
            description=row.both("description"),
            examples=row.items("examples"),
            data_kind=DataKind(row.choice("data_kind", KINDS)),
        )
        return Entry(identity, tuple(clauses), self._governance(row))

    def _governance(self, row: Row) -> Governance:
        bases = row.read("legal_basis", self.words.bases) or ()
        if not bases and row.empty("legal_basis"):
            row.bad(
                "legal_basis",
                Text("缺少法律依据", "a legal basis is needed"),
                Text("请填写代号与条号", "Write the key of a law and its articles"),
            )
        first, last = row.day("valid_from"), row.day("valid_to")
        if first is None and row.empty("valid_from"):
            row.bad(
                "valid_from",
                Text("缺少生效日期", "the first day of validity is missing"),
                Text("请写成 2026-01-31", "Write it as 2026-01-31"),
            )
        drafted, approved = row.optional("drafted_by") or "", row.optional("approved_by")
        if drafted and drafted == approved:
            row.bad(
                "approved_by",
                Text("起草人与批准人须为两人", "the drafter may not approve: two people are needed"),
                Text("请写另一人，或留空待批准", "Name another person, or leave it empty until approved"),
            )
        return Governance(
            legal_basis=bases,
            valid_from=first or _NEVER,
            status=Status(row.choice("status", STATUSES, default="draft")),
            drafted_by=drafted,
            approved_by=approved,
            valid_to=last,
            supersedes=row.optional("supersedes"),
            review_on=row.day("review_on"),
            exemptible=row.flag("exemptible", default=True),
        )

    def _once(self, rows: tuple[Row, ...], key: str, values: list[str]) -> None:
        times = Counter(values)
        for row, value in zip(rows, values, strict=True):
            if value and times[value] > 1 and isinstance(row.cell(key), str) and not row.empty(key):
                row.bad(key, Text("重复出现", "occurs twice"), Text("请改为不重复的值", "Use another value"))
