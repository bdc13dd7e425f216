"""What is proposed for a dataset: operations that answer, each with a meaning of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalog.errors import Conflict
from catalog.service import ServiceState
from catalog.service_form import parse_service, render_service
from gateway.access import OWNER
from gateway.gate import Gate
from gateway.publish.review import withdraw
from gateway.services.lifecycle import declare_all
from gateway.services.propose import propose

WIDE = "编号,区县,类别,名称,面积,开放日期\n" + "".join(
    f"C{n:04},区{n % 6},类{n % 3},公园{n}号,{n * 1.5},20{20 + n % 5}-0{n % 9 + 1}-15\n" for n in range(120)
)


def test_by_key_by_value_by_period_by_name_and_statistics_are_proposed_and_all_answer(
    house: Gate, released: Callable[..., Any]
) -> None:
    released("parks", WIDE)
    found = propose(house, OWNER, "parks")
    kinds = [one.id.removeprefix("parks-").rsplit("-field", 1)[0] for one in found]
    assert {"by", "of", "within", "like", "statistics-by", "monthly"} <= set(kinds)
    assert len({one.title.zh for one in found}) == len({one.title.en for one in found}) == len(found)
    assert all(parse_service(render_service(one).encode(), "x.yaml") == one for one in found)
    done = declare_all(house, OWNER, [(one, "x.yaml") for one in found])
    assert {one.state for one in done} == {ServiceState.ACTIVE}
    assert len({one.meaning for one in done}) == len(done)
    assert propose(house, OWNER, "parks") == (), "what is declared is not proposed again"


def test_the_same_release_gives_the_same_proposals_and_none_shows_what_is_masked(
    house: Gate, released: Callable[..., Any], publish: Any
) -> None:
    released("parks", WIDE)
    assert propose(house, OWNER, "parks") == propose(house, OWNER, "parks")


def test_a_dataset_that_is_not_open_has_no_proposals(house: Gate) -> None:
    withdraw(house, OWNER, "stops", "x")
    with pytest.raises(Conflict):
        propose(house, OWNER, "stops")
