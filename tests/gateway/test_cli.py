"""The command line from the outside: what each command ends with, and what it says when it cannot go on."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import pytest

import gateway.publish.submit
from tests.commands import Kaizha, in_process


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def kaizha(home: Path) -> Kaizha:
    return partial(in_process, home)


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(40)), "utf-8")
    return path


@pytest.fixture
def tracks(tmp_path: Path) -> Path:
    """Positions of vehicles, which the list shuts."""
    path = tmp_path / "tracks.csv"
    rows = "".join(
        f"浙Z{n % 5:04}1,2026-04-01 08:{n:02}:00,{120.1 + n / 1000:.5f},{30.2 + n / 1000:.5f}\n"
        for n in range(50)
    )
    path.write_text("号牌号码,定位时间,经度,纬度\n" + rows, "utf-8")
    return path


META = ("--title", "公交站点", "--publisher", "交通局", "--theme", "transport")


@pytest.mark.parametrize("command", ["publish", "check"])
def test_the_exit_code_is_the_verdict(kaizha: Kaizha, stops: Path, tracks: Path, command: str) -> None:
    released = kaizha(command, stops, *META, "--yes", "--json")
    assert (released.code, released.json["state"]) == (0, "released")
    held = kaizha(command, stops, "--dataset", "held", "--yes", "--grade", "L2", *META, "--json")
    assert (held.code, held.json["state"]) == (3, "held")
    assert [one["field"] for one in held.json["questions"]] == ["grade"]
    refused = kaizha(command, tracks, "--title", "车辆行驶轨迹", "--theme", "transport", "--yes", "--json")
    assert (refused.code, refused.json["state"]) == (4, "refused")
    assert any(one["legal_basis"] for one in refused.json["reasons"])


def _state(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_check_writes_nothing(kaizha: Kaizha, stops: Path, home: Path) -> None:
    assert kaizha("check", stops, *META, "--yes").code == 0
    assert not home.exists()
    assert kaizha("publish", stops, *META, "--yes").code == 0
    before = _state(home)
    assert kaizha("check", stops, *META, "--yes").code == 0
    assert _state(home) == before


def test_a_held_submission_is_listed_shown_answered_and_withdrawn(kaizha: Kaizha, stops: Path) -> None:
    assert kaizha("publish", stops, *META, "--grade", "l2", "--yes").code == 3
    (held,) = kaizha("review", "list", "--json").json["submissions"]
    shown = kaizha("review", "show", held["id"], "--json").json
    assert [one["field"] for one in shown["questions"]] == ["grade"]
    assert kaizha("review", "answer", held["id"], "--accept").code == 2  # nothing is proposed
    assert kaizha("review", "answer", held["id"], "--set", "grade=L1").code == 0
    assert kaizha("review", "list", "--json").json["submissions"] == []
    assert kaizha("verify").code == 0
    assert kaizha("withdraw", "stops", "--reason", "wrong year").code == 0
    again = kaizha("withdraw", "stops", "--reason", "wrong year")
    assert (again.code, "stops" in again.err) == (2, True)


# what was typed → what the message names, and a word of the way out
MISTAKES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "unknown file": (("publish", "no-such.csv"), "no-such.csv", "Check the path"),
    "folder": (("publish", "."), "folder", "path of one file"),
    "web address": (("publish", "http://127.0.0.1/a.csv"), "inner network", "KAIZHA_PRIVATE_SOURCES"),
    "database address": (("check", "postgresql+psycopg://u:s3cret@db/city"), "one table", "--query"),
    "table of a file": (("check", "FILE", "--table", "t"), "no such table", "1, all"),
    "query of a file": (("check", "FILE", "--query", "SELECT 1"), "--query", "postgresql"),
    "encoding unknown": (("check", "FILE", "--encoding", "klingon"), "encoding", "gb18030"),
    "set without value": (("publish", "FILE", "--set", "theme"), "--set", "FIELD=VALUE"),
    "set unknown field": (("publish", "FILE", "--set", "colour=red"), "colour", "review show"),
    "set unknown value": (("publish", "FILE", "--set", "grade=secret"), "grade", "L1"),
    "set unknown operator": (("check", "FILE", "--set", "column:站名=hide"), "column:站名", "redact"),
    "set unknown column": (("check", "FILE", "--set", "column:人名=drop"), "人名", "站名"),
    "theme": (("publish", "FILE", "--theme", "pirates"), "pirates", "transport"),
    "update cycle": (("publish", "FILE", "--update-cycle", "hourly"), "hourly", "daily"),
    "dataset id": (("publish", "FILE", "--dataset", "Bus Stops"), "dataset", "bus-stops"),
    "grade": (("publish", "FILE", "--grade", "L9"), "grade", "L1"),
    "submission": (("review", "show", "nothing"), "nothing", "review list"),
    "role of a key": (("key", "issue", "--label", "x", "--role", "owner"), "role", "steward"),
    "date": (("counts", "--as-of", "soon"), "as_of", "ISO 8601"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_ends_with_2_and_a_way_out(kaizha: Kaizha, stops: Path, home: Path, name: str) -> None:
    words, named, way_out = MISTAKES[name]
    ended = kaizha(*(stops if word == "FILE" else word for word in words))
    assert ended.code == 2
    said = " ".join(ended.err.split())
    assert named in said
    assert way_out in said
    assert "Traceback" not in said + ended.out
    assert "s3cret" not in said + ended.out
    assert not [path for path in (home / "open").glob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{\n "fields": [\n  {"name": "站名",}\n ]\n}', "line 3"),
        ("", "contract.json"),
        ("[]", "one JSON object"),
        ('{"colour": 1}', "colour"),
        ('{"quality_threshold": 7}', "quality_threshold"),
        ('{"fields": [{"name": "站名", "type": "FLOAT9"}]}', "站名"),
        ('{"fields": 3}', "fields"),
        ('{"fields": [{"name": "没有"}]}', "没有"),
        ('{"suite": {"expectations": 1}}', "expectations"),
    ],
    ids=lambda text: text[:24],
)
def test_a_contract_that_cannot_be_used_says_where(
    kaizha: Kaizha, stops: Path, tmp_path: Path, text: str, named: str
) -> None:
    contract = tmp_path / "contract.json"
    contract.write_text(text, "utf-8")
    ended = kaizha("check", stops, *META, "--contract", contract)
    assert ended.code == 2
    assert named in " ".join(ended.err.split())


def test_an_unforeseen_error_ends_with_5_and_tells_no_internals(
    kaizha: Kaizha, stops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("13812345678 in /srv/domain")

    monkeypatch.setattr(gateway.publish.submit, "submit", broken)
    ended = kaizha("publish", stops, *META, "--yes")
    assert ended.code == 5
    assert "nothing was opened" in ended.err
    assert "13812345678" not in ended.err + ended.out


def test_a_key_is_shown_once_and_listed_without_it(kaizha: Kaizha) -> None:
    key = kaizha("key", "issue", "--label", "hub", "--publisher", "交通局").out.strip()
    prefix = key.split("_")[1]
    listed = kaizha("key", "list", "--json")
    assert key.split("_")[2] not in listed.out
    assert [(one["prefix"], one["role"]) for one in listed.json["keys"]] == [(prefix, "steward")]
    assert kaizha("key", "revoke", prefix).code == 0
    assert kaizha("key", "revoke", prefix).code == 2


def test_a_tampered_house_fails_verification_with_5(kaizha: Kaizha, stops: Path, home: Path) -> None:
    kaizha("publish", stops, *META, "--yes")
    (released,) = (home / "open").iterdir()
    released.unlink()
    ended = kaizha("verify")
    assert ended.code == 5
    assert "stops" in ended.err
