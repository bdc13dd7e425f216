"""What a package says without any data behind it, held to the negative list: its subject is its title, its theme and who
publishes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog.dataset import THEMES, Dataset
from catalog.decision import Audience, Decision
from catalog.interchange.ckan import Package
from catalog.subject import Facts, Subject
from negative_list import Index, NegativeList, may_leave, screen

__all__ = ["Judge", "has_links", "is_open", "subject_of"]

MOST_REMEMBERED = 100_000


def has_links(package: Package) -> bool:
    """Whether any resource says where something is, other than the one that rows of ours stand behind."""
    return any(
        one.get("url") and one["id"] != package.data_resource for one in package.document.get("resources", ())
    )


def subject_of(package: Package) -> Subject:
    """The package as the list's conditions see it: no field, no row."""
    document = package.document
    themes = [name for name in document.get("groups", ()) if name in THEMES]
    dataset = Dataset(
        id=package.dataset_id,
        title=str(document.get("title") or package.name),
        publisher=package.publisher,
        theme=themes[0] if themes else "other",
        description=str(document.get("notes") or ""),
        keywords=tuple(document.get("tags", ())),
    )
    return Subject(dataset, (), {}, Facts(rows=0))


def is_open(decision: Decision) -> bool:
    """Whether what a decision says of a dataset as a whole keeps it from nobody."""
    terms = decision.dataset
    return may_leave(terms) and terms.audience is Audience.PUBLIC and terms.not_before is None


class Judge:
    """A list on a day, with what it has said already: a look at the catalogue asks again of what has changed only."""

    def __init__(self, entries: NegativeList | None, on: date, exempt: Mapping[str, frozenset[str]]) -> None:
        self._entries = entries
        self._on = on
        self._exempt = dict(exempt)
        self._index = None if entries is None else Index(entries.entries)
        self._said: dict[str, tuple[Package, bool]] = {}

    def is_of(self, entries: NegativeList | None, on: date, exempt: Mapping[str, frozenset[str]]) -> bool:
        return self._entries == entries and self._on == on and self._exempt == dict(exempt)

    def lets(self, package: Package) -> bool:
        """Without a list nothing is let."""
        known = self._said.get(package.id)
        if known is not None and known[0] == package:
            return known[1]
        lets = self._index is not None and is_open(self.decision(package))
        if len(self._said) >= MOST_REMEMBERED:
            self._said.clear()
        self._said[package.id] = (package, lets)
        return lets

    def decision(self, package: Package) -> Decision:
        assert self._index is not None
        exempt = self._exempt.get(package.dataset_id, frozenset())
        return screen(subject_of(package), self._index, self._on, exempt=exempt)
