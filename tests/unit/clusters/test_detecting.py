"""What detectors say about a unit: unknown before quiet, small before clever."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lianfang.clusters.detecting import judge, judge_weeks
from lianfang.rulebook.cluster_policy import Detectors

DETECTORS = Detectors(alpha={"C1": 0.001, "C2": 0.001, "C3": 0.025})
USUAL = [3, 2, 4, 3, 5, 3, 2, 4, 3, 3, 2, 4, 3, 3, 4, 2, 3, 4, 3, 2]


def series(
    ill: Sequence[float], *, reporters: Sequence[float] | None = None
) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    return ill, reporters or [1000.0] * len(ill), [1000.0] * len(ill)


def verdict(ill: Sequence[float], reporters: Sequence[float] | None = None) -> str:
    said = judge(series(ill, reporters=reporters), detectors=DETECTORS, threshold=0.8)
    return said.verdict


@pytest.mark.parametrize(
    "ill, said",
    [
        ([*USUAL, 3], "QUIET"),
        ([*USUAL, 30], "ALARM"),
        ([0.0] * 20 + [1], "SMALL"),
        (USUAL[:5], "LEARNING"),
    ],
)
def test_a_full_day_is_an_alarm_as_usual_too_small_or_too_early(
    ill: list[float], said: str
) -> None:
    assert verdict(ill) == said


@pytest.mark.parametrize("ill", [[*USUAL, 0], [*USUAL, 3], [0.0] * 21, USUAL[:5]])
def test_nothing_is_said_of_a_day_on_which_too_few_reported(ill: list[float]) -> None:
    assert verdict(ill, [1000.0] * (len(ill) - 1) + [600.0]) == "UNKNOWN"


def test_an_alarm_on_such_a_day_is_held_back_and_named() -> None:
    reporters = [1000.0] * len(USUAL) + [600.0]
    said = judge(series([*USUAL, 30], reporters=reporters), detectors=DETECTORS, threshold=0.8)
    assert (said.verdict, said.suppressed) == ("UNKNOWN", True)
    assert "C1" in said.alarms


def test_a_day_that_is_not_known_teaches_nothing() -> None:
    """A week of silence in the middle leaves the baseline at the last known days."""
    ill = [*USUAL, 0, 0, 0, 0, 0, 0, 0, 3]
    reporters = [1000.0] * len(USUAL) + [100.0] * 7 + [1000.0]
    said = judge(series(ill, reporters=reporters), detectors=DETECTORS, threshold=0.8)
    assert said.verdict == "QUIET"
    assert said.bounds["C1"] is not None
    assert said.bounds["C1"] > 3


def test_rates_and_not_counts_are_compared() -> None:
    """Twice as many ill among twice as many who report is as usual."""
    half = [count / 2 for count in USUAL]
    ill = [*half, 3.0]
    some, all_of_them = [500.0] * len(USUAL), 1000.0
    said = judge(
        (ill, [*some, all_of_them], [500.0] * len(USUAL) + [1000.0]),
        detectors=DETECTORS,
        threshold=0.8,
    )
    assert said.verdict == "QUIET"


def test_so_many_methods_must_agree() -> None:
    strict = Detectors(alpha=DETECTORS.alpha, agree=5)
    said = judge(series([*USUAL, 30]), detectors=strict, threshold=0.8)
    assert (said.verdict, len(said.alarms)) == ("QUIET", len(said.alarms))
    assert said.alarms


def test_years_are_asked_only_when_there_are_years() -> None:
    weeks = [20.0 + n % 5 for n in range(52 * 2 + 60)]
    reporters = [7000.0] * len(weeks)
    assert judge_weeks(weeks[:60], reporters[:60], detectors=DETECTORS) == (None, False)
    bound, above = judge_weeks(weeks, reporters, detectors=DETECTORS)
    assert bound is not None
    assert not above
    bound, above = judge_weeks([*weeks[:-1], 120.0], reporters, detectors=DETECTORS)
    assert above
