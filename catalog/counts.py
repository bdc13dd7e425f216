"""Counting honestly: what is counted, and every exclusion with its reason (a count that cannot be checked is a boast).

Pure: facts in, counts out, so that an outsider can recompute them from the public catalogue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.decision import Audience
from catalog.release import Release
from catalog.text import Text

__all__ = [
    "CHANGED_DETECTOR",
    "SILENT",
    "TARGETS",
    "UNANSWERED",
    "UNKNOWN_DETECTOR",
    "Adoption",
    "Api",
    "Counts",
    "Exclusion",
    "HeldBy",
    "Holdings",
    "Opened",
    "Stale",
    "Targets",
    "adoption",
    "count",
]

# Why a release is stale: it is open and counts, and is being examined again.
CHANGED_DETECTOR = Text(
    "识别规则已变更，待重新审查", "the recognisers have changed since: to be examined again"
)
UNKNOWN_DETECTOR = Text(
    "没有识别记录，待重新审查", "no record of what it was judged by: to be examined again"
)


UNANSWERED = Text("最近一次探测没有应答", "did not answer its last probe")
SILENT = Text("没有可应答的机器可读分发", "no machine-readable distribution answers")


@dataclass(frozen=True, slots=True)
class Targets:
    """What the city has promised by its target year."""

    datasets: int = 1_600
    apis: int = 4_000
    data_items: int = 45_000


TARGETS = Targets()


@dataclass(frozen=True, slots=True)
class Opened:
    """One current release with what the count needs to know about it.

    `answers` = a machine-readable distribution answered its last probe; `contracted` = the contract it names is
    registered; `stale` says why it is to be examined again, where it is.
    """

    release: Release
    audience: Audience
    answers: bool
    contracted: bool
    stale: Text | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """One purpose-built operation that is to answer. `datasets` it rests on, its own first; `meaning` digests what it asks.

    `answered` = its last probe answered; `asked_of` = dataset → release that it was asked over.
    """

    id: str
    datasets: tuple[str, ...]
    meaning: str
    answered: bool
    asked_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What one publisher holds: `held` is all of it, the states are parts of that; `fields` are the columns named."""

    publisher: str
    held: int
    open: int
    granted: int
    refused: int
    pending: int
    fields: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What publishers have registered, by state: the denominator. `held` is all of it, opened or not; `fields` are the
    columns that the inventory names, of holdings whose columns it knows."""

    held: int = 0
    open: int = 0
    granted: int = 0
    refused: int = 0
    pending: int = 0
    fields: int = 0
    publishers: tuple[HeldBy, ...] = ()

    @property
    def unsubmitted(self) -> int:
        """Registered, and nothing of it is open, refused or under way."""
        return self.held - self.open - self.granted - self.refused - self.pending


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One thing that was not counted. `what` is ``dataset``, ``data item`` or ``api``, `id` a dataset, dataset/column or
    dataset/service."""

    what: str
    id: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Stale:
    """A release that is open although what it was judged by has changed since. It counts, and stands here."""

    id: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Adoption:
    """How far a publisher has taken up the standard elements: of its released `fields`, those `bound` to one."""

    publisher: str
    fields: int
    bound: int


@dataclass(frozen=True, slots=True)
class Counts:
    """`datasets_collapsed` counts a series (one schema sliced by year or district) once; `data_items_masked` are
    inside `data_items`' exclusions, never in the headline; `generic_apis` never count as APIs."""

    as_of: datetime
    datasets: int
    datasets_collapsed: int
    datasets_granted: int
    apis: int
    generic_apis: int
    data_items: int
    data_items_masked: int
    data_elements: int
    rows: int
    holdings: Holdings
    exclusions: tuple[Exclusion, ...]
    targets: Targets = TARGETS
    stale: tuple[Stale, ...] = ()
    adoption: tuple[Adoption, ...] = ()


_SLICE = re.compile(r"(?:19|20)\d{2}(?:年|-\d{2})?|第?[一二三四]季度|\d{1,2}月|[一-鿿]{1,6}(?:区|县|市)")


