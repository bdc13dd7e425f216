"""The least generalisation that reaches a group size: a search over the lattice of ladders, pure, with monotone pruning.

A node says of each column on which step of its ladder it stands. A step up merges groups and never splits one, so where a
node fails every node below it fails, and where it passes every node above it passes (Samarati 2001; LeFevre, DeWitt and
Ramakrishnan, Incognito, 2005; El Emam et al., OLA, 2009). The search is by least loss first; before a node is asked, a binary
search along a path to the top finds what passes above it and what fails, which prunes most of the lattice unasked.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Found", "Node", "least_loss"]

Node = tuple[int, ...]
"""The step of each column's ladder, 0 = as it is."""
MOST_ASKED = 240
"""Nodes measured at most; a search that ends so says it is not proven."""
MOST_SEEN = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """The best node, the rows to leave out there, its loss in 0..1, how many nodes were measured, and whether no better
    one can exist (`proven`)."""

    node: Node
    suppressed: int
    loss: float
    asked: int
    proven: bool


def least_loss(
    losses: Sequence[Sequence[float]],
    small_rows: Callable[[Node], int],
    rows: int,
    most_suppressed: int,
) -> Found | None:
    """The node of least loss at which at most `most_suppressed` rows stand in groups that are too small; None where even
    the top has more.

    `losses[c][s]` is the share of column c's information that is lost on step s (rising, the last step 1: the column is
    left out); `small_rows` measures the rows in groups that are too small. The loss of a node is the mean over the columns;
    a row left out has lost everything.
    """
    return _Search(losses, small_rows, rows, most_suppressed).run()


class _Search:
    def __init__(
        self,
        losses: Sequence[Sequence[float]],
        small_rows: Callable[[Node], int],
        rows: int,
        most_suppressed: int,
    ) -> None:
        self.losses = losses
        self.small_rows = small_rows
        self.rows = rows
        self.most = most_suppressed
        self.top: Node = tuple(len(ladder) - 1 for ladder in losses)
        self.measured: dict[Node, int] = {}
        self.failed: list[Node] = []

    def run(self) -> Found | None:
        if not self._passes(self.top):
            return None
        best = self.top
        bottom: Node = tuple(0 for _ in self.losses)
        waiting = [(self._loss(bottom), bottom)]
        seen = {bottom}
        proven = True
        while waiting:
            bound, node = heapq.heappop(waiting)
            if bound >= self._cost(best):
                break  # a node's loss without rows left out is the least that it and all above it can have
            if len(self.measured) >= MOST_ASKED or len(seen) >= MOST_SEEN:
                proven = False
                break
            if not self._is_below_a_failure(node):
                best = min(best, self._ascend(node), key=self._cost)
            # where rows are left out, a step more may cost less than they do
            if self._is_below_a_failure(node) or self.measured.get(node):
                for above in self._above(node):
                    if above not in seen:
                        seen.add(above)
                        heapq.heappush(waiting, (self._loss(above), above))
        return Found(best, self.measured[best], self._cost(best), len(self.measured), proven)

    def _ascend(self, node: Node) -> Node:
        """The first node that passes on the cheapest path from `node` to the top, by halving."""
        path = [node, *self._path(node)]
        low, high = 0, len(path) - 1  # the top passes
        while low < high:
            middle = (low + high) // 2
            if self._passes(path[middle]):
                high = middle
            else:
                low = middle + 1
        self._passes(path[high])
        return path[high]

    def _path(self, node: Node) -> Iterator[Node]:
        while node != self.top:
            node = min(self._above(node), key=lambda above: (self._loss(above), above))
            yield node

    def _above(self, node: Node) -> list[Node]:
        return [
            (*node[:place], step + 1, *node[place + 1 :])
            for place, step in enumerate(node)
            if step < self.top[place]
        ]

    def _passes(self, node: Node) -> bool:
        if node not in self.measured:
            if self._is_below_a_failure(node):
                return False
            self.measured[node] = self.small_rows(node)
            if self.measured[node] > self.most:
                self.failed.append(node)
        return self.measured[node] <= self.most

    def _is_below_a_failure(self, node: Node) -> bool:
        return any(all(a <= b for a, b in zip(node, failed, strict=True)) for failed in self.failed)

    def _loss(self, node: Node) -> float:
        return sum(self.losses[place][step] for place, step in enumerate(node)) / len(node)

    def _cost(self, node: Node) -> float:
        """The loss with the rows left out, each of which has lost everything."""
        kept = 1 - self.measured[node] / self.rows
        return self._loss(node) * kept + 1 - kept
