"""The forms in which a contract comes in and goes out: our own JSON, the Open Data Contract Standard, Frictionless."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from catalog.contract import Contract
from catalog.contract_json import contract_json, parse_contract
from catalog.dataset import Dataset
from catalog.errors import BadInput, Where
from catalog.interchange.frictionless import (
    is_frictionless,
    parse_frictionless,
    render_package,
    render_table_schema,
)
from catalog.interchange.odcs import is_odcs, parse_odcs, render_odcs
from catalog.interchange.yaml_text import parse_yaml, render_yaml
from catalog.text import Text

__all__ = ["MAX_CONTRACT_BYTES", "Form", "media_type", "parse_any", "render_text", "render_value"]

MAX_CONTRACT_BYTES = 4 << 20
YAML_ENDINGS = (".yaml", ".yml")


class Form(StrEnum):
    KAIZHA = "kaizha"
    ODCS_YAML = "odcs-yaml"
    ODCS_JSON = "odcs-json"
    DATA_PACKAGE = "datapackage"
    TABLE_SCHEMA = "tableschema"


def media_type(form: Form) -> str:
    return "application/yaml" if form is Form.ODCS_YAML else "application/json"


def render_value(form: Form, contract: Contract, dataset: Dataset, path: str = "data.csv") -> dict[str, Any]:
    """A contract in one of its forms, as JSON values; `path` is where the data of a data package lie."""
    match form:
        case Form.KAIZHA:
            return contract_json(contract)
        case Form.ODCS_YAML | Form.ODCS_JSON:
            return render_odcs(contract, dataset)
        case Form.DATA_PACKAGE:
            return render_package(contract, dataset, path)
        case Form.TABLE_SCHEMA:
            return render_table_schema(contract)


def render_text(form: Form, contract: Contract, dataset: Dataset, path: str = "data.csv") -> str:
    value = render_value(form, contract, dataset, path)
    if form is Form.ODCS_YAML:
        return render_yaml(value)
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def parse_any(content: bytes, file: str) -> Contract:
    """The contract in a file of any of the forms. Raises BadInput with the line, or naming what cannot be used."""
    if len(content) > MAX_CONTRACT_BYTES:
        raise _unreadable(file, None)
    try:
        text = content.decode("utf-8-sig")
        is_yaml = file.lower().endswith(YAML_ENDINGS)
        value = parse_yaml(text, file) if is_yaml else json.loads(text)
    except json.JSONDecodeError as error:
        raise _unreadable(file, error.lineno) from None
    except (UnicodeDecodeError, RecursionError):
        raise _unreadable(file, None) from None
    if is_odcs(value):
        return parse_odcs(value, file)
    return parse_frictionless(value, file) if is_frictionless(value) else parse_contract(value, file)


def _unreadable(file: str, line: int | None) -> BadInput:
    return BadInput(
        Text("合同文件不存在，或不是 JSON（YAML）", "The contract is missing, or is not JSON (or YAML)"),
        Text("形式见 docs/contract.md", "Its form stands in docs/contract.md"),
        Where(file=file, line=line),
    )
