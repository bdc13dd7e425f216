"""What each of the three roles gives up before it does anything: the walls between serve, gate and vault.

serve: no domain zone, no keys, writes nowhere but its caches, the meter and scratch. gate: both zones and the keys.
vault: no keys, no registry, no network.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import structlog

from gateway.processes import landlock

__all__ = ["ProcessRole", "Walls", "confine"]

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
log = structlog.get_logger()


class ProcessRole(StrEnum):
    SERVE = "serve"
    GATE = "gate"
    VAULT = "vault"


@dataclass(frozen=True, slots=True)
class Walls:
    """Names under the home that a role cannot read, those it may write, and whether it may use the network."""

    forbidden: tuple[str, ...]
    writable: tuple[str, ...]
    network: bool


WALLS: dict[ProcessRole, Walls] = {
    ProcessRole.SERVE: Walls(("domain", "keys"), ("run", "cache", "meter"), network=True),
    ProcessRole.GATE: Walls(
        (), ("domain", "open", "registry", "keys", "run", "cache", "meter"), network=True
    ),
    ProcessRole.VAULT: Walls(("keys", "registry", "meter"), ("run", "domain"), network=False),
}


def confine(role: ProcessRole, home: Path) -> bool:
    """Put up the walls of `role` around this process. False (and a warning) where the system offers none:
    the roles are then apart by their settings only, and by OS users where installed so."""
    walls = WALLS[role]
    for name in (*walls.forbidden, *walls.writable):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = home / "run" / f"{role.value}.tmp"
    scratch.mkdir(mode=0o700, exist_ok=True)
    # The system's scratch folder is shared, and may be where the home itself lies: each role has its own.
    os.environ["TMPDIR"] = str(scratch)
    tempfile.tempdir = None
    if not walls.network:
        _leave_the_network()
    shut = [home / name for name in walls.forbidden]
    writable = [home / name for name in walls.writable]
    confined = landlock.restrict(shut, writable, network=walls.network)
    if not confined:
        log.warning("not confined", role=role.value, why="this system has no Landlock")
    return confined


def _leave_the_network() -> None:
    """An empty network namespace where the system lets us (root, or user namespaces); TCP is shut by Landlock too."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # without privileges a user namespace of one's own comes first, where the system allows it
    if libc.unshare(_CLONE_NEWNET) and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        log.info("network namespace kept", why=os.strerror(ctypes.get_errno()))
