"""`kaizha contract`: the contract of a dataset, its versions, what changed between them, and the standards' forms of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import NotFound
from catalog.text import Text
from gateway.commands import console
from gateway.commands.home import actor, opened
from gateway.commands.options import JSON, As
from gateway.contract_forms import Form

if TYPE_CHECKING:
    from catalog.contract import Contract
    from catalog.contract_version import ContractVersion
    from catalog.dataset import Dataset

__all__ = ["app"]

app = typer.Typer(help="Contracts of datasets. 数据集合同。", no_args_is_help=True)
DatasetId = Annotated[str, typer.Argument(help="Dataset id. 数据集标识。")]
Version = Annotated[str, typer.Option("--version", help="An older version. 其他版本。")]


def _known(dataset_id: str, as_: str | None) -> tuple[Dataset, tuple[ContractVersion, ...]]:
    """The dataset and its contract's versions, newest first, to whom may see them. Raises NotFound."""
    from catalog.registry import queries
    from catalog.registry.contracts import contract_versions
    from gateway.access import Action, require

    gate = opened()
    person = actor(gate, as_)
    require(person, Action.SEE_CONTRACTS)
    with gate.registry.reading() as snapshot:
        dataset = queries.dataset(snapshot, dataset_id)
        versions = contract_versions(snapshot, dataset_id)
    if dataset is None or not versions:
        raise NotFound(
            Text(f"{dataset_id} 没有登记的合同", f"No contract of {dataset_id} is registered"),
            Text(
                "合同随发布登记：kaizha publish 文件 --contract 合同",
                "A contract is registered with a release: kaizha publish FILE --contract CONTRACT",
            ),
        )
    require(person, Action.SEE_CONTRACTS, dataset.publisher)
    return dataset, versions


def _one(versions: tuple[ContractVersion, ...], version: str) -> ContractVersion:
    for one in versions:
        if version in ("", one.version):
            return one
    raise NotFound(
        Text(f"没有合同版本 {version}", f"There is no version {version} of the contract"),
        Text(
            f"已登记：{'、'.join(one.version for one in versions)}",
            f"Registered: {', '.join(one.version for one in versions)}",
        ),
    )


def _as_registered(contract: Contract, old: Contract) -> Contract:
    """A contract from a file as it would be written out over the columns there are now."""
    from catalog.contract import resolved
    from catalog.dataset import Column
    from catalog.registry.elements import current_elements

    schema = tuple(Column(field.name, field.type) for field in old.fields if field.type is not None)
    with opened().registry.reading() as snapshot:
        return resolved(contract, schema, current_elements(snapshot))


@app.command("show")
def contract_show(dataset: DatasetId, version: Version = "", as_: As = None, as_json: JSON = False) -> None:
    """A contract in force (or an older version), and who registered which version when."""
    from catalog.contract_json import contract_json

    about, versions = _known(dataset, as_)
    shown = _one(versions, version)
    history = [
        {
            "version": one.version,
            "registered_by": one.registered_by,
            "registered_at": one.registered_at.isoformat(),
            "previous_until": one.contract.previous_until.isoformat()
            if one.contract.previous_until
            else None,
        }
        for one in versions
    ]
    if as_json:
        console.emit({"dataset": about.id, **contract_json(shown.contract), "versions": history})
        return
    lang = console.language()
    console.out.print(f"[bold]{about.id}[/] {shown.version}", highlight=False)
    for field in shown.contract.fields:
        title = field.title.in_(lang) if field.title else ""
        facts = (field.type.name.lower() if field.type else "", field.unit, field.element)
        console.out.print(
            f"  {field.name}  {title}  {' '.join(fact for fact in facts if fact)}",
            highlight=False,
            markup=False,
        )
    for one in shown.contract.personal:
        console.say(
            f"  个人信息 {'、'.join(one.fields)}：{one.lawful_basis.zh}；{one.purpose.zh}；保存 {one.retention}",
            f"  personal data {', '.join(one.fields)}: {one.lawful_basis.en}; {one.purpose.en}; kept {one.retention}",
        )
    for told in history:
        until = told["previous_until"]
        console.say(
            f"  {told['version']}  {told['registered_by']}  {str(told['registered_at'])[:10]}"
            + (f"  此前主版本至 {until}" if until else ""),
            f"  {told['version']}  {told['registered_by']}  {str(told['registered_at'])[:10]}"
            + (f"  the major version before ends {until}" if until else ""),
        )


@app.command("diff")
def contract_diff(
    dataset: DatasetId,
    before: Annotated[str, typer.Option("--from", help="Default: the version before. 默认：上一版本。")] = "",
    version: Version = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="A contract not yet registered. 尚未登记的合同文件。")
    ] = None,
    as_: As = None,
    as_json: JSON = False,
) -> None:
    """What differs between two versions, or between the one in force and a file, and whether it breaks a promise."""
    from catalog.contract import Contract
    from catalog.contract_diff import diff, effect_of
    from catalog.registry import dump
    from gateway.commands.receive import read_contract

    _, versions = _known(dataset, as_)
    if file is not None:
        old = _one(versions, before).contract
        new = _as_registered(read_contract(file), old)
    else:
        newer = _one(versions, version)
        older = versions[versions.index(newer) + 1 :]
        new = newer.contract
        old = _one(versions, before).contract if before else older[0].contract if older else Contract()
    changes = diff(old, new)
    effect = effect_of(changes)
    if as_json:
        console.emit({"effect": str(effect) if effect else None, "changes": [dump(one) for one in changes]})
        return
    if effect is None:
        console.say("没有变更", "Nothing has changed.")
    for one in changes:
        where = f"{one.field}: " if one.field else ""
        console.out.print(
            f"{one.effect}  {where}{one.text.in_(console.language())}", highlight=False, markup=False
        )


@app.command("export")
def contract_export(
    dataset: DatasetId,
    form: Annotated[Form, typer.Option(help="Which form. 形式。")] = Form.ODCS_YAML,
    to: Annotated[
        Path | None, typer.Option(help="A file to write; standard output without. 导出文件。")
    ] = None,
    version: Version = "",
    as_: As = None,
) -> None:
    """The contract as a file of the Open Data Contract Standard v3, of Frictionless, or as kaizha reads it."""
    from gateway.contract_forms import render_text

    about, versions = _known(dataset, as_)
    text = render_text(form, _one(versions, version).contract, about)
    if to is None:
        sys.stdout.write(text)
        return
    to.write_text(text, "utf-8")
    console.say(f"已导出到 {to.name}", f"It is in {to.name}.")
