"""`kaizha negative-list`: the list in force, its versions from draft to effect, and what they would do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console, objections
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

if TYPE_CHECKING:
    from gateway.gate import Gate
    from negative_list import NegativeList

__all__ = ["app"]

app = typer.Typer(help="The negative list. 负面清单。", no_args_is_help=True)
app.add_typer(objections.exemption, name="exemption")
app.add_typer(objections.appeal, name="appeal")

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
    from gateway.governance.intake import MAX_BYTES, import_list

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.DRAFT_LIST)
    form: Literal["toml", "xlsx"] = "xlsx" if path.suffix.lower() == ".xlsx" else "toml"
    record = import_list(gate, person, local(path, MAX_BYTES), form, version)
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
    from gateway.governance.screening import simulate_version

    gate = opened()
    impact = simulate_version(gate, actor(gate, as_), version)
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
    from gateway.moment import moment_given

    gate = opened()
    record = approve_list(gate, actor(gate, as_), version, moment_given(effective, "effective"))
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
