"""`package_search`: what is asked, checked as CKAN checks it, and answered from the index. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.ckan import solr, terms
from gateway.ckan.errors import invalid, search_error, search_query_error
from gateway.ckan.index import EXACT, TEXTS, Index, Listed
from gateway.ckan.values import boolean, list_of, natural, text

__all__ = ["PARAMETERS", "Found", "Search", "evaluate", "read_search", "search"]

MAX_ROWS = 1_000
MAX_QUERY = 8_192
MAX_FACET_FIELDS = 50
DEFAULT_SORT = "score desc, metadata_modified desc"
PARAMETERS = frozenset(
    {
        "q",
        "fq",
        "fq_list",
        "fl",
        "rows",
        "start",
        "sort",
        "facet",
        "facet.field",
        "facet.limit",
        "facet.mincount",
        "include_private",
        "include_drafts",
        "include_deleted",
        "use_default_schema",
        "extras",
        "qf",
        "wt",
        "df",
        "bf",
        "boost",
        "tie",
        "defType",
        "mm",
        "q.op",
    }
)
_SORTS: Mapping[str, Callable[[Listed], Any]] = {
    "id": lambda one: one.id,
    "metadata_created": lambda one: str(one.shown["metadata_created"]),
    "metadata_modified": lambda one: str(one.shown["metadata_modified"]),
    "name": lambda one: one.name,
    "title": lambda one: terms.folded(str(one.shown["title"])),
    "title_string": lambda one: terms.folded(str(one.shown["title"])),
    "views_recent": lambda one: 0,
    "views_total": lambda one: 0,
}
_WEIGHTS = (("name", 4), ("title", 4), ("tags", 2), ("groups", 2), ("text", 1))
_SORT = re.compile(r"\s*([A-Za-z_.]+)(?:\s+(asc|desc))?\s*", re.IGNORECASE)
_ALIASES = {"title_ngram": "title", "name_ngram": "name", "res_description": "text", "package_id": "id"}


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked; `words` are the plain words of `q`, by which packages are ranked."""

    q: solr.Node
    words: tuple[str, ...]
    filters: tuple[solr.Node, ...]
    rows: int
    start: int
    sort: tuple[tuple[str, bool], ...]
    written_sort: str
    facets: tuple[str, ...] = ()
    facet_limit: int = 50
    facet_least: int = 1
    fields: tuple[str, ...] = ()
    private: bool = False
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """`places` of the page, `count` of all, and for each facet its values with their counts, the most first."""

    page: tuple[Listed, ...]
    count: int
    facets: Mapping[str, Sequence[tuple[str, int]]]


def read_search(given: Mapping[str, Any]) -> Search:
    """The search that a call asks for. Raises CkanError: a parameter CKAN does not know, a query it cannot read."""
    unknown = sorted(name for name in given if name not in PARAMETERS and not name.startswith("ext_"))
    if unknown:
        raise search_query_error(f"unknown search parameter(s): {', '.join(unknown)[:200]}")
    q = text(given, "q").strip() or "*:*"
    filters = [text(given, "fq"), *list_fq(given)]
    facets = list_of(given, "facet.field") if boolean(given, "facet", default=True) else []
    if len(facets) > MAX_FACET_FIELDS:
        raise invalid("facet.field", f"At most {MAX_FACET_FIELDS} fields")
    limit = _whole(given, "facet.limit", 50)
    written = text(given, "sort").strip()
    if written in ("", "rank"):
        written = DEFAULT_SORT
    return Search(
        q=_parsed(q, "q"),
        words=tuple(one for word in q.split() for one in terms.of_query(word)) if ":" not in q else (),
        filters=tuple(_parsed(one, "fq") for one in filters if one.strip()),
        rows=min(natural(given, "rows", 10), MAX_ROWS),
        start=natural(given, "start", 0),
        sort=_sorted_by(written),
        written_sort=written,
        facets=tuple(dict.fromkeys(facets)),
        facet_limit=limit,
        facet_least=max(0, _whole(given, "facet.mincount", 1)),
        fields=tuple(list_of(given, "fl")) if given.get("fl") not in (None, "", "*") else (),
        private=boolean(given, "include_private"),
        drafts=boolean(given, "include_drafts"),
    )


def list_fq(given: Mapping[str, Any]) -> list[str]:
    several = given.get("fq_list")
    if several is None or several == "":
        return []
    if isinstance(several, str):
        return [several]
    if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
        raise invalid("fq_list", "Not a list")
    return several


