"""Masking operators: what each keeps, what it guarantees, how they combine, and the one SQL term that applies it.

Masking fails closed: what an operator cannot parse becomes null, never itself. No operator makes a keyed pseudonym:
a public release carries none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from catalog.text import Text
from privacy.bands import band
from privacy.terms import call, concat, double, filled, folded, found, left, when

__all__ = [
    "GENERALISING",
    "GRID_DECIMALS",
    "MARK",
    "OPERATORS",
    "OVER_THE_COLUMN",
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
    MaskOperator.TOP_BOTTOM: Operation(
        Text("两端界限之间的数值（原值与次序）", "numbers between two bounds, and their order"),
        Text("两端之外的值只显示界限（如“≤18”“90+”）；每端至少含 5% 的值且不少于 5 个（不足 100 个值时每端 10% 或 25%，不足 20 个全部置空）",
             "values beyond a bound are told as the bound (≤18, 90+); each end holds at least 5 % of the values and at least 5"
             " (10 % or 25 % below 100 values; below 20 all become null)"),
        _NUMBERS, _T.TEXT,
    ),
    MaskOperator.GENERALISE_BAND_TOP_BOTTOM: Operation(
        Text("一位有效数字的区间，两端合并", "a band of one significant digit, with the ends told together"),
        Text("与区间及两端合并所保证的相同：每端至少含 5% 的值且不少于 5 个；有负数的列全部置空",
             "what bands and coded ends guarantee: each end holds at least 5 % of the values and at least 5; a column with numbers"
             " below 0 becomes null"),
        _NUMBERS, _T.TEXT, (MaskOperator.GENERALISE_BAND, MaskOperator.TOP_BOTTOM),
    ),
    MaskOperator.NOISE: Operation(
        Text("加噪后的数值：归到网格（列宽的 1/20 以内），再移动至多 6 格",
             "the number with noise: on a grid of at most 1/20 of the column's spread, moved by at most 6 steps"),
        Text("先合并两端；噪声为有界离散拉普拉斯（尺度 2 格），由密钥按数据集、列与整行内容确定，同一行再次发布噪声不变，多次取平均不能消除；"
             "不是差分隐私；不用于标识符",
             "ends are coded first; the noise is bounded discrete Laplace (scale 2 steps), keyed by data set, column and the whole row,"
             " so that releasing a row again draws nothing new to average; not differential privacy; never on identifiers"),
        frozenset({_T.INTEGER, _T.DECIMAL, _T.DOUBLE}), _T.DOUBLE, (MaskOperator.TOP_BOTTOM,),
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
         MaskOperator.GENERALISE_BAND_100, MaskOperator.GENERALISE_BAND_TOP_BOTTOM, MaskOperator.NOISE, MaskOperator.GENERALISE_CODE_2,
         MaskOperator.SNAP_GRID, MaskOperator.REDACT),
    ),
})  # fmt: skip

GENERALISING = frozenset(operator for operator in MaskOperator if operator.startswith("generalise_")) | {
    MaskOperator.TOP_BOTTOM,
    MaskOperator.NOISE,
    MaskOperator.SNAP_GRID,
}
"""Operators that keep a coarser value of the same thing."""
OVER_THE_COLUMN = frozenset(
    {MaskOperator.TOP_BOTTOM, MaskOperator.GENERALISE_BAND_TOP_BOTTOM, MaskOperator.NOISE}
)
"""Operators that look at more than one cell: at the ends of the column (`privacy.over_column`)."""


def tightens(operator: MaskOperator, other: MaskOperator) -> bool:
    """Whether `operator` is at least as strict as `other` in the table's order (reflexive, transitive)."""
    return operator is other or any(tightens(below, other) for below in OPERATORS[operator].above)


def resolve(operators: frozenset[MaskOperator], column: Column) -> MaskOperator:
    """The operator that does what all of `operators` ask for on `column`: their join.

    Empty is KEEP. Operators with none but DROP as strict as all of them join to that; so does an operator that does not fit
    the column's type.
    """
    joined = MaskOperator.KEEP
    for operator in sorted(operators):
        joined = _join(joined, operator)
    if any(column.type not in OPERATORS[operator].fits for operator in (*operators, joined)):
        return MaskOperator.DROP
    return joined


