"""``python -m gateway.processes ROLE …``: one role of `kaizha serve`, started by the supervisor."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from gateway.processes.confine import ProcessRole


def main() -> None:
    """Run the role named by the first argument; it finds its own in the rest."""
    role = ProcessRole(sys.argv.pop(1))
    # Nothing that an import makes is garbage: looking for some takes an eighth of the time of a start, and again of every
    # full collection later.
    gc.disable()
    module = import_module(f"gateway.processes.{role.value}")
    gc.freeze()
    gc.enable()
    module.main()


if __name__ == "__main__":
    main()
