"""All recognisers, in the order in which overlapping spans are resolved."""

from __future__ import annotations

from privacy.attributes import ATTRIBUTES
from privacy.documents import DOCUMENTS
from privacy.identifiers import IDENTIFIERS
from privacy.recogniser import Recogniser, Shape

__all__ = ["BY_ENTITY", "RECOGNISERS", "Recogniser", "Shape"]

RECOGNISERS: tuple[Recogniser, ...] = (*DOCUMENTS, *IDENTIFIERS, *ATTRIBUTES)

BY_ENTITY: dict[str, Recogniser] = {row.entity: row for row in RECOGNISERS}
