"""Fixed-width text: columns are the runs of characters between places that are blank in every line of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.ingest.records import Record

__all__ = ["column_spans", "cut"]

MAX_LINE_CHARS = 20_000
LEAST_LINES = 3


def column_spans(lines: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Character ranges of the columns, none where the text is not laid out in at least two.

    Judged over all lines: one that crosses a gap (prose) closes it. A layout needs lines of nearly one length, as
    otherwise every word list would be one.
    """
    used = 0
    count = 0
    lengths: dict[int, int] = {}
    for line in lines:
        text = line.rstrip("\r\n").expandtabs(8)
        if not text.strip():
            continue
        if len(text) > MAX_LINE_CHARS:
            return ()
        count += 1
        lengths[len(text.rstrip())] = lengths.get(len(text.rstrip()), 0) + 1
        used |= _mask(text)
        if used and count > 200 and used & (used + 1) == 0:
            return ()
    if count < LEAST_LINES or max(lengths.values()) < 0.5 * count:
        return ()
    spans = _runs(used)
    return spans if len(spans) > 1 else ()


def cut(lines: Iterable[str], spans: tuple[tuple[int, int], ...]) -> Iterator[Record]:
    """Records of fixed-width lines; cells are trimmed, the blanks being the layout's."""
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n").expandtabs(8)
        cells = tuple(text[start:end].strip() for start, end in spans) if text.strip() else ()
        yield Record(number, 1, cells)


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
