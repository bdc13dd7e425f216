"""There are as many templates as routes, whatever callers make up; and figures have no more labels than that."""

from __future__ import annotations

import random
import re
from urllib.parse import quote

import pytest

from gateway.access.surface import ROUTES
from gateway.observe.route_table import OTHER, TEMPLATES
from gateway.observe.watch import Watch

KNOWN = {path for _, path in ROUTES} | {OTHER}
ALPHABET = "abz09-._~%/{}:?#[]@!$&'()*+,;=\\\"<> \x00\x7f\n金\u202e\U0001f6b2"


@pytest.mark.parametrize("path", sorted({path for _, path in ROUTES}))
def test_each_route_is_its_own_template(path: str) -> None:
    asked = re.sub(r"{place:path}", "0/x001/067", path)
    asked = asked.replace("{format}", "csv").replace("{name}", "site.css")
    template, subject = TEMPLATES.of(re.sub(r"{(\w+)}", "some-1", asked))
    assert re.sub(r"{\w+}", "{}", template) == re.sub(r"{\w+}", "{}", path)
    assert subject == ("some-1" if "/datasets/{" in path or "/services/{" in path else "")


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v1/datasets/stops/records.csv", "/api/v1/datasets/{dataset_id}/records"),
        ("/api/v1/datasets/stops/export", "/api/v1/datasets/{dataset_id}/export.{format}"),
        ("/api/v1/services/by-name.ndjson", "/api/v1/services/{service_id}"),
        ("/api/v1/datasets/stops/records/more", OTHER),
        ("/api/v1/datasets/stops/", OTHER),
        ("/api/v1/datasets//records", OTHER),
        ("/api/v1", OTHER),
        ("", OTHER),
        ("no-slash", OTHER),
        ("//", OTHER),
    ],
)
def test_what_is_asked_of_a_route_by_another_spelling(path: str, template: str) -> None:
    assert TEMPLATES.of(path)[0] == template


def hostile_paths(count: int, seed: int = 1) -> list[str]:
    """Made-up paths, and real ones with made-up parts and ends."""
    chance = random.Random(seed)
    routes = [path for _, path in ROUTES]

    def noise() -> str:
        return "".join(chance.choice(ALPHABET) for _ in range(chance.randint(0, 40)))

    def one() -> str:
        kind = chance.randrange(4)
        if kind == 0:
            return "/" + noise()
        path = re.sub(
            r"{[^}]+}", lambda _: noise() if kind == 1 else quote(noise(), safe=""), chance.choice(routes)
        )
        return path + (noise() if kind == 3 else "")

    return [one() for _ in range(count)]


def test_ten_thousand_hostile_paths_and_methods_make_no_label_of_their_own() -> None:
    watch = Watch(lambda _route, _subject: False)
    chance = random.Random(2)
    paths = hostile_paths(10_000)
    assert len(set(paths)) > 7_000
    for path in paths:
        template, subject = TEMPLATES.of(path)
        assert template in KNOWN
        scope = {"method": chance.choice(("GET", "POST", f"M{chance.random()}"))}
        watch.answered(scope, template, subject, chance.choice((200, 404, 503)), 0.001, 10, "id")
    watch.tell()
    labels = {
        (name, value)
        for family in watch.registry.collect()
        for sample in family.samples
        for name, value in sample.labels.items()
        if name != "le"
    }
    assert {value for name, value in labels if name == "route"} <= KNOWN
    assert {value for name, value in labels if name == "method"} == {"GET", "POST", "other"}
    assert {value for name, value in labels if name == "status"} == {"2xx", "4xx", "5xx"}
