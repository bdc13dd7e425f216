"""An earlier release is answered from only where nothing since could have closed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from catalog.dataset import ColumnType
from catalog.decision import MaskOperator, Reason, Scope
from catalog.errors import BadInput
from catalog.registry.queries import Listed
from catalog.release import Release, ReleaseStatus
from catalog.text import Text
from gateway.serve.cursor import Cursor, write_cursor
from gateway.serve.earlier import Asked, Law, asked_of, chosen, closed
from negative_list import load_starter
from negative_list.exemption import Exemption, ExemptionState

TODAY = date(2026, 11, 30)
DAYS = [datetime(2026, 11, day, 8, tzinfo=UTC) for day in (1, 10, 20)]


@pytest.fixture
def old(bare: Any) -> Release:
    return replace(bare.release, list_version="L1", detector="D1", published_at=DAYS[0])


def listed(*statuses: ReleaseStatus) -> tuple[Listed, ...]:
    """Releases 1…n, newest first; the last stands."""
    ends = [*DAYS[1 : len(statuses)], None]
    return tuple(
        Listed(n + 1, str(n + 1) * 64, status, DAYS[n], ends[n]) for n, status in enumerate(statuses)
    )[::-1]


SUPERSEDED, CURRENT, WITHDRAWN = ReleaseStatus.SUPERSEDED, ReleaseStatus.CURRENT, ReleaseStatus.WITHDRAWN


def law(entries: Any, exemptions: Any = (), detector: str = "D1") -> Law:
    return Law(entries, exemptions, detector)


@pytest.fixture
def entries() -> Any:
    starter = load_starter()
    return replace(starter, version="L1")


def judged(
    old: Release,
    entries: Any,
    known: tuple[Listed, ...] | None = None,
    current: Release | None = None,
    by: Law | None = None,
    today: date = TODAY,
) -> Text | None:
    known = known or listed(SUPERSEDED, CURRENT)
    return closed(old, known[-1], known, current or old, by or law(entries), today)


def test_what_nothing_has_touched_may_be_seen(old: Release, entries: Any) -> None:
    assert judged(old, entries) is None


def begins(entries: Any, on: date) -> Any:
    first, *rest = entries.entries
    changed = replace(first, governance=replace(first.governance, valid_from=on))
    return replace(entries, entries=(changed, *rest))


def exemption(old: Release, last: date, state: ExemptionState) -> Exemption:
    return Exemption("x", old.dataset.id, "1", "r", last, "a", DAYS[0], state)


OF_ROWS = Reason("7", "L1", Scope.ROWS, "deny", Text("行", "rows"), Text("删", "remove"))
Change = Callable[[Release, Any], dict[str, Any]]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda old, e: {"known": listed(WITHDRAWN, CURRENT)}, "withdrawn"),
        (lambda old, e: {"known": listed(SUPERSEDED, WITHDRAWN, CURRENT)}, "withdrawn"),
        (lambda old, e: {"by": law(replace(e, version="L2"))}, "list"),
        (lambda old, e: {"by": law(None)}, "list"),
        (lambda old, e: {"by": law(e, detector="D2")}, "detection"),
        (lambda old, e: {"by": law(begins(e, date(2026, 11, 15)))}, "took effect"),
        (
            lambda old, e: {"by": law(e, [exemption(old, date(2026, 11, 15), ExemptionState.GRANTED)])},
            "exemption",
        ),
        (
            lambda old, e: {"by": law(e, [exemption(old, date(2027, 1, 1), ExemptionState.ENDED)])},
            "exemption",
        ),
        (lambda old, e: {"current": replace(old, reasons=(OF_ROWS,))}, "rows"),
        (lambda old, e: {"current": replace(old, excluded_rows=10)}, "rows"),
        (lambda old, e: {"current": replace(old, columns=old.columns[1:])}, "withheld"),
        (
            lambda old, e: {
                "current": replace(
                    old,
                    columns=(replace(old.columns[0], operator=MaskOperator.PARTIAL), *old.columns[1:]),
                )
            },
            "masked otherwise",
        ),
    ],
)
def test_whatever_might_have_closed_it_closes_it(
    change: Change, why: str, old: Release, entries: Any
) -> None:
    reason = judged(old, entries, **change(old, entries))

    assert reason is not None
    assert why in reason.en


@pytest.mark.parametrize(
    "change",
    [
        lambda old, e: {"known": listed(SUPERSEDED, SUPERSEDED, CURRENT)},
        lambda old, e: {"by": law(begins(e, date(2026, 10, 1)))},
        lambda old, e: {"by": law(begins(e, date(2026, 12, 15)))},
        lambda old, e: {"by": law(e, [exemption(old, date(2027, 1, 1), ExemptionState.GRANTED)])},
        lambda old, e: {"by": law(e, [exemption(old, date(2026, 10, 1), ExemptionState.ENDED)])},
        lambda old, e: {"current": replace(old, rows=5)},
    ],
)
def test_what_could_not_have_closed_it_does_not(change: Change, old: Release, entries: Any) -> None:
    assert judged(old, entries, **change(old, entries)) is None


def test_an_older_withdrawal_closes_only_what_came_before_it(old: Release, entries: Any) -> None:
    known = listed(WITHDRAWN, SUPERSEDED, CURRENT)

    assert closed(old, known[1], known, old, law(entries), TODAY) is None
    assert closed(old, known[2], known, old, law(entries), TODAY) is not None


def test_a_release_made_before_its_detector_was_written_down_stays_closed(old: Release, entries: Any) -> None:
    assert judged(replace(old, detector=None), entries) is not None


def test_a_moment_names_the_release_that_stood_then() -> None:
    known = listed(SUPERSEDED, SUPERSEDED, CURRENT)

    def at(moment: datetime) -> int | None:
        found = chosen(Asked(moment=moment), known)
        return found.number if found else None

    assert [at(datetime(2026, 11, day, 8, tzinfo=UTC)) for day in (1, 9, 10, 19, 25)] == [1, 1, 2, 2, 3]
    assert at(datetime(2026, 10, 31, tzinfo=UTC)) is None


def test_what_a_query_names_is_read_before_the_rest(old: Release) -> None:
    cursor = write_cursor(Cursor(1, 1), "e" * 64, "d" * 16)
    own = write_cursor(Cursor(1, 1), old.id, "d" * 16)

    assert asked_of(b"limit=5", old) is None
    assert asked_of(f"release={old.id[:20]}".encode(), old) is None
    assert asked_of(b"release=" + b"e" * 12, old) == Asked("e" * 12)
    assert asked_of(b"as_of=2026-10-31", old) == Asked(moment=datetime(2026, 10, 31, 23, 59, 59, 999999, UTC))
    assert asked_of(b"as_of=2027-01-01", old) is None
    assert asked_of(f"cursor={cursor}".encode(), old) == Asked("e" * 16, cursor=True)
    assert asked_of(f"cursor={own}".encode(), old) is None
    assert asked_of(b"cursor=nonsense", old) is None
    assert asked_of(b"q=release=1", old) is None
    with pytest.raises(BadInput):
        asked_of(b"release=abc", old)


def test_a_column_called_release_is_asked_by_its_prefix(
    release_of: Any, make_gate: Any, tmp_path: Any
) -> None:
    gate = make_gate(release_of(tmp_path, [{"release": 1}, {"release": 2}], {"release": ColumnType.INTEGER}))

    assert gate.get("records", {"column.release": "2"}).json()["records"] == [{"release": 2}]
