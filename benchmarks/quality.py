"""Twenty expectations on 1,000,000 rows × 20 columns: our plan (verdicts, counts, first failing rows) against hand-written
aggregate SQL in the same engine, and against Great Expectations on pandas. The three run in processes of their own, in
turn, and the fastest run of each counts (on a shared machine the others measure the neighbours); their counts of failing
rows are compared for equality before a ratio is printed. All three begin with the same Parquet file on disk and end with
the verdicts; of Great Expectations the part after the frame is in memory is printed beside it.

``python -m benchmarks.quality [--rows N] [--runs N]``
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.table import COLUMNS, ROWS, write_csv
from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.duckdb_engine import DuckDBEngine
from quality import measure

OUT = Path(__file__).with_name("out")
SQL_LIMIT, GX_LIMIT, MEMORY_LIMIT = 1.3, 8.0, 0.5
MEMORY_MB = 256  # of the engine, for our plan and the hand-written SQL alike: enough for this table, spilling what is over
OK = "expect_column_values_to_"
TYPES: Mapping[str, ColumnType] = {
    "received_on": ColumnType.DATE,
    "closed_at": ColumnType.TIMESTAMP,
    "is_repeat": ColumnType.BOOLEAN,
    **dict.fromkeys(("duration_min", "visits", "year"), ColumnType.INTEGER),
    **dict.fromkeys(("cost_yuan", "score", "length_m", "width_m"), ColumnType.DOUBLE),
}
SCHEMA: Schema = tuple(Column(name, TYPES.get(name, ColumnType.TEXT)) for name in COLUMNS)
ENGINE_TYPES = {ColumnType.INTEGER: "BIGINT", ColumnType.TEXT: "VARCHAR"}

# expectation, and the aggregate a person would write for it: failing rows, or 0/1 for one about the column
RULES: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    (OK + "be_unique", {"column": "record_id"}, "count(record_id) - count(DISTINCT record_id)"),
    (OK + "not_be_null", {"column": "record_id"}, "count(*) - count(record_id)"),
    (OK + "not_be_null", {"column": "district"}, "count(*) - count(district)"),
    (OK + "not_be_null", {"column": "closed_at"}, "count(*) - count(closed_at)"),
    (
        OK + "match_regex",
        {"column": "district_code", "regex": "^3301[0-9]{2}$"},
        "count(*) FILTER (NOT regexp_matches(district_code, '^3301[0-9]{2}$'))",
    ),
    (
        OK + "match_regex",
        {"column": "mobile", "regex": "^1[3-9][0-9]{9}$"},
        "count(*) FILTER (NOT regexp_matches(mobile, '^1[3-9][0-9]{9}$'))",
    ),
    (
        OK + "be_in_set",
        {"column": "status", "value_set": ["已办结", "办理中", "已受理"]},
        "count(*) FILTER (status NOT IN ('已办结', '办理中', '已受理'))",
    ),
    (
        OK + "be_in_set",
        {"column": "channel", "value_set": ["电话", "网站", "小程序", "窗口"]},
        "count(*) FILTER (channel NOT IN ('电话', '网站', '小程序', '窗口'))",
    ),
    (
        OK + "be_between",
        {"column": "duration_min", "min_value": 0, "max_value": 19_989},
        "count(*) FILTER (duration_min NOT BETWEEN 0 AND 19989)",
    ),
    (
        OK + "be_between",
        {"column": "cost_yuan", "min_value": 0, "max_value": 10_000},
        "count(*) FILTER (cost_yuan NOT BETWEEN 0 AND 10000)",
    ),
    (
        OK + "be_between",
        {"column": "score", "min_value": 0, "max_value": 10},
        "count(*) FILTER (score NOT BETWEEN 0 AND 10)",
    ),
    (
        OK + "be_between",
        {"column": "received_on", "min_value": "2020-01-01", "max_value": "2026-01-01"},
        "count(*) FILTER (received_on NOT BETWEEN DATE '2020-01-01' AND DATE '2026-01-01')",
    ),
    (
        "expect_column_value_lengths_to_equal",
        {"column": "unit_no", "value": 5},
        "count(*) FILTER (length(unit_no) <> 5)",
    ),
    (
        "expect_column_value_lengths_to_be_between",
        {"column": "summary", "min_value": 5, "max_value": 40},
        "count(*) FILTER (length(summary) NOT BETWEEN 5 AND 40)",
    ),
    (
        "expect_column_mean_to_be_between",
        {"column": "visits", "min_value": 200, "max_value": 300},
        "(avg(visits) NOT BETWEEN 200 AND 300)::INT",
    ),
    (
        "expect_column_max_to_be_between",
        {"column": "width_m", "min_value": 1, "max_value": 10},
        "(max(width_m) NOT BETWEEN 1 AND 10)::INT",
    ),
    (
        "expect_column_stdev_to_be_between",
        {"column": "length_m", "min_value": 1, "max_value": 1000},
        "(stddev_samp(length_m) NOT BETWEEN 1 AND 1000)::INT",
    ),
    (
        "expect_column_unique_value_count_to_be_between",
        {"column": "category", "min_value": 8, "max_value": 8},
        "(count(DISTINCT category) NOT BETWEEN 8 AND 8)::INT",
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "length_m", "column_B": "width_m", "or_equal": True, "mostly": 0.9},
        "count(*) FILTER (length_m < width_m)",
    ),
    (
        "expect_table_row_count_to_be_between",
        {"min_value": 1, "max_value": 100_000_000},
        "(count(*) NOT BETWEEN 1 AND 100000000)::INT",
    ),
)


def write_table(path: Path, rows: int) -> Path:
    """The typed table as Parquet, with `_row`."""
    if not path.exists():
        csv = write_csv(path.with_suffix(".csv"), rows)
        cast = ", ".join(
            f'"{one.name}"::{ENGINE_TYPES.get(one.type, one.type.name)} AS "{one.name}"' for one in SCHEMA
        )
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT row_number() OVER () AS _row, {cast} FROM read_csv('{csv}', all_varchar = true)) "
                f"TO '{path}' (FORMAT PARQUET)"
            )
    return path


def _timed(asking: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = asking()
    return time.perf_counter() - begun, answer


def run_ours(parquet: Path) -> tuple[float, list[int]]:
    suite = {"name": "bench", "expectations": [{"type": kind, "kwargs": dict(k)} for kind, k, _ in RULES]}
    with tempfile.TemporaryDirectory() as spool, DuckDBEngine(Path(spool), memory_mb=MEMORY_MB) as engine:
        engine.register_parquet("t", parquet)
        seconds, found = _timed(lambda: measure(engine, "t", SCHEMA, suite))
    return seconds, [
        int(one.verdict.value != "pass") if one.unexpected is None else one.unexpected
        for one in found.results
    ]


def run_sql(parquet: Path) -> tuple[float, list[int]]:
    select = f"SELECT {', '.join(term for _, _, term in RULES)} FROM t"
    with tempfile.TemporaryDirectory() as spool, DuckDBEngine(Path(spool), memory_mb=MEMORY_MB) as engine:
        engine.register_parquet("t", parquet)
        seconds, (row,) = _timed(lambda: engine.connection.execute(select).fetchall())
    return seconds, [int(one) for one in row]


def run_gx(parquet: Path) -> tuple[float, list[int]]:
    """Reading and judging; `validate` is the judging alone (`run_validate`)."""
    reading, seconds, answers = _gx(parquet)
    return reading + seconds, answers


def run_validate(parquet: Path) -> tuple[float, list[int]]:
    _, seconds, answers = _gx(parquet)
    return seconds, answers


def _gx(parquet: Path) -> tuple[float, float, list[int]]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import pyarrow.parquet as pq

    reading, frame = _timed(lambda: pq.read_table(parquet).drop_columns("_row").to_pandas())
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(
        name="s", expectations=[{"type": kind, "kwargs": dict(k)} for kind, k, _ in RULES]
    )
    for place, one in enumerate(suite.expectations):
        one.meta = {"place": place}
    seconds, found = _timed(lambda: batch.validate(suite, result_format={"result_format": "BASIC"}))
    ordered = sorted(found.results, key=lambda one: one.expectation_config.meta["place"])
    return reading, seconds, [int(one.result.get("unexpected_count", not one.success)) for one in ordered]


RUNNERS = {"ours": run_ours, "sql": run_sql, "gx": run_gx, "validate": run_validate}


def in_process(name: str, parquet: Path) -> tuple[float, int, list[int]]:
    """Seconds, peak resident megabytes and answers of one run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.quality", "--one", name, "--parquet", str(parquet)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes, answers = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes, answers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", choices=RUNNERS)
    parser.add_argument("--parquet", type=Path)
    asked = parser.parse_args()
    if asked.one:
        seconds, answers = RUNNERS[asked.one](asked.parquet)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps([seconds, peak, answers]))
        return
    parquet = write_table(OUT / f"quality-{asked.rows}.parquet", asked.rows)
    runs = {name: [in_process(name, parquet)] for name in RUNNERS}
    said = {name: found[0][2] for name, found in runs.items()}
    if not said["ours"] == said["sql"] == said["gx"]:
        raise SystemExit(f"the answers differ: {said}")
    print(f"answers equal on {len(RULES)} expectations, failing rows: {said['ours']}")
    for _ in range(asked.runs - 1):
        for name in ("ours", "sql"):
            runs[name].append(in_process(name, parquet))
    for name in ("gx", "validate"):
        runs[name].append(in_process(name, parquet))
    taken = {name: min(one[0] for one in found) for name, found in runs.items()}
    peaks = {name: max(one[1] for one in found) for name, found in runs.items()}
    for name in RUNNERS:
        print(f"{name:8} {taken[name]:8.3f} s {peaks[name]:6d} MB peak")
    to_sql, to_gx = taken["ours"] / taken["sql"], taken["gx"] / taken["ours"]
    memory = peaks["ours"] / peaks["gx"]
    print(f"time against hand-written SQL {to_sql:.2f} (at most {SQL_LIMIT})")
    print(f"speed against GX on pandas {to_gx:.1f} (at least {GX_LIMIT})")
    print(f"  its judging alone, the frame being in memory {taken['validate'] / taken['ours']:.1f}")
    print(f"memory against GX on pandas {memory:.2f} (at most {MEMORY_LIMIT})")
    if to_sql > SQL_LIMIT or to_gx < GX_LIMIT or memory > MEMORY_LIMIT:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
