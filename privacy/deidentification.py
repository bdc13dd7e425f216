"""The level of de-identification of what would leave, after GB/T 42460-2023 (four levels, 1 the most identifying).

1 identifies directly: a direct identifier is left. 2 direct identifiers are gone, quasi-identifiers may still single somebody
out. 3 the risk of re-identification is acceptable: here, for release to everybody, every group of equal quasi-identifiers
has at least the k asked for, so that no row is told from k - 1 others. 4 aggregated: no row is a person's. The standard leaves
the threshold to whoever evaluates; ours is k, and is stated with the level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from catalog.dataset import Schema
from catalog.finding import Classification, FieldRole
from catalog.text import Text
from privacy.headers import counts_things
from privacy.risk import Risk

__all__ = ["DeidentificationLevel", "LevelFound", "deidentification_level"]

STANDARD = "GB/T 42460-2023"


class DeidentificationLevel(IntEnum):
    """The levels of GB/T 42460-2023, clause 4."""

    IDENTIFIES = 1
    NO_DIRECT_IDENTIFIERS = 2
    RISK_ACCEPTABLE = 3
    AGGREGATED = 4

    @property
    def title(self) -> Text:
        return _TITLES[self]


_TITLES = {
    DeidentificationLevel.IDENTIFIES: Text("能直接识别主体的数据", "data that identify persons directly"),
    DeidentificationLevel.NO_DIRECT_IDENTIFIERS: Text("消除直接标识符的数据", "data without direct identifiers"),
    DeidentificationLevel.RISK_ACCEPTABLE: Text("重标识风险可接受的数据", "data whose risk of re-identification is acceptable"),
    DeidentificationLevel.AGGREGATED: Text("聚合数据", "aggregated data"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LevelFound:
    """The level, and what it rests on: counts and names of columns, never a value."""

    level: DeidentificationLevel
    evidence: tuple[Text, ...]
    basis: str = STANDARD


def deidentification_level(
    schema: Schema,
    classes: Mapping[str, Classification],
    persons: bool,
    risk: Risk | None,
    k: int,
) -> LevelFound | None:
    """The level of a table that would leave; None where it is about no persons and never was.

    `classes` are of its columns, `persons` = it is about persons, `risk` that of its quasi-identifiers (None: it shows
    none), `k` the group size asked for.
    """
    if not persons:
        attributes = [name for name, one in classes.items() if one.findings and one.entity]
        if attributes and counts_things(schema):
            said = Text(
                "每行是一组人的统计，不是个人记录", "a row counts a group of people and is nobody's record"
            )
            return LevelFound(DeidentificationLevel.AGGREGATED, (said,))
        return None
    direct = [one.column for one in classes.values() if one.role is FieldRole.IDENTIFIER]
    if direct:
        named = "、".join(direct)
        left = Text(f"仍有直接标识符：{named}", f"direct identifiers are left: {', '.join(direct)}")
        return LevelFound(DeidentificationLevel.IDENTIFIES, (left,))
    gone = Text("拟开放内容中没有直接标识符", "no direct identifier is in what would leave")
    if risk is None:
        return LevelFound(
            DeidentificationLevel.RISK_ACCEPTABLE,
            (gone, Text("没有准标识符", "it shows no quasi-identifier")),
        )
    measured = Text(
        f"最小群体 {risk.k} 行，要求不少于 {k} 行：单行重标识概率最高 1/{risk.k or 1}，阈值 1/{k}",
        f"the smallest group has {risk.k} rows, at least {k} are asked for: a row is re-identified with probability "
        f"1/{risk.k or 1} at most, the threshold is 1/{k}",
    )
    share = Text(
        f"{risk.at_risk_share:.1%} 的行所在群体小于 5 行，{risk.unique_rows} 行独一无二",
        f"{risk.at_risk_share:.1%} of the rows stand in groups below 5, {risk.unique_rows} stand alone",
    )
    acceptable = risk.k >= k
    level = (
        DeidentificationLevel.RISK_ACCEPTABLE if acceptable else DeidentificationLevel.NO_DIRECT_IDENTIFIERS
    )
    return LevelFound(level, (gone, measured, share))
