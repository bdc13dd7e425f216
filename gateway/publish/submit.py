"""A submission, from received file to committed release: every step durable before the next is acknowledged.

The protocol: files into the zone (fsynced, named by hash) → one transaction with release, decision and ledger leaf →
acknowledge. Readers resolve through the registry only, so a file without its row was never published.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from catalog.dataset import Dataset, Version
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, Conflict, NotFound, Where
from catalog.ingest import Reading, Source
from catalog.registry import dump, load, queries, work
from catalog.registry.queries import SubmissionRecord
from catalog.registry.services import enqueue_probe
from catalog.release import Release, ReleasedColumn, State, round_to_10
from catalog.text import Text
from catalog.zones import Zone, sha256_of
from gateway.access import Action, Person, require
from gateway.gate import Gate, new_submission_id
from gateway.governance import store
from gateway.governance.reminders import alert
from gateway.observe.spans import span
from gateway.privacy_reports import keep_privacy
from gateway.publish.agreed import Agreed, Terms, agreed_by, agreed_of, register_terms, settle, with_personal
from gateway.publish.examine import Examination, examine
from gateway.publish.intake import measure_quality, read_source, register
from gateway.publish.law import Law
from gateway.publish.privacy_report import open_privacy
from gateway.publish.published import published_quality
from gateway.publish.questions import is_an_officers_word
from gateway.publish.report import Report, basis_of_grade, grounds, public_reasons, report_of
from gateway.publish.request import Request
from gateway.publish.risk_report import open_risk
from gateway.publish.stages import Stages
from gateway.publish.standing import LawChanged, hold_law, hold_opened, law_for, opened_before
from gateway.publish.suites import SetSuite, suite_of, with_suite
from gateway.quality_reports import keep_report
from gateway.risk_reports import Opened, keep_risk, keep_sketches
from gateway.serve.cache_folder import SERVING_FILES
from gateway.settings import GateSettings
from privacy import DETECTOR

__all__ = ["check", "kept_source", "resubmit", "resume", "submit"]

PARQUET, RAW = ".parquet", ".received"
LAW_ATTEMPTS = 4
NOISE_KEY_BYTES = 32


@contextmanager
def workspace(spool: Path) -> Iterator[Path]:
    """A private folder that is gone afterwards, whatever happened."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=spool))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check(
    settings: GateSettings,
    law: Law,
    on: date,
    source: Source,
    request: Request,
    scratch: Path,
    stages: Stages,
    suite: SetSuite | None = None,
) -> Report:
    """The report that `submit` would give on that day under the suite in force; nothing is written but in `scratch`."""
    dataset, _ = register(request, settings.licence)
    agreed = agreed_by(settings, dataset.id)
    with workspace(scratch) as folder, DuckDBEngine(folder / "spill", settings.engine_memory_mb) as engine:
        with stages.enter("read"):
            reading, terms = _read(engine, source, folder, request, dataset, agreed, on)
        terms = replace(terms, request=with_suite(terms.request, suite))
        with stages.enter("measure"):
            measured = measure_quality(engine, reading, terms, on)
        judged_by = replace(law, elements=terms.grades)
        drawn = secrets.token_bytes(NOISE_KEY_BYTES)  # nothing leaves a check, and it has no key ring
        examined = examine(
            engine, reading, measured, terms, settings.licence, judged_by, on, folder, stages, drawn
        )
        with stages.enter("measure"):
            published = published_quality(engine, examined, terms.request, measured[0], None, on)
        examined = replace(examined, published=published)
        return report_of(None, source.sha256, examined, stages)


def submit(gate: Gate, person: Person, source: Source, request: Request, stages: Stages) -> Report:
    """Take in a source and bring its submission as far as it goes without a person.

    Raises BadInput when it cannot be read (nothing is recorded then), NotAllowed for another publisher's dataset.
    """
    dataset, _ = register(request, gate.settings.licence)
    _require_publisher(gate, person, dataset)
    if any(is_an_officers_word(field, value) for field, value in request.answers.items()):
        require(person, Action.ANSWER_OFFICER)  # no steward answers an officer's question in advance
    with span("publication", {"kaizha.dataset": dataset.id}):
        return _run(gate, person, source, request, stages, submission_id=None)


