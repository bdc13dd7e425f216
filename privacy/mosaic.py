"""The mosaic: what a planned output and a release give together that neither gives alone, as pure choices and plans.

Two tables are joined on the columns that hold values of one domain. What one of them says for certain of all rows that share
those values (a single value) becomes known of the other's rows, and its groups are measured again with that: `k` together.
Besides: a row that so gets an identifier or a sensitive value; the same people in both, told by different attributes,
whose groups would be as small as independence makes them; and what two versions differ in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.render import column as reference
from catalog.engine.render import literal
from catalog.finding import FieldRole
from privacy.sketch import ColumnSketch, overlap

__all__ = [
    "KEY_SHARE",
    "SAME_PEOPLE",
    "Pair",
    "Shared",
    "aligned",
    "differences",
    "keys_of",
    "linked",
    "refined",
    "resolved",
    "same_people",
    "shared_columns",
    "small_links",
]

LEAST_DOMAIN = 20
"""Values from which two texts that share most of theirs are of one domain whatever their headings say."""
SAME_DOMAIN = 0.5
KEY_SHARE = 0.5
"""Distinct values a row from which a column can tell the rows of a table apart by itself."""
SAME_PEOPLE = 0.95
"""Share of the rows that agree, value by value of what is shared, from which both tables are about the same people."""
NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


@dataclass(frozen=True, slots=True)
class Shared:
    """A column of the candidate and one of the release that hold values of one domain."""

    mine: ColumnSketch
    theirs: ColumnSketch


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate beside a release: rows and k of both (None: k was not measured), what they share."""

    my_columns: tuple[ColumnSketch, ...]
    their_columns: tuple[ColumnSketch, ...]
    my_rows: int
    their_rows: int
    shared: tuple[Shared, ...]

    @property
    def my_more(self) -> tuple[ColumnSketch, ...]:
        """The candidate's quasi-identifiers that the release lacks."""
        return tuple(
            one for one in self.my_columns if one.quasi and all(one is not s.mine for s in self.shared)
        )

    @property
    def their_more(self) -> tuple[ColumnSketch, ...]:
        return tuple(
            one for one in self.their_columns if one.quasi and all(one is not s.theirs for s in self.shared)
        )

    @property
    def has_beyond_quasi(self) -> bool:
        """Whether something shared is no quasi-identifier on one side: only then can a join be finer than its groups."""
        return any(not (one.mine.quasi and one.theirs.quasi) for one in self.shared)

    @property
    def may_be_same_people(self) -> bool:
        """Whether both could be about the same people, told by further attributes in each."""
        near = min(self.my_rows, self.their_rows) >= SAME_PEOPLE * max(self.my_rows, self.their_rows)
        return near and bool(self.my_more and self.their_more)

    @property
    def my_secrets(self) -> tuple[ColumnSketch, ...]:
        """Sensitive columns of the candidate that the release lacks."""
        return tuple(
            one
            for one in self.my_columns
            if one.role is FieldRole.SENSITIVE and all(one is not s.mine for s in self.shared)
        )

    @property
    def their_secrets(self) -> tuple[ColumnSketch, ...]:
        return tuple(
            one
            for one in self.their_columns
            if one.role is FieldRole.SENSITIVE and all(one is not s.theirs for s in self.shared)
        )

    @property
    def i_name(self) -> bool:
        """Whether the candidate names people."""
        return any(one.role is FieldRole.IDENTIFIER for one in self.my_columns)

    @property
    def they_name(self) -> bool:
        return any(one.role is FieldRole.IDENTIFIER for one in self.their_columns)

    @property
    def must_be_joined(self) -> bool:
        """Whether the data has to be read: one side tells something that the other lacks, and the join can be finer than
        the groups of each. Groups over columns that are quasi-identifiers of both are unions of groups of each: what one
        side says of them is the same for a whole group of the other, and splits none."""
        tells = self.my_more or self.their_more or self.my_secrets or self.their_secrets
        named = (self.i_name and self.their_secrets) or (self.they_name and self.my_secrets)
        finer = self.has_beyond_quasi or self.may_be_same_people or self.my_rows == self.their_rows
        return bool(self.shared) and bool((tells or self.i_name or self.they_name) and (finer or named))


