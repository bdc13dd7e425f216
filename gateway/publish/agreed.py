"""What is agreed before a publication is judged: the contract in force and the elements its fields may be bound to;
and what a publication's own contract comes to beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from catalog.binding import binding_flaws, reading_flaws
from catalog.contract import TIMES, Contract, Field, claims, resolved
from catalog.contract_draft import NO_PROMISE, draft_contract
from catalog.contract_version import ContractVersion, next_version
from catalog.dataset import ColumnType, Dataset, Schema
from catalog.element import DataElement, claims_of
from catalog.elements.csv_starter import load_starter_elements
from catalog.errors import BadInput, Conflict, Flaw, Where
from catalog.finding import Grade
from catalog.ingest import Reading
from catalog.registry import Registry
from catalog.registry.contracts import current_contract, record_contract
from catalog.registry.elements import current_elements
from catalog.text import Text
from gateway.publish.personal import stated
from gateway.publish.request import Request
from gateway.settings import GateSettings

__all__ = ["Agreed", "Terms", "agreed_by", "agreed_of", "register_terms", "settle", "with_personal"]

CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Agreed:
    """`elements` by code, newest version; `current` the dataset's contract in force."""

    elements: Mapping[str, DataElement]
    current: ContractVersion | None = None

    def asked(self, request: Request) -> Request:
        """The request under the contract in force, where it brings none of its own."""
        if self.current is None or request.contract.is_filed:
            return request
        return replace(request, contract=self.current.contract)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a publication is held to. `request` with its contract written out, `schema` described by it; `version` of
    the contract; `claims` of contract and elements, as Great Expectations' JSON; `grades` by column, of the elements they
    are bound to; `draft` the contract as the gate has drafted it, None where one was filed."""

    request: Request
    schema: Schema
    version: str
    claims: tuple[dict[str, Any], ...]
    grades: Mapping[str, Grade]
    draft: Contract | None = None


def agreed_of(snapshot: Connection, dataset_id: str) -> Agreed:
    return Agreed(current_elements(snapshot), current_contract(snapshot, dataset_id))


def agreed_by(settings: GateSettings, dataset_id: str) -> Agreed:
    """What is agreed in a home that may not exist yet: a check creates nothing."""
    url = make_url(settings.registry)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Agreed({one.code: one for one in load_starter_elements()})
    registry = Registry(settings.registry)
    try:
        with registry.reading() as snapshot:
            return agreed_of(snapshot, dataset_id)
    finally:
        registry.close()


def settle(request: Request, dataset: Dataset, reading: Reading, agreed: Agreed, on: date) -> Terms:
    """The terms of one publication that was read so: of its contract, or else of one that is drafted from them,
    which somebody has to accept before anything is released.

    Raises BadInput: a field bound to what it cannot be bound to, read as another type, in another unit or reference
    system than it promises; a contract that breaks the one in force without a new
    major version and a last day of the old one; metadata that contradicts the contract.
    """
    file = f"{request.source_name}: contract"
    schema = reading.schema
    draft = None if request.contract.is_filed else draft_contract(dataset, schema)
    contract = draft or request.contract
    _require_fitting(contract, reading, agreed, file)
    _require_no_contradiction(request, contract, file)
    written_out = resolved(contract, schema, agreed.elements)
    version = next_version(agreed.current, written_out, on, file)
    described = tuple(
        column
        if (field := written_out.field(column.name)) is None
        else replace(
            column,
            title=field.title,
            definition=field.definition,
            unit=field.unit or column.unit,
            element=field.element,
        )
        for column in schema
    )
    bound = {one.name: agreed.elements[one.element] for one in described if one.element is not None}
    promised = [*claims(written_out, schema)]
    for column in described:
        if column.name in bound:
            promised.extend(claims_of(column.name, column.type, bound[column.name]))
    held = replace(request, contract=replace(written_out, version=version))
    grades = {name: element.grade for name, element in bound.items()}
    return Terms(held, described, version, tuple(promised), grades, draft)


def _require_fitting(contract: Contract, reading: Reading, agreed: Agreed, file: str) -> None:
    """Every column was read as its field and its element say: in their unit and reference system, of their type."""
    unsure = next((one.value for one in reading.choices if one.what == "crs" and not one.certain), None)
    types = {one.name: one.type for one in reading.schema}
    flaws = (
        *reading_flaws(contract, reading.schema, unsure, agreed.elements, file),
        *(
            Flaw(
                Where(file=file, column=field.name),
                Text(
                    f"列“{field.name}”读作 {types[field.name].name.lower()}，合同要求 {field.type.name.lower()}",
                    f'Column "{field.name}" reads as {types[field.name].name.lower()}, the contract asks for '
                    f"{field.type.name.lower()}",
                ),
                Text(
                    "修正数据或合同中的类型；合同已在施行的，以 --contract 提交新版本",
                    "Correct the data, or the type in the contract: a new version of one in force with --contract FILE",
                ),
            )
            for field in contract.fields
            if field.type is not None and field.type is not types[field.name]
        ),
        *binding_flaws(contract, types, agreed.elements, file),
        *_event_flaws(contract, types, file),
    )
    if flaws:
        raise BadInput(flaws[0].message, flaws[0].remedy, flaws[0].where, flaws)


def _event_flaws(contract: Contract, types: Mapping[str, ColumnType], file: str) -> Iterator[Flaw]:
    if contract.event_time is not None and types[contract.event_time] not in TIMES:
        yield Flaw(
            Where(file=file, column=contract.event_time, parameter="event_time"),
            Text(
                f"列“{contract.event_time}”不是日期或时间，不能作 event_time",
                f'Column "{contract.event_time}" holds no dates or times and cannot be the event_time',
            ),
            Text("请指定日期列，或不写 event_time", "Name a column of dates, or leave event_time out"),
        )


def with_personal(terms: Terms, columns: Sequence[str], agreed: Agreed, on: date) -> Terms:
    """The terms with what a steward has answered of personal data in these columns written into the contract."""
    said = stated(columns, terms.request.answers)
    if said is None:
        return terms
    contract = terms.request.contract
    types = {one.name: one.type for one in terms.schema}
    more = tuple(Field(name, type=types[name]) for name in columns if contract.field(name) is None)
    known = agreed.current is not None and agreed.current.version == terms.version
    told = replace(
        contract,
        fields=(*contract.fields, *more),
        personal=(*contract.personal, said),
        version=None if known else terms.version,
    )
    version = next_version(agreed.current, told, on, f"{terms.request.source_name}: contract")
    return replace(
        terms, version=version, request=replace(terms.request, contract=replace(told, version=version))
    )


def _require_no_contradiction(request: Request, contract: Contract, file: str) -> None:
    """What a publication says beside its contract is what the contract says, where both say it."""
    given = request.metadata
    cycle = None if given.update_cycle == NO_PROMISE else given.update_cycle
    for parameter, zh, en, promised, said in (
        ("licence", "授权协议", "licence", contract.licence, given.licence),
        ("update-cycle", "更新周期", "update cycle", contract.update_cycle, cycle),
    ):
        if promised and said and promised != said:
            raise BadInput(
                Text(f"{zh}与合同所写不同", f"The {en} is not the one in the contract"),
                Text(f"请改合同，或不给 --{parameter}", f"Change the contract, or leave --{parameter} out"),
                Where(file=file, parameter=parameter),
            )


def register_terms(
    unit: Connection, dataset_id: str, terms: Terms, agreed: Agreed, by: str, at: datetime
) -> None:
    """Write a new version of the contract down, inside the unit of work that opens its release.

    Raises Conflict when another contract has come into force since the terms were settled.
    """
    now = current_contract(unit, dataset_id)
    if (now and now.version) != (agreed.current and agreed.current.version):
        raise Conflict(
            Text("审查期间合同已换了版本", "The contract has another version since the examination began"),
            Text("请重新提交", "Submit it again"),
        )
    if now is None or now.version != terms.version:
        record_contract(unit, dataset_id, terms.version, terms.request.contract, by, at)
