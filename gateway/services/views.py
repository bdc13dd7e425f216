"""What a joined operation answers from: the join of the releases that are open, of exactly the columns it uses, written as a
file and judged like any dataset: scanned, classified, screened, its groups of persons measured, laid beside all that is
open. Only then is it served, and for as long as those releases stand (ADR 0021).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlglot import exp

from catalog.contract import Contract
from catalog.dataset import Dataset
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column as reference
from catalog.errors import BadInput, Where
from catalog.ingest import Reading
from catalog.predicate import Operator
from catalog.registry import queries, work
from catalog.registry.services import record_view
from catalog.release import Question, QuestionKind, Release, ReleasedColumn, State, round_to_10
from catalog.service import Service, ServiceState
from catalog.subject import Subject
from catalog.text import Text
from catalog.zones import sha256_of
from gateway.gate import Gate
from gateway.governance import store
from gateway.publish.agreed import Agreed, settle
from gateway.publish.examine import PLANNED, Examination, examine
from gateway.publish.intake import RECEIVED, measure_quality
from gateway.publish.request import Metadata, Request
from gateway.publish.risk_check import RISK_RULE, least_group
from gateway.publish.stages import Stages
from gateway.publish.standing import law_for, opened_before
from gateway.publish.submit import workspace
from gateway.risk_reports import newest_about_persons, opened_about_persons, risk_of_release
from gateway.serve.cache_folder import SERVING_FILES
from gateway.serve.operation import columns_used, compile_operation, digest_of
from gateway.serve.shelf import PARQUET
from gateway.services.joined import joined_schema
from gateway.services.judge import Judged, described
from privacy import DETECTOR, counted, k_anonymity

__all__ = ["Made", "holds", "keep", "make_view"]

MAX_ROWS = 2_000_000
"""A join that makes more is refused: two keys that are none multiply rows without end."""


@dataclass(frozen=True, slots=True)
class Made:
    """A join as judged. `release` and `subject` are of what may be served, None where nothing may; `resting` dataset →
    number of the release it was made of; `newest` the last release about persons that it was compared with."""

    judged: Judged
    resting: Mapping[str, int]
    newest: int
    release: Release | None = None
    subject: Subject | None = None


def make_view(
    gate: Gate, service: Service, open_now: Mapping[str, tuple[int, Release]], accepted: Sequence[Text] = ()
) -> Made:
    """Join, judge and keep the file. `accepted` are the words of questions that an officer has answered with yes.

    Raises BadInput: it does not fit the releases, or makes more than `MAX_ROWS` rows.
    """
    releases = {dataset_id: release for dataset_id, (_, release) in open_now.items()}
    resting = {dataset_id: number for dataset_id, (number, _) in open_now.items()}
    whole = replace(releases[service.dataset], columns=joined_schema(service, releases), keys=(), search=())
    operation = compile_operation(service, whole)
    used = columns_used(operation)
    meaning = digest_of(operation)
    columns = _judged_names(service, [one for one in whole.columns if one.column.name in used])
    if used <= {one.column.name for one in releases[service.dataset].columns}:
        raise BadInput(
            Text("没有用到所连接的数据集的列", "No column of the joined dataset is used"),
            Text("列写作 数据集.列，例如 parks.面积", "Write a column as DATASET.COLUMN, such as parks.area"),
            Where(parameter="join"),
        )
    now = gate.now()
    law, opened = law_for(gate, service.id, now.date()), opened_before(gate)
    with (
        workspace(gate.spool) as folder,
        DuckDBEngine(folder / "spill", gate.settings.engine_memory_mb) as engine,
    ):
        path = folder / "joined.parquet"
        rows = _write(gate, engine, service, releases, columns, path)
        schema = tuple(replace(one.column, name=name) for name, one in columns.items())
        reading = Reading(path, RECEIVED, schema, rows, ())
        dataset = _dataset(releases, service)
        request = Request(
            service.id,
            sha256_of(path),
            Metadata(
                dataset_id=service.id,
                title=dataset.title,
                publisher=dataset.publisher,
                theme=dataset.theme,
                description=dataset.description,
                licence=dataset.licence,
            ),
            Contract(keys=_keys(service, columns), quality_threshold=0.0),
        )
        terms = settle(request, dataset, reading, Agreed({}, None), now.date())
        measured = measure_quality(engine, reading, terms, now.date())
        examined = examine(
            engine,
            reading,
            measured,
            terms,
            gate.settings.licence,
            law,
            now.date(),
            folder,
            Stages(),
            gate.keys.derived(f"noise:{service.id}"),
            opened,
        )
        of_persons = _of_persons(gate, releases.values())
        judged = _outcome(examined, accepted, columns, meaning, law.entries.version, of_persons)
        told = _too_small(engine, examined, _known_quasi(gate, service, releases, columns))
        if judged.state is not ServiceState.REFUSED and told:
            judged = replace(judged, state=ServiceState.REFUSED, told=told)
        made = Made(judged, resting, opened.newest)
        if judged.state is not ServiceState.DECLARED or examined.output is None or examined.planned is None:
            return made
        named = (
            folder / "named.parquet"
        )  # what was judged, its columns under the names that the declaration gives them
        shown = [one.column.name for one in examined.columns]
        terms_ = [exp.alias_(reference(name), columns[name].column.name, quoted=True) for name in shown]
        engine.write_parquet(exp.select(*terms_).from_(PLANNED), named)
        release_id = gate.open.put(named, PARQUET, sha256_of(named))
    release = Release(
        id=release_id,
        dataset=dataset,
        version_id="",
        columns=tuple(_as_opened(one, columns[one.column.name]) for one in examined.columns),
        withheld=(),
        rows=examined.output_rows,
        bytes=gate.open.path(release_id, PARQUET).stat().st_size,
        excluded_rows=round_to_10(examined.excluded_rows),
        grade=examined.grade,
        quality_score=None,
        list_version=law.entries.version,
        policy_epoch=0,
        published_at=now,
        published_by=service.id,
        ledger_index=releases[service.dataset].ledger_index,
        keys=tuple(columns[name].column.name for name in examined.keys),
        detector=DETECTOR,
    )
    compile_operation(service, release)  # what was judged is what the operation asks
    subject = replace(examined.planned, classifications=dict(examined.planned.classifications))
    return replace(made, release=release, subject=subject)


def holds(unit: Connection, made: Made) -> bool:
    """Inside the unit of work that keeps it: the releases, the list and what is open about persons are what it was judged
    by."""
    standing = queries.standing(unit)
    return (
        all(standing.get(dataset_id) == number for dataset_id, number in made.resting.items())
        and store.active_version(unit) == made.judged.list_version
        and newest_about_persons(unit) == made.newest
    )


def keep(unit: Connection, number: int, made: Made, at: datetime) -> bool:
    """Answer from the join from now on, with a job for its files; False where there is nothing to answer from."""
    if made.release is None or made.subject is None:
        return False
    record_view(unit, number, made.release, made.subject, made.resting, at)
    work.enqueue(unit, SERVING_FILES, {"service": number, "release": made.release.id}, at)
    return True


def _outcome(
    examined: Examination,
    accepted: Sequence[Text],
    columns: Mapping[str, ReleasedColumn],
    meaning: str,
    version: str,
    of_persons: bool,
) -> Judged:
    shown = {one.column.name for one in examined.columns}
    lost = [one.column.name for name, one in columns.items() if name not in shown]
    if examined.state is State.REFUSED or lost:
        said = (
            Text(f"{one.entry_id}：{one.text.zh}", f"{one.entry_id}: {one.text.en}")
            for one in examined.reasons
        )
        told = tuple(dict.fromkeys(said)) or (_lost(lost),)
        return Judged(ServiceState.REFUSED, meaning, version, told)
    asked = tuple(one for one in examined.open if one.kind not in _NOT_ASKED)
    told = tuple(Text(f"{one.text.zh}；{one.remedy.zh}", f"{one.text.en}. {one.remedy.en}") for one in asked)
    if of_persons and not (examined.weighed is not None and examined.weighed.persons):
        told += (_UNRECOGNISED,)
    if any(_only_lifted(one) for one in asked):
        return Judged(ServiceState.REFUSED, meaning, version, told)
    held = not set(told) <= set(accepted)
    return Judged(ServiceState.HELD if held else ServiceState.DECLARED, meaning, version, told)


# Of a join nobody has read anything, and it promises what its datasets' contracts promise.
_NOT_ASKED = (QuestionKind.READING, QuestionKind.METADATA, QuestionKind.CONTRACT, QuestionKind.QUALITY)


_UNRECOGNISED = Text(
    "所依据的数据涉及个人，而连接结果看不出是否仍涉及个人，无法计算群体大小；请合规人员确认",
    "It rests on data about persons, and whether the join still is cannot be told from it, so its groups are not measured. "
    "An officer decides",
)


def _of_persons(gate: Gate, releases: Iterable[Release]) -> bool:
    """Whether one of the releases is about persons or, joined with something else, could be; or nobody knows."""
    with gate.registry.reading() as snapshot:
        compared = {one.ledger_index for one in opened_about_persons(snapshot, b"")[0]}
        reports = [(one.ledger_index in compared, risk_of_release(snapshot, one)) for one in releases]
    return any(could_be or told is None or bool(told["about_persons"]) for could_be, told in reports)


def _known_quasi(
    gate: Gate, service: Service, releases: Mapping[str, Release], columns: Mapping[str, ReleasedColumn]
) -> tuple[str, ...]:
    """Columns of the join that tell persons apart in their own dataset, as was found when that was opened: a masked one
    may not show it any more."""
    known: set[str] = set()
    with gate.registry.reading() as snapshot:
        for dataset_id, release in releases.items():
            told = risk_of_release(snapshot, release) or {}
            own = (one["column"] for one in told.get("quasi_identifiers", ()) if one["counted"])
            known |= {name if dataset_id == service.dataset else f"{dataset_id}.{name}" for name in own}
    return tuple(name for name, one in columns.items() if one.column.name in known)


def _too_small(engine: DuckDBEngine, examined: Examination, quasi: tuple[str, ...]) -> tuple[Text, ...]:
    """Why the join narrows persons down too far by `quasi`, which was known before, and by what it shows itself; nothing
    where it does not."""
    own = counted(examined.weighed.quasi) if examined.weighed else ()
    known = {*quasi, *own} if quasi else set()
    shown = tuple(one.column.name for one in examined.columns if one.column.name in known)
    if examined.output is None or not shown or not examined.output_rows:
        return ()
    (row,) = engine.fetch(k_anonymity(shown, PLANNED)).to_pylist()
    asked = least_group(examined.decision)
    if int(row["k"]) >= asked:
        return ()
    named = ", ".join(shown)
    return (
        Text(
            f"{RISK_RULE}：{named} 合在一起把个人缩小到不足 {asked} 行的群体",
            f"{RISK_RULE}: together {named} narrow persons down to groups of fewer than {asked} rows",
        ),
    )


def _only_lifted(one: Question) -> bool:
    """Terms of the list, small groups of persons and an officer's own grades are no answer's to give away."""
    return one.kind in (QuestionKind.TERMS, QuestionKind.MASKING) or one.field == "regrade"


def _as_opened(one: ReleasedColumn, own: ReleasedColumn) -> ReleasedColumn:
    """Under its declared name; a column that left its own dataset masked is masked here too."""
    return replace(one, column=own.column, operator=one.operator if one.masked else own.operator)


def _lost(names: Sequence[str]) -> Text:
    return Text(
        f"连接后这些列不予开放：{'、'.join(names)}",
        f"Joined, these columns are not opened: {', '.join(names)}",
    )


def _dataset(releases: Mapping[str, Release], service: Service) -> Dataset:
    first = releases[service.dataset].dataset
    joined = " ".join(releases[one.dataset].dataset.title for one in service.joins)
    named = described(replace(first, title=f"{first.title} {joined}"), service)
    return replace(named, id=service.id)


def _judged_names(service: Service, columns: Sequence[ReleasedColumn]) -> dict[str, ReleasedColumn]:
    """The columns by the names under which they are judged: their own, as in their datasets, since a header is evidence of
    what a column holds; a second one of the same name is numbered."""
    prefixes = tuple(f"{one.dataset}." for one in service.joins)
    named: dict[str, ReleasedColumn] = {}
    for one in columns:
        own = next(
            (one.column.name.removeprefix(p) for p in prefixes if one.column.name.startswith(p)),
            one.column.name,
        )
        number, name = 1, own
        while name.casefold() in {known.casefold() for known in named}:
            number += 1
            name = f"{own}{number}"
        named[name] = one
    return named


def _keys(service: Service, columns: Mapping[str, ReleasedColumn]) -> tuple[str, ...]:
    """Columns that one parameter asks of by equality or range, and the first that is sorted by: indexed."""
    asked = [
        one.column
        for one in service.parameters
        if one.operator not in (Operator.CONTAINS, Operator.STARTSWITH, Operator.ISNULL)
    ]
    sorts = (
        []
        if service.is_aggregate
        else [one.removeprefix("-").removesuffix("__nullsfirst") for one in service.sort[:1]]
    )
    wanted = dict.fromkeys([*asked, *sorts])
    judged = {one.column.name: name for name, one in columns.items()}
    return tuple(judged[name] for name in wanted)


def _write(
    gate: Gate,
    engine: DuckDBEngine,
    service: Service,
    releases: Mapping[str, Release],
    columns: Mapping[str, ReleasedColumn],
    path: Path,
) -> int:
    """Write the join to a new file and name it `RECEIVED`; its rows. Raises BadInput: too many, or keys of two types."""
    tables = {dataset_id: f"t{place}" for place, dataset_id in enumerate(service.datasets)}
    for dataset_id, table in tables.items():
        engine.register_parquet(table, gate.open.path(releases[dataset_id].id, PARQUET), numbered=True)
    select = exp.select().from_(exp.to_table(tables[service.dataset]))
    kinds = {one.column.name: one.column.type for one in joined_schema(service, releases)}
    for join in service.joins:
        pairs = []
        for left, right in join.on:
            mine, theirs = left, f"{join.dataset}.{right}"
            for place, name in (("on", mine), ("on", theirs)):
                if name not in kinds:
                    raise BadInput(
                        Text(f"没有列“{name}”", f'There is no column "{name}"'),
                        Text(
                            "on 左边是本数据集的列，右边是所连接数据集的列",
                            "on: a column of this dataset, and one of the joined dataset",
                        ),
                        Where(parameter=place, column=name),
                    )
            if kinds[mine] is not kinds[theirs]:
                raise BadInput(
                    Text(
                        f"“{mine}”与“{theirs}”类型不同，不能连接",
                        f'"{mine}" and "{theirs}" are of different types',
                    ),
                    Text("请在合同中统一两列的类型", "Give both the same type in their contracts"),
                    Where(parameter="on", column=name),
                )
            pairs.append(exp.EQ(this=_of(mine, service, tables), expression=_of(theirs, service, tables)))
        side = "left" if join.left else "inner"
        select = select.join(exp.to_table(tables[join.dataset]), on=exp.and_(*pairs), join_type=side)
    (made,) = engine.fetch(select.select(exp.Count(this=exp.Star()).as_("n"))).to_pylist()
    if int(made["n"]) > MAX_ROWS:
        raise BadInput(
            Text(
                f"连接后有 {made['n']} 行，超过 {MAX_ROWS} 行",
                f"The join makes {made['n']} rows, more than {MAX_ROWS}",
            ),
            Text("请用能确定到行的列连接", "Join by columns that determine a row"),
            Where(parameter="join"),
        )
    terms = [
        exp.alias_(_of(one.column.name, service, tables), name, quoted=True) for name, one in columns.items()
    ]
    order = [exp.column("_row", table) for table in tables.values()]
    rows = engine.write_parquet(select.select(*terms).order_by(*order), path)
    engine.register_parquet(RECEIVED, path, numbered=True)
    return rows


def _of(name: str, service: Service, tables: Mapping[str, str]) -> exp.Column:
    """A column of the join where it comes from."""
    for join in service.joins:
        if name.startswith(f"{join.dataset}."):
            own = name.removeprefix(f"{join.dataset}.")
            return exp.column(exp.to_identifier(own, quoted=True), tables[join.dataset])
    return exp.column(reference(name).this, tables[service.dataset])
