"""schema.org datasets as records: JSON-LD by itself, or in the pages that search engines read."""

from __future__ import annotations

from html.parser import HTMLParser

from catalog.errors import BadInput
from catalog.interchange.dcat import parse_dcat
from catalog.interchange.limits import Limits
from catalog.interchange.reading import decoded, no_datasets
from catalog.record import CatalogueRecord, Parsed, Problem

__all__ = ["parse_schema_org", "parse_schema_org_page"]

MOST_SCRIPTS = 50


def parse_schema_org(body: bytes, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets of a JSON-LD document in schema.org's vocabulary. Raises as `parse_dcat`."""
    return parse_dcat(body, "json-ld", base, limits)


def parse_schema_org_page(body: bytes, base: str = "", limits: Limits = Limits()) -> Parsed:  # noqa: B008
    """The datasets in the JSON-LD of a page. A script that cannot be read is a problem, the others are read. Raises
    BadInput: no readable one with a dataset; TooLarge."""
    page = _Scripts()
    page.feed(decoded(body, limits))
    records: list[CatalogueRecord] = []
    problems: list[Problem] = []
    for number, script in enumerate(page.found[:MOST_SCRIPTS]):
        try:
            found = parse_schema_org(script.encode(), base, limits)
        except BadInput as error:
            problems.append(Problem(error.code, "", f"script[{number}]", error.message.en))
            continue
        records += found.records
        problems += found.problems
    if not records:
        raise no_datasets("schema.org")
    return Parsed(tuple(records), tuple(problems[: limits.max_problems]))


class _Scripts(HTMLParser):
    """Collects the texts of scripts of JSON-LD."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and ("type", "application/ld+json") in attrs
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data
