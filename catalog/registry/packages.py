"""Rows of what was said of datasets, publishers and groups in CKAN's words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from catalog.interchange.ckan import Group, Organisation, Package
from catalog.registry.documents import dump, load
from catalog.registry.tables import datasets, packages, portal_groups, releases, state

__all__ = [
    "described_groups",
    "described_organisations",
    "first_openings",
    "forget_group",
    "forget_package",
    "known_publishers",
    "package_by_id",
    "package_of_dataset",
    "package_of_resource",
    "package_rows",
    "save_group",
    "save_package",
]

ORGANISATION, GROUP = "organization", "group"


def package_rows(snapshot: Connection) -> tuple[Package, ...]:
    """Everything that was said, by name."""
    rows = snapshot.execute(select(packages).order_by(packages.c.name))
    return tuple(_package(row) for row in rows)


def package_by_id(snapshot: Connection, id_or_name: str) -> Package | None:
    found = or_(packages.c.id == id_or_name, packages.c.name == id_or_name)
    row = snapshot.execute(select(packages).where(found).order_by(packages.c.id != id_or_name)).first()
    return _package(row) if row else None


def package_of_dataset(snapshot: Connection, dataset_id: str) -> Package | None:
    row = snapshot.execute(select(packages).where(packages.c.dataset_id == dataset_id)).first()
    return _package(row) if row else None


def package_of_resource(snapshot: Connection, resource_id: str) -> Package | None:
    """The package among whose resources this one is."""
    for package in package_rows(snapshot):
        ids = [resource["id"] for resource in package.document.get("resources", ())]
        if resource_id in (package.data_resource, *ids):
            return package
    return None


def save_package(work: Connection, package: Package) -> None:
    """Write down what is said now; readers look again."""
    values = {
        "name": package.name,
        "dataset_id": package.dataset_id,
        "publisher": package.publisher,
        "state": package.state,
        "private": package.private,
        "data_resource": package.data_resource,
        "document": dict(package.document),
        "created_at": package.created_at,
        "modified_at": package.modified_at,
    }
    if not work.execute(update(packages).where(packages.c.id == package.id).values(**values)).rowcount:
        work.execute(insert(packages).values(id=package.id, **values))
    _moved(work)


def forget_package(work: Connection, package_id: str) -> None:
    """Nothing was ever said of it; what was released and its leaves stay."""
    work.execute(delete(packages).where(packages.c.id == package_id))
    _moved(work)


def described_organisations(snapshot: Connection) -> tuple[Organisation, ...]:
    """Publishers that somebody has described, by name."""
    rows = select(portal_groups.c.document).where(portal_groups.c.kind == ORGANISATION)
    found = snapshot.execute(rows.order_by(portal_groups.c.name)).scalars()
    return tuple(load(Organisation, document) for document in found)


def described_groups(snapshot: Connection) -> tuple[Group, ...]:
    """Groups that somebody has made or described, by name."""
    rows = select(portal_groups.c.document).where(portal_groups.c.kind == GROUP)
    found = snapshot.execute(rows.order_by(portal_groups.c.name)).scalars()
    return tuple(load(Group, document) for document in found)


def save_group(work: Connection, one: Organisation | Group) -> None:
    """Write down what is said of a publisher or group now; readers look again."""
    is_organisation = isinstance(one, Organisation)
    values: dict[str, Any] = {
        "kind": ORGANISATION if is_organisation else GROUP,
        "name": one.name,
        "publisher": one.publisher if isinstance(one, Organisation) else None,
        "document": dump(one),
    }
    if not work.execute(update(portal_groups).where(portal_groups.c.id == one.id).values(**values)).rowcount:
        work.execute(insert(portal_groups).values(id=one.id, **values))
    _moved(work)


def forget_group(work: Connection, group_id: str) -> None:
    """Nothing was ever said of a publisher or group; nothing where nothing was."""
    work.execute(delete(portal_groups).where(portal_groups.c.id == group_id))
    _moved(work)


def known_publishers(snapshot: Connection) -> tuple[str, ...]:
    """Every publisher of a dataset that was ever registered or described, by name."""
    names = set(snapshot.execute(select(datasets.c.publisher).distinct()).scalars())
    names |= set(snapshot.execute(select(packages.c.publisher).distinct()).scalars())
    return tuple(sorted(names))


def first_openings(snapshot: Connection, dataset_ids: Collection[str]) -> dict[str, datetime]:
    """When each of these datasets was opened for the first time, whatever became of that release."""
    query = select(releases.c.dataset_id, func.min(releases.c.seq).label("seq"))
    firsts = query.where(releases.c.dataset_id.in_(dataset_ids)).group_by(releases.c.dataset_id).subquery()
    rows = select(releases.c.dataset_id, releases.c.published_at).join(firsts, firsts.c.seq == releases.c.seq)
    return {row.dataset_id: row.published_at for row in snapshot.execute(rows)}


def _moved(work: Connection) -> None:
    work.execute(update(state).values(revision=state.c.revision + 1))


def _package(row: Row[*tuple[Any, ...]]) -> Package:
    return Package(
        id=row.id,
        name=row.name,
        dataset_id=row.dataset_id,
        publisher=row.publisher,
        state=row.state,
        document=row.document,
        created_at=row.created_at,
        modified_at=row.modified_at,
        private=row.private,
        data_resource=row.data_resource,
    )
