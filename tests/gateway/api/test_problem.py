"""One map from the error tree to RFC 9457."""

from __future__ import annotations

import json

import pytest

from catalog import errors
from catalog.errors import KaizhaError, Where
from catalog.text import Text
from gateway.api.problem import STATUS, internal, problem

EXPECTED = {
    "BadInput": 400,
    "TooLarge": 413,
    "TooMany": 429,
    "NotAcceptable": 406,
    "Gone": 410,
    "NotFound": 404,
    "Conflict": 409,
    "NotSignedIn": 401,
    "NotAllowed": 403,
    "Held": 409,
    "Refused": 403,
    "Unavailable": 503,
}


def tree(kind: type[KaizhaError]) -> set[type[KaizhaError]]:
    return {kind}.union(*(tree(one) for one in kind.__subclasses__()))


def test_every_error_of_the_tree_has_one_status() -> None:
    ours = {one for one in tree(KaizhaError) if one.__module__ == errors.__name__} - {KaizhaError}
    assert ours == set(STATUS)
    assert {kind.__name__: status for kind, status in STATUS.items()} == EXPECTED


@pytest.mark.parametrize("kind", STATUS, ids=lambda kind: kind.__name__)
def test_a_problem_says_what_is_wrong_where_and_what_to_do(kind: type[KaizhaError]) -> None:
    error = kind(Text("错", "wrong"), Text("改", "change"), Where(parameter="limit", line=3))
    status, headers, body = problem(error)
    read = json.loads(body)

    assert (status, read["status"]) == (STATUS[kind], STATUS[kind])
    assert read["type"] == f"urn:kaizha:problem:{kind.code}"
    assert (read["message"], read["remedy"]) == ({"zh": "错", "en": "wrong"}, {"zh": "改", "en": "change"})
    assert read["where"] == {"parameter": "limit", "line": 3}
    assert (b"content-type", b"application/problem+json") in headers
    assert ((b"retry-after", b"2") in headers) == (status == 503)


def test_a_problem_tells_every_flaw_of_a_sheet_with_its_cell_in_both_languages() -> None:
    flaw = errors.Flaw(Where(sheet="entries", line=7, cell="D7"), Text("空", "empty"), Text("填", "fill"))
    read = json.loads(problem(errors.BadInput(Text("错", "bad"), Text("改", "mend"), flaws=[flaw, flaw]))[2])
    assert read["flaws"] == [flaw.to_json()] * 2
    assert read["flaws"][0] == {
        "where": {"sheet": "entries", "line": 7, "cell": "D7"},
        "message": {"zh": "空", "en": "empty"},
        "remedy": {"zh": "填", "en": "fill"},
    }


def test_a_subclass_from_elsewhere_is_mapped_by_its_nearest_class() -> None:
    class Odd(errors.TooLarge):
        pass

    assert problem(Odd(Text("a", "a"), Text("b", "b")))[0] == 413


def test_an_unexpected_exception_gives_nothing_away(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError("a cell's value")
    except RuntimeError as error:
        status, _, body = internal(error)

    assert status == 500
    assert b"cell" not in body
    assert "cell" not in capsys.readouterr().out
