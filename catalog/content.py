"""What a column holds, in one number: to tell that two tables hold the same cells in it without looking at them twice.

The number is of the cells, not of their order. It is compared within one session of one engine only: it is never kept, and
says nothing about who might have wanted two columns to agree (the engine's hash is no cryptographic one; both tables are
our own).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.engine.engine import Engine
from catalog.engine.render import column as reference

__all__ = ["Content", "content_of"]


@dataclass(frozen=True, slots=True)
class Content:
    """`rows` and the `filled` cells among them; `total` and `least` of the hashes of all cells."""

    rows: int
    filled: int
    total: int
    least: int

    @property
    def constant(self) -> bool:
        """Every row holds the same, a value or nothing: none is below the least, so the total says that all are it."""
        return self.total == self.rows * self.least


def content_of(engine: Engine, table: str, names: Sequence[str]) -> Mapping[str, Content]:
    """What each named column of `table` holds: the sum of the hashes of its cells, and the least of them. Raises Unavailable."""
    terms: list[exp.Expr] = [exp.Count(this=exp.Star()).as_("rows")]
    for place, name in enumerate(names):
        cell = exp.Anonymous(this="hash", expressions=[reference(name)])
        terms += [
            exp.Count(this=reference(name)).as_(f"n{place}"),
            exp.cast(exp.Sum(this=cell), "VARCHAR").as_(f"s{place}"),  # of 128 bits: no number of Arrow's
            exp.Min(this=cell.copy()).as_(f"l{place}"),
        ]
    (row,) = engine.fetch(exp.select(*terms).from_(exp.to_identifier(table, quoted=True))).to_pylist()
    return {
        name: Content(
            rows=int(row["rows"]),
            filled=int(row[f"n{place}"]),
            total=int(row[f"s{place}"] or 0),
            least=int(row[f"l{place}"] or 0),
        )
        for place, name in enumerate(names)
    }
