"""`kaizha push`: tell another CKAN of open datasets, and keep it told."""

from __future__ import annotations

from typing import Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

__all__ = ["push"]


def push(
    to: Annotated[str, typer.Option("--to", help="Front page of a CKAN. 对方 CKAN 首页。")] = "",
    dataset: Annotated[
        list[str] | None,
        typer.Option(help="Dataset id, repeatable; all of one's own without. 数据集，可重复。"),
    ] = None,
    organisation: Annotated[
        str, typer.Option(help="Organisation there that it belongs to. 对方的机构标识。")
    ] = "",
    upload: Annotated[bool, typer.Option("--upload", help="Also upload the CSV. 同时上传 CSV。")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="How everything pushed stands. 查看推送状态。")
    ] = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Push open datasets to a CKAN; from then on the gate tells it of every release and withdrawal. Exit code 2 where
    something is still to be done."""
    from gateway.exchange.desk import push_now
    from gateway.exchange.push import pushed, register_pushes

    gate = opened()
    person = actor(gate, as_)
    if not status:
        if not to or not organisation:
            raise BadInput(
                Text("请给出 --to 和 --organisation", "Say --to and --organisation"),
                Text(
                    "kaizha push --to https://… --organisation 机构",
                    "kaizha push --to https://… --organisation ORG",
                ),
                Where(parameter="to"),
            )
        for asked in register_pushes(gate, person, to, dataset or [], organisation, upload):
            push_now(gate, asked)
    found = [
        one
        for one in pushed(gate, person)
        if to in ("", one["target"], f"{one['target']}/") and (not dataset or one["dataset"] in dataset)
    ]
    if as_json:
        console.emit({"pushes": found})
    else:
        for one in found:
            console.out.print(
                f"{one['state']:10}  {one['dataset']}  {one['target']}", highlight=False, markup=False
            )
            if one["failure"] and one["state"] == "failing":
                lang = console.language()
                console.out.print(f"  {one['failure']['message'][lang]}", highlight=False, markup=False)
                console.out.print(
                    f"      {one['failure']['remedy'][lang]}", style="dim", highlight=False, markup=False
                )
    if not status and any(one["state"] in ("waiting", "failing") for one in found):
        raise typer.Exit(2)
