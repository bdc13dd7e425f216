"""Whether an operation may be declared: it fits the releases that are open, it means something of its own, and the negative
list has nothing against it, which is asked of it as of any dataset.

An operation over one dataset shows columns that were judged already; it is screened again because its own words (title,
description) may name what an entry shuts. A joined one is judged by what comes out of the join (`gateway.services.views`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from catalog.dataset import Dataset
from catalog.decision import Decision, Reason
from catalog.errors import BadInput, Conflict, Where
from catalog.registry import queries
from catalog.release import Release
from catalog.service import Service, ServiceState
from catalog.subject import Subject
from catalog.text import Text
from gateway.gate import Gate
from gateway.governance import store
from gateway.publish.law import Law
from gateway.publish.standing import law_for
from gateway.serve.operation import columns_used, compile_operation, digest_of
from negative_list import decided
from negative_list.outcome import may_leave
from privacy import held_in_label

__all__ = ["Judged", "check_words", "judge_single", "not_open", "own_releases", "screened"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a declaration: `told` why it is held or refused; `meaning` its digest; `list_version` by what it was
    judged."""

    state: ServiceState
    meaning: str
    list_version: str
    told: tuple[Text, ...] = ()


def own_releases(gate: Gate, service: Service) -> dict[str, tuple[int, Release]]:
    """Dataset → number and record of the release open now, of all that it rests on. Raises Conflict: one is not open."""
    found: dict[str, tuple[int, Release]] = {}
    with gate.registry.reading() as snapshot:
        standing = queries.standing(snapshot)
        for dataset_id in service.datasets:
            if dataset_id not in standing:
                raise not_open(dataset_id)
            number = standing[dataset_id]
            found[dataset_id] = (number, queries.numbered_release(snapshot, number))
    return found


def not_open(dataset_id: str) -> Conflict:
    return Conflict(
        Text(f"数据集 {dataset_id} 没有开放中的发布", f"Nothing of dataset {dataset_id} is open"),
        Text("服务只能声明在已开放的数据集上", "A service is declared on datasets that are open"),
        Where(parameter="dataset"),
    )


def judge_single(gate: Gate, service: Service, release: Release) -> Judged:
    """An operation over one release. Raises BadInput: it does not fit, or is the dataset's own rows."""
    operation = compile_operation(service, release)
    meaning, used = digest_of(operation), columns_used(operation)
    on = gate.now().date()
    law = law_for(gate, service.dataset, on)
    with gate.registry.reading() as snapshot:
        known = [one for one in store.subjects_of(snapshot, service.dataset) if one.released]
    if not known:
        text = Text(
            "该数据集没有可供审查的记录，请重新发布",
            "There is no record to judge it by; publish the dataset again",
        )
        return Judged(ServiceState.REFUSED, meaning, law.entries.version, (text,))
    judged = known[-1].planned or known[-1].source
    told = screened(service, judged, used, law, on)
    state = ServiceState.REFUSED if told else ServiceState.DECLARED
    return Judged(state, meaning, law.entries.version, told)


def screened(service: Service, of: Subject, used: Iterable[str], law: Law, on: date) -> tuple[Text, ...]:
    """What the list has against an operation that it has not against the dataset itself; nothing where it is clean."""
    names = set(used)
    own = law.screen(of, on)
    told: list[Text] = []
    for dataset in (described(of.dataset, service), _in_its_words(of.dataset, service)):
        mine = Subject(
            dataset,
            tuple(one for one in of.schema if one.name in names),
            {name: one for name, one in of.classifications.items() if name in names},
            of.facts,
            of.stage,
        )
        told += _against(own, law.screen(mine, on), mine, names)
    return tuple(dict.fromkeys(told))


def _against(own: Decision, decision: Decision, mine: Subject, names: set[str]) -> tuple[Text, ...]:
    shut = [one.name for one in mine.schema if not may_leave(decision.column(one.name))]
    if not shut and may_leave(decision.dataset) and _no_stricter(own, decision, names):
        return ()
    reasons = decided(decision) - decided(own) or decided(decision)
    return tuple(dict.fromkeys(_said(one) for one in sorted(reasons, key=_order)))


def _in_its_words(dataset: Dataset, service: Service) -> Dataset:
    """The dataset as its words alone would have it: what the dataset's own title excepts from an entry, it may not."""
    words = (f"{one.zh} {one.en}" for one in (service.title, service.description))
    title, description = words
    return replace(dataset, title=title, description=description)


def described(dataset: Dataset, service: Service) -> Dataset:
    """The dataset under the operation's own words, beside its own."""
    words = f"{service.title.zh} {service.title.en} {service.description.zh} {service.description.en}"
    return replace(
        dataset,
        title=f"{dataset.title} {service.title.zh}",
        description=f"{dataset.description} {words}".strip(),
    )


def check_words(service: Service, file: str) -> None:
    """Raises BadInput where words that everybody will see hold a number of a person; the number is not echoed."""
    labels = {
        "id": service.id,
        "title": f"{service.title.zh} {service.title.en}",
        "description": f"{service.description.zh} {service.description.en}",
        **{
            f"parameters.{one.name}.description": f"{one.description.zh} {one.description.en}"
            for one in service.parameters
        },
        **{f"{one.name}": one.name for one in service.outputs},
    }
    for path, label in labels.items():
        if (row := held_in_label(label)) is not None:
            raise BadInput(
                Text(f"{path} 含有{row.title.zh}", f"{path} holds a {row.title.en}"),
                Text("请删去其中的号码", "Take the number out of it"),
                Where(file=file, parameter=path),
            )


def _no_stricter(own: Decision, decision: Decision, names: Iterable[str]) -> bool:
    return own.dataset.at_least(decision.dataset) and all(
        own.column(name).at_least(decision.column(name)) for name in names
    )


def _said(reason: Reason) -> Text:
    return Text(
        f"{reason.entry_id}：{reason.text.zh}；{reason.remedy.zh}",
        f"{reason.entry_id}: {reason.text.en}. {reason.remedy.en}",
    )


def _order(reason: Reason) -> tuple[str, str, str]:
    return reason.entry_id, reason.clause, reason.column or ""
