"""The document of a dataset: valid, complete, and silent about what is withheld."""

from __future__ import annotations

import json
from typing import Any

from openapi_spec_validator import validate

from catalog.dataset import ColumnType
from gateway.serve.openapi import openapi
from gateway.serve.parse import (
    AGGREGATE_PARAMETERS,
    RECORDS_PARAMETERS,
    parse_aggregate,
    parse_records,
)

CANARY = "金丝雀-7f3a9c"
OF_PARAMETERS = {
    "filter": "id > 1",
    "cursor": "",
    "group_by": "month(opened)",
    "metrics": "avg(price)",
    "sort": "",
    "select": "id",
    "count": "exact",
    "bbox": "121,31,122,32",
    "near": "121,31,500",
    "facets": "区县",
    "having": "count > 1",
    "release": "0" * 12,
    "as_of": "2026-01-01",
}


def test_the_document_is_valid_openapi(bare: Any) -> None:
    validate(json.loads(json.dumps(openapi(bare.release))))


def test_a_withheld_column_is_not_even_named_and_a_masked_one_has_no_example(bare: Any) -> None:
    text = json.dumps(openapi(bare.release), ensure_ascii=False)
    properties = openapi(bare.release)["components"]["schemas"]["Record"]["properties"]

    assert CANARY not in text
    assert "身份证号" not in text
    assert "examples" not in properties['a"b']
    assert "脱敏" in properties['a"b']["description"]
    assert "examples" in properties["id"]


def test_every_parameter_of_the_document_is_accepted(bare: Any) -> None:
    paths = openapi(bare.release)["paths"]
    forms = {
        "编号": "x",
        "区县": "x",
        'a"b': "x",
        "json": "x",
        "opened": "2020-01-01",
        "updated": "2020-01-01",
        "active": "true",
    }
    for kind, parse in (("records", parse_records), ("aggregate", parse_aggregate)):
        parameters = paths[f"/api/v1/datasets/bus-stops/{kind}"]["get"]["parameters"]
        names = [parameter["name"] for parameter in parameters]
        assert len(names) == len(set(names))
        assert "column.limit" in names
        for name in names:
            head, _, operator = name.removeprefix("column.").partition("__")
            value = "true" if operator == "isnull" else forms.get(head, "1")
            value = OF_PARAMETERS.get(name, value)
            parse([(name, value)], bare.release)


def test_every_parameter_that_is_read_is_in_the_document(bare: Any) -> None:
    paths = openapi(bare.release)["paths"]
    for kind, known in (("records", RECORDS_PARAMETERS), ("aggregate", AGGREGATE_PARAMETERS)):
        parameters = paths[f"/api/v1/datasets/bus-stops/{kind}"]["get"]["parameters"]
        assert known <= {parameter["name"] for parameter in parameters}


def test_places_are_offered_only_where_there_are_coordinates(release_of: Any, tmp_path: Any) -> None:
    served = release_of(tmp_path, [{"n": 1}], {"n": ColumnType.INTEGER})
    operation = openapi(served.release)["paths"]["/api/v1/datasets/bus-stops/records"]["get"]

    assert not {"bbox", "near"} & {parameter["name"] for parameter in operation["parameters"]}
    assert "application/geo+json" not in operation["responses"]["200"]["content"]
