"""`kaizha holdings`: what publishers hold, registered whether anything of it is opened or not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.holding import Holding, HoldingState
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

if TYPE_CHECKING:
    from gateway.holdings import Registered

__all__ = ["app"]

app = typer.Typer(help="What publishers hold. 归集：各单位持有的数据。", no_args_is_help=True)
Publisher = Annotated[str | None, typer.Option(help="Who holds it; a steward's own without. 持有单位。")]


@app.command("add")
def holdings_add(
    name: Annotated[str, typer.Argument(help="Its name, unique with its holder. 名称。")],
    publisher: Publisher = None,
    title: Annotated[str, typer.Option(help="Title. 标题。")] = "",
    description: Annotated[str, typer.Option(help="Description. 摘要。")] = "",
    field: Annotated[list[str] | None, typer.Option(help="A column, repeatable. 数据项，可重复。")] = None,
    dataset: Annotated[
        str | None, typer.Option(help="The dataset it is or will be. 对应的数据集标识。")
    ] = None,
    as_: As = None,
) -> None:
    """Register one thing by hand; the same name again brings it up to date."""
    from catalog.holding import COLUMNS, SEPARATOR, read_holdings
    from gateway.access import Action, require
    from gateway.holdings import publisher_of, register

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.REGISTER_HOLDINGS)
    whose = publisher_of(person, publisher)
    cells = {"name": name, "title": title, "description": description, "dataset": dataset or ""}
    cells |= {"publisher": whose, "fields": SEPARATOR.join(field or ())}
    rows = [[one.key for one in COLUMNS], [cells[one.key] for one in COLUMNS]]
    _say(register(gate, person, [_by_hand(one) for one in read_holdings(rows, "holdings add", whose)]))


def _by_hand(holding: Holding) -> Holding:
    return replace(holding, source="by hand")


@app.command("import")
def holdings_import(
    path: Annotated[Path, typer.Argument(help="Form of holdings, CSV or XLSX. 登记表。")],
    publisher: Publisher = None,
    as_: As = None,
) -> None:
    """Register a form of holdings, all of it or nothing: name, publisher, title, description, fields, dataset."""
    from catalog.holding import read_holdings
    from catalog.ingest import local
    from catalog.ingest.form_sheet import MAX_FORM_BYTES, form_rows
    from gateway.access import Action, require
    from gateway.holdings import register

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.REGISTER_HOLDINGS)
    source = local(path, MAX_FORM_BYTES)
    given = read_holdings(form_rows(source, gate.spool), source.name, publisher or person.publisher)
    _say(register(gate, person, given))


@app.command("scan")
def holdings_scan(
    url: Annotated[
        str | None,
        typer.Argument(
            help="SQLAlchemy URL; - asks for it; without, KAIZHA_SCAN_URL. 数据库地址，- 则提示输入。"
        ),
    ] = None,
    publisher: Publisher = None,
    schema: Annotated[str | None, typer.Option(help="A schema; the default one without. 模式名。")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, register nothing. 只显示。")] = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Look over a database, tables and columns by name and no row, and register each table. The address is forgotten."""
    from catalog.registry import dump
    from gateway.access import Action, require
    from gateway.holdings import publisher_of, register
    from gateway.sqlalchemy_scan import scan_database

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.REGISTER_HOLDINGS)
    whose = publisher_of(person, publisher)
    require(person, Action.REGISTER_HOLDINGS, whose)
    address = os.environ.get("KAIZHA_SCAN_URL", "") if url is None else url
    if url == "-":
        address = typer.prompt("URL", hide_input=True, err=True)
    found = scan_database(address, whose, schema)
    if as_json:
        console.emit({"holdings": [dump(one) for one in found]})
    else:
        for one in found:
            console.out.print(f"{one.name}  {len(one.fields)}", highlight=False, markup=False)
    if not dry_run:
        done = register(gate, person, found)
        if not as_json:
            _say(done)


@app.command("retire")
def holdings_retire(
    name: Annotated[str, typer.Argument(help="Its name. 名称。")],
    reason: Annotated[str, typer.Option(help="Why it is held no longer. 不再持有的理由。")],
    publisher: Publisher = None,
    as_: As = None,
) -> None:
    """Say that something is held no longer, and why. Nothing is deleted; registered again, it is held again."""
    from gateway.access import Action, require
    from gateway.holdings import publisher_of, retire

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.REGISTER_HOLDINGS)
    retire(gate, person, publisher_of(person, publisher), name, reason)
    console.say(f"已注明不再持有：{name}", f"{name} is held no longer.")


@app.command("list")
def holdings_list(
    publisher: Publisher = None,
    state: Annotated[list[HoldingState] | None, typer.Option(help="Only these. 只列这些状态。")] = None,
    as_of: Annotated[str, typer.Option(help="A past date or time. 过去的日期或时间。")] = "",
    retired: Annotated[
        bool, typer.Option("--retired", help="Those held no longer, too. 含不再持有的。")
    ] = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """What publishers hold, and where each stands or stood: held, open, granted, refused, pending."""
    from catalog.holding import tally
    from catalog.registry import dump
    from gateway.holdings import shown_to
    from gateway.moment import moment_of

    gate = opened()
    moment = moment_of(as_of, gate.now())
    seen = shown_to(gate, actor(gate, as_), publisher, moment)
    listed = [one for one in seen if (not state or one.state in state) and (retired or one.retired is None)]
    total = tally(seen)
    if as_json:
        console.emit(
            {"as_of": moment.isoformat(), "holdings": [dump(one) for one in listed], "total": dump(total)}
        )
        return
    for one in listed:
        held = one.holding
        dataset = f"  {held.dataset_id}" if held.dataset_id else ""
        console.out.print(
            f"{'retired' if one.retired else one.state:8}  {held.publisher}  {held.name}  {held.title}{dataset}"
            + (f"  {one.retired.reason}" if one.retired else ""),
            highlight=False,
            markup=False,
        )
    console.say(
        f"共持有 {total.held}：开放 {total.open}，授权 {total.granted}，不予开放 {total.refused}，"
        f"处理中 {total.pending}，仅登记 {total.unsubmitted}",
        f"{total.held} held: {total.open} open, {total.granted} granted, {total.refused} refused, "
        f"{total.pending} pending, {total.unsubmitted} registered only",
    )


def _say(done: Registered) -> None:
    console.say(
        f"登记 {done.added} 项，更新 {done.changed} 项",
        f"{done.added} registered, {done.changed} brought up to date.",
    )
