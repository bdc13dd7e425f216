"""The gate takes the steps in the life of a purpose-built API: each is one function of `gateway.services.lifecycle`."""

from __future__ import annotations

from typing import Any

from catalog.registry import dump
from catalog.registry.services import last_probes, service_records
from catalog.service import ServiceRecord
from gateway.access import Action, Person, may, require
from gateway.gate import Gate
from gateway.moment import day_of
from gateway.processes.service_steps import (
    AnswerService,
    DeclareService,
    DeprecateService,
    ListDeclarations,
    ProbeService,
    RetireService,
    ServiceStep,
)
from gateway.services import lifecycle

__all__ = ["declarations", "record_json", "take_service"]


def take_service(gate: Gate, person: Person, step: ServiceStep) -> Any:
    """The result of a step, as JSON values. Raises what the function raises."""
    match step:
        case ListDeclarations():
            return {"services": declarations(gate, person, step.dataset)}
        case DeclareService():
            return record_json(lifecycle.declare(gate, person, step.content.encode(), "service"))
        case AnswerService():
            return record_json(lifecycle.decide(gate, person, step.id, step.version, accept=step.accept))
        case DeprecateService():
            last = day_of(step.sunset, "sunset") if step.sunset else None
            return record_json(lifecycle.deprecate(gate, person, step.id, step.version, last, step.successor))
        case RetireService():
            return record_json(lifecycle.retire(gate, person, step.id, step.version, step.reason))
        case ProbeService():
            return {"services": [record_json(one) for one in lifecycle.probe(gate, person, step.id)]}


def declarations(gate: Gate, person: Person, dataset_id: str = "") -> list[dict[str, Any]]:
    """What the person may see of every version ever declared, with what it last answered. Raises NotSignedIn, NotAllowed."""
    require(person, Action.SEE_SERVICES)
    with gate.registry.reading() as snapshot:
        records = service_records(snapshot, dataset_id=dataset_id)
        probed = last_probes(snapshot)
        publishers = lifecycle.publishers_of(snapshot, {one.service.dataset for one in records})
    seen = [one for one in records if may(person, Action.SEE_SERVICES, publishers.get(one.service.dataset))]
    return [
        record_json(one) | {"probe": dump(probed[one.number]) if one.number in probed else None}
        for one in seen
    ]


def record_json(record: ServiceRecord) -> dict[str, Any]:
    service = record.service
    return {
        "id": service.id,
        "version": service.version,
        "state": record.state.value,
        "dataset": service.dataset,
        "title": service.title.to_json(),
        "told": [one.to_json() for one in record.told],
        "sunset": record.sunset.isoformat() if record.sunset else None,
        "successor": record.successor,
        "by": record.by,
    }
