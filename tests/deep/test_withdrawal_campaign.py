"""Ten thousand trials: a list takes effect under readers of every path of two gateways, on both databases."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.gate import open_gate
from gateway.settings import GateSettings
from tests.conftest import database
from tests.faults.race import race

pytestmark = [pytest.mark.deep, pytest.mark.timeout(7_200)]
SCALE = float(os.environ.get("KAIZHA_DEEP", "1"))
TRIALS = int(5_000 * SCALE)  # on each database
A_ROUND = 60  # readers (a path, a gateway) of one activation


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_ten_thousand_readers_see_nothing_a_second_after_the_commit(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database(request.getfixturevalue("postgres_url")) if kind == "postgres" else ""
    gate = open_gate(GateSettings(home=tmp_path / "home", registry_url=url))
    outcome = race(gate, tmp_path, rounds=-(-TRIALS // A_ROUND))
    with capsys.disabled():
        print(  # noqa: T201 - the figure is what a campaign is run for
            f"\n{kind}: {outcome.trials:,} trials, {len(outcome.late)} late; the last read of a withdrawn field "
            f"began {outcome.last:.3f} s after the commit"
        )
    assert outcome.late == ()
    assert outcome.trials >= TRIALS
