"""Harvests: every kind, what changes, what is gone, what is refused, and what a misbehaving portal cannot do."""

from __future__ import annotations

import pytest

from catalog.record import best
from catalog.registry import queries
from gateway.exchange import store
from gateway.exchange.source import Run, RunState
from gateway.gate import Gate
from tests.gateway.exchange.conftest import Harvest
from tests.gateway.exchange.stub_ckan import Answering, Portal, package

# of the fixture: one is deleted there, one holds a number of a person
GOOD = 5


def told(run: Run) -> list[str]:
    return [str(one["kind"]) for one in run.problems]


def records(gate: Gate) -> dict[str, str]:
    """Identifier there → title."""
    with gate.registry.reading() as snapshot:
        found = store.harvested(snapshot, 0, 10_000)
    return {one.provenance.source_identifier: best(one.titles) for _, one in found if one.provenance}


def test_a_ckan_is_harvested_page_by_page_with_provenance(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    portal.fill(250)
    run = harvest(portal.url)
    assert run.state is RunState.COMPLETE
    assert run.counts["new"] == GOOD + 250
    assert portal.asked["/api/action/package_search"] == 4
    assert "数据集 249" in records(gate).values()
    with gate.registry.reading() as snapshot:
        _, first = store.harvested(snapshot, 0, 1)[0]
    assert first.provenance is not None
    assert (first.provenance.source_url, first.provenance.format) == (portal.url, "ckan")
    assert first.licence is not None
    assert first.licence.uri == "https://creativecommons.org/licenses/by/4.0/"


def test_numbers_of_persons_are_refused_by_name_and_never_kept_or_echoed(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    run = harvest(portal.url)
    assert told(run) == ["personal-number"]
    assert run.counts["refused"] == 1
    assert "11010519491231002X" not in str(run)
    assert "走失登记" not in records(gate).values()
    with gate.registry.reading() as snapshot:
        for row in snapshot.exec_driver_sql("SELECT document FROM harvested_records"):
            assert "11010519491231002X" not in str(row)


def test_what_is_unchanged_is_not_touched_changes_are_followed_and_what_is_gone_is_marked(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    portal.fill(120)
    harvest(portal.url)
    again = harvest(portal.url)
    assert again.state is RunState.COMPLETE
    assert (again.counts["new"], again.counts["changed"], again.counts["deleted"]) == (0, 0, 0)
    changed = package(7, title="改名", metadata_modified="2026-03-01T00:00:00")
    portal.packages[changed["id"]] = changed
    del portal.packages[package(8)["id"]]
    third = harvest(portal.url)
    assert (third.counts["new"], third.counts["changed"], third.counts["deleted"]) == (0, 1, 1)
    assert "改名" in records(gate).values()
    assert "数据集 8" not in records(gate).values()


def test_only_changes_are_asked_for_the_second_time(harvest: Harvest, portal: Portal) -> None:
    portal.fill(250)
    harvest(portal.url)
    before = portal.asked.total()
    harvest(portal.url)
    # one page of changes and its end, one page of a thousand ids and its end
    assert portal.asked.total() - before <= 4


def test_nothing_is_marked_as_gone_after_a_listing_that_broke_off_or_is_suddenly_empty(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    portal.fill(250)
    harvest(portal.url)
    kept = records(gate)
    everything = dict(portal.packages)
    portal.packages.clear()
    empty = harvest(portal.url)
    assert empty.state is RunState.PARTIAL
    assert told(empty) == ["empty-listing"]
    assert records(gate) == kept
    portal.packages.update(list(everything.items())[:50])
    portal.before = lambda asking: portal.asked["/api/action/package_search"] % 2 == 0 and _broken(asking)
    assert harvest(portal.url).counts["deleted"] == 0
    assert records(gate) == kept


def _broken(asking: Answering) -> bool:
    asking.send(200, b"<html>maintenance</html>", "text/html")
    return True


def test_harvested_records_are_no_datasets_of_ours(gate: Gate, harvest: Harvest, portal: Portal) -> None:
    harvest(portal.url)
    with gate.registry.reading() as snapshot:
        assert queries.current_releases(snapshot).total == 0
        assert queries.opened(snapshot, gate.now(), "d") == ()
        assert queries.publishers(snapshot) == {}


@pytest.mark.parametrize("seconds", ["0", "1"])
def test_a_busy_portal_is_asked_again_when_it_says_so(harvest: Harvest, portal: Portal, seconds: str) -> None:
    def busy(asking: Answering) -> bool:
        if portal.asked.total() != 1:
            return False
        asking.send(429, b"later", "text/plain", Retry_After=seconds)
        return True

    portal.before = busy
    assert harvest(portal.url).state is RunState.COMPLETE
    assert portal.at[1] - portal.at[0] >= float(seconds)
