"""Profile a table, and measure it against a suite: aggregate selects, then one query per failing rule for the positions of
its rows. The only file of the package that runs anything, and it does so through the `Engine` protocol alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from catalog.dataset import Schema
from catalog.engine.engine import Engine
from catalog.errors import KaizhaError, Unavailable
from catalog.text import Text
from quality.judge import judge, with_failed_rows
from quality.measurement import Measurement, RuleResult, Verdict
from quality.plan import (
    ROW,
    Broken,
    Counted,
    Keyed,
    Modal,
    Plan,
    aggregate,
    duplicates,
    failing_rows,
    frequent,
    plan,
    terms_of,
)
from quality.profile import Profile, Terms, closer_terms, first_terms, read_profile
from quality.score import WEIGHTS, Weight, overall, score_dimensions
from quality.suite import parse_suite
from quality.terms import cell, count, distinct

__all__ = ["fetch", "measure", "profile"]

_UNCOMPUTED = (
    Text("引擎无法在此列上计算该规则", "The engine cannot compute this rule on this column"),
    Text(
        "请核对规则的参数与列的类型和取值范围", "Check the rule's kwargs against the column's type and range"
    ),
)


def measure(
    engine: Engine,
    table: str,
    schema: Schema,
    suite: Mapping[str, Any],
    *,
    rejected_rows: int = 0,
    profiled: Profile | None = None,
    weights: Iterable[Weight] = WEIGHTS,
) -> Measurement:
    """Verdicts and scores of `table`, which has `schema` and `_row`, under a Great Expectations 1.x suite. What the
    table's own profile (`profiled`) has counted already is not counted again.

    Raises BadInput where the suite is malformed, Unavailable where the table itself cannot be read. A rule the engine
    cannot compute gets the verdict error; the others are measured all the same.
    """
    plans = plan(parse_suite(suite), schema)
    plans, rows, numbers = _counted(engine, table, plans, _known(schema, profiled))
    results = tuple(_result(engine, table, one, numbers) for one in plans)
    scores = score_dimensions(results, rows, rejected_rows, weights)
    name = suite.get("name")
    return Measurement(
        name if isinstance(name, str) else "", rows, rejected_rows, results, scores, overall(scores)
    )


def profile(engine: Engine, table: str, schema: Schema) -> Profile:
    """The profile of `table`: two aggregate selects, the second only over what the first made interesting.

    Distinct counts are exact up to 50,000 rows; beyond, for short lists of text and for columns named like an
    identifier that look unique (`ColumnProfile.distinct_exact` says which). Raises Unavailable.
    """
    first = _answers(engine, table, first_terms(schema))
    return read_profile(schema, first, _answers(engine, table, closer_terms(schema, first)))


def _answers(engine: Engine, table: str, terms: Terms) -> Mapping[tuple[str, str], Any]:
    if not terms:
        return {}
    (row,) = fetch(engine, aggregate(table, list(terms.values())))
    return dict(zip(terms, row.values(), strict=True))


Numbers = Mapping[str, Any]  # term as SQL → its value


def _known(schema: Schema, profiled: Profile | None) -> Numbers:
    """What a profile has counted exactly, by the terms that would count it: rows, filled cells, missing ones (as the rule
    against them counts them), and distinct values where they were not estimated."""
    if profiled is None:
        return {}
    types = {column.name: column.type for column in schema}
    known: dict[str, Any] = {}
    for one in profiled.columns:
        (rule,) = plan(parse_suite(_no_nulls(one.name)), schema)
        counts = (profiled.rows, profiled.rows, one.nulls)
        known |= {_name(term): number for term, number in zip(terms_of(rule), counts, strict=True)}
        known[_name(exp.Count(this=cell(one.name, types)))] = profiled.rows - one.nulls
        if one.distinct_exact:
            known[_name(distinct((cell(one.name, types),), None))] = one.distinct
    return known


def _no_nulls(column: str) -> dict[str, Any]:
    return {"expectations": [{"type": "expect_column_values_to_not_be_null", "kwargs": {"column": column}}]}


def _counted(
    engine: Engine, table: str, plans: Sequence[Plan], known: Numbers
) -> tuple[tuple[Plan, ...], int, Numbers]:
    every_row = count(None)
    found = _try_fetch(engine, table, _asked(every_row, plans, known))
    if found is None:
        plans = _without_uncomputable(engine, table, plans)
        found = _try_fetch(engine, table, _asked(every_row, plans, known))
    if found is None:
        raise Unavailable(
            Text("数据表现在无法读取，没有测量", "The table cannot be read now; nothing was measured"),
            Text(
                "请重试；若仍如此，请检查内存与磁盘空间",
                "Try again; if it persists, check memory and disk space",
            ),
        )
    return tuple(plans), int(found[_name(every_row)]), {**known, **found}


def _asked(every_row: exp.Expr, plans: Sequence[Plan], known: Numbers) -> list[exp.Expr]:
    terms = [term for one in plans for term in terms_of(one)]
    return [every_row, *(term for term in terms if _name(term) not in known)]


def _unreadable() -> Unavailable:
    return Unavailable(
        Text("数据表现在无法读取，没有测量", "The table cannot be read now; nothing was measured"),
        Text(
            "请重试；若仍如此，请检查内存与磁盘空间", "Try again; if it persists, check memory and disk space"
        ),
    )


def fetch(engine: Engine, select: exp.Select) -> list[dict[str, Any]]:
    """The answer's rows, or Unavailable. The protocol names no error of its own, and an engine's message may quote a
    cell: ours is raised outside the handler, so that the engine's is not even its context."""
    try:
        return engine.fetch(select).to_pylist()
    except KaizhaError:
        raise
    except Exception:
        refusal = _unreadable()
    raise refusal


def _try_fetch(engine: Engine, table: str, terms: Sequence[exp.Expr]) -> Numbers | None:
    """The values of the terms, each computed once; None where the engine refuses."""
    unique = {_name(term): term for term in terms}
    try:
        (row,) = fetch(engine, aggregate(table, list(unique.values())))
    except Unavailable:
        return None
    return dict(zip(unique, row.values(), strict=True))


def _without_uncomputable(engine: Engine, table: str, plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The plans, with those the engine refuses on their own turned into errors."""
    return tuple(
        Broken(one.rule, *_UNCOMPUTED)
        if terms_of(one) and _try_fetch(engine, table, terms_of(one)) is None
        else one
        for one in plans
    )


def _result(engine: Engine, table: str, one: Plan, numbers: Numbers) -> RuleResult:
    values = [numbers[_name(term)] for term in terms_of(one)]
    duplicate_rows = None
    if isinstance(one, Modal):
        values = list(fetch(engine, frequent(table, one))[0].values())
    if isinstance(one, Keyed) and values[1] != values[2]:
        duplicate_rows = int(fetch(engine, duplicates(table, one))[0]["t0"])
    result = judge(one, values, duplicate_rows)
    if result.verdict is not Verdict.FAIL or not isinstance(one, Counted | Keyed):
        return result
    return with_failed_rows(result, [int(row[ROW]) for row in fetch(engine, failing_rows(table, one))])


def _name(term: exp.Expr) -> str:
    return term.sql("duckdb")
