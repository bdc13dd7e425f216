"""What the house remembers: tables, the unit of work, queries, and the one place that connects."""

from catalog.registry import queries, work
from catalog.registry.documents import dump, load
from catalog.registry.metadata import UtcTime, metadata
from catalog.registry.registry import Registry

__all__ = ["Registry", "UtcTime", "dump", "load", "metadata", "queries", "work"]
