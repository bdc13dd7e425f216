"""What publishers hold (归集), whether anything of it is opened or not: the denominator that counts are set against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from catalog.counts import HeldBy, Holdings
from catalog.dataset import check_dataset_id
from catalog.errors import BadInput, Where
from catalog.form import Flaws, FormColumn, FormRow, read_form
from catalog.release import State
from catalog.text import Text

__all__ = [
    "COLUMNS",
    "Holding",
    "HoldingState",
    "Retired",
    "Stands",
    "read_holdings",
    "tally",
    "where_it_stands",
]

SEPARATOR = "|"
MAX_NAME = 200
COLUMNS = (
    FormColumn("name", Text("名称", "name"), required=True),
    FormColumn("publisher", Text("提供单位", "publisher")),
    FormColumn("title", Text("标题", "title")),
    FormColumn("description", Text("摘要", "description")),
    FormColumn("fields", Text("数据项", "fields")),
    FormColumn("dataset", Text("数据集标识", "dataset")),
)


class HoldingState(StrEnum):
    """Where a holding stands. HELD = registered, and nothing of it is open, refused or under way."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    PENDING = "pending"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing a publisher holds. `name` is unique with its publisher; `fields` are names of its columns, () = not
    known; `dataset_id` the dataset it became or is to become; `source` says how it came to be registered."""

    publisher: str
    name: str
    title: str = ""
    description: str = ""
    fields: tuple[str, ...] = ()
    dataset_id: str | None = None
    source: str = "by hand"


@dataclass(frozen=True, slots=True)
class Retired:
    """That something is held no longer: why, and who said so when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stands:
    """A holding and where it stands; one that was retired is held no longer and counts nowhere."""

    holding: Holding
    state: HoldingState = field(default=HoldingState.HELD)
    retired: Retired | None = None


def where_it_stands(latest: State | None, *, is_open: bool, is_granted: bool = False) -> HoldingState:
    """The state of a holding from what is on record of its dataset, and from nothing else: whether a release is served
    (to all, or to grantees), and where the latest submission stands."""
    if is_open:
        return HoldingState.OPEN
    if is_granted:
        return HoldingState.GRANTED
    if latest is State.REFUSED:
        return HoldingState.REFUSED
    if latest in (State.RECEIVED, State.MEASURED, State.HELD):
        return HoldingState.PENDING
    return HoldingState.HELD


def tally(everything: Iterable[Stands]) -> Holdings:
    """The holdings counted, in all and by publisher; without those that were retired."""
    by: dict[str, dict[str, int]] = {}
    for one in everything:
        if one.retired is not None:
            continue
        mine = by.setdefault(one.holding.publisher, dict.fromkeys((*HoldingState, "fields"), 0))
        mine["held"] += 1
        mine["fields"] += len(one.holding.fields)
        if one.state is not HoldingState.HELD:
            mine[one.state] += 1
    publishers = tuple(HeldBy(publisher=name, **by[name]) for name in sorted(by))
    names = (*HoldingState, "fields")
    return Holdings(
        **{name: sum(getattr(one, name) for one in publishers) for name in names}, publishers=publishers
    )


def read_holdings(rows: Sequence[Sequence[str]], file: str, publisher: str | None) -> tuple[Holding, ...]:
    """The holdings of a form, header first; `publisher` is whose they are where the form does not say.

    Raises BadInput with every flaw at its cell.
    """
    flaws = Flaws(file)
    found: dict[tuple[str, str], int] = {}
    holdings = []
    for row in read_form(rows, COLUMNS, flaws):
        whose = row["publisher"] or publisher
        if not whose:
            flaws.add(
                row.where("publisher"),
                Text("没有提供单位", "names no publisher"),
                Text("请填写 publisher，或给 --publisher", "Fill in publisher, or give --publisher"),
            )
            continue
        if (line := found.setdefault((whose, row["name"]), row.line)) != row.line:
            flaws.add(
                row.where("name"),
                Text(f"与第 {line} 行同名", f"is the name of line {line} again"),
                Text("请删去一行，或改名称", "Delete one of the rows, or change the name"),
            )
        holdings.append(_holding(row, whose, flaws))
    if not found:
        flaws.add(
            Where(file=file),
            Text("没有任何登记项", "registers nothing"),
            Text("从第二行起每行一项", "Give one a row"),
        )
    flaws.stop()
    return tuple(holdings)


def _holding(row: FormRow, publisher: str, flaws: Flaws) -> Holding:
    for key, most in (("name", MAX_NAME), ("publisher", MAX_NAME), ("title", 500), ("description", 5_000)):
        if len(row[key]) > most:
            flaws.add(
                row.where(key),
                Text(f"超过 {most} 个字符", f"is over {most} characters"),
                Text("请缩短", "Make it shorter"),
            )
    if row["dataset"]:
        try:
            check_dataset_id(row["dataset"])
        except BadInput as error:
            flaws.add(row.where("dataset"), error.message, error.remedy)
    fields = tuple(dict.fromkeys(part for one in row["fields"].split(SEPARATOR) if (part := one.strip())))
    return Holding(
        publisher=publisher,
        name=row["name"],
        title=row["title"],
        description=row["description"],
        fields=fields,
        dataset_id=row["dataset"] or None,
        source="sheet",
    )
