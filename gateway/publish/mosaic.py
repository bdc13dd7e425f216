"""The mosaic check: a planned output about persons beside everything about persons that is open already.

Sketches choose what has to be read (`privacy.mosaic`); the released Parquet of those, and nothing of the domain zone, is
joined with the planned output. What would narrow persons down below the group size asked for, or give a row an identifier or
a sensitive value, is put to an officer with the datasets, the columns and the group sizes alone and together; never a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlglot import exp

from catalog.content import Content
from catalog.dataset import Column, ColumnType
from catalog.decision import Decision
from catalog.engine.engine import Engine
from catalog.errors import NotFound
from catalog.facts import heading
from catalog.finding import Classification
from catalog.subject import Joined, Subject
from gateway.publish.law import Law
from gateway.publish.plan import ReleasePlan
from gateway.publish.risk_check import Weighed
from gateway.risk_reports import Opened, OpenedRelease
from negative_list import DEFERRED
from privacy.mosaic import (
    SAME_PEOPLE,
    Pair,
    aligned,
    differences,
    keys_of,
    linked,
    refined,
    resolved,
    same_people,
    shared_columns,
    small_links,
)
from privacy.sketch import ColumnSketch, hashes_select, no_number_select, serial_select, sketch_hashes

__all__ = ["Mosaic", "Piece", "judged", "lay_mosaic", "sketch_output"]

MOST_READ = 60
"""Releases that are read for one check; what would have to be read besides counts as not compared, and is held."""
NEARLY_ALL = 0.9
"""Values a cell from which on a column may be all different, its values having been estimated."""
MINE, THEIRS, TOLD = "mosaic_mine", "mosaic_theirs", "mosaic_told"
PLACE = ("_row", "_row")


@dataclass(frozen=True, slots=True)
class Piece:
    """What one release adds: its dataset, the columns joined on (mine, theirs), the groups alone and together, and how
    many rows get an identifier or a sensitive value of the other side. `version` = of the same dataset."""

    dataset_id: str
    ledger_index: int
    columns: tuple[tuple[str, str], ...]
    k_alone: int | None
    k_together: int | None
    linked_rows: int = 0
    by_order: bool = False
    version: bool = False

    def worst(self) -> int | None:
        """The group size it comes to; a row that is linked stands alone."""
        return 1 if self.linked_rows else self.k_together


@dataclass(frozen=True, slots=True)
class Mosaic:
    """`compared` releases by their sketches, `read` of them as data; `unread` would have had to be; `unknown` releases
    have no sketch, or no file any more. `pieces` are those that lower the groups below what is asked, `joint_k` all of them at once."""

    compared: int
    read: int
    unread: int
    unknown: int
    pieces: tuple[Piece, ...]
    joint_k: int | None
    asked: int
    least_k: int | None

    @property
    def k(self) -> int | None:
        """The smallest group that joining with what is open comes to; None where nothing could be joined."""
        found = [self.least_k, self.joint_k, *(one.worst() for one in self.pieces)]
        return min((k for k in found if k is not None), default=None)

    @property
    def is_held(self) -> bool:
        return (
            bool(self.pieces) or self.unread > 0 or (self.joint_k is not None and self.joint_k < self.asked)
        )


def sketch_output(
    engine: Engine,
    table: str,
    plan: ReleasePlan,
    classes: Mapping[str, Classification],
    weighed: Weighed,
    content: Mapping[str, Content],
    key: bytes,
) -> tuple[ColumnSketch, ...]:
    """The sketches of the planned output's columns; none where it cannot be about anybody. `content` is what they hold."""
    if not weighed.may_be_persons:
        return ()
    planned = [one for one in plan.columns if one.column.type is not ColumnType.GEOMETRY]
    made = []
    for one in planned:
        name, filled, distinct = (
            one.column.name,
            content[one.column.name].filled,
            weighed.distinct[one.column.name],
        )
        made.append(
            ColumnSketch(
                name,
                heading(name),
                one.column.type,
                one.operator,
                classes[name].role,
                classes[name].entity,
                one.column.element,
                name in weighed.joinable,
                distinct,
                distinct >= NEARLY_ALL * filled > 0 and _is_serial(engine, one.column, table),
                _hashes(engine, hashes_select(one.column, table, key, filled, distinct)),
            )
        )
    return tuple(made)


def _is_serial(engine: Engine, column: Column, table: str) -> bool:
    if engine.fetch(no_number_select(column, table)).num_rows:
        return False
    return bool(_one(engine, serial_select(column, table))["serial"])


