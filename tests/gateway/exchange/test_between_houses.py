"""From house to house: what one Kaizha shows another harvests, over DCAT and over the CKAN API; files go through the gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from catalog.interchange.parse import parse_catalogue
from catalog.record import CatalogueRecord
from catalog.registry import queries
from catalog.release import State
from gateway.access import OWNER
from gateway.app import create_app
from gateway.exchange import store
from gateway.exchange.gone import SOURCE_GONE
from gateway.exchange.source import Kind, RunState
from gateway.gate import Gate, open_gate
from gateway.governance import notices
from gateway.publish.jobs import run_jobs
from gateway.publish.review import answer, withdraw
from gateway.publish.stages import Stages
from gateway.settings import GateSettings, ServeSettings
from tests.gateway.ckan.conftest import FILES, published
from tests.gateway.exchange.conftest import Harvest
from tests.gateway.exchange.stub_ckan import Answering, Portal


@pytest.fixture
def other(tmp_path: Path) -> Iterator[TestClient]:
    """A second house that serves three datasets."""
    gate = open_gate(GateSettings(home=tmp_path / "other"))
    for name, (text, about) in FILES.items():
        assert published(gate, tmp_path, name, text, about).state is State.RELEASED
    run_jobs(gate)
    gate.registry.close()
    with TestClient(create_app(ServeSettings(home=tmp_path / "other"))) as client:
        yield client


def through(portal: Portal, client: TestClient) -> None:
    """The portal's address answers with what the other house answers."""

    def answered(asking: Answering) -> bool:
        host = {"host": portal.url.removeprefix("http://")}
        answer = client.get(asking.path, headers=host)
        asking.send(answer.status_code, answer.content, answer.headers.get("content-type", ""))
        return True

    portal.before = answered


def said(record: CatalogueRecord) -> dict[str, Any]:
    licence = record.licence.uri or record.licence.words if record.licence else None
    names = record.publisher.names if record.publisher else ()
    return {
        "title": {text for _, text in record.titles},
        "description": {text for _, text in record.descriptions},
        "licence": (licence or "").rstrip("/"),
        "publisher": {text for _, text in names},
        "distributions": {one.download_url or one.access_url for one in record.distributions},
    }


@pytest.mark.parametrize(("path", "kind"), [("/catalog.jsonld", Kind.DCAT), ("/catalog.ttl", Kind.DCAT)])
def test_what_a_house_says_is_what_another_knows_of_it(
    gate: Gate, harvest: Harvest, portal: Portal, other: TestClient, path: str, kind: Kind
) -> None:
    through(portal, other)
    run = harvest(portal.url + path, kind)
    assert (run.state, run.counts["new"]) == (RunState.COMPLETE, len(FILES))
    host = {"host": portal.url.removeprefix("http://")}
    with gate.registry.reading() as snapshot:
        found = {one.identifier: said(one) for _, one in store.harvested(snapshot, 0, 100)}
    for one in parse_catalogue(other.get(path, headers=host).content, base=portal.url).records:
        assert found[one.identifier] == said(one)
    for name, (_, about) in FILES.items():
        assert about["title"] in found[name]["title"]
        assert about["publisher"] in found[name]["publisher"]
        assert any(str(url).endswith(f"/{name}/export.csv") for url in found[name]["distributions"])


def test_the_same_over_the_ckan_api(gate: Gate, harvest: Harvest, portal: Portal, other: TestClient) -> None:
    through(portal, other)
    run = harvest(portal.url, Kind.CKAN)
    assert (run.state, run.counts["new"]) == (RunState.COMPLETE, len(FILES)), run.problems
    with gate.registry.reading() as snapshot:
        found = [said(one) for _, one in store.harvested(snapshot, 0, 100)]
    for name, (_, about) in FILES.items():
        [one] = [each for each in found if about["title"] in each["title"]]
        assert about["publisher"] in one["publisher"]
        assert about.get("description", "") in {*one["description"], ""}
        assert one["licence"]
        assert any(str(url).endswith(f"/{name}/export.csv") for url in one["distributions"])
    again = harvest(portal.url, Kind.CKAN)
    assert (again.state, again.counts["changed"], again.counts["deleted"]) == (RunState.COMPLETE, 0, 0)


