"""DCAT out: a page of a catalogue as DCAT-AP 3.0.1 in Turtle, JSON-LD or RDF/XML, the same bytes for the same records.

Every node that the shapes look at is described where it stands, so that a validator needs no import.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from catalog.interchange.conform import conforming
from catalog.interchange.dcat import Syntax
from catalog.interchange.dcat_terms import ADMS, DCAT, DCATAP, HYDRA, LOCN, SPDX, VCARD
from catalog.interchange.vocabulary import FILE_TYPE, LANGUAGE, format_words, iana
from catalog.record import (
    Agent,
    CatalogueRecord,
    Concept,
    Contact,
    DataService,
    Keyword,
    Licence,
    Period,
    Place,
    Problem,
    RecordDistribution,
    Words,
    is_iri,
    said,
)

__all__ = ["Catalogue", "Paging", "catalogue_graph", "dataset_graph", "render_graph"]

WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_DATES = ((10, "date"), (7, "gYearMonth"), (4, "gYear"))
_PREFIXES: tuple[tuple[str, Namespace | str], ...] = (
    ("adms", ADMS),
    ("dcat", DCAT),
    ("dcatap", DCATAP),
    ("dct", str(DCTERMS)),
    ("foaf", str(FOAF)),
    ("hydra", HYDRA),
    ("locn", LOCN),
    ("owl", str(OWL)),
    ("rdfs", str(RDFS)),
    ("skos", str(SKOS)),
    ("spdx", SPDX),
    ("vcard", VCARD),
    ("xsd", str(XSD)),
)


@dataclass(frozen=True, slots=True)
class Paging:
    """Addresses of pages of a catalogue and how many datasets it has in all."""

    this: str
    first: str
    total: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue that datasets are told to be in. `base` is the portal's address without a final slash."""

    base: str
    titles: Words
    descriptions: Words
    publisher: Agent
    languages: tuple[str, ...] = ("zh", "en")
    modified: str | None = None

    @property
    def uri(self) -> str:
        return f"{self.base}/#catalogue"


def catalogue_graph(
    records: Sequence[CatalogueRecord], catalogue: Catalogue, paging: Paging | None = None
) -> tuple[Graph, tuple[Problem, ...]]:
    """A page of the catalogue as triples, and what was filled or dropped so that it conforms."""
    writer = _Writer(catalogue.base)
    node = writer.catalogue(catalogue, paging)
    problems: list[Problem] = []
    whole = [conforming(one, catalogue.base) for one in records]
    series = {one.uri or "" for one, _ in whole if one.is_series}
    for record, told in whole:
        problems += told
        problems += writer.dataset(record, node, series)
    return writer.graph, tuple(problems)


def dataset_graph(record: CatalogueRecord, base: str) -> tuple[Graph, tuple[Problem, ...]]:
    """One dataset by itself."""
    writer = _Writer(base)
    whole, problems = conforming(record, base)
    return writer.graph, (
        *problems,
        *writer.dataset(whole, None, {whole.uri or ""} if whole.is_series else set()),
    )


def render_graph(graph: Graph, syntax: Syntax) -> bytes:
    """The triples in one syntax, UTF-8."""
    if syntax == "json-ld":
        context = {name: str(space) for name, space in _PREFIXES}
        return graph.serialize(format="json-ld", context=context, encoding="utf-8", indent=1, sort_keys=True)
    return graph.serialize(format=syntax, encoding="utf-8")


