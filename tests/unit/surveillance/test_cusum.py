"""CUSUM: answers worked out by hand, and R's on every row."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lianfang.surveillance import NOT_JUDGED, BadParameter, SeriesTooShort, cusum
from lianfang.surveillance.cusum import TRANSFORMATIONS
from tests.unit.surveillance.rref import all_series, assert_as_r, references

FOUR_A_WEEK = [3, 5, 4, 4]  # teaches m = 4, so sqrt(m) = 2


# ---------------------------------------------------------------- by hand


def test_the_sum_grows_by_what_lies_above_k_and_never_falls_below_zero() -> None:
    """Scores of 8, 4, 10, 0 are 2, 0, 3, -2; with k = 0.5 the sum is 1.5, 1, 3.5, 1."""
    found = cusum([*FOUR_A_WEEK, 8, 4, 10, 0], training=4, k=0.5, h=3)
    assert found.mean[4:].tolist() == [4, 4, 4, 4]
    assert found.statistic[4:].tolist() == [1.5, 1.0, 3.5, 1.0]
    assert found.alarm.tolist() == [NOT_JUDGED] * 4 + [0, 0, 1, 0]


def test_the_bound_is_the_count_that_would_have_been_an_alarm() -> None:
    """What is missing to h + k, in standard deviations of 2, from 4 up, rounded up."""
    found = cusum([*FOUR_A_WEEK, 8, 4, 10, 0], training=4, k=0.5, h=3)
    assert found.upperbound[4:].tolist() == [11, 8, 9, 4]


@pytest.mark.parametrize("trans", TRANSFORMATIONS)
def test_a_count_at_its_bound_is_an_alarm_and_one_well_below_is_not(trans: Any) -> None:
    """Holds for anscombe2nd only roughly: its bound and its score correct differently, as in R."""
    counts = [*FOUR_A_WEEK, 5, 6]
    bound = cusum([*counts, 0], training=4, trans=trans).upperbound[-1]
    assert cusum([*counts, bound + 0.5], training=4, trans=trans).alarm[-1] == 1
    assert cusum([*counts, bound - 1.5], training=4, trans=trans).alarm[-1] == 0


def test_the_rossi_score_of_the_ordinary_level_is_zero() -> None:
    """(y - 3m + 2 sqrt(my)) / (2 sqrt(m)) is 0 at y = m and (9 - 12 + 12) / 4 at y = 9, m = 4."""
    found = cusum([4, 4, 4, 9], training=2, k=0, h=2, trans="rossi")
    assert found.statistic[2:].tolist() == [0, 2.25]
    assert found.alarm[2:].tolist() == [0, 1]


def test_the_anscombe_score_is_three_halves_of_the_two_thirds_power() -> None:
    found = cusum([8, 27], training=1, k=0, h=2, trans="anscombe")
    assert found.statistic[1] == pytest.approx(1.5 * (9 / math.sqrt(2) - math.sqrt(8)))


def test_the_sum_is_not_set_back_after_an_alarm() -> None:
    found = cusum([4, 4, 40, 40, 4], training=2)
    assert found.statistic[3] > found.statistic[2] > 2.26
    assert found.alarm[2:].tolist() == [1, 1, 1]


def test_a_missing_moment_carries_the_sum_over_and_is_not_judged() -> None:
    found = cusum([*FOUR_A_WEEK, 8, math.nan, 4], training=4, k=0.5, h=3)
    assert found.statistic[4:].tolist() == [1.5, 1.5, 1.0]
    assert found.alarm[4:].tolist() == [0, NOT_JUDGED, 0]


def test_a_missing_moment_of_the_training_teaches_nothing() -> None:
    found = cusum([3, math.nan, 5, 4], training=3)
    assert found.mean[3] == 4


def test_after_a_training_without_a_case_nothing_can_be_judged() -> None:
    found = cusum([0, 0, 0, 5, 0], training=3)
    assert found.alarm[3:].tolist() == [NOT_JUDGED, NOT_JUDGED]


def test_a_level_that_follows_the_reporters_is_taken_as_given() -> None:
    level = np.array([4.0, 4, 4, 1])
    found = cusum([4, 4, 4, 4], training=2, m=level, k=0, h=2)
    assert found.statistic[2:].tolist() == [0, 3]
    assert found.alarm[2:].tolist() == [0, 1]


def test_a_seasonal_level_repeats_every_year() -> None:
    """A year of 4 with 1, 2, 3, 2: the mean of two years is itself, so the fit gives it back."""
    found = cusum([1, 3, 9, 3] * 3, training=8, m="glm", freq=4)
    year = found.mean[8:]
    assert year.sum() == pytest.approx(16, rel=1e-6)
    assert year.tolist() == pytest.approx([1, 3, 9, 3], rel=1e-6)  # log-linear in the sine


def test_many_series_are_judged_as_each_by_itself() -> None:
    counts = np.random.default_rng(2).poisson(5, size=(3, 2, 60))
    together = cusum(counts, training=20, trans="rossi")
    for place in np.ndindex(3, 2):
        alone = cusum(counts[place], training=20, trans="rossi")
        assert np.array_equal(together.statistic[place], alone.statistic, equal_nan=True)
        assert np.array_equal(together.upperbound[place], alone.upperbound, equal_nan=True)


@pytest.mark.parametrize(
    "wrong,name",
    [
        ({"k": -0.1}, "k"),
        ({"h": 0}, "h"),
        ({"trans": "log"}, "trans"),
        ({"training": 0}, "training"),
        ({"m": "glm"}, "freq"),
        ({"m": "glm", "freq": 52}, "training"),
    ],
)
def test_parameters_without_meaning_are_refused_by_name(wrong: dict[str, Any], name: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        cusum([1.0] * 60, **{"training": 20, **wrong})
    assert refusal.value.name == name


def test_nothing_left_after_the_training_is_too_short() -> None:
    with pytest.raises(SeriesTooShort):
        cusum([1, 2, 3], training=3)


# ---------------------------------------------------------------- against R


@pytest.mark.parametrize("param_set", [f"U{i}" for i in range(1, 7)])
def test_level_sum_bound_and_alarm_are_those_of_r(
    rref: Path, params: dict[str, Any], param_set: str
) -> None:
    chosen = params["CUSUM"][param_set]
    series = all_series(rref / "series.csv")
    for reference in references(rref / "cusum.csv", param_set):
        judged = series[reference.series_id]
        at = reference.at
        found = cusum(
            judged.counts,
            training=int(at[0]),
            k=chosen["k"],
            h=chosen["h"],
            m=chosen["m"],
            trans=chosen["trans"],
            freq=judged.freq,
        )
        about = f"{param_set} {reference.series_id}"
        assert_as_r(found.mean[at], reference.column("m"), about)
        assert_as_r(found.statistic[at], reference.column("cusum"), about)
        assert_as_r(found.upperbound[at], reference.column("upperbound"), about)
        assert found.alarm[at].tolist() == [int(row["alarm"]) for row in reference.rows], about
