"""The contract of a dataset: what its fields mean and may hold, its keys, on what terms and how well it is delivered.

A file says it in the form of docs/contract.md (`parse_contract`, `contract_json`); the Open Data Contract Standard and
Frictionless are other spellings of the same value (`catalog.interchange`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date
from typing import Any

from catalog.dataset import ColumnType, Schema
from catalog.element import DataElement, domain_claims
from catalog.text import Text

__all__ = [
    "DIMENSIONS",
    "DURATION",
    "TIMES",
    "WGS84",
    "Contract",
    "Field",
    "PersonalData",
    "claims",
    "is_wgs84",
    "resolved",
]

WGS84 = "EPSG:4326"
DIMENSIONS = ("conformity", "completeness", "accuracy", "consistency", "timeliness", "accessibility")
"""The dimensions of GB/T 36344 by the names that measurements give them."""
TIMES = (ColumnType.DATE, ColumnType.TIMESTAMP)
DURATION = re.compile(r"P[1-9][0-9]{0,4}[YMD]")
"""How long something is kept: ISO 8601, one number of years, months or days."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one column means and may hold. `type` None = as typed by the gate.

    `required` = no cell is empty; `values` a code list, () = any; bounds are included, of numbers only; `max_length`
    in characters, of texts only; `factor` is what the numbers as received are multiplied by to be in `unit`, None = they
    are in it as they come; `crs` the coordinate reference system of a geometry.
    """

    name: str
    title: Text | None = None
    definition: Text | None = None
    type: ColumnType | None = None
    unit: str | None = None
    element: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    crs: str | None = None
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Personal data that the publisher holds raw, in which fields, on which lawful basis, for what purpose and for how
    long (a `DURATION`: ``P3Y``, ``P180D``)."""

    fields: tuple[str, ...]
    lawful_basis: Text
    purpose: Text
    retention: str


@dataclass(frozen=True, slots=True)
class Contract:
    """`keys` are columns declared for fast lookup and sorting (the first is the row's identifier, where unique), `search`
    the text columns in which words are looked for, () = all of them;
    `suite` a Great Expectations suite (JSON object) or None = proposed from the profile;
    `quality_threshold` the least overall score and `dimension_thresholds` the least of single dimensions, 0..1;
    `event_time` the column that tells when things happened, by which freshness goes, None = detected. `version` None =
    the gate numbers it; `previous_until` is the last day of the major version before it, to be named by a breaking
    change."""

    fields: tuple[Field, ...] = ()
    keys: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    suite: Mapping[str, Any] | None = None
    quality_threshold: float = 0.6
    dimension_thresholds: Mapping[str, float] = member(default_factory=dict)
    event_time: str | None = None
    version: str | None = None
    previous_until: date | None = None
    update_cycle: str | None = None
    licence: str | None = None
    personal: tuple[PersonalData, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def is_filed(self) -> bool:
        """Somebody has said something in it."""
        return self != Contract()


def is_wgs84(crs: str) -> bool:
    """Whether a name of a reference system is one of WGS-84's in degrees."""
    return crs.upper().replace("-", "").replace(" ", "").endswith(("CRS84", "4326", "WGS84"))


def resolved(contract: Contract, schema: Schema, elements: Mapping[str, DataElement]) -> Contract:
    """The contract with what its fields leave to the data and to their elements written out: type, title, definition
    and unit, and the coordinate reference system of a geometry."""
    columns = {column.name: column for column in schema}

    def written_out(field: Field) -> Field:
        column = columns.get(field.name)
        kind = field.type or (column.type if column else None)
        crs = field.crs or (WGS84 if kind is ColumnType.GEOMETRY else None)
        element = elements.get(field.element or "")
        if element is None:
            return replace(field, type=kind, crs=crs, unit=field.unit or (column.unit if column else None))
        return replace(
            field,
            type=kind,
            crs=crs,
            title=field.title or element.name,
            definition=field.definition or element.definition,
            unit=field.unit or element.unit,
        )

    return replace(contract, fields=tuple(written_out(field) for field in contract.fields))


def claims(contract: Contract, schema: Schema) -> Sequence[dict[str, Any]]:
    """What the contract claims of its columns' cells, as Great Expectations' JSON; `meta` marks them."""
    types = {column.name: column.type for column in schema}
    meta = {"contract": True}
    found: list[dict[str, Any]] = []
    for field in contract.fields:
        kind = types[field.name]
        if field.required:
            found.append(
                {
                    "type": "expect_column_values_to_not_be_null",
                    "kwargs": {"column": field.name},
                    "meta": {"dimension": "completeness", **meta},
                }
            )
        found.extend(domain_claims(field.name, kind, field.values, field.minimum, field.maximum, meta))
        if field.max_length is not None:
            found.append(
                {
                    "type": "expect_column_value_lengths_to_be_between",
                    "kwargs": {"column": field.name, "max_value": field.max_length},
                    "meta": {"dimension": "conformity", **meta},
                }
            )
    return found
