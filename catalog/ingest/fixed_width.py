"""Fixed-width text: columns are the runs of characters between places that are blank in every line of the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog.ingest.records import Record

__all__ = ["Spans", "column_spans", "cut"]

MAX_LINE_CHARS = 20_000
LEAST_LINES = 3


@dataclass(frozen=True, slots=True)
class Spans:
    """`ranges` are the columns' (start, end); `by_width` = counted as a terminal shows them, East Asian characters as two
    (so are also files laid out by the bytes of GBK), otherwise in characters."""

    ranges: tuple[tuple[int, int], ...] = ()
    by_width: bool = False

    def __len__(self) -> int:
        return len(self.ranges)


@dataclass(slots=True)
class _Layout:
    used: int = 0
    lengths: Counter[int] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        self.lengths[len(text.rstrip())] += 1
        self.used |= _mask(text)

    def ranges(self, count: int) -> tuple[tuple[int, int], ...]:
        if count < LEAST_LINES or max(self.lengths.values()) < 0.5 * count:
            return ()
        found = _runs(self.used)
        return found if len(found) > 1 else ()


def column_spans(lines: Iterable[str]) -> Spans:
    """Ranges of the columns, none where the text is not laid out in at least two.

    Judged over all lines: one that crosses a gap (prose) closes it. A layout needs lines of nearly one length, as
    otherwise every word list would be one.
    """
    plain, shown = _Layout(), _Layout()
    count = wide = 0
    for line in lines:
        text = line.rstrip("\r\n").expandtabs(8)
        if not text.strip():
            continue
        if len(text) > MAX_LINE_CHARS:
            return Spans()
        count += 1
        plain.add(text)
        filled = _filled_up(text)
        wide += len(filled) > len(text)
        shown.add(filled)
        closed = all(one.used & (one.used + 1) == 0 for one in (plain, shown))
        if plain.used and count > 200 and closed:
            return Spans()
    by_character, by_width = plain.ranges(count), shown.ranges(count)
    if wide and len(by_width) >= len(by_character):
        return Spans(by_width, by_width=True) if by_width else Spans()
    return Spans(by_character)


def cut(lines: Iterable[str], spans: Spans) -> Iterator[Record]:
    """Records of fixed-width lines; cells are trimmed, the blanks being the layout's."""
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n").expandtabs(8)
        if spans.by_width:
            text = _filled_up(text)
        cells = (text[start:end].replace(_FILLER, "").strip() for start, end in spans.ranges)
        yield Record(number, 1, tuple(cells) if text.strip() else ())


_FILLER = "\ue000"  # private use; one that stands in the file itself only costs its own place
_WIDE = re.compile(
    "([\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6])"
)


def _filled_up(text: str) -> str:
    """The text with a filler behind every character that takes two places."""
    return text if text.isascii() else _WIDE.sub(rf"\1{_FILLER}", text)


def _mask(text: str) -> int:
    """Bit n is set where character n is not blank."""
    bits = (
        text.translate(_BITS)
        if text.isascii()
        else "".join("0" if char in " \u3000" else "1" for char in text)
    )
    return int(bits[::-1], 2)


_BITS = {code: ("0" if code == 32 else "1") for code in range(128)}


def _runs(used: int) -> tuple[tuple[int, int], ...]:
    spans = []
    at = 0
    while used >> at:
        if used >> at & 1:
            start = at
            while used >> at & 1:
                at += 1
            spans.append((start, at))
        else:
            at += 1
    return tuple(spans)
