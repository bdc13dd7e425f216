"""Reads the datasets out of the triples of a catalogue. Blank nodes and addresses are the same to it: both are described."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, TIME

from catalog.interchange.dcat_terms import CLASSES, DCAT, HYDRA, SERIES, TERMS
from catalog.interchange.limits import Limits
from catalog.interchange.reading import Notes, over
from catalog.interchange.vocabulary import licence_of
from catalog.record import (
    Agent,
    CatalogueRecord,
    Concept,
    Contact,
    DataService,
    Keyword,
    Licence,
    Parsed,
    Period,
    Place,
    RecordDistribution,
    Words,
    is_iri,
    tagged,
    w3c_date,
)

T = TypeVar("T")

__all__ = ["box_of_wkt", "records_of_graph"]

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_HEX = re.compile(r"[0-9a-fA-F]{32,128}")
_MIME = re.compile(r"[a-z]+/[A-Za-z0-9.+\-]+")


def records_of_graph(graph: Graph, limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets and series described in a graph, by their address. Raises TooLarge: more than `max_records`."""
    notes = Notes(limits)
    typed = {one for kind in CLASSES for one in graph.subjects(RDF.type, kind)}
    linked = {one for term in TERMS["dataset"] for one in graph.objects(None, term)}
    found = [one for one in typed | linked if isinstance(one, URIRef | BNode)]
    if len(found) > limits.max_records:
        raise over("datasets", "个数据集", limits.max_records)
    reader = _Reader(graph, notes, limits)
    records = []
    for node in sorted(found, key=lambda one: (isinstance(one, BNode), str(one))):
        if node not in typed and (node, None, None) not in graph:
            notes.note("dataset-not-described", str(node), "dcat:dataset", "named here, described elsewhere")
            continue
        records.append(reader.record(node))
    following = [*graph.objects(None, HYDRA.next), *graph.objects(None, HYDRA.nextPage)]
    pages = tuple(dict.fromkeys(str(one) for one in following if is_iri(str(one))))
    ordered = sorted(records, key=lambda one: one.identifier)
    return Parsed(tuple(ordered), notes.problems(), pages)


