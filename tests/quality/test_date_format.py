"""Formats of `strptime`, held against Python's own over texts that come close to them."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest
from tables import load, suite_of

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput
from quality import measure, parse_suite

KIND = "expect_column_values_to_match_strftime_format"
PARTS = ("", "1", "9", "13", "29", "30", "60", "61", "02", "2023", "2024", "0000", "２０２４", " 5")
FORMATS = ("%Y-%m-%d", "%m-%d", "%d%m", "%H%M%S", "%y%m%d", "%S.%f", "%Y年%m月", "%m %d", "%Y%%")


def _python(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("form", FORMATS)
def test_a_text_fits_a_format_where_python_reads_it(engine: DuckDBEngine, form: str) -> None:
    texts = sorted(
        {glue.join(parts) for glue in ("", "-", " ", ".", "年") for parts in product(PARTS, repeat=2)}
        | {"-".join(parts) for parts in product(PARTS, repeat=3)}
        | {"2024年02月", "2024年2月", "2024%", "20240229", "230229", "139", "23595", "5.1234567"}
    )
    fitting = [text for text in texts if _python(text, form)]
    assert fitting
    schema = load(engine, {"a": ColumnType.TEXT}, {"a": texts})
    suite = suite_of((KIND, {"column": "a", "strftime_format": form}))
    (result,) = measure(engine, "t", schema, suite).results
    assert len(texts) - (result.unexpected or 0) == len(fitting)


@pytest.mark.parametrize("form", ["%b %Y", "%Y-%m-%d %Z", "%Y %Y", "%Y %y", "%"])
def test_a_directive_we_do_not_read_is_refused_by_name(form: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_suite(suite_of((KIND, {"column": "a", "strftime_format": form})))
    assert refused.value.where.parameter == f"expectations[0] {KIND}.strftime_format"
