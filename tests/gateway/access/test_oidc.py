"""Sign-in through an identity provider, against a real small one on loopback; and every way it can go wrong."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from catalog.errors import BadInput, NotSignedIn, Unavailable
from gateway.access import OWNER, Role
from gateway.access.oidc_authlib import Provider, begin, finish
from gateway.access.people import people_list
from gateway.administration import add_person, disable_person
from gateway.gate import Gate

pytest.importorskip("authlib")
BACK = "http://testserver/api/v1/session/oidc/callback"


def beside(name: str) -> ModuleType:
    """A module of this folder (tests are collected by path, not as packages)."""
    spec = importlib.util.spec_from_file_location(f"access_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shared_idp() -> Iterator[Any]:
    provider = beside("identity_provider").IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def idp(shared_idp: Any) -> Iterator[Any]:
    yield shared_idp
    shared_idp.lie, shared_idp.sub, shared_idp.signing = {}, "u-1", shared_idp.key


@pytest.fixture
def provider(idp: Any) -> Provider:
    return Provider(idp.issuer, "kaizha", "s3cret-of-the-client")


def returned(url: str) -> dict[str, str]:
    """Where the provider sends the browser back to: state and code."""
    back = httpx.get(url, follow_redirects=False).headers["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def entered(gate: Gate, provider: Provider) -> str:
    url, sealed = begin(provider, gate.keys, BACK, gate.now())
    back = returned(url)
    return finish(provider, gate.keys, sealed, back["state"], back["code"], BACK, gate.now())


def test_the_subject_comes_from_the_provider_with_its_issuer(gate: Gate, provider: Provider) -> None:
    assert entered(gate, provider) == f"{provider.issuer} u-1"


LIES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "another issuer": lambda _idp: {"iss": "https://elsewhere.example"},
    "another audience": lambda _idp: {"aud": "another-client"},
    "several audiences without a party": lambda _idp: {"aud": ["kaizha", "another-client"]},
    "another sign-in's nonce": lambda _idp: {"nonce": "replayed"},
    "no nonce": lambda _idp: {"nonce": None},
    "over": lambda _idp: {"exp": int(time.time()) - 60},
    "from the future": lambda _idp: {"iat": int(time.time()) + 3600},
    "nobody": lambda _idp: {"sub": None},
}


@pytest.mark.parametrize("name", LIES)
def test_an_id_token_that_does_not_hold_signs_nobody_in(
    gate: Gate, provider: Provider, idp: Any, name: str
) -> None:
    idp.lie = LIES[name](idp)
    with pytest.raises(NotSignedIn):
        entered(gate, provider)


def test_an_id_token_signed_with_another_key_signs_nobody_in(
    gate: Gate, provider: Provider, idp: Any
) -> None:
    from joserfc.jwk import RSAKey

    idp.signing = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    with pytest.raises(NotSignedIn):
        entered(gate, provider)


def test_only_the_browser_that_began_can_finish_and_only_once_and_soon(
    gate: Gate, provider: Provider
) -> None:
    url, sealed = begin(provider, gate.keys, BACK, gate.now())
    _, others = begin(provider, gate.keys, BACK, gate.now())
    back = returned(url)
    now = gate.now()
    for kept, state, at in (
        (sealed, "another", now),
        (others, back["state"], now),
        ("", back["state"], now),
        ("AAAA" * 20, back["state"], now),
        (sealed[:-6] + "AAAAA=", back["state"], now),
        (sealed, back["state"], now + timedelta(minutes=11)),
    ):
        with pytest.raises(NotSignedIn):
            finish(provider, gate.keys, kept, state, back["code"], BACK, at)
    assert finish(provider, gate.keys, sealed, back["state"], back["code"], BACK, now)
    with pytest.raises(NotSignedIn):  # the code is spent
        finish(provider, gate.keys, sealed, back["state"], back["code"], BACK, now)


def test_a_stolen_code_is_worth_nothing_without_its_verifier(gate: Gate, provider: Provider) -> None:
    code = returned(begin(provider, gate.keys, BACK, gate.now())[0])["code"]
    url, sealed = begin(provider, gate.keys, BACK, gate.now())
    with pytest.raises(NotSignedIn):
        finish(provider, gate.keys, sealed, returned(url)["state"], code, BACK, gate.now())


def test_a_provider_without_tls_or_by_another_name_is_not_asked(gate: Gate, provider: Provider) -> None:
    for issuer in ("http://idp.example", f"{provider.issuer}/", "file:///etc"):
        with pytest.raises(Unavailable):
            begin(replace(provider, issuer=issuer), gate.keys, BACK, gate.now())


@pytest.fixture
def with_provider(house: Any, provider: Provider) -> Any:
    """The house with its identity provider set, as KAIZHA_OIDC_* would."""
    settings = house.gate.settings
    chosen = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": provider.client_id,
        "oidc_client_secret": provider.client_secret,
    }
    before = {name: getattr(settings, name) for name in chosen}
    for name, value in chosen.items():
        object.__setattr__(settings, name, value)
    yield house
    for name, value in before.items():
        object.__setattr__(settings, name, value)


def browse(house: Any) -> tuple[TestClient, Any]:
    """A browser that goes through the whole flow; the last answer."""
    client = TestClient(house.client.app, headers={"accept-language": "en"}, follow_redirects=False)
    there = client.get("/api/v1/session/oidc")
    assert there.status_code == 303, there.text
    cookie = there.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    back = httpx.get(there.headers["location"], follow_redirects=False).headers["location"]
    return client, client.get(back.removeprefix("http://testserver"))


def test_an_account_signs_in_through_the_provider_with_the_roles_it_has_here(
    with_provider: Any, idp: Any
) -> None:
    house = with_provider
    idp.sub = "wang@bureau"
    add_person(house.gate, OWNER, "wang", Role.AUDITOR, oidc_subject="wang@bureau")
    client, answer = browse(house)
    assert answer.status_code == 200, answer.text
    assert "SameSite=strict" in answer.headers["set-cookie"]
    me = client.get("/api/v1/me").json()
    assert (me["name"], [one["role"] for one in me["roles"]]) == ("wang", ["auditor"])
    disable_person(house.gate, OWNER, "wang")
    assert client.get("/api/v1/me").status_code == 401
    assert browse(house)[1].status_code == 401


def test_an_identity_without_an_account_gets_none(with_provider: Any, idp: Any) -> None:
    house = with_provider
    idp.sub = "a stranger"
    with house.gate.registry.reading() as snapshot:
        before = people_list(snapshot)
    _, answer = browse(house)
    assert answer.status_code == 401
    assert "kaizha_session" not in answer.headers.get("set-cookie", "")
    with house.gate.registry.reading() as snapshot:
        assert people_list(snapshot) == before


def test_without_a_provider_the_flow_says_so(house: Any) -> None:
    answer = house.client.get("/api/v1/session/oidc", follow_redirects=False)
    assert answer.status_code == 404
    assert "KAIZHA_OIDC_ISSUER" in answer.text
    with pytest.raises(BadInput):
        add_person(house.gate, OWNER, "zhao", Role.AUDITOR, oidc_subject="x")
