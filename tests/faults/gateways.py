"""Two serving gateways on one registry, and readers of every path of the house, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from catalog.ingest import local
from gateway.access import OWNER, Person, Role
from gateway.gate import Gate
from gateway.governance.activation import activate
from gateway.governance.lists import approve_list, draft_list, propose_list
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.services.lifecycle import declare
from negative_list import NegativeList
from tests.conftest import free_port

__all__ = ["EXEMPT", "FIELD", "PROBES", "READER", "Probe", "enforce", "gateways", "publish_all"]

KAIZHA = Path(sys.executable).with_name("kaizha")
READER = Path(__file__).with_name("reader.py")
ANNA, BERT = (Person(name, frozenset({Role.OFFICER})) for name in ("anna", "bert"))

# `stops` loses one field to the list, `gone` all it has: it is refused. `long` streams for seconds.
FIELD, CANARY, GONE = "站名", "canary-value", "canary-title"
LONG_ROWS = 120_000


# Operations over both, alone and joined.
SERVICES = (
    f"""
id: stops-named
version: 1.0.0
title: {{zh: 按站名查询 {CANARY}, en: Stops by name {CANARY}}}
description: {{zh: 站名以此开头, en: Names that begin so}}
dataset: stops
parameters:
  - name: begins
    column: {FIELD}
    operator: startswith
    required: true
    description: {{zh: 开头, en: how it begins}}
    example: {CANARY}-0001
select: [线路, {FIELD}]
""",
    f"""
id: stops-by-name
version: 1.0.0
title: {{zh: 站名统计, en: Rows of each name}}
description: {{zh: 每个站名的行数, en: How many rows each name has}}
dataset: stops
group_by: [{FIELD}]
metrics: [count]
limit: 5
""",
    f"""
id: rows-of-gone
version: 1.0.0
title: {{zh: 查询 {GONE}, en: Rows of {GONE}}}
description: {{zh: 站名以此开头, en: Names that begin so}}
dataset: gone
parameters:
  - name: begins
    column: {FIELD}
    operator: startswith
    description: {{zh: 开头, en: how it begins}}
select: [{FIELD}]
""",
    f"""
id: joined
version: 1.0.0
title: {{zh: 连接, en: Both}}
description: {{zh: 两者共有的站名, en: Names that both have}}
dataset: stops
join:
  - dataset: gone
    on: {{{FIELD}: {FIELD}}}
