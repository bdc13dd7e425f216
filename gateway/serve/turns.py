"""Whose turn it is: callers that wait take turns, however many requests one of them has waiting. Pure.

A full queue makes room for a caller with fewer waiting by giving up the latest of the caller with the most.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

__all__ = ["CALLER", "Turns"]

CALLER = "kaizha.caller"
"""Name in an ASGI scope under which the admission says who calls."""

T = TypeVar("T")


class Turns(Generic[T]):
    """At most `most` wait. Callers come round in turn; of one caller first come, first served."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def ahead_of(self, caller: str) -> int:
        """How many turns come before that of a request of `caller` that joins now."""
        own = len(self._waiting.get(caller, ()))
        return (
            sum(min(len(waiting), own + 1) for name, waiting in self._waiting.items() if name != caller) + own
        )

    def join(self, caller: str, request: T) -> T | None:
        """Wait. Gives the request that is given up for it, which is this one where the caller has as many as any."""
        given_up = None
        if self._number >= self._most:
            longest = max(self._waiting, key=lambda name: len(self._waiting[name]), default="")
            if not longest or len(self._waiting[longest]) <= len(self._waiting.get(caller, ())) + 1:
                return request
            given_up = self._waiting[longest].pop()
            self._number -= 1
        self._waiting.setdefault(caller, deque()).append(request)
        self._number += 1
        return given_up

    def next(self) -> T | None:
        """The request whose turn it is; its caller goes to the end of the round."""
        if not self._waiting:
            return None
        caller, waiting = self._waiting.popitem(last=False)
        request = waiting.popleft()
        self._number -= 1
        if waiting:
            self._waiting[caller] = waiting
        return request

    def leave(self, caller: str, request: T) -> None:
        """Wait no longer; nothing where it does not wait."""
        waiting = self._waiting.get(caller)
        if waiting is not None and request in waiting:
            waiting.remove(request)
            self._number -= 1
            if not waiting:
                del self._waiting[caller]
