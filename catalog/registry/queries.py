"""Reads of the catalogue: what is current, what is pending, what has been written in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Result, Row, Select, and_, case, func, or_, select

from catalog import ledger
from catalog.counts import CHANGED_DETECTOR, UNKNOWN_DETECTOR, Opened
from catalog.dataset import Dataset, Version
from catalog.decision import Audience
from catalog.registry.contracts import registered_contracts
from catalog.registry.documents import load
from catalog.registry.tables import (
    cosignatures,
    datasets,
    heads,
    jobs,
    leaves,
    ledger_keys,
    probes,
    release_documents,
    releases,
    state,
    subjects,
    submissions,
    tiles,
    versions,
)
from catalog.release import Release, ReleaseStatus, State
from catalog.text import Text

__all__ = [
    "JOB_ATTEMPTS",
    "Facets",
    "Head",
    "Leaf",
    "Listed",
    "Page",
    "SubmissionRecord",
    "all_current",
    "checkpoint",
    "cosignature_lines",
    "cosignature_rows",
    "cosigned_size",
    "current_release",
    "current_releases",
    "current_submission",
    "dataset",
    "datasets_of",
    "facets",
    "first_published",
    "head_of",
    "head_rows",
    "job_states",
    "leaf_range",
    "leaf_rows",
    "ledger_key",
    "listed_releases",
    "newest_submission",
    "numbered_release",
    "numbered_releases",
    "open_arguments",
    "opened",
    "policy_epoch",
    "publishers",
    "releases_of",
    "stand",
    "standing",
    "stored_tile",
    "submission",
    "submission_list",
    "tile_rows",
    "version",
    "waiting_arguments",
    "waiting_jobs",
]

JOB_ATTEMPTS = 3  # a job that has failed so often is not begun again


@dataclass(frozen=True, slots=True)
class Page:
    """One page of current releases; `next` is the last id, to be given as `after`, None at the end."""

    releases: tuple[Release, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many current releases each theme and publisher has, the most first. A theme's count leaves the theme asked
    for aside (and a publisher's the publisher), so that it says what choosing it would show."""

    themes: tuple[tuple[str, int], ...]
    publishers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """A submission as stored; `request` and `report` are documents of `gateway.publish`."""

    id: str
    dataset_id: str
    version_id: str | None
    state: State
    request: dict[str, Any]
    report: dict[str, Any]
    submitted_by: str
    submitted_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One ledger entry with its salt: for those who may see the event, and for verification."""

    index: int
    event: dict[str, Any]
    salt: bytes
    commitment: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """One stored head: `frontier` holds 32 bytes per subtree root, `note` is its signed checkpoint."""

    size: int
    root: bytes
    frontier: bytes
    note: str


def stand(snapshot: Connection) -> tuple[int, int, int]:
    """The revision, the policy epoch, and the revision of keys and plans."""
    row = snapshot.execute(select(state.c.revision, state.c.policy_epoch, state.c.keys_revision)).one()
    return int(row.revision), int(row.policy_epoch), int(row.keys_revision)


def publishers(snapshot: Connection) -> dict[str, str]:
    """The publisher of every dataset that was ever registered."""
    rows = snapshot.execute(select(datasets.c.id, datasets.c.publisher))
    return {row.id: row.publisher for row in rows}


def policy_epoch(snapshot: Connection) -> int:
    return int(snapshot.execute(select(state.c.policy_epoch)).scalar_one())


def dataset(snapshot: Connection, dataset_id: str) -> Dataset | None:
    document = snapshot.execute(select(datasets.c.document).where(datasets.c.id == dataset_id)).scalar()
    return load(Dataset, document) if document else None


def version(snapshot: Connection, dataset_id: str, version_id: str) -> Version | None:
    key = and_(versions.c.id == version_id, versions.c.dataset_id == dataset_id)
    document = snapshot.execute(select(versions.c.document).where(key)).scalar()
    return load(Version, document) if document else None


def _records(*more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """What `_release` reads, of releases."""
    chosen = select(release_documents.c.document, releases.c.status, *more)
    return chosen.join_from(releases, release_documents, release_documents.c.number == releases.c.seq)


def _release(row: Row[*tuple[Any, ...]]) -> Release:
    return replace(load(Release, row.document), status=ReleaseStatus(row.status))


def current_release(snapshot: Connection, dataset_id: str) -> Release | None:
    """The release that is served now, if any."""
    query = _records().where(
        releases.c.dataset_id == dataset_id, releases.c.status == ReleaseStatus.CURRENT.value
    )
    row = snapshot.execute(query).first()
    return _release(row) if row else None


def standing(snapshot: Connection) -> dict[str, int]:
    """Dataset → number of the release that is served now, of all that have one."""
    query = select(releases.c.dataset_id, releases.c.seq).where(
        releases.c.status == ReleaseStatus.CURRENT.value
    )
    return {row.dataset_id: row.seq for row in snapshot.execute(query)}


def numbered_release(snapshot: Connection, number: int) -> Release:
    """The release of a number as `standing` gives it, whatever has become of it since."""
    query = _records().where(releases.c.seq == number)
    return _release(snapshot.execute(query).one())


def numbered_releases(snapshot: Connection, numbers: Collection[int]) -> dict[int, Release]:
    """The same of several."""
    query = _records(releases.c.seq).where(releases.c.seq.in_(numbers))
    return {row.seq: _release(row) for row in snapshot.execute(query)}


@dataclass(frozen=True, slots=True)
class Listed:
    """One release of a dataset without its record; `number` orders them."""

    number: int
    id: str
    status: ReleaseStatus
    published_at: datetime
    ended_at: datetime | None


def listed_releases(snapshot: Connection, dataset_id: str) -> tuple[Listed, ...]:
    """Every release of a dataset, newest first, whatever has become of it."""
    columns = (releases.c.seq, releases.c.id, releases.c.status, releases.c.published_at, releases.c.ended_at)
    query = select(*columns).where(releases.c.dataset_id == dataset_id).order_by(releases.c.seq.desc())
    return tuple(
        Listed(row.seq, row.id, ReleaseStatus(row.status), row.published_at, row.ended_at)
        for row in snapshot.execute(query)
    )


def datasets_of(snapshot: Connection, release_ids: Collection[str]) -> tuple[tuple[str, str], ...]:
    """(dataset, release) of those of the releases that are served now, by dataset."""
    query = select(releases.c.dataset_id, releases.c.id).where(
        releases.c.status == ReleaseStatus.CURRENT.value, releases.c.id.in_(release_ids)
    )
    return tuple((row.dataset_id, row.id) for row in snapshot.execute(query.order_by(releases.c.dataset_id)))


def current_submission(snapshot: Connection, dataset_id: str) -> str | None:
    """The submission that the release served now came from."""
    query = select(releases.c.submission_id).where(
        releases.c.dataset_id == dataset_id, releases.c.status == ReleaseStatus.CURRENT.value
    )
    return snapshot.execute(query).scalar()


def releases_of(snapshot: Connection, dataset_id: str) -> tuple[Release, ...]:
    """Every release of a dataset that may still be named (not withdrawn), newest first."""
    query = (
        _records()
        .where(releases.c.dataset_id == dataset_id, releases.c.status != ReleaseStatus.WITHDRAWN.value)
        .order_by(releases.c.seq.desc())
    )
    return tuple(_release(row) for row in snapshot.execute(query))


def all_current(snapshot: Connection) -> tuple[Release, ...]:
    """Every current release, by dataset id."""
    query = _records().where(releases.c.status == ReleaseStatus.CURRENT.value).order_by(releases.c.dataset_id)
    return tuple(_release(row) for row in snapshot.execute(query))


def current_releases(
    snapshot: Connection,
    *,
    q: str = "",
    theme: str = "",
    publisher: str = "",
    after: str = "",
    limit: int = 100,
) -> Page:
    """Current releases by dataset id; `q` is looked for in id, title and publisher."""
    matching = _matching(select(releases.c.seq), q, theme, publisher)
    total = int(snapshot.execute(select(func.count()).select_from(matching.subquery())).scalar_one())
    ordered = matching.where(releases.c.dataset_id > after).order_by(releases.c.dataset_id).limit(limit + 1)
    numbers = snapshot.execute(ordered).scalars().all()
    shown = _records().where(releases.c.seq.in_(numbers[:limit])).order_by(releases.c.dataset_id)
    page = tuple(_release(row) for row in snapshot.execute(shown))
    return Page(page, total, page[-1].dataset.id if len(numbers) > limit else None)


def _matching(
    chosen: Select[*tuple[Any, ...]], q: str, theme: str, publisher: str
) -> Select[*tuple[Any, ...]]:
    """`chosen` from current releases and their datasets, narrowed to what is asked for."""
    narrowed = chosen.join_from(releases, datasets, datasets.c.id == releases.c.dataset_id).where(
        releases.c.status == ReleaseStatus.CURRENT.value
    )
    if theme:
        narrowed = narrowed.where(datasets.c.theme == theme)
    if publisher:
        narrowed = narrowed.where(datasets.c.publisher == publisher)
    for word in q.split():
        columns = (datasets.c.id, datasets.c.title, datasets.c.publisher)
        narrowed = narrowed.where(
            or_(*(func.lower(c).contains(word.lower(), autoescape=True) for c in columns))
        )
    return narrowed


def facets(snapshot: Connection, *, q: str = "", theme: str = "", publisher: str = "") -> Facets:
    """Themes and publishers of the current releases that match, with their counts."""

    def counted(column: ColumnElement[str], theme: str, publisher: str) -> tuple[tuple[str, int], ...]:
        number = func.count().label("number")
        query = _matching(select(column.label("name"), number), q, theme, publisher)
        rows = snapshot.execute(query.group_by(column).order_by(number.desc(), column))
        return tuple((row.name, int(row.number)) for row in rows)

    return Facets(counted(datasets.c.theme, "", publisher), counted(datasets.c.publisher, theme, ""))


def first_published(snapshot: Connection, dataset_id: str) -> datetime | None:
    """When a dataset was opened for the first time, whatever became of that release."""
    query = (
        select(releases.c.published_at)
        .where(releases.c.dataset_id == dataset_id)
        .order_by(releases.c.seq)
        .limit(1)
    )
    return snapshot.execute(query).scalar()


def opened(snapshot: Connection, as_of: datetime, detector: str) -> tuple[Opened, ...]:
    """What was open at a moment, each with what its last probe until then answered. The input of `counts.count`.

    Stale is what is open still and was classified by another detector than this one; of what has ended since nothing
    tells by which it was.
    """
    last = (
        select(probes.c.release_id, func.max(probes.c.id).label("id"))
        .where(probes.c.at <= as_of)
        .group_by(probes.c.release_id)
        .subquery()
    )
    answered = select(last.c.release_id, probes.c.answered).join(probes, probes.c.id == last.c.id).subquery()
    query = (
        _records(answered.c.answered, subjects.c.detector)
        .outerjoin(answered, answered.c.release_id == releases.c.id)
        .outerjoin(subjects, subjects.c.submission_id == releases.c.submission_id)
        .where(
            releases.c.published_at <= as_of, or_(releases.c.ended_at.is_(None), releases.c.ended_at > as_of)
        )
        .order_by(releases.c.dataset_id)
    )
    registered = registered_contracts(snapshot, as_of)
    rows = [(_release(row), row) for row in snapshot.execute(query)]
    return tuple(
        Opened(
            release,
            Audience.PUBLIC,
            answers=bool(row.answered),
            contracted=(release.dataset.id, release.contract) in registered,
            stale=_stale(row.detector, detector) if row.status == ReleaseStatus.CURRENT.value else None,
        )
        for release, row in rows
    )


def _stale(judged_by: str | None, detector: str) -> Text | None:
    if judged_by is None:
        return UNKNOWN_DETECTOR
    return None if judged_by == detector else CHANGED_DETECTOR


def submission(snapshot: Connection, submission_id: str) -> SubmissionRecord | None:
    row = snapshot.execute(select(submissions).where(submissions.c.id == submission_id)).first()
    return _submission(row) if row else None


def newest_submission(snapshot: Connection, dataset_id: str) -> SubmissionRecord | None:
    """The last submission of a dataset (ids sort by time)."""
    query = select(submissions).where(submissions.c.dataset_id == dataset_id)
    row = snapshot.execute(query.order_by(submissions.c.id.desc()).limit(1)).first()
    return _submission(row) if row else None


def submission_list(
    snapshot: Connection, states: Sequence[State] = (), limit: int = 100
) -> tuple[SubmissionRecord, ...]:
    """Submissions, newest first (ids sort by time)."""
    query = select(submissions).order_by(submissions.c.id.desc()).limit(limit)
    if states:
        query = query.where(submissions.c.state.in_([one.value for one in states]))
    return tuple(_submission(row) for row in snapshot.execute(query))


def _submission(row: Row[*tuple[Any, ...]]) -> SubmissionRecord:
    return SubmissionRecord(
        id=row.id,
        dataset_id=row.dataset_id,
        version_id=row.version_id,
        state=State(row.state),
        request=row.request,
        report=row.report,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
    )


def leaf_rows(snapshot: Connection) -> tuple[Leaf, ...]:
    """All leaves in order. Of use to who verifies; an answer to a request reads a `leaf_range`."""
    return _leaves(snapshot.execute(select(leaves).order_by(leaves.c.index)))


def leaf_range(snapshot: Connection, start: int, end: int) -> tuple[Leaf, ...]:
    """Leaves `start` ≤ index < `end`, in order; fewer where the ledger has fewer."""
    inside = (leaves.c.index >= start) & (leaves.c.index < end)
    return _leaves(snapshot.execute(select(leaves).where(inside).order_by(leaves.c.index)))


def _leaves(rows: Result[*tuple[Any, ...]]) -> tuple[Leaf, ...]:
    return tuple(Leaf(**mapping) for mapping in rows.mappings())


def head_rows(snapshot: Connection) -> tuple[Head, ...]:
    """All heads in order."""
    rows = snapshot.execute(select(heads).order_by(heads.c.size))
    return tuple(Head(**mapping) for mapping in rows.mappings())


def head_of(snapshot: Connection, size: int | None = None) -> Head | None:
    """The head of a size, None = the newest; None when there is none."""
    query = select(heads).order_by(heads.c.size.desc()).limit(1)
    if size is not None:
        query = query.where(heads.c.size == size)
    row = snapshot.execute(query).mappings().first()
    return Head(**row) if row else None


def checkpoint(snapshot: Connection) -> tuple[int, bytes, str] | None:
    """The newest head of the ledger: (size, root, signed note); None while the ledger is empty."""
    newest = head_of(snapshot)
    return (newest.size, newest.root, newest.note) if newest else None


def cosignature_lines(snapshot: Connection, size: int) -> tuple[str, ...]:
    """The witnesses' signature lines under a head, by witness."""
    query = select(cosignatures.c.line).where(cosignatures.c.size == size).order_by(cosignatures.c.witness)
    return tuple(snapshot.execute(query).scalars())