def _hashes(engine: Engine, select: exp.Select) -> bytes:
    return sketch_hashes(row["hash"] for row in engine.fetch(select).to_pylist())


def lay_mosaic(
    engine: Engine,
    output: Path,
    dataset_id: str,
    mine: Sequence[ColumnSketch],
    weighed: Weighed,
    rows: int,
    opened: Opened,
) -> Mosaic:
    """The planned output beside everything open. Reads at most `MOST_READ` released files."""
    if not weighed.may_be_persons:
        return Mosaic(0, 0, 0, 0, (), None, weighed.asked, None)
    look = _Look(engine, output, mine, weighed)
    waiting = []
    releases, unknown = opened.read()
    for one in releases:
        pair = Pair(tuple(mine), one.columns, rows, one.rows, shared_columns(mine, one.columns))
        version = one.dataset_id == dataset_id
        if pair.must_be_joined or (version and pair.shared):
            waiting.append((not version, not pair.has_beyond_quasi, -one.ledger_index, one, pair))
    waiting.sort(key=lambda item: item[:3])
    gone = 0
    for _, _, _, one, pair in waiting[:MOST_READ]:
        try:
            file = opened.file(one.release_id)
        except NotFound:  # of a release that was replaced, the file may have been collected since
            gone += 1
            continue
        look.at(one, pair, file, one.dataset_id == dataset_id)
    return Mosaic(
        compared=len(releases),
        read=min(len(waiting), MOST_READ) - gone,
        unread=max(0, len(waiting) - MOST_READ),
        unknown=unknown + gone,
        pieces=tuple(look.pieces),
        joint_k=look.joint(),
        asked=weighed.asked,
        least_k=look.least_k,
    )


