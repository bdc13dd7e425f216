"""The risk of re-identification of a release as its page shows it: the measures, and the picture of group sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.decision import MaskOperator
from catalog.text import Text

__all__ = ["Attribute", "Bar", "Quasi", "attributes_of", "bars_of", "evidence_of", "quasi_of"]

HEIGHT, WIDTH, GAP = 150, 72, 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A class of group sizes: its `label`, the rows in such groups and their share in 0..1; place and height in the
    picture's units. `small` = such groups are below what is asked for."""

    label: str
    rows: int
    share: float
    left: int
    height: int
    small: bool

    @property
    def middle(self) -> int:
        return self.left + WIDTH // 2

    @property
    def top(self) -> int:
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True)
class Quasi:
    """A quasi-identifier: how it left, on what evidence it is one, and whether k is measured with it."""

    column: str
    operator: MaskOperator
    evidence: Text
    counted: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """A sensitive field: l in values a group, t in 0..1."""

    column: str
    distinct_l: int
    entropy_l: float
    t: float


def bars_of(report: Mapping[str, Any]) -> tuple[Bar, ...]:
    """The picture of group sizes; nothing where no group was measured."""
    risk = report["risk"]
    if risk is None or not risk["rows"]:
        return ()
    bars = []
    for place, one in enumerate(risk["spread"]):
        share = one["rows"] / risk["rows"]
        least, most = one["least"], one["most"]
        label = f"≥ {least}" if most is None else str(least) if least == most else f"{least}–{most}"
        height = max(2, round(share * HEIGHT)) if one["rows"] else 0
        small = most is not None and most < report["asked"]
        bars.append(Bar(label, one["rows"], share, place * (WIDTH + GAP), height, small))
    return tuple(bars)


def quasi_of(report: Mapping[str, Any]) -> tuple[Quasi, ...]:
    """The quasi-identifiers, those k is measured with first."""
    found = [
        Quasi(one["column"], MaskOperator(one["operator"]), Text.from_json(one["evidence"]), one["counted"])
        for one in report["quasi_identifiers"]
    ]
    return tuple(sorted(found, key=lambda one: not one.counted))


def attributes_of(report: Mapping[str, Any]) -> tuple[Attribute, ...]:
    """The sensitive fields."""
    return tuple(
        Attribute(one["column"], one["distinct_l"], one["entropy_l"], one["t"]) for one in report["sensitive"]
    )


def evidence_of(report: Mapping[str, Any]) -> tuple[Text, tuple[Text, ...], int] | None:
    """The level's title, what it rests on, and its number; None where there is none."""
    level = report["level"]
    if level is None:
        return None
    return Text.from_json(level["title"]), tuple(map(Text.from_json, level["evidence"])), level["level"]
