"""Which action each HTTP route and each command takes: one table, held to the route table and the command tree by a test.

`NOBODY` stands where nobody in particular acts: then nothing of the house changes in anybody's name. A row of several
actions is one address where the request decides which of them it takes.
"""

from __future__ import annotations

import re
from functools import cache

from gateway.access.permissions import Action

__all__ = ["COMMANDS", "NOBODY", "OPEN_TO_ALL", "ROUTES", "is_shared", "methods_of"]

A = Action
Takes = tuple[Action, ...]

NOBODY: Takes = ()
OPEN: Takes = (A.READ_OPEN,)
OPEN_TO_ALL = frozenset({A.READ_OPEN, A.READ_LIST})
"""What anybody may do."""
DATASET = "/api/v1/datasets/{dataset_id}"
LIST = "/api/v1/negative-list"
SERVICE = "/api/v1/services/{service_id}"

CKAN: Takes = (
    A.READ_OPEN,
    A.OWN_KEYS,
    A.SEE_SUBMISSIONS,
    A.SUBMIT,
    A.WITHDRAW,
    A.DESCRIBE_PUBLISHERS,
    A.DESCRIBE_GROUPS,
)
"""What actions of the CKAN API take; each of them by `gateway.ckan.actions`."""

FOR_MACHINES = re.compile(
    r"/api/|/(?:openapi\.json|catalog\.[a-z]+|data\.json|feed\.atom|sitemap\.xml)$"
    r"|/datasets/[^/]+\.(?:ttl|rdf|jsonld|(?:croissant|datapackage|csvw)\.json)$"
)
"""Interfaces; everything else that anybody may see is a page of ours."""

