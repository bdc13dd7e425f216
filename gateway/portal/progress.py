"""Progress towards the targets as the geometry of a chart: shares and words, no markup."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from catalog.counts import Counts, Holdings
from catalog.text import Text

__all__ = ["Apart", "Goal", "Part", "ReasonCount", "apart", "goals", "parts", "percent", "reasons", "stale"]


@dataclass(frozen=True, slots=True)
class Goal:
    """One target. `share` is count/target, 0..1 (the bar ends at the target, the number does not)."""

    key: str
    count: int
    target: int
    share: float

    @property
    def percent(self) -> str:
        return percent(self.count, self.target)

    @property
    def bar(self) -> str:
        """Width of the bar in percent of the chart, as SVG writes it."""
        return f"{self.share * 100:.3f}%"


@dataclass(frozen=True, slots=True)
class Apart:
    """A figure that stands beside the headline. `key` and ``key_hint`` are words."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """A state of the registered datasets: where its piece of the bar starts and how long it is, in percent."""

    key: str
    count: int
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class ReasonCount:
    what: str
    reason: Text
    count: int


def goals(counts: Counts) -> tuple[Goal, ...]:
    """The three headline figures against `counts.targets`."""
    targets = counts.targets
    figures = (
        ("datasets", counts.datasets, targets.datasets),
        ("apis", counts.apis, targets.apis),
        ("data_items", counts.data_items, targets.data_items),
    )
    return tuple(Goal(key, n, target, min(1.0, n / target)) for key, n, target in figures)


def apart(counts: Counts) -> tuple[Apart, ...]:
    """What is counted apart from the headline."""
    return (
        Apart("datasets_collapsed", counts.datasets_collapsed),
        Apart("datasets_granted", counts.datasets_granted),
        Apart("generic_apis", counts.generic_apis),
        Apart("data_items_masked", counts.data_items_masked),
        Apart("data_elements", counts.data_elements),
        Apart("total_rows", counts.rows),
        Apart("stale", len(counts.stale)),
    )


def parts(holdings: Holdings) -> tuple[Part, ...]:
    """Holdings by state, laid end to end; their numbers add up to what is registered."""
    figures = (
        ("open", holdings.open),
        ("granted", holdings.granted),
        ("refused", holdings.refused),
        ("pending", holdings.pending),
        ("unsubmitted", holdings.unsubmitted),
    )
    whole = sum(n for _, n in figures) or 1
    laid: list[Part] = []
    before = 0
    for key, n in figures:
        laid.append(Part(f"holdings_{key}", n, f"{before / whole * 100:.3f}%", f"{n / whole * 100:.3f}%"))
        before += n
    return tuple(laid)


def reasons(counts: Counts) -> tuple[ReasonCount, ...]:
    """How many exclusions each reason has, the most first."""
    tally = Counter((one.what, one.reason) for one in counts.exclusions)
    ordered = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0][0], pair[0][1].en))
    return tuple(ReasonCount(what, reason, n) for (what, reason), n in ordered)


def stale(counts: Counts) -> tuple[ReasonCount, ...]:
    """How many stale releases each reason has, the most first."""
    tally = Counter(one.reason for one in counts.stale)
    ordered = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0].en))
    return tuple(ReasonCount("dataset", reason, n) for reason, n in ordered)


def percent(count: int, whole: int) -> str:
    """A share as people read it; never 0 % of something nor 100 % of less than all.

    >>> percent(1, 45_000), percent(44_999, 45_000), percent(12, 1_600)
    ('<0.1%', '>99.9%', '0.8%')
    """
    if not count or not whole:
        return "0%"
    share = count / whole * 100
    if count < whole and share > 99.9:
        return ">99.9%"
    if share < 0.1:
        return "<0.1%"
    return f"{share:.1f}".removesuffix(".0") + "%"
