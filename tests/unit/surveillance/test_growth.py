"""How fast an outbreak grows: a known rate is found, and too little is not talked up."""

from __future__ import annotations

import csv
import math
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from lianfang.surveillance.detection import BadParameter
from lianfang.surveillance.growth import growth_rate, rising_part


@pytest.mark.parametrize("rate", [-0.15, 0.0, 0.1, 0.3])
def test_a_known_rate_lies_in_its_interval(rate: float) -> None:
    inside = 0
    for seed in range(200):
        luck = np.random.default_rng(seed)
        counts = luck.poisson(10 * np.exp(rate * np.arange(14)))
        growth = growth_rate(counts)
        assert growth is not None
        low, high = growth.rate_interval
        inside += low <= rate <= high
    assert 180 <= inside <= 200  # 95 % of 200


def test_without_noise_the_rate_is_exact() -> None:
    growth = growth_rate(5 * np.exp(0.2 * np.arange(12)))
    assert growth is not None
    assert growth.rate == pytest.approx(0.2, abs=1e-6)
    assert growth.doubling_days == pytest.approx(math.log(2) / 0.2, rel=1e-5)
    interval = growth.doubling_interval
    assert interval is not None
    assert interval[0] < growth.doubling_days < interval[1]


@pytest.mark.parametrize(
    "counts", [[], [1, 2], [0, 0, 0, 0, 9, 0], [1, 1, 1, 0], [float("nan")] * 9, [0] * 20]
)
def test_too_little_says_nothing(counts: list[float]) -> None:
    assert growth_rate(counts) is None


def test_where_it_may_stand_still_there_is_no_doubling_time() -> None:
    growth = growth_rate([5, 4, 6, 5, 4, 6, 5])
    assert growth is not None
    assert not growth.is_growing
    assert not growth.is_shrinking
    assert growth.doubling_interval is None


def test_a_day_that_is_not_known_is_left_out() -> None:
    full = 5 * np.exp(0.2 * np.arange(12))
    holed = full.copy()
    holed[4] = np.nan
    growth = growth_rate(holed)
    assert growth is not None
    assert growth.rate == pytest.approx(0.2, abs=1e-6)
    assert growth.days == 11


def test_odd_input_is_refused() -> None:
    with pytest.raises(BadParameter):
        growth_rate([[1, 2], [3, 4]])
    with pytest.raises(BadParameter):
        growth_rate([1, 2, 3, 4, 5], confidence=1)
    with pytest.raises(BadParameter):
        growth_rate([1, -2, 3, 4])


def test_the_school_of_pennsylvania_in_2009(shared: Path) -> None:
    """The rise to the peak of 13: about 0.2 a day, doubling in three to four days."""
    with (shared / "outbreaks" / "flu2009_pennsylvania_school.csv").open() as file:
        counts = [int(row["I"]) for row in csv.DictReader(file)]
    rise = rising_part(counts)
    growth = growth_rate(counts[:rise])
    assert growth is not None
    assert (rise, growth.cases) == (13, 53)
    assert growth.rate == pytest.approx(0.200, abs=0.001)
    assert growth.rate_interval == pytest.approx((0.116, 0.284), abs=0.001)


def test_hagelloch_in_1861(shared: Path) -> None:
    """33 days from the first prodrome to the day with most: 0.13 a day, overdispersed."""
    with (shared / "outbreaks" / "measles_hagelloch_1861.csv").open() as file:
        onsets = Counter(date.fromisoformat(r["date_of_prodrome"]) for r in csv.DictReader(file))
    first = min(onsets)
    counts = [onsets[first + timedelta(days=n)] for n in range((max(onsets) - first).days + 1)]
    growth = growth_rate(counts[: rising_part(counts)])
    assert growth is not None
    assert growth.rate == pytest.approx(0.126, abs=0.001)
    assert growth.dispersion > 2
    assert growth.is_growing