def test_harvested_records_stand_in_our_catalogue_with_their_source_and_never_as_ours(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    portal.files[
        "/evil.ttl"
    ] = b"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
    <http://testserver/datasets/stops> a dcat:Dataset ; dct:identifier "stops" ; dct:title "<script>x</script>"@en ."""
    harvest(f"{portal.url}/evil.ttl", Kind.DCAT)
    serving = ServeSettings(home=gate.settings.home, serve_registry_url=gate.settings.registry_url)
    with TestClient(create_app(serving)) as client:
        first = client.get("/catalog.ttl")
        page = client.get(first.links["next"]["url"])
        assert page.status_code == 200
        [record] = parse_catalogue(page.content, base="http://testserver").records
        assert record.uri == f"{portal.url}/evil.ttl#stops"
        assert f"isReferencedBy <{portal.url}/evil.ttl>" in page.text
        listed = client.get(client.get("/data.json").json()["nextPage"]).json()
        assert [one["@id"] for one in listed["dataset"]] == [record.uri]
        assert client.get("/datasets/stops").status_code == 404
        counts = client.get("/api/v1/counts").json()
        assert counts["datasets"] == 0


def test_files_go_through_the_gate_and_are_brought_once(gate: Gate, harvest: Harvest, portal: Portal) -> None:
    portal.packages = {key: one for key, one in portal.packages.items() if one["name"] == "bus-stops"}
    portal.files["/files/stops.csv"] = "编号,线路数\n".encode() + b"".join(
        b"%05d,%d\n" % (n, n % 9) for n in range(40)
    )
    run = harvest(portal.url, Kind.CKAN, with_data=True)
    assert (run.counts["files"], run.counts["released"] + run.counts["held"]) == (1, 1), run.problems
    with gate.registry.reading() as snapshot:
        [submitted] = queries.submission_list(snapshot, [], 10)
    assert submitted.dataset_id.startswith("h1-")
    # a title and a theme were said or proposed, not accepted: a person still has to
    assert submitted.state in (State.HELD, State.RELEASED)
    again = harvest(portal.url, Kind.CKAN, with_data=True)
    assert again.counts["files"] == 0
    with gate.registry.reading() as snapshot:
        assert len(queries.submission_list(snapshot, [], 10)) == 1


def test_a_file_that_cannot_be_had_is_told_and_the_record_stays(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    portal.packages = {key: one for key, one in portal.packages.items() if one["name"] == "bus-stops"}
    run = harvest(portal.url, Kind.CKAN, with_data=True)
    assert [one["kind"] for one in run.problems] == ["not-found"]
    assert (run.state, run.counts["new"]) == (RunState.COMPLETE, 1)


def test_a_dataset_whose_source_is_gone_stays_open_and_its_steward_is_told_until_somebody_decides(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    everything = portal.packages
    portal.files["/files/stops.csv"] = "编号,线路数\n".encode() + b"".join(
        b"%05d,%d\n" % (n, n % 9) for n in range(40)
    )
    harvest(portal.url, Kind.CKAN, with_data=True)
    with gate.registry.reading() as snapshot:
        [submitted] = queries.submission_list(snapshot, [], 10)
    dataset_id = submitted.dataset_id
    if submitted.state is State.HELD:
        agreed = answer(gate, OWNER, submitted.id, {"theme": "transport"}, accept=True, stages=Stages())
        assert agreed.state is State.RELEASED
    portal.packages = {key: one for key, one in everything.items() if one["name"] != "bus-stops"}
    for _ in range(2):
        run = harvest(portal.url, Kind.CKAN)  # also by who asks for no files any more
        lines = [one["about"] for one in run.problems if one["kind"] == SOURCE_GONE]
        assert (run.state, lines) == (RunState.COMPLETE, [dataset_id])
    with gate.registry.reading() as snapshot:
        assert dataset_id in queries.standing(snapshot)
        assert notices.told(snapshot, SOURCE_GONE) == 1  # once, when it happened
    portal.packages = (
        everything  # back, and as it was: the first harvest finds one too few, the next looks at all
    )
    assert "incomplete-listing" in [one["kind"] for one in harvest(portal.url, Kind.CKAN).problems]
    back = harvest(portal.url, Kind.CKAN)
    assert (back.state, back.counts["new"]) == (RunState.COMPLETE, 1)
    assert SOURCE_GONE not in [one["kind"] for one in back.problems]
    portal.packages = {key: one for key, one in everything.items() if one["name"] != "bus-stops"}
    harvest(portal.url, Kind.CKAN)
    with gate.registry.reading() as snapshot:
        assert notices.told(snapshot, SOURCE_GONE) == 2
    withdraw(gate, OWNER, dataset_id, "源目录已撤")
    assert SOURCE_GONE not in [one["kind"] for one in harvest(portal.url, Kind.CKAN).problems]
