"""A catalogue record says of a release what the release says of itself, and nothing of what is withheld."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from catalog.dataset import THEMES, UPDATE_CYCLES, Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.finding import Grade
from catalog.interchange.vocabulary import FREQUENCY_OF_CYCLE, THEMES_OF_OURS, cycle_of, our_theme
from catalog.record import best, is_iri, tagged, w3c_date
from catalog.release import Release, ReleasedColumn, WithheldColumn
from catalog.released_record import Published, Site, record_of_release
from catalog.text import Text

AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
SITE = Site(
    "https://data.yunting.example",
    Text("云汀市公共数据开放平台", "Open data of Yunting"),
    Text("云汀市开放的公共数据", "What Yunting has opened"),
    "云汀市数据局",
    "data@yunting.example",
    "云汀市",
)


def bus_stops(**more: object) -> Published:
    columns = (
        Column("站点编号", ColumnType.TEXT, Text("站点编号", "Stop id")),
        Column("经度", ColumnType.DOUBLE, unit="deg"),
        Column("启用日期", ColumnType.DATE),
    )
    dataset = Dataset(
        "bus-stops",
        "公交站点",
        "云汀市交通运输局",
        "transport",
        description="Bus stops of Yunting.",
        update_cycle="monthly",
        keywords=("公交", "站点"),
    )
    release = Release(
        id="ab" * 32,
        dataset=dataset,
        version_id="cd" * 32,
        columns=tuple(ReleasedColumn(one, MaskOperator.KEEP) for one in columns),
        withheld=(WithheldColumn("CANARY-driver", ()),),
        rows=20,
        bytes=4_096,
        excluded_rows=10,
        grade=Grade.L1,
        quality_score=0.9,
        list_version="1",
        policy_epoch=1,
        published_at=AT,
        published_by="steward",
        ledger_index=3,
        keys=("站点编号",),
        contract="1.0.0",
    )
    given: dict[str, object] = {
        "release": release,
        "issued": AT,
        "formats": ("csv", "json", "ndjson", "xlsx", "parquet", "arrow"),
        "event_from": date(2020, 1, 1),
        "event_to": date(2026, 3, 1),
    }
    return Published(**(given | more))  # type: ignore[arg-type]


def test_a_released_dataset_becomes_a_record_of_what_is_open() -> None:
    record = record_of_release(bus_stops(), SITE)
    assert record.identifier == "bus-stops"
    assert record.titles == (("zh", "公交站点"),)
    assert record.descriptions == (("en", "Bus stops of Yunting."),)
    assert record.licence is not None
    assert record.licence.uri == "https://creativecommons.org/licenses/by/4.0/"
    assert [one.name for one in record.columns] == ["站点编号", "经度", "启用日期"]
    parquet = next(one for one in record.distributions if one.download_url.endswith(".parquet"))  # type: ignore[union-attr]
    assert (parquet.bytes_, parquet.sha256) == (4_096, "ab" * 32)
    assert record.temporal[0].start == "2020-01-01"
    assert "CANARY" not in repr(record)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_of_ours_has_a_data_theme_that_leads_back_to_a_theme(theme: str) -> None:
    found = our_theme(THEMES_OF_OURS[theme])
    assert found in THEMES or theme == "other"


@pytest.mark.parametrize("cycle", UPDATE_CYCLES)
def test_every_cycle_survives_as_a_frequency(cycle: str) -> None:
    assert cycle_of(FREQUENCY_OF_CYCLE[cycle]) == cycle


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-05-31", "2024-05-31"),
        ("2024-05-31T08:00:00Z", "2024-05-31T08:00:00Z"),
        ("2024-05-31T08:00:00+08:00", "2024-05-31T08:00:00+08:00"),
        ("2024-13", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_kept_as_precise_as_it_was_said(asked: str, found: str | None) -> None:
    assert w3c_date(asked) == found


def test_words_keep_one_text_a_language_and_the_best_is_asked_for_by_language() -> None:
    words = tagged(
        [("en_GB", "Bus stops"), ("zh", " "), ("zh-Hans", "公交站"), ("en-GB", "again"), ("!", "?")]
    )
    assert words == (("en-gb", "Bus stops"), ("zh-hans", "公交站"), ("", "?"))
    assert best(words, "zh") == "公交站"
    assert best(words, "fr") == "Bus stops"


@pytest.mark.parametrize(
    "asked", ["https://a.example/x y", "a b", "http://a/<b>", "no-scheme", "http://a/\u0000"]
)
def test_what_no_syntax_of_rdf_can_carry_is_no_address(asked: str) -> None:
    assert not is_iri(asked)
