"""Where a page ended: an opaque text, bound to the release and to the question it was asked with.

A release never changes, so a cursor never skips or repeats a row. When another release has come meanwhile, the pages go
on in the one where they began, for as long as that may be seen; after that the cursor is refused, because the rows it
stood between may be gone.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from catalog.errors import BadInput, Conflict, Where
from catalog.text import Text

__all__ = ["Cursor", "question_digest", "read_cursor", "release_of_cursor", "write_cursor"]

_MAX_CHARACTERS = 200
_RELEASE_DIGITS = 16
_WHERE = Where(parameter="cursor")


@dataclass(frozen=True, slots=True)
class Cursor:
    """`row` is the number of the last row served (1-based), `served` how many came before the next page."""

    row: int
    served: int


def question_digest(question: str) -> str:
    """A short name of the filter and sort a cursor belongs to."""
    return blake2b(question.encode(), digest_size=8).hexdigest()


def write_cursor(cursor: Cursor, release_id: str, digest: str) -> str:
    packed = orjson.dumps([release_id[:_RELEASE_DIGITS], digest, cursor.row, cursor.served])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def release_of_cursor(text: str) -> str:
    """The beginning of the release's id that a cursor names; "" where it is none of ours."""
    try:
        release = _unpacked(text)[0]
    except (ValueError, TypeError, IndexError, KeyError):
        return ""
    return release if isinstance(release, str) and len(release) == _RELEASE_DIGITS else ""


def _unpacked(text: str) -> Any:
    if len(text) > _MAX_CHARACTERS:
        raise ValueError
    return orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", True))


def read_cursor(text: str, release_id: str, digest: str, rows: int) -> Cursor:
    """The cursor that `text` writes.

    Raises Conflict: it belongs to another release; BadInput: to another filter or sort, or it is none of ours.
    """
    try:
        release, question, row, served = _unpacked(text)
    except (ValueError, TypeError):
        raise _not_ours() from None
    if not (isinstance(release, str) and type(row) is int and type(served) is int):
        raise _not_ours()
    if release != release_id[:_RELEASE_DIGITS]:
        raise Conflict(
            Text("这个游标属于数据集的另一次发布", "This cursor belongs to another release of the dataset"),
            Text("请去掉 cursor 从第一页重新开始", "Start again from the first page, without cursor"),
            _WHERE,
        )
    if question != digest:
        raise BadInput(
            Text("这个游标属于另一组筛选或排序", "This cursor belongs to another filter or sort"),
            Text("翻页时请保持筛选和排序不变", "Keep filter and sort as they were when following next"),
            _WHERE,
        )
    if not (1 <= row <= rows and 1 <= served <= rows):
        raise _not_ours()
    return Cursor(row, served)


def _not_ours() -> BadInput:
    return BadInput(
        Text("cursor 无法识别", "cursor is not one of ours"),
        Text("请原样使用上一页返回的 next", "Use the next of the previous page as it is"),
        _WHERE,
    )
