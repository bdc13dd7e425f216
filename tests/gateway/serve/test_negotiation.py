"""Forms by Accept or ending, codings by Accept-Encoding: chosen as HTTP says, and the same data in each."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pytest

from catalog.dataset import ColumnType
from gateway.serve.negotiation import best_coding, best_suffix
from gateway.serve.page_formats import RECORDS_FORMATS
from tests.gateway.serve.test_data_path import is_problem, stream

CODECS = {"zstd": "zstd", "br": "brotli", "gzip": "gzip"}


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/csv", "csv"),
        ("text/*", "csv"),
        ("TEXT/CSV ; q=1", "csv"),
        ("application/json;q=0.4, text/csv;q=0.5", "csv"),
        ("application/*", "json"),
        ("application/geo+json, application/json;q=0.9", "geojson"),
        ("*/*, application/json;q=0", "csv"),
        ("application/x-ndjson;q=0.001", "ndjson"),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("text/csv;q=wrong", None),
        ("image/png, */*;q=0", None),
    ],
)
def test_the_form_is_the_one_the_client_prefers(accept: str, suffix: str | None) -> None:
    assert best_suffix(accept.encode(), RECORDS_FORMATS) == suffix


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("zstd;q=0, *;q=0.3", "br"),
        ("gzip;q=0.5, identity", None),
        ("gzip;q=0", None),
        ("deflate", None),
    ],
)
def test_the_coding_is_the_one_the_client_prefers(accept: str, coding: str | None) -> None:
    assert best_coding(accept.encode()) == coding


def unpacked(content: bytes, coding: str) -> bytes:
    with pa.CompressedInputStream(pa.BufferReader(content), CODECS[coding]) as stream_:
        return bytes(stream_.read())


async def raw(gate: Any, what: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """An answer as it is on the wire: the test client would undo the coding."""
    path, _, query = what.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/api/v1/datasets/bus-stops/{path}",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        import asyncio

        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await gate.path(scope, receive, send)
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(one.get("body", b"") for one in sent[1:])


@pytest.mark.parametrize("coding", ["zstd", "br", "gzip"])
@pytest.mark.parametrize(
    "what",
    [
        "records",
        "records.csv",
        "aggregate?group_by=id&limit=1000",
        "export.csv",
        "export.json",
        "export.ndjson",
    ],
)
def test_an_answer_in_a_coding_is_the_same_with_a_validator_of_its_own(
    what: str, coding: str, gate: Any
) -> None:
    status, plain_head, plain = gate.run(raw(gate, what, {}))
    assert status == 200
    for _ in range(2):  # made, and from memory
        status, head, content = gate.run(raw(gate, what, {"accept-encoding": coding}))
        assert (status, head["content-encoding"]) == (200, coding)
        assert "accept-encoding" in head["vary"].lower()
        assert unpacked(content, coding) == plain
        assert len(content) < len(plain)
        assert head["etag"] != plain_head["etag"]
        assert head.get("content-length", str(len(content))) == str(len(content))
    status, again, nothing = gate.run(
        raw(gate, what, {"accept-encoding": coding, "if-none-match": head["etag"]})
    )
    assert (status, nothing, again["etag"]) == (304, b"", head["etag"])
    status, _, _ = gate.run(raw(gate, what, {"if-none-match": head["etag"]}))
    assert status == 200  # it has the bytes of a coding, and asks for none


@pytest.mark.parametrize(
    "what", ["records?limit=1&select=id", "export.parquet", "export.arrow", "export.xlsx", "records?cuont=1"]
)
def test_what_is_small_or_packed_already_is_sent_as_it_is(what: str, gate: Any) -> None:
    _, head, _ = gate.run(raw(gate, what, {"accept-encoding": "zstd, gzip"}))

    assert "content-encoding" not in head


def test_a_packed_stream_stops_when_its_release_is_withdrawn(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    from hashlib import sha256

    rows = [{"n": sha256(str(i).encode()).hexdigest()} for i in range(60_000)]
    gate = make_gate(release_of(tmp_path, rows, {"n": ColumnType.TEXT}))
    headers = [(b"accept-encoding", b"gzip")]

    cut, complete = gate.run(
        stream(gate, "export.csv", lambda n: gate.shelf.held.clear() if n == 2 else None, headers)
    )

    assert not complete
    assert len(cut) == 2


def test_records_come_in_every_form_with_the_same_cells(gate: Any, rows: list[Any]) -> None:
    params = {"sort": "-price", "limit": "40"}
    records = gate.get("records", params).json()["records"]

    lines = gate.get("records", params, headers={"accept": "application/x-ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == records
    table = gate.get("records.csv", params)
    assert table.headers["content-type"].startswith("text/csv")
    whole = {
        line["编号"]: line for line in csv.DictReader(io.StringIO(gate.get("export.csv").text, newline=""))
    }
    read = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [line["编号"] for line in read] == [record["编号"] for record in records]
    assert all(line == whole[line["编号"]] for line in read)
    features = gate.get("records", params, headers={"accept": "application/geo+json"})
    assert features.headers["content-type"] == "application/geo+json"
    collection = features.json()
    assert (collection["numberMatched"], collection["numberReturned"]) == (len(rows), 40)
    assert [one["geometry"] for one in collection["features"]] == [record["形状"] for record in records]
    for other in (lines, table, features):
        assert "cursor=" in other.headers["link"]
    assert len({one.headers["etag"] for one in (lines, table, features, gate.get("records", params))}) == 4


def test_selected_columns_are_the_columns_of_every_form(gate: Any) -> None:
    params = {"select": 'price,"a""b"', "limit": "3"}

    assert gate.get("records.csv", params).text.splitlines()[0] == 'price,"a""b"'
    assert list(gate.get("records.geojson", params).json()["features"][0]["properties"]) == ["price", 'a"b']


def test_groups_come_as_csv_and_lines_too(gate: Any) -> None:
    params = {"group_by": "区县", "metrics": "count,avg(price)"}
    records = gate.get("aggregate", params).json()["records"]

    assert [json.loads(line) for line in gate.get("aggregate.ndjson", params).text.splitlines()] == records
    read = list(csv.DictReader(io.StringIO(gate.get("aggregate.csv", params).text, newline="")))
    assert [line["区县"] or None for line in read if line["区县"]] == [
        one["区县"] for one in records if one["区县"]
    ]
    assert [int(line["count"]) for line in read] == [one["count"] for one in records]


def test_an_export_is_chosen_by_accept_too(gate: Any, built: Any) -> None:
    answer = gate.get("export", headers={"accept": "application/vnd.apache.parquet"})

    assert answer.content == built.parquet.read_bytes()
    assert gate.get("export").text == gate.get("export.csv").text
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("what", ["records", "aggregate", "export"])
def test_a_form_there_is_none_of_is_406_with_those_there_are(what: str, gate: Any) -> None:
    body = is_problem(gate.get(what, headers={"accept": "text/html"}), 406)

    assert "text/csv" in body["remedy"]["en"]
    assert ".csv" in body["remedy"]["zh"]


@pytest.mark.parametrize("what", ["records.xlsx", "records.parquet", "aggregate.geojson", "export.xml"])
def test_an_ending_that_is_no_form_here_is_answered_with_those_that_are(what: str, gate: Any) -> None:
    assert "csv" in is_problem(gate.get(what), 400)["remedy"]["en"]


def test_geojson_of_rows_without_places_is_refused(release_of: Any, make_gate: Any, tmp_path: Any) -> None:
    gate = make_gate(release_of(tmp_path, [{"n": 1}], {"n": ColumnType.INTEGER}))

    is_problem(gate.get("records.geojson"), 400)
