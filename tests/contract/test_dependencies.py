"""docs/dependencies.md is held to pyproject.toml and to the licences of what is really installed."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

LGPL_ALLOWED = {"python-stdnum", "psycopg", "psycopg-binary"}
"""Imported unmodified and replaceable by the user: the page says so of each."""

LICENCE_NOT_IN_METADATA = {"pysqlite3": "zlib"}
"""Read in the LICENSE file of the wheel, because its metadata names none."""


def _table(heading: str) -> dict[str, list[str]]:
    """Rows of the first table under a heading, by package."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line[:1] == "|"
    ]
    return {row[0]: row[1:] for row in rows[2:]}


def _licence(package: Distribution) -> str:
    """What a package's metadata says of its licence: the SPDX expression, or the free field and the classifiers."""
    metadata = package.metadata
    said = metadata.get("License-Expression")
    if said:
        return str(said)
    classifiers = [
        str(c).split(" :: ")[-1] for c in metadata.get_all("Classifier") or () if str(c).startswith("License")
    ]
    free = str(metadata.get("License") or "").split("\n")[0]
    return "; ".join(part for part in (free, *classifiers) if part)


def _closure(requirements: list[str]) -> dict[str, Distribution]:
    """Everything that installing `requirements` here installs, by canonical name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(Requirement(text), frozenset({""})) for text in requirements]
    while todo:
        requirement, asked = todo.pop()
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in asked):
            continue
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras) | {""}
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] = distribution(name)
        todo += [(Requirement(text), extras) for text in found[name].requires or ()]
    return found


def _names(requirements: list[str]) -> set[str]:
    return {Requirement(text).name for text in requirements}


def _forbidden(name: str, licence: str) -> bool:
    """Whether a run-time package may not be here. ``GPL-3.0 OR MIT`` offers a choice, and is fine."""
    if name in LGPL_ALLOWED:
        return False
    choices = [part for part in re.split(r"\bOR\b|;", licence) if part.strip()]
    return bool(choices) and all(re.search(r"GPL|General Public", part) for part in choices)


def test_the_page_names_exactly_the_run_time_dependencies() -> None:
    assert set(_table("Run time")) == _names(PROJECT["dependencies"])


def test_the_page_names_exactly_the_extras_with_the_extra_they_belong_to() -> None:
    declared: dict[str, set[str]] = {}
    for extra, requirements in PROJECT["optional-dependencies"].items():
        for name in _names(requirements):
            declared.setdefault(name, set()).add(extra)
    page = {name: set(cells[1].split(", ")) for name, cells in _table("Extras").items()}
    assert page == declared


@pytest.mark.parametrize("heading", ["Run time", "Extras"])
def test_the_page_states_the_licence_the_installed_package_states(heading: str) -> None:
    wrong: dict[str, tuple[str, str]] = {}
    for name, cells in _table(heading).items():
        try:
            said = distribution(name).metadata.get("License-Expression")
        except PackageNotFoundError:
            continue  # an extra that is not installed here
        if said and said != cells[0]:
            wrong[name] = (cells[0], str(said))
    assert not wrong


def test_no_run_time_package_is_gpl_or_agpl_down_to_the_last_of_the_closure() -> None:
    closure = _closure(PROJECT["dependencies"])
    assert len(closure) > len(PROJECT["dependencies"]), "the closure was not followed"
    assert not {
        name: _licence(package) for name, package in closure.items() if _forbidden(name, _licence(package))
    }


def test_every_run_time_package_states_a_licence_or_is_listed_as_looked_up() -> None:
    closure = _closure(PROJECT["dependencies"])
    silent = {name for name, package in closure.items() if not _licence(package)}
    assert silent <= set(LICENCE_NOT_IN_METADATA)
    page = _table("Run time")
    assert {name: page[name][0] for name in silent & set(page)} == {
        name: LICENCE_NOT_IN_METADATA[name] for name in silent
    }


def test_lgpl_packages_are_named_on_the_page() -> None:
    closure = _closure(PROJECT["dependencies"])
    lesser = {
        name for name, package in closure.items() if re.search(r"LGPL|Lesser General", _licence(package))
    }
    assert lesser <= LGPL_ALLOWED
    assert all("LGPL" in _table("Run time")[name][0] for name in lesser)


@pytest.mark.parametrize(
    ("licence", "forbidden"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", True),  # of a package that is not listed
        ("GPL-2.0-only OR MIT", False),
        ("MPL-2.0 AND MIT", False),
        ("MIT", False),
    ],
)
def test_the_rule_tells_copyleft_licences_from_others(licence: str, forbidden: bool) -> None:
    assert _forbidden("some-package", licence) is forbidden
