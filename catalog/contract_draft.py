"""The contract that is proposed where nobody has filed one: what was read, as a promise that a steward can accept.

It holds only what is there to be seen. What a field means nobody but its publisher can say, so a draft defines nothing,
and a field without a definition is no data item until somebody has written one.
"""

from __future__ import annotations

from catalog.contract import WGS84, Contract, Field
from catalog.dataset import ColumnType, Dataset, Schema
from catalog.text import Text

__all__ = ["NO_PROMISE", "draft_contract", "said_of"]

NO_PROMISE = "irregular"
SHOWN = 12


def draft_contract(dataset: Dataset, schema: Schema) -> Contract:
    """Name, type and unit of each field as read, with the licence and the update cycle asked for."""
    return Contract(
        fields=tuple(
            Field(
                column.name,
                type=column.type,
                unit=column.unit,
                crs=WGS84 if column.type is ColumnType.GEOMETRY else None,
            )
            for column in schema
        ),
        licence=dataset.licence,
        update_cycle=None if dataset.update_cycle == NO_PROMISE else dataset.update_cycle,
    )


def said_of(draft: Contract) -> Text:
    """A draft in one sentence: what whoever accepts it promises."""
    fields = [
        f"{one.name} {one.type.name.lower() if one.type else ''}{f' ({one.unit})' if one.unit else ''}".strip()
        for one in draft.fields[:SHOWN]
    ]
    more = len(draft.fields) - len(fields)
    terms = [term for term in (draft.licence, draft.update_cycle) if term]
    return Text(
        f"{len(draft.fields)} 个字段（{'、'.join(fields)}{f'，另 {more} 个' if more else ''}），{'、'.join(terms)}",
        f"{len(draft.fields)} fields ({', '.join(fields)}{f' and {more} more' if more else ''}), {', '.join(terms)}",
    )
