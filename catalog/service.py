"""A purpose-built API: one operation that a steward declares over one or more released datasets, and what it means.

Pure. The file form is read by `catalog.service_form`; what it compiles to is `gateway.serve.operation`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256

from catalog.predicate import Operator
from catalog.text import Text

__all__ = [
    "ANSWERING",
    "OPERATORS",
    "RESERVED",
    "Join",
    "Output",
    "Parameter",
    "Service",
    "ServiceRecord",
    "ServiceState",
    "breaks",
    "meaning_of",
    "version_key",
]

OPERATORS: Mapping[str, Operator] = {
    one.value: one for one in Operator if one not in (Operator.LIKE, Operator.MATCHES)
}
"""The operators of the query surface, by the names that a declaration gives them."""

RESERVED = frozenset({"version", "limit", "cursor", "offset"})
"""What every operation takes beside its own parameters; no parameter is named so."""


class ServiceState(StrEnum):
    """Where a version stands: declared → active → deprecated → retired; held and refused before it is declared.

    *Held* = a person must decide; *refused* = an entry of the negative list did; *declared* = checked, and its probe has
    not answered yet. Whether it answers now is no state: that depends on the datasets it rests on.
    """

    HELD = "held"
    REFUSED = "refused"
    DECLARED = "declared"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


ANSWERING = (ServiceState.ACTIVE, ServiceState.DEPRECATED)
"""States in which a version answers."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the operation: a condition on `column`. Values are texts, read by the column's type.

    `values` are all it takes, () = any; `minimum` and `maximum` are included. `default` holds where it is not given;
    without one a parameter that is not given sets no condition.
    """

    name: str
    column: str
    operator: Operator
    description: Text
    required: bool = False
    default: str | None = None
    example: str | None = None
    values: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Another released dataset, joined by pairs of equal columns (left, right). Its columns are named
    ``DATASET.COLUMN`` in the declaration. `left` keeps rows of the first dataset that find no other."""

    dataset: str
    on: tuple[tuple[str, str], ...]
    left: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """One member of an answer's records: `source` is a column, a group (``month(DATE)``) or a metric (``avg(PRICE)``)."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Service:
    """One version of an operation. It has `select` (rows), or `group_by` and `metrics` (groups). `filter` and `having` are
    CQL2-text; `sort` as the query surface has it; `limit` the most records of a page; `cache_s` how long a caller's own
    cache may keep an answer; `example` what it is probed with; `may_be_empty` = that may find nothing."""

    id: str
    version: str
    dataset: str
    title: Text
    description: Text
    joins: tuple[Join, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    filter: str = ""
    select: tuple[Output, ...] = ()
    group_by: tuple[Output, ...] = ()
    metrics: tuple[Output, ...] = ()
    having: str = ""
    sort: tuple[str, ...] = ()
    limit: int = 100
    cache_s: int = 0
    example: Mapping[str, str] = field(default_factory=dict)
    may_be_empty: bool = False

    @property
    def datasets(self) -> tuple[str, ...]:
        """Every dataset it rests on, its own first."""
        return (self.dataset, *(one.dataset for one in self.joins))

    @property
    def is_aggregate(self) -> bool:
        return bool(self.group_by or self.metrics)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The members of a record, in order."""
        return (*self.group_by, *self.metrics) if self.is_aggregate else self.select


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A version as registered. `number` names it in the registry, `meaning` is the digest of what it asks; `told` why it is
    held or refused; `successor` the version that replaces a deprecated one, `sunset` its last day."""

    number: int
    service: Service
    meaning: str
    state: ServiceState
    by: str
    told: tuple[Text, ...] = ()
    sunset: date | None = None
    successor: str | None = None


_SAME = {
    Operator.IN: "equal",
    Operator.EQ: "equal",
    Operator.GT: "range",
    Operator.GTE: "range",
    Operator.LT: "range",
    Operator.LTE: "range",
}


def meaning_of(service: Service, condition: str, having: str) -> str:
    """A digest of what an operation asks, equal for two that mean the same: the datasets and how they are joined, the
    fixed `condition` and `having` (in a canonical spelling), which columns are asked in which way, and how is grouped.

    Titles, names, order, pages, formats and which columns are shown are no meaning: they count zero.
    """
    asks = sorted({(one.column, _SAME.get(one.operator, one.operator.value)) for one in service.parameters})
    joins = sorted((one.dataset, sorted(one.on), one.left) for one in service.joins)
    parts = {
        "dataset": service.dataset,
        "joins": joins,
        "where": condition,
        "asks": asks,
        "groups": sorted(one.source for one in service.group_by),
        "metrics": sorted(one.source for one in service.metrics),
        "having": having,
    }
    return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def version_key(version: str) -> tuple[int, ...]:
    """Orders versions."""
    return tuple(int(part) for part in version.split("."))


def breaks(before: Service, after: Service) -> Sequence[Text]:
    """What a caller of `before` could not rely on in `after`; a version that breaks something is a new major one."""
    found: list[Text] = []
    shown = {one.name for one in after.outputs}
    for one in before.outputs:
        if one.name not in shown:
            found.append(Text(f"不再返回“{one.name}”", f'"{one.name}" is not answered any more'))
    old = {one.name: one for one in before.parameters}
    new = {one.name: one for one in after.parameters}
    for name in old.keys() - new.keys():
        found.append(Text(f"不再接受参数“{name}”", f'Parameter "{name}" is not taken any more'))
    for name, parameter in new.items():
        known = old.get(name)
        if parameter.required and (known is None or not known.required):
            found.append(Text(f"参数“{name}”变为必填", f'Parameter "{name}" is required now'))
        if known and (known.column, known.operator) != (parameter.column, parameter.operator):
            found.append(Text(f"参数“{name}”含义改变", f'Parameter "{name}" means something else'))
        if known and known.values != parameter.values and not set(known.values) <= set(parameter.values):
            found.append(Text(f"参数“{name}”可取的值变少", f'Parameter "{name}" takes fewer values'))
    return found
