"""Sketches of columns: enough to tell, without a value and without reading the data, which columns of two releases share
values, and of what kind they are.

Of each column's distinct values the smallest keyed hashes are kept (k minimum values, Bar-Yossef et al. 2002; Beyer et al.
2007): two sketches of one domain agree on the smallest hashes they have in common. The hash is keyed, so that a sketch cannot
be searched with a dictionary of names or postcodes by who has no key: SHA-256 over a secret of 128 bits and the value, cut to
64 bits, which leaves nothing to extend. One block of it is a fifth of the work that HMAC would be for every distinct value.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.render import column as reference
from catalog.engine.render import literal
from catalog.finding import FieldRole

__all__ = ["HASHES", "HASH_BYTES", "ColumnSketch", "key_id", "overlap", "sketch_select"]

HASHES = 64
"""Hashes kept of a column."""
HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class ColumnSketch:
    """One column of a release. `role` is that of the column as it left, `quasi` whether k was measured with it, `distinct`
    its values, `serial` whether it only numbers the rows; `hashes` are `HASH_BYTES` each, rising; None = made with another key, so
    nothing is known."""

    name: str
    heading: str
    type: ColumnType
    operator: MaskOperator
    role: FieldRole
    entity: str | None
    element: str | None
    quasi: bool
    distinct: int
    serial: bool
    hashes: bytes | None


def key_id(key: bytes) -> str:
    """Names a key without giving it away."""
    return hmac.digest(key, b"sketch key 2", "sha256")[:8].hex()


def sketch_select(columns: Sequence[Column], table: str, key: bytes) -> list[exp.Select]:
    """A plan per column of one row: ``hashes`` (hexadecimal), ``distinct_values``, and ``serial``."""
    secret = hmac.digest(key, b"sketch secret 2", "sha256")[:16].hex()
    plans = []
    for column in columns:
        values = (  # grouped as what they are, which is cheaper than as texts
            exp.select(reference(column.name).as_("v"), exp.Count(this=exp.Star()).as_("n"))
            .from_(exp.to_identifier(table, quoted=True))
            .where(exp.not_(exp.Is(this=reference(column.name), expression=exp.Null())))
            .group_by(exp.to_identifier("v"))
        )
        text = exp.cast(exp.column("v"), "VARCHAR")
        hashed = _call("sha256", _call("concat", literal(secret), text))
        number = exp.TryCast(this=text.copy(), to=exp.DataType.build("BIGINT"))
        count = exp.Count(this=exp.Star())
        serial = exp.and_(
            exp.EQ(this=exp.Max(this=exp.column("n")), expression=literal(1)),
            exp.EQ(
                this=exp.Sub(this=exp.Max(this=number), expression=exp.Min(this=number.copy())),
                expression=exp.Sub(this=count, expression=literal(1)),
            ),
            exp.EQ(this=exp.Count(this=number.copy()), expression=count.copy()),
            exp.LTE(this=exp.Min(this=number.copy()), expression=literal(1)),
        )
        plans.append(
            exp.select(
                _call("min", _call("left", hashed, literal(HASH_BYTES * 2)), literal(HASHES)).as_("hashes"),
                count.copy().as_("distinct_values"),
                exp.Coalesce(this=serial, expressions=[exp.false()]).as_("serial"),
            ).from_(values.subquery("values_of_column"))
        )
    return plans


def overlap(a: ColumnSketch, b: ColumnSketch) -> float:
    """The share of the smaller column's values that the larger one has, 0..1, estimated; exact where both sketches hold
    all values. 1 where one of them is not known."""
    if a.hashes is None or b.hashes is None:
        return 1.0
    mine, theirs = _split(a.hashes), _split(b.hashes)
    both = len(mine & theirs)
    if not both:
        return 0.0
    # up to here both sketches are complete: the smallest hash at which one of them was cut
    cut = [held[-HASH_BYTES:] for held in (a.hashes, b.hashes) if len(held) >= HASHES * HASH_BYTES]
    sizes = (
        [len(mine), len(theirs)]
        if not cut
        else [sum(one <= min(cut) for one in held) for held in (mine, theirs)]
    )
    # of sizes below the cut the smaller need not be that of the smaller column; the larger share is the careful one
    return min(1.0, both / max(1, min(sizes)))


@lru_cache(maxsize=16_384)
def _split(hashes: bytes) -> frozenset[bytes]:
    return frozenset(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