def resume(gate: Gate, person: Person, submission_id: str, request: Request, stages: Stages) -> Report:
    """Examine a held submission again with a person's answers, from the bytes that were received.

    Raises NotFound, or Conflict when it is not held (any more).
    """
    source = kept_source(gate, held(gate, submission_id))
    return _run(gate, person, source, request, stages, submission_id)


def resubmit(gate: Gate, person: Person, submission_id: str, stages: Stages) -> Report:
    """Examine what a submission brought once more, as a new submission with the same request and answers: after the
    law has changed. Raises NotFound, Conflict where the received bytes are not kept."""
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
    if record is None:
        raise NotFound(
            Text(f"没有提交 {submission_id}", f"There is no submission {submission_id}"),
            Text("用 kaizha review list 查看", "See kaizha review list"),
        )
    return _run(gate, person, kept_source(gate, record), request_of(record), stages, submission_id=None)


def kept_source(gate: Gate, record: SubmissionRecord) -> Source:
    """The bytes that a submission brought."""
    with gate.registry.reading() as snapshot:
        version = queries.version(snapshot, record.dataset_id, record.version_id or "")
    if version is None:
        raise Conflict(
            Text("该提交没有可复查的版本", "The submission has no version to examine"),
            Text("请重新提交原文件", "Submit the file again"),
        )
    raw = gate.domain.path(version.source_sha256, RAW)
    return Source(version.source_name, raw, version.source_bytes, version.source_sha256, private=True)


def _run(
    gate: Gate, person: Person, source: Source, request: Request, stages: Stages, submission_id: str | None
) -> Report:
    dataset, _ = register(request, gate.settings.licence)
    on = gate.now().date()
    with gate.registry.reading() as snapshot:
        agreed = agreed_of(snapshot, dataset.id)
    with workspace(gate.spool) as folder, _engine(gate, folder) as engine:
        with stages.enter("read"):
            reading, terms = _read(engine, source, folder, request, dataset, agreed, on)
        with stages.enter("keep"):
            version = _keep(gate, source, reading, dataset.id)
            submission_id = _received(gate, person, request, dataset, version, submission_id)
        with gate.registry.reading() as snapshot:
            # kept with neither request nor contract: a re-examination takes what is set then
            judged = replace(terms, request=with_suite(terms.request, suite_of(snapshot, dataset.id)))
        with stages.enter("measure"):
            measured = measure_quality(engine, reading, judged, on)
            with gate.registry.transaction() as unit:
                work.update_submission(unit, submission_id, State.MEASURED)
        for _ in range(LAW_ATTEMPTS):
            day = gate.now().date()
            law = replace(law_for(gate, dataset.id, day), elements=terms.grades)
            opened = opened_before(gate)
            noise_key = gate.keys.derived(f"noise:{dataset.id}")
            examined = examine(
                engine,
                reading,
                measured,
                judged,
                gate.settings.licence,
                law,
                day,
                folder,
                stages,
                noise_key,
                opened,
            )
            with stages.enter("measure"):
                published = published_quality(
                    engine, examined, judged.request, measured[0], _earlier(gate, dataset.id), day
                )
            examined = replace(examined, published=published)
            try:
                return _conclude(
                    gate, person, submission_id, version, law, day, examined, (terms, agreed), stages, opened
                )
            except LawChanged:
                continue  # what was judged under the old list is judged again under the new one
        raise Conflict(
            Text(
                "审查期间负面清单或已开放数据多次变更",
                "The negative list, or what is open, changed again and again during the examination",
            ),
            Text(
                f"请稍后以 kaizha review answer {submission_id} --accept 继续",
                f"Go on later with kaizha review answer {submission_id} --accept",
            ),
        )


def _read(
    engine: DuckDBEngine,
    source: Source,
    folder: Path,
    request: Request,
    dataset: Dataset,
    agreed: Agreed,
    on: date,
) -> tuple[Reading, Terms]:
    """The source read, and what it is held to; its columns are described by the contract."""
    asked = agreed.asked(request)
    reading = read_source(engine, source, folder, asked)
    terms = settle(asked, dataset, reading, agreed, on)
    return replace(reading, schema=terms.schema), terms