select: {{线路: 线路, 站名: gone.{FIELD}}}
limit: 5
""",
)


@dataclass(frozen=True, slots=True)
class Probe:
    """An address, and what its answer holds only while the field (or the dataset) is open."""

    address: str
    marker: str


def _of(dataset: str, rest: str, marker: str = CANARY) -> Probe:
    return Probe(f"/api/v1/datasets/{dataset}{rest}", marker)


_DATASET = "/api/v1/datasets/{dataset_id}"
_SERVICE = "/api/v1/services/{service_id}"
_NAMED = f'"name":"{FIELD}"'
_EXPORTS = ("csv", "json", "ndjson", "xlsx", "parquet", "arrow")

# Every route that readers may ask and what is asked of it. A route that is in neither table fails the test: a later
# path is held to the same second.
PROBES: Mapping[str, tuple[Probe, ...]] = {
    "/": (Probe("/", GONE), Probe("/?q=canary-title", "/datasets/gone"), Probe("/?theme=other", GONE)),
    "/datasets/{dataset_id}": (Probe("/datasets/stops", CANARY), Probe("/datasets/gone", GONE)),
    "/datasets/{dataset_id}/quality": (
        Probe("/datasets/stops/quality", FIELD),
        Probe("/datasets/gone/quality", GONE),
    ),
    "/datasets/{dataset_id}/risk": (Probe("/datasets/gone/risk", GONE),),
    "/datasets/{dataset_id}/privacy": (Probe("/datasets/gone/privacy", GONE),),
    **{f"/catalog.{form}": (Probe(f"/catalog.{form}", GONE),) for form in ("ttl", "jsonld", "rdf")},
    "/data.json": (Probe("/data.json", GONE),),
    **{
        f"/datasets/{{dataset_id}}.{form}": (Probe(f"/datasets/gone.{form}", GONE),)
        for form in ("ttl", "jsonld", "rdf")
    },
    **{
        f"/datasets/{{dataset_id}}.{form}": (
            Probe(f"/datasets/stops.{form}", FIELD),
            Probe(f"/datasets/gone.{form}", GONE),
        )
        for form in ("croissant.json", "datapackage.json", "csvw.json")
    },
    "/sitemap.xml": (Probe("/sitemap.xml", "/datasets/gone"),),
    "/feed.atom": (Probe("/feed.atom", GONE),),
    "/counts": (Probe("/counts", "gone"),),
    "/api/v1/datasets": (
        Probe("/api/v1/datasets", _NAMED),
        Probe("/api/v1/datasets?q=canary-title", GONE),
        Probe("/api/v1/datasets?publisher=Bureau", GONE),
    ),
    _DATASET: (_of("stops", "", _NAMED), _of("gone", "", GONE)),
    f"{_DATASET}/versions": (_of("gone", "/versions", '"status":"current"'),),
    f"{_DATASET}/quality": (_of("stops", "/quality", FIELD), _of("gone", "/quality", '"release"')),
    f"{_DATASET}/risk": (_of("gone", "/risk", '"release"'),),
    f"{_DATASET}/privacy": (_of("gone", "/privacy", '"release"'),),
    f"{_DATASET}/decision": (
        _of("stops", "/decision", f'{_NAMED},"operator"'),
        _of("gone", "/decision", _NAMED),
    ),
    f"{_DATASET}/contract": (
        _of("stops", "/contract", _NAMED),
        _of("gone", "/contract", _NAMED),
        _of("stops", "/contract?form=tableschema", FIELD),
    ),
    f"{_DATASET}/openapi.json": (_of("stops", "/openapi.json", FIELD), _of("gone", "/openapi.json", GONE)),
    f"{_DATASET}/records": (
        _of("stops", "/records?limit=5"),
        _of("stops", f"/records?select={FIELD}&limit=3"),
        _of("stops", f"/records?{FIELD}__startswith=canary&sort=-{FIELD}&limit=3&count=exact"),
        _of("gone", "/records?limit=5"),
    ),
    f"{_DATASET}/aggregate": (
        _of("stops", f"/aggregate?group_by={FIELD}&metrics=count"),
        _of("stops", f"/aggregate?metrics=max({FIELD})"),
    ),
    f"{_DATASET}/export.{{format}}": (
        *(_of("stops", f"/export.{kind}") for kind in _EXPORTS),
        _of("gone", "/export.csv"),
    ),
    "/api/v1/counts": (Probe("/api/v1/counts", '"gone'),),
    "/services/{service_id}": (Probe("/services/stops-named", CANARY), Probe("/services/rows-of-gone", GONE)),
    "/api/v1/services": (
        Probe("/api/v1/services", CANARY),
        Probe("/api/v1/services?dataset=gone", GONE),
        Probe("/api/v1/services?q=canary", "rows-of-gone"),
    ),
    _SERVICE: (
        Probe(f"/api/v1/services/stops-named?begins={CANARY}&limit=3", CANARY),
        Probe(f"/api/v1/services/stops-named.csv?begins={CANARY}-00&limit=5", CANARY),
        Probe("/api/v1/services/stops-by-name", CANARY),
        Probe("/api/v1/services/rows-of-gone", CANARY),
        Probe("/api/v1/services/joined", CANARY),
    ),
    "/api/3/action/{action}": (
        Probe("/api/3/action/package_show?id=gone", GONE),
        Probe("/api/3/action/package_search?q=canary", GONE),
        Probe("/api/3/action/package_list", '"gone"'),
        Probe("/api/3/action/current_package_list_with_resources", GONE),
        Probe("/api/3/action/package_autocomplete?q=gone", GONE),
        Probe("/api/3/action/datastore_search?resource_id=stops&limit=5", CANARY),
        Probe(
            f"/api/3/action/datastore_search?resource_id=stops&limit=5&fields={FIELD}&distinct=true", CANARY
        ),
        Probe("/api/3/action/datastore_search?resource_id=gone&limit=5", CANARY),
        Probe("/api/3/action/datastore_info?id=stops", f'"{FIELD}"'),
    ),
    "/api/action/{action}": (
        Probe("/api/action/group_show?id=other&include_datasets=true", GONE),
        Probe("/api/action/recently_changed_packages_activity_list", GONE),
        Probe("/api/action/resource_search?query=format:csv", GONE),
    ),
    "/datastore/dump/{resource_id}": (
        Probe("/datastore/dump/stops", CANARY),
        Probe("/datastore/dump/gone?format=json", CANARY),
    ),
    f"{_SERVICE}/openapi.json": (
        Probe("/api/v1/services/stops-named/openapi.json", CANARY),
        Probe("/api/v1/services/rows-of-gone/openapi.json", GONE),
    ),
}

EXEMPT: Mapping[str, str] = {
    "/docs": "the reference: the same whatever is open",
    "/try": "leads to an interface that is asked itself",
    "/openapi.json": "the surface: the same whatever is open",
    "/static/{name}": "our own files",
    "/api/3": "the version of an API",
    "/health/live": "says that the process lives",
    "/health/ready": "whether each thing that a server stands on holds, and how long it took to ask",
    "/metrics": "numbers of requests",
    "/api/v1/ledger/checkpoint": "hashes and signatures of what happened; the past is not withdrawn",
    "/api/v1/ledger/proof/{index}": "hashes",
    "/api/v1/ledger/consistency": "hashes",
    "/api/v1/ledger/witnessed": "signatures",
    "/api/v1/ledger/key": "the key",
    "/api/v1/ledger/tile/{place:path}": "commitments, and events without a value of the data",
    "/api/v1/ledger/event/{index}": "for officers: what was released, when and why",
    "/api/v1/holdings": "numbers of what is held by publisher; names for who may see them",
    "/api/v1/elements": "standard definitions, and numbers of fields by publisher",
    "/api/v1/elements/{code}": "a standard definition",
    "/api/v1/negative-list": "the law itself",
    "/api/v1/negative-list/versions": "the law itself",
    "/api/v1/negative-list/due": "the law itself",
    "/api/v1/negative-list/export.{format}": "the law itself",
    "/api/v1/negative-list/diff": "the law itself",
    "/api/v1/negative-list/history": "for officers: who did what with a version",
    "/api/v1/negative-list/versions/{version}/simulate": "for officers: what a version would do",
    "/api/v1/exemptions": "for officers",
    "/api/v1/appeals": "for officers and the publisher that appeals",
    "/api/v1/subscriptions": "one's own subscriptions",
    "/api/v1/service-declarations": "for those who declare and judge services",
    "/api/v1/me": "one's own account",
    "/api/v1/keys": "one's own keys",
    "/api/v1/plans": "numbers: the same whatever is open",
    "/api/v1/usage": "numbers of requests, for those who answer for keys or datasets",
    "/api/v1/session/oidc": "sign-in",
    "/api/v1/session/oidc/callback": "sign-in",
    "/api/v1/harvests": "answered by the gate to those who work on them, not to readers",
    "/api/v1/submissions": "answered by the gate to those who work on them, not to readers",
    "/api/v1/submissions/{submission_id}/assessment": "answered by the gate to those who work on them, not to readers",
    "/api/v1/submissions/{submission_id}": "answered by the gate to those who work on them, not to readers",
}


def publish_all(gate: Gate, folder: Path, names: tuple[str, ...] = ("stops", "gone")) -> None:
    """The datasets of these names, released with the field."""
    rows = "".join(f"线{n % 3},{CANARY}-{n:04},区{n % 4},{n}\n" for n in range(300))
    long = "".join(f"线{n % 3},{CANARY}-{n:07},{'长' * 60}{n},{n}\n" for n in range(LONG_ROWS))
    files = {
        "stops": f"线路,{FIELD},区县,序号\n{rows}",
        "gone": f"{FIELD}\n" + "".join(f"{CANARY}-{n:04}\n" for n in range(50)),
        "long": f"线路,{FIELD},说明,序号\n{long}",
    }
    for name in names:
        path = folder / f"{name}.csv"
        path.write_text(files[name], "utf-8")
        source = local(path, 1 << 30)
        about = Metadata(
            dataset_id=name,
            title=GONE if name == "gone" else f"Title of {name}",
            publisher="Bureau" if name == "gone" else "测试局",
            theme="other",
        )
        report = submit(gate, OWNER, source, Request(source.name, source.sha256, about, yes=True), Stages())
        assert report.release is not None, (name, report.questions)
    if {"stops", "gone"} <= set(names):
        for text in SERVICES:
            assert declare(gate, OWNER, text.encode(), "service").state == "active"


def draft_and_approve(gate: Gate, entries: NegativeList) -> None:
    draft_list(gate, ANNA, entries)
    propose_list(gate, ANNA, entries.version)
    approve_list(gate, BERT, entries.version)


def enforce(gate: Gate, entries: NegativeList) -> None:
    """All the way into effect, by two people."""
    draft_and_approve(gate, entries)
    activate(gate, BERT, entries.version)


@contextmanager
def gateways(gate: Gate, folder: Path, registry_urls: tuple[str, ...]) -> Iterator[list[str]]:
    """One replica for each URL, each a process tree of its own with a home of its own; the addresses they serve at."""
    with ExitStack() as ending:
        addresses = []
        for number, url in enumerate(registry_urls):
            home, port = folder / f"replica{number}", free_port()
            environment = {
                **os.environ,
                "KAIZHA_HOME": str(home),
                "KAIZHA_SERVE_REGISTRY_URL": url,
                "KAIZHA_OPEN_ZONE": gate.settings.open_zone_url,
            }
            command = [KAIZHA, "serve", "--replica", "--port", str(port)]
            with (folder / f"replica{number}.log").open("wb") as log:
                process = subprocess.Popen(
                    command, env=environment, stdout=log, stderr=log, start_new_session=True
                )
            ending.callback(_end, process)
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            _wait_until_ready(address)
        yield addresses


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("a gateway is not ready")


@contextmanager
def readers(addresses: list[str], folder: Path) -> Iterator[list[Path]]:
    """One reader process per gateway, asking every probe again and again; the files they write their reads to."""
    probes = [(one.address, one.marker) for several in PROBES.values() for one in several]
    with ExitStack() as ending:
        files = []
        for number, address in enumerate(addresses):
            out = folder / f"reads{number}.txt"
            command = [sys.executable, READER, address, json.dumps(probes), out]
            process = subprocess.Popen(command, stdin=subprocess.PIPE)
            ending.callback(_end_reader, process)
            files.append(out)
        yield files


def _end_reader(process: subprocess.Popen[bytes]) -> None:
    process.communicate(timeout=60)  # its input ends: so does it
    assert process.returncode == 0
