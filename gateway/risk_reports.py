"""What was measured of each release's risk, and the sketches of its columns: kept with the release, found again by its place
in the ledger, and together what a planned output is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from catalog.dataset import ColumnType
from catalog.decision import MaskOperator
from catalog.finding import FieldRole
from catalog.registry.tables import releases
from catalog.release import Release, ReleaseStatus
from privacy.sketch import ColumnSketch, key_id
from privacy.tables import risk_reports, sketches

__all__ = [
    "PERSON",
    "Opened",
    "OpenedRelease",
    "keep_risk",
    "keep_sketches",
    "newest_about_persons",
    "opened_about_persons",
    "risk_of_release",
]

PERSON = "person"
"""The kind of subject whose releases are compared; other kinds have no groups to be told apart in."""


@dataclass(frozen=True, slots=True)
class OpenedRelease:
    """A release about persons that is open, or was until a newer one replaced it. `k` None: not measured."""

    ledger_index: int
    dataset_id: str
    release_id: str
    rows: int
    k: int | None
    columns: tuple[ColumnSketch, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything about persons that has been opened and not been withdrawn, as a planned output is compared with it.

    `newest` is the ledger index of the last one (-1: none), `key` that of the sketches; `read` gives the releases, and how
    many open ones nothing was measured of (they are older than this check), `file` a release's Parquet. Most outputs are
    about nobody, and read nothing.
    """

    newest: int
    key: bytes
    read: Callable[[], tuple[tuple[OpenedRelease, ...], int]]
    file: Callable[[str], Path]


def keep_risk(unit: Connection, release: Release, document: Mapping[str, Any]) -> None:
    """Keep what is told of a release's risk, inside the unit of work that opens it."""
    unit.execute(insert(risk_reports).values(ledger_index=release.ledger_index, document=dict(document)))


def keep_sketches(
    unit: Connection, release: Release, k: int | None, columns: Sequence[ColumnSketch], key: bytes
) -> None:
    """Keep what later outputs are compared by of a release whose rows may be persons."""
    unit.execute(
        insert(sketches).values(
            ledger_index=release.ledger_index,
            subject=PERSON,
            dataset_id=release.dataset.id,
            release_id=release.id,
            rows=release.rows,
            k=k,
            key_id=key_id(key),
            columns=[_facts(one) for one in columns],
            hashes=b"".join(one.hashes or b"" for one in columns),
        )
    )


def opened_about_persons(snapshot: Connection, key: bytes) -> tuple[tuple[OpenedRelease, ...], int]:
    """The releases to be compared with, and how many open ones nothing was measured of."""
    lasting = releases.c.status != ReleaseStatus.WITHDRAWN.value
    query = (
        select(sketches)
        .join(releases, releases.c.ledger_index == sketches.c.ledger_index)
        .where(sketches.c.subject == PERSON, lasting)
        .order_by(sketches.c.ledger_index)
    )
    found = tuple(
        OpenedRelease(
            row.ledger_index,
            row.dataset_id,
            row.release_id,
            row.rows,
            row.k,
            _columns(row.columns, row.hashes if row.key_id == key_id(key) else None),
        )
        for row in snapshot.execute(query)
    )
    unknown = select(func.count()).where(
        releases.c.status == ReleaseStatus.CURRENT.value,
        releases.c.ledger_index.not_in(select(risk_reports.c.ledger_index)),
    )
    return found, int(snapshot.execute(unknown).scalar_one())


def newest_about_persons(snapshot: Connection) -> int:
    """The ledger index of the last release about persons, whatever became of it; -1 where there is none."""
    newest = snapshot.execute(
        select(func.max(sketches.c.ledger_index)).where(sketches.c.subject == PERSON)
    ).scalar()
    return -1 if newest is None else int(newest)


def risk_of_release(snapshot: Connection, release: Release) -> Mapping[str, Any] | None:
    """What was measured of a release; None for one that was opened before this was kept."""
    query = select(risk_reports.c.document).where(risk_reports.c.ledger_index == release.ledger_index)
    row = snapshot.execute(query).first()
    return None if row is None else row.document


def _facts(one: ColumnSketch) -> dict[str, Any]:
    return {
        "name": one.name,
        "heading": one.heading,
        "type": one.type.name,
        "operator": one.operator.value,
        "role": one.role.value,
        "entity": one.entity,
        "element": one.element,
        "quasi": one.quasi,
        "distinct": one.distinct,
        "serial": one.serial,
        "bytes": len(one.hashes or b""),
    }


def _columns(kept: Sequence[Mapping[str, Any]], hashes: bytes | None) -> tuple[ColumnSketch, ...]:
    found, at = [], 0
    for facts in kept:
        end = at + facts["bytes"]
        found.append(
            ColumnSketch(
                facts["name"],
                facts["heading"],
                ColumnType[facts["type"]],
                MaskOperator(facts["operator"]),
                FieldRole(facts["role"]),
                facts["entity"],
                facts["element"],
                facts["quasi"],
                facts["distinct"],
                facts["serial"],
                None if hashes is None else hashes[at:end],
            )
        )
        at = end
    return tuple(found)
