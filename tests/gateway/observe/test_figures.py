"""`/metrics` tells of all serve processes of a home, whichever of them is asked; and of what stands in the registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from catalog.registry import queries, work
from catalog.registry.queries import JOB_ATTEMPTS
from gateway.app import create_app
from gateway.gate import Gate, open_gate
from gateway.settings import GateSettings, ServeSettings
from tests.served import House

RECORDS = "/api/v1/datasets/{dataset_id}/records"
ASKED = 120


def figures(text: str) -> dict[tuple[str, str], float]:
    """(sample name, its labels in order) → value."""
    return {
        (one.name, ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_two_processes_are_one_server_whichever_is_asked(serve: Callable[..., House]) -> None:
    house = serve(workers=2)
    for number in range(ASKED):  # each on a connection of its own: whichever process takes it
        house.get(f"/api/v1/datasets/stops/records?limit={number % 50 + 1}")
    place = ("kaizha_requests_total", f"method=GET,route={RECORDS},status=2xx")

    def all_told() -> bool:
        return figures(house.get("/metrics").text).get(place) == ASKED

    house.until(all_told)
    seen = [figures(house.get("/metrics").text) for _ in range(12)]
    assert {one[place] for one in seen} == {ASKED}
    assert {one[("kaizha_workers_alive", "")] for one in seen} == {2}
    found = seen[-1]
    assert found[("kaizha_request_seconds_count", f"route={RECORDS},status=2xx")] == ASKED
    assert found[("kaizha_request_seconds_bucket", f"le=10.0,route={RECORDS},status=2xx")] == ASKED
    assert found[("kaizha_response_bytes_total", f"route={RECORDS}")] > ASKED * 100
    kept = [found[("kaizha_answers_kept_total", f"found={word}")] for word in ("no", "yes")]
    assert sum(kept) >= ASKED
    assert kept[1] > 0
    # both have answered: had one told of itself alone, the figures above could not hold
    files = {one.name for one in (house.home / "run" / "figures").glob("counter_*.db")}
    assert len(files) == 2
    assert 0 <= found[("kaizha_policy_epoch_age_seconds", "")] < 5
    assert found[("kaizha_resident_bytes", "")] > 100e6


def test_a_start_forgets_the_figures_of_processes_that_are_gone(serve: Callable[..., House]) -> None:
    first = serve()
    for _ in range(50):
        first.get("/api/v1/datasets/stops/records")
    first.process.terminate()
    first.process.wait(30)
    assert list((first.home / "run" / "figures").glob("counter_*.db"))
    again = serve(KAIZHA_HOME=str(first.home))
    found = figures(again.get("/metrics").text)
    assert ("kaizha_requests_total", f"method=GET,route={RECORDS},status=2xx") not in found


def test_jobs_are_told_by_state_and_age_and_the_ledger_by_its_head(gate: Gate) -> None:
    made_at = gate.now() - timedelta(seconds=90)
    with gate.registry.transaction() as unit:
        for kind in ("a", "b", "c"):
            work.enqueue(unit, kind, {}, made_at)
    with gate.registry.transaction() as unit:
        claimed = work.claim_job(unit, gate.now(), made_at)
    assert claimed is not None
    for _ in range(JOB_ATTEMPTS):
        with gate.registry.transaction() as unit:
            one = work.claim_job(unit, gate.now(), made_at)
            assert one is not None
            work.finish_job(unit, one[0], gate.now(), "ValueError")
    with gate.registry.reading() as snapshot:
        head = queries.head_of(snapshot)
    assert head is not None
    with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
        found = figures(client.get("/metrics").text)
    states = {state: found[("kaizha_jobs", f"state={state}")] for state in ("waiting", "running", "given-up")}
    assert states == {"waiting": 1, "running": 1, "given-up": 1}
    assert 90 <= found[("kaizha_job_oldest_seconds", "state=waiting")] < 150
    assert found[("kaizha_ledger_leaves", "")] == head.size
    assert found[("kaizha_disk_free_bytes", "")] > 0


def test_without_the_registry_the_rest_is_told(tmp_path: Path) -> None:
    gate = open_gate(GateSettings(home=tmp_path / "home"))
    gate.registry.close()
    with TestClient(
        create_app(ServeSettings(home=tmp_path / "home")), raise_server_exceptions=False
    ) as client:
        client.get("/health/live")
        (tmp_path / "home" / "registry").rename(tmp_path / "home" / "away")
        text = client.get("/metrics").text
    assert "kaizha_cache_bytes" in text
    assert "kaizha_requests_total" in text
