"""Scores: measured or null, never flattered by rules read off the same data, and lowered by rows that were rejected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.text import Text
from quality import DIMENSIONS, WEIGHTS, Dimension, RuleResult, Verdict
from quality.score import Weight, overall, score_dimensions

SAID = Text("", "")


def _mapped(dimension: Dimension, considered: int, unexpected: int, **more: bool) -> RuleResult:
    verdict = Verdict.PASS if unexpected == 0 else Verdict.FAIL
    return RuleResult(
        "r",
        "t",
        dimension,
        verdict,
        SAID,
        elements=considered,
        considered=considered,
        unexpected=unexpected,
        **more,
    )


def _score(
    results: list[RuleResult], dimension: Dimension, rows: int = 10, rejected: int = 0
) -> float | None:
    return next(one.score for one in score_dimensions(results, rows, rejected) if one.dimension is dimension)


def test_every_dimension_is_reported_and_the_unmeasured_are_null() -> None:
    scores = score_dimensions([_mapped(Dimension.COMPLETENESS, 10, 2)], 10)
    assert [one.dimension for one in scores] == list(Dimension) == list(DIMENSIONS)
    assert {one.dimension: one.score for one in scores if one.score is not None} == {
        Dimension.COMPLETENESS: 0.8
    }
    assert overall(scores) == pytest.approx(0.8)


def test_nothing_measured_is_null_overall() -> None:
    assert overall(score_dimensions([], 0)) is None


def test_errors_unscored_rules_and_vacuous_ones_do_not_count() -> None:
    results = [
        RuleResult("e", "t", Dimension.ACCURACY, Verdict.ERROR, SAID),
        _mapped(Dimension.ACCURACY, 10, 0, scored=False),
        _mapped(Dimension.ACCURACY, 0, 0),
    ]
    assert _score(results, Dimension.ACCURACY) is None


def test_a_score_is_its_numerator_over_its_denominator() -> None:
    results = [_mapped(Dimension.ACCURACY, 10, 5), _mapped(Dimension.ACCURACY, 4, 0)]
    (score,) = (one for one in score_dimensions(results, 10) if one.dimension is Dimension.ACCURACY)
    assert (score.numerator, score.denominator, score.score) == (1.5, 2.0, 0.75)
    assert [(one.met, one.evaluated) for one in score.indicators] == [(5, 10), (4, 4)]


def test_rejected_rows_count_against_conformity_and_accuracy_only() -> None:
    results = [_mapped(dimension, 10, 0) for dimension in Dimension]
    lowered = {dimension for dimension in Dimension if _score(results, dimension, 10, 10) == 0.5}
    assert lowered == {Dimension.CONFORMITY, Dimension.ACCURACY}
    assert _score([], Dimension.CONFORMITY, 10, 10) == 0.5
    assert _score([], Dimension.COMPLETENESS, 10, 10) is None


def test_weights_are_used_and_each_has_a_reason() -> None:
    assert all(one.reason.zh and one.reason.en for one in WEIGHTS)
    results = [_mapped(Dimension.ACCURACY, 10, 10), _mapped(Dimension.COMPLETENESS, 10, 0)]
    weights = (Weight(Dimension.ACCURACY, 3.0, SAID), Weight(Dimension.COMPLETENESS, 1.0, SAID))
    assert overall(score_dimensions(results, 10, 0, weights)) == pytest.approx(0.25)


COUNTS = st.tuples(st.integers(1, 50), st.integers(0, 50)).map(lambda pair: (pair[0], min(pair)))


@given(
    st.lists(st.tuples(st.sampled_from(Dimension), COUNTS), max_size=8),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_scores_lie_between_nothing_and_one_and_more_rejected_rows_never_raise_them(
    drawn: list[tuple[Dimension, tuple[int, int]]], rejected: int, more: int
) -> None:
    results = [_mapped(dimension, considered, bad) for dimension, (considered, bad) in drawn]
    before, after = (score_dimensions(results, 50, number) for number in (rejected, rejected + more))
    for old, new in zip(before, after, strict=True):
        assert new.score is None or 0 <= new.score <= 1
        assert old.score is None or (new.score is not None and new.score <= old.score)
