"""Governance over HTTP: a list from draft to effect by two people, its flaws told, and what is tried against the routes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from gateway.access import OWNER, Person, Role
from gateway.access.sessions import begin, csrf_token
from gateway.administration import add_person
from gateway.governance import store
from gateway.processes.steps import MAX_LIST_BYTES
from negative_list import parse_list, render_list
from negative_list.lifecycle import ListState

API = "/api/v1"
LIST = f"{API}/negative-list"
TOML = {"content-type": "application/toml"}
XLSX = {"content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ADMINISTRATOR = Person("administrator", frozenset({Role.ADMINISTRATOR}))
INSIDE = ("Traceback", "/home", "spool", "received-", ".sock", "sqlite", "pydantic", "Error(")


@pytest.fixture(scope="module")
def second(house: Any) -> dict[str, str]:
    """The credential of a second officer."""
    add_person(house.gate, ADMINISTRATOR, "second", Role.OFFICER)
    with house.gate.registry.transaction() as unit:
        token = begin(unit, house.gate.keys, "second", house.gate.now()).token
    return {"authorization": f"Bearer {token}"}


def text_of(house: Any, version: str) -> bytes:
    return render_list(replace(house.gate.entries, version=version)).encode()


def drafted(house: Any, version: str) -> Any:
    headers = house.headers(Role.OFFICER) | TOML
    return house.client.post(f"{LIST}/versions", content=text_of(house, version), headers=headers)


def step(house: Any, version: str, verb: str, headers: dict[str, str], **body: Any) -> Any:
    return house.client.post(f"{LIST}/versions/{version}/{verb}", json=body or None, headers=headers)


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem, which says what to do in both languages and nothing of the inside."""
    assert answer.status_code == status, answer.text
    assert not [word for word in INSIDE if word in answer.text], answer.text
    told: dict[str, Any] = answer.json()
    assert all(told[part][lang] for part in ("message", "remedy") for lang in ("zh", "en"))
    return told


def test_a_list_goes_from_draft_to_effect_by_two_officers(house: Any, second: dict[str, str]) -> None:
    officer = house.headers(Role.OFFICER)
    base = house.gate.entries.version
    assert drafted(house, "2026.7").json()["state"] == "draft"
    shown = house.client.get(f"{LIST}/export.toml?version=2026.7", headers=officer)
    assert parse_list(shown.text, "x").version == "2026.7"
    assert shown.headers["cache-control"] == "no-store"
    assert house.client.get(f"{LIST}/versions/2026.7/simulate", headers=officer).json()["screened"] == 0
    assert step(house, "2026.7", "propose", officer).json()["state"] == "proposed"
    told = refused(step(house, "2026.7", "approve", officer), 403)  # one's own draft
    assert "another compliance officer" in told["remedy"]["en"].casefold()
    refused(step(house, "2026.7", "activate", second), 409)
    approved = step(house, "2026.7", "approve", second).json()
    assert (approved["state"], approved["decided_by"]) == ("approved", "second")
    assert step(house, "2026.7", "activate", second).json()["state"] == "active"
    assert house.gate.entries.version == "2026.7"
    assert parse_list(house.client.get(LIST).text, "x").version == "2026.7"
    compared = house.client.get(f"{LIST}/diff?version=2026.7&before={base}")  # both public: for anybody
    assert compared.status_code == 200, compared.text
    told = compared.json()
    assert (told["before"], told["after"]) == (base, "2026.7")
    versions = house.client.get(f"{LIST}/versions")
    assert versions.status_code == 200, versions.text
    states = {one["version"]: one["state"] for one in versions.json()["versions"]}
    assert states == {"2026.7": "active", base: "superseded"}
    assert house.client.get(f"{LIST}/due?within=3000").json()["due"]
    history = house.client.get(f"{LIST}/history", headers=officer).json()["versions"]
    assert history[0]["authors"] == ["officer"]


