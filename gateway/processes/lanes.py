"""Which of the gate's requests wait for each other: one line for all that acts, and a few of their own beside it.

What hashes a password, calls an identity provider or screens a whole city would otherwise keep everybody waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

from pydantic import ValidationError

from gateway.processes.ckan_steps import CkanAction
from gateway.processes.messages import BeginOidc, FinishOidc, Request, SignIn, gate_request
from gateway.processes.steps import SimulateList

__all__ = ["Lanes"]

# How many are answered at once. A sign-in takes 64 MiB while it hashes (`gateway.access.passwords`): 128 MiB in all.
SIGN_INS = 2
PROVIDER_CALLS = 2
SIMULATIONS = 1
# What comes through the CKAN API may be a whole file to examine.
PORTAL_CALLS = 1


class Lanes:
    """The executors of one gate process; called with a request line it gives the one that answers it."""

    def __init__(self) -> None:
        sign_in, provider, simulation, portal = (
            ThreadPoolExecutor(threads, name)
            for threads, name in (
                (SIGN_INS, "sign-in"),
                (PROVIDER_CALLS, "provider"),
                (SIMULATIONS, "simulation"),
                (PORTAL_CALLS, "portal"),
            )
        )
        self._acting = ThreadPoolExecutor(1, "acting")
        self._own: Mapping[type[Request], Executor] = {
            SignIn: sign_in,
            BeginOidc: provider,
            FinishOidc: provider,
            SimulateList: simulation,
            CkanAction: portal,
        }

    def __call__(self, line: bytes) -> Executor:
        try:
            request = gate_request(line)
        except ValidationError:  # answered as malformed, in its turn
            return self._acting
        return self._own.get(type(request), self._acting)
