"""How good the metadata of what is open are, as the catalogue tells them: for stewards, from the registry alone."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from catalog.errors import NotFound, Where
from catalog.mqa import FULL, Assessment, Dimension, assess
from catalog.registry import queries
from catalog.text import Language, Text
from gateway.exchange.open_records import records_of, site_of
from gateway.gate import Gate
from privacy import DETECTOR

__all__ = ["metadata_json", "metadata_of", "show_metadata"]

# Points ask what an address says, never where the portal stands: any will do where none is set.
NO_ADDRESS = "https://portal.invalid"


def metadata_of(gate: Gate, dataset_id: str) -> Assessment:
    """The points of an open dataset. Raises NotFound: nothing of that name is open."""
    settings = gate.settings
    site = site_of(settings.base_url or NO_ADDRESS, settings.operator, settings.contact, settings.place)
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, dataset_id)
        if release is None:
            raise NotFound(
                Text(f"没有开放的数据集“{dataset_id}”", f'No dataset "{dataset_id}" is open'),
                Text(
                    "元数据得分只针对已开放的数据集；先发布它",
                    "Points are of open datasets: publish it first",
                ),
                Where(parameter="dataset"),
            )
        (record,) = records_of(snapshot, None, (release,), site)
        asked = queries.opened(snapshot, gate.now(), DETECTOR)
    answers = any(one.answers for one in asked if one.release.dataset.id == dataset_id)
    return assess(record, answers)


def metadata_json(dataset_id: str, found: Assessment) -> dict[str, Any]:
    """The assessment as a JSON value."""
    return {
        "dataset": dataset_id,
        "points": found.points,
        "of": FULL,
        "rating": found.rating.to_json(),
        "indicators": [
            {
                "id": one.indicator.id,
                "dimension": str(one.indicator.dimension),
                "points": round(one.points, 1),
                "of": one.indicator.points,
                "name": one.indicator.name.to_json(),
                "source": one.indicator.source,
            }
            for one in found.lines
        ],
        "missing": [
            {
                "id": one.indicator.id,
                "points": round(one.indicator.points - one.points, 1),
                "remedy": one.indicator.remedy.to_json(),
            }
            for one in found.missing
        ],
    }


def show_metadata(console: Console, dataset_id: str, found: Assessment, lang: Language) -> None:
    """The points by dimension, then what is missing, most points first, each with how to mend it."""
    head = Text("元数据得分", "metadata")
    console.print(
        f"{escape(dataset_id)}: {head.in_(lang)} {found.points} / {FULL} ({found.rating.in_(lang)})",
        highlight=False,
    )
    for dimension in Dimension:
        lines = [one for one in found.lines if one.indicator.dimension is dimension]
        got, full = sum(one.points for one in lines), sum(one.indicator.points for one in lines)
        console.print(f"  {dimension:<17} {got:5.1f} / {full}", highlight=False)
    for one in found.missing:
        lost = one.indicator.points - one.points
        console.print(
            f"  −{lost:.1f} {one.indicator.name.in_(lang)}: {escape(one.indicator.remedy.in_(lang))}",
            style="dim",
            highlight=False,
        )