def shared_columns(mine: Sequence[ColumnSketch], theirs: Sequence[ColumnSketch]) -> tuple[Shared, ...]:
    """Columns of one domain, each at most once: bound to one element, recognised as one entity, of one heading, or texts
    that have most values in common. Columns without a value in common are not: nothing would be joined on them; nor are
    those that only number the rows."""
    found: list[tuple[int, float, int, int]] = []
    for (i, a), (j, b) in product(enumerate(mine), enumerate(theirs)):
        if a.serial or b.serial or a.type is ColumnType.GEOMETRY or b.type is ColumnType.GEOMETRY:
            continue
        rank = _alike(a, b)
        if rank is None:
            continue
        common = overlap(a, b)
        if common > 0 and (rank < 3 or common >= SAME_DOMAIN):
            found.append((rank, -common, i, j))
    chosen: list[Shared] = []
    used_mine: set[int] = set()
    used_theirs: set[int] = set()
    for _, _, i, j in sorted(found):
        if i not in used_mine and j not in used_theirs:
            used_mine.add(i)
            used_theirs.add(j)
            chosen.append(Shared(mine[i], theirs[j]))
    return tuple(chosen)


def _alike(a: ColumnSketch, b: ColumnSketch) -> int | None:
    """Why two columns may be of one domain, the surest first; None: nothing says so."""
    if a.element is not None and a.element == b.element:
        return 0
    if a.heading and a.heading == b.heading:
        return 1
    if a.entity is not None and a.entity == b.entity:
        return 2
    texts = a.type not in NUMERIC and b.type not in NUMERIC
    return 3 if texts and min(a.distinct, b.distinct) >= LEAST_DOMAIN else None


def keys_of(pair: Pair) -> tuple[tuple[Shared, ...], ...]:
    """The sets of columns to join on: all that is shared, and each column that tells rows apart by itself."""
    alone = [
        (one,)
        for one in pair.shared
        if one.mine.distinct >= KEY_SHARE * pair.my_rows
        and one.theirs.distinct >= KEY_SHARE * pair.their_rows
    ]
    return tuple(dict.fromkeys(((*pair.shared,), *alone)))


# ---- plans; tables have `_row`, the place of the row


def resolved(
    mine: str, theirs: str, on: Sequence[tuple[str, str]], attributes: Sequence[str], prefix: str
) -> exp.Select:
    """Of each row of `mine` (``_row``), what `theirs` says for certain of the rows with the same `on` (column of mine,
    column of theirs): ``{prefix}{n}`` for the n-th of `attributes`, null where it says nothing or several things; and
    ``matched``, how many rows of theirs share them. Nulls join nothing."""
    own = [_text(name, "mine") for name, _ in on]
    keys = [exp.cast(reference(name), "VARCHAR") for _, name in on]
    told = exp.select(
        *(key.as_(f"k{place}") for place, key in enumerate(keys)),
        exp.Count(this=exp.Star()).as_("matched"),
        *(_single(name).as_(f"a{place}") for place, name in enumerate(attributes)),
    ).from_(exp.to_identifier(theirs, quoted=True))
    told = told.group_by(*(key.copy() for key in keys)) if keys else told
    same = [exp.EQ(this=key, expression=exp.column(f"k{place}", "told")) for place, key in enumerate(own)]
    return (
        exp.select(
            exp.column("_row", "mine"),
            exp.column("matched", "told"),
            *(exp.column(f"a{place}", "told").as_(f"{prefix}{place}") for place in range(len(attributes))),
        )
        .from_(exp.to_table(_quoted(mine)).as_("mine"))
        .join(told.subquery("told"), on=exp.and_(*same), join_type="left")
    )


def refined(mine: str, quasi: Sequence[str], found: Sequence[tuple[str, Sequence[str]]]) -> exp.Select:
    """A plan with one row: ``k``, the smallest group of `mine` by `quasi` and what is known besides, over rows of which
    something is; null where nothing is known of any. `found` are tables of `resolved`, each with its columns."""
    known = [exp.column(name, table) for table, names in found for name in names]
    groups = exp.select(exp.Count(this=exp.Star()).as_("size")).from_(exp.to_table(_quoted(mine)).as_("mine"))
    for table, _ in found:
        groups = groups.join(
            exp.to_table(_quoted(table)).as_(table),
            on=exp.EQ(this=exp.column("_row", "mine"), expression=exp.column("_row", table)),
            join_type="left",
        )
    groups = groups.where(
        exp.or_(*(exp.not_(exp.Is(this=one.copy(), expression=exp.Null())) for one in known))
    ).group_by(*(reference_of(name, "mine") for name in quasi), *known)
    return exp.select(exp.Min(this=exp.column("size")).as_("k")).from_(groups.subquery("groups"))