def cosignature_rows(snapshot: Connection) -> tuple[tuple[int, str], ...]:
    """All cosignatures: (size of the head, signature line)."""
    query = select(cosignatures.c.size, cosignatures.c.line).order_by(
        cosignatures.c.size, cosignatures.c.witness
    )
    return tuple((row.size, row.line) for row in snapshot.execute(query))


def cosigned_size(snapshot: Connection) -> int | None:
    """The size of the newest head that a witness has signed."""
    return snapshot.execute(select(func.max(cosignatures.c.size))).scalar()


def stored_tile(snapshot: Connection, level: int, index: int) -> tuple[bytes, ...]:
    """The hashes stored of one tile; none when there is no such tile."""
    place = (tiles.c.level == level) & (tiles.c.index == index)
    return ledger.hashes_of(snapshot.execute(select(tiles.c.hashes).where(place)).scalar() or b"")


def tile_rows(snapshot: Connection) -> dict[tuple[int, int], bytes]:
    """All tiles: (level, index) → their hashes in one string."""
    return {(row.level, row[1]): row.hashes for row in snapshot.execute(select(tiles))}


def ledger_key(snapshot: Connection) -> str | None:
    """The ledger's verifier key; None before the gate has announced it."""
    query = select(ledger_keys.c.verifier_key).order_by(ledger_keys.c.id.desc()).limit(1)
    return snapshot.execute(query).scalar()