@cache
def _join(a: MaskOperator, b: MaskOperator) -> MaskOperator:
    """The least operator as strict as both: the one that all others of them are as strict as."""
    stricter = [one for one in OPERATORS if tightens(one, a) and tightens(one, b)]
    return next(one for one in stricter if all(tightens(other, one) for other in stricter))


def masked_column(operator: MaskOperator, column: Column) -> Column:
    """The column as it leaves the mask: same name, its type after masking.

    Raises ValueError: DROP, after which there is no column, and an operator that does not fit the type.
    """
    _check(operator, column)
    return replace(column, type=OPERATORS[operator].output or column.type)


def expression(operator: MaskOperator, column: Column) -> exp.Expr | None:
    """The masked value as one SQL term over the column; None for DROP: the column is not in the output.

    Raises ValueError: REDACT_SPANS, which is no SQL term but `privacy.redact.redact_spans` over batches; those
    `OVER_THE_COLUMN`, which take what was measured of it (`privacy.over_column`); and an operator that does not fit the
    column's type (`resolve` never yields one).
    """
    if operator is MaskOperator.DROP:
        return None
    _check(operator, column)
    if operator not in _TERMS:
        raise ValueError(
            f"{operator} is no SQL term over one cell: it works over batches, or over the column"
        )
    return _TERMS[operator](column)


def _check(operator: MaskOperator, column: Column) -> None:
    if operator is MaskOperator.DROP or column.type not in OPERATORS[operator].fits:
        raise ValueError(f"{operator} yields no column of type {column.type.name}")


def _keep(column: Column) -> exp.Expr:
    return column_term(column.name)


def _redact(column: Column) -> exp.Expr:
    return when((filled(column), literal(MARK)))


def _partial(column: Column) -> exp.Expr:
    """By the shape of the whole cell, disguises folded and separators out; any other shape is null."""
    plain = call("regexp_replace", folded(column), literal(r"[ .\-'()（）]"), literal(""), literal("g"))
    name = call("regexp_matches", plain, literal("^[一-龥]{2,4}$"))
    mobile = call("regexp_matches", plain, literal(r"^(?:(?:\+|00)?86)?1[3-9][0-9]{9}$"))
    identity = call("regexp_matches", plain, literal("^(?:[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14})$"))
    plate = call(
        "regexp_matches", plain, literal("^[一-龥][A-Za-z][0-9A-Za-z]{4,5}[0-9A-Za-z学警港澳挂领]?$")
    )
    landline = call("regexp_matches", plain, literal("^0[1-9][0-9]{1,2}[2-9][0-9]{6,7}$"))
    area = call("regexp_extract", plain, literal("^(0(?:10|2[0-9]|[3-9][0-9]{2}))"), literal(1))
    return when(
        (name, concat(left(plain, 1), literal("*"))),
        (mobile, concat(left(call("right", plain, literal(11)), 3), literal("********"))),
        (identity, concat(left(plain, 2), literal("*" * 16))),
        (plate, concat(left(plain, 2), literal("*****"))),
        (landline, concat(area, literal("-********"))),
    )


def _year(column: Column) -> exp.Expr:
    """The year of a date, or of a text or number that is a date from end to end."""
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return exp.cast(call("year", column_term(column.name)), "BIGINT")
    text = call("trim", folded(column))
    clock = "(?:[ T][0-9]{1,2}[:：][0-9].*)?"
    year = "((?:1[89]|20)[0-9]{2})"
    first = f"^{year}(?:[0-9]{{4}}|年?|[年/.\\-][0-9]{{1,2}}月?|[年/.\\-][0-9]{{1,2}}[月/.\\-][0-9]{{1,2}}日?){clock}$"
    last = f"^[0-9]{{1,2}}[/.\\-][0-9]{{1,2}}[/.\\-]{year}{clock}$"
    either = exp.Coalesce(this=found(text, first), expressions=[found(text, last)])
    return exp.TryCast(this=either, to=exp.DataType.build("BIGINT", dialect="duckdb"))


