"""Callers take turns: what one of them has waiting does not put off the others, and the queue is bounded."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.serve.turns import Turns

CALLERS = st.sampled_from("abcd")


def test_a_caller_with_one_request_waits_for_one_of_each_other_and_not_for_all() -> None:
    turns: Turns[str] = Turns(64)
    for number in range(40):
        assert turns.join("greedy", f"greedy {number}") is None
    assert turns.ahead_of("other") == 1
    turns.join("other", "other")
    assert [turns.next(), turns.next()] == ["greedy 0", "other"]


def test_a_full_queue_gives_up_the_latest_of_who_has_the_most() -> None:
    turns: Turns[str] = Turns(4)
    for number in range(4):
        turns.join("greedy", f"greedy {number}")
    assert turns.join("greedy", "greedy 4") == "greedy 4"
    assert turns.join("other", "other 0") == "greedy 3"
    assert len(turns) == 4


@given(st.integers(1, 12), st.lists(st.tuples(st.sampled_from(["join", "next", "leave"]), CALLERS)))
def test_nothing_is_lost_nothing_comes_twice_and_each_caller_is_served_in_order(
    most: int, steps: list[tuple[str, str]]
) -> None:
    turns: Turns[tuple[str, int]] = Turns(most)
    waiting: list[tuple[str, int]] = []
    for number, (step, caller) in enumerate(steps):
        if step == "join":
            request = (caller, number)
            given_up = turns.join(caller, request)
            waiting.append(request)
            if given_up is not None:
                waiting.remove(given_up)
                counted = Counter(name for name, _ in waiting)
                assert counted[given_up[0]] >= max(counted.values()) - 1
        elif step == "next":
            ahead = {name: turns.ahead_of(name) for name in "abcd"}
            request = turns.next()
            assert (request is None) == (not waiting)
            if request is not None:
                assert request == next(one for one in waiting if one[0] == request[0])
                waiting.remove(request)
                assert all(turns.ahead_of(name) <= ahead[name] for name in "abcd")
        elif own := [one for one in waiting if one[0] == caller]:
            turns.leave(caller, own[-1])
            waiting.remove(own[-1])
        assert len(turns) == len(waiting) <= most


@given(st.lists(CALLERS, max_size=40))
def test_between_two_turns_of_a_caller_every_other_that_waits_has_one(joining: list[str]) -> None:
    turns: Turns[str] = Turns(100)
    for caller in joining:
        turns.join(caller, caller)
    order = []
    while (one := turns.next()) is not None:
        order.append(one)
    assert Counter(order) == Counter(joining)
    for place, caller in enumerate(order):
        later = order[place + 1 :]
        if caller in later:
            between = later[: later.index(caller)]
            assert set(between) == set(later) - {caller}
            assert len(between) == len(set(between))
