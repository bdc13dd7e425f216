"""The sqlglot terms quality rules are made of: a cell of a known type, its comparison with literals of the same kind,
counts under a condition. A comparison of kinds without a common order is refused here, before any engine coerces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine import render
from catalog.predicate import All, Any_, Comparison, Intersects, Literal, Near, Not, Operator, Predicate
from catalog.text import Text
from quality.kwargs import moment
from quality.rules import Bound, Bounds

__all__ = [
    "TYPE_NAMES",
    "Incomparable",
    "alike",
    "cell",
    "comparable",
    "condition",
    "count",
    "distinct",
    "exact_sum",
    "inside",
    "is_missing",
    "member",
    "named_types",
    "number",
    "text_of",
]

_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.BOOLEAN})
_MOMENTS = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP})
_TEXTS = frozenset({ColumnType.TEXT, ColumnType.GEOMETRY})
_KINDS = (_NUMBERS, _MOMENTS, _TEXTS)

# Names by which GX suites written for pandas, Spark or SQL call our column types, lower case, without parameters.
TYPE_NAMES: Mapping[ColumnType, frozenset[str]] = MappingProxyType(
    {
        ColumnType.TEXT: frozenset(
            {"char", "nvarchar", "object", "str", "string", "stringtype", "text", "varchar"}
        ),
        ColumnType.INTEGER: frozenset(
            {"bigint", "int", "int64", "integer", "integertype", "long", "longtype"}
        ),
        ColumnType.DECIMAL: frozenset({"decimal", "decimaltype", "numeric"}),
        ColumnType.DOUBLE: frozenset(
            {"double", "double precision", "doubletype", "float", "float64", "float8"}
        ),
        ColumnType.BOOLEAN: frozenset({"bool", "bool_", "boolean", "booleantype"}),
        ColumnType.DATE: frozenset({"date", "datetype"}),
        ColumnType.TIMESTAMP: frozenset({"datetime", "datetime64", "timestamp", "timestamptype"}),
        ColumnType.GEOMETRY: frozenset({"geojson", "geometry"}),
    }
)


class Incomparable(Exception):
    """Two things of kinds that have no common order."""

    def __init__(self, why: Text, remedy: Text) -> None:
        super().__init__(why.en)
        self.why = why
        self.remedy = remedy


def named_types(name: str) -> tuple[ColumnType, ...]:
    """The column types a type name stands for; empty when we know none."""
    bare = name.split("(")[0].split("[")[0].strip().lower()
    return tuple(kind for kind, names in TYPE_NAMES.items() if bare in names or bare == kind.name.lower())


def cell(name: str, types: Mapping[str, ColumnType]) -> exp.Expr:
    """The cell, null where missing. As in GX on pandas, NaN is missing."""
    column = render.column(name)
    if types[name] is ColumnType.DOUBLE:
        return exp.Nullif(this=column, expression=exp.cast(exp.Literal.string("NaN"), "DOUBLE"))
    return column


def is_missing(term: exp.Expr) -> exp.Expr:
    return exp.Is(this=term.copy(), expression=exp.Null())


def text_of(name: str, types: Mapping[str, ColumnType]) -> exp.Expr:
    """The text of a cell, for patterns and lengths. Raises Incomparable where a number has no one spelling."""
    kind = types[name]
    if kind in _TEXTS:
        return cell(name, types)
    if kind in (ColumnType.INTEGER, ColumnType.DATE):
        return exp.cast(cell(name, types), "VARCHAR")
    raise Incomparable(
        Text(
            f"列“{name}”不是文本，没有唯一的写法", f'Column "{name}" is not text and has no single spelling'
        ),
        Text(
            "请改用取值范围规则，或把该列定为文本", "Use a rule on its range, or declare the column as text"
        ),
    )


def inside(term: exp.Expr, bounds: Bounds, kind: ColumnType, *, empty_holds: bool = True) -> exp.Expr:
    """`term`, of this kind, within bounds; null where the term is null. Without bounds: true, or with
    `empty_holds=False` whether there is a value at all. Raises Incomparable."""
    if kind is ColumnType.BOOLEAN:
        term = exp.cast(term, "INTEGER")
    tests: list[exp.Expr] = [] if empty_holds else [exp.not_(is_missing(term))]
    if bounds.low is not None:
        operator = exp.GT if bounds.strict_low else exp.GTE
        tests.append(operator(this=term.copy(), expression=_bound(bounds.low, kind)))
    if bounds.high is not None:
        operator_high = exp.LT if bounds.strict_high else exp.LTE
        tests.append(operator_high(this=term.copy(), expression=_bound(bounds.high, kind)))
    return exp.paren(exp.and_(*tests)) if tests else exp.true()


def _bound(bound: Bound, kind: ColumnType) -> exp.Expr:
    if isinstance(bound, date):
        if kind in _MOMENTS:
            return render.literal(bound)
        raise _mismatch(Text("日期", "a date"), kind)
    if kind in _NUMBERS:
        return number(bound)
    raise _mismatch(Text("数", "a number"), kind)


def number(value: int | float) -> exp.Expr:
    """A numeric literal; beyond 28 digits as DOUBLE, since no DECIMAL(38, 9) holds it."""
    term = render.literal(value)
    return exp.cast(term, "DOUBLE") if abs(value) >= 1e28 else term


def _mismatch(what: Text, kind: ColumnType) -> Incomparable:
    return Incomparable(
        Text(
            f"{kind.name} 列不能与{what.zh}比较",
            f"A column of type {kind.name} does not compare with {what.en}",
        ),
        Text("请改正规则中的界值，或改正该列的类型", "Correct the bound in the rule, or the column's type"),
    )


def comparable(a: str, b: str, types: Mapping[str, ColumnType]) -> tuple[exp.Expr, exp.Expr]:
    """Two cells that can be compared. Raises Incomparable."""
    if not any(types[a] in kind and types[b] in kind for kind in _KINDS):
        raise Incomparable(
            Text(
                f"列“{a}”与“{b}”的类型不能比较", f'Columns "{a}" and "{b}" are of types that do not compare'
            ),
            Text("请核对两列的类型", "Check the types of the two columns"),
        )
    return _plain(a, types), _plain(b, types)


def _plain(name: str, types: Mapping[str, ColumnType]) -> exp.Expr:
    term = cell(name, types)
    return exp.cast(term, "INTEGER") if types[name] is ColumnType.BOOLEAN else term


def exact_sum(names: Sequence[str], types: Mapping[str, ColumnType]) -> exp.Expr:
    """The sum of numeric cells, null if one is missing; whole numbers are widened first, so that none overflows.

    Raises Incomparable for a column that is not numeric.
    """
    terms = []
    for name in names:
        if types[name] not in _NUMBERS:
            raise _mismatch(Text("数", "a number"), types[name])
        wide = types[name] in (ColumnType.INTEGER, ColumnType.BOOLEAN)
        term = _plain(name, types)
        terms.append(exp.cast(term, "DECIMAL(38, 0)") if wide and len(names) > 1 else term)
    total = terms[0]
    for term in terms[1:]:
        total = exp.Add(this=total, expression=term)
    return exp.paren(total) if len(terms) > 1 else total


def member(
    name: str, values: Sequence[str | int | float | bool], types: Mapping[str, ColumnType]
) -> exp.Expr:
    """Whether the cell is one of the values; a value of another kind, or outside the type's range, never matches."""
    found = [literal for value in values if (literal := alike(value, types[name])) is not None]
    if not found:
        value = cell(
            name, types
        )  # false where there is a cell and null where it is missing, as IN would give
        return exp.NEQ(this=value, expression=value.copy())
    return exp.In(this=cell(name, types), expressions=[render.literal(value) for value in found])


