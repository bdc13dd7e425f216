"""The document of a dataset: valid, complete, and silent about what is withheld."""

from __future__ import annotations

import json
from typing import Any

from openapi_spec_validator import validate

from gateway.serve.openapi import openapi
from gateway.serve.parse import parse_aggregate, parse_records

CANARY = "金丝雀-7f3a9c"
VALUES = {"isnull": "true", "TEXT": "x"}


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
            if name in ("filter", "cursor", "group_by", "metrics", "sort", "select", "count"):
                continue
            value = "true" if operator == "isnull" else forms.get(head, "1")
            parse([(name, value)], bare.release)