def _earlier(gate: Gate, dataset_id: str) -> tuple[Release, Path] | None:
    """The release that is open now, and its file."""
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, dataset_id)
    return None if release is None else (release, gate.open.path(release.id, PARQUET))


def _require_publisher(gate: Gate, person: Person, dataset: Dataset) -> None:
    require(person, Action.SUBMIT, dataset.publisher)
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, dataset.id)
    if known is not None:
        require(person, Action.SUBMIT, known.publisher)


def _keep(gate: Gate, source: Source, reading: Reading, dataset_id: str) -> Version:
    """The received bytes and their typed reading, durable in the domain zone."""
    if gate.domain.put(source.path, RAW, source.sha256 if source.private else None) != source.sha256:
        raise BadInput(
            Text("文件在读取过程中被改动", "The file was changed while it was read"),
            Text("请在文件不再变动后重新提交", "Submit it again once it does not change any more"),
            Where(file=source.name),
        )
    return Version(
        id=_kept(gate.domain, reading.path),
        dataset_id=dataset_id,
        source_name=source.name,
        source_sha256=source.sha256,
        source_bytes=source.bytes,
        rows=reading.rows,
        schema=reading.schema,
        received_at=gate.now(),
        choices=reading.choices,
        rejected_rows=reading.rejected_rows,
        rejected=reading.rejected,
    )


def _kept(zone: Zone, written: Path) -> str:
    """Keep a Parquet file of our own workspace; its hash."""
    return zone.put(written, PARQUET, sha256_of(written))


def _received(
    gate: Gate,
    person: Person,
    request: Request,
    dataset: Dataset,
    version: Version,
    submission_id: str | None,
) -> str:
    now = gate.now()
    with gate.registry.transaction() as unit:
        work.register_dataset(unit, dataset, now)
        work.record_version(unit, version)
        if submission_id is None:
            submission_id = new_submission_id(now)
            work.record_submission(unit, submission_id, dataset.id, dump(request), person.name, now)
        work.update_submission(
            unit, submission_id, State.RECEIVED, version_id=version.id, request=dump(request)
        )
    return submission_id


def held(gate: Gate, submission_id: str) -> SubmissionRecord:
    """The record of a held submission; raises NotFound or Conflict."""
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
    if record is None:
        raise NotFound(
            Text(f"没有提交 {submission_id}", f"There is no submission {submission_id}"),
            Text("用 kaizha review list 查看", "See kaizha review list"),
        )
    # A submission whose process died before a verdict can be taken up again, as a held one can.
    if record.state not in (State.HELD, State.RECEIVED, State.MEASURED):
        raise Conflict(
            Text(
                f"提交的状态是 {record.state}，不再等待答复",
                f"The submission is {record.state}: it waits for no answer",
            ),
            Text("如需更改，请重新提交", "To change something, submit again"),
        )
    return record


def request_of(record: SubmissionRecord) -> Request:
    """The request as stored."""
    return load(Request, record.request)


def _engine(gate: Gate, folder: Path) -> DuckDBEngine:
    return DuckDBEngine(folder / "spill", gate.settings.engine_memory_mb)


