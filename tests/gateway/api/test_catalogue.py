"""The catalogue for machines over HTTP: real readers read it, what is closed is not in it, and nothing is sent twice."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import frictionless
import jsonschema
import mlcroissant
import pytest
import uvicorn
from starlette.testclient import TestClient

from catalog.ingest import local
from catalog.interchange.dcat import graph_of, parse_dcat
from catalog.interchange.parse import parse_catalogue
from gateway.access import OWNER
from gateway.app import create_app
from gateway.gate import Gate, open_gate
from gateway.publish.request import Metadata, Request
from gateway.publish.review import withdraw
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings, ServeSettings
from tests.catalog.interchange.shapes import violations
from tests.conftest import free_port

SECRET_ID = "11010119900307461X"  # a resident id with a right check digit: never leaves raw
FORMS = ("ttl", "jsonld", "rdf", "croissant.json", "datapackage.json", "csvw.json")
WHOLE = ("/catalog.ttl", "/catalog.jsonld", "/catalog.rdf", "/data.json", "/sitemap.xml", "/feed.atom")
SYNTAX: dict[str, Any] = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
PLACE = {"operator": "云汀市数据局", "contact": "data@yunting.example", "place": "云汀市"}


def opened(gate: Gate, folder: Path, dataset_id: str, **more: Any) -> None:
    """Thirty stops, of which the drivers' resident ids are withheld."""
    file = folder / f"{dataset_id}.csv"
    rows = "".join(
        f"S{n:03d},{dataset_id}站{n},{n * 3},2026-01-{n % 28 + 1:02d},{SECRET_ID}\n" for n in range(30)
    )
    file.write_text("编号,站名,乘客数,启用日期,身份证号\n" + rows, "utf-8")
    source = local(file, 1 << 20)
    given = {
        "title": f"公交站点 {dataset_id}",
        "publisher": "云汀市交通运输局",
        "theme": "transport",
        "description": "Stops <b>&amp;</b> </script> of Yunting.",
        "update_cycle": "monthly",
        "keywords": ("公交", "站点"),
    }
    metadata = Metadata(dataset_id, **(given | more))
    answers = {"lawful_basis": "《个人信息保护法》第十三条", "purpose": "履行法定职责", "retention": "P3Y"}
    report = submit(
        gate,
        OWNER,
        source,
        Request(source.name, source.sha256, metadata, answers=answers, yes=True),
        Stages(),
    )
    assert report.state == "released", report


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    gate = open_gate(GateSettings(home=folder / "home"))
    for name in ("stops", "parks", "gone"):
        opened(gate, folder, name)
    withdraw(gate, OWNER, "gone", "mistake")
    gate.registry.close()
    return folder / "home"


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(
        create_app(ServeSettings(home=home, **PLACE)), base_url="https://data.yunting.example"
    ) as entered:
        yield entered


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[str]:
    """The address of a real server on loopback."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(ServeSettings(home=home, base_url=address))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield address
    server.should_exit = True
    thread.join(20)


@pytest.mark.samples
@pytest.mark.parametrize("extension", SYNTAX)
def test_our_catalogue_has_no_violation_of_dcat_ap(
    extension: str, client: TestClient, sample_files: Path
) -> None:
    for address in (f"/catalog.{extension}", f"/datasets/stops.{extension}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert violations(graph_of(answer.content, SYNTAX[extension]), sample_files) == ""


@pytest.mark.parametrize(
    "address", [*WHOLE[:4], *(f"/datasets/stops.{form}" for form in FORMS if form != "csvw.json")]
)
def test_what_we_say_is_read_by_our_own_readers(address: str, client: TestClient) -> None:
    found = parse_catalogue(client.get(address).content, base=f"https://data.yunting.example{address}")
    record = next(one for one in found.records if "stops" in one.identifier)
    assert "公交站点 stops" in {text for _, text in record.titles}
    assert record.licence is not None
    assert record.licence.uri == "https://creativecommons.org/licenses/by/4.0/"
    file = (
        "parquet" if "croissant" in address else "csv"
    )  # Croissant demands a digest: the Parquet's is known
    assert any((one.download_url or "").endswith(f"/export.{file}") for one in record.distributions)


def test_croissant_loads_and_its_records_are_the_rows(served: str) -> None:
    dataset = mlcroissant.Dataset(f"{served}/datasets/stops.croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    records = list(dataset.records("records"))
    assert len(records) == 30
    first = {key.split("/")[-1]: value for key, value in records[0].items()}
    assert first["1"] == b"S000"
    assert set(first) == {str(n) for n in range(1, len(first) + 1)}


def test_the_data_package_is_valid_and_its_csv_is_as_it_says(served: str, client: TestClient) -> None:
    described = client.get("/datasets/stops.datapackage.json").json()
    package = frictionless.Package(f"{served}/datasets/stops.datapackage.json")
    resource = next(one for one in package.resources if one.mediatype == "text/csv")
    assert resource.validate().valid
    assert resource.read_rows()[0]["站名"] == "stops站0"
    assert described["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    ]


def test_csvw_names_the_columns_of_the_csv_in_their_order(client: TestClient) -> None:
    described = client.get("/datasets/stops.csvw.json").json()
    header = client.get(described["url"].replace("https://data.yunting.example", "")).text.splitlines()[0]
    assert [one["titles"] for one in described["tableSchema"]["columns"]] == header.lstrip("\ufeff").split(
        ","
    )


def test_a_page_carries_its_description_and_names_the_others(client: TestClient) -> None:
    page = client.get("/datasets/stops", headers={"accept": "text/html"}).text
    (block,) = [part.split("</script>")[0] for part in page.split('<script type="application/ld+json">')[1:]]
    described = json.loads(block)
    assert described["@type"] == "Dataset"
    assert described["description"] == "Stops <b>&amp;</b> </script> of Yunting."
    assert described["distribution"][0]["contentUrl"].endswith("/export.csv")
    for form in FORMS:
        assert f'href="/datasets/stops.{form}"' in page
    (record,) = parse_catalogue(page.encode(), media_type="text/html").records
    assert record.distributions


@pytest.mark.parametrize("address", [*WHOLE, *(f"/datasets/stops.{form}" for form in FORMS)])
def test_nothing_that_is_closed_is_in_it(address: str, client: TestClient) -> None:
    text = client.get(address).text
    assert "身份证" not in text
    assert SECRET_ID not in text
    assert "datasets/gone" not in text
    assert "公交站点 gone" not in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["gone", "never", "UPPER", "a.b", "%2e%2e"])
def test_a_dataset_that_is_not_open_has_no_description(form: str, name: str, client: TestClient) -> None:
    assert client.get(f"/datasets/{name}.{form}").status_code == 404


@pytest.mark.parametrize("address", [*WHOLE, *(f"/datasets/stops.{form}" for form in FORMS)])
def test_an_answer_that_is_held_is_not_sent_again(address: str, client: TestClient) -> None:
    first = client.get(address)
    assert first.headers["access-control-allow-origin"] == "*"
    held = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.head(address).headers["etag"] == first.headers["etag"]
    assert client.get(address).content == first.content


def test_a_time_answers_for_what_has_settled_only(client: TestClient) -> None:
    time.sleep(2.2)  # Last-Modified is silent while the second of the change may go on
    first = client.get("/catalog.ttl")
    changed = first.headers["last-modified"]
    assert client.get("/catalog.ttl", headers={"if-modified-since": changed}).status_code == 304
    assert (
        client.get("/catalog.ttl", headers={"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code
        == 200
    )
    assert client.get("/catalog.ttl", headers={"if-modified-since": "soon"}).status_code == 200
    both = {"if-modified-since": changed, "if-none-match": '"other"'}
    assert client.get("/catalog.ttl", headers=both).status_code == 200


def test_pages_follow_one_another_and_end(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.api.catalogue.PAGE_DATASETS", 1)
    client.app.app.state.kept_catalogue = type(client.app.app.state.kept_catalogue)()  # type: ignore[attr-defined]
    seen, address = [], "/catalog.ttl"
    while address:
        answer = client.get(address)
        found = parse_dcat(answer.content, "turtle")
        seen += [one.identifier for one in found.records]
        following = answer.links.get("next", {}).get("url", "")
        assert list(found.next_pages) == ([following] if following else [])
        address = following.replace("https://data.yunting.example", "")
    assert seen == ["parks", "stops"]
    client.app.app.state.kept_catalogue = type(client.app.app.state.kept_catalogue)()  # type: ignore[attr-defined]


def test_sitemap_and_feed_name_what_is_open(client: TestClient) -> None:
    sitemap = Xml.fromstring(client.get("/sitemap.xml").content)
    pages = [one.text for one in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    base = "https://data.yunting.example"
    assert pages == [f"{base}/", f"{base}/datasets/parks", f"{base}/datasets/stops"]
    feed = Xml.fromstring(client.get("/feed.atom").content)
    titles = [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["城市开放数据目录", "公交站点 parks", "公交站点 stops"]


@pytest.mark.parametrize(
    "address",
    ["/feed.atom?cursor=-1", "/feed.atom?cursor=x", "/data.json?page=2", "/catalog.ttl?cursor=" + "a" * 101],
)
def test_a_cursor_nobody_gave_is_refused(address: str, client: TestClient) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("host", ['a"b', "a>b<c", "a b", "evil.example/x?y"])
def test_a_host_that_is_no_address_does_not_reach_an_answer(host: str, client: TestClient) -> None:
    answer = client.get("/catalog.ttl", headers={"host": host})
    assert answer.status_code == 400 or host not in answer.text


@pytest.mark.samples
def test_data_json_has_what_dcat_us_demands(client: TestClient, sample_files: Path) -> None:
    found = client.get("/data.json").json()
    schema = json.loads((sample_files / "shapes" / "pod-1.1" / "distribution.json").read_text("utf-8"))
    for one in found["dataset"]:
        assert {
            "title",
            "description",
            "keyword",
            "modified",
            "publisher",
            "contactPoint",
            "identifier",
            "accessLevel",
        } <= set(one)
        assert one["contactPoint"][0]["hasEmail"] == "mailto:data@yunting.example"
        for each in one["distribution"]:
            jsonschema.validate(
                {name: part for name, part in each.items() if name in schema["properties"]}, schema
            )


def test_a_withdrawal_is_gone_from_every_answer_at_once(tmp_path: Path) -> None:
    gate = open_gate(GateSettings(home=tmp_path / "home"))
    opened(gate, tmp_path, "stops")
    addresses = (*WHOLE, *(f"/datasets/stops.{form}" for form in FORMS))
    with TestClient(create_app(ServeSettings(home=tmp_path / "home"))) as client:
        before = {one: client.get(one) for one in addresses}
        assert all("stops" in one.text for one in before.values())
        withdraw(gate, OWNER, "stops", "mistake")
        time.sleep(1.0)
        for address, answer in before.items():
            after = client.get(address, headers={"if-none-match": answer.headers["etag"]})
            assert after.status_code == (200 if address in WHOLE else 404), address
            assert "/datasets/stops" not in after.text
    gate.registry.close()
