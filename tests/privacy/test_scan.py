"""The scan of whole tables and the classes it leads to: people are found, places and statistics are not."""

from __future__ import annotations

import json
import random

import pyarrow as pa
import pytest
from invented_people import ARROW, Table, bad_resident_id, bank_card, mobiles, names, resident_ids
from sqlglot import exp

from catalog.dataset import Column, ColumnType, Schema
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput
from catalog.finding import Classification, Confidence, FieldRole, Finding, Grade
from privacy import (
    RECOGNISERS,
    about_persons,
    classify,
    expression,
    grade_of,
    masked_column,
    redact_batch,
    scan,
    settle,
)

N = 60
chance = random.Random(7)


def classes(engine: DuckDBEngine, schema: Schema) -> dict[str, Classification]:
    return classify(schema, scan(engine, "t", schema))


def persons() -> dict[str, list[object]]:
    return {
        "姓名": list(names(N)),
        "身份证号": list(resident_ids(N)),
        "手机号码": list(mobiles(N)),
        "家庭住址": [f"杭州市西湖区文三路{i + 1}号嘉绿苑{i % 9 + 1}幢1单元{i + 101}室" for i in range(N)],
        "出生日期": [f"19{60 + i % 40}-03-{i % 28 + 1:02}" for i in range(N)],
        "年龄": [i % 90 for i in range(N)],
        "性别": ["男" if i % 2 else "女" for i in range(N)],
        "诊断": ["高血压" if i % 2 else "糖尿病" for i in range(N)],
        "银行卡号": [bank_card(f"62220236{i:010}") for i in range(N)],
        "经度": [120.0 + i / 1000 for i in range(N)],
        "备注": [None if i % 3 else "已办结" for i in range(N)],
    }


def test_a_register_of_patients_is_classified_field_by_field(engine: DuckDBEngine, table: Table) -> None:
    found = classes(engine, table(persons()))
    expected = {
        "姓名": ("PERSON_NAME", FieldRole.IDENTIFIER, MaskOperator.PARTIAL),
        "身份证号": ("RESIDENT_ID", FieldRole.IDENTIFIER, MaskOperator.DROP),
        "手机号码": ("MOBILE", FieldRole.IDENTIFIER, MaskOperator.DROP),
        "家庭住址": ("ADDRESS", FieldRole.QUASI_IDENTIFIER, MaskOperator.GENERALISE_DISTRICT),
        "出生日期": ("BIRTH_DATE", FieldRole.QUASI_IDENTIFIER, MaskOperator.GENERALISE_YEAR),
        "年龄": ("AGE", FieldRole.QUASI_IDENTIFIER, MaskOperator.GENERALISE_BAND),
        "性别": ("SEX", FieldRole.QUASI_IDENTIFIER, MaskOperator.KEEP),
        "诊断": ("HEALTH", FieldRole.SENSITIVE, MaskOperator.DROP),
        "银行卡号": ("BANK_CARD", FieldRole.IDENTIFIER, MaskOperator.DROP),
        "经度": ("COORDINATES", FieldRole.SENSITIVE, MaskOperator.SNAP_GRID),
        "备注": (None, FieldRole.NONE, MaskOperator.KEEP),
    }
    assert {name: (one.entity, one.role, one.operator) for name, one in found.items()} == expected
    assert {
        n: [str(f) for f in one.findings] for n, one in found.items() if one.confidence is not Confidence.HIGH
    } == {}
    assert about_persons(found)
    assert found["诊断"].grade is Grade.L4


def test_people_are_found_without_the_help_of_headers(engine: DuckDBEngine, table: Table) -> None:
    found = classes(
        engine,
        table({"a": resident_ids(N), "b": mobiles(N), "c": names(N), "d": [int(m) for m in mobiles(N)]}),
    )
    assert [one.entity for one in found.values()] == ["RESIDENT_ID", "MOBILE", "PERSON_NAME", "MOBILE"]


def test_identity_numbers_that_fail_their_check_are_a_question_unless_the_header_answers(
    engine: DuckDBEngine, table: Table
) -> None:
    bad = [bad_resident_id(birth=f"19900{i % 9 + 1}1{i % 9}") for i in range(N)]
    found = classes(engine, table({"code": bad, "身份证号": bad}))
    assert (found["code"].entity, found["code"].confidence) == ("RESIDENT_ID", Confidence.LOW)
    assert (found["身份证号"].entity, found["身份证号"].confidence) == ("RESIDENT_ID", Confidence.HIGH)
    assert found["code"].findings[0].valid_ratio == 0.0


