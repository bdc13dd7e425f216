"""What a list's sheets define by name and other cells refer to: laws, groups of people, terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from catalog.errors import Where
from catalog.text import Text
from negative_list.condition import Condition, Group, Term
from negative_list.condition_keys import KEYS, Unusable, pattern
from negative_list.entry import Basis
from negative_list.sheet import CONDITIONS, SOURCES, Place
from negative_list.sheet_rows import Flaws, Row
from negative_list.sheet_text import read_alternative, read_basis, read_value, unquoted

__all__ = ["MAX_DEPTH", "Words"]

MAX_DEPTH = 20
"""Terms within terms."""
_KIND_OF = {key.name: key.kind for key in KEYS}


@dataclass(slots=True)
class Words:
    """Laws, groups and terms by name, and where each stands. `read` fills it once."""

    rows: Mapping[str, tuple[Row, ...]]
    flaws: Flaws
    laws: dict[str, tuple[Text, str]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    places: dict[Place, Where] = field(default_factory=dict)

    def read(self) -> None:
        for row in self.rows["laws"]:
            self._law(row)
        for row in self.rows["groups"]:
            self._group(row)
        self._terms()

    def _law(self, row: Row) -> None:
        law = row.name("law")
        self._new(law, self.laws, row, "law")
        self.places["", "", f"laws.{law}"] = row.where("law")
        self.laws[law] = Text(row.text("zh"), row.text("en")), row.choice("source", SOURCES)

    def _group(self, row: Row) -> None:
        name = row.name("group")
        self._new(name, self.groups, row, "group")
        fields = "" if row.empty("fields") else row.read("fields", _pattern) or ""
        self.groups[name] = Group(name, row.items("words"), fields)
        self.places["", "", f"groups.{name}"] = row.where("group")

    def _new(self, name: str, known: Mapping[str, object], row: Row, key: str) -> None:
        if name in known:
            row.bad(key, Text("重复出现", "occurs twice"), Text("请只保留一行", "Keep one row only"))

    def _terms(self) -> None:
        rows: dict[str, list[Row]] = {}
        for row in self.rows["terms"]:
            rows.setdefault(row.name("term"), []).append(row)
        for name in rows:
            self._term(name, rows, ())

    def _term(self, name: str, rows: Mapping[str, list[Row]], path: tuple[str, ...]) -> None:
        """Reads a term after those it names; terms may stand in any order."""
        if name in self.terms:
            return
        self.places["", "", f"terms.{name}"] = rows[name][0].where("term")
        conditions: list[Condition] = []
        for row in rows[name]:
            key = row.choice("condition", CONDITIONS)
            inner = unquoted(row.written("value") or "") if key == "term" else ""
            if inner in (*path, name) or len(path) > MAX_DEPTH:
                row.bad(
                    "value",
                    Text("词条互相引用成环或嵌套过深", "terms name each other in a circle, or too deeply"),
                    Text("请改用其他词条或字段名正则", "Use another term or a field pattern"),
                )
                continue
            if inner in rows:
                self._term(inner, rows, (*path, name))
            numeric = "number" if _KIND_OF[key] in ("whole", "number") else ""
            read = row.read("value", partial(self._value, key), numeric)
            conditions += [read] if read is not None else []
        self.terms[name] = Term(name, tuple(conditions), self._unless(rows[name]))

    def _value(self, key: str, value: str) -> Condition:
        if key == "term":
            return self.named(unquoted(value))
        return read_value(key, value, self.terms, self.groups)

    def _unless(self, rows: list[Row]) -> str:
        """A term has one `unless`, on any of its rows."""
        found = ""
        for row in rows:
            if not row.empty("unless"):
                said = row.read("unless", _pattern) or ""
                if found and said and said != found:
                    row.bad(
                        "unless",
                        Text("与本词条另一行不同", "differs from another row of the term"),
                        Text("请只在一行填写，可用 | 合并", "Write it on one row only; join patterns with |"),
                    )
                found = found or said
        return found

    # ---- what cells refer to; each raises Unusable, unless the name may be the one that could not be read

    def named(self, name: str) -> Term:
        if name in self.terms:
            return self.terms[name]
        if "terms" in self.flaws.unnamed:
            return Term(name, ())
        raise Unusable(
            f"未定义的词条 {name[:40]!r}；请先在 terms 中定义",
            f"unknown term {name[:40]!r}; define it in the sheet terms",
        )

    def alternatives(self, cell: str) -> tuple[Condition, ...]:
        """The conditions of a cell, one a line."""
        return tuple(self._alternative(line) for line in cell.split("\n") if line.strip())

    def _alternative(self, line: str) -> Condition:
        try:
            return read_alternative(line, self.terms, self.groups)
        except Unusable:
            if {"terms", "groups"} & self.flaws.unnamed:
                return Term(line, ())
            raise

    def bases(self, cell: str) -> tuple[Basis, ...]:
        found = []
        for law, articles in read_basis(cell):
            if law not in self.laws and "laws" not in self.flaws.unnamed:
                raise Unusable(
                    f"未定义的法规 {law[:40]!r}；请先在 laws 中定义",
                    f"unknown law {law[:40]!r}; define it in the sheet laws",
                )
            title, source = self.laws.get(law, (Text("", ""), "known"))
            found.append(Basis(law, title, articles, "found" if source == "found" else "known"))
        return tuple(found)


def _pattern(cell: str) -> str:
    return pattern(unquoted(cell))
