"""`kaizha review`: what waits for a person, shown and answered."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.finding import Grade
from catalog.release import State
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As, Settable, parse_settings

__all__ = ["app"]

app = typer.Typer(help="What waits for a person. 待人工决定的提交。", no_args_is_help=True)


@app.command("list")
def review_list(
    state: Annotated[list[State] | None, typer.Option(help="Only these states. 只列这些状态。")] = None,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Submissions, newest first; held ones unless --state says otherwise."""
    from catalog.registry import queries
    from gateway.access import Action, may, require

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.SEE_SUBMISSIONS)
    with gate.registry.reading() as snapshot:
        records = queries.submission_list(snapshot, state or [State.HELD])
        publishers = {one.dataset_id: queries.dataset(snapshot, one.dataset_id) for one in records}
    records = tuple(
        one
        for one in records
        if (known := publishers[one.dataset_id]) is None
        or may(person, Action.SEE_SUBMISSIONS, known.publisher)
    )
    if as_json:
        rows = [{"id": one.id, "dataset": one.dataset_id, "state": one.state.value} for one in records]
        console.emit({"submissions": rows})
        return
    if not records:
        console.say("没有等待的提交", "Nothing waits.")
    for one in records:
        questions = len(one.report.get("questions", ()))
        console.out.print(f"{one.id}  {one.dataset_id}  {one.state.value}", highlight=False, end="")
        console.say(f"  {questions} 个问题", f"  {questions} questions")


@app.command("show")
def review_show(
    submission: Annotated[str, typer.Argument(help="Submission id. 提交编号。")],
    preview: Annotated[int, typer.Option(min=0, max=20, help="Rows of the planned output. 预览行数。")] = 0,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """The report of a submission with its open questions, and a preview of what would be opened."""
    from catalog.registry import dump
    from gateway.access import Action, require
    from gateway.cli_report import show_report
    from gateway.processes.preview import preview_rows
    from gateway.publish import review

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.SEE_SUBMISSIONS)  # before anything is said about this one
    report = review.report_by_id(gate, submission)
    require(person, Action.SEE_SUBMISSIONS, report.dataset.publisher)
    if preview:
        require(person, Action.PREVIEW, report.dataset.publisher)
    rows = preview_rows(gate, report.planned, preview) if preview and report.planned else []
    if as_json:
        console.emit(dump(report) | ({"preview": rows} if preview else {}))
        return
    show_report(console.out, report, console.language())
    for row in rows:
        console.out.print_json(json.dumps(row, ensure_ascii=False))


@app.command("answer")
def review_answer(
    submission: Annotated[str, typer.Argument(help="Submission id. 提交编号。")],
    accept: Annotated[bool, typer.Option("--accept", help="Accept what is proposed. 接受建议。")] = False,
    answers: Settable = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="End the submission. 终止该提交。")] = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Answer a held submission's questions; it goes on at once."""
    from gateway.commands.receive import progress
    from gateway.publish import review
    from gateway.publish.jobs import run_jobs

    gate = opened()
    person = actor(gate, as_)
    if refuse:
        review.refuse(gate, person, submission)
        console.say("已终止该提交", "The submission has ended.")
        return
    with progress(as_json) as stages:
        report = review.answer(
            gate, person, submission, parse_settings(answers), accept=accept, stages=stages
        )
        if report.state is State.RELEASED:
            with stages.enter("files"):
                run_jobs(gate)
    console.conclude(report, as_json)


@app.command("assessment")
def review_assessment(
    submission: Annotated[str, typer.Argument(help="Submission id. 提交编号。")],
    lang: Annotated[
        str, typer.Option(help="zh or en; default: the terminal's. 语言。", metavar="zh|en")
    ] = "",
    to: Annotated[
        Path | None, typer.Option(help="A file to write; standard output without. 导出文件。")
    ] = None,
    as_: As = None,
) -> None:
    """The draft of an impact assessment (PIPL art. 55) to complete, as Markdown."""
    from gateway.publish.assess import assessment_by_id

    if lang not in ("", "zh", "en"):
        raise BadInput(
            Text("语言应为 zh 或 en", "The language is zh or en"),
            Text("例如 --lang zh", "For example --lang en"),
            Where(parameter="lang"),
        )
    gate = opened()
    language = console.language() if not lang else "zh" if lang == "zh" else "en"
    drafted = assessment_by_id(gate, actor(gate, as_), submission, language)
    if to is None:
        sys.stdout.write(drafted)
        return
    to.write_text(drafted, "utf-8")
    console.say(f"已导出到 {to.name}", f"It is in {to.name}.")


@app.command("grade")
def review_grade(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    grades: Annotated[
        list[str], typer.Argument(help="FIELD=GRADE, L1 to L4. 列=级别。", metavar="FIELD=GRADE…")
    ],
    reason: Annotated[str, typer.Option(help="On what basis; kept with the grade. 定级依据。")],
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Grade fields anew: a higher grade closes an open release at once; the dataset is examined again."""
    from catalog.registry import dump, load, queries
    from gateway.governance.gradings import regrade
    from gateway.publish.jobs import run_jobs
    from gateway.publish.report import Report

    gate = opened()
    person = actor(gate, as_)
    done = regrade(gate, person, dataset, _graded(grades), reason)
    if done.withdrawn:
        console.warn(f"{dataset} 已撤回，正在重新审查", f"{dataset} is withdrawn; examining it again.")
    run_jobs(gate)
    with gate.registry.reading() as snapshot:
        newest = queries.newest_submission(snapshot, dataset)
    report = load(Report, newest.report) if newest and newest.report else None
    if as_json:
        after = {"state": report.state.value, "grade": str(report.grade)} if report else {}
        submission = newest.id if newest else None
        console.emit(dump(done) | {"submission": submission} | after)
    elif newest and report:
        console.say(
            f"{dataset}：数据集定级 {report.grade}，{newest.id} {report.state.value}",
            f"{dataset}: the dataset is graded {report.grade}; {newest.id} {report.state.value}",
        )


def _graded(texts: list[str]) -> dict[str, Grade]:
    """``FIELD=L2`` …; a field's name may hold the sign itself. Raises BadInput."""
    grades: dict[str, Grade] = {}
    for text in texts:
        name, sign, grade = text.rpartition("=")
        if not sign or not name or name in grades or grade.upper() not in Grade.__members__:
            raise BadInput(
                Text(
                    "应为“列=级别”（L1 至 L4），每列一次",
                    "Each field is given once, as FIELD=GRADE, L1 to L4",
                ),
                Text("例如 住址=L3", "For example address=L3"),
                Where(parameter="field"),
            )
        grades[name] = Grade[grade.upper()]
    return grades
