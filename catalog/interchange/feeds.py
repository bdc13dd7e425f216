"""What changed and what there is, for machines that follow: an Atom feed (RFC 4287) and a sitemap (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

__all__ = ["MOST_ADDRESSES", "Change", "render_atom", "render_sitemap"]

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_ADDRESSES = 50_000
"""Addresses of one sitemap, by its protocol."""


@dataclass(frozen=True, slots=True)
class Change:
    """One release: `id` never changes and names nothing else; dates are times of RFC 3339 in UTC."""

    id: str
    title: str
    page: str
    summary: str
    author: str
    theme: str
    published: str
    updated: str


def render_atom(
    title: str, base: str, updated: str, changes: Iterable[Change], following: str | None = None
) -> bytes:
    """The feed, newest first as given; `following` is the address of older entries."""
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "zh"})
    _text(feed, "id", f"{base}/feed.atom")
    _text(feed, "title", title)
    _text(feed, "updated", updated)
    _link(feed, "self", f"{base}/feed.atom", "application/atom+xml")
    _link(feed, "alternate", f"{base}/", "text/html")
    if following:
        _link(feed, "next", following, "application/atom+xml")
    for one in changes:
        entry = Xml.SubElement(feed, "entry")
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "published", one.published)
        _text(entry, "updated", one.updated)
        _text(entry, "summary", one.summary)
        _text(Xml.SubElement(entry, "author"), "name", one.author)
        Xml.SubElement(entry, "category", {"term": one.theme})
        _link(entry, "alternate", one.page, "text/html")
    return _written(feed)


def render_sitemap(addresses: Iterable[tuple[str, str | None]]) -> bytes:
    """Pages with the time of their last change; at most `MOST_ADDRESSES` are given."""
    root = Xml.Element("urlset", {"xmlns": SITEMAP})
    for address, changed in addresses:
        one = Xml.SubElement(root, "url")
        _text(one, "loc", address)
        if changed:
            _text(one, "lastmod", changed)
    return _written(root)


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = "".join(one for one in text if one >= " " or one in "\t\n")


def _link(parent: Xml.Element, relation: str, address: str, media_type: str) -> None:
    Xml.SubElement(parent, "link", {"rel": relation, "href": address, "type": media_type})


def _written(root: Xml.Element) -> bytes:
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))
