"""The line before the event loop: how many requests of data have come in and not begun, and how long one takes; and how long
those that are read in one turn of the loop have waited for others that were answered at once. Pure: the clock comes in as
numbers.
"""

from __future__ import annotations

from gateway.serve.patience import Patience

__all__ = ["LINE", "Line"]

LINE = "kaizha.line"
"""Name in an ASGI scope of the line that a request waited in."""
BURST_S, STANDING_S = 0.05, 0.003
LEAST = 4
"""So few may always wait: a machine that was busy elsewhere for a moment is no crowd."""
OF_THE_LAST = 0.05


class Line:
    """What would wait longer than its `patience` is refused as it comes in, before anything is done for it: those ahead of
    it are answered in time, and a refusal costs one write. The line is taken for empty where the loop had nothing of it to do
    for a moment, and where a turn that answered at once, or a run of those that waited, was short."""

    def __init__(self, burst_s: float = BURST_S, standing_s: float = STANDING_S) -> None:
        self.patience = Patience(burst_s, standing_s)
        self._waiting = 0
        self._typical_s = 0.0
        self._run: float | None = None
        self._begun: float | None = None
        self._turn: float | None = None
        self._ended = 0.0
        self._answered = 0

    def is_late(self, now: float) -> bool:
        """Whether a request that comes in now would begin too late."""
        return self._waiting >= LEAST and self._waiting * self._typical_s > self.patience.of(now)

    def is_held_up(self, now: float) -> bool:
        """Whether what is read now has waited too long already, behind what was answered at once in the same turn of the
        loop."""
        if self._turn is None or self._answered < LEAST:
            return False
        return now - self._turn > self.patience.of(now)

    def answer(self, now: float) -> bool:
        """One is answered at once; whether it is the first of a turn, whose end `turned` is to be told of."""
        self._answered += 1
        if self._turn is not None:
            return False
        self._begin_busy(now)
        self._turn = now
        return True

    def turned(self, now: float) -> None:
        """The loop has taken its turn: what is read from now on has waited in the socket, not here."""
        if self._turn is not None:
            self._end_busy(self._turn, now)
        self._turn, self._answered = None, 0

    def come(self, now: float) -> None:
        """A request waits for its turn."""
        if not self._waiting:
            self._begin_busy(now)
            self._run = now
        self._waiting += 1

    def begin(self, now: float) -> None:
        """Its turn has come. Between two turns without a pause lies what one request takes of the loop."""
        self._waiting -= 1
        if self._begun is not None:
            self._typical_s += OF_THE_LAST * (now - self._begun - self._typical_s)
        self._begun = now if self._waiting else None
        if not self._waiting and self._run is not None:
            self._end_busy(self._run, now)

    def _begin_busy(self, now: float) -> None:
        if now - self._ended > self.patience.standing_s:
            self.patience.empty(now)

    def _end_busy(self, begun: float, now: float) -> None:
        self._ended = now
        if now - begun <= self.patience.standing_s:
            self.patience.empty(now)
