"""The walls: each role has its own settings and credentials, its own folders, and the vault no network."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.processes import landlock
from gateway.processes.confine import WALLS, ProcessRole
from gateway.processes.supervisor import environment

SERVE, GATE, VAULT = ProcessRole.SERVE, ProcessRole.GATE, ProcessRole.VAULT
OUTSIDE = {
    "PATH": "/bin",
    "LD_PRELOAD": "/tmp/x.so",
    "DATABASE_PASSWORD": "s3cret",
    "KAIZHA_HOME": "/h",
    "KAIZHA_OPEN_ZONE": "s3://open",
    "KAIZHA_DOMAIN_ZONE": "s3://domain",
    "KAIZHA_REGISTRY_URL": "postgresql://gate:s3cret@db/kaizha",
    "KAIZHA_SERVE_REGISTRY_URL": "postgresql://reader@db/kaizha",
    "KAIZHA_BASE_URL": "https://data.example",
    "KAIZHA_UNHEARD_OF": "1",
    "AWS_ACCESS_KEY_ID": "common",
    "AWS_SESSION_TOKEN": "common",
}
NEVER = {"LD_PRELOAD", "DATABASE_PASSWORD", "KAIZHA_UNHEARD_OF"}
ALLOWED = {
    SERVE: {"PATH", "KAIZHA_HOME", "KAIZHA_OPEN_ZONE", "KAIZHA_SERVE_REGISTRY_URL", "KAIZHA_BASE_URL",
            "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"},
    GATE: set(OUTSIDE) - NEVER,
    VAULT: {"PATH", "KAIZHA_HOME", "KAIZHA_DOMAIN_ZONE"},
}  # fmt: skip


@pytest.mark.parametrize("role", ProcessRole)
def test_a_role_inherits_its_own_settings_and_nothing_of_the_others(role: ProcessRole) -> None:
    own = environment(role, OUTSIDE)
    assert set(own) == ALLOWED[role]
    assert own == {name: OUTSIDE[name] for name in own}


def test_credentials_given_apart_replace_the_common_ones_and_go_to_their_role_only() -> None:
    apart = OUTSIDE | {"KAIZHA_SERVE_AWS_ACCESS_KEY_ID": "serve", "KAIZHA_VAULT_AWS_ACCESS_KEY_ID": "vault"}
    stores = {
        role: {name: value for name, value in environment(role, apart).items() if "AWS" in name}
        for role in ProcessRole
    }
    assert stores == {
        SERVE: {"AWS_ACCESS_KEY_ID": "serve"},  # and not the common session token beside it
        GATE: {"AWS_ACCESS_KEY_ID": "common", "AWS_SESSION_TOKEN": "common"},
        VAULT: {"AWS_ACCESS_KEY_ID": "vault"},
    }


def test_what_a_role_may_write_never_holds_what_it_may_not_read() -> None:
    assert "domain" in WALLS[SERVE].forbidden
    assert "keys" in WALLS[SERVE].forbidden
    assert "keys" in WALLS[VAULT].forbidden
    assert not WALLS[VAULT].network
    for walls in WALLS.values():
        assert not set(walls.forbidden) & set(walls.writable)


@pytest.mark.parametrize("writable", ["home", "home/keys", "link"])
def test_a_writable_path_that_holds_a_forbidden_one_is_an_error_not_a_hole(
    tmp_path: Path, writable: str
) -> None:
    (tmp_path / "home" / "keys").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "home")
    with pytest.raises(ValueError, match="forbidden"):
        landlock.restrict([tmp_path / "home" / "keys"], [tmp_path / writable], network=True)


WITHOUT = "this system has no Landlock"
walled = pytest.mark.skipif(landlock.abi_version() == 0, reason=WITHOUT)
PROBE = """
import json, pathlib, socket, sys
from gateway.processes.confine import ProcessRole, confine
role, home, port = ProcessRole(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
confined = confine(role, home)
def tried(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"
answers = {f"read {name}": tried(lambda: (home / name / "file").read_bytes()) for name in FOLDERS}
answers |= {f"write {name}": tried(lambda: (home / name / "new").write_bytes(b"x")) for name in FOLDERS}
answers["connect"] = tried(lambda: socket.create_connection(("127.0.0.1", port), 3).close())
answers["shared scratch"] = tried(lambda: open("/tmp/kaizha-probe-" + home.name, "x").close())
import tempfile
answers["own scratch"] = tried(lambda: tempfile.TemporaryFile().close())
print(json.dumps({"confined": confined, **answers}))
"""
FOLDERS = ("domain", "open", "registry", "keys", "run", "cache", "meter")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"x")
    return tmp_path


@walled
@pytest.mark.parametrize("role", ProcessRole)
def test_a_confined_role_reads_writes_and_connects_as_its_walls_say(role: ProcessRole, home: Path) -> None:
    probe = PROBE.replace("FOLDERS", repr(FOLDERS))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        command = [sys.executable, "-c", probe, role.value, str(home), port]
        root = Path(__file__).parents[3]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=root, check=True)
    answers = json.loads(done.stdout.splitlines()[-1])
    walls = WALLS[role]
    assert answers.pop("confined") is True
    assert answers.pop("own scratch") == "done"
    assert answers.pop("shared scratch") == "PermissionError"
    connected = answers.pop("connect")
    assert (connected == "done") is walls.network
    done_there = {name for name, outcome in answers.items() if outcome == "done"}
    assert done_there == {f"read {name}" for name in FOLDERS if name not in walls.forbidden} | {
        f"write {name}" for name in walls.writable
    }
    assert {answers[name] for name in answers.keys() - done_there} <= {"PermissionError"}


@pytest.mark.skipif(landlock.abi_version() < 4, reason="this system's Landlock has no rules for TCP")
def test_the_vault_cannot_connect_even_where_it_gets_no_network_namespace(home: Path) -> None:
    """Each of the two walls around its network is seen alone: here the system gives no namespace."""
    alone = "import gateway.processes.confine as walls; walls._leave_the_network = lambda: None\n"
    probe = alone + PROBE.replace("FOLDERS", repr(FOLDERS))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        command = [sys.executable, "-c", probe, VAULT.value, str(home), port]
        root = Path(__file__).parents[3]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=root, check=True)
    assert json.loads(done.stdout.splitlines()[-1])["connect"] == "PermissionError"
