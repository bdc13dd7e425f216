"""An operation as readers may see it: all of its declaration while it answers, and hardly its name while it does not, because
titles and examples may tell of what has just been closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.errors import BadInput, Gone, KaizhaError, NotFound
from catalog.registry.documents import dump
from catalog.registry.services import Probed, Standing
from catalog.service import ANSWERING, Service
from gateway.serve.operation import Operation, compile_operation
from gateway.serve.seen import not_open
from gateway.serve.served import Served, ServedService
from gateway.serve.service_path import being_made, broken, chosen, no_such_service

__all__ = ["Described", "Shelf", "answering_services", "described_service", "service_json"]


class Shelf(Protocol):
    def number(self, dataset_id: str) -> int | None: ...

    def current(self, dataset_id: str) -> Served | None: ...

    def services(self, service_id: str) -> tuple[Standing, ...]: ...

    def prepared(self, number: int) -> ServedService | None: ...

    def prepare(self, number: int) -> ServedService: ...


@dataclass(frozen=True, slots=True)
class Described:
    """One version. `operation` None: it cannot be asked now, `closed` says why."""

    standing: Standing
    service: Service
    versions: tuple[Standing, ...]
    operation: Operation | None
    closed: KaizhaError | None = None


def described_service(shelf: Shelf, service_id: str, version: str = "") -> Described:
    """A version that answers, or does not just now. Raises NotFound; Gone: retired, or a dataset of it is not open."""
    versions = shelf.services(service_id)
    if not versions:
        raise no_such_service()
    standing = chosen(versions, version)
    prepared = shelf.prepared(standing.number) or shelf.prepare(standing.number)
    numbers: dict[str, int] = {}
    for dataset_id in standing.datasets:
        number = shelf.number(dataset_id)
        if number is None:
            raise not_open(dataset_id)
        numbers[dataset_id] = number
    answering = tuple(one for one in versions if one.state in ANSWERING)
    served = shelf.current(standing.datasets[0])
    if prepared.service.joins:
        served = prepared.view if prepared.resting == numbers else None
        if served is None:
            return Described(standing, prepared.service, answering, None, being_made())
    if served is None:
        raise not_open(standing.datasets[0])
    try:
        operation = compile_operation(prepared.service, served.release)
    except BadInput as misfit:
        return Described(standing, prepared.service, answering, None, broken(misfit))
    return Described(standing, prepared.service, answering, operation)


def answering_services(
    shelf: Shelf, ids: list[str], q: str = "", dataset_id: str = ""
) -> list[tuple[str, Standing]]:
    """Ids of operations over open datasets with the version that answers, in order. `q` is looked for in ids and titles."""
    words = q.lower().split()
    found = []
    for service_id in ids:
        try:
            standing = chosen(shelf.services(service_id))
        except (NotFound, Gone):
            continue
        if dataset_id and dataset_id not in standing.datasets:
            continue
        text = f"{service_id} {standing.title.zh} {standing.title.en}".lower()
        if all(word in text for word in words) and all(
            shelf.number(one) is not None for one in standing.datasets
        ):
            found.append((service_id, standing))
    return found


def service_json(one: Described, probed: Probed | None, base: str) -> dict[str, Any]:
    """An operation as the catalogue shows it."""
    standing, service = one.standing, one.service
    root = f"{base}/api/v1/services/{standing.id}"
    shown: dict[str, Any] = {
        "id": standing.id,
        "version": standing.version,
        "state": standing.state.value,
        "since": standing.since.isoformat(),
        "sunset": standing.sunset.isoformat() if standing.sunset else None,
        "successor": standing.successor,
        "dataset": standing.datasets[0],
        "datasets": list(standing.datasets),
        "meaning": standing.meaning,
        "answers": one.operation is not None,
        "why": one.closed.message.to_json() if one.closed else None,
        "probe": _probe(probed),
        "links": {
            "call": root,
            "openapi": f"{root}/openapi.json",
            "page": f"{base}/services/{standing.id}",
            "dataset": f"{base}/api/v1/datasets/{standing.datasets[0]}",
        },
    }
    if one.operation is None:
        return shown
    types = {name: column.type.name.lower() for name, column in one.operation.columns.items()}
    return shown | {
        "title": service.title.to_json(),
        "description": service.description.to_json(),
        "parameters": [{**dump(p), "type": types[p.name]} for p in service.parameters],
        "returns": [{"name": name, "type": kind.name.lower()} for name, kind in one.operation.shown.items()],
        "example": dict(service.example),
        "declaration": dump(service),
        "versions": [v.version for v in one.versions],
    }


def _probe(probed: Probed | None) -> Mapping[str, Any] | None:
    if probed is None or probed.at is None:
        return None
    return {
        "answered": probed.answered,
        "at": probed.at.isoformat(),
        "asked_of": dict(probed.resting),
        "failure": probed.failure.to_json() if probed.failure else None,
    }
