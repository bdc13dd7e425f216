"""`kaizha publish`, `check` and `withdraw`: a file to a release, the same report without one, and the way back."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.dataset import Access
from catalog.errors import BadInput, Where
from catalog.release import State
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import (
    JSON,
    As,
    Delimiter,
    Encoding,
    Graded,
    HeaderRow,
    Query,
    Settable,
    Sheet,
    Table,
    Yes,
    with_reading,
)

if TYPE_CHECKING:
    from gateway.publish.report import Report

__all__ = ["check", "publish", "withdraw"]


def publish(
    path: Annotated[
        str,
        typer.Argument(
            help="File, http(s) or database address, or - for standard input. 文件、网址或数据库地址，- 表示标准输入。"
        ),
    ],
    dataset: Annotated[str | None, typer.Option(help="Dataset id. 数据集标识。")] = None,
    title: Annotated[str | None, typer.Option(help="Title. 名称。")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher. 提供单位。")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme. 主题。")] = None,
    grade: Graded = None,
    access: Annotated[Access, typer.Option(help="Access rights. 开放属性。")] = Access.UNCONDITIONAL,
    update_cycle: Annotated[str, typer.Option(help="Update cycle. 更新周期。")] = "irregular",
    contract: Annotated[Path | None, typer.Option(help="Contract file (JSON). 合同文件。")] = None,
    description: Annotated[str, typer.Option(help="Description. 摘要。")] = "",
    licence: Annotated[str | None, typer.Option(help="Licence. 授权协议。")] = None,
    table: Table = None,
    query: Query = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header_row: HeaderRow = None,
    sheet: Sheet = None,
    answers: Settable = None,
    yes: Yes = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Publish a file: read, measure, find personal information, screen, mask, scan again, release."""
    from gateway.access import Action, require
    from gateway.commands.receive import is_database, progress, received, request_for
    from gateway.publish.jobs import run_jobs
    from gateway.publish.request import Metadata
    from gateway.publish.submit import submit

    given = with_reading(
        answers, encoding, delimiter, header_row, sheet, None if is_database(path) else table
    )
    metadata = Metadata(
        dataset, title, publisher, theme, description, grade, access, update_cycle, licence
    ).checked()
    gate = opened()
    person = actor(gate, as_)
    require(person, Action.SUBMIT)  # before a large file is read in vain
    with (
        received(gate.spool, gate.settings, path, True, table, query) as source,
        progress(as_json) as stages,
    ):
        report = submit(gate, person, source, request_for(source, metadata, contract, given, yes), stages)
        if report.state is State.RELEASED:
            with stages.enter("files"):
                run_jobs(gate)
            report = replace(report, stages=dict(stages.seconds))
    console.conclude(report, as_json)


def check(
    path: Annotated[str, typer.Argument(help="File or address to check, or -. 要检查的文件或地址。")],
    dataset: Annotated[str | None, typer.Option(help="Dataset id. 数据集标识。")] = None,
    title: Annotated[str | None, typer.Option(help="Title. 名称。")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher. 提供单位。")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme. 主题。")] = None,
    grade: Graded = None,
    access: Annotated[Access, typer.Option(help="Access rights. 开放属性。")] = Access.UNCONDITIONAL,
    contract: Annotated[Path | None, typer.Option(help="Contract file (JSON). 合同文件。")] = None,
    table: Table = None,
    query: Query = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header_row: HeaderRow = None,
    sheet: Sheet = None,
    answers: Settable = None,
    yes: Yes = False,
    as_json: JSON = False,
    gx_report: Annotated[
        Path | None,
        typer.Option(help="Also write Great Expectations' own report (HTML; extra gx). 另存 GX 质量报告。"),
    ] = None,
) -> None:
    """The report that `publish` would give; nothing is written. The exit code is publish's."""
    from gateway.commands.receive import is_database, progress, received, request_for
    from gateway.governance.in_force import in_force
    from gateway.moment import utc_now
    from gateway.publish.intake import register
    from gateway.publish.request import Metadata
    from gateway.publish.submit import check as check_source
    from gateway.settings import GateSettings

    given = with_reading(
        answers, encoding, delimiter, header_row, sheet, None if is_database(path) else table
    )
    metadata = Metadata(dataset, title, publisher, theme, grade=grade, access=access).checked()
    settings = GateSettings()
    with (
        tempfile.TemporaryDirectory(prefix="kaizha-check-") as scratch,
        received(Path(scratch), settings, path, False, table, query) as source,
        progress(as_json) as stages,
    ):
        request = request_for(source, metadata, contract, given, yes)
        law, suite = in_force(settings, register(request, settings.licence)[0].id)
        today = utc_now().date()
        report = check_source(settings, law, today, source, request, Path(scratch), stages, suite)
    console.conclude(report, as_json)


def withdraw(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    reason: Annotated[str, typer.Option(help="Why; stands in the ledger. 理由，写入账本。")],
    as_: As = None,
) -> None:
    """Take a dataset's release back, at once and everywhere."""
    from gateway.publish import review

    gate = opened()
    epoch = review.withdraw(gate, actor(gate, as_), dataset, reason)
    console.say(f"已撤回 {dataset}（策略纪元 {epoch}）", f"{dataset} is withdrawn (policy epoch {epoch}).")


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
    from quality import Measurement

    return render_report(Measurement.from_json(report.quality), console.language())
