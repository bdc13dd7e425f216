"""The index in memory: the same however it came about, and it finds what a plain look at every package would."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.interchange.ckan import ACTIVE, Described, Package, described, organisation_of, theme_group
from gateway.ckan import terms
from gateway.ckan.errors import CkanError
from gateway.ckan.index import Index, Listed, listed
from gateway.ckan.search import read_search, search

WORDS = ("公交", "站点", "学校", "空气", "水质", "bus", "stops", "parks", "2026")
START = datetime(2026, 1, 1, tzinfo=UTC)


def package(number: int, chance: random.Random) -> Listed:
    said = " ".join(chance.sample(WORDS, 3))
    theme = chance.choice(("transport", "education"))
    document = {
        "title": f"{said} {number}",
        "notes": "".join(chance.sample(WORDS, 2)),
        "tags": chance.sample(("公交", "公园", "停车"), 2),
        "groups": [theme],
        "extras": [{"key": "update_cycle", "value": chance.choice(("daily", "yearly"))}],
        "resources": [{"id": f"r-{number}", "url": "http://x", "format": chance.choice(("CSV", "JSON"))}],
    }
    moment = START + timedelta(minutes=chance.randrange(10_000))
    one = Package(
        f"id-{number:04}", f"set-{number}", f"set-{number}", "交通局", ACTIVE, document, moment, moment
    )
    return listed(
        described(Described(one, organisation_of("交通局"), (theme_group(theme),))), f"set-{number}", None
    )


def names(index: Index, **given: Any) -> list[str]:
    return [one.name for one in search(index, read_search({"rows": 1000} | given)).page]


def everything(index: Index) -> Any:
    """What an index says, whatever the places are."""
    asked = {"facet.field": ["tags", "groups", "res_format", "extras_update_cycle"], "facet.limit": -1}
    found = search(index, read_search({"rows": 1000, "sort": "metadata_modified desc, name asc"} | asked))
    return [one.name for one in found.page], {name: dict(counts) for name, counts in found.facets.items()}


def test_an_index_that_was_changed_is_the_one_that_would_be_made_anew() -> None:
    chance = random.Random(3)
    now = {one.id: one for one in (package(n, chance) for n in range(60))}
    index = Index().changed((), now.values())
    for _ in range(30):
        gone = chance.sample(sorted(now), 5)
        new = [package(chance.randrange(80), chance) for _ in range(6)]
        new = list({one.id: one for one in new}.values())
        for one in gone:
            del now[one]
        now |= {one.id: one for one in new}
        before = everything(index)
        changed = index.changed(gone, new)
        assert everything(index) == before  # the old one is what it was
        index = changed
        fresh = Index().changed((), now.values())
        assert everything(index) == everything(fresh)
        for word in WORDS:
            assert sorted(names(index, q=word)) == sorted(names(fresh, q=word))
        assert len(index) == len(now)


@pytest.mark.parametrize("word", [*WORDS, "交站", "点学", "气", "公交站点", "no-such", "stop"])
def test_a_word_is_found_wherever_it_stands(word: str) -> None:
    chance = random.Random(5)
    several = [package(n, chance) for n in range(200)]
    index = Index().changed((), several)

    def holds(one: Listed) -> bool:
        text = terms.folded(f"{one.shown['title']} {one.shown['notes']} {' '.join(one.values['tags'])}")
        if word.isascii():
            return word in text.split() or f"{word}s" in text.replace("交", " ").split()
        return word in text

    expected = sorted(one.name for one in several if holds(one))
    found = sorted(names(index, q=word))
    assert found == expected or (word.isascii() and set(expected) <= set(found))


def test_every_page_of_a_harvester_is_another_and_the_last_is_empty() -> None:
    """ckanext-harvest pages by ``sort=id asc`` until a page is empty, and gives up when two pages are alike."""
    chance = random.Random(7)
    index = Index().changed((), [package(n, chance) for n in range(250)])
    seen: list[str] = []
    for start in range(0, 400, 100):
        page = search(index, read_search({"rows": 100, "start": start, "sort": "id asc"})).page
        if not page:
            break
        assert not {one.id for one in page} & set(seen)
        seen += [one.id for one in page]
    assert seen == sorted(one.id for one in index)
    assert len(seen) == 250


@pytest.mark.parametrize(
    "given",
    [
        {"bogus": "1"},
        {"sort": "bogus"},
        {"q": "bogus:x"},
        {"q": "(x"},
        {"rows": "-1"},
        {"start": "x"},
        {"facet.limit": "x"},
        {"fq_list": 3},
        {"facet.field": ["bogus_field"]},
        {"q": "x" * 9000},
    ],
)
def test_what_cannot_be_answered_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(CkanError) as refused:
        search(Index(), read_search(given))
    assert refused.value.status in (400, 409)
