"""Signing in over HTTP: the cookie, the CSRF token, the bearer token, and signing out."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from gateway.access import OWNER, Role
from gateway.administration import issue_token

PASSWORD = "unrelated words in a row"


@pytest.fixture(scope="module")
def entered(house: Any) -> None:
    """The officer has chosen a password."""
    token = issue_token(house.gate, OWNER, "officer").one_time_token
    body = {"name": "officer", "password": PASSWORD, "one_time_token": token}
    answer = fresh(house).post("/api/v1/session", json=body)
    assert answer.status_code == 200, answer.text


def fresh(house: Any, **settings: Any) -> TestClient:
    """A browser of its own."""
    browser: TestClient = house.browser(**settings)
    return browser


def signed_in(client: TestClient) -> Any:
    answer = client.post("/api/v1/session", json={"name": "Officer", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.usefixtures("entered")
def test_signing_in_gives_a_token_and_a_cookie_that_no_script_and_no_other_site_gets(house: Any) -> None:
    client = fresh(house)
    answer = signed_in(client)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["person"]["name"], body["person"]["roles"][0]["role"]) == ("officer", "officer")
    bearer = {"authorization": f"Bearer {body['token']}"}
    assert fresh(house).get("/api/v1/me", headers=bearer).json()["name"] == "officer"
    assert fresh(house).get("/api/v1/submissions", headers=bearer).status_code == 200


@pytest.mark.usefixtures("entered")
def test_over_tls_the_cookie_is_for_this_host_and_tls_only(house: Any) -> None:
    client = fresh(house, base_url="https://testserver")
    cookie = signed_in(client).headers["set-cookie"]
    assert cookie.startswith("__Host-kaizha_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert client.get("/api/v1/me").json()["name"] == "officer"
    token = client.cookies["__Host-kaizha_session"]
    plain = {"cookie": f"kaizha_session={token}"}  # what a plain-text neighbour could have set
    assert fresh(house, base_url="https://testserver").get("/api/v1/me", headers=plain).status_code == 401


@pytest.mark.usefixtures("entered")
def test_by_cookie_a_change_takes_the_sessions_own_csrf_token(house: Any) -> None:
    client, other = fresh(house), fresh(house)
    csrf = signed_in(client).json()["csrf"]
    foreign = signed_in(other).json()["csrf"]
    path = f"/api/v1/submissions/{house.held()}/answers"
    body = {"answers": {"grade": "L1"}}
    assert client.get("/api/v1/me").json()["csrf"] == csrf  # reading needs none
    for wrong in ({}, {"x-csrf-token": foreign}, {"x-csrf-token": ""}):
        assert client.post(path, json=body, headers=wrong).status_code == 403
        assert client.delete("/api/v1/session", headers=wrong).status_code == 403
    assert client.post(path, json=body, headers={"x-csrf-token": csrf}).status_code == 409
    bearer = {"authorization": f"Bearer {client.cookies['kaizha_session']}"}
    assert fresh(house).post(path, json=body, headers=bearer).status_code == 409


@pytest.mark.usefixtures("entered")
def test_signing_out_ends_the_session_everywhere_at_once(house: Any) -> None:
    client = fresh(house)
    body = signed_in(client).json()
    bearer = {"authorization": f"Bearer {body['token']}"}
    assert client.delete("/api/v1/session", headers={"x-csrf-token": body["csrf"]}).status_code == 200
    assert not client.cookies
    assert fresh(house).get("/api/v1/me", headers=bearer).status_code == 401


def test_what_is_wrong_is_refused_alike_and_is_not_echoed(house: Any) -> None:
    said = set()
    for name, password in (("officer", "wrong words entirely"), ("nobody", "wrong words entirely")):
        answer = fresh(house).post("/api/v1/session", json={"name": name, "password": password})
        assert answer.status_code == 401
        assert password not in answer.text
        assert "set-cookie" not in answer.headers
        said.add(answer.text)
    assert len(said) == 1


def test_another_site_cannot_sign_a_browser_in(house: Any) -> None:
    """A form of another site can post text, but no JSON without being asked first."""
    text = '{"name": "officer", "password": "' + PASSWORD + '"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = fresh(house).post("/api/v1/session", content=text, headers={"content-type": kind})
        assert answer.status_code == 400
        assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "given", ["", "Basic abc", "Bearer", "Bearer ", "Bearer ks_wrong", "Bearer kz_wrong", "ks_wrong"]
)
def test_a_header_that_stands_for_nobody_is_not_made_good_by_a_cookie(house: Any, given: str) -> None:
    headers = {"authorization": given, "cookie": f"kaizha_session={house.token(Role.OFFICER)}"}
    assert fresh(house).get("/api/v1/me", headers=headers).status_code == 401
