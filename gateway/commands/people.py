"""`kaizha login`, `logout` and `user`: who acts here, and in which roles."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import BadInput, Conflict, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As
from gateway.role import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.administration import Added

__all__ = ["app", "login", "logout"]

app = typer.Typer(help="People and their roles. 人员与角色。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Account name. 账号名。")]
RoleOption = Annotated[Role, typer.Option(help="Role. 角色。")]
Publisher = Annotated[str | None, typer.Option(help="A steward's publisher. 数据专员所属单位。")]


def login(
    name: Annotated[str | None, typer.Argument(help="Account name. 账号名。")] = None,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from standard input. 从标准输入读密码。"),
    ] = False,
    token: Annotated[
        str | None, typer.Option(help="One-time token, to choose a password. 一次性令牌，用于设置密码。")
    ] = None,
) -> None:
    """Sign in; later commands act in this name until `kaizha logout`."""
    from gateway.access import is_institution, sign_in
    from gateway.access.acting import keep_token
    from gateway.access.people import name_of

    gate = opened()
    with gate.registry.reading() as snapshot:
        if not is_institution(snapshot):
            raise Conflict(
                Text("个人空间无需登录", "A personal home needs no sign-in"),
                Text(
                    "试用角色：--as 姓名:角色；建立机构空间：kaizha user add",
                    "To try a role: --as NAME:ROLE; to found an institution's home: kaizha user add",
                ),
            )
    account = name_of(name if name is not None else _ask("用户名", "Name"))
    secret = _password(new=token is not None, stdin=password_stdin)
    signed = sign_in(
        gate.registry, gate.keys, account, token or secret, gate.now(), secret if token else None
    )
    keep_token(os.environ, signed.session.token)
    roles = ", ".join(sorted(signed.person.roles))
    console.say(f"已登录：{account}（{roles}）", f"Signed in as {account} ({roles}).")


def logout() -> None:
    """End the session and forget its token."""
    from gateway.access.acting import forget_token, token_file
    from gateway.access.sessions import end

    file = token_file(os.environ)
    if file.exists():
        gate = opened()
        with gate.registry.transaction() as unit:
            end(unit, gate.keys, file.read_text("utf-8").strip())
        forget_token(os.environ)
    console.say("已退出登录", "Signed out.")


@app.command("add")
def user_add(
    name: Name,
    role: RoleOption,
    publisher: Publisher = None,
    oidc_subject: Annotated[
        str | None,
        typer.Option(help="Subject at the identity provider (sub). 统一身份认证中的主体标识。"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再询问。")] = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Add a person. In a personal home this founds an institution's home, with an administrator; there is no way back."""
    from gateway.access import is_institution
    from gateway.administration import add_person

    gate = opened()
    person = actor(gate, as_)
    with gate.registry.reading() as snapshot:
        founding = not is_institution(snapshot)
    if founding and not yes and sys.stdin.isatty():
        typer.confirm(
            Text(
                "个人空间将变为机构空间，不可撤销。继续？",
                "This personal home becomes an institution's, for good. Go on?",
            ).in_(console.language()),
            abort=True,
        )
    added = add_person(gate, person, name, role, publisher, oidc_subject)
    if founding:
        console.warn(
            "此空间现属于机构：今后每项更改都须登录，原有密钥和演示人员已停用",
            "This home is an institution's now: every change takes a signed-in person; "
            "earlier keys and people of the demo are no longer accepted.",
        )
    _show_tokens(added, as_json)


@app.command("token")
def user_token(name: Name, as_: As = None, as_json: JSON = False) -> None:
    """A new one-time token, for a password that was forgotten; lifts a lock."""
    from gateway.administration import issue_token

    gate = opened()
    _show_tokens([issue_token(gate, actor(gate, as_), name)], as_json)


@app.command("grant")
def user_grant(name: Name, role: RoleOption, publisher: Publisher = None, as_: As = None) -> None:
    """Give a person one more role."""
    from gateway.administration import grant_role

    gate = opened()
    grant_role(gate, actor(gate, as_), name, role, publisher)
    console.say(f"{name} 获得角色 {role.value}", f"{name} now holds the role {role.value}.")


@app.command("revoke")
def user_revoke(name: Name, role: RoleOption, as_: As = None) -> None:
    """Take a role back, at once."""
    from gateway.administration import revoke_role

    gate = opened()
    revoke_role(gate, actor(gate, as_), name, role)
    console.say(f"{name} 不再有角色 {role.value}", f"{name} no longer holds the role {role.value}.")


@app.command("disable")
def user_disable(name: Name, as_: As = None) -> None:
    """Shut an account with its roles, sessions and keys, at once."""
    from gateway.administration import disable_person

    gate = opened()
    disable_person(gate, actor(gate, as_), name)
    console.say(f"账号 {name} 已停用", f"The account {name} is disabled.")


@app.command("enable")
def user_enable(name: Name, as_: As = None) -> None:
    """Open an account again that was shut, in the roles it had; its keys stay revoked."""
    from gateway.administration import enable_person

    gate = opened()
    enable_person(gate, actor(gate, as_), name)
    console.say(f"账号 {name} 已恢复", f"The account {name} is in use again.")


@app.command("list")
def user_list(as_: As = None, as_json: JSON = False) -> None:
    """Everybody, with their roles."""
    from catalog.registry import dump
    from gateway.access import Action, require
    from gateway.access.people import people_list

    gate = opened()
    require(actor(gate, as_), Action.MANAGE_PEOPLE)
    with gate.registry.reading() as snapshot:
        records = people_list(snapshot)
    if as_json:
        console.emit({"people": [dump(one) for one in records]})
        return
    if not records:
        console.say("个人空间，尚无账号", "A personal home: nobody has been added.")
    for one in records:
        roles = ", ".join(one.roles) or "-"
        marks = [mark for mark, set_ in (("demo", one.demo), ("disabled", one.disabled_at)) if set_]
        line = f"{one.name}  {roles}  {one.publisher or '*'}  {' '.join(marks)}"
        console.out.print(line.rstrip(), highlight=False, markup=False)


def _show_tokens(added: Sequence[Added], as_json: bool) -> None:
    if as_json:
        console.emit({"people": [{"name": one.name, "one_time_token": one.one_time_token} for one in added]})
        return
    for one in added:
        sys.stdout.write(f"{one.name} {one.one_time_token}\n")
    console.warn(
        "以上为一次性令牌（三天内有效，不再显示）；本人用它设置密码：kaizha login 用户名 --token 令牌",
        "One-time tokens, valid for three days, not shown again. Each person chooses a password with theirs: "
        "kaizha login NAME --token TOKEN",
    )


def _ask(zh: str, en: str, hide: bool = False, confirm: bool = False) -> str:
    if not sys.stdin.isatty():
        raise BadInput(
            Text("没有可以询问的终端", "There is no terminal to ask on"),
            Text(
                "请写明用户名，并用 --password-stdin 提供密码",
                "Give the name, and the password with --password-stdin",
            ),
            Where(parameter="password-stdin"),
        )
    asked: str = typer.prompt(
        Text(zh, en).in_(console.language()), hide_input=hide, confirmation_prompt=confirm, err=True
    )
    return asked


def _password(*, new: bool, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return _ask("新密码" if new else "密码", "New password" if new else "Password", hide=True, confirm=new)
