"""Physical lines to records, exactly: RFC 4180 quoting, and a bad line costs that line only.

A quote that never closes would swallow the rest of the file; here the record that fails is given up after its first
line, and reading goes on with the next.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.text import Text

__all__ = ["Dialect", "Record", "is_rule", "records"]

MAX_RECORD_LINES = 1_000
_RULE = re.compile(r"[|+]?[ :]*-{2,}[ :]*(?:[|+][ :]*-{2,}[ :]*)*[|+]?")


@dataclass(frozen=True, slots=True)
class Dialect:
    """`escape` is the quote itself (doubled quotes) or a backslash; `padded` = blanks after a delimiter before a
    quote are not part of the cell. An empty delimiter means one column. `ruled` = lines of dashes are drawn between rows
    and blanks fill the cells (Markdown, what database shells print), `boxed` = a delimiter stands at both ends too."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'
    padded: bool = False
    ruled: bool = False
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """`line` is the 1-based first physical line, `lines` how many it spans; `why` says why there are no cells
    (`column` is the 1-based cell where reading failed). A blank line is a record of no cells without `why`."""

    line: int
    lines: int
    cells: tuple[str, ...]
    why: Text | None = None
    column: int | None = None


_OPEN = Text("引号没有结束", "a quote is opened and never closed")
_JUNK = Text("结束引号之后还有字符", "characters follow a closing quote")
_STRAY = Text(
    "引号开在单元格中间、在另一格结束，可能少了分隔符",
    "a quote opens inside one cell and closes another: a separator may be missing",
)
_LONG = Text("引号内的内容过长", "a quoted cell runs on too long")


@dataclass(frozen=True, slots=True)
class _Failed:
    why: Text
    column: int


def records(
    lines: Iterable[str], dialect: Dialect, width: int | None = None, max_chars: int = 1_000_000
) -> Iterator[Record]:
    """Records of physical lines (with their line ends). With `width`, a record of several lines that has another
    number of cells is taken for a stray quote: its first line fails and the others are read again."""
    source = enumerate(lines, start=1)
    again: deque[tuple[int, str]] = deque()
    while True:
        got = again.popleft() if again else next(source, None)
        if got is None:
            return
        number, first = got
        text = _bare(first)
        if dialect.ruled:
            if not is_rule(text):
                yield Record(number, 1, _unruled(text, dialect))
            continue
        if not text.strip(" \t\u3000") and (dialect.delimiter != "\t" or "\t" not in text):
            yield Record(number, 1, ())
            continue
        parsed = _parse(text, dialect)
        taken: list[tuple[int, str]] = []
        joined = first
        while parsed is None:
            more = again.popleft() if again else next(source, None)
            if more is None or len(taken) >= MAX_RECORD_LINES or len(joined) > max_chars:
                if more is not None:
                    taken.append(more)
                parsed = _Failed(_OPEN if more is None else _LONG, _column_of_open_quote(text, dialect))
                break
            taken.append(more)
            joined += more[1]
            if dialect.quote in more[1]:
                parsed = _parse(_bare(joined), dialect)
        if isinstance(parsed, _Failed):
            again.extendleft(reversed(taken))
            yield Record(number, 1, (), parsed.why, parsed.column)
        elif taken and width is not None and len(parsed) != width:
            again.extendleft(reversed(taken))
            yield Record(number, 1, (), _OPEN, _column_of_open_quote(text, dialect))
        else:
            yield Record(number, 1 + len(taken), tuple(parsed))


def is_rule(line: str) -> bool:
    """A line drawn between rows: nothing but dashes and what stands where columns meet."""
    return _RULE.fullmatch(line.strip()) is not None


def _unruled(text: str, dialect: Dialect) -> tuple[str, ...]:
    text = text.strip()
    if dialect.boxed:
        text = text.removeprefix(dialect.delimiter).removesuffix(dialect.delimiter)
    return tuple(cell.strip() for cell in text.split(dialect.delimiter)) if text else ()


def _bare(line: str) -> str:
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


def _parse(text: str, dialect: Dialect) -> list[str] | _Failed | None:
    """Cells of one record, None where a quoted cell is still open at the end of `text`."""
    delimiter, quote = dialect.delimiter, dialect.quote
    if not quote or quote not in text:
        return text.split(delimiter) if delimiter else [text]
    cells: list[str] = []
    at, size = 0, len(text)
    stray = 0  # the cell, unquoted, in which a quote has opened
    while True:
        start = at
        if dialect.padded:
            while start < size and text[start] == " " and delimiter != " ":
                start += 1
        if text.startswith(quote, start):
            closed = _closing(text, start + 1, dialect)
            if closed is None:
                return None
            cell, after = closed
            while after < size and text[after] in " \t" and text[after] != delimiter:
                after += 1
            if after == size:
                return [*cells, cell]
            if not delimiter or not text.startswith(delimiter, after):
                return _Failed(_JUNK, len(cells) + 1)
            cells.append(cell)
            at = after + len(delimiter)
            continue
        end = text.find(delimiter, at) if delimiter else -1
        cell = text[at:] if end < 0 else text[at:end]
        if cell.count(quote) % 2:
            if stray and cell.endswith(quote):
                return _Failed(_STRAY, stray)
            stray = 0 if cell.endswith(quote) else len(cells) + 1
        cells.append(cell)
        if end < 0:
            return cells
        at = end + len(delimiter)


def _closing(text: str, at: int, dialect: Dialect) -> tuple[str, int] | None:
    """The content of a quoted cell that starts at `at`, and the position behind its closing quote."""
    quote, start = dialect.quote, at
    if dialect.escape == "\\":
        parts: list[str] = []
        while at < len(text):
            char = text[at]
            if char == "\\" and at + 1 < len(text) and text[at + 1] in (quote, "\\"):
                parts.append(text[at + 1])
                at += 2
            elif char == quote:
                return "".join(parts), at + 1
            else:
                parts.append(char)
                at += 1
        return None
    doubled = False
    while (end := text.find(quote, at)) >= 0:
        if not text.startswith(quote, end + 1):
            cell = text[start:end]
            return (cell.replace(quote * 2, quote) if doubled else cell), end + 1
        doubled = True
        at = end + 2
    return None


def _column_of_open_quote(text: str, dialect: Dialect) -> int:
    """Which cell of the line opens the quote that never closes: the delimiters before it, outside quotes."""
    column, at = 1, 0
    while True:
        if text.startswith(dialect.quote, at):
            closed = _closing(text, at + 1, dialect)
            if closed is None:
                return column
            at = closed[1]
        end = text.find(dialect.delimiter, at) if dialect.delimiter else -1
        if end < 0:
            return column
        column += 1
        at = end + len(dialect.delimiter)
