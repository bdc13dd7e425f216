"""OGC CQL2-text → `catalog.predicate`: the package `cql2` parses, we walk its JSON and accept a short list of forms.

Two measured reasons for the scan in front: `cql2` reads every number as a double (18 digits lose their end), so a
number is quoted first and read by its column's type (those of a shape are degrees, and stay); and its grammar backtracks exponentially on unclosed
parentheses (18 of them: 1.4 s), so nesting and length are bounded before it sees the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import cql2

from catalog.dataset import Column, ColumnType
from catalog.errors import BadInput, Where
from catalog.predicate import All, Any_, Comparison, Location, Not, Operator, Predicate
from catalog.text import Text
from gateway.serve.shape import intersects_of
from gateway.serve.value import value_of

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_TERMS", "Names", "parse_filter"]

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
_SHAPES = frozenset(
    {
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "BBOX",
        "Z",
        "ENVELOPE",
    }
)

_COMPARE = {
    "=": Operator.EQ,
    "<>": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LTE,
    ">": Operator.GT,
    ">=": Operator.GTE,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Names(Protocol):
    """What the names of a filter stand for. Each raises BadInput naming what there is."""

    def column(self, name: str, parameter: str) -> Column:
        """A column, or ``avg(price)`` of an aggregate."""
        ...

    def place(self, name: str, parameter: str) -> Location:
        """What a spatial condition asks of."""
        ...


def parse_filter(text: str, names: Names, parameter: str = "filter") -> Predicate:
    """The predicate a CQL2-text filter writes.

    Raises BadInput: too long, too deep, too many terms, not CQL2-text, or a form that is not answered here.
    """
    walk = _Walk(names, parameter)
    try:
        tree = cql2.parse_text(_quote_numbers(text, walk)).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError, TypeError):
        raise walk.bad_syntax(text) from None
    return walk.predicate(tree, 0)


def _quote_numbers(text: str, walk: _Walk) -> str:
    if len(text) > MAX_LENGTH:
        raise walk.bad(
            Text(f"条件超过 {MAX_LENGTH} 个字符", f"The filter is longer than {MAX_LENGTH} characters"),
            Text(
                "请缩短条件，或改用列参数（如 列名__in=…）",
                "Shorten it, or use column parameters (COLUMN__in=…)",
            ),
        )
    depth, terms, shape_depth, before, out = 0, 0, 0, "", []
    for token in _TOKEN.finditer(text):
        kind, piece = token.lastgroup, token.group()
        if kind == "open" and not shape_depth and before in _SHAPES:
            shape_depth = depth + 1
        depth += (kind == "open") - (kind == "close")
        shape_depth = shape_depth if depth >= shape_depth else 0
        terms += kind in ("name", "number", "quoted")
        if depth > MAX_DEPTH or depth < 0:
            raise walk.bad(
                Text("条件的括号不配对或嵌套过深", "The filter's parentheses do not match, or nest too deep"),
                Text(f"最多嵌套 {MAX_DEPTH} 层", f"Nest at most {MAX_DEPTH} deep"),
            )
        quote = kind == "number" and not shape_depth
        out.append(f" '{piece.lstrip('+')}' " if quote else piece)
        before = piece.upper() if not piece.isspace() else before
    if depth:
        raise walk.bad(
            Text("条件的括号没有闭合", "The filter: a parenthesis is not closed"),
            Text("请补上右括号", "Close it"),
        )
    if terms > 5 * MAX_TERMS:
        raise walk.bad_size()
    return "".join(out)


class _Walk:
    """One walk over the parsed tree; counts terms so that a wide filter ends as a refusal, not as a long query."""

    def __init__(self, names: Names, parameter: str) -> None:
        self._names = names
        self._parameter = parameter
        self._terms = 0

    def predicate(self, node: Any, depth: int) -> Predicate:
        self._terms += 1
        if self._terms > MAX_TERMS or depth > 2 * MAX_DEPTH:
            raise self.bad_size()
        if isinstance(node, bool):
            return All(()) if node else Any_(())
        op = node.get("op") if isinstance(node, Mapping) else None
        args = node.get("args", []) if isinstance(node, Mapping) else []
        if op in ("and", "or"):
            terms = tuple(self.predicate(term, depth + 1) for term in args)
            return All(terms) if op == "and" else Any_(terms)
        if op == "not" and len(args) == 1:
            return Not(self.predicate(args[0], depth + 1))
        if op == "s_intersects" and len(args) == 2:
            return self._intersects(args)
        return self._test(op, args)

    def _test(self, op: Any, args: list[Any]) -> Predicate:
        if op in _COMPARE and len(args) == 2:
            if not _is_name(_bare(args[0])):
                op, args = _MIRRORED.get(op, op), [args[1], args[0]]
            column, fold = self._column(args[0])
            return Comparison(column.name, _COMPARE[op], self._value(column, args[1]), fold)
        if op == "isNull" and len(args) == 1:
            return Comparison(self._column(args[0])[0].name, Operator.ISNULL, True)
        if op == "in" and len(args) == 2 and isinstance(args[1], list):
            column, fold = self._column(args[0])
            self._terms += len(args[1])
            values = tuple(self._value(column, one) for one in args[1])
            return Comparison(column.name, Operator.IN, values, fold)
        if op == "between" and len(args) == 3:
            column, fold = self._column(args[0])
            low, high = self._value(column, args[1]), self._value(column, args[2])
            return All(
                (
                    Comparison(column.name, Operator.GTE, low, fold),
                    Comparison(column.name, Operator.LTE, high, fold),
                )
            )
        if op == "like" and len(args) == 2 and isinstance(pattern := _bare(args[1]), str):
            column, fold = self._column(args[0])
            if column.type is not ColumnType.TEXT:
                raise self._unanswered()
            if _DANGLING.search(pattern):
                raise self.bad(
                    Text("LIKE 的模式以单个反斜杠结尾", "A LIKE pattern ends in a lone backslash"),
                    Text(r"反斜杠本身写作 \\", r"Write \\ for a backslash itself"),
                )
            return Comparison(column.name, Operator.LIKE, pattern, fold)
        raise self._unanswered()

    def _intersects(self, args: list[Any]) -> Predicate:
        named, shape = args if _is_property(args[0]) else args[::-1]
        if not _is_property(named) or not isinstance(shape, Mapping):
            raise self._unanswered()
        return intersects_of(self._names.place(named["property"], self._parameter), shape, self._parameter)

    def _column(self, node: Any) -> tuple[Column, bool]:
        """The column, and whether it is to be compared without regard to case."""
        inner = _bare(node)
        if not _is_name(inner):
            raise self._unanswered()
        fold = inner is not node
        column = self._names.column(_name(inner), self._parameter)
        if fold and column.type is not ColumnType.TEXT:
            raise self._unanswered()
        return column, fold

    def _value(self, column: Column, node: Any) -> Any:
        node = _bare(node)
        if isinstance(node, bool):
            node = "true" if node else "false"
        if isinstance(node, Mapping):
            node = node.get("date") or node.get("timestamp")
        if not isinstance(node, str):
            raise self._unanswered()
        return value_of(column, node, self._parameter)

    def bad(self, message: Text, remedy: Text) -> BadInput:
        return BadInput(message, remedy, Where(parameter=self._parameter))

    def bad_size(self) -> BadInput:
        return self.bad(
            Text(
                f"条件超过 {MAX_TERMS} 个或嵌套过深",
                f"The filter has more than {MAX_TERMS} terms or nests too deep",
            ),
            Text("请减少条件", "Use fewer terms"),
        )

    def _unanswered(self) -> BadInput:
        return self.bad(
            Text("条件用了这里不支持的写法", "The filter uses a form that is not answered here"),
            Text(
                "可用：AND OR NOT、= <> < <= > >=、IN、LIKE、BETWEEN、IS NULL、CASEI(列)、DATE('…')、TIMESTAMP('…')、"
                "S_INTERSECTS(geometry, 图形)，左边是列名、右边是值",
                "Use AND OR NOT, = <> < <= > >=, IN, LIKE (text), BETWEEN, IS NULL, CASEI(column), DATE('…'), "
                "TIMESTAMP('…'), S_INTERSECTS(geometry, SHAPE), with a column on one side and a value on the other",
            ),
        )

    def bad_syntax(self, text: str) -> BadInput:
        try:
            cql2.parse_text(text)
            place = None
        except (cql2.ParseError, cql2.ValidationError) as error:
            place = _POSITION.search(str(error))
        zh, en = (f"（第 {place[2]} 个字符附近）", f" near character {place[2]}") if place else ("", "")
        return self.bad(
            Text(f"条件不是合法的 CQL2-text{zh}", f"The filter is not CQL2-text{en}"),
            Text(
                """例如 filter="区县" = '浦东新区' AND 面积 > 100；文字用单引号，特殊列名用双引号""",
                """For example filter="district" = 'Pudong' AND area > 100; quote text with ', special column names with \"""",
            ),
        )


def _is_property(node: Any) -> bool:
    return isinstance(node, Mapping) and isinstance(node.get("property"), str)


def _is_name(node: Any) -> bool:
    """A column, or a function of one column (an aggregate's metric or span of time)."""
    if _is_property(node):
        return True
    args = node.get("args") if isinstance(node, Mapping) else None
    return isinstance(args, list) and len(args) < 2 and all(_is_property(one) for one in args)


def _name(node: Mapping[str, Any]) -> str:
    if _is_property(node):
        return str(node["property"])
    return f"{node['op']}({', '.join(one['property'] for one in node['args'])})"


def _bare(node: Any) -> Any:
    """What stands inside CASEI(…)."""
    inside = isinstance(node, Mapping) and node.get("op") == "casei" and len(node.get("args", ())) == 1
    return node["args"][0] if inside else node
