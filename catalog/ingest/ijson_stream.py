"""Large JSON documents through ijson, in constant memory: one pass finds the largest list of records, one reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from catalog.errors import BadInput, Where
from catalog.ingest.nested import Flat, Number, feature, flatten
from catalog.ingest.nested import Path as Keys
from catalog.text import Text

__all__ = ["streamed"]

_COMMON = (ijson.JSONError, ValueError, UnicodeError)


def streamed(path: Path, file: str, wanted: str | None) -> Flat:
    """The table of a large document: the answered path, or the list (or object) that holds most records.

    Raises BadInput: not JSON, or no records in it.
    """
    lists, objects, features, crs = _survey(path, file)
    if wanted is not None:
        prefix = wanted.removeprefix("$").removeprefix(".")
        prefix = f"{prefix}.item" if prefix else "item"
        if prefix not in lists:
            raise _no_records(file)
    elif lists and max(lists.values()) >= max(objects.values(), default=0):
        prefix = max(lists, key=lambda one: lists[one])
    elif objects:
        return _keyed(path, max(objects, key=lambda one: objects[one]), file)
    else:
        raise _no_records(file)
    shown = "$." + prefix.removesuffix("item").removesuffix(".") if prefix != "item" else "$"
    if features and prefix == "features.item":
        rule = Text("GeoJSON 要素，每个一行", "GeoJSON features, one row each")
        return Flat(
            shown,
            lambda: (feature(item) for item in _items(path, prefix, file)),
            rule,
            geometry=("", "geometry"),
            crs=crs,
        )
    rule = Text(
        "记录的列表，每条一行；内层对象以点号展开",
        "a list of records, one row each; inner objects become dotted columns",
    )
    rivals = [
        one
        for one, count in lists.items()
        if one != prefix and count * 5 >= lists[prefix] and not one.startswith(prefix)
    ]

    def rows() -> Iterator[dict[Keys, str | None] | None]:
        for item in _items(path, prefix, file):
            yield flatten(item) if isinstance(item, dict) else None

    return Flat(shown, rows, rule, certain=not rivals)


def _survey(path: Path, file: str) -> tuple[Counter[str], Counter[str], bool, str | None]:
    """Records by prefix of their list, records by prefix of their object (one level), and whether it is GeoJSON."""
    lists: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    features, crs = False, None
    with path.open("rb") as stream:
        try:
            for prefix, event, value in ijson.parse(stream):
                if event == "start_map" and prefix:
                    if prefix.endswith("item"):
                        lists[prefix] += 1
                    elif "." not in prefix:
                        objects[""] += 1
                elif prefix == "type" and value == "FeatureCollection":
                    features = True
                elif prefix == "crs.properties.name" and event == "string":
                    crs = value
        except _COMMON:
            raise _not_json(file) from None
    return lists, objects, features, crs


def _keyed(path: Path, prefix: str, file: str) -> Flat:
    def rows() -> Iterator[dict[Keys, str | None] | None]:
        with path.open("rb") as stream:
            try:
                for key, item in ijson.kvitems(stream, prefix):
                    yield {("", "key"): key, **flatten(_literal(item))} if isinstance(item, dict) else None
            except _COMMON:
                raise _not_json(file) from None

    return Flat(
        "$",
        rows,
        Text(
            "以名称为键的记录，每个键一行，键保留为 key 列",
            "an object of records by name, one row per key, the key kept as column key",
        ),
    )


def _items(path: Path, prefix: str, file: str) -> Iterator[Any]:
    with path.open("rb") as stream:
        try:
            for item in ijson.items(stream, prefix):
                yield _literal(item)
        except _COMMON:
            raise _not_json(file) from None


def _literal(value: Any) -> Any:
    """ijson's integers and decimals as their text; both are exact."""
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        return Number(value)
    return value


def _not_json(file: str) -> BadInput:
    return BadInput(
        Text("不是合法的 JSON", "This is not valid JSON"),
        Text("请修正后重新导出", "Correct it and export again"),
        Where(file=file),
    )


def _no_records(file: str) -> BadInput:
    return BadInput(
        Text("JSON 中没有记录的列表", "There is no list of records in the JSON document"),
        Text(
            "请提交记录的列表，或拆分为小于 64 MB 的文件",
            "Submit a list of records, or split it into files under 64 MB",
        ),
        Where(file=file),
    )
