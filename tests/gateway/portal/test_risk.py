"""The page about the risk of re-identification: the measures, a picture of group sizes, and nothing where there is none."""

from __future__ import annotations

from types import ModuleType

import pytest
from starlette.testclient import TestClient

from gateway.portal.risk import bars_of


def test_the_picture_says_what_share_of_rows_stands_in_groups_of_which_size(city: ModuleType) -> None:
    bars = bars_of(city.RISK)
    assert [(bar.label, bar.rows, bar.small) for bar in bars] == [
        ("1", 12, True), ("2–4", 12, True), ("5–9", 176, False), ("10–49", 0, False), ("≥ 50", 1000, False),
    ]  # fmt: skip
    assert [bar.height for bar in bars] == [2, 2, 22, 0, 125]  # a row is seen however few; none is not
    assert sum(bar.share for bar in bars) == pytest.approx(1)
    assert bars_of({**city.RISK, "risk": None}) == ()


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "最小群体 1 行"), ("en", "the smallest group has 1 row")]
)
def test_the_page_shows_level_measures_picture_and_fields(
    reader: TestClient, markup: ModuleType, language: str, said: str
) -> None:
    answer = reader.get("/datasets/bus-stops/risk", params={"lang": language})
    page = markup.Page(answer.text)
    assert said in page.text
    assert answer.text.count("<rect") == 5
    assert 'role="img"' in answer.text
    for shown in ("GB/T 42460-2023", "83.3%", "0.250", "2.50", "站点名称"):
        assert shown in page.text or shown in answer.text
    assert "<b onmouseover" not in answer.text


def test_a_dataset_about_nobody_and_one_that_was_never_measured_say_so(reader: TestClient) -> None:
    nobody, never = (
        reader.get(f"/datasets/{name}/risk", params={"lang": "en"}) for name in ("hostile", "air-quality")
    )
    assert (nobody.status_code, never.status_code) == (200, 200)
    assert "nobody to re-identify" in nobody.text
    assert "before its risk was measured" in never.text
    assert "<rect" not in nobody.text + never.text
    assert reader.get("/datasets/unknown/risk").status_code == 404


def test_the_dataset_page_links_to_it(reader: TestClient, markup: ModuleType) -> None:
    assert "/datasets/bus-stops/risk" in " ".join(markup.Page(reader.get("/datasets/bus-stops").text).links())
