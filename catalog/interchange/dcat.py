"""DCAT in: a catalogue as Turtle, JSON-LD or RDF/XML, read into records in bounded memory and without asking any address."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, Literal

from rdflib import Graph, URIRef
from rdflib.plugins.stores.memory import Memory

from catalog.errors import BadInput
from catalog.interchange.dcat_read import records_of_graph
from catalog.interchange.jsonld_context import with_known_contexts
from catalog.interchange.limits import Limits
from catalog.interchange.reading import check_xml, decoded, json_of, malformed, over
from catalog.record import Parsed

__all__ = ["Syntax", "graph_of", "parse_dcat"]

Syntax = Literal["turtle", "json-ld", "xml"]
_NAMES: dict[str, str] = {"turtle": "Turtle", "json-ld": "JSON-LD", "xml": "RDF/XML"}
_LINE = re.compile(r"at line (\d+)")


class _Quiet(logging.Filter):
    """rdflib prints whole literals of a document when it dislikes them; what a document holds is not for logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return False


for _name in ("rdflib.term", "rdflib.plugins.parsers.jsonld", "rdflib.plugins.shared.jsonld.context"):
    logging.getLogger(_name).addFilter(_Quiet())


class _Bounded(Memory):
    """A store that takes so many triples and no more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most
        self._most = most

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        self._left -= 1
        if self._left < 0:
            raise over("triples", "个三元组", self._most)
        super().add(triple, context, quoted)


def parse_dcat(body: bytes, syntax: Syntax, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets of a document. `base` is the address it came from. Raises BadInput: malformed, a DOCTYPE, an unknown
    context, another encoding; TooLarge."""
    return records_of_graph(graph_of(body, syntax, base, limits), limits)


def graph_of(body: bytes, syntax: Syntax, base: str = "", limits: Limits = Limits()) -> Graph:  # noqa: B008
    """The triples of a document. Raises as above."""
    given: bytes | str
    if syntax == "xml":
        check_xml(body, limits, _NAMES[syntax])
        given = body
    elif syntax == "json-ld":
        given = json.dumps(with_known_contexts(json_of(body, limits, "JSON-LD")))
    else:
        given = decoded(body, limits)
    graph = Graph(store=_Bounded(limits.max_triples))
    # Without an address of its own a document's relative ones must not become those of this machine's files.
    place = base or "https://catalogue.invalid/"
    try:
        graph.parse(data=given, format=syntax, publicID=URIRef(place))
    except (BadInput, MemoryError):  # what is too much for the machine is not malformed
        raise
    except RecursionError:
        raise malformed(_NAMES[syntax]) from None
    except Exception as error:  # its parsers raise whatever comes: the document is at fault, and it is named
        found = _LINE.search(str(error))
        raise malformed(_NAMES[syntax], int(found[1]) if found else None) from None
    return graph
