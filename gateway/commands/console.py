"""The terminal: where commands write, in the reader's language; errors as three lines; JSON as one document."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from catalog.errors import BadInput, KaizhaError
from catalog.text import Language, Text

if TYPE_CHECKING:
    from gateway.publish.report import Report

__all__ = ["conclude", "emit", "err", "language", "out", "say", "show_error", "warn"]

MOST_FLAWS = 20
out = Console()
err = Console(stderr=True)


def language() -> Language:
    """zh where KAIZHA_LANG or the locale says so, otherwise en."""
    chosen = os.environ.get("KAIZHA_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


def say(zh: str, en: str) -> None:
    """A sentence on standard output."""
    out.print(Text(zh, en).in_(language()), highlight=False)


def warn(zh: str, en: str) -> None:
    """A sentence on standard error: for people, beside what a program reads from standard output."""
    err.print(Text(zh, en).in_(language()), highlight=False)


def emit(value: Any) -> None:
    """JSON on standard output, for machines: one document, no wrapping."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def show_error(console: Console, error: KaizhaError, lang: Language) -> None:
    """What is wrong, where, and what to do next: three lines, and one more for each flaw of a sheet."""
    where = str(error.where)
    console.print(f"[red]{'错误' if lang == 'zh' else 'Error'}:[/] {escape(error.message.in_(lang))}")
    if where:
        console.print(f"  {'位置' if lang == 'zh' else 'where'}: {escape(where)}")
    flaws = error.flaws if isinstance(error, BadInput) else ()
    for flaw in flaws[:MOST_FLAWS]:
        console.print(f"  {escape(str(flaw.where))}: {escape(flaw.message.in_(lang))}", highlight=False)
        console.print(f"      {escape(flaw.remedy.in_(lang))}", style="dim", highlight=False)
    if len(flaws) > MOST_FLAWS:
        more = len(flaws) - MOST_FLAWS
        console.print(Text(f"  还有 {more} 处", f"  and {more} more").in_(lang))
    console.print(f"  {'办法' if lang == 'zh' else 'next'}:  {escape(error.remedy.in_(lang))}")


def conclude(report: Report, as_json: bool) -> None:
    """Show a report and leave with its exit code: 0 released, 3 held, 4 refused."""
    import typer

    from catalog.registry import dump
    from catalog.release import State
    from gateway.cli_report import show_report

    if as_json:
        emit(dump(report))
    else:
        show_report(out, report, language())
    raise typer.Exit({State.RELEASED: 0, State.HELD: 3, State.REFUSED: 4}[report.state])
