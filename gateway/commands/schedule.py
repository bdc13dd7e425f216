"""`kaizha schedule`: what the gate does again and again, and what became of it."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.commands import console
from gateway.commands.harvest import show_run
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

__all__ = ["app"]

app = typer.Typer(help="Harvests and checks that come again. 定期采集与检查。", no_args_is_help=True)
ScheduleId = Annotated[int, typer.Argument(help="Number of the schedule. 计划编号。")]


@app.command("list")
def schedule_list(as_: As = None, as_json: JSON = False) -> None:
    """Every schedule: its next run, its last one and what came of it."""
    from gateway.exchange.desk import schedule_json

    gate = opened()
    found = schedule_json(gate, actor(gate, as_))
    if as_json:
        console.emit({"schedules": found})
        return
    for one in found:
        state = "running" if one["running"] else "paused" if one["paused"] else one["next_at"][:16]
        last = f"{one['last_at'][:16]} {one['result']['state']}" if one["last_at"] else "–"
        console.out.print(
            f"{one['id']}  {one['kind']:10}{one['every']:7}{state:18}{last:28}{one['url']}",
            highlight=False,
            markup=False,
        )
    console.say(f"共 {len(found)} 项计划", f"{len(found)} schedules")


@app.command("runs")
def schedule_runs(
    limit: Annotated[int, typer.Option(help="How many. 条数。", min=1, max=500)] = 20,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Harvests, the newest first, each with its report."""
    from gateway.exchange.desk import harvests

    gate = opened()
    found = harvests(gate, actor(gate, as_), limit)
    if as_json:
        console.emit({"harvests": found})
        return
    for one in found:
        show_run(one)


@app.command("pause")
def schedule_pause(schedule: ScheduleId, as_: As = None) -> None:
    """Not to be run until it is resumed."""
    _take(schedule, "pause", as_)


@app.command("resume")
def schedule_resume(schedule: ScheduleId, as_: As = None) -> None:
    """To be run again when it is due."""
    _take(schedule, "resume", as_)


@app.command("run")
def schedule_run(schedule: ScheduleId, as_: As = None) -> None:
    """Due now: the gate runs it as soon as it can."""
    _take(schedule, "run", as_)


@app.command("remove")
def schedule_remove(schedule: ScheduleId, as_: As = None) -> None:
    """End a schedule; what it has harvested stays."""
    _take(schedule, "remove", as_)


def _take(schedule: int, what: str, as_: str | None) -> None:
    from gateway.exchange.desk import take_schedule

    gate = opened()
    found = take_schedule(gate, actor(gate, as_), schedule, what)
    done = {
        "pause": ("已暂停", "is paused"),
        "resume": ("已恢复", "is resumed"),
        "run": ("即将执行", "is due now"),
        "remove": ("已结束", "has ended"),
    }[what]
    console.say(f"计划 {found.id} {done[0]}", f"Schedule {found.id} {done[1]}.")