def count(opened: Sequence[Opened], holdings: Holdings, as_of: datetime, apis: Sequence[Api] = ()) -> Counts:
    """Counts over current releases and the operations on them; each dataset, item or operation left out stands in
    `exclusions` with its reason. (An operation of which a dataset is not open is not named, as that is not.)"""
    exclusions: list[Exclusion] = []
    counted: list[Opened] = []
    granted = 0
    for one in opened:
        reason = _why_not_a_dataset(one)
        if reason:
            exclusions.append(Exclusion("dataset", one.release.dataset.id, reason))
            granted += one.audience is Audience.GRANTED
        else:
            counted.append(one)
    items, masked, elements = 0, 0, set()
    for one in counted:
        for released in one.release.columns:
            column = released.column
            item = f"{one.release.dataset.id}/{column.name}"
            if column.element is None and column.definition is None:
                reason = Text("未绑定数据元，也没有定义", "bound to no data element and without a definition")
            elif released.nulls >= one.release.rows:
                reason = Text("整列为空", "all cells are null")
            elif released.constant and one.release.rows > 1:
                reason = Text("整列只有一个值", "constant")
            elif released.masked:
                masked += 1
                reason = Text("已脱敏，另行计数", "masked: counted apart")
            else:
                items += 1
                elements.add(column.element or f"{item}")
                continue
            exclusions.append(Exclusion("data item", item, reason))
    answering, left_out = _apis(apis, opened, {one.release.dataset.id for one in counted})
    exclusions += left_out
    return Counts(
        as_of=as_of,
        datasets=len(counted),
        datasets_collapsed=len({_series(one.release) for one in counted}),
        datasets_granted=granted,
        apis=answering,
        generic_apis=len(counted),
        data_items=items,
        data_items_masked=masked,
        data_elements=len(elements),
        rows=sum(one.release.rows for one in counted),
        holdings=holdings,
        exclusions=tuple(exclusions),
        stale=tuple(Stale(one.release.dataset.id, one.stale) for one in opened if one.stale is not None),
        adoption=adoption([one.release for one in opened]),
    )


def _apis(apis: Sequence[Api], opened: Sequence[Opened], counted: set[str]) -> tuple[int, list[Exclusion]]:
    """How many operations count, and those that do not: an operation is one, however many versions of it answer."""
    releases = {one.release.dataset.id: one.release.id for one in opened}
    known: set[str] = set()
    means: set[str] = set()
    left_out: dict[str, Exclusion] = {}
    for one in apis:
        if one.id in known or not all(name in releases for name in one.datasets):
            continue
        reason = None
        if not set(one.datasets) <= counted:
            reason = Text("所依据的数据集不计数", "a dataset that it rests on is not counted")
        elif not one.answered:
            reason = UNANSWERED
        elif any(one.asked_of.get(name) != releases[name] for name in one.datasets):
            reason = Text("数据集更新后尚未探测", "not asked yet since its dataset was released anew")
        elif one.meaning in means:
            reason = Text("与已计数的另一个服务含义相同", "it means the same as another one that is counted")
        if reason is None:
            known.add(one.id)
            means.add(one.meaning)
            left_out.pop(one.id, None)
        else:
            left_out.setdefault(one.id, Exclusion("api", f"{one.datasets[0]}/{one.id}", reason))
    return len(known), list(left_out.values())


def adoption(releases: Iterable[Release]) -> tuple[Adoption, ...]:
    """Per publisher, the fields of its releases and those of them bound to a data element; by publisher."""
    fields: Counter[str] = Counter()
    bound: Counter[str] = Counter()
    for release in releases:
        columns = [released.column for released in release.columns]
        fields[release.dataset.publisher] += len(columns)
        bound[release.dataset.publisher] += sum(column.element is not None for column in columns)
    return tuple(Adoption(name, fields[name], bound[name]) for name in sorted(fields))


def _why_not_a_dataset(one: Opened) -> Text | None:
    release = one.release
    if one.audience is Audience.NOBODY:
        return Text("不对任何人开放", "open to nobody")
    if one.audience is Audience.GRANTED:
        return Text("仅对获授权者开放，另行计数", "open to grantees only: counted apart")
    if not release.dataset.licence:
        return Text("没有授权协议", "no licence")
    if not one.contracted:
        return Text("没有合同", "no contract")
    if release.rows < 1:
        return Text("没有数据行", "no rows")
    if not one.answers:
        return SILENT
    return None


def _series(release: Release) -> tuple[object, ...]:
    """Slices of one schema by year, quarter, month or district have one key; other datasets their own."""
    title = _SLICE.sub("", release.dataset.title)
    if title == release.dataset.title:
        return (release.dataset.id,)
    names = frozenset(Counter(released.column.name for released in release.columns))
    return (release.dataset.publisher, title.strip(" -_（）()"), names)
