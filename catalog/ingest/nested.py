"""From nested JSON to one flat table, by stated rules: which part is the table, and what becomes a column.

Pure. Numbers arrive as `Number`, their literal text, so 18-digit integers and decimals keep every digit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.text import Text

__all__ = ["Flat", "Number", "Path", "compact", "feature", "flatten", "is_geometry", "name_of", "tabulate"]

Path = tuple[str, ...]
Row = dict[Path, str | None]
LEVELS = ("", "level"), ("", "parent")


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Flat:
    """`rows` may be iterated more than once; a None row is an item that is no record (rejected). `at` is the
    dotted path of the table (``$`` = the document); `rule` says how it became rows; `grid` rows may hold a header;
    `texts` are columns that name things and stay text."""

    at: str
    rows: Callable[[], Iterator[Row | None]]
    rule: Text
    certain: bool = True
    grid: bool = False
    geometry: Path | None = None
    texts: tuple[Path, ...] = ()
    crs: str | None = None


def name_of(path: Path) -> str:
    """A column's name: the keys on the way, joined by dots."""
    return path[-1] if path[0] == "" and len(path) == 2 else ".".join(path)


def compact(value: Any) -> str:
    """JSON text without spaces, numbers as written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(
                f"{json.dumps(key, ensure_ascii=False)}:{compact(item)}" for key, item in value.items()
            )
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join([compact(item) for item in value]) + "]"
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def cell(value: Any) -> str | None:
    """A scalar as text, a list as JSON text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return compact(value)


def flatten(record: Mapping[str, Any], at: Path = ()) -> Row:
    """One row of a record: objects inside become columns ``outer.inner``, lists JSON text."""
    row: Row = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            row.update(flatten(value, (*at, key)))
        else:
            row[(*at, key)] = None if value == {} else cell(value)
    return row


def tabulate(value: Any, at: str = "$") -> Flat | None:
    """The table of a parsed document, None where there is none. Rules, first that fits:

    GeoJSON features → one row each; a list of records → one row each, of a tree of records → one row per node with
    its level and parent; a list of lists → a grid; a list of scalars → one column; an object of equally long lists →
    columns; an object of records or of lists → one row per key; otherwise the largest such part inside.
    """
    if isinstance(value, list):
        return _of_list(value, at)
    if not isinstance(value, dict) or not value:
        return None
    if value.get("type") == "FeatureCollection" and isinstance(value.get("features"), list):
        return _features(value["features"], value, f"{at}.features")
    if value.get("type") == "Feature" and "geometry" in value:
        return _features([value], value, at)
    return _of_object(value, at)


def is_geometry(value: Any) -> bool:
    """A GeoJSON geometry (RFC 7946), by its shape."""
    if not isinstance(value, dict):
        return False
    if value.get("type") == "GeometryCollection":
        return isinstance(value.get("geometries"), list) and all(
            is_geometry(one) for one in value["geometries"]
        )
    return value.get("type") in _GEOMETRIES and isinstance(value.get("coordinates"), list)


_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def _of_list(items: list[Any], at: str) -> Flat | None:
    if not items:
        return None
    records = sum(isinstance(item, dict) for item in items)
    if records * 2 >= len(items):
        child = _child_key(items)
        if child is not None:
            return Flat(
                at,
                lambda: _nodes(items, 1, None),
                Text(
                    f"树（{child}）展开为每个节点一行，level 为层级，parent 为上级",
                    f"the tree (by {child}) gives one row per node, with its level and parent",
                ),
                certain=False,
                texts=(LEVELS[1],),
            )
        return Flat(
            at,
            lambda: (flatten(item) if isinstance(item, dict) else None for item in items),
            Text(
                "记录的列表，每条一行；内层对象以点号展开",
                "a list of records, one row each; inner objects become dotted columns",
            ),
        )
    if all(isinstance(item, list) for item in items):
        return Flat(
            at,
            lambda: ({(str(place),): cell(one) for place, one in enumerate(item)} for item in items),
            Text("列表的列表，每个一行", "a list of lists, one row each"),
            grid=True,
        )
    if not any(isinstance(item, list | dict) for item in items):
        return Flat(
            at,
            lambda: ({("value",): cell(item)} for item in items),
            Text("值的列表，读为一列", "a list of values, read as one column"),
        )
    return Flat(
        at,
        lambda: ({("value",): cell(item)} for item in items),
        Text("各项不同类，每项一行", "items of several kinds, one row each"),
        certain=False,
    )