def _whole(given: Mapping[str, Any], name: str, default: int) -> int:
    value = text(given, name, str(default)).strip() or str(default)
    if not re.fullmatch(r"-?[0-9]{1,9}", value):
        raise invalid(name, "Invalid integer")
    return int(value)


def _parsed(query: str, parameter: str) -> solr.Node:
    if len(query) > MAX_QUERY:
        raise search_error(f"{parameter} is longer than {MAX_QUERY} characters")
    if query.lstrip().startswith("{!"):
        raise search_error(f"Local parameters are not supported in param '{parameter}'")
    try:
        return solr.parse(query)
    except solr.Malformed as error:
        raise search_error(f"{parameter} cannot be read: {error}") from None


def _sorted_by(written: str) -> tuple[tuple[str, bool], ...]:
    found = []
    for part in written.split(","):
        match = _SORT.fullmatch(part)
        if match is None or (match[1] not in _SORTS and match[1] != "score"):
            raise search_query_error('Invalid "sort" parameter')
        found.append((match[1], (match[2] or "asc").lower() == "desc"))
    return tuple(found[:5])


def search(index: Index, asked: Search) -> Found:
    """The page, the number and the facets. Raises CkanError for a field that there is not."""
    matching = evaluate(index, asked.q, asked.words)
    for one in asked.filters:
        matching &= evaluate(index, one)
    page = tuple(_page(index, matching, asked))
    return Found(
        page, matching.bit_count(), {name: _counted(index, matching, name, asked) for name in asked.facets}
    )


def evaluate(index: Index, node: solr.Node, loose: Sequence[str] = ()) -> int:
    """The places that meet a query. `loose` words are those of a plain query: of three to five all but one suffice, of
    more four in five, as CKAN asks of Solr (mm=2<-1 5<80%)."""
    if (
        len(loose) > 2
        and isinstance(node, solr.And)
        and all(isinstance(one, solr.Word) for one in node.terms)
    ):
        return _most(index, node.terms)
    match node:
        case solr.All():
            return index.everything
        case solr.And():
            found = index.everything
            for term in node.terms:
                found &= evaluate(index, term)
            return found
        case solr.Or():
            found = 0
            for term in node.terms:
                found |= evaluate(index, term)
            return found
        case solr.Not():
            return index.everything & ~evaluate(index, node.term)
        case solr.Range():
            return _between(index, node)
        case solr.Word():
            return _having(index, node)


def _most(index: Index, several: Sequence[solr.Node]) -> int:
    least = len(several) - 1 if len(several) <= 5 else len(several) * 4 // 5
    at_least = [index.everything] + [0] * least  # at_least[n]: places that meet n of those seen so far
    for term in several:
        met = evaluate(index, term)
        for n in range(least, 0, -1):
            at_least[n] |= at_least[n - 1] & met
    return at_least[least]


def _having(index: Index, word: solr.Word) -> int:
    name = _ALIASES.get(word.field, word.field)
    if name in ("title", "notes", "text", ""):
        return _words(index, word, name or "text")
    values = _values(index, name)
    if word.prefix:
        return _union(bits for value, bits in values.items() if value.startswith(word.text))
    found = values.get(word.text, 0)
    if not found and name in ("name", "title_string"):
        found = values.get(word.text.lower(), 0)
    return found


def _words(index: Index, word: solr.Word, name: str) -> int:
    found = index.words[name]
    if word.prefix and not word.text:
        return _union(found.values())
    pieces = terms.of_query(word.text)
    if not pieces:
        return 0
    met = index.everything
    *whole, last = pieces
    for piece in whole:
        met &= found.get(piece, 0)
    if not word.prefix:
        met &= found.get(last, 0)
    else:
        begins = terms.folded(word.text)[-len(last) :] if len(last) <= len(word.text) else last
        met &= _union(bits for term, bits in found.items() if term.startswith(begins))
    return _in_a_row(index, met, word.text, name) if len(pieces) > 1 else met


def _in_a_row(index: Index, met: int, wanted: str, name: str) -> int:
    """Of the places that have all pieces, those where they follow each other: pairs alone do not say so."""
    phrase = " ".join(terms.folded(wanted).split())
    kept = 0
    for place in _places(met):
        one = index.places[place]
        if one is not None and phrase in _said(one, name):
            kept |= 1 << place
    return kept


def _said(one: Listed, name: str) -> str:
    """What a package says, folded, as one text."""
    shown = one.shown
    parts = [shown["title"], shown["notes"]] if name == "text" else [shown[name]]
    if name == "text":
        parts += [shown["name"], shown["author"], shown["maintainer"], shown["url"]]
        parts += [shown["organization"]["title"], shown["organization"]["name"]]
        parts += [value for group in shown["groups"] for value in (group["title"], group["name"])]
        parts += [tag["name"] for tag in shown["tags"]]
        parts += [extra["value"] for extra in shown["extras"]]
        parts += [value for one in shown["resources"] for value in (one.get("name"), one.get("description"))]
    return " ".join(terms.folded("\n".join(str(part) for part in parts if part)).split())


