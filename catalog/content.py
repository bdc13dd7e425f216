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
    """`rows` and the `filled` cells among them; `mark` stands for all cells. `constant`: every row holds the same, a value
    or nothing."""

    rows: int
    filled: int
    constant: bool
    mark: tuple[int, int]


def content_of(engine: Engine, table: str, names: Sequence[str]) -> Mapping[str, Content]:
    """What each named column of `table` holds: the sum and the exclusive or of the hashes of its cells. Raises Unavailable."""
    terms: list[exp.Expr] = [exp.Count(this=exp.Star()).as_("rows")]
    for place, name in enumerate(names):
        cell = exp.Anonymous(this="hash", expressions=[reference(name)])
        terms += [
            exp.Count(this=reference(name)).as_(f"n{place}"),
            exp.EQ(this=exp.Min(this=cell), expression=exp.Max(this=cell.copy())).as_(f"c{place}"),
            exp.Sum(this=cell.copy()).as_(f"s{place}"),
            exp.Anonymous(this="bit_xor", expressions=[cell.copy()]).as_(f"x{place}"),
        ]
    (row,) = engine.fetch(exp.select(*terms).from_(exp.to_identifier(table, quoted=True))).to_pylist()
    return {
        name: Content(
            rows=int(row["rows"]),
            filled=int(row[f"n{place}"]),
            constant=bool(row[f"c{place}"]),
            mark=(int(row[f"s{place}"] or 0), int(row[f"x{place}"] or 0)),
        )
        for place, name in enumerate(names)
    }
