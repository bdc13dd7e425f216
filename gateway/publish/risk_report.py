"""The risk of re-identification as a document: what the people who decide are told, and what everybody is told of a release.

Both hold counts and names of columns, never a value; everybody is told only what the released file itself shows.
"""

from __future__ import annotations

from typing import Any

from catalog.decision import MaskOperator
from gateway.publish.examine import Examination
from gateway.publish.mosaic import Mosaic
from gateway.publish.risk_check import Climb, Weighed
from privacy import SIZE_CLASSES, LevelFound, Risk

__all__ = ["full_risk", "open_risk"]

MEASURES = {
    "k": "Samarati and Sweeney 1998; GB/T 37964-2019",
    "l": "Machanavajjhala et al. 2007: distinct, and exp of the least entropy",
    "t": "Li, Li and Venkatasubramanian 2007: earth mover's distance, equal for categories, ordered for numbers",
    "loss": "NCP, Xu et al. 2006, by values: (n - 1) / (D - 1) a cell, 1 for what is left out, the mean over all cells",
}


def open_risk(examined: Examination) -> dict[str, Any]:
    """What everybody is told of a release."""
    weighed = examined.weighed
    if weighed is None:
        return {"about_persons": False}
    operators = examined.plan.operators()
    mosaic = examined.mosaic
    return {
        "about_persons": weighed.persons,
        "asked": weighed.asked,
        "level": _level(weighed.level),
        "quasi_identifiers": [
            {
                "column": one.column,
                "counted": one.counted,
                "distinct": one.distinct,
                "evidence": one.evidence.to_json(),
                "operator": operators.get(one.column, MaskOperator.KEEP).value,
            }
            for one in weighed.quasi
        ],
        "risk": _risk(weighed.risk),
        "sensitive": _sensitive(weighed),
        "compared_with": None if mosaic is None else mosaic.compared,
        "measures": MEASURES,
    }


def full_risk(examined: Examination) -> dict[str, Any] | None:
    """What the people who decide are told besides: what generalising does, and what the mosaic check found."""
    if examined.weighed is None:
        return None
    return {
        **open_risk(examined),
        "generalised": [_climb(one) for one in examined.climbs],
        "mosaic": None if examined.mosaic is None else _mosaic(examined.mosaic),
    }


def _level(found: LevelFound | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "level": int(found.level),
        "title": found.level.title.to_json(),
        "evidence": [one.to_json() for one in found.evidence],
        "basis": found.basis,
    }


def _risk(risk: Risk | None) -> dict[str, Any] | None:
    if risk is None:
        return None
    spread = zip(SIZE_CLASSES, risk.spread, strict=True)
    return {
        "k": risk.k,
        "rows": risk.rows,
        "groups": risk.groups,
        "unique_rows": risk.unique_rows,
        "at_risk_share": risk.at_risk_share,
        "spread": [{"least": least, "most": most, "rows": rows} for (least, most), rows in spread],
    }


def _sensitive(weighed: Weighed) -> list[dict[str, Any]]:
    return [
        {
            "column": one.column,
            "distinct_l": one.l.distinct,
            "entropy_l": one.l.entropy,
            "t": one.t,
            "distance": "ordered" if one.ordered else "equal",
        }
        for one in weighed.attributes
    ]


def _climb(one: Climb) -> dict[str, Any]:
    return {
        "operators": {name: operator.value for name, operator in one.found.operators.items()},
        "suppressed_rows": one.found.suppressed if one.suppression else 0,
        "k_before": one.found.k_before,
        "k_asked": one.found.k,
        "loss": one.found.loss,
        "measured_plans": one.found.asked,
        "proven_least": one.found.proven,
    }


def _mosaic(mosaic: Mosaic) -> dict[str, Any]:
    return {
        "compared": mosaic.compared,
        "read": mosaic.read,
        "not_compared": mosaic.unread + mosaic.unknown,
        "k_together": mosaic.k,
        "k_of_all": mosaic.joint_k,
        "pieces": [
            {
                "dataset": one.dataset_id,
                "columns": [list(pair) for pair in one.columns],
                "by_order": one.by_order,
                "version": one.version,
                "k_alone": one.k_alone,
                "k_together": one.k_together,
                "linked_rows": one.linked_rows,
            }
            for one in mosaic.pieces
        ],
    }
