"""What another list would do to what is published: which datasets and fields it withdraws, masks or frees, and why.

Both decisions are taken on the same cached subjects (the source as received and the planned output), so the difference
is the lists' and nothing else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from catalog.dataset import Schema
from catalog.decision import Decision, Reason, Terms
from negative_list.outcome import is_refused, may_leave

__all__ = ["SAME", "Consequence", "FieldShift", "Shift", "consequence", "is_tightened"]


class Shift(StrEnum):
    """What becomes of a dataset. WITHDRAWN: nothing of it may be open; TIGHTENED: something of it may not be as it is;
    FREED: only more may be open (what tightens anywhere counts as tightened)."""

    SAME = "same"
    WITHDRAWN = "withdrawn"
    TIGHTENED = "tightened"
    FREED = "freed"


class Fate(StrEnum):
    WITHHELD = "withheld"
    TIGHTENED = "tightened"
    FREED = "freed"


@dataclass(frozen=True, slots=True)
class FieldShift:
    """What becomes of one field."""

    column: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Consequence:
    """`reasons` are those of the new decision that the old one had not."""

    shift: Shift
    fields: tuple[FieldShift, ...] = ()
    reasons: tuple[Reason, ...] = ()


SAME = Consequence(Shift.SAME)


def is_tightened(before: Decision, after: Decision) -> bool:
    """Whether `after` is stricter than `before` in any component of any part."""
    return not before.at_least(after)


def consequence(before: Decision, after: Decision, schema: Schema) -> Consequence:
    """The difference between two decisions on one dataset, whose fields are `schema`."""
    tightened, freed = is_tightened(before, after), is_tightened(after, before)
    if not tightened and not freed:
        return SAME
    shift = Shift.TIGHTENED if tightened else Shift.FREED
    if tightened and is_refused(after, schema):
        shift = Shift.WITHDRAWN
    fields = [
        FieldShift(column.name, fate)
        for column in schema
        if (fate := _fate(before.column(column.name), after.column(column.name))) is not None
    ]
    return Consequence(shift, tuple(fields), _new(before.reasons, after.reasons))


def _fate(before: Terms, after: Terms) -> Fate | None:
    if before == after:
        return None
    if may_leave(before) and not may_leave(after):
        return Fate.WITHHELD
    return Fate.TIGHTENED if not before.at_least(after) else Fate.FREED


def _new(before: Iterable[Reason], after: Iterable[Reason]) -> tuple[Reason, ...]:
    known = {(one.entry_id, one.clause, one.effect, one.column) for one in before}
    found = [one for one in after if (one.entry_id, one.clause, one.effect, one.column) not in known]
    return tuple(sorted(found, key=lambda one: (one.entry_id, one.clause, one.column or "", one.effect)))
