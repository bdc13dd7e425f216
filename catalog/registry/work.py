"""Writes of the catalogue, inside a unit of work: each function states one change and never commits by itself.

`with registry.transaction() as work: open_release(work, …); append_leaf(work, …)` commits both or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, select, update

from catalog import ledger
from catalog.dataset import Dataset, Version
from catalog.registry.documents import dump
from catalog.registry.queries import JOB_ATTEMPTS, stored_tile
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
    submissions,
    tiles,
    versions,
)
from catalog.release import Release, ReleaseStatus, State

__all__ = [
    "announce_key",
    "append_leaf",
    "begin_job",
    "claim_job",
    "cosign",
    "describe_dataset",
    "end_release",
    "enqueue",
    "finish_job",
    "job_attempt",
    "keys_changed",
    "ledger_size",
    "open_release",
    "record_probe",
    "record_submission",
    "record_version",
    "register_dataset",
    "renew_job",
    "tighten",
    "update_submission",
]


def register_dataset(work: Connection, dataset: Dataset, at: datetime) -> None:
    """Register a dataset when it is new; a known one keeps its record until something of it is released."""
    if work.execute(select(datasets.c.id).where(datasets.c.id == dataset.id)).first() is None:
        work.execute(insert(datasets).values(id=dataset.id, registered_at=at, **_described(dataset)))


def describe_dataset(work: Connection, dataset: Dataset) -> None:
    """Bring a registered dataset's record up to date with what is being released."""
    work.execute(update(datasets).where(datasets.c.id == dataset.id).values(**_described(dataset)))


def _described(dataset: Dataset) -> dict[str, Any]:
    return {
        "title": dataset.title,
        "publisher": dataset.publisher,
        "theme": dataset.theme,
        "document": dump(dataset),
    }


def record_version(work: Connection, version: Version) -> None:
    """Insert a version; the same bytes received again are the same version."""
    key = (versions.c.id == version.id) & (versions.c.dataset_id == version.dataset_id)
    if work.execute(select(versions.c.id).where(key)).first() is None:
        work.execute(
            insert(versions).values(
                id=version.id,
                dataset_id=version.dataset_id,
                document=dump(version),
                received_at=version.received_at,
            )
        )


def record_submission(
    work: Connection, submission_id: str, dataset_id: str, request: Mapping[str, Any], by: str, at: datetime
) -> None:
    """A submission in state *received*."""
    work.execute(
        insert(submissions).values(
            id=submission_id,
            dataset_id=dataset_id,
            state=State.RECEIVED.value,
            request=dict(request),
            report={},
            submitted_by=by,
            submitted_at=at,
        )
    )


def update_submission(
    work: Connection,
    submission_id: str,
    new: State,
    *,
    report: Mapping[str, Any] | None = None,
    version_id: str | None = None,
    request: Mapping[str, Any] | None = None,
    decided_at: datetime | None = None,
) -> None:
    """Move a submission to a state; only what is given changes beside it."""
    values: dict[str, Any] = {"state": new.value}
    given = {"report": report, "version_id": version_id, "request": request, "decided_at": decided_at}
    values |= {name: dict(v) if isinstance(v, Mapping) else v for name, v in given.items() if v is not None}
    work.execute(update(submissions).where(submissions.c.id == submission_id).values(**values))


def ledger_size(work: Connection) -> int:
    """Number of leaves; the index that the next one takes."""
    return int(work.execute(select(state.c.ledger_size)).scalar_one())


def append_leaf(
    work: Connection, event: Mapping[str, Any], salt: bytes, at: datetime, sign: Callable[[int, bytes], str]
) -> int:
    """Append an event to the ledger with its tiles and its signed head; its index (0-based).

    `salt` comes from the key ring (32 bytes); `sign(size, root)` gives the checkpoint note of the new head.
    Raises ValueError when the stored tiles are not those of a tree of this size.
    """
    index = ledger_size(work)
    entry = ledger.commitment(event, salt)
    work.execute(insert(leaves).values(index=index, event=dict(event), salt=salt, commitment=entry, at=at))
    leaf = ledger.leaf_hash(entry)
    stored = work.execute(select(heads.c.frontier).where(heads.c.size == index)).scalar() or b""
    frontier = ledger.grow(ledger.hashes_of(stored), index, leaf)
    for level, place, hashes in ledger.grown_tiles(partial(stored_tile, work), index, leaf):
        _store_tile(work, level, place, hashes)
    tree_head = ledger.head(frontier)
    note = sign(index + 1, tree_head)
    work.execute(insert(heads).values(size=index + 1, root=tree_head, frontier=b"".join(frontier), note=note))
    work.execute(update(state).values(ledger_size=index + 1))
    return index


def _store_tile(work: Connection, level: int, index: int, hashes: bytes) -> None:
    place = (tiles.c.level == level) & (tiles.c.index == index)
    if not work.execute(update(tiles).where(place).values(hashes=hashes)).rowcount:
        work.execute(insert(tiles).values(level=level, index=index, hashes=hashes))


def cosign(work: Connection, size: int, witness: str, line: str, at: datetime) -> None:
    """Keep a witness's signature line under the head of `size`, in place of one it gave before."""
    place = (cosignatures.c.size == size) & (cosignatures.c.witness == witness)
    if not work.execute(update(cosignatures).where(place).values(line=line, at=at)).rowcount:
        work.execute(insert(cosignatures).values(size=size, witness=witness, line=line, at=at))


