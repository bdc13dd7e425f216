"""An earlier release of a dataset: which one a request names, and whether it may still be answered from.

A release that was replaced is judged by nobody any more, so it is answered from only where nothing that has happened
since could have closed it; wherever that cannot be told it stays closed. It is a value of what the registry says at
one revision: the shelf asks again when that moves (`gateway.serve.shelf`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from catalog.decision import Scope
from catalog.errors import BadInput, NotFound, Where
from catalog.registry.queries import Listed
from catalog.release import Release, ReleaseStatus
from catalog.text import Text
from gateway.moment import moment_of
from gateway.serve.cursor import release_of_cursor
from gateway.serve.representation import read_params
from negative_list.entry import NegativeList
from negative_list.exemption import Exemption, ExemptionState

__all__ = ["Asked", "Law", "asked_of", "chosen", "closed", "no_such_release"]

_RELEASE = re.compile(r"[0-9a-f]{12,64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What names a release: the beginning of its id, or a moment. `cursor` = its id stands in a cursor, so that a reader
    who turns pages goes on in the release where it began."""

    release: str = ""
    moment: datetime | None = None
    cursor: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """By what is judged now: the list in force (None = there is none), exemptions of the dataset, the recognisers."""

    entries: NegativeList | None
    exemptions: Sequence[Exemption]
    detector: str


def asked_of(query: bytes, current: Release) -> Asked | None:
    """What a query string names; None where it is the current release.

    Raises BadInput: not a release or moment, or both.
    """
    if b"release=" not in query and b"as_of=" not in query and b"cursor=" not in query:
        return None  # nearly every request: not a microsecond
    params: Mapping[str, str] = dict(read_params(query))
    release, as_of = params.get("release", ""), params.get("as_of", "")
    if release and as_of:
        raise BadInput(
            Text("release 与 as_of 不能同时使用", "release and as_of cannot be used together"),
            Text("只保留一个", "Give one of them"),
            Where(parameter="release"),
        )
    if release:
        if not _RELEASE.fullmatch(release):
            raise BadInput(
                Text(
                    "release 应为发布编号（至少前 12 位）",
                    "release is the id of a release, at least 12 digits of it",
                ),
                Text("见应答中的 release 或 …/versions", "See release in an answer, or …/versions"),
                Where(parameter="release"),
            )
        return None if current.id.startswith(release) else Asked(release)
    if as_of:
        moment = moment_of(as_of, current.published_at)
        return None if moment >= current.published_at else Asked(moment=moment)
    begun = release_of_cursor(params.get("cursor", ""))
    return Asked(begun, cursor=True) if begun and not current.id.startswith(begun) else None


def chosen(asked: Asked, known: Sequence[Listed]) -> Listed | None:
    """The release that is asked for, among those of the dataset (newest first); None where there is none."""
    if asked.moment is None:
        return next((one for one in known if one.id.startswith(asked.release)), None)
    moment = asked.moment
    return next(
        (
            one
            for one in known
            if one.published_at <= moment and (one.ended_at is None or one.ended_at > moment)
        ),
        None,
    )


def closed(
    old: Release, place: Listed, known: Sequence[Listed], current: Release, law: Law, today: date
) -> Text | None:
    """Why an earlier release is not answered from; None where it may be."""
    withdrawn = any(one.number >= place.number and one.status is ReleaseStatus.WITHDRAWN for one in known)
    if withdrawn or place.status is ReleaseStatus.WITHDRAWN:
        return Text("数据集此后曾被撤回", "the dataset was withdrawn since")
    if law.entries is None or old.list_version != law.entries.version:
        return Text("负面清单此后已变更", "the negative list has changed since")
    if old.detector != law.detector:
        return Text("个人信息检测此后已更新", "the detection of personal data has changed since")
    day = old.published_at.date()
    began = any(day < entry.governance.valid_from <= today for entry in law.entries.entries)
    if began or any(_ended_since(one, day, today) for one in law.exemptions):
        return Text("此后有条目开始生效或豁免到期", "an entry took effect or an exemption ended since")
    if old.excluded_rows or current.excluded_rows or any(_of_rows(one) for one in (old, current)):
        # which rows stay back may depend on the day and on other releases; nobody has looked at the old ones again
        return Text("该数据集有按行不予开放的规则", "rows of this dataset are kept back by rule")
    seen = {one.column.name: (one.column.type, one.operator) for one in current.columns}
    if any(seen.get(one.column.name) != (one.column.type, one.operator) for one in old.columns):
        return Text(
            "当时的字段现已不开放或改变了脱敏方式", "a column of it is withheld or masked otherwise now"
        )
    return None


def no_such_release(asked: Asked, why: Text | None = None) -> NotFound:
    """The same for a release that never was and for one that may not be seen, but for the reason of the latter."""
    because = Text(f"：{why.zh}" if why else "", f": {why.en}" if why else "")
    return NotFound(
        Text(f"这个版本不能再查询{because.zh}", f"There is no such release to be asked{because.en}"),
        Text(
            "去掉 release 或 as_of 查询现行版本；历次发布见 …/versions",
            "Leave release or as_of away for the current one; see …/versions",
        ),
        Where(parameter="as_of" if asked.moment else "release"),
    )


def _ended_since(one: Exemption, day: date, today: date) -> bool:
    if one.state is ExemptionState.DRAFTED:
        return False
    return one.expires_on >= day and not one.lifts(today)


def _of_rows(release: Release) -> bool:
    return any(reason.scope is Scope.ROWS for reason in release.reasons)
