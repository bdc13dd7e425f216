"""The life of an operation: declared, judged, probed, active, deprecated, retired; every step of a signed-in person or of the
gate itself in the ledger. Versions never change: what is to be different is another version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from catalog.errors import BadInput, Conflict, NotFound, Where
from catalog.registry import queries
from catalog.registry.services import (
    add_service,
    move_service,
    record_probes,
    same_meaning,
    service_records,
    services_due,
)
from catalog.service import ANSWERING, Service, ServiceRecord, ServiceState, breaks, version_key
from catalog.service_form import parse_service
from catalog.text import Text
from gateway.access import GATE, Action, Person, require
from gateway.gate import Gate
from gateway.governance import notices, store
from gateway.services.judge import Judged, check_words, judge_single, own_releases
from gateway.services.probe import probe_records
from gateway.services.views import Made, holds, keep, make_view

__all__ = [
    "MAX_REASON",
    "decide",
    "declare",
    "declare_all",
    "deprecate",
    "probe",
    "publishers_of",
    "retire",
    "retire_due",
    "settle_probes",
    "write_down",
]

ATTEMPTS = 4
MAX_REASON = 2_000


def declare(gate: Gate, person: Person, content: bytes, file: str) -> ServiceRecord:
    """Declare the operation in a YAML file, judge it, and where nothing stands against it probe it: active when it
    answers.

    Raises BadInput naming line and member, NotAllowed for another publisher's dataset, Conflict: a dataset is not open,
    the version is there, it breaks the one before, or another operation means the same.
    """
    require(person, Action.DECLARE_SERVICE)
    [record] = declare_all(gate, person, [(parse_service(content, file), file)])
    return record


def declare_all(
    gate: Gate, person: Person, given: Sequence[tuple[Service, str]]
) -> tuple[ServiceRecord, ...]:
    """The same of several, probed together. Each is declared or raises on its own; those before it stay declared."""
    numbers = [_declared(gate, person, service, file) for service, file in given]
    records = _records(gate, numbers)
    settle_probes(gate, [one for one in records if one.state is ServiceState.DECLARED], person.name)
    return _records(gate, numbers)


def _declared(gate: Gate, person: Person, service: Service, file: str) -> int:
    _require_own(gate, person, Action.DECLARE_SERVICE, service.dataset)
    check_words(service, file)
    for _ in range(ATTEMPTS):
        _require_next(gate, service, file)
        judged, made = _judged(gate, service)
        now = gate.now()
        with gate.registry.transaction() as unit:
            if store.active_version(unit) != judged.list_version or (made and not holds(unit, made)):
                continue  # judged by what has passed: judged again
            if any(
                one.service.version == service.version for one in service_records(unit, service_id=service.id)
            ):
                continue  # somebody was faster: refused above
            if judged.state is not ServiceState.REFUSED:
                _require_own_meaning(unit, service, judged, file)
            number = add_service(unit, service, judged.meaning, judged.state, judged.told, person.name, now)
            if made:
                keep(unit, number, made, now)
            write_down(gate, unit, judged.state.value, [service], person.name)
            return number
    raise _restless()


def _judged(gate: Gate, service: Service, accepted: Sequence[Text] = ()) -> tuple[Judged, Made | None]:
    open_now = own_releases(gate, service)
    if service.joins:
        made = make_view(gate, service, open_now, accepted)
        return made.judged, made
    return judge_single(gate, service, open_now[service.dataset][1]), None


def _require_next(gate: Gate, service: Service, file: str) -> None:
    """The version follows those there are, and breaks nothing without saying so."""
    with gate.registry.reading() as snapshot:
        known = service_records(snapshot, service_id=service.id)
    if not known:
        return
    latest = max(known, key=lambda one: version_key(one.service.version))
    if latest.service.dataset != service.dataset:
        raise Conflict(
            Text(
                f"{service.id} 是数据集 {latest.service.dataset} 的服务",
                f"{service.id} is of dataset {latest.service.dataset}",
            ),
            Text("请换一个 id", "Choose another id"),
            Where(file=file, parameter="id"),
        )
    if version_key(service.version) <= version_key(latest.service.version):
        raise Conflict(
            Text(
                f"{service.id} 已有版本 {latest.service.version}；已登记的版本不能更改",
                f"{service.id} has version {latest.service.version}; a version, once declared, never changes",
            ),
            Text("请提高 version 后再提交", "Raise the version and declare it again"),
            Where(file=file, parameter="version"),
        )
    answering = [one for one in known if one.state in ANSWERING]
    if not answering:
        return
    before = max(answering, key=lambda one: version_key(one.service.version)).service
    broken = breaks(before, service)
    if broken and version_key(service.version)[0] == version_key(before.version)[0]:
        raise BadInput(
            Text(
                f"与 {before.version} 不兼容：{'；'.join(one.zh for one in broken)}",
                f"It breaks {before.version}: {'; '.join(one.en for one in broken)}",
            ),
            Text("不兼容的更改须提高主版本号", "A breaking change takes a new major version"),
            Where(file=file, parameter="version"),
        )


def _require_own_meaning(unit: Connection, service: Service, judged: Judged, file: str) -> None:
    other = same_meaning(unit, service.id, judged.meaning)
    if other is not None:
        raise Conflict(
            Text(f"与服务 {other} 含义相同", f"Service {other} means the same"),
            Text(
                "只有排序、分页、名称、返回列不同的操作算同一个；请改用该服务，或换一种查询方式",
                "Operations that differ in order, pages, names or columns shown are one; use that one, or ask something else",
            ),
            Where(file=file, parameter="id"),
        )


def settle_probes(gate: Gate, records: Sequence[ServiceRecord], by: str) -> None:
    """Ask operations and write down what they answered; declared ones that answer become active, in place of the version
    before."""
    found = probe_records(gate, records)
    answering = {one.service for one in found if one.answered}
    now = gate.now()
    with gate.registry.transaction() as unit:
        record_probes(unit, found, now)
        fresh = service_records(unit, numbers=[one.number for one in records])
        begun = [one for one in fresh if one.number in answering and one.state is ServiceState.DECLARED]
        for one in begun:
            move_service(unit, one.number, ServiceState.ACTIVE, by, now, told=one.told)
            for old in service_records(unit, service_id=one.service.id):
                if old.state is ServiceState.ACTIVE and old.number != one.number:
                    successor = one.service.version
                    move_service(unit, old.number, ServiceState.DEPRECATED, by, now, successor=successor)
        if begun:
            write_down(gate, unit, ServiceState.ACTIVE.value, [one.service for one in begun], by)


def decide(gate: Gate, person: Person, service_id: str, version: str, *, accept: bool) -> ServiceRecord:
    """An officer's word on a held operation: with yes it is judged once more, the same questions answered, and probed.

    Raises NotFound, Conflict when it is not held.
    """
    require(person, Action.ANSWER_SERVICE)
    record = _one(gate, service_id, version)
    if record.state is not ServiceState.HELD:
        raise _not_in(record)
    for _ in range(ATTEMPTS):
        judged, made = _judged(gate, record.service, record.told) if accept else (None, None)
        now = gate.now()
        with gate.registry.transaction() as unit:
            if judged and (
                store.active_version(unit) != judged.list_version or (made and not holds(unit, made))
            ):
                continue
            new = judged.state if judged else ServiceState.REFUSED
            told = judged.told if judged else record.told
            move_service(unit, record.number, new, person.name, now, told=told)
            if made:
                keep(unit, record.number, made, now)
            write_down(gate, unit, new.value, [record.service], person.name)
        if new is ServiceState.DECLARED:
            settle_probes(gate, _records(gate, [record.number]), person.name)
        return _records(gate, [record.number])[0]
    raise _restless()


def deprecate(
    gate: Gate, person: Person, service_id: str, version: str, sunset: date | None, successor: str = ""
) -> ServiceRecord:
    """Say that a version is to be left, until when it answers, and what takes its place.

    Raises NotFound, Conflict when it does not answer, BadInput for a last day that has passed or no such successor.
    """
    record = _own(gate, person, Action.DECLARE_SERVICE, service_id, version)
    if record.state not in ANSWERING:
        raise _not_in(record)
    now = gate.now()
    if sunset is not None and sunset < now.date():
        raise BadInput(
            Text("截止日期已过", "The last day has passed"),
            Text("请给今天或以后的日期", "Give today or a later day"),
            Where(parameter="sunset"),
        )
    if successor:
        _one(gate, service_id, successor)
    with gate.registry.transaction() as unit:
        move_service(
            unit,
            record.number,
            ServiceState.DEPRECATED,
            person.name,
            now,
            sunset=sunset,
            successor=successor or record.successor,
        )
        write_down(gate, unit, ServiceState.DEPRECATED.value, [record.service], person.name)
        told = {"service": service_id, "version": version, "sunset": sunset.isoformat() if sunset else None}
        notices.tell_datasets(unit, "service-deprecated", [record.service.dataset], told, now)
    return _records(gate, [record.number])[0]


def retire(gate: Gate, person: Person, service_id: str, version: str, reason: str) -> ServiceRecord:
    """End a version at once: 410 from then on. Raises NotFound, Conflict when it is over, BadInput without a reason."""
    record = _own(gate, person, Action.RETIRE_SERVICE, service_id, version)
    if record.state is ServiceState.RETIRED:
        raise _not_in(record)
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadInput(
            Text(f"停用需要理由（不超过 {MAX_REASON} 字）", f"Say why, in at most {MAX_REASON} characters"),
            Text("请用 --reason 说明", "Say it with --reason"),
            Where(parameter="reason"),
        )
    _retire(gate, [record], person.name, (Text(reason.strip(), reason.strip()),))
    return _records(gate, [record.number])[0]


def retire_due(gate: Gate) -> int:
    """Retire deprecated versions whose last day has passed; how many."""
    with gate.registry.reading() as snapshot:
        due = services_due(snapshot, gate.now().date())
        records = service_records(snapshot, numbers=due) if due else ()
    if records:
        _retire(gate, records, GATE.name, (Text("已过截止日期", "its last day has passed"),))
    return len(records)


def _retire(gate: Gate, records: Sequence[ServiceRecord], by: str, told: Sequence[Text]) -> None:
    now = gate.now()
    with gate.registry.transaction() as unit:
        for one in records:
            move_service(unit, one.number, ServiceState.RETIRED, by, now, told=told)
        write_down(gate, unit, ServiceState.RETIRED.value, [one.service for one in records], by)
        for one in records:
            said = {"service": one.service.id, "version": one.service.version}
            notices.tell_datasets(unit, "service-retired", [one.service.dataset], said, now)


def probe(gate: Gate, person: Person, service_id: str) -> tuple[ServiceRecord, ...]:
    """Ask the versions of an operation that answer, or are to, now. Raises NotFound."""
    require(person, Action.DECLARE_SERVICE)
    with gate.registry.reading() as snapshot:
        known = service_records(snapshot, service_id=service_id)
    if not known:
        raise _none(service_id)
    _require_own(gate, person, Action.DECLARE_SERVICE, known[0].service.dataset)
    asked = [one for one in known if one.state in (*ANSWERING, ServiceState.DECLARED)]
    settle_probes(gate, asked, person.name)
    return _records(gate, [one.number for one in asked])


def publishers_of(snapshot: Connection, dataset_ids: Iterable[str]) -> dict[str, str]:
    """Dataset → its publisher."""
    known = {one: queries.dataset(snapshot, one) for one in dataset_ids}
    return {dataset_id: one.publisher for dataset_id, one in known.items() if one is not None}


def _own(gate: Gate, person: Person, action: Action, service_id: str, version: str) -> ServiceRecord:
    require(person, action)
    record = _one(gate, service_id, version)
    _require_own(gate, person, action, record.service.dataset)
    return record


def _require_own(gate: Gate, person: Person, action: Action, dataset_id: str) -> None:
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, dataset_id)
    require(person, action, known.publisher if known else None)


def _one(gate: Gate, service_id: str, version: str) -> ServiceRecord:
    """A version; "" = the newest."""
    with gate.registry.reading() as snapshot:
        known = service_records(snapshot, service_id=service_id)
    found = [one for one in known if version in ("", one.service.version)]
    if not found:
        raise _none(f"{service_id} {version}".strip())
    return max(found, key=lambda one: version_key(one.service.version))


def _records(gate: Gate, numbers: Iterable[int]) -> tuple[ServiceRecord, ...]:
    """Those of the numbers, in their order."""
    wanted = list(numbers)
    with gate.registry.reading() as snapshot:
        found = {one.number: one for one in service_records(snapshot, numbers=wanted)}
    return tuple(found[number] for number in wanted)


def write_down(gate: Gate, unit: Connection, change: str, services: Sequence[Service], by: str) -> None:
    """What became of operations, in the ledger, inside the unit of work that changes it."""
    now = gate.now()
    event = {
        "kind": "services",
        "change": change,
        "services": [f"{one.id}@{one.version}" for one in services],
        "datasets": sorted({one.dataset for one in services}),
        "by": by,
        "at": now.isoformat(),
    }
    gate.append_leaf(unit, event, now)


def _none(what: str) -> NotFound:
    return NotFound(
        Text(f"没有服务 {what}", f"There is no service {what}"),
        Text("用 kaizha service list 查看", "See kaizha service list"),
    )


def _not_in(record: ServiceRecord) -> Conflict:
    return Conflict(
        Text(
            f"{record.service.id} {record.service.version} 的状态是 {record.state}，不能这样做",
            f"{record.service.id} {record.service.version} is {record.state}: this cannot be done to it",
        ),
        Text("用 kaizha service list 查看状态", "See kaizha service list"),
    )


def _restless() -> Conflict:
    return Conflict(
        Text("审查期间数据或清单多次变更", "The data or the list changed again and again meanwhile"),
        Text("请稍后重试", "Try again shortly"),
    )
