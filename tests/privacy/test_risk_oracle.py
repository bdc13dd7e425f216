"""Our measures of risk beside pyCANON's (Apache-2.0, only here, as an oracle): equal on a hundred random tables."""

from __future__ import annotations

from math import floor
from random import Random

import pytest
from invented_people import Table

from catalog.engine.duckdb_engine import DuckDBEngine
from privacy import diversity_of, k_anonymity, l_diversity, risk_of, t_closeness

anonymity = pytest.importorskip(
    "pycanon.anonymity", reason="pycanon, the oracle, is not installed: the comparison was not made"
)
pandas = pytest.importorskip("pandas")

TABLES = 100


def random_table(rng: Random) -> dict[str, list[object]]:
    """Two to four quasi-identifiers of few values, one category and one number as sensitive attributes; no nulls, which
    the oracle leaves out."""
    rows = rng.randint(2, 120)
    kinds = rng.randint(2, 4)
    made: dict[str, list[object]] = {
        f"q{n}": [
            f"v{rng.randrange(1 + rng.randrange(5))}" if n % 2 else rng.randrange(4) for _ in range(rows)
        ]
        for n in range(kinds)
    }
    made["illness"] = [f"s{min(rng.randrange(6), rng.randrange(6))}" for _ in range(rows)]
    made["income"] = [rng.choice((10, 25, 25, 40, 41, 90, 400)) for _ in range(rows)]
    made["income"][:2] = [10, 25]  # of one value alone the oracle's distance is not defined
    return made


@pytest.mark.parametrize("seed", range(TABLES))
def test_k_l_and_t_are_those_of_the_oracle(engine: DuckDBEngine, table: Table, seed: int) -> None:
    columns = random_table(Random(seed))
    quasi = [name for name in columns if name.startswith("q")]
    table(columns)
    frame = pandas.DataFrame(columns)

    def one(plan: object) -> dict[str, float]:
        (row,) = engine.fetch(plan).to_pylist()  # type: ignore[arg-type]
        return row

    sizes = frame.groupby(quasi).size()
    risk = risk_of(one(k_anonymity(quasi, "t")))
    assert risk.k == anonymity.k_anonymity(frame, quasi)
    assert (risk.groups, risk.unique_rows) == (len(sizes), int((sizes == 1).sum()))
    assert risk.at_risk_share == pytest.approx(sizes[sizes < 5].sum() / len(frame))
    for sensitive, ordered in (("illness", False), ("income", True)):
        l = diversity_of(one(l_diversity(quasi, sensitive, "t")))  # noqa: E741 - the measure's own name
        assert l.distinct == anonymity.l_diversity(frame, quasi, [sensitive])
        # the oracle cuts to a whole number; where exp(entropy) is one, the last bit of a float decides which
        whole = {floor(l.entropy - 1e-9), floor(l.entropy + 1e-9)}
        assert anonymity.entropy_l_diversity(frame, quasi, [sensitive]) in whole
        t = one(t_closeness(quasi, sensitive, "t", ordered=ordered))["t"]
        assert t == pytest.approx(anonymity.t_closeness(frame, quasi, [sensitive]), abs=1e-9)
