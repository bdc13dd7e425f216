"""Where the text of a licence stands on the web. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["LICENCES", "licence_address", "web_address"]

LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODC-BY-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
}


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
