"""Words of a harvest: where from, what one page brought, what became of a run; values without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.errors import BadInput, KaizhaError, NotFound, TooLarge, TooMany, Unavailable
from catalog.record import CatalogueRecord
from catalog.text import Text
from gateway.exchange.fetch import Validators

__all__ = [
    "COUNTED",
    "DELETED",
    "KEPT",
    "REFUSED",
    "Found",
    "Item",
    "Kind",
    "RepeatedPage",
    "Run",
    "RunState",
    "Source",
    "Trouble",
    "repeated",
    "short",
    "trouble_of",
]

KEPT, REFUSED, DELETED = "kept", "refused", "deleted"
COUNTED = ("new", "changed", "unchanged", "deleted", "refused", "files", "released", "held")


class Kind(StrEnum):
    """What a source speaks; `auto` finds out what a document is."""

    AUTO = "auto"
    CKAN = "ckan"
    DCAT = "dcat"
    DATA_JSON = "data-json"
    CROISSANT = "croissant"
    DATA_PACKAGE = "data-package"
    OGC = "ogc"
    CSW = "csw"


class RunState(StrEnum):
    """`partial`: something was not listed, so that nothing is known to be gone."""

    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue elsewhere. `publisher`: files of its datasets are submitted for this one (None = as they say);
    `since` is how far its changes have been followed, in its own words."""

    id: int
    url: str
    kind: Kind
    with_data: bool
    publisher: str | None
    since: str
    added_by: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What did not go well: `kind` a stable slug, `about` the identifier or page it concerns ("" = the whole source)."""

    kind: str
    about: str
    message: Text
    remedy: Text

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "about": self.about,
            "message": self.message.to_json(),
            "remedy": self.remedy.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Item:
    """One dataset of a listing under the name it has there: as it reads, or what is wrong with it."""

    identifier: str
    record: CatalogueRecord | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a listing. `cursor` goes on after it; `unchanged` = the server says that the page `key` is as it was;
    `present` are identifiers that are there without being told of anew; `total` how many there are in all, where said;
    `whole` False = something on it could not be read, so that what is missing may still be there."""

    key: str
    cursor: Mapping[str, Any]
    items: tuple[Item, ...] = ()
    present: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    total: int | None = None
    unchanged: bool = False
    whole: bool = True
    validators: Validators = field(default_factory=Validators)
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One harvest of a source, as far as it has come."""

    id: int
    source: int
    state: RunState
    cursor: Mapping[str, Any]
    counts: Mapping[str, int]
    problems: tuple[Mapping[str, Any], ...]
    expected: int | None
    by: str
    started_at: datetime
    finished_at: datetime | None


def trouble_of(error: KaizhaError, about: str) -> Trouble:
    """An error as a line of the report, under a name that says what kind it is."""
    match error:
        case TooLarge():
            kind = "too-large"
        case TooMany():
            kind = "busy"
        case Unavailable():
            kind = "no-answer"
        case NotFound():
            kind = "not-found"
        case BadInput() if error.code != BadInput.code:
            kind = error.code
        case BadInput() if error.where.parameter == "url":
            kind = "address-refused"
        case BadInput():
            kind = "malformed"
        case _:
            kind = error.code
    return Trouble(kind, about[:300], error.message, error.remedy)


class RepeatedPage(BadInput):
    code = "repeated-page"


def repeated() -> RepeatedPage:
    """The end of a listing that goes round in a circle."""
    return RepeatedPage(
        Text("目录的页面循环重复", "The pages of the catalogue go round in a circle"),
        Text(
            "请源站点修正分页；已读到的部分已保留", "Its portal has to mend its paging; what was read is kept"
        ),
    )


def short(seen: int, expected: int) -> Trouble:
    """A listing with less in it than it says there is."""
    return Trouble(
        "incomplete-listing",
        "",
        Text(
            f"目录声明 {expected} 项，只列出 {seen} 项，未标记删除",
            f"It says it has {expected} and lists {seen}: nothing is marked as gone",
        ),
        Text("下次采集会再核对", "The next harvest looks again"),
    )
