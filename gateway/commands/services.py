"""`kaizha service`: purpose-built APIs, declared, proposed, looked at, deprecated and retired."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalog.errors import BadInput, NotFound, Where
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As

if TYPE_CHECKING:
    from catalog.service import ServiceRecord

__all__ = ["app"]

app = typer.Typer(help="Purpose-built APIs. 数据服务。", no_args_is_help=True)
ServiceId = Annotated[str, typer.Argument(help="Service id. 服务标识。")]
Version = Annotated[str, typer.Option("--version", help="A version; the newest without. 版本，缺省为最新。")]


@app.command("add")
def service_add(
    file: Annotated[list[Path], typer.Argument(help="YAML, one service a file. 服务声明文件。")],
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Declare operations: each is checked, screened and asked its example; active where it answers."""
    from gateway.access import Action, require
    from gateway.services.lifecycle import declare

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.DECLARE_SERVICE)
    done = [declare(gate, person, _content(one), one.name) for one in file]
    _told(done, as_json)


@app.command("propose")
def service_propose(
    dataset: Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")],
    add: Annotated[bool, typer.Option("--add", help="Declare them. 直接声明。")] = False,
    folder: Annotated[
        Path | None, typer.Option("--to", help="Write a file each into this folder. 写入此文件夹。")
    ] = None,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Operations proposed from a dataset's fields: by key, by district, by period, by name, statistics."""
    from catalog.service_form import render_service
    from gateway.services.lifecycle import declare_all
    from gateway.services.propose import propose

    gate = opened()
    person = actor(gate, as_)
    found = propose(gate, person, dataset)
    if add:
        _told(list(declare_all(gate, person, [(one, f"{one.id}.yaml") for one in found])), as_json)
        return
    for one in found:
        text = render_service(one)
        if folder is None:
            sys.stdout.write(f"---\n{text}")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{one.id}.yaml").write_text(text, "utf-8")
    console.warn(
        f"建议 {len(found)} 个服务；可修改后 kaizha service add，或加 --add 直接声明",
        f"{len(found)} proposed. Edit them and kaizha service add, or declare them with --add.",
    )


@app.command("list")
def service_list(
    dataset: Annotated[str, typer.Option(help="Only on this dataset. 仅此数据集。")] = "",
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Every version declared, where it stands, and what it last answered."""
    from gateway.processes.services import declarations

    gate = opened()
    found = declarations(gate, actor(gate, as_), dataset)
    if as_json:
        console.emit({"services": found})
        return
    for one in found:
        console.out.print(
            f"{one['state']:10}  {_probe(one['probe']):9}  {one['id']} {one['version']}  {one['title'][console.language()]}",
            highlight=False,
            markup=False,
        )
    console.say(f"共 {len(found)} 个版本", f"{len(found)} versions")


@app.command("show")
def service_show(service: ServiceId, version: Version = "", as_: As = None, as_json: JSON = False) -> None:
    """One version as it was declared, why it is held or refused, and what it last answered."""
    from catalog.registry.services import service_records
    from catalog.service import version_key
    from catalog.service_form import render_service
    from gateway.processes.services import declarations

    gate = opened()
    seen = declarations(gate, actor(gate, as_))
    mine = [one for one in seen if one["id"] == service and version in ("", one["version"])]
    if not mine:
        raise NotFound(
            Text(f"没有服务 {service} {version}", f"There is no service {service} {version}"),
            Text("用 kaizha service list 查看", "See kaizha service list"),
        )
    told = max(mine, key=lambda one: version_key(one["version"]))
    if as_json:
        console.emit(told)
        return
    with gate.registry.reading() as snapshot:
        records = service_records(snapshot, service_id=service)
    [record] = [one for one in records if one.service.version == told["version"]]
    sys.stdout.write(render_service(record.service))
    _say(record)
    if told["probe"] and told["probe"]["failure"]:
        failure = told["probe"]["failure"]
        console.warn(f"最近一次探测：{failure['zh']}", f"Its last probe: {failure['en']}")


@app.command("probe")
def service_probe(service: ServiceId, as_: As = None, as_json: JSON = False) -> None:
    """Ask an operation its example now; exit code 2 where it does not answer."""
    from catalog.registry.services import last_probes
    from gateway.services.lifecycle import probe

    gate = opened()
    asked = probe(gate, actor(gate, as_), service)
    with gate.registry.reading() as snapshot:
        found = last_probes(snapshot, [one.number for one in asked])
    if as_json:
        from catalog.registry import dump

        console.emit({"probes": [dump(found[one.number]) for one in asked]})
    for one in asked:
        probed = found[one.number]
        if not as_json:
            why = Text("应答正常", "answers") if probed.failure is None else probed.failure
            console.say(
                f"{service} {one.service.version}：{why.zh}", f"{service} {one.service.version}: {why.en}"
            )
    if not all(found[one.number].answered for one in asked):
        raise typer.Exit(2)


@app.command("deprecate")
def service_deprecate(
    service: ServiceId,
    version: Version = "",
    sunset: Annotated[str, typer.Option(help="Its last day, YYYY-MM-DD. 截止日期。")] = "",
    successor: Annotated[str, typer.Option(help="The version that takes its place. 后继版本。")] = "",
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """Say that a version is to be left, until when it answers, and what takes its place (RFC 9745, RFC 8594)."""
    from gateway.moment import day_of
    from gateway.services.lifecycle import deprecate

    gate = opened()
    last = day_of(sunset, "sunset") if sunset else None
    _told([deprecate(gate, actor(gate, as_), service, version, last, successor)], as_json)


@app.command("retire")
def service_retire(
    service: ServiceId,
    reason: Annotated[str, typer.Option(help="Why. 停用的理由。")],
    version: Version = "",
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """End a version at once: it answers 410 from then on."""
    from gateway.services.lifecycle import retire

    gate = opened()
    _told([retire(gate, actor(gate, as_), service, version, reason)], as_json)


@app.command("answer")
def service_answer(
    service: ServiceId,
    version: Version = "",
    accept: Annotated[bool, typer.Option("--accept/--refuse", help="Yes or no. 同意或拒绝。")] = False,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """An officer's word on an operation that is held."""
    from gateway.services.lifecycle import decide

    gate = opened()
    _told([decide(gate, actor(gate, as_), service, version, accept=accept)], as_json)


def _content(path: Path) -> bytes:
    from catalog.service_form import MAX_SERVICE_BYTES

    try:
        with path.open("rb") as stream:
            return stream.read(MAX_SERVICE_BYTES + 1)
    except OSError:
        raise BadInput(
            Text("无法读取服务声明文件", "The declaration cannot be read"),
            Text("请核对路径；形式见 docs/services.md", "See the path; its form stands in docs/services.md"),
            Where(file=path.name),
        ) from None


def _told(records: list[ServiceRecord], as_json: bool) -> None:
    """Say where each stands; leave with 3 where one is held, 4 where one is refused, 2 where one does not answer yet."""
    from catalog.service import ServiceState
    from gateway.processes.services import record_json

    if as_json:
        console.emit({"services": [record_json(one) for one in records]})
    else:
        for one in records:
            _say(one)
    states = {one.state for one in records}
    for state, code in ((ServiceState.REFUSED, 4), (ServiceState.HELD, 3), (ServiceState.DECLARED, 2)):
        if state in states:
            raise typer.Exit(code)


def _say(record: ServiceRecord) -> None:
    service = record.service
    console.out.print(
        f"{record.state}  {service.id} {service.version}  {service.title.in_(console.language())}",
        highlight=False,
        markup=False,
    )
    for one in record.told:
        console.out.print(f"  {one.in_(console.language())}", highlight=False, markup=False)
    if record.state == "declared":
        console.say(
            f"  已声明，但示例没有得到应答：kaizha service show {service.id}",
            f"  Declared, but its example was not answered: kaizha service show {service.id}",
        )


def _probe(probed: Any) -> str:
    return "–" if probed is None else "answers" if probed["answered"] else "silent"
