"""`kaizha serve`, `demo`, `counts` and `verify`: the house as a whole."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import opened
from gateway.commands.options import JSON

__all__ = ["counts", "demo", "serve", "verify"]


def counts(
    as_of: Annotated[str, typer.Option(help="A past date. 过去的日期。")] = "", as_json: JSON = False
) -> None:
    """What is counted towards the targets, and every exclusion with its reason."""
    from catalog.counts import count
    from catalog.holding import tally
    from catalog.registry import dump, queries
    from catalog.registry.holdings import holdings_as_they_stand
    from catalog.registry.services import apis
    from gateway.cli_report import show_counts
    from gateway.moment import moment_of
    from privacy import DETECTOR

    gate = opened()
    moment = moment_of(as_of, gate.now())
    with gate.registry.reading() as snapshot:
        counted = count(
            queries.opened(snapshot, moment, DETECTOR),
            tally(holdings_as_they_stand(snapshot, moment)),
            moment,
            apis(snapshot, moment),
        )
    if as_json:
        console.emit(dump(counted))
    else:
        show_counts(console.out, counted, console.language())


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
    from rich.markup import escape

    from catalog.registry import dump
    from gateway.verify import verify as verify_gate
    from gateway.verify_public import verify_public

    if not source and (key or witness or old):
        raise BadInput(
            Text("--key、--witness、--old 须与 --from 同用", "--key, --witness and --old go with --from"),
            Text("例如 --from https://data.example.org", "For example --from https://data.example.org"),
            Where(parameter="from"),
        )
    found = verify_public(source, key, witness or (), old) if source else verify_gate(opened())
    if as_json:
        console.emit(dump(found))
    else:
        console.say(found.summary.zh, found.summary.en)
        for left_out in found.excluded:
            name, text = escape(left_out.id), left_out.text
            console.warn(f"未核对 {name}：{text.zh}", f"Not checked, {name}: {text.en}")
        for one in found.discrepancies:
            console.err.print(f"[red]{one.what} {escape(one.id)}[/]: {one.text.in_(console.language())}")
    if found.discrepancies:
        raise typer.Exit(5)


def demo(
    serve_after: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve afterwards. 随后提供服务。")
    ] = True,
    host: Annotated[str, typer.Option(help="Address to serve on. 监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port. 端口。")] = 8000,
) -> None:
    """Publish an invented city's datasets (and a few true facts), show what happened to each, and serve them."""
    from catalog.counts import count
    from catalog.holding import tally
    from catalog.registry import queries
    from catalog.registry.holdings import holdings_as_they_stand
    from catalog.registry.services import apis
    from gateway.cli_report import show_counts, show_outcomes
    from gateway.demo import DEMO_SETTINGS, add_demo_people, run_demo
    from privacy import DETECTOR

    for name, value in DEMO_SETTINGS.items():
        os.environ.setdefault(name, value)
    gate = opened()
    reports = run_demo(gate, console.out, console.language())
    show_outcomes(console.out, reports, console.language())
    moment = gate.now()
    with gate.registry.reading() as snapshot:
        show_counts(
            console.out,
            replace(
                count(
                    queries.opened(snapshot, moment, DETECTOR),
                    tally(holdings_as_they_stand(snapshot, moment)),
                    moment,
                    apis(snapshot, moment),
                ),
                exclusions=(),
            ),
            console.language(),
        )
    password = add_demo_people(gate)
    if password:
        console.say(
            f"演示人员（demo-steward、demo-officer 等）的共同密码，不再显示：{password}；命令行用 --as demo-officer",
            f"Demo people (demo-steward, demo-officer, …) share this password, not shown again: {password}; "
            "on the command line: --as demo-officer",
        )
    if serve_after:
        serve(host, port, 1)


def serve(
    host: Annotated[str, typer.Option(help="Address to serve on. 监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port. 端口。")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Serve processes. 服务进程数。")] = 1,
    replica: Annotated[
        bool, typer.Option(help="Serve only, on another home's registry and open zone. 仅作服务副本。")
    ] = False,
) -> None:
    """Serve: starts the roles serve, gate and vault, each behind its walls; ends with Ctrl-C.

    With --replica only serve is started, in a home of its own: KAIZHA_SERVE_REGISTRY_URL and KAIZHA_OPEN_ZONE name the
    registry and the open zone that it shares.
    """
    from gateway.processes.supervisor import supervise
    from gateway.settings import GateSettings, ServeSettings

    settings = ServeSettings() if replica else GateSettings()
    if replica and not (settings.serve_registry_url and settings.open_zone):
        raise BadInput(
            Text(
                "副本需要知道共用的登记库和开放区",
                "A replica has to know the registry and the open zone it shares",
            ),
            Text(
                "请设置 KAIZHA_SERVE_REGISTRY_URL 和 KAIZHA_OPEN_ZONE",
                "Set KAIZHA_SERVE_REGISTRY_URL and KAIZHA_OPEN_ZONE",
            ),
            Where(parameter="replica"),
        )
    console.say(
        f"正在提供服务：http://{host}:{port}/（Ctrl-C 结束）",
        f"Serving on http://{host}:{port}/ (Ctrl-C ends it)",
    )
    try:
        code = supervise(settings, host, port, workers, replica=replica)
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
