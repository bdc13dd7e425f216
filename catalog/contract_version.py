"""Versions of a contract: which number the next one takes, and what a breaking one has to say before it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from catalog.contract import Contract
from catalog.contract_diff import Change, Effect, diff, effect_of
from catalog.errors import BadInput, Flaw, Where
from catalog.text import Text

__all__ = ["FIRST", "ContractVersion", "next_version"]

FIRST = "1.0.0"


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """A registered version; it never changes. `contract` is written out, with its own version number in it."""

    dataset_id: str
    version: str
    contract: Contract
    registered_by: str
    registered_at: datetime


def next_version(current: ContractVersion | None, proposed: Contract, on: date, file: str) -> str:
    """The version that a contract becomes beside the one in force; the current one where they say the same.

    Raises BadInput: a breaking change without a new major version and the last day of the one before it, named change
    by change; a number that is taken or not above the current one.
    """
    if current is None:
        return proposed.version or FIRST
    changes = diff(current.contract, proposed)
    effect = effect_of(changes)
    if effect is None and proposed.version in (None, current.version):
        return current.version
    now, asked = _numbers(current.version), _numbers(proposed.version) if proposed.version else None
    if asked is not None and asked <= now:
        raise BadInput(
            Text(
                f"合同版本 {proposed.version} 不高于现行版本 {current.version}，而内容不同",
                f"The contract says version {proposed.version}; {current.version} is in force with another content",
            ),
            Text(
                f"已登记的版本不再改动；请用 {_written(_raised(now, effect))}，或不写 version",
                f"A registered version never changes: say {_written(_raised(now, effect))}, or no version",
            ),
            Where(file=file, parameter="version"),
        )
    if effect is Effect.BREAKING:
        _require_announced(changes, now, asked, proposed.previous_until, on, file)
    return proposed.version or _written(_raised(now, effect))


def _require_announced(
    changes: tuple[Change, ...],
    now: tuple[int, int, int],
    asked: tuple[int, int, int] | None,
    until: date | None,
    on: date,
    file: str,
) -> None:
    if asked is not None and asked[0] > now[0] and until is not None and until >= on:
        return
    remedy = Text(
        f'请恢复原状；或声明新的主版本："version": "{now[0] + 1}.0.0"，'
        '并写明原版本的截止日期 "previous_until": "YYYY-MM-DD"（今日或以后）',
        f'Undo it; or declare a new major version, "version": "{now[0] + 1}.0.0", with the last day of the version '
        'before it, "previous_until": "YYYY-MM-DD" (today or later)',
    )
    flaws = [
        Flaw(Where(file=file, column=one.field), one.text, remedy)
        for one in changes
        if one.effect is Effect.BREAKING
    ]
    first = flaws[0]
    field = f"“{first.where.column}”" if first.where.column else ""
    name = f'"{first.where.column}" ' if first.where.column else ""
    raise BadInput(
        Text(
            f"不兼容的合同变更：{field}{first.message.zh}（共 {len(flaws)} 处）",
            f"The contract breaks what is promised: {name}{first.message.en} ({len(flaws)} in all)",
        ),
        remedy,
        first.where,
        flaws,
    )


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _written(numbers: tuple[int, int, int]) -> str:
    return ".".join(map(str, numbers))


def _raised(now: tuple[int, int, int], effect: Effect | None) -> tuple[int, int, int]:
    major, minor, patch = now
    match effect:
        case Effect.BREAKING:
            return major + 1, 0, 0
        case Effect.ADDITIVE:
            return major, minor + 1, 0
    return major, minor, patch + 1
