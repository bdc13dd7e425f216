"""The privacy report of a release as its page shows it: what was found in each field, what was done, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.decision import MaskOperator
from catalog.text import Text

__all__ = ["Field", "Left", "fields_of", "left_of", "outcomes_of"]

OUTCOMES = ("open", "masked", "withheld")


@dataclass(frozen=True, slots=True)
class Field:
    """A field as received: what was found in it with about how many cells, under which operator it left or not, what that
    guarantees, and a masked cell; `entries` are why it is withheld."""

    name: str
    found: tuple[tuple[Text, int], ...]
    outcome: str
    operator: MaskOperator
    guarantees: Text
    example: str | None
    cleared: bool
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What the second look still found in a field of the output, as it was decided."""

    column: str
    title: Text
    cells: int


def fields_of(report: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields in which something was found or that are not open as they came; the others say nothing of persons."""
    fields = (
        Field(
            one["name"],
            tuple((Text.from_json(told["title"]), told["cells"]) for told in one["found"]),
            one["outcome"],
            MaskOperator(one["operator"]),
            Text.from_json(one["guarantees"]),
            one["example"],
            one["cleared_by_officer"],
            tuple(one["entries"]),
        )
        for one in report["columns"]
    )
    return tuple(one for one in fields if one.found or one.outcome != "open" or one.cleared)


def left_of(report: Mapping[str, Any]) -> tuple[Left, ...]:
    """What is left in the output."""
    rescan = report["rescan"] or {"left": ()}
    return tuple(Left(one["column"], Text.from_json(one["title"]), one["cells"]) for one in rescan["left"])


def outcomes_of(report: Mapping[str, Any]) -> dict[str, int]:
    """How many fields left as they were, masked, or not at all."""
    told = [one["outcome"] for one in report["columns"]]
    return {outcome: told.count(outcome) for outcome in OUTCOMES}
