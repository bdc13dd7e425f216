"""The line before the event loop: how many requests of data have come in and not begun, and how long one takes; and how long
those that are read in one turn of the loop have waited for others that were answered at once. Pure: the clock comes in as
numbers.
"""

from __future__ import annotations

__all__ = ["LINE", "Line"]

LINE = "kaizha.line"
"""Name in an ASGI scope of the line that a request waited in."""
LATE_S = 0.01
LEAST = 4
"""So few may always wait: a machine that was busy elsewhere for a moment is no crowd."""
OF_THE_LAST = 0.05


class Line:
    """What would wait longer than `late_s` is refused as it comes in, before anything is done for it: those ahead of it
    are answered in time, and a refusal costs one write."""

    def __init__(self, late_s: float = LATE_S) -> None:
        self.late_s = late_s
        self._waiting = 0
        self._typical_s = 0.0
        self._begun: float | None = None
        self._turn: float | None = None
        self._answered = 0

    def is_late(self) -> bool:
        """Whether a request that comes in now would begin too late."""
        return self._waiting >= LEAST and self._waiting * self._typical_s > self.late_s

    def is_held_up(self, now: float) -> bool:
        """Whether what is read now has waited too long already, behind what was answered at once in the same turn of the
        loop."""
        return self._turn is not None and self._answered >= LEAST and now - self._turn > self.late_s

    def answer(self, now: float) -> bool:
        """One is answered at once; whether it is the first of a turn, whose end `turned` is to be told of."""
        self._answered += 1
        if self._turn is not None:
            return False
        self._turn = now
        return True

    def turned(self) -> None:
        """The loop has taken its turn: what is read from now on has waited in the socket, not here."""
        self._turn, self._answered = None, 0

    def come(self) -> None:
        """A request waits for its turn."""
        self._waiting += 1

    def begin(self, now: float) -> None:
        """Its turn has come. Between two turns without a pause lies what one request takes of the loop."""
        self._waiting -= 1
        if self._begun is not None:
            self._typical_s += OF_THE_LAST * (now - self._begun - self._typical_s)
        self._begun = now if self._waiting else None
