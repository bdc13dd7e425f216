"""Numbers of persons parted over columns, and in labels."""

from __future__ import annotations

import pytest
from invented_people import Table, mobiles, resident_ids

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Confidence
from privacy import classify, held_in_label, scan

N = 80
IDS, MOBILES = resident_ids(N), mobiles(N)


def test_an_identity_number_over_three_columns_is_found_in_each(engine: DuckDBEngine, table: Table) -> None:
    parts = {
        "甲": [one[:6] for one in IDS],
        "乙": [one[6:14] for one in IDS],
        "丙": [one[14:] for one in IDS],
    }
    schema = table({"名称": ["某地"] * N, **parts})
    found = classify(schema, scan(engine, "t", schema))
    assert {name for name, one in found.items() if one.entity == "RESIDENT_ID"} == set(parts)
    assert all(found[name].confidence is Confidence.HIGH for name in parts)


def test_a_mobile_number_over_two_columns_is_a_question(engine: DuckDBEngine, table: Table) -> None:
    schema = table({"a": [one[:3] for one in MOBILES], "b": [one[3:] for one in MOBILES]})
    found = classify(schema, scan(engine, "t", schema))
    assert [(one.entity, one.confidence) for one in found.values()] == [("MOBILE", Confidence.LOW)] * 2


def test_codes_and_dates_side_by_side_are_no_number_of_a_person(engine: DuckDBEngine, table: Table) -> None:
    schema = table(
        {
            "district": [f"3301{n % 20:02}" for n in range(N)],
            "day": [f"2024{n % 12 + 1:02}{n % 28 + 1:02}" for n in range(N)],
            "serial": [f"{n * 37 % 10000:04}" for n in range(N)],
        }
    )
    found = classify(schema, scan(engine, "t", schema))
    assert not [finding for one in found.values() for finding in one.findings if finding.personal]


@pytest.mark.parametrize("label", ["联系电话13812345678", f"{IDS[0]}的记录", "张三_１３８12345678.csv"])
def test_a_label_with_a_number_of_a_person_says_of_what_kind(label: str) -> None:
    assert held_in_label(label) is not None


@pytest.mark.parametrize(
    "label", ["手机号码", "身份证号", "2024年12月统计", "王芳读书会", "编号20240817131098", "微信号"]
)
def test_a_label_that_names_what_it_holds_is_none(label: str) -> None:
    assert held_in_label(label) is None
