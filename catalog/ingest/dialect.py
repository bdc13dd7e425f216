"""The dialect of delimited text: the delimiter and quote under which the sample's records agree in width.

No statistics of characters: every candidate actually parses the sample, and regular width is the evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.ingest.records import Dialect, is_rule, records
from catalog.text import Text

__all__ = ["DELIMITERS", "Guess", "guess", "named_delimiter"]

# Rarer in prose first: where two explain the sample equally well, the earlier one wins.
DELIMITERS = ("\t", ";", "|", ",")
UNUSUAL = ("，", "｜", "；", "、", "^", "~", "\x1f", "\x01", "¦", ":")
_NAMES = {
    "tab": "\t",
    "\\t": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "space": " ",
    "none": "",
    "fixed": "fixed",
}
_DELIMITER = re.compile(f"[{re.escape(''.join(DELIMITERS))}]")
ENOUGH, WEAK = 0.6, 0.3
RULED_WITHIN = 20
RULE_JOINT = re.compile(r"-[ :]*[|+]|[|+][ :]*-")


@dataclass(frozen=True, slots=True)
class Guess:
    """`width` is the number of cells most records have; `rival` another delimiter that explains the sample too,
    `weak` = the lines are irregular even so."""

    dialect: Dialect
    width: int
    share: float
    rival: str | None = None
    weak: bool = False

    def evidence(self) -> Text:
        shown = shown_delimiter(self.dialect.delimiter)
        if self.dialect.ruled:
            return Text(
                "画成表的文字：竖线分列，横线不是行",
                "a table drawn in text: bars between cells, rules are no rows",
            )
        zh, en = (
            f"以 {shown} 分列时，{self.share:.0%} 的行都是 {self.width} 列",
            f"split at {shown}, {self.share:.0%} of the lines have {self.width} cells",
        )
        if self.rival is None:
            return Text(zh, en)
        rival = shown_delimiter(self.rival)
        return Text(f"{zh}；以 {rival} 分列也说得通", f"{en}; {rival} would be regular too")


def shown_delimiter(delimiter: str) -> str:
    """A delimiter as a person answers it."""
    return {"\t": "tab", " ": "space", "": "none"}.get(delimiter, delimiter)


def named_delimiter(answer: str) -> str:
    """The delimiter a person has answered: the character, or its name."""
    return _NAMES.get(answer.strip().lower(), answer)


def guess(lines: Sequence[str], delimiter: str | None = None, quote: str | None = None) -> Guess | None:
    """The dialect of sample lines (with line ends), None where no delimiter makes them regular (one column, or
    fixed width). `delimiter` and `quote` are what the steward has answered."""
    forced = delimiter is not None
    ruled = _ruled(lines) if delimiter in (None, "|") else None
    if ruled is not None:
        return ruled
    groups = (
        (((delimiter,), 0.0),)
        if delimiter is not None
        else ((DELIMITERS, ENOUGH), (DELIMITERS, WEAK), (UNUSUAL, ENOUGH))
    )
    for candidates, enough in groups:
        found = [one for candidate in candidates if (one := _best(lines, candidate, quote, enough, forced))]
        if enough == WEAK:
            found = [one for one in found if one.coverage >= 0.9]
        if found:
            best = max(found, key=lambda one: (round(one.share * one.coverage**0.5, 1), one.clean))
            rivals = [one for one in found if one is not best and one.share * one.coverage**0.5 >= 0.95]
            rival = rivals[0].dialect.delimiter if rivals and best.share < 0.95 else None
            return Guess(best.dialect, best.width, best.share, rival, weak=enough == WEAK)
    return None


def _ruled(lines: Sequence[str]) -> Guess | None:
    """A table drawn in characters: bars between the cells and, near its beginning, a rule below the header."""
    top = [line.strip() for line in lines[:RULED_WITHIN] if line.strip()]
    # A row of dashes among the data may be one of placeholders: a rule has its joints drawn, or stands below the header.
    rules = [(at, line) for at, line in enumerate(top) if is_rule(line) and RULE_JOINT.search(line)]
    rule = next((line for at, line in rules if at <= 1 or "+" in line), None)
    if rule is None:
        return None
    dialect = Dialect("|", ruled=True, boxed=rule[0] in "|+")
    fit = _fit(lines, dialect)
    if fit is None or fit.width < 2 or fit.share < ENOUGH:
        return None
    return Guess(dialect, fit.width, fit.share)


@dataclass(frozen=True, slots=True)
class _Fit:
    dialect: Dialect
    width: int
    share: float
    coverage: float
    clean: float


def _best(
    lines: Sequence[str], delimiter: str, quote: str | None, enough: float, forced: bool
) -> _Fit | None:
    text = "".join(lines)
    if not forced and delimiter not in text:
        return None
    fits = []
    for dialect in _dialects(text, delimiter, quote):
        fit = _fit(lines, dialect)
        if fit is not None and (forced or (fit.width > 1 and fit.share * fit.coverage**0.5 >= enough)):
            fits.append(fit)
    # max() keeps the first of equals: the plain dialect before the unusual ones.
    return max(fits, key=lambda fit: round(fit.share, 3)) if fits else None


def _dialects(text: str, delimiter: str, quote: str | None) -> list[Dialect]:
    quotes = [quote] if quote else ['"']
    if (
        not quote
        and (text.count(f"{delimiter}'") + text.count(f"'{delimiter}")) > 2 * text.count(f'{delimiter}"') + 2
    ):
        quotes.append("'")
    found = []
    for mark in quotes:
        found.append(Dialect(delimiter, mark, mark))
        if f"{delimiter} {mark}" in text:
            found.append(Dialect(delimiter, mark, mark, padded=True))
        if f"\\{mark}" in text:
            found.append(Dialect(delimiter, mark, "\\"))
    return found


def _fit(lines: Sequence[str], dialect: Dialect) -> _Fit | None:
    widths: Counter[int] = Counter()
    failed = blank = dirty = cells = 0
    for record in records(lines, dialect):
        if record.why is not None:
            failed += 1
        elif not record.cells:
            blank += 1
        else:
            widths[len(record.cells)] += 1
            cells += len(record.cells)
            together = "".join(record.cells)  # most records hold neither, and are looked at once
            if _DELIMITER.search(together):
                dirty += sum(_DELIMITER.search(cell) is not None for cell in record.cells)
            if not dialect.padded and dialect.quote in together:
                failed += any(cell.strip()[:1] == dialect.quote for cell in record.cells)
    total = sum(widths.values()) + failed
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return _Fit(dialect, 1, 1.0, 1.0, 1.0) if total else None
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    regular = sum(wide.values()) + failed
    return _Fit(dialect, width, count / regular, regular / total, 1 - dirty / max(1, cells))
