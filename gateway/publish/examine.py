"""From a received file to a judged plan with its planned output, all in a private spool: what `check` shows and
`publish` commits. Nothing here writes to a zone or the registry.

The output is built from the plan, scanned and screened like a source of its own, and built again until nothing
tightens any more: what leaves has been looked at in the form in which it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from sqlglot import exp

from catalog.content import Content, content_of
from catalog.dataset import ColumnType, Dataset
from catalog.decision import SHUT, Decision, MaskOperator, Reason, Scope, Terms
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column as column_reference
from catalog.facts import measure_facts, subject_columns
from catalog.finding import Classification, Grade
from catalog.ingest import Reading
from catalog.release import Question, ReleasedColumn, State
from catalog.subject import Subject
from catalog.text import Text
from gateway.publish.agreed import Terms as Agreement
from gateway.publish.classes import as_answered, as_elements, as_graded, cleared, doubtful, left_over
from gateway.publish.intake import RECEIVED, counted_values, extents, register
from gateway.publish.law import Law
from gateway.publish.masked_examples import masked_examples
from gateway.publish.mosaic import Mosaic, judged, lay_mosaic, sketch_output
from gateway.publish.mosaic_question import mosaic_question
from gateway.publish.personal import unstated
from gateway.publish.plan import (
    ReleasePlan,
    kept_rows,
    operators_wanted,
    plan_release,
    projection,
    redacted_name,
)
from gateway.publish.propose import propose_keys
from gateway.publish.questions import open_questions, questions
from gateway.publish.request import Request
from gateway.publish.risk_check import (
    RISK_RULE,
    Climb,
    Weighed,
    climb,
    explained,
    least_group,
    suppression_question,
    weigh,
)
from gateway.publish.stages import Stages
from gateway.publish.thresholds import dimension_scores
from gateway.risk_reports import Opened
from negative_list import (
    ACCESS_RULE,
    GRADE_RULE,
    REGRADE_RULE,
    UNCLASSIFIED_RULE,
    Grading,
    decided,
    is_refused,
)
from privacy import (
    ColumnFacts,
    Extent,
    classify,
    findings_of,
    grade_of,
    over_column,
    read_columns,
    redact_spans,
)
from privacy.sketch import ColumnSketch
from quality import Measurement, Profile, Verdict

__all__ = ["PLANNED", "Examination", "Law", "examine"]

REDACTED, JOINED, PLANNED = "redacted", "joined", "planned"
MAX_PASSES = 6
MAX_CLIMBS = 2  # a second one where the look at the first one's output dropped a column more


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything known about a submission before it is committed.

    `classifications` are of the source; `source` and `planned` are the subjects that were screened (`planned` None
    when nothing may leave), `gradings` what officers have said of fields, `published` what everybody will be told of the
    output's quality, `unstated` the columns with personal data of which the contract says no lawful basis, `examples` a
    masked cell of each masked column, `cleared` the columns of which an officer has said that they are not personal. `output`
    is the planned output's Parquet, None when nothing may leave; `unchanged` its columns that hold what was received;
    `excluded_rows` the exact number kept back (published rounded); `open` the questions still to be answered.
    """

    dataset: Dataset
    reading: Reading
    measurement: Measurement
    classifications: Mapping[str, Classification]
    decision: Decision
    plan: ReleasePlan
    state: State
    grade: Grade
    questions: tuple[Question, ...] = ()
    open: tuple[Question, ...] = ()
    columns: tuple[ReleasedColumn, ...] = ()
    keys: tuple[str, ...] = ()
    output: Path | None = None
    unchanged: frozenset[str] = frozenset()
    output_rows: int = 0
    excluded_rows: int = 0
    smallest_group: int | None = None
    weighed: Weighed | None = None
    climbs: tuple[Climb, ...] = ()
    mosaic: Mosaic | None = None
    sketches: tuple[ColumnSketch, ...] = ()
    source: Subject | None = None
    planned: Subject | None = None
    gradings: Mapping[str, Grading] = field(default_factory=dict)
    published: Mapping[str, Any] | None = None
    unstated: tuple[str, ...] = ()
    examples: Mapping[str, str] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why anything was decided: the dataset's reasons first, then the columns'. What an entry leaves to a later
        check, or an exemption lifts, decided nothing."""
        built_in = {GRADE_RULE, REGRADE_RULE, ACCESS_RULE, UNCLASSIFIED_RULE, RISK_RULE}
        return tuple(
            sorted(
                decided(self.decision),
                key=lambda one: (
                    one.scope is not Scope.DATASET,
                    one.entry_id in built_in,
                    one.entry_id,
                    one.column or "",
                    one.clause,
                    one.effect,
                ),
            )
        )


def examine(
    engine: DuckDBEngine,
    reading: Reading,
    measured: tuple[Profile, Measurement],
    terms: Agreement,
    licence: str,
    law: Law,
    on: date,
    folder: Path,
    stages: Stages,
    noise_key: bytes,
    opened: Opened | None = None,
) -> Examination:
    """Classify, screen, plan, build the planned output and look at it again, until nothing tightens any more. `noise_key` is
    the data set's; `opened` what everybody has already, for the mosaic check; None: that is left to the publication."""
    request = terms.request
    dataset, proposals = register(request, licence)
    with stages.enter("classify"):
        known = extents(measured[0])
        facts_read = read_columns(engine, RECEIVED, reading.schema, known=known)
        found = classify(reading.schema, findings_of(engine, RECEIVED, reading.schema, facts_read, known))
        received = _Received(
            {one.column.name: one for one in facts_read},
            known,
            counted_values(measured[0]),
            content_of(engine, RECEIVED, [one.name for one in reading.schema]),
        )
        proposed = as_elements(as_answered(found, request.answers), law.elements)
        classes = as_graded(reading.schema, proposed, law.gradings)
    with stages.enter("screen"):
        facts = measure_facts(engine, RECEIVED, reading.schema, subject_columns(reading.schema, classes))
        source = Subject(dataset, reading.schema, classes, facts, "source")
        decision = law.screen(source, on)
    case = _Case(
        engine, reading, received, dataset, request, classes, law, on, folder, stages, noise_key, opened
    )
    profiled, measurement = measured
    seen = _settle(case, decision)
    base = Examination(
        dataset=dataset,
        reading=reading,
        measurement=measurement,
        classifications=seen.classes,
        decision=seen.decision,
        plan=seen.plan,
        state=State.REFUSED,
        grade=seen.grade,
        source=source,
        planned=seen.subject,
        gradings=law.gradings,
    )
    if seen.output is None:
        return base
    k = seen.weighed.k if seen.weighed else None
    others, graded = _grades_asked(seen, law.gradings)
    unsaid = unstated(seen.classes.values(), request.contract, request.answers)
    asked = questions(
        request,
        proposals,
        reading.choices,
        explained(seen.classes, seen.climbs),
        seen.plan,
        seen.decision,
        measurement.overall,
        others,
        None if k is None else (k, least_group(seen.decision)),
        on,
        measurement.count(Verdict.ERROR) if request.contract.suite else 0,
        graded,
        terms.draft,
        unsaid,
        dimension_scores(measured, reading.schema, request.contract, dataset, len(seen.plan.columns), on),
    )
    asked += (*suppression_question(seen.climbs), *mosaic_question(seen.mosaic, law, on))
    still_open = open_questions(asked, request)
    return replace(
        base,
        state=State.HELD if still_open else State.RELEASED,
        questions=asked,
        open=still_open,
        columns=_released_columns(seen),
        keys=_keys(request, profiled, seen.plan),
        output=seen.output,
        unchanged=seen.unchanged,
        output_rows=seen.rows,
        excluded_rows=reading.rows - seen.rows,
        smallest_group=k,
        weighed=seen.weighed,
        climbs=seen.climbs,
        mosaic=seen.mosaic,
        sketches=seen.sketches,
        unstated=unsaid,
        examples=masked_examples(engine, PLANNED, seen.plan, least_group(seen.decision)),
        cleared=cleared(found, request.answers),
    )


