"""Rows of the negative list: its versions, screenings, exemptions. Reads take a snapshot, writes a unit of work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from catalog.errors import Conflict, NotFound
from catalog.registry import dump, load
from catalog.registry.tables import releases, state, subjects, submissions
from catalog.release import ReleaseStatus, State
from catalog.subject import Subject
from catalog.text import Text
from negative_list import Grading, NegativeList, parse_list, render_list
from negative_list.exemption import Exemption, ExemptionState
from negative_list.impact import Consequence, Shift
from negative_list.lifecycle import ListRecord, ListState
from negative_list.tables import exemptions, gradings, list_versions, screenings

__all__ = [
    "PUBLIC_LISTS",
    "Cached",
    "active_version",
    "add_exemption",
    "add_grading",
    "add_list",
    "all_subjects",
    "digest_of",
    "due_lists",
    "exempted",
    "exemption",
    "exemptions_of",
    "freed",
    "gradings_of",
    "keep_subject",
    "list_in_force",
    "list_of",
    "list_records",
    "public_list",
    "record_of",
    "reopenable",
    "save_exemption",
    "save_record",
    "save_screenings",
    "screened_on",
    "set_screened_on",
    "subjects_of",
    "unscreened",
    "withdraw_tightened",
]


# ---- versions

PUBLIC_LISTS = (ListState.APPROVED, ListState.ACTIVE, ListState.SUPERSEDED)
"""What anybody may read; drafts, proposals and rejected versions are the officers' own."""


def digest_of(entries: NegativeList) -> str:
    """sha256 (hex) of the list's text."""
    return hashlib.sha256(render_list(entries).encode()).hexdigest()


def add_list(unit: Connection, record: ListRecord, entries: NegativeList) -> None:
    """A new version. Raises Conflict: the name is taken."""
    taken = select(list_versions.c.seq).where(list_versions.c.version == record.version)
    if unit.execute(taken).first() is not None:
        raise Conflict(
            Text(f"版本 {record.version} 已经存在", f"There is a version {record.version} already"),
            Text("请在文件中换一个版本号", "Give the file another version"),
        )
    unit.execute(
        insert(list_versions).values(
            version=record.version,
            state=record.state.value,
            document=render_list(entries),
            record=dump(record),
        )
    )


def save_record(unit: Connection, record: ListRecord, entries: NegativeList | None = None) -> None:
    """Bring a version's row up to date; `entries` where its text changes too."""
    values: dict[str, Any] = {"state": record.state.value, "record": dump(record)}
    if entries is not None:
        values["document"] = render_list(entries)
    unit.execute(update(list_versions).where(list_versions.c.version == record.version).values(**values))


def record_of(snapshot: Connection, version: str) -> ListRecord:
    """Who did what with a version. Raises NotFound."""
    found = snapshot.execute(
        select(list_versions.c.record).where(list_versions.c.version == version)
    ).scalar()
    if found is None:
        raise NotFound(
            Text(f"没有清单版本 {version}", f"There is no version {version} of the list"),
            Text("用 kaizha negative-list history 查看", "See kaizha negative-list history"),
        )
    return load(ListRecord, found)


def list_records(snapshot: Connection) -> tuple[ListRecord, ...]:
    """Every version, newest first."""
    rows = snapshot.execute(select(list_versions.c.record).order_by(list_versions.c.seq.desc()))
    return tuple(load(ListRecord, row.record) for row in rows)


def active_version(snapshot: Connection) -> str | None:
    """The version in effect; None on a home where none has been installed."""
    query = select(list_versions.c.version).where(list_versions.c.state == ListState.ACTIVE.value)
    return snapshot.execute(query).scalar()


def list_of(snapshot: Connection, version: str) -> NegativeList:
    """The entries of a version. Raises NotFound."""
    record_of(snapshot, version)
    query = select(list_versions.c.document).where(list_versions.c.version == version)
    return _parsed(snapshot.execute(query).scalar_one(), version)


@lru_cache(maxsize=16)
def _parsed(text: str, version: str) -> NegativeList:
    return parse_list(text, f"{version}.toml")


def list_in_force(snapshot: Connection) -> NegativeList | None:
    """The entries in effect."""
    version = active_version(snapshot)
    return list_of(snapshot, version) if version is not None else None


def public_list(snapshot: Connection, version: str = "") -> NegativeList | None:
    """A version that anybody may read ("" = the one in force); None when there is none, or it is not public."""
    if not version:
        return list_in_force(snapshot)
    query = select(list_versions.c.state).where(list_versions.c.version == version)
    state_ = snapshot.execute(query).scalar()
    return list_of(snapshot, version) if state_ in PUBLIC_LISTS else None