def alike(value: str | int | float | bool, kind: ColumnType) -> Literal | None:
    """The value as this column's type has it, or None."""
    if kind in _TEXTS:
        return value if isinstance(value, str) else None
    if kind in _MOMENTS:
        found = moment(value)
        if kind is ColumnType.DATE and isinstance(found, datetime):
            return (
                found.date()
                if (found.hour, found.minute, found.second, found.microsecond) == (0, 0, 0, 0)
                else None
            )
        return found
    if isinstance(value, str):
        return None
    if kind is ColumnType.BOOLEAN:
        return bool(value) if value in (0, 1) else None
    plain = int(value) if isinstance(value, bool) else value
    if kind is ColumnType.INTEGER:
        whole = isinstance(plain, int) or plain.is_integer()
        return int(plain) if whole and abs(plain) < 2**63 else None
    return plain if kind is ColumnType.DOUBLE or abs(plain) < 1e28 else None


def condition(predicate: Predicate, types: Mapping[str, ColumnType]) -> exp.Expr:
    """A row condition; a row where it is unknown is outside. Raises Incomparable."""
    rendered = render.condition(_typed(predicate, types), types)
    nan_free = rendered.transform(
        lambda node: cell(node.name, types) if isinstance(node, exp.Column) else node
    )
    return exp.paren(render.is_true(nan_free))


def _typed(predicate: Predicate, types: Mapping[str, ColumnType]) -> Predicate:
    """The predicate with each literal as its column's type has it."""
    if isinstance(predicate, All):
        return All(tuple(_typed(term, types) for term in predicate.terms))
    if isinstance(predicate, Any_):
        return Any_(tuple(_typed(term, types) for term in predicate.terms))
    if isinstance(predicate, Not):
        return Not(_typed(predicate.term, types))
    if isinstance(predicate, Intersects | Near) or predicate.operator is Operator.ISNULL:
        return predicate
    kind = types[predicate.column]
    given = predicate.value if isinstance(predicate.value, tuple) else (predicate.value,)
    if predicate.operator is Operator.IN:
        literals = (alike(value, kind) for value in given if isinstance(value, str | int | float | bool))
        return Comparison(
            predicate.column, Operator.IN, tuple(value for value in literals if value is not None)
        )
    (value,) = given
    if kind in _MOMENTS and isinstance(value, str) and (when := moment(value)) is not None:
        return Comparison(predicate.column, predicate.operator, when)
    if (kind in _TEXTS) == isinstance(value, str) and kind not in _MOMENTS:
        plain = int(value) if isinstance(value, bool) and kind is not ColumnType.BOOLEAN else value
        return Comparison(predicate.column, predicate.operator, plain)
    raise _mismatch(Text("条件里的常量", "the constant in the condition"), kind)


def count(where: exp.Expr | None) -> exp.Expr:
    """The number of rows where a condition is true; without one, of all rows."""
    rows = exp.Count(this=exp.Star())
    return rows if where is None else exp.Filter(this=rows, expression=exp.Where(this=where.copy()))


def distinct(key: Sequence[exp.Expr], where: exp.Expr | None) -> exp.Expr:
    """The exact number of distinct keys among rows where a condition is true; inside a compound key null equals null."""
    parts = [part.copy() for part in key]
    counted = exp.Count(
        this=exp.Distinct(expressions=parts if len(parts) == 1 else [exp.Tuple(expressions=parts)])
    )
    return counted if where is None else exp.Filter(this=counted, expression=exp.Where(this=where.copy()))
