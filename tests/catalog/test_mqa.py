"""The points of metadata: 405 in all, each indicator won by what it names and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from catalog.interchange.vocabulary import AUTHORITY
from catalog.mqa import EXCELLENT, FULL, INDICATORS, Dimension, assess
from catalog.record import (
    Agent,
    CatalogueRecord,
    Concept,
    Contact,
    Keyword,
    Licence,
    Period,
    Place,
    RecordDistribution,
    said,
)

CSV = RecordDistribution(
    titles=said("CSV"),
    access_url="https://a.example/page",
    download_url="https://a.example/data.csv",
    format=f"{AUTHORITY}/file-type/CSV",
    media_type="text/csv",
    bytes_=10,
    rights=f"{AUTHORITY}/access-right/PUBLIC",
    licence=Licence("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
)
COMPLETE = CatalogueRecord(
    identifier="stops",
    titles=said("Stops"),
    descriptions=said("All stops"),
    publisher=Agent(said("Bureau")),
    contacts=(Contact("Bureau", "a@b.example"),),
    access_rights=f"{AUTHORITY}/access-right/PUBLIC",
    themes=(Concept(f"{AUTHORITY}/data-theme/TRAN", said("Transport")),),
    keywords=(Keyword("bus"),),
    spatial=(Place(names=said("Yunting")),),
    temporal=(Period("2020-01-01", "2026-01-01"),),
    issued="2026-01-01",
    modified="2026-01-02",
    distributions=(CSV,),
)


def files(**changed: object) -> CatalogueRecord:
    return replace(COMPLETE, distributions=(replace(CSV, **changed),))  # type: ignore[arg-type]


# What is taken away → the points that go with it.
LACKING: dict[str, tuple[CatalogueRecord, int]] = {
    "keywords": (replace(COMPLETE, keywords=()), 30),
    "themes": (replace(COMPLETE, themes=(Concept(None, said("buses")),)), 30),
    "spatial": (replace(COMPLETE, spatial=()), 20),
    "temporal": (replace(COMPLETE, temporal=()), 20),
    "download": (files(download_url=None), 20 + 30),
    "format": (files(format=None), 20),
    "media type": (files(media_type=None), 10 + 10),
    "a closed format": (
        files(format=f"{AUTHORITY}/file-type/XLS", media_type="application/vnd.ms-excel"),
        20,
    ),
    "a picture": (files(format="PNG", media_type="image/png"), 20),
    "description": (replace(COMPLETE, descriptions=()), 30),
    "licence": (files(licence=None), 20 + 10),
    "a licence of one's own": (files(licence=Licence("https://a.example/terms")), 10),
    "access rights": (replace(COMPLETE, access_rights=None), 10 + 5),
    "access rights in words": (replace(COMPLETE, access_rights="public"), 5),
    "contact": (replace(COMPLETE, contacts=(Contact("Bureau"),)), 20),
    "publisher": (replace(COMPLETE, publisher=None), 10),
    "rights": (files(rights=None), 5),
    "size": (files(bytes_=None), 5),
    "issued": (replace(COMPLETE, issued=None), 5),
    "modified": (replace(COMPLETE, modified=None), 5),
}


def test_the_points_are_those_of_the_methodology() -> None:
    by: Callable[[Dimension], int] = lambda dimension: sum(  # noqa: E731
        one.points for one in INDICATORS if one.dimension is dimension
    )
    assert [by(one) for one in Dimension] == [100, 100, 110, 75, 20]
    assert sum(one.points for one in INDICATORS) == FULL
    assert len({one.id for one in INDICATORS}) == len(INDICATORS)


def test_a_complete_record_that_answers_has_all_points() -> None:
    found = assess(COMPLETE, answers=True)
    assert (found.points, found.missing, found.rating.en) == (FULL, (), "excellent")


@pytest.mark.parametrize("what", LACKING)
def test_what_is_missing_costs_its_points_and_is_named_with_a_remedy(what: str) -> None:
    record, lost = LACKING[what]
    found = assess(record, answers=True)
    assert FULL - found.points == lost
    assert sum(one.indicator.points - one.points for one in found.missing) == lost
    assert all(one.indicator.remedy.zh and one.indicator.remedy.en for one in found.missing)


def test_what_does_not_answer_is_not_excellent() -> None:
    found = assess(COMPLETE, answers=False)
    assert FULL - found.points == 80
    assert found.points < EXCELLENT


def test_an_indicator_of_distributions_counts_by_their_share() -> None:
    half = replace(COMPLETE, distributions=(CSV, replace(CSV, bytes_=None, rights=None)))
    assert sum(one.points for one in assess(half, answers=True).lines) == FULL - 5
