"""Rows of purpose-built APIs: a version's declaration never changes; its state, probes and view stand beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, String, cast, func, insert, or_, select, update

from catalog.counts import Api
from catalog.registry.documents import dump, load
from catalog.registry.queries import waiting_arguments
from catalog.registry.tables import service_probes, service_states, service_views, services, state
from catalog.registry.work import enqueue
from catalog.release import Release
from catalog.service import ANSWERING, Service, ServiceRecord, ServiceState
from catalog.subject import Subject
from catalog.text import Text

__all__ = [
    "PROBE_SERVICES",
    "Probed",
    "Standing",
    "View",
    "add_service",
    "apis",
    "close_views",
    "enqueue_probe",
    "last_probes",
    "look_again",
    "move_service",
    "record_probes",
    "record_view",
    "same_meaning",
    "service_document",
    "service_mark",
    "service_records",
    "services_due",
    "standing_services",
    "states_as_of",
    "view_of",
    "views",
]

PROBE_SERVICES = "probe-services"
"""The kind of the jobs that ask operations what they answer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader needs of each version to begin with. `number` names its declaration."""

    number: int
    id: str
    version: str
    state: ServiceState
    datasets: tuple[str, ...]
    sunset: date | None
    successor: str | None
    since: datetime
    title: Text
    meaning: str


@dataclass(frozen=True, slots=True)
class View:
    """What a joined operation answers from: the record of its file, and dataset → number of the release it was made of."""

    service: int
    release: Release
    subject: Subject
    resting: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Probed:
    """What an operation answered: `failure` says why it did not; `resting` dataset → id of the release it was asked over."""

    service: int
    answered: bool
    resting: Mapping[str, str]
    failure: Text | None = None
    at: datetime | None = None


def service_mark(snapshot: Connection) -> tuple[int, int]:
    """Moves with every change of what `standing_services` and `view_of` tell."""
    states = select(func.coalesce(func.max(service_states.c.seq), 0)).scalar_subquery()
    seen = select(func.coalesce(func.max(service_views.c.seq), 0)).scalar_subquery()
    row = snapshot.execute(select(states.label("states"), seen.label("views"))).one()
    return int(row.states), int(row.views)


def standing_services(snapshot: Connection) -> tuple[Standing, ...]:
    """Every version there is, by id, the newest declared first."""
    newest = (
        select(service_states.c.service, func.max(service_states.c.at).label("since"))
        .group_by(service_states.c.service)
        .subquery()
    )
    columns = (
        services.c.number,
        services.c.id,
        services.c.version,
        services.c.state,
        services.c.dataset_id,
        services.c.others,
        services.c.sunset,
        services.c.successor,
        newest.c.since,
        services.c.title,
        services.c.meaning,
    )
    query = select(*columns).join(newest, newest.c.service == services.c.number)
    return tuple(
        Standing(
            row.number,
            row.id,
            row.version,
            ServiceState(row.state),
            (row.dataset_id, *row.others),
            row.sunset,
            row.successor,
            row.since,
            Text.from_json(row.title),
            row.meaning,
        )
        for row in snapshot.execute(query.order_by(services.c.id, services.c.number.desc()))
    )


def service_document(snapshot: Connection, number: int) -> Service:
    """The declaration of a version."""
    document = snapshot.execute(select(services.c.document).where(services.c.number == number)).scalar_one()
    return load(Service, document)


def service_records(
    snapshot: Connection, *, service_id: str = "", dataset_id: str = "", numbers: Sequence[int] | None = None
) -> tuple[ServiceRecord, ...]:
    """Versions by id, the newest declared first; of one id, or that rest on one dataset, or those of `numbers`."""
    query = select(services).order_by(services.c.id, services.c.number.desc())
    if service_id:
        query = query.where(services.c.id == service_id)
    if dataset_id:  # joined ones are few; JSON is not searched alike by every database
        query = query.where(
            or_(services.c.dataset_id == dataset_id, func.length(cast(services.c.others, String)) > 2)
        )
    if numbers is not None:
        query = query.where(services.c.number.in_(numbers))
    found = (_record(row) for row in snapshot.execute(query))
    return tuple(one for one in found if not dataset_id or dataset_id in one.service.datasets)


def same_meaning(snapshot: Connection, service_id: str, meaning: str) -> str | None:
    """The id of another service that asks the same and is not over."""
    over = (ServiceState.REFUSED.value, ServiceState.RETIRED.value)
    query = select(services.c.id).where(
        services.c.meaning == meaning, services.c.id != service_id, services.c.state.not_in(over)
    )
    return snapshot.execute(query.limit(1)).scalar()


def add_service(
    work: Connection,
    service: Service,
    meaning: str,
    new: ServiceState,
    told: Sequence[Text],
    by: str,
    at: datetime,
) -> int:
    """Insert a version; its number. Raises IntegrityError for one that is there."""
    row = insert(services).values(
        id=service.id,
        version=service.version,
        dataset_id=service.dataset,
        others=list(service.datasets[1:]),
        title=service.title.to_json(),
        meaning=meaning,
        document=dump(service),
        state=new.value,
        told=[one.to_json() for one in told],
        declared_by=by,
        declared_at=at,
    )
    number = int(work.execute(row.returning(services.c.number)).scalar_one())
    _stood(work, number, new, by, at)
    return number


def move_service(
    work: Connection,
    number: int,
    new: ServiceState,
    by: str,
    at: datetime,
    *,
    sunset: date | None = None,
    successor: str | None = None,
    told: Sequence[Text] = (),
) -> None:
    """A version takes another state."""
    values: dict[str, Any] = {"state": new.value, "told": [one.to_json() for one in told]}
    values |= {"sunset": sunset, "successor": successor} if new is ServiceState.DEPRECATED else {}
    work.execute(update(services).where(services.c.number == number).values(**values))
    _stood(work, number, new, by, at)


def look_again(work: Connection) -> None:
    """Readers look for the files of joins again."""
    work.execute(update(state).values(revision=state.c.revision + 1))


def _stood(work: Connection, number: int, new: ServiceState, by: str, at: datetime) -> None:
    work.execute(insert(service_states).values(service=number, state=new.value, by=by, at=at))
    look_again(work)


def services_due(snapshot: Connection, on: date) -> tuple[int, ...]:
    """Deprecated versions whose last day has passed."""
    query = select(services.c.number).where(
        services.c.state == ServiceState.DEPRECATED.value, services.c.sunset < on
    )
    return tuple(snapshot.execute(query).scalars())


def record_probes(work: Connection, found: Iterable[Probed], at: datetime) -> None:
    """What operations answered when they were asked."""
    rows = [
        {
            "service": one.service,
            "at": at,
            "answered": one.answered,
            "failure": None if one.failure is None else one.failure.to_json(),
            "resting": dict(one.resting),
        }
        for one in found
    ]
    if rows:
        work.execute(insert(service_probes), rows)
        look_again(work)


def last_probes(
    snapshot: Connection, numbers: Sequence[int] | None = None, as_of: datetime | None = None
) -> dict[int, Probed]:
    """What each version last answered, or had until a moment."""
    last = select(func.max(service_probes.c.id)).group_by(service_probes.c.service)
    if as_of is not None:
        last = last.where(service_probes.c.at <= as_of)
    query = select(service_probes).where(service_probes.c.id.in_(last))
    if numbers is not None:
        query = query.where(service_probes.c.service.in_(numbers))
    return {
        row.service: Probed(
            row.service,
            bool(row.answered),
            row.resting,
            None if row.failure is None else Text.from_json(row.failure),
            row.at,
        )
        for row in snapshot.execute(query)
    }


def states_as_of(snapshot: Connection, as_of: datetime) -> tuple[tuple[ServiceRecord, ServiceState], ...]:
    """Every version declared until a moment, and its state then."""
    last = (
        select(func.max(service_states.c.seq))
        .where(service_states.c.at <= as_of)
        .group_by(service_states.c.service)
    )
    query: Select[*tuple[Any, ...]] = (
        select(services, service_states.c.state.label("then"))
        .join(service_states, service_states.c.service == services.c.number)
        .where(service_states.c.seq.in_(last))
        .order_by(services.c.id, services.c.number.desc())
    )
    return tuple((_record(row), ServiceState(row.then)) for row in snapshot.execute(query))


def apis(snapshot: Connection, as_of: datetime) -> tuple[Api, ...]:
    """Operations that were to answer at a moment, with what each had last answered. An input of `counts.count`."""
    answering = [record for record, then in states_as_of(snapshot, as_of) if then in ANSWERING]
    asked = last_probes(snapshot, as_of=as_of)
    return tuple(
        Api(
            one.service.id,
            one.service.datasets,
            one.meaning,
            answered=one.number in asked and asked[one.number].answered,
            asked_of=asked[one.number].resting if one.number in asked else {},
        )
        for one in answering
    )


def record_view(
    work: Connection,
    service: int,
    release: Release,
    subject: Subject,
    resting: Mapping[str, int],
    at: datetime,
) -> None:
    """What a joined operation answers from, from now on."""
    work.execute(
        insert(service_views).values(
            service=service, document=dump(release), subject=dump(subject), resting=dict(resting), at=at
        )
    )
    look_again(work)


def close_views(work: Connection, numbers: Iterable[int], at: datetime) -> None:
    """Nothing to answer from any more, until another is made."""
    rows: list[dict[str, Any]] = [
        {"service": one, "document": None, "subject": None, "resting": {}, "at": at}
        for one in sorted(numbers)
    ]
    if rows:
        work.execute(insert(service_views), rows)
        look_again(work)


def view_of(snapshot: Connection, number: int) -> View | None:
    """What a joined operation answers from; None where there is nothing."""
    found = views(snapshot, [number])
    return found[0] if found else None


def views(snapshot: Connection, numbers: Sequence[int] | None = None) -> tuple[View, ...]:
    """Everything that joined operations answer from now."""
    last = select(func.max(service_views.c.seq)).group_by(service_views.c.service)
    query = select(service_views).where(service_views.c.seq.in_(last))
    if numbers is not None:
        query = query.where(service_views.c.service.in_(numbers))
    return tuple(
        View(row.service, load(Release, row.document), load(Subject, row.subject), row.resting)
        for row in snapshot.execute(query)
        if row.document is not None
    )


def enqueue_probe(work: Connection, dataset_id: str, at: datetime) -> None:
    """Ask again what rests on a dataset ("" = everything), once what is being written is there; nothing where nothing
    does."""
    resting = select(services.c.number)
    if dataset_id:
        joined = func.length(cast(services.c.others, String)) > 2
        resting = resting.where(or_(services.c.dataset_id == dataset_id, joined))
    if work.execute(resting.limit(1)).first() is None:
        return
    if {"dataset": dataset_id} not in waiting_arguments(work, PROBE_SERVICES):
        enqueue(work, PROBE_SERVICES, {"dataset": dataset_id}, at)


def _record(row: Row[*tuple[Any, ...]]) -> ServiceRecord:
    return ServiceRecord(
        number=row.number,
        service=load(Service, row.document),
        meaning=row.meaning,
        state=ServiceState(row.state),
        by=row.declared_by,
        told=tuple(Text.from_json(one) for one in row.told),
        sunset=row.sunset,
        successor=row.successor,
    )
