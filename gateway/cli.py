"""The command line ``kaizha``. Commands parse, act and show; what they act with is `gateway.gate` and its neighbours."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from catalog.contract import Contract, parse_contract
from catalog.counts import count
from catalog.dataset import Access
from catalog.errors import BadInput, KaizhaError, Where
from catalog.finding import Grade
from catalog.ingest import Source, local, spool, spool_file
from catalog.registry import dump, queries
from catalog.release import State
from catalog.text import Text
from gateway.access import OWNER, Role, issue, key_list, revoke
from gateway.cli_report import language, show_counts, show_error, show_outcomes, show_report
from gateway.demo import run_demo
from gateway.gate import open_gate
from gateway.governance.in_force import law_of
from gateway.moment import moment_of, utc_now
from gateway.processes.preview import preview_rows
from gateway.publish import review
from gateway.publish.jobs import run_jobs
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request, answered
from gateway.publish.stages import STAGES, Stages
from gateway.publish.submit import check as check_source
from gateway.publish.submit import submit
from gateway.settings import GateSettings
from gateway.verify import verify as verify_gate
from gateway.verify_public import verify_public
from negative_list import load_starter, render_list
from quality import Measurement

__all__ = ["app", "main"]

app = typer.Typer(
    help="Kaizha 开闸: open-data publishing and API gateway.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
review_app = typer.Typer(help="What waits for a person. 待人工决定的提交。", no_args_is_help=True)
list_app = typer.Typer(help="The negative list. 负面清单。", no_args_is_help=True)
key_app = typer.Typer(help="API keys. 接口密钥。", no_args_is_help=True)
app.add_typer(review_app, name="review")
app.add_typer(list_app, name="negative-list")
app.add_typer(key_app, name="key")

EXIT_BY_STATE = {State.RELEASED: 0, State.HELD: 3, State.REFUSED: 4}
out = Console()
err = Console(stderr=True)

JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON. 以 JSON 输出。")]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes", help="Accept proposed reading, metadata and masking. 接受建议的读取方式、元数据和脱敏。"
    ),
]
Settable = Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE, repeatable. 项=值，可重复。")]


def main() -> None:
    """Run a command; errors of the tree become messages and their exit codes (5 for anything unforeseen)."""
    try:
        app()
    except KaizhaError as error:
        show_error(err, error, language())
        sys.exit(error.exit_code)
    except Exception as error:
        show_error(err, _internal(error), language())
        sys.exit(5)


def _internal(error: Exception) -> KaizhaError:
    kind = type(error).__name__
    return KaizhaError(
        Text(f"内部错误（{kind}），没有任何内容被开放", f"An internal error ({kind}); nothing was opened"),
        Text(
            "请重试；如再次出现，请附命令报告此问题",
            "Try again; if it happens again, report it with the command",
        ),
    )


@app.command()
def publish(
    path: Annotated[
        str, typer.Argument(help="File to publish, or - for standard input. 要发布的文件，- 表示标准输入。")
    ],
    dataset: Annotated[str | None, typer.Option(help="Dataset id. 数据集标识。")] = None,
    title: Annotated[str | None, typer.Option(help="Title. 名称。")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher. 提供单位。")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme. 主题。")] = None,
    grade: Annotated[
        Grade | None, typer.Option(help="Grade L1-L4. 级别。", parser=lambda text: parse_grade(text))
    ] = None,
    access: Annotated[Access, typer.Option(help="Access rights. 开放属性。")] = Access.UNCONDITIONAL,
    update_cycle: Annotated[str, typer.Option(help="Update cycle. 更新周期。")] = "irregular",
    contract: Annotated[Path | None, typer.Option(help="Contract file (JSON). 合同文件。")] = None,
    description: Annotated[str, typer.Option(help="Description. 摘要。")] = "",
    licence: Annotated[str | None, typer.Option(help="Licence. 授权协议。")] = None,
    answers: Settable = None,
    yes: Yes = False,
    as_json: JSON = False,
) -> None:
    """Publish a file: read, measure, find personal information, screen, mask, scan again, release."""
    metadata = Metadata(
        dataset, title, publisher, theme, description, grade, access, update_cycle, licence
    ).checked()
    gate = open_gate(GateSettings())
    with (
        received(gate.spool, gate.settings.max_upload_bytes, path, keep=True) as source,
        progress(as_json) as stages,
    ):
        report = submit(gate, OWNER, source, request_for(source, metadata, contract, answers, yes), stages)
        if report.state is State.RELEASED:
            with stages.enter("files"):
                run_jobs(gate)
            report = replace(report, stages=dict(stages.seconds))
    conclude(report, as_json)


@app.command()
def check(
    path: Annotated[str, typer.Argument(help="File to check, or -. 要检查的文件。")],
    dataset: Annotated[str | None, typer.Option(help="Dataset id. 数据集标识。")] = None,
    title: Annotated[str | None, typer.Option(help="Title. 名称。")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher. 提供单位。")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme. 主题。")] = None,
    grade: Annotated[
        Grade | None, typer.Option(help="Grade L1-L4. 级别。", parser=lambda text: parse_grade(text))
    ] = None,
    access: Annotated[Access, typer.Option(help="Access rights. 开放属性。")] = Access.UNCONDITIONAL,
    contract: Annotated[Path | None, typer.Option(help="Contract file (JSON). 合同文件。")] = None,
    answers: Settable = None,
    yes: Yes = False,
    as_json: JSON = False,
    gx_report: Annotated[
        Path | None,
        typer.Option(help="Also write Great Expectations' own report (HTML; extra gx). 另存 GX 质量报告。"),
    ] = None,
) -> None:
    """The report that `publish` would give; nothing is written. The exit code is publish's."""
    metadata = Metadata(dataset, title, publisher, theme, grade=grade, access=access).checked()
    settings = GateSettings()
    with (
        tempfile.TemporaryDirectory(prefix="kaizha-check-") as scratch,
        received(Path(scratch), settings.max_upload_bytes, path, keep=False) as source,
        progress(as_json) as stages,
    ):
        request = request_for(source, metadata, contract, answers, yes)
        report = check_source(
            settings, law_of(settings), utc_now().date(), source, request, Path(scratch), stages
        )
    conclude(report, as_json)


