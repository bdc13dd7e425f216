"""Redaction of personal spans inside longer text, one function over Arrow on every engine, until a scan finds none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from catalog.dataset import Column
from privacy.headers import hinted
from privacy.mask import MARK
from privacy.recognise import find
from privacy.recognisers import BY_ENTITY

__all__ = ["redact_batch", "redact_spans", "redact_text"]


def redact_text(text: str, hints: frozenset[str] = frozenset()) -> str:
    """`text` with every personal span replaced by `MARK`; what it leaves, `find` finds nothing personal in.

    Found and cut in the original text, so a number in full-width digits or with blanks inside goes whole. Every round
    removes at least one character that is no mark, so the rounds end.
    """
    while spans := [
        span for span in find(text, hints) if BY_ENTITY[span.entity].personal or span.entity == "LANDLINE"
    ]:
        for span in reversed(spans):
            text = f"{text[: span.start]}{MARK}{text[span.end :]}"
    return text


def redact_spans(cells: pa.Array[Any], column: Column) -> pa.Array[Any]:
    """A string array with personal spans redacted, nulls kept. A new buffer: no byte of a removed span is in it."""
    hints = hinted(column)
    return pa.array(
        [None if text is None else redact_text(text, hints) for text in cells.to_pylist()], type=pa.string()
    )


def redact_batch(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """The batch with `columns` redacted; the others as they are."""
    for column in columns:
        place = batch.schema.get_field_index(column.name)
        batch = batch.set_column(
            place, pa.field(column.name, pa.string()), redact_spans(batch.column(place), column)
        )
    return batch