def waiting_arguments(snapshot: Connection, kind: str) -> tuple[dict[str, Any], ...]:
    """What the jobs of a kind are about that are still to be begun. (One that runs may have begun too early to know,
    one that has failed for the last time never comes.)"""
    query = select(jobs.c.argument).where(
        jobs.c.kind == kind, jobs.c.state == "waiting", jobs.c.attempts < JOB_ATTEMPTS
    )
    return tuple(snapshot.execute(query).scalars())


def job_states(snapshot: Connection) -> dict[str, tuple[int, datetime | None]]:
    """Of jobs that are not done: how many wait, run, or have failed for the last time ("given-up"), and when the oldest of
    them was made (None without one)."""
    given_up = (jobs.c.state == "waiting") & (jobs.c.attempts >= JOB_ATTEMPTS)
    name = case((given_up, "given-up"), else_=jobs.c.state)
    query = (
        select(name, func.count(), func.min(jobs.c.created_at))
        .where(jobs.c.state.in_(("waiting", "running")))
        .group_by(name)
    )
    found: dict[str, tuple[int, datetime | None]] = dict.fromkeys(
        ("waiting", "running", "given-up"), (0, None)
    )
    return found | {row[0]: (row[1], row[2]) for row in snapshot.execute(query)}


def open_arguments(snapshot: Connection, kind: str, stale_before: datetime) -> tuple[dict[str, Any], ...]:
    """What the jobs of a kind are about that wait, run, or have died (before `stale_before`) and will be taken up."""
    comes = jobs.c.attempts < JOB_ATTEMPTS
    runs = (jobs.c.state == "running") & (comes | (jobs.c.started_at >= stale_before))
    query = select(jobs.c.argument).where(jobs.c.kind == kind, ((jobs.c.state == "waiting") & comes) | runs)
    return tuple(snapshot.execute(query).scalars())


def waiting_jobs(snapshot: Connection) -> int:
    """How many jobs are not done."""
    query = select(func.count()).select_from(jobs).where(jobs.c.state.in_(("waiting", "running")))
    return int(snapshot.execute(query).scalar_one())
