"""Cells with personal information written from the standards of each number and from how offices, courts, hospitals,
police and parcel services write; knows nothing of the detector. The same entity, count and seed give the same cells."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.privacy.evidence.cell import CLASSES, Cell
from tests.privacy.evidence.standards import (
    addresses,
    births,
    contact,
    identity,
    names,
    networks,
    records,
    vehicles,
)
from tests.privacy.evidence.standards.carriers import Form

__all__ = ["FORMS", "cells"]

FORMS: dict[str, dict[str, Form]] = (
    identity.FORMS
    | contact.FORMS
    | records.FORMS
    | vehicles.FORMS
    | networks.FORMS
    | births.FORMS
    | names.FORMS
    | addresses.FORMS
)
"""Of each class, its forms by name."""

BAD_CHECKSUMS = 0.15
"""Share of identity numbers with one mistyped character: reported as shaped like one, and personal all the same."""


def cells(entity: str, count: int, seed: int) -> Iterator[Cell]:
    """`count` cells of `entity` (one of CLASSES), every form as often as every other."""
    assert entity in CLASSES, entity
    rng = Random(f"from_standards/{entity}/{seed}")
    turn = list(FORMS[entity].values())
    for place in range(count):
        if place % len(turn) == 0:
            rng.shuffle(turn)
        if entity == "RESIDENT_ID" and rng.random() < BAD_CHECKSUMS:
            yield identity.bad_checksum(rng)
        else:
            yield turn[place % len(turn)](rng)
