"""What operations do when something they rest on has moved: judged again and asked again, by jobs. (What no longer may be
seen is closed before that, in the unit of work that closes its data: `gateway.services.standing`.)
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from catalog.errors import KaizhaError
from catalog.registry import queries
from catalog.registry.services import (
    close_views,
    enqueue_probe,
    move_service,
    service_records,
    views,
)
from catalog.service import ANSWERING, ServiceRecord, ServiceState
from gateway.access import GATE
from gateway.gate import Gate
from gateway.services.judge import Judged, judge_single, own_releases
from gateway.services.lifecycle import settle_probes, write_down
from gateway.services.views import holds, keep, make_view

__all__ = ["follow_services"]

AT_ONCE = 500
log = structlog.get_logger()


def follow_services(gate: Gate, dataset_id: str) -> None:
    """Judge again and ask again what rests on a dataset ("" = everything). Run by a job."""
    with gate.registry.reading() as snapshot:
        known = service_records(snapshot, dataset_id=dataset_id)
    living = [one for one in known if one.state in (*ANSWERING, ServiceState.DECLARED)]
    for start in range(0, len(living), AT_ONCE):
        some = living[start : start + AT_ONCE]
        for record in some:
            try:
                _judge_again(gate, record)
            except KaizhaError as misfit:  # what it rests on is closed or has changed: the probe says so
                log.info("service does not fit", service=record.service.id, kind=type(misfit).__name__)
        settle_probes(gate, _still(gate, some), GATE.name)


def _still(gate: Gate, records: Sequence[ServiceRecord]) -> list[ServiceRecord]:
    with gate.registry.reading() as snapshot:
        fresh = service_records(snapshot, numbers=[one.number for one in records])
    return [one for one in fresh if one.state in (*ANSWERING, ServiceState.DECLARED)]


def _judge_again(gate: Gate, record: ServiceRecord) -> None:
    """Raises an error of the tree where it cannot be judged now."""
    open_now = own_releases(gate, record.service)
    if not record.service.joins:
        judged = judge_single(gate, record.service, open_now[record.service.dataset][1])
        if judged.state is ServiceState.REFUSED:
            with gate.registry.transaction() as unit:
                _move(gate, unit, record, judged)
        return
    resting = {dataset_id: number for dataset_id, (number, _) in open_now.items()}
    with gate.registry.reading() as snapshot:
        known = views(snapshot, [record.number])
        standing = queries.standing(snapshot)
    if known and known[0].resting == resting == {
        name: standing.get(name) for name in record.service.datasets
    }:
        return
    made = make_view(gate, record.service, open_now, record.told)
    with gate.registry.transaction() as unit:
        if not holds(unit, made):
            enqueue_probe(unit, record.service.dataset, gate.now())
            return
        if keep(unit, record.number, made, gate.now()):
            return
        close_views(unit, [record.number], gate.now())
        _move(gate, unit, record, made.judged)


def _move(gate: Gate, unit: Connection, record: ServiceRecord, judged: Judged) -> None:
    move_service(unit, record.number, judged.state, GATE.name, gate.now(), told=judged.told)
    write_down(gate, unit, judged.state.value, [record.service], GATE.name)
