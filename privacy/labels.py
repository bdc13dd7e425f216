"""Names given to columns and datasets leave the gate as they are: none may hold a number of a person."""

from __future__ import annotations

from catalog.finding import FieldRole
from privacy.recognise import find
from privacy.recognisers import BY_ENTITY, Recogniser

__all__ = ["held_in_label"]

_WORDS = frozenset({"PERSON_NAME", "ACCOUNT"})
"""What a header may announce, or a title be named after (王芳读书会)."""


def held_in_label(label: str) -> Recogniser | None:
    """What number of a person a header, title or name of a file holds; None for none. One that fails its check is none:
    a label may well hold a code."""
    for span in find(label, alone=False):
        row = BY_ENTITY[span.entity]
        numbered = row.personal and row.role is FieldRole.IDENTIFIER and span.entity not in _WORDS
        if numbered and span.valid is not False:
            return row
    return None