@review_app.command("list")
def review_list(
    state: Annotated[list[State] | None, typer.Option(help="Only these states. 只列这些状态。")] = None,
    as_json: JSON = False,
) -> None:
    """Submissions, newest first; held ones unless --state says otherwise."""
    gate = open_gate(GateSettings())
    with gate.registry.reading() as snapshot:
        records = queries.submission_list(snapshot, state or [State.HELD])
    if as_json:
        rows = [{"id": one.id, "dataset": one.dataset_id, "state": one.state.value} for one in records]
        emit({"submissions": rows})
        return
    if not records:
        say("没有等待的提交", "Nothing waits.")
    for one in records:
        questions = len(one.report.get("questions", ()))
        out.print(f"{one.id}  {one.dataset_id}  {one.state.value}", highlight=False, end="")
        say(f"  {questions} 个问题", f"  {questions} questions")


@review_app.command("show")
def review_show(
    submission: Annotated[str, typer.Argument(help="Submission id. 提交编号。")],
    preview: Annotated[int, typer.Option(min=0, max=20, help="Rows of the planned output. 预览行数。")] = 0,
    as_json: JSON = False,
) -> None:
    """The report of a submission with its open questions, and a preview of what would be opened."""
    gate = open_gate(GateSettings())
    report = review.report_by_id(gate, submission)
    rows = preview_rows(gate, report.planned, preview) if preview and report.planned else []
    if as_json:
        emit(dump(report) | ({"preview": rows} if preview else {}))
        return
    show_report(out, report, language())
    for row in rows:
        out.print_json(json.dumps(row, ensure_ascii=False))


@review_app.command("answer")
def review_answer(
    submission: Annotated[str, typer.Argument(help="Submission id. 提交编号。")],
    accept: Annotated[bool, typer.Option("--accept", help="Accept what is proposed. 接受建议。")] = False,
    answers: Settable = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="End the submission. 终止该提交。")] = False,
    as_json: JSON = False,
) -> None:
    """Answer a held submission's questions; it goes on at once."""
    gate = open_gate(GateSettings())
    if refuse:
        review.refuse(gate, OWNER, submission)
        say("已终止该提交", "The submission has ended.")
        return
    with progress(as_json) as stages:
        report = review.answer(gate, OWNER, submission, parse_settings(answers), accept=accept, stages=stages)
        if report.state is State.RELEASED:
            with stages.enter("files"):
                run_jobs(gate)
    conclude(report, as_json)


@app.command()
def withdraw(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    reason: Annotated[str, typer.Option(help="Why; stands in the ledger. 理由，写入账本。")],
) -> None:
    """Take a dataset's release back, at once and everywhere."""
    epoch = review.withdraw(open_gate(GateSettings()), OWNER, dataset, reason)
    say(f"已撤回 {dataset}（策略纪元 {epoch}）", f"{dataset} is withdrawn (policy epoch {epoch}).")


@list_app.command("show")
def list_show(as_json: JSON = False) -> None:
    """The negative list in force (a starter list, never an official one)."""
    entries = load_starter()
    if as_json:
        emit(
            {
                "version": entries.version,
                "official": entries.official,
                "entries": [dump(one) for one in entries.entries],
            }
        )
        return
    lang = language()
    out.print(f"[bold]{entries.title.in_(lang)}[/] {entries.version}")
    for one in entries.entries:
        out.print(f"  [cyan]{one.entry_id}[/] {one.identity.description.in_(lang)}")
        out.print("      " + "; ".join(str(basis) for basis in one.governance.legal_basis), style="dim")


