"""What a steward asks for: the dataset's metadata where given, reading overrides, and answers to questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from catalog.contract import DIMENSIONS, Contract
from catalog.dataset import THEMES, UPDATE_CYCLES, Access
from catalog.decision import MaskOperator
from catalog.errors import BadInput, Where
from catalog.finding import Grade
from catalog.text import Text
from gateway.publish.personal import TERMS, check_term

__all__ = [
    "ACCEPT",
    "GENERALISE",
    "NOT_PERSONAL",
    "SMALL_GROUPS",
    "SUPPRESS",
    "Metadata",
    "Request",
    "answered",
]

ACCEPT = "accept"
# The officer's answer to a finding that turns out to be no personal information.
NOT_PERSONAL = "not-personal"
# Rows of groups of persons that stay too small: left out, or never, so that everything is told more coarsely instead.
SMALL_GROUPS, SUPPRESS, GENERALISE = "small-groups", "suppress", "generalise"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata as given; None = not given, to be proposed."""

    dataset_id: str | None = None
    title: str | None = None
    publisher: str | None = None
    theme: str | None = None
    description: str = ""
    grade: Grade | None = None
    access: Access = Access.UNCONDITIONAL
    update_cycle: str = "irregular"
    licence: str | None = None
    keywords: tuple[str, ...] = ()
    source: str = ""

    def checked(self) -> Metadata:
        """Itself, when theme and update cycle are known ones. Raises BadInput naming the parameter."""
        for name, value, known in (
            ("theme", self.theme, THEMES),
            ("update-cycle", self.update_cycle, UPDATE_CYCLES),
        ):
            if value is not None and value not in known:
                raise BadInput(
                    Text(f"未知的 {name}：{value}", f"Unknown {name}: {value}"),
                    Text(f"可用：{'、'.join(known)}", f"Use one of: {', '.join(known)}"),
                    Where(parameter=name),
                )
        return self


@dataclass(frozen=True, slots=True)
class Request:
    """One submission as asked for.

    `answers` maps a question's field to a value, or to ``accept`` for what was proposed; `yes` accepts every
    proposal that may be accepted unseen (`QuestionKind.accepted_by_yes`).
    """

    source_name: str
    source_sha256: str
    metadata: Metadata = Metadata()
    contract: Contract = Contract()  # noqa: RUF009 - frozen
    reading: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    yes: bool = False


# What an answer may set beside columns and reading choices. Terms of the list are not among them: only an exemption,
# which is a record of its own, opens what an entry shuts.
SETTABLE = ("title", "publisher", "theme", "contract", "grade", "quality", SMALL_GROUPS, *TERMS)
QUALITY_OF = tuple(f"quality:{name}" for name in DIMENSIONS)
# What those of them can be set to that do not take any text.
VALUES: Mapping[str, tuple[str, ...]] = {
    "theme": (ACCEPT, *THEMES),
    "contract": (ACCEPT,),
    "grade": tuple(Grade.__members__),
    "column": (ACCEPT, NOT_PERSONAL, *MaskOperator),
    SMALL_GROUPS: (ACCEPT, SUPPRESS, GENERALISE),
}


def answered(request: Request, answers: Mapping[str, str]) -> Request:
    """The request with more answers; ``reading:…`` ones become reading overrides as well.

    Raises BadInput: a field that no question has, or a value that it cannot take.
    """
    reading = dict(request.reading)
    for name, value in answers.items():
        kind, _, rest = name.partition(":")
        if kind == "reading" and rest and value != ACCEPT:
            reading[rest] = value
        elif not (rest and kind in ("reading", "column")) and name not in SETTABLE + QUALITY_OF:
            raise BadInput(
                Text(f"没有名为“{name}”的问题", f'There is no question "{name}"'),
                Text("kaizha review show 列出可回答的项", "kaizha review show lists what can be answered"),
                Where(parameter=name),
            )
        check_term(name, value)
        known = VALUES.get(kind)
        if known and value not in known:
            raise BadInput(
                Text(f"“{name}”不能是“{value}”", f'"{name}" cannot be "{value}"'),
                Text(f"可用：{'、'.join(known)}", f"Use one of: {', '.join(known)}"),
                Where(parameter=name),
            )
    return replace(request, reading=reading, answers={**request.answers, **answers})
