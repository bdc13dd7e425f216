"""The snippets that the pages show run as they stand, each in a process of its own, against a served city."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import httpx
import pytest

from tests.journey.conftest import City, Published, served

FIGURE = re.compile(r"<figcaption>(.*?)</figcaption>\s*<pre[^>]*><code>(.*?)</code></pre>", re.DOTALL)
# What each prints of a dataset of 13 rows.
OF_DATASET = {
    "curl": '"total":13',
    "Python · httpx": "13 [{",
    "JavaScript": "records 10",
    "Python · pandas": "330102",
    "Python · DuckDB": "│",
}
ELSEWHERE = {"Python · ckanapi"}  # runs in the tests of the CKAN action interface


@pytest.fixture(scope="module")
def own_city(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with served(published, tmp_path_factory.mktemp("snippets")) as one:
        assert one.kaizha("service", "propose", "bus-stops", "--add").returncode == 0
        yield one


def shown(city: City, path: str) -> dict[str, str]:
    """Tool → code, as a reader copies it from the page."""
    page = httpx.get(f"{city.url}{path}").text
    return {html.unescape(tool): html.unescape(code) for tool, code in FIGURE.findall(page)}


def run(tool: str, code: str, folder: Path) -> str:
    """What a snippet prints."""
    if tool == "JavaScript":
        if which("node") is None:
            pytest.skip("no node on this machine")
        command = ["node", "--input-type=module", "-e", code + "\nconsole.log(`records ${records.length}`);"]
    elif tool == "curl":
        command = ["bash", "-ec", code]
    else:
        command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_snippet_of_a_dataset_has_a_run(own_city: City) -> None:
    assert shown(own_city, "/datasets/hangzhou-districts").keys() == OF_DATASET.keys() | ELSEWHERE


@pytest.mark.parametrize("tool", OF_DATASET)
def test_a_snippet_of_a_dataset_runs_as_it_stands(own_city: City, tool: str, tmp_path: Path) -> None:
    printed = run(tool, shown(own_city, "/datasets/hangzhou-districts")[tool], tmp_path)
    assert OF_DATASET[tool] in printed
    if tool == "curl":
        saved = (tmp_path / "hangzhou-districts.csv").read_text("utf-8").splitlines()
        assert len(saved) == 14


@pytest.mark.parametrize("tool", OF_DATASET)
def test_a_snippet_of_a_service_runs_as_it_stands(own_city: City, tool: str, tmp_path: Path) -> None:
    snippets = shown(own_city, "/services/bus-stops-of-district")
    assert snippets.keys() == OF_DATASET.keys()
    listed = httpx.get(f"{own_city.url}/api/v1/services").json()["services"]
    (district,) = next(one for one in listed if one["id"] == "bus-stops-of-district")["example"].values()
    assert district in run(tool, snippets[tool], tmp_path)


def test_the_ckan_snippet_asks_by_the_id_of_the_dataset(own_city: City) -> None:
    code = shown(own_city, "/datasets/hangzhou-districts")["Python · ckanapi"]
    compile(code, "snippet", "exec")
    assert f'RemoteCKAN("{own_city.url}"' in code
    assert 'resource_id="hangzhou-districts"' in code