def test_a_workbook_comes_out_and_goes_in_and_a_bad_one_tells_every_flaw_at_its_cell(house: Any) -> None:
    exported = house.client.get(f"{LIST}/export.xlsx")
    assert exported.headers["content-type"] == XLSX["content-type"]
    assert 'filename="negative-list.xlsx"' in exported.headers["content-disposition"]
    headers = house.headers(Role.OFFICER) | XLSX
    post = f"{LIST}/versions"
    told = refused(house.client.post(post, content=exported.content, headers=headers), 400)
    assert told["where"]["parameter"] == "version"
    good = house.client.post(f"{post}?version=2026.8", content=exported.content, headers=headers)
    assert (good.status_code, good.json()["state"]) == (200, "draft"), good.text
    book = openpyxl.load_workbook(io.BytesIO(exported.content))
    page = book[next(name for name in book.sheetnames if name.startswith("entries"))]
    headings = [str(cell.value).split()[0] for cell in page[1]]
    column = headings.index("valid_from") + 1
    for line in (2, 3, 4):
        page.cell(line, column).value = "ein Geheimnis"
    out = io.BytesIO()
    book.save(out)
    told = refused(house.client.post(f"{post}?version=2026.9", content=out.getvalue(), headers=headers), 400)
    cell = openpyxl.utils.get_column_letter(column)
    assert [one["where"]["cell"] for one in told["flaws"]] == [f"{cell}{line}" for line in (2, 3, 4)]
    assert [one["where"]["line"] for one in told["flaws"]] == [2, 3, 4]
    assert told["where"]["cell"] == f"{cell}2"
    assert all(
        one[part][lang] for one in told["flaws"] for part in ("message", "remedy") for lang in ("zh", "en")
    )
    assert "Geheimnis" not in str(told)
    with house.gate.registry.reading() as snapshot:
        assert "2026.9" not in {one.version for one in store.list_records(snapshot)}


def test_toml_that_reads_well_and_is_wrong_tells_every_flaw_by_its_key(house: Any) -> None:
    whole = house.gate.entries
    spoilt = [
        replace(one, governance=replace(one.governance, review_on=None, supersedes="no-such"))
        for one in whole.entries[:2]
    ]
    text = render_list(replace(whole, version="2026.10", entries=(*spoilt, *whole.entries[2:])))
    answer = house.client.post(f"{LIST}/versions", content=text, headers=house.headers(Role.OFFICER) | TOML)
    told = refused(answer, 400)
    named = [one["where"]["parameter"] for one in told["flaws"]]
    assert {f"{one.entry_id}.supersedes" for one in spoilt} <= set(named)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (200 << 20))
    return out.getvalue()


def test_what_is_too_large_is_refused_before_and_after_it_unpacks(house: Any) -> None:
    headers = house.headers(Role.OFFICER) | XLSX
    post = f"{LIST}/versions?version=9"
    refused(house.client.post(post, content=b"x" * (MAX_LIST_BYTES + 1), headers=headers), 413)

    def in_pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (1 << 16)

    refused(house.client.post(post, content=in_pieces(), headers=headers), 413)
    large = b'{"dataset": "' + b"x" * MAX_LIST_BYTES + b'"}'
    json = house.headers(Role.STEWARD) | {"content-type": "application/json"}
    refused(house.client.post(f"{API}/appeals", content=large, headers=json), 413)
    unpacks = bomb()
    assert len(unpacks) < MAX_LIST_BYTES
    told = refused(house.client.post(post, content=unpacks, headers=headers), 413)
    assert "unpacks" in told["message"]["en"]
    assert not list(house.gate.spool.glob("received-*"))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("", b"version"),
        ("text/plain", b"version"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/json", b"{}"),
        (TOML["content-type"], b""),
        (TOML["content-type"], b"PK\x03\x04\xff\xfe"),
        (TOML["content-type"], b"a = " + b"[" * 50_000),
        (TOML["content-type"], b'version = "13812345678"'),
        (XLSX["content-type"], b"version = 1"),
        (XLSX["content-type"], b""),
    ],
    ids=lambda one: repr(one)[:40],
)
def test_what_is_no_list_is_bad_input_and_is_not_echoed(house: Any, kind: str, content: bytes) -> None:
    headers = house.headers(Role.OFFICER) | ({"content-type": kind} if kind else {})
    answer = house.client.post(f"{LIST}/versions?version=9", content=content, headers=headers)
    assert "13812345678" not in str(refused(answer, 400))
    assert not list(house.gate.spool.glob("received-*"))


