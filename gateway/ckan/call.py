"""One call of an action, as clients really send it: a JSON body, a form, a form whose single key is a JSON text, or the
parameters of a GET."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from gateway.ckan.errors import BadRequest

__all__ = [
    "ROUTE",
    "UPLOADS",
    "Call",
    "Upload",
    "address",
    "credential_of",
    "from_body",
    "from_fields",
    "from_query",
]

ROUTE = re.compile(r"/api(?:/(?P<version>3))?/action/(?P<name>[^/]{1,100})/?")
UPLOADS = "uploads"
"""Folder under the run folder in which the serving role leaves files that came in, each under a random name."""
MAX_PARAMETERS = 256
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?:\.[A-Za-z_$][A-Za-z0-9_$]*){0,5}")
_JSON_ON_GET = frozenset({"filters", "facet.field", "facet.fields", "fq_list", "extras", "q"})
"""Parameters of a GET that may arrive as JSON text."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call: kept under this name among the uploads, and how the client called it."""

    kept: str
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An action and what it is given. `callback` is that of JSONP, "" without; `base` the public address."""

    action: str
    given: Mapping[str, Any] = field(default_factory=dict)
    method: str = "POST"
    credential: str = ""
    callback: str = ""
    base: str = ""
    version: str = ""
    caller: str = ""
    upload: Upload | None = None

    @property
    def url(self) -> str:
        """The address of this action, as it was called."""
        return f"/api{self.version}/action/{self.action}"


def credential_of(headers: Mapping[bytes, bytes]) -> str:
    """The token of a call: raw in ``Authorization`` or ``X-CKAN-API-Key`` as clients of CKAN send it, or after
    ``Bearer`` as ours do; "" without."""
    for name in (b"authorization", b"x-ckan-api-key"):
        given = headers.get(name, b"").decode("latin-1").strip()
        scheme, _, rest = given.partition(" ")
        if scheme.lower() == "bearer":
            given = rest.strip()
        if given:
            return given[:200]
    return ""


def from_query(query: bytes) -> tuple[dict[str, Any], str]:
    """What a GET gives: a key that comes twice is a list; and the callback. Raises BadRequest."""
    pairs = _pairs(query)
    found = _listed(pairs)
    callback = found.pop("callback", "")
    if callback and not (isinstance(callback, str) and _CALLBACK.fullmatch(callback) and len(callback) < 100):
        raise BadRequest("callback is not an identifier of JavaScript")
    for name in _JSON_ON_GET & found.keys():
        found[name] = _json_or_text(found[name])
    return found, callback


def from_body(body: bytes, content_type: str) -> dict[str, Any]:
    """What a POST gives that is no multipart form. Raises BadRequest."""
    if not body.strip():
        return {}
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        looks_like_json = body.lstrip()[:1] in (b"{", b"[") or body.lstrip()[:3].upper() == b"%7B"
        pairs = _pairs(body)
        if looks_like_json and len(pairs) == 1 and not pairs[0][1]:
            return _object(pairs[0][0].encode())
        return _object(body) if looks_like_json and body.lstrip()[:1] == b"{" else _listed(pairs)
    return _object(body)


def from_fields(fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What the plain fields of a multipart form give: all of them texts."""
    return _listed(fields)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("JSON Error: Error decoding JSON data") from None
    if not isinstance(found, dict):
        raise BadRequest(
            f"JSON Error: Request data JSON decoded to {type(found).__name__} but it needs to be a dictionary."
        )
    return found


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except (UnicodeDecodeError, ValueError):
        raise BadRequest("the parameters cannot be read, or are too many") from None


def _listed(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            known = found[name]
            found[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            found[name] = value
    return found


def _json_or_text(value: Any) -> Any:
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def address(call: Call, given: Mapping[str, Any]) -> str:
    """The address that asks this action for `given`."""
    written = [
        (name, value if isinstance(value, str) else orjson.dumps(value).decode())
        for name, value in given.items()
        if value is not None
    ]
    return f"{call.url}?{urlencode(written)}"
