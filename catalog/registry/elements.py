"""Rows of the data elements: reads take a snapshot, the one write a unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from catalog.element import DataElement
from catalog.errors import NotFound, Where
from catalog.registry.documents import dump, load
from catalog.registry.tables import elements, state
from catalog.text import Text

__all__ = ["ElementRecord", "all_elements", "current_elements", "element_record", "record_elements"]


@dataclass(frozen=True, slots=True)
class ElementRecord:
    """A version of an element, on whose word it stands in the register, and which versions there are."""

    element: DataElement
    registered_by: str
    registered_at: datetime
    versions: tuple[int, ...]


def element_record(snapshot: Connection, code: str, version: int | None = None) -> ElementRecord:
    """One version of an element, the newest where none is asked for. Raises NotFound."""
    query = select(elements).where(elements.c.code == code).order_by(elements.c.version.desc())
    rows = snapshot.execute(query).all()
    for row in rows:
        if version in (None, row.version):
            return ElementRecord(
                load(DataElement, row.document),
                row.registered_by,
                row.registered_at,
                tuple(one.version for one in rows),
            )
    raise NotFound(
        Text("没有这个数据元或版本", "There is no such data element, or no such version of it"),
        Text(
            "kaizha element list 或 GET /api/v1/elements 列出数据元",
            "kaizha element list or GET /api/v1/elements lists them",
        ),
        Where(parameter="code" if not rows else "version"),
    )


def current_elements(snapshot: Connection) -> dict[str, DataElement]:
    """The newest version of every element, by code."""
    newest = select(elements.c.code, func.max(elements.c.version).label("version")).group_by(elements.c.code)
    last = newest.subquery()
    query = select(elements.c.document).join(
        last, (elements.c.code == last.c.code) & (elements.c.version == last.c.version)
    )
    found = (load(DataElement, document) for document in snapshot.execute(query).scalars())
    return {one.code: one for one in sorted(found, key=lambda one: one.code)}


def all_elements(snapshot: Connection) -> tuple[DataElement, ...]:
    """Every version of every element, by code and version."""
    query = select(elements.c.document).order_by(elements.c.code, elements.c.version)
    return tuple(load(DataElement, document) for document in snapshot.execute(query).scalars())


def record_elements(work: Connection, new: Iterable[DataElement], by: str, at: datetime) -> None:
    """Insert versions that are not there yet. Raises IntegrityError for one that is."""
    rows = [
        {
            "code": one.code,
            "version": one.version,
            "document": dump(one),
            "registered_by": by,
            "registered_at": at,
        }
        for one in new
    ]
    if rows:
        work.execute(insert(elements), rows)
        work.execute(update(state).values(revision=state.c.revision + 1))
