"""The real `ckanapi`, its command and its module, against real servers: what is there is dumped, searched, loaded into a
second house and dumped again; a file is uploaded through the gate; what is deleted is gone."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, ValidationError

from gateway.access import OWNER, Role
from gateway.gate import open_gate
from gateway.keys import issue_key
from gateway.publish.jobs import run_jobs
from gateway.settings import GateSettings
from tests.conftest import free_port
from tests.gateway.ckan.conftest import FILES, TRANSPORT, published

BIN = Path(sys.executable).parent
pytestmark = [pytest.mark.alone, pytest.mark.timeout(280)]


@dataclass(frozen=True, slots=True)
class Site:
    """A personal home that serves, and a steward's key for it."""

    home: Path
    url: str
    key: str

    def ckanapi(
        self, *words: str, key: bool = False, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """The command, as anybody runs it; its own workers are the same command."""
        command = [str(BIN / "ckanapi"), *words, "-r", self.url, *(["-a", self.key] if key else [])]
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
        return subprocess.run(
            command, env=environment, input=stdin, capture_output=True, timeout=120, check=False
        )

    def dump(self) -> list[dict[str, Any]]:
        done = self.ckanapi("dump", "datasets", "--all")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def remote(self, *, key: bool = True) -> RemoteCKAN:
        return RemoteCKAN(self.url, apikey=self.key if key else None)


@contextmanager
def site(home: Path, fill: bool) -> Iterator[Site]:
    gate = open_gate(GateSettings(home=home))
    if fill:
        for name, (text, about) in FILES.items():
            published(gate, home.parent, name, text, about)
        run_jobs(gate)
    key = issue_key(gate, OWNER, "ckanapi", Role.STEWARD, None)
    gate.registry.close()
    port = free_port()
    log = home.parent / f"{home.name}.log"
    environment = {**os.environ, "KAIZHA_HOME": str(home)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [BIN / "kaizha", "serve", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            try:
                if httpx.get(f"{url}/health/ready").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield Site(home, url, key)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Site]]:
    """One with datasets, and an empty one."""
    folder = tmp_path_factory.mktemp("sites")
    with ExitStack() as ending:
        yield (
            ending.enter_context(site(folder / "a", fill=True)),
            ending.enter_context(site(folder / "b", fill=False)),
        )


def test_what_is_dumped_loaded_elsewhere_and_dumped_again_is_equal(sites: tuple[Site, Site]) -> None:
    first, second = sites
    dumped = first.dump()
    assert [one["name"] for one in dumped] == sorted(FILES)
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in dumped)
    loaded = second.ckanapi("load", "datasets", key=True, stdin=lines)
    assert loaded.returncode == 0, (loaded.stdout, loaded.stderr)
    assert second.dump() == dumped
    # and loading it once more changes nothing but when it was changed
    again = second.ckanapi("load", "datasets", key=True, stdin=lines)
    assert again.returncode == 0, again.stderr
    without = [{name: one[name] for name in one if name != "metadata_modified"} for one in dumped]
    now = [{name: one[name] for name in one if name != "metadata_modified"} for one in second.dump()]
    assert now == without


def test_datasets_are_searched(sites: tuple[Site, Site]) -> None:
    done = sites[0].ckanapi("search", "datasets", "q=公园")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["parks"]
    with sites[0].remote(key=False) as remote:
        found = remote.action.package_search(q="公交", **{"facet.field": ["organization"]})
        assert found["count"] == 1
        assert found["search_facets"]["organization"]["items"][0]["count"] == 1
        table = found["results"][0]["resources"][0]["id"]
        rows = remote.action.datastore_search(resource_id=table, filters={"区县": "徐汇"}, limit=5)
        assert rows["total"] == 100
        with RemoteCKAN(sites[0].url, get_only=True) as by_get:
            assert by_get.action.datastore_search(resource_id=table, limit=1)["records"][0]["_id"] == 1


def test_a_file_is_uploaded_through_the_gate_and_what_is_deleted_is_gone(sites: tuple[Site, Site]) -> None:
    first, _ = sites
    rows = "编号,名称\n" + "".join(f"{n:04},设施{n}\n" for n in range(1, 41))
    with first.remote() as remote, first.remote(key=False) as stranger:
        org = stranger.action.organization_list(all_fields=True)
        transport = next(one["id"] for one in org if one["title"] == TRANSPORT)
        made = remote.action.package_create(
            name="facilities",
            title="设施名录",
            owner_org=transport,
            groups=[{"name": "transport"}],
            tags=[{"name": "设施"}],
        )
        assert made["state"] == "draft"
        with pytest.raises(NotFound):
            stranger.action.package_show(id="facilities")
        upload = io.BytesIO(rows.encode())
        upload.name = "facilities.csv"
        resource = remote.action.resource_create(package_id=made["id"], name="名录", upload=upload)
        assert resource["datastore_active"] is True
        shown = stranger.action.package_show(id="facilities")
        assert shown["state"] == "active"
        assert httpx.get(shown["resources"][0]["url"]).text.splitlines()[1] == "0001,设施1"
        found = stranger.action.datastore_search(resource_id=resource["id"], q="设施40")
        assert [one["编号"] for one in found["records"]] == ["0040"]
        with pytest.raises(NotAuthorized):
            stranger.action.package_delete(id="facilities")
        with pytest.raises(ValidationError) as refused:
            remote.action.resource_create(package_id=made["id"], upload=io.BytesIO(b"a\n1\n"))
        assert "one table" in refused.value.error_dict["upload"][0]
    done = first.ckanapi("delete", "datasets", "facilities", key=True)
    assert done.returncode == 0, done.stderr
    with first.remote(key=False) as stranger, pytest.raises(NotFound):
        stranger.action.package_show(id="facilities")
    assert httpx.get(f"{first.url}/api/v1/datasets/facilities").status_code == 404


def test_what_personal_data_an_upload_holds_never_leaves_as_it_came(sites: tuple[Site, Site]) -> None:
    first, _ = sites
    people = "店铺,负责人手机\n" + "".join(f"店{n},1381234{n:04}\n" for n in range(60))
    with first.remote() as remote:
        made = remote.action.package_create(name="shops", title="店铺", owner_org=None)
        upload = io.BytesIO(people.encode())
        upload.name = "shops.csv"
        resource = remote.action.resource_create(package_id=made["id"], upload=upload)
    assert resource.get("kaizha_state") in (None, "held")
    page = httpx.get(f"{first.url}/api/3/action/datastore_search", params={"resource_id": resource["id"]})
    assert "1381234" not in page.text
    assert "1381234" not in httpx.get(f"{first.url}/datastore/dump/{resource['id']}").text


def test_data_can_be_carried_over_too(sites: tuple[Site, Site]) -> None:
    """``--upload-resources`` fetches each file where it is and submits it here: the rows are then this house's own."""
    first, second = sites
    lines = json.dumps(next(one for one in first.dump() if one["name"] == "parks")).encode() + b"\n"
    loaded = second.ckanapi("load", "datasets", "--upload-resources", key=True, stdin=lines)
    assert loaded.returncode == 0, (loaded.stdout, loaded.stderr)
    with second.remote(key=False) as stranger:
        resource = stranger.action.package_show(id="parks")["resources"][0]
        assert resource["url"].startswith(second.url)
        assert stranger.action.datastore_search(resource_id=resource["id"])["total"] == 20
