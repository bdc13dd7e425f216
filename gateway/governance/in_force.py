"""What a check is judged by: the home's list and the dataset's suite in force where there is a home; the starter list
otherwise."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from catalog.registry import Registry
from gateway.governance import store
from gateway.publish.law import Law
from gateway.publish.suites import SetSuite, suite_of
from gateway.settings import GateSettings
from negative_list import load_starter

__all__ = ["in_force"]


def in_force(settings: GateSettings, dataset_id: str) -> tuple[Law, SetSuite | None]:
    """The list and the suite that a publication would be judged by now. Nothing is created: a check leaves no trace."""
    url = make_url(settings.registry)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Law.of(load_starter()), None
    # Not read only: a reader that may not write leaves SQLite's shared-memory files behind, and a check leaves nothing.
    registry = Registry(settings.registry)
    try:
        with registry.reading() as snapshot:
            law = Law.of(store.list_in_force(snapshot) or load_starter())
            return law, suite_of(snapshot, dataset_id)
    finally:
        registry.close()
