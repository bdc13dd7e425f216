"""What differs between two contracts of one dataset, and whether those who rely on the first can rely on the second.

A promise taken back is *breaking*: a field dropped or renamed, fewer values allowed (narrowed type, bounds, length or
code list, a cell that had to be filled before nobody relied on it), another unit or reference system, slower delivery.
What only adds or widens is *additive*; what changes words or rules only is *descriptive*. The changes that do not break
form a preorder: two of them in a row never break either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from catalog.contract import Contract, Field
from catalog.dataset import UPDATE_CYCLES, ColumnType
from catalog.text import Text

__all__ = ["Change", "Effect", "diff", "effect_of"]


class Effect(IntEnum):
    """Ordered: the greatest of its changes is the effect of a difference."""

    DESCRIPTIVE = 1
    ADDITIVE = 2
    BREAKING = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `what` is a slug (``drop``, ``rename``, ``narrow``, ``unit``…), `field` None = of the contract."""

    effect: Effect
    what: str
    field: str | None
    text: Text


# What a value of the first type always is as well, without loss.
_WIDER: frozenset[tuple[ColumnType, ColumnType]] = frozenset(
    {(ColumnType.INTEGER, ColumnType.DECIMAL), (ColumnType.DATE, ColumnType.TIMESTAMP)}
)
_CYCLES = (*UPDATE_CYCLES, None)
"""From the fastest; to promise no cycle is to promise the least."""


def effect_of(changes: tuple[Change, ...]) -> Effect | None:
    """The gravest effect; None where nothing changed."""
    return max((one.effect for one in changes), default=None)


