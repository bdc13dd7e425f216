"""`kaizha key`: API keys, each shown once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As
from gateway.role import Role

__all__ = ["app"]

app = typer.Typer(help="API keys. 接口密钥。", no_args_is_help=True)
NO_KEY_FOR = (Role.ANONYMOUS, Role.OWNER, Role.ADMINISTRATOR)


@app.command("issue")
def key_issue(
    label: Annotated[str, typer.Option(help="What it is for. 用途。")],
    role: Annotated[Role, typer.Option(help="Role. 角色。")] = Role.STEWARD,
    publisher: Annotated[str | None, typer.Option(help="Only for this publisher. 仅限该单位。")] = None,
    as_: As = None,
) -> None:
    """A new API key, shown once. In an institution it is one's own, and acts in one's name."""
    if role in NO_KEY_FOR:
        offered = [one.value for one in Role if one not in NO_KEY_FOR]
        raise BadInput(
            Text("不能为该角色发放密钥", "No key is issued for this role"),
            Text(f"可用：{'、'.join(offered)}", f"Use one of {', '.join(offered)}"),
            Where(parameter="role"),
        )
    from gateway.administration import issue_key

    gate = opened()
    key = issue_key(gate, actor(gate, as_), label, role, publisher)
    sys.stdout.write(key + "\n")
    console.warn("请妥善保存，此密钥不会再次显示", "Keep it now: it is not shown again.")


@app.command("revoke")
def key_revoke(
    prefix: Annotated[str, typer.Argument(help="The key's prefix. 密钥前缀。")], as_: As = None
) -> None:
    """Refuse a key from now on."""
    from gateway.administration import revoke_key

    gate = opened()
    revoke_key(gate, actor(gate, as_), prefix)
    console.say(f"密钥 {prefix} 已停用", f"Key {prefix} is revoked.")


@app.command("list")
def key_listing(as_: As = None, as_json: JSON = False) -> None:
    """Keys, newest first; never the keys themselves. One's own, or all for who manages them."""
    from catalog.registry import dump
    from gateway.access import Action, key_list, may, require

    gate = opened()
    person = actor(gate, as_)
    everybodys = may(person, Action.MANAGE_KEYS)
    if not everybodys:
        require(person, Action.OWN_KEYS)
    with gate.registry.reading() as snapshot:
        records = tuple(one for one in key_list(snapshot) if everybodys or one.holder == person.name)
    if as_json:
        console.emit({"keys": [dump(one) for one in records]})
        return
    for one in records:
        ended = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "in force"
        console.out.print(
            f"{one.prefix}  {one.role.value}  {one.publisher or '*'}  {ended}  {one.holder or '-'}  {one.label}",
            highlight=False,
        )