class _Look:
    """One check: the planned output, and what every release that was read told of its rows."""

    def __init__(self, engine: Engine, output: Path, mine: Sequence[ColumnSketch], weighed: Weighed) -> None:
        self.engine, self.weighed = engine, weighed
        self.quasi = [one.name for one in mine if one.quasi]
        self.pieces: list[Piece] = []
        self.told: list[tuple[str, list[str]]] = []
        self.least_k: int | None = None
        self.made = 0
        engine.register_parquet(MINE, output, numbered=True)

    def at(self, one: OpenedRelease, pair: Pair, file: Path, version: bool) -> None:
        """Read a release and keep what it adds."""
        self.engine.register_parquet(THEIRS, file, numbered=True)
        if version:
            self._version(one, pair)
        if not pair.must_be_joined:
            return
        for key in keys_of(pair):
            on = [(s.mine.name, s.theirs.name) for s in key]
            self._join(one, pair, on, by_order=False)
        shared = [(s.mine.name, s.theirs.name) for s in pair.shared]
        if pair.my_rows == pair.their_rows:
            agreeing = _one(self.engine, aligned(MINE, THEIRS, shared))["agreeing"]
            if agreeing is not None and agreeing >= SAME_PEOPLE:
                self._join(one, pair, [PLACE], by_order=True)
        if pair.may_be_same_people:
            self._same_people(one, pair, shared)

    def joint(self) -> int | None:
        """The groups with all that every release told at once; None where fewer than two told anything."""
        if len(self.told) < 2 or not self.quasi:
            return None
        return self._k(refined(MINE, self.quasi, self.told))

    def _join(self, one: OpenedRelease, pair: Pair, on: list[tuple[str, str]], by_order: bool) -> None:
        """Both directions: what the release tells of the planned rows, and the planned rows of the release's."""
        theirs = [c.name for c in pair.their_columns if c.quasi]
        back = [(b, a) for a, b in on]
        more, their_more = [c.name for c in pair.their_more], [c.name for c in pair.my_more]
        secrets, their_secrets = [c.name for c in pair.their_secrets], [c.name for c in pair.my_secrets]
        k, rows = self._direction(
            MINE, THEIRS, on, self.quasi, more, secrets, pair.i_name, pair.they_name, True
        )
        k_back, rows_back = self._direction(
            THEIRS, MINE, back, theirs, their_more, their_secrets, pair.they_name, pair.i_name, False
        )
        self._note(k, k_back)
        lowered = [
            (together, alone)
            for together, alone in ((k, self.weighed.k), (k_back, one.k))
            if together is not None and together < self.weighed.asked and (alone is None or together < alone)
        ]
        if lowered or rows + rows_back:
            together, alone = min(lowered, key=lambda pair_: pair_[0]) if lowered else (k, self.weighed.k)
            columns = () if by_order else tuple(on)
            self._add(
                Piece(one.dataset_id, one.ledger_index, columns, alone, together, rows + rows_back, by_order)
            )

    def _direction(
        self,
        mine: str,
        theirs: str,
        on: list[tuple[str, str]],
        quasi: list[str],
        more: list[str],
        secrets: list[str],
        i_name: bool,
        they_name: bool,
        keep: bool,
    ) -> tuple[int | None, int]:
        """The k of `mine` with what `theirs` tells, and the rows that get a secret or few names."""
        if not (more or secrets or they_name):
            return None, 0
        self.made += 1
        told = f"{TOLD}_{self.made}"
        self.engine.create_table(told, resolved(mine, theirs, on, [*more, *secrets], f"{told}_a"))
        names = [f"{told}_a{place}" for place in range(len(more) + len(secrets))]
        k = self._k(refined(mine, quasi, [(told, names[: len(more)])])) if more and quasi else None
        if keep and k is not None:
            self.told.append((told, names[: len(more)]))
        keys = [a for a, _ in on]
        rows, asked = 0, self.weighed.asked
        if secrets:
            rows = self._rows(linked(mine, keys, told, names[len(more) :], i_name, asked))
        if they_name:
            rows = max(rows, self._rows(small_links(mine, keys, told, asked)))
        return k, rows

    def _same_people(self, one: OpenedRelease, pair: Pair, shared: list[tuple[str, str]]) -> None:
        more, their_more = [c.name for c in pair.my_more], [c.name for c in pair.their_more]
        found = _one(self.engine, same_people(MINE, THEIRS, shared, more, their_more))
        if found["agreeing"] is None or found["agreeing"] < SAME_PEOPLE or found["expected"] is None:
            return
        k = max(1, int(found["expected"]))
        self._note(k)
        if k < self.weighed.asked and (self.weighed.k is None or k < self.weighed.k):
            self._add(Piece(one.dataset_id, one.ledger_index, tuple(shared), self.weighed.k, k))

    def _version(self, one: OpenedRelease, pair: Pair) -> None:
        """What this version and an earlier one of the dataset differ in, over the columns that both show alike."""
        alike = [
            s for s in pair.shared if s.mine.name == s.theirs.name and s.mine.operator is s.theirs.operator
        ]
        quasi = [s.mine.name for s in alike if s.mine.quasi]
        if not quasi:
            return
        common = [(s.mine.name, s.theirs.name) for s in alike]
        k = self._k(differences(MINE, THEIRS, common, quasi))
        self._note(k)
        if k is not None and k < self.weighed.asked:
            self._add(Piece(one.dataset_id, one.ledger_index, tuple(common), self.weighed.k, k, version=True))

    def _add(self, piece: Piece) -> None:
        """One piece for each release, the worst."""
        known = next((one for one in self.pieces if one.ledger_index == piece.ledger_index), None)
        if known is None:
            self.pieces.append(piece)
        elif (piece.worst() or 0) < (known.worst() or 0):
            self.pieces[self.pieces.index(known)] = piece

    def _note(self, *found: int | None) -> None:
        sizes = [k for k in (self.least_k, *found) if k is not None]
        self.least_k = min(sizes, default=None)

    def _k(self, select: exp.Select) -> int | None:
        k = _one(self.engine, select)["k"]
        return None if k is None else int(k)

    def _rows(self, select: exp.Select) -> int:
        return int(_one(self.engine, select)["rows"])


def judged(
    decision: Decision, subject: Subject, mosaic: Mosaic, law: Law, on: date
) -> tuple[Subject, Decision]:
    """The planned subject with what the join came to, and the decision with the entries that ask for it judged: none is
    deferred any more. What could not be compared counts as too small."""
    facts = replace(subject.facts, joined=Joined(mosaic.k))
    if mosaic.unread:
        facts = replace(facts, unknown=facts.unknown | {"joined"})
    measured = replace(subject, facts=facts)
    joined = decision.join(law.screen(measured, on))
    return measured, replace(
        joined, reasons=frozenset(one for one in joined.reasons if one.effect != DEFERRED)
    )


def _one(engine: Engine, select: exp.Select) -> dict[str, Any]:
    (row,) = engine.fetch(select).to_pylist()
    answer: dict[str, Any] = row
    return answer
