"""The typed requests that the three roles may send each other, and nothing else.

A request names the caller's key, never a person: the role that acts decides who it is.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from catalog.errors import (
    BadInput,
    Conflict,
    Held,
    KaizhaError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooLarge,
    Unavailable,
    Where,
)
from catalog.text import Text

__all__ = [
    "AddCheckpoint",
    "AnswerSubmission",
    "GateRequest",
    "ListSubmissions",
    "Preview",
    "Reply",
    "ShowSubmission",
    "gate_request",
    "vault_request",
]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListSubmissions(_Message):
    """serve → gate."""

    kind: Literal["list-submissions"] = "list-submissions"
    key: str
    states: tuple[str, ...] = ()
    limit: int = Field(default=100, ge=1, le=1000)


class ShowSubmission(_Message):
    """serve → gate. `preview` rows of the planned output (masked, not released), 0..20."""

    kind: Literal["show-submission"] = "show-submission"
    key: str
    id: str
    preview: int = Field(default=0, ge=0, le=20)


class AnswerSubmission(_Message):
    """serve → gate."""

    kind: Literal["answer-submission"] = "answer-submission"
    key: str
    id: str
    accept: bool = False
    refuse: bool = False
    answers: dict[str, str] = {}


class AddCheckpoint(_Message):
    """serve → gate: a witness's signature on one of our heads. No key: the signature in it says who asks."""

    kind: Literal["add-checkpoint"] = "add-checkpoint"
    note: str = Field(max_length=16 << 10)


class Preview(_Message):
    """gate → vault: the first rows of a planned output in the domain zone."""

    kind: Literal["preview"] = "preview"
    planned: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: int = Field(ge=1, le=20)


AnyGateRequest = ListSubmissions | ShowSubmission | AnswerSubmission | AddCheckpoint
GateRequest = Annotated[AnyGateRequest, Field(discriminator="kind")]
_GATE: TypeAdapter[AnyGateRequest] = TypeAdapter(GateRequest)
_VAULT: TypeAdapter[Preview] = TypeAdapter(Preview)

_ERRORS: dict[str, type[KaizhaError]] = {
    error.code: error
    for error in (
        BadInput,
        TooLarge,
        NotFound,
        Conflict,
        NotSignedIn,
        NotAllowed,
        Held,
        Refused,
        Unavailable,
        KaizhaError,
    )
}


def gate_request(line: bytes) -> AnyGateRequest:
    """Parse; raises pydantic.ValidationError."""
    return _GATE.validate_json(line)


def vault_request(line: bytes) -> Preview:
    """Parse; raises pydantic.ValidationError."""
    return _VAULT.validate_json(line)


class Reply(_Message):
    """What comes back: a JSON value, or an error of the tree."""

    value: Any = None
    error: str | None = None
    message: dict[str, str] = {}
    remedy: dict[str, str] = {}
    where: dict[str, Any] = {}

    @classmethod
    def of_error(cls, error: KaizhaError) -> Reply:
        where = {
            name: getattr(error.where, name) for name in ("file", "sheet", "line", "column", "parameter")
        }
        return cls(
            error=error.code, message=error.message.to_json(), remedy=error.remedy.to_json(), where=where
        )

    def result(self) -> Any:
        """The value; raises the error that was sent."""
        if self.error is None:
            return self.value
        kind = _ERRORS.get(self.error, KaizhaError)
        raise kind(Text.from_json(self.message), Text.from_json(self.remedy), Where(**self.where))
