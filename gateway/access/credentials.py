"""Who a credential stands for: a session's token or an API key, told apart by their first letters."""

from __future__ import annotations

from datetime import datetime

from catalog.registry import Registry
from gateway.access.keyring import KeyRing
from gateway.access.keys import authenticate
from gateway.access.permissions import Person
from gateway.access.sessions import PREFIX, person_of_session

__all__ = ["who"]


def who(registry: Registry, ring: KeyRing, credential: str, at: datetime) -> Person:
    """The person, with the roles of this moment. Raises NotSignedIn for anything that stands for nobody."""
    if credential.startswith(PREFIX):
        return person_of_session(registry, ring, credential, at)
    with registry.reading() as snapshot:
        return authenticate(snapshot, ring, credential, at)
