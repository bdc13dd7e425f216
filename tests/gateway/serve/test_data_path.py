"""The data path over HTTP: the shape of answers, caching, withdrawal, problems."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.dataset import ColumnType
from catalog.errors import Unavailable
from catalog.text import Text
from gateway.serve.workers import Answer


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["remedy"]["zh"]
    assert body["remedy"]["en"]
    return body


def test_an_answer_has_records_total_next_and_release(gate: Any, built: Any, rows: list[Any]) -> None:
    answer = gate.get("records", {"limit": "2"})

    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["records", "total", "total_kind", "next", "release"]
    assert [record["编号"] for record in body["records"]] == [row["编号"] for row in rows[:2]]
    assert (body["total"], body["total_kind"], body["release"]) == (len(rows), "exact", built.release.id)
    assert f"cursor={body['next']}" in answer.headers["link"]
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "answer;dur=" in answer.headers["server-timing"]


def test_the_link_to_the_next_page_can_be_followed(gate: Any) -> None:
    first = gate.get("records", {"limit": "7", "sort": "区县", "q": "浦东"})
    link = first.headers["link"].split(";")[0].strip("<>").removeprefix("/api/v1/datasets/bus-stops/")

    second = gate.get(link)

    assert second.status_code == 200
    assert second.json()["records"]
    assert second.json()["records"] != first.json()["records"]


def test_a_known_etag_is_answered_with_304_and_no_body(gate: Any) -> None:
    first = gate.get("records", {"limit": "5"})
    again = gate.get("records", {"limit": "5"}, headers={"If-None-Match": first.headers["etag"]})
    other = gate.get("records", {"limit": "6"}, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_head_has_the_headers_of_get_and_no_body(gate: Any) -> None:
    got, head = gate.get("records"), gate.get("records", method="HEAD")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert head.headers["etag"] == got.headers["etag"]


def test_options_says_what_is_allowed_and_post_is_refused(gate: Any) -> None:
    assert (
        gate.get("records", method="OPTIONS").headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    )
    refused = gate.get("records", method="POST")
    is_problem(refused, 405)
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_request_id_is_kept_where_it_is_harmless(gate: Any) -> None:
    assert (
        gate.get("records", headers={"X-Request-Id": "abc-12345678"}).headers["x-request-id"]
        == "abc-12345678"
    )
    assert (
        gate.get("records", headers={"X-Request-Id": "a b<script>"}).headers["x-request-id"] != "a b<script>"
    )


def test_an_unknown_dataset_is_not_found(gate: Any) -> None:
    is_problem(gate.get("records", dataset="nothing"), 404)


def test_a_withdrawn_release_is_gone_at_once_even_from_the_cache(gate: Any) -> None:
    etag = gate.get("records").headers["etag"]
    gate.shelf.held.clear()

    is_problem(gate.get("records"), 404)
    is_problem(gate.get("records", headers={"If-None-Match": etag}), 404)
    is_problem(gate.get("export.parquet", headers={"Range": "bytes=0-3"}), 404)


def test_without_the_epoch_lease_nothing_is_answered(gate: Any) -> None:
    gate.get("records")
    gate.shelf.failure = Unavailable(Text("租约", "lease"), Text("重试", "retry"))

    assert is_problem(gate.get("records"), 503)["code"] == "unavailable"
    assert gate.get("records").headers["retry-after"]


def test_a_release_withdrawn_while_a_worker_thinks_is_not_answered(gate: Any) -> None:
    ask = gate.path._engines.workers.ask

    async def slow(*given: Any, **named: Any) -> Any:
        answer = await ask(*given, **named)
        gate.shelf.held.clear()
        return answer

    gate.path._engines.workers = type(
        "Slow", (), {"ask": staticmethod(slow), "limits": gate.path._engines.workers.limits}
    )()

    is_problem(gate.get("records", {"q": "浦东", "sort": "lat"}), 404)


async def stream(
    gate: Any, what: str, after: Callable[[int], None], headers: Sequence[tuple[bytes, bytes]] = ()
) -> tuple[list[bytes], bool]:
    """Chunks received, and whether the answer was completed; `after` runs when a chunk was received."""
    chunks: list[bytes] = []
    complete = False

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal complete
        if message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))
            complete = not message.get("more_body", False)
            after(len(chunks))

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/api/v1/datasets/bus-stops/{what.partition('?')[0]}",
        "query_string": what.partition("?")[2].encode(),
        "headers": list(headers),
    }
    await gate.path(scope, receive, send)
    return chunks, complete


@pytest.mark.parametrize("what", ["export.csv", "export.ndjson", "export.arrow"])
def test_a_stream_stops_when_its_release_is_withdrawn(
    what: str, release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    served = release_of(tmp_path, [{"n": i} for i in range(60_000)], {"n": ColumnType.INTEGER})
    whole, complete = make_gate(served).run(stream(make_gate(served), what, lambda n: None))
    assert complete
    gate = make_gate(served)

    cut, complete = gate.run(stream(gate, what, lambda n: gate.shelf.held.clear() if n == 2 else None))

    assert not complete
    assert len(whole) > 4
    assert len(cut) == 2


def test_a_newer_release_under_the_same_rules_does_not_cut_a_stream(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    served = release_of(tmp_path, [{"n": i} for i in range(60_000)], {"n": ColumnType.INTEGER})
    newer = replace(served, release=replace(served.release, id="f" * 64))
    gate = make_gate(served)

    def supersede(n: int) -> None:
        gate.shelf.held["bus-stops"] = newer

    def under_new_rules(n: int) -> None:
        gate.shelf.held["bus-stops"] = newer
        gate.shelf.at_epoch += 1

    assert gate.run(stream(gate, "export.csv", supersede))[1]
    gate.shelf.held["bus-stops"] = served
    assert not gate.run(stream(gate, "export.csv", under_new_rules))[1]


def test_parquet_is_the_release_itself_and_can_be_read_by_ranges(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    schema = {"编号": ColumnType.TEXT, "注": ColumnType.TEXT}
    rows = [{"编号": str(i), "注": sha256(str(i).encode()).hexdigest()} for i in range(20_000)]
    built = release_of(tmp_path, rows, schema)
    gate = make_gate(built)
    whole = gate.get("export.parquet")
    assert whole.content == built.parquet.read_bytes()
    assert whole.headers["etag"] == f'"{built.release.id}"'
    assert whole.headers["content-disposition"] == 'attachment; filename="bus-stops.parquet"'

    class Remote(io.RawIOBase):
        """A file that is read with Range requests only."""

        at, asked = 0, 0
        size = int(gate.get("export.parquet", method="HEAD").headers["content-length"])

        def seekable(self) -> bool:
            return True

        def readable(self) -> bool:
            return True

        def tell(self) -> int:
            return self.at

        def seek(self, to: int, whence: int = 0) -> int:
            self.at = to + (0, self.at, self.size)[whence]
            return self.at

        def read(self, size: int = -1) -> bytes:
            last = self.size - 1 if size < 0 else min(self.at + size, self.size) - 1
            if last < self.at:
                return b""
            got = gate.get("export.parquet", headers={"Range": f"bytes={self.at}-{last}"})
            assert got.status_code == 206
            assert got.headers["content-range"] == f"bytes {self.at}-{last}/{self.size}"
            self.asked += len(got.content)
            self.at += len(got.content)
            return bytes(got.content)

    remote = Remote()
    table = pq.read_table(pa.PythonFile(remote, mode="r"), columns=["编号"])

    assert table.column(0).to_pylist() == [row["编号"] for row in rows]
    assert remote.asked < remote.size / 2


@pytest.mark.parametrize(
    ("header", "status", "length"),
    [
        ("bytes=0-0", 206, 1),
        ("bytes=-8", 206, 8),
        ("bytes=5-", 206, -5),
        ("bytes=999999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-2", 200, 0),
        ("bytes=0-1,3-4", 200, 0),
        ("lines=1-2", 200, 0),
        ("bytes=99999999999999999999-1", 200, 0),
    ],
)
def test_ranges_follow_the_rules_of_http(
    header: str, status: int, length: int | None, gate: Any, built: Any
) -> None:
    answer = gate.get("export.parquet", headers={"Range": header})

    assert answer.status_code == status
    if length is None:
        assert answer.headers["content-range"] == f"bytes */{built.release.bytes}"
    else:
        assert len(answer.content) == (length if length > 0 else built.release.bytes + length)


def test_a_range_of_another_release_is_answered_whole(gate: Any, built: Any) -> None:
    answer = gate.get("export.parquet", headers={"Range": "bytes=0-3", "If-Range": '"other"'})

    assert (answer.status_code, len(answer.content)) == (200, built.release.bytes)


def test_a_file_with_a_column_the_release_does_not_have_is_not_served(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    # A release of its own: a worker that has a file open under its hash does not look at it again.
    two = release_of(tmp_path, [{"n": 1, "m": 2}], {"n": ColumnType.INTEGER, "m": ColumnType.INTEGER})
    fewer = replace(two, release=replace(two.release, columns=two.release.columns[:-1]))
    gate = make_gate(fewer)

    for what in ("records", "aggregate", "export.csv", "export.parquet", "export.arrow", "export.xlsx"):
        is_problem(gate.get(what), 503)


def test_an_answer_with_other_columns_than_the_release_does_not_leave(gate: Any, rows: list[Any]) -> None:
    class Odd:
        """Workers that answer with a column nobody released."""

        limits = gate.path._engines.workers.limits

        async def ask(self, *given: Any, **named: Any) -> Answer:
            return Answer(['{"编号":"1","身份证号":"x"}'.encode()], [1], 1)

    gate.path._engines.workers = Odd()
    gate.path._engines.row_files.refused.add(gate.shelf.held["bus-stops"].row_file)

    for what in ("records?q=x&sort=id", "aggregate?group_by=id"):
        assert "身份证号" not in str(is_problem(gate.get(what), 503))


def test_a_row_file_of_another_release_is_not_used(
    make_gate: Any, built: Any, release_of: Any, tmp_path: Any
) -> None:
    other = release_of(tmp_path, [{"n": 5}], {"n": ColumnType.INTEGER})

    answer = make_gate(replace(other, row_file=built.row_file)).get("records")

    assert answer.json()["records"] == [{"n": 5}]


def test_a_failure_in_mid_stream_leaves_the_answer_incomplete(
    gate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*given: Any) -> Any:
        yield b"first"
        raise RuntimeError("secret-cell-value")

    monkeypatch.setattr("gateway.serve.data_path.export", failing)

    assert gate.run(stream(gate, "export.csv", lambda n: None)) == ([b"first"], False)


def test_an_unexpected_failure_is_a_problem_without_a_word_of_it(gate: Any) -> None:
    async def broken(*given: Any, **named: Any) -> Any:
        raise RuntimeError("secret-cell-value")

    gate.path._engines.workers = type(
        "Broken", (), {"ask": staticmethod(broken), "limits": gate.path._engines.workers.limits}
    )()

    answer = gate.get("records", {"q": "浦东", "sort": "lat"})

    is_problem(answer, 500)
    assert "secret" not in answer.text


def test_the_answer_cache_stays_within_its_bytes(make_gate: Any, built: Any) -> None:
    gate = make_gate(built, cache_bytes=200_000)
    for limit in range(1, 60):
        assert len(gate.get("records", {"limit": str(limit)}).json()["records"]) == limit

    answers = gate.path.answers
    assert 0 < sum(len(body) for body, _ in answers._by_etag.values()) <= answers._held <= 200_000


def test_too_many_exports_at_once_are_refused_at_once(make_gate: Any, built: Any) -> None:
    gate = make_gate(built, exports=1)
    gate.path._streams.free = 0

    assert is_problem(gate.get("export.csv"), 503)
    gate.path._streams.free = 1
    assert gate.get("export.csv").status_code == 200
    assert gate.path._streams.free == 1


def test_pages_go_on_in_the_release_where_they_began(release_of: Any, make_gate: Any, tmp_path: Any) -> None:
    old = release_of(tmp_path / "old", [{"n": i} for i in range(10)], {"n": ColumnType.INTEGER}, ["n"])
    new = release_of(tmp_path / "new", [{"n": -i} for i in range(10)], {"n": ColumnType.INTEGER}, ["n"])
    gate = make_gate(old)
    params = {"sort": "-n", "limit": "4"}
    page = gate.get("records", params).json()
    gate.shelf.held["bus-stops"], gate.shelf.before = new, [old]
    visited = page["records"]
    while page["next"]:
        page = gate.get("records", {**params, "cursor": page["next"]}).json()
        assert page["release"] == old.release.id
        visited += page["records"]

    assert [record["n"] for record in visited] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert gate.get("records", params).json()["release"] == new.release.id


def test_a_cursor_whose_release_may_not_be_seen_any_more_is_a_conflict(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    old = release_of(tmp_path / "old", [{"n": i} for i in range(10)], {"n": ColumnType.INTEGER})
    new = release_of(tmp_path / "new", [{"n": -i} for i in range(10)], {"n": ColumnType.INTEGER})
    gate = make_gate(old)
    cursor = gate.get("records", {"limit": "4"}).json()["next"]
    gate.shelf.held["bus-stops"] = new

    is_problem(gate.get("records", {"limit": "4", "cursor": cursor}), 409)


def test_an_earlier_release_answers_everything_that_the_current_one_does(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    old = release_of(tmp_path / "old", [{"n": i} for i in range(10)], {"n": ColumnType.INTEGER})
    new = release_of(tmp_path / "new", [{"n": -1}], {"n": ColumnType.INTEGER})
    gate = make_gate(new)
    gate.shelf.before = [old]
    asked = {"release": old.release.id[:12]}

    assert gate.get("records", asked).json()["total"] == 10
    assert gate.get("aggregate", asked).json()["records"] == [{"count": 10}]
    assert gate.get("export.csv", asked).text.split() == ["n", *map(str, range(10))]
    assert gate.get("export.parquet", asked).content == old.parquet.read_bytes()
    assert gate.get("records", {"release": new.release.id}).json()["total"] == 1
    is_problem(gate.get("records", {"release": "0" * 12}), 404)
    is_problem(gate.get("records", {"release": "latest"}), 400)
    is_problem(gate.get("records", {"as_of": "yesterday"}), 400)
    is_problem(gate.get("records", {**asked, "as_of": "2026-01-01"}), 400)


@pytest.mark.parametrize("change", ["withdrawn", "judged anew", "replaced again"])
def test_an_answer_from_an_earlier_release_ends_with_whatever_moves(
    change: str, release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    old = release_of(tmp_path / "old", [{"n": i} for i in range(60_000)], {"n": ColumnType.INTEGER})
    new = release_of(tmp_path / "new", [{"n": -1}], {"n": ColumnType.INTEGER})
    gate = make_gate(new)
    gate.shelf.before = [old]

    def move(n: int) -> None:
        if n == 2 and change == "withdrawn":
            gate.shelf.held.clear()
        if n == 2 and change == "judged anew":
            gate.shelf.at_epoch += 1
        if n == 2 and change == "replaced again":
            gate.shelf.held["bus-stops"] = replace(new, release=replace(new.release, id="f" * 64))

    what = f"export.csv?release={old.release.id}"
    assert gate.run(stream(gate, what, lambda n: None))[1]
    cut, complete = gate.run(stream(gate, what, move))
    assert (len(cut), complete) == (2, False)
