"""The forms that try an interface out name nothing but open interfaces, and lead where they say."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from catalog.errors import BadInput
from gateway.access.surface import OPEN_TO_ALL, ROUTES
from gateway.portal.reference import GROUPS
from gateway.portal.try_it import address_of, reference_forms

RECORDS = "/api/v1/datasets/{dataset_id}/records"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ([("try.to", "/api/v1/datasets")], "/api/v1/datasets"),
        ([("try.to", "/api/v1/datasets"), ("q", "公交 站"), ("limit", "")], "/api/v1/datasets?q=%E5%85%AC%E4%BA%A4+%E7%AB%99"),
        ([("try.to", RECORDS), ("dataset_id", "bus-stops"), ("limit", "5")], "/api/v1/datasets/bus-stops/records?limit=5"),
        ([("try.to", RECORDS), ("dataset_id", "a"), ("try.form", "csv")], "/api/v1/datasets/a/records.csv"),
        (
            [
                ("try.to", RECORDS),
                ("dataset_id", "a"),
                ("try.column.1", "区县"),
                ("try.operator.1", ""),
                ("try.value.1", "滨江&x"),
                ("try.column.2", "n"),
                ("try.operator.2", "__gte"),
                ("try.value.2", "2"),
                ("try.column.3", "left-empty"),
                ("try.operator.3", "__ne"),
                ("try.value.3", ""),
            ],
            "/api/v1/datasets/a/records?%E5%8C%BA%E5%8E%BF=%E6%BB%A8%E6%B1%9F%26x&n__gte=2",
        ),
        ([("try.to", "/api/v1/ledger/tile/{place}"), ("place", "0/000")], "/api/v1/ledger/tile/0/000"),
    ],
)  # fmt: skip
def test_a_filled_in_form_is_an_address(given: list[tuple[str, str]], address: str) -> None:
    assert address_of(given) == address


@pytest.mark.parametrize(
    "given",
    [
        [],
        [("try.to", "https://example.org/api/v1/datasets")],
        [("try.to", "//example.org/api/v1/datasets")],
        [("try.to", "/api/v1/keys")],
        [("try.to", "/datasets/bus-stops")],
        [("try.to", "/api/v1/datasets\r\nset-cookie: a=b")],
        [("try.to", RECORDS)],
        [("try.to", RECORDS), ("dataset_id", "")],
    ],
)
def test_nothing_else_is_one(given: list[tuple[str, str]]) -> None:
    with pytest.raises(BadInput):
        address_of(given)


def test_what_fills_a_path_cannot_leave_it() -> None:
    address = address_of([("try.to", RECORDS), ("dataset_id", "../../keys?x=1#")])
    assert address == "/api/v1/datasets/..%2F..%2Fkeys%3Fx%3D1%23/records"


def test_without_a_script_a_form_leads_to_the_address(reader: TestClient) -> None:
    answer = reader.get(
        "/try",
        params={"try.to": RECORDS, "dataset_id": "bus-stops", "limit": "3", "q": ""},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/api/v1/datasets/bus-stops/records?limit=3",
    )
    assert answer.headers["cache-control"] == "no-store"


def test_the_reference_tries_every_open_get_operation() -> None:
    told = {one.path for group in GROUPS for one in group.operations if one.method == "GET"}
    open_to_all = {
        path.replace(":path}", "}")
        for (method, path), actions in ROUTES.items()
        if method == "GET" and OPEN_TO_ALL & set(actions)
    }
    assert {form.to for form in reference_forms()} == told & open_to_all
    assert len({form.id for form in reference_forms()}) == len(reference_forms())


@pytest.mark.parametrize("path", ["/docs", "/datasets/bus-stops", "/datasets/hostile"])
def test_a_page_with_forms_loads_one_script_of_ours_and_none_inline(reader: TestClient, path: str) -> None:
    answer = reader.get(path)
    described = '<script type="application/ld+json">'  # data, which no browser runs
    assert re.findall(r"<script[^>]*>", answer.text.replace(described, "")) == [
        re.search(r'<script src="/static/try\.js\?v=[0-9a-f]{16}" defer>', answer.text)[0]  # type: ignore[index]
    ]
    assert "'unsafe" not in answer.headers["content-security-policy"]


def test_every_column_of_a_dataset_can_be_asked_for(reader: TestClient) -> None:
    text = reader.get("/datasets/bus-stops").text
    assert '<option value="站点编号">' in text
    assert "负责人身份证" not in text.partition('id="try"')[2].partition("</section>")[0]
