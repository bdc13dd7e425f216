"""The parts of a record as JSON formats write them: an agent that is an object or a name, words with languages or without."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from catalog.interchange.dcat_read import box_of_wkt
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, objects, texts
from catalog.interchange.vocabulary import licence_of
from catalog.record import (
    Agent,
    Concept,
    Contact,
    Keyword,
    Licence,
    Period,
    Place,
    Words,
    is_iri,
    tagged,
    w3c_date,
)

__all__ = ["JsonParts"]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?(?:ytes)?", re.IGNORECASE)
_MIME = re.compile(r"[a-z]+/[a-z0-9.+\-]+")
_HEX64 = re.compile(r"[0-9a-fA-F]{64}")


class JsonParts:
    """Reads members of the objects of one dataset at a time; `of` is the dataset that problems are told of."""

    def __init__(self, notes: Notes, limits: Limits) -> None:
        self.notes = notes
        self.limits = limits
        self.of = ""

    def words(self, *values: Any, language: str = "") -> Words:
        """The first value that says something: a text, an object of texts by language, ``{"@value", "@language"}``, or a
        list of those."""
        for value in values:
            pairs = [(tag or language, text) for tag, text in self._pairs(value)]
            most = self.limits.max_characters
            if any(len(text) > most for _, text in pairs):
                self.notes.note("long-text", self.of, "", f"cut after {most:,} characters")
            if found := tagged([(tag, text[:most]) for tag, text in pairs]):
                return found
        return ()

    def _pairs(self, value: Any) -> list[tuple[str, str]]:
        if isinstance(value, str):
            return [("", value)]
        if isinstance(value, list):
            return [pair for one in value[: self.limits.max_values] for pair in self._pairs(one)]
        if isinstance(value, dict):
            if "@value" in value:
                return [(str(value.get("@language", "")), str(value["@value"]))]
            return [
                (str(tag), one)
                for tag, one in value.items()
                if isinstance(one, str) and not tag.startswith("@")
            ]
        return []

    def several(self, name: str, value: Any) -> list[str]:
        found = list(dict.fromkeys(texts(value)))
        if len(found) > self.limits.max_values:
            self.notes.note("many-values", self.of, name, f"only {self.limits.max_values:,} are kept")
        return found[: self.limits.max_values]

    def text(self, *values: Any) -> str | None:
        return next((one[:4_000] for value in values for one in texts(value)), None)

    def address(self, name: str, *values: Any) -> str | None:
        for value in values:
            inner = value.get("@id") or value.get("url") if isinstance(value, dict) else value
            for one in texts(inner):
                if is_iri(one):
                    return one
                self.notes.note("address", self.of, name, "not an absolute address")
        return None

    def addresses(self, name: str, value: Any) -> tuple[str, ...]:
        found = [one for one in self.several(name, value) if is_iri(one)]
        if len(found) < len(self.several(name, value)):
            self.notes.note("address", self.of, name, "not an absolute address")
        return tuple(found)

    def date(self, name: str, *values: Any) -> str | None:
        for one in (each for value in values for each in texts(value)):
            if (day := w3c_date(one)) is not None:
                return day
            self.notes.note("date", self.of, name, "not a date of ISO 8601")
        return None

    def bytes_(self, name: str, value: Any) -> int | None:
        for one in texts(value):
            found = _SIZE.fullmatch(one.replace(",", ""))
            if found:
                step = 1024 if found[3] else 1000
                size = float(found[1]) * step ** " kmgt".index(found[2].lower() or " ")
                if size < 2**63:
                    return int(size)
            self.notes.note("byte-size", self.of, name, "not a number of bytes")
        return None

    def agent(self, value: Any) -> Agent | None:
        if isinstance(value, str):
            return Agent(tagged([("", value)])) if value.strip() else None
        for one in objects(value):
            self._line_above(one)
            uri = self.text(one.get("@id"), one.get("uri"))
            identifier = self.text(one.get("identifier"))
            email = self.email(one.get("email"), one.get("mbox"), one.get("hasEmail"))
            found = Agent(
                names=self.words(
                    one.get("name_translated"), one.get("name"), one.get("title"), one.get("fn")
                ),
                uri=next((each for each in (uri, identifier) if each and is_iri(each)), None),
                identifier=identifier,
                kind=self.text(one.get("type")),
                email=email,
                homepage=self.address("publisher.url", one.get("url"), one.get("homepage"), one.get("path")),
            )
            if found != Agent():
                return found
        return None

    def _line_above(self, one: Mapping[str, Any]) -> None:
        """Organisations above it are not part of a record; that one is above itself is told."""
        seen: list[str] = []
        at: Any = one
        while isinstance(at, dict):
            name = json.dumps(at.get("@id") or at.get("name") or "", ensure_ascii=False)
            if name in seen and name != '""':
                self.notes.note(
                    "cyclic-organisation", self.of, "subOrganizationOf", "an organisation is above itself"
                )
                return
            seen.append(name)
            at = at.get("subOrganizationOf")

    def email(self, *values: Any) -> str | None:
        for one in (each for value in values for each in texts(value)):
            plain = one.removeprefix("mailto:")
            if "@" in plain:
                return plain
        return None

    def contacts(self, value: Any) -> tuple[Contact, ...]:
        found = []
        for one in list(objects(value))[: self.limits.max_values]:
            name = next((text for _, text in self.words(one.get("fn"), one.get("name"))), None)
            email = self.email(one.get("hasEmail"), one.get("email"))
            contact = Contact(
                name, email, self.address("contactPoint.url", one.get("hasURL"), one.get("url"))
            )
            if contact != Contact():
                found.append(contact)
        return tuple(found)

    def licence(self, value: Any, title: Any = None) -> Licence | None:
        if isinstance(value, list):
            value = next(iter(value), None)
        if isinstance(value, dict):
            uri = self.text(value.get("path"), value.get("url"), value.get("uri"), value.get("@id"))
            words = self.text(value.get("name"), value.get("title"))
            if uri and is_iri(uri):
                return Licence(uri, words)
            return licence_of(words or "")
        found = licence_of(self.text(value) or "")
        words = self.text(title)
        if found is None or found.uri is None:
            return found or (licence_of(words) if words else None)
        return Licence(found.uri, found.words or words)

    def keywords(self, value: Any) -> tuple[Keyword, ...]:
        found: dict[Keyword, None] = {}
        if isinstance(value, dict):
            for tag, several in value.items():
                found.update(
                    dict.fromkeys(Keyword(one, str(tag).lower()) for one in self.several("keyword", several))
                )
            return tuple(found)
        if isinstance(value, str):
            value = value.split(",")
        for one in value if isinstance(value, list) else ():
            named = self.text(one.get("name"), one.get("@value")) if isinstance(one, dict) else self.text(one)
            if named and len(found) < self.limits.max_values:
                found[Keyword(named)] = None
        return tuple(found)

    def themes(self, value: Any) -> tuple[Concept, ...]:
        found = []
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                label = self.words(one.get("prefLabel"), one.get("name"), one.get("label"))
                uri = self.text(one.get("@id"), one.get("uri"))
                found.append(Concept(uri if uri and is_iri(uri) else None, label))
            elif said := self.text(one):
                found.append(Concept(said) if is_iri(said) else Concept(None, tagged([("", said)])))
        kept = (one for one in found if one != Concept())
        return tuple(dict.fromkeys(kept))[: self.limits.max_values]

    def periods(self, value: Any) -> tuple[Period, ...]:
        found = []
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                start, end = one.get("start", one.get("startDate")), one.get("end", one.get("endDate"))
                found.append(Period(self.date("temporal", start), self.date("temporal", end)))
            elif said := self.text(one):
                start, _, end = said.partition("/")
                found.append(Period(w3c_date(start), w3c_date(end or start)))
        return tuple(one for one in found if one != Period())

    def places(self, value: Any) -> tuple[Place, ...]:
        found = []
        for one in (value if isinstance(value, list) else [value])[: self.limits.max_values]:
            if isinstance(one, dict):
                shape = one.get("bbox") or one.get("geom") or one.get("geometry") or one.get("centroid")
                written = shape if isinstance(shape, str) else json.dumps(shape) if shape else None
                uri = self.text(one.get("uri"), one.get("@id"))
                found.append(
                    Place(
                        uri if uri and is_iri(uri) else None,
                        self.words(one.get("text"), one.get("prefLabel"), one.get("name")),
                        box_of_wkt(written) if written else None,
                        written,
                    )
                )
            elif said := self.text(one):
                box = box_of_wkt(said.replace(",", " ")) if not re.search(r"[A-Za-z]{2}", said) else None
                uri = said if is_iri(said) else None
                found.append(Place(uri, () if uri or box else tagged([("", said)]), box))
        return tuple(one for one in found if one != Place())

    def media_type(self, *values: Any) -> str | None:
        for one in (each for value in values for each in texts(value)):
            said = one.split("/media-types/")[-1].split(";")[0].strip().lower()
            if _MIME.fullmatch(said):
                return said
        return None

    def sha256(self, name: str, value: Any) -> str | None:
        said = self.text(value)
        if said is None or _HEX64.fullmatch(said):
            return said.lower() if said else None
        self.notes.note("checksum", self.of, name, "no sha256 in hexadecimal")
        return None
