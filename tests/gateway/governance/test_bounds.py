"""What a change of the law must not do by itself: open what a person has closed, miss a day, or wait for a dead job."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

import gateway.processes.gate as gate_process
import gateway.publish.submit as submit_module
from catalog.errors import BadInput, Conflict, NotAllowed, NotFound
from catalog.finding import Grade
from catalog.registry import queries
from catalog.registry.tables import jobs
from catalog.release import State
from gateway.gate import Gate
from gateway.governance.activation import REEVALUATE, activate, enqueue_reevaluation, follow_the_day
from gateway.governance.appeals import answer_appeal, appeal, listed
from gateway.governance.exemptions import approve, draft
from gateway.governance.lists import approve_list, draft_list, propose_list
from gateway.publish import review
from gateway.publish.jobs import run_jobs
from tests.conftest import Publish
from tests.gateway.governance.conftest import ANNA, BERT, CARL, STEWARD, Enforce, WithEntry


def is_open(gate: Gate, dataset_id: str) -> bool:
    with gate.registry.reading() as snapshot:
        return queries.current_release(snapshot, dataset_id) is not None


def test_what_a_person_has_withdrawn_no_list_and_no_exemption_opens_again(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    starter = gate.entries
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    review.withdraw(gate, STEWARD, "stops", "mistaken")
    one = draft(gate, ANNA, "stops", "T-2", "法定公开", gate.now().date() + timedelta(days=9))
    approve(gate, BERT, one.id)
    approve(gate, CARL, one.id)
    run_jobs(gate)
    assert not is_open(gate, "stops")
    enforce(replace(starter, version="3"))
    run_jobs(gate)
    assert not is_open(gate, "stops")


def test_what_a_person_has_withdrawn_no_passing_of_time_opens_again(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    entries = with_entry("2", "站名")
    last = entries.entries[-1]
    rule = replace(last.governance, valid_to=gate.now().date())
    enforce(replace(entries, entries=(*entries.entries[:-1], replace(last, governance=rule))))
    publish(stops, dataset_id="stops")
    publish(stops, dataset_id="others")
    review.withdraw(gate, STEWARD, "stops", "mistaken")
    tomorrow = replace(gate, now=lambda: gate.now() + timedelta(days=1))
    assert (
        follow_the_day(tomorrow) == 1
    )  # the entry has expired: the other one is released again with its field
    run_jobs(tomorrow)
    assert not is_open(gate, "stops")
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, "others")
    assert release is not None
    assert "站名" in [one.column.name for one in release.columns]


def test_what_waits_for_a_person_is_not_submitted_a_second_time(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    starter = gate.entries
    enforce(with_entry("2", "站名"))
    held = publish(stops, dataset_id="stops", grade=Grade.L2)
    assert held.state is State.HELD
    enforce(replace(starter, version="3"))
    run_jobs(gate)
    with gate.registry.reading() as snapshot:
        assert [one.id for one in queries.submission_list(snapshot)] == [held.submission_id]


def test_an_activation_on_a_new_day_misses_nothing_that_ended_with_the_old_one(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    one = draft(gate, ANNA, "stops", "T-2", "法定公开", gate.now().date())
    approve(gate, BERT, one.id)
    approve(gate, CARL, one.id)
    run_jobs(gate)
    draft_list(gate, ANNA, with_entry("3", "no such column"))
    propose_list(gate, ANNA, "3")
    approve_list(gate, BERT, "3")
    tomorrow = replace(gate, now=lambda: gate.now() + timedelta(days=1))
    activate(tomorrow, BERT, "3")
    assert not is_open(gate, "stops")


def test_a_publication_over_midnight_is_judged_by_the_day_it_is_released_on(
    gate: Gate, publish: Publish, stops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[datetime] = []
    examine, conclude = submit_module.examine, submit_module._conclude

    def watched(*arguments: object) -> object:
        days.append(arguments[6])  # type: ignore[arg-type]
        return examine(*arguments)  # type: ignore[arg-type]

    def late(given: Gate, *arguments: object) -> object:
        next_day = replace(given, now=lambda: given.now() + timedelta(days=1)) if len(days) == 1 else given
        return conclude(next_day, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(submit_module, "examine", watched)
    monkeypatch.setattr(submit_module, "_conclude", late)
    publish(stops, dataset_id="stops")
    assert len(days) == 2
    assert is_open(gate, "stops")


def test_a_job_that_has_failed_for_the_last_time_does_not_stand_in_the_way(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    with gate.registry.transaction() as unit:
        submission = queries.current_submission(unit, "stops") or ""
        enqueue_reevaluation(unit, [submission], "x", gate.now())
        enqueue_reevaluation(unit, [submission], "x", gate.now())
    with gate.registry.reading() as snapshot:
        assert len(queries.waiting_arguments(snapshot, REEVALUATE)) == 1
    with gate.registry.transaction() as unit:
        unit.execute(update(jobs).values(attempts=queries.JOB_ATTEMPTS))
        enqueue_reevaluation(unit, [submission], "x", gate.now())
    with gate.registry.reading() as snapshot:
        waiting = select(jobs.c.attempts).where(jobs.c.kind == REEVALUATE).order_by(jobs.c.id)
        assert list(snapshot.execute(waiting).scalars()) == [queries.JOB_ATTEMPTS, 0]


def test_a_step_of_the_round_that_fails_keeps_no_list_from_taking_effect(
    gate: Gate, with_entry: WithEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_list(gate, ANNA, with_entry("2", "站名"))
    propose_list(gate, ANNA, "2")
    approve_list(gate, BERT, "2")

    def follow_the_day(_: Gate) -> int:
        raise RuntimeError("a subject that cannot be read")

    monkeypatch.setattr(gate_process, "follow_the_day", follow_the_day)
    gate_process._work(gate)
    assert gate.entries.version == "2"


def test_an_appeal_is_answered_in_writing_by_another_and_once(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    with pytest.raises(NotAllowed):
        appeal(gate, replace(STEWARD, publisher="另一局"), "stops", "starter-01", "mine")
    with pytest.raises(NotFound):
        appeal(gate, replace(STEWARD, publisher=None), "nothing", "starter-01", "why")
    with pytest.raises(BadInput):
        appeal(gate, STEWARD, "stops", "starter-01", "  ")
    one = appeal(gate, STEWARD, "stops", "starter-01", "站名是公开信息")
    with pytest.raises(NotAllowed):
        answer_appeal(gate, replace(ANNA, name="Stella"), one.id, "upheld", "yes")
    with pytest.raises(BadInput):
        answer_appeal(gate, ANNA, one.id, "upheld", "")
    answered = answer_appeal(gate, ANNA, one.id, "dismissed", "依据第二十一条")
    assert (answered.verdict, answered.answered_by) == ("dismissed", "anna")
    with pytest.raises(Conflict):
        answer_appeal(gate, BERT, one.id, "upheld", "no")
    assert listed(gate, ANNA) == listed(gate, STEWARD) == (answered,)
    assert listed(gate, replace(STEWARD, publisher="另一局")) == listed(gate, ANNA, open_only=True) == ()
    both = replace(ANNA, roles=ANNA.roles | STEWARD.roles, publisher="另一局")
    assert listed(gate, both) == (answered,)  # the officer's role reaches what it reaches
    with gate.registry.reading() as snapshot:
        kinds = [leaf.event["kind"] for leaf in queries.leaf_rows(snapshot)]
    assert kinds[-2:] == ["appeal-filed", "appeal-dismissed"]
