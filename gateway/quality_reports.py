"""What was measured of each release, kept and found again by its place in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from catalog.release import Release
from quality.tables import quality_reports

__all__ = ["keep_report", "report_of_release"]


def keep_report(unit: Connection, ledger_index: int, document: Mapping[str, Any]) -> None:
    """Keep the document of a release, by its place in the ledger."""
    unit.execute(insert(quality_reports).values(ledger_index=ledger_index, document=dict(document)))


def report_of_release(snapshot: Connection, release: Release) -> Mapping[str, Any] | None:
    """What was measured of a release; None for one that was opened before this was kept."""
    query = select(quality_reports.c.document).where(quality_reports.c.ledger_index == release.ledger_index)
    row = snapshot.execute(query).first()
    return None if row is None else row.document