def announce_key(work: Connection, verifier_key: str) -> None:
    """Publish the ledger's verifier key, once."""
    known = select(ledger_keys.c.id).where(ledger_keys.c.verifier_key == verifier_key)
    if work.execute(known).first() is None:
        work.execute(insert(ledger_keys).values(verifier_key=verifier_key))


def open_release(work: Connection, release: Release, submission_id: str, at: datetime) -> None:
    """Make a release current; the one before it is superseded in the same unit of work."""
    end_release(work, release.dataset.id, ReleaseStatus.SUPERSEDED, at)
    row = insert(releases).values(
        id=release.id,
        dataset_id=release.dataset.id,
        submission_id=submission_id,
        status=ReleaseStatus.CURRENT.value,
        published_at=release.published_at,
        ledger_index=release.ledger_index,
    )
    number = work.execute(row.returning(releases.c.seq)).scalar_one()
    document = dump(replace(release, status=ReleaseStatus.CURRENT))
    work.execute(insert(release_documents).values(number=number, document=document))
    work.execute(update(state).values(revision=state.c.revision + 1))


def end_release(work: Connection, dataset_id: str, status: ReleaseStatus, at: datetime) -> bool:
    """End the current release of a dataset; whether there was one."""
    current = (releases.c.dataset_id == dataset_id) & (releases.c.status == ReleaseStatus.CURRENT.value)
    ended = work.execute(update(releases).where(current).values(status=status.value, ended_at=at))
    return bool(ended.rowcount)


def tighten(work: Connection) -> int:
    """Bump the policy epoch (and the revision): what was open may not be any more. The new epoch."""
    work.execute(update(state).values(policy_epoch=state.c.policy_epoch + 1, revision=state.c.revision + 1))
    return int(work.execute(select(state.c.policy_epoch)).scalar_one())


def keys_changed(work: Connection) -> None:
    """What is known of keys, their holders and plans has changed: servers look again."""
    work.execute(update(state).values(keys_revision=state.c.keys_revision + 1))


def enqueue(work: Connection, kind: str, argument: Mapping[str, Any], at: datetime) -> None:
    """A job for the gate, visible when the unit of work commits."""
    work.execute(
        insert(jobs).values(kind=kind, argument=dict(argument), state="waiting", attempts=0, created_at=at)
    )


def claim_job(
    work: Connection,
    at: datetime,
    stale_before: datetime,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
    about: Mapping[str, Any] | None = None,
) -> tuple[int, str, dict[str, Any]] | None:
    """Take the oldest waiting job, or one whose runner died (started, or last renewed, before `stale_before`): (id, kind,
    argument). Of the kinds `only`, where any are named, of none of `without`, and with the members `about` in its
    argument."""
    waiting = (jobs.c.state == "waiting") | ((jobs.c.state == "running") & (jobs.c.started_at < stale_before))
    ready = waiting & (jobs.c.attempts < JOB_ATTEMPTS) & jobs.c.kind.not_in(without)
    if only:
        ready &= jobs.c.kind.in_(only)
    found = select(jobs.c.id, jobs.c.kind, jobs.c.argument).where(ready).order_by(jobs.c.id)
    rows = work.execute(found if about else found.limit(1)).all()
    fitting = (row for row in rows if (about or {}).items() <= row.argument.items())
    row = next(fitting, None)
    if row is None:
        return None
    taken = update(jobs).where(jobs.c.id == row.id)
    work.execute(taken.values(state="running", started_at=at, attempts=jobs.c.attempts + 1))
    return row.id, row.kind, row.argument


def begin_job(work: Connection, kind: str, argument: Mapping[str, Any], at: datetime) -> int:
    """A job that whoever asks for it runs at once; its id."""
    values = {"kind": kind, "argument": dict(argument), "state": "running", "attempts": 1}
    begun = insert(jobs).values(**values, created_at=at, started_at=at).returning(jobs.c.id)
    return int(work.execute(begun).scalar_one())


def job_attempt(work: Connection, job_id: int) -> int:
    """Which attempt at a job this is, from 1: what its runner holds it by."""
    return int(work.execute(select(jobs.c.attempts).where(jobs.c.id == job_id)).scalar_one())


def renew_job(work: Connection, job_id: int, attempt: int, at: datetime) -> bool:
    """Say that a long job is still being run, in the same unit of work as what it has done; False when somebody else has
    taken it up meanwhile, and nothing of it may be committed any more."""
    held = (jobs.c.id == job_id) & (jobs.c.state == "running") & (jobs.c.attempts == attempt)
    return bool(work.execute(update(jobs).where(held).values(started_at=at)).rowcount)


def finish_job(work: Connection, job_id: int, at: datetime, failure: str | None = None) -> None:
    """Done, or failed with the *name* of the error (never its text); a failed one waits for its next attempt."""
    new = "done" if failure is None else "waiting"
    work.execute(update(jobs).where(jobs.c.id == job_id).values(state=new, finished_at=at, failure=failure))


def record_probe(work: Connection, release_id: str, answered: bool, at: datetime) -> None:
    """What a release's distribution answered when it was asked."""
    work.execute(insert(probes).values(release_id=release_id, answered=answered, at=at))
    work.execute(update(state).values(revision=state.c.revision + 1))
