"""Signing in over HTTP: the gate decides; serve only carries the credential, in a header or in a cookie.

A program sends ``Authorization: Bearer``. A browser gets a cookie that no script can read and no other site can send
(HttpOnly, SameSite=Strict), and sends the session's CSRF token with whatever changes something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from catalog.errors import NotSignedIn
from catalog.text import Text
from gateway.api.context import Context, context_of
from gateway.processes.messages import BeginOidc, FinishOidc, Me, SignIn, SignOut

__all__ = ["CSRF_HEADER", "Caller", "caller", "forget_cookie", "is_secure", "router", "set_cookie"]

CSRF_HEADER = "x-csrf-token"
COOKIE = "kaizha_session"
# Over TLS the name itself tells the browser: this host only, the whole path, never without TLS.
SECURE_COOKIE = f"__Host-{COOKIE}"

OIDC_COOKIE = "kaizha_oidc"
OIDC_PATH = "/api/v1/session/oidc"
SIGNED_IN_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">'
    '<title>Kaizha</title><p><a href="/">已登录，继续 · Signed in, continue</a>'
)

router = APIRouter(prefix="/api/v1")
Site = Annotated[Context, Depends(context_of)]


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller's credential as it came: `cookie` where the browser sent it unasked, `csrf` as the page sent it."""

    key: str
    cookie: bool = False
    csrf: str = ""

    def fields(self) -> dict[str, Any]:
        """As fields of a request to the gate."""
        return {"key": self.key, "cookie": self.cookie, "csrf": self.csrf}


def caller(request: Request) -> Caller:
    """The caller's credential: a key or session token in the header, else the cookie. Raises NotSignedIn without."""
    given = request.headers.get("authorization")
    if given is not None:
        scheme, _, key = given.partition(" ")
        if scheme.lower() == "bearer" and key.strip():
            return Caller(key.strip())
    else:
        name = SECURE_COOKIE if is_secure(request, context_of(request)) else COOKIE
        key = request.cookies.get(name, "")
        if key:
            return Caller(key, cookie=True, csrf=request.headers.get(CSRF_HEADER, ""))
    raise NotSignedIn(
        Text("请登录或提供密钥", "Sign in, or send a key"),
        Text(
            "POST /api/v1/session 登录，或在请求头中加入 Authorization: Bearer <密钥>（kaizha key issue）",
            "Sign in with POST /api/v1/session, or send Authorization: Bearer <key> (kaizha key issue)",
        ),
    )


Asking = Annotated[Caller, Depends(caller)]


class Credentials(BaseModel):
    """`name` with `password`; or with `one_time_token` and the `password` that is chosen by it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    password: str = Field(max_length=1000)
    one_time_token: str | None = Field(default=None, max_length=1000)


@router.post("/session", summary="Sign in: a session as a bearer token and as a cookie")
async def sign_in(request: Request, context: Site, response: Response, body: Credentials) -> Any:
    if body.one_time_token is None:
        message = SignIn(name=body.name, secret=body.password)
    else:
        message = SignIn(name=body.name, secret=body.one_time_token, new_password=body.password)
    signed = await context.ask(message)
    set_cookie(request, context, response, signed["token"])
    return signed


@router.delete("/session", summary="Sign out: the session ends at once, everywhere")
async def sign_out(request: Request, context: Site, response: Response, asking: Asking) -> Any:
    ended = await context.ask(SignOut(**asking.fields()))
    forget_cookie(request, context, response)
    return ended


@router.get("/session/oidc", summary="Sign in at the institution's identity provider")
async def begin_oidc(request: Request, context: Site) -> Response:
    message = BeginOidc(redirect_uri=_returning_to(request, context))
    begun = await context.ask(message)
    response = RedirectResponse(begun["url"], 303, {"cache-control": "no-store"})
    # Lax: the browser comes back from the provider's site, and must bring it then
    response.set_cookie(
        OIDC_COOKIE,
        begun["sealed"],
        max_age=600,
        httponly=True,
        samesite="lax",
        secure=is_secure(request, context),
        path=OIDC_PATH,
    )
    return response


@router.get("/session/oidc/callback", summary="Where the identity provider returns to")
async def finish_oidc(
    request: Request,
    context: Site,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    message = FinishOidc(
        redirect_uri=_returning_to(request, context),
        sealed=request.cookies.get(OIDC_COOKIE, "")[:4000],
        state=state,
        code=code,
    )
    signed = await context.ask(message)
    # A page, not a redirect: a Strict cookie is not sent on along a chain that began at another site.
    response = HTMLResponse(SIGNED_IN_PAGE)
    set_cookie(request, context, response, signed["token"])
    response.delete_cookie(OIDC_COOKIE, path=OIDC_PATH)
    return response


def _returning_to(request: Request, context: Context) -> str:
    base = (context.base_url or str(request.base_url)).rstrip("/")
    return f"{base}{OIDC_PATH}/callback"


@router.get("/me", summary="Who am I, and what may I do")
async def me(context: Site, response: Response, asking: Asking) -> Any:
    response.headers["cache-control"] = "no-store"
    return await context.ask(Me(**asking.fields()))


def is_secure(request: Request, context: Context) -> bool:
    """Whether readers come over TLS: by the public address where one is set, else as this request came."""
    return (context.base_url or str(request.base_url)).startswith("https:")


def set_cookie(request: Request, context: Context, response: Response, token: str) -> None:
    """Give the browser the session; it ends with the browser, or with the session."""
    secure = is_secure(request, context)
    response.headers["cache-control"] = "no-store"
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/"
    )


def forget_cookie(request: Request, context: Context, response: Response) -> None:
    """Take the session's cookie back."""
    secure = is_secure(request, context)
    response.headers["cache-control"] = "no-store"
    response.delete_cookie(
        SECURE_COOKIE if secure else COOKIE, httponly=True, samesite="strict", secure=secure, path="/"
    )
