"""Hard negatives as whole columns: values that look like personal information and are not, or that stand near it. The same
rows and seed give the same columns; a value that is personal by chance is drawn anew (`ordinary.guard`)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.privacy.evidence.ordinary.codes import CODES, Maker
from tests.privacy.evidence.ordinary.guard import innocent
from tests.privacy.evidence.ordinary.texts import TEXTS
from tests.privacy.evidence.ordinary.words import WORDS

__all__ = ["FORMS", "columns"]

FORMS: dict[str, tuple[tuple[str, ...], Maker]] = CODES | WORDS | TEXTS
"""Form → (headers it may stand under, maker of one value)."""


def _value(rng: Random, make: Maker) -> str:
    while not innocent(value := make(rng)):
        pass
    return value


def columns(rows: int, seed: int) -> Iterator[tuple[str, str, list[str]]]:
    """Of each form one column of `rows` values: (form, header, values)."""
    for form, (headers, make) in FORMS.items():
        rng = Random(f"negatives/{form}/{seed}")
        yield form, rng.choice(headers), [_value(rng, make) for _ in range(rows)]
