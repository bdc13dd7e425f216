"""The README is true, and its Chinese twin says the same: commands, links, settings, code."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from gateway.cli import app
from gateway.settings import GateSettings
from samples import Outcome, write

ROOT = Path(__file__).parents[2]
ENGLISH = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")


def commands() -> set[str]:
    root = typer.main.get_command(app)
    found = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {one}" for one in inner} if inner else {name}
    return found


def blocks(page: str) -> list[str]:
    return re.findall(r"```(?:sh|python)\n(.*?)```", page, re.DOTALL)


def test_every_command_in_the_readme_exists() -> None:
    known = commands()
    for line in "\n".join(blocks(ENGLISH)).splitlines():
        match = re.match(r"kaizha +([a-z-]+)(?: +([a-z]+))?", line)
        if match and match[1]:
            assert match[1] in known or f"{match[1]} {match[2]}" in known, line


def test_every_option_in_the_readme_exists() -> None:
    root = typer.main.get_command(app)
    options: set[str] = set()
    for command in root.commands.values():  # type: ignore[attr-defined]
        for one in getattr(command, "commands", {"": command}).values():
            options |= {name for parameter in one.params for name in parameter.opts}
    for option in re.findall(
        r"(?<= )--[a-z-]+",
        "\n".join(line for line in "\n".join(blocks(ENGLISH)).splitlines() if line.startswith("kaizha")),
    ):
        assert option in options, option


def test_both_readmes_have_the_same_sections_links_and_code() -> None:
    for pattern in (r"^## ", r"^\| `", r"^```"):
        assert len(re.findall(pattern, ENGLISH, re.MULTILINE)) == len(
            re.findall(pattern, CHINESE, re.MULTILINE)
        ), pattern
    english = [re.sub(r"#.*|--reason .*|:.*=", "", block) for block in blocks(ENGLISH)]
    chinese = [re.sub(r"#.*|--reason .*|:.*=", "", block) for block in blocks(CHINESE)]
    assert [re.sub(r"\s+", " ", one) for one in english] == [re.sub(r"\s+", " ", one) for one in chinese]


def test_every_dataset_called_in_the_readme_is_one_the_demo_releases(tmp_path: Path) -> None:
    released = {
        one.dataset.id for one in write(tmp_path) if one.expected in (Outcome.RELEASED, Outcome.MASKED)
    }
    for page in (ENGLISH, CHINESE):
        called = set(re.findall(r"(?:\$base|/datasets)/([a-z0-9-]+)/", page))
        assert called
        assert called <= released


def test_every_link_leads_somewhere() -> None:
    for page in (ENGLISH, CHINESE):
        for target in re.findall(r"\]\(([^)#]+)\)", page):
            assert (ROOT / target).exists(), target


def test_every_setting_named_is_a_setting() -> None:
    names = {f"KAIZHA_{name.upper()}" for name in GateSettings.model_fields} | {
        "KAIZHA_LANG",
        "KAIZHA_SCAN_URL",
        "KAIZHA_TOKEN",
    }
    for page in (ENGLISH, CHINESE):
        assert set(re.findall(r"KAIZHA_[A-Z_]+", page)) <= names
