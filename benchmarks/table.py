"""The table of the benchmarks: 1,000,000 rows × 20 columns of a city's kind, written once by DuckDB from a fixed seed."""

from __future__ import annotations

from pathlib import Path

import duckdb

__all__ = ["COLUMNS", "PERSONAL", "ROWS", "write_csv"]

ROWS = 1_000_000

# name → DuckDB term of the row number i; h(k) is a hash of i and k, so the file is the same every time.
COLUMNS: dict[str, str] = {
    "record_id": "'R' || lpad(i::VARCHAR, 8, '0')",
    "district_code": "'3301' || lpad((h(1) % 13 + 1)::VARCHAR, 2, '0')",
    "district": "'第' || (h(1) % 13 + 1) || '区'",
    "street": "'第' || (h(2) % 900 + 1) || '街道'",
    "category": "['供水','供电','道路','绿化','噪声','停车','照明','排水'][(h(3) % 8 + 1)::INT]",
    "status": "['已办结','办理中','已受理'][(h(4) % 3 + 1)::INT]",
    "channel": "['电话','网站','小程序','窗口'][(h(5) % 4 + 1)::INT]",
    "received_on": "DATE '2020-01-01' + (h(6) % 2000)::INT",
    "closed_at": "TIMESTAMP '2020-01-01 00:00:00' + INTERVAL 1 SECOND * (h(7) % 170000000)::BIGINT",
    "duration_min": "(h(8) % 20000)::INT",
    "cost_yuan": "round((h(9) % 1000000) / 100.0, 2)",
    "score": "(h(10) % 100) / 10.0",
    "length_m": "round((h(11) % 100000) / 100.0, 2)",
    "width_m": "round((h(12) % 1000) / 100.0, 2)",
    "visits": "(h(13) % 500)::INT",
    "is_repeat": "(h(14) % 2 = 0)",
    "unit_no": "lpad((h(15) % 10000)::VARCHAR, 5, '0')",
    "summary": "'反映' || (h(16) % 5000) || '号路段设施问题，请核实处理'",
    "mobile": "'1' || (3 + h(17) % 7) || lpad((h(18) % 1000000000)::VARCHAR, 9, '0')",
    "year": "(2020 + h(6) % 6)::INT",
}
PERSONAL = ("mobile",)


def write_csv(path: Path, rows: int = ROWS) -> Path:
    """Write the table to `path`, unless it is there with this many rows already."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    terms = ", ".join(f'{term} AS "{name}"' for name, term in COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO h_of(i, k) AS hash(i * 64 + k)")
        terms = terms.replace("h(", "h_of(i, ")
        connection.execute(
            f"COPY (SELECT {terms} FROM range({rows}) AS t(i)) TO '{path}' (HEADER, DELIMITER ',')"
        )
    return path
