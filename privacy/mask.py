"""Masking operators: what each keeps, what it guarantees, how they combine, and the one SQL term that applies it.

Masking fails closed: what an operator cannot parse becomes null, never itself. No operator makes a keyed pseudonym:
a public release carries none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from catalog.text import Text
from privacy.alphabet import FOLD

__all__ = [
    "GENERALISING",
    "GRID_DECIMALS",
    "MARK",
    "OPERATORS",
    "Operation",
    "expression",
    "masked_column",
    "resolve",
    "tightens",
]

MARK = "***"
"""What stands where a text was."""
GRID_DECIMALS = 2
"""Coordinates are rounded to 0.01 degree: a cell of about 1.1 km by 1.1 km (0.95 km east-west at 30° N)."""

_T = ColumnType
_TEXT = frozenset({_T.TEXT})
_ANY = frozenset(ColumnType)
_NUMBERS = frozenset({_T.TEXT, _T.INTEGER, _T.DECIMAL, _T.DOUBLE})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operator as policy: what of the value it keeps, what it guarantees, the types it fits, the type it yields
    (None: unchanged), and the operators directly below it."""

    keeps: Text
    guarantees: Text
    fits: frozenset[ColumnType]
    output: ColumnType | None
    above: tuple[MaskOperator, ...] = (MaskOperator.KEEP,)


_NULL_OTHERWISE = Text("无法解析的值变为空值", "a value that cannot be parsed becomes null")

