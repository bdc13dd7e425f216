"""What the generators of evidence make: texts in which it is known where personal information stands. No generator imports
`privacy`: what they know of the forms comes from the standards and from how people write."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CLASSES", "Cell"]

CLASSES = (
    "RESIDENT_ID",
    "MOBILE",
    "BANK_CARD",
    "PASSPORT",
    "HK_MACAO_PERMIT",
    "TAIWAN_PERMIT",
    "RESIDENCE_PERMIT",
    "OFFICER_CARD",
    "MEDICAL_RECORD",
    "SOCIAL_INSURANCE",
    "HOME_PHONE",
    "PLATE",
    "VIN",
    "IMEI",
    "DEVICE_ID",
    "ACCOUNT",
    "EMAIL",
    "IP",
    "BIRTH_DATE",
    "LOCATION",
    "PERSON_NAME",
    "ADDRESS",
)
"""The classes of which every generator makes spans: the structured ones, then names and addresses."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `entity` stands at ``text[start:end]`` (code points), written in the way that `form` names. `header` is
    what its column would be called, empty where the cell must be understood by itself."""

    text: str
    start: int
    end: int
    entity: str
    form: str
    header: str = ""
