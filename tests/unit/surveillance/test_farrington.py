"""Farrington flexible: answers worked out by hand, and R's on every row."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from lianfang.surveillance import (
    NOT_JUDGED,
    BadParameter,
    FarringtonParameters,
    SeriesTooShort,
    farrington_flexible,
)
from lianfang.surveillance.history import lay_out
from tests.unit.surveillance.rref import Reference, all_series, assert_as_r, number, references

OWN = Path(__file__).parent / "reference"
COLUMNS = ("expected", "upperbound", "score", "pvalue", "phi", "trend")

PLAIN = FarringtonParameters(
    b=3, w=0, past_not_included=0, reweight=False, trend=False, power="none", limit54=(0, 1)
)


def by_r_names(chosen: dict[str, Any]) -> FarringtonParameters:
    return FarringtonParameters(
        b=chosen["b"],
        w=chosen["w"],
        no_periods=chosen["noPeriods"],
        past_not_included=chosen["pastWeeksNotIncluded"],
        reweight=chosen["reweight"],
        weights_threshold=chosen["weightsThreshold"],
        trend=chosen["trend"],
        p_threshold_trend=chosen["pThresholdTrend"],
        method=chosen["thresholdMethod"],
        power=chosen["powertrans"],
        alpha=chosen["alpha"],
        limit54=(chosen["limit54"][0], chosen["limit54"][1]),
    )


# ---------------------------------------------------------------- the history, by hand


def test_one_period_teaches_only_from_the_windows_of_earlier_years() -> None:
    history = lay_out(freq=10, b=2, w=1, periods=1, left_out=1)
    assert history.offset.tolist() == [-21, -20, -19, -11, -10, -9]
    assert set(history.level.tolist()) == {0}
    assert history.depth == 21


def test_more_periods_cut_the_rest_of_the_year_into_equal_levels() -> None:
    """freq 10, w 1: seven moments between two windows, in three parts of 3, 2 and 2."""
    history = lay_out(freq=10, b=1, w=1, periods=4, left_out=0)
    by_offset = dict(zip(history.offset.tolist(), history.level.tolist(), strict=True))
    assert by_offset == {
        **{-11: 0, -10: 0, -9: 0},
        **{-8: 1, -7: 1, -6: 1},
        **{-5: 2, -4: 2},
        **{-3: 3, -2: 3},
        **{-1: 0},
    }


def test_the_moments_just_before_today_can_be_left_out() -> None:
    history = lay_out(freq=10, b=1, w=1, periods=2, left_out=4)
    assert history.offset.max() == -5
    assert 0 not in history.offset


def test_the_design_has_a_column_per_level_and_time_in_years() -> None:
    history = lay_out(freq=4, b=1, w=0, periods=2, left_out=0)
    assert history.design(trend=True).tolist() == [
        [1, 0, -1.0],
        [0, 1, -0.75],
        [0, 1, -0.5],
        [0, 1, -0.25],
    ]
    assert history.today(trend=True).tolist() == [1, 0, 0]


# ---------------------------------------------------------------- the threshold, by hand


def three_years(counts: tuple[float, float, float], today: float) -> list[float]:
    """Series of four moments a year whose first moments are these and whose others are 0."""
    return [*(value for count in counts for value in (count, 0, 0, 0)), today]


def test_the_bound_is_the_mean_of_past_years_plus_z_times_their_spread() -> None:
    """1, 4, 10: mean 5, dispersion 21/5; the variance of the mean is 4.2 * 25 / 15 = 7, so that
    of a new count is 4.2 * 5 + 7 = 28."""
    found = farrington_flexible(three_years((1, 4, 10), 20), PLAIN, freq=4)
    assert (found.first, found.last) == (12, 12)
    assert found.expected[12] == pytest.approx(5)
    assert found.phi[12] == pytest.approx(4.2, rel=1e-6)
    z = NormalDist().inv_cdf(0.95)
    assert found.upperbound[12] == pytest.approx(5 + z * math.sqrt(28), rel=1e-6)  # 13.7
    assert found.alarm.tolist() == [NOT_JUDGED] * 12 + [1]
    assert found.score[12] == pytest.approx(15 / (z * math.sqrt(28)), rel=1e-6)
    assert found.pvalue[12] == pytest.approx(1 - NormalDist().cdf(15 / math.sqrt(28)), rel=1e-5)


def test_the_negative_binomial_bound_is_its_quantile() -> None:
    """Mean 5, variance 21: size 5 / 3.2, probability 1 / 4.2, summed up here term by term."""
    parameters = FarringtonParameters(
        **{**parameters_of(PLAIN), "method": "nbPlugin", "alpha": 0.05}
    )
    found = farrington_flexible(three_years((1, 4, 10), 14), parameters, freq=4)
    size, chance = 5 / 3.2, 1 / 4.2
    total, count, below_14 = 0.0, -1, 0.0
    while total < 0.95:
        count += 1
        log = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
        share = math.exp(log + size * math.log(chance) + count * math.log(1 - chance))
        total += share
        below_14 += share if count < 14 else 0
    assert found.upperbound[12] == count
    assert found.pvalue[12] == pytest.approx(1 - below_14, rel=1e-5)


def parameters_of(parameters: FarringtonParameters) -> dict[str, Any]:
    return {name: getattr(parameters, name) for name in FarringtonParameters.__slots__}


def test_below_five_cases_in_four_moments_there_is_no_bound() -> None:
    quiet = FarringtonParameters(**{**parameters_of(PLAIN), "limit54": (5, 4)})
    found = farrington_flexible(three_years((1, 1, 1), 4), quiet, freq=4)
    assert math.isnan(found.upperbound[12])
    assert found.alarm[12] == 0
    enough = farrington_flexible(three_years((1, 1, 1), 5), quiet, freq=4)
    assert enough.alarm[12] == 1


def test_a_trend_needs_three_years_and_never_foretells_more_than_was_ever_seen() -> None:
    doubling = [float(round(2 ** (t / 8))) for t in range(41)]
    with_trend = FarringtonParameters(
        b=4, w=1, past_not_included=1, reweight=False, p_threshold_trend=1.0, limit54=(0, 1)
    )
    assert math.isnan(farrington_flexible(doubling, with_trend, freq=8).trend[40])
    falling = [64.0 - t for t in range(41)]
    found = farrington_flexible(falling, with_trend, freq=8)
    assert found.trend[40] < 0
    two_years = FarringtonParameters(**{**parameters_of(with_trend), "b": 2})
    assert np.isnan(farrington_flexible(falling, two_years, freq=8).trend).all()


def test_a_doubled_population_doubles_what_is_expected() -> None:
    people = [100.0] * 12 + [200.0]
    found = farrington_flexible(three_years((4, 5, 6), 9), PLAIN, freq=4, population=people)
    assert found.expected[12] == pytest.approx(10)


def test_a_missing_today_is_not_judged_and_a_missing_past_teaches_nothing() -> None:
    gone = farrington_flexible(three_years((1, 4, 10), math.nan), PLAIN, freq=4)
    assert gone.alarm[12] == NOT_JUDGED
    found = farrington_flexible(three_years((math.nan, 4, 10), 5), PLAIN, freq=4)
    assert found.expected[12] == pytest.approx(7)


def test_a_history_without_a_single_count_is_not_judged() -> None:
    nothing = (math.nan, math.nan, math.nan)
    assert farrington_flexible(three_years(nothing, 5), PLAIN, freq=4).alarm[12] == NOT_JUDGED


def test_a_bound_without_knowledge_is_vast_but_found_at_once() -> None:
    """One case in years: the limit of the mean is astronomic, and an exact search for the quantile
    of such a distribution would not end."""
    counts = np.zeros((6, 290))
    counts[:, 60] = 1
    counts[np.arange(6), 100 + 7 * np.arange(6)] = 2
    parameters = FarringtonParameters(
        b=4, no_periods=10, past_not_included=26, method="muan", limit54=(0, 4)
    )
    found = farrington_flexible(counts, parameters, freq=52, first=270)
    assert (found.mu0[np.isfinite(found.mu0)] > 1e12).any()
    assert not (found.alarm == 1).any()


def test_many_series_are_judged_as_each_by_itself() -> None:
    counts = np.random.default_rng(3).poisson(6, size=(2, 2, 230))
    parameters = FarringtonParameters(b=4, no_periods=5, method="nbPlugin")
    together = farrington_flexible(counts, parameters, freq=52)
    for place in np.ndindex(2, 2):
        alone = farrington_flexible(counts[place], parameters, freq=52)
        assert_as_r(together.expected[place], alone.expected, f"{place}")
        assert np.array_equal(together.alarm[place], alone.alarm)


@pytest.mark.parametrize(
    "wrong,name",
    [
        ({"alpha": 0.0}, "alpha"),
        ({"p_threshold_trend": 1.5}, "pThresholdTrend"),
        ({"weights_threshold": 0.0}, "weightsThreshold"),
        ({"method": "exact"}, "thresholdMethod"),
        ({"power": "3/4"}, "powertrans"),
        ({"limit54": (5, 0)}, "limit54"),
        ({"b": 0}, "b"),
        ({"w": 26}, "w"),
        ({"w": -1}, "w"),
        ({"no_periods": 0}, "noPeriods"),
        ({"no_periods": 47}, "noPeriods"),
        ({"past_not_included": -1}, "pastWeeksNotIncluded"),
        ({"b": 1, "past_not_included": 51, "no_periods": 3}, "pastWeeksNotIncluded"),
        ({"b": 1, "w": 0}, "b"),
    ],
)
def test_parameters_without_meaning_are_refused_by_name(wrong: dict[str, Any], name: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        farrington_flexible([1.0] * 400, FarringtonParameters(**wrong), freq=52)
    assert refusal.value.name == name


def test_less_history_than_asked_for_is_too_short() -> None:
    counts = [1.0] * (4 * 52 + 3)
    with pytest.raises(SeriesTooShort, match="212"):
        farrington_flexible(counts, FarringtonParameters(b=4), freq=52)
    assert farrington_flexible([*counts, 1.0], FarringtonParameters(b=4), freq=52).first == 211


@pytest.mark.parametrize(
    "wrong", [{"first": 3}, {"first": 400}, {"last": 400}, {"first": 300, "last": 299}]
)
def test_a_range_outside_what_can_be_judged_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(BadParameter):
        farrington_flexible([1.0] * 400, FarringtonParameters(), freq=52, **wrong)


def test_a_population_of_nobody_is_refused() -> None:
    with pytest.raises(BadParameter, match="population"):
        farrington_flexible([1.0] * 400, FarringtonParameters(), freq=52, population=0)


# ---------------------------------------------------------------- against R


@pytest.mark.parametrize("param_set", ["F1", "F2", "F3", "F4"])
def test_every_column_and_every_alarm_is_that_of_r(
    rref: Path, params: dict[str, Any], param_set: str
) -> None:
    parameters = by_r_names(params["farringtonFlexible"][param_set])
    series = all_series(rref / "series.csv")
    for reference in references(rref / "farrington_flexible.csv", param_set):
        judged = series[reference.series_id]
        at = reference.at
        found = farrington_flexible(
            judged.counts, parameters, freq=judged.freq, first=int(at[0]), last=int(at[-1])
        )
        about = f"{param_set} {reference.series_id}"
        for column in (*COLUMNS, "mu0"):
            ours = getattr(found, column)[at]
            assert_as_r(ours, reference.column(column), f"{about} {column}")
        assert found.alarm[at].tolist() == [int(row["alarm"]) for row in reference.rows], about


def test_r_judges_from_the_first_moment_on_that_we_can_judge(
    rref: Path, params: dict[str, Any]
) -> None:
    series = all_series(rref / "series.csv")
    for param_set, chosen in params["farringtonFlexible"].items():
        for reference in references(rref / "farrington_flexible.csv", param_set):
            judged = series[reference.series_id]
            assert by_r_names(chosen).history(freq=judged.freq).depth == reference.at[0]


SETS_OF_OUR_OWN: dict[str, Any] = {
    "half": (
        {"b": 4, "w": 3, "past_not_included": 3, "weights_threshold": 1.0, "power": "1/2"},
        0.05,
    ),
    "rates": (
        {"b": 3, "w": 2, "no_periods": 5, "past_not_included": 10, "method": "nbPlugin"},
        1.0,
    ),
    "limit": ({"b": 4, "w": 4, "no_periods": 10, "past_not_included": 26, "method": "muan"}, 0.5),
    "plain": ({"b": 2, "w": 3, "no_periods": 7, "past_not_included": 3, "power": "none"}, 1.0),
}
ALPHA = {"half": 0.05, "rates": 0.005, "limit": 0.02, "plain": 0.02}
LIMIT54 = {"half": (5, 4), "rates": (0, 4), "limit": (2, 3), "plain": (0, 4)}


@pytest.mark.parametrize("param_set", list(SETS_OF_OUR_OWN))
@pytest.mark.parametrize("series_id", ["A", "B", "C"])
def test_missing_weeks_populations_and_empty_series_are_as_in_r(
    series_id: str, param_set: str
) -> None:
    """What the shared reference leaves out; reference/make.R says how these rows were made."""
    chosen, p_threshold = SETS_OF_OUR_OWN[param_set]
    parameters = FarringtonParameters(
        **chosen,
        p_threshold_trend=p_threshold,
        reweight=param_set != "plain",
        alpha=ALPHA[param_set],
        limit54=LIMIT54[param_set],
    )
    counts, population = own_series(series_id)
    found = farrington_flexible(
        counts,
        parameters,
        freq=52,
        population=population if param_set in ("rates", "limit") else None,
        first=275,
    )
    reference = own_reference(series_id, param_set)
    for column in COLUMNS:
        ours = getattr(found, column)[reference.at]
        assert_as_r(ours, reference.column(column), column)
    theirs = [int(row["alarm"]) for row in reference.rows]
    assert found.alarm[reference.at].tolist() == theirs


def own_series(series_id: str) -> tuple[list[float], list[float]]:
    with (OWN / "farrington_series.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return [number(row[series_id]) for row in rows], [number(row["population"]) for row in rows]


def own_reference(series_id: str, param_set: str) -> Reference:
    [found] = [
        reference
        for reference in references(OWN / "farrington_r.csv", param_set)
        if reference.series_id == series_id
    ]
    return found
