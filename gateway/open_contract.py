"""The contract of an open dataset as everybody may see it: of the fields that are open, as they are open, and no rules.

A contract also names what is not released, and its rules may quote what the data hold; neither is the public's.
"""

from __future__ import annotations

from dataclasses import replace

from catalog.contract import Contract, Field
from catalog.contract_version import ContractVersion
from catalog.release import Release, ReleasedColumn

__all__ = ["open_contract"]


def open_contract(release: Release, filed: ContractVersion | None) -> Contract:
    """What a release promises: its own columns, with what the contract of its version says of those that are raw.

    Where none was filed, what the release itself says of its columns.
    """
    contract = filed.contract if filed else Contract()
    names = {one.column.name for one in release.columns}
    personal = tuple(
        replace(one, fields=shown)
        for one in contract.personal
        if (shown := tuple(name for name in one.fields if name in names))
    )
    return Contract(
        fields=tuple(_field(one, contract) for one in release.columns),
        keys=release.keys,
        search=release.search,
        quality_threshold=contract.quality_threshold,
        dimension_thresholds=contract.dimension_thresholds,
        event_time=contract.event_time if contract.event_time in names else None,
        version=filed.version if filed else None,
        previous_until=contract.previous_until,
        update_cycle=release.dataset.update_cycle,
        licence=release.dataset.licence,
        personal=personal,
    )


def _field(released: ReleasedColumn, contract: Contract) -> Field:
    column = released.column
    promised = contract.field(column.name)
    shown = Field(column.name, column.title, column.definition, column.type, column.unit, column.element)
    if promised is None or released.masked or promised.type is not column.type:
        return shown  # a masked cell keeps no promise about raw ones
    return replace(
        shown,
        required=promised.required,
        values=promised.values,
        minimum=promised.minimum,
        maximum=promised.maximum,
        max_length=promised.max_length,
        crs=promised.crs,
    )
