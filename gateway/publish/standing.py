"""What an examination is judged by as it begins, and whether that still stands in the unit of work that concludes it: the law
of the day, and everything about persons that is open."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from gateway.gate import Gate
from gateway.governance import store
from gateway.publish.examine import Examination
from gateway.publish.law import Law
from gateway.risk_reports import Opened, OpenedRelease, newest_about_persons, opened_about_persons
from gateway.serve.shelf import PARQUET

__all__ = ["LawChanged", "hold_law", "hold_opened", "law_for", "opened_before"]


class LawChanged(Exception):
    """Another list, another day, an exemption fewer or an officer's word more than the examination was judged by; or
    something about persons is open that it was not compared with."""


def law_for(gate: Gate, dataset_id: str, on: date) -> Law:
    entries = gate.entries
    with gate.registry.reading() as snapshot:
        exempt = store.exempted(snapshot, on).get(dataset_id, frozenset())
        return Law.of(entries, exempt, store.gradings_of(snapshot, dataset_id))


def hold_law(unit: Connection, law: Law, day: date, dataset_id: str, today: date) -> None:
    """Inside the unit of work that concludes: law and day are still those that judged. Raises LawChanged."""
    exempt = store.exempted(unit, today).get(dataset_id, frozenset())
    if day != today or store.active_version(unit) != law.entries.version or not exempt >= law.exempt:
        raise LawChanged
    if store.gradings_of(unit, dataset_id) != law.gradings:
        raise LawChanged


def opened_before(gate: Gate) -> Opened:
    """What everybody has already, for the mosaic check; read when it is asked for."""
    key = gate.keys.derived("mosaic-sketch")

    def read() -> tuple[tuple[OpenedRelease, ...], int]:
        with gate.registry.reading() as snapshot:
            return opened_about_persons(snapshot, key)

    with gate.registry.reading() as snapshot:
        newest = newest_about_persons(snapshot)
    return Opened(newest, key, read, lambda release_id: gate.open.path(release_id, PARQUET))


def hold_opened(unit: Connection, examined: Examination, opened: Opened) -> None:
    """Inside the unit of work that opens a release about persons: nothing about persons has been opened since it was
    compared with what is open, so that of two releases that may not stand together one is second. Raises LawChanged."""
    about_persons = examined.weighed is not None and examined.weighed.may_be_persons
    if about_persons and newest_about_persons(unit) != opened.newest:
        raise LawChanged
