"""Alarms of the gate as a metric."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from catalog.errors import Unavailable
from catalog.registry import Registry
from gateway.governance.notices import told
from gateway.governance.reminders import MATCHER_FAILED
from gateway.serve.shelf import RegistryShelf

__all__ = ["Alarms"]


class Alarms(Collector):
    """What the gate has raised an alarm about, out of the registry: the gate itself answers no scrape. While the
    registry does not answer, the series is absent from a scrape; what else is measured is not."""

    def __init__(self, registry: Registry, shelf: RegistryShelf) -> None:
        self._registry = registry
        self._shelf = shelf

    def collect(self) -> Iterator[CounterMetricFamily]:
        try:
            self._shelf.epoch()  # a registry that is cut off is not waited for
            with self._registry.reading() as snapshot:
                number = told(snapshot, MATCHER_FAILED)
        except (Unavailable, DBAPIError):
            return
        yield CounterMetricFamily(
            "kaizha_matcher_failures", "Alarms of entries that could not be evaluated", value=number
        )
