"""The gate process: answers typed requests at its socket and runs jobs. The only role that writes to the registry."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from typing import Any

import structlog

from catalog.errors import BadInput, NotFound, Where
from catalog.registry import dump, queries
from catalog.release import State
from catalog.text import Text
from gateway.access import Action, Person, check_csrf, may, require, who
from gateway.exchange.desk import enqueue_exchange, harvests, run_exchange
from gateway.gate import Gate, open_gate
from gateway.governance.activation import activate_due, follow_detector, follow_the_day, prepare_approved
from gateway.governance.notices import deliver
from gateway.holdings import told_to
from gateway.observe.spans import span
from gateway.observe.start import begin
from gateway.processes import account
from gateway.processes.ckan import take_ckan
from gateway.processes.ckan_steps import CkanAction
from gateway.processes.confine import ProcessRole, confine
from gateway.processes.govern import take
from gateway.processes.key_desk import take_key_step
from gateway.processes.key_steps import (
    IssueKey,
    ListKeys,
    RevokeKey,
    RotateKey,
    SetPlan,
    ShowUsage,
)
from gateway.processes.lanes import Lanes
from gateway.processes.local_socket import serve_socket
from gateway.processes.messages import (
    AddCheckpoint,
    AnswerSubmission,
    BeginOidc,
    FinishOidc,
    ListHarvests,
    ListHoldings,
    ListSubmissions,
    Me,
    ShowAssessment,
    ShowSubmission,
    SignIn,
    SignOut,
    gate_request,
)
from gateway.processes.preview import preview_rows
from gateway.processes.service_steps import (
    AnswerService,
    DeclareService,
    DeprecateService,
    ListDeclarations,
    ProbeService,
    RetireService,
)
from gateway.processes.services import take_service
from gateway.publish.assess import assessment_by_id
from gateway.publish.jobs import build_wanted, run_jobs
from gateway.publish.review import answer, refuse, report_by_id
from gateway.publish.stages import Stages
from gateway.services.lifecycle import retire_due
from gateway.settings import GateSettings
from gateway.witness import add_checkpoint

__all__ = ["handle", "main"]

JOB_PAUSE_S = 0.5
log = structlog.get_logger()


def handle(gate: Gate, line: bytes) -> Any:
    """The result of one request, as JSON values. Who asks is read from the credential, here and nowhere else."""
    request = gate_request(line)
    with span(f"gate {request.kind}", parent=request.traceparent):
        return _handle(gate, request)


def _handle(gate: Gate, request: Any) -> Any:
    match request:  # from nobody in particular yet
        case SignIn():
            return account.sign_in(gate, request)
        case BeginOidc():
            return account.begin_oidc(gate, request)
        case FinishOidc():
            return account.finish_oidc(gate, request)
        case AddCheckpoint():
            return add_checkpoint(gate, request.note.encode())
    person = who(gate.registry, gate.keys, request.key, gate.now())
    if request.cookie and request.changes:
        check_csrf(gate.keys, request.key, request.csrf)
    match request:
        case ListSubmissions():
            return _list(gate, person, request)
        case ListHoldings():
            return told_to(gate, person, request.as_of, request.publisher, request.states)
        case ListHarvests():
            return harvests(gate, person, request.limit)
        case ShowSubmission():
            return _show(gate, person, request)
        case ShowAssessment():
            return {"markdown": assessment_by_id(gate, person, request.id, request.language)}
        case AnswerSubmission():
            return _answer(gate, person, request)
        case SignOut():
            return account.sign_out(gate, request)
        case Me():
            return account.me(gate, person, request)
        case ListKeys() | IssueKey() | RotateKey() | RevokeKey() | SetPlan() | ShowUsage():
            return take_key_step(gate, person, request)
        case (
            ListDeclarations()
            | DeclareService()
            | AnswerService()
            | DeprecateService()
            | RetireService()
            | ProbeService()
        ):
            return take_service(gate, person, request)
    if isinstance(request, CkanAction):
        return take_ckan(gate, person, request)
    return take(gate, person, request)


def _list(gate: Gate, person: Person, request: ListSubmissions) -> Any:
    require(person, Action.SEE_SUBMISSIONS)
    try:
        states = [State(name) for name in request.states]
    except ValueError:
        raise BadInput(
            Text("未知的提交状态", "Unknown state of a submission"),
            Text(f"可用：{'、'.join(State)}", f"Use {', '.join(State)}"),
            Where(parameter="state"),
        ) from None
    with gate.registry.reading() as snapshot:
        records = queries.submission_list(snapshot, states, request.limit)
        visible = [
            one
            for one in records
            if (found := queries.dataset(snapshot, one.dataset_id)) is None
            or may(person, Action.SEE_SUBMISSIONS, found.publisher)
        ]
    return [
        {
            "id": one.id,
            "dataset": one.dataset_id,
            "state": one.state.value,
            "submitted_at": one.submitted_at.isoformat(),
            "questions": len(one.report.get("questions", ())),
        }
        for one in visible
    ]


def _see(gate: Gate, person: Person, submission_id: str) -> None:
    require(person, Action.SEE_SUBMISSIONS)
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
        known = queries.dataset(snapshot, record.dataset_id) if record else None
    if record is None:
        raise NotFound(
            Text(f"没有提交 {submission_id}", f"There is no submission {submission_id}"),
            Text("GET /api/v1/submissions 列出所有提交", "GET /api/v1/submissions lists them"),
        )
    require(person, Action.SEE_SUBMISSIONS, known.publisher if known else None)


def _show(gate: Gate, person: Person, request: ShowSubmission) -> Any:
    _see(gate, person, request.id)
    report = report_by_id(gate, request.id)
    shown = dump(report)
    if request.preview and report.planned:
        require(person, Action.PREVIEW, report.dataset.publisher)
        shown["preview"] = preview_rows(gate, report.planned, request.preview)
    return shown


def _answer(gate: Gate, person: Person, request: AnswerSubmission) -> Any:
    _see(gate, person, request.id)
    if request.refuse:
        refuse(gate, person, request.id)
        return {"submission_id": request.id, "state": State.WITHDRAWN.value}
    report = answer(gate, person, request.id, request.answers, accept=request.accept, stages=Stages())
    return dump(report)


def _work(gate: Gate) -> None:
    """One round: what is due takes effect first, then the jobs, then the notices of both. A step that fails is written
    down by kind and keeps none of the others from being done."""
    for step in (
        follow_the_day,
        prepare_approved,
        activate_due,
        retire_due,
        build_wanted,
        run_jobs,
        enqueue_exchange,
        deliver,
    ):
        try:
            step(gate)
        except Exception as error:  # the round must outlive a step; what it was about waits for the next one
            log.error("step failed", step=step.__name__, kind=type(error).__name__)


def _exchange(gate: Gate) -> None:
    """One round with other portals, in a thread of its own: they may take their time."""
    try:
        run_exchange(gate)
    except Exception as error:  # as above: the next round looks again
        log.error("step failed", step="run_exchange", kind=type(error).__name__)


def _exchanging(gate: Gate, stop: asyncio.Event) -> None:
    while not stop.is_set():
        _exchange(gate)
        time.sleep(JOB_PAUSE_S)


def main() -> None:
    """Run the gate until it is told to stop, or its supervisor is gone."""
    settings = GateSettings()
    begin(settings, ProcessRole.GATE)
    confine(ProcessRole.GATE, settings.home.resolve())
    asyncio.run(_run(open_gate(settings)))


async def _run(gate: Gate) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    path = gate.settings.run_folder / "gate.sock"
    server = await serve_socket(path, lambda line: handle(gate, line), "gate", Lanes())
    parent = os.getppid()
    await asyncio.to_thread(follow_detector, gate)
    # a daemon: what it has not committed when the gate stops is gone on with by the next one
    threading.Thread(target=_exchanging, args=(gate, stop), name="exchange", daemon=True).start()
    async with server:
        while not stop.is_set() and os.getppid() == parent:
            await asyncio.to_thread(_work, gate)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), JOB_PAUSE_S)
    path.unlink(missing_ok=True)
