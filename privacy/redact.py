"""Redaction of personal spans inside longer text, one function over Arrow on every engine, until a scan finds none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from catalog.dataset import Column
from privacy.headers import hinted
from privacy.mask import MARK
from privacy.recognise import Span, find
from privacy.recognisers import BY_ENTITY

__all__ = ["redact_batch", "redact_spans", "redact_text"]


def redact_text(text: str, hints: frozenset[str] = frozenset()) -> str:
    """`text` with every personal span replaced by `MARK`; what it leaves, `find` finds nothing personal in.

    Found and cut in the original text, so a number in full-width digits or with blanks inside goes whole. Every round
    removes at least one character that is no mark, so the rounds end.
    """
    while spans := _theirs(text, find(text, hints)):
        for span in reversed(spans):
            text = f"{text[: span.start]}{MARK}{text[span.end :]}"
    return text


def _theirs(text: str, found: Sequence[Span]) -> list[Span]:
    """The spans that belong to a person; a landline number too, unless it stands beside the name of an office only."""
    personal = [span for span in found if BY_ENTITY[span.entity].personal]
    if not personal and _OFFICE.search(text):
        return []
    return [span for span in found if BY_ENTITY[span.entity].personal or span.entity == "LANDLINE"]


_OFFICE = re.compile(
    "(?:公司|集团|银行|医院|学校|大学|中学|小学|幼儿园|法院|检察院|政府|委员会|[局厅署院所站馆队处办室部科]|中心|支队|大队|窗口|热线|总机|前台|服务台)"
    "(?![一-龥])|办公|咨询|客服|监督|值班|举报电话"
)


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
