"""`kaizha negative-list`: the list in force, its versions from draft to effect, what they would do, exemptions, appeals."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

if TYPE_CHECKING:
    from datetime import date

    from gateway.gate import Gate
    from negative_list import NegativeList

__all__ = ["app"]

app = typer.Typer(help="The negative list. 负面清单。", no_args_is_help=True)
exemption = typer.Typer(help="Exemptions: one dataset, one entry, three people. 豁免。", no_args_is_help=True)
appeal = typer.Typer(help="Appeals and their answers. 申诉。", no_args_is_help=True)
app.add_typer(exemption, name="exemption")
app.add_typer(appeal, name="appeal")

Version = Annotated[str, typer.Argument(help="Version of the list. 清单版本。")]
MaybeVersion = Annotated[str, typer.Option("--version", help="Another version. 其他版本。")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the ledger. 理由，写入账本。")]


def _entries(gate: Gate, version: str) -> NegativeList:
    from gateway.governance import store

    if not version:
        return gate.entries
    with gate.registry.reading() as snapshot:
        return store.list_of(snapshot, version)


@app.command("show")
def list_show(version: MaybeVersion = "", as_json: JSON = False) -> None:
    """The negative list in force, or another version of it."""
    from catalog.registry import dump

    entries = _entries(opened(), version)
    if as_json:
        console.emit(
            {
                "version": entries.version,
                "official": entries.official,
                "entries": [dump(one) for one in entries.entries],
            }
        )
        return
    lang = console.language()
    console.out.print(f"[bold]{entries.title.in_(lang)}[/] {entries.version}")
    for one in entries.entries:
        console.out.print(f"  [cyan]{one.entry_id}[/] {one.identity.description.in_(lang)}")
        console.out.print(
            "      " + "; ".join(str(basis) for basis in one.governance.legal_basis), style="dim"
        )


@app.command("export")
def list_export(
    to: Annotated[
        Path | None,
        typer.Option(help="A workbook (.xlsx) to write; TOML on standard output without. 导出文件。"),
    ] = None,
    version: MaybeVersion = "",
) -> None:
    """The list as a workbook to change in Excel and import again, or as TOML."""
    from negative_list import render_list
    from negative_list.xlsxwriter_sheet import write_sheet

    entries = _entries(opened(), version)
    if to is None:
        sys.stdout.write(render_list(entries))
        return
    if to.suffix.lower() != ".xlsx":
        raise BadInput(
            Text("导出文件须以 .xlsx 结尾", "The file has to end in .xlsx"),
            Text("例如 --to 负面清单.xlsx", "For example --to list.xlsx"),
            Where(parameter="to"),
        )
    write_sheet(entries, to)
    console.say(f"已导出 {entries.version} 到 {to.name}", f"{entries.version} is in {to.name}.")


@app.command("import")
def list_import(
    path: Annotated[Path, typer.Argument(help="Workbook (.xlsx) or TOML file. 工作簿或 TOML 文件。")],
    version: Annotated[
        str, typer.Option("--version", help="Name of the new version (workbooks). 新版本号（工作簿须给出）。")
    ] = "",
    as_: As = None,
) -> None:
    """Take a list in as a draft: nothing takes effect, and a file with one wrong cell imports nothing."""
    from catalog.ingest import local
    from gateway.access import Action, require
    from gateway.governance.lists import draft_list
    from negative_list import apply_sheet, check_list, load_list
    from negative_list.calamine_sheet import load_sheet

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.DRAFT_LIST)
    today = gate.now().date()
    if path.suffix.lower() == ".xlsx":
        if not version:
            raise BadInput(
                Text("请给出新版本号", "Name the new version"),
                Text("例如 --version 2026.2", "For example --version 2026.2"),
                Where(parameter="version"),
            )
        sheet = load_sheet(local(path, 64 << 20))
        entries = apply_sheet(gate.entries, sheet, version=version, drafted_by=person.name, on=today)
    else:
        entries = load_list(path)
        problems = check_list(entries, today)
        if problems:
            first = problems[0]
            raise BadInput(
                Text(
                    f"{first.name}：{first.message.zh}（共 {len(problems)} 处）",
                    f"{first.name}: {first.message.en} ({len(problems)} in all)",
                ),
                first.remedy,
                Where(file=path.name, parameter=first.name),
            )
    record = draft_list(gate, person, entries)
    console.say(
        f"草案 {record.version} 已保存（底稿 {record.base}）；下一步：kaizha negative-list simulate {record.version}，再 propose",
        f"Draft {record.version} is kept (from {record.base}). Next: kaizha negative-list simulate {record.version}, then propose.",
    )


@app.command("diff")
def list_diff(
    version: Version,
    other: Annotated[str, typer.Option("--from", help="Default: in force. 默认：生效版本。")] = "",
) -> None:
    """What differs between two versions, entry by entry."""
    from negative_list import diff_lists

    gate = opened()
    difference = diff_lists(_entries(gate, other), _entries(gate, version))
    for line in difference.lines():
        console.out.print(line.in_(console.language()), highlight=False, markup=False)


@app.command("simulate")
def list_simulate(version: Version, as_: As = None, as_json: JSON = False) -> None:
    """What a version would do to everything published: nothing is changed."""
    from catalog.registry import dump
    from gateway.access import Action, require
    from gateway.governance.screening import simulate

    gate = opened()
    require(actor(gate, as_), Action.SIMULATE_LIST)
    impact = simulate(gate, _entries(gate, version), gate.now().date())
    if as_json:
        console.emit(dump(impact))
        return
    lang = console.language()
    console.out.print(impact.summary().in_(lang), highlight=False)
    for one in impact.changes:
        fields = ", ".join(f"{change.column} ({change.fate})" for change in one.consequence.fields)
        console.out.print(
            f"  {one.consequence.shift}  {one.dataset_id}  {one.title}  {fields}",
            highlight=False,
            markup=False,
        )
        for reason in one.consequence.reasons[:3]:
            console.out.print(
                f"      {reason.entry_id}: {reason.text.in_(lang)}", style="dim", highlight=False
            )


@app.command("propose")
def list_propose(version: Version, as_: As = None) -> None:
    """Put a draft forward; somebody else approves it."""
    from gateway.governance.lists import propose_list

    gate = opened()
    propose_list(gate, actor(gate, as_), version)
    console.say(
        f"{version} 已提请批准，须由另一人批准", f"{version} is proposed; another person approves it."
    )


@app.command("approve")
def list_approve(
    version: Version,
    effective: Annotated[
        str, typer.Option(help="When it takes effect (ISO time, UTC); at once without. 生效时间。")
    ] = "",
    as_: As = None,
) -> None:
    """Approve a proposed version as a second person; it is scheduled."""
    from gateway.governance.lists import approve_list

    gate = opened()
    record = approve_list(gate, actor(gate, as_), version, _moment(effective))
    due = record.effective_at.isoformat(timespec="minutes") if record.effective_at else ""
    console.say(
        f"{version} 已批准，{due} 生效；立即启用：kaizha negative-list activate {version}",
        f"{version} is approved and due at {due}. To bring it into effect: kaizha negative-list activate {version}",
    )


@app.command("reject")
def list_reject(version: Version, reason: Reason, as_: As = None) -> None:
    """End a version before it takes effect."""
    from gateway.governance.lists import reject_list

    gate = opened()
    reject_list(gate, actor(gate, as_), version, reason)
    console.say(f"{version} 已退回", f"{version} is rejected.")


@app.command("activate")
def list_activate(version: Version, as_: As = None) -> None:
    """Bring an approved version into effect: what it tightens is closed at once, then examined again."""
    from gateway.governance.activation import activate
    from gateway.publish.jobs import run_jobs

    gate = opened()
    record = activate(gate, actor(gate, as_), version)
    console.say(
        f"{record.version} 已生效，正在重新审查受影响的数据集",
        f"{record.version} is in effect; examining again.",
    )
    run_jobs(gate)


@app.command("history")
def list_history(as_json: JSON = False) -> None:
    """Every version, newest first, and who did what with it."""
    from catalog.registry import dump
    from gateway.governance import store

    gate = opened()
    with gate.registry.reading() as snapshot:
        records = store.list_records(snapshot)
    if as_json:
        console.emit({"versions": [dump(one) for one in records]})
        return
    for one in records:
        decided = f"  {one.decided_by} {one.decided_at:%Y-%m-%d}" if one.decided_at else ""
        console.out.print(
            f"{one.version}  {one.state}  {', '.join(one.authors)}{decided}", highlight=False, markup=False
        )


@app.command("due")
def list_due(
    within: Annotated[int, typer.Option(min=0, help="Days ahead. 今后多少天。")] = 60, as_json: JSON = False
) -> None:
    """Entries whose review or expiry is near or past."""
    from negative_list.lifecycle import due_entries

    gate = opened()
    found = due_entries(gate.entries, gate.now().date(), within)
    if as_json:
        console.emit(
            {"due": [{"entry": one, "what": what, "on": day.isoformat()} for one, what, day in found]}
        )
        return
    if not found:
        console.say("没有临近复审或到期的条目", "No entry is due for review or expiry.")
    for entry_id, what, day in found:
        console.out.print(f"{day}  {entry_id}  {what}", highlight=False)


@exemption.command("draft")
def exemption_draft(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    entry: Annotated[str, typer.Argument(help="Entry id. 条目编号。")],
    reason: Reason,
    expires: Annotated[str, typer.Option(help="Its last day, YYYY-MM-DD. 最后一日。")],
    as_: As = None,
) -> None:
    """Ask for an exemption of one dataset from one entry."""
    from gateway.governance.exemptions import draft

    gate = opened()
    one = draft(gate, actor(gate, as_), dataset, entry, reason, _day(expires))
    console.say(
        f"豁免 {one.id} 已起草，须另外两人批准", f"Exemption {one.id} is drafted; two others approve it."
    )


@exemption.command("approve")
def exemption_approve(
    exemption_id: Annotated[str, typer.Argument(help="Exemption id. 豁免编号。")], as_: As = None
) -> None:
    """One of the two approvals; with the second the dataset is examined again."""
    from gateway.governance.exemptions import approve
    from gateway.publish.jobs import run_jobs

    gate = opened()
    one = approve(gate, actor(gate, as_), exemption_id)
    console.say(f"豁免 {one.id}：{one.state}", f"Exemption {one.id}: {one.state}.")
    run_jobs(gate)


@exemption.command("end")
def exemption_end(
    exemption_id: Annotated[str, typer.Argument(help="Exemption id. 豁免编号。")], as_: As = None
) -> None:
    """End an exemption: what it had opened is closed at once and examined again."""
    from gateway.governance.exemptions import end
    from gateway.publish.jobs import run_jobs

    gate = opened()
    end(gate, actor(gate, as_), exemption_id)
    console.say(f"豁免 {exemption_id} 已结束", f"Exemption {exemption_id} has ended.")
    run_jobs(gate)


@exemption.command("list")
def exemption_list(as_: As = None, as_json: JSON = False) -> None:
    """Exemptions, newest first."""
    from catalog.registry import dump
    from gateway.access import Action, require
    from gateway.governance import store

    gate = opened()
    require(actor(gate, as_), Action.SEE_EXEMPTIONS)
    with gate.registry.reading() as snapshot:
        found = store.exemptions_of(snapshot)
    if as_json:
        console.emit({"exemptions": [dump(one) for one in found]})
        return
    for one in found:
        console.out.print(
            f"{one.id}  {one.state}  {one.dataset_id}  {one.entry_id}  {one.expires_on}  {one.reason}",
            highlight=False,
            markup=False,
        )


@appeal.command("file")
def appeal_file(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    entry: Annotated[str, typer.Argument(help="Entry id. 条目编号。")],
    text: Annotated[str, typer.Option(help="The grounds. 理由。")],
    as_: As = None,
) -> None:
    """Object to what an entry did to a dataset of one's own publisher."""
    from gateway.governance.appeals import appeal as file_appeal

    gate = opened()
    one = file_appeal(gate, actor(gate, as_), dataset, entry, text)
    console.say(f"申诉 {one.id} 已提交，将书面答复", f"Appeal {one.id} is filed; it is answered in writing.")