def linked(
    mine: str, on: Sequence[str], told: str, secrets: Sequence[str], named: bool, k: int
) -> exp.Select:
    """A plan with one row: ``rows`` of `mine` that get one of `secrets` (columns of the table `told`, as `resolved` made
    it) for certain, where they name people (`named`) or fewer than `k` of them share `on`."""
    size = exp.Window(
        this=exp.Count(this=exp.Star()), partition_by=[reference_of(name, "mine") for name in on]
    )
    rows = (
        exp.select(
            size.as_("size"),
            *(exp.column(name, "told").as_(f"s{place}") for place, name in enumerate(secrets)),
        )
        .from_(exp.to_table(_quoted(mine)).as_("mine"))
        .join(
            exp.to_table(_quoted(told)).as_("told"),
            on=exp.EQ(this=exp.column("_row", "mine"), expression=exp.column("_row", "told")),
        )
    )
    gets = exp.or_(
        *(
            exp.not_(exp.Is(this=exp.column(f"s{place}"), expression=exp.Null()))
            for place in range(len(secrets))
        )
    )
    small = exp.true() if named else exp.LT(this=exp.column("size"), expression=literal(k))
    return (
        exp.select(exp.Count(this=exp.Star()).as_("rows"))
        .from_(rows.subquery("rows"))
        .where(exp.and_(gets, small))
    )


def small_links(mine: str, on: Sequence[str], told: str, k: int) -> exp.Select:
    """A plan with one row: ``rows`` of `mine`, fewer than `k` of which share `on`, that match at least one and fewer than
    `k` rows of the other side (which names people): each is narrowed down to fewer than `k` names."""
    size = exp.Window(
        this=exp.Count(this=exp.Star()), partition_by=[reference_of(name, "mine") for name in on]
    )
    rows = (
        exp.select(size.as_("size"), exp.column("matched", "told"))
        .from_(exp.to_table(_quoted(mine)).as_("mine"))
        .join(
            exp.to_table(_quoted(told)).as_("told"),
            on=exp.EQ(this=exp.column("_row", "mine"), expression=exp.column("_row", "told")),
        )
    )
    few = exp.and_(
        exp.LT(this=exp.column("size"), expression=literal(k)),
        exp.GTE(this=exp.column("matched"), expression=literal(1)),
        exp.LT(this=exp.column("matched"), expression=literal(k)),
    )
    return exp.select(exp.Count(this=exp.Star()).as_("rows")).from_(rows.subquery("rows")).where(few)


def aligned(mine: str, theirs: str, on: Sequence[tuple[str, str]]) -> exp.Select:
    """A plan with one row: ``agreeing``, the share of places at which both tables hold the same in all of `on`. Two files
    of the same people in the same order are joined by their order."""
    same = exp.and_(*(exp.NullSafeEQ(this=_text(a, "mine"), expression=_text(b, "theirs")) for a, b in on))
    agreeing = exp.Div(this=exp.cast(exp.CountIf(this=same), "DOUBLE"), expression=exp.Count(this=exp.Star()))
    return (
        exp.select(agreeing.as_("agreeing"))
        .from_(exp.to_table(_quoted(mine)).as_("mine"))
        .join(
            exp.to_table(_quoted(theirs)).as_("theirs"),
            on=exp.EQ(this=exp.column("_row", "mine"), expression=exp.column("_row", "theirs")),
        )
    )


