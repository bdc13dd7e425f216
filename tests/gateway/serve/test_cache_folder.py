"""Files of releases take bounded disk: the longest unused go, nobody who reads them notices, and they come back."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.serve.cache_folder import (
    IDLE_S,
    ROW_FILE,
    cache_folder_of,
    has_room,
    make_room,
    mark_used,
    mark_wanted,
    take_wanted,
)

IDS = [f"{n:x}" * 64 for n in range(4)]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Four releases of 100 bytes, used one after the other: the first longest ago."""
    for place, release_id in enumerate(IDS):
        folder = cache_folder_of(tmp_path, release_id)
        folder.mkdir(parents=True)
        (folder / ROW_FILE).write_bytes(b"x" * 100)
        os.utime(folder, (1_000 + place, 1_000 + place))
    return tmp_path


def left(cache: Path) -> list[str]:
    return sorted(one.name for one in (cache / "releases").iterdir())


def test_the_longest_unused_go_until_the_rest_fits(cache: Path) -> None:
    assert make_room(cache, 250, keep=IDS[3]) == IDS[:2]
    assert left(cache) == IDS[2:]
    assert make_room(cache, 250, keep=IDS[3]) == []


def test_what_was_used_lately_stays_and_what_was_just_built_stays_whatever_its_size(cache: Path) -> None:
    mark_used(cache_folder_of(cache, IDS[0]))

    assert make_room(cache, 150, keep=IDS[1]) == [IDS[2], IDS[3], IDS[0]]
    assert left(cache) == [IDS[1]]
    assert make_room(cache, 50, keep=IDS[1]) == []


def test_nothing_is_built_for_a_reader_in_place_of_what_others_use_now(cache: Path) -> None:
    assert has_room(cache, 401, now_s=1_001.0)
    assert not has_room(cache, 400, now_s=1_001.0)
    assert has_room(cache, 400, now_s=1_001.0 + IDLE_S)


def test_a_mark_is_taken_once(tmp_path: Path) -> None:
    assert take_wanted(tmp_path) == []
    mark_wanted(tmp_path, IDS[1])
    mark_wanted(tmp_path, IDS[1])
    (tmp_path / "wanted" / "something else").touch()

    assert take_wanted(tmp_path) == [IDS[1]]
    assert take_wanted(tmp_path) == []


@pytest.mark.parametrize(
    "what", ["records?sort=-id", "records?q=浦东", "records?sort=lat,price", "aggregate?group_by=id"]
)
def test_a_reader_does_not_notice_that_files_are_deleted(
    what: str, make_gate: Any, with_files: Any, release_of: Any, tmp_path: Path, rows: Any
) -> None:
    from tests.gateway.serve.conftest import KEYS, SCHEMA

    served = with_files(release_of(tmp_path, rows, SCHEMA, KEYS))
    whole = make_gate(served).get(what)
    gate = make_gate(served)
    opened = make_gate(served)
    opened.get("records?sort=-id&limit=1")
    for path in (served.row_file, served.column_file, served.search_file):
        path.unlink()

    for one in (gate, opened):  # one that had them open, and one that had not
        answer = one.get(what)
        assert (answer.status_code, answer.content) == (200, whole.content)


def test_a_file_that_came_back_is_used_again(make_gate: Any, with_files: Any, bare: Any) -> None:
    gate = make_gate(replace(bare, row_file=bare.parquet.with_name("back.rows")))
    first = gate.get("records?limit=3").content
    from gateway.serve.row_file import build_row_file

    build_row_file(bare.parquet, bare.release, bare.parquet.with_name("back.rows"))

    served = gate.shelf.held["bus-stops"]
    assert gate.path._engines.row_file(served) is not None
    assert gate.get("records?limit=3").content == first
