"""What `publish` and `check` begin with: the source at a path or on standard input, its contract, the progress shown."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from catalog.contract import Contract
from catalog.errors import BadInput, Where
from catalog.ingest import Source, local, spool, spool_file
from catalog.text import Text
from gateway.commands import console
from gateway.commands.options import parse_settings
from gateway.contract_forms import MAX_CONTRACT_BYTES, parse_any
from gateway.publish.request import Metadata, Request, answered
from gateway.publish.stages import STAGES, Stages

__all__ = ["progress", "received", "request_for"]


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


@contextmanager
def received(folder: Path, max_bytes: int, path: str, keep: bool) -> Iterator[Source]:
    """The source at a path, or standard input; spooled into `folder` where it is standard input or to be kept.

    Raises BadInput.
    """
    if "://" in path:
        scheme = path.partition("://")[0]  # what follows may hold a password
        raise BadInput(
            Text(
                f"这是一个网络或数据库地址（{scheme}://），目前只能发布文件",
                f"This is an address ({scheme}://), and only files can be published now",
            ),
            Text(
                "请先下载或导出为文件，例如：curl 地址 | kaizha publish -",
                "Download or export it first, for example: curl ADDRESS | kaizha publish -",
            ),
            Where(parameter="path"),
        )
    if path != "-" and not keep:
        yield local(Path(path), max_bytes)
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        if path == "-":
            yield spool(sys.stdin.buffer, "stdin", Path(scratch), max_bytes)
        else:
            yield spool_file(Path(path), Path(scratch), max_bytes)


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
