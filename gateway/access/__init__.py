"""People, keys and permissions."""

from gateway.access.keyring import KeyRing
from gateway.access.keys import KeyRecord, authenticate, issue, key_list, looks_like_a_key, revoke
from gateway.access.permissions import (
    ACTION_NAMES,
    ANONYMOUS,
    OWNER,
    PERMISSIONS,
    Action,
    Person,
    Role,
    may,
    require,
)

__all__ = [
    "ACTION_NAMES",
    "ANONYMOUS",
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
    "may",
    "require",
    "revoke",
]
