"""Negative lists in TOML: read into values, written back to the same values. An error names file, entry and key.

Grammar (see `lists/starter.toml`): `[laws.X]`, `[groups.X]` and `[terms.X]` are defined before use; `[defaults]` fill
what an `[[entry]]` leaves out; each `[[entry.clause]]` is `when` (a list of groups, ANDed; the keys of a group are
ORed), `unless`, `effects`, `remedy`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from catalog.dataset import THEMES
from catalog.decision import Scope
from catalog.errors import BadInput, Where
from catalog.predicate import Operator
from catalog.text import Text
from negative_list.condition import AnyOf, Condition, Group, Term
from negative_list.condition_keys import KEYS, Unusable, pattern
from negative_list.effect import (
    Deny,
    Effect,
    OlderThan,
    RowRule,
    RowsWhere,
    YoungerThan,
)
from negative_list.entry import Basis, Clause, DataKind, Entry, Governance, Identity, NegativeList, Status
from negative_list.toml_spelling import SPELLINGS, read_spelling

__all__ = ["load_list", "load_starter", "parse_list"]

T = TypeVar("T")
SEE = Text(
    "请对照 negative_list/lists/starter.toml 修改", "See negative_list/lists/starter.toml for the form"
)
ENTRY_KEYS = {
    "id", "seq", "jurisdiction", "domain", "scenario", "category", "subcategory", "description", "examples", "data_kind",
    "legal_basis", "valid_from", "valid_to", "status", "drafted_by", "approved_by", "supersedes", "review_on",
    "exemptible", "clause",
}  # fmt: skip
CLAUSE_KEYS = {"name", "when", "unless", "stage", "effects", "remedy"}


def load_starter() -> NegativeList:
    """The built-in starter list: a proposal to begin from, never an official list."""
    name = "starter.toml"
    return parse_list(resources.files("negative_list.lists").joinpath(name).read_text("utf-8"), name)


def load_list(path: Path, name: str = "") -> NegativeList:
    """A list from a file; `name` is how it is called in messages. Raises BadInput naming file, entry and key."""
    try:
        return parse_list(path.read_text("utf-8"), name or path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            Text("清单文件无法读取（应为 UTF-8 文本）", "The list cannot be read (UTF-8 text is expected)"),
            SEE,
            Where(file=name or path.name),
        ) from error


def parse_list(text: str, file: str) -> NegativeList:
    """A list from TOML text. Raises BadInput naming file, entry and key."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            Text(f"不是有效的 TOML：{error}", f"Not valid TOML: {error}"), SEE, Where(file=file)
        ) from None
    except RecursionError:
        raise BadInput(Text("TOML 嵌套过深", "The TOML is nested too deep"), SEE, Where(file=file)) from None
    reader = _Reader(file)
    reader.known(whole, {"version", "title", "official", "defaults", "laws", "groups", "terms", "entry"}, "")
    reader.version = reader.text(whole, "version", "")
    reader.laws = reader.table(whole, "laws", "")
    reader.groups = {
        name: reader.group(name, table) for name, table in reader.table(whole, "groups", "").items()
    }
    for name, table in reader.table(whole, "terms", "").items():
        reader.terms[name] = reader.term(name, table)
    defaults = reader.table(whole, "defaults", "")
    entries = tuple(
        reader.entry(defaults | table, i) for i, table in enumerate(reader.tables(whole, "entry", ""))
    )
    reader.once(entries)
    official = whole.get("official", False)
    if not isinstance(official, bool):
        raise reader.bad("official", "应为 true 或 false", "true or false is expected")
    return NegativeList(reader.version, reader.bilingual(whole, "title", ""), entries, official)


