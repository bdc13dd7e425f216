"""What must be true of one row, and which rows are asked at all: the sqlglot terms of checks that look at rows one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.text import Text
from quality.date_format import FULL_WIDTH, parse_format
from quality.rules import (
    Between,
    Bounds,
    Check,
    CreditCode,
    DateText,
    DivisionCode,
    InChina,
    InSet,
    IsNull,
    Lengths,
    Matches,
    NotNull,
    PairEqual,
    PairGreater,
    PairInSet,
    SumEquals,
    UniqueWithinRecord,
    Value,
)
from quality.terms import (
    Incomparable,
    cell,
    comparable,
    exact_sum,
    inside,
    is_missing,
    member,
    number,
    text_of,
)

__all__ = ["present", "row_check"]

# GB 32100-2015: the characters with their values in order, and the weights of the first seventeen places.
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_FORM = f"^[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[{CREDIT_CHARACTERS}]{{10}}$"
# GB/T 2260: provinces, then cities and counties, 00 where a place stands for its whole. A county belongs to a city.
DIVISION_FORM = (
    "^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)"
    "(?:0000(?:000)?(?:000)?|(?:0[1-9]|[1-9][0-9])[0-9]{2}(?:[0-9]{3}|[0-9]{6})?)$"
)
# The extremes of the territory, rounded outwards: 73°40′E to 135°2′E, 3°51′N to 53°33′N.
EAST, NORTH = Bounds(73.4, 135.1), Bounds(3.4, 53.6)


def row_check(check: Check, types: Mapping[str, ColumnType]) -> tuple[exp.Expr | None, exp.Expr]:
    """Which rows are considered (None = all), and what must be true of them; over one column the latter is null
    exactly where its cell is missing. Raises Incomparable."""
    match check:
        case NotNull():
            return None, exp.not_(is_missing(cell(check.column, types)))
        case IsNull():
            return None, is_missing(cell(check.column, types))
        case Between():
            must = inside(cell(check.column, types), check.bounds, types[check.column])
        case InSet():
            must = member(check.column, check.values, types)
            must = exp.not_(must) if check.negated else must
        case Matches():
            must = _matches(check, text_of(check.column, types))
        case Lengths():
            length = exp.Length(this=text_of(check.column, types))
            must = inside(length, check.bounds, ColumnType.INTEGER)
        case DateText():
            must = _names_a_day(check, types)
        case CreditCode():
            must = _credit_code(text_of(check.column, types))
        case DivisionCode():
            must = _like(text_of(check.column, types), DIVISION_FORM)
        case PairGreater():
            left, right = comparable(check.a, check.b, types)
            must = (exp.GTE if check.or_equal else exp.GT)(this=left, expression=right)
            return present((check.a, check.b), check.ignore, types), must
        case PairEqual():
            left, right = comparable(check.a, check.b, types)
            return present((check.a, check.b), check.ignore, types), exp.EQ(this=left, expression=right)
        case PairInSet():
            return present((check.a, check.b), check.ignore, types), _one_of(check, types)
        case InChina():
            here = (check.longitude, check.latitude)
            must = exp.and_(
                *(
                    inside(cell(name, types), ends, types[name])
                    for name, ends in zip(here, (EAST, NORTH), strict=True)
                )
            )
            return present(here, check.ignore, types), must
        case UniqueWithinRecord():
            return present(check.columns, check.ignore, types), _all_differ(check.columns, types)
        case SumEquals():
            must = exp.EQ(this=exact_sum(check.columns, types), expression=number(check.total))
            return present(check.columns, check.ignore, types), must
        case _:
            raise AssertionError(f"no row check for {type(check).__name__}")
    return exp.not_(is_missing(cell(check.column, types))), must


def _like(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(pattern))


def _matches(check: Matches, text: exp.Expr) -> exp.Expr:
    found = [_like(text, pattern) for pattern in check.regexes]
    if check.negated:
        return exp.paren(exp.and_(*(exp.not_(one) for one in found)))
    return exp.paren(exp.and_(*found) if check.every else exp.or_(*found))


def _credit_code(text: exp.Expr) -> exp.Expr:
    """MOD 31-3: the weighted values of all eighteen characters, the last with weight 1, sum to a multiple of 31."""
    total: exp.Expr = exp.Literal.number(0)
    for place, weight in enumerate((*CREDIT_WEIGHTS, 1), start=1):
        character = exp.Substring(
            this=text.copy(), start=exp.Literal.number(place), length=exp.Literal.number(1)
        )
        value = exp.paren(
            exp.Sub(
                this=exp.StrPosition(this=exp.Literal.string(CREDIT_CHARACTERS), substr=character),
                expression=exp.Literal.number(1),
            )
        )
        total = exp.Add(this=total, expression=exp.Mul(this=exp.Literal.number(weight), expression=value))
    rest = exp.Mod(this=exp.paren(total), expression=exp.Literal.number(31))
    return exp.paren(exp.and_(_like(text, CREDIT_FORM), exp.EQ(this=rest, expression=exp.Literal.number(0))))


def _names_a_day(check: DateText, types: Mapping[str, ColumnType]) -> exp.Expr:
    kind = types[check.column]
    if kind is not ColumnType.TEXT:
        raise Incomparable(
            Text(
                f"列“{check.column}”不是文本，谈不上写法",
                f'Column "{check.column}" is not text; it has no format',
            ),
            Text("日期列请改用取值范围规则", "For a column of dates use a rule on its range"),
        )
    text = cell(check.column, types)
    fits = exp.or_(*(_fits(text, form) for form in check.formats))
    missing = is_missing(cell(check.column, types))
    return exp.Case(ifs=[exp.If(this=missing, true=exp.Null())], default=fits)


def _fits(text: exp.Expr, form: str) -> exp.Expr:
    """As Python's `strptime`: the first reading found from the left must use up the text and name a day that exists."""
    read = parse_format(form)

    def part(directive: str, otherwise: str) -> exp.Expr:
        if directive not in read.groups:
            return exp.Literal.string(otherwise)
        found = _extract(text, read.pattern, read.groups[directive])
        digits = (exp.Literal.string(FULL_WIDTH), exp.Literal.string("0123456789"))
        return exp.Anonymous(this="translate", expressions=[found, *digits])

    year = part("Y", "1900")
    if "y" in read.groups:  # POSIX: 69 to 99 are of the last century
        short = part("y", "")
        century = exp.Case(
            ifs=[
                exp.If(
                    this=exp.GTE(this=short, expression=exp.Literal.string("69")),
                    true=exp.Literal.string("19"),
                )
            ],
            default=exp.Literal.string("20"),
        )
        year = exp.DPipe(this=century, expression=short.copy())
    pieces: list[exp.Expr] = [year, exp.Literal.string("-"), part("m", "1"), exp.Literal.string("-")]
    day = exp.Concat(expressions=[*pieces, exp.Trim(this=part("d", "1"))])
    tests = [
        exp.EQ(this=_extract(text, read.pattern, 0), expression=text.copy()),
        exp.NEQ(this=text.copy(), expression=exp.Literal.string("")),
        exp.not_(is_missing(exp.TryCast(this=day, to=exp.DataType.build("DATE")))),
    ]
    if "Y" in read.groups:
        tests.append(exp.NEQ(this=year.copy(), expression=exp.Literal.string("0000")))
    if "S" in read.groups:  # strptime reads leap seconds and then finds no time that has them
        leap = [exp.Literal.string(second) for second in ("60", "61")]
        tests.append(exp.not_(exp.In(this=part("S", "0"), expressions=leap)))
    return exp.paren(exp.and_(*tests))


