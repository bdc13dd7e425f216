"""The registry behaves alike on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from catalog import ledger
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.errors import Unavailable
from catalog.finding import Grade
from catalog.registry import Registry, metadata, queries, work
from catalog.registry.tables import releases
from catalog.release import Release, ReleasedColumn, ReleaseStatus, State
from gateway.migrations import upgrade
from tests.conftest import database

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DATASET = Dataset("bus-stops", "公交站点", "交通局", "transport", licence="CC-BY-4.0")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registry.sqlite'}"
    return database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    opened = Registry(url)
    upgrade(opened)
    yield opened
    opened.close()


def sign(size: int, root: bytes) -> str:
    return f"{size} {root.hex()}"


def release_of(number: int, index: int) -> Release:
    column = ReleasedColumn(Column("站名", ColumnType.TEXT), MaskOperator.KEEP)
    return Release(
        f"{number:064x}",
        DATASET,
        "v",
        (column,),
        (),
        10,
        100,
        0,
        Grade.L1,
        0.9,
        "starter-1",
        0,
        NOW,
        "owner",
        index,
    )


def publish(registry: Registry, number: int) -> Release:
    with registry.transaction() as unit:
        submission = f"s{number}"
        work.register_dataset(unit, DATASET, NOW)
        work.record_submission(unit, submission, DATASET.id, {}, "owner", NOW)
        index = work.append_leaf(unit, {"kind": "release", "n": number}, b"s" * 32, NOW, sign)
        release = release_of(number, index)
        work.open_release(unit, release, submission, NOW)
        work.update_submission(unit, submission, State.RELEASED)
    return release


def test_the_migrations_give_exactly_the_declared_tables(registry: Registry) -> None:
    with registry.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_twice_changes_nothing(registry: Registry) -> None:
    publish(registry, 1)
    upgrade(registry)
    with registry.reading() as snapshot:
        assert queries.stand(snapshot)[0] == 1


def test_a_release_reads_back_as_the_same_value(registry: Registry) -> None:
    release = publish(registry, 1)
    with registry.reading() as snapshot:
        assert queries.current_release(snapshot, DATASET.id) == release


def test_a_new_release_supersedes_the_one_before_it(registry: Registry) -> None:
    publish(registry, 1)
    second = publish(registry, 2)
    with registry.reading() as snapshot:
        assert queries.current_release(snapshot, DATASET.id) == second
        known = queries.releases_of(snapshot, DATASET.id)
    assert [one.status for one in known] == [ReleaseStatus.CURRENT, ReleaseStatus.SUPERSEDED]


def test_no_two_releases_of_a_dataset_can_be_current(registry: Registry) -> None:
    publish(registry, 1)
    with pytest.raises(IntegrityError), registry.transaction() as unit:  # noqa: PT012 - one unit of work
        unit.execute(releases.update().values(status=ReleaseStatus.SUPERSEDED.value))
        for number in (5, 6):
            values = {"id": str(number), "dataset_id": DATASET.id, "submission_id": "s1", "status": "current"}
            unit.execute(releases.insert().values(**values, published_at=NOW, ledger_index=number))


def test_a_unit_of_work_that_fails_leaves_nothing(registry: Registry) -> None:
    class Stop(Exception):
        pass

    with pytest.raises(Stop), registry.transaction() as unit:  # noqa: PT012 - one unit of work
        work.register_dataset(unit, DATASET, NOW)
        work.append_leaf(unit, {"kind": "release"}, b"s" * 32, NOW, sign)
        raise Stop
    with registry.reading() as snapshot:
        assert queries.dataset(snapshot, DATASET.id) is None
        assert queries.leaf_rows(snapshot) == ()
        assert queries.checkpoint(snapshot) is None


def test_leaves_written_at_once_are_numbered_without_gaps_and_give_the_head(registry: Registry) -> None:
    def write(number: int) -> None:
        with registry.transaction() as unit:
            work.append_leaf(unit, {"kind": "x", "n": number}, b"s" * 32, NOW, sign)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))
    with registry.reading() as snapshot:
        leaves = queries.leaf_rows(snapshot)
        newest = queries.checkpoint(snapshot)
    assert [leaf.index for leaf in leaves] == list(range(24))
    head = ledger.root([ledger.leaf_hash(leaf.commitment) for leaf in leaves])
    assert newest == (24, head, sign(24, head))


def test_times_come_back_aware_and_naive_ones_are_refused(registry: Registry) -> None:
    local = NOW.astimezone(tz=None)
    with registry.transaction() as unit:
        work.register_dataset(unit, DATASET, NOW)
        work.record_submission(unit, "s1", DATASET.id, {}, "owner", local)
    with registry.reading() as snapshot:
        record = queries.submission(snapshot, "s1")
    assert record is not None
    assert record.submitted_at == NOW
    assert record.submitted_at.tzinfo is UTC
    with pytest.raises(StatementError), registry.transaction() as unit:
        work.record_submission(unit, "s2", DATASET.id, {}, "owner", NOW.replace(tzinfo=None))


def test_a_read_only_registry_refuses_to_write(registry: Registry, url: str) -> None:
    publish(registry, 1)
    reader = Registry(url, read_only=True)
    with reader.reading() as snapshot:
        assert queries.current_release(snapshot, DATASET.id) is not None
    with pytest.raises((DBAPIError, Unavailable)), reader.transaction() as unit:
        work.tighten(unit)
    reader.close()


def test_a_withdrawal_moves_epoch_and_revision_and_ends_the_release(registry: Registry) -> None:
    publish(registry, 1)
    with registry.transaction() as unit:
        assert work.end_release(unit, DATASET.id, ReleaseStatus.WITHDRAWN, NOW)
        assert work.tighten(unit) == 1
    with registry.reading() as snapshot:
        assert queries.current_release(snapshot, DATASET.id) is None
        assert queries.releases_of(snapshot, DATASET.id) == ()
        assert queries.stand(snapshot) == (2, 1, 0)


def test_a_job_is_taken_once_and_again_when_its_runner_died(registry: Registry) -> None:
    stale = NOW - timedelta(minutes=15)
    with registry.transaction() as unit:
        work.enqueue(unit, "serving-files", {"release": "r"}, NOW)
    with registry.transaction() as unit:
        taken = work.claim_job(unit, NOW, stale)
        assert taken is not None
        assert taken[1:] == ("serving-files", {"release": "r"})
        assert work.claim_job(unit, NOW, stale) is None
    with registry.transaction() as unit:
        assert work.claim_job(unit, NOW, NOW + timedelta(seconds=1)) == taken
        work.finish_job(unit, taken[0], NOW)
    with registry.reading() as snapshot:
        assert queries.waiting_jobs(snapshot) == 0


def test_a_search_finds_titles_and_takes_wildcards_literally(registry: Registry) -> None:
    publish(registry, 1)
    with registry.reading() as snapshot:
        assert queries.current_releases(snapshot, q="公交").total == 1
        assert queries.current_releases(snapshot, q="%").total == 0
        assert queries.current_releases(snapshot, theme="transport", publisher="交通局").total == 1
        assert queries.current_releases(snapshot, theme="health").total == 0


def test_a_registry_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    missing = Registry(f"sqlite:///{tmp_path / 'nowhere' / 'r.sqlite'}", read_only=True)
    with pytest.raises(Unavailable), missing.reading():
        pass
