"""How much of the evidence is found: per class and form, with the lower end of the 95 % interval (Wilson 1927, one-sided).

A span counts as found when every letter and digit of it lies within a personal span of the finder (under its header), or
when its column as a whole is put away, masked or held. ``python -m tests.privacy.evidence.recall [--spans N] [--form]``
prints the table for both generators; exit code 1 when a class misses its limit.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Confidence
from privacy import classify, find, scan
from privacy.headers import hinted
from privacy.recognisers import BY_ENTITY
from tests.privacy.evidence import from_faker, from_standards
from tests.privacy.evidence.cell import CLASSES, Cell

__all__ = ["LIMITS", "Tally", "lower_bound", "missed", "tallies"]

SOFT = ("PERSON_NAME", "ADDRESS")
LIMITS = {entity: 0.97 if entity in SOFT else 0.999 for entity in CLASSES}
"""Recall, as the lower end of the interval: structured identifiers, and names and addresses."""
GENERATORS: dict[str, Callable[[str, int, int], Iterator[Cell]]] = {
    "faker": from_faker.cells,
    "standards": from_standards.cells,
}
_Z = 1.6449  # one-sided 95 %


@dataclass(slots=True)
class Tally:
    """`cells` with a span, how many of them were `missed`, and how many were not released but `held` for a person."""

    cells: int = 0
    missed: int = 0
    held: int = 0

    def add(self, other: Tally) -> None:
        self.cells, self.missed, self.held = (
            self.cells + other.cells,
            self.missed + other.missed,
            self.held + other.held,
        )


def lower_bound(found: int, cells: int) -> float:
    """The Wilson score bound of a share, from below."""
    if not cells:
        return 0.0
    share, z2 = found / cells, _Z * _Z
    middle = share + z2 / (2 * cells)
    spread = _Z * math.sqrt(share * (1 - share) / cells + z2 / (4 * cells * cells))
    return (middle - spread) / (1 + z2 / cells)


def covered(cell: Cell) -> bool:
    """Whether the finder covers the span, under the header that the cell has."""
    hints = hinted(Column(cell.header, ColumnType.TEXT)) if cell.header else frozenset()
    taken: set[int] = set()
    for span in find(cell.text, hints):
        if BY_ENTITY[span.entity].personal or span.entity == "LANDLINE":
            taken.update(range(span.start, span.end))
    return all(place in taken for place in range(cell.start, cell.end) if cell.text[place].isalnum())


def missed(cells: Sequence[Cell], engine: DuckDBEngine) -> tuple[list[Cell], int]:
    """The cells whose span would get out, and how many are held for a person to decide. Cells with a header are judged as a
    column too, one for each header: what is dropped, masked as a whole, or held, does not get out."""
    open_, held = [cell for cell in cells if not covered(cell)], 0
    columns: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.header:
            columns[cell.header].append(cell)
    for header, inside in columns.items():
        if not any(cell.header == header for cell in open_):
            continue
        operator, doubtful = _column(engine, header, [cell.text for cell in inside])
        if doubtful or operator not in (MaskOperator.KEEP, MaskOperator.REDACT_SPANS):
            held += len(inside) if doubtful else 0
            open_ = [cell for cell in open_ if cell.header != header]
    return open_, held


def _column(engine: DuckDBEngine, header: str, texts: list[str]) -> tuple[MaskOperator, bool]:
    schema = (Column(header, ColumnType.TEXT),)
    batch = pa.RecordBatch.from_pydict(
        {"_row": pa.array(range(1, len(texts) + 1), pa.int64()), header: pa.array(texts, pa.string())}
    )
    engine.create_from_batches("t", batch.schema, [batch])
    (one,) = classify(schema, scan(engine, "t", schema)).values()
    return one.operator, one.confidence is Confidence.LOW


def tallies(
    generator: Callable[[str, int, int], Iterator[Cell]],
    entity: str,
    spans: int,
    seed: int,
    engine: DuckDBEngine,
) -> tuple[dict[str, Tally], list[Cell]]:
    """By form; and the missed cells."""
    forms: dict[str, list[Cell]] = defaultdict(list)
    for cell in generator(entity, spans, seed):
        forms[cell.form].append(cell)
    found: dict[str, Tally] = {}
    out: list[Cell] = []
    for form, cells in sorted(forms.items()):
        lost, held = missed(cells, engine)
        found[form] = Tally(len(cells), len(lost), held)
        out += lost
    return found, out


def total(found: Iterable[Tally]) -> Tally:
    one = Tally()
    for other in found:
        one.add(other)
    return one


def main() -> None:
    """Print the table; exit code 1 when a class misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1118)
    parser.add_argument("--only", choices=CLASSES)
    parser.add_argument("--forms", action="store_true", help="a line for every form too")
    parser.add_argument("--show", type=int, default=0, help="so many missed (invented) cells of each class")
    asked = parser.parse_args()
    good = True
    print(
        f"{'generator':10} {'class':18} {'cells':>7} {'missed':>7} {'recall':>8} {'at least':>8} {'limit':>6} {'held':>6}"
    )
    with (
        tempfile.TemporaryDirectory() as spool,
        DuckDBEngine(Path(spool), memory_mb=1024, threads=1) as engine,
    ):
        for name, generator in GENERATORS.items():
            for entity in [asked.only] if asked.only else CLASSES:
                forms, lost = tallies(generator, entity, asked.spans, asked.seed, engine)
                one = total(forms.values())
                least = lower_bound(one.cells - one.missed, one.cells)
                enough = least >= LIMITS[entity]
                good = good and enough
                print(
                    f"{name:10} {entity:18} {one.cells:7d} {one.missed:7d} {1 - one.missed / one.cells:8.4f} {least:8.4f} "
                    f"{LIMITS[entity]:6} {one.held:6d}{'' if enough else '  MISSES'}",
                    flush=True,
                )
                for form, each in forms.items():
                    if asked.forms or (asked.show and each.missed):
                        print(f"    {form:34} {each.cells:7d} {each.missed:7d} {each.held:6d}")
                for cell in lost[: asked.show]:
                    print(
                        f"      {cell.form}: {cell.text!r} {cell.text[cell.start : cell.end]!r} {cell.header}"
                    )
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