def test_an_unreadable_column_under_an_announcing_header_is_a_question(
    engine: DuckDBEngine, table: Table
) -> None:
    found = classes(engine, table({"身份证号": [f"enc-{i:012}" for i in range(N)]}))
    assert (found["身份证号"].entity, found["身份证号"].confidence) == ("RESIDENT_ID", Confidence.LOW)


def test_one_mobile_in_the_remarks_of_many_rows_is_found_and_only_its_span_goes(
    engine: DuckDBEngine, table: Table
) -> None:
    remarks: list[object] = [f"第{i}次检查合格" for i in range(5000)]
    remarks[4321] = "已办结，请致电１３８－００００－１１１１"
    schema = table({"备注": remarks})
    (finding,) = scan(engine, "t", schema)
    assert (finding.entity, finding.cells, finding.whole_cell) == ("MOBILE", 1, False)
    found = classify(schema, [finding])["备注"]
    assert found.operator is MaskOperator.REDACT_SPANS


def test_free_text_is_weighed_by_the_words_around(engine: DuckDBEngine, table: Table) -> None:
    class Silent:
        def weigh(self, texts: object) -> dict[str, float]:
            return {}

    schema = table({"备注": ["请致电 13800001111 谢谢", "无"]})
    (spoken,) = scan(engine, "t", schema)
    (silent,) = scan(engine, "t", schema, Silent())
    assert (spoken.confidence, silent.confidence) == (Confidence.HIGH, Confidence.LOW)


def test_companies_places_codes_and_counts_are_released(engine: DuckDBEngine, table: Table) -> None:
    districts = ["西湖区", "上城区", "江山市", "张家界", "马塍路", "王家井村"]
    schema = table(
        {
            "name": [districts[i % 6] for i in range(N)],
            "名称": [f"杭州{'华盛宏金'[i % 4]}科技有限公司" for i in range(N)],
            "统一社会信用代码": ["91330106MA27XL0K2F"] * N,
            "code": [f"33010{i % 10}" for i in range(N)],
            "Location_ID": [f"1010{i:05}" for i in range(N)],
            "联系电话": [f"0571-8{i:07}" for i in range(N)],
            "合同金额": [12_667_525_502 + i * 4 * 10**9 for i in range(N)],
            "Value": [13_812_345_678.25 + i for i in range(N)],
            "经度": [120.0 + i / 977 for i in range(N)],
            "疾病": ["流感" if i % 2 else "麻疹" for i in range(N)],
            "年龄": [i % 90 for i in range(N)],
            "病例数": list(range(N)),
        }
    )
    found = classes(engine, schema)
    assert {name: one.grade for name, one in found.items() if one.grade is not Grade.L1} == {}
    assert all(
        one.confidence is Confidence.HIGH and not any(f.personal for f in one.findings)
        for one in found.values()
    )
    assert not about_persons(found)
    assert grade_of(found.values()) is Grade.L1


def test_a_sensitive_column_alone_is_a_question(engine: DuckDBEngine, table: Table) -> None:
    found = classes(engine, table({"诊断": ["高血压", "肺炎"] * 5}))
    assert (found["诊断"].entity, found["诊断"].confidence) == ("HEALTH", Confidence.LOW)