@pytest.mark.parametrize(
    "version", ["../2", "a/b", "..", ".hidden", "a\r\nb", 'a"b', "２", "x" * 61, "a\u202eb", " a"]
)
def test_no_version_has_a_name_that_could_be_a_path_or_a_header(house: Any, version: str) -> None:
    told = refused(drafted(house, version), 400)
    assert told["where"].get("parameter") == "version"
    for path in ("export.toml", "export.xlsx", "diff"):
        answer = house.client.get(
            f"{LIST}/{path}", params={"version": version}, headers=house.headers(Role.OFFICER)
        )
        refused(answer, 400 if len(version) > 60 else 404)


@pytest.mark.parametrize("verb", ["propose", "approve", "activate", "reject"])
@pytest.mark.parametrize("version", ["no-such", "%2e%2e", "..%2fversions", "%00", "x" * 61])
def test_an_unknown_version_changes_nothing(house: Any, verb: str, version: str) -> None:
    body = {"reason": "x"} if verb == "reject" else {}
    answer = step(house, version, verb, house.headers(Role.OFFICER), **body)
    assert answer.status_code in (400, 404), answer.text
    refused(answer, answer.status_code)


def test_a_draft_is_shown_to_those_who_govern_and_to_nobody_else(house: Any) -> None:
    assert drafted(house, "2026.secret").status_code == 200
    paths = [f"{LIST}/{one}?version=2026.secret" for one in ("export.toml", "export.xlsx", "diff")]
    for role in (Role.AUDITOR, Role.DATA_OFFICE, Role.OFFICER):
        assert {house.client.get(path, headers=house.headers(role)).status_code for path in paths} == {200}
    for role in (Role.STEWARD, Role.DEVELOPER, Role.ADMINISTRATOR):
        assert {house.client.get(path, headers=house.headers(role)).status_code for path in paths} == {403}
    assert {house.client.get(path).status_code for path in paths} == {401}
    assert house.client.get(f"{LIST}?version=2026.secret").status_code == 404


def test_every_change_by_cookie_takes_the_sessions_csrf_token(house: Any) -> None:
    assert drafted(house, "2026.csrf").status_code == 200
    token = house.token(Role.OFFICER)
    cookie = {"cookie": f"kaizha_session={token}"}
    content = text_of(house, "2026.csrf2")
    appeal = {"dataset": "x", "entry": "y", "text": "z"}
    for send in (
        lambda headers: step(house, "2026.csrf", "propose", headers),
        lambda headers: house.client.post(f"{LIST}/versions", content=content, headers=headers | TOML),
        lambda headers: house.client.post(f"{API}/appeals", json=appeal, headers=headers),
        lambda headers: house.client.delete(f"{API}/subscriptions/x", headers=headers),
    ):
        for wrong in ({}, {"x-csrf-token": "0" * 64}):
            assert "CSRF" in refused(send(cookie | wrong), 403)["message"]["en"]
    with house.gate.registry.reading() as snapshot:
        assert store.record_of(snapshot, "2026.csrf").state is ListState.DRAFT
    right = cookie | {"x-csrf-token": csrf_token(house.gate.keys, token)}
    assert step(house, "2026.csrf", "propose", right).status_code == 200
    assert house.client.get(f"{LIST}/history", headers=cookie).status_code == 200  # reading takes none


def test_a_step_takes_its_own_members_and_no_other(house: Any) -> None:
    officer = house.headers(Role.OFFICER)
    for body in (
        {"reason": "x", "version": "other"},
        {"reason": "x", "key": "kz_other"},
        {"reason": "x", "kind": "activate-list"},
        {"reason": 7},
        {},
        [],
    ):
        answer = house.client.post(f"{LIST}/versions/no-such/reject", json=body, headers=officer)
        refused(answer, 400)
    told = refused(step(house, "no-such", "approve", officer, effective="tomorrow"), 400)
    assert told["where"]["parameter"] == "effective"
    refused(house.client.get(f"{LIST}/due?within=-1"), 400)
    refused(house.client.get(f"{LIST}/export.csv"), 400)


