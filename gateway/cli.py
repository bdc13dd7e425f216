"""The command line ``kaizha``, assembled: commands stand in `gateway.commands`, one module a subject."""

from __future__ import annotations

import sys

import typer

from catalog.errors import KaizhaError
from catalog.text import Text
from gateway.commands import (
    console,
    contracts,
    elements,
    harvest,
    holdings,
    keys,
    negative_list,
    people,
    publish,
    push,
    quality,
    review,
    schedule,
    serve,
    services,
    subscriptions,
)

__all__ = ["app", "main"]

app = typer.Typer(
    help="Kaizha 开闸: open-data publishing and API gateway.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (
    publish.publish,
    publish.check,
    publish.withdraw,
    harvest.harvest,
    push.push,
    serve.counts,
    serve.verify,
    serve.demo,
    serve.serve,
    people.login,
    people.logout,
):
    app.command()(command)
app.add_typer(review.app, name="review")
app.add_typer(quality.app, name="quality")
app.add_typer(negative_list.app, name="negative-list")
app.add_typer(contracts.app, name="contract")
app.add_typer(elements.app, name="element")
app.add_typer(holdings.app, name="holdings")
app.add_typer(services.app, name="service")
app.add_typer(schedule.app, name="schedule")
app.add_typer(keys.app, name="key")
app.add_typer(subscriptions.app, name="subscription")
app.add_typer(people.app, name="user")


def main() -> None:
    """Run a command; errors of the tree become messages and their exit codes (5 for anything unforeseen)."""
    try:
        app()
    except KaizhaError as error:
        console.show_error(console.err, error, console.language())
        sys.exit(error.exit_code)
    except Exception as error:
        console.show_error(console.err, _internal(error), console.language())
        sys.exit(5)


def _internal(error: Exception) -> KaizhaError:
    kind = type(error).__name__
    return KaizhaError(
        Text(f"内部错误（{kind}），没有任何内容被开放", f"An internal error ({kind}); nothing was opened"),
        Text(
            "请重试；如再次出现，请附命令报告此问题",
            "Try again; if it happens again, report it with the command",
        ),
    )
