"""How fast an outbreak grows: growth rate and doubling time with their uncertainty.

A log-linear Poisson regression of the daily counts, log E[cases(t)] = a + r t, with the variance
scaled by Pearson's dispersion where it is above 1 (quasi-Poisson).

Wallinga J, Lipsitch M (2007). How generation intervals shape the relationship between growth
rates and reproductive numbers. Proceedings of the Royal Society B 274, 599-604.
Ma J (2020). Estimating epidemic exponential growth rate and basic reproduction number.
Infectious Disease Modelling 5, 129-141.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from lianfang.surveillance.detection import A_LEVEL, BadParameter, as_series
from lianfang.surveillance.poisson import dispersion, fit_poisson

LEAST_DAYS = 4
LEAST_CASES = 5


@dataclass(frozen=True, slots=True)
class Growth:
    """rate: per day, with its interval; days and cases it was learned from; dispersion, at least 1.

    doubling_days: ln 2 / rate, negative where it shrinks (then it halves in so many days).
    `is_growing`: the interval of the rate lies above 0; `is_shrinking`: below.
    """

    rate: float
    rate_interval: tuple[float, float]
    dispersion: float
    days: int
    cases: int

    @property
    def is_growing(self) -> bool:
        return self.rate_interval[0] > 0

    @property
    def is_shrinking(self) -> bool:
        return self.rate_interval[1] < 0

    @property
    def doubling_days(self) -> float:
        return math.log(2) / self.rate if self.rate else math.inf

    @property
    def doubling_interval(self) -> tuple[float, float] | None:
        """The shortest and the longest doubling (or halving) time; None where r may be 0."""
        if not (self.is_growing or self.is_shrinking):
            return None
        low, high = (math.log(2) / abs(one) for one in self.rate_interval)
        return (high, low) if self.is_growing else (low, high)


def growth_rate(counts: npt.ArrayLike, *, confidence: float = 0.95) -> Growth | None:
    """The growth of one daily series; None where it says too little.

    counts: shape (n,), new cases per day, in order, NaN = not known.  Too little: fewer than 4
    known days, fewer than 5 cases, cases on one day only, or a fit that does not converge.
    With few days the interval uses Student's t.

    Raises BadParameter for a confidence outside (0, 1) or counts that are no single series.
    Papers: Wallinga and Lipsitch (2007); Ma (2020).
    """
    if not 0 < confidence < 1:
        raise BadParameter("confidence", confidence, A_LEVEL)
    series = as_series(counts)
    if series.ndim != 1:
        raise BadParameter("counts", series.shape, "one series, shape (n,)")
    known = ~np.isnan(series)
    cases, days = int(np.nansum(series)), int(known.sum())
    if days < LEAST_DAYS or cases < LEAST_CASES or int((series[known] > 0).sum()) < 2:
        return None
    time = np.arange(len(series), dtype=np.float64)
    design = np.column_stack([np.ones_like(time), time - time.mean()])
    fits = fit_poisson(design, series[None, :])
    if not fits.converged[0]:
        return None
    weight = known.astype(np.float64)[None, :] * fits.mean
    phi = max(1.0, float(dispersion(fits, series[None, :], weight=weight)[0]))
    error = math.sqrt(float(fits.covariance[0, 1, 1]) * phi)
    level = (1 + confidence) / 2
    z = float(scipy.stats.t.ppf(level, days - 2)) if phi > 1 else float(scipy.stats.norm.ppf(level))
    rate = float(fits.coefficients[0, 1])
    return Growth(rate, (rate - z * error, rate + z * error), phi, days, cases)


def rising_part(counts: npt.ArrayLike) -> int:
    """How many days from the first case to the first highest day, both included: the part to fit.

    0 for a series without a case.
    """
    series = np.nan_to_num(as_series(counts))
    if not series.any():
        return 0
    first = int(np.flatnonzero(series)[0])
    return int(series.argmax()) - first + 1
