"""CSW 2.0.2 (OGC 07-006r1): the address of the first page of a catalogue's records, and what a page says of the next.

Only GetRecords as a GET of key-value pairs, answered in ISO 19139: what every server of the kind does.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree as Xml

from catalog.errors import BadInput
from catalog.text import Text

__all__ = ["PAGE", "csw_page", "first_page"]

PAGE = 100
_CSW = "http://www.opengis.net/cat/csw/2.0.2"
_GMD = "http://www.isotc211.org/2005/gmd"
_OWS = "http://www.opengis.net/ows"
_ASKED = {
    "service": "CSW",
    "version": "2.0.2",
    "request": "GetRecords",
    "typeNames": "gmd:MD_Metadata",
    "namespace": f"xmlns(gmd={_GMD})",
    "outputSchema": _GMD,
    "resultType": "results",
    "elementSetName": "full",
    "maxRecords": str(PAGE),
    "startPosition": "1",
}


def first_page(url: str) -> str:
    """The first page of an endpoint; parameters that the address has itself are kept, others are added."""
    return _with(url, {}, _ASKED)


def csw_page(root: Xml.Element, base: str) -> tuple[tuple[str, ...], int | None, int]:
    """Of the answer from `base`: the address of the next page (at most one), how many records match, how many are here.
    Of a document that is no answer of GetRecords: none, None, 0. Raises BadInput for an answer that is an exception."""
    if root.tag.startswith(f"{{{_OWS}") and root.tag.endswith("}ExceptionReport"):
        raise BadInput(
            Text("对方的 CSW 回答了一个异常", "The CSW answers with an exception"),
            Text("请核对地址，须支持 CSW 2.0.2 GetRecords", "Check the address; it has to speak CSW 2.0.2"),
        )
    results = root.find(f"{{{_CSW}}}SearchResults")
    if root.tag != f"{{{_CSW}}}GetRecordsResponse" or results is None:
        return (), None, 0
    here = len(results)
    total, following = _number(results, "numberOfRecordsMatched"), _number(results, "nextRecord")
    if not here or not following or not base or (total is not None and following > total):
        return (), total, here
    return (_with(base, {"startPosition": str(following)}, {}),), total, here


def _number(results: Xml.Element, name: str) -> int | None:
    text = results.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None


def _with(url: str, replaced: dict[str, str], added: dict[str, str]) -> str:
    """The address with these parameters; their names are the same in any case (OGC 06-121r3, 11.5.2)."""
    parts = urlsplit(url)
    new = {name.lower() for name in replaced}
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in new
    ]
    known = {name.lower() for name, _ in kept}
    more = [(name, value) for name, value in added.items() if name.lower() not in known]
    return parts._replace(query=urlencode([*kept, *replaced.items(), *more])).geturl()
