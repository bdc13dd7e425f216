"""`kaizha demo`: publishes the sample datasets as their stewards would, one after the other, with a progress bar."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from catalog.errors import Conflict
from catalog.ingest import Source, local
from catalog.registry import load, queries
from catalog.release import State
from catalog.text import Language, Text
from gateway.access import OWNER, Role, is_institution, passwords, people
from gateway.access.sign_in import set_password
from gateway.gate import Gate
from gateway.publish.jobs import run_jobs
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from samples import Sample, write

__all__ = ["DEMO_PEOPLE", "DEMO_SETTINGS", "add_demo_people", "publish_sample", "run_demo"]

DEMO_PEOPLE: tuple[tuple[str, Role, str | None], ...] = (
    ("demo-steward", Role.STEWARD, "云汀市交通运输局"),
    # three, because an exemption takes three persons
    ("demo-officer", Role.OFFICER, None),
    ("demo-officer-2", Role.OFFICER, None),
    ("demo-officer-3", Role.OFFICER, None),
    ("demo-auditor", Role.AUDITOR, None),
    ("demo-office", Role.DATA_OFFICE, None),
    ("demo-organisation", Role.ORGANISATION, None),
    ("demo-developer", Role.DEVELOPER, None),
)
# What the invented city's data office says of its portal, where nobody has said otherwise. No place: the true facts among
# the samples are of another one.
DEMO_SETTINGS = {
    "KAIZHA_OPERATOR": "云汀市数据局（示例）",
    "KAIZHA_CONTACT": "opendata@yunting.example",
}
WRITING = Text("写出示例文件", "writing sample files")
PUBLISHING = Text("发布", "publishing")
FILES = Text("生成服务文件", "building the serving files")


def run_demo(gate: Gate, console: Console, lang: Language) -> list[Report]:
    """Publish every sample that this home has not published yet; all reports, in the catalogue's order.

    Raises Conflict in an institution's home, where nobody publishes in nobody's name.
    """
    with gate.registry.reading() as snapshot:
        if is_institution(snapshot):
            raise Conflict(
                Text("机构空间里不发布演示数据", "The demo is not published into an institution's home"),
                Text("请另用一个空间：KAIZHA_HOME=./demo", "Use another home: KAIZHA_HOME=./demo"),
            )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    reports = []
    gate.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=gate.spool) as folder, Progress(*columns, console=console) as bar:
        task = bar.add_task(WRITING.in_(lang), total=None)
        samples = write(Path(folder))
        bar.update(task, total=len(samples) + 1)
        for sample in samples:
            bar.update(task, description=f"{PUBLISHING.in_(lang)} {sample.dataset.id}")
            source = local(sample.path, gate.settings.max_upload_bytes)
            reports.append(_published(gate, source) or publish_sample(gate, sample, source))
            bar.advance(task)
        bar.update(task, description=FILES.in_(lang))
        run_jobs(gate)
        bar.advance(task)
    return reports


def add_demo_people(gate: Gate) -> str | None:
    """One person of the demo in each role, marked so, all with one random password; None when they exist already.

    They cannot act once the home is an institution's.
    """
    now = gate.now()
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    with gate.registry.transaction() as unit:
        if people.people_list(unit):
            return None
        hashed = passwords.hash_password(password)
        for name, role, publisher in DEMO_PEOPLE:
            people.add(unit, name, now, demo=True)
            event = people.grant(unit, name, role, publisher, "demo", now)
            gate.append_leaf(unit, {**event, "demo": True}, now)
            set_password(unit, name, hashed)
    return password


def publish_sample(gate: Gate, sample: Sample, source: Source) -> Report:
    """Submit one sample with what its steward would enter."""
    dataset = sample.dataset
    metadata = Metadata(
        dataset_id=dataset.id,
        title=dataset.title,
        publisher=dataset.publisher,
        theme=dataset.theme,
        description=dataset.description,
        grade=sample.grade,
        access=dataset.access,
        update_cycle=dataset.update_cycle,
        licence=dataset.licence,
        keywords=dataset.keywords,
        source=dataset.source,
    )
    request = Request(
        source.name,
        source.sha256,
        metadata,
        sample.contract,
        answers=dict(sample.answers),
        yes=sample.accept_proposals,
    )
    return submit(gate, OWNER, source, request, Stages())


def _published(gate: Gate, source: Source) -> Report | None:
    """The verdict on the same bytes from an earlier run in this home, if it still stands."""
    done = (State.RELEASED, State.HELD, State.REFUSED)
    with gate.registry.reading() as snapshot:
        records = queries.submission_list(snapshot, done, limit=1000)
    for record in records:
        if record.request.get("source_sha256") == source.sha256 and record.report:
            return load(Report, record.report)
    return None
