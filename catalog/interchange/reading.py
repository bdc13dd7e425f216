"""What all parsers of catalogues share: the bounded document, the notes on what was dropped, the refusals by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.parsers import expat

import orjson

from catalog.errors import BadInput, TooLarge
from catalog.interchange.limits import Limits
from catalog.record import Problem
from catalog.text import Text

__all__ = [
    "Notes",
    "check_xml",
    "decoded",
    "json_of",
    "malformed",
    "no_datasets",
    "objects",
    "over",
    "sized",
    "texts",
]

_NAMED_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class Notes:
    """Problems in the order found, the first `max_problems` of them; `dropped` counts the rest."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._kept: list[Problem] = []
        self._seen: set[Problem] = set()
        self.dropped = 0

    def note(self, kind: str, record: str, property_: str, why: str) -> None:
        problem = Problem(kind, record[:200], property_, why)
        if problem in self._seen:
            return
        if len(self._kept) < self._limits.max_problems:
            self._kept.append(problem)
            self._seen.add(problem)
        else:
            self.dropped += 1

    def problems(self) -> tuple[Problem, ...]:
        if not self.dropped:
            return tuple(self._kept)
        more = Problem("more-problems", why=f"{self.dropped} more problems are not listed")
        return (*self._kept, more)


def malformed(format_: str, line: int | None = None) -> BadInput:
    """The refusal of a document that breaks the syntax of its format; `line` 1-based where the parser tells it."""
    where = Text(f"第 {line} 行", f"line {line}") if line else Text("其中", "somewhere in it")
    return BadInput(
        Text(f"{format_} 格式错误（{where.zh}）", f"Malformed {format_} ({where.en})"),
        Text("请让来源方修正后再收割", "Have its publisher mend it, then harvest again"),
    )


def no_datasets(format_: str) -> BadInput:
    """The refusal of a document that parses and is not a catalogue of that format."""
    return BadInput(
        Text(f"这不是 {format_} 目录", f"This is no {format_} catalogue"),
        Text("请核对地址与 --kind", "Check the address and --kind"),
    )


def sized(body: bytes, limits: Limits) -> None:
    """Raises TooLarge over `max_bytes`."""
    if len(body) > limits.max_bytes:
        raise over("bytes", "字节", limits.max_bytes)


def over(what: str, zh: str, most: int) -> TooLarge:
    """The refusal of a document with more than `most` of something."""
    return TooLarge(
        Text(f"目录超过 {most:,} {zh}", f"The catalogue has more than {most:,} {what}"),
        Text("请分页提供", "Let it be served in pages"),
    )


def decoded(body: bytes, limits: Limits) -> str:
    """The text of a document: UTF-8, or UTF-16 with its mark. Raises TooLarge; BadInput for any other encoding, which is
    never guessed."""
    sized(body, limits)
    encoding = next((name for mark, name in _NAMED_ENCODINGS if body.startswith(mark)), "utf-8")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            Text(
                f"不是 {encoding.upper()} 编码（第 {error.start} 字节）",
                f"Not {encoding.upper()} (byte {error.start})",
            ),
            Text("目录须为 UTF-8", "A catalogue must be UTF-8"),
        ) from None


def json_of(body: bytes, limits: Limits, format_: str = "JSON") -> Any:
    """The value of a JSON document. Raises BadInput: malformed, encoded otherwise, nested too deeply; TooLarge: too many
    bytes or values."""
    text = decoded(body, limits)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed(format_, error.lineno) from None
    _bounded(value, limits)
    return value


def _bounded(value: Any, limits: Limits) -> None:
    """Walks without recursion, so that no nesting can exhaust the stack."""
    most = limits.max_triples * 2
    level, depth, count = [value], 0, 0
    while level:
        depth += 1
        if depth > limits.max_depth:
            raise BadInput(
                Text(
                    f"JSON 嵌套超过 {limits.max_depth} 层", f"JSON nested more than {limits.max_depth} deep"
                ),
                Text("请让来源方提供更平的目录", "Ask its publisher for a flatter catalogue"),
            )
        below: list[Any] = []
        for one in level:
            inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            count += len(inner)
            if count > most:
                raise over("values", "个值", most)
            below.extend(each for each in inner if isinstance(each, dict | list))
        level = below


def check_xml(body: bytes, limits: Limits, format_: str) -> None:
    """Raises BadInput for a document with a DOCTYPE (entities, external subsets), one nested too deeply or malformed;
    TooLarge as above. Whatever it is encoded in, the parser that would read it has seen the same."""
    sized(body, limits)
    reader = expat.ParserCreate(namespace_separator=" ")
    depth = elements = 0

    def doctype(*_: object) -> None:
        raise BadInput(
            Text("XML 中不接受 DOCTYPE 与实体", "XML with a DOCTYPE or entities is not taken"),
            Text("请让来源方去掉 DOCTYPE", "Have its publisher leave the DOCTYPE out"),
        )

    def begin(*_: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > limits.max_depth:
            raise BadInput(
                Text(f"XML 嵌套超过 {limits.max_depth} 层", f"XML nested more than {limits.max_depth} deep"),
                Text("请让来源方提供更平的目录", "Ask its publisher for a flatter catalogue"),
            )
        if elements > limits.max_triples:
            raise over("elements", "个元素", limits.max_triples)

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    reader.StartDoctypeDeclHandler = doctype
    reader.EntityDeclHandler = doctype
    reader.StartElementHandler = begin
    reader.EndElementHandler = end
    try:
        reader.Parse(body, True)
    except expat.ExpatError as error:
        raise malformed(format_, error.lineno) from None


def objects(value: Any) -> Iterable[Mapping[str, Any]]:
    """The JSON objects in a value that may be one, a list of them, or neither."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def texts(value: Any) -> list[str]:
    """The texts in a value that may be one, a number, a list of them, or neither; blank ones left out."""
    several = value if isinstance(value, list) else [value]
    plain = (
        json.dumps(one) if isinstance(one, int | float) and not isinstance(one, bool) else one
        for one in several
    )
    return [one.strip() for one in plain if isinstance(one, str) and one.strip()]
