"""Asking operations what they answer: the example of each, through the very function, engines and limits that answer a
caller. Counts rest on what came back, not on what was declared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson

from catalog.errors import KaizhaError
from catalog.registry import queries
from catalog.registry.services import Probed, View, views
from catalog.release import Release
from catalog.service import ServiceRecord
from catalog.text import Text
from gateway.gate import Gate
from gateway.serve.engines import Engines
from gateway.serve.operation import compile_operation
from gateway.serve.service_path import answer_operation
from gateway.serve.shelf import with_files
from gateway.serve.workers import WorkerLimits, Workers

__all__ = ["probe_records"]


def probe_records(gate: Gate, records: Sequence[ServiceRecord]) -> tuple[Probed, ...]:
    """What each answers now; nothing is written. A pool of query workers lives for as long as this takes."""
    if not records:
        return ()
    with gate.registry.reading() as snapshot:
        standing = queries.standing(snapshot)
        wanted = {standing[name] for one in records for name in one.service.datasets if name in standing}
        releases = {number: queries.numbered_release(snapshot, number) for number in sorted(wanted)}
        joined = [one.number for one in records if one.service.joins]
        known = {one.service: one for one in views(snapshot, joined)} if joined else {}
    current = {name: releases[number] for name, number in standing.items() if number in releases}
    return asyncio.run(_ask_all(gate, records, current, standing, known))


async def _ask_all(
    gate: Gate,
    records: Sequence[ServiceRecord],
    current: dict[str, Release],
    standing: dict[str, int],
    known: dict[int, View],
) -> tuple[Probed, ...]:
    limits = WorkerLimits(
        workers=1,
        deadline_s=gate.settings.query_deadline_s,
        engine_memory_mb=gate.settings.query_memory_mb,
    )
    workers = Workers(limits)
    await workers.start()
    try:
        engines = Engines(workers)
        found = []
        for record in records:
            resting = {name: current[name].id for name in record.service.datasets if name in current}
            try:
                await _ask(gate, engines, record, current, standing, known.get(record.number))
                found.append(Probed(record.number, True, resting))
            except KaizhaError as error:
                found.append(Probed(record.number, False, resting, error.message))
            except _Misfit as misfit:
                found.append(Probed(record.number, False, resting, misfit.text))
        return tuple(found)
    finally:
        await workers.close()


class _Misfit(Exception):
    """The answer is not what was declared."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


async def _ask(
    gate: Gate,
    engines: Engines,
    record: ServiceRecord,
    current: dict[str, Release],
    standing: dict[str, int],
    view: View | None,
) -> None:
    """Raises _Misfit or an error of the tree."""
    service = record.service
    for name in service.datasets:
        if name not in current:
            raise _Misfit(Text(f"数据集 {name} 现未开放", f"dataset {name} is not open now"))
    release = current[service.dataset]
    if service.joins:
        if view is None or view.resting != {name: standing[name] for name in service.datasets}:
            raise _Misfit(Text("连接结果尚未建成", "the join is not made yet"))
        release = view.release
    operation = compile_operation(service, release)
    query = operation.asked(tuple(service.example.items()))
    served = with_files(release, gate.open, gate.settings.cache_folder)
    answered = await answer_operation(engines, served, operation, query, "")
    if any(list(orjson.loads(one)) != list(operation.shown) for one in answered.records):
        raise _Misfit(Text("返回的字段与声明不符", "it answers with other members than declared"))
    if not answered.records and not service.may_be_empty:
        raise _Misfit(Text("以示例查询没有结果", "its example finds nothing"))
