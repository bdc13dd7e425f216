"""Kinds of the jobs that ask other portals: they run beside the gate's own round, which waits for nobody."""

from __future__ import annotations

__all__ = ["EXCHANGE_JOBS", "FRESHNESS", "HARVEST", "PUSH"]

HARVEST, PUSH, FRESHNESS = "harvest", "push", "freshness"
EXCHANGE_JOBS = (HARVEST, PUSH, FRESHNESS)
