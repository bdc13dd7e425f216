"""The beginning of the path: a request becomes a dataset, a received file a described table, and that a measurement.

What `check` and `publish` share before anything is judged; nothing here writes to a zone or the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from catalog.dataset import ColumnType, Dataset, check_dataset_id
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, Where
from catalog.ingest import Reading, Source, read
from catalog.text import Text
from gateway.publish.agreed import Terms
from gateway.publish.convert import converted
from gateway.publish.propose import propose_id, propose_theme, propose_title
from gateway.publish.request import ACCEPT, Request
from privacy import Extent, held_in_label
from quality import ColumnProfile, Measurement, Profile, measure, profile, propose_suite

__all__ = [
    "RECEIVED",
    "claims",
    "counted_values",
    "extents",
    "measure_quality",
    "read_source",
    "register",
    "without_persons",
]

RECEIVED = "received"
NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
VERY_MANY = 20_000
"""Values beyond which nothing that is decided hangs on their exact number."""
LOCAL_PUBLISHER = "本机 local"


def register(request: Request, licence: str) -> tuple[Dataset, dict[str, str]]:
    """The dataset as asked for, with what was not given proposed; and the proposals, by field.

    Raises BadInput for an identifier that cannot be one.
    """
    given, proposals = request.metadata, {}

    def settled(field: str, value: str | None, proposal: str) -> str:
        answer = request.answers.get(field)
        if answer and answer != ACCEPT:
            return answer
        if value is None:
            proposals[field] = proposal
        return value or proposal

    title = settled("title", given.title, propose_title(request.source_name))
    without_persons(
        title, Text("标题", "The title"), Text("请用 --title 另给标题", "Give another with --title")
    )
    if given.description:
        without_persons(
            given.description,
            Text("描述", "The description"),
            Text("请删去其中的号码", "Take the number out of it"),
        )
    fields = [field.name for field in request.contract.fields]
    dataset = Dataset(
        id=check_dataset_id(given.dataset_id or propose_id(request.source_name, given.title)),
        title=title,
        publisher=settled("publisher", given.publisher, LOCAL_PUBLISHER),
        theme=settled("theme", given.theme, propose_theme(title, fields)),
        description=given.description,
        access=given.access,
        update_cycle=request.contract.update_cycle or given.update_cycle,
        licence=request.contract.licence or given.licence or licence,
        keywords=given.keywords,
        source=given.source,
    )
    return dataset, proposals


def without_persons(label: str, what: Text, remedy: Text) -> None:
    """Raises BadInput where a label that everybody will see holds a number of a person; the number is not echoed."""
    if (row := held_in_label(label)) is not None:
        raise BadInput(Text(f"{what.zh}含有{row.title.zh}", f"{what.en} holds a {row.title.en}"), remedy)


def read_source(engine: DuckDBEngine, source: Source, folder: Path, request: Request) -> Reading:
    """The source as a typed table in the engine, with every column that the contract names.

    Raises BadInput: not readable, a contract or answer that names a column the source has not, a factor that does not fit.
    """
    reading = read(engine, source, folder, RECEIVED, request.reading)
    types = {column.name: column.type for column in reading.schema}
    for place, column in enumerate(reading.schema, 1):
        without_persons(
            f"{column.name} {column.title.zh if column.title else ''}",
            Text(f"第 {place} 列的列名", f"The name of column {place}"),
            Text(
                "请在源文件中改列名，或用 --header-row 指定真正的表头行",
                "Rename the column in the source, or name the row of the real header with --header-row",
            ),
        )
    contract = request.contract
    event = () if contract.event_time is None else (contract.event_time,)
    for wanted in (*(field.name for field in contract.fields), *contract.keys, *contract.search, *event):
        if wanted not in types:
            raise BadInput(
                Text(
                    f"合同中的列“{wanted}”不在数据中",
                    f'The contract names a column "{wanted}" that is not in the data',
                ),
                Text(
                    f"数据中的列：{'、'.join(list(types)[:20])}；数据确已改变的，请以 --contract 提交新的主版本",
                    f"Columns in the data: {', '.join(list(types)[:20])}. Where the data have changed for good, submit a "
                    "new major version: --contract FILE",
                ),
                Where(file=source.name, column=wanted),
            )
    for answer in request.answers:
        kind, _, name = answer.partition(":")
        if kind == "column" and name not in types:
            raise BadInput(
                Text(f"数据中没有列“{name}”", f'There is no column "{name}" in the data'),
                Text(
                    f"数据中的列：{'、'.join(list(types)[:20])}",
                    f"Columns in the data: {', '.join(list(types)[:20])}",
                ),
                Where(file=source.name, parameter=answer),
            )
    return converted(engine, reading, request.contract, folder)


def measure_quality(
    engine: DuckDBEngine, reading: Reading, terms: Terms, on: date
) -> tuple[Profile, Measurement]:
    """The profile of the reading, and its measurement under the contract's suite or a proposed one, and under what
    the contract and its elements claim of the cells."""
    found = profile(engine, RECEIVED, reading.schema)
    contract = terms.request.contract
    suite = dict(contract.suite or claims(propose_suite(reading.schema, found, contract.keys, on=on)))
    suite["expectations"] = _with(suite["expectations"], terms.claims)
    measured = measure(
        engine, RECEIVED, reading.schema, suite, rejected_rows=reading.rejected_rows, profiled=found
    )
    return found, measured


def extents(profiled: Profile) -> Mapping[str, Extent]:
    """What a profile knows of its columns that the search for personal information would count again."""
    return {one.name: Extent(profiled.rows - one.nulls, *_reach(one)) for one in profiled.columns}


def counted_values(profiled: Profile) -> Mapping[str, int]:
    """The distinct values of the columns whose number a profile knows: exactly, or of very many within a few per cent."""
    return {
        one.name: one.distinct
        for one in profiled.columns
        if one.type is not ColumnType.GEOMETRY and (one.distinct_exact or one.distinct > VERY_MANY)
    }


def _reach(one: ColumnProfile) -> tuple[int | None, int | None, int | None, float | None]:
    if one.type is ColumnType.TEXT:
        return one.distinct, one.min_length, one.max_length, None
    if one.type not in NUMERIC or one.low is None or one.high is None:
        return None, None, None, None
    return None, None, None, max(abs(float(end)) for end in (one.low, one.high) if not isinstance(end, date))


def _with(expectations: list[Any], more: Iterable[dict[str, Any]]) -> list[Any]:
    """The expectations and, of more, those that do not stand among them in so many words."""
    said = [(one.get("type"), one.get("kwargs")) if isinstance(one, dict) else None for one in expectations]
    return [*expectations, *(one for one in more if (one["type"], one["kwargs"]) not in said)]


def claims(suite: dict[str, Any]) -> dict[str, Any]:
    """A proposed suite without what was read off the very data it would measure: that always holds and says nothing."""
    claims = [one for one in suite["expectations"] if one["meta"]["scored"]]
    return suite | {"expectations": claims}
