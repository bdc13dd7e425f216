"""Keys over HTTP: one's own, by session; a key makes no keys, and nobody sees or ends those of another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalog.errors import BadInput, Conflict, NotAllowed, NotFound
from gateway.access import Person, Role
from gateway.access.keys import LONGEST_OVERLAP, MOST_KEYS, KeyTerms, prefix_of
from gateway.keys import issue_key, revoke_key, rotate_key, usage_of

KEYS = "/api/v1/keys"
ASKED = {"label": "map", "purpose": "routes"}
DEVELOPER = Person("developer", frozenset({Role.DEVELOPER}))
STEWARD = Person("steward", frozenset({Role.STEWARD}), "交通局")
OFFICE = Person("data-office", frozenset({Role.DATA_OFFICE}))


def issued(house: Any, role: Role = Role.DEVELOPER, **more: Any) -> dict[str, Any]:
    body = ASKED | {"role": role.value} | more
    answer = house.client.post(KEYS, json=body, headers=house.headers(role))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_a_developer_issues_lists_rotates_and_revokes_keys_of_their_own(house: Any) -> None:
    mine = house.headers(Role.DEVELOPER)
    first = issued(house)
    assert first["key"].startswith(f"kz_{first['id']}_")
    listed = house.client.get(KEYS, headers=mine)
    (record,) = [one for one in listed.json()["keys"] if one["prefix"] == first["id"]]
    assert (record["holder"], record["terms"]["plan"], record["terms"]["purpose"]) == (
        "developer",
        "registered",
        "routes",
    )
    assert first["key"] not in listed.text
    second = house.client.post(f"{KEYS}/{first['id']}/rotate", json={}, headers=mine).json()
    assert second["replaces"] == first["id"]
    for key in (first["key"], second["key"]):
        assert house.client.get("/api/v1/me", headers=bearer(key)).json()["name"] == "developer"
    assert house.client.delete(f"{KEYS}/{first['id']}", headers=mine).json()["revoked"] is True
    assert house.client.get("/api/v1/me", headers=bearer(first["key"])).status_code == 401
    assert house.client.get("/api/v1/me", headers=bearer(second["key"])).status_code == 200
    house.client.delete(f"{KEYS}/{second['id']}", headers=mine)


def test_a_key_neither_issues_nor_rotates_keys(house: Any) -> None:
    given = issued(house)
    for path in (KEYS, f"{KEYS}/{given['id']}/rotate"):
        body = ASKED | {"role": "developer"} if path == KEYS else {}
        answer = house.client.post(path, json=body, headers=bearer(given["key"]))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    house.client.delete(f"{KEYS}/{given['id']}", headers=house.headers(Role.DEVELOPER))


def test_nobody_sees_rotates_or_ends_the_key_of_another_but_an_administrator_may_end_it(house: Any) -> None:
    given = issued(house)
    other = house.headers(Role.ORGANISATION)
    assert given["id"] not in house.client.get(KEYS, headers=other).text
    assert house.client.delete(f"{KEYS}/{given['id']}", headers=other).status_code == 404
    assert house.client.post(f"{KEYS}/{given['id']}/rotate", json={}, headers=other).status_code == 404
    administrator = house.headers(Role.ADMINISTRATOR)
    assert given["id"] in house.client.get(KEYS, headers=administrator).text
    assert (
        house.client.post(f"{KEYS}/{given['id']}/rotate", json={}, headers=administrator).status_code == 403
    )
    assert house.client.delete(f"{KEYS}/{given['id']}", headers=administrator).status_code == 200


def test_a_key_for_some_datasets_stands_for_nobody_at_the_gate(house: Any) -> None:
    house.held()
    (dataset,) = [f"of-{'交通局'.encode().hex()[:12]}"]
    given = issued(house, datasets=[dataset])
    assert house.client.get("/api/v1/me", headers=bearer(given["key"])).status_code == 401
    house.client.delete(f"{KEYS}/{given['id']}", headers=house.headers(Role.DEVELOPER))


def test_a_plan_is_one_the_role_has(house: Any) -> None:
    for role, plan, status in (
        (Role.DEVELOPER, "partner", 400),
        (Role.ORGANISATION, "partner", 200),
        (Role.ORGANISATION, "anonymous", 400),
        (Role.DEVELOPER, "nonsense", 400),
    ):
        body = ASKED | {"role": role.value, "plan": plan}
        answer = house.client.post(KEYS, json=body, headers=house.headers(role))
        assert answer.status_code == status, answer.text
        if status == 200:
            house.client.delete(f"{KEYS}/{answer.json()['id']}", headers=house.headers(role))


def test_a_person_has_so_many_keys_in_force_and_no_more(house: Any) -> None:
    auditor = Person("auditor", frozenset({Role.AUDITOR}))
    keys = [issue_key(house.gate, auditor, "x", Role.AUDITOR, None) for _ in range(MOST_KEYS)]
    with pytest.raises(Conflict):
        issue_key(house.gate, auditor, "x", Role.AUDITOR, None)
    new, _ = rotate_key(house.gate, auditor, prefix_of(keys[0]))  # one more while both are taken
    for key in (*keys, new):
        revoke_key(house.gate, auditor, prefix_of(key))


def test_terms_that_cannot_be_are_refused(house: Any) -> None:
    now = house.gate.now()
    with pytest.raises(BadInput):
        issue_key(house.gate, DEVELOPER, "x", Role.DEVELOPER, None, KeyTerms(ends_at=now))
    with pytest.raises(NotFound):
        issue_key(house.gate, DEVELOPER, "x", Role.DEVELOPER, None, KeyTerms(datasets=("no-such",)))
    key = issue_key(house.gate, DEVELOPER, "x", Role.DEVELOPER, None)
    for until in (now - timedelta(days=1), now + LONGEST_OVERLAP + timedelta(days=1)):
        with pytest.raises(BadInput):
            rotate_key(house.gate, DEVELOPER, prefix_of(key), until)
    revoke_key(house.gate, DEVELOPER, prefix_of(key))


def test_who_sees_whose_usage(house: Any) -> None:
    gate = house.gate
    assert usage_of(gate, DEVELOPER, "keys")["usage"] == []
    assert usage_of(gate, STEWARD, "datasets")["usage"] == []
    assert usage_of(gate, OFFICE, "datasets", publisher="卫健局")["usage"] == []
    for person, publisher in ((DEVELOPER, None), (STEWARD, "卫健局")):
        with pytest.raises(NotAllowed):
            usage_of(gate, person, "datasets", publisher=publisher)


def test_plans_are_for_everybody_to_read(house: Any) -> None:
    plans = house.client.get("/api/v1/plans").json()["plans"]
    assert [one["name"] for one in plans] == ["anonymous", "registered", "partner"]
