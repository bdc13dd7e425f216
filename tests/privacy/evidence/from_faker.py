"""The first generator of evidence, on faker and lists of our own: for each class the forms in which tables of an
administration and its hotline hold it. It knows nothing of the detector."""

from __future__ import annotations

from collections.abc import Iterator

from tests.privacy.evidence import (
    from_faker_addresses,
    from_faker_contacts,
    from_faker_ids,
    from_faker_people,
    from_faker_records,
    from_faker_traits,
)
from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.from_faker_form import Form, compose
from tests.privacy.evidence.from_faker_world import World

__all__ = ["FORMS", "cells"]

FORMS: dict[str, tuple[Form, ...]] = {
    **from_faker_ids.FORMS,
    **from_faker_contacts.FORMS,
    **from_faker_records.FORMS,
    **from_faker_people.FORMS,
    **from_faker_traits.FORMS,
    **from_faker_addresses.FORMS,
}
"""The forms of each class, in the order in which `cells` goes round them."""


def cells(entity: str, count: int, seed: int) -> Iterator[Cell]:
    """`count` cells of the class `entity`, every form in turn; the same for the same seed. Raises KeyError for a class that
    cell.CLASSES does not name."""
    forms = FORMS[entity]
    world = World(f"{entity} {seed}")
    for number in range(count):
        yield compose(world, entity, forms[number % len(forms)])
