"""Figures: what a reader is told of some times."""

import pytest
from workshop.bench.figure import duration, has_enough, median, ratio, rotated, rounds_of, spread


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle():
    assert median([4.0, 1.0, 3.0]) == 3.0
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5


def test_a_ratio_is_one_of_medians_and_there_is_none_without_both():
    assert ratio([3.0, 1.0, 2.0], [1.0]) == 2.0
    assert ratio([], [1.0]) is None
    assert ratio([1.0], []) is None
    assert ratio([1.0], [0.0]) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.00912, "9.1 ms"), (0.0312, "31 ms"), (0.3104, "310 ms"), (2.314, "2.31 s"), (75.0, "75.00 s")],
)
def test_a_duration_has_its_unit_and_no_more_digits_than_mean_something(seconds, text):
    assert duration(seconds) == text


def test_a_spread_is_the_least_and_the_most():
    assert spread([0.2, 0.1, 0.4]) == "100 ms .. 400 ms"


def test_who_began_a_round_comes_last_in_the_next():
    assert [rotated(["a", "b", "c"], number) for number in range(4)] == [
        ["a", "b", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["a", "b", "c"],
    ]


def test_the_round_that_does_not_count_is_no_exception():
    assert rotated(["a", "b", "c"], -1) == ["c", "a", "b"]
    assert rotated([], 3) == []


def test_each_contender_begins_equally_often():
    first = [rotated(["a", "b", "c"], number)[0] for number in range(9)]
    assert {name: first.count(name) for name in first} == {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize(
    ("packages", "asked", "is_quick", "rounds"),
    [(5, None, False, 11), (164, None, False, 5), (5, None, True, 3), (164, 2, False, 2), (5, 40, True, 40)],
)
def test_the_number_of_rounds_is_the_scene_s_own_unless_somebody_asked(packages, asked, is_quick, rounds):
    assert rounds_of((11, 5), packages, asked=asked, is_quick=is_quick) == rounds


def test_only_who_is_slow_sits_out_and_not_before_three_runs():
    assert not has_enough([0.1] * 100)
    assert not has_enough([100.0, 100.0])
    assert has_enough([30.0, 30.0, 30.0])
