"""The quality suite of a dataset: set by a steward of its publisher, proposed from the newest version where none is set,
and taken by the next publication that brings none in its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, insert, select

from catalog.contract import Contract
from catalog.dataset import Version
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, Conflict, NotFound, Where
from catalog.registry import dump, load, queries
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.publish.request import Request
from quality import check_suite, profile, propose_suite
from quality.tables import suites

__all__ = ["SetSuite", "proposed", "set_suite", "suite_of", "with_suite"]

TABLE, PARQUET = "version", ".parquet"


@dataclass(frozen=True, slots=True)
class SetSuite:
    """A suite (Great Expectations 1.x) as set; `threshold` is the least score in 0..1, None = the contract's alone."""

    suite: Mapping[str, Any]
    threshold: float | None
    by: str
    at: datetime


def suite_of(snapshot: Connection, dataset_id: str) -> SetSuite | None:
    """The suite in force; None = none was set."""
    query = select(suites.c.document).where(suites.c.dataset_id == dataset_id).order_by(suites.c.seq.desc())
    row = snapshot.execute(query.limit(1)).first()
    return None if row is None else load(SetSuite, row.document)


def with_suite(request: Request, known: SetSuite | None) -> Request:
    """The request with the suite in force, unless its contract brings one; of two thresholds the higher."""
    if known is None:
        return request
    least = max(request.contract.quality_threshold, known.threshold or 0.0)
    contract: Contract = replace(request.contract, quality_threshold=least)
    if contract.suite is None:
        contract = replace(contract, suite=known.suite)
    return replace(request, contract=contract)


def set_suite(
    gate: Gate, person: Person, dataset_id: str, suite: Mapping[str, Any], threshold: float | None = None
) -> SetSuite:
    """Set the suite that the dataset's next publication is measured by.

    Raises NotFound, NotAllowed for another publisher's dataset, BadInput for a suite that is malformed or has a rule
    that the newest version cannot be held against, or a threshold outside 0..1.
    """
    require(person, Action.SUBMIT)
    version = _newest(gate, person, dataset_id, Action.SUBMIT)
    if threshold is not None and not 0 <= threshold <= 1:
        raise BadInput(
            Text("门槛必须在 0 与 1 之间", "The threshold lies between 0 and 1"),
            Text("例如 --threshold 0.9", "For example --threshold 0.9"),
            Where(parameter="threshold"),
        )
    check_suite(suite, version.schema)
    now = gate.now()
    given = SetSuite(dict(suite), threshold, person.name, now)
    with gate.registry.transaction() as unit:
        unit.execute(insert(suites).values(dataset_id=dataset_id, document=dump(given)))
    return given


def proposed(gate: Gate, person: Person, dataset_id: str) -> tuple[SetSuite | None, Mapping[str, Any]]:
    """What is set, and the suite in force: that one, or one proposed from the newest version (it quotes its limits and
    code lists: for its publisher's stewards, and for who may preview). Raises NotFound, NotAllowed, Conflict."""
    require(person, Action.PREVIEW)
    version = _newest(gate, person, dataset_id, Action.PREVIEW)
    with gate.registry.reading() as snapshot:
        known = suite_of(snapshot, dataset_id)
    if known is not None:
        return known, known.suite
    path = gate.domain.path(version.id, PARQUET)
    gate.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        TemporaryDirectory(dir=gate.spool) as folder,
        DuckDBEngine(Path(folder), gate.settings.engine_memory_mb) as engine,
    ):
        engine.register_parquet(TABLE, path)
        found = profile(engine, TABLE, version.schema)
    return None, propose_suite(version.schema, found, on=version.received_at.date(), name=dataset_id)


def _newest(gate: Gate, person: Person, dataset_id: str, action: Action) -> Version:
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, dataset_id)
        newest = queries.newest_submission(snapshot, dataset_id)
        version = queries.version(snapshot, dataset_id, newest.version_id or "") if newest else None
    if known is None:
        raise NotFound(
            Text(f"没有数据集 {dataset_id}", f"There is no dataset {dataset_id}"),
            Text("用 kaizha review list 查看", "See kaizha review list"),
        )
    require(person, action, known.publisher)
    if version is None:
        raise Conflict(
            Text(f"数据集 {dataset_id} 还没有数据", f"Dataset {dataset_id} has no version yet"),
            Text("请先提交", "Submit it first"),
        )
    return version