def same_people(
    mine: str, theirs: str, on: Sequence[tuple[str, str]], my_more: Sequence[str], their_more: Sequence[str]
) -> exp.Select:
    """A plan with one row: ``agreeing``, the share of rows that both have in the cells of what is shared, and ``expected``,
    the least rows of a combination of the further attributes of both, were they independent within a cell: with n rows in
    the cell, a of them of one attribute and b of the other, a × b / n."""

    def cells(table: str, names: Sequence[str], more: Sequence[str], side: str) -> exp.Select:
        keys = [exp.cast(reference(name), "VARCHAR") for name in names]
        counted = (
            exp.select(
                *(key.as_(f"k{place}") for place, key in enumerate(keys)), exp.Count(this=exp.Star()).as_("n")
            )
            .from_(exp.to_identifier(table, quoted=True))
            .group_by(*(key.copy() for key in keys), *(reference(name) for name in more))
        )
        return (
            exp.select(
                *(exp.column(f"k{place}") for place in range(len(keys))),
                exp.Sum(this=exp.column("n")).as_(f"n_{side}"),
                exp.Min(this=exp.column("n")).as_(f"least_{side}"),
            )
            .from_(counted.subquery("counted"))
            .group_by(*(exp.column(f"k{place}") for place in range(len(keys))))
        )

    a, b = cells(mine, [m for m, _ in on], my_more, "a"), cells(theirs, [t for _, t in on], their_more, "b")
    both = [
        exp.NullSafeEQ(this=exp.column(f"k{place}", "a"), expression=exp.column(f"k{place}", "b"))
        for place in range(len(on))
    ]
    n_a, n_b = (exp.Coalesce(this=exp.column(f"n_{side}"), expressions=[literal(0)]) for side in "ab")
    fewer = exp.Sum(this=exp.Least(this=n_a, expressions=[n_b]))
    more = exp.Sum(this=exp.Greatest(this=n_a.copy(), expressions=[n_b.copy()]))
    product_ = exp.Mul(this=exp.cast(exp.column("least_a"), "DOUBLE"), expression=exp.column("least_b"))
    expected = exp.Div(
        this=product_, expression=exp.Greatest(this=exp.column("n_a"), expressions=[exp.column("n_b")])
    )
    return (
        exp.select(
            exp.Div(this=exp.cast(fewer, "DOUBLE"), expression=more).as_("agreeing"),
            exp.Min(this=expected).as_("expected"),
        )
        .from_(a.subquery("a"))
        .join(b.subquery("b"), on=exp.and_(*both), join_type="full")
    )


def differences(
    mine: str, theirs: str, common: Sequence[tuple[str, str]], quasi: Sequence[str]
) -> exp.Select:
    """A plan with one row: ``k``, the smallest group by `quasi` (columns of mine, all in `common`) of the rows that only
    one of two versions has; null where they have the same rows. Who knows that a person came or went between them looks
    for that person among those."""
    names = [name for name, _ in common]

    def rows(table: str, columns: Sequence[str]) -> exp.Select:
        terms = [_text(name, None).as_(f"c{place}") for place, name in enumerate(columns)]
        return exp.select(*terms).from_(exp.to_identifier(table, quoted=True))

    groups: list[exp.Select] = []
    for a, b in (
        (rows(mine, names), rows(theirs, [name for _, name in common])),
        (rows(theirs, [name for _, name in common]), rows(mine, names)),
    ):
        left = exp.Except(this=a, expression=b, distinct=False)
        only = exp.select(exp.Count(this=exp.Star()).as_("size")).from_(
            exp.Subquery(this=left, alias=exp.TableAlias(this=exp.to_identifier("only_here")))
        )
        groups.append(only.group_by(*(exp.column(f"c{names.index(name)}") for name in quasi)))
    either = exp.union(groups[0], groups[1], distinct=False)
    return exp.select(exp.Min(this=exp.column("size")).as_("k")).from_(either.subquery("differing"))


def reference_of(name: str, table: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table)


def _text(name: str, table: str | None) -> exp.Expr:
    column = reference(name) if table is None else reference_of(name, table)
    return exp.cast(column, "VARCHAR")


def _single(name: str) -> exp.Expr:
    """The value of all rows where they have one, all of them; else null."""
    value = exp.cast(reference(name), "VARCHAR")
    one = exp.and_(
        exp.EQ(this=exp.Min(this=value), expression=exp.Max(this=value.copy())),
        exp.EQ(this=exp.Count(this=value.copy()), expression=exp.Count(this=exp.Star())),
    )
    return exp.Case(ifs=[exp.If(this=one, true=exp.Min(this=value.copy()))])


def _quoted(name: str) -> str:
    return f'"{name}"'
