"""`kaizha negative-list`: the list in force, shown and exported."""

from __future__ import annotations

import sys

import typer

from gateway.commands import console
from gateway.commands.options import JSON

__all__ = ["app"]

app = typer.Typer(help="The negative list. 负面清单。", no_args_is_help=True)


@app.command("show")
def list_show(as_json: JSON = False) -> None:
    """The negative list in force (a starter list, never an official one)."""
    from catalog.registry import dump
    from negative_list import load_starter

    entries = load_starter()
    if as_json:
        console.emit(
            {
                "version": entries.version,
                "official": entries.official,
                "entries": [dump(one) for one in entries.entries],
            }
        )
        return
    lang = console.language()
    console.out.print(f"[bold]{entries.title.in_(lang)}[/] {entries.version}")
    for one in entries.entries:
        console.out.print(f"  [cyan]{one.entry_id}[/] {one.identity.description.in_(lang)}")
        console.out.print(
            "      " + "; ".join(str(basis) for basis in one.governance.legal_basis), style="dim"
        )


@app.command("export")
def list_export() -> None:
    """The negative list as TOML, on standard output."""
    from negative_list import load_starter, render_list

    sys.stdout.write(render_list(load_starter()))
