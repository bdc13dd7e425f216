"""Conditions in TOML and in sheets: one table of keys, read and written by the same row, so that they cannot drift apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from catalog.dataset import THEMES, ColumnType
from catalog.finding import FieldRole, Grade
from catalog.subject import TimeGranularity
from catalog.text import Text
from negative_list.condition import (
    Condition,
    ContourAtMost,
    CoverageOver,
    DistinctSubjects,
    Elements,
    Entities,
    FieldPattern,
    GeoFinerThan,
    Group,
    Joinable,
    Keywords,
    LagUnder,
    LeastGrade,
    PointsPerSubject,
    Publishers,
    Roles,
    RowCount,
    Term,
    Themes,
    TimeFinerThan,
    Types,
)
from negative_list.pattern_set import compiled

__all__ = ["GRADES", "KEYS", "ROLES", "STEPS", "TYPES", "Key", "Kind", "Unusable", "key_of", "pattern"]

Kind = Literal["items", "whole", "number", "pattern", "name", "entities"]
"""How the value of a key is written: a list of texts, a whole number, a number, RE2, one name, kinds of information."""


class Unusable(ValueError):
    """A value that cannot be used, with what was expected in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a group: its condition type, how a TOML value of its kind becomes the condition, and back.

    `read` raises Unusable, with what was expected, on a value that cannot be used.
    """

    name: str
    type: type
    kind: Kind
    read: Callable[[Any, Mapping[str, Term], Mapping[str, Group]], Condition]
    write: Callable[[Any], object]


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    raise Unusable("应为至少含一项文字的列表", "a list of at least one string is expected")


def _number(value: object, least: float = 0) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= least:
        return float(value)
    raise Unusable(f"应为不小于 {least:g} 的数", f"a number of at least {least:g} is expected")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise Unusable("应为从 1 起的整数", "a whole number of at least 1 is expected")


def _themes(value: object) -> tuple[str, ...]:
    keys = _strings(value)
    unknown = [key for key in keys if key not in THEMES]
    if unknown:
        raise Unusable(
            f"未知的领域 {'、'.join(unknown)}；可用：{'、'.join(THEMES)}",
            f"unknown theme {', '.join(unknown)}; use {', '.join(THEMES)}",
        )
    return keys


def pattern(value: object) -> str:
    """A pattern that RE2 compiles. Raises Unusable with RE2's reason (the pattern is the list's own text)."""
    if not isinstance(value, str) or not value:
        raise Unusable("应为 RE2 正则表达式", "a pattern (RE2) is expected")
    try:
        compiled(value)
    except Exception as error:
        raise Unusable(
            f"RE2 无法使用该正则表达式（{error}）；没有环视和反向引用",
            f"not a pattern RE2 can use ({error}); lookaround and back-references do not exist",
        ) from None
    return value


def _named(value: object, known: Mapping[str, Any], kind: str) -> Any:
    if isinstance(value, str) and value in known:
        return known[value]
    raise Unusable(
        f"未定义的{'词条' if kind == 'term' else '群体'} {value!r}；请先在 {kind}s 中定义",
        f"unknown {kind} {value!r}; define it under {kind}s before it is used",
    )


def _entities(value: object) -> Entities:
    if isinstance(value, dict):
        ratio = _number(value.get("least_hit_ratio"))
        if value.keys() != {"names", "least_hit_ratio"} or ratio > 1:
            raise Unusable(
                "应为 { names = [...], least_hit_ratio = 0..1 }",
                "{ names = [...], least_hit_ratio = 0..1 } is expected",
            )
        return Entities(_strings(value["names"]), ratio)
    return Entities(_strings(value))


def _member(value: object, names: Mapping[str, Any], what: str) -> Any:
    if isinstance(value, str) and value in names:
        return names[value]
    raise Unusable(f"未知的取值；可用：{'、'.join(names)}", f"unknown {what}; use one of {', '.join(names)}")


STEPS = {step.name.lower(): step for step in TimeGranularity}
ROLES = {str(role): role for role in FieldRole}
GRADES = {str(grade): grade for grade in Grade}
TYPES = {kind.name.lower(): kind for kind in ColumnType}


def _write_entities(value: Entities) -> object:
    if value.least_hit_ratio == Entities(()).least_hit_ratio:
        return list(value.names)
    return {"names": list(value.names), "least_hit_ratio": value.least_hit_ratio}


KEYS: tuple[Key, ...] = (
    Key("term", Term, "name", lambda v, terms, _: _named(v, terms, "term"), lambda c: c.name),
    Key("themes", Themes, "items", lambda v, *_: Themes(_themes(v)), lambda c: list(c.keys)),
    Key("title", Keywords, "items", lambda v, *_: Keywords(_strings(v)), lambda c: list(c.words)),
    Key(
        "text",
        Keywords,
        "items",
        lambda v, *_: Keywords(_strings(v), description=True),
        lambda c: list(c.words),
    ),
    Key("publishers", Publishers, "items", lambda v, *_: Publishers(_strings(v)), lambda c: list(c.names)),
    Key("group", Group, "name", lambda v, _, groups: _named(v, groups, "group"), lambda c: c.name),
    Key("fields", FieldPattern, "pattern", lambda v, *_: FieldPattern(pattern(v)), lambda c: c.pattern),
    Key("elements", Elements, "items", lambda v, *_: Elements(_strings(v)), lambda c: list(c.codes)),
    Key("entities", Entities, "entities", lambda v, *_: _entities(v), _write_entities),
    Key(
        "roles",
        Roles,
        "items",
        lambda v, *_: Roles(tuple(_member(item, ROLES, "role") for item in _strings(v))),
        lambda c: [str(role) for role in c.roles],
    ),
    Key(
        "least_grade",
        LeastGrade,
        "name",
        lambda v, *_: LeastGrade(_member(v, GRADES, "grade")),
        lambda c: str(c.grade),
    ),
    Key(
        "types",
        Types,
        "items",
        lambda v, *_: Types(tuple(_member(item, TYPES, "type") for item in _strings(v))),
        lambda c: [kind.name.lower() for kind in c.types],
    ),
    Key("rows", RowCount, "whole", lambda v, *_: RowCount(_whole(v)), lambda c: c.least),
    Key("subjects", DistinctSubjects, "whole", lambda v, *_: DistinctSubjects(_whole(v)), lambda c: c.least),
    Key(
        "points_per_subject",
        PointsPerSubject,
        "whole",
        lambda v, *_: PointsPerSubject(_whole(v)),
        lambda c: c.least,
    ),
    Key(
        "geo_finer_than_m", GeoFinerThan, "number", lambda v, *_: GeoFinerThan(_number(v)), lambda c: c.metres
    ),
    Key("coverage_over_km2", CoverageOver, "number", lambda v, *_: CoverageOver(_number(v)), lambda c: c.km2),
    Key(
        "contour_at_most_m",
        ContourAtMost,
        "number",
        lambda v, *_: ContourAtMost(_number(v)),
        lambda c: c.metres,
    ),
    Key(
        "time_finer_than",
        TimeFinerThan,
        "name",
        lambda v, *_: TimeFinerThan(_member(v, STEPS, "step of time")),
        lambda c: c.step.name.lower(),
    ),
    Key("lag_under_days", LagUnder, "whole", lambda v, *_: LagUnder(_whole(v)), lambda c: c.days),
    Key("joinable_k", Joinable, "whole", lambda v, *_: Joinable(_whole(v)), lambda c: c.k),
)


def key_of(condition: Condition) -> Key:
    """The key that writes a condition."""
    if isinstance(condition, Keywords):
        name = "text" if condition.description else "title"
        return next(key for key in KEYS if key.name == name)
    return next(key for key in KEYS if key.type is type(condition))
