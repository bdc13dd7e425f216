"""The newcomer's journey, from outside: the installed command and real HTTP, nothing imported from the house."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import duckdb
import httpx
import pandas
import pytest

from tests.journey.conftest import City, kaizha


def test_the_demo_publishes_the_city_and_says_what_happened_to_each_dataset(city: City) -> None:
    for word in ("released", "held", "refused", "vehicle-tracks", "starter-05", "4,000"):
        assert word in city.demo
    assert city.seconds <= 45


def test_the_demo_run_again_publishes_nothing_twice(city: City) -> None:
    before = httpx.get(f"{city.url}/api/v1/datasets").json()["total"]
    again = city.kaizha("demo", "--no-serve")
    assert again.returncode == 0
    assert httpx.get(f"{city.url}/api/v1/datasets").json()["total"] == before
    assert city.kaizha("verify").returncode == 0


def test_a_developer_lists_reads_filters_and_pages(city: City) -> None:
    listed = httpx.get(f"{city.url}/api/v1/datasets", params={"limit": 5}).json()
    assert listed["total"] > 5
    second = httpx.get(f"{city.url}/api/v1/datasets", params={"limit": 5, "cursor": listed["next"]}).json()
    assert not {one["id"] for one in listed["datasets"]} & {one["id"] for one in second["datasets"]}
    districts = f"{city.url}/api/v1/datasets/hangzhou-districts"
    records = httpx.get(f"{districts}/records", params={"limit": 3, "count": "exact"}).json()
    assert len(records["records"]) == 3
    assert (records["total"], records["total_kind"]) == (13, "exact")
    seen, following = list(records["records"]), records["next"]
    while following:
        page = httpx.get(f"{districts}/records", params={"limit": 3, "cursor": following}).json()
        seen += page["records"]
        following = page["next"]
    assert len({json.dumps(one, sort_keys=True) for one in seen}) == 13


def test_every_export_of_a_dataset_holds_the_same_rows(city: City, tmp_path: Path) -> None:
    base = f"{city.url}/api/v1/datasets/hangzhou-districts/export"
    rows = httpx.get(f"{base}.json").json()
    rows = rows if isinstance(rows, list) else rows["records"]
    assert len(rows) == 13
    assert len(httpx.get(f"{base}.csv").text.strip().splitlines()) == 14
    assert len(httpx.get(f"{base}.ndjson").text.strip().splitlines()) == 13
    assert len(pandas.read_excel(BytesIO(httpx.get(f"{base}.xlsx").content))) == 13
    parquet = tmp_path / "export.parquet"
    parquet.write_bytes(httpx.get(f"{base}.parquet").content)
    assert len(pandas.read_parquet(parquet)) == 13
    assert (
        duckdb.read_parquet(str(parquet)).fetchall()
        == duckdb.sql(f"FROM read_parquet('{parquet}')").fetchall()
    )


def test_an_aggregate_adds_up_to_the_rows(city: City) -> None:
    base = f"{city.url}/api/v1/datasets/hangzhou-districts"
    answer = httpx.get(f"{base}/aggregate", params={"metrics": "count"}).json()
    assert 13 in answer["records"][0].values()


def test_the_openapi_of_a_dataset_names_no_withheld_field(city: City) -> None:
    decision = httpx.get(f"{city.url}/api/v1/datasets/enterprise-register/decision").json()
    withheld = [one["name"] for one in decision["withheld"]]
    assert withheld
    document = httpx.get(f"{city.url}/api/v1/datasets/enterprise-register/openapi.json").text
    assert not [name for name in withheld if name in document]


def test_what_is_held_or_refused_is_nowhere_to_be_seen(city: City) -> None:
    for dataset in ("vehicle-tracks", "hospital-visits", "attractions"):
        for path in ("", "/records", "/export.csv", "/openapi.json", "/decision"):
            assert httpx.get(f"{city.url}/api/v1/datasets/{dataset}{path}").status_code == 404
        assert httpx.get(f"{city.url}/datasets/{dataset}").status_code == 404
        assert dataset not in httpx.get(f"{city.url}/api/v1/datasets", params={"limit": 1000}).text


def test_a_held_submission_goes_on_when_it_is_answered(city: City, tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("编号,站名\n" + "".join(f"{n:03},站点{n}\n" for n in range(30)), "utf-8")
    held = city.kaizha("publish", str(path), "--dataset", "answered-stations", "--json")
    assert held.returncode == 3
    report = json.loads(held.stdout)
    assert {question["field"] for question in report["questions"]} >= {"title", "theme"}
    assert httpx.get(f"{city.url}/api/v1/datasets/answered-stations").status_code == 404
    shown = city.kaizha("review", "show", report["submission_id"], "--preview", "2", "--json")
    assert [row["编号"] for row in json.loads(shown.stdout)["preview"]] == ["000", "001"]
    done = city.kaizha(
        "review", "answer", report["submission_id"], "--accept", "--set", "theme=transport", "--json"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["dataset"]["theme"] == "transport"
    assert (
        httpx.get(f"{city.url}/api/v1/datasets/answered-stations/records").json()["records"][0]["编号"]
        == "000"
    )


def test_check_gives_the_same_verdict_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("编号,站名\n001,甲\n002,乙\n", "utf-8")
    home = tmp_path / "home"
    checked = kaizha(home, "check", str(path), "--title", "站点", "--theme", "transport", "--yes", "--json")
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["state"] == "released"
    assert not home.exists()
    assert list(tmp_path.iterdir()) == [path]


def test_standard_input_is_published_too(city: City) -> None:
    sent = b'{"code": "01", "place": "A"}\n{"code": "02", "place": "B"}\n'
    done = city.kaizha(
        "publish", "-", "--dataset", "from-stdin", "--title", "T", "--theme", "other", "--yes", stdin=sent
    )
    assert done.returncode == 0, done.stderr
    records = httpx.get(f"{city.url}/api/v1/datasets/from-stdin/records").json()["records"]
    assert records == [{"code": "01", "place": "A"}, {"code": "02", "place": "B"}]


def test_a_withdrawn_dataset_is_gone_within_a_second(city: City) -> None:
    sent = b"a,b\n1,2\n3,4\n"
    assert (
        city.kaizha(
            "publish",
            "-",
            "--dataset",
            "short-lived",
            "--title",
            "T",
            "--theme",
            "other",
            "--yes",
            stdin=sent,
        ).returncode
        == 0
    )
    url = f"{city.url}/api/v1/datasets/short-lived/records"
    etag = httpx.get(url).headers["etag"]
    assert city.kaizha("withdraw", "short-lived", "--reason", "test").returncode == 0
    assert httpx.get(url, headers={"if-none-match": etag}).status_code == 404


def test_submissions_answer_to_a_key_and_to_nobody_else(city: City) -> None:
    url = f"{city.url}/api/v1/submissions"
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, headers={"authorization": "Bearer kz_abc_def_00000000"}).status_code == 401
    issued = city.kaizha("key", "issue", "--label", "steward", "--role", "steward")
    key = issued.stdout.strip()
    headers = {"authorization": f"Bearer {key}"}
    held = httpx.get(url, headers=headers, params={"state": "held"}).json()["submissions"]
    assert held
    one = httpx.get(f"{url}/{held[0]['id']}", headers=headers).json()
    assert one["questions"]
    developer = city.kaizha("key", "issue", "--label", "d", "--role", "developer").stdout.strip()
    assert httpx.get(url, headers={"authorization": f"Bearer {developer}"}).status_code == 403
    assert city.kaizha("key", "revoke", key.split("_")[1]).returncode == 0
    assert httpx.get(url, headers=headers).status_code == 401


def test_counts_agree_on_every_channel_and_name_their_exclusions(city: City) -> None:
    served = httpx.get(f"{city.url}/api/v1/counts").json()
    printed = json.loads(city.kaizha("counts", "--json").stdout)
    for name in ("datasets", "apis", "data_items", "data_items_masked"):
        assert served[name] == printed[name]
    assert served["targets"] == {"datasets": 1600, "apis": 4000, "data_items": 45000}
    assert all(one["reason"]["zh"] and one["reason"]["en"] for one in served["exclusions"])
    assert httpx.get(f"{city.url}/api/v1/counts", params={"as_of": "2020-01-01"}).json()["datasets"] == 0


def test_the_ledger_proves_an_opening(city: City) -> None:
    dataset = httpx.get(f"{city.url}/api/v1/datasets/hangzhou-districts").json()
    proof = httpx.get(f"{city.url}/api/v1/ledger/proof/{dataset['ledger_index']}").json()
    assert proof["event"]["release"] == dataset["release"]
    checkpoint = httpx.get(f"{city.url}/api/v1/ledger/checkpoint").text.splitlines()
    assert checkpoint[2] == proof["root"] or int(checkpoint[1]) > proof["size"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/datasets/no-such", "/api/v1/nothing", "/api/v1/datasets/hangzhou-districts/records?nope=1",
     "/api/v1/counts?as_of=soon", "/api/v1/datasets?limit=0"],
)  # fmt: skip
def test_every_error_is_a_problem_that_says_what_to_do(city: City, path: str) -> None:
    answer = httpx.get(f"{city.url}{path}")
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["remedy"]["zh"]
    assert problem["remedy"]["en"]


@pytest.mark.parametrize(
    "path", ["/", "/counts", "/datasets/hangzhou-districts", "/docs", "/metrics", "/health/live"]
)
def test_pages_answer(city: City, path: str) -> None:
    answer = httpx.get(f"{city.url}{path}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_serving_process_cannot_open_a_path_of_the_domain_zone(city: City) -> None:
    """The role's own walls, put up in a process of its own as `serve` puts them up."""
    import subprocess
    import sys

    script = (
        "import sys, pathlib\n"
        "from gateway.processes.confine import ProcessRole, confine\n"
        "home = pathlib.Path(sys.argv[1])\n"
        "domain = sorted((home / 'domain' / 'zone').iterdir())[0]\n"
        "domain.read_bytes()\n"
        "walls = confine(ProcessRole.SERVE, home)\n"
        "sorted((home / 'open').iterdir())[0].read_bytes()\n"
        "outcomes = []\n"
        "for path in (domain, home / 'keys' / 'keyring.json'):\n"
        "    try:\n"
        "        path.read_bytes(); outcomes.append('opened')\n"
        "    except PermissionError:\n"
        "        outcomes.append('refused')\n"
        "import duckdb\n"
        "try:\n"
        "    duckdb.sql(f\"SELECT * FROM read_blob('{domain}')\").fetchall(); outcomes.append('opened')\n"
        "except duckdb.Error:\n"
        "    outcomes.append('refused')\n"
        "print(walls, *outcomes)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(city.home)], capture_output=True, text=True, check=True
    )
    if done.stdout.startswith("False"):
        pytest.skip("this kernel has no Landlock: roles are apart by settings and OS users only")
    assert done.stdout.split() == ["True", "refused", "refused", "refused"]


def test_the_running_roles_are_three_and_the_server_holds_no_domain_setting(city: City) -> None:
    roles = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text().split("\0")
            variables = (folder / "environ").read_text().split("\0")
        except OSError:
            continue
        match = re.search(r"gateway\.processes (serve|gate|vault)", " ".join(command))
        if match and f"KAIZHA_HOME={city.home}" in variables:
            roles[match[1]] = variables
    assert set(roles) == {"serve", "gate", "vault"}
    assert not [one for one in roles["serve"] if one.startswith(("KAIZHA_DOMAIN", "KAIZHA_REGISTRY"))]