@list_app.command("export")
def list_export() -> None:
    """The negative list as TOML, on standard output."""
    sys.stdout.write(render_list(load_starter()))


@key_app.command("issue")
def key_issue(
    label: Annotated[str, typer.Option(help="What it is for. 用途。")],
    role: Annotated[Role, typer.Option(help="Role. 角色。")] = Role.STEWARD,
    publisher: Annotated[str | None, typer.Option(help="Only for this publisher. 仅限该单位。")] = None,
) -> None:
    """A new API key, shown once."""
    if role in (Role.ANONYMOUS, Role.OWNER):
        raise BadInput(
            Text("不能为该角色发放密钥", "No key is issued for this role"),
            Text("可用：developer、steward、officer", "Use developer, steward or officer"),
            Where(parameter="role"),
        )
    gate = open_gate(GateSettings())
    with gate.registry.transaction() as unit:
        key = issue(unit, gate.keys, label, role, publisher, gate.now())
    sys.stdout.write(key + "\n")
    say("请妥善保存，此密钥不会再次显示", "Keep it now: it is not shown again.", to=err)


@key_app.command("revoke")
def key_revoke(prefix: Annotated[str, typer.Argument(help="The key's prefix. 密钥前缀。")]) -> None:
    """Refuse a key from now on."""
    gate = open_gate(GateSettings())
    with gate.registry.transaction() as unit:
        revoke(unit, prefix, gate.now())
    say(f"密钥 {prefix} 已停用", f"Key {prefix} is revoked.")


@key_app.command("list")
def key_listing(as_json: JSON = False) -> None:
    """Keys, newest first; never the keys themselves."""
    gate = open_gate(GateSettings())
    with gate.registry.reading() as snapshot:
        records = key_list(snapshot)
    if as_json:
        emit({"keys": [dump(one) for one in records]})
        return
    for one in records:
        ended = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "in force"
        out.print(
            f"{one.prefix}  {one.role.value}  {one.publisher or '*'}  {ended}  {one.label}", highlight=False
        )


@app.command()
def counts(
    as_of: Annotated[str, typer.Option(help="A past date. 过去的日期。")] = "", as_json: JSON = False
) -> None:
    """What is counted towards the targets, and every exclusion with its reason."""
    gate = open_gate(GateSettings())
    moment = moment_of(as_of, gate.now())
    with gate.registry.reading() as snapshot:
        counted = count(queries.opened(snapshot, moment), queries.holdings(snapshot), moment)
    if as_json:
        emit(dump(counted))
    else:
        show_counts(out, counted, language())


@app.command()
def verify(
    source: Annotated[
        str,
        typer.Option("--from", help="A site or a mirror's folder, instead of this home. 站点或镜像文件夹。"),
    ] = "",
    key: Annotated[str, typer.Option(help="Verifier key of that ledger. 账本公钥。")] = "",
    witness: Annotated[list[str] | None, typer.Option(help="Key of a witness. 见证人公钥。")] = None,
    old: Annotated[Path | None, typer.Option(help="A checkpoint kept earlier. 先前保存的检查点。")] = None,
    as_json: JSON = False,
) -> None:
    """Check files, ledger and registry against each other, or another's ledger from its public files; exit code 5
    when something does not fit."""
    if not source and (key or witness or old):
        raise BadInput(
            Text("--key、--witness、--old 须与 --from 同用", "--key, --witness and --old go with --from"),
            Text("例如 --from https://data.example.org", "For example --from https://data.example.org"),
            Where(parameter="from"),
        )
    found = (
        verify_public(source, key, witness or (), old) if source else verify_gate(open_gate(GateSettings()))
    )
    if as_json:
        emit(dump(found))
    else:
        say(found.summary.zh, found.summary.en)
        for one in found.discrepancies:
            err.print(f"[red]{one.what} {escape(one.id)}[/]: {one.text.in_(language())}")
    if found.discrepancies:
        raise typer.Exit(5)