def _of_object(value: dict[str, Any], at: str) -> Flat | None:
    values = list(value.values())
    if all(isinstance(item, list) for item in values) and not any(
        isinstance(one, list | dict) for item in values for one in item
    ):
        return _of_lists(value, at)
    deep = _column_leaf_rows(value)
    if deep and deep >= max((size for _, size, _ in _parts(value, at, 0)), default=0):
        return _of_leaves(value, at)
    if all(isinstance(item, dict) for item in values) and (len(values) > 1 or not _scalars(values[0])):
        return _of_records(value, at)
    parts = sorted(_parts(value, at, 0), key=lambda part: -part[1])
    if parts:
        (path, size, inner), others = parts[0], [part for part in parts[1:] if part[1] >= 2]
        found = tabulate(inner, path)
        if found is not None:
            rule, certain = found.rule, found.certain
            rivals = [
                other
                for other, other_size, _ in others
                if other_size * 5 >= size and not other.startswith(path)
            ]
            if rivals:
                named = ", ".join(rivals[:5])
                rule, certain = (
                    Text(f"{rule.zh}；另有：{named}", f"{rule.en}; there are others: {named}"),
                    False,
                )
            return replace(found, rule=rule, certain=certain)
    if len(values) >= 5 and all(isinstance(item, Number) for item in values):
        return Flat(
            at,
            lambda: ({("", "key"): key, ("value",): cell(item)} for key, item in value.items()),
            Text("名称到数值的对象，每个名称一行", "an object of name to number, one row per name"),
            certain=False,
        )
    return Flat(
        at,
        lambda: iter([flatten(value)]),
        Text("单个对象，读为一行", "one object, read as one row"),
        certain=False,
    )


def _of_lists(value: dict[str, list[Any]], at: str) -> Flat:
    """Columns where there are at most as many keys as items; otherwise one row per key."""
    lengths = {len(item) for item in value.values()}
    if len(lengths) == 1 and 1 <= len(value) <= max(lengths) and len(value) > 1:
        return Flat(
            at,
            lambda: _column_rows(value, ()),
            Text("等长列表的对象，每个键一列", "an object of equally long lists, one column per key"),
        )
    if lengths == {2} and all(_is_position(item) for item in value.values()):
        return Flat(
            at,
            lambda: (
                {("", "name"): key, ("", "lon"): cell(item[0]), ("", "lat"): cell(item[1])}
                for key, item in value.items()
            ),
            Text(
                "名称到 [经度, 纬度] 的对象，每个名称一行",
                "an object of name to [longitude, latitude], one row per name",
            ),
        )
    if len(lengths) == 1:
        return Flat(
            at,
            lambda: (
                {("", "key"): key, **{("", f"value_{place}"): cell(one) for place, one in enumerate(item, 1)}}
                for key, item in value.items()
            ),
            Text("名称到列表的对象，每个名称一行", "an object of name to list, one row per name"),
        )
    return Flat(
        at,
        lambda: ({("", "key"): key, ("value",): cell(one)} for key, item in value.items() for one in item),
        Text(
            "名称到不等长列表的对象，列表的每项一行",
            "an object of name to lists of several lengths, one row per item",
        ),
        certain=False,
    )


def _of_records(value: dict[str, Any], at: str) -> Flat:
    depth = _depth(value)
    if depth == 1 and not any(_is_columns(item) for item in value.values()):
        kept = not all(
            any(one == key for one in item.values() if isinstance(one, str)) for key, item in value.items()
        )
        rule = Text(
            "以名称为键的记录，每个键一行" + ("，键保留为 key 列" if kept else "；键已在记录中"),
            "an object of records by name, one row per key"
            + (", the key kept as column key" if kept else "; the key stands in the record already"),
        )
        return Flat(
            at,
            lambda: (
                {**({("", "key"): key} if kept else {}), **flatten(item)} for key, item in value.items()
            ),
            rule,
        )
    return Flat(
        at,
        lambda: _deep_rows(value, ()),
        Text(
            "逐层以键嵌套的对象：各层的键成为 key_1、key_2… 列，等长列表展开为行",
            "objects nested by key: the keys become columns key_1, key_2…, equally long lists become rows",
        ),
        certain=False,
    )


def _of_leaves(value: dict[str, Any], at: str) -> Flat:
    return Flat(
        at,
        lambda: _leaf_rows(value, ()),
        Text(
            "逐层以键嵌套的等长列表：各层的键成为 key_1、key_2… 列，列表的每项一行；其他部分不在表中",
            "equally long lists nested by key: the keys become columns key_1, key_2…, each item a row; other parts are not in the table",
        ),
        certain=False,
    )


def _column_leaf_rows(value: Mapping[str, Any], depth: int = 0) -> int:
    """Rows of the objects of equally long lists below."""
    if depth > 8:
        return 0
    inner = [item for item in value.values() if isinstance(item, dict)]
    return sum(
        len(next(iter(item.values()))) if _is_columns(item) else _column_leaf_rows(item, depth + 1)
        for item in inner
    )


def _leaf_rows(value: Mapping[str, Any], keys: Path) -> Iterator[Row | None]:
    for key, item in value.items():
        if isinstance(item, dict) and _is_columns(item):
            yield from _column_rows(item, (*keys, key))
        elif isinstance(item, dict) and len(keys) < 8:
            yield from _leaf_rows(item, (*keys, key))


