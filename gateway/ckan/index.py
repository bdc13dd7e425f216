"""The catalogue in memory, ready to be searched: every package in a place of its own, and for every term, field value and
order the places that have it, as the bits of one number. Pure; what has changed makes a new index out of the old.

Of 10,000 packages a set of places is 1,250 bytes, so that conditions are joined and facets counted in microseconds each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.ckan import terms

__all__ = ["EXACT", "FACETS", "TEXTS", "Index", "Listed", "listed"]

TEXTS = ("title", "name", "notes", "tags", "groups", "text")
"""Fields in which words are looked for; ``text`` is all that is said."""
EXACT = (
    "author",
    "capacity",
    "creator_user_id",
    "dataset_type",
    "entity_type",
    "groups",
    "id",
    "indexed_ts",
    "isopen",
    "license_id",
    "maintainer",
    "metadata_created",
    "metadata_modified",
    "name",
    "organization",
    "owner_org",
    "private",
    "res_format",
    "res_name",
    "res_url",
    "site_id",
    "state",
    "tags",
    "title_string",
    "type",
    "url",
    "version",
)
"""Fields whose values are looked for as they are; every extra is one more, under ``extras_`` and its key."""
FACETS = EXACT
"""Fields whose values may be counted; extras too."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One package: as it is shown, the dataset and number of the release behind it (None: it only says where things are),
    the id of the resource that the rows stand behind, and what it is found by."""

    shown: Mapping[str, Any]
    dataset_id: str
    number: int | None
    table: str | None
    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    words: Mapping[str, frozenset[str]] = field(repr=False)

    @property
    def id(self) -> str:
        return str(self.shown["id"])

    @property
    def name(self) -> str:
        return str(self.shown["name"])


def listed(shown: Mapping[str, Any], dataset_id: str, number: int | None, table: str | None = None) -> Listed:
    """A package with what it is found by."""
    tags = [tag["name"] for tag in shown["tags"]]
    groups = [group["name"] for group in shown["groups"]]
    resources = shown["resources"]
    organisation = shown["organization"]
    values: dict[str, tuple[str, ...]] = {
        "capacity": ("private" if shown["private"] else "public",),
        "dataset_type": (str(shown["type"]),),
        "entity_type": ("package",),
        "groups": tuple(groups),
        "isopen": (str(shown["isopen"]).lower(),),
        "organization": (organisation["name"],),
        "private": (str(shown["private"]).lower(),),
        "res_format": _distinct(one.get("format") for one in resources),
        "res_name": _distinct(one.get("name") for one in resources),
        "res_url": _distinct(one.get("url") for one in resources),
        "site_id": ("default",),
        "tags": tuple(tags),
        "title_string": (str(shown["title"]),),
    }
    for name in EXACT:
        if name not in values and shown.get(name) not in (None, ""):
            values[name] = (str(shown[name]),)
    for extra in shown["extras"]:
        values[f"extras_{extra['key']}"] = (str(extra["value"]),)
    said = {
        "title": str(shown["title"]),
        "name": str(shown["name"]),
        "notes": str(shown["notes"] or ""),
        "tags": "\n".join(tags),
        "groups": "\n".join((*groups, *(group["title"] for group in shown["groups"]))),
    }
    more = [organisation["name"], organisation["title"], shown["author"], shown["maintainer"], shown["url"]]
    more += [
        part for one in resources for part in (one.get("name"), one.get("description"), one.get("format"))
    ]
    more += [extra["value"] for extra in shown["extras"]]
    words = {name: terms.of_text(text) for name, text in said.items()}
    rest = terms.of_text("\n".join(str(one) for one in more if one))
    words["text"] = rest.union(*words.values())
    return Listed(shown, dataset_id, number, table, values, words)


def _distinct(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if value))


@dataclass(slots=True)
class Index:
    """`places` holds the packages, None where one has gone; everything else is made from it. Never changed once it is
    handed out, but for the orders, which are made when they are first asked for."""

    places: list[Listed | None] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)
    by_resource: dict[str, int] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in TEXTS})
    values: dict[str, dict[str, int]] = field(default_factory=dict)
    everything: int = 0
    _orders: dict[str, list[int]] = field(default_factory=dict)

    def changed(self, gone: Iterable[str], new: Iterable[Listed]) -> Index:
        """The index without the packages of these ids, and with those."""
        other = Index(
            list(self.places),
            dict(self.by_id),
            dict(self.by_name),
            dict(self.by_resource),
            {name: dict(found) for name, found in self.words.items()},
            {name: dict(found) for name, found in self.values.items()},
            self.everything,
        )
        free: list[int] = []
        coming = tuple(new)
        for package_id in dict.fromkeys((*gone, *(one.id for one in coming))):
            if package_id in other.by_id:
                free.append(other._remove(other.by_id[package_id]))
        free += [place for place, one in enumerate(other.places) if one is None and place not in free]
        other._add(coming, free)
        return other

    def __iter__(self) -> Iterator[Listed]:
        return (one for one in self.places if one is not None)

    def __len__(self) -> int:
        return self.everything.bit_count()

    def find(self, id_or_name: str) -> Listed | None:
        """By id, else by name."""
        place = self.by_id.get(id_or_name)
        if place is None:
            place = self.by_name.get(id_or_name)
        return None if place is None else self.places[place]

    def of_resource(self, resource_id: str) -> Listed | None:
        place = self.by_resource.get(resource_id)
        return None if place is None else self.places[place]

    def order(self, name: str, key: Callable[[Listed], Any]) -> list[int]:
        """The places in ascending order of `key`, then of the id."""
        if name not in self._orders:
            there = [place for place, one in enumerate(self.places) if one is not None]

            def by_key(place: int) -> Any:
                one = self.places[place]
                assert one is not None
                return (key(one), one.id)

            self._orders[name] = sorted(there, key=by_key)
        return self._orders[name]

    def _remove(self, place: int) -> int:
        one = self.places[place]
        assert one is not None
        mask = ~(1 << place)
        for found, those in self._postings(one):
            for term in those:
                found[term] &= mask
                if not found[term]:
                    del found[term]
        self.everything &= mask
        self.places[place] = None
        del self.by_id[one.id], self.by_name[one.name]
        for resource in one.shown["resources"]:
            self.by_resource.pop(resource["id"], None)
        return place

    def _add(self, coming: tuple[Listed, ...], free: list[int]) -> None:
        """Bits are gathered in byte strings first: one number of a large index is not copied for every package."""
        gathered: dict[tuple[int, str], list[int]] = {}
        tables: dict[int, dict[str, int]] = {}
        for one in coming:
            if free:
                place = free.pop()
                self.places[place] = one
            else:
                place = len(self.places)
                self.places.append(one)
            self.by_id[one.id] = self.by_name[one.name] = place
            for resource in one.shown["resources"]:
                self.by_resource[resource["id"]] = place
            for found, those in self._postings(one):
                tables[id(found)] = found
                for term in those:
                    gathered.setdefault((id(found), term), []).append(place)
            self.everything |= 1 << place
        for (table, term), places in gathered.items():
            found = tables[table]
            found[term] = found.get(term, 0) | _bits(places)

    def _postings(self, one: Listed) -> Iterator[tuple[dict[str, int], Iterable[str]]]:
        for name, those in one.words.items():
            yield self.words[name], those
        for name, several in one.values.items():
            yield self.values.setdefault(name, {}), dict.fromkeys(several)


def _bits(places: list[int]) -> int:
    if len(places) < 8:
        bits = 0
        for place in places:
            bits |= 1 << place
        return bits
    mask = bytearray(max(places) // 8 + 1)
    for place in places:
        mask[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(mask, "little")
