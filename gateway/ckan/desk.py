"""What an action works with in the serving role: the catalogue as it stands, the releases and their files, and the gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import NotAllowed, NotFound, NotSignedIn
from catalog.interchange.ckan import resource_with_base, with_base
from catalog.registry import Registry
from gateway.ckan.call import Call
from gateway.ckan.catalogue import Stand
from gateway.ckan.errors import CkanError, denied, missing, of_tree
from gateway.ckan.index import Index, Listed, listed
from gateway.serve.engines import Engines
from gateway.serve.served import Served

__all__ = ["Desk", "shown_package", "shown_resource"]

AskGate = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Desk:
    """`stand` is the catalogue at the moment of the call; `current` gives the release behind a dataset; `ask` passes a call
    on to the gate and gives its result, raising errors of our tree."""

    stand: Stand
    registry: Registry
    engines: Engines
    current: Callable[[str], Awaitable[Served | None]]
    ask: AskGate

    @property
    def index(self) -> Index:
        return self.stand.index

    def package(self, id_or_name: str) -> Listed:
        """An open package. Raises CkanError."""
        found = self.index.find(id_or_name)
        if found is None:
            raise missing()
        return found

    async def gate(self, call: Call, action: str = "", given: Mapping[str, Any] | None = None) -> Any:
        """What the gate says to an action. Raises CkanError; without a token nothing is asked."""
        if not call.credential:
            raise denied(f"Action {action or call.action} requires an authenticated user")
        asked = Call(
            action or call.action,
            call.given if given is None else given,
            credential=call.credential,
            upload=call.upload,
        )
        try:
            return await self.ask(asked)
        except (NotSignedIn, NotAllowed, NotFound) as error:
            raise of_tree(error) from None

    async def with_drafts(self, call: Call) -> Index:
        """The index with the drafts that the caller may see."""
        if not call.credential:
            return self.index
        try:
            drafts = await self.gate(call, "own_drafts", {})
        except CkanError as error:
            if error.status == 403:
                return self.index
            raise
        return self.index.changed((), [listed(one, "", None) for one in drafts])


def shown_package(one: Listed, call: Call) -> dict[str, Any]:
    return with_base(one.shown, call.base)


def shown_resource(one: Listed, resource_id: str, call: Call) -> dict[str, Any]:
    """Raises CkanError."""
    for resource in one.shown["resources"]:
        if resource["id"] == resource_id:
            return resource_with_base(resource, call.base)
    raise missing("Resource was not found.")