OPERATORS: Mapping[MaskOperator, Operation] = MappingProxyType({
    MaskOperator.KEEP: Operation(
        Text("全部", "everything"), Text("无", "nothing"), _ANY, None, ()
    ),
    MaskOperator.PARTIAL: Operation(
        Text("姓名保留首字；手机号前 3 位；身份证号前 2 位（省）；车牌前 2 位（发牌地）；座机区号",
             "a name's first character; a mobile's first 3 digits; an identity number's first 2 (province);"
                " a plate's first 2 (place of issue); a landline's area code"),
        _NULL_OTHERWISE, frozenset({_T.TEXT, _T.INTEGER}), _T.TEXT,
    ),
    MaskOperator.REDACT_SPANS: Operation(
        Text("个人信息以外的文字", "the text around personal information"),
        Text("输出再扫描无个人信息片段", "the output scans clean of personal spans"), _TEXT, _T.TEXT,
    ),
    MaskOperator.GENERALISE_YEAR: Operation(
        Text("年份", "the year"), _NULL_OTHERWISE, frozenset({_T.TEXT, _T.INTEGER, _T.DATE, _T.TIMESTAMP}), _T.INTEGER,
    ),
    MaskOperator.GENERALISE_DECADE: Operation(
        Text("年代（十年）", "the decade"), _NULL_OTHERWISE, frozenset({_T.TEXT, _T.INTEGER, _T.DATE, _T.TIMESTAMP}), _T.TEXT,
        (MaskOperator.GENERALISE_YEAR,),
    ),
    MaskOperator.GENERALISE_DISTRICT: Operation(
        Text("省、市、区县名", "names of province, city and district"), _NULL_OTHERWISE, _TEXT, _T.TEXT,
    ),
    MaskOperator.GENERALISE_CITY: Operation(
        Text("省、市名", "names of province and city"), _NULL_OTHERWISE, _TEXT, _T.TEXT, (MaskOperator.GENERALISE_DISTRICT,),
    ),
    MaskOperator.GENERALISE_PROVINCE: Operation(
        Text("省名或直辖市名", "the name of the province or municipality"), _NULL_OTHERWISE, _TEXT, _T.TEXT,
        (MaskOperator.GENERALISE_CITY,),
    ),
    MaskOperator.GENERALISE_BAND_5: Operation(
        Text("半个一位有效数字的区间（至少 5 宽）", "half a band of one significant digit, at least 5 wide"), _NULL_OTHERWISE, _NUMBERS, _T.TEXT,
    ),
    MaskOperator.GENERALISE_BAND: Operation(
        Text("一位有效数字的区间（至少 10 宽）", "a band of one significant digit, at least 10 wide"), _NULL_OTHERWISE, _NUMBERS, _T.TEXT,
        (MaskOperator.GENERALISE_BAND_5,),
    ),
    MaskOperator.GENERALISE_BAND_20: Operation(
        Text("两个一位有效数字的区间（至少 20 宽）", "two bands of one significant digit, at least 20 wide"), _NULL_OTHERWISE, _NUMBERS, _T.TEXT,
        (MaskOperator.GENERALISE_BAND,),
    ),
    MaskOperator.GENERALISE_BAND_100: Operation(
        Text("数量级（至少 100 宽）", "the order of magnitude, at least 100 wide"), _NULL_OTHERWISE, _NUMBERS, _T.TEXT,
        (MaskOperator.GENERALISE_BAND_20,),
    ),
    MaskOperator.GENERALISE_CODE_4: Operation(
        Text("六位邮编或区划代码的前 4 位（市）", "the first 4 of a six-digit post or division code (the city)"), _NULL_OTHERWISE,
        frozenset({_T.TEXT, _T.INTEGER}), _T.TEXT,
    ),
    MaskOperator.GENERALISE_CODE_2: Operation(
        Text("六位邮编或区划代码的前 2 位（省）", "the first 2 of a six-digit post or division code (the province)"), _NULL_OTHERWISE,
        frozenset({_T.TEXT, _T.INTEGER}), _T.TEXT, (MaskOperator.GENERALISE_CODE_4,),
    ),
    MaskOperator.SNAP_GRID: Operation(
        Text("0.01 度网格（约 1.1 公里）", "a 0.01 degree grid (about 1.1 km)"), _NULL_OTHERWISE,
        frozenset({_T.TEXT, _T.DECIMAL, _T.DOUBLE}), _T.DOUBLE,
    ),
    MaskOperator.REDACT: Operation(
        Text("是否有值", "whether there is a value"), Text("所有非空值相同", "all filled cells are alike"), _ANY, _T.TEXT,
        (MaskOperator.REDACT_SPANS,),
    ),
    MaskOperator.DROP: Operation(
        Text("无", "nothing"), Text("该列不在输出中", "the column is not in the output"), _ANY, None,
        (MaskOperator.PARTIAL, MaskOperator.GENERALISE_DECADE, MaskOperator.GENERALISE_PROVINCE,
         MaskOperator.GENERALISE_BAND_100, MaskOperator.GENERALISE_CODE_2, MaskOperator.SNAP_GRID, MaskOperator.REDACT),
    ),
})  # fmt: skip

GENERALISING = frozenset(operator for operator in MaskOperator if operator.startswith("generalise_")) | {
    MaskOperator.SNAP_GRID
}
"""Operators that keep a coarser value of the same thing."""


def tightens(operator: MaskOperator, other: MaskOperator) -> bool:
    """Whether `operator` is at least as strict as `other` in the table's order (reflexive, transitive)."""
    return operator is other or any(tightens(below, other) for below in OPERATORS[operator].above)


def resolve(operators: frozenset[MaskOperator], column: Column) -> MaskOperator:
    """The operator that does what all of `operators` ask for on `column`: their join.

    Empty is KEEP. Operators of which none is as strict as all others have no join but DROP; so has an operator that
    does not fit the column's type.
    """
    if any(column.type not in OPERATORS[operator].fits for operator in operators):
        return MaskOperator.DROP
    joined = MaskOperator.KEEP
    for operator in sorted(operators):
        joined = _join(joined, operator)
    return joined


def _join(a: MaskOperator, b: MaskOperator) -> MaskOperator:
    if tightens(a, b):
        return a
    return b if tightens(b, a) else MaskOperator.DROP


