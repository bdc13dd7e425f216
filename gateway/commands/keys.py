"""`kaizha key`: API keys, each shown once; plans; how keys and datasets are used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As
from gateway.role import Role

if TYPE_CHECKING:
    from gateway.access import KeyRecord
    from gateway.access.plan import Plan

__all__ = ["app"]

app = typer.Typer(help="API keys, plans, usage. 接口密钥、套餐、使用情况。", no_args_is_help=True)
NO_KEY_FOR = (Role.ANONYMOUS, Role.OWNER, Role.ADMINISTRATOR)
Prefix = Annotated[str, typer.Argument(help="The key's prefix. 密钥前缀。")]


@app.command("issue")
def key_issue(
    label: Annotated[str, typer.Option(help="Its name. 名称。")],
    role: Annotated[Role, typer.Option(help="Role. 角色。")] = Role.STEWARD,
    publisher: Annotated[str | None, typer.Option(help="Only for this publisher. 仅限该单位。")] = None,
    purpose: Annotated[str, typer.Option(help="What it is used for. 用途。")] = "",
    dataset: Annotated[
        list[str] | None, typer.Option(help="Only for these datasets, repeatable. 仅限这些数据集，可重复。")
    ] = None,
    plan: Annotated[str, typer.Option(help="Plan, see `key plans`. 套餐。")] = "",
    expires: Annotated[str, typer.Option(help="When it ends, ISO 8601. 失效时间。")] = "",
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
    from gateway.access.keys import KeyTerms
    from gateway.keys import issue_key
    from gateway.moment import moment_given

    terms = KeyTerms(plan, purpose, tuple(dict.fromkeys(dataset or ())), moment_given(expires, "expires"))
    gate = opened()
    _show_once(issue_key(gate, actor(gate, as_), label, role, publisher, terms))


@app.command("rotate")
def key_rotate(
    prefix: Prefix,
    until: Annotated[
        str, typer.Option(help="The old key is taken until then; a week. 旧密钥用至何时，默认一周。")
    ] = "",
    as_: As = None,
) -> None:
    """A new key on the same terms; the old one is taken beside it until a stated moment, then refused."""
    from gateway.keys import rotate_key
    from gateway.moment import moment_given

    gate = opened()
    key, last = rotate_key(gate, actor(gate, as_), prefix, moment_given(until, "until"))
    _show_once(key)
    console.warn(
        f"旧密钥 {prefix} 可用至 {last:%Y-%m-%d %H:%M} UTC",
        f"{prefix} works until {last:%Y-%m-%d %H:%M} UTC.",
    )


@app.command("revoke")
def key_revoke(prefix: Prefix, as_: As = None) -> None:
    """Refuse a key from now on."""
    from gateway.keys import revoke_key

    gate = opened()
    revoke_key(gate, actor(gate, as_), prefix)
    console.say(f"密钥 {prefix} 已停用", f"Key {prefix} is revoked.")


@app.command("list")
def key_listing(as_: As = None, as_json: JSON = False) -> None:
    """Keys, newest first; never the keys themselves. One's own, or all for who manages them."""
    from catalog.registry import dump
    from gateway.keys import keys_of

    gate = opened()
    records = keys_of(gate, actor(gate, as_))
    if as_json:
        console.emit({"keys": [dump(one) for one in records]})
        return
    for one in records:
        console.out.print(
            f"{one.prefix}  {one.role.value}  {one.publisher or '*'}  {one.terms.plan}  {_standing(one)}  "
            f"{one.holder or '-'}  {one.label}",
            highlight=False,
            markup=False,
        )


@app.command("usage")
def key_usage(
    datasets: Annotated[
        bool, typer.Option("--datasets", help="Of datasets, not of keys. 按数据集，而非按密钥。")
    ] = False,
    since: Annotated[str, typer.Option(help="First day. 起始日。")] = "",
    until: Annotated[str, typer.Option(help="Last day. 结束日。")] = "",
    publisher: Annotated[str | None, typer.Option(help="Publisher. 提供单位。")] = None,
    dataset: Annotated[str | None, typer.Option(help="Dataset. 数据集。")] = None,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Requests by day, dataset and status: of one's own keys, or of the datasets one answers for."""
    from gateway.keys import usage_of
    from gateway.moment import day_of

    first = day_of(since, "since") if since else None
    last = day_of(until, "until") if until else None
    gate = opened()
    of = "datasets" if datasets else "keys"
    found = usage_of(gate, actor(gate, as_), of, first, last, publisher, dataset)
    if as_json:
        console.emit(found)
        return
    for one in found["usage"]:
        console.out.print(
            f"{one['day']}  {one.get('key', '')}  {one['dataset'] or '-'}  {one['status']}  "
            f"{one['requests']:,}  {one['bytes']:,} B",
            highlight=False,
            markup=False,
        )


@app.command("plans")
def key_plans(as_json: JSON = False) -> None:
    """The plans and their limits."""
    from catalog.registry import dump
    from gateway.access.plans import plans_in_force

    gate = opened()
    with gate.registry.reading() as snapshot:
        found = plans_in_force(snapshot).values()
    if as_json:
        console.emit({"plans": [dump(one) for one in found]})
        return
    for one in found:
        _show_plan(one)


@app.command("plan")
def key_plan(
    name: Annotated[str, typer.Argument(help="Plan. 套餐。")],
    per_second: Annotated[float, typer.Option(help="Requests a second. 每秒请求数。")],
    burst: Annotated[int, typer.Option(help="Requests at once. 突发请求数。")],
    daily: Annotated[int, typer.Option(help="Requests a day. 每日请求数。")],
    concurrent: Annotated[int, typer.Option(help="Requests at one time. 并发请求数。")],
    as_: As = None,
) -> None:
    """Set the limits of a plan, for all who have it."""
    from gateway.access.plan import Plan
    from gateway.keys import change_plan

    gate = opened()
    _show_plan(change_plan(gate, actor(gate, as_), Plan(name, per_second, burst, daily, concurrent)))


def _show_once(key: str) -> None:
    sys.stdout.write(key + "\n")
    console.warn("请妥善保存，此密钥不会再次显示", "Keep it now: it is not shown again.")


def _show_plan(plan: Plan) -> None:
    console.say(
        f"{plan.name}：每秒 {plan.per_second:g} 次，突发 {plan.burst}，每日 {plan.daily:,}，并发 {plan.concurrent}",
        f"{plan.name}: {plan.per_second:g} a second, {plan.burst} at once, {plan.daily:,} a day, "
        f"{plan.concurrent} at one time",
    )


def _standing(one: KeyRecord) -> str:
    if one.revoked_at:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    return f"until {one.terms.ends_at:%Y-%m-%d}" if one.terms.ends_at else "in force"
