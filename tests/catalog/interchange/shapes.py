"""DCAT-AP's own shapes, and the pyshacl that holds a graph to them without any import."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyshacl
from rdflib import Graph, URIRef

SH = "http://www.w3.org/ns/shacl#"


@cache
def _shapes(folder: Path) -> Graph:
    """Shapes and ranges. ranges.ttl names five property shapes that stand in neither file: pyshacl stops at those."""
    graph = Graph()
    for name in ("dcat-ap-SHACL.ttl", "ranges.ttl"):
        graph.parse(folder / name, format="turtle")
    named = list(graph.triples((None, URIRef(f"{SH}property"), None)))
    dangling = [one for one in named if (one[2], URIRef(f"{SH}path"), None) not in graph]
    assert len(dangling) == 5
    for one in dangling:
        graph.remove(one)
    return graph


def violations(graph: Graph, samples: Path) -> str:
    """The report's words; "" where there is no violation."""
    shapes = _shapes(samples / "shapes" / "dcat-ap-3.0.1")
    conforms, _, words = pyshacl.validate(
        graph, shacl_graph=shapes, do_owl_imports=False, inference="none", meta_shacl=False
    )
    return "" if conforms else str(words)
