"""No value of a masked or withheld column in any file outside the domain zone, any response, log or error.

The canaries are every personal value of the demo's invented people. The search is seen to fail: with masking switched
off the same finder finds them.
"""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

import samples
from catalog.dataset import Column
from catalog.decision import MaskOperator
from catalog.release import State
from gateway.gate import Gate
from gateway.publish import plan as plan_module
from tests.commands import in_process
from tests.conftest import Publish
from tests.journey.conftest import City
from tests.journey.leaks import Finder, opened, readable

EXPORTS = ("csv", "json", "ndjson", "geojson", "xlsx", "parquet", "arrow")


@pytest.fixture(scope="module")
def finder() -> Finder:
    values = frozenset().union(*samples.personal_values().values())
    assert len(values) > 3_000
    return Finder(values)


def everything_served(city: City) -> list[tuple[str, bytes]]:
    """(what, content) of every answer that a stranger can get: each dataset in each form, errors, pages, metrics."""
    found: list[tuple[str, bytes]] = []
    with httpx.Client(base_url=city.url, timeout=60) as client:

        def get(path: str, **headers: str) -> httpx.Response:
            answer = client.get(path, headers=headers)
            assert answer.status_code < 500, path
            found.append((path, answer.content))
            found.append((f"{path} headers", repr(answer.headers.raw).encode()))
            return answer

        datasets = get("/api/v1/datasets?limit=1000").json()["datasets"]
        for dataset in datasets:
            base = f"/api/v1/datasets/{dataset['id']}"
            for path in (
                "",
                "/versions",
                "/quality",
                "/risk",
                "/privacy",
                "/decision",
                "/openapi.json",
                "/aggregate?metrics=count",
            ):
                get(base + path)
            following: str | None = f"{base}/records?limit=1000"
            while following:
                cursor = get(following).json()["next"]
                following = f"{base}/records?limit=1000&cursor={cursor}" if cursor else None
            for kind in EXPORTS:
                get(f"{base}/export.{kind}")
            for column in dataset["columns"]:
                get(
                    f"{base}/aggregate?group_by={column['name']}&metrics=count,min({column['name']}),max({column['name']})"
                )
                get(f"{base}/records?{column['name']}__gte=x&no-such={column['name']}")
            get(f"/datasets/{dataset['id']}?lang=zh")
            get(f"/datasets/{dataset['id']}?lang=en")
            resource = f"resource_id={dataset['id']}"
            for path in (
                f"/api/3/action/package_show?id={dataset['id']}",
                f"/api/3/action/datastore_info?id={dataset['id']}",
                f"/api/3/action/datastore_search?{resource}&limit=32000",
                f"/api/3/action/datastore_search?{resource}&limit=32000&records_format=lists&sort=_id%20desc",
                f"/api/3/action/datastore_search?{resource}&filters=%7B%22no-such%22%3A1%7D",
                f"/datastore/dump/{dataset['id']}",
                f"/datastore/dump/{dataset['id']}?format=xml",
            ):
                get(path)
            for column in dataset["columns"]:
                get(
                    f"/api/3/action/datastore_search?{resource}&fields={column['name']}&distinct=true&limit=32000"
                )
            for page in ("quality", "risk", "privacy"):
                get(f"/datasets/{dataset['id']}/{page}?lang=zh")
        for path in ("/", "/counts", "/docs", "/metrics", "/openapi.json", "/api/v1/counts", "/api/v1/negative-list",
                     "/api/v1/ledger/checkpoint", "/api/v1/submissions", "/no-such", "/api/v1/datasets/x/records"):  # fmt: skip
            get(path)
        for path in ("package_search?rows=1000&facet.field=tags", "current_package_list_with_resources",
                     "resource_search?query=format:csv", "recently_changed_packages_activity_list",
                     "organization_list?all_fields=true", "tag_list", "datastore_search?resource_id=_table_metadata"):  # fmt: skip
            get(f"/api/3/action/{path}")
        for index in range(100):
            if get(f"/api/v1/ledger/proof/{index}").status_code != 200:
                break
    return found


def test_no_personal_value_stands_in_any_answer(city: City, finder: Finder) -> None:
    answers = everything_served(city)
    assert len(answers) > 200
    leaks = {
        what: finder.hits(part)
        for what, content in answers
        for part in readable(re.sub(r"\?.*", "", what), content)
        if finder.hits(part)
    }
    assert leaks == {}


def test_no_personal_value_stands_in_any_file_outside_the_domain_zone(city: City, finder: Finder) -> None:
    files = [
        path
        for path in city.home.rglob("*")
        if path.is_file() and "domain" not in path.relative_to(city.home).parts
    ]
    assert {path.relative_to(city.home).parts[0] for path in files} >= {"open", "cache", "registry", "keys"}
    leaks = {
        str(path.relative_to(city.home)): finder.hits(part)
        for path in [*files, city.log]
        for part in opened(path)
        if finder.hits(part)
    }
    assert leaks == {}


def test_the_same_values_do_stand_in_the_domain_zone(city: City, finder: Finder) -> None:
    zone = city.home / "domain" / "zone"
    assert any(finder.hits(part) for path in zone.iterdir() for part in opened(path))


def test_reports_on_the_command_line_hold_no_personal_value(city: City, finder: Finder) -> None:
    states = ("--state", "held", "--state", "refused", "--state", "released")
    listed = in_process(city.home, "review", "list", *states, "--json").json
    assert len(listed["submissions"]) > 5
    for one in listed["submissions"]:
        shown = in_process(city.home, "review", "show", one["id"], "--json")
        assert shown.json["submission_id"] == one["id"]
        assert finder.hits((shown.out + shown.err).encode()) == []


PEOPLE = [("王建国", "13812345678", "110105199001011237"), ("李秀英", "13912345679", "11010519900307109X")]


def people_csv(folder: Path) -> Path:
    path = folder / "shops.csv"
    lines = [f"店铺{n},{PEOPLE[n % 2][1]},{PEOPLE[n % 2][2]}" for n in range(40)]
    path.write_text("店铺名称,负责人手机,负责人身份证号\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def open_zone(gate: Gate) -> list[bytes]:
    return [part for path in (gate.settings.home / "open").iterdir() for part in opened(path)]


def test_masked_columns_stay_behind(gate: Gate, publish: Publish, tmp_path: Path) -> None:
    finder = Finder(value for person in PEOPLE for value in person)
    report = publish(people_csv(tmp_path))
    assert report.state is State.RELEASED
    assert not any(finder.hits(part) for part in open_zone(gate))


def test_the_search_finds_the_leak_when_masking_is_switched_off(
    gate: Gate, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard itself: a plan that masks nothing, and a second look that asks for nothing, let the values through."""

    def keep(_operators: frozenset[MaskOperator], _column: Column) -> MaskOperator:
        return MaskOperator.KEEP

    monkeypatch.setattr(plan_module, "resolve", keep)
    finder = Finder(value for person in PEOPLE for value in person)
    report = publish(people_csv(tmp_path), answers={"grade": "L1"})
    assert report.state is State.RELEASED
    assert any(finder.hits(part) for part in open_zone(gate))
