"""What attackers send: always a problem of the 4xx kind that says what to do, quickly, never an engine's words."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DEEP = "(" * 8 + "id=" + ")" * 8
HOSTILE = {
    "unknown column": {"nothing": "1"},
    "unknown operator": {"id__regex": "1"},
    "sql in a name": {'id" OR 1=1 --': "1"},
    "sql in a number": {"id": "1 OR 1=1"},
    "sql in a sort": {"sort": "id; DROP TABLE rows"},
    "sql in a select": {"select": "(SELECT 1)"},
    "sql in a filter": {"filter": "id = 1; DROP TABLE rows"},
    "a subquery in a filter": {"filter": "id IN (SELECT 1)"},
    "a function in a filter": {"filter": "read_csv('/etc/passwd') = 'x'"},
    "arithmetic in a filter": {"filter": "id + 1 = 2"},
    "two columns in a filter": {"filter": "id = limit"},
    "a filter of 10,000 characters": {"filter": "id = 1 AND " * 900 + "id = 1"},
    "a filter that never closes": {"filter": "(" * 400 + "id = 1"},
    "a deep filter": {"filter": "(" * 40 + "id = 1" + ")" * 40},
    "a deep malformed filter": {"filter": DEEP},
    "many deep malformed filters": {"filter": " AND ".join([DEEP] * 100)},
    "a wide filter": {"filter": " OR ".join(["id = 1"] * 200)},
    "a chain of nots": {"filter": "NOT " * 500 + "id = 1"},
    "no column in a filter": {"filter": "1 = 1"},
    "a like that dangles": {"filter": "区县 LIKE 'a\\'"},
    "an infinite number": {"lon": "1e999"},
    "not a number": {"lon": "nan"},
    "an integer beyond 64 bits": {"id": "9223372036854775808"},
    "a huge integer": {"id": "9" * 30},
    "a huge decimal": {"price": "9" * 30},
    "digits that are not ASCII": {"id": "１２"},
    "an impossible date": {"opened": "2021-02-30"},
    "a date of year zero": {"opened": "0000-01-01"},
    "a time in another zone": {"updated": "2021-01-01T00:00:00+08:00"},
    "a NUL": {"区县": "a\0b"},
    "a NUL in a filter": {"filter": "区县 = 'a\0'"},
    "a huge limit": {"limit": "1000000000"},
    "a negative limit": {"limit": "-1"},
    "a superscript limit": {"limit": "²"},
    "a negative offset": {"offset": "-1"},
    "a huge offset": {"offset": "9" * 40},
    "a cursor of nothing": {"cursor": "AAAA"},
    "a cursor with an offset": {"cursor": "AAAA", "offset": "3"},
    "an unknown count": {"count": "all"},
    "the same parameter twice": [("limit", "1"), ("limit", "2")],
    "100 parameters": [("id__gt", "1")] * 100,
    "300 parameters": [("id__gt", "1")] * 300,
    "many values in": {"id__in": ",".join(["1"] * 500)},
    "a broken list": {"id__in": '"1'},
    "a long value": {"区县": "x" * 10_000},
    "contains on a number": {"id__contains": "1"},
    "a geometry compared": {"形状": "x"},
    "a geometry sorted": {"sort": "形状"},
    "a long q": {"q": "x" * 300},
}


def is_refused(answer: Any) -> None:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert 400 <= answer.status_code < 500, answer.text
    body = answer.json()
    assert body["message"]["zh"]
    assert body["remedy"]["en"]
    for word in ("Binder", "Parser Error", "Traceback", "duckdb", "expected EOI", "SELECT CONCAT"):
        assert word not in answer.text


@pytest.mark.parametrize("params", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_request_is_refused_with_a_remedy(params: Any, gate: Any) -> None:
    started = time.perf_counter()
    is_refused(gate.get("records", params))
    assert time.perf_counter() - started < 1.5


@pytest.mark.parametrize(
    "params",
    [
        {"group_by": "nothing"},
        {"group_by": "形状"},
        {"metrics": "avg(区县)"},
        {"metrics": "sum(opened)"},
        {"metrics": "system('id')"},
        {"metrics": "count("},
        {"metrics": "avg(lon"},
        {"metrics": "avg"},
        {"sort": "id"},
        {"group_by": "id", "sort": "-区县"},
        {"limit": "0"},
        {"select": "id"},
        {"metrics": ",".join(["count"] + [f"sum({c})" for c in "abcdefghijk"])},
    ],
)
def test_a_hostile_aggregate_is_refused_with_a_remedy(params: Any, gate: Any) -> None:
    is_refused(gate.get("aggregate", params))


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE rows; --",
        '" OR ""="',
        "\\x",
        "%' OR '1'='1",
        "$$",
        "/*",
        "\ufeff",
        "🚲",
        "'||(SELECT 1)||'",
    ],
)
def test_a_hostile_text_is_only_a_text(text: str, gate: Any, bare_gate: Any) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    for params in ({"区县": text}, {"json__contains": text}, {"q": text}, {"filter": f"json = {quoted}"}):
        answer = gate.get("records", params)
        assert (answer.status_code, answer.json()["records"]) == (200, []), answer.text
        assert bare_gate.get("records", params).json()["records"] == []


def test_bytes_that_are_no_utf8_are_refused(gate: Any) -> None:
    is_refused(gate.get("records?%ff=1"))
    is_refused(gate.get("records?id=%ed%a0%80"))


def cursor_of(gate: Any, **params: str) -> list[Any]:
    text = gate.get("records", {"limit": "5", **params}).json()["next"]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))  # type: ignore[no-any-return]


def packed(parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


def test_a_cursor_of_another_release_is_a_conflict_with_the_way_out(gate: Any) -> None:
    answer = gate.get("records", {"cursor": packed(["0" * 16, *cursor_of(gate)[1:]])})

    assert answer.status_code == 409
    assert "first page" in answer.json()["remedy"]["en"]


def test_a_cursor_is_bound_to_its_filter_and_sort(gate: Any) -> None:
    cursor = packed(cursor_of(gate, sort="id"))

    is_refused(gate.get("records", {"cursor": cursor}))
    is_refused(gate.get("records", {"cursor": cursor, "sort": "-id"}))
    is_refused(gate.get("records", {"cursor": cursor, "sort": "id", "active": "true"}))
    assert gate.get("records", {"cursor": cursor, "sort": "id"}).status_code == 200


@pytest.mark.parametrize("row", [0, -1, 301, 10**30, 1.5, "1", None, True, [1]])
def test_a_forged_cursor_is_refused(row: Any, gate: Any) -> None:
    release, digest, good, served = cursor_of(gate)
    is_refused(gate.get("records", {"cursor": packed([release, digest, row, served])}))
    is_refused(gate.get("records", {"cursor": packed([release, digest, good, row])}))


def test_a_wrong_name_is_answered_with_the_nearest_and_with_all(gate: Any) -> None:
    remedy = gate.get("records", {"prise": "1"}).json()["remedy"]["en"]

    assert 'Did you mean "price"?' in remedy
    assert "区县" in remedy


def test_a_wrong_value_names_parameter_column_and_form_but_not_the_value(gate: Any) -> None:
    answer = gate.get("records", {"opened__gte": "yesterday-4711"})

    assert answer.json()["where"] == {"column": "opened", "parameter": "opened__gte"}
    assert "YYYY-MM-DD" in answer.json()["remedy"]["en"]
    assert "4711" not in answer.text


NAMES = [
    "id",
    "区县",
    "price",
    "filter",
    "sort",
    "select",
    "limit",
    "cursor",
    "q",
    "count",
    "offset",
    "id__in",
    "x",
]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(params=st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=60)), max_size=4))
def test_no_request_is_a_server_error(params: list[tuple[str, str]], gate: Any) -> None:
    answer = gate.get("records", params)

    assert answer.status_code < 500, answer.text
