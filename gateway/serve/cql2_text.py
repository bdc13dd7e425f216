"""OGC CQL2-text → `catalog.predicate`: the package `cql2` parses, we walk its JSON and accept a short list of forms.

Two measured reasons for the scan in front: `cql2` reads every number as a double (18 digits lose their end), so a
number is quoted first and read by its column's type; and its grammar backtracks exponentially on unclosed
parentheses (18 of them: 1.4 s), so nesting and length are bounded before it sees the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import cql2

from catalog.dataset import Column, ColumnType
from catalog.errors import BadInput, Where
from catalog.predicate import All, Any_, Comparison, Not, Operator, Predicate
from catalog.text import Text
from gateway.serve.value import value_of

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_TERMS", "parse_filter"]

MAX_LENGTH = 4_000
MAX_DEPTH = 8
MAX_TERMS = 100

_TOKEN = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<name>[^\W\d][\w.]*)
      | (?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
      | (?P<open>\() | (?P<close>\)) | (?P<rest>.)""",
    re.VERBOSE | re.DOTALL,
)
_POSITION = re.compile(r"--> (\d+):(\d+)")
_DANGLING = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_WHERE = Where(parameter="filter")

_COMPARE = {
    "=": Operator.EQ,
    "<>": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LTE,
    ">": Operator.GT,
    ">=": Operator.GTE,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

FindColumn = Callable[[str], Column]


def parse_filter(text: str, find: FindColumn) -> Predicate:
    """The predicate a CQL2-text filter writes. `find` gives a column by name or raises BadInput.

    Raises BadInput: too long, too deep, too many terms, not CQL2-text, or a form that is not answered here.
    """
    try:
        tree = cql2.parse_text(_quote_numbers(text)).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError, TypeError):
        raise _bad_syntax(text) from None
    return _Walk(find).predicate(tree, 0)