def masked_column(operator: MaskOperator, column: Column) -> Column:
    """The column as it leaves the mask: same name, its type after masking.

    Raises ValueError: DROP, after which there is no column, and an operator that does not fit the type.
    """
    _check(operator, column)
    return replace(column, type=OPERATORS[operator].output or column.type)


def expression(operator: MaskOperator, column: Column) -> exp.Expr | None:
    """The masked value as one SQL term over the column; None for DROP: the column is not in the output.

    Raises ValueError: REDACT_SPANS, which is no SQL term but `privacy.redact.redact_spans` over batches, and an
    operator that does not fit the column's type (`resolve` never yields one).
    """
    if operator is MaskOperator.DROP:
        return None
    _check(operator, column)
    if operator not in _TERMS:
        raise ValueError(f"{operator} works over batches, not as a SQL term")
    return _TERMS[operator](column)


def _check(operator: MaskOperator, column: Column) -> None:
    if operator is MaskOperator.DROP or column.type not in OPERATORS[operator].fits:
        raise ValueError(f"{operator} yields no column of type {column.type.name}")


def _keep(column: Column) -> exp.Expr:
    return column_term(column.name)


def _redact(column: Column) -> exp.Expr:
    return _when((_filled(column), literal(MARK)))


def _partial(column: Column) -> exp.Expr:
    """By the shape of the whole cell, disguises folded and separators out; any other shape is null."""
    plain = _call("regexp_replace", _folded(column), literal(r"[ .\-'()（）]"), literal(""), literal("g"))
    name = _call("regexp_matches", plain, literal("^[一-龥]{2,4}$"))
    mobile = _call("regexp_matches", plain, literal(r"^(?:(?:\+|00)?86)?1[3-9][0-9]{9}$"))
    identity = _call("regexp_matches", plain, literal("^(?:[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14})$"))
    plate = _call(
        "regexp_matches", plain, literal("^[一-龥][A-Za-z][0-9A-Za-z]{4,5}[0-9A-Za-z学警港澳挂领]?$")
    )
    landline = _call("regexp_matches", plain, literal("^0[1-9][0-9]{1,2}[2-9][0-9]{6,7}$"))
    area = _call("regexp_extract", plain, literal("^(0(?:10|2[0-9]|[3-9][0-9]{2}))"), literal(1))
    return _when(
        (name, _concat(_left(plain, 1), literal("*"))),
        (mobile, _concat(_left(_call("right", plain, literal(11)), 3), literal("********"))),
        (identity, _concat(_left(plain, 2), literal("*" * 16))),
        (plate, _concat(_left(plain, 2), literal("*****"))),
        (landline, _concat(area, literal("-********"))),
    )


def _year(column: Column) -> exp.Expr:
    """The year of a date, or of a text or number that is a date from end to end."""
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return exp.cast(_call("year", column_term(column.name)), "BIGINT")
    text = _call("trim", _folded(column))
    clock = "(?:[ T][0-9]{1,2}[:：][0-9].*)?"
    year = "((?:1[89]|20)[0-9]{2})"
    first = f"^{year}(?:[0-9]{{4}}|年?|[年/.\\-][0-9]{{1,2}}月?|[年/.\\-][0-9]{{1,2}}[月/.\\-][0-9]{{1,2}}日?){clock}$"
    last = f"^[0-9]{{1,2}}[/.\\-][0-9]{{1,2}}[/.\\-]{year}{clock}$"
    found = exp.Coalesce(this=_found(text, first), expressions=[_found(text, last)])
    return exp.TryCast(this=found, to=exp.DataType.build("BIGINT", dialect="duckdb"))


# Inside a street's, village's or estate's name; and before 区 in an estate's name (小区, 一区, 东区, 住宅区).
_NO_DISTRICT = "0-9A-Za-z 路街巷道村弄里苑园号镇乡组幢栋室,，.、;；()（）:：/_\\-"
_PROVINCE = "[一-龥]{2,7}?(?:省|自治区|特别行政区)"
_ESTATE_ENDS = "小社校宅厂库片景一二三四五六七八九十东南西北中"