class _Writer:
    """Adds triples. An address is described once: what is said of it a second time might contradict the first."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.graph = Graph(bind_namespaces="none")
        for prefix, space in _PREFIXES:
            self.graph.bind(prefix, space, override=True)
        self._blank = 0
        self._described: set[tuple[str, str]] = set()

    def catalogue(self, one: Catalogue, paging: Paging | None) -> Node:
        node = URIRef(one.uri)
        self._is(node, DCAT.Catalog)
        self._words(node, DCTERMS.title, one.titles)
        self._words(node, DCTERMS.description, one.descriptions)
        self._add(node, DCTERMS.publisher, self._agent(one.publisher))
        self._add(node, FOAF.homepage, self._typed(f"{one.base}/", FOAF.Document))
        self._date(node, DCTERMS.modified, one.modified)
        for tag in one.languages:
            self._add(node, DCTERMS.language, self._typed(LANGUAGE[tag], DCTERMS.LinguisticSystem))
        if paging is not None:
            view = URIRef(paging.this)
            self._is(view, HYDRA.PartialCollectionView)
            self._add(node, HYDRA.view, view)
            self._add(node, HYDRA.totalItems, Literal(paging.total))
            for name, address in (("first", paging.first), ("next", paging.next)):
                if address:
                    self._add(view, HYDRA[name], URIRef(address))
        return node

    def dataset(self, one: CatalogueRecord, catalogue: Node | None, series: set[str]) -> list[Problem]:
        """`one` conforms. `series` are the ones that are described in this graph."""
        problems = []
        uri = one.uri or ""
        if ("dataset", uri) in self._described:
            problems.append(
                Problem("duplicate-uri", one.identifier, "dcat:Dataset", "another dataset has its address")
            )
            node: Node = self._new()
        else:
            self._described.add(("dataset", uri))
            node = URIRef(uri)
        self._is(node, DCAT.Dataset)
        if one.is_series:
            self._is(node, DCAT.DatasetSeries)
        if catalogue is not None:
            self._add(catalogue, DCAT.dataset, node)
        self._add(node, DCTERMS.identifier, Literal(one.identifier))
        self._words(node, DCTERMS.title, one.titles)
        self._words(node, DCTERMS.description, one.descriptions)
        if one.publisher:
            self._add(node, DCTERMS.publisher, self._agent(one.publisher))
        for creator in one.creators:
            self._add(node, DCTERMS.creator, self._agent(creator))
        for contact in one.contacts:
            self._add(node, DCAT.contactPoint, self._contact(contact))
        self._labelled(node, DCTERMS.accessRights, one.access_rights, DCTERMS.RightsStatement)
        self._labelled(node, DCTERMS.rights, one.rights, DCTERMS.RightsStatement)
        self._labelled(node, DCTERMS.accrualPeriodicity, one.frequency, DCTERMS.Frequency)
        if one.licence:
            self._add(node, DCTERMS.license, self._licence(one.licence))
        self._about(node, one)
        for address in one.series:
            if address in series:
                self._add(node, DCAT.inSeries, URIRef(address))
            else:
                problems.append(
                    Problem(
                        "series", one.identifier, "dcat:inSeries", "dropped: the series is not in this page"
                    )
                )
        for distribution in one.distributions:
            self._add(node, DCAT.distribution, self._distribution(distribution))
        for service in one.services:
            inner = self._service(service)
            self._add(inner, DCAT.servesDataset, node)
            if catalogue is not None:
                self._add(catalogue, DCAT.service, inner)
        return problems

    def _about(self, node: Node, one: CatalogueRecord) -> None:
        for theme in one.themes:
            self._add(node, DCAT.theme, self._concept(theme))
        for keyword in one.keywords:
            self._add(node, DCAT.keyword, _literal(keyword))
        for place in one.spatial:
            self._add(node, DCTERMS.spatial, self._place(place))
        for period in one.temporal:
            self._add(node, DCTERMS.temporal, self._period(period))
        self._date(node, DCTERMS.issued, one.issued)
        self._date(node, DCTERMS.modified, one.modified)
        for language in one.languages:
            self._add(node, DCTERMS.language, self._typed(language, DCTERMS.LinguisticSystem))
        if one.landing_page:
            self._add(node, DCAT.landingPage, self._typed(one.landing_page, FOAF.Document))
        for page in one.documentation:
            self._add(node, FOAF.page, self._typed(page, FOAF.Document))
        for standard in one.conforms_to:
            self._add(node, DCTERMS.conformsTo, self._typed(standard, DCTERMS.Standard))
        if one.version:
            self._add(node, DCAT.version, Literal(one.version))
        if one.provenance:
            self._add(node, DCTERMS.isReferencedBy, self._typed(one.provenance.source_url, RDFS.Resource))

    def _distribution(self, one: RecordDistribution) -> Node:
        named = one.identifier if one.identifier and is_iri(one.identifier) else None
        fresh = named is not None and ("distribution", named) not in self._described
        node: Node = URIRef(named) if named and fresh else self._new()
        if named and fresh:
            self._described.add(("distribution", named))
        self._is(node, DCAT.Distribution)
        if one.identifier and not (named and fresh):
            self._add(node, DCTERMS.identifier, Literal(one.identifier))
        self._words(node, DCTERMS.title, one.titles)
        self._words(node, DCTERMS.description, one.descriptions)
        for predicate, address in ((DCAT.accessURL, one.access_url), (DCAT.downloadURL, one.download_url)):
            if address:
                self._add(node, predicate, self._typed(address, RDFS.Resource))
        self._format(node, one)
        if one.bytes_ is not None:
            self._add(node, DCAT.byteSize, Literal(str(one.bytes_), datatype=XSD.nonNegativeInteger))
        self._checksum(node, one)
        self._date(node, DCTERMS.issued, one.issued)
        self._date(node, DCTERMS.modified, one.modified)
        if one.licence:
            self._add(node, DCTERMS.license, self._licence(one.licence))
        self._labelled(node, DCTERMS.rights, one.rights, DCTERMS.RightsStatement)
        for standard in one.conforms_to:
            self._add(node, DCTERMS.conformsTo, self._typed(standard, DCTERMS.Standard))
        for language in one.languages:
            self._add(node, DCTERMS.language, self._typed(language, DCTERMS.LinguisticSystem))
        if one.availability:
            self._add(node, DCATAP.availability, self._concept(_concept(one.availability)))
        for service in one.services:
            self._add(node, DCAT.accessService, self._service(service))
        return node

    def _format(self, node: Node, one: RecordDistribution) -> None:
        """The file type by its address where the vocabulary has it, else the words as they were said."""
        known = FILE_TYPE.get(format_words(one.format, one.media_type) or "")
        said_ = known or one.format
        self._labelled(node, DCTERMS["format"], said_, DCTERMS.MediaTypeOrExtent)
        if one.media_type:
            media = self._typed(iana(one.media_type), DCTERMS.MediaType)
            self._add(node, DCAT.mediaType, media)

    def _checksum(self, node: Node, one: RecordDistribution) -> None:
        algorithm, digest = ("sha256", one.sha256) if one.sha256 else one.checksum or ("", None)
        if digest is None or len(digest) % 2:
            return
        inner = self._new()
        by = algorithm if is_iri(algorithm) else f"{SPDX}checksumAlgorithm_{_plain(algorithm)}"
        self._is(inner, SPDX.Checksum)
        self._add(inner, SPDX.algorithm, self._typed(by, SPDX.ChecksumAlgorithm))
        self._add(inner, SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary))
        self._add(node, SPDX.checksum, inner)

    def _service(self, one: DataService) -> Node:
        node, fresh = self._once("service", one.uri)
        if fresh:
            self._is(node, DCAT.DataService)
            self._words(node, DCTERMS.title, one.titles)
            self._words(node, DCTERMS.description, one.descriptions)
            for predicate, address in (
                (DCAT.endpointURL, one.endpoint_url),
                (DCAT.endpointDescription, one.endpoint_description),
            ):
                if address:
                    self._add(node, predicate, self._typed(address, RDFS.Resource))
            for standard in one.conforms_to:
                self._add(node, DCTERMS.conformsTo, self._typed(standard, DCTERMS.Standard))
        return node

    def _agent(self, one: Agent) -> Node:
        node, fresh = self._once("agent", one.uri)
        if fresh:
            self._is(node, FOAF.Agent)
            self._words(node, FOAF.name, one.names)
            if one.identifier and one.identifier != one.uri:
                self._add(node, DCTERMS.identifier, Literal(one.identifier))
            if one.kind:
                self._add(node, DCTERMS.type, self._concept(_concept(one.kind)))
            if one.email and is_iri(f"mailto:{one.email}"):
                self._add(node, FOAF.mbox, URIRef(f"mailto:{one.email}"))
            if one.homepage:
                self._add(node, FOAF.homepage, self._typed(one.homepage, FOAF.Document))
        return node

    def _contact(self, one: Contact) -> Node:
        node, fresh = self._once("contact", one.uri)
        if fresh:
            self._is(node, VCARD.Kind)
            if one.name:
                self._add(node, VCARD.fn, Literal(one.name))
            if one.email:
                self._add(node, VCARD.hasEmail, URIRef(f"mailto:{one.email}"))
            if one.url:
                self._add(node, VCARD.hasURL, URIRef(one.url))
        return node

    def _licence(self, one: Licence) -> Node:
        node, fresh = self._once("licence", one.uri if one.uri and is_iri(one.uri) else None)
        if fresh:
            self._is(node, DCTERMS.LicenseDocument)
            if one.words or (one.uri and not is_iri(one.uri)):
                self._add(node, RDFS.label, Literal(one.words or one.uri))
        return node

    def _concept(self, one: Concept) -> Node:
        node, fresh = self._once("concept", one.uri if one.uri and is_iri(one.uri) else None)
        if fresh:
            self._is(node, SKOS.Concept)
            label = one.labels or said(
                (one.uri or "").rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1] or "?"
            )
            self._words(node, SKOS.prefLabel, label)
        return node

    def _place(self, one: Place) -> Node:
        node, fresh = self._once("place", one.uri if one.uri and is_iri(one.uri) else None)
        if fresh:
            self._is(node, DCTERMS.Location)
            self._words(node, LOCN.geographicName, one.names)
            if one.box:
                west, south, east, north = one.box
                corners = ((west, north), (east, north), (east, south), (west, south), (west, north))
                ring = ",".join(f"{x:.7g} {y:.7g}" for x, y in corners)
                self._add(node, DCAT.bbox, Literal(f"POLYGON(({ring}))", datatype=WKT))
        return node

    def _period(self, one: Period) -> Node:
        node = self._new()
        self._is(node, DCTERMS.PeriodOfTime)
        self._date(node, DCAT.startDate, one.start)
        self._date(node, DCAT.endDate, one.end)
        return node

    def _labelled(self, node: Node, predicate: URIRef, text: str | None, kind: URIRef) -> None:
        """An address typed as what it is, or a blank node that carries the words."""
        if not text:
            return
        if is_iri(text):
            self._add(node, predicate, self._typed(text, kind))
            return
        inner = self._new()
        self._is(inner, kind)
        self._add(inner, RDFS.label, Literal(text))
        self._add(node, predicate, inner)

    def _once(self, kind: str, uri: str | None) -> tuple[Node, bool]:
        if not uri or not is_iri(uri):
            return self._new(), True
        fresh = (kind, uri) not in self._described
        self._described.add((kind, uri))
        return URIRef(uri), fresh

    def _typed(self, address: str, kind: URIRef) -> Node:
        node = URIRef(address)
        self._is(node, kind)
        return node

    def _new(self) -> Node:
        self._blank += 1
        return BNode(f"n{self._blank}")

    def _is(self, node: Node, kind: URIRef) -> None:
        self.graph.add((node, RDF.type, kind))

    def _add(self, node: Node, predicate: URIRef, value: Node) -> None:
        self.graph.add((node, predicate, value))

    def _words(self, node: Node, predicate: URIRef, words: Iterable[tuple[str, str]]) -> None:
        for language, text in words:
            self.graph.add((node, predicate, Literal(_clean(text), lang=language or None)))

    def _date(self, node: Node, predicate: URIRef, text: str | None) -> None:
        if text:
            kind = next((name for length, name in _DATES if len(text) == length), "dateTime")
            self.graph.add((node, predicate, Literal(text, datatype=XSD[kind], normalize=False)))


def _literal(keyword: Keyword) -> Literal:
    return Literal(_clean(keyword.word), lang=keyword.language or None)


def _concept(text: str) -> Concept:
    return Concept(text) if is_iri(text) else Concept(None, said(text))


def _plain(text: str) -> str:
    return "".join(one for one in text.lower() if one.isascii() and one.isalnum()) or "unknown"


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 has no place for."""
    return _NOT_XML.sub("", text)
