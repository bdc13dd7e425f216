"""What was found about persons, what was done about it and what is left, as a document: for those who decide, and for everybody.

Both hold counts and names of fields, never a value. Everybody is told counts of cells rounded to 10, as excluded rows are, and
nothing of how surely or in what share a field holds what was found; examples are masked cells that several rows share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.decision import MaskOperator
from catalog.finding import Classification, Confidence, Finding
from catalog.release import WithheldColumn, round_to_10
from gateway.publish.examine import Examination
from privacy import DETECTOR, OPERATORS, RECOGNISERS

__all__ = ["full_privacy", "open_privacy"]

TITLES = {row.entity: row.title for row in RECOGNISERS}


def open_privacy(examined: Examination) -> dict[str, Any]:
    """What everybody is told of a release."""
    return _document(examined, exact=False)


def full_privacy(examined: Examination) -> dict[str, Any]:
    """What the people who decide are told: exact counts, with shares and evidence."""
    return _document(examined, exact=True)


def _document(examined: Examination, exact: bool) -> dict[str, Any]:
    withheld = {one.name: one for one in examined.plan.withheld}
    operators = examined.plan.operators()
    excluded = examined.excluded_rows
    return {
        "detector": DETECTOR,
        "rows": {
            "released": examined.output_rows,
            "excluded": excluded if exact else round_to_10(excluded),
        },
        "columns": [
            _column(
                examined,
                examined.classifications.get(column.name),
                column.name,
                operators.get(column.name, MaskOperator.DROP),
                withheld.get(column.name),
                exact,
            )
            for column in examined.reading.schema
        ],
        "rescan": _rescan(examined, exact),
        "mosaic": _mosaic(examined),
    }


def _column(
    examined: Examination,
    known: Classification | None,
    name: str,
    operator: MaskOperator,
    withheld: WithheldColumn | None,
    exact: bool,
) -> dict[str, Any]:
    outcome = (
        "withheld" if operator is MaskOperator.DROP else "open" if operator is MaskOperator.KEEP else "masked"
    )
    told: dict[str, Any] = {
        "name": name,
        "found": _told(known.findings if known else (), exact),
        "outcome": outcome,
        "operator": operator.value,
        "keeps": OPERATORS[operator].keeps.to_json(),
        "guarantees": OPERATORS[operator].guarantees.to_json(),
        "example": examined.examples.get(name),
        "entries": sorted({one.entry_id for one in withheld.reasons}) if withheld else [],
        "cleared_by_officer": name in examined.cleared,
    }
    return told


def _rescan(examined: Examination, exact: bool) -> dict[str, Any] | None:
    """What the second look found in the output: what is left as it was decided, and what ought not to be there. Columns that
    are `unchanged` hold what had been looked at, by their content, and were not read again."""
    if examined.planned is None:
        return None
    classes = examined.planned.classifications
    left = [
        {"column": name, **one} for name, known in classes.items() for one in _told(known.findings, exact)
    ]
    return {
        "rows": examined.output_rows,
        "columns": len(classes),
        "unchanged": len(examined.unchanged),
        "left": left,
        "to_mask": sum(_ought_to_be_masked(one) for one in classes.values()),
    }


def _ought_to_be_masked(known: Classification) -> bool:
    sure = known.confidence is Confidence.HIGH and known.operator is not MaskOperator.KEEP
    return sure and any(one.personal for one in known.findings)


def _mosaic(examined: Examination) -> dict[str, Any] | None:
    """With how many open releases the output was compared, and whether that came out clear, or a person decided."""
    mosaic = examined.mosaic
    if mosaic is None:
        return None
    return {"compared": mosaic.compared, "asked": mosaic.asked, "clear": not mosaic.is_held}


def _told(findings: Iterable[Finding], exact: bool) -> list[dict[str, Any]]:
    """Personal findings, the commonest first."""
    personal = sorted((one for one in findings if one.personal), key=lambda one: (-one.cells, one.entity))
    return [
        {
            "entity": one.entity,
            "title": TITLES[one.entity].to_json(),
            "cells": one.cells if exact else round_to_10(one.cells),
            "whole_cell": one.whole_cell,
            **(_exactly(one) if exact else {}),
        }
        for one in personal
    ]


def _exactly(one: Finding) -> Mapping[str, Any]:
    return {
        "hit_ratio": one.hit_ratio,
        "valid_ratio": one.valid_ratio,
        "confidence": one.confidence.value,
        "evidence": [text.to_json() for text in one.evidence],
    }
