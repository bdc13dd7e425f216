"""Jobs after a commit: build the serving files from the released Parquet, then ask them, and write down the answer;
examine again what another law concerns.

Everything a job makes can be made again: a job that dies is taken up by the next run.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from catalog.errors import KaizhaError
from catalog.registry import queries, services, work
from catalog.release import Release
from catalog.zones import sha256_of
from gateway.exchange.kinds import EXCHANGE_JOBS
from gateway.gate import Gate
from gateway.governance import activation
from gateway.governance.reevaluate import reevaluate
from gateway.observe.spans import span
from gateway.serve import cache_folder
from gateway.serve.cache_folder import (
    COLUMN_FILE,
    ROW_FILE,
    SEARCH_FILE,
    SERVING_FILES,
    cache_folder_of,
    has_room,
    make_room,
    take_wanted,
)
from gateway.serve.column_file import COLUMN_FILE_ROWS, build_column_file
from gateway.serve.query import RecordsQuery
from gateway.serve.row_file import RowFile, build_row_file
from gateway.serve.search_file import SEARCH_FILE_ROWS, build_search_file
from gateway.serve.shelf import PARQUET
from gateway.services.follow import follow_services

__all__ = ["build_serving_files", "build_wanted", "run_jobs"]

STALE = timedelta(minutes=15)
log = structlog.get_logger()


def run_jobs(gate: Gate) -> int:
    """Run what waits, one after the other; how many ran. A failure is logged by kind and tried again later."""
    ran = 0
    while (job := _claim(gate)) is not None:
        job_id, kind, argument = job
        failure = None
        try:
            with span(f"job {kind}"):
                _run(gate, kind, argument)
        except (KaizhaError, OSError, ValueError) as error:
            failure = type(error).__name__
            log.error("job failed", job=kind, kind=failure)
        with gate.registry.transaction() as unit:
            work.finish_job(unit, job_id, gate.now(), failure)
        ran += 1
    return ran


def _run(gate: Gate, kind: str, argument: dict[str, Any]) -> None:
    match kind:
        case cache_folder.SERVING_FILES:
            if "service" in argument:
                _files_of_a_join(gate, argument["service"], argument["release"])
            else:
                _serving_files(gate, argument["dataset"], argument["release"])
        case activation.FOLLOW_LIST:
            activation.follow_list(gate, argument["version"], argument["withdrawn"])
        case activation.REEVALUATE:
            reevaluate(gate, argument["submission"], argument["why"])
        case services.PROBE_SERVICES:
            follow_services(gate, argument["dataset"])
        case _:
            raise ValueError(f"no such job: {kind}")


def _claim(gate: Gate) -> tuple[int, str, dict[str, Any]] | None:
    now = gate.now()
    with gate.registry.reading() as snapshot:
        if not queries.waiting_jobs(snapshot):
            return None
    with gate.registry.transaction() as unit:
        return work.claim_job(unit, now, now - STALE, without=EXCHANGE_JOBS)


def build_wanted(gate: Gate) -> int:
    """A job for each current release that somebody asked for while its files were not there; how many."""
    cache = gate.settings.cache_folder
    wanted = set(take_wanted(cache))
    if not wanted or not has_room(cache, gate.settings.max_cache_bytes, gate.now().timestamp()):
        return 0
    with gate.registry.transaction() as unit:
        waiting = {one["release"] for one in queries.waiting_arguments(unit, SERVING_FILES)}
        missing = [
            (dataset_id, release_id)
            for dataset_id, release_id in queries.datasets_of(unit, wanted - waiting)
            if not (cache_folder_of(cache, release_id) / ROW_FILE).exists()
        ]
        for dataset_id, release_id in missing:
            work.enqueue(unit, SERVING_FILES, {"dataset": dataset_id, "release": release_id}, gate.now())
        joined = [one for one in services.views(unit) if one.release.id in wanted - waiting]
        for one in joined:
            work.enqueue(unit, SERVING_FILES, {"service": one.service, "release": one.release.id}, gate.now())
    return len(missing) + len(joined)


def _serving_files(gate: Gate, dataset_id: str, release_id: str) -> None:
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, dataset_id)
    if release is None or release.id != release_id:
        return  # superseded or withdrawn meanwhile: nothing would read the files
    parquet = gate.open.path(release_id, PARQUET)
    row_file = build_serving_files(parquet, release, gate.settings.cache_folder)
    gone = make_room(gate.settings.cache_folder, gate.settings.max_cache_bytes, release.id)
    if gone:
        log.info("files of releases deleted", releases=len(gone))
    answered = _answers(row_file, parquet, release)
    with gate.registry.transaction() as unit:
        work.record_probe(unit, release_id, answered, gate.now())


def _files_of_a_join(gate: Gate, number: int, release_id: str) -> None:
    with gate.registry.reading() as snapshot:
        view = services.view_of(snapshot, number)
    if view is None or view.release.id != release_id:
        return  # made anew or closed meanwhile
    build_serving_files(gate.open.path(release_id, PARQUET), view.release, gate.settings.cache_folder)
    make_room(gate.settings.cache_folder, gate.settings.max_cache_bytes, release_id)
    with gate.registry.transaction() as unit:
        services.look_again(unit)


def build_serving_files(parquet: Path, release: Release, cache: Path) -> Path:
    """Build the row file, and for a large release the column and search files, from the release alone; the row file's
    path.

    Raises Unavailable when the Parquet does not hold what the release says.
    """
    folder = cache_folder_of(cache, release.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if release.rows >= COLUMN_FILE_ROWS:
        build_column_file(parquet, release, folder / COLUMN_FILE)
    if release.rows >= SEARCH_FILE_ROWS:
        build_search_file(parquet, release, folder / SEARCH_FILE)
    build_row_file(parquet, release, folder / ROW_FILE)
    return folder / ROW_FILE


def _answers(row_file: Path, parquet: Path, release: Release) -> bool:
    """The probe that counts rest on: the released bytes are the released bytes, and a first row comes back."""
    if sha256_of(parquet) != release.id:
        return False
    query = RecordsQuery(limit=1)
    reader = RowFile(row_file, release)
    run = reader.run(query)
    if run is None:
        return False
    page = reader.page(run, query)
    return page.total == release.rows and bool(page.records) == bool(release.rows)
