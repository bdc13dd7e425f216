"""What the events of a ledger say, read in order: what is open, what was withdrawn, which list was in force at an opening.

One reading for the audit from outside and for the verification of a home, so that the two cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["History", "history_of"]


@dataclass(frozen=True, slots=True)
class History:
    """By dataset the index of its last opening and of its last withdrawal; by index of an opening the version of the
    list that was in force then, where one had been activated; `first_list` the index at which the ledger records a list
    for the first time, where that event itself says that none came before it."""

    opened_at: Mapping[str, int]
    withdrawn_at: Mapping[str, int]
    list_at: Mapping[int, str]
    first_list: int | None = None

    @property
    def open_at(self) -> dict[str, int]:
        """Dataset → index of its opening, of those that are open."""
        return {dataset: at for dataset, at in self.opened_at.items() if not self.is_withdrawn(dataset, at)}

    def is_withdrawn(self, dataset: str, since: int = -1) -> bool:
        """Whether a withdrawal of it was written after the index `since`."""
        return self.withdrawn_at.get(dataset, -1) > since

    def was_under(self, index: int, version: object) -> bool:
        """Whether the opening at an index came while this version of the list was in force."""
        return version is not None and self.list_at.get(index) == version

    def before_lists(self, index: int) -> bool:
        """Whether the order of the ledger proves that no list was recorded yet at an index."""
        return self.first_list is not None and index < self.first_list


def history_of(events: Mapping[int, Mapping[str, Any]]) -> History:
    """Read events by index, in ascending order. Kinds that neither open nor close nor activate a list change nothing."""
    opened_at: dict[str, int] = {}
    withdrawn_at: dict[str, int] = {}
    list_at: dict[int, str] = {}
    in_force: str | None = None
    first_list: int | None = None
    for index, event in events.items():
        kind = event.get("kind")
        if kind == "release":
            opened_at[str(event.get("dataset"))] = index
            if in_force is not None:
                list_at[index] = in_force
        elif kind == "withdrawal":
            withdrawn_at[str(event.get("dataset"))] = index
        elif kind in ("withdrawals", "list-activated"):
            withdrawn_at |= dict.fromkeys(_datasets(event), index)
        if kind == "list-activated":
            if in_force is None and event.get("supersedes") is None:
                first_list = index
            in_force = str(event.get("version"))
    return History(opened_at, withdrawn_at, list_at, first_list)


def _datasets(event: Mapping[str, Any]) -> tuple[str, ...]:
    """None for the list that a home begins with. In somebody else's ledger it may be anything."""
    named = event.get("datasets")
    return tuple(str(one) for one in named) if isinstance(named, list) else ()