def box_of_wkt(text: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a geometry as WKT, GeoJSON or four numbers (west south east north); None for what holds
    no position of WGS-84."""
    numbers = [float(one) for one in _NUMBER.findall(re.sub(r"<[^>]*>", "", text)[:20_000])]
    if len(numbers) < 2 or len(numbers) % 2:
        return None
    xs, ys = numbers[::2], numbers[1::2]
    box = (min(xs), min(ys), max(xs), max(ys))
    fits = box[0] >= -180 and box[2] <= 180 and box[1] >= -90 and box[3] <= 90
    return box if fits else None


class _Reader:
    """Asks a graph by what `TERMS` calls things; `_of` is the dataset that problems are told of."""

    def __init__(self, graph: Graph, notes: Notes, limits: Limits) -> None:
        self._graph = graph
        self._notes = notes
        self._limits = limits
        self._of = ""

    def record(self, node: Any) -> CatalogueRecord:
        titles = self._words(node, "title")
        identifier = self._identifier(node, titles)
        self._of = identifier
        kinds = set(self._graph.objects(node, RDF.type))
        return CatalogueRecord(
            identifier=identifier,
            uri=_uri(node),
            titles=titles,
            descriptions=self._words(node, "description"),
            publisher=self._agent(self._first(node, "publisher")),
            creators=_kept(self._agent(one) for one in self._all(node, "creator")),
            contacts=_kept(self._contact(one) for one in self._all(node, "contact")),
            licence=self._licence(self._first(node, "licence")),
            access_rights=self._named(node, "access_rights", "rights_words"),
            rights=self._named(node, "rights", "rights_words"),
            themes=tuple(self._concept(one) for one in self._all(node, "theme")),
            keywords=self._keywords(node),
            spatial=_kept(self._place(one) for one in self._all(node, "spatial")),
            temporal=_kept(self._period(one) for one in self._all(node, "temporal")),
            issued=self._date(node, "issued"),
            modified=self._date(node, "modified"),
            frequency=self._named(node, "frequency", "concept_label"),
            languages=self._texts(node, "language"),
            landing_page=self._address(node, "landing_page"),
            documentation=self._addresses(node, "documentation"),
            conforms_to=self._addresses(node, "conforms_to"),
            version=self._text(node, "version"),
            series=self._addresses(node, "in_series"),
            is_series=bool(kinds & set(SERIES)),
            distributions=self._distributions(node),
            services=self._services(node),
        )

    def _distributions(self, node: Any) -> tuple[RecordDistribution, ...]:
        found = (self._distribution(one) for one in self._all(node, "distribution"))
        kept = {one: None for one in found if one is not None}
        return tuple(
            sorted(kept, key=lambda one: (one.access_url or "", one.download_url or "", str(one.titles)))
        )

    def _distribution(self, node: Any) -> RecordDistribution | None:
        if isinstance(node, Literal):
            return None
        media = self._first(node, "media_type")
        form = self._named(node, "format", "concept_label")
        media_type = _media_type(str(media) if media is not None else None) or _media_type(form)
        algorithm, digest = self._checksum(node)
        is_sha = algorithm is not None and "sha256" in algorithm.lower().replace("_", "").replace("-", "")
        access = self._address(node, "access_url")
        download = self._address(node, "download_url")
        return RecordDistribution(
            identifier=self._text(node, "identifier") or _uri(node),
            titles=self._words(node, "title"),
            descriptions=self._words(node, "description"),
            access_url=access,
            download_url=download,
            format=form,
            media_type=media_type,
            bytes_=self._bytes(node),
            sha256=digest if is_sha else None,
            checksum=(algorithm, digest) if algorithm and digest and not is_sha else None,
            issued=self._date(node, "issued"),
            modified=self._date(node, "modified"),
            licence=self._licence(self._first(node, "licence")),
            rights=self._named(node, "rights", "rights_words"),
            conforms_to=self._addresses(node, "conforms_to"),
            languages=self._texts(node, "language"),
            availability=self._text(node, "availability"),
            services=_kept(self._service(one) for one in self._all(node, "access_service")),
        )

    def _services(self, node: Any) -> tuple[DataService, ...]:
        from_here = self._graph.subjects(DCAT.servesDataset, node)
        return _kept(self._service(one) for one in sorted(from_here, key=str))

    def _service(self, node: Any) -> DataService | None:
        if isinstance(node, Literal):
            return None
        return DataService(
            uri=_uri(node),
            titles=self._words(node, "title"),
            descriptions=self._words(node, "description"),
            endpoint_url=self._address(node, "endpoint_url"),
            endpoint_description=self._address(node, "endpoint_description"),
            conforms_to=self._addresses(node, "conforms_to"),
        )

    def _identifier(self, node: Any, titles: Words) -> str:
        for one in self._all(node, "identifier"):
            said = _plain(one) if isinstance(one, Literal) else self._text(one, "notation") or _uri(one)
            if said:
                return said[:500]
        if (uri := _uri(node)) is not None:
            return uri
        made = sha256("\n".join(text for _, text in titles).encode()).hexdigest()[:32]
        self._notes.note(
            "no-identifier", made, "dct:identifier", "made from the titles: nothing else names it"
        )
        return f"urn:kaizha:titles:{made}"

    def _agent(self, node: Any) -> Agent | None:
        if node is None:
            return None
        if isinstance(node, Literal):
            return Agent(tagged([_pair(node)]))
        self._look_up_the_line(node)
        return Agent(
            names=self._words(node, "name"),
            uri=_uri(node),
            identifier=self._text(node, "identifier"),
            kind=self._text(node, "agent_kind"),
            email=_mail(self._text(node, "email")),
            homepage=self._address(node, "homepage"),
        )

    def _look_up_the_line(self, node: Any) -> None:
        """Organisations above it are not part of a record; that they go in a circle is told, and nobody follows it."""
        seen, at = {node}, self._first(node, "under")
        while at is not None and not isinstance(at, Literal):
            if at in seen:
                self._notes.note(
                    "cyclic-organisation",
                    self._of,
                    "org:subOrganizationOf",
                    "an organisation is above itself",
                )
                return
            seen.add(at)
            at = self._first(at, "under")

    def _contact(self, node: Any) -> Contact | None:
        if isinstance(node, Literal):
            return Contact(name=_plain(node))
        name = next((text for _, text in self._words(node, "name")), None)
        email = _mail(self._text(node, "email"))
        found = Contact(name, email, self._address(node, "url"), _uri(node))
        return found if found != Contact() else None

    def _licence(self, node: Any) -> Licence | None:
        if node is None:
            return None
        if isinstance(node, Literal):
            return licence_of(_plain(node))
        words = next((text for _, text in self._words(node, "licence_name")), None)
        uri = _uri(node)
        if uri is None:
            return Licence(None, words) if words else None
        return Licence(uri, words)

    def _concept(self, node: Any) -> Concept:
        if isinstance(node, Literal):
            return Concept(None, tagged([_pair(node)]))
        return Concept(_uri(node), self._words(node, "concept_label"))

    def _keywords(self, node: Any) -> tuple[Keyword, ...]:
        found: dict[Keyword, None] = {}
        for one in self._all(node, "keyword"):
            if isinstance(one, Literal):
                language, text = _pair(one)
                found[Keyword(text, language.lower())] = None
            else:
                found.update(dict.fromkeys(Keyword(t, tag) for tag, t in self._words(one, "concept_label")))
        kept = (one for one in found if one.word)
        return tuple(sorted(kept, key=lambda one: (one.language, one.word)))

    def _place(self, node: Any) -> Place | None:
        if isinstance(node, Literal):
            text = _plain(node)
            box = box_of_wkt(text) if "(" in text or "{" in text else None
            return Place(box=box, geometry=text) if box else Place(names=tagged([_pair(node)]))
        shapes = [*self._all(node, "box"), *self._all(node, "geometry")]
        shape = next((_plain(one) for one in shapes if isinstance(one, Literal)), None)
        found = Place(
            _uri(node), self._words(node, "place_name"), box_of_wkt(shape) if shape else None, shape
        )
        return found if found != Place() else None

    def _period(self, node: Any) -> Period | None:
        if isinstance(node, Literal):
            start, _, end = _plain(node).partition("/")
            found = Period(w3c_date(start), w3c_date(end or start))
        else:
            found = Period(
                self._moment(node, "start", TIME.hasBeginning), self._moment(node, "end", TIME.hasEnd)
            )
        return found if found != Period() else None

    def _moment(self, node: Any, term: str, by_time: Any) -> str | None:
        if (found := self._date(node, term)) is not None:
            return found
        for instant in self._graph.objects(node, by_time):
            for value in self._graph.objects(instant, None):
                if isinstance(value, Literal) and (day := w3c_date(str(value))):
                    return day
        return None

    def _checksum(self, node: Any) -> tuple[str | None, str | None]:
        for one in self._all(node, "checksum"):
            value = self._text(one, "checksum_value")
            algorithm = self._text(one, "algorithm")
            if value and _HEX.fullmatch(value):
                return (algorithm or "").rsplit("_", 1)[-1].rsplit("#", 1)[-1] or "unknown", value.lower()
            self._notes.note("checksum", self._of, "spdx:checksum", "no hexadecimal digest in it")
        return None, None

    def _bytes(self, node: Any) -> int | None:
        said = self._text(node, "bytes")
        if said is None:
            return None
        try:
            size = float(said.removesuffix("B").strip())
        except ValueError:
            size = -1.0
        if 0 <= size < 2**63:
            return int(size)
        self._notes.note("byte-size", self._of, "dcat:byteSize", "not a number of bytes")
        return None

    def _date(self, node: Any, term: str) -> str | None:
        for one in self._all(node, term):
            if not isinstance(one, Literal):
                continue
            if (day := w3c_date(str(one))) is not None:
                return day
            if str(one).strip():
                self._notes.note("date", self._of, term, "not a date of ISO 8601")
        return None

    def _named(self, node: Any, term: str, label: str) -> str | None:
        """An address, or the words of what has none."""
        value = self._first(node, term)
        if value is None or isinstance(value, Literal):
            return _plain(value) or None if value is not None else None
        return _uri(value) or next((text for _, text in self._words(value, label)), None)

    def _words(self, node: Any, term: str) -> Words:
        most = self._limits.max_characters
        for predicate in TERMS[term]:
            pairs = sorted(
                _pair(one) for one in self._graph.objects(node, predicate) if isinstance(one, Literal)
            )
            if found := tagged([(language, text[:most]) for language, text in pairs]):
                if any(len(text) > most for _, text in pairs):
                    self._notes.note("long-text", self._of, term, f"cut after {most:,} characters")
                if len({language.lower() for language, _ in pairs}) < len(pairs):
                    self._notes.note(
                        "more-texts", self._of, term, "several in one language: the first is kept"
                    )
                return found
        return ()

    def _text(self, node: Any, term: str) -> str | None:
        value = self._first(node, term)
        return None if value is None or isinstance(value, BNode) else _plain(value)[:4_000] or None

    def _texts(self, node: Any, term: str) -> tuple[str, ...]:
        found = (_plain(one) for one in self._all(node, term) if not isinstance(one, BNode))
        return tuple(one for one in found if one)

    def _address(self, node: Any, term: str) -> str | None:
        return next(iter(self._addresses(node, term)), None)

    def _addresses(self, node: Any, term: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for one in self._all(node, term):
            if isinstance(one, BNode):
                continue
            said = str(one).strip()
            if is_iri(said):
                found[said] = None
            elif said:
                self._notes.note("address", self._of, term, "not an absolute address")
        return tuple(found)

    def _first(self, node: Any, term: str) -> Any:
        return next(iter(self._all(node, term)), None)

    def _all(self, node: Any, term: str) -> Iterable[Any]:
        """The values of the first property that is there, in an order that does not depend on the parser."""
        for predicate in TERMS[term]:
            values = sorted(self._graph.objects(node, predicate), key=_order)
            if values:
                if len(values) > self._limits.max_values:
                    self._notes.note(
                        "many-values", self._of, term, f"only {self._limits.max_values:,} are kept"
                    )
                return values[: self._limits.max_values]
        return ()


def _kept(several: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(one for one in several if one is not None)


def _order(one: Any) -> tuple[int, str, str]:
    if isinstance(one, Literal):
        return (0, one.language or "", str(one))
    return (2 if isinstance(one, BNode) else 1, "", "" if isinstance(one, BNode) else str(one))


def _pair(one: Literal) -> tuple[str, str]:
    return (one.language or "", _plain(one))


def _plain(one: Any) -> str:
    return str(one).strip()


def _uri(node: Any) -> str | None:
    return str(node) if isinstance(node, URIRef) and is_iri(str(node)) else None


def _mail(text: str | None) -> str | None:
    if text is None:
        return None
    plain = text.removeprefix("mailto:").removeprefix("MAILTO:").strip()
    return plain if "@" in plain else None


def _media_type(text: str | None) -> str | None:
    """A media type as such, from its address at IANA or as said; None for anything else."""
    if text is None:
        return None
    said = text.split("/media-types/", 1)[-1] if "iana.org" in text else text
    said = said.split(";")[0].strip()
    return said.lower() if _MIME.fullmatch(said.lower()) else None
