"""What every typed request between the roles has: it is frozen, takes nothing unforeseen, and says who asks.

A request carries the caller's credential (an API key or a session's token), never a person: the role that acts
decides who it is.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Asked", "Message"]


class Message(BaseModel):
    """One JSON line over a local socket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    traceparent: str = Field(default="", max_length=100)
    """The trace this is a part of (W3C Trace Context), where somebody keeps traces."""


class Asked(Message):
    """A request of somebody to the gate. `key`: their credential; `cookie`: whether it came as a cookie, which a
    browser sends unasked: then a request that `changes` something needs the session's `csrf` token as well."""

    changes: ClassVar[bool] = True

    key: str
    cookie: bool = False
    csrf: str = ""
