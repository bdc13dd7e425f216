"""Contracts in files and over HTTP: every form comes in and goes out, and the public sees what is open and no more."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

import gateway.cli as cli
from catalog.contract import Contract, Field, PersonalData
from catalog.dataset import Dataset
from catalog.errors import BadInput
from catalog.text import Text
from gateway.app import create_app
from gateway.commands import console
from gateway.commands.receive import read_contract
from gateway.contract_forms import Form, parse_any, render_text
from gateway.gate import Gate
from gateway.settings import ServeSettings

DATASET = Dataset("shops", "店铺", "测试局", "other")
BASIS = PersonalData(("电话", "店名"), Text("履行职责", "public task"), Text("联系", "contact"), "P3Y")
CONTRACT = Contract(
    fields=(
        Field("店名", definition=Text("店铺名称", "Name of the shop"), values=("甲店", "乙店", "丙店")),
        Field("电话", definition=Text("店主手机", "The owner's mobile")),
        Field("面积", element="KZ00011", minimum=0, required=True),
    ),
    suite={"expectations": [{"type": "expect_column_values_to_be_unique", "kwargs": {"column": "电话"}}]},
    personal=(BASIS,),
)


@pytest.mark.parametrize("form", list(Form))
def test_every_form_is_taken_by_publish_as_it_was_written(tmp_path: Path, form: Form) -> None:
    contract = replace(CONTRACT, version="1.0.0", previous_until=date(2027, 1, 1))
    path = tmp_path / f"c.{'yaml' if form is Form.ODCS_YAML else 'json'}"
    path.write_text(render_text(form, contract, DATASET), "utf-8")
    assert read_contract(path) == contract


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("c.json", b'{\n "fields": [}', 2),
        ("c.yaml", b"a: 1\nb: [", 2),
        ("c.yaml", b"a: &x [1]\nb: *x\n", 2),
        ("c.json", b"\xff\xfe", None),
        ("c.json", b"[" * 100_000, None),
    ],
    ids=["json", "yaml", "alias", "encoding", "depth"],
)
def test_what_cannot_be_read_is_refused_with_its_line(name: str, content: bytes, line: int | None) -> None:
    with pytest.raises(BadInput) as refused:
        parse_any(content, name)
    assert (refused.value.where.file, refused.value.where.line) == (name, line)


def test_what_looks_like_a_date_in_yaml_is_read_as_it_stands() -> None:
    contract = parse_any(b"version: 2.0.0\nprevious_until: 2027-01-01\n", "c.yaml")
    assert (contract.version, contract.previous_until) == ("2.0.0", date(2027, 1, 1))


@pytest.fixture
def shops(gate: Gate, publish: Any, tmp_path: Path) -> Iterator[TestClient]:
    path = tmp_path / "shops.csv"
    rows = "".join(f"{name},1380000{n:04},{n}.5\n" for n, name in enumerate(("甲店", "乙店", "丙店")))
    path.write_text(f"店名,电话,面积\n{rows}", "utf-8")
    report = publish(
        path, dataset_id="shops", contract=CONTRACT, answers={"column:电话": "drop", "grade": "L1"}
    )
    assert report.release is not None, [one.field for one in report.questions]
    with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
        yield client


def test_the_public_contract_is_of_open_fields_only_and_quotes_no_rule(shops: TestClient) -> None:
    told = shops.get("/api/v1/datasets/shops/contract").json()
    assert [one["name"] for one in told["fields"]] == ["店名", "面积"]
    assert told["fields"][0]["values"] == ["甲店", "乙店", "丙店"]
    assert told["fields"][1]["element"] == "KZ00011"
    assert told["personal"][0]["fields"] == ["店名"]
    assert "suite" not in told
    assert (told["version"], told["licence"]) == ("1.0.0", "CC-BY-4.0")
    assert [one["version"] for one in told["versions"]] == ["1.0.0"]
    for form in Form:
        text = shops.get(f"/api/v1/datasets/shops/contract?form={form}").text
        assert "电话" not in text
        assert "店名" in text


def test_every_form_over_http_reads_back(shops: TestClient) -> None:
    package = shops.get("/api/v1/datasets/shops/contract?form=datapackage")
    assert package.json()["resources"][0]["path"].endswith("/api/v1/datasets/shops/export.csv")
    odcs = shops.get("/api/v1/datasets/shops/contract?form=odcs-yaml")
    assert odcs.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(odcs.text)["kind"] == "DataContract"
    assert parse_any(odcs.content, "c.yaml") == parse_any(package.content, "c.json")
    assert shops.get("/api/v1/datasets/shops/contract?form=xml").status_code == 400
    assert shops.get("/api/v1/datasets/nothing/contract").status_code == 404


def test_versions_of_a_dataset_name_their_contract(shops: TestClient) -> None:
    assert shops.get("/api/v1/datasets/shops/versions").json()["versions"][0]["contract"] == "1.0.0"


def run(monkeypatch: pytest.MonkeyPatch, gate: Gate, *words: str) -> Any:
    said = io.StringIO()
    monkeypatch.setenv("KAIZHA_HOME", str(gate.settings.home))
    monkeypatch.setattr(sys, "argv", ["kaizha", *words])
    monkeypatch.setattr(sys, "stdout", said)
    monkeypatch.setattr(console.out, "file", said)
    cli.app(standalone_mode=False)
    return said.getvalue()


def test_the_command_shows_compares_and_exports(
    shops: TestClient, gate: Gate, publish: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = json.loads(run(monkeypatch, gate, "contract", "show", "shops", "--json"))
    assert [one["name"] for one in shown["fields"]] == ["店名", "电话", "面积"]
    assert shown["versions"][0]["registered_by"] == "owner"
    file = tmp_path / "new.json"
    file.write_text(render_text(Form.KAIZHA, replace(CONTRACT, fields=CONTRACT.fields[:2]), DATASET), "utf-8")
    told = json.loads(run(monkeypatch, gate, "contract", "diff", "shops", "--file", str(file), "--json"))
    assert told["effect"] == "breaking"
    assert [(one["what"], one["field"]) for one in told["changes"]] == [("drop", "面积")]
    file.write_text(render_text(Form.KAIZHA, CONTRACT, DATASET), "utf-8")
    same = json.loads(run(monkeypatch, gate, "contract", "diff", "shops", "--file", str(file), "--json"))
    assert same == {"effect": None, "changes": []}
    out = run(monkeypatch, gate, "contract", "export", "shops", "--form", "odcs-yaml")
    assert parse_any(out.encode(), "c.yaml").field("电话") is not None
