"""Finding personal information, on one core: our two stages over whole columns against Presidio's `analyze` per cell with
the same recognisers, and a scan of the whole table against reading it.

The clean columns are texts without a person, the disguised one has an identifier in every cell, each cell different, which
is the worst there is: every cell passes the gate. Presidio is timed on a sample of the same cells, after its first
texts; which of the sample's cells hold an identifier is compared before a ratio is printed.

``python -m benchmarks.detect [--rows N] [--sample N]``
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.quality import write_table
from benchmarks.table import ROWS
from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.ingest import local, read
from privacy import find, scan
from privacy.recognise import exact_pattern
from privacy.recognisers import BY_ENTITY, RECOGNISERS

OUT = Path(__file__).with_name("out")
CLEAN_LIMIT, DISGUISED_LIMIT, TABLE_LIMIT = 100.0, 10.0, 4.0
MEMORY_MB = 2048
STREETS = ("文三路", "解放路", "秋涛北路", "中河路", "天目山路", "环城西路", "凤起路", "庆春路")
MATTERS = (
    "路灯不亮",
    "井盖破损",
    "占道经营",
    "噪声扰民",
    "积水未排",
    "垃圾未清运",
    "树枝遮挡信号灯",
    "公交站牌缺失",
)


def clean(rows: int) -> list[str]:
    """Notes of a hotline that name a place, a matter, a day and an order, and nobody."""
    chance = random.Random(1)
    return [
        f"{chance.choice(STREETS)}{chance.choice(MATTERS)}，工单{chance.randrange(10**7):07}于"
        f"{chance.randint(1, 12)}月{chance.randint(1, 28)}日办结，用时{chance.randint(1, 99)}小时"
        for _ in range(rows)
    ]


def disguised(rows: int) -> list[str]:
    """A mobile number in every cell, full-width, spaced, dashed, prefixed, or within a sentence."""
    chance = random.Random(2)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    spell: tuple[Callable[[str], str], ...] = (
        lambda n: n.translate(wide),
        lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
        lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}",
        lambda n: f"+86 {n}",
        lambda n: f"请拨打{n}咨询进度",
        lambda n: f'{{"tel":"{n}"}}',
    )
    return [
        spell[place % len(spell)](f"1{chance.choice(('38', '59', '86'))}{chance.randrange(10**8):08}")
        for place in range(rows)
    ]


def seconds_of_scan(values: Sequence[str]) -> float:
    schema: Schema = (Column("内容", ColumnType.TEXT),)
    with (
        tempfile.TemporaryDirectory() as spool,
        DuckDBEngine(Path(spool), memory_mb=MEMORY_MB, threads=1) as engine,
    ):
        engine.connection.register("cells", pa.table({"内容": pa.array(values)}))
        engine.connection.execute("CREATE TABLE t AS SELECT row_number() OVER () AS _row, * FROM cells")
        begun = time.perf_counter()
        scan(engine, "t", schema)
        return time.perf_counter() - begun


def presidio() -> Any:
    """An analyzer with one pattern recogniser a row of ours: its exact patterns and its check."""
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    def checked(row: Any) -> type[PatternRecognizer]:
        class Checked(PatternRecognizer):
            def validate_result(self, pattern_text: str) -> bool | None:
                if row.validate is None:
                    return None
                plain = "".join(one for one in pattern_text if one.isalnum())
                return bool(row.validate(plain)) if row.only_valid else (bool(row.validate(plain)) or None)

        return Checked

    recognisers = [
        checked(row)(
            supported_entity=row.entity,
            patterns=[
                Pattern(f"{row.entity}{place}", exact_pattern(shape).pattern, 0.5)
                for place, shape in enumerate(row.shapes)
            ],
            supported_language="zh",
            global_regex_flags=0,
        )
        for row in RECOGNISERS
        if row.shapes
    ]
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognisers, supported_languages=["zh"]),
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "zh", "model_name": "none"}]),
        supported_languages=["zh"],
    )


def seconds_of_presidio(analyzer: Any, values: Sequence[str]) -> tuple[float, list[bool]]:
    """Seconds, and whether each text holds something personal. The texts are folded before, as ours are."""
    from privacy.alphabet import fold

    texts = [fold(one) for one in values]
    for text in texts[:50]:
        analyzer.analyze(text=text, language="zh")
    begun = time.perf_counter()
    found = [analyzer.analyze(text=text, language="zh") for text in texts]
    return time.perf_counter() - begun, [
        any(BY_ENTITY[one.entity_type].personal for one in results) for results in found
    ]


def column(name: str, values: Sequence[str], analyzer: Any, sample: int, least: float) -> bool:
    step = max(1, len(values) // sample)
    some = values[::step][:sample]
    theirs, held = seconds_of_presidio(analyzer, some)
    ours = [any(BY_ENTITY[span.entity].personal for span in find(text)) for text in some]
    if ours != held:
        raise SystemExit(
            f"{name}: the answers differ in {sum(a != b for a, b in zip(ours, held, strict=True))} cells"
        )
    taken = seconds_of_scan(values)
    here, there = len(values) / taken, len(some) / theirs
    print(
        f"{name:10} {here:12,.0f} cells/s, Presidio {there:8,.0f} cells/s: {here / there:.0f}× (at least {least:.0f}×)"
    )
    return here >= least * there


def whole_table(rows: int) -> bool:
    parquet = write_table(OUT / f"quality-{rows}.parquet", rows)
    csv = parquet.with_suffix(".csv")
    if not csv.exists():
        parquet.unlink()
        write_table(parquet, rows)
    with (
        tempfile.TemporaryDirectory(dir=OUT) as folder,
        DuckDBEngine(Path(folder) / "e", memory_mb=MEMORY_MB, threads=1) as engine,
    ):
        begun = time.perf_counter()
        reading = read(engine, local(csv, 1 << 40), Path(folder) / "spool")
        reads = time.perf_counter() - begun
        engine.register_parquet("t", reading.path)
        begun = time.perf_counter()
        scan(engine, "t", reading.schema)
        scans = time.perf_counter() - begun
    print(
        f"table      read {reads:.2f} s, scanned {scans:.2f} s: {scans / reads:.2f}× (at most {TABLE_LIMIT:.0f}×)"
    )
    return scans <= TABLE_LIMIT * reads


def main() -> None:
    """Print the three ratios; exit code 1 when one misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--sample", type=int, default=3000)
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    OUT.mkdir(exist_ok=True)
    analyzer = presidio()
    good = [
        column("clean", clean(asked.rows), analyzer, asked.sample, CLEAN_LIMIT),
        column("disguised", disguised(asked.rows // 4), analyzer, asked.sample, DISGUISED_LIMIT),
        whole_table(asked.rows),
    ]
    if not all(good):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