def _deep_rows(value: dict[str, Any], keys: Path) -> Iterator[Row | None]:
    for key, item in value.items():
        inner = (*keys, key)
        if isinstance(item, dict) and _is_columns(item):
            yield from _column_rows(item, inner)
        elif isinstance(item, dict) and item and all(isinstance(one, dict) for one in item.values()):
            yield from _deep_rows(item, inner)
        elif isinstance(item, dict):
            yield {**_key_cells(inner), **flatten(item)}
        else:
            yield None


def _column_rows(value: Mapping[str, list[Any]], keys: Path) -> Iterator[Row]:
    length = max((len(item) for item in value.values()), default=0)
    for place in range(length):
        row: Row = dict(_key_cells(keys))
        if keys:
            row["", "position"] = str(place + 1)
        row.update({(key,): cell(item[place]) if place < len(item) else None for key, item in value.items()})
        yield row


def _key_cells(keys: Path) -> dict[Path, str | None]:
    return {("", f"key_{level}"): key for level, key in enumerate(keys, start=1)}


def _is_columns(value: Mapping[str, Any]) -> bool:
    lists = [item for item in value.values() if isinstance(item, list)]
    return (
        len(lists) == len(value) > 1
        and len({len(item) for item in lists}) == 1
        and not any(isinstance(one, dict) for item in lists for one in item)
    )


def _depth(value: Mapping[str, Any]) -> int:
    """How many levels of objects hold nothing but objects."""
    depth, level = 0, [value]
    while level and all(isinstance(item, dict) for one in level for item in one.values()) and any(level):
        depth += 1
        level = [item for one in level for item in one.values()]
        if depth > 8:
            break
    return depth


def _is_position(item: Sequence[Any]) -> bool:
    try:
        lon, lat = float(item[0]), float(item[1])
    except (TypeError, ValueError):
        return False
    return (
        isinstance(item[0], Number)
        and isinstance(item[1], Number)
        and -180 <= lon <= 180
        and -90 <= lat <= 90
    )


def _scalars(value: Mapping[str, Any]) -> bool:
    return any(not isinstance(item, dict | list) for item in value.values())


def _parts(value: Mapping[str, Any], at: str, depth: int) -> Iterator[tuple[str, int, Any]]:
    """Parts inside that could be the table, with the number of their items."""
    for key, item in value.items():
        path = f"{at}.{key}"
        if isinstance(item, list) and item and isinstance(item[0], dict | list):
            yield path, len(item), item
        elif isinstance(item, dict) and depth < 8:
            if len(item) > 1 and all(isinstance(one, dict) for one in item.values()):
                yield path, len(item), item
            yield from _parts(item, path, depth + 1)


def _child_key(items: Sequence[Any]) -> str | None:
    """The key under which records hold records of their own kind."""
    for item in items[:200]:
        if not isinstance(item, dict):
            continue
        for key, inner in item.items():
            if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
                own = {name for name, one in item.items() if not isinstance(one, list | dict)}
                theirs = {name for name, one in inner[0].items() if not isinstance(one, list | dict)}
                if own and len(own & theirs) * 2 >= len(own):
                    return str(key)
    return None


def _nodes(items: Sequence[Any], level: int, parent: str | None) -> Iterator[Row | None]:
    """Nodes in document order, parents first. A node is named by its first scalar."""
    for item in items:
        if not isinstance(item, dict):
            yield None
            continue
        children = {
            key: one
            for key, one in item.items()
            if isinstance(one, list) and one and all(isinstance(inner, dict) for inner in one)
        }
        own = {key: one for key, one in item.items() if key not in children}
        yield {
            LEVELS[0]: str(level),
            LEVELS[1]: parent,
            **flatten({key: one for key, one in own.items() if one != []}),
        }
        name: str | None = next((cell(one) for one in own.values() if not isinstance(one, list | dict)), None)
        for inner in children.values():
            yield from _nodes(inner, level + 1, name)


def _features(features: Sequence[Any], holder: Mapping[str, Any], at: str) -> Flat:
    crs = holder.get("crs")
    declared = (
        compact(crs.get("properties", {}).get("name"))
        if isinstance(crs, dict) and isinstance(crs.get("properties"), dict)
        else None
    )
    rule = Text(
        "GeoJSON 要素，每个一行；属性为列，几何为 geometry 列",
        "GeoJSON features, one row each: properties are columns, the geometry is column geometry",
    )
    return Flat(at, lambda: (feature(one) for one in features), rule, geometry=("", "geometry"), crs=declared)


def feature(item: Any) -> Row | None:
    """The row of one GeoJSON feature, None where it is none."""
    if not isinstance(item, dict) or item.get("type") != "Feature":
        return None
    geometry, properties = item.get("geometry"), item.get("properties")
    if (geometry is not None and not is_geometry(geometry)) or not isinstance(properties, dict | None):
        return None
    row = flatten(properties or {})
    if "id" in item and ("id",) not in row:
        row["", "id"] = cell(item["id"])
    row["", "geometry"] = None if geometry is None else compact(geometry)
    return row
