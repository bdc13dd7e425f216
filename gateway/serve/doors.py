"""Several callables behind one admission: the first that answers a path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gateway.serve.admission import Served

__all__ = ["Doors"]


class Doors:
    """Each path is answered by one of them at most."""

    def __init__(self, *doors: Served) -> None:
        self._doors = doors

    def matches(self, path: str) -> bool:
        """Whether any of them answers this decoded path."""
        return any(door.matches(path) for door in self._doors)

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        for door in self._doors:
            if door.matches(scope["path"]):
                await door(scope, receive, send)
                return
        raise LookupError("the admission matched what nothing behind it answers")
