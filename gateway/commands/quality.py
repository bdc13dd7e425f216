"""`kaizha quality`: the suite a dataset is measured by, shown and set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

__all__ = ["app"]

app = typer.Typer(help="Quality rules. 质量规则。", no_args_is_help=True)


@app.command("show")
def quality_show(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")], as_: As = None
) -> None:
    """The suite in force as JSON, or the one proposed from the newest version; to be edited and given to `edit`."""
    from gateway.publish.suites import proposed

    gate = opened()
    known, suite = proposed(gate, actor(gate, as_), dataset)
    if known is None:
        console.warn("尚未设置；以下为建议", "None is set; this one is proposed.")
    else:
        least = "–" if known.threshold is None else f"{known.threshold:g}"
        console.warn(
            f"由 {known.by} 于 {known.at:%Y-%m-%d} 设置；门槛 {least}",
            f"Set by {known.by} on {known.at:%Y-%m-%d}; threshold {least}.",
        )
    console.emit(dict(suite))


@app.command("edit")
def quality_edit(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    suite: Annotated[Path, typer.Option(help="Great Expectations suite (JSON). 规则集文件。")],
    threshold: Annotated[float | None, typer.Option(help="Least score, 0 to 1. 最低得分。")] = None,
    as_: As = None,
) -> None:
    """Set the suite that the dataset's next publication is measured by; below the threshold it is held."""
    from gateway.access import Action, require
    from gateway.publish.suites import set_suite

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.SUBMIT)  # before the file is read
    given = set_suite(gate, person, dataset, _read(suite), threshold)
    number = len(given.suite["expectations"])
    console.say(
        f"{dataset}：{number} 条规则，自下次发布起使用",
        f"{dataset}: {number} rules, used from the next publication on.",
    )


@app.command("metadata")
def quality_metadata(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")], as_json: JSON = False
) -> None:
    """How good the metadata of an open dataset are (EU MQA, 405 points), what is missing, and how to mend it."""
    from gateway.metadata_reports import metadata_json, metadata_of, show_metadata

    gate = opened()
    found = metadata_of(gate, dataset)
    if as_json:
        console.emit(metadata_json(dataset, found))
    else:
        show_metadata(console.out, dataset, found, console.language())


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise BadInput(
            Text("规则集文件不存在或不是 JSON", "The suite is missing or is not JSON"),
            Text("kaizha quality show 给出可编辑的规则集", "kaizha quality show gives a suite to edit"),
            Where(file=path.name, line=line),
        ) from None
    return value if isinstance(value, dict) else {}