def _quote_numbers(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise _bad(
            Text(f"filter 超过 {MAX_LENGTH} 个字符", f"filter is longer than {MAX_LENGTH} characters"),
            Text(
                "请缩短条件，或改用列参数（如 列名__in=…）",
                "Shorten it, or use column parameters (COLUMN__in=…)",
            ),
        )
    depth, terms, out = 0, 0, []
    for token in _TOKEN.finditer(text):
        kind, piece = token.lastgroup, token.group()
        depth += (kind == "open") - (kind == "close")
        terms += kind in ("name", "number", "quoted")
        if depth > MAX_DEPTH or depth < 0:
            raise _bad(
                Text("filter 的括号不配对或嵌套过深", "filter: parentheses do not match, or nest too deep"),
                Text(f"最多嵌套 {MAX_DEPTH} 层", f"Nest at most {MAX_DEPTH} deep"),
            )
        out.append(f" '{piece.lstrip('+')}' " if kind == "number" else piece)
    if depth:
        raise _bad(
            Text("filter 的括号没有闭合", "filter: a parenthesis is not closed"),
            Text("请补上右括号", "Close it"),
        )
    if terms > 5 * MAX_TERMS:
        raise _bad_size()
    return "".join(out)


class _Walk:
    """One walk over the parsed tree; counts terms so that a wide filter ends as a refusal, not as a long query."""

    def __init__(self, find: FindColumn) -> None:
        self._find = find
        self._terms = 0

    def predicate(self, node: Any, depth: int) -> Predicate:
        self._terms += 1
        if self._terms > MAX_TERMS or depth > 2 * MAX_DEPTH:
            raise _bad_size()
        if isinstance(node, bool):
            return All(()) if node else Any_(())
        op = node.get("op") if isinstance(node, Mapping) else None
        args = node.get("args", []) if isinstance(node, Mapping) else []
        if op in ("and", "or"):
            terms = tuple(self.predicate(term, depth + 1) for term in args)
            return All(terms) if op == "and" else Any_(terms)
        if op == "not" and len(args) == 1:
            return Not(self.predicate(args[0], depth + 1))
        return self._test(op, args)

    def _test(self, op: Any, args: list[Any]) -> Predicate:
        if op in _COMPARE and len(args) == 2:
            if not _is_property(args[0]):
                op, args = _MIRRORED.get(op, op), [args[1], args[0]]
            column, value = self._column(args[0]), args[1]
            return Comparison(column.name, _COMPARE[op], self._value(column, value))
        if op == "isNull" and len(args) == 1:
            return Comparison(self._column(args[0]).name, Operator.ISNULL, True)
        if op == "in" and len(args) == 2 and isinstance(args[1], list):
            column = self._column(args[0])
            self._terms += len(args[1])
            return Comparison(column.name, Operator.IN, tuple(self._value(column, one) for one in args[1]))
        if op == "between" and len(args) == 3:
            column = self._column(args[0])
            low, high = self._value(column, args[1]), self._value(column, args[2])
            return All(
                (Comparison(column.name, Operator.GTE, low), Comparison(column.name, Operator.LTE, high))
            )
        if op == "like" and len(args) == 2 and isinstance(args[1], str):
            column = self._column(args[0])
            if column.type is not ColumnType.TEXT:
                raise _unanswered()
            if _DANGLING.search(args[1]):
                raise _bad(
                    Text("LIKE 的模式以单个反斜杠结尾", "A LIKE pattern ends in a lone backslash"),
                    Text(r"反斜杠本身写作 \\", r"Write \\ for a backslash itself"),
                )
            return Comparison(column.name, Operator.LIKE, args[1])
        raise _unanswered()

    def _column(self, node: Any) -> Column:
        if not _is_property(node):
            raise _unanswered()
        return self._find(node["property"])

    def _value(self, column: Column, node: Any) -> Any:
        if isinstance(node, bool):
            node = "true" if node else "false"
        if isinstance(node, Mapping):
            node = node.get("date") or node.get("timestamp")
        if not isinstance(node, str):
            raise _unanswered()
        return value_of(column, node, "filter")


def _is_property(node: Any) -> bool:
    return isinstance(node, Mapping) and isinstance(node.get("property"), str)


def _bad(message: Text, remedy: Text) -> BadInput:
    return BadInput(message, remedy, _WHERE)


def _bad_size() -> BadInput:
    return _bad(
        Text(
            f"filter 的条件超过 {MAX_TERMS} 个或嵌套过深",
            f"filter has more than {MAX_TERMS} terms or nests too deep",
        ),
        Text("请减少条件", "Use fewer terms"),
    )


def _unanswered() -> BadInput:
    return _bad(
        Text("filter 用了这里不支持的写法", "filter uses a form that is not answered here"),
        Text(
            "可用：AND OR NOT、= <> < <= > >=、IN、LIKE、BETWEEN、IS NULL、DATE('…')、TIMESTAMP('…')，左边是列名、右边是值",
            "Use AND OR NOT, = <> < <= > >=, IN, LIKE (text), BETWEEN, IS NULL, DATE('…'), TIMESTAMP('…'), "
            "with a column on one side and a value on the other",
        ),
    )


def _bad_syntax(text: str) -> BadInput:
    try:
        cql2.parse_text(text)
        place = None
    except (cql2.ParseError, cql2.ValidationError) as error:
        place = _POSITION.search(str(error))
    zh, en = (f"（第 {place[2]} 个字符附近）", f" near character {place[2]}") if place else ("", "")
    return _bad(
        Text(f"filter 不是合法的 CQL2-text{zh}", f"filter is not CQL2-text{en}"),
        Text(
            """例如 filter="区县" = '浦东新区' AND 面积 > 100；文字用单引号，特殊列名用双引号""",
            """For example filter="district" = 'Pudong' AND area > 100; quote text with ', special column names with \"""",
        ),
    )