def diff(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Every change from `old` to `new`; none exactly where they say the same (their version numbers aside).

    Both are compared as they are written out (`contract.resolved`): what a field leaves open is anything.
    """
    return tuple(sorted(_changes(old, new), key=lambda one: (-one.effect, one.field or "", one.what)))


def _changes(old: Contract, new: Contract) -> Iterator[Change]:
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    renamed = _renamed(before, after)
    for name in before:
        if name in after:
            yield from _of_field(before[name], after[name])
        elif name in renamed:
            yield Change(
                Effect.BREAKING,
                "rename",
                name,
                Text(f"改名为“{renamed[name]}”", f'is renamed to "{renamed[name]}"'),
            )
        else:
            yield Change(Effect.BREAKING, "drop", name, Text("字段被删除", "is dropped"))
    for name in after:
        if name not in before and name not in renamed.values():
            yield Change(Effect.ADDITIVE, "add", name, Text("新增字段", "is new"))
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Change(
            Effect.DESCRIPTIVE, "order", None, Text("字段次序改变", "the fields stand in another order")
        )
    yield from _of_terms(old, new)


def _renamed(before: dict[str, Field], after: dict[str, Field]) -> dict[str, str]:
    """Old name → new, where a field that is gone and one that is new say the same of themselves, and no other does."""
    gone = [field for name, field in before.items() if name not in after]
    added = [field for name, field in after.items() if name not in before]
    found = {}
    for field in gone:
        alike = [one for one in added if replace(one, name=field.name) == field]
        twins = [one for one in gone if replace(one, name=field.name) == field]
        if len(alike) == len(twins) == 1 and (field.definition or field.element):
            found[field.name] = alike[0].name
    return found


def _of_field(old: Field, new: Field) -> Iterator[Change]:
    name = old.name

    def change(effect: Effect, what: str, zh: str, en: str) -> Change:
        return Change(effect, what, name, Text(zh, en))

    if old.type is not new.type:
        before, after = (one.name.lower() if one else "any" for one in (old.type, new.type))
        widens = new.type is None or (old.type, new.type) in _WIDER
        effect, what = (Effect.ADDITIVE, "widen") if widens else (Effect.BREAKING, "narrow")
        yield change(effect, what, f"类型由 {before} 改为 {after}", f"its type was {before} and is {after}")
    for what, zh, en, said, says in (
        ("unit", "单位", "unit", old.unit, new.unit),
        ("crs", "坐标参考系", "reference system", old.crs, new.crs),
        ("element", "数据元", "data element", old.element, new.element),
    ):
        if said != says:
            effect = Effect.ADDITIVE if said is None else Effect.BREAKING
            yield change(
                effect,
                what,
                f"{zh}由 {said or '无'} 改为 {says or '无'}",
                f"its {en} was {said or 'none'} and is {says or 'none'}",
            )
    if old.required != new.required:
        if new.required:
            yield change(Effect.BREAKING, "narrow", "不再允许为空", "may not be empty any more")
        else:
            yield change(Effect.ADDITIVE, "widen", "可以为空", "may be empty")
    yield from _of_values(old, new)
    for limit, zh, was, now, upward in (
        ("minimum", "下限", old.minimum, new.minimum, False),
        ("maximum", "上限", old.maximum, new.maximum, True),
        ("max_length", "最大长度", old.max_length, new.max_length, True),
    ):
        if was != now:
            widens = now is None or (was is not None and (now > was) == upward)
            effect, what = (Effect.ADDITIVE, "widen") if widens else (Effect.BREAKING, "narrow")
            yield change(
                effect,
                what,
                f"{zh}由 {_shown(was)} 改为 {_shown(now)}",
                f"its {limit} was {_shown(was)} and is {_shown(now)}",
            )
    if old.factor != new.factor:
        yield change(
            Effect.DESCRIPTIVE,
            "factor",
            "收到的数值换算到单位的系数改变",
            "the factor from the numbers received to its unit has changed",
        )
    if (old.title, old.definition) != (new.title, new.definition):
        yield change(Effect.DESCRIPTIVE, "words", "名称或定义改变", "its title or definition has changed")


def _shown(limit: float | None) -> str:
    return "-" if limit is None else f"{limit:g}"


def _of_values(old: Field, new: Field) -> Iterator[Change]:
    before, after = set(old.values), set(new.values)
    if old.values == new.values:
        return
    if not old.values or before - after:
        gone = len(before - after)
        if not new.values:
            yield Change(Effect.ADDITIVE, "widen", old.name, Text("取值不再限定", "may hold any value now"))
        elif not old.values:
            yield Change(
                Effect.BREAKING, "narrow", old.name, Text("取值受到限定", "may hold listed values only")
            )
        else:
            yield Change(
                Effect.BREAKING,
                "enum-removal",
                old.name,
                Text(f"删去 {gone} 个取值", f"has lost {gone} of its values"),
            )
    elif after - before:
        more = len(after - before)
        yield Change(
            Effect.ADDITIVE, "widen", old.name, Text(f"增加 {more} 个取值", f"has {more} more values")
        )
    else:
        yield Change(
            Effect.DESCRIPTIVE, "words", old.name, Text("取值次序改变", "lists its values in another order")
        )


def _of_terms(old: Contract, new: Contract) -> Iterator[Change]:
    if old.keys != new.keys:
        kept = set(old.keys) <= set(new.keys) and old.keys[:1] in ((), new.keys[:1])
        effect = Effect.ADDITIVE if kept else Effect.BREAKING
        yield Change(effect, "keys", None, Text("键改变", "the keys have changed"))
    if old.search != new.search:
        kept = not new.search or (bool(old.search) and set(old.search) <= set(new.search))
        effect = Effect.ADDITIVE if kept else Effect.BREAKING
        yield Change(effect, "search", None, Text("检索的列改变", "the columns searched have changed"))
    if old.licence != new.licence:
        effect = Effect.ADDITIVE if old.licence is None else Effect.BREAKING
        yield Change(effect, "licence", None, Text("授权协议改变", "the licence has changed"))
    if old.update_cycle != new.update_cycle:
        slower = _CYCLES.index(new.update_cycle) > _CYCLES.index(old.update_cycle)
        effect = Effect.BREAKING if slower else Effect.ADDITIVE
        yield Change(effect, "update-cycle", None, Text("更新周期改变", "the update cycle has changed"))
    before = (old.suite, old.quality_threshold, old.dimension_thresholds, old.event_time)
    if before != (new.suite, new.quality_threshold, new.dimension_thresholds, new.event_time):
        yield Change(
            Effect.DESCRIPTIVE, "quality", None, Text("质量规则改变", "the quality rules have changed")
        )
    if old.personal != new.personal:
        yield Change(
            Effect.DESCRIPTIVE,
            "personal",
            None,
            Text(
                "个人信息的依据、目的或期限改变", "basis, purpose or retention of personal data has changed"
            ),
        )
