"""What `publish` and `check` begin with: the source at a path or on standard input, its contract, the progress shown."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from catalog.contract import Contract
from catalog.errors import BadInput, Where
from catalog.ingest import Source, local, spool, spool_database, spool_file
from catalog.text import Text
from gateway.commands import console
from gateway.commands.options import parse_settings
from gateway.contract_forms import MAX_CONTRACT_BYTES, parse_any
from gateway.governance.outbound import fetch
from gateway.publish.request import Metadata, Request, answered
from gateway.publish.stages import STAGES, Stages
from gateway.settings import GateSettings

__all__ = ["is_database", "progress", "received", "request_for"]


def request_for(
    source: Source, metadata: Metadata, contract: Path | None, answers: list[str] | None, yes: bool
) -> Request:
    """The request of one publication, with answers given in advance."""
    request = Request(source.name, source.sha256, metadata, read_contract(contract), yes=yes)
    return answered(request, parse_settings(answers))


def read_contract(path: Path | None) -> Contract:
    """The contract in a file of any form; an empty one without. Raises BadInput."""
    if path is None:
        return Contract()
    source = local(path, MAX_CONTRACT_BYTES)
    return parse_any(source.path.read_bytes(), source.name)


def is_database(path: str) -> bool:
    """Whether this is the address of a database, not a file, a web address or standard input."""
    return _scheme(path) not in ("", "http", "https")


def _scheme(path: str) -> str:
    return path.partition("://")[0].lower() if "://" in path else ""


@contextmanager
def received(
    folder: Path,
    settings: GateSettings,
    path: str,
    keep: bool,
    table: str | None = None,
    query: str | None = None,
) -> Iterator[Source]:
    """The source at a path or address, or standard input; spooled into `folder` where it is no file, or to be kept.
    `table` and `query` are of a database; which table of a file is a choice of its reading.

    Raises BadInput, Unavailable, TooLarge; nothing of an address that may hold a password is ever in a message.
    """
    scheme = _scheme(path)
    if query and not is_database(path):
        raise BadInput(
            Text("--query 只用于数据库地址", "--query is for a database address"),
            Text("例如 postgresql+psycopg://…", "Such as postgresql+psycopg://…"),
            Where(parameter="query"),
        )
    most = settings.max_upload_bytes
    if path != "-" and not scheme and not keep:
        yield local(Path(path), most)
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        if path == "-":
            yield spool(sys.stdin.buffer, "stdin", Path(scratch), most)
        elif scheme in ("http", "https"):
            with fetch(path, settings.private_sources, settings.source_deadline_s) as stream:
                source = spool(stream, unquote(urlsplit(path).path) or "download", Path(scratch), most)
            yield source
        elif scheme:
            yield spool_database(path, Path(scratch), most, table, query, settings.source_deadline_s)
        else:
            yield spool_file(Path(path), Path(scratch), most)


@contextmanager
def progress(quiet: bool) -> Iterator[Stages]:
    """Stages that show themselves on a terminal's standard error."""
    if quiet or not console.err.is_terminal:
        yield Stages()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console.err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield Stages(on_enter=lambda name: bar.update(task, description=STAGES[name].in_(console.language())))
