"""serve → gate: an action of the CKAN API that changes something, or that shows what is not for everybody. What the gate does
for each: `gateway.processes.ckan`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gateway.processes.asked import Asked

__all__ = ["CkanAction"]


class CkanAction(Asked):
    """`given` is what the client sent, as JSON; `upload` names the file that came with it among the uploads in the run
    folder, "" without, `upload_name` what the client calls it."""

    kind: Literal["ckan-action"] = "ckan-action"
    action: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    given: dict[str, Any] = Field(default_factory=dict, repr=False)
    upload: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    upload_name: Annotated[str, Field(max_length=200)] = ""
