"""Counts are honest: what is not counted is named with its reason, and what is counted can be counted again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalog.counts import TARGETS, Api, Counts, Holdings, Opened, count
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import Audience, MaskOperator
from catalog.finding import Grade
from catalog.release import Release, ReleasedColumn
from catalog.text import Text

AS_OF = datetime(2026, 5, 1, tzinfo=UTC)
DEFINED = Column("停车位", ColumnType.INTEGER, definition=Text("车位总数", "number of places"))
ITEM = ReleasedColumn(DEFINED, MaskOperator.KEEP)


def release(
    dataset_id: str = "parking",
    title: str = "停车场",
    columns: Iterable[ReleasedColumn] = (ITEM,),
    rows: int = 20,
    licence: str = "CC-BY-4.0",
    publisher: str = "交通局",
) -> Release:
    return Release(
        id="0" * 64,
        dataset=Dataset(dataset_id, title, publisher, "transport", licence=licence),
        version_id="1" * 64,
        columns=tuple(columns),
        withheld=(),
        rows=rows,
        bytes=1000,
        excluded_rows=0,
        grade=Grade.L1,
        quality_score=1.0,
        list_version="starter",
        policy_epoch=0,
        published_at=AS_OF,
        published_by="owner",
        ledger_index=0,
    )


def opened(one: Release | None = None, audience: Audience = Audience.PUBLIC, **given: int) -> Opened:
    answers, contracted = (bool(given.pop(name, True)) for name in ("answers", "contracted"))
    return Opened(one or release(), audience, answers=answers, contracted=contracted)


def counted(*everything: Opened) -> Counts:
    return count(everything, Holdings(), AS_OF)


def named(word: str, *, masked: bool = False, **changed: object) -> ReleasedColumn:
    operator = MaskOperator.PARTIAL if masked else MaskOperator.KEEP
    return ReleasedColumn(replace(DEFINED, name=word, **changed), operator)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        pytest.param(opened(audience=Audience.GRANTED), "grantees", id="granted"),
        pytest.param(opened(release(licence="")), "licence", id="licence"),
        pytest.param(opened(contracted=False), "no contract", id="contract"),
        pytest.param(opened(release(rows=0)), "no rows", id="rows"),
        pytest.param(opened(answers=False), "answers", id="silent"),
    ],
)
def test_what_is_no_open_dataset_is_not_counted_and_says_why(one: Opened, reason: str) -> None:
    counts = counted(one, opened(release("parks", "公园")))
    assert (counts.datasets, counts.generic_apis, counts.data_items, counts.rows) == (1, 1, 1, 20)
    (left_out,) = counts.exclusions
    assert (left_out.what, left_out.id) == ("dataset", "parking")
    assert reason in left_out.reason.en
    assert left_out.reason.zh


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        pytest.param(named("a", definition=None), "definition", id="undefined"),
        pytest.param(replace(ITEM, nulls=20), "null", id="all null"),
        pytest.param(replace(ITEM, constant=True), "constant", id="constant"),
        pytest.param(named("a", masked=True), "masked", id="masked"),
    ],
)
def test_what_is_no_data_item_is_not_counted_and_says_why(column: ReleasedColumn, reason: str) -> None:
    counts = counted(opened(release(columns=(column, named("另一列")))))
    assert (counts.data_items, counts.data_elements) == (1, 1)
    (left_out,) = counts.exclusions
    assert (left_out.what, left_out.id) == ("data item", f"parking/{column.column.name}")
    assert reason in left_out.reason.en


def test_masked_items_and_granted_datasets_stand_apart_from_the_headline() -> None:
    counts = counted(
        opened(release(columns=(named("车牌", masked=True), named("车位")))),
        opened(release("guarded", "授权"), Audience.GRANTED),
    )
    assert (counts.data_items, counts.data_items_masked) == (1, 1)
    assert (counts.datasets, counts.datasets_granted) == (1, 1)
    assert {one.id for one in counts.exclusions} == {"parking/车牌", "guarded"}


def test_the_only_row_of_a_table_is_not_called_constant() -> None:
    assert counted(opened(release(columns=(replace(ITEM, constant=True),), rows=1))).data_items == 1


def test_a_data_element_used_by_two_datasets_is_one_element_and_two_items() -> None:
    bound = (named("区县代码", element="DE00021"),)
    counts = counted(opened(release(columns=bound)), opened(release("parks", "公园", columns=bound)))
    assert (counts.data_items, counts.data_elements) == (2, 1)


def api(name: str = "by-name", *datasets: str, meaning: str = "", answered: bool = True, of: str = "") -> Api:
    names = datasets or ("parking",)
    return Api(name, names, meaning or name, answered, {one: of or release().id for one in names})


def test_only_purpose_built_services_are_apis() -> None:
    datasets = [opened(), opened(release("parks", "公园")), opened(release("closed", "闭"), answers=False)]
    apis = [api("a"), api("b"), api("joined", "parking", "parks")]
    counts = count(datasets, Holdings(), AS_OF, apis)
    assert (counts.apis, counts.generic_apis) == (3, 2)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (api("b", answered=False), "did not answer its last probe"),
        (api("b", of="another"), "not asked yet since its dataset was released anew"),
        (api("b", meaning="a"), "it means the same as another one that is counted"),
        (api("b", "closed"), "a dataset that it rests on is not counted"),
        (api("b", "parking", "closed"), "a dataset that it rests on is not counted"),
    ],
)
def test_what_is_no_api_stands_in_the_exclusions_with_its_reason(one: Api, reason: str) -> None:
    counts = count(
        [opened(), opened(release("closed", "闭"), answers=False)], Holdings(), AS_OF, [api("a"), one]
    )
    assert counts.apis == 1
    [left_out] = [excluded for excluded in counts.exclusions if excluded.what == "api"]
    assert (left_out.id, left_out.reason.en) == (f"{one.datasets[0]}/b", reason)


def test_versions_of_one_operation_are_one_and_a_closed_datasets_operations_are_not_named() -> None:
    counts = count(
        [opened()],
        Holdings(),
        AS_OF,
        [api("a", answered=False), api("a", meaning="a2"), api("gone", "gone", of="x")],
    )
    assert counts.apis == 1
    assert not any(one.what == "api" for one in counts.exclusions)


@pytest.mark.parametrize(
    ("titles", "collapsed"),
    [
        (("停车场2023年", "停车场2024年", "停车场 2025"), 1),
        (("停车场（上城区）", "停车场（西湖区）"), 1),
        (("停车场", "公园"), 2),
        (("停车场", "停车场"), 2),  # no slice in the title: two datasets of one name are two
    ],
)
def test_slices_of_one_schema_are_one_series(titles: tuple[str, ...], collapsed: int) -> None:
    counts = counted(*(opened(release(f"d{place}", title)) for place, title in enumerate(titles)))
    assert (counts.datasets, counts.datasets_collapsed) == (len(titles), collapsed)


def test_slices_of_another_schema_or_publisher_are_a_series_of_their_own() -> None:
    counts = counted(
        opened(release("a", "停车场2023年")),
        opened(release("b", "停车场2024年", columns=(named("其他"),))),
        opened(release("c", "停车场2025年", publisher="城管局")),
    )
    assert counts.datasets_collapsed == 3


def test_the_targets_are_the_citys() -> None:
    assert (TARGETS.datasets, TARGETS.apis, TARGETS.data_items) == (1_600, 4_000, 45_000)