def _conclude(
    gate: Gate,
    person: Person,
    submission_id: str,
    version: Version,
    law: Law,
    day: date,
    examined: Examination,
    contracted: tuple[Terms, Agreed],
    stages: Stages,
    opened: Opened,
) -> Report:
    """Write down the verdict; for a release everything in one transaction after its file is durable."""
    if examined.state is not State.RELEASED or examined.output is None:
        planned = _kept(gate.domain, examined.output) if examined.output else None
        report = report_of(submission_id, version.source_sha256, examined, stages, planned=planned)
        now = gate.now()
        with gate.registry.transaction() as unit:
            hold_law(unit, law, day, examined.dataset.id, now.date())
            _remember(unit, submission_id, examined, now)
            work.update_submission(unit, submission_id, examined.state, report=dump(report), decided_at=now)
            if examined.state is State.REFUSED:
                gate.append_leaf(unit, _refusal(submission_id, examined, person), now)
        return report
    with stages.enter("release"):
        release_id = _kept(gate.open, examined.output)
        with gate.registry.transaction() as unit:
            now = gate.now()
            hold_law(unit, law, day, examined.dataset.id, now.date())
            hold_opened(unit, examined, opened)
            settled, agreed = contracted
            terms = with_personal(settled, examined.unstated, agreed, day)
            release = _release(
                unit,
                release_id,
                version,
                law,
                examined,
                terms.version,
                terms.request.contract.search,
                person,
                now,
            )
            release = replace(
                release, ledger_index=gate.append_leaf(unit, _opening(submission_id, release), now)
            )
            report = report_of(submission_id, version.source_sha256, examined, stages, release=release)
            work.describe_dataset(unit, examined.dataset)
            register_terms(unit, release.dataset.id, terms, agreed, person.name, now)
            work.open_release(unit, release, submission_id, now)
            if examined.published is not None:
                keep_report(unit, release.ledger_index, examined.published)
            keep_risk(unit, release, open_risk(examined))
            keep_privacy(unit, release, open_privacy(examined))
            if examined.sketches:
                keep_sketches(unit, release, examined.smallest_group, examined.sketches, opened.key)
            _remember(unit, submission_id, examined, now)
            work.update_submission(unit, submission_id, State.RELEASED, report=dump(report), decided_at=now)
            work.enqueue(unit, SERVING_FILES, {"release": release_id, "dataset": release.dataset.id}, now)
            enqueue_probe(unit, release.dataset.id, now)
    return report


def _remember(unit: Connection, submission_id: str, examined: Examination, at: datetime) -> None:
    alert(unit, examined.dataset.id, examined.decision.reasons, at)
    if examined.source is not None:
        store.keep_subject(unit, submission_id, DETECTOR, examined.source, examined.planned)


def _release(
    unit: Connection,
    release_id: str,
    version: Version,
    law: Law,
    examined: Examination,
    contract: str,
    search: Sequence[str],
    person: Person,
    at: datetime,
) -> Release:
    output = examined.output
    if output is None:
        raise ValueError("a release without planned output")
    return Release(
        id=release_id,
        dataset=examined.dataset,
        version_id=version.id,
        columns=_graded_columns(examined),
        withheld=tuple(replace(one, reasons=public_reasons(one.reasons)) for one in examined.plan.withheld),
        rows=examined.output_rows,
        bytes=output.stat().st_size,
        excluded_rows=round_to_10(examined.excluded_rows),
        grade=examined.grade,
        quality_score=examined.measurement.overall,
        list_version=law.entries.version,
        policy_epoch=queries.policy_epoch(unit),
        published_at=at,
        published_by=person.name,
        ledger_index=-1,
        keys=examined.keys,
        search=tuple(name for name in search if any(one.column.name == name for one in examined.columns)),
        detector=DETECTOR,
        quality={one.dimension.value: one.score for one in examined.measurement.dimensions},
        reasons=public_reasons(examined.reasons),
        contract=contract,
    )


def _graded_columns(examined: Examination) -> tuple[ReleasedColumn, ...]:
    """The released columns with the grade under which each leaves, and on what grounds."""
    leaving = examined.planned.classifications if examined.planned else {}
    graded = []
    for one in examined.columns:
        source, known = examined.classifications[one.column.name], leaving[one.column.name]
        why, basis = grounds(source, known, one.operator), basis_of_grade(source)
        graded.append(replace(one, grade=known.grade, why=why, basis=basis))
    return tuple(graded)


def _opening(submission_id: str, release: Release) -> Mapping[str, object]:
    return {
        "kind": "release",
        "submission": submission_id,
        "dataset": release.dataset.id,
        "release": release.id,
        "rows": release.rows,
        "columns": [column.column.name for column in release.columns],
        "list_version": release.list_version,
        "contract": release.contract,
        "by": release.published_by,
        "at": release.published_at.isoformat(),
    }


def _refusal(submission_id: str, examined: Examination, person: Person) -> Mapping[str, object]:
    return {
        "kind": "refusal",
        "submission": submission_id,
        "dataset": examined.dataset.id,
        "entries": sorted({reason.entry_id for reason in examined.reasons}),
        "by": person.name,
    }
