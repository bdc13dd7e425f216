"""The line before the event loop, and how long one may wait in a queue."""

from __future__ import annotations

from gateway.serve.line import LEAST, Line
from gateway.serve.patience import Patience


def test_one_may_wait_long_in_a_queue_that_was_empty_lately_and_short_in_one_that_stands() -> None:
    patience = Patience(burst_s=0.25, standing_s=0.02)
    patience.empty(10.0)
    assert [patience.of(10.0 + after) for after in (0.0, 0.2, 0.26, 9.0)] == [0.25, 0.25, 0.02, 0.02]
    patience.empty(20.0)
    assert patience.of(20.1) == 0.25


def test_what_would_begin_too_late_is_late_but_a_few_may_always_wait() -> None:
    line = Line(burst_s=0.01, standing_s=0.01)
    for _ in range(LEAST + 40):
        line.come(0.0)
    assert not line.is_late(0.0), "nothing is known of how long one takes"
    now = 0.0
    for _ in range(41):
        line.begin(now)
        now += 0.02
    assert not line.is_late(now), "fewer wait than may always"
    line.come(now)
    assert line.is_late(now)


def test_a_burst_is_taken_and_a_crowd_that_stands_is_not() -> None:
    line = Line(burst_s=0.05, standing_s=0.003)
    now, taken = 1.0, []
    for _ in range(40):  # turns of 256 requests each, one right after the other
        answered = 0
        for _ in range(256):
            if not line.is_held_up(now):
                line.answer(now)
                answered += 1
                now += 0.0003
        line.turned(now)
        taken.append(answered)
    assert taken[0] > 150, "what comes after a pause is a burst"
    assert all(9 <= one <= 12 for one in taken[4:]), "three milliseconds of it in each turn"
    now += 0.1  # nobody comes for a moment
    line.answer(now)
    assert not line.is_held_up(now + 0.04)


def test_turns_that_end_soon_leave_the_line_empty_however_many_they_are() -> None:
    line = Line(burst_s=0.05, standing_s=0.003)
    now = 1.0
    for _ in range(1_000):
        for _ in range(6):
            line.answer(now)
            now += 0.0003
        line.turned(now)
    for _ in range(LEAST):
        line.answer(now)
    assert not line.is_held_up(now + 0.02)
