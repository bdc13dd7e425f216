"""The words inside a cell of a sheet: quoted texts, lists, conditions and literals, written so that they read back.

A text stands as it is. It is put in quotes, as a JSON string, only where it would otherwise be misread: blanks at its
edges, a quote mark at its start, characters a workbook cannot hold, or (in a list) a separator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.predicate import Literal
from negative_list.condition import Condition, Group, Term
from negative_list.condition_keys import KEYS, Key, Unusable, key_of

__all__ = [
    "items",
    "number_text",
    "read_alternative",
    "read_basis",
    "read_literals",
    "read_value",
    "unquoted",
    "write_alternative",
    "write_basis",
    "write_items",
    "write_literals",
    "write_text",
    "write_value",
]

_BY_NAME: Mapping[str, Key] = {key.name: key for key in KEYS}
# Not allowed in XML, changed by it (CR), or not a character at all; and what a workbook reads as an escape (_x0041_).
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
_SEPARATOR = re.compile("[;；\n]")
_ITEM = re.compile('(?:"(?:[^"\\\\\n]|\\\\[^\n])*"|[^;；\n"])*')
_KEYED = re.compile(r"(\w+)\s*[:：]\s*(.*)", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_INTEGER = re.compile(r"-?[0-9]{1,4000}")
_REAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|inf)")
_DECIMAL = re.compile(r"decimal\((.*)\)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_RATIO = re.compile(r"(.*)@\s*([^@]*)", re.DOTALL)


# ---- texts


def write_text(text: str) -> str:
    """A text as a cell or the rest of a line; `unquoted` reads it back."""
    unsafe = text != text.strip() or text.startswith('"') or _UNSAFE.search(text) or _ESCAPE.search(text)
    return _quoted(text) if unsafe or not text else text


def _quoted(text: str) -> str:
    plain = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
    return plain.replace("_x", "\\u005fx")


def unquoted(written: str) -> str:
    """The text of a cell: blanks at the edges do not count, a JSON string is what it says, all else is itself."""
    text = written.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            read = json.loads(text)
        except ValueError:
            return text  # a sentence that begins and ends with a quotation
        return str(read)
    return text


# ---- lists


def write_items(texts: Iterable[str], separator: str = "\n") -> str:
    return separator.join(map(_item, texts))


def _item(text: str) -> str:
    return _quoted(text) if _SEPARATOR.search(text) or '"' in text or "@" in text else write_text(text)


def items(cell: str) -> tuple[str, ...]:
    """The items of a list, parted by ``;``, ``；`` or a new line; empty ones (not ``""``) are left out.

    Raises Unusable on a quote mark that is not closed.
    """
    return tuple(unquoted(part) for part in _parts(cell))


def _parts(cell: str) -> list[str]:
    parts, at = [], 0
    while at <= len(cell):
        found = _ITEM.match(cell, at)
        end = found.end() if found else at
        if end < len(cell) and cell[end] == '"':
            raise Unusable(
                "引号没有成对；含引号的项请整体写成 JSON 字符串",
                "a quote mark is not closed; write an item with quote marks as a JSON string",
            )
        if part := cell[at:end].strip():
            parts.append(part)
        at = end + 1
    return parts


def write_basis(law: str, articles: str) -> str:
    """``pipl art. 28``: the key of a law, then the articles."""
    key = _quoted(law) if re.search(r"\s", law) else _item(law)
    return f"{key} {_item(articles)}" if articles else key


def read_basis(cell: str) -> tuple[tuple[str, str], ...]:
    """(law, articles) of each basis. Raises Unusable on a quote mark that is not closed."""
    found = []
    for part in _parts(cell):
        key = _QUOTED.match(part)
        end = key.end() if key else len(part.split(maxsplit=1)[0])
        law, articles = part[:end], part[end:]
        found.append((unquoted(law), unquoted(articles)))
    return tuple(found)


# ---- conditions


def write_alternative(condition: Condition) -> str:
    """One line of a `when` cell: the name of a term, or ``key: value``."""
    if isinstance(condition, Term):
        name = write_text(condition.name)
        return _quoted(condition.name) if _KEYED.fullmatch(name) or "\n" in name else name
    return f"{key_of(condition).name}: {write_value(condition)}"


def read_alternative(line: str, terms: Mapping[str, Term], groups: Mapping[str, Group]) -> Condition:
    """The condition of a line. Raises Unusable."""
    keyed = None if line.strip().startswith('"') else _KEYED.fullmatch(line.strip())
    if keyed is None:
        return _BY_NAME["term"].read(unquoted(line), terms, groups)
    name, value = keyed.groups()
    if name not in _BY_NAME:
        raise Unusable(
            f"未知的条件 {name[:40]!r}；可用：{'、'.join(_BY_NAME)}",
            f"unknown condition {name[:40]!r}; use {', '.join(_BY_NAME)}",
        )
    return read_value(name, value, terms, groups)


def write_value(condition: Condition) -> str:
    """The value of a condition, as it stands after its key."""
    value = key_of(condition).write(condition)
    match value:
        case dict():
            return f"{write_items(value['names'], '; ')} @ {number_text(value['least_hit_ratio'])}"
        case list():
            return write_items(value, "; ")
        case int() | float():
            return number_text(value)
    text = str(value)
    return _quoted(text) if "\n" in text else write_text(text)


def read_value(name: str, value: str, terms: Mapping[str, Term], groups: Mapping[str, Group]) -> Condition:
    """The condition of a key in `KEYS` from the text of its value. Raises Unusable."""
    key = _BY_NAME[name]
    return key.read(_READ[key.kind](value), terms, groups)


def _entities(value: str) -> object:
    ratio = _RATIO.fullmatch(value) if "@" in _QUOTED.sub("", value) else None
    if ratio is None:
        return list(items(value))
    return {"names": list(items(ratio[1])), "least_hit_ratio": _number(ratio[2])}


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise Unusable("应为一个数，如 50 或 0.5", "a number is expected, such as 50 or 0.5") from None


def _whole(value: str) -> int:
    text = value.strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    raise Unusable("应为整数", "a whole number is expected")


_READ: Mapping[str, Callable[[str], Any]] = {
    "items": lambda value: list(items(value)),
    "whole": _whole,
    "number": _number,
    "pattern": unquoted,
    "name": unquoted,
    "entities": _entities,
}


def number_text(number: float) -> str:
    """A number as a person writes it, exactly: ``50`` for 50.0."""
    whole = isinstance(number, int) or (number.is_integer() and abs(number) < 1e15)
    return str(int(number)) if whole else repr(number)


# ---- literals


def write_literals(values: Iterable[Literal]) -> str:
    """Values a column is compared with, ``;`` between: 5 is a whole number, 5.0 a number, ``decimal(5.10)``, true,
    2026-01-31 a date, 2026-01-31T08:00:00 a time; a text that looks like one of these is put in quotes."""
    return "; ".join(map(_write_literal, values))


def _write_literal(value: Literal) -> str:
    match value:
        case str():
            bare = _item(value)
            return bare if bare.startswith('"') or _bare_literal(bare) == value else _quoted(value)
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"decimal({value})"
        case date():  # and datetime, which is one
            return value.isoformat()
    return repr(value)


def read_literals(cell: str) -> tuple[Literal, ...]:
    """The values of a cell. Raises Unusable on a quote mark that is not closed."""
    return tuple(unquoted(part) if part.startswith('"') else _bare_literal(part) for part in _parts(cell))


def _bare_literal(text: str) -> Literal:
    """What a word without quotes stands for: a literal of the first kind whose shape it has, else a text."""
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        return float(text)
    try:
        if inner := _DECIMAL.fullmatch(text):
            return Decimal(inner[1])
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _MOMENT.match(text):
            return datetime.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return text  # shaped like a date or decimal and none: 2026-13-01
    return text
