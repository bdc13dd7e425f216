"""What the OpenAPI documents say is what is answered: drawn and cornered requests against a served city, by schemathesis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journey.conftest import City, Published, served
from tests.journey.fuzzing import Found, documents, fuzz

SEED = 20_261_130
# of the city's own documents: one with every kind of column and places, and services of each kind
OWN = ("/bus-stops/", "/bus-stops-of-district", "/bus-stops-statistics-by-district")


@pytest.fixture(scope="module")
def own_city(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with served(published, tmp_path_factory.mktemp("fuzzed")) as one:
        assert one.kaizha("service", "propose", "bus-stops", "--add").returncode == 0
        yield one


# Once each, so the seed asks the same on every machine: the long form, which goes on drawing, is in `tests/deep`.
@pytest.mark.timeout(480)
def test_no_request_fails_here_and_every_answer_is_one_that_is_documented(own_city: City) -> None:
    whole, own = documents(own_city.url)
    found = Found()
    fuzz(whole, own_city.url, 1, SEED, found)
    asked = set(found.operations)
    for document in own:
        if any(part in path for path in document["paths"] for part in OWN):
            fuzz(document, own_city.url, 1, SEED, found)
    assert found.failures == {}
    assert found.requests >= 2_000, found.statuses
    assert {200, 400, 401, 404, 405} <= set(found.statuses)
    assert not [status for status in found.statuses if status >= 500]
    known = {f"{method.upper()} {path}" for path, methods in whole["paths"].items() for method in methods}
    assert asked == known, "an operation was not asked"


@pytest.mark.timeout(480)
def test_nor_where_a_person_who_may_asks(own_city: City) -> None:
    issued = own_city.kaizha("key", "issue", "--label", "fuzz", "--purpose", "fuzz", "--role", "officer")
    key = next(word for word in issued.stdout.split() if word.startswith("kz_"))
    whole, _ = documents(own_city.url)
    found = Found()
    fuzz(whole, own_city.url, 1, SEED, found, key=key)
    assert found.failures == {}
    assert found.requests >= 500, found.statuses
    assert {200, 400, 403, 404} <= set(found.statuses)
