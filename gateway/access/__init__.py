"""People, keys and permissions."""

from gateway.access.keyring import KeyRing
from gateway.access.keys import KeyRecord, authenticate, issue, key_list, looks_like_a_key, revoke
from gateway.access.permissions import OWNER, PERMISSIONS, Action, Person, Role, require

__all__ = [
    "OWNER",
    "PERMISSIONS",
    "Action",
    "KeyRecord",
    "KeyRing",
    "Person",
    "Role",
    "authenticate",
    "issue",
    "key_list",
    "looks_like_a_key",
    "require",
    "revoke",
]