def due_lists(snapshot: Connection, at: datetime) -> tuple[ListRecord, ...]:
    """Approved versions whose time has come, the oldest due first."""
    query = select(list_versions.c.record).where(list_versions.c.state == ListState.APPROVED.value)
    found = [load(ListRecord, row.record) for row in snapshot.execute(query)]
    due = [one for one in found if one.effective_at is not None and one.effective_at <= at]
    return tuple(sorted(due, key=lambda one: one.effective_at or at))


# ---- subjects and what a version would do to them

_OPEN_NOW = select(releases.c.submission_id).where(releases.c.status == ReleaseStatus.CURRENT.value)
_REOPENABLE = submissions.c.id.in_(_OPEN_NOW) | (submissions.c.state == State.REFUSED.value)


@dataclass(frozen=True, slots=True)
class Cached:
    """What is screened again of one dataset: the subject as received, and as planned where something may leave.
    `released` = its release is open now, `reopenable` = it may be examined again unasked (as `freed` says)."""

    dataset_id: str
    submission_id: str
    detector: str
    source: Subject
    planned: Subject | None
    released: bool
    reopenable: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    source: Subject
    planned: Subject | None


def keep_subject(
    unit: Connection, submission_id: str, detector: str, source: Subject, planned: Subject | None
) -> None:
    """Remember the subjects of an examination; of the dataset's others only those of its current release are kept."""
    dataset_id = source.dataset.id
    current = select(releases.c.submission_id).where(
        releases.c.dataset_id == dataset_id, releases.c.status == ReleaseStatus.CURRENT.value
    )
    of_dataset = subjects.c.dataset_id == dataset_id
    stale = (subjects.c.submission_id == submission_id) | subjects.c.submission_id.not_in(current)
    unit.execute(delete(subjects).where(of_dataset, stale))
    unit.execute(
        insert(subjects).values(
            submission_id=submission_id,
            dataset_id=dataset_id,
            detector=detector,
            document=dump(_Pair(_plain(source), _plain(planned) if planned else None)),
        )
    )


def _plain(subject: Subject) -> Subject:
    """The same, its classes in a mapping that can be written down."""
    return replace(subject, classifications=dict(subject.classifications))


def all_subjects(snapshot: Connection, only: Iterable[str] | None = None) -> Iterable[Cached]:
    """The subjects of every dataset, in a stable order; `only` those of these submissions."""
    open_now = set(snapshot.execute(_OPEN_NOW).scalars())
    query = (
        select(subjects, submissions.c.state)
        .join(submissions, submissions.c.id == subjects.c.submission_id)
        .order_by(subjects.c.dataset_id, subjects.c.submission_id)
    )
    wanted = None if only is None else list(only)
    for start in range(0, 1 if wanted is None else len(wanted), 500):
        some = (
            query
            if wanted is None
            else query.where(subjects.c.submission_id.in_(wanted[start : start + 500]))
        )
        for row in snapshot.execute(some):
            pair = load(_Pair, row.document)
            released = row.submission_id in open_now
            yield Cached(
                row.dataset_id,
                row.submission_id,
                row.detector,
                pair.source,
                pair.planned,
                released,
                released or row.state == State.REFUSED.value,
            )


def subjects_of(snapshot: Connection, dataset_id: str) -> tuple[Cached, ...]:
    """The subjects of one dataset, the newest submission's last."""
    query = select(subjects.c.submission_id).where(subjects.c.dataset_id == dataset_id)
    return tuple(all_subjects(snapshot, snapshot.execute(query).scalars()))


def reopenable(snapshot: Connection, dataset_id: str) -> str | None:
    """The submission of a dataset that may be examined again unasked (as `freed` says), the newest one."""
    query = (
        select(subjects.c.submission_id)
        .join(submissions, submissions.c.id == subjects.c.submission_id)
        .where(subjects.c.dataset_id == dataset_id, _REOPENABLE)
    )
    return snapshot.execute(query.order_by(subjects.c.submission_id.desc()).limit(1)).scalar()


def save_screenings(
    unit: Connection, version: str, on: date, found: Iterable[tuple[Cached, Consequence]]
) -> None:
    """What a version would do to subjects, as seen on a day."""
    rows = [
        {
            "version": version,
            "submission_id": cached.submission_id,
            "dataset_id": cached.dataset_id,
            "on_day": on,
            "effect": one.shift.value,
            "document": dump(one),
        }
        for cached, one in found
    ]
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        ids = screenings.c.submission_id.in_([row["submission_id"] for row in some])
        unit.execute(delete(screenings).where(screenings.c.version == version, ids))
        unit.execute(insert(screenings), some)


