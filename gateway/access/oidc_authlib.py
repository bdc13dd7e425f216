"""Sign-in through an institution's own identity provider: OpenID Connect's code flow with PKCE, state and nonce.

The edge to authlib (extra ``oidc``). What a sign-in must remember travels with the browser, encrypted, so that nothing
is kept here for people who never come back. Only who they are is taken from the provider; roles are granted here.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from catalog.errors import KaizhaError, NotFound, NotSignedIn, Unavailable
from catalog.text import Text
from gateway.access.keyring import KeyRing

__all__ = ["Provider", "begin", "finish", "subject_of"]

LASTS = timedelta(minutes=10)
TIMEOUT_S = 5.0
# What an identity provider signs with; "none" and shared secrets are not among them.
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY_S = 30


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider of this institution, as its settings name it."""

    issuer: str
    client_id: str
    client_secret: str

    def checked(self) -> Provider:
        """Itself. Raises NotFound where none is set, Unavailable for an address without TLS (but loopback)."""
        if not (self.issuer and self.client_id and self.client_secret):
            raise NotFound(
                Text("没有配置统一身份认证", "No identity provider is set"),
                Text(
                    "请用用户名和密码登录；管理员可设置 KAIZHA_OIDC_ISSUER",
                    "Sign in by name and password; an administrator can set KAIZHA_OIDC_ISSUER",
                ),
            )
        if find_spec("authlib") is None or find_spec("joserfc") is None:
            raise Unavailable(
                Text("没有安装统一身份认证组件", "Sign-in by an identity provider is not installed"),
                Text(
                    "请安装附加组件：pip install 'kaizha[oidc]'",
                    "Install the extra: pip install 'kaizha[oidc]'",
                ),
            )
        _over_tls(self.issuer)
        return self


def subject_of(issuer: str, sub: str) -> str:
    """How an identity is kept: with its issuer, so that another provider's `sub` is never taken for it."""
    return f"{issuer} {sub}"


def begin(provider: Provider, ring: KeyRing, redirect_uri: str, at: datetime) -> tuple[str, str]:
    """The provider's address to send the browser to, and what the browser keeps meanwhile (sealed).

    Raises NotFound without a provider, Unavailable when it does not answer.
    """
    known = _discovered(provider.checked())
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _client(provider, redirect_uri) as client:
        url, state = client.create_authorization_url(
            known["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "until": (at + LASTS).isoformat()}
    return url, _seal(ring, kept)


def finish(
    provider: Provider, ring: KeyRing, sealed: str, state: str, code: str, redirect_uri: str, at: datetime
) -> str:
    """The subject the provider vouches for, as it is kept.

    Raises NotSignedIn: not the browser that began, too late, or an ID token that does not hold; Unavailable.
    """
    known = _discovered(provider.checked())
    kept = _unseal(ring, sealed)
    late = at > datetime.fromisoformat(kept["until"])
    if late or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        raise _refusal()
    from authlib.common.errors import AuthlibBaseError

    try:
        with _client(provider, redirect_uri) as client:
            token = client.fetch_token(known["token_endpoint"], code=code, code_verifier=kept["verifier"])
    except AuthlibBaseError as error:  # the provider said no: a spent code, another verifier
        raise _refusal() from error
    except Exception as error:  # of either HTTP library that authlib may run on
        raise _no_answer() from error
    return subject_of(provider.issuer, _checked_sub(provider, known, token, kept["nonce"], at))


def _checked_sub(provider: Provider, known: dict[str, Any], token: Any, nonce: str, at: datetime) -> str:
    """The `sub` of an ID token that holds (OpenID Connect Core 1.0, section 3.1.3.7)."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        published: Any = _fetched(known["jwks_uri"])
        keys = KeySet.import_key_set(published)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _no_answer() from error
    claims = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
    )
    try:
        found = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
        claims.validate(found)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _refusal() from error
    several = isinstance(found["aud"], list) and len(found["aud"]) > 1
    if several and found.get("azp") != provider.client_id:
        raise _refusal()
    return str(found["sub"])


def _client(provider: Provider, redirect_uri: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client  # an extra, and 0.1 s

    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        redirect_uri=redirect_uri,
        scope="openid",
        code_challenge_method="S256",
        timeout=TIMEOUT_S,
    )


def _discovered(provider: Provider) -> dict[str, Any]:
    found = _fetched(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise _no_answer()
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _over_tls(str(found.get(name, "")))
    return found


def _fetched(url: str) -> dict[str, Any]:
    try:
        answer = httpx.get(url, timeout=TIMEOUT_S, follow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise _no_answer() from error
    if not isinstance(found, dict):
        raise _no_answer()
    return found


def _over_tls(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    ):
        raise Unavailable(
            Text("统一身份认证的地址必须是 https", "The identity provider's address must be https"),
            Text("请检查 KAIZHA_OIDC_ISSUER", "Check KAIZHA_OIDC_ISSUER"),
        )


def _seal(ring: KeyRing, kept: dict[str, str]) -> str:
    nonce = secrets.token_bytes(12)
    closed = AESGCM(ring.derived("oidc")).encrypt(nonce, json.dumps(kept).encode(), None)
    return base64.urlsafe_b64encode(nonce + closed).decode()


def _unseal(ring: KeyRing, sealed: str) -> dict[str, str]:
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        kept: dict[str, str] = json.loads(AESGCM(ring.derived("oidc")).decrypt(raw[:12], raw[12:], None))
    except (ValueError, InvalidTag) as error:
        raise _refusal() from error
    return kept


def _refusal() -> KaizhaError:
    return NotSignedIn(
        Text("统一身份认证登录没有完成", "The sign-in at the identity provider was not completed"),
        Text("请从登录页面重新开始", "Start again from the sign-in page"),
    )


def _no_answer() -> KaizhaError:
    return Unavailable(
        Text("统一身份认证没有正确应答", "The identity provider does not answer as it should"),
        Text("请稍后再试，或用用户名和密码登录", "Try again later, or sign in by name and password"),
    )