ROUTES: dict[tuple[str, str], Takes] = {
    # pages
    ("GET", "/"): OPEN,
    ("GET", "/datasets/{dataset_id}"): OPEN,
    ("GET", "/datasets/{dataset_id}/quality"): OPEN,
    ("GET", "/datasets/{dataset_id}/risk"): OPEN,
    ("GET", "/datasets/{dataset_id}/privacy"): OPEN,
    **{("GET", f"/catalog.{form}"): OPEN for form in ("ttl", "jsonld", "rdf")},
    ("GET", "/data.json"): OPEN,
    **{
        ("GET", f"/datasets/{{dataset_id}}.{form}"): OPEN
        for form in ("ttl", "jsonld", "rdf", "croissant.json", "datapackage.json", "csvw.json")
    },
    ("GET", "/sitemap.xml"): OPEN,
    ("GET", "/feed.atom"): OPEN,
    ("GET", "/counts"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/try"): OPEN,
    ("GET", "/static/{name}"): OPEN,
    # developers
    ("GET", "/api/v1/datasets"): OPEN,
    ("GET", DATASET): OPEN,
    ("GET", f"{DATASET}/versions"): OPEN,
    ("GET", f"{DATASET}/quality"): OPEN,
    ("GET", f"{DATASET}/risk"): OPEN,
    ("GET", f"{DATASET}/privacy"): OPEN,
    ("GET", f"{DATASET}/decision"): OPEN,
    ("GET", f"{DATASET}/contract"): OPEN,
    ("GET", f"{DATASET}/openapi.json"): OPEN,
    ("GET", f"{DATASET}/records"): OPEN,
    ("GET", f"{DATASET}/aggregate"): OPEN,
    ("GET", f"{DATASET}/export.{{format}}"): OPEN,
    ("GET", "/services/{service_id}"): OPEN,
    ("GET", "/api/v1/services"): OPEN,
    ("GET", SERVICE): OPEN,
    ("POST", SERVICE): OPEN,
    ("GET", f"{SERVICE}/openapi.json"): OPEN,
    ("GET", "/api/3"): OPEN,
    ("GET", "/api/3/action/{action}"): (A.READ_OPEN, A.OWN_KEYS, A.SEE_SUBMISSIONS),
    ("POST", "/api/3/action/{action}"): CKAN,
    ("GET", "/api/action/{action}"): (A.READ_OPEN, A.OWN_KEYS, A.SEE_SUBMISSIONS),
    ("POST", "/api/action/{action}"): CKAN,
    ("GET", "/datastore/dump/{resource_id}"): OPEN,
    ("GET", "/api/v1/elements"): OPEN,
    ("GET", "/api/v1/elements/{code}"): OPEN,
    ("GET", "/api/v1/counts"): OPEN,
    ("GET", "/api/v1/holdings"): (A.READ_OPEN, A.SEE_HOLDINGS),
    ("GET", "/api/v1/ledger/checkpoint"): OPEN,
    ("GET", "/api/v1/ledger/proof/{index}"): OPEN,
    ("GET", "/api/v1/ledger/consistency"): OPEN,
    ("GET", "/api/v1/ledger/witnessed"): OPEN,
    ("GET", "/api/v1/ledger/key"): OPEN,
    ("GET", "/api/v1/ledger/tile/{place:path}"): OPEN,
    ("GET", "/api/v1/ledger/event/{index}"): OPEN,
    ("POST", "/api/v1/ledger/add-checkpoint"): NOBODY,  # the witness's signature in it says who asks
    ("GET", LIST): (A.READ_LIST,),
    ("GET", f"{LIST}/versions"): (A.READ_LIST,),
    ("GET", f"{LIST}/due"): (A.READ_LIST,),
    ("GET", f"{LIST}/export.{{format}}"): (A.READ_LIST, A.SEE_DRAFTS),
    ("GET", f"{LIST}/diff"): (A.READ_LIST, A.SEE_DRAFTS),
    ("GET", "/openapi.json"): OPEN,
    ("POST", "/mcp"): OPEN,  # each of its tools is a request of the caller to an interface above
    # the house itself
    ("GET", "/health/live"): NOBODY,
    ("GET", "/health/ready"): NOBODY,
    ("GET", "/metrics"): NOBODY,
    # one's own account: whoever holds the secret or the session
    ("POST", "/api/v1/session"): NOBODY,
    ("DELETE", "/api/v1/session"): NOBODY,
    ("GET", "/api/v1/session/oidc"): NOBODY,
    ("GET", "/api/v1/session/oidc/callback"): NOBODY,
    ("GET", "/api/v1/me"): NOBODY,
    # stewards and officers
    ("GET", "/api/v1/submissions"): (A.SEE_SUBMISSIONS,),
    ("GET", "/api/v1/submissions/{submission_id}"): (A.SEE_SUBMISSIONS, A.PREVIEW),
    ("GET", "/api/v1/submissions/{submission_id}/assessment"): (A.ASSESS,),
    ("POST", "/api/v1/submissions/{submission_id}/answers"): (
        A.ANSWER_STEWARD,
        A.ANSWER_OFFICER,
        A.END_SUBMISSION,
    ),
    # who governs the list, and who objects to it
    ("POST", f"{LIST}/versions"): (A.DRAFT_LIST,),
    ("GET", f"{LIST}/history"): (A.SEE_DRAFTS,),
    ("GET", f"{LIST}/versions/{{version}}/simulate"): (A.SIMULATE_LIST,),
    ("POST", f"{LIST}/versions/{{version}}/propose"): (A.PROPOSE_LIST,),
    ("POST", f"{LIST}/versions/{{version}}/approve"): (A.APPROVE_LIST,),
    ("POST", f"{LIST}/versions/{{version}}/reject"): (A.APPROVE_LIST,),
    ("POST", f"{LIST}/versions/{{version}}/activate"): (A.ACTIVATE_LIST,),
    ("GET", "/api/v1/exemptions"): (A.SEE_EXEMPTIONS,),
    ("POST", "/api/v1/exemptions"): (A.DRAFT_EXEMPTION,),
    ("POST", "/api/v1/exemptions/{id}/approve"): (A.APPROVE_EXEMPTION,),
    ("POST", "/api/v1/exemptions/{id}/end"): (A.APPROVE_EXEMPTION,),
    ("GET", "/api/v1/appeals"): (A.SEE_APPEALS,),
    ("POST", "/api/v1/appeals"): (A.APPEAL,),
    ("POST", "/api/v1/appeals/{id}/answer"): (A.ANSWER_APPEAL,),
    ("GET", "/api/v1/harvests"): (A.SEE_HARVESTS,),
    ("GET", "/api/v1/subscriptions"): (A.SUBSCRIBE,),
    ("POST", "/api/v1/subscriptions"): (A.SUBSCRIBE,),
    ("DELETE", "/api/v1/subscriptions/{id}"): (A.SUBSCRIBE,),
    # keys, plans, usage
    ("GET", "/api/v1/plans"): OPEN,
    ("POST", "/api/v1/plans/{name}"): (A.SET_PLANS,),
    ("GET", "/api/v1/keys"): (A.OWN_KEYS, A.MANAGE_KEYS),
    ("POST", "/api/v1/keys"): (A.OWN_KEYS,),
    ("POST", "/api/v1/keys/{id}/rotate"): (A.OWN_KEYS,),
    ("DELETE", "/api/v1/keys/{id}"): (A.OWN_KEYS, A.MANAGE_KEYS),
    ("GET", "/api/v1/usage"): (A.OWN_KEYS, A.SEE_USAGE),
    # who declares purpose-built APIs
    ("GET", "/api/v1/service-declarations"): (A.SEE_SERVICES,),
    ("POST", "/api/v1/services"): (A.DECLARE_SERVICE,),
    ("POST", "/api/v1/services/{id}/probe"): (A.DECLARE_SERVICE,),
    ("POST", "/api/v1/services/{id}/versions/{version}/answer"): (A.ANSWER_SERVICE,),
    ("POST", "/api/v1/services/{id}/versions/{version}/deprecate"): (A.DECLARE_SERVICE,),
    ("POST", "/api/v1/services/{id}/versions/{version}/retire"): (A.RETIRE_SERVICE,),
}

COMMANDS: dict[str, Takes] = {
    "publish": (A.SUBMIT,),
    "check": NOBODY,  # writes nothing
    "withdraw": (A.WITHDRAW,),
    "counts": OPEN,
    "verify": OPEN,
    "demo": (A.SUBMIT,),  # in a personal home only
    "serve": NOBODY,  # whoever calls is asked at the door
    "login": NOBODY,
    "logout": NOBODY,
    "review list": (A.SEE_SUBMISSIONS,),
    "review show": (A.SEE_SUBMISSIONS, A.PREVIEW),
    "review assessment": (A.ASSESS,),
    "review grade": (A.REGRADE,),
    "review answer": (A.ANSWER_STEWARD, A.ANSWER_OFFICER, A.END_SUBMISSION),
    "quality show": (A.PREVIEW,),
    "quality edit": (A.SUBMIT,),
    "quality metadata": OPEN,
    "negative-list show": (A.READ_LIST,),
    "negative-list export": (A.READ_LIST,),
    "negative-list diff": (A.READ_LIST,),
    "negative-list history": (A.READ_LIST,),
    "negative-list due": (A.READ_LIST,),
    "negative-list import": (A.DRAFT_LIST,),
    "negative-list simulate": (A.SIMULATE_LIST,),
    "negative-list propose": (A.PROPOSE_LIST,),
    "negative-list approve": (A.APPROVE_LIST,),
    "negative-list reject": (A.APPROVE_LIST,),
    "negative-list activate": (A.ACTIVATE_LIST,),
    "negative-list exemption draft": (A.DRAFT_EXEMPTION,),
    "negative-list exemption approve": (A.APPROVE_EXEMPTION,),
    "negative-list exemption end": (A.APPROVE_EXEMPTION,),
    "negative-list exemption list": (A.SEE_EXEMPTIONS,),
    "negative-list appeal file": (A.APPEAL,),
    "negative-list appeal list": (A.SEE_APPEALS,),
    "negative-list appeal answer": (A.ANSWER_APPEAL,),
    "subscription add": (A.SUBSCRIBE,),
    "subscription list": (A.SUBSCRIBE,),
    "subscription remove": (A.SUBSCRIBE,),
    "contract show": (A.SEE_CONTRACTS,),
    "contract diff": (A.SEE_CONTRACTS,),
    "contract export": (A.SEE_CONTRACTS,),
    "element list": OPEN,
    "element show": OPEN,
    "element export": OPEN,
    "element import": (A.WRITE_ELEMENTS,),
    "holdings add": (A.REGISTER_HOLDINGS,),
    "holdings import": (A.REGISTER_HOLDINGS,),
    "holdings scan": (A.REGISTER_HOLDINGS,),
    "holdings retire": (A.REGISTER_HOLDINGS,),
    "holdings list": (A.SEE_HOLDINGS,),
    "service add": (A.DECLARE_SERVICE,),
    "service propose": (A.DECLARE_SERVICE,),
    "service probe": (A.DECLARE_SERVICE,),
    "service deprecate": (A.DECLARE_SERVICE,),
    "service retire": (A.RETIRE_SERVICE,),
    "service answer": (A.ANSWER_SERVICE,),
    "service list": (A.SEE_SERVICES,),
    "service show": (A.SEE_SERVICES,),
    "harvest": (A.HARVEST,),
    "schedule list": (A.SEE_HARVESTS,),
    "schedule runs": (A.SEE_HARVESTS,),
    "schedule pause": (A.HARVEST,),
    "schedule resume": (A.HARVEST,),
    "schedule run": (A.HARVEST,),
    "schedule remove": (A.HARVEST,),
    "push": (A.PUSH, A.SEE_HARVESTS),
    "key issue": (A.OWN_KEYS, A.MANAGE_KEYS),
    "key revoke": (A.OWN_KEYS, A.MANAGE_KEYS),
    "key list": (A.OWN_KEYS, A.MANAGE_KEYS),
    "key rotate": (A.OWN_KEYS,),
    "key usage": (A.OWN_KEYS, A.SEE_USAGE),
    "key plans": OPEN,
    "key plan": (A.SET_PLANS,),
    "user add": (A.MANAGE_PEOPLE,),
    "user grant": (A.MANAGE_PEOPLE,),
    "user revoke": (A.MANAGE_PEOPLE,),
    "user list": (A.MANAGE_PEOPLE,),
    "user disable": (A.MANAGE_PEOPLE,),
    "user enable": (A.MANAGE_PEOPLE,),
    "user token": (A.MANAGE_PEOPLE,),
}


def is_shared(path: str) -> bool:
    """Whether pages of other sites may read what stands at this decoded path: the open interfaces, not our own pages."""
    return FOR_MACHINES.match(path) is not None and _shared().fullmatch(path) is not None


def methods_of(path: str) -> tuple[str, ...]:
    """The methods there are at this decoded path, in a fixed order; none where it is no address of the surface."""
    found = {method for (method, place) in ROUTES if re.fullmatch(_pattern(place), path)}
    if "GET" in found:
        found.add("HEAD")
    if is_shared(path):
        found.add("OPTIONS")
    return tuple(one for one in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") if one in found)


@cache
def _shared() -> re.Pattern[str]:
    open_to_all = [path for (_, path), actions in ROUTES.items() if OPEN_TO_ALL & set(actions)]
    return re.compile("|".join(_pattern(path) for path in open_to_all))


@cache
def _pattern(path: str) -> str:
    """A route's path as a pattern: ``{name}`` is one segment or a part of one, ``{name:path}`` any number of them."""
    parts = re.split(r"(\{[^}]*\})", path)
    return "".join(
        re.escape(part) if not part.startswith("{") else ".*" if part.endswith(":path}") else "[^/]+"
        for part in parts
    )