def unscreened(snapshot: Connection, version: str, on: date) -> tuple[str, ...]:
    """Submissions whose subjects have not been screened against a version on this day."""
    same = (
        (screenings.c.version == version)
        & (screenings.c.submission_id == subjects.c.submission_id)
        & (screenings.c.on_day == on)
    )
    query = select(subjects.c.submission_id).outerjoin(screenings, same)
    return tuple(snapshot.execute(query.where(screenings.c.version.is_(None))).scalars())


def withdraw_tightened(unit: Connection, version: str, at: datetime) -> dict[str, str]:
    """End every current release that a version tightens, or that has no subject to be judged by; dataset → its
    submission."""
    tightened = select(screenings.c.submission_id).where(
        screenings.c.version == version,
        screenings.c.effect.in_((Shift.WITHDRAWN.value, Shift.TIGHTENED.value)),
    )
    judged = select(subjects.c.submission_id)
    condition = (releases.c.status == ReleaseStatus.CURRENT.value) & (
        releases.c.submission_id.in_(tightened) | releases.c.submission_id.not_in(judged)
    )
    rows = unit.execute(select(releases.c.dataset_id, releases.c.submission_id).where(condition)).all()
    if rows:
        unit.execute(
            update(releases).where(condition).values(status=ReleaseStatus.WITHDRAWN.value, ended_at=at)
        )
    return {row.dataset_id: row.submission_id for row in rows}


def freed(snapshot: Connection, version: str) -> tuple[str, ...]:
    """Submissions of which a version lets more be opened, and that may be examined again unasked: they are open now,
    or an entry had refused them. (What a person has withdrawn or still has to answer stays as it is.)"""
    query = (
        select(screenings.c.submission_id)
        .join(submissions, submissions.c.id == screenings.c.submission_id)
        .where(screenings.c.version == version, screenings.c.effect == Shift.FREED.value, _REOPENABLE)
    )
    return tuple(snapshot.execute(query).scalars())


def screened_on(snapshot: Connection) -> date | None:
    """The day to which all decisions were last brought up."""
    return snapshot.execute(select(state.c.screened_on)).scalar()


def set_screened_on(unit: Connection, on: date) -> None:
    unit.execute(update(state).values(screened_on=on))


# ---- officers' words on grades


def add_grading(unit: Connection, one: Grading) -> None:
    unit.execute(insert(gradings).values(dataset_id=one.dataset_id, document=dump(one)))


def gradings_of(snapshot: Connection, dataset_id: str) -> dict[str, Grading]:
    """Field → the newest word on its grade."""
    query = select(gradings.c.document).where(gradings.c.dataset_id == dataset_id).order_by(gradings.c.seq)
    found = (load(Grading, row.document) for row in snapshot.execute(query))
    return {one.column: one for one in found}


# ---- exemptions


def add_exemption(unit: Connection, exemption_: Exemption) -> None:
    unit.execute(insert(exemptions).values(**_row(exemption_)))


def save_exemption(unit: Connection, exemption_: Exemption) -> None:
    unit.execute(update(exemptions).where(exemptions.c.id == exemption_.id).values(**_row(exemption_)))


def _row(one: Exemption) -> dict[str, Any]:
    return {
        "id": one.id,
        "dataset_id": one.dataset_id,
        "entry_id": one.entry_id,
        "state": one.state.value,
        "expires_on": one.expires_on,
        "document": dump(one),
    }


def exemption(snapshot: Connection, exemption_id: str) -> Exemption:
    """Raises NotFound."""
    found = snapshot.execute(select(exemptions.c.document).where(exemptions.c.id == exemption_id)).scalar()
    if found is None:
        raise NotFound(
            Text(f"没有豁免 {exemption_id}", f"There is no exemption {exemption_id}"),
            Text("用 kaizha negative-list exemption list 查看", "See kaizha negative-list exemption list"),
        )
    return load(Exemption, found)


def exemptions_of(
    snapshot: Connection, states: Iterable[ExemptionState] = ExemptionState
) -> tuple[Exemption, ...]:
    """Exemptions, newest first."""
    query = select(exemptions.c.document).where(exemptions.c.state.in_([one.value for one in states]))
    rows = snapshot.execute(query.order_by(exemptions.c.id.desc()))
    return tuple(load(Exemption, row.document) for row in rows)


def exempted(snapshot: Connection, on: date) -> dict[str, frozenset[str]]:
    """Dataset → entries lifted for it on a day."""
    found: dict[str, set[str]] = {}
    for one in exemptions_of(snapshot, (ExemptionState.GRANTED,)):
        if one.lifts(on):
            found.setdefault(one.dataset_id, set()).add(one.entry_id)
    return {dataset_id: frozenset(entries) for dataset_id, entries in found.items()}
