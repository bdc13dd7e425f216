"""`kaizha harvest`: what another catalogue lists becomes records of ours, now or again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

if TYPE_CHECKING:
    from gateway.exchange.source import Run

__all__ = ["harvest", "show_run"]

MOST_SHOWN = 20


def harvest(
    url: Annotated[str, typer.Argument(help="The catalogue's address. 目录的网址。")],
    kind: Annotated[
        str,
        typer.Option(
            help="ckan, dcat, data-json, croissant, data-package, ogc, csw; auto: as the document shows. 来源种类。"
        ),
    ] = "auto",
    every: Annotated[
        str, typer.Option(help="Again and again, by the gate: PT6H, P1D, P1W. 定期采集的间隔。")
    ] = "",
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Also submit the files, as any other. 同时提交数据文件。")
    ] = False,
    publisher: Annotated[
        str | None, typer.Option(help="Submit files for this publisher. 以该单位名义提交数据文件。")
    ] = None,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Harvest a catalogue: records, and with --with-data its files through the gate. Exit code 2 where the listing broke
    off."""
    from gateway.exchange.desk import harvest_now, kind_of, register_source, run_json
    from gateway.exchange.source import RunState, Source

    gate = opened()
    person = actor(gate, as_)
    wanted = Source(0, url, kind_of(kind), with_data, publisher or person.publisher, "", person.name)
    source = register_source(gate, person, wanted, every)
    if every:
        console.say(
            f"已登记，由网关按 {every} 采集：kaizha schedule list",
            f"Registered; the gate harvests it every {every}: kaizha schedule list",
        )
        return
    with _progress(as_json) as on_page:
        run = harvest_now(gate, person, source, on_page)
    if as_json:
        console.emit(run_json(run, source))
    else:
        show_run(run_json(run, source))
    if run.state is not RunState.COMPLETE:
        raise typer.Exit(2)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Run], None]]:
    """How far a run has come, on a terminal's standard error."""
    if quiet or not console.err.is_terminal:
        yield lambda run: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console.err, transient=True) as bar:
        task = bar.add_task("采集 harvest", total=None)

        def on_page(run: Run) -> None:
            done = sum(run.counts[name] for name in ("new", "changed", "unchanged", "refused"))
            bar.update(task, completed=done, total=run.expected)

        yield on_page


def show_run(run: dict[str, Any]) -> None:
    """A run's report in words."""
    lang = console.language()
    counts = run["counts"]
    names = {
        "new": ("新增", "new"),
        "changed": ("更新", "changed"),
        "unchanged": ("未变", "unchanged"),
        "deleted": ("已消失", "gone"),
        "refused": ("拒收", "refused"),
        "files": ("文件", "files"),
        "released": ("已开放", "released"),
        "held": ("待定", "held"),
    }
    told = ", ".join(f"{number} {names[name][lang == 'en']}" for name, number in counts.items() if number)
    console.out.print(f"{run['state']}  {run['url']}  {told or '0'}", highlight=False, markup=False)
    for one in run["problems"][:MOST_SHOWN]:
        about = f" {one['about']}" if one["about"] else ""
        console.out.print(f"  {one['kind']}{about}: {one['message'][lang]}", highlight=False, markup=False)
        console.out.print(f"      {one['remedy'][lang]}", style="dim", highlight=False, markup=False)
    if len(run["problems"]) > MOST_SHOWN:
        more = len(run["problems"]) - MOST_SHOWN
        console.say(f"  还有 {more} 项：--json", f"  and {more} more: --json")