def _values(index: Index, name: str) -> Mapping[str, int]:
    if name in index.values:
        return index.values[name]
    if name in EXACT or name in TEXTS or name.startswith(("extras_", "vocab_", "res_", "ext_")):
        return {}
    raise search_query_error(f"undefined field {name[:60]}")


def _between(index: Index, asked: solr.Range) -> int:
    values = _values(index, _ALIASES.get(asked.field, asked.field))
    low, high = (_moment(bound) for bound in (asked.low, asked.high))

    def inside(value: str) -> bool:
        if low is not None and (value < low or (value == low and not asked.with_low)):
            return False
        return high is None or value < high or (value == high and asked.with_high)

    return _union(bits for value, bits in values.items() if inside(value))


def _moment(bound: str | None) -> str | None:
    """Times are kept without a zone, to the microsecond: a Z at the end of a bound says nothing more."""
    if bound is not None and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z", bound):
        return bound.removesuffix("Z")
    return bound


def _union(several: Iterable[int]) -> int:
    found = 0
    for bits in several:
        found |= bits
    return found


def _places(bits: int) -> Iterator[int]:
    """The places of a set, ascending."""
    mask = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for at, byte in enumerate(mask):
        while byte:
            low = byte & -byte
            yield at * 8 + low.bit_length() - 1
            byte ^= low


def _page(index: Index, matching: int, asked: Search) -> Iterator[Listed]:
    wanted_from, wanted_to = asked.start, asked.start + asked.rows
    before = 0
    for part in _ranked(index, matching, asked):
        size = part.bit_count()
        if before + size > wanted_from and before < wanted_to:
            for number, place in enumerate(_in_order(index, part, asked.sort), before):
                if number >= wanted_to:
                    return
                if number >= wanted_from and (one := index.places[place]) is not None:
                    yield one
        before += size


def _ranked(index: Index, matching: int, asked: Search) -> Iterator[int]:
    """The matching places parted by how well they match, the best first; all at once where nothing ranks them."""
    if not asked.words or asked.sort[0][0] != "score":
        yield matching
        return
    parts = {0: matching}
    for word in asked.words:
        for name, weight in _WEIGHTS:
            has = index.words[name].get(word, 0)
            split: dict[int, int] = {}
            for score, places in parts.items():
                for new, those in ((score + weight, places & has), (score, places & ~has)):
                    if those:
                        split[new] = split.get(new, 0) | those
            parts = split
    for score in sorted(parts, reverse=asked.sort[0][1]):
        yield parts[score]


def _in_order(index: Index, part: int, sort: Sequence[tuple[str, bool]]) -> Iterator[int]:
    keys = [(name, down) for name, down in sort if name != "score"] or [("metadata_modified", True)]
    mask = part.to_bytes((part.bit_length() + 7) // 8, "little")
    bits = len(mask) * 8
    name, down = keys[0]
    if len(keys) == 1:
        order = index.order(name, _SORTS[name])
        places = reversed(order) if down else iter(order)
    else:
        places = iter(_by_several(index, part, keys))
    for place in places:
        if place < bits and mask[place >> 3] >> (place & 7) & 1:
            yield place


def _by_several(index: Index, part: int, keys: Sequence[tuple[str, bool]]) -> list[int]:
    places = list(_places(part))
    for name, down in reversed(keys):
        rank = {place: number for number, place in enumerate(index.order(name, _SORTS[name]))}
        value = _SORTS[name]

        def key(place: int, value: Callable[[Listed], Any] = value) -> Any:
            one = index.places[place]
            assert one is not None
            return value(one)

        if name == keys[-1][0]:
            places.sort(key=rank.__getitem__, reverse=down)
        else:
            places.sort(key=key, reverse=down)
    return places


def _counted(index: Index, matching: int, name: str, asked: Search) -> list[tuple[str, int]]:
    values = _values(index, name)
    counted = [(value, number) for value, bits in values.items() if (number := (bits & matching).bit_count())]
    if not asked.facet_least:
        counted += [(value, 0) for value, bits in values.items() if not bits & matching]
    counted = [one for one in counted if one[1] >= asked.facet_least]
    counted.sort(key=lambda one: (-one[1], one[0]))
    return counted if asked.facet_limit < 0 else counted[: asked.facet_limit]