@dataclass(frozen=True, slots=True)
class _Received:
    """What was found in the columns as they were received, and what these hold: a column that leaves with the same
    content need not be read a second time."""

    facts: Mapping[str, ColumnFacts]
    extents: Mapping[str, Extent]
    distinct: Mapping[str, int]
    content: Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class _Case:
    """What stays the same over all passes."""

    engine: DuckDBEngine
    reading: Reading
    received: _Received
    dataset: Dataset
    request: Request
    classes: Mapping[str, Classification]
    law: Law
    on: date
    folder: Path
    stages: Stages
    noise_key: bytes
    opened: Opened | None

    def plan(self, decision: Decision, climbs: tuple[Climb, ...] = ()) -> ReleasePlan:
        answers, version = self.request.answers, self.law.entries.version
        plan = plan_release(self.reading.schema, self.classes, decision, answers, version)
        return replace(plan, suppression=climbs[-1].suppression) if climbs else plan


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where the passes came to rest. `output` None = nothing may leave."""

    decision: Decision
    plan: ReleasePlan
    classes: Mapping[str, Classification]
    grade: Grade
    output: Path | None = None
    content: Mapping[str, Content] = field(default_factory=dict)
    unchanged: frozenset[str] = frozenset()
    rows: int = 0
    subject: Subject | None = None
    weighed: Weighed | None = None
    climbs: tuple[Climb, ...] = ()
    mosaic: Mosaic | None = None
    sketches: tuple[ColumnSketch, ...] = ()


def _settle(case: _Case, decision: Decision) -> _Seen:
    """Build and look, until the plan that was built is the plan that the look asks for. Each pass only tightens, so
    it ends; if it has not after `MAX_PASSES`, nothing leaves. An output at rest whose groups of persons are too small is
    generalised, built and looked at like any other."""
    climbs: tuple[Climb, ...] = ()
    for attempt in range(MAX_PASSES):
        plan = case.plan(decision, climbs)
        if not plan.columns or is_refused(decision, case.reading.schema):
            return _Seen(decision, plan, case.classes, grade_of(case.classes.values()))
        output = case.folder / f"planned-{attempt}.parquet"
        with case.stages.enter("build"):
            rows = _build(case, plan, output)
        if not rows:  # every row is kept back: an empty file tells nobody anything, and its k is not defined
            output.unlink()
            return _Seen(decision, plan, case.classes, grade_of(case.classes.values()))
        with case.stages.enter("rescan"):
            content = content_of(case.engine, PLANNED, [column.name for column in plan.schema])
            unchanged = _unchanged(case, plan, content)
            classes, subject, looked = _look_again(case, plan, unchanged)
        tightened = decision.join(looked)
        if case.plan(tightened, climbs) == plan and not is_refused(tightened, case.reading.schema):
            with case.stages.enter("risk"):
                weighed, more = _weigh(case, plan, classes, unchanged, rows, tightened, len(climbs))
            if more is not None:
                climbs, tightened = (*climbs, more), tightened.join(more.decision)
            else:
                seen = _Seen(
                    tightened, plan, doubtful(case.classes, classes), grade_of(classes.values()), output
                )
                seen = replace(
                    seen,
                    content=content,
                    unchanged=unchanged,
                    rows=rows,
                    subject=subject,
                    weighed=weighed,
                    climbs=climbs,
                )
                seen = seen if case.opened is None else _beside_the_open(case, case.opened, seen, classes)
                if case.plan(seen.decision, climbs) == plan and not is_refused(
                    seen.decision, case.reading.schema
                ):
                    return seen
                tightened = seen.decision
        output.unlink()
        decision = tightened
    shut = decision.join(Decision(dataset=SHUT)).because(_unsettled(case.law.entries.version))
    return _Seen(shut, case.plan(shut), case.classes, Grade.L4)


def _weigh(
    case: _Case,
    plan: ReleasePlan,
    classes: Mapping[str, Classification],
    unchanged: frozenset[str],
    rows: int,
    decision: Decision,
    climbed: int,
) -> tuple[Weighed, Climb | None]:
    """The risk of the planned output, and the generalisation it needs, at most `MAX_CLIMBS` of them."""
    known = {name: number for name, number in case.received.distinct.items() if name in unchanged}
    weighed = weigh(case.engine, PLANNED, plan, case.classes, classes, rows, least_group(decision), known)
    if climbed == MAX_CLIMBS:
        return weighed, None
    answers, version = case.request.answers, case.law.entries.version
    return weighed, climb(case.engine, PLANNED, plan, weighed, answers, version)


def _beside_the_open(
    case: _Case, opened: Opened, seen: _Seen, classes: Mapping[str, Classification]
) -> _Seen:
    """The planned output joined with what is open already, and the decision once entries that ask for that are judged."""
    if seen.output is None or seen.weighed is None or seen.subject is None:
        return seen
    with case.stages.enter("mosaic"):
        weighed = seen.weighed
        sketches = sketch_output(case.engine, PLANNED, seen.plan, classes, weighed, seen.content, opened.key)
        mosaic = lay_mosaic(case.engine, seen.output, case.dataset.id, sketches, weighed, seen.rows, opened)
        subject, decision = judged(seen.decision, seen.subject, mosaic, case.law, case.on)
    return replace(seen, decision=decision, subject=subject, mosaic=mosaic, sketches=sketches)


def _build(case: _Case, plan: ReleasePlan, output: Path) -> int:
    """Write the planned output to a new file; its rows. Only planned columns are ever written."""
    redacted = plan.redacted
    table = RECEIVED
    if redacted:
        own = [exp.column("_row"), *(column_reference(column.name) for column in redacted)]
        received = exp.to_identifier(RECEIVED, quoted=True)
        fields = [pa.field("_row", pa.int64())] + [
            pa.field(redacted_name(place), pa.string()) for place in range(len(redacted))
        ]
        schema = pa.schema(fields)

        def redact(batch: pa.RecordBatch) -> pa.RecordBatch:
            cells = [redact_spans(batch.column(place + 1), column) for place, column in enumerate(redacted)]
            return pa.RecordBatch.from_arrays([batch.column(0).cast(pa.int64()), *cells], schema=schema)

        case.engine.map_batches(REDACTED, exp.select(*own).from_(received), redact, schema)
        joined = exp.select("*").from_(received).join(REDACTED, using="_row").order_by("_row")
        case.engine.create_table(JOINED, joined)
        table = JOINED
    schema_read = case.reading.schema
    kept = kept_rows(plan, schema_read, exp.Select().from_(exp.to_identifier(RECEIVED, quoted=True)))
    terms = {
        one.source.name: over_column(case.engine, kept, one.operator, one.source, schema_read, case.noise_key)
        for one in plan.measured
    }
    rows = case.engine.write_parquet(projection(plan, schema_read, table, terms), output)
    case.engine.register_parquet(PLANNED, output)
    return rows


def _unchanged(case: _Case, plan: ReleasePlan, content: Mapping[str, Content]) -> frozenset[str]:
    """The columns of the planned output that hold what was received, by what the written file holds."""
    return frozenset(
        one.column.name
        for one in plan.columns
        if one.operator is MaskOperator.KEEP
        and one.column == one.source
        and content[one.column.name] == case.received.content[one.column.name]
    )


def _look_again(
    case: _Case, plan: ReleasePlan, unchanged: frozenset[str]
) -> tuple[Mapping[str, Classification], Subject, Decision]:
    """Scan, classify and screen what would leave; the classes of its columns, it as a subject, and what that asks for
    beyond the plan. What was found in columns that are `unchanged` holds of them still (ADR 0018)."""
    rest = tuple(column for column in plan.schema if column.name not in unchanged)
    read = [case.received.facts[name] for name in unchanged if name in case.received.facts]
    read += read_columns(case.engine, PLANNED, rest)
    known = {name: case.received.extents[name] for name in unchanged}
    found = classify(plan.schema, findings_of(case.engine, PLANNED, plan.schema, read, known))
    classes = dict(as_answered(found, case.request.answers))
    graded = case.request.answers.get("grade")
    for planned in plan.columns:
        classes[planned.column.name] = left_over(
            case.classes[planned.source.name],
            planned.operator,
            classes[planned.column.name],
            graded,
            case.law.gradings.get(planned.source.name),
        )
    facts = measure_facts(case.engine, PLANNED, plan.schema, subject_columns(plan.schema, classes))
    subject = Subject(case.dataset, plan.schema, classes, facts, "planned")
    decision = case.law.screen(subject, case.on)
    wanted = operators_wanted(plan, classes)
    columns = {name: Terms(operators=operators) for name, operators in wanted.items()}
    return classes, subject, decision.join(Decision(columns=MappingProxyType(columns)))


def _grades_asked(seen: _Seen, gradings: Mapping[str, Grading]) -> tuple[Grade, Mapping[str, Grade]]:
    """The grade of fields that nobody has graded, and the grades, L2 or above, of those that an officer has."""
    classes = seen.subject.classifications if seen.subject else {}
    said = {name for name, one in classes.items() if name in gradings and one.proposed is not None}
    rest = grade_of(one for name, one in classes.items() if name not in said)
    return rest, {
        name: classes[name].grade for name in classes if name in said and classes[name].grade > Grade.L1
    }


def _released_columns(seen: _Seen) -> tuple[ReleasedColumn, ...]:
    """The planned columns with what the counts ask of them: nulls, and whether one value is all there is."""
    held = [(planned, seen.content[planned.column.name]) for planned in seen.plan.columns]
    return tuple(
        ReleasedColumn(planned.column, planned.operator, one.rows - one.filled, one.constant)
        for planned, one in held
    )


def _keys(request: Request, profiled: Profile, plan: ReleasePlan) -> tuple[str, ...]:
    """Columns to index: the contract's, or proposed from the profile; of those that leave as they are."""
    raw = [
        one.column.name
        for one in plan.columns
        if one.operator is MaskOperator.KEEP and one.column.type is not ColumnType.GEOMETRY
    ]
    proposed = request.contract.keys or propose_keys(profiled)
    return tuple(name for name in proposed if name in raw)


def _unsettled(list_version: str) -> Reason:
    return Reason(
        entry_id="unsettled",
        list_version=list_version,
        scope=Scope.DATASET,
        effect="deny",
        text=Text(
            "复查多次仍需收紧，按不予开放处理",
            "The output still had to be tightened after several passes; nothing is opened",
        ),
        remedy=Text(
            "请人工指定各列的处理方式后重新提交", "Set the treatment of columns by hand and submit again"
        ),
    )
