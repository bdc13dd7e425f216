"""Rows of contract versions: the newest of a dataset is in force, none ever changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from catalog.contract import Contract
from catalog.contract_version import ContractVersion
from catalog.registry.documents import dump, load
from catalog.registry.tables import contracts

__all__ = ["contract_versions", "current_contract", "record_contract", "registered_contracts"]


def contract_versions(snapshot: Connection, dataset_id: str) -> tuple[ContractVersion, ...]:
    """Every version of a dataset's contract, newest first."""
    query = select(contracts).where(contracts.c.dataset_id == dataset_id).order_by(contracts.c.seq.desc())
    return tuple(_version(row) for row in snapshot.execute(query))


def current_contract(snapshot: Connection, dataset_id: str) -> ContractVersion | None:
    """The contract in force; None where none was ever filed."""
    query = select(contracts).where(contracts.c.dataset_id == dataset_id).order_by(contracts.c.seq.desc())
    row = snapshot.execute(query.limit(1)).first()
    return _version(row) if row else None


def registered_contracts(snapshot: Connection, as_of: datetime | None = None) -> frozenset[tuple[str, str]]:
    """Dataset and version of every contract there is, or was at a moment."""
    query = select(contracts.c.dataset_id, contracts.c.version)
    if as_of is not None:
        query = query.where(contracts.c.registered_at <= as_of)
    return frozenset((row.dataset_id, row.version) for row in snapshot.execute(query))


def record_contract(
    work: Connection, dataset_id: str, version: str, contract: Contract, by: str, at: datetime
) -> None:
    """Insert a version. Raises IntegrityError for one that is there."""
    work.execute(
        insert(contracts).values(
            dataset_id=dataset_id,
            version=version,
            document=dump(contract),
            registered_by=by,
            registered_at=at,
        )
    )


def _version(row: Row[*tuple[Any, ...]]) -> ContractVersion:
    contract = load(Contract, row.document)
    return ContractVersion(row.dataset_id, row.version, contract, row.registered_by, row.registered_at)
