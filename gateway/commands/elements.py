"""`kaizha element`: the register of standard data elements."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

__all__ = ["app"]

app = typer.Typer(help="Standard data elements. 数据元登记。", no_args_is_help=True)


@app.command("import")
def element_import(
    path: Annotated[Path, typer.Argument(help="Form of elements, CSV or XLSX. 数据元表。")],
    as_: As = None,
) -> None:
    """Take in a form of elements, all of it or nothing; a registered version never changes."""
    from catalog.ingest import local
    from catalog.ingest.form_sheet import MAX_FORM_BYTES
    from gateway.access import Action, require
    from gateway.elements import import_elements

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.WRITE_ELEMENTS)
    done = import_elements(gate, person, local(path, MAX_FORM_BYTES))
    console.say(
        f"登记 {done.added} 个版本，{done.known} 个此前已登记",
        f"{done.added} versions registered, {done.known} were there already.",
    )


@app.command("list")
def element_list(as_json: JSON = False) -> None:
    """Every element in its newest version, and how many released fields of each publisher are bound to one."""
    from catalog.counts import adoption
    from catalog.registry import dump, queries
    from catalog.registry.elements import current_elements

    gate = opened()
    with gate.registry.reading() as snapshot:
        found = current_elements(snapshot)
        adopted = adoption(queries.all_current(snapshot))
    if as_json:
        console.emit(
            {"elements": [dump(one) for one in found.values()], "adoption": [dump(one) for one in adopted]}
        )
        return
    lang = console.language()
    for one in found.values():
        form = f"  {one.format}" if one.format else ""
        console.out.print(
            f"{one.code}@{one.version}  {one.name.in_(lang)}  {one.type.name.lower()}{form}  {one.grade}",
            highlight=False,
            markup=False,
        )
    for who in adopted:
        console.say(
            f"{who.publisher}：已开放字段 {who.fields}，绑定数据元 {who.bound}",
            f"{who.publisher}: {who.bound} of {who.fields} released fields bound",
        )


@app.command("show")
def element_show(
    code: Annotated[str, typer.Argument(help="Code of the element. 数据元代码。")],
    version: Annotated[int | None, typer.Option(help="An older version. 其他版本。")] = None,
    as_json: JSON = False,
) -> None:
    """One element, and on whose word it stands in the register."""
    from catalog.registry import dump
    from catalog.registry.elements import element_record

    gate = opened()
    with gate.registry.reading() as snapshot:
        record = element_record(snapshot, code, version)
    if as_json:
        console.emit(dump(record))
        return
    lang, one = console.language(), record.element
    console.out.print(f"[bold]{one.code}@{one.version}[/] {one.name.zh} · {one.name.en}", highlight=False)
    console.out.print(one.definition.in_(lang), highlight=False, markup=False)
    domain = " | ".join(one.values) or " … ".join(
        "" if n is None else f"{n:g}" for n in (one.minimum, one.maximum)
    )
    for zh, en, said in (
        ("类型", "type", f"{one.type.name.lower()} {one.format}"),
        ("值域", "domain", domain.strip(" …") and domain),
        ("单位", "unit", one.unit),
        ("级别", "grade", str(one.grade)),
        ("管理单位", "owner", one.owner),
        ("依据", "source", one.source),
        ("登记", "registered", f"{record.registered_by} {record.registered_at:%Y-%m-%d}"),
    ):
        if said:
            console.out.print(f"  {zh if lang == 'zh' else en}: {said}", highlight=False, markup=False)


@app.command("export")
def element_export(
    to: Annotated[
        Path | None, typer.Option(help="A CSV file to write; standard output without. 导出文件。")
    ] = None,
) -> None:
    """Every version as a form (CSV) that can be imported again."""
    from catalog.element_form import write_elements
    from catalog.registry.elements import all_elements

    gate = opened()
    with gate.registry.reading() as snapshot:
        rows = write_elements(all_elements(snapshot))
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    if to is None:
        sys.stdout.write(text.getvalue())
        return
    to.write_text(text.getvalue(), "utf-8-sig")  # with a mark, so that Excel reads it as UTF-8
    console.say(f"已导出 {len(rows) - 1} 个版本到 {to.name}", f"{len(rows) - 1} versions are in {to.name}.")
