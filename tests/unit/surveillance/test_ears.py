"""EARS: answers worked out by hand, and R's on every row."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from statistics import NormalDist, mean, stdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.surveillance import (
    NOT_JUDGED,
    BadParameter,
    SeriesTooShort,
    ears,
    ears_classical,
    rates,
)
from tests.unit.surveillance.rref import all_series, assert_as_r, number, references

WEEK = [2, 4, 4, 4, 5, 5, 4]  # mean 4, sum of squares 6, sd 1


def z(alpha: float) -> float:
    return NormalDist().inv_cdf(1 - alpha)


# ---------------------------------------------------------------- by hand


def test_c1_is_the_mean_plus_z_standard_deviations_of_the_week_before() -> None:
    found = ears([*WEEK, 7, 8], method="C1", alpha=0.001)
    assert found.first == 7
    assert found.upperbound[7] == pytest.approx(4 + z(0.001) * 1)  # 7.09
    assert found.alarm[:8].tolist() == [NOT_JUDGED] * 7 + [0]
    # The next week is 4 4 4 5 5 4 7: mean 33/7, and 8 stays below its bound.
    assert found.upperbound[8] == pytest.approx(33 / 7 + z(0.001) * stdev([4, 4, 4, 5, 5, 4, 7]))
    assert found.alarm[8] == 0


def test_a_count_above_the_bound_is_an_alarm_and_one_at_the_bound_is_not() -> None:
    constant = [3] * 7
    assert ears([*constant, 3], method="C1").alarm[7] == 0
    assert ears([*constant, 4], method="C1").alarm[7] == 1


def test_c2_leaves_two_days_between_the_baseline_and_today() -> None:
    found = ears([*WEEK, 50, 50, 8], method="C2", alpha=0.001)
    assert found.first == 9
    assert found.upperbound[9] == pytest.approx(4 + z(0.001))
    assert found.alarm[9] == 1


def test_c3_carries_what_two_days_exceeded_and_leaves_today_out() -> None:
    """C2 is 3 on day 10 and 4 on day 11 (by baselines of sd 1 around 4): 2 + 3 is carried."""
    counts = [*WEEK, 4, 4, 7, 8, 0]
    found = ears(counts, method="C3", alpha=0.025)
    assert found.first == 11
    carried = 0.0
    for t in (9, 10):
        week = counts[t - 9 : t - 2]
        carried += max(0.0, (counts[t] - mean(week)) / stdev(week) - 1)
    today = counts[2:9]
    bound = max(0.0, counts[11] + stdev(today) * (z(0.025) - carried))
    assert found.upperbound[11] == pytest.approx(bound)
    assert found.alarm[11] == (counts[11] > bound)


def test_a_floor_for_sigma_keeps_a_single_case_from_being_an_alarm() -> None:
    counts = [0] * 7 + [1]
    assert ears(counts, method="C1", min_sigma=0).alarm[7] == 1
    floored = ears(counts, method="C1", min_sigma=1)
    assert floored.upperbound[7] == pytest.approx(z(0.001))
    assert floored.alarm[7] == 0


def test_a_constant_rate_has_no_spread_at_all() -> None:
    """0.1 seven times over has a mean of exactly 0.1, whatever a sum of floats would say."""
    found = ears([0.1] * 10, method="C1")
    assert found.upperbound[7:].tolist() == [0.1, 0.1, 0.1]
    assert found.alarm[7:].tolist() == [0, 0, 0]


def test_a_missing_day_silences_the_days_whose_baseline_holds_it() -> None:
    counts = [1.0, 2, 3, math.nan, 2, 1, 2, 3, 1, 2, 3, 2]
    found = ears(counts, method="C1")
    assert np.isnan(found.upperbound[7:11]).all()
    assert found.alarm[7:].tolist() == [NOT_JUDGED] * 4 + [0]


def test_a_missing_today_is_not_judged() -> None:
    found = ears([*WEEK, math.nan], method="C1")
    assert found.upperbound[7] == pytest.approx(4 + z(0.001))
    assert found.alarm[7] == NOT_JUDGED


def test_many_series_are_judged_as_each_by_itself() -> None:
    counts = np.random.default_rng(1).poisson(3, size=(4, 3, 40))
    together = ears(counts, method="C3", min_sigma=0.5)
    for place in np.ndindex(4, 3):
        alone = ears(counts[place], method="C3", min_sigma=0.5)
        assert np.array_equal(together.upperbound[place], alone.upperbound, equal_nan=True)
        assert np.array_equal(together.alarm[place], alone.alarm)


def test_the_order_of_the_array_in_memory_does_not_matter() -> None:
    by_day = np.random.default_rng(4).poisson(3, size=(40, 5))
    turned = ears(by_day.T, method="C2")
    copied = ears(by_day.T.copy(), method="C2")
    assert np.array_equal(turned.upperbound, copied.upperbound, equal_nan=True)
    assert not np.isnan(turned.upperbound[:, turned.first :]).any()


@given(
    st.lists(st.integers(0, 40), min_size=12, max_size=40),
    st.integers(3, 9),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_c1_and_c2_are_what_the_statistics_module_says(
    counts: list[int], baseline: int, floor: float
) -> None:
    methods: tuple[tuple[Any, int], ...] = (("C1", 0), ("C2", 2))
    for method, gap in methods:
        found = ears(counts, method=method, baseline=baseline, min_sigma=floor)
        for t in range(baseline + gap, len(counts)):
            window = counts[t - gap - baseline : t - gap]
            bound = mean(window) + z(0.001) * max(floor, stdev(window))
            assert found.upperbound[t] == pytest.approx(bound)


@pytest.mark.parametrize(
    "wrong,name",
    [
        ({"baseline": 2}, "baseline"),
        ({"alpha": 0}, "alpha"),
        ({"alpha": 1}, "alpha"),
        ({"alpha": math.nan}, "alpha"),
        ({"min_sigma": -1}, "minSigma"),
        ({"min_sigma": math.nan}, "minSigma"),
        ({"method": "C4"}, "method"),
    ],
)
def test_parameters_without_meaning_are_refused_by_name(wrong: dict[str, Any], name: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        ears([0] * 20, **{"method": "C1", **wrong})
    assert refusal.value.name == name


@pytest.mark.parametrize("counts", [[0] * 10 + [-1], [0] * 10 + [math.inf]])
def test_a_negative_or_infinite_count_is_refused_with_its_place(counts: list[float]) -> None:
    with pytest.raises(BadParameter, match=r"counts\[\(10,\)\]"):
        ears(counts, method="C1")


# ---------------------------------------------------------------- the classical form


def test_the_classical_form_measures_in_standard_deviations() -> None:
    found = ears_classical([*WEEK, 4, 4, 7.5, 4, 9])
    assert found.c1[7] == pytest.approx(0)
    assert found.c2[9] == pytest.approx(3.5)
    assert found.alarm_c2[9] == 1
    assert found.alarm_c3[:11].tolist() == [NOT_JUDGED] * 11
    excess = np.maximum(0, found.c2[9:12] - 1)
    assert found.c3[11] == pytest.approx(excess.sum())
    assert found.alarm_c3[11] == 1


def test_without_spread_any_excess_is_infinite_and_equality_is_nothing() -> None:
    found = ears_classical([2] * 7 + [2, 3])
    assert found.c1[7] == 0
    assert math.isinf(found.c1[8])
    assert found.alarm_c1[7:].tolist() == [0, 1]


def test_a_series_too_short_for_c2_has_a_c1() -> None:
    found = ears_classical([0] * 8)
    assert found.alarm_c1[7] == 0
    assert np.isnan(found.c2).all()
    assert (found.alarm_c3 == NOT_JUDGED).all()
    with pytest.raises(SeriesTooShort):
        ears_classical([0] * 7)


# ---------------------------------------------------------------- against R and the CDC form


@pytest.mark.parametrize("param_set", [f"E{i}" for i in range(1, 8)])
def test_bounds_alarms_and_silences_are_those_of_r(
    rref: Path, params: dict[str, Any], param_set: str
) -> None:
    chosen = params["EARS"][param_set]
    series = all_series(rref / "series.csv")
    for reference in references(rref / "ears.csv", param_set):
        found = ears(
            series[reference.series_id].counts,
            method=chosen["method"],
            baseline=chosen["baseline"],
            alpha=chosen["alpha"],
            min_sigma=chosen["minSigma"],
        )
        about = f"{param_set} {reference.series_id}"
        every_row_from_the_first = list(range(found.first, len(found.alarm)))
        assert reference.at.tolist() == every_row_from_the_first, about
        assert_as_r(found.upperbound[reference.at], reference.column("upperbound"), about)
        theirs = [
            NOT_JUDGED if row["alarm"] == "NA" else int(row["alarm"]) for row in reference.rows
        ]
        assert found.alarm[reference.at].tolist() == theirs, about


def test_what_r_refused_is_refused_here(rref: Path, params: dict[str, Any]) -> None:
    series = all_series(rref / "series.csv")
    with (rref / "not_run.csv").open(encoding="utf-8") as text:
        refused = list(csv.DictReader(text))
    assert refused
    for row in refused:
        chosen = params["EARS"][row["param_set"]]
        with pytest.raises(SeriesTooShort, match=row["message"]):
            ears(
                series[row["series_id"]].counts,
                method=chosen["method"],
                baseline=chosen["baseline"],
            )


def test_the_classical_form_agrees_with_its_reference(shared: Path) -> None:
    series = all_series(shared / "rref" / "series.csv")
    rows: dict[str, list[dict[str, str]]] = {}
    path = shared / "methods" / "ears_classical_daily.csv"
    with path.open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            rows.setdefault(row["series_id"], []).append(row)
    assert len(rows) > 10
    columns = {"C1": "c1", "C2": "c2", "C3": "c3"} | {
        name: name for name in ("mean_c1", "sd_c1", "mean_c2", "sd_c2")
    }
    for name, theirs in rows.items():
        found = ears_classical(series[name].counts)
        at = [int(row["t"]) - 1 for row in theirs]
        for heading, attribute in columns.items():
            ours = getattr(found, attribute)[at]
            assert_as_r(ours, [number(row[heading]) for row in theirs], f"{name} {heading}")
        for heading in ("C1", "C2", "C3"):
            alarms = getattr(found, f"alarm_{heading.lower()}")[at].tolist()
            said = [row[f"alarm_{heading}"] for row in theirs]
            assert alarms == [int(cell) if cell else NOT_JUDGED for cell in said], name


# ---------------------------------------------------------------- rates


def test_a_day_with_too_few_reporters_is_unknown_and_never_quiet() -> None:
    heard = [100, 100, 79, 80, 0]
    rate = rates([1, 0, 5, 4, 0], heard, expected_reporters=[100] * 5, completeness=0.8)
    assert rate[:2].tolist() == [10.0, 0.0]
    assert math.isnan(rate[2])
    assert rate[3] == 50.0
    assert math.isnan(rate[4])


def test_rates_refuse_a_completeness_that_is_no_share() -> None:
    with pytest.raises(BadParameter, match="completeness"):
        rates([1], [1], expected_reporters=[1], completeness=80)
