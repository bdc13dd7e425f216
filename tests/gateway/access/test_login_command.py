"""An institution from its first hour on the command line: added, signed in, acted, signed out; a shell is not an identity."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

import gateway.cli as cli
from gateway.commands import console

Run = Callable[..., tuple[int, str, str]]
PASSWORD = "unrelated words in a row"


@pytest.fixture
def kaizha(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`kaizha(words…, typed=standard input)`: exit code, output, errors."""
    monkeypatch.setenv("KAIZHA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("KAIZHA_LANG", "en")

    def run(*words: str, typed: str = "") -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["kaizha", *words])
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stdin", io.StringIO(typed))
            patched.setattr(console, "out", Console(file=out, width=200))
            patched.setattr(console, "err", Console(file=err, width=200))
            try:
                cli.main()
                code = 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 0
        return code, out.getvalue(), err.getvalue()

    return run


def test_an_institution_from_its_first_hour(kaizha: Run, tmp_path: Path) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(40)), "utf-8")
    publish = (
        "publish",
        str(stops),
        "--dataset",
        "stops",
        "--title",
        "站点",
        "--theme",
        "transport",
        "--yes",
    )
    publish = (*publish, "--publisher", "交通局")
    assert kaizha("login", "li", "--password-stdin", typed=PASSWORD)[0] == 2  # a personal home needs none
    code, out, err = kaizha("user", "add", "li", "--role", "steward", "--publisher", "交通局", "--json")
    assert code == 0, err
    tokens = {one["name"]: one["one_time_token"] for one in json.loads(out)["people"]}
    assert set(tokens) == {"administrator", "li"}
    code, _, err = kaizha(*publish)
    assert code == 2
    assert "kaizha login" in err
    assert kaizha(*publish, "--as", "li:steward")[0] == 4
    assert kaizha("login", "li", "--password-stdin", typed="guess guess guess\n")[0] == 2
    assert kaizha("login", "li", "--token", tokens["li"], "--password-stdin", typed="short\n")[0] == 2
    assert kaizha("login", "li", "--token", tokens["li"], "--password-stdin", typed=f"{PASSWORD}\n")[0] == 0
    assert kaizha(*publish)[0] == 0
    assert kaizha("user", "list")[0] == 4
    assert kaizha("withdraw", "stops", "--reason", "wrong year")[0] == 0
    assert kaizha("logout")[0] == 0
    assert kaizha("logout")[0] == 0
    assert kaizha("withdraw", "stops", "--reason", "wrong year")[0] == 2
    assert kaizha("login", "li", "--password-stdin", typed=f"{PASSWORD}\n")[0] == 0
    assert kaizha("key", "list")[0] == 0
    assert kaizha("verify")[0] == 0


def test_without_a_terminal_nothing_is_asked(kaizha: Run) -> None:
    kaizha("user", "add", "root", "--role", "administrator")
    code, _, err = kaizha("login", "root")
    assert code == 2
    assert "--password-stdin" in err


def test_help_is_quick_because_nothing_heavy_is_loaded() -> None:
    script = (
        "import sys; from gateway.cli import app; import typer.main; typer.main.get_command(app);"
        "heavy = {'sqlalchemy', 'duckdb', 'sqlglot', 'pyarrow', 'fastapi', 'pydantic', 'argon2', 'cryptography'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    best = 60.0
    for _ in range(3):
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
        best = min(best, time.monotonic() - begun)
    assert done.stdout.decode().strip() == "[]"
    assert best < 2  # about 0.5 s alone; the machine of the tests is shared
