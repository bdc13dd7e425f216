"""What was found and done in each release, kept with it as it opened and found again by its place in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from catalog.release import Release
from privacy.tables import privacy_reports

__all__ = ["keep_privacy", "privacy_of_release"]


def keep_privacy(unit: Connection, release: Release, document: Mapping[str, Any]) -> None:
    """Keep what is told of a release, inside the unit of work that opens it."""
    unit.execute(insert(privacy_reports).values(ledger_index=release.ledger_index, document=dict(document)))


def privacy_of_release(snapshot: Connection, release: Release) -> Mapping[str, Any] | None:
    """What was told of a release when it opened; None for one that was opened before this was kept."""
    query = select(privacy_reports.c.document).where(privacy_reports.c.ledger_index == release.ledger_index)
    row = snapshot.execute(query).first()
    return None if row is None else row.document
