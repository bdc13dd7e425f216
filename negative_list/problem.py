"""One thing wrong with a list: the entry, clause and field it stands in, what it is and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.text import Text

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`entry` and `clause` are empty where the problem is not of one; `field` is a key of TOML or of a sheet, such as
    ``valid_to``, ``when[0].rows``, ``effects[1].k`` or ``terms.plate``."""

    entry: str
    clause: str
    field: str
    message: Text
    remedy: Text

    @property
    def name(self) -> str:
        """``entry.clause.field``, what applies of it."""
        return ".".join(part for part in (self.entry, self.clause, self.field) if part)

    def to_json(self) -> dict[str, object]:
        return {
            "entry": self.entry,
            "clause": self.clause,
            "field": self.field,
            "message": self.message.to_json(),
            "remedy": self.remedy.to_json(),
        }
