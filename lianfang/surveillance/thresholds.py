"""From a forecast of today's count to the bound above which it is an alarm.

delta     normal on a power scale.  Farrington et al. (1996), section 3.6.
nbPlugin  quantile of the negative binomial at the forecast mean.  Noufaily et al. (2013).
muan      the same at the upper limit of the mean.  Salmon M, Schumacher D, Hoehle M (2016).
          Monitoring count time series in R. Journal of Statistical Software 70(10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import scipy

from lianfang.surveillance.detection import Floats

ThresholdMethod = Literal["delta", "nbPlugin", "muan"]
PowerTransformation = Literal["2/3", "1/2", "none"]

THRESHOLD_METHODS: Final = ("delta", "nbPlugin", "muan")
POWER_TRANSFORMATIONS: Final = ("2/3", "1/2", "none")

_BEYOND_COUNTING: Final = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Today as the history foretells it; all (N,).

    log_mean and its standard error se; phi, the dispersion (variance over mean), at least 1.
    """

    log_mean: Floats
    se: Floats
    phi: Floats

    @property
    def mean(self) -> Floats:
        with np.errstate(over="ignore"):
            mean: Floats = np.exp(self.log_mean)
        return mean


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """upperbound, score, pvalue and R's mu0Vector, all (N,)."""

    upperbound: Floats
    score: Floats
    pvalue: Floats
    mu0: Floats


def thresholds(
    forecast: Forecast,
    counts: Floats,
    *,
    method: ThresholdMethod,
    power: PowerTransformation,
    alpha: float,
) -> Thresholds:
    """The bound at level alpha and where the counts (N,) stand against it."""
    z = float(scipy.stats.norm.ppf(1 - alpha))
    if method == "delta":
        return _delta(forecast, counts, power=power, z=z)
    with np.errstate(over="ignore"):
        mu0 = forecast.mean if method == "nbPlugin" else np.exp(forecast.log_mean + z * forecast.se)
    bound = _quantile(mu0, forecast.phi, 1 - alpha)
    # R measures the exceedance from the logarithm of the mean here.
    return Thresholds(
        upperbound=bound,
        score=_exceedance(counts, bound, forecast.log_mean),
        pvalue=_at_least(counts, mu0, forecast.phi),
        mu0=mu0,
    )


def _delta(forecast: Forecast, counts: Floats, *, power: str, z: float) -> Thresholds:
    mean = forecast.mean
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        se = forecast.se * mean
        tau = forecast.phi + se**2 / mean
        if power == "2/3":
            spread, exponent = np.sqrt(4 / 9 * mean ** (1 / 3) * tau), 2 / 3
        elif power == "1/2":
            spread, exponent = np.sqrt(tau / 4), 1 / 2
        else:
            spread, exponent = np.sqrt(mean * tau), 1.0
        bound = (mean**exponent + z * spread) ** (1 / exponent)
        pvalue = scipy.stats.norm.sf((counts**exponent - mean**exponent) / spread)
        mu0 = np.exp(mean + z * se)
    return Thresholds(
        upperbound=bound, score=_exceedance(counts, bound, mean), pvalue=pvalue, mu0=mu0
    )


def _exceedance(counts: Floats, bound: Floats, base: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        score: Floats = (counts - base) / (bound - base)
    return score


def _quantile(mean: Floats, phi: Floats, level: float) -> Floats:
    bound = np.full_like(mean, np.nan)
    for wide, which in _by_dispersion(mean, phi):
        countable = which & (mean < _BEYOND_COUNTING)
        mu, spread = mean[countable], phi[countable]
        bound[countable] = (
            scipy.stats.nbinom.ppf(level, mu / (spread - 1), 1 / spread)
            if wide
            else scipy.stats.poisson.ppf(level, mu)
        )
        vast = which & ~countable
        bound[vast] = _vast_quantile(mean[vast], phi[vast], level)
    return bound


def _vast_quantile(mean: Floats, phi: Floats, level: float) -> Floats:
    """Cornish and Fisher's expansion, for means at which an exact search never ends.

    Such a mean is the limit of an estimate that knows nothing; its bound is never exceeded.
    """
    z = float(scipy.stats.norm.ppf(level))
    spread = np.sqrt(mean * phi)
    quantile: Floats = np.rint(mean + z * spread + (2 * phi - 1) * (z * z - 1) / 6)
    return quantile


def _at_least(counts: Floats, mean: Floats, phi: Floats) -> Floats:
    """Probability of a count of at least this."""
    chance = np.full_like(mean, np.nan)
    for wide, which in _by_dispersion(mean, phi):
        mu, spread, below = mean[which], phi[which], counts[which] - 1
        chance[which] = (
            scipy.stats.nbinom.sf(below, mu / (spread - 1), 1 / spread)
            if wide
            else scipy.stats.poisson.sf(below, mu)
        )
    return chance


def _by_dispersion(mean: Floats, phi: Floats) -> list[tuple[bool, npt.NDArray[np.bool_]]]:
    """Negative binomial where phi > 1, Poisson where phi = 1, nothing where the mean is infinite."""
    finite = np.isfinite(mean)
    return [(True, finite & (phi > 1)), (False, finite & (phi == 1))]
