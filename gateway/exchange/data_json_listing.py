"""What a data.json lists: one document of any length, read from a file as a stream, a hundred datasets at a time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from catalog.errors import BadInput, KaizhaError
from catalog.interchange.data_json import read_data_json
from catalog.interchange.limits import Limits
from catalog.text import Text
from gateway.exchange.fetch import Fetcher, Validators
from gateway.exchange.source import Found, Item, Source, trouble_of
from gateway.exchange.store import sha

__all__ = ["ROWS", "data_json_pages"]

ROWS = 100
MOST_EVENTS = 200_000  # of one dataset: what is larger is no description of one


def data_json_pages(
    source: Source,
    fetcher: Fetcher,
    scratch: Path,
    known: Callable[[str], tuple[Validators, str] | None],
    cursor: Mapping[str, Any],
) -> Iterator[Found]:
    """The datasets of the document in its order, a hundred a page. Raises BadInput where it is malformed: what stood before
    that is given first."""
    start = int(cursor.get("start", 0))
    page = sha(source.url)
    before = known(page)
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        path = Path(folder) / "data.json"
        with fetcher.get(
            source.url, "application/json", before[0] if before and not start else Validators()
        ) as answer:
            if answer.unchanged and before:
                yield Found(page, {"done": True}, unchanged=True)
                return
            told = answer.validators
            with path.open("wb") as copy:
                shutil.copyfileobj(answer.body, copy, 1 << 20)
        datasets = islice(_datasets(path), start, None)
        while batch := list(islice(datasets, ROWS)):
            items = tuple(_item(one, start + place) for place, one in enumerate(batch))
            start += len(batch)
            yield Found(page, {"start": start}, items)
        # only a document that was read to its end is known by what its server calls it
        yield Found(page, {"done": True}, validators=told)


def _datasets(path: Path) -> Iterator[Any]:
    """The entries of ``dataset``, or of the list that the document is."""
    with path.open("rb") as stream:
        first = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    prefix = "item" if first == b"[" else "dataset.item"
    with path.open("rb") as stream:
        try:
            yield from _values(stream, prefix)
        except (ijson.JSONError, UnicodeDecodeError):
            raise BadInput(
                Text("不是合法的 UTF-8 JSON", "This is no valid JSON in UTF-8"),
                Text(
                    "请源站点修正；其前的数据集已采集",
                    "Its portal has to mend it; the datasets before are harvested",
                ),
            ) from None


def _values(stream: BinaryIO, prefix: str) -> Iterator[Any]:
    """`ijson.items`, with a bound on what one of them may hold."""
    builder, events = None, 0
    ends = ("end_map", "end_array")
    for where, event, value in ijson.parse(stream):
        if where == prefix and builder is None and event not in ends:
            builder, events = ijson.ObjectBuilder(), 0
        if builder is None:
            continue
        events += 1
        if events <= MOST_EVENTS:
            builder.event(event, value)
        if where == prefix and (event in ends or event not in ("start_map", "start_array", "map_key")):
            yield builder.value if events <= MOST_EVENTS else None
            builder = None


def _item(one: Any, place: int) -> Item:
    """The entry at a place of the list, which also names what names itself nothing."""
    about = f"dataset[{place}]"
    try:
        parsed = read_data_json({"dataset": [_plain(one)]}, Limits(max_problems=20))
    except (KaizhaError, ValueError, TypeError, AttributeError, RecursionError) as error:
        return Item(
            about, None, trouble_of(error if isinstance(error, KaizhaError) else _unreadable(), about)
        )
    if not parsed.records:
        return Item(about, None, trouble_of(_unreadable(), about))
    record = parsed.records[0]
    if record.identifier == "dataset[0]":
        record = replace(record, identifier=about)
    return Item(record.identifier, record)


def _plain(value: Any) -> Any:
    """Numbers as JSON's own reader gives them."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def _unreadable() -> BadInput:
    return BadInput(
        Text("这个数据集的元数据无法读取", "The metadata of this dataset cannot be read"),
        Text("请源站点修正", "Its portal has to mend it"),
    )
