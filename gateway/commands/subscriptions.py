"""`kaizha subscription`: who is told, by signed webhook, of what happens to datasets and the list."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

__all__ = ["app"]

app = typer.Typer(help="Notices by webhook. 变更通知。", no_args_is_help=True)


@app.command("add")
def subscription_add(
    url: Annotated[str, typer.Argument(help="Address to call. 接收通知的网址。")],
    publisher: Annotated[str | None, typer.Option(help="Only this publisher. 仅限该单位。")] = None,
    dataset: Annotated[str | None, typer.Option(help="Only this dataset. 仅限该数据集。")] = None,
    as_: As = None,
) -> None:
    """Be told; the secret that the notices are signed with (Standard Webhooks) is printed once."""
    from gateway.governance.notices import subscribe

    gate = opened()
    one, secret = subscribe(gate, actor(gate, as_), url, publisher, dataset)
    sys.stdout.write(secret + "\n")
    console.warn(
        f"订阅 {one.id}；请妥善保存此密钥，用于核对签名",
        f"Subscription {one.id}. Keep the secret: it checks the signatures.",
    )


@app.command("list")
def subscription_listing(as_: As = None, as_json: JSON = False) -> None:
    """Subscriptions in force: one's own, a steward's publisher's, everybody's for who governs."""
    from catalog.registry import dump
    from gateway.governance.notices import listed

    gate = opened()
    found = listed(gate, actor(gate, as_))
    if as_json:
        console.emit({"subscriptions": [dump(one) for one in found]})
        return
    for one in found:
        about = one.dataset_id or one.publisher or "*"
        console.out.print(f"{one.id}  {about}  {one.url}", highlight=False, markup=False)


@app.command("remove")
def subscription_remove(
    subscription: Annotated[str, typer.Argument(help="Subscription id. 订阅编号。")], as_: As = None
) -> None:
    """Not to be told any more."""
    from gateway.governance.notices import unsubscribe

    gate = opened()
    unsubscribe(gate, actor(gate, as_), subscription)
    console.say(f"订阅 {subscription} 已停用", f"Subscription {subscription} has ended.")
