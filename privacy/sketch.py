"""Sketches of columns: enough to tell, without a value and without reading the data, which columns of two releases share
values, and of what kind they are.

Of each column's distinct values the smallest keyed hashes are kept (k minimum values, Bar-Yossef et al. 2002; Beyer et al.
2007): two sketches of one domain agree on the smallest hashes they have in common. The hash is keyed, so that a sketch cannot
be searched with a dictionary of names or postcodes by who has no key: MD5 over a secret of 128 bits and the value, of which 64
bits are kept, so that there is nothing to extend. What MD5 has lost is that nobody can make two inputs of one hash; what is
asked of it here is that a hash tells nothing of its input to who has not the secret, which stands (RFC 6151, section 2.3). It
takes half the time of SHA-256, and a release of a million rows hashes some five million values.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.render import column as reference
from catalog.engine.render import literal
from catalog.finding import FieldRole

__all__ = [
    "HASHES",
    "HASH_BYTES",
    "ColumnSketch",
    "hashes_select",
    "key_id",
    "no_number_select",
    "overlap",
    "serial_select",
    "sketch_hashes",
]

HASHES = 64
"""Hashes kept of a column."""
HASH_BYTES = 8
REPEATED = 4
"""Cells a value, from which on they are grouped before they are hashed."""
AMONG = 3 * HASHES
"""Hashes among which the smallest are looked for in a column of many values."""


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
    return hmac.digest(key, b"sketch key 3", "sha256")[:8].hex()


def hashes_select(column: Column, table: str, key: bytes, filled: int, distinct: int) -> exp.Select:
    """The plan of one column's smallest hashes, in no order: rows of ``hash``, a number of 128 bits as text. `filled` and
    `distinct` count its cells and values (the latter within a few per cent)."""
    name = reference(column.name)
    secret = hmac.digest(key, b"sketch secret 3", "sha256")[:16].hex()
    cells = exp.select(name.as_("v")).from_(exp.to_identifier(table, quoted=True))
    cells = cells.where(exp.not_(exp.Is(this=name.copy(), expression=exp.Null())))
    grouped = REPEATED * distinct <= filled  # then to group costs less than to hash every cell
    if grouped:
        cells = cells.group_by(exp.to_identifier("v"))
    text = exp.cast(exp.column("v"), "VARCHAR")
    hashed = exp.select(_call("md5_number", _call("concat", literal(secret), text)).as_("h"))
    hashed = hashed.from_(cells.subquery("cells"))
    if not grouped:
        hashed = exp.select("h").distinct().from_(hashed.subquery("hashed"))
        if distinct > AMONG:
            # Three times as many are expected below it as are kept; that fewer are than are kept happens to one column in
            # 10^25 (Chernoff's bound of a Poisson variable; a few per cent of error in `distinct` change nothing).
            hashed = hashed.where(
                exp.LT(this=exp.column("h"), expression=_number(AMONG * 2**128 // distinct))
            )
    # not ORDER BY and LIMIT: DuckDB 2.0's top-n takes 46 µs a row of 128-bit numbers
    smallest = _call("min", exp.column("h"), literal(HASHES))
    hashes = exp.select(exp.Explode(this=smallest).as_("h")).from_(hashed.subquery("few"))
    return exp.select(exp.cast(exp.column("h"), "VARCHAR").as_("hash")).from_(hashes.subquery("smallest"))


def sketch_hashes(rows: Iterable[str]) -> bytes:
    """What is kept of the hashes that `hashes_select` answers."""
    return b"".join(one.to_bytes(16, "big")[:HASH_BYTES] for one in sorted(map(int, rows)))


def no_number_select(column: Column, table: str) -> exp.Select:
    """A plan of at most one row: a cell of the column that is no whole number. Mostly the first one is."""
    filled = exp.not_(exp.Is(this=reference(column.name), expression=exp.Null()))
    other = exp.Is(this=_whole(column), expression=exp.Null())
    return (
        exp.select(literal(1))
        .from_(exp.to_identifier(table, quoted=True))
        .where(exp.and_(filled, other))
        .limit(1)
    )


def serial_select(column: Column, table: str) -> exp.Select:
    """A plan of one row, ``serial``: whether a column of whole numbers only numbers the rows: all different, without a gap,
    from one or less."""
    number, rows = _whole(column), exp.Count(this=reference(column.name))
    least = exp.Min(this=number)
    span = exp.Sub(this=exp.Max(this=number.copy()), expression=least)
    serial = exp.and_(
        exp.EQ(this=span, expression=exp.Sub(this=rows, expression=literal(1))),
        exp.EQ(this=exp.Count(this=exp.Distinct(expressions=[number.copy()])), expression=rows.copy()),
        exp.LTE(this=least.copy(), expression=literal(1)),
    )
    found = exp.Coalesce(this=serial, expressions=[exp.false()]).as_("serial")
    return exp.select(found).from_(exp.to_identifier(table, quoted=True))


def _whole(column: Column) -> exp.Expr:
    text = exp.cast(reference(column.name), "VARCHAR")
    return exp.TryCast(this=text, to=exp.DataType.build("BIGINT"))


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


def _number(value: int) -> exp.Expr:
    return exp.cast(exp.Literal.string(str(value)), "UHUGEINT")


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