def _extract(text: exp.Expr, pattern: str, group: int) -> exp.Expr:
    return exp.Anonymous(
        this="regexp_extract",
        expressions=[text.copy(), exp.Literal.string(pattern), exp.Literal.number(group)],
    )


def _one_of(check: PairInSet, types: Mapping[str, ColumnType]) -> exp.Expr:
    def is_value(name: str, value: Value | None) -> exp.Expr:
        return is_missing(cell(name, types)) if value is None else member(name, (value,), types)

    return exp.paren(
        exp.or_(*(exp.paren(exp.and_(is_value(check.a, a), is_value(check.b, b))) for a, b in check.pairs))
    )


def _all_differ(names: Sequence[str], types: Mapping[str, ColumnType]) -> exp.Expr:
    return exp.paren(exp.and_(*(_differ(a, b, types) for a, b in combinations(names, 2))))


def _differ(a: str, b: str, types: Mapping[str, ColumnType]) -> exp.Expr:
    """Whether two cells differ, where missing equals missing; cells of kinds without a common order always do."""
    try:
        left, right = comparable(a, b, types)
    except Incomparable:
        return exp.not_(exp.paren(exp.and_(is_missing(cell(a, types)), is_missing(cell(b, types)))))
    return exp.NullSafeNEQ(this=left, expression=right)


def present(names: Sequence[str], ignore: str, types: Mapping[str, ColumnType]) -> exp.Expr | None:
    """Rows an expectation over several columns considers, by GX's `ignore_row_if`."""
    here = [exp.not_(is_missing(cell(name, types))) for name in names]
    if ignore in ("both_values_are_missing", "all_values_are_missing"):
        return exp.paren(exp.or_(*here))
    if ignore in ("either_value_is_missing", "any_value_is_missing"):
        return exp.paren(exp.and_(*here))
    return None