def test_the_masked_output_scans_clean(engine: DuckDBEngine, table: Table) -> None:
    columns = persons()
    columns["备注"] = [
        f"请联系{name} 电话{mobile}" for name, mobile in zip(names(N), mobiles(N), strict=True)
    ]
    schema = table(columns)
    proposed = classes(engine, schema)
    kept = [c for c in schema if proposed[c.name].operator not in (MaskOperator.DROP, MaskOperator.KEEP)]
    out = tuple(masked_column(proposed[c.name].operator, c) for c in kept)
    spans = [c for c in kept if proposed[c.name].operator is MaskOperator.REDACT_SPANS]
    assert spans
    terms = [
        exp.column(c.name, quoted=True)
        if c in spans
        else exp.alias_(expression(proposed[c.name].operator, c), c.name, quoted=True)
        for c in kept
    ]
    arrow = pa.schema([(c.name, ARROW[c.type.sql]) for c in out])
    engine.map_batches(
        "masked", exp.select(*terms).from_("t"), lambda batch: redact_batch(batch, spans).cast(arrow), arrow
    )
    findings = scan(engine, "masked", out)
    assert [finding for finding in findings if finding.personal or finding.confidence is Confidence.LOW] == []
    stored = json.dumps(engine.fetch(exp.select("*").from_("masked")).to_pylist(), ensure_ascii=False)
    assert not any(
        value in stored for value in (*columns["姓名"], *columns["手机号码"], *columns["家庭住址"]) if value
    )


def test_findings_and_reasons_hold_no_value(engine: DuckDBEngine, table: Table) -> None:
    columns = persons()
    schema = table(columns)
    findings = scan(engine, "t", schema)
    said = repr(findings) + repr(classify(schema, findings))
    values = [
        str(v) for name in ("姓名", "身份证号", "手机号码", "家庭住址", "银行卡号") for v in columns[name]
    ]
    assert not [value for value in values if value in said]


def test_every_entity_is_named_with_its_article_in_english() -> None:
    named = {row.entity: row.one_en for row in RECOGNISERS}
    with_an = {"AGE", "IMEI", "DEVICE_ID", "ACCOUNT", "EMAIL", "IP", "ETHNICITY"}
    with_none = {"BIOMETRIC", "HEALTH", "INCOME", "COORDINATES"}
    assert {entity for entity, name in named.items() if name.startswith("an ")} == with_an
    assert {entity for entity, name in named.items() if not name.startswith(("a ", "an "))} == with_none


def test_the_evidence_in_english_is_a_sentence(engine: DuckDBEngine, table: Table) -> None:
    columns = persons()
    columns["备注"] = [f"电话{number}已联系" for number in columns["手机号码"]]
    said = repr(scan(engine, "t", table(columns)))
    for part in (
        "are of the form of an age",
        "the header announces an age",
        "contain something of the form of a mobile",
    ):
        assert part in said


def test_every_column_gets_a_class_and_a_stranger_is_an_error() -> None:
    schema = (Column("a", ColumnType.TEXT), Column("b", ColumnType.BOOLEAN))
    assert list(classify(schema, [])) == ["a", "b"]
    stray = Finding("c", "MOBILE", 1, 1.0, None, Confidence.HIGH, True, True)
    with pytest.raises(BadInput):
        classify(schema, [stray])


def test_settling_twice_changes_nothing(engine: DuckDBEngine, table: Table) -> None:
    schema = table(persons())
    once = scan(engine, "t", schema)
    assert settle(schema, once) == once


def test_empty_tables_null_columns_and_odd_characters_are_scanned(engine: DuckDBEngine, table: Table) -> None:
    schema = table(
        {
            "a": ["\x00\ufffe\U0001f600", None, ""],
            "b": [None, None, None],
            "c": [float("nan"), float("inf"), 1e300],
        }
    )
    assert scan(engine, "t", schema) == ()
    assert scan(engine, "t", ()) == ()
    engine.create_table("t", exp.select("*").from_("t").where(exp.false()))
    assert scan(engine, "t", schema) == ()


def test_counts_add_up_over_batches(
    engine: DuckDBEngine, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.engine.duckdb_engine.BATCH_ROWS", 512)
    numbers = [f"138{i:08}" for i in range(3000)]
    (finding,) = scan(engine, "t", table({"手机": numbers}))
    assert (finding.cells, finding.hit_ratio) == (3000, 1.0)


def test_letters_and_digits_under_a_header_that_numbers_a_thing_are_no_certificate(
    engine: DuckDBEngine, table: Table
) -> None:
    cells = [f"HA{n * 7919 % 10_000_000:07}" for n in range(1, 60)]
    asked = {
        "充电站编号": False,
        "stationId": False,
        "订单号": False,
        "编号": True,
        "证件编号": True,
        "col_a": True,
    }
    schema = table(dict.fromkeys(asked, cells))
    found = classes(engine, schema)
    assert {name: one.role is not FieldRole.NONE for name, one in found.items()} == asked
