"""`kaizha negative-list exemption` and `appeal`: what is asked for, or objected to, about one dataset and one entry."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

__all__ = ["appeal", "exemption"]

exemption = typer.Typer(help="Exemptions: one dataset, one entry, three people. 豁免。", no_args_is_help=True)
appeal = typer.Typer(help="Appeals and their answers. 申诉。", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why; it stands in the ledger. 理由，写入账本。")]


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
    from gateway.moment import day_of

    gate = opened()
    one = draft(gate, actor(gate, as_), dataset, entry, reason, day_of(expires, "expires"))
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
    from gateway.governance.exemptions import listed

    gate = opened()
    found = listed(gate, actor(gate, as_))
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
    from gateway.governance.appeals import listed

    gate = opened()
    found = listed(gate, actor(gate, as_))
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