def test_an_exemption_takes_three_people(house: Any, second: dict[str, str]) -> None:
    house.held()
    officer = house.headers(Role.OFFICER)
    entry = next(one.entry_id for one in house.gate.entries.entries if one.governance.exemptible)
    dataset = f"of-{'交通局'.encode().hex()[:12]}"
    expires = f"{house.gate.now().date().replace(day=1)}"
    body = {"dataset": dataset, "entry": entry, "reason": "法定公开", "expires": expires}
    bad = house.client.post(f"{API}/exemptions", json=body | {"expires": "soon"}, headers=officer)
    assert refused(bad, 400)["where"]["parameter"] == "expires"
    body["expires"] = house.gate.now().date().isoformat()
    made = house.client.post(f"{API}/exemptions", json=body, headers=officer).json()
    approve = f"{API}/exemptions/{made['id']}/approve"
    refused(house.client.post(approve, headers=officer), 403)
    assert house.client.post(approve, headers=second).json()["state"] == "drafted"
    refused(house.client.post(approve, headers=second), 403)
    listed = house.client.get(f"{API}/exemptions", headers=officer).json()["exemptions"]
    assert listed[0]["approved_by"] == ["second"]
    assert house.client.post(f"{API}/exemptions/{made['id']}/end", headers=second).json()["state"] == "ended"


def test_an_appeal_is_of_ones_own_publisher_and_is_seen_by_it_only(house: Any) -> None:
    house.held()
    house.held("卫健局")
    own, foreign = (f"of-{name.encode().hex()[:12]}" for name in ("交通局", "卫健局"))
    body = {"dataset": foreign, "entry": "starter-01", "text": "站名是公开信息"}
    steward, officer = house.headers(Role.STEWARD), house.headers(Role.OFFICER)
    told = refused(house.client.post(f"{API}/appeals", json=body, headers=steward), 403)
    assert "publisher" in told["message"]["en"]
    one = house.client.post(f"{API}/appeals", json=body | {"dataset": own}, headers=steward).json()
    answer = f"{API}/appeals/{one['id']}/answer"
    refused(house.client.post(answer, json={"verdict": "open", "text": "x"}, headers=officer), 400)
    done = house.client.post(answer, json={"verdict": "upheld", "text": "同意"}, headers=officer).json()
    assert (done["verdict"], done["answered_by"]) == ("upheld", "officer")
    assert [a["id"] for a in house.client.get(f"{API}/appeals", headers=steward).json()["appeals"]] == [
        one["id"]
    ]


def test_a_subscription_is_seen_and_ended_by_its_own_person_and_who_governs(house: Any) -> None:
    subscriptions = f"{API}/subscriptions"
    developer, other = house.headers(Role.DEVELOPER), house.headers(Role.ORGANISATION)
    refused(house.client.post(subscriptions, json={"url": "http://127.0.0.1/x"}, headers=developer), 400)
    url = "https://8.8.8.8/hook/secret-path"
    made = house.client.post(subscriptions, json={"url": url}, headers=developer)
    assert made.headers["cache-control"] == "no-store"
    one = made.json()
    assert one["secret"].startswith("whsec_")

    def seen(headers: dict[str, str]) -> set[str]:
        return {
            found["id"] for found in house.client.get(subscriptions, headers=headers).json()["subscriptions"]
        }

    assert one["id"] in seen(developer)
    assert one["id"] in seen(house.headers(Role.OFFICER))
    for stranger in (other, house.headers(Role.STEWARD)):
        assert one["id"] not in seen(stranger)
        refused(house.client.delete(f"{subscriptions}/{one['id']}", headers=stranger), 404)
    assert house.client.delete(f"{subscriptions}/{one['id']}", headers=developer).json()["ended"]
    assert one["id"] not in seen(developer)


def test_the_owner_is_nobody_over_http(house: Any) -> None:
    assert OWNER.name == "owner"
    for given in ("owner", "Bearer owner"):
        refused(house.client.get(f"{LIST}/history", headers={"authorization": given}), 401)
