"""The home a command works on, and who acts in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.access import Person
    from gateway.gate import Gate

__all__ = ["actor", "opened"]


def opened() -> Gate:
    """The gate of KAIZHA_HOME; from here on this command logs and traces as the gate does."""
    from gateway.gate import open_gate
    from gateway.observe.start import begin
    from gateway.settings import GateSettings

    settings = GateSettings()
    begin(settings, "command")
    return open_gate(settings)


def actor(gate: Gate, as_: str | None) -> Person:
    """Who acts. Raises NotSignedIn in an institution's home; see `gateway.access.acting`."""
    from gateway.access import acting

    return acting(gate.registry, gate.keys, gate.now(), os.environ, as_)
