"""The one error tree. Each error says what is wrong, where, and what to do next; it never carries a cell's value.

`gateway.api.problem` maps the tree to RFC 9457 and `gateway.cli` to exit codes, each once:

    KaizhaError
    ├── BadInput          2 / 400   a file, parameter or answer that cannot be used
    │   └── TooLarge      2 / 413   over a stated cap
    ├── NotFound          2 / 404
    ├── Gone              2 / 410   it was there, and is not answered any more
    ├── NotAcceptable     2 / 406   none of the forms there are is one the client takes
    ├── Conflict          2 / 409   the state changed, or the step is not possible in this state
    ├── NotSignedIn       2 / 401
    ├── NotAllowed        4 / 403   the role may not do this
    ├── Held              3 / 409   a person must decide first
    ├── Refused           4 / 403   an entry of the negative list decided
    ├── TooMany           5 / 429   more than the caller's plan allows
    └── Unavailable       5 / 503   the gate cannot answer now; fails closed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.text import Text

__all__ = [
    "BadInput",
    "Conflict",
    "Flaw",
    "Gone",
    "Held",
    "KaizhaError",
    "NotAcceptable",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Refused",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "Where",
]


@dataclass(frozen=True, slots=True)
class Where:
    """The place in the caller's input: file name, sheet, 1-based line, column name, parameter; `cell` as a spreadsheet
    names it (``D17``), beside line and column."""

    file: str | None = None
    sheet: str | None = None
    line: int | None = None
    column: str | None = None
    parameter: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        in_cell = self.sheet and self.cell
        parts = (
            self.file,
            f"{self.sheet}!{self.cell}" if in_cell else self.sheet and f"sheet {self.sheet}",
            None if in_cell else self.line and f"line {self.line}",
            self.column and f"column {self.column}",
            self.parameter and f"parameter {self.parameter}",
        )
        return ", ".join(part for part in parts if part)

    def to_json(self) -> dict[str, str | int]:
        """The place as a member of a problem; what does not apply is left out."""
        names = ("file", "sheet", "line", "column", "parameter", "cell")
        return {name: part for name in names if (part := getattr(self, name)) is not None}


class KaizhaError(Exception):
    """Root of the tree. `code` is a stable slug, used in problem types and tests."""

    code = "internal"
    exit_code = 5

    def __init__(self, message: Text, remedy: Text, where: Where | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.remedy = remedy
        self.where = where or Where()


@dataclass(frozen=True, slots=True)
class Flaw:
    """One of several things wrong with one input: where, what, and what to do about it."""

    where: Where
    message: Text
    remedy: Text

    def to_json(self) -> dict[str, object]:
        """The flaw as a member of a problem's list."""
        return {
            "where": self.where.to_json(),
            "message": self.message.to_json(),
            "remedy": self.remedy.to_json(),
        }


class BadInput(KaizhaError):
    """`flaws` lists everything wrong, in the order of the input, where a reader goes on after the first."""

    code = "bad-input"
    exit_code = 2

    def __init__(
        self, message: Text, remedy: Text, where: Where | None = None, flaws: Sequence[Flaw] = ()
    ) -> None:
        super().__init__(message, remedy, where)
        self.flaws = tuple(flaws)


class TooLarge(BadInput):
    code = "too-large"


class Gone(KaizhaError):
    code = "gone"
    exit_code = 2


class NotAcceptable(KaizhaError):
    code = "not-acceptable"
    exit_code = 2


class NotFound(KaizhaError):
    code = "not-found"
    exit_code = 2


class Conflict(KaizhaError):
    code = "conflict"
    exit_code = 2


class NotSignedIn(KaizhaError):
    code = "not-signed-in"
    exit_code = 2


class NotAllowed(KaizhaError):
    code = "not-allowed"
    exit_code = 4


class Held(KaizhaError):
    code = "held"
    exit_code = 3


class Refused(KaizhaError):
    code = "refused"
    exit_code = 4


class TooMany(KaizhaError):
    """`policy` is the limit that was met; after `retry_after_s` a request is taken again, as far as can be known."""

    code = "too-many"

    def __init__(
        self,
        message: Text,
        remedy: Text,
        where: Where | None = None,
        policy: str = "",
        retry_after_s: int = 1,
    ) -> None:
        super().__init__(message, remedy, where)
        self.policy = policy
        self.retry_after_s = retry_after_s


class Unavailable(KaizhaError):
    code = "unavailable"
    exit_code = 5
