"""CSV → committed release (read, quality, scan, mask, second scan, commit) and the serving files, against plain DuckDB
CSV → Parquet of the same file in the same run. Answers are compared for equality before anything is timed.

``python -m benchmarks.publish [--rows N] [--runs N]``
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.table import COLUMNS, PERSONAL, ROWS, write_csv
from catalog.ingest import spool_file
from catalog.release import State
from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import STAGES, Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings

OUT = Path(__file__).with_name("out")
METADATA = Metadata(dataset_id="bench", title="城市服务事项", publisher="测试局", theme="other")
# The table has a column of mobile numbers: its publisher says on what basis they are held raw.
BASIS = {"lawful_basis": "《个人信息保护法》第十三条", "purpose": "履行法定职责", "retention": "P3Y"}
RELEASE_LIMIT, FILES_LIMIT = 4.0, 14.0


def plain(csv: Path, parquet: Path) -> float:
    """Seconds of DuckDB's own CSV → Parquet, with its defaults."""
    parquet.unlink(missing_ok=True)
    begun = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{csv}')) TO '{parquet}' (FORMAT PARQUET)")
    return time.perf_counter() - begun


def ours(csv: Path, home: Path) -> tuple[Report, dict[str, float]]:
    """One publication into a fresh home; its report and the seconds of its stages."""
    shutil.rmtree(home, ignore_errors=True)
    gate = open_gate(GateSettings(home=home))
    stages = Stages()
    with stages.enter("read"):
        source = spool_file(csv, gate.spool, 1 << 34)
    request = Request(source.name, source.sha256, METADATA, yes=True, answers=BASIS)
    report = submit(gate, OWNER, source, request, stages)
    if report.state is not State.RELEASED or report.release is None:
        raise SystemExit(f"not released: {[question.text.en for question in report.questions]}")
    with stages.enter("files"):
        run_jobs(gate)
    gate.registry.close()
    return report, stages.seconds


def check_equal(csv: Path, home: Path, report: Report) -> None:
    """Every open cell of the release is the file's own, as text or as the value DuckDB reads."""
    if report.release is None:
        raise SystemExit("nothing to compare")
    released = home / "open" / f"{report.release.id}.parquet"
    kept = [one.column.name for one in report.release.columns if not one.masked]
    missing = set(COLUMNS) - set(PERSONAL) - set(kept)
    if missing:
        raise SystemExit(f"columns lost: {sorted(missing)}")
    with duckdb.connect() as connection:
        types = dict(
            connection.execute(f"SELECT name, duckdb_type FROM parquet_schema('{released}')").fetchall()
        )
        cells = ", ".join(f'CAST("{name}" AS {types[name]}) AS "{name}"' for name in kept)
        names = ", ".join(f'"{name}"' for name in kept)
        (different,) = connection.execute(
            f"SELECT count(*) FROM (SELECT {cells} FROM read_csv('{csv}', all_varchar=true) "
            f"EXCEPT ALL SELECT {names} FROM read_parquet('{released}'))"
        ).fetchone() or (-1,)
    if different:
        raise SystemExit(f"{different} rows differ")


def main() -> None:
    """Print the table of stages and the ratios; exit code 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    csv = write_csv(OUT / f"table-{asked.rows}.csv", asked.rows)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        home = Path(folder) / "home"
        report, _ = ours(csv, home)
        check_equal(csv, home, report)
        floors, all_stages = [], []
        for _ in range(asked.runs):
            floors.append(plain(csv, Path(folder) / "plain.parquet"))
            all_stages.append(ours(csv, home)[1])
    floor = statistics.median(floors)
    print(
        f"{asked.rows:,} rows × {len(COLUMNS)} columns, {csv.stat().st_size / 1e6:.0f} MB; median of {asked.runs} runs"
    )
    print(f"{'plain DuckDB CSV → Parquet':42} {floor:7.2f} s   1.00×")
    release = 0.0
    for name, text in STAGES.items():
        seconds = statistics.median(stages.get(name, 0.0) for stages in all_stages)
        if name != "files":
            release += seconds
        print(f"  {text.en:40} {seconds:7.2f} s  {seconds / floor:5.2f}×")
    files = release + statistics.median(stages["files"] for stages in all_stages)
    verdicts = ((release, RELEASE_LIMIT, "committed release"), (files, FILES_LIMIT, "serving files ready"))
    for seconds, limit, what in verdicts:
        print(f"{'CSV → ' + what:42} {seconds:7.2f} s  {seconds / floor:5.2f}×  (at most {limit:.0f}×)")
    if any(seconds > limit * floor for seconds, limit, _ in verdicts):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
