"""Row rules (rows older than, persons younger than) as predicates over a dataset's actual columns.

A rule that the columns do not allow gives None: the caller then denies the dataset. Every predicate says which rows
*stay behind*; where a cell cannot be read as a date or an age, the row stays.
"""

from __future__ import annotations

from datetime import date, datetime

from catalog.dataset import Column, ColumnType
from catalog.predicate import All, Any_, Comparison, Not, Operator, Predicate
from negative_list.condition import Term
from negative_list.effect import OlderThan, RowRule, RowsWhere, YoungerThan
from negative_list.view import View

__all__ = ["NO_ROWS", "row_predicate", "years_before"]

NO_ROWS = Any_(())
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
OLDEST_BIRTH = 1880


def row_predicate(rule: RowRule, view: View) -> Predicate | None:
    """The rows a rule keeps back: `NO_ROWS` where it needs to keep none, None where the columns do not allow it."""
    match rule:
        case OlderThan(years, by):
            return _older_than(years, by, view)
        case YoungerThan():
            return _younger_than(rule, view)
        case RowsWhere(term, operator, value):
            compared = [Comparison(name, operator, value) for name in view.columns_of(term)]
            return Any_(tuple(compared)) if compared else None


def years_before(on: date, years: int) -> date:
    """The same day `years` earlier; 29 February becomes 28 February."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def _older_than(years: int, by: tuple[Term, ...], view: View) -> Predicate | None:
    cutoff = years_before(view.on, years)
    for term in by:
        dated = [test for test in (_before(column, cutoff) for column in _columns(view, term)) if test]
        if dated:
            return Any_(tuple(dated))
    return None


def _younger_than(rule: YoungerThan, view: View) -> Predicate | None:
    born_by = years_before(view.on, rule.years)
    readings = [
        *((column, _born_after(column, born_by)) for column in _columns(view, rule.birth)),
        *((column, _id_born_after(column, born_by)) for column in _columns(view, rule.resident_id)),
        *((column, _age_under(column, rule.years)) for column in _columns(view, rule.age)),
    ]
    for _, test in readings:
        if test:
            return test
    return NO_ROWS if view.judge(rule.adult) else None


def _columns(view: View, term: Term) -> list[Column]:
    names = view.columns_of(term)
    return [column for column in view.subject.schema if column.name in names]


def _before(column: Column, cutoff: date) -> Predicate | None:
    """Dated before `cutoff`; rows whose date cannot be read count as before it."""
    match column.type:
        case ColumnType.DATE:
            return Comparison(column.name, Operator.LT, cutoff)
        case ColumnType.TIMESTAMP:
            return Comparison(column.name, Operator.LT, _midnight(cutoff))
        case kind if kind in NUMBERS:
            return Not(_numbered(column.name, cutoff, Operator.GTE))
        case ColumnType.TEXT:
            years = "|".join(str(year) for year in range(cutoff.year + 1, cutoff.year + 100))
            return Not(Comparison(column.name, Operator.MATCHES, rf"^\s*(?:{years})(?:\D|\d{{2}}|$)"))
    return None


def _born_after(column: Column, born_by: date) -> Predicate | None:
    match column.type:
        case ColumnType.DATE:
            return Comparison(column.name, Operator.GT, born_by)
        case ColumnType.TIMESTAMP:
            return Comparison(column.name, Operator.GTE, _midnight(date.fromordinal(born_by.toordinal() + 1)))
        case kind if kind in NUMBERS:
            return Not(_numbered(column.name, born_by, Operator.LTE))
        case ColumnType.TEXT:
            return Not(
                Comparison(column.name, Operator.MATCHES, rf"^\s*(?:{_years(born_by)})(?:\D|\d{{2}}|$)")
            )
    return None


def _id_born_after(column: Column, born_by: date) -> Predicate | None:
    """Digits 7-14 of the citizen identity number are the birth date (GB 11643-1999); 15 digits mean born before 2000."""
    if column.type is not ColumnType.TEXT:
        return None
    year, month, day = born_by.year, born_by.month, born_by.day
    months = "|".join(f"{m:02}" for m in range(1, month))
    days = "|".join(f"{d:02}" for d in range(1, day + 1))
    in_year = f"{year}(?:{f'(?:{months})[0-9]{{2}}|' if months else ''}{month:02}(?:{days}))"
    old_form = r"|^\s*[0-9]{15}\s*$" if year >= 1999 else ""
    born = rf"^\s*[0-9]{{6}}(?:(?:{_years(born_by)})[0-9]{{4}}|{in_year})[0-9]{{3}}[0-9Xx]\s*$"
    return Not(Comparison(column.name, Operator.MATCHES, born + old_form))


def _age_under(column: Column, years: int) -> Predicate | None:
    if column.type in NUMBERS:
        return Any_(
            (
                Comparison(column.name, Operator.LT, years),
                Comparison(column.name, Operator.GT, 130),
            )
        )
    if column.type is not ColumnType.TEXT:
        return None
    ages = "|".join(str(age) for age in range(years, 131))
    unit = r"\s*(?:周?岁|years?(?: old)?)?\s*"
    grown = rf"^\s*(?:{ages}){unit}(?:[-–~至到]\s*[0-9]{{1,3}}{unit}|\+|及?以上)?\s*$"
    return Not(Comparison(column.name, Operator.MATCHES, grown))


def _numbered(name: str, day: date, operator: Operator) -> Predicate:
    """A number read as a year, a year and month or a whole date (2010, 201005, 20100531) compares so with `day`.

    Of the year or month of `day` itself nothing is known, so it is not taken to compare.
    """
    step = -1 if operator is Operator.LTE else 1
    forms = ((1000, 9999, day.year + step), (100_001, 999_912, day.year * 100 + day.month + step))
    whole = day.year * 10_000 + day.month * 100 + day.day
    return Any_(
        tuple(
            All(
                (
                    Comparison(name, Operator.GTE, low),
                    Comparison(name, Operator.LTE, high),
                    Comparison(name, operator, limit),
                )
            )
            for low, high, limit in (*forms, (10_000_101, 99_991_231, whole))
        )
    )


def _years(born_by: date) -> str:
    return "|".join(str(year) for year in range(OLDEST_BIRTH, born_by.year))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - columns hold local wall-clock time
