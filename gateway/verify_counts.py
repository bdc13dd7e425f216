"""The published counts, counted again by an outsider from the public catalogue with the very rule that made them.

Only whether a distribution or an operation answered is taken from what is published: that it did not can only lower a
count. What an operation means, and that its columns are open, is worked out anew from its declaration and the datasets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from catalog.counts import SILENT, Api, Counts, Holdings, Opened, count
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import Audience, MaskOperator
from catalog.errors import BadInput
from catalog.finding import Grade
from catalog.ledger import Discrepancy
from catalog.registry import dump, load
from catalog.release import Release, ReleasedColumn
from catalog.service import Service
from catalog.text import Text
from gateway.serve.operation import compile_operation, digest_of
from gateway.services.joined import joined_schema

__all__ = ["recount"]

COUNTED = (
    "datasets",
    "datasets_collapsed",
    "apis",
    "generic_apis",
    "data_items",
    "data_items_masked",
    "data_elements",
    "rows",
)
"""What the public catalogue is enough to count. Holdings are registered, not published one by one."""
OF_DATASET = tuple(Dataset.__dataclass_fields__)


def recount(
    catalogue: Sequence[Mapping[str, Any]], claimed: Any, services: Sequence[Mapping[str, Any]] = ()
) -> list[Discrepancy]:
    """What the published counts say otherwise than the catalogue and the list of `services` do: of a number, or of what was
    left out and why."""
    try:
        left_out = {_exclusion(one) for one in claimed["exclusions"]}
        silent = {id_ for what, id_, reason in left_out if what == "dataset" and reason == SILENT.en}
        opened = [_opened(shown, silent) for shown in catalogue]
        releases = {one.release.dataset.id: one.release for one in opened}
        unlike = [one for shown in services for one in _unlike(shown, releases)]
        again = count(opened, Holdings(), datetime.now(UTC), [_api(shown) for shown in services])
    except (ValueError, KeyError, TypeError, AttributeError):
        text = Text(
            "公布的计数或目录缺少重新计数所需的内容", "counts or catalogue lack what it takes to count again"
        )
        return [Discrepancy("counts", "counts", text)]
    return [*unlike, *_numbers(again, claimed), *_exclusions(again, left_out)]


def _api(shown: Mapping[str, Any]) -> Api:
    """One operation of the list as the count takes it."""
    probe = shown["probe"]
    return Api(
        str(shown["id"]),
        tuple(str(one) for one in shown["datasets"]),
        str(shown["meaning"]),
        answered=probe is not None and probe["answered"] is True,
        asked_of={} if probe is None else dict(probe["asked_of"]),
    )


def _unlike(shown: Mapping[str, Any], releases: Mapping[str, Release]) -> Iterator[Discrepancy]:
    """What an operation says of itself that its declaration and the open datasets do not."""
    if not shown["answers"]:
        return  # it says itself that it cannot be called
    service = load(Service, shown["declaration"])
    if (service.id, list(service.datasets)) != (shown["id"], shown["datasets"]):
        text = Text("与其声明不符", "it is shown otherwise than it was declared")
        yield Discrepancy("services", str(shown["id"]), text)
    elif not set(service.datasets) <= releases.keys():
        text = Text("它依据的数据集没有开放", "a dataset that it rests on is not open")
        yield Discrepancy("services", service.id, text)
    else:
        whole = replace(releases[service.dataset], columns=joined_schema(service, releases))
        try:
            meaning = digest_of(compile_operation(service, whole))
        except BadInput:
            text = Text("它用到的列没有开放", "a column that it uses is not open")
            yield Discrepancy("services", service.id, text)
            return
        if meaning != shown["meaning"]:
            text = Text(
                "公布的含义摘要与其声明不符", "the digest of its meaning is not that of its declaration"
            )
            yield Discrepancy("services", service.id, text)


def _numbers(again: Counts, claimed: Mapping[str, Any]) -> list[Discrepancy]:
    return [
        Discrepancy(
            "counts",
            name,
            Text(
                f"重新计数为 {counted}，公布的不是",
                f"counted again it is {counted}, which is not what is published",
            ),
        )
        for name in COUNTED
        if (counted := getattr(again, name)) != claimed.get(name) or isinstance(claimed.get(name), bool)
    ]


def _exclusions(again: Counts, claimed: set[tuple[str, str, str]]) -> list[Discrepancy]:
    ours = {_exclusion(dump(one)) for one in again.exclusions}
    text = Text("排除项或其理由与目录不符", "it is left out, or why it is, otherwise than the catalogue says")
    return [Discrepancy("counts", id_, text) for _, id_, _ in sorted(ours ^ claimed)]


def _exclusion(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(one["what"]), str(one["id"]), str(one["reason"]["en"])


def _opened(shown: Mapping[str, Any], silent: set[str]) -> Opened:
    """One dataset of the catalogue as the count takes it. What the count does not ask is left empty."""
    dataset = load(Dataset, {name: shown[name] for name in OF_DATASET})
    release = Release(
        id=str(shown["release"]),
        dataset=dataset,
        version_id="",
        columns=tuple(_column(one) for one in shown["columns"]),
        withheld=(),
        rows=int(shown["rows"]),
        bytes=0,
        excluded_rows=0,
        grade=Grade[shown["grade"]],
        quality_score=None,
        list_version="",
        policy_epoch=0,
        published_at=datetime.fromisoformat(shown["published_at"]),
        published_by="",
        ledger_index=int(shown["ledger_index"]),
    )
    return Opened(
        release,
        Audience.PUBLIC,
        answers=dataset.id not in silent,
        contracted=isinstance(shown["contract"], str),
    )


def _column(shown: Mapping[str, Any]) -> ReleasedColumn:
    definition = shown["definition"]
    return ReleasedColumn(
        Column(
            str(shown["name"]),
            ColumnType[shown["type"].upper()],
            definition=None if definition is None else load(Text, definition),
            element=shown["element"],
        ),
        MaskOperator(shown["operator"]),
        nulls=int(shown["nulls"]),
        constant=bool(shown["constant"]),
    )
