"""The typed requests that the three roles may send each other, and nothing else, and the reply to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from catalog.errors import (
    BadInput,
    Conflict,
    Flaw,
    Gone,
    Held,
    KaizhaError,
    NotAcceptable,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooLarge,
    TooMany,
    Unavailable,
    Where,
)
from catalog.text import Text
from gateway.processes import ckan_steps, key_steps, service_steps, steps
from gateway.processes.asked import Asked, Message

__all__ = [
    "AddCheckpoint",
    "AnswerSubmission",
    "BeginOidc",
    "FinishOidc",
    "GateRequest",
    "ListHarvests",
    "ListHoldings",
    "ListSubmissions",
    "Me",
    "Preview",
    "Reply",
    "Request",
    "ShowAssessment",
    "ShowSubmission",
    "SignIn",
    "SignOut",
    "gate_request",
    "vault_request",
]


class ListSubmissions(Asked):
    """serve → gate."""

    changes = False
    kind: Literal["list-submissions"] = "list-submissions"
    states: tuple[str, ...] = ()
    limit: int = Field(default=100, ge=1, le=1000)


class ListHoldings(Asked):
    """serve → gate. `as_of` a date or time, "" = now; `publisher` None = all; `states` () = all."""

    changes = False
    kind: Literal["list-holdings"] = "list-holdings"
    as_of: str = Field(default="", max_length=64)
    publisher: str | None = None
    states: tuple[str, ...] = ()


class ListHarvests(Asked):
    """serve → gate: runs of harvests, the newest first."""

    changes = False
    kind: Literal["list-harvests"] = "list-harvests"
    limit: int = Field(default=50, ge=1, le=500)


class ShowSubmission(Asked):
    """serve → gate. `preview` rows of the planned output (masked, not released), 0..20."""

    changes = False
    kind: Literal["show-submission"] = "show-submission"
    id: str
    preview: int = Field(default=0, ge=0, le=20)


class ShowAssessment(Asked):
    """serve → gate: the draft of an impact assessment as Markdown, in one language."""

    changes = False
    kind: Literal["show-assessment"] = "show-assessment"
    id: str
    language: Literal["zh", "en"] = "zh"


class AnswerSubmission(Asked):
    """serve → gate."""

    kind: Literal["answer-submission"] = "answer-submission"
    id: str
    accept: bool = False
    refuse: bool = False
    answers: dict[str, str] = Field(default_factory=dict)


class AddCheckpoint(Message):
    """serve → gate: a witness's signature on one of our heads. No key: the signature in it says who asks."""

    kind: Literal["add-checkpoint"] = "add-checkpoint"
    note: str = Field(max_length=16 << 10)


class SignIn(Message):
    """serve → gate, from nobody in particular yet. With `new_password` the secret is a one-time token."""

    kind: Literal["sign-in"] = "sign-in"
    name: str = Field(max_length=200)
    secret: str = Field(max_length=1000, repr=False)
    new_password: str | None = Field(default=None, max_length=1000, repr=False)


class BeginOidc(Message):
    """serve → gate: where to send the browser for a sign-in at the identity provider."""

    kind: Literal["begin-oidc"] = "begin-oidc"
    redirect_uri: str = Field(max_length=2000)


class FinishOidc(Message):
    """serve → gate: the browser is back from the identity provider. `sealed` is what it kept."""

    kind: Literal["finish-oidc"] = "finish-oidc"
    redirect_uri: str = Field(max_length=2000)
    sealed: str = Field(max_length=4000, repr=False)
    state: str = Field(max_length=500)
    code: str = Field(max_length=4000, repr=False)


class SignOut(Asked):
    """serve → gate: end this session."""

    kind: Literal["sign-out"] = "sign-out"


class Me(Asked):
    """serve → gate: who am I, and what may I do."""

    changes = False
    kind: Literal["me"] = "me"


class Preview(Message):
    """gate → vault: the first rows of a planned output in the domain zone."""

    kind: Literal["preview"] = "preview"
    planned: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: int = Field(ge=1, le=20)


Request = (
    ListSubmissions
    | ListHarvests
    | ListHoldings
    | ShowSubmission
    | ShowAssessment
    | AnswerSubmission
    | AddCheckpoint
    | SignIn
    | BeginOidc
    | FinishOidc
    | SignOut
    | Me
    | ckan_steps.CkanAction
    | steps.ImportList
    | steps.ExportList
    | steps.DiffLists
    | steps.ListHistory
    | steps.SimulateList
    | steps.ProposeList
    | steps.ApproveList
    | steps.RejectList
    | steps.ActivateList
    | steps.ListExemptions
    | steps.DraftExemption
    | steps.ApproveExemption
    | steps.EndExemption
    | steps.ListAppeals
    | steps.FileAppeal
    | steps.AnswerAppeal
    | steps.ListSubscriptions
    | steps.Subscribe
    | steps.Unsubscribe
    | key_steps.KeyStep
    | service_steps.ServiceStep
)
GateRequest = Annotated[Request, Field(discriminator="kind")]
_GATE: TypeAdapter[Request] = TypeAdapter(GateRequest)
_VAULT: TypeAdapter[Preview] = TypeAdapter(Preview)

_ERRORS: dict[str, type[KaizhaError]] = {
    error.code: error
    for error in (
        BadInput,
        TooLarge,
        NotFound,
        NotAcceptable,
        Gone,
        Conflict,
        NotSignedIn,
        NotAllowed,
        Held,
        Refused,
        TooMany,
        Unavailable,
        KaizhaError,
    )
}


def gate_request(line: bytes) -> Request:
    """Parse; raises pydantic.ValidationError."""
    return _GATE.validate_json(line)


def vault_request(line: bytes) -> Preview:
    """Parse; raises pydantic.ValidationError."""
    return _VAULT.validate_json(line)


class Reply(Message):
    """What comes back: a JSON value, or an error of the tree with its place and, of a bad sheet, every flaw."""

    value: Any = None
    error: str | None = None
    message: Text = Text("", "")
    remedy: Text = Text("", "")
    where: Where = Where()
    flaws: tuple[Flaw, ...] = ()

    @classmethod
    def of_error(cls, error: KaizhaError) -> Reply:
        return cls(
            error=error.code,
            message=error.message,
            remedy=error.remedy,
            where=error.where,
            flaws=error.flaws if isinstance(error, BadInput) else (),
        )

    def result(self) -> Any:
        """The value; raises the error that was sent."""
        if self.error is None:
            return self.value
        kind = _ERRORS.get(self.error, KaizhaError)
        if issubclass(kind, BadInput):
            raise kind(self.message, self.remedy, self.where, self.flaws)
        raise kind(self.message, self.remedy, self.where)