def _district(column: Column) -> exp.Expr:
    """Province, city and district at the head of an address. An area without a province or city before it must have
    a name of two or three characters that is no housing estate's (小区, 一区, 东区)."""
    text = _call("trim", _folded(column))
    city = f"[^{_NO_DISTRICT}]{{2,8}}?(?:市|自治州|地区|盟)"
    district = f"[^{_NO_DISTRICT}]{{0,4}}[^{_NO_DISTRICT}{_ESTATE_ENDS}](?:区|县|市|旗)"
    bare = f"[^{_NO_DISTRICT}]{{1,2}}[^{_NO_DISTRICT}{_ESTATE_ENDS}](?:区|县)"
    head = f"^((?:{_PROVINCE})?{city}(?:{district})?|{_PROVINCE}(?:{district})?|{bare})"
    return _found(text, head)


def _city(column: Column) -> exp.Expr:
    """Province and city at the head of what `_district` finds; a district alone says no city."""
    city = f"[^{_NO_DISTRICT}]{{2,8}}?(?:市|自治州|地区|盟)"
    return _found(_district(column), f"^((?:{_PROVINCE})?{city}|{_PROVINCE})")


def _province(column: Column) -> exp.Expr:
    return _found(_city(column), f"^({_PROVINCE}|(?:北京|天津|上海|重庆)市)")


def _decade(column: Column) -> exp.Expr:
    """``1990-1999`` of the year that `_year` finds, or of such a decade."""
    year = _year(column)
    if column.type is ColumnType.TEXT:
        of_decade = exp.TryCast(
            this=_found(_call("trim", _folded(column)), "^((?:1[89]|20)[0-9]0)-[0-9]{3}9$"),
            to=exp.DataType.build("BIGINT"),
        )
        year = exp.Coalesce(this=year, expressions=[of_decade])
    low = exp.Mul(this=_call("divide", year, literal(10)), expression=literal(10))
    return _when((exp.not_(exp.Is(this=year, expression=exp.Null())), _range(low, literal(10))))


def _code(kept: int) -> Callable[[Column], exp.Expr]:
    def term(column: Column) -> exp.Expr:
        """The first digits of a six-digit code, or of what is left of one."""
        text = _call("trim", _folded(column))
        longer = "|".join(f"[0-9]{{{length}}}" for length in (4, 6) if length >= kept)
        return _when((_call("regexp_matches", text, literal(f"^(?:{longer})$")), _left(text, kept)))

    return term


def _band(halves: int) -> Callable[[Column], exp.Expr]:
    def term(column: Column) -> exp.Expr:
        """``low-high`` with width `halves` × 5 × 10^max(0, digits - 2), never over a power of ten; of a text also where
        it is such a band of a smaller width. With 2 halves 37 is 30-39, 345 is 300-399, 12 500 is 10000-19999."""
        number: exp.Expr = column_term(column.name)
        if column.type is ColumnType.TEXT:
            text = _call("trim", _folded(column))
            digits = _call("regexp_replace", text, literal("^([0-9.]+) *(?:周?岁|元)?$"), literal(r"\1"))
            number = exp.Coalesce(this=_double(digits), expressions=[_low(text)])
        whole = exp.cast(exp.Floor(this=number), "HUGEINT")
        digits_count = exp.Length(this=exp.cast(whole, "VARCHAR"))
        power = _call("greatest", literal(0), exp.Sub(this=digits_count, expression=literal(2)))
        unit = exp.cast(exp.Pow(this=literal(10), expression=power), "HUGEINT")
        width = exp.Mul(this=exp.paren(unit), expression=literal(5 * halves))
        blocks = exp.Mul(this=_call("divide", whole, width), expression=width)
        # 100-199 and not 0-199: a band begins no lower than its order of magnitude
        least = _when(
            (exp.GTE(this=whole, expression=literal(100)), exp.Mul(this=unit, expression=literal(10)))
        )
        low = _call("greatest", blocks, exp.Coalesce(this=least, expressions=[literal(0)]))
        high = exp.Sub(this=exp.Add(this=blocks, expression=width), expression=literal(1))
        sensible = exp.Between(this=number, low=literal(0), high=literal(10**15))
        return _when((sensible, _concat(exp.cast(low, "VARCHAR"), literal("-"), exp.cast(high, "VARCHAR"))))

    return term


