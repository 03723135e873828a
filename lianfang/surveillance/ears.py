"""EARS C1, C2 and C3: today against the week before, for units without years of history.

Two forms that must not be mixed up:

ears            the form of R `surveillance::earsC`: a bound of mean + z * sd with a normal quantile.
ears_classical  the form of the CDC: statistics in standard deviations, alarm above 3 (C1, C2) or
                above 2 (C3).

Hutwagner L, Thompson W, Seeman GM, Treadwell T (2003). The bioterrorism preparedness and response
Early Aberration Reporting System (EARS). Journal of Urban Health 80, i89-i96.
Fricker RD, Hegler BL, Dunfee DA (2008). Comparing syndromic surveillance detection methods: EARS'
versus a CUSUM-based methodology. Statistics in Medicine 27, 3407-3429.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import scipy

from lianfang.surveillance.detection import (
    A_LEVEL,
    AT_LEAST,
    ONE_OF,
    Alarms,
    BadParameter,
    Detection,
    Floats,
    SeriesTooShort,
    as_series,
    judge,
)

Method = Literal["C1", "C2", "C3"]

METHODS: Final = ("C1", "C2", "C3")
ALPHA: Final = {"C1": 0.001, "C2": 0.001, "C3": 0.025}

_VALUES_AT_ONCE: Final = 12_000
_GAP: Final = {"C1": 0, "C2": 2, "C3": 2}
_LOOK_BACK: Final = {"C1": 0, "C2": 0, "C3": 2}


def ears(
    counts: npt.ArrayLike,
    *,
    method: Method,
    baseline: int = 7,
    alpha: float | None = None,
    min_sigma: float = 0.0,
) -> Detection:
    """Upper bounds and alarms as R `surveillance::earsC` gives them.

    counts: shape (..., n), cases (or a rate) per day or week, in order, NaN = missing.
    method: C1 takes the `baseline` moments just before today; C2 leaves a gap of two between them
        and today; C3 adds to C2 what C2 exceeded one standard deviation by on the two days before.
    baseline: length of the baseline in moments, at least 3.
    alpha: one-sided level of the normal quantile z; default 0.001 (C1, C2) or 0.025 (C3).
    min_sigma: a floor for the standard deviation (unit of the counts).  Keep it at 1 or more for
        small units: with 0, any single case after a quiet week is an alarm.

    C1, C2: bound = mean + z * sd (sd with n - 1).  C3, with z-score C2(t) = (count - mean) / sd:
    bound(t) = count(t) + sd(t) * (z - sum of max(0, C2(i) - 1) over i = t-1, t-2), at least 0.
    So in R's C3 today's own count cancels out and the alarm speaks of the two days before.
    With min_sigma = 0 and a constant baseline R's C3 is 0/0: bound NaN, alarm NOT_JUDGED.

    A missing value in the baseline makes the bound NaN, as in R.

    Raises BadParameter (baseline < 3, alpha not in (0, 1), min_sigma < 0, an unknown method) and
    SeriesTooShort when no moment has a full baseline.
    Paper: Hutwagner et al. (2003), as R `surveillance` 1.20.3 reads it.
    """
    series = as_series(counts)
    level = check(method=method, baseline=baseline, alpha=alpha, min_sigma=min_sigma)
    first = baseline + _GAP[method] + _LOOK_BACK[method]
    if series.shape[-1] <= first:
        raise SeriesTooShort(
            values=series.shape[-1], needed=first + 1, method=f"EARS {method} over {baseline}"
        )
    z = float(scipy.stats.norm.ppf(1 - level))
    bound = np.full_like(series, np.nan)
    rows, bounds = (part.reshape(-1, series.shape[-1]) for part in (series, bound))
    for part in _blocks(rows):
        mean, sd = _moments(rows[part], length=baseline, gap=_GAP[method])
        np.maximum(sd, min_sigma, out=sd)
        judged = rows[part, baseline + _GAP[method] :]
        found = mean + z * sd if method != "C3" else _c3_bound(judged, mean, sd, z)
        bounds[part, first:] = found
    return Detection(first=first, upperbound=bound, alarm=judge(series, bound))


def check(
    *,
    method: str | None = None,
    baseline: int = 7,
    alpha: float | None = None,
    min_sigma: float = 0.0,
) -> float:
    """The level alpha that these parameters mean; raises BadParameter for what has no meaning."""
    for fault in wrong(method=method, baseline=baseline, alpha=alpha, min_sigma=min_sigma):
        raise fault
    return ALPHA[method or ""] if alpha is None else alpha


def wrong(
    *,
    method: str | None = None,
    baseline: int = 7,
    alpha: float | None = None,
    min_sigma: float = 0.0,
) -> Iterator[BadParameter]:
    """Every parameter without a meaning."""
    if method is None or method not in METHODS:
        yield BadParameter("method", method, ONE_OF, choices=", ".join(METHODS))
    if baseline < 3:
        yield BadParameter("baseline", baseline, AT_LEAST, low=3)
    if not min_sigma >= 0:
        yield BadParameter("minSigma", min_sigma, AT_LEAST, low=0)
    if alpha is not None and not 0 < alpha < 1:
        yield BadParameter("alpha", alpha, A_LEVEL)


def _blocks(rows: Floats) -> Iterator[slice]:
    """Series by series would be slow, all at once would leave the processor's cache."""
    size = max(1, _VALUES_AT_ONCE // rows.shape[-1])
    return (slice(start, start + size) for start in range(0, len(rows), size))


def _moments(rows: Floats, *, length: int, gap: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every window that has a moment to judge behind it.

    Deviations are taken from the window's first value: a constant window has a mean that is exactly
    that value and an sd that is exactly 0, also for rates such as 0.1.
    """
    steps = rows.shape[-1] - length - gap
    origin = rows[:, :steps]
    mean, away = np.zeros_like(origin), np.empty_like(origin)
    for j in range(1, length):
        np.subtract(rows[:, j : j + steps], origin, out=away)
        mean += away
    mean /= length
    squares = mean**2
    mean += origin
    for j in range(1, length):
        np.subtract(rows[:, j : j + steps], mean, out=away)
        away *= away
        squares += away
    squares /= length - 1
    return mean, np.sqrt(squares, out=squares)


def _c3_bound(judged: Floats, mean: Floats, sd: Floats, z: float) -> Floats:
    """Bounds from the third judged moment on, when two days before have a C2."""
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.maximum(0.0, (judged - mean) / sd - 1.0)
        carried = excess[:, 1:-1] + excess[:, :-2]
        bound: Floats = np.maximum(0.0, judged[:, 2:] + sd[:, 2:] * (z - carried))
    return bound


@dataclass(frozen=True, slots=True, eq=False)
class ClassicalEars:
    """The CDC statistics, each of the shape of the counts, NaN and NOT_JUDGED before they begin.

    mean_c1, sd_c1, mean_c2, sd_c2: baselines in the unit of the counts.
    c1, c2: distance of today from its baseline in standard deviations; c3: the sum over three days.
    """

    mean_c1: Floats
    sd_c1: Floats
    c1: Floats
    alarm_c1: Alarms
    mean_c2: Floats
    sd_c2: Floats
    c2: Floats
    alarm_c2: Alarms
    c3: Floats
    alarm_c3: Alarms


def ears_classical(counts: npt.ArrayLike, *, baseline: int = 7) -> ClassicalEars:
    """C1, C2 and C3 in the CDC form.

    counts: shape (..., n), NaN = missing.  baseline: moments, at least 3.
    C1: baseline t-7..t-1, alarm above 3.  C2: baseline t-9..t-3, alarm above 3.
    C3: sum over t-2..t of max(0, C2 - 1), alarm above 2.
    A baseline with sd 0 gives infinity for a count above its mean and 0 otherwise.

    Raises BadParameter (baseline < 3) and SeriesTooShort (not even C1 can be judged).
    Papers: Hutwagner et al. (2003); Fricker et al. (2008).
    """
    series = as_series(counts)
    check(method="C1", baseline=baseline)
    if series.shape[-1] <= baseline:
        raise SeriesTooShort(
            values=series.shape[-1], needed=baseline + 1, method=f"EARS C1 over {baseline}"
        )
    mean_c1, sd_c1, c1 = _in_deviations(series, baseline=baseline, gap=0)
    mean_c2, sd_c2, c2 = _in_deviations(series, baseline=baseline, gap=2)
    excess = np.maximum(0.0, c2 - 1.0)
    c3 = np.full_like(series, np.nan)
    c3[..., 2:] = excess[..., 2:] + excess[..., 1:-1] + excess[..., :-2]
    return ClassicalEars(
        mean_c1=mean_c1,
        sd_c1=sd_c1,
        c1=c1,
        alarm_c1=judge(c1, np.where(np.isnan(c1), np.nan, 3.0)),
        mean_c2=mean_c2,
        sd_c2=sd_c2,
        c2=c2,
        alarm_c2=judge(c2, np.where(np.isnan(c2), np.nan, 3.0)),
        c3=c3,
        alarm_c3=judge(c3, np.where(np.isnan(c3), np.nan, 2.0)),
    )


def _in_deviations(series: Floats, *, baseline: int, gap: int) -> tuple[Floats, Floats, Floats]:
    if series.shape[-1] <= baseline + gap:
        nothing = np.full_like(series, np.nan)
        return nothing, nothing.copy(), nothing.copy()
    first = baseline + gap
    mean, sd = np.full_like(series, np.nan), np.full_like(series, np.nan)
    rows, means, sds = (part.reshape(-1, series.shape[-1]) for part in (series, mean, sd))
    for part in _blocks(rows):
        means[part, first:], sds[part, first:] = _moments(rows[part], length=baseline, gap=gap)
    distance = series - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(sd > 0, distance / sd, np.where(distance > 0, np.inf, 0.0))
    score[np.isnan(distance)] = np.nan
    return mean, sd, score
