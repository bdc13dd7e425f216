"""The gate's answers about one's own account: sign in, sign out, who am I."""

from __future__ import annotations

from typing import Any

from catalog.errors import BadInput
from catalog.text import Text
from gateway.access import ACTION_NAMES, PERMISSIONS, ROLE_NAMES, Person, Role, csrf_token, oidc_authlib
from gateway.access import sign_in as sign_in_here
from gateway.access.people import name_of
from gateway.access.sessions import PREFIX, end
from gateway.access.sign_in import SignedIn, sign_in_by_subject
from gateway.gate import Gate
from gateway.processes.messages import BeginOidc, FinishOidc, Me, SignIn, SignOut

__all__ = ["begin_oidc", "finish_oidc", "me", "person_json", "sign_in", "sign_out", "signed_in_json"]


def sign_in(gate: Gate, request: SignIn) -> Any:
    """A session for a password, or for a one-time token with the password that is chosen."""
    name = name_of(request.name)
    signed = sign_in_here(gate.registry, gate.keys, name, request.secret, gate.now(), request.new_password)
    return signed_in_json(signed)


def begin_oidc(gate: Gate, request: BeginOidc) -> Any:
    """The identity provider's address for this sign-in, and what the browser keeps meanwhile."""
    url, sealed = oidc_authlib.begin(_provider(gate), gate.keys, request.redirect_uri, gate.now())
    return {"url": url, "sealed": sealed}


def finish_oidc(gate: Gate, request: FinishOidc) -> Any:
    """A session for the account of whom the identity provider vouches for."""
    now = gate.now()
    subject = oidc_authlib.finish(
        _provider(gate), gate.keys, request.sealed, request.state, request.code, request.redirect_uri, now
    )
    return signed_in_json(sign_in_by_subject(gate.registry, gate.keys, subject, now))


def _provider(gate: Gate) -> oidc_authlib.Provider:
    chosen = gate.settings
    return oidc_authlib.Provider(chosen.oidc_issuer, chosen.oidc_client_id, chosen.oidc_client_secret)


def signed_in_json(signed: SignedIn) -> dict[str, Any]:
    """What the caller gets once: token, CSRF token, end, and who they are."""
    session = signed.session
    return {
        "token": session.token,
        "csrf": session.csrf,
        "ends_at": session.ends_at.isoformat(),
        "person": person_json(signed.person),
    }


def sign_out(gate: Gate, request: SignOut) -> Any:
    """End the session of this request. Raises BadInput for a key, which is revoked instead."""
    if not request.key.startswith(PREFIX):
        raise BadInput(
            Text("密钥没有登录会话", "A key has no session"),
            Text("停用密钥：kaizha key revoke", "To end a key: kaizha key revoke"),
        )
    with gate.registry.transaction() as unit:
        end(unit, gate.keys, request.key)
    return {"signed_out": True}


def me(gate: Gate, person: Person, request: Me) -> Any:
    """Who asks and what they may do; with the CSRF token where they are signed in."""
    session = request.key.startswith(PREFIX)
    return person_json(person) | {"csrf": csrf_token(gate.keys, request.key) if session else None}


def person_json(person: Person) -> dict[str, Any]:
    """A person with names of roles and actions in both languages."""
    allowed = (action for action in ACTION_NAMES if person.roles & PERMISSIONS[action])
    return {
        "name": person.name,
        "publisher": person.publisher,
        "roles": [
            {"role": role.value, "name": ROLE_NAMES[role].to_json()} for role in Role if role in person.roles
        ],
        "may": [{"action": one.name.lower(), "name": ACTION_NAMES[one].to_json()} for one in allowed],
    }