@app.command()
def demo(
    serve_after: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve afterwards. 随后提供服务。")
    ] = True,
    host: Annotated[str, typer.Option(help="Address to serve on. 监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port. 端口。")] = 8000,
) -> None:
    """Publish an invented city's datasets (and a few true facts), show what happened to each, and serve them."""
    gate = open_gate(GateSettings())
    reports = run_demo(gate, out, language())
    show_outcomes(out, reports, language())
    moment = gate.now()
    with gate.registry.reading() as snapshot:
        show_counts(
            out,
            replace(
                count(queries.opened(snapshot, moment), queries.holdings(snapshot), moment), exclusions=()
            ),
            language(),
        )
    if serve_after:
        serve(host, port, 1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to serve on. 监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port. 端口。")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Serve processes. 服务进程数。")] = 1,
) -> None:
    """Serve: starts the roles serve, gate and vault, each behind its walls; ends with Ctrl-C."""
    from gateway.processes.supervisor import (
        supervise,  # the server's parts load only where something is served
    )

    say(
        f"正在提供服务：http://{host}:{port}/（Ctrl-C 结束）",
        f"Serving on http://{host}:{port}/ (Ctrl-C ends it)",
    )
    try:
        code = supervise(GateSettings(), host, port, workers)
    except OSError as error:
        raise BadInput(
            Text(
                f"无法监听 {host}:{port}（{error.strerror}）",
                f"Cannot listen on {host}:{port} ({error.strerror})",
            ),
            Text(
                "换一个端口：--port 8001，或 make run PORT=8001",
                "Take another port: --port 8001, or make run PORT=8001",
            ),
            Where(parameter="port"),
        ) from error
    if code:
        raise typer.Exit(code)


def parse_grade(text: str) -> Grade:
    """``L1``…``L4``."""
    try:
        return Grade[text.upper()]
    except KeyError:
        raise typer.BadParameter("use L1, L2, L3 or L4") from None


def parse_settings(pairs: list[str] | None) -> dict[str, str]:
    """``FIELD=VALUE`` pairs as a mapping. Raises BadInput."""
    settings = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            raise BadInput(
                Text("--set 的形式是 项=值", "--set takes FIELD=VALUE"),
                Text("例如 --set theme=transport", "For example --set theme=transport"),
                Where(parameter="set"),
            )
        settings[name] = value
    return settings


def request_for(
    source: Source, metadata: Metadata, contract: Path | None, answers: list[str] | None, yes: bool
) -> Request:
    """The request of one publication, with answers given in advance."""
    request = Request(source.name, source.sha256, metadata, read_contract(contract), yes=yes)
    return answered(request, parse_settings(answers))


def read_contract(path: Path | None) -> Contract:
    """The contract in a file; an empty one without. Raises BadInput."""
    if path is None:
        return Contract()
    try:
        return parse_contract(json.loads(path.read_text("utf-8-sig")), path.name)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise BadInput(
            Text("合同文件不存在或不是 JSON", "The contract is missing or is not JSON"),
            Text("形式见 docs/contract.md", "Its form stands in docs/contract.md"),
            Where(file=path.name, line=line),
        ) from None


@contextmanager
def received(folder: Path, max_bytes: int, path: str, keep: bool) -> Iterator[Source]:
    """The source at a path, or standard input; spooled into `folder` where it is standard input or to be kept.

    Raises BadInput.
    """
    if "://" in path:
        scheme = path.partition("://")[0]  # what follows may hold a password
        raise BadInput(
            Text(
                f"这是一个网络或数据库地址（{scheme}://），目前只能发布文件",
                f"This is an address ({scheme}://), and only files can be published now",
            ),
            Text(
                "请先下载或导出为文件，例如：curl 地址 | kaizha publish -",
                "Download or export it first, for example: curl ADDRESS | kaizha publish -",
            ),
            Where(parameter="path"),
        )
    if path != "-" and not keep:
        yield local(Path(path), max_bytes)
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        if path == "-":
            yield spool(sys.stdin.buffer, "stdin", Path(scratch), max_bytes)
        else:
            yield spool_file(Path(path), Path(scratch), max_bytes)


@contextmanager
def progress(quiet: bool) -> Iterator[Stages]:
    """Stages that show themselves on a terminal's standard error."""
    if quiet or not err.is_terminal:
        yield Stages()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield Stages(on_enter=lambda name: bar.update(task, description=STAGES[name].in_(language())))


def conclude(report: Report, as_json: bool) -> None:
    """Show a report and leave with its exit code."""
    if as_json:
        emit(dump(report))
    else:
        show_report(out, report, language())
    raise typer.Exit(EXIT_BY_STATE[report.state])


def gx_html(report: Report) -> str:
    """The measurement as Great Expectations renders it. Raises BadInput where that extra is not installed."""
    try:
        from quality.expectations_gx import render_report  # 5 s of import, wanted only here
    except ImportError:
        raise BadInput(
            Text("没有安装 Great Expectations", "Great Expectations is not installed"),
            Text("请安装附加组件：pip install 'kaizha[gx]'", "Install the extra: pip install 'kaizha[gx]'"),
            Where(parameter="gx-report"),
        ) from None
    return render_report(Measurement.from_json(report.quality), language())


def emit(value: Any) -> None:
    """JSON on standard output, for machines: one document, no wrapping."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def say(zh: str, en: str, to: Console = out) -> None:
    to.print(Text(zh, en).in_(language()), highlight=False)
