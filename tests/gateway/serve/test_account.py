"""A caller's account: what a bucket and a day let through, over any times at which requests come."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import BadInput
from gateway.access.plan import DEFAULT_PLANS, Plan
from gateway.serve.account import ASK_AGAIN_S, Account, Over, refusal, share_of
from gateway.serve.address import is_loopback, subject_of_address

DAY = date(2026, 5, 1)


@given(st.floats(0.5, 50), st.integers(1, 40), st.integers(1, 8), st.lists(st.floats(0, 0.5), max_size=200))
def test_in_no_stretch_of_time_more_than_burst_and_rate_is_let_through_by_all_processes(
    per_second: float, burst: int, processes: int, pauses: list[float]
) -> None:
    plan = Plan("p", per_second, burst, 100, 10)
    share = share_of(plan, processes)
    accounts = [Account(share, 0.0) for _ in range(processes)]
    now, taken, met = 0.0, [], []
    for pause in pauses:
        now += pause
        for account in accounts:
            try:
                account.spend_spike(share, now)
                taken.append(now)
            except Over as over:
                met.append(over)
    assert all(over.policy == "spike" and over.retry_after_s >= 1 for over in met)
    most = max(burst, processes)  # each process lets one through, however small its share
    for place, begin in enumerate(taken):
        for number, end in enumerate(taken[place:], 1):
            assert number <= most + (end - begin) * per_second + 1e-6


def test_after_retry_after_a_request_is_taken() -> None:
    share = share_of(Plan("p", 0.4, 1, 100, 10), 1)
    account = Account(share, 0.0)
    account.spend_spike(share, 0.0)
    with pytest.raises(Over) as over:
        account.spend_spike(share, 0.0)
    account.spend_spike(share, float(over.value.retry_after_s))


def test_a_server_never_holds_more_than_a_block_and_asks_before_it_is_spent() -> None:
    share = share_of(Plan("p", 100, 1_000, 5_000, 10), 1)
    account = Account(share, 0.0)
    account.begin_day(DAY)
    assert share.block == 100
    assert account.missing(share) == 100
    assert account.spend_block(share, 0.0, 9.0) is False
    account.asking = True
    assert account.missing(share) == 0, "asked once at a time"
    account.lend(DAY, 100, 100, 0.0)
    for _ in range(49):
        assert account.spend_block(share, 0.0, 9.0)
        assert account.missing(share) == 0
    assert account.spend_block(share, 0.0, 9.0)
    assert account.missing(share) == 50
    account.lend(date(2026, 4, 30), 50, 50, 0.0)
    assert account.block == 50, "what was lent for another day is not spent on this one"
    account.begin_day(date(2026, 5, 2))
    assert account.block == 0


def test_a_quota_that_is_used_up_is_asked_for_again_only_after_a_while() -> None:
    share = share_of(Plan("p", 100, 1_000, 5_000, 10), 1)
    account = Account(share, 0.0)
    account.begin_day(DAY)
    account.lend(DAY, 0, 5_000, 0.0)
    with pytest.raises(Over) as over:
        account.spend_block(share, 1.0, 70.5)
    assert (over.value.policy, over.value.retry_after_s) == ("daily", 71)
    assert account.spend_block(share, ASK_AGAIN_S + 1, 60.0) is False
    assert account.limits(share, 60.0).endswith(b'"daily";r=0;t=60')


@pytest.mark.parametrize("policy", ["spike", "concurrent", "exports", "daily"])
def test_every_refusal_says_what_to_do_in_both_languages(policy: str) -> None:
    error = refusal(DEFAULT_PLANS["anonymous"], Over(policy, 3))
    assert (error.policy, error.retry_after_s) == (policy, 3)
    assert all(text.zh and text.en and text.zh != text.en for text in (error.message, error.remedy))


@pytest.mark.parametrize(
    "limits", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0), (1, 1, 10**12, 1)]
)
def test_a_plan_lets_something_through_and_has_limits(limits: tuple[float, int, int, int]) -> None:
    with pytest.raises(BadInput):
        Plan("p", *limits)


@pytest.mark.parametrize(
    ("host", "subject"),
    [
        ("203.0.113.7", "@203.0.113.7"),
        ("2001:db8:1:2:3::9", "@2001:db8:1:2::/64"),
        ("fe80::1%eth0", "@fe80::/64"),
        ("::ffff:203.0.113.7", "@203.0.113.7"),
        ("no address", "@no address"),
    ],
)
def test_an_address_is_a_caller(host: str, subject: str) -> None:
    assert subject_of_address(host) == subject


def test_only_this_machine_is_loopback() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"))
    assert not any(is_loopback(host) for host in ("10.0.0.1", "::2", "", "localhost.example"))