# Inside a street's, village's or estate's name; and before 区 in an estate's name (小区, 一区, 东区, 住宅区).
_NO_DISTRICT = "0-9A-Za-z 路街巷道村弄里苑园号镇乡组幢栋室,，.、;；()（）:：/_\\-"
_PROVINCE = "[一-龥]{2,7}?(?:省|自治区|特别行政区)"
_ESTATE_ENDS = "小社校宅厂库片景一二三四五六七八九十东南西北中"


def _district(column: Column) -> exp.Expr:
    """Province, city and district at the head of an address. An area without a province or city before it must have
    a name of two or three characters that is no housing estate's (小区, 一区, 东区)."""
    text = call("trim", folded(column))
    city = f"[^{_NO_DISTRICT}]{{2,8}}?(?:市|自治州|地区|盟)"
    district = f"[^{_NO_DISTRICT}]{{0,4}}[^{_NO_DISTRICT}{_ESTATE_ENDS}](?:区|县|市|旗)"
    bare = f"[^{_NO_DISTRICT}]{{1,2}}[^{_NO_DISTRICT}{_ESTATE_ENDS}](?:区|县)"
    head = f"^((?:{_PROVINCE})?{city}(?:{district})?|{_PROVINCE}(?:{district})?|{bare})"
    return found(text, head)


def _city(column: Column) -> exp.Expr:
    """Province and city at the head of what `_district` finds; a district alone says no city."""
    city = f"[^{_NO_DISTRICT}]{{2,8}}?(?:市|自治州|地区|盟)"
    return found(_district(column), f"^((?:{_PROVINCE})?{city}|{_PROVINCE})")


def _province(column: Column) -> exp.Expr:
    return found(_city(column), f"^({_PROVINCE}|(?:北京|天津|上海|重庆)市)")


def _decade(column: Column) -> exp.Expr:
    """``1990-1999`` of the year that `_year` finds, or of such a decade."""
    year = _year(column)
    if column.type is ColumnType.TEXT:
        of_decade = exp.TryCast(
            this=found(call("trim", folded(column)), "^((?:1[89]|20)[0-9]0)-[0-9]{3}9$"),
            to=exp.DataType.build("BIGINT"),
        )
        year = exp.Coalesce(this=year, expressions=[of_decade])
    low = exp.Mul(this=call("divide", year, literal(10)), expression=literal(10))
    return when((exp.not_(exp.Is(this=year, expression=exp.Null())), _range(low, literal(10))))


def _code(kept: int) -> Callable[[Column], exp.Expr]:
    def term(column: Column) -> exp.Expr:
        """The first digits of a six-digit code, or of what is left of one."""
        text = call("trim", folded(column))
        longer = "|".join(f"[0-9]{{{length}}}" for length in (4, 6) if length >= kept)
        return when((call("regexp_matches", text, literal(f"^(?:{longer})$")), left(text, kept)))

    return term


def _range(low: exp.Expr, width: exp.Expr) -> exp.Expr:
    high = exp.Sub(this=exp.Add(this=low.copy(), expression=width), expression=literal(1))
    return concat(exp.cast(low, "VARCHAR"), literal("-"), exp.cast(high, "VARCHAR"))


def _grid(column: Column) -> exp.Expr:
    number = double(column_term(column.name))
    return when(
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
    MaskOperator.GENERALISE_BAND_5: band(1),
    MaskOperator.GENERALISE_BAND: band(2),
    MaskOperator.GENERALISE_BAND_20: band(4),
    MaskOperator.GENERALISE_BAND_100: band(20),
    MaskOperator.GENERALISE_CODE_4: _code(4),
    MaskOperator.GENERALISE_CODE_2: _code(2),
    MaskOperator.SNAP_GRID: _grid,
})  # fmt: skip
