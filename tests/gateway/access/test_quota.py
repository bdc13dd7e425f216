"""Daily quotas: however many servers borrow at once and whichever of them is killed, no more is admitted than the quota,
and a kill costs a block at the most."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from catalog.registry import Registry
from gateway.access.meter_tables import quota_days, quota_salts
from gateway.access.quota import block_of, forget_days_before, give_back, hidden, lease, salt_of
from gateway.migrations import upgrade
from gateway.serve.meter import open_meter
from tests.conftest import database

DAY = date(2026, 5, 1)
SERVER = Path(__file__).with_name("spender.py")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def meter_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'meter.sqlite'}"
    url = database(request.getfixturevalue("postgres_url"))
    registry = Registry(url)
    upgrade(registry)
    registry.close()
    return url


def lent(url: str) -> int:
    meter = open_meter(url)
    with meter.reading() as snapshot:
        total = snapshot.execute(select(quota_days.c.leased)).scalar()
    meter.close()
    return int(total or 0)


@pytest.mark.parametrize("killed", [0, 2])
def test_servers_that_borrow_at_once_never_admit_more_than_the_quota_and_a_kill_costs_one_block(
    meter_url: str, tmp_path: Path, killed: int
) -> None:
    daily, servers = 2_000, 4
    open_meter(meter_url).close()
    outs = [tmp_path / f"spent{number}" for number in range(servers)]
    processes = [
        subprocess.Popen(
            [sys.executable, SERVER, meter_url, str(daily), str(out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for out in outs
    ]
    for process in processes:  # they begin together: one that begins late finds nothing left
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
    doomed = processes[:killed]
    rng = random.Random(killed)
    for process in doomed:
        assert process.stdin
        process.stdin.write(b"%d\n" % rng.randint(1, 30))  # it kills itself after so many
        process.stdin.close()
    for process in processes[killed:]:
        assert process.stdin
        process.stdin.close()
    for process in processes:
        process.wait(60)
    admitted = sum(out.stat().st_size for out in outs)  # one byte written for each, before it is answered
    ended = [process.returncode for process in processes]
    assert ended[killed:] == [0] * (servers - killed)
    killed = ended.count(-9)  # one that gets on slowly may find too little left, and ends in order
    assert killed or not doomed
    assert lent(meter_url) <= daily
    assert admitted <= daily
    assert admitted >= daily - killed * block_of(daily)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["spend", "crash", "close"])), max_size=120),
)
def test_in_whatever_order_servers_spend_crash_and_close(daily: int, steps: list[tuple[int, str]]) -> None:
    """The real table against a model: three servers that fill up their block as `Account.missing` does."""
    meter = _memory()
    blocks, admitted, crashes = [0, 0, 0], 0, 0
    block = block_of(daily)
    for server, step in steps:
        with meter.transaction(in_turn=False) as unit:
            if step == "spend":
                if blocks[server] <= block // 2:
                    granted, total = lease(unit, "k", DAY, daily, block - blocks[server])
                    blocks[server] += granted
                    assert total <= daily
                if blocks[server]:
                    blocks[server] -= 1
                    admitted += 1
            elif step == "crash":
                crashes += blocks[server] > 0
                blocks[server] = 0
            else:
                give_back(unit, "k", DAY, blocks[server])
                blocks[server] = 0
        assert max(blocks) <= block
        assert admitted <= daily
    with meter.transaction(in_turn=False) as unit:  # what is left can be spent, but for a block a crash
        for held in blocks:
            give_back(unit, "k", DAY, held)
        left, _ = lease(unit, "k", DAY, daily, daily)
    meter.close()
    assert admitted + left <= daily
    assert admitted + left >= daily - crashes * block


def _memory() -> Registry:
    """One database for the many examples, emptied for each."""
    meter = open_meter(f"sqlite:///{_FOLDER / 'meter.sqlite'}")
    with meter.transaction(in_turn=False) as unit:
        forget_days_before(unit, date(2030, 1, 1))
    return meter


_FOLDER = Path()


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _FOLDER
    _FOLDER = tmp_path_factory.mktemp("meter")


def test_the_meter_keeps_no_address_and_forgets_the_salt_with_the_day(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'meter.sqlite'}"
    meter = open_meter(url)
    with meter.transaction(in_turn=False) as unit:
        salt = salt_of(unit, DAY)
        assert salt_of(unit, DAY) == salt
        lease(unit, hidden("@10.1.2.3", salt), DAY, 100, 5)
    meter.close()
    assert all(b"10.1.2.3" not in file.read_bytes() for file in tmp_path.iterdir())
    meter = open_meter(url)
    with meter.transaction(in_turn=False) as unit:
        forget_days_before(unit, date(2026, 5, 2))
        assert unit.execute(select(quota_salts)).all() == []
        assert unit.execute(select(quota_days)).all() == []
        assert hidden("@10.1.2.3", salt_of(unit, date(2026, 5, 2))) != hidden("@10.1.2.3", salt)
    meter.close()


@pytest.mark.parametrize(("daily", "block"), [(1, 1), (49, 1), (100, 2), (10_000, 200), (10**9, 1_000)])
def test_a_block_is_a_fiftieth_of_a_day_and_bounded(daily: int, block: int) -> None:
    assert block_of(daily) == block