@appeal.command("list")
def appeal_list(as_: As = None, as_json: JSON = False) -> None:
    """Appeals, newest first; a steward's own publisher's."""
    from catalog.registry import dump
    from gateway.access import Action, require
    from gateway.governance.appeals import appeals_of

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.SEE_APPEALS)
    with gate.registry.reading() as snapshot:
        found = appeals_of(snapshot, publisher=person.publisher)
    if as_json:
        console.emit({"appeals": [dump(one) for one in found]})
        return
    for one in found:
        console.out.print(
            f"{one.id}  {one.verdict}  {one.dataset_id}  {one.entry_id}", highlight=False, markup=False
        )


@appeal.command("answer")
def appeal_answer(
    appeal_id: Annotated[str, typer.Argument(help="Appeal id. 申诉编号。")],
    text: Annotated[str, typer.Option(help="The answer. 答复。")],
    uphold: Annotated[
        bool, typer.Option("--uphold/--dismiss", help="The publisher is right. 申诉成立与否。")
    ],
    as_: As = None,
) -> None:
    """Answer an appeal in writing."""
    from gateway.governance.appeals import answer_appeal

    gate = opened()
    one = answer_appeal(gate, actor(gate, as_), appeal_id, "upheld" if uphold else "dismissed", text)
    console.say(f"申诉 {one.id}：{one.verdict}", f"Appeal {one.id}: {one.verdict}.")


def _day(text: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            Text("日期应为 YYYY-MM-DD", "A day is written YYYY-MM-DD"),
            Text("例如 2026-12-31", "For example 2026-12-31"),
            Where(parameter="expires"),
        ) from None


def _moment(text: str) -> datetime | None:
    from datetime import UTC

    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            Text("时间应为 ISO 8601 格式", "A time is written as in ISO 8601"),
            Text("例如 2026-12-31T08:00+08:00", "For example 2026-12-31T08:00+08:00"),
            Where(parameter="effective"),
        ) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
