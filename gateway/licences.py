"""Where the text of a licence stands on the web. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from catalog.interchange.vocabulary import LICENCES

__all__ = ["licence_address", "web_address"]


def licence_address(licence: str) -> str | None:
    """Of a licence that we know, or of one that is itself an address."""
    return LICENCES.get(licence) or web_address(licence)


def web_address(text: str) -> str | None:
    """The text where it is an address a reader may follow: http or https with a host, nothing else."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    plain = text.isprintable() and " " not in text
    return text if plain and parts.scheme in ("http", "https") and host else None
