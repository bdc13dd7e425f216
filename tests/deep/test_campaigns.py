"""Long campaigns, run by hand with `make check-deep`; KAIZHA_DEEP scales them (1 = about ten minutes)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import KaizhaError
from catalog.ingest import local, read
from catalog.registry import queries
from gateway.gate import open_gate
from gateway.settings import GateSettings
from gateway.verify import verify

pytestmark = [pytest.mark.deep, pytest.mark.timeout(7_200)]
SCALE = float(os.environ.get("KAIZHA_DEEP", "1"))
KAIZHA = Path(sys.executable).with_name("kaizha")


def test_publications_killed_at_any_moment_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """kill -9 after a random time, again and again on one home; what was acknowledged is there, whole."""
    chance = random.Random(1)
    home, acknowledged = tmp_path / "home", {}
    environment = {**os.environ, "KAIZHA_HOME": str(home)}
    for number in range(int(60 * SCALE)):
        dataset = f"set-{number % 7}"
        file = tmp_path / "rows.csv"
        file.write_text("编号,名称\n" + "".join(f"{n:05},站点{n}-{number}\n" for n in range(2_000)), "utf-8")
        command = [
            KAIZHA,
            "publish",
            str(file),
            "--dataset",
            dataset,
            "--title",
            "T",
            "--theme",
            "other",
            "--yes",
            "--json",
        ]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, start_new_session=True)
        try:
            out, _ = process.communicate(timeout=chance.uniform(1.0, 8.0))
            if process.returncode == 0:
                acknowledged[dataset] = out.decode().split('"release": {')[1].split('"id": "')[1][:64]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    gate = open_gate(GateSettings(home=home))
    assert verify(gate).discrepancies == ()
    with gate.registry.reading() as snapshot:
        committed = {
            leaf.event["release"] for leaf in queries.leaf_rows(snapshot) if leaf.event["kind"] == "release"
        }
        served = {one.dataset.id for one in queries.all_current(snapshot)}
    assert acknowledged
    assert set(acknowledged.values()) <= committed
    assert set(acknowledged) <= served


def test_mutated_files_are_read_or_refused_and_never_crash_the_reader(tmp_path: Path) -> None:
    chance = random.Random(2)
    seeds = [
        "编号,名称,日期\n001,甲,2024-01-01\n002,乙,2024-01-02\n".encode("gb18030") * 20,
        b'a;b;c\n1;2;"x\ny"\n' * 30,
        b'[{"a": 1, "b": {"c": [1, 2]}}, {"a": null}]' * 1,
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"n": 1}, "geometry": null}]}',
        "列一\t列二\n1\t2\n".encode("utf-16"),
    ]
    deadline = time.monotonic() + 240 * SCALE
    tried = 0
    while time.monotonic() < deadline and tried < 3_000 * SCALE:
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(content))
            content[place : place + chance.randint(0, 3)] = bytes(
                chance.randrange(256) for _ in range(chance.randint(0, 3))
            )
        file = tmp_path / chance.choice(("x.csv", "x.json", "x.tsv", "x.txt"))
        file.write_bytes(bytes(content) or b"x")
        with DuckDBEngine(tmp_path / "spill", 512) as engine:
            try:
                reading = read(engine, local(file, 1 << 20), tmp_path)
                assert reading.rows >= 0
            except KaizhaError as error:
                assert error.remedy.zh  # noqa: PT017 - the next one may well read
                assert error.remedy.en  # noqa: PT017
        tried += 1
    assert tried > 100
