"""What the events of a ledger say is open, what was withdrawn and under which list, read alike by every check."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import ledger
from tests.catalog.ledger_tampers import (
    LOG_KEY,
    activated,
    catalogue_of,
    published,
    release,
    stored_events,
    withdrawals,
)

LIST = activated("1")
OPEN = release("stops", "1")
APPROVED = {"kind": "list-approved", "version": "2", "base": "1", "by": "bert"}
EXEMPTED = {"kind": "exemption-granted", "dataset": "stops", "entry": "N-1", "reason": "内部说明"}
WITHDRAWN = {"kind": "withdrawal", "dataset": "stops", "reason": "有误"}
CLOSED = "has been withdrawn"
OTHER_LIST = "another list"


def words(events: list[dict[str, Any]], *shown: dict[str, Any]) -> list[str]:
    """What an audit says of a ledger whose catalogue still shows the last opening of `stops`."""
    held = stored_events(events)
    public = published(held)
    last = [leaf for leaf in held.leaves if leaf.event["kind"] == "release"][-1:]
    done = ledger.audit(public.read, shown or catalogue_of(last), LOG_KEY)
    return [one.text.en for one in done.discrepancies]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([LIST, OPEN], None),
        ([LIST, OPEN, WITHDRAWN], CLOSED),
        ([LIST, OPEN, withdrawals("parks", "stops")], CLOSED),
        ([LIST, OPEN, activated("2", ["stops"])], CLOSED),
        ([LIST, OPEN, withdrawals("parks")], None),
        ([LIST, OPEN, activated("2", [])], None),
        ([LIST, OPEN, activated("2", ["stops"]), release("stops", "2")], None),
        ([LIST, OPEN, withdrawals("stops"), OPEN], None),
        ([LIST, OPEN, APPROVED, EXEMPTED], None),
        ([LIST, OPEN, APPROVED | {"dataset": "stops", "datasets": ["stops"]}], None),
        ([LIST, OPEN, withdrawals("stops") | {"datasets": "stops"}], None),
        ([LIST, OPEN, withdrawals("stops") | {"datasets": [{}, 1, None]}], None),
        ([OPEN], OTHER_LIST),
        ([OPEN, LIST], None),  # from before lists were recorded: told apart, as not checked
        ([LIST, APPROVED, release("stops", "2")], OTHER_LIST),
        ([LIST, release("stops", "2"), activated("2", [])], OTHER_LIST),
        ([LIST, activated("2", []), OPEN], OTHER_LIST),
        ([LIST, activated("2", []), release("stops", "2")], None),
        ([release("stops", "1") | {"list_version": None}], OTHER_LIST),
        ([LIST, release("stops", "1") | {"list_version": None}], OTHER_LIST),
    ],
)
def test_an_opening_stands_until_it_is_withdrawn_and_only_under_the_list_of_its_time(
    events: list[dict[str, Any]], said: str | None
) -> None:
    assert [said in one if said else one for one in words(events)] == ([True] if said else [])


def test_what_only_a_list_or_a_joint_withdrawal_closed_need_not_be_shown() -> None:
    elsewhere = catalogue_of(stored_events([LIST, release("parks", "1", 2)]).leaves)
    ledger_of = [LIST, release("parks", "1", 2), OPEN]
    assert any("not in the catalogue" in one for one in words(ledger_of, *elsewhere))
    assert words([*ledger_of, withdrawals("stops")], *elsewhere) == []
    assert words([*ledger_of, activated("2", ["stops"])], *elsewhere) == []


def test_what_is_public_is_what_was_opened_closed_and_decreed_and_no_reasoning() -> None:
    assert ledger.PUBLIC_EVENTS == (
        "release",
        "withdrawal",
        "withdrawals",
        "list-approved",
        "list-activated",
        "services",
    )
    content = published(stored_events([LIST, OPEN, EXEMPTED])).files["tile/events/000.p/3"]
    assert content.splitlines()[2] == b'{"index":2}'


def test_the_history_tells_since_when_a_dataset_is_withdrawn() -> None:
    events = dict(enumerate([LIST, OPEN, withdrawals("stops"), OPEN]))
    history = ledger.history_of(events)
    assert (history.open_at, history.is_withdrawn("stops"), history.is_withdrawn("stops", since=3)) == (
        {"stops": 3},
        True,
        False,
    )
