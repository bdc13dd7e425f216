"""The grade policies of every jurisdiction from their file: checked as they are read, errors by line or key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any

from catalog.decision import Audience
from catalog.errors import BadInput, Where
from catalog.finding import Grade
from catalog.text import Text
from negative_list.entry import Basis
from negative_list.grade import JURISDICTION, GradePolicy, GradeRule, broken_law

__all__ = ["GRADE_POLICIES", "default_audience", "parse_grades"]

NAME = "grades.toml"
SEE = Text("请对照 negative_list/lists/grades.toml 修改", "See negative_list/lists/grades.toml for the form")
CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")  # ISO 3166-1 and 3166-2
AUDIENCES = {one.name.lower(): one for one in Audience}
GRADES = {one.name: one for one in Grade}
SOURCES = ("found", "known")


def parse_grades(text: str, file: str = NAME) -> Mapping[str, GradePolicy]:
    """Jurisdiction → its policy. Raises BadInput naming the line (not TOML) or the key (anything else)."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise BadInput(
            Text(f"不是有效的 TOML：{error}", f"Not valid TOML: {error}"),
            SEE,
            Where(file=file, line=int(line[1]) if line else None),
        ) from None
    if not whole:
        raise _bad(file, "", "没有任何辖区", "there is no jurisdiction")
    return MappingProxyType({code: _policy(file, code, table) for code, table in whole.items()})


def _policy(file: str, code: str, table: object) -> GradePolicy:
    if not CODE.fullmatch(code):
        raise _bad(file, code, "应为 ISO 3166 代码，如 CN-ZJ", "an ISO 3166 code is expected, as CN-ZJ")
    given = _table(file, code, table, {"name", "legal_basis", *GRADES})
    rules = {grade: _rule(file, f"{code}.{key}", given.get(key)) for key, grade in GRADES.items()}
    bases = given.get("legal_basis")
    if not isinstance(bases, list) or not bases:
        raise _bad(file, f"{code}.legal_basis", "应为非空列表", "a list that is not empty is expected")
    policy = GradePolicy(
        _bilingual(file, f"{code}.name", given.get("name")),
        MappingProxyType(rules),
        tuple(_basis(file, f"{code}.legal_basis[{place}]", one) for place, one in enumerate(bases)),
    )
    broken = broken_law(policy)
    if broken:
        raise _bad(file, f"{code}.{broken[0]}.audience", broken[1].zh, broken[1].en)
    return policy


def _rule(file: str, where: str, table: object) -> GradeRule:
    given = _table(file, where, table, {"audience", "access"})
    named = given.get("audience")
    audience = AUDIENCES.get(named) if isinstance(named, str) else None
    if audience is None:
        known = list(AUDIENCES)
        raise _bad(
            file, f"{where}.audience", f"可用：{'、'.join(known)}", f"one of {', '.join(known)} is expected"
        )
    return GradeRule(audience, _bilingual(file, f"{where}.access", given.get("access")))


def _basis(file: str, where: str, table: object) -> Basis:
    given = _table(file, where, table, {"law", "zh", "en", "articles", "source"})
    law, articles, source = given.get("law"), given.get("articles", ""), given.get("source", "found")
    if not isinstance(law, str) or not law:
        raise _bad(file, f"{where}.law", "应为非空文字", "text is expected")
    if not isinstance(articles, str):
        raise _bad(file, f"{where}.articles", "应为文字", "text is expected")
    if source not in SOURCES:
        raise _bad(
            file, f"{where}.source", f"可用：{'、'.join(SOURCES)}", f"one of {', '.join(SOURCES)} is expected"
        )
    return Basis(
        law, _bilingual(file, where, {key: given.get(key) for key in ("zh", "en")}), articles, source
    )


def _bilingual(file: str, where: str, table: object) -> Text:
    given = _table(file, where, table, {"zh", "en"})
    for language in ("zh", "en"):
        if not isinstance(given.get(language), str) or not given[language].strip():
            raise _bad(file, f"{where}.{language}", "应为非空文字", "text is expected")
    return Text(given["zh"], given["en"])


def _table(file: str, where: str, table: object, keys: set[str]) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _bad(file, where, "应为一个表", "a table is expected")
    unknown = sorted(table.keys() - keys)
    if unknown:
        known = sorted(keys)
        raise _bad(
            file,
            f"{where}.{unknown[0]}",
            f"未知的键；可用：{'、'.join(known)}",
            f"unknown key; use {', '.join(known)}",
        )
    return table


def _bad(file: str, where: str, zh: str, en: str) -> BadInput:
    at = where or file
    return BadInput(Text(f"{at}：{zh}", f"{at}: {en}"), SEE, Where(file=file, parameter=where or None))


GRADE_POLICIES = parse_grades(resources.files("negative_list.lists").joinpath(NAME).read_text("utf-8"))
"""What is packaged with the program. It is data of ours, as checked as any other."""


def default_audience(grade: Grade, jurisdiction: str = JURISDICTION) -> Audience:
    """The default audience of a grade. An unknown jurisdiction or grade opens to nobody."""
    policy = GRADE_POLICIES.get(jurisdiction)
    return policy.audience(grade) if policy else Audience.NOBODY
