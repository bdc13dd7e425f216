"""How long one may wait in a queue: long while the queue runs empty now and then, short while it stands.

A queue that empties again has taken up a burst and done its work; one that has not been empty for a while only makes everybody
late, at the same rate of answers. So the wait that is allowed falls to a fraction once the queue stands (controlled delay:
Nichols and Jacobson, "Controlling Queue Delay", 2012; for servers Maurer, "Fail at Scale", 2015). Pure: the clock comes in as
numbers.
"""

from __future__ import annotations

__all__ = ["Patience"]


class Patience:
    """`burst_s` is what may be waited in a queue that was empty within the last `burst_s`, `standing_s` in one that was not."""

    def __init__(self, burst_s: float, standing_s: float) -> None:
        self.burst_s = burst_s
        self.standing_s = standing_s
        self._empty_at = 0.0

    def empty(self, now: float) -> None:
        """The queue is empty."""
        self._empty_at = now

    def of(self, now: float) -> float:
        """What one who comes now may wait."""
        return self.burst_s if now - self._empty_at <= self.burst_s else self.standing_s
