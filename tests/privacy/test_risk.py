"""k-anonymity over quasi-identifiers, and the grade that is left after masking."""

from __future__ import annotations

import pytest
from invented_people import Table

from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Classification, Confidence, FieldRole, Finding, Grade
from privacy import (
    RESIDUAL,
    Diversity,
    about_persons,
    diversity_of,
    grade_of,
    k_anonymity,
    l_diversity,
    quasi_identifiers,
    residual_grade,
    risk_of,
    t_closeness,
)


def field(operator: MaskOperator, grade: Grade, role: FieldRole = FieldRole.NONE) -> Classification:
    return Classification(f"c-{operator}", role, None, grade, operator, Confidence.HIGH)


def test_k_is_the_smallest_group_and_lone_rows_are_counted(engine: DuckDBEngine, table: Table) -> None:
    table({"year": [1990] * 6 + [1991, 1991, 1992], "district": ["西湖区"] * 6 + [None, None, "上城区"]})
    (row,) = engine.fetch(k_anonymity(["year", "district"], "t")).to_pylist()
    risk = risk_of(row)
    assert (risk.k, risk.groups, risk.rows, risk.unique_rows) == (1, 3, 9, 1)
    assert risk.at_risk_share == pytest.approx(3 / 9)


def test_an_empty_table_has_k_zero_and_no_quasi_identifiers_no_k(engine: DuckDBEngine, table: Table) -> None:
    table({"year": [1990]})
    engine.connection.execute("DELETE FROM t")
    (row,) = engine.fetch(k_anonymity(["year"], "t")).to_pylist()
    assert risk_of(row).k == 0
    with pytest.raises(ValueError, match="quasi-identifier"):
        k_anonymity([])


def test_quasi_identifiers_are_proposed_in_order() -> None:
    quasi = field(MaskOperator.GENERALISE_YEAR, Grade.L2, FieldRole.QUASI_IDENTIFIER)
    assert quasi_identifiers([field(MaskOperator.KEEP, Grade.L1), quasi]) == (quasi.column,)


def test_two_attributes_of_persons_make_a_table_about_persons_one_does_not() -> None:
    def one(name: str, entity: str) -> Classification:
        finding = Finding(name, entity, 9, 1.0, None, Confidence.HIGH, True, True)
        return Classification(
            name, FieldRole.QUASI_IDENTIFIER, entity, Grade.L2, MaskOperator.KEEP, Confidence.HIGH, (finding,)
        )

    assert about_persons({"age": one("age", "AGE"), "sex": one("sex", "SEX")})
    assert not about_persons({"age": one("age", "AGE")})
    assert about_persons({"name": one("name", "PERSON_NAME")})


@pytest.mark.parametrize(
    ("fields", "grade"),
    [
        ([], Grade.L1),
        ([field(MaskOperator.KEEP, Grade.L1)], Grade.L1),
        ([field(MaskOperator.KEEP, Grade.L1), field(MaskOperator.KEEP, Grade.L3)], Grade.L3),
        ([field(MaskOperator.PARTIAL, Grade.L3)], Grade.L2),
        ([field(MaskOperator.DROP, Grade.L4), field(MaskOperator.KEEP, Grade.L1)], Grade.L1),
        ([field(MaskOperator.REDACT, Grade.L4)], Grade.L1),
    ],
)
def test_the_grade_is_that_of_the_strictest_visible_field(fields: list[Classification], grade: Grade) -> None:
    assert grade_of(fields) is grade


@pytest.mark.parametrize("operator", list(MaskOperator))
@pytest.mark.parametrize("grade", list(Grade))
def test_masking_never_raises_a_grade_and_every_operator_has_a_rule(
    operator: MaskOperator, grade: Grade
) -> None:
    left = residual_grade(field(operator, grade))
    assert left is None if operator is MaskOperator.DROP else left is not None and left <= grade
    assert operator in RESIDUAL or operator in (MaskOperator.KEEP, MaskOperator.DROP)


def test_group_sizes_are_spread_over_classes(engine: DuckDBEngine, table: Table) -> None:
    sizes = [1, 1, 3, 5, 12, 60]
    table({"q": [f"g{n}" for n, size in enumerate(sizes) for _ in range(size)]})
    (row,) = engine.fetch(k_anonymity(["q"], "t")).to_pylist()
    assert risk_of(row).spread == (2, 3, 5, 12, 60)


def test_a_group_of_one_illness_has_an_l_of_one_and_stands_apart(engine: DuckDBEngine, table: Table) -> None:
    table({"q": ["a"] * 4 + ["b"] * 4, "s": ["x", None, "y", "z", "x", "x", "x", "x"]})
    (row,) = engine.fetch(l_diversity(["q"], "s", "t")).to_pylist()
    assert diversity_of(row) == Diversity(1, pytest.approx(1.0))
    (row,) = engine.fetch(t_closeness(["q"], "s", "t", ordered=False)).to_pylist()
    assert row["t"] == pytest.approx(3 / 8)


def test_no_rows_no_diversity_and_one_value_no_distance(engine: DuckDBEngine, table: Table) -> None:
    table({"q": ["a", "a"], "n": [7, 7]})
    (row,) = engine.fetch(t_closeness(["q"], "n", "t", ordered=True)).to_pylist()
    assert row["t"] == 0
    engine.connection.execute("DELETE FROM t")
    (row,) = engine.fetch(l_diversity(["q"], "n", "t")).to_pylist()
    assert diversity_of(row) == Diversity(0, 0.0)
    for ordered in (True, False):
        (row,) = engine.fetch(t_closeness(["q"], "n", "t", ordered=ordered)).to_pylist()
        assert row["t"] == 0
    for plan in (l_diversity, lambda q, s: t_closeness(q, s, ordered=True)):
        with pytest.raises(ValueError, match="quasi-identifier"):
            plan([], "s")