def _low(text: exp.Expr) -> exp.Expr:
    """The lower end of a band as these operators write one: 5, 10, 20 … wide, on a multiple of its half."""
    low, high = (
        _double(_found(text, f"^{pattern}$")) for pattern in ("([0-9]{1,15})-[0-9]+", "[0-9]+-([0-9]{1,15})")
    )
    past = exp.Add(this=high, expression=literal(1))
    ends = [
        exp.EQ(this=exp.Mod(this=exp.paren(end), expression=literal(5)), expression=literal(0))
        for end in (low, past)
    ]
    return _when((exp.and_(*ends, exp.LT(this=low.copy(), expression=high.copy())), low))


def _double(text: exp.Expr) -> exp.Expr:
    return exp.TryCast(this=text.copy(), to=exp.DataType.build("DOUBLE"))


def _range(low: exp.Expr, width: exp.Expr) -> exp.Expr:
    high = exp.Sub(this=exp.Add(this=low.copy(), expression=width), expression=literal(1))
    return _concat(exp.cast(low, "VARCHAR"), literal("-"), exp.cast(high, "VARCHAR"))


def _grid(column: Column) -> exp.Expr:
    number = exp.TryCast(this=column_term(column.name), to=exp.DataType.build("DOUBLE"))
    return _when(
        (
            exp.Between(this=number, low=exp.Neg(this=literal(180)), high=literal(180)),
            exp.Round(this=number, decimals=literal(GRID_DECIMALS)),
        )
    )


_TERMS: Mapping[MaskOperator, Callable[[Column], exp.Expr]] = MappingProxyType({
    MaskOperator.KEEP: _keep,
    MaskOperator.PARTIAL: _partial,
    MaskOperator.REDACT: _redact,
    MaskOperator.GENERALISE_YEAR: _year,
    MaskOperator.GENERALISE_DECADE: _decade,
    MaskOperator.GENERALISE_DISTRICT: _district,
    MaskOperator.GENERALISE_CITY: _city,
    MaskOperator.GENERALISE_PROVINCE: _province,
    MaskOperator.GENERALISE_BAND_5: _band(1),
    MaskOperator.GENERALISE_BAND: _band(2),
    MaskOperator.GENERALISE_BAND_20: _band(4),
    MaskOperator.GENERALISE_BAND_100: _band(20),
    MaskOperator.GENERALISE_CODE_4: _code(4),
    MaskOperator.GENERALISE_CODE_2: _code(2),
    MaskOperator.SNAP_GRID: _grid,
})  # fmt: skip

_FROM = "".join(map(chr, sorted(FOLD)))
_TO = "".join(FOLD[code] for code in sorted(FOLD))


def _folded(column: Column) -> exp.Expr:
    return _call("translate", exp.cast(column_term(column.name), "VARCHAR"), literal(_FROM), literal(_TO))


def _filled(column: Column) -> exp.Expr:
    return exp.not_(exp.Is(this=column_term(column.name), expression=exp.Null()))


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    """The first group of the pattern, null where there is none."""
    return exp.Nullif(
        this=_call("regexp_extract", text, literal(pattern), literal(1)), expression=literal("")
    )


def _when(*cases: tuple[exp.Expr, exp.Expr]) -> exp.Expr:
    """The value of the first true case, else null."""
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy()) for condition, value in cases])


def _left(text: exp.Expr, length: int) -> exp.Expr:
    return _call("left", text, literal(length))


def _concat(*parts: exp.Expr) -> exp.Expr:
    return _call("concat", *parts)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
