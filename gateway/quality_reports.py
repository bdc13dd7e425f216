"""What was measured of each release, kept and found again by its place in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from catalog.release import Release
from quality.tables import quality_reports

__all__ = ["event_periods", "keep_report", "report_of_release"]


def keep_report(unit: Connection, ledger_index: int, document: Mapping[str, Any]) -> None:
    """Keep the document of a release, by its place in the ledger."""
    unit.execute(insert(quality_reports).values(ledger_index=ledger_index, document=dict(document)))


def report_of_release(snapshot: Connection, release: Release) -> Mapping[str, Any] | None:
    """What was measured of a release; None for one that was opened before this was kept."""
    query = select(quality_reports.c.document).where(quality_reports.c.ledger_index == release.ledger_index)
    row = snapshot.execute(query).first()
    return None if row is None else row.document


def event_periods(
    snapshot: Connection, ledger_indexes: Collection[int]
) -> dict[int, tuple[date | None, date | None]]:
    """The first and the last day that the rows of releases tell of, by place in the ledger; without those that have no
    column of events. What was measured before the first day was kept has None there."""
    query = select(
        quality_reports.c.ledger_index, quality_reports.c.document["freshness"].label("told")
    ).where(quality_reports.c.ledger_index.in_(ledger_indexes))
    found = {}
    for row in snapshot.execute(query):
        told = row.told or {}
        if told.get("newest"):
            found[row.ledger_index] = (_day(told.get("oldest")), _day(told["newest"]))
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
