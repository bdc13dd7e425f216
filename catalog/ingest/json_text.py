"""JSON and newline-delimited JSON from a file to a raw table: parsed with every digit kept, nothing dropped silently.

Small documents are parsed whole; large ones are streamed with ijson, twice (where is the table, then its rows).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from catalog.dataset import ColumnType, ReadingChoice, RejectedRow
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, Where
from catalog.ingest.answers import Answers
from catalog.ingest.coordinates import Datum
from catalog.ingest.encoding import nul_found
from catalog.ingest.geometry import Move, Seen, datum_of, moved_geometry, movement, reference_choices, swapped
from catalog.ingest.ijson_stream import streamed
from catalog.ingest.limits import Limits
from catalog.ingest.locate import find_header
from catalog.ingest.names import column_names
from catalog.ingest.nested import Flat, Number, flatten, name_of, tabulate
from catalog.ingest.nested import Path as Keys
from catalog.ingest.raw import RawTable, load_rows
from catalog.ingest.signature import CALL
from catalog.text import Text

__all__ = ["read_json", "read_ndjson"]

MAX_EXAMPLES = 100


class _Repeated(ValueError):
    """A key stands twice in one object: one of the values would vanish."""


def parse(text: str) -> Any:
    """A document with numbers as `Number`.

    Raises json.JSONDecodeError, `_Repeated` (both ValueError) and RecursionError.
    """
    return json.loads(
        text, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=_object
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def read_json(
    engine: DuckDBEngine, path: Path, file: str, raw: str, answers: Answers, limits: Limits
) -> RawTable:
    """A raw table from one JSON document.

    Raises BadInput: not JSON (with its line), nested beyond the cap, no table in it, an unknown path.
    """
    if path.stat().st_size > limits.max_json_in_memory:
        return _load(engine, streamed(path, file, answers.get("table")), file, raw, answers, limits)
    text, called = _without_call(path.read_text(encoding="utf-8-sig"))
    try:
        value = parse(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            Text("不是合法的 JSON", "This is not valid JSON"),
            Text(
                "请在该行修正后重新提交；若每行一个 JSON 对象，请以 .ndjson 命名",
                "Correct that line; if it is one JSON object a line, name it .ndjson",
            ),
            Where(file=file, line=error.lineno),
        ) from None
    except _Repeated:
        raise BadInput(
            Text("同一个 JSON 对象里有重复的键", "A JSON object holds one key twice"),
            Text(
                "请去掉重复的键，否则其中一个值会丢失",
                "Remove the repeated key, as one of its values would be lost",
            ),
            Where(file=file),
        ) from None
    except RecursionError:
        _too_deep(file, limits)
    if _deeper_than(value, limits.max_depth):
        _too_deep(file, limits)
    wanted = answers.get("table")
    flat = (
        tabulate(_descend(value, wanted, file), wanted or "$")
        if wanted not in (None, "$")
        else tabulate(value)
    )
    if flat is None:
        raise _no_table(file)
    table = _load(engine, flat, file, raw, answers, limits)
    if not called:
        return table
    how = Text(
        "JSON 包在一个函数调用里（JSONP），只取其参数",
        "JSON inside the call of a function (JSONP): its argument",
    )
    return replace(table, choices=(answers.chosen("format", "jsonp", how), *table.choices))


def _without_call(text: str) -> tuple[str, bool]:
    """The argument of a JavaScript call that a document consists of; whether it is one."""
    begun = CALL.match(text)
    bare = text.rstrip().removesuffix(";").rstrip()
    if begun is None or not bare.endswith(")"):
        return text, False
    return bare[begun.end() - 1 : -1], True


def read_ndjson(
    engine: DuckDBEngine, path: Path, file: str, raw: str, answers: Answers, limits: Limits
) -> RawTable:
    """A raw table from one JSON object a line; a line that is none is rejected with its number."""

    def rows() -> Iterator[dict[Keys, str | None] | None]:
        with path.open(encoding="utf-8-sig", newline="\n") as stream:
            for line in stream:
                if line.strip():
                    yield _line(line, limits)

    flat = Flat("$", rows, Text("每行一个 JSON 对象，每个一行", "one JSON object a line, one row each"))
    return _load(engine, flat, file, raw, answers, limits)


def _line(line: str, limits: Limits) -> dict[Keys, str | None] | None:
    try:
        value = parse(line)
    except (ValueError, RecursionError):
        return None
    return flatten(value) if isinstance(value, dict) and not _deeper_than(value, limits.max_depth) else None


def _descend(value: Any, wanted: str | None, file: str) -> Any:
    """The part at a dotted path (``$.a.b`` or ``a.b``), keys taken as long as they can be."""
    left = (wanted or "").removeprefix("$").removeprefix(".")
    while left:
        keys = (
            [key for key in value if left == key or left.startswith(f"{key}.")]
            if isinstance(value, dict)
            else []
        )
        if not keys:
            raise BadInput(
                Text("JSON 中没有这个路径", "There is no such path in the JSON document"),
                Text(
                    "请给出以点号分隔的键，例如 table=$.data.rows",
                    "Give keys joined by dots, for example table=$.data.rows",
                ),
                Where(file=file, parameter="table"),
            )
        key = max(keys, key=len)
        value, left = value[key], left[len(key) + 1 :]
    return value


def _deeper_than(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        level = [one for one in level if isinstance(one, dict | list)]
        if not level:
            return False
    return True


@dataclass(slots=True)
class _Account:
    items: int = 0
    rejected_rows: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)


def _load(
    engine: DuckDBEngine, flat: Flat, file: str, raw: str, answers: Answers, limits: Limits
) -> RawTable:
    keys: dict[Keys, None] = {}
    first: list[list[str]] = []
    for row in flat.rows():
        if row is None:
            continue
        keys.update(dict.fromkeys(row))
        if flat.grid and len(first) < limits.sample_records:
            first.append([one or "" for one in row.values()])
        if len(keys) > limits.max_columns:
            break
    if not keys:
        raise _no_table(file)
    order = sorted(keys, key=lambda key: int(key[0])) if flat.grid else _geometry_last(list(keys), flat)
    header = find_header(first, len(order)) if flat.grid else None
    given = tuple(header.names) if header is not None and header.rows else ()
    shown = (
        given or tuple(f"column_{place}" for place in range(1, len(order) + 1))
        if flat.grid
        else tuple(map(name_of, order))
    )
    names, changed = column_names(shown, file, None, limits.max_columns)
    account = _Account()
    place = order.index(flat.geometry) if flat.geometry in order else None
    datum = datum_of(flat, file, answers)
    swap = swapped(flat, datum, answers)
    move = movement(datum, swap is not None, answers)
    lines = _cells(flat, order, header.body if header is not None else 0, account, place, file, move)
    rows = load_rows(engine, raw, len(order), lines, file, limits)
    is_wgs84 = datum is Datum.WGS84 or move is not None
    sound = is_wgs84 and not account.seen.outside and not account.seen.swapped
    fixed = {place: ColumnType.GEOMETRY if sound else ColumnType.TEXT} if place is not None else {}
    fixed |= {order.index(key): ColumnType.TEXT for key in flat.texts if key in keys}
    choices = [answers.chosen("table", flat.at, flat.rule, flat.certain or answers.get("table") is not None)]
    if header is not None:
        choices.append(
            answers.chosen(
                "header_row",
                str(header.rows[0] + 1) if header.rows else "none",
                header.evidence,
                header.certain,
            )
        )
    choices.extend(_choices(flat, changed, account, answers, datum, swap))
    return RawTable(
        raw,
        names,
        rows,
        tuple(choices),
        given or None,
        account.rejected_rows,
        tuple(account.rejected),
        fixed,
        footers=flat.grid,
    )


def _geometry_last(keys: list[Keys], flat: Flat) -> list[Keys]:
    return [key for key in keys if key != flat.geometry] + [key for key in keys if key == flat.geometry]


def _cells(
    flat: Flat,
    order: list[Keys],
    body: int,
    account: _Account,
    place: int | None,
    file: str,
    move: Move | None,
) -> Iterator[list[str | None]]:
    for item, row in enumerate(flat.rows(), start=1):
        account.items = item
        if row is None:
            account.rejected_rows += 1
            if len(account.rejected) < MAX_EXAMPLES:
                account.rejected.append(
                    RejectedRow(
                        item, None, Text(f"第 {item} 项不是可读的记录", f"item {item} is no readable record")
                    )
                )
            continue
        if item <= body:
            continue
        cells = [row.get(key) for key in order]
        if any(one and "\x00" in one for one in cells):
            raise nul_found(file, item)
        if place is not None and (text := cells[place]):
            if move is not None:
                cells[place] = text = moved_geometry(text, move, file, item)
            account.seen.add(text)
        yield cells


def _choices(
    flat: Flat,
    changed: Iterable[str],
    account: _Account,
    answers: Answers,
    datum: Datum | None,
    swap: Text | None,
) -> Iterator[ReadingChoice]:
    if flat.geometry is not None:
        yield from reference_choices(flat, account.seen, answers, datum, swap)
    if names := list(changed):
        yield answers.chosen(
            "names",
            ", ".join(names[:20]),
            Text(
                "列名为空、重复或被占用，已改为唯一的名称",
                "names that were empty, repeated or reserved were made unique",
            ),
        )
    if account.rejected_rows:
        shown = ", ".join(str(one.line) for one in account.rejected[:5])
        yield answers.chosen(
            "rejected_rows",
            str(account.rejected_rows),
            Text(
                f"这些项不是可读的记录，不进入表（如第 {shown} 项）",
                f"these items are no readable records and are left out (such as item {shown})",
            ),
            certain=False,
        )


def _too_deep(file: str, limits: Limits) -> NoReturn:
    raise BadInput(
        Text(f"JSON 嵌套超过 {limits.max_depth} 层", f"The JSON is nested more than {limits.max_depth} deep"),
        Text("请导出为记录的列表", "Export it as a list of records"),
        Where(file=file),
    ) from None


def _no_table(file: str) -> BadInput:
    return BadInput(
        Text("JSON 中没有可以成为表的内容", "There is nothing in the JSON document that could be a table"),
        Text(
            "请提交记录的列表，或以 table 指定路径", "Submit a list of records, or name the path with table"
        ),
        Where(file=file),
    )
