"""What a decision comes to for one schema: whether the dataset is refused, and which columns stay behind and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from catalog.dataset import Column, Schema
from catalog.decision import Audience, Decision, MaskOperator, Reason, Scope, Terms, Visibility
from catalog.facts import heading
from negative_list.screen import decided

__all__ = ["is_refused", "may_leave", "useful_columns", "withheld_columns"]

# A number of the row tells nothing on its own: it does not make a dataset worth opening.
ROW_NUMBER = re.compile(r"序号|行号|编号|id|no|index|fid|object ?id|row|row (no|number|id)|seq")


def may_leave(terms: Terms) -> bool:
    """Whether rows may show a column under these terms to anybody at all: raw or masked, but not aggregate only."""
    return (
        terms.visibility <= Visibility.MASKED
        and terms.audience < Audience.NOBODY
        and MaskOperator.DROP not in terms.operators
    )


def useful_columns(decision: Decision, schema: Schema) -> tuple[Column, ...]:
    """The columns that may leave and are more than a row number."""
    return tuple(
        column
        for column in schema
        if may_leave(decision.column(column.name)) and not ROW_NUMBER.fullmatch(heading(column.name))
    )


def is_refused(decision: Decision, schema: Schema) -> bool:
    """Whether nothing can be opened as rows: the dataset's own terms forbid it, or no useful column remains.

    (A dataset under *aggregate only* is refused as rows; its remedy says what may be published instead.)
    """
    return not may_leave(decision.dataset) or not useful_columns(decision, schema)


def withheld_columns(decision: Decision, schema: Schema) -> Mapping[str, tuple[Reason, ...]]:
    """Columns that stay behind → their reasons, the column's own first, in a stable order."""
    stay = [column.name for column in schema if not may_leave(decision.column(column.name))]
    return MappingProxyType({name: _reasons(decision, name) for name in stay})


def _reasons(decision: Decision, name: str) -> tuple[Reason, ...]:
    own = [r for r in decision.reasons if r.scope is Scope.COLUMN and r.column == name]
    whole = [] if may_leave(decision.dataset) else [r for r in decided(decision) if r.scope is Scope.DATASET]
    return (*sorted(own, key=_order), *sorted(whole, key=_order))


def _order(reason: Reason) -> tuple[str, str, str]:
    return reason.entry_id, reason.clause, reason.effect
