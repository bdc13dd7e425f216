"""Plain forms of the commonest numbers, judged by the engine: a dense column of them needs no cell-by-cell finder.

`representative` maps a cell to a text of which `privacy.recognise.find` says the same (which entity, whole or not,
valid or not): of a plain mobile number only the segment matters, of a plain identity number whether it is valid, of a
letter and eight digits (a passport, a permit, any serial number) the letter and whether they begin as a date.
Every other cell stands for itself. Counting representatives is counting cells (a law under test).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from catalog.engine.render import literal

__all__ = ["is_mobile", "is_resident_id", "representative"]

MOBILE = "1[3-9][0-9]{9}"
RESIDENT_ID = (
    "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}(?:1[89]|20)[0-9]{2}"
    "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)
SERIAL = "[A-Z][0-9]{8}"
DATED_SERIAL = "[A-Z]20[0-4][0-9](?:0[1-9]|1[0-2])[0-9]{2}"
_NUMBERED = frozenset({"PASSPORT", "HK_MACAO_PERMIT", "TAIWAN_PERMIT"})

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_ID_CHECKS = "10X98765432"
_VALID_ID = "110101199003070134"


def representative(text: exp.Expr, hinted: frozenset[str]) -> exp.Expr:
    """A SQL term over the cell `text` (VARCHAR) of a column whose header names the entities `hinted`: the text that stands
    for it. Under a header that makes a date or a telephone number of any digits, a serial number stands for itself."""
    mobile = _call("concat", _part(text, 1, 3), literal("00000000"))
    branches = [(is_mobile(text), mobile), (is_resident_id(text), literal(_VALID_ID))]
    if hinted <= _NUMBERED:
        branches += [
            (_full(text, DATED_SERIAL), _call("concat", _part(text, 1, 1), literal("20200101"))),
            (_full(text, SERIAL), _call("concat", _part(text, 1, 1), literal("10000000"))),
        ]
    ifs = [exp.If(this=condition, true=then) for condition, then in branches]
    return exp.Case(ifs=ifs, default=text.copy())


def is_mobile(text: exp.Expr) -> exp.Expr:
    """Whether the text is a plain mobile number and nothing else."""
    return _full(text, MOBILE)


def is_resident_id(text: exp.Expr) -> exp.Expr:
    """Whether the text is a plain identity number whose check digit and date of birth hold, and nothing else."""
    return exp.and_(_full(text, RESIDENT_ID), _valid_id(text))


def _valid_id(text: exp.Expr) -> exp.Expr:
    """ISO 7064 MOD 11-2 over 17 digits, and a real date of birth."""
    total = _sum(
        exp.Mul(this=literal(weight), expression=_digit(text, place))
        for place, weight in enumerate(_ID_WEIGHTS, 1)
    )
    place = exp.Add(
        this=exp.paren(exp.Mod(this=exp.paren(total), expression=literal(11))), expression=literal(1)
    )
    expected = _call("substr", literal(_ID_CHECKS), place, literal(1))
    born = _call("try_strptime", _part(text, 7, 8), literal("%Y%m%d"))
    real = exp.not_(exp.Is(this=born, expression=exp.Null()))
    return exp.and_(real, exp.EQ(this=expected, expression=_part(text, 18, 1)))


def _digit(text: exp.Expr, place: int) -> exp.Expr:
    """The digit at a 1-based place, as a number; only ever asked of ASCII digits."""
    return exp.paren(exp.Sub(this=_call("ascii", _part(text, place, 1)), expression=literal(48)))


def _sum(terms: Iterable[exp.Expr]) -> exp.Expr:
    first, *rest = terms
    total = first
    for term in rest:
        total = exp.Add(this=total, expression=exp.paren(term))
    return total


def _part(text: exp.Expr, start: int, length: int) -> exp.Expr:
    return _call("substr", text.copy(), literal(start), literal(length))


def _full(text: exp.Expr, pattern: str) -> exp.Expr:
    return _call("regexp_full_match", text.copy(), literal(pattern))


def _call(name: str, *terms: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(terms))
