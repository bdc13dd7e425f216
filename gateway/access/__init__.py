"""People, keys, sessions and permissions: who acts, and what they may do."""

from gateway.access.acting import acting
from gateway.access.credentials import who
from gateway.access.keyring import KeyRing
from gateway.access.keys import KeyRecord, authenticate, issue, key_list, looks_like_a_key, revoke
from gateway.access.people import is_institution, person_of
from gateway.access.permissions import (
    ACTION_NAMES,
    ANONYMOUS,
    GATE,
    OWNER,
    PERMISSIONS,
    Action,
    Person,
    Role,
    may,
    require,
)
from gateway.access.sessions import check_csrf, csrf_token
from gateway.access.sign_in import sign_in
from gateway.role import ROLE_NAMES

__all__ = [
    "ACTION_NAMES",
    "ANONYMOUS",
    "GATE",
    "OWNER",
    "PERMISSIONS",
    "ROLE_NAMES",
    "Action",
    "KeyRecord",
    "KeyRing",
    "Person",
    "Role",
    "acting",
    "authenticate",
    "check_csrf",
    "csrf_token",
    "is_institution",
    "issue",
    "key_list",
    "looks_like_a_key",
    "may",
    "person_of",
    "require",
    "revoke",
    "sign_in",
    "who",
]