@dataclass(slots=True)
class _Reader:
    """What has been defined so far, and where errors stand."""

    file: str
    version: str = ""
    laws: Mapping[str, Any] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def bad(self, where: str, zh: str, en: str) -> BadInput:
        return BadInput(Text(f"{where}：{zh}", f"{where}: {en}"), SEE, Where(file=self.file, parameter=where))

    def known(self, table: Mapping[str, Any], keys: set[str], where: str) -> None:
        unknown = sorted(table.keys() - keys)
        if unknown:
            at = f"{where}.{unknown[0]}" if where else unknown[0]
            raise self.bad(
                at,
                f"未知的键；可用：{'、'.join(sorted(keys))}",
                f"unknown key; use {', '.join(sorted(keys))}",
            )

    def checked(self, where: str, read: Callable[[], T]) -> T:
        try:
            return read()
        except ValueError as error:
            said = error.text if isinstance(error, Unusable) else Text(str(error), str(error))
            raise self.bad(where, f"无法使用：{said.zh}", f"cannot be used: {said.en}") from None

    def text(self, table: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if isinstance(value, str) and (value or default == ""):
            return value
        raise self.bad(_at(where, key), "应为非空文字", "text is expected")

    def optional(self, table: Mapping[str, Any], key: str, where: str) -> str | None:
        return self.text(table, key, where) if key in table else None

    def table(self, table: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        raise self.bad(_at(where, key), "应为一个表", "a table is expected")

    def tables(self, table: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        value = table.get(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return value
        raise self.bad(_at(where, key), "应为表的列表", "a list of tables is expected")

    def strings(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self.bad(_at(where, key), "应为文字的列表", "a list of texts is expected")

    def bilingual(self, table: Mapping[str, Any], key: str, where: str) -> Text:
        value = table.get(key)
        if (
            isinstance(value, dict)
            and value.keys() == {"zh", "en"}
            and all(isinstance(v, str) and v for v in value.values())
        ):
            return Text(value["zh"], value["en"])
        raise self.bad(_at(where, key), "应为 { zh = …, en = … }", "{ zh = …, en = … } is expected")

    def day(self, table: Mapping[str, Any], key: str, where: str) -> date | None:
        value = table.get(key)
        if value is None or type(value) is date:
            return value
        raise self.bad(_at(where, key), "应为日期（2026-01-31）", "a date is expected (2026-01-31)")

    def member(self, kind: Callable[[Any], T], table: Mapping[str, Any], key: str, where: str) -> T:
        return self.checked(_at(where, key), lambda: kind(table.get(key)))

    def one_term(self, value: object, where: str) -> Term:
        if isinstance(value, str) and value in self.terms:
            self.used.add(value)
            return self.terms[value]
        raise self.bad(
            where,
            f"未定义的词条 {value!r}，请先在 [terms] 中定义",
            f"unknown term {value!r}; define it under [terms] first",
        )

    # ---- definitions

    def group(self, name: str, table: object) -> Group:
        where = f"groups.{name}"
        if not isinstance(table, dict):
            raise self.bad(where, "应为一个表", "a table is expected")
        self.known(table, {"words", "fields"}, where)
        fields = (
            self.checked(_at(where, "fields"), lambda: pattern(table["fields"])) if "fields" in table else ""
        )
        return Group(name, self.strings(table, "words", where), fields)

    def term(self, name: str, table: object) -> Term:
        where = f"terms.{name}"
        if not isinstance(table, dict):
            raise self.bad(where, "应为一个表", "a table is expected")
        unless = (
            self.checked(_at(where, "unless"), lambda: pattern(table["unless"])) if "unless" in table else ""
        )
        alternatives = {key: value for key, value in table.items() if key != "unless"}
        return Term(name, self.conditions(alternatives, where), unless)

    def conditions(self, table: Mapping[str, Any], where: str) -> tuple[Condition, ...]:
        keys = {key.name: key for key in KEYS}
        self.known(table, {*keys, "any"}, where)
        found: list[Condition] = []
        for name, value in table.items():
            at = _at(where, name)
            if name == "any":
                found += [self.one_term(item, at) for item in self.strings(table, name, where)]
            elif name == "term":
                found.append(self.one_term(value, at))
            else:
                found.append(self.checked(at, partial(keys[name].read, value, self.terms, self.groups)))
        if not found:
            raise self.bad(where, "没有任何条件", "no condition at all")
        return tuple(found)

    def any_of(self, value: object, where: str) -> AnyOf:
        """``"term"``, ``{ key = …, … }`` (ORed) or a list of both (ORed)."""
        parts = value if isinstance(value, list) else [value]
        found: list[Condition] = []
        for part in parts:
            found += self.conditions(part, where) if isinstance(part, dict) else (self.one_term(part, where),)
        if not found:
            raise self.bad(where, "没有任何条件", "no condition at all")
        return AnyOf(tuple(found))

    # ---- entries

    def entry(self, table: Mapping[str, Any], index: int) -> Entry:
        where = self.text(table, "id", f"entry[{index}]")
        self.known(table, ENTRY_KEYS, where)
        domain = self.text(table, "domain", where)
        if domain != "any" and domain not in THEMES:
            raise self.bad(
                _at(where, "domain"),
                f"未知的领域；可用：any、{'、'.join(THEMES)}",
                f"unknown; use any, {', '.join(THEMES)}",
            )
        seq = table.get("seq")
        if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
            raise self.bad(_at(where, "seq"), "应为从 1 起的整数", "a whole number from 1 is expected")
        identity = Identity(
            entry_id=where,
            list_version=self.version,
            seq=seq,
            jurisdiction=self.text(table, "jurisdiction", where),
            domain=domain,
            scenario=self.bilingual(table, "scenario", where),
            category=self.text(table, "category", where),
            subcategory=self.text(table, "subcategory", where, ""),
            description=self.bilingual(table, "description", where),
            examples=self.strings(table, "examples", where),
            data_kind=self.member(DataKind, table, "data_kind", where),
        )
        clauses = tuple(
            self.clause(one, f"{where}.clause[{i}]")
            for i, one in enumerate(self.tables(table, "clause", where))
        )
        if not clauses:
            raise self.bad(_at(where, "clause"), "至少要有一个子句", "at least one clause is needed")
        return Entry(identity, clauses, self.governance(table, where))

    def governance(self, table: Mapping[str, Any], where: str) -> Governance:
        valid_from, valid_to = self.day(table, "valid_from", where), self.day(table, "valid_to", where)
        if valid_from is None:
            raise self.bad(_at(where, "valid_from"), "缺少生效日期", "the first day of validity is missing")
        if valid_to and valid_to < valid_from:
            raise self.bad(_at(where, "valid_to"), "早于生效日期", "lies before valid_from")
        drafted, approved = self.text(table, "drafted_by", where), self.optional(table, "approved_by", where)
        if approved == drafted:
            raise self.bad(
                _at(where, "approved_by"),
                "起草人与批准人须为两人",
                "the drafter may not approve: two people are needed",
            )
        bases = tuple(
            self.basis(item, _at(where, "legal_basis")) for item in self.strings(table, "legal_basis", where)
        )
        if not bases:
            raise self.bad(_at(where, "legal_basis"), "缺少法律依据", "a legal basis is needed")
        exemptible = table.get("exemptible", True)
        if not isinstance(exemptible, bool):
            raise self.bad(_at(where, "exemptible"), "应为 true 或 false", "true or false is expected")
        return Governance(
            legal_basis=bases,
            valid_from=valid_from,
            status=self.member(Status, table, "status", where),
            drafted_by=drafted,
            approved_by=approved,
            valid_to=valid_to,
            supersedes=self.optional(table, "supersedes", where),
            review_on=self.day(table, "review_on", where),
            exemptible=exemptible,
        )

    def basis(self, value: str, where: str) -> Basis:
        """``"pipl art. 28"``: a key of [laws], then the articles."""
        law, _, articles = value.partition(" ")
        table = self.laws.get(law)
        if not isinstance(table, dict):
            raise self.bad(
                where,
                f"未定义的法规 {law}，请先在 [laws] 中定义",
                f"unknown law {law}; define it under [laws] first",
            )
        at = f"laws.{law}"
        self.known(table, {"zh", "en", "source"}, at)
        source = table.get("source", "found")
        if source not in ("found", "known"):
            raise self.bad(_at(at, "source"), "应为 found 或 known", "found or known is expected")
        return Basis(
            law,
            self.bilingual({"title": {k: table.get(k) for k in ("zh", "en")}}, "title", at),
            articles,
            source,
        )

    def clause(self, table: Mapping[str, Any], where: str) -> Clause:
        self.known(table, CLAUSE_KEYS, where)
        when = tuple(
            self.any_of(one, f"{where}.when[{i}]") for i, one in enumerate(self.items(table, "when", where))
        )
        if not when:
            raise self.bad(_at(where, "when"), "至少要有一个条件", "at least one condition is needed")
        unless = tuple(
            self.any_of(one, f"{where}.unless[{i}]")
            for i, one in enumerate(self.items(table, "unless", where))
        )
        effects = tuple(
            self.effect(one, f"{where}.effects[{i}]")
            for i, one in enumerate(self.tables(table, "effects", where))
        )
        if not effects:
            raise self.bad(_at(where, "effects"), "至少要有一个措施", "at least one effect is needed")
        stage = table.get("stage")
        if stage not in (None, "source", "planned"):
            raise self.bad(_at(where, "stage"), "应为 source 或 planned", "source or planned is expected")
        return Clause(
            self.text(table, "name", where),
            when,
            effects,
            self.bilingual(table, "remedy", where),
            unless,
            stage,
        )

    def items(self, table: Mapping[str, Any], key: str, where: str) -> list[object]:
        value = table.get(key, [])
        if isinstance(value, list):
            return value
        raise self.bad(_at(where, key), "应为列表", "a list is expected")

    def effect(self, table: Mapping[str, Any], where: str) -> Effect:
        chosen = [name for name in SPELLINGS if name in table]
        if len(chosen) != 1:
            raise self.bad(
                where,
                f"须为其中之一：{'、'.join(SPELLINGS)}",
                f"exactly one of {', '.join(SPELLINGS)} is expected",
            )
        (name,) = chosen
        target = table[name]
        rest = {key: value for key, value in table.items() if key != name}
        if target == "rows":
            if name != "deny":
                raise self.bad(where, "按行的措施只能是 deny", "an effect on rows can only be deny")
            return Effect(Deny(), Scope.ROWS, rows=self.row_rule(rest, where))
        spelling = self.checked(where, lambda: read_spelling(name, rest))
        if target == "dataset":
            return Effect(spelling, Scope.DATASET)
        if isinstance(target, list) and target:
            return Effect(spelling, Scope.COLUMN, tuple(self.one_term(item, where) for item in target))
        raise self.bad(
            _at(where, name),
            '应为 "dataset"、"rows" 或词条列表',
            '"dataset", "rows" or a list of terms is expected',
        )

    def row_rule(self, table: Mapping[str, Any], where: str) -> RowRule:
        def named(key: str) -> Term:
            return self.one_term(table.get(key), _at(where, key))

        def years(key: str) -> int:
            value = table[key]
            if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100:
                return value
            raise self.bad(
                _at(where, key), "应为 1 到 100 的整数", "a whole number from 1 to 100 is expected"
            )

        if table.keys() == {"older_than_years", "by"}:
            by = tuple(self.one_term(item, _at(where, "by")) for item in self.strings(table, "by", where))
            return OlderThan(years("older_than_years"), by)
        if table.keys() == {"younger_than_years", "birth", "resident_id", "age", "adult"}:
            return YoungerThan(
                years("younger_than_years"),
                named("birth"),
                named("resident_id"),
                named("age"),
                named("adult"),
            )
        if table.keys() == {"where", "is", "value"}:
            value = table["value"]
            return RowsWhere(
                named("where"),
                self.member(Operator, table, "is", where),
                tuple(value) if isinstance(value, list) else value,
            )
        raise self.bad(
            where,
            "按行的措施须给出 older_than_years+by、younger_than_years+birth+resident_id+age+adult 或 where+is+value",
            "an effect on rows needs older_than_years+by, younger_than_years+birth+resident_id+age+adult, or where+is+value",
        )

    def once(self, entries: Sequence[Entry]) -> None:
        """Entry ids and numbers occur once, and every term defined is used: a stray one is a typing mistake."""
        for what, values in (
            ("id", [entry.entry_id for entry in entries]),
            ("seq", [str(entry.identity.seq) for entry in entries]),
        ):
            twice = [value for value in values if values.count(value) > 1]
            if twice:
                raise self.bad(f"{what} {twice[0]}", "重复出现", "occurs twice")
        unused = sorted(self.terms.keys() - self.used)
        if unused:
            raise self.bad(f"terms.{unused[0]}", "定义了但未使用", "is defined but never used")


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
