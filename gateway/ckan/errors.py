"""What goes wrong, in CKAN's words: the error types of the action API, and what each error of our tree is among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from catalog.errors import (
    BadInput,
    Conflict,
    Flaw,
    Gone,
    KaizhaError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooLarge,
    TooMany,
    Unavailable,
)
from catalog.text import Text
from gateway.api.problem import STATUS

__all__ = [
    "BadRequest",
    "CkanError",
    "denied",
    "failure",
    "invalid",
    "missing",
    "of_problem",
    "of_tree",
    "search_error",
    "search_query_error",
]

VALIDATION, AUTHORIZATION, NOT_FOUND = "Validation Error", "Authorization Error", "Not Found Error"
MOST_FLAWS = 50
SEARCH, SEARCH_QUERY, INTERNAL = "Search Error", "Search Query Error", "Internal Server Error"


class CkanError(Exception):
    """One refusal of an action: its type, its status, and what is said: a message, or of a validation its fields."""

    def __init__(
        self, type_: str, status: int, message: str = "", fields: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or type_)
        self.type = type_
        self.status = status
        self.message = message
        self.fields = dict(fields or {})

    def body(self) -> dict[str, Any]:
        if self.fields:
            return {**self.fields, "__type": self.type}
        return {"message": self.message, "__type": self.type}


class BadRequest(Exception):
    """What came is no call of an action at all: answered with a JSON string, as CKAN does."""


def invalid(field: str, *messages: str) -> CkanError:
    """A field that cannot be used."""
    return CkanError(VALIDATION, 409, fields={field: list(messages)})


def missing(what: str = "") -> CkanError:
    return CkanError(NOT_FOUND, 404, f"Not found: {what}" if what else "Not found")


def denied(why: str) -> CkanError:
    return CkanError(AUTHORIZATION, 403, f"Access denied: {why}")


def search_error(message: str) -> CkanError:
    return CkanError(SEARCH, 409, f"Search error: {message}")


def search_query_error(message: str) -> CkanError:
    return CkanError(SEARCH_QUERY, 400, f"Search Query is invalid: {message}")


def of_tree(error: KaizhaError) -> CkanError:
    """An error of our tree. A decision of the negative list and everything that a client can mend is a validation error;
    its place names the field."""
    told = _told(error)
    if isinstance(error, NotSignedIn | NotAllowed):
        return denied(told)
    if isinstance(error, NotFound | Gone):
        return missing(told)
    if isinstance(error, TooLarge):
        return CkanError(VALIDATION, STATUS[TooLarge], fields={"upload": [told]})
    if isinstance(error, TooMany):
        return CkanError("Too Many Requests", STATUS[TooMany], told)
    if isinstance(error, Unavailable):
        return CkanError("Service Unavailable", STATUS[Unavailable], told)
    if isinstance(error, BadInput | Conflict | Refused):
        return CkanError(VALIDATION, 409, fields=_fields(error))
    return CkanError(INTERNAL, 500, told)


def _fields(error: KaizhaError) -> dict[str, list[str]]:
    """Field → messages. What was read of a file and cannot be used is said of the upload."""
    several = error.flaws if isinstance(error, BadInput) else ()
    fields: dict[str, list[str]] = {}
    for one in several[:MOST_FLAWS] or (error,):
        where = one.where
        name = where.parameter or ("upload" if where.file or where.column else "message")
        fields.setdefault(name, []).append(_told(one))
    return fields


def _told(one: KaizhaError | Flaw) -> str:
    """CKAN's own messages have no remedy, ours do."""
    if not one.remedy.en:
        return one.message.en
    return f"{one.message.en}. {one.remedy.en} ({one.message.zh}。{one.remedy.zh})"


def of_problem(status: int, body: bytes) -> CkanError:
    """A refusal that the admission made, from its problem document."""
    told = orjson.loads(body)
    detail = str(told.get("detail", ""))
    if status in (401, 403):
        return denied(detail)
    types = {429: "Too Many Requests", 503: "Service Unavailable"}
    return CkanError(types.get(status, INTERNAL), status, detail)


def failure() -> CkanError:
    """What nobody expected: nothing of it is told."""
    text = Text("服务内部出错", "Something went wrong inside")
    return CkanError(INTERNAL, 500, f"{text.en} ({text.zh})")
