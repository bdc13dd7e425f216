"""The page of a release's privacy report: what was found, what was done, what is left; nothing where there is none."""

from __future__ import annotations

from types import ModuleType

import pytest
from starlette.testclient import TestClient

from gateway.portal.privacy import fields_of, outcomes_of


def test_fields_that_say_nothing_of_persons_are_counted_and_not_listed(city: ModuleType) -> None:
    assert outcomes_of(city.PRIVACY) == {"open": 2, "masked": 1, "withheld": 1}
    assert [one.name for one in fields_of(city.PRIVACY)] == [city.HOSTILE_COLUMN, "负责人身份证", "经办"]
    assert fields_of(city.NOTHING_PERSONAL) == ()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            ("姓名", "约 40 格", "约 30", "starter-09", "没有应遮盖而未遮盖的内容", "与 4 份", "不足 5 行"),
        ),
        (
            "en",
            ("personal name", "about 40 cells", "about 30", "nothing is left that ought", "each of 4 open"),
        ),
    ],
)
def test_the_page_shows_findings_treatment_risk_and_the_second_look(
    reader: TestClient, markup: ModuleType, language: str, said: tuple[str, ...]
) -> None:
    answer = reader.get("/datasets/bus-stops/privacy", params={"lang": language})
    page = markup.Page(answer.text)
    for words in said:
        assert words in page.text
    assert "<i>王*</i>" in page.text
    assert "<i>" not in answer.text
    assert "<b onmouseover" not in answer.text
    assert "/datasets/bus-stops/risk" in " ".join(page.links())


def test_a_dataset_about_nobody_and_one_without_a_report_say_so(reader: TestClient) -> None:
    nobody, never = (
        reader.get(f"/datasets/{name}/privacy", params={"lang": "en"}) for name in ("hostile", "air-quality")
    )
    assert (nobody.status_code, never.status_code) == (200, 200)
    assert "No field holds personal information" in nobody.text
    assert "nobody to re-identify" in nobody.text
    assert "before its privacy report was kept" in never.text
    assert reader.get("/datasets/unknown/privacy").status_code == 404


def test_the_dataset_page_links_to_its_reports(reader: TestClient, markup: ModuleType) -> None:
    links = " ".join(markup.Page(reader.get("/datasets/bus-stops").text).links())
    for name in ("quality", "privacy", "risk"):
        assert f"/datasets/bus-stops/{name}" in links
