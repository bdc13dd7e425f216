"""The least generalisation to a group size, against trying everything; and what is proposed as a quasi-identifier."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from invented_people import Table

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from privacy import Climber, Kind, generalise
from privacy.lattice import Node, least_loss

M = MaskOperator


def climber(column: Column, kind: Kind, operator: M = M.KEEP) -> Climber:
    return Climber(column, operator, column, kind)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("most", [0, 6])
def test_the_search_finds_what_trying_every_node_finds(seed: int, most: int) -> None:
    rng = Random(seed)
    heights = [rng.randint(1, 3) for _ in range(rng.randint(1, 4))]
    people = [tuple(rng.randrange(2**height) for height in heights) for _ in range(60)]
    losses = [tuple(sorted([0.0, *(rng.random() for _ in range(height - 1)), 1.0])) for height in heights]

    def small_rows(node: Node) -> int:
        groups: dict[tuple[int, ...], int] = {}
        for one in people:
            key = tuple(value >> step for value, step in zip(one, node, strict=True))
            groups[key] = groups.get(key, 0) + 1
        return sum(size for size in groups.values() if size < 5)

    def cost(node: Node) -> float:
        kept = 1 - small_rows(node) / len(people)
        return sum(losses[c][s] for c, s in enumerate(node)) / len(node) * kept + 1 - kept

    found = least_loss(losses, small_rows, len(people), most)
    every = list(itertools.product(*(range(height + 1) for height in heights)))
    best = min(cost(node) for node in every if small_rows(node) <= most)
    assert found is not None
    assert found.proven
    assert found.loss == pytest.approx(best)
    assert small_rows(found.node) == found.suppressed <= most


def test_a_search_that_nothing_satisfies_says_so() -> None:
    assert least_loss([(0.0, 1.0)], lambda node: 3, 3, 0) is None


def test_a_large_lattice_is_not_asked_node_by_node() -> None:
    asked: list[Node] = []

    def small_rows(node: Node) -> int:
        asked.append(node)
        return 0 if sum(node) >= 14 else 9

    found = least_loss([(0.0, 0.2, 0.5, 1.0)] * 6, small_rows, 100, 0)
    assert found is not None
    assert sum(found.node) == 14
    assert len(asked) < 300  # of 4096


def test_ages_become_bands_and_no_more_than_it_takes(engine: DuckDBEngine, table: Table) -> None:
    age, sex = table({"age": [20 + n for n in range(40)], "sex": ["男女"[n // 20] for n in range(40)]})
    ladder = [climber(age, Kind.NUMBER), climber(sex, Kind.CATEGORY)]
    found = generalise(engine, "t", ladder, 5, 0)
    assert found is not None
    assert found.operators == {"age": M.GENERALISE_BAND_5}
    assert (found.k_before, found.suppressed, found.proven) == (1, 0, True)
    assert found.loss == pytest.approx(4 / 39 / 2)
    wider = generalise(engine, "t", ladder, 15, 0)
    assert wider is not None
    assert wider.operators == {"age": M.GENERALISE_BAND_20}
    assert generalise(engine, "t", ladder, 41, 0) is None


def test_a_few_rows_are_left_out_where_that_costs_less(engine: DuckDBEngine, table: Table) -> None:
    (age,) = table({"age": [30] * 50 + [40] * 49 + [97]})
    ladder = [climber(age, Kind.NUMBER)]
    whole, most = generalise(engine, "t", ladder, 5, 0), generalise(engine, "t", ladder, 5, 0.02)
    assert whole is not None
    assert most is not None
    assert whole.operators["age"] in (M.GENERALISE_BAND_100, M.DROP)
    assert (dict(most.operators), most.suppressed, most.loss) == ({}, 1, pytest.approx(0.01))


def test_a_ladder_goes_on_from_where_a_column_stands_and_skips_what_says_nothing(
    engine: DuckDBEngine, table: Table
) -> None:
    text = Column("birth", ColumnType.TEXT)
    assert Climber(text, M.GENERALISE_YEAR, Column("birth", ColumnType.INTEGER), Kind.DATE).ladder() == (
        M.GENERALISE_DECADE,
        M.DROP,
    )
    assert climber(text, Kind.CATEGORY).ladder() == (M.DROP,)
    (place,) = table({"place": ["海晏区"] * 4 + ["鹭洲区"] * 4})
    found = generalise(engine, "t", [climber(place, Kind.PLACE)], 5, 0)
    assert found is not None
    assert found.operators == {"place": M.DROP}  # a district alone says no city: that step would say nothing
