"""Contracts in other standards: valid there by the standards' own judges, the same when read back, lost never silently."""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.contract import Contract
from catalog.contract_json import contract_json, parse_contract
from catalog.dataset import Dataset
from catalog.errors import BadInput
from catalog.interchange.frictionless import (
    is_frictionless,
    parse_frictionless,
    render_package,
    render_table_schema,
)
from catalog.interchange.odcs import is_odcs, parse_odcs, render_odcs
from samples.contracts import CONTRACTS
from tests.catalog.test_contract_diff import contracts

DATASET = Dataset("bus-stops", "公交站点", "交通局", "transport", "All stops.")


def numbered() -> st.SearchStrategy[Contract]:
    versions = st.sampled_from([None, "1.0.0", "12.3.4"])
    return st.builds(lambda one, version: replace(one, version=version), contracts(), versions)


@given(numbered())
def test_odcs_reads_back_to_the_same(one: Contract) -> None:
    document = render_odcs(one, DATASET)
    assert is_odcs(document)
    assert parse_odcs(document, "c") == one
    through_yaml = yaml.safe_load(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    assert parse_odcs(through_yaml, "c.yaml") == one


@given(numbered())
def test_frictionless_reads_back_to_the_same(one: Contract) -> None:
    for document in (render_table_schema(one), render_package(one, DATASET)):
        assert is_frictionless(document)
        assert parse_frictionless(json.loads(json.dumps(document)), "c") == one


@given(numbered())
def test_our_own_form_is_never_taken_for_another(one: Contract) -> None:
    document = contract_json(one)
    assert not is_odcs(document)
    assert not is_frictionless(document)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(numbered())
def test_what_we_write_is_valid_by_the_standards_own_json_schema(one: Contract) -> None:
    pytest.importorskip("open_data_contract_standard")
    jsonschema = pytest.importorskip("jsonschema")
    schema = (
        importlib.resources.files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    )
    judge = jsonschema.Draft201909Validator(json.loads(schema))
    assert [error.message for error in judge.iter_errors(render_odcs(one, DATASET))] == []


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_frictionless_itself_takes_the_contracts_of_the_demo(name: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    contract = parse_contract(CONTRACTS[name], name)
    assert frictionless.Package.from_descriptor(render_package(contract, DATASET)).to_descriptor()[
        "resources"
    ]
    schema = frictionless.Schema.from_descriptor(render_table_schema(contract))
    assert schema.field_names == [field.name for field in contract.fields]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
@given(numbered())
def test_frictionless_itself_takes_what_we_write(one: Contract) -> None:
    frictionless = pytest.importorskip("frictionless")
    frictionless.Package.from_descriptor(render_package(one, DATASET))


def test_frictionless_holds_data_to_what_the_contract_says() -> None:
    frictionless = pytest.importorskip("frictionless")
    contract = parse_contract(
        {"fields": [{"name": "n", "type": "BIGINT", "maximum": 3, "required": True}, {"name": "m"}]}, "c"
    )
    schema = frictionless.Schema.from_descriptor(render_table_schema(contract))
    report = frictionless.Resource([["n", "m"], [1, "a"], [9, "a"], [None, "a"]], schema=schema).validate()
    assert report.flatten(["rowNumber", "type"]) == [[3, "constraint-error"], [4, "constraint-error"]]


LOST: tuple[tuple[str, Any, str], ...] = (
    ("odcs", lambda d: d | {"servers": []}, "servers"),
    ("odcs", lambda d: d | {"slaProperties": [{"property": "latency", "value": 4}]}, "slaProperties[0]"),
    ("odcs", lambda d: d | {"schema": d["schema"] * 2}, "schema"),
    ("odcs", lambda d: d | {"apiVersion": "v2.2.2"}, "apiVersion"),
    ("odcs", lambda d: d | {"customProperties": [{"property": "x", "value": 1}]}, "customProperties.x"),
    ("frictionless", lambda d: d | {"sources": []}, "sources"),
    ("frictionless", lambda d: d | {"resources": []}, "resources"),
)


@pytest.mark.parametrize(("standard", "changed", "place"), LOST, ids=[f"{one[0]}-{one[2]}" for one in LOST])
def test_what_has_no_place_here_is_refused_by_name(standard: str, changed: Any, place: str) -> None:
    contract = parse_contract({"fields": [{"name": "x", "type": "VARCHAR"}]}, "c")
    render, parse = (render_odcs, parse_odcs) if standard == "odcs" else (render_package, parse_frictionless)
    with pytest.raises(BadInput) as refused:
        parse(changed(render(contract, DATASET)), "c.yaml")
    assert refused.value.where.parameter == place


def test_a_contract_written_elsewhere_is_read() -> None:
    document = yaml.safe_load(
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: 53581432-6c55-4ba2-a65f-72344a91553a
        version: 2.1.0
        status: active
        schema:
          - name: orders
            properties:
              - {name: order_id, logicalType: string, required: true, primaryKey: true}
              - {name: total, logicalType: number, logicalTypeOptions: {minimum: 0}, description: The sum}
        """
    )
    contract = parse_odcs(document, "orders.odcs.yaml")
    order, total = contract.fields
    assert (contract.version, contract.keys, order.required, total.minimum) == (
        "2.1.0",
        ("order_id",),
        True,
        0,
    )


def test_a_table_schema_written_elsewhere_is_read() -> None:
    schema = {
        "fields": [{"name": "id", "type": "integer", "constraints": {"enum": [1, 2]}}],
        "primaryKey": "id",
    }
    contract = parse_frictionless(schema, "schema.json")
    assert (contract.keys, contract.fields[0].values) == (("id",), ("1", "2"))
