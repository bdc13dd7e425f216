"""A list takes effect: two people, one transaction, everything it tightens withdrawn at once, the rest as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import gateway.publish.submit as submit_module
from catalog.counts import CHANGED_DETECTOR
from catalog.decision import MaskOperator
from catalog.errors import Conflict, NotAllowed
from catalog.registry import queries
from catalog.release import Release, State
from gateway.api import ledger_view
from gateway.app import create_app
from gateway.commands.serve import counts as counts_command
from gateway.gate import Gate
from gateway.governance import store
from gateway.governance.activation import activate, activate_due, follow_detector, follow_the_day
from gateway.governance.exemptions import approve, draft, end
from gateway.governance.lists import approve_list, draft_list, propose_list, reject_list
from gateway.governance.screening import simulate
from gateway.publish.jobs import run_jobs
from gateway.publish.review import withdraw
from gateway.serve.shelf import RegistryShelf
from gateway.settings import ServeSettings
from gateway.verify import verify
from negative_list.impact import Shift
from negative_list.lifecycle import ListState
from tests.conftest import Publish
from tests.gateway.governance.conftest import ANNA, BERT, CARL, STEWARD, Enforce, WithEntry


def current(gate: Gate, dataset_id: str) -> Release | None:
    with gate.registry.reading() as snapshot:
        return queries.current_release(snapshot, dataset_id)


def names(release: Release | None) -> list[str]:
    return [one.column.name for one in release.columns] if release else []


def events(gate: Gate, kind: str) -> list[dict[str, object]]:
    with gate.registry.reading() as snapshot:
        return [leaf.event for leaf in queries.leaf_rows(snapshot) if leaf.event["kind"] == kind]


def test_a_fresh_home_is_under_the_starter_list_and_the_ledger_says_so(gate: Gate) -> None:
    with gate.registry.reading() as snapshot:
        (record,) = store.list_records(snapshot)
    assert (record.state, record.version) == (ListState.ACTIVE, gate.entries.version)
    assert [one["version"] for one in events(gate, "list-activated")] == [record.version]


def test_what_a_list_tightens_is_closed_by_its_activation_and_opened_again_without_the_field(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce, tmp_path: Path
) -> None:
    other = tmp_path / "parks.csv"
    other.write_text("公园,面积\n" + "".join(f"园{n},{n}\n" for n in range(30)))
    publish(stops, dataset_id="stops")
    publish(other, dataset_id="parks")
    untouched = current(gate, "parks")
    assert names(current(gate, "stops")) == ["线路", "站名", "区县"]
    shelf = RegistryShelf(gate.registry, gate.open, gate.settings.cache_folder, lease_s=0.5)
    shelf.renew()
    epoch = shelf.epoch()
    enforce(with_entry("2", "站名"))
    shelf.renew()
    assert shelf.current("stops") is None
    assert shelf.epoch() > epoch
    assert current(gate, "parks") == untouched
    (event,) = [one for one in events(gate, "list-activated") if one["version"] == "2"]
    assert event["datasets"] == ["stops"]
    run_jobs(gate)
    reopened = current(gate, "stops")
    assert names(reopened) == ["线路", "区县"]
    assert reopened is not None
    assert reopened.list_version == "2"
    assert {one.entry_id for withheld in reopened.withheld for one in withheld.reasons} == {"T-2"}
    assert verify(gate).discrepancies == ()


def test_an_outsider_sees_which_list_was_in_force_and_what_it_closed_but_no_deliberation(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    publish(stops, dataset_id="stops")
    enforce(with_entry("2", "站名"))
    run_jobs(gate)
    exemption = draft(gate, ANNA, "stops", "T-2", "内部说明", gate.now().date() + timedelta(days=30))
    approve(gate, BERT, exemption.id)
    approve(gate, CARL, exemption.id)
    run_jobs(gate)
    end(gate, CARL, exemption.id)
    with gate.registry.reading() as snapshot:
        lines = ledger_view.tile(snapshot, f"events/000.p/{len(queries.leaf_rows(snapshot))}").content
    told = [json.loads(line).get("event", {}) for line in lines.splitlines()]
    assert [(one["kind"], one.get("version", one.get("list_version"))) for one in told if one] == [
        ("list-activated", "starter-2026.1"),
        ("release", "starter-2026.1"),
        ("list-approved", "2"),
        ("list-activated", "2"),
        ("release", "2"),
        ("release", "2"),
        ("withdrawals", None),
    ]
    assert [one["datasets"] for one in told if "datasets" in one] == [["stops"], ["stops"]]
    assert "内部说明".encode() not in lines
    assert verify(gate).discrepancies == ()


def test_what_a_list_frees_stays_open_and_is_released_again_with_more(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    starter = gate.entries
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    before = current(gate, "stops")
    assert names(before) == ["线路", "区县"]
    enforce(replace(starter, version="3"))
    assert current(gate, "stops") == before
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "站名", "区县"]


def test_a_dataset_that_a_list_refuses_stays_closed_and_comes_back_when_it_is_freed(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    starter = gate.entries
    publish(stops, dataset_id="stops")
    enforce(with_entry("2", "线路|站名|区县"))
    run_jobs(gate)
    assert current(gate, "stops") is None
    with gate.registry.reading() as snapshot:
        newest = queries.submission_list(snapshot, limit=1)[0]
    assert newest.state is State.REFUSED
    enforce(replace(starter, version="3"))
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "站名", "区县"]


def test_a_publication_judged_under_the_old_list_is_judged_again_before_it_is_released(
    gate: Gate,
    publish: Publish,
    stops: Path,
    with_entry: WithEntry,
    enforce: Enforce,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    conclude, calls = submit_module._conclude, []

    def late(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            enforce(with_entry("2", "站名"))  # takes effect between the judgement and its commit
        return conclude(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(submit_module, "_conclude", late)
    publish(stops, dataset_id="stops")
    assert len(calls) == 2
    release = current(gate, "stops")
    assert release is not None
    assert (names(release), release.list_version) == (["线路", "区县"], "2")


def test_one_person_cannot_bring_a_list_into_effect(gate: Gate, with_entry: WithEntry) -> None:
    draft_list(gate, ANNA, with_entry("2", "站名"))
    propose_list(gate, CARL, "2")
    for person in (ANNA, CARL, replace(ANNA, name=" ＡNNA ")):
        with pytest.raises(NotAllowed):
            approve_list(gate, person, "2")
    with pytest.raises(NotAllowed):
        approve_list(gate, STEWARD, "2")
    with pytest.raises(Conflict):
        activate(gate, ANNA, "2")
    approve_list(gate, BERT, "2")
    activate(gate, ANNA, "2")
    assert gate.entries.version == "2"
    entry = gate.entries.entries[-1].governance
    assert (entry.drafted_by, entry.approved_by) == ("anna", "bert")


def test_whoever_writes_in_a_draft_cannot_approve_it(gate: Gate, with_entry: WithEntry) -> None:
    draft_list(gate, ANNA, with_entry("2", "站名"))
    draft_list(gate, BERT, with_entry("2", "站名|线路"))
    propose_list(gate, ANNA, "2")
    with pytest.raises(NotAllowed):
        approve_list(gate, BERT, "2")
    approve_list(gate, CARL, "2")


def test_an_imported_list_cannot_claim_an_approval(gate: Gate, with_entry: WithEntry) -> None:
    claimed = with_entry("2", "站名")
    draft_list(gate, ANNA, claimed)
    with gate.registry.reading() as snapshot:
        drafted = store.list_of(snapshot, "2").entries[-1].governance
    assert (drafted.status.value, drafted.approved_by, drafted.drafted_by) == ("draft", None, "anna")


def test_a_list_takes_effect_when_it_is_due_and_not_before(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry
) -> None:
    publish(stops, dataset_id="stops")
    draft_list(gate, ANNA, with_entry("2", "站名"))
    propose_list(gate, ANNA, "2")
    due = gate.now() + timedelta(hours=2)
    approve_list(gate, BERT, "2", due)
    with pytest.raises(Conflict):
        activate(gate, BERT, "2")
    assert activate_due(gate) == 0
    later = replace(gate, now=lambda: due)
    assert activate_due(later) == 1
    assert current(gate, "stops") is None
    with pytest.raises(Conflict):
        activate(later, BERT, "2")


def test_a_list_drafted_from_one_that_was_replaced_is_not_brought_into_effect(
    gate: Gate, with_entry: WithEntry, enforce: Enforce
) -> None:
    draft_list(gate, ANNA, with_entry("old", "站名"))
    propose_list(gate, ANNA, "old")
    enforce(with_entry("2", "区县"))
    with pytest.raises(Conflict):
        approve_list(gate, BERT, "old")
    reject_list(gate, BERT, "old", "another one came first")
    with pytest.raises(Conflict):
        propose_list(gate, ANNA, "old")


def test_a_simulation_says_what_would_happen_and_changes_nothing(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry
) -> None:
    publish(stops, dataset_id="stops")
    release = current(gate, "stops")
    impact = simulate(gate, with_entry("2", "站名"), gate.now().date())
    (change,) = impact.changes
    assert (change.dataset_id, change.consequence.shift) == ("stops", Shift.TIGHTENED)
    assert [(one.column, one.fate) for one in change.consequence.fields] == [("站名", "withheld")]
    assert {one.entry_id for one in change.consequence.reasons} == {"T-2"}
    assert (impact.datasets_before, impact.datasets_after) == (1, 1)
    assert (impact.fields_before, impact.fields_after) == (3, 2)
    everything = simulate(gate, with_entry("3", "站名|线路|区县"), gate.now().date())
    assert everything.changes[0].consequence.shift is Shift.WITHDRAWN
    assert (everything.datasets_after, everything.fields_after) == (0, 0)
    masked = simulate(gate, with_entry("4", "站名", MaskOperator.PARTIAL), gate.now().date())
    assert masked.changes[0].consequence.fields[0].fate == "tightened"
    assert current(gate, "stops") == release
    assert gate.entries.version not in ("2", "3", "4")


def test_a_draft_is_simulated_as_if_it_were_approved_and_stays_a_draft(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry
) -> None:
    publish(stops, dataset_id="stops")
    draft_list(gate, ANNA, with_entry("2", "站名"))
    with gate.registry.reading() as snapshot:
        stored = store.list_of(snapshot, "2")
    assert [one.dataset_id for one in simulate(gate, stored, gate.now().date()).changes] == ["stops"]
    with gate.registry.reading() as snapshot:
        assert store.list_of(snapshot, "2").entries[-1].governance.approved_by is None


def test_a_change_is_screened_against_those_it_can_concern_only(
    gate: Gate,
    publish: Publish,
    stops: Path,
    with_entry: WithEntry,
    enforce: Enforce,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import gateway.governance.screening as screening_module

    other = tmp_path / "parks.csv"
    other.write_text("公园,面积\n" + "".join(f"园{n},{n}\n" for n in range(30)))
    publish(stops, dataset_id="stops")
    publish(other, dataset_id="parks")
    decided, screened = screening_module.decided, set()

    def watched(cached: store.Cached, *arguments: object) -> object:
        screened.add(cached.dataset_id)
        return decided(cached, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(screening_module, "decided", watched)
    enforce(with_entry("2", "站名"))
    assert screened == {"stops"}
    with gate.registry.reading() as snapshot:
        assert store.unscreened(snapshot, "2", gate.now().date()) == ()


def test_an_exemption_takes_three_people_and_lifts_one_entry_for_one_dataset_until_it_ends(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    publish(stops, dataset_id="others")
    expires = gate.now().date() + timedelta(days=30)
    asked = draft(gate, ANNA, "stops", "T-2", "法定公开", expires)
    with pytest.raises(NotAllowed):
        approve(gate, ANNA, asked.id)
    approve(gate, BERT, asked.id)
    with pytest.raises(NotAllowed):
        approve(gate, BERT, asked.id)
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "区县"]
    approve(gate, CARL, asked.id)
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "站名", "区县"]
    assert names(current(gate, "others")) == ["线路", "区县"]
    end(gate, BERT, asked.id)
    assert current(gate, "stops") is None
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "区县"]


def test_an_exemption_that_expires_closes_what_it_had_opened(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    asked = draft(gate, ANNA, "stops", "T-2", "法定公开", gate.now().date())
    approve(gate, BERT, asked.id)
    approve(gate, CARL, asked.id)
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "站名", "区县"]
    tomorrow = replace(gate, now=lambda: gate.now() + timedelta(days=1))
    assert follow_the_day(tomorrow) == 1
    assert current(gate, "stops") is None
    assert follow_the_day(tomorrow) == 0
    run_jobs(tomorrow)
    assert names(current(gate, "stops")) == ["线路", "区县"]


def test_a_changed_detector_has_open_datasets_looked_at_again(
    gate: Gate, publish: Publish, stops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gateway.governance.activation as activation_module

    publish(stops, dataset_id="stops")
    assert follow_detector(gate) == 0
    monkeypatch.setattr(activation_module, "DETECTOR", "another")
    monkeypatch.setattr(submit_module, "DETECTOR", "another")
    assert follow_detector(gate) == 1
    assert follow_detector(gate) == 1  # still stale, and not asked for twice
    with gate.registry.reading() as snapshot:
        assert len(queries.waiting_arguments(snapshot, activation_module.REEVALUATE)) == 1
    run_jobs(gate)
    assert follow_detector(gate) == 0
    assert current(gate, "stops") is not None


def test_the_counts_say_which_releases_are_stale_and_why_until_they_have_been_looked_at(
    gate: Gate,
    publish: Publish,
    stops: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import gateway.api.context as context_module
    import gateway.governance.activation as activation_module
    import privacy

    publish(stops, dataset_id="stops")
    publish(stops, dataset_id="others")
    then = gate.now()
    withdraw(gate, ANNA, "others", "x")
    run_jobs(gate)
    with gate.registry.reading() as snapshot:  # of what has ended nothing tells by which detector it was
        past = {one.release.dataset.id: one.stale for one in queries.opened(snapshot, then, "another")}
    assert past == {"stops": CHANGED_DETECTOR, "others": None}
    monkeypatch.setenv("KAIZHA_HOME", str(gate.settings.home))
    monkeypatch.setenv("KAIZHA_LANG", "en")

    def told() -> tuple[list[str], str, str, str]:
        with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
            counted = client.get("/api/v1/counts").json()
            pages = [client.get(f"/counts?lang={one}").text for one in ("zh", "en")]
        counts_command("", as_json=False)
        assert counted["datasets"] == 1
        return [one["id"] for one in counted["stale"]], pages[0], pages[1], capsys.readouterr().out

    ids, zh, en, said = told()
    assert ids == []
    assert CHANGED_DETECTOR.zh not in zh
    for module in (activation_module, submit_module, context_module, privacy):
        monkeypatch.setattr(module, "DETECTOR", "another")
    ids, zh, en, said = told()
    assert ids == ["stops"]  # and not what is closed
    assert CHANGED_DETECTOR.zh in zh
    assert CHANGED_DETECTOR.en in en
    assert CHANGED_DETECTOR.en in " ".join(said.split())
    follow_detector(gate)
    run_jobs(gate)
    ids, zh, en, said = told()
    assert ids == []
    assert "stale" not in said
